"""Well-formed books of absurd size: what a plan of them would need, and what is said instead."""

from __future__ import annotations

from .hostile_parts import (
    COLUMNS,
    GOOD,
    OFFER,
    PACT,
    ROW,
    SITE,
    Case,
    Files,
    including,
    instead,
    more,
    with_header,
)
from .hostile_parts import NEED as NEED_ALL
from .writing import START

_TERM = "term: 1 month, "
_SOLD = f"{OFFER}{_TERM}max: 9 chips}}\n"
NEED = NEED_ALL.replace("never", "10 USD per chip-hour")
_WANTED = f"{NEED}base: 3 chips}}\n"
_RIGHT = "kind: first-refusal, holder: neo, window: {length: 1 days}"
_DAY = "shape: [" + ", ".join(str(n) for n in range(1, 25)) + "]"


def _months(length: str, text: str = "") -> Files:
    return instead("12 months", length, text or _SOLD + _WANTED)


def _table(rows: int, more_rows: str = ROW) -> Files:
    files = including(
        "offers.csv", offers_csv=COLUMNS + "".join(f"o{n}{more_rows[1:]}" for n in range(rows))
    )
    return {**files, "book.yaml": str(files["book.yaml"]) + _WANTED}


def _pacts(count: int, words: str, text: str = _SOLD + _WANTED) -> Files:
    line = PACT.replace("agreements:\n- {id: a,", "")
    return more(
        "agreements:\n"
        + "".join(
            f"- {{id: a{n},{line}{words.replace('NEXT', f'a{n + 1}')}}}\n" for n in range(count)
        )
        + text
    )


def _amended(count: int) -> Files:
    changes = ", ".join(
        f"{{on: 2025-06-01, signed: 2025-01-02, change: {{first-refusal: {{rank: {n}}}}}}}"
        for n in range(count)
    )
    return more(f"{PACT}clauses: [{{{_RIGHT}}}], amendments: [{changes}]}}\n{_SOLD}{_WANTED}")


def _phases(count: int, words: str) -> str:
    listed = ", ".join(
        f"{{id: p{n}, power: 1 MW meter, capex: 1 M USD, lead: 1 months"
        f"{words.format(n - 1) if n else ''}}}"
        for n in range(count)
    )
    return f"{SITE.partition('phases:')[0]}phases: [{listed}]}}\n"


_CASES = (
    ", expected: [{take: 0%, weight: 30%}, {take: 50%, weight: 30%}, {take: 100%, weight: 40%}]"
)
_PURPOSES = ", ".join(f"p{n}: {{}}" for n in range(400))

