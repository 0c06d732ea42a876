"""Figures, dates and clauses that are well written and mean nothing, or more than can be."""

from __future__ import annotations

from .hostile_parts import (
    NEED,
    OFFER,
    PACT,
    SITE,
    Case,
    clause,
    instead,
    more,
    pact,
    with_header,
)
from .writing import START

_TERM = "term: 1 month, "
_WINDOW = "kind: first-refusal, window: "


def _chips(text: str, code: str = "bad-chips") -> Case:
    return (more(f"{OFFER}{_TERM}max: {text}}}\n"), code, "book.yaml:11")


def _site(old: str, new: str, code: str) -> Case:
    assert old in SITE
    return (more(SITE.replace(old, new)), code, "book.yaml:11")


FIGURES: dict[str, Case] = {
    "a number with three hundred digits": _chips("1" + "0" * 300 + " chips"),
    "a number with sixteen digits": _chips("1" + "0" * 15 + " chips"),
    "a hexadecimal number": _chips("0x10 chips"),
    "an octal number": _chips("0o17 chips"),
    "a number with underscores": _chips("1_000 chips"),
    "a number with commas": _chips('"1,000 chips"'),
    "a number in sixties": _chips('"1:30 chips"'),
    "a negative number": _chips("-1 chips"),
    "half a chip": _chips("0.5 chips"),
    "chips that are no number": _chips("NaN chips"),
    "chips without end": _chips(".inf"),
    "an exponent of chips": _chips("1e400 chips"),
    "a formula of chips": _chips("=9*9 chips"),
    "a price without end": (
        more(OFFER.replace("2 USD", "inf USD") + "term: 1 month, max: 9 chips}\n"),
        "bad-price",
        "book.yaml:11",
    ),
    "a price that is negative": (
        more(OFFER.replace("2 USD", "-2 USD") + "term: 1 month, max: 9 chips}\n"),
        "bad-price",
        "book.yaml:11",
    ),
    "a PUE in hexadecimal": _site("1.2", "0x1", "bad-number"),
    "a PUE that is none": _site("1.2", ".nan", "bad-number"),
    "a PUE of nothing": _site("1.2", "0", "zero"),
    "power of nothing": (
        more("chips: [{id: q, throughput: {any: 1}, kw_it: 0 kW}]\n"),
        "zero",
        "book.yaml:10",
    ),
    "a life of no months": (
        more("chips: [{id: q, throughput: {any: 1}, kw_it: 1 kW, life: 0 months}]\n"),
        "zero",
        "book.yaml:10",
    ),
    "a phase with no life": _site("2 B USD,", "2 B USD, life: 0 months,", "zero"),
    "a term of no months": (
        more(f"{OFFER}term: 0 months, max: 9 chips}}\n"),
        "zero",
        "book.yaml:11",
    ),
    "a gang of none": (more(f"{NEED}base: 9 chips, gang: 0 chips}}\n"), "zero", "book.yaml:11"),
    "a site sold in blocks of none": _site("pue", "block: 0 chips, pue", "zero"),
    "a rank of a billion and one": (
        clause(f"{_WINDOW}{{length: 1 days}}, rank: 1000000001"),
        "bad-number",
        "book.yaml:11",
    ),
    "a growth of 10^15 percent": (
        more(f"{NEED}base: 9 chips, growth: 999999999999999% per year}}\n"),
        "too-much",
        "book.yaml:11",
    ),
    "a volatility of 10^15 percent": (
        more(f"{NEED}base: 9 chips, draw: {{volatility: 999999999999999%, count: 9, seed: 1}}}}\n"),
        "too-much",
        "book.yaml:11",
    ),
    "a billion draws": (
        more(f"{NEED}base: 9 chips, draw: {{volatility: 9%, count: 1000000000, seed: 1}}}}\n"),
        "draw-count",
        "book.yaml:11",
    ),
    "a seed of a billion and one": (
        more(f"{NEED}base: 9 chips, draw: {{volatility: 9%, count: 9, seed: 1000000001}}}}\n"),
        "bad-number",
        "book.yaml:11",
    ),
}

