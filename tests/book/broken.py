"""Small broken books of the checks and fields, with two clause kinds of the tests' own.

Beside each text stands what is found at the place of its fault. That every code is earned by some
book is for `test_book_examples` to see.

A text follows the header and parties of `writing.START` (9 lines), unless it begins with `book:`.
"""

from __future__ import annotations

from .writing import HEADER, PARTIES

_AGREEMENT = "agreements:\n- {id: a, seller: cloud, from: 2025-02-01, until: 2026-01-31"
_OFFER = "offers:\n- {id: o, seller: cloud, chip: h100, region: x, max: 9 chips"
_PRICE = "price: 2 USD per chip-hour"
_SITE = (
    "sites:\n- {id: s, region: x, pue: 1.2, chips: [h100], power_price: 0.06 USD per kWh, "
    "phases: [{id: p, power: 1 MW meter, capex: 2 B USD"
)
_NEED = "demand:\n- {id: d, purpose: api, unit: h100, unserved: never"


def _header(old: str, new: str) -> str:
    assert old in HEADER
    return HEADER.replace(old, new) + PARTIES


FIELDS: dict[str, tuple[str, str]] = {
    "one-value": (_OFFER + f", term: [1 month], {_PRICE}}}\n", "[1 month"),
    "list-expected": (_AGREEMENT + ", clauses: promise}\n", "promise"),
    "mapping-expected": ("offers: [o]\n", "o"),
    "missing-field": (
        _OFFER.replace(", max: 9 chips", "") + f", term: 1 month, {_PRICE}}}\n",
        "{id: o",
    ),
    "unknown-field": (_OFFER + f", term: 1 month, {_PRICE}, prise: 3}}\n", "prise: 3"),
    "unknown-choice": (_OFFER + f", kind: spott, {_PRICE}}}\n", "spott"),
    "unknown-kind": (_AGREEMENT + ", clauses: [{kind: promised}]}\n", "{kind: promised"),
    "bad-id": ("- {id: \u0430zure, name: x}\n", "\u0430zure"),
    "bad-chips": (_OFFER.replace("9 chips", "9") + f", {_PRICE}}}\n", "9"),
    "bad-number": (_SITE.replace("1.2", "1.2e0") + "}]}\n", "1.2e0"),
    "bad-money": (_SITE.replace("2 B USD", "2 B") + "}]}\n", "2 B"),
    "bad-price": (_OFFER + ", price: 2 USD}\n", "2 USD"),
    "bad-share": (_header("12 months}", "12 months}\n  discount: 0.08"), "0.08"),
    "bad-duration": (_header("12 months", "12"), "12"),
    "bad-chip-hours": (
        _AGREEMENT + ", clauses: [{kind: promise, share: 9%, least: 5000}]}\n",
        "5000",
    ),
    "invalid-value": (
        _AGREEMENT + ", clauses: [{kind: promise, share: 0%}]}\n",
        "{kind: promise",
    ),
    "bad-power": (_SITE.replace("1 MW meter", "1 MW here") + "}]}\n", "1 MW here"),
    "bad-date": (_header("2025-01-21", "2025-02-30"), "2025-02-30"),
    "bad-month": (_header("2025-02,", "2025-02-01,"), "2025-02-01"),
    "bad-flag": (
        _AGREEMENT + ", clauses: [{kind: claim, scope: {own_build: yes}}]}\n",
        "yes",
    ),
    "bad-time": (
        _AGREEMENT + ', clauses: [{kind: claim, window: {length: 1 days, closes: "5pm"}}]}\n',
        '"5pm"',
    ),
    "too-many-purposes": (
        _header("training: {}", ", ".join(f"p{n}: {{part_of: p{n + 1}}}" for n in range(10_000))),
        "{p0: {part_of: p1",
    ),
    "unknown-calendar": (_header("12 months}", "12 months}\n  calendar: UX"), "UX"),
    "unknown-zone": (
        _header("12 months}", "12 months}\n  timezone: Europe/Londres"),
        "Europe/Londres",
    ),
}

