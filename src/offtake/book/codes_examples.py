"""For each code that can be shown in a few lines, the smallest book that earns it.

What is not here cannot be shown so: it takes thousands of lines, or bytes that are no text.
"""

from __future__ import annotations

from collections.abc import Mapping

from offtake.book.faults import Example
from offtake.book.samples import (
    AGREEMENT,
    CLAUSES,
    DELIVERY,
    HEADER,
    NEED,
    OFFER,
    OTHER,
    PARTIES,
    SITE,
    of_clause,
    of_header,
)

_PRICE = "2 USD per chip-hour"
_LINE = f"  price: {_PRICE}\n"
_TABLE = (
    "id,seller,chip,region,term,price,max\n"
    "neo-12,neo,h100,us-east,12 months,2 USD per chip-hour,1024 chips\n"
)
_DAY = "arrival,tokens\n" + "".join(f"{3600 * hour},{100 + hour}\n" for hour in range(24))


def _include(right: str, wrong: str, **beside: str) -> Example:
    """An example in what the header includes; `offers_csv` is a file `offers.csv`."""
    files = {name.replace("_", "."): text for name, text in beside.items()}
    return Example(f"{HEADER}  include: [{right}]\n{PARTIES}", right, wrong, files, alone=True)


def _table(right: str, wrong: str) -> Example:
    text = f"{HEADER}  include: [offers.csv]\n{PARTIES}"
    return Example(text, right, wrong, {"offers.csv": _TABLE}, alone=True)


def _trace(right: str, wrong: str) -> Example:
    return Example(NEED + "  shape: {trace: day.csv}\n", right, wrong, {"day.csv": _DAY})


def _phase(right: str, wrong: str, text: str = SITE) -> Example:
    return Example(text, right, wrong)