DATES: dict[str, Case] = {
    "a billion months": (instead("12 months", "1000000000 months"), "bad-duration", "book.yaml:4"),
    "a hundred and one years": (instead("12 months", "101 years"), "bad-duration", "book.yaml:4"),
    "no time to reveal bids": (
        with_header("procurement: {reveal: 0 days}"),
        "bad-duration",
        "book.yaml:5:25",
    ),
    "steps of days": (
        instead("12 months", "12 months, steps: 30 days"),
        "span-unit",
        "book.yaml:4",
    ),
    "steps of no months": (
        instead("12 months", "12 months, steps: 0 months"),
        "zero",
        "book.yaml:4",
    ),
    "a billion hours in a day": (
        instead("12 months", "12 months, hours: 1000000000"),
        "hours-of-day",
        "book.yaml:4",
    ),
    "no hours in a day": (
        instead("12 months", "12 months, hours: 0"),
        "hours-of-day",
        "book.yaml:4",
    ),
    "the year one": (instead("2025-01-21", "0001-01-01"), "bad-date", "book.yaml:3:10"),
    "the last year": (instead("2025-01-21", "9999-12-31"), "bad-date", "book.yaml:3:10"),
    "the year 10000": (instead("2025-02,", "10000-02,"), "bad-month", "book.yaml:4"),
    "a week of the year": (instead("2025-01-21", "2025-W04-2"), "bad-date", "book.yaml:3:10"),
    "a day without dashes": (instead("2025-01-21", "20250121"), "bad-date", "book.yaml:3:10"),
    "an instant for a day": (
        instead("2025-01-21", "2025-01-21T00:00:00Z"),
        "bad-date",
        "book.yaml:3:10",
    ),
    "a lead of a billion years": (
        more(f"{OFFER}{_TERM}max: 9 chips, lead: 1000000000 years}}\n"),
        "bad-duration",
        "book.yaml:11",
    ),
    "a window of a billion hours": (
        clause(f"{_WINDOW}{{length: 1000000000 hours}}"),
        "bad-duration",
        "book.yaml:11",
    ),
    "a window that closes at 25:00": (
        clause(_WINDOW + '{length: 1 days, closes: "25:00"}'),
        "bad-time",
        "book.yaml:11",
    ),
    "a window on a calendar of ../": (
        clause(f"{_WINDOW}{{length: 1 days, calendar: ../US}}"),
        "unknown-calendar",
        "book.yaml:11",
    ),
    "a window in a zone of a file": (
        clause(f"{_WINDOW}{{length: 1 days, zone: /etc/localtime}}"),
        "unknown-field",
        "book.yaml:11",
    ),
}

ROUND: dict[str, Case] = {
    "an agreement served from itself": (pact("upstream: a"), "cycle", "book.yaml:11"),
    "a ring of agreements": (
        more(
            "agreements:\n"
            + "".join(
                f"- {{id: a{n}, seller: cloud, from: 2025-02-01, until: 2026-01-31, "
                f"upstream: a{(n + 1) % 300}}}\n"
                for n in range(300)
            )
        ),
        "cycle",
        "book.yaml:11",
    ),
    "a purpose of itself": (
        instead("api: {part_of: inference}", "api: {part_of: api}"),
        "cycle",
        "book.yaml:5",
    ),
    "a ring of purposes": (
        instead(
            "training: {}",
            ", ".join(f"p{n}: {{part_of: p{(n + 1) % 400}}}" for n in range(400)),
        ),
        "cycle",
        "book.yaml:5",
    ),
    "a chain of a hundred thousand purposes": (
        {
            "book.yaml": START.replace(
                "training: {}", ", ".join(f"p{n}: {{part_of: p{n + 1}}}" for n in range(100_000))
            )
        },
        "too-large",
        "book.yaml:5",
    ),
    "a phase after itself": _site("ready:", "after: [p], ready:", "cycle"),
    "a ring of phases": (
        more(
            SITE.partition("phases:")[0]
            + "phases: ["
            + ", ".join(
                f"{{id: p{n}, power: 1 kW meter, capex: 1 USD, ready: 2025-06, "
                f"after: [p{(n + 1) % 300}]}}"
                for n in range(300)
            )
            + "]}\n"
        ),
        "cycle",
        "book.yaml:11",
    ),
    "a stake of a party in itself": (
        more("- {id: q, name: Q, stakes: [{in: q, share: 200%}]}\n"),
        "over-the-whole",
        "book.yaml:10",
    ),
    "a venture owned twice over": (
        more("ventures: [{id: v, owners: {lab: 99999999999999%, cloud: 1%}}]\n"),
        "over-the-whole",
        "book.yaml:10",
    ),
}