ALL: dict[str, Case] = {
    "a hundred years of hours": (
        _months("100 years, hours: 24", _SOLD + NEED + f"base: 3 chips, {_DAY}}}\n"),
        "",
        "",
    ),
    "ten thousand draws": (
        _months(
            "48 months",
            _SOLD
            + NEED
            + f"base: 3 chips, {_DAY}, draw: {{volatility: 30%, count: 10000, seed: 1}}}}\n",
        ),
        "plan-too-large",
        "book.yaml:4",
    ),
    "ten thousand scenarios by name": (
        with_header(
            "scenarios: {" + ", ".join(f"s{n}: 0.01%" for n in range(10_000)) + "}",
            _SOLD + _WANTED,
        ),
        "plan-too-large",
        "book.yaml:4",
    ),
    "a hundred thousand offers": (_table(100_000), "plan-too-large", "book.yaml:4"),
    "ten thousand offers over a hundred years": (
        {
            **_table(10_000),
            "book.yaml": str(_table(1)["book.yaml"]).replace("12 months", "100 years"),
        },
        "plan-too-large",
        "book.yaml:4",
    ),
    "thirty thousand offers by the hour": (
        {
            **including(
                "offers.csv",
                offers_csv="id,seller,chip,region,kind,price,max\n"
                + "".join(
                    f"o{n},cloud,h100,x,spot,2 USD per chip-hour,9 chips\n" for n in range(30_000)
                ),
            ),
            "book.yaml": str(including("offers.csv")["book.yaml"]) + _WANTED,
        },
        "plan-too-large",
        "book.yaml:4",
    ),
    "ten rights with three cases": (
        _pacts(10, f"clauses: [{{{_RIGHT}{_CASES}}}]"),
        "plan-too-large",
        "book.yaml:4",
    ),
    "five hundred first refusals": (_pacts(500, f"clauses: [{{{_RIGHT}}}]"), "", ""),
    "a right for each of four hundred purposes": (
        instead(
            "training: {}",
            _PURPOSES,
            f"{PACT}clauses: ["
            + ", ".join(f"{{{_RIGHT}, id: r{n}, scope: {{purposes: [p{n}]}}}}" for n in range(400))
            + "]}\n"
            + _SOLD
            + "demand:\n"
            + "".join(
                f"- {{id: d{n}, purpose: p{n}, unit: h100, "
                "unserved: 10 USD per chip-hour, base: 1 chips}\n"
                for n in range(400)
            ),
        ),
        "plan-too-large",
        "book.yaml:4",
    ),
    "a chain of two hundred phases": (
        more(_phases(200, ", after: [p{}]") + _SOLD + _WANTED),
        "",
        "",
    ),
    "three hundred phases": (more(_phases(300, "") + _SOLD + _WANTED), "", ""),
    "a chain of three thousand agreements": (
        _pacts(
            3_000,
            "upstream: NEXT",
            PACT.replace("agreements:\n- {id: a,", "- {id: a3000,") + "}\n" + _SOLD + _WANTED,
        ),
        "",
        "",
    ),
    "a thousand amendments of one clause": (_amended(1_000), "", ""),
    "twenty thousand parties": (
        more("".join(f"- {{id: q{n}, name: Q}}\n" for n in range(20_000)) + _SOLD + _WANTED),
        "",
        "",
    ),
    "ten thousand deliveries": (
        more(
            PACT
            + "price: 2 USD per chip-hour, deliveries: ["
            + ", ".join(
                f"{{id: d{n}, add: 1 chips, chip: h100, region: x, start: 2025-03-01}}"
                for n in range(10_000)
            )
            + "]}\n"
            + _SOLD
            + _WANTED
        ),
        "",
        "",
    ),
    "a thousand classes of demand": (
        more(
            _SOLD
            + "demand:\n"
            + "".join(
                f"- {{id: d{n}, purpose: api, unit: h100, "
                "unserved: 10 USD per chip-hour, base: 0 chips}\n"
                for n in range(1_000)
            )
        ),
        "",
        "",
    ),
    "money of twenty-seven digits": (
        more(_SOLD.replace("2 USD", "999999999999999 T USD") + _WANTED),
        "too-much",
        "book.yaml:11",
    ),
    "a need of fifteen digits": (
        more(_SOLD + NEED + "base: 999999999999999 chips}\n"),
        "too-much",
        "book.yaml:13",
    ),
    "an offer of fifteen digits": (
        more(
            OFFER
            + "term: 1 month, max: 999999999999999 chips, block: 999999999999999 chips}\n"
            + _WANTED
        ),
        "too-much",
        "book.yaml:11",
    ),
    "a gang of fifteen digits": (
        more(_SOLD + NEED + "base: 3 chips, gang: 999999999999999 chips}\n"),
        "too-much",
        "book.yaml:13",
    ),
    "the last years that can be written": (
        with_header("calendar: NYSE", _SOLD + _WANTED)
        | {
            "book.yaml": str(with_header("calendar: NYSE", _SOLD + _WANTED)["book.yaml"]).replace(
                "2025-02, length: 12 months", "2199-12, length: 100 years, steps: 10 years"
            )
        },
        "",
        "",
    ),
    "the first years that can be written": (
        {
            "book.yaml": (
                START.replace("2025-01-21", "1900-01-01")
                .replace("2025-02,", "1900-01,")
                .replace("12 months}", "12 months}\n  calendar: US")
                + _SOLD
                + _WANTED
            )
        },
        "",
        "",
    ),
    "a lead of a hundred years": (
        more(f"{OFFER}{_TERM}max: 9 chips, lead: 100 years}}\n" + _WANTED),
        "",
        "",
    ),
    "a window of a hundred years": (
        more(
            PACT + "clauses: [{kind: first-refusal, holder: neo, window: {length: 100 years}, "
            "tail: {length: 100 years}}]}\n" + _SOLD + _WANTED
        ),
        "",
        "",
    ),
    "a window of a million hours": (
        more(
            PACT
            + "clauses: [{kind: first-refusal, holder: neo, window: {length: 876600 hours}}]}\n"
            + _SOLD
            + _WANTED
        ),
        "",
        "",
    ),
    "a hundred years of business days": (
        more(
            PACT + "clauses: [{kind: first-refusal, holder: neo, "
            "window: {length: 26100 business days, calendar: US}}]}\n" + _SOLD + _WANTED
        ),
        "",
        "",
    ),
    "steps of a hundred years": (_months("12 months, steps: 100 years"), "", ""),
    "steps of nothing": (_months("12 months, steps: 0 months"), "zero", "book.yaml:4"),
    "steps of 30 days": (_months("12 months, steps: 30 days"), "span-unit", "book.yaml:4"),
    "a PUE of nothing": (more(SITE.replace("1.2", "0") + _SOLD + _WANTED), "zero", "book.yaml:11"),
    "a PUE without end": (
        more(SITE.replace("1.2", "999999999999999") + _SOLD + _WANTED),
        "too-much",
        "book.yaml:11",
    ),
    "a phase with no life": (
        more(SITE.replace("2 B USD", "2 B USD, life: 0 months") + _SOLD + _WANTED),
        "zero",
        "book.yaml:11",
    ),
    "a chip with no life": (
        more(
            "chips: [{id: h100, throughput: {any: 1}, price: 9 USD, kw_it: 1 kW, life: 0 months}]\n"
            + SITE
            + _SOLD
            + _WANTED
        ),
        "zero",
        "book.yaml:10",
    ),
    "a chip with no power": (
        more(
            "chips: [{id: h100, throughput: {any: 1}, price: 9 USD, kw_it: 0 kW}]\n"
            + SITE
            + _SOLD
            + _WANTED
        ),
        "zero",
        "book.yaml:10",
    ),
    "a chip with no throughput": (
        more(
            "chips: [{id: h100, throughput: {any: 0}, price: 9 USD, kw_it: 1 kW}]\n"
            + SITE
            + _SOLD
            + _WANTED
        ),
        "",
        "",
    ),
    "a chip with no throughputs": (
        more(
            "chips: [{id: h100, throughput: {}, price: 9 USD, kw_it: 1 kW}]\n"
            + SITE
            + _SOLD
            + _WANTED
        ),
        "",
        "",
    ),
    "a term of no months": (
        more(f"{OFFER}term: 0 months, max: 9 chips}}\n" + _WANTED),
        "zero",
        "book.yaml:11",
    ),
    "a gang of none": (
        more(_SOLD + NEED + "base: 3 chips, gang: 0 chips}\n"),
        "zero",
        "book.yaml:13",
    ),
    "a site in blocks of none": (
        more(SITE.replace("pue", "block: 0 chips, pue") + _SOLD + _WANTED),
        "zero",
        "book.yaml:11",
    ),
    "a growth of 10^15 percent": (
        more(_SOLD + NEED + "base: 3 chips, growth: 999999999999999% per year}\n"),
        "too-much",
        "book.yaml:13",
    ),
    "a growth of 10^15 percent for a century": (
        _months(
            "100 years, steps: 10 years",
            _SOLD + NEED + "base: 3 chips, growth: 999999999999999% per year}\n",
        ),
        "too-much",
        "book.yaml:13",
    ),
    "a volatility of 10^15 percent": (
        more(
            _SOLD
            + NEED
            + "base: 3 chips, draw: {volatility: 999999999999999%, count: 3, seed: 1}}\n"
        ),
        "too-much",
        "book.yaml:13",
    ),
    "a discount of 10^15 percent": (
        with_header("discount: 999999999999999% per year", _SOLD + _WANTED),
        "too-much",
        "book.yaml:5",
    ),
    "a tail of 99.999999999 percent": (
        with_header("risk: {weight: 100%, tail: 99.999999999%}", _SOLD + _WANTED),
        "",
        "",
    ),
    "a power of 10^15 gigawatts": (
        more(SITE.replace("1 MW", "999999999999999 GW") + _SOLD + _WANTED),
        "too-much",
        "book.yaml:11",
    ),
    "bidding for a hundred years": (
        with_header(
            "procurement: {bidding: 100 years, signing: 26100 business days}", _SOLD + _WANTED
        ),
        "",
        "",
    ),
    "no demand": (more(_SOLD), "", ""),
    "nothing at all": (more(""), "", ""),
    "nothing to be had": (more(_WANTED), "", ""),
    "a good one": ({"book.yaml": GOOD}, "", ""),
}