NAMES: dict[str, tuple[str, str]] = {
    "duplicate-id": ("- {id: lab, name: Lab again}\n", "lab"),
    "unknown-party": (_AGREEMENT.replace("cloud", "clout") + "}\n", "clout"),
    "unknown-chip": (
        _OFFER.replace("h100", "h1000") + f", term: 1 month, {_PRICE}}}\n",
        "h1000",
    ),
    "unknown-purpose": (
        _NEED.replace("api", "apis") + ", base: 9 chips}\n",
        "apis",
    ),
    "unknown-agreement": (_AGREEMENT + ", upstream: b}\n", "b"),
    "unknown-venture": (
        _SITE.replace("region: x", "region: x, venture: v") + ", ready: 2025-05}]}\n",
        "v",
    ),
    "unknown-phase": (_SITE + ", ready: 2025-05, after: [q]}]}\n", "[q"),
    "unknown-scenario": (
        _header("12 months}", "12 months}\n  scenarios: {low: 50%, high: 50%}")
        + _NEED
        + ", base: 9 chips, scenarios: {hihg: {growth: 5% per year}}}\n",
        "{growth: 5% per year",
    ),
    "unknown-clause": (
        _AGREEMENT + ", amendments: [{on: 2025-06-01, signed: 2025-01-09, end: [first]}]}\n",
        "[first",
    ),
    "ambiguous-clause": (
        _AGREEMENT + ", clauses: [{kind: claim}], waivers: [{of: claim, on: 2025-02-02}]}\n"
        "- {id: b, seller: neo, from: 2025-02-01, until: 2026-01-31, clauses: [{kind: claim}]}\n",
        "claim",
    ),
    "changed-kind": (
        _AGREEMENT + ", clauses: [{kind: claim}], "
        "amendments: [{on: 2025-06-01, signed: 2025-01-09, change: {claim: {kind: promise}}}]}\n",
        "{kind: promise",
    ),
    "unused-region": (
        _NEED + ", base: 9 chips, regions: [us-eats]}\n",
        "[us-eats",
    ),
    "cycle": (_header("api: {part_of: inference}", "api: {part_of: api}"), "api"),
}

DATES: dict[str, tuple[str, str]] = {
    "ends-before-it-begins": (_AGREEMENT.replace("2026-", "2024-") + "}\n", "2024-01-31"),
    "delivery-outside": (
        _AGREEMENT + f", {_PRICE}, deliveries: "
        "[{id: t, add: 9 chips, chip: h100, region: x, start: 2027-01-01}]}\n",
        "2027-01-01",
    ),
    "amendment-outside": (
        _AGREEMENT + ", amendments: [{on: 2027-01-01, signed: 2025-01-09}]}\n",
        "2027-01-01",
    ),
    "not-known-yet": (_AGREEMENT + ", amendments: [{on: 2025-06-01}]}\n", "2025-06-01"),
    "offer-expired": (
        _OFFER + f", term: 1 month, valid_until: 2024-12-31, {_PRICE}}}\n",
        "2024-12-31",
    ),
    "as-of-after-end": (_header("2025-01-21", "2026-02-01"), "2026-02-01"),
    "no-periods": (_header("12 months", "0 months"), "0 months"),
    "hours-of-day": (_header("12 months", "12 months, hours: 25"), "25"),
    "span-unit": (_OFFER + f", term: 30 days, {_PRICE}}}\n", "30 days"),
    "no-ready": (_SITE + "}]}\n", "p"),
}