CLAUSES: dict[str, Case] = {
    "a clause id with a slash": (
        clause(f"{_WINDOW}{{length: 1 days}}, id: a/b"),
        "bad-id",
        "book.yaml:11",
    ),
    "a clause id that climbs": (
        clause(f"{_WINDOW}{{length: 1 days}}, id: ../b"),
        "bad-id",
        "book.yaml:11",
    ),
    "an agreement id that climbs": (
        more(PACT.replace("id: a,", "id: ../../a,") + "price: 2 USD per chip-hour}\n"),
        "bad-id",
        "book.yaml:11",
    ),
    "a clause kind that is a path": (clause("kind: ../../x"), "unknown-kind", "book.yaml:11"),
    "a clause kind that is a module": (clause("kind: os.system"), "unknown-kind", "book.yaml:11"),
    "a clause kind that is a list": (clause("kind: [x]"), "mapping-expected", "book.yaml:11"),
    "a clause of a clause": (
        clause("kind: take-or-pay, clauses: [{kind: take-or-pay}]"),
        "unknown-field",
        "book.yaml:11",
    ),
    "a word of the reader in a clause": (
        clause('kind: take-or-pay, "@of": a'),
        "reserved-key",
        "book.yaml:11",
    ),
    "two clauses of one name": (
        pact(f"clauses: [{{{_WINDOW}{{length: 1 days}}}}, {{{_WINDOW}{{length: 2 days}}}}]"),
        "duplicate-id",
        "book.yaml:11",
    ),
    "a hundred clauses of one name": (
        pact("clauses: [" + ", ".join([f"{{{_WINDOW}{{length: 1 days}}}}"] * 100) + "]"),
        "duplicate-id",
        "book.yaml:11",
    ),
    "an amendment of nothing": (
        pact("amendments: [{on: 2025-06-01, signed: 2025-01-02, change: {x: {rank: 1}}}]"),
        "unknown-clause",
        "book.yaml:11",
    ),
    "a change of the reader's words": (
        pact(
            f"clauses: [{{{_WINDOW}{{length: 1 days}}}}], amendments: [{{on: 2025-06-01, "
            "signed: 2025-01-02, change: {first-refusal: {'@seller': lab}}}]"
        ),
        "reserved-key",
        "book.yaml:11",
    ),
    "a change to another kind": (
        pact(
            f"clauses: [{{{_WINDOW}{{length: 1 days}}}}], amendments: [{{on: 2025-06-01, "
            "signed: 2025-01-02, change: {first-refusal: {kind: exclusive}}}]"
        ),
        "changed-kind",
        "book.yaml:11",
    ),
    "a thousand amendments that end what the last one ended": (
        pact(
            f"clauses: [{{{_WINDOW}{{length: 1 days}}}}], amendments: ["
            + ", ".join(["{on: 2025-06-01, signed: 2025-01-02, end: [first-refusal]}"] * 1_000)
            + "]"
        ),
        "unknown-clause",
        "book.yaml:11",
    ),
    "a waiver of a waiver": (
        pact("waivers: [{of: a/b/c, on: 2025-02-01}]"),
        "bad-id",
        "book.yaml:11",
    ),
    "a scope that is a word": (
        clause(f"{_WINDOW}{{length: 1 days}}, scope: all"),
        "mapping-expected",
        "book.yaml:11",
    ),
    "a scope that ends before it begins": (
        clause(f"{_WINDOW}{{length: 1 days}}, scope: {{from: 2199-12-31, until: 1900-01-01}}"),
        "ends-before-it-begins",
        "book.yaml:11",
    ),
}

ALL = {**FIGURES, **DATES, **ROUND, **CLAUSES}