FILES = {
    "no-book": Example(HEADER + PARTIES, HEADER, "", alone=True),
    "no-file": _include("offers.csv", "offers-neo.csv", offers_csv=_TABLE),
    "path-name": _include("offers.csv", '".\\\\offers.csv"', offers_csv=_TABLE),
    "path-outside": _include("offers.csv", "../offers.csv", offers_csv=_TABLE),
    "included-twice": _include("offers.csv", "offers.csv, offers.csv", offers_csv=_TABLE),
    "file-kind": _include("offers.csv", "offers.xlsx", offers_csv=_TABLE),
    "table-name": _include("offers.csv", "prices.csv", offers_csv=_TABLE),
    "not-a-book": Example(
        f"{HEADER}  include: [more.yaml]\n{PARTIES}",
        "offers:\n",
        "",
        {"more.yaml": OFFER},
        alone=True,
    ),
    "unknown-section": Example(OFFER, "offers:", "offerz:"),
}
YAML = {
    "yaml": Example(OFFER, "  max: 1024 chips", "\tmax: 1024 chips"),
    "yaml-alias": Example(OFFER, "us-east", "*east"),
    "yaml-anchor": Example(OFFER, "us-east", "&east us-east"),
    "yaml-merge": Example(
        OFFER + "  note: as quoted\n", "  note: as quoted\n", "  <<: {note: as quoted}\n"
    ),
    "yaml-tag": Example(OFFER, "1024 chips", "!!str 1024 chips"),
    "yaml-documents": Example(OFFER, "offers:", "---\noffers:"),
    "yaml-key": Example("sites: []\n", "sites:", "[sites]:"),
    "duplicate-key": Example(OFFER, _LINE, _LINE + "  price: 3 USD per chip-hour\n"),
    "reserved-key": Example(OFFER + "  note: as quoted\n", "note:", '"@note":'),
    "empty-value": Example(OFFER + "  note: as quoted\n", " as quoted", ""),
}
TABLES = {
    "csv": _table("neo-12,neo", '"neo-12,neo'),
    "no-header": _table("id,seller,chip,region,term,price,max\n", ""),
    "unknown-column": _table(",term,", ",therm,"),
    "row-length": _table(",1024 chips", ",1,024 chips"),
    "bad-trace": _trace("arrival,tokens", "when,tokens"),
    "short-trace": _trace("25200,107\n", ""),
}
FIELDS = {
    "one-value": Example(OFFER, "12 months", "[12 months]"),
    "list-expected": Example(SITE, "[gb200]", "gb200"),
    "mapping-expected": of_header("periods: {start: 2025-02, length: 24 months}", "periods: 2025"),
    "missing-field": Example(OFFER, "  region: us-east\n", ""),
    "unknown-field": Example(OFFER, "price:", "prise:"),
    "unknown-choice": Example(OFFER + "  kind: spot\n", "kind: spot", "kind: spott"),
    "unknown-kind": of_clause("{kind: take-or-pay, share: 90%}", "take-or-pay", "take-and-pay"),
    "invalid-value": of_clause(
        "{kind: take-or-pay, share: 90%, make_up: 6 months}", "6 months", "180 days"
    ),
    "bad-id": Example(OFFER, "id: neo-12", "id: Neo 12"),
    "bad-chips": Example(OFFER, "1024 chips", "1024"),
    "bad-number": Example(SITE, "pue: 1.2", "pue: 1.2e0"),
    "bad-flag": of_clause("{kind: subcontract, allowed: false}", "false", "no"),
    "bad-money": Example(SITE, "2 B USD", "2 B"),
    "bad-price": Example(OFFER, _PRICE, "2 USD"),
    "bad-share": of_header("discount: 8% per year", "discount: 0.08"),
    "bad-duration": Example(OFFER, "12 months", "12"),
    "bad-power": Example(SITE, "200 MW meter", "200 MW somewhere"),
    "bad-date": of_header("2025-01-21", "2025-02-30"),
    "bad-month": of_header("start: 2025-02", "start: 2025-02-01"),
    "bad-time": of_clause(
        '{kind: first-refusal, window: {length: 30 days, closes: "17:00"}, at_expiry: lapses}',
        '"17:00"',
        '"5pm"',
    ),
    "unknown-calendar": of_header("calendar: US", "calendar: UX"),
    "unknown-zone": of_header("timezone: Europe/London", "timezone: Europe/Londres"),
}
_CHANGED = (
    f"{AGREEMENT}{CLAUSES}  - {{id: first, kind: first-refusal, window: {{length: 30 days}}, "
    "at_expiry: lapses}\n"
    "  amendments:\n  - {on: 2025-06-01, signed: 2025-01-09, change: {first: {rank: 2}}}\n"
)
_ENDED = _CHANGED.replace("change: {first: {rank: 2}}", "end: [first]")
_WAIVED = f"{AGREEMENT}{CLAUSES}  - {{kind: exclusive, scope: {{regions: [us-east]}}}}\n"
_SERVED = "  upstream: neo-2025\n"
_SOURCE = """\
- id: neo-2025
  seller: neo
  buyer: cloud
  from: 2025-02-01
  until: 2026-12-31
  price: 1 USD per chip-hour
  deliveries:
  - {id: n1, add: 512 chips, chip: h100, region: us-east, start: 2025-02-01}
"""
_LATE = f"{CLAUSES}  - {{id: late, kind: delay-credits, rate: 1% of monthly fee per day}}\n"
_HEADED = f"{HEADER}  scenarios: {{low: 50%, high: 50%}}\n{PARTIES}{NEED}"
_CURVE = """\
curves:
- id: h100-market
  prices: {2025-01-21: 2.40 USD per chip-hour}
  forecast: {falls: 20% per year}
"""
NAMES = {
    "duplicate-id": Example(
        f"{OFFER}- {{id: neo-6, seller: neo, chip: h100, region: us-east, term: 6 months, "
        "price: 3 USD per chip-hour, max: 9 chips}\n",
        "neo-6",
        "neo-12",
    ),
    "unknown-party": Example(OFFER, "seller: neo", "seller: noe"),
    "unknown-chip": Example(OFFER, "h100", "h1000"),
    "unknown-purpose": Example(NEED, "api", "apis"),
    "unknown-agreement": Example(AGREEMENT + _SERVED + _SOURCE, "m: neo-2025", "m: neo-2024"),
    "unknown-venture": Example(
        f"ventures:\n- {{id: stargate, owners: {{lab: 40%}}}}\n{SITE}  venture: stargate\n",
        "venture: stargate",
        "venture: starg8",
    ),
    "unknown-curve": Example(
        OFFER.replace(_LINE, "  curve: h100-market\n") + _CURVE, "curve: h100", "curve: h200"
    ),
    "unknown-phase": _phase(
        "after: [p1]",
        "after: [p0]",
        f"{SITE}  - {{id: p2, power: 200 MW meter, capex: 2 B USD, ready: 2026-09, after: [p1]}}\n",
    ),
    "unknown-scenario": Example(
        _HEADED + "  scenarios: {low: {growth: 5% per year}}\n", "{low: {", "{lwo: {", alone=True
    ),
    "unknown-clause": Example(_ENDED, "end: [first]", "end: [frist]"),
    "ambiguous-clause": Example(
        f"{_WAIVED}{OTHER}{CLAUSES}  - {{kind: exclusive, scope: {{regions: [us-tx]}}}}\n"
        f"  waivers: [{{of: cloud-2025/exclusive, on: 2025-03-01}}]\n{SITE}{OFFER}",
        "cloud-2025/exclusive",
        "exclusive",
    ),
    "changed-kind": Example(_CHANGED, "{rank: 2}", "{kind: first-offer}"),
    "unused-region": Example(NEED + "  regions: [us-east]\n" + OFFER, "[us-east]", "[us-eats]"),
    "cycle": of_header("api: {part_of: inference}", "api: {part_of: api}"),
}
DATES = {
    "ends-before-it-begins": Example(AGREEMENT, "2026-12-31", "2024-12-31"),
    "delivery-outside": Example(AGREEMENT + DELIVERY, "2025-03-01", "2027-03-01"),
    "amendment-outside": Example(_CHANGED, "on: 2025-06-01", "on: 2027-06-01"),
    "not-known-yet": Example(_CHANGED, "signed: 2025-01-09, ", ""),
    "offer-expired": Example(
        OFFER + "  valid_until: 2025-03-31\n", "until: 2025-03-31", "until: 2024-12-31"
    ),
    "as-of-after-end": of_header("2025-01-21", "2027-02-01"),
    "no-periods": of_header("24 months", "0 months"),
    "hours-of-day": of_header("length: 24 months", "length: 24 months, hours: 25"),
    "span-unit": Example(OFFER, "12 months", "365 days"),
    "no-ready": _phase(", ready: 2026-03", ""),
}
MONEY = {
    "other-currency": Example(OFFER, "2 USD", "2 EUR"),
    "price-unit": Example(OFFER, "2 USD per chip-hour", "2 USD per kWh"),
    "no-price": Example(AGREEMENT + DELIVERY, _LINE, ""),
    "no-term": Example(OFFER, "  term: 12 months\n", ""),
    "price-or-curve": Example(OFFER, _LINE, ""),
    "bad-curve": Example(_CURVE, "{2025-01-21: 2.40 USD per chip-hour}", "{}"),
    "bad-forecast": Example(_CURVE, "{falls: 20% per year}", "{falls: 20% per year, flat: true}"),
    "no-forecast": Example(_CURVE, "  forecast: {falls: 20% per year}\n", ""),
    "hourly-clause": Example(
        OFFER
        + "- {id: od, seller: neo, kind: on-demand, chip: h100, region: us-east, max: 9 chips,\n"
        "   price: 3 USD per chip-hour, clauses: [{kind: escalator, from: 2026-01-01, "
        "rises: 3% per year}]}\n",
        "escalator, from: 2026-01-01, rises: 3% per year",
        "termination, notice: 30 days",
    ),
    "block-too-large": Example(OFFER + "  block: 512 chips\n", "512", "2048"),
    "min-over-max": Example(OFFER + "  min: 512 chips\n", "512", "2048"),
    "not-per-year": of_header("discount: 8% per year", "discount: 8%"),
    "share-unit": Example(SITE + "  owners: {lab: 40%}\n", "40%", "40% per year"),
    "over-the-whole": Example(SITE + "  owners: {lab: 40%, neo: 60%}\n", "40%", "60%"),
}
_FUNDED = SITE + "  capital: [{limit: 3 B USD, from: 2025-02}]\n"
SITES = {
    "venture-and-owners": Example(
        f"ventures:\n- {{id: stargate, owners: {{lab: 40%}}}}\n{SITE}  venture: stargate\n",
        "  venture: stargate\n",
        "  venture: stargate\n  owners: {lab: 40%}\n",
    ),
    "chip-without-price": Example(SITE, "[gb200]", "[gb200, trainium2]"),
    "capital-short": Example(
        _FUNDED.replace("ready: 2026-03", "started: 2025-02, ready: 2026-03"), "3 B", "1 B"
    ),
    "phase-beyond-capital": Example(_FUNDED, "3 B", "1 B"),
}
_NAMED = NEED + "  scenarios: {low: {weight: 50%, base: 300 chips}, high: {weight: 50%}}\n"
DEMAND = {
    "no-demand": Example(NEED, "  base: 600 chips\n", ""),
    "bad-shape": Example(
        NEED
        + "  shape: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n",
        "shape: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ",
        "shape: [",
    ),
    "draw-count": Example(
        NEED + "  draw: {volatility: 30% per year, count: 20, seed: 1}\n", "count: 20", "count: 0"
    ),
    "scenarios-mixed": Example(
        NEED + "  draw: {volatility: 30% per year, count: 20, seed: 1}\n",
        "  draw:",
        "  scenarios: {low: {weight: 100%}}\n  draw:",
    ),
    "scenario-weight": Example(_NAMED, "{weight: 50%}", "{growth: 5% per year}"),
    "weights-sum": Example(_NAMED, "{weight: 50%}", "{weight: 40%}"),
}
CHAIN = {
    "upstream-ends": Example(
        AGREEMENT + _SERVED + _SOURCE,
        "until: 2026-12-31\n  price: 1 ",
        "until: 2026-06-30\n  price: 1 ",
    ),
    "upstream-short": Example(
        AGREEMENT + _SERVED + DELIVERY + _SOURCE, "{id: n1, add: 512", "{id: n1, add: 256"
    ),
    "back-to-back": Example(
        AGREEMENT + _SERVED + "  back_to_back: [late]\n" + DELIVERY + _SOURCE + _LATE,
        "[late]",
        "[delay]",
    ),
}
SIZE = {
    "zero": Example(SITE, "pue: 1.2", "pue: 0"),
    "too-much": Example(NEED, "600 chips", "600000000000000 chips"),
    "plan-too-large": Example(
        NEED + "  draw: {volatility: 30% per year, count: 20, seed: 1}\n" + OFFER,
        "count: 20",
        "count: 10000",
    ),
}

EXAMPLES: Mapping[str, Example] = {
    **FILES,
    **YAML,
    **TABLES,
    **FIELDS,
    **NAMES,
    **DATES,
    **MONEY,
    **SITES,
    **DEMAND,
    **CHAIN,
    **SIZE,
}