MONEY: dict[str, tuple[str, str]] = {
    "other-currency": (
        _OFFER + ", term: 1 month, price: 2 EUR per chip-hour}\n",
        "2 EUR per chip-hour",
    ),
    "price-unit": (_OFFER + ", term: 1 month, price: 2 USD per kWh}\n", "2 USD per kWh"),
    "no-price": (
        _AGREEMENT + ", deliveries: "
        "[{id: t, add: 9 chips, chip: h100, region: x, start: 2025-03-01}]}\n",
        "[{id: t",
    ),
    "no-term": (_OFFER + f", {_PRICE}}}\n", "{id: o"),
    "block-too-large": (_OFFER + f", block: 10 chips, term: 1 month, {_PRICE}}}\n", "10 chips"),
    "min-over-max": (_OFFER + f", min: 10 chips, term: 1 month, {_PRICE}}}\n", "10 chips"),
    "not-per-year": (_header("12 months}", "12 months}\n  discount: 8%"), "8%"),
    "share-unit": (
        _SITE.replace("region: x", "region: x, owners: {lab: 40% per year}")
        + ", ready: 2025-05}]}\n",
        "{lab: 40% per year",
    ),
    "over-the-whole": (
        _SITE.replace("region: x", "region: x, owners: {lab: 60%, neo: 60%}")
        + ", ready: 2025-05}]}\n",
        "{lab: 60%",
    ),
}

_CAPITAL = "region: x, capital: [{limit: 1 B USD, from: 2025-02}]"
SITES: dict[str, tuple[str, str]] = {
    "venture-and-owners": (
        "ventures: [{id: v, owners: {lab: 50%}}]\n"
        + _SITE.replace("region: x", "region: x, venture: v, owners: {lab: 50%}")
        + ", ready: 2025-05}]}\n",
        "v",
    ),
    "chip-without-price": (
        _SITE.replace("[h100]", "[trainium2]") + ", ready: 2025-05}]}\n",
        "[trainium2",
    ),
    "capital-short": (
        _SITE.replace("region: x", _CAPITAL) + ", started: 2025-01, ready: 2025-08}]}\n",
        "1 B USD",
    ),
    "phase-beyond-capital": (
        _SITE.replace("region: x", _CAPITAL) + ", ready: 2025-08}]}\n",
        "2 B USD",
    ),
}

DEMAND: dict[str, tuple[str, str]] = {
    "no-demand": (_NEED + "}\n", "d"),
    "bad-shape": (_NEED + ", base: 9 chips, shape: [1, 2, 3]}\n", "[1"),
    "draw-count": (
        _NEED + ", base: 9 chips, draw: {volatility: 30%, count: 0, seed: 1}}\n",
        "0",
    ),
    "scenarios-mixed": (
        _NEED + ", base: 9 chips, scenarios: {low: {weight: 100%}}, "
        "draw: {volatility: 30%, count: 9, seed: 1}}\n",
        "{volatility: 30%",
    ),
    "scenario-weight": (
        _NEED + ", base: 9 chips, scenarios: {low: {weight: 100%}, high: {growth: 5% per year}}}\n",
        "{growth: 5% per year",
    ),
    "weights-sum": (
        _NEED + ", base: 9 chips, scenarios: {low: {weight: 50%}, high: {weight: 49%}}}\n",
        "{low: {weight: 50%",
    ),
}

_TWO = f"deliveries: [{{id: t, add: 9 chips, chip: h100, region: x, start: 2025-03-01}}], {_PRICE}"
CHAIN: dict[str, tuple[str, str]] = {
    "upstream-ends": (
        _AGREEMENT
        + ", upstream: b}\n- {id: b, seller: neo, from: 2025-02-01, until: 2025-12-31}\n",
        "2026-01-31",
    ),
    "upstream-short": (
        _AGREEMENT + f", upstream: b, {_TWO}}}\n"
        "- {id: b, seller: neo, from: 2025-02-01, until: 2026-12-31}\n",
        "9 chips",
    ),
}

SIZE: dict[str, tuple[str, str]] = {
    "zero": (_SITE.replace("1.2", "0") + ", ready: 2025-05}]}\n", "0"),
    "too-much": (_NEED + ", base: 9000000000000 chips}\n", "9000000000000"),
    "plan-too-large": (
        _NEED
        + ", base: 9 chips, draw: {volatility: 30%, count: 10000, seed: 1}}\n"
        + _OFFER
        + f", term: 1 month, {_PRICE}}}\n",
        "{start: 2025-02",
    ),
}

BROKEN = {**FIELDS, **NAMES, **DATES, **MONEY, **SITES, **DEMAND, **CHAIN, **SIZE}
