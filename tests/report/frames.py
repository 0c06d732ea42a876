"""Plans made up for the report's tests: of a realistic size, empty, and hostile."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from offtake.plan.result import TABLES, schema
from offtake.report.words import after


def empty(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(schema(name)))


def rows(name: str, found: Sequence[Sequence[Any]]) -> pl.DataFrame:
    return pl.DataFrame(found, schema=dict(schema(name)), orient="row")


@dataclass(frozen=True)
class Plan:
    """Every frame of a plan; the defaults are a plan in which nothing happens."""

    purchases: pl.DataFrame = field(default_factory=lambda: empty("purchases"))
    builds: pl.DataFrame = field(default_factory=lambda: empty("builds"))
    choices: pl.DataFrame = field(default_factory=lambda: empty("choices"))
    spend: pl.DataFrame = field(default_factory=lambda: empty("spend"))
    capital: pl.DataFrame = field(default_factory=lambda: empty("capital"))
    capacity: pl.DataFrame = field(default_factory=lambda: empty("capacity"))
    demand: pl.DataFrame = field(default_factory=lambda: empty("demand"))
    usage: pl.DataFrame = field(default_factory=lambda: empty("usage"))
    notices: pl.DataFrame = field(default_factory=lambda: empty("notices"))
    rights: pl.DataFrame = field(default_factory=lambda: empty("rights"))
    clause_costs: pl.DataFrame = field(default_factory=lambda: empty("clause_costs"))
    limits: pl.DataFrame = field(default_factory=lambda: empty("limits"))
    scenarios: pl.DataFrame = field(default_factory=lambda: empty("scenarios"))
    sites: pl.DataFrame = field(default_factory=lambda: empty("sites"))
    cost: float = 0.0
    cash: float = 0.0
    shortage: float = 0.0
    residual: float = 0.0
    currency: str = "USD"
    cvar: float | None = None
    perfect_information: float | None = None
    certificate: Mapping[str, Any] = field(default_factory=dict)
    title: str = "A plan of nothing"
    buyer: str = "nobody"
    as_of: dt.date = dt.date(2025, 1, 21)
    months: Sequence[dt.date] = ()


SUPPLIERS = ("azure", "oracle", "coreweave", "abilene", "lambda", "crusoe")
CHIPS = {
    "azure": "H100", "oracle": "GB200", "coreweave": "H200", "abilene": "GB200",
    "lambda": "H100", "crusoe": "B200",
}  # fmt: skip
REFERENCE = {"H100": 1.0, "H200": 1.3, "B200": 2.2, "GB200": 2.6}
PRICE = {"H100": 2.35, "H200": 2.85, "B200": 4.1, "GB200": 4.6}
REGIONS = ("us-east", "us-south", "us-west", "eu-north")
CLASSES = ("training", "inference", "research")
SCENARIOS = tuple(f"{size}-{delay}" for size in ("low", "base", "high") for delay in "abc")
WEIGHTS = (0.05, 0.1, 0.1, 0.1, 0.3, 0.1, 0.1, 0.1, 0.05)
FIRST = dt.date(2025, 2, 1)
MONTHS = tuple(after(FIRST, i) for i in range(48))


def _sign_by(what: str, seller: str, start: dt.date) -> dt.date | None:
    """Three weeks or so after the holders' windows, as the notices have it."""
    if what == "installed":
        return None
    ranks = 2 if seller in ("oracle", "crusoe") else 1
    return start - dt.timedelta(days=(90, 125)[ranks - 1] - 31 * ranks - 19)


def _purchases() -> pl.DataFrame:
    found: list[tuple[Any, ...]] = []
    for i in range(25):
        seller = SUPPLIERS[(i * 5) % 6]
        chip, begin = CHIPS[seller], 1 + (i * 37) % 34
        what = "installed" if seller == "abilene" else "option" if i % 11 == 10 else "reserved"
        months, chips = 12 * (1 + i % 4), 2000 + 2000 * ((i * 3) % 8)
        price = None if what == "installed" else PRICE[chip]
        cost = chips * 730 * 0.9 * min(months, 48 - begin) * (price or 1.3)
        via = "crusoe" if seller == "oracle" and i % 2 else None
        found.append(
            (
                f"7f3a91c2-{seller}-{chip.lower()}-{after(FIRST, begin)}", what,
                f"{seller}-{chip.lower()}-{REGIONS[i % 4]}", seller, via, chip, REGIONS[i % 4],
                after(FIRST, begin), _sign_by(what, seller, after(FIRST, begin)), months, chips,
                price, cost,
                f"Cheapest {chip} that can start in time; it serves training from "
                f"{after(FIRST, begin)} and replaces on-demand chips at 4.10 USD.",
                f"offers/{seller}.yaml:{12 + i}",
                chips * 730.0 * max(0, begin + months - 48) * (price or 0.0),
            )
        )  # fmt: skip
    return rows("purchases", sorted(found, key=lambda row: (row[7], row[0])))


def _builds() -> pl.DataFrame:
    found = []
    for i in range(8):
        site = "abilene" if i < 5 else "shackelford"
        start = after(FIRST, 1 + 4 * i)
        why = "Its chips undercut every reserved block from the month that it is ready."
        found.append(
            (
                f"{site}/phase-{i + 1}", site, f"phase-{i + 1}", start, after(start, 11),
                200.0 + 50 * (i % 3), 2.4e9 + 3e8 * i, 0.4, i < 2, why,
                f"sites/{site}.yaml:{20 + 6 * i}",
            )
        )  # fmt: skip
    return rows("builds", found)


def _capacity(purchases: pl.DataFrame) -> pl.DataFrame:
    found = []
    bought = purchases.to_dicts()
    for t, month in enumerate(MONTHS):
        for s, scenario in enumerate(SCENARIOS):
            held = dict.fromkeys(SUPPLIERS, 0.0)
            held["azure"] = 30_000.0 if t < 40 else 12_000.0
            for one in bought:
                age = (month.year - one["start"].year) * 12 + month.month - one["start"].month
                if 0 <= age < one["months"]:
                    taken = 0.4 if one["seller"] == "oracle" and s % 3 == 2 else 0.0
                    held[one["seller"]] += one["chips"] * (1 - taken)
                    held["azure"] += one["chips"] * taken
            for supplier, chips in held.items():
                if chips:
                    pool = f"{REGIONS[0]}/{CHIPS[supplier]}"
                    factor = REFERENCE[CHIPS[supplier]]
                    found.append((month, scenario, supplier, pool, chips, chips * factor))
    return rows("capacity", found)


def _demand() -> pl.DataFrame:
    found = []
    for t, month in enumerate(MONTHS):
        for s, scenario in enumerate(SCENARIOS):
            for k, name in enumerate(CLASSES):
                growth = (1.02 + 0.006 * (s // 3)) ** t * (1 + 0.05 * (s % 3))
                needed = (26_000, 14_000, 6_000)[k] * growth
                unserved = max(0.0, needed - 120_000) + (300.0 if (t, s, k) == (5, 8, 1) else 0)
                peak = needed * (1.0, 1.35, 1.1)[k]
                found.append((month, scenario, name, needed, needed - unserved, unserved, peak))
    return rows("demand", found)


def _spend(purchases: pl.DataFrame) -> pl.DataFrame:
    found = []
    for t, month in enumerate(MONTHS):
        for one in purchases.to_dicts():
            age = (month.year - one["start"].year) * 12 + month.month - one["start"].month
            if 0 <= age < one["months"] and one["price"]:
                amount = one["chips"] * one["price"] * 730
                found.append((month.year, month, "reserved", one["seller"], amount))
        found.append((month.year, month, "reserved", "azure", 30_000 * 2.35 * 730))
        found.append((month.year, month, "on-demand", "coreweave", 1.2e7 * (1 + 0.02 * t)))
        found.append((month.year, month, "used", "azure", 9e6))
        if t > 12:
            found.append((month.year, month, "power", "abilene", 6e6 + 4e5 * t))
            found.append((month.year, month, "rent", "abilene", 1.1e7))
        if 1 <= t <= 40:
            found.append((month.year, month, "phases", "abilene", 1.3e8))
            found.append((month.year, month, "chips", "abilene", 2.1e8))
        found.append((month.year, month, "clauses", "azure-main/take-or-pay", 2.5e6))
        if t == 5:
            found.append((month.year, month, "unserved", "inference", 8e5))
    return rows("spend", found)


def _capital() -> pl.DataFrame:
    called = (11.2e9, 24.6e9, 29.9e9, 21.0e9, 4.1e9)
    found: list[tuple[Any, ...]] = [
        ("stargate", 2025 + i, one, 30e9 if i < 4 else None) for i, one in enumerate(called)
    ]
    found += [("shackelford", 2027, 2.2e9, 4e9), ("shackelford", 2028, 3.1e9, 4e9)]
    return rows("capital", found)


def _notices(purchases: pl.DataFrame) -> pl.DataFrame:
    found: list[tuple[Any, ...]] = []
    for one in purchases.to_dicts():
        if one["what"] == "installed" or len(found) >= 30:
            continue
        ranks = 2 if one["seller"] in ("oracle", "crusoe") else 1
        latest = one["start"] - dt.timedelta(days=90 if ranks == 1 else 125)
        for rank in range(1, ranks + 1):
            sent = latest + dt.timedelta(days=31 * (rank - 1))
            answer = sent + dt.timedelta(days=30)
            found.append(
                (
                    one["id"], f"azure-main/first-refusal-{rank}",
                    ("azure", "coreweave")[rank - 1], rank, sent - dt.timedelta(days=104),
                    sent - dt.timedelta(days=90), sent, answer,
                    latest + dt.timedelta(days=31 * ranks + 19), one["start"], one["chips"],
                    f"agreements/azure.yaml:{30 + rank}",
                )
            )  # fmt: skip
    return rows("notices", found)


_CLAUSES = (
    ("azure-main/first-refusal-1", "first-refusal", "azure", 5, 60, "right"),
    ("azure-main/exclusive", "exclusive", "azure", -30, 0, "right"),
    ("azure-main/take-or-pay", "take-or-pay", "azure", -12, 36, "term"),
    ("azure-main/volume-tiers", "volume-tiers", "azure", -12, 48, "term"),
    ("coreweave-1/first-offer", "first-offer", "coreweave", 2, 26, "right"),
    ("coreweave-1/prepayment", "prepayment", "coreweave", 2, 14, "term"),
    ("oracle-abilene/subcontract", "subcontract", "oracle", 0, 180, "term"),
    ("oracle-abilene/expansion-option", "expansion-option", "openai", 6, 30, "right"),
    ("lambda-2/take-or-pay", "take-or-pay", "lambda", 4, 28, "term"),
    ("crusoe-1/licence", "licence", "crusoe", 0, None, "term"),
)


def _rights() -> pl.DataFrame:
    found: list[tuple[Any, ...]] = []
    for agreement in dict.fromkeys(name.split("/")[0] for name, *_ in _CLAUSES):
        mine = [c for c in _CLAUSES if c[0].startswith(agreement)]
        begin, end = after(FIRST, min(c[3] for c in mine)), after(FIRST, 50)
        sentence = f"{agreement}: capacity as agreed."
        found.append((agreement, "agreement", mine[0][2], begin, end, sentence, "a.yaml:1", "term"))
    for i, (clause, kind, holder, begin, end, side) in enumerate(_CLAUSES):
        last = None if end is None else after(FIRST, end)
        sentence = f"{holder} holds {kind.replace('-', ' ')} on blocks above 2,000 chips."
        place = f"agreements/{clause.split('/')[0]}.yaml:{10 + i}"
        found.append((clause, kind, holder, after(FIRST, begin), last, sentence, place, side))
    return rows("rights", found)


def _clause_costs() -> pl.DataFrame:
    found: list[tuple[Any, ...]] = []
    for i, (clause, kind, holder, *_) in enumerate(_CLAUSES):
        low = (410e6, 95e6, 60e6, -45e6, -2e6, 12e6, 0.0, -180e6, 22e6, 1e6)[i]
        high = (455e6, 98e6, 64e6, -41e6, 9e6, 13e6, 4e6, -160e6, 23e6, 1.2e6)[i]
        sentence = f"Without it the plan would buy {holder} later and more from others."
        part = "all"
        resolved = low > 0 or high < 0
        found.append((clause, kind, holder, part, low, high, resolved, sentence, "a.yaml:3"))
        if kind == "first-refusal":
            sentence = "What the holder takes lands in its own pool."
            found.append((clause, kind, holder, "landing", 290e6, 300e6, True, sentence, "a:3"))
            found.append((clause, kind, holder, "window", 120e6, 155e6, True, sentence, "a:3"))
    whole = "All rights of azure together."
    found.append(
        ("azure-main", "rights", "azure", "jointly: azure", 540e6, 610e6, True, whole, "a.yaml:1")
    )
    return rows("clause_costs", found)


def _sites(builds: pl.DataFrame) -> pl.DataFrame:
    found = []
    for one in builds.to_dicts():
        for month in MONTHS:
            if month >= one["ready"]:
                age = (month.year - one["ready"].year) * 12 + month.month - one["ready"].month
                used = one["power_mw"] * min(0.95, 0.5 + 0.1 * age)
                found.append(
                    (one["site"], one["phase"], month, one["power_mw"], used, used * 1000 / 1.9)
                )
    return rows("sites", found)


def _choices() -> pl.DataFrame:
    end = ("coreweave-1/out", "end", "coreweave-1/d1", dt.date(2025, 3, 3), dt.date(2025, 9, 1))
    also = ("lambda-2/out", "end", "lambda-2", dt.date(2026, 2, 2), dt.date(2026, 5, 1))
    found: list[tuple[Any, ...]] = [
        (*end, 4_000.0, 1.0, 3.1e8, "end 4,000 chips of coreweave-1/d1", "agreements/c.yaml:14"),
        (*also, 600.0, 0.3, -2e6, "end 600 chips on average of lambda-2", "agreements/l.yaml:9"),
    ]
    for i in range(14):
        let = ("azure-main/let", "let", "azure-main/d1", None, after(FIRST, i))
        sentence = f"let {500 + 10 * i} chips of azure-main/d1"
        found.append((*let, 500.0 + 10 * i, 0.5, 3e5, sentence, "agreements/azure.yaml:41"))
    return rows("choices", found)


def _usage(capacity: pl.DataFrame) -> pl.DataFrame:
    found = []
    for i, one in enumerate(capacity.to_dicts()):
        name = CLASSES[i % 3]
        found.append(
            (one["month"], one["scenario"], name, one["supplier"], one["pool"], one["chips"] * 0.8)
        )
    return rows("usage", found)


def realistic() -> Plan:
    """48 months, nine scenarios, six suppliers, 25 purchases, eight builds, some 30 notices."""
    purchases, builds = _purchases(), _builds()
    capacity = _capacity(purchases)
    costs = [38.2e9 * (0.8 + 0.06 * i) for i in range(9)]
    regrets = [cost * (0.015 + 0.004 * abs(i - 4)) for i, cost in enumerate(costs)]
    scenarios = [
        (name, weight, cost, cost - regret, regret)
        for name, weight, cost, regret in zip(SCENARIOS, WEIGHTS, costs, regrets, strict=True)
    ]
    cost = math.fsum(row[1] * row[2] for row in scenarios)
    limits = [
        ("ventures/stargate.yaml:9", "capital 2027", "The venture may call no more in 2027.", 0.31,
         "USD per USD"),
        ("sites/abilene.yaml:14", "power", "Abilene has no more power before phase 4.", 2.4e6,
         "USD per MW"),
        ("offers/oracle.yaml:18", "maximum", "Oracle offers no more GB200.", 8_400.0,
         "USD per chip"),
    ]  # fmt: skip
    return Plan(
        purchases=purchases, builds=builds, choices=_choices(), spend=_spend(purchases),
        capital=_capital(),
        capacity=capacity, demand=_demand(), usage=_usage(capacity),
        notices=_notices(purchases), rights=_rights(), clause_costs=_clause_costs(),
        limits=rows("limits", limits), scenarios=rows("scenarios", scenarios),
        sites=_sites(builds), cost=cost, cash=cost * 1.02,
        shortage=cost * 0.05, residual=cost * 0.07, cvar=cost * 1.19, perfect_information=4.4e8,
        certificate={
            "objective": cost, "bound": cost * 0.99964, "gap": 3.6e-4, "status": "optimal",
            "solver": "HiGHS", "version": "1.15.1", "seed": 0, "columns": 41_233, "rows": 18_410,
            "seconds": 7.81, "residual": 3.1e-10, "digest": "9f" * 32, "as_of": "2025-01-21",
        },
        title="Compute for 2025 to 2029", buyer="OpenAI", months=MONTHS,
    )  # fmt: skip


def nothing() -> Plan:
    """No rows at all, and frames that carry not even columns."""
    return Plan(**{name: pl.DataFrame() for name in TABLES})


def one_month() -> Plan:
    """The realistic plan cut to its first month and one scenario."""
    whole = realistic()
    only = pl.col("month") == FIRST
    base = pl.col("scenario") == SCENARIOS[4]
    return replace(
        whole,
        months=(FIRST,), capacity=whole.capacity.filter(only & base),
        demand=whole.demand.filter(only & base), usage=whole.usage.filter(only & base),
        spend=whole.spend.filter(only), sites=whole.sites.filter(only),
        scenarios=whole.scenarios.filter(base), purchases=whole.purchases.head(1),
        notices=whole.notices.head(1), builds=empty("builds"),
    )  # fmt: skip


HOSTILE = "</script><script>alert('x')</script>&\"'<!--\u2028${paper}"


def hostile() -> Plan:
    """The realistic plan with every text of every frame replaced or headed by markup."""
    whole = realistic()
    frames: dict[str, pl.DataFrame] = {}
    for name, columns in ((n, schema(n)) for n in TABLES):
        texts = [column for column, kind in columns.items() if kind is pl.String]
        kept = [c for c in texts if c in ("what", "category", "side", "part")]
        found: pl.DataFrame = getattr(whole, name)
        frames[name] = found.with_columns(
            (pl.lit(HOSTILE) + pl.col(c)).alias(c) for c in texts if c not in kept
        )
    certificate = {**whole.certificate, "solver": HOSTILE, HOSTILE: HOSTILE}
    return replace(
        whole, **frames, title=HOSTILE, buyer=HOSTILE, certificate=certificate, currency="<b>USD"
    )


def long_names() -> Plan:
    """The realistic plan with names of some 120 characters, and 20 suppliers."""
    whole = realistic()
    tail = " of the Consolidated Hyperscale Infrastructure Partners of North America and Europe"
    frames: dict[str, pl.DataFrame] = {}
    for name, columns in ((n, schema(n)) for n in TABLES):
        found: pl.DataFrame = getattr(whole, name)
        named = [c for c in ("supplier", "seller", "holder", "clause", "right", "site", "class",
                             "scenario", "fund", "phase") if c in columns]  # fmt: skip
        frames[name] = found.with_columns((pl.col(c) + tail).alias(c) for c in named)
    many = frames["capacity"].with_row_index("row")
    frames["capacity"] = many.with_columns(
        supplier=pl.col("supplier") + " no " + (pl.col("row") % 4).cast(pl.String)
    ).drop("row")
    return replace(whole, **frames, title="A very long title" + tail, buyer="A buyer" + tail)
