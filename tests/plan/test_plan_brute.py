"""Tiny books with whole numbers, against every first stage there is.

Every combination of blocks, minima and phases is tried; what is left is one class of demand that
the cheapest capacity serves first, so each month is sorted and summed by hand. And taking a pure
restriction out of a book never makes its plan dearer.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .books import Data, cost, hours_in, month, optimum, read_text, text_of

MONTHS = 3
HOURS = [hours_in(t) for t in range(MONTHS)]
CHIPS = {"a": (1, 1.0, 10_000), "b": (2, 1.5, 30_000)}
"""Throughput, kW and price, as in the head of these books."""
CLOSE = 20.0
"""A solver's rounding of a hundredth of a chip for a month; a whole one costs 700 at the least."""


@st.composite
def books(draw: st.DrawFn) -> Data:
    """One class, two offers in lumps, perhaps one site with two phases and chips in blocks."""
    offers = []
    for n in range(draw(st.integers(1, 2))):
        block = draw(st.sampled_from([10, 25, 40]))
        offers.append(
            {
                "id": f"offer-{n}",
                "seller": ["neo", "other"][n],
                "chip": draw(st.sampled_from("ab")),
                "price": draw(st.sampled_from(["1", "2.5", "4"])),
                "block": block,
                "max": block * draw(st.integers(1, 2)) + draw(st.integers(0, 5)),
                "min": draw(st.sampled_from([0, 0, 15, 45])),
                "term": draw(st.integers(1, 4)),
                "starts": draw(st.sampled_from([(0, 0), (0, 1), (1, 2), (2, 2)])),
            }
        )
    for o in offers:
        o["min"] = min(o["min"], o["max"])
    site = None
    if draw(st.booleans()):
        site = {
            "kw": [draw(st.sampled_from([20, 50])) for _ in range(2)],
            "capex": [draw(st.sampled_from([10_000, 200_000])) for _ in range(2)],
            "after": draw(st.booleans()),
            "block": draw(st.sampled_from([12, 20])),
            "limit": draw(st.sampled_from([None, 250_000, 600_000])),
            "chip": draw(st.sampled_from("ab")),
            "life": draw(st.sampled_from([1, 24])),
        }
    return {
        "offers": offers,
        "site": site,
        "path": [draw(st.integers(0, 90)) for _ in range(MONTHS)],
        "growing": draw(st.booleans()),
        "short": draw(st.sampled_from([3, 9, 80])),
        "gang": draw(st.sampled_from([None, None, 8, 15])),
        "exclusive": draw(st.sampled_from([None, None, "neo", "other"])),
        "take": draw(st.sampled_from([None, None, (0.5,), (0.0, 1.0), (0.3, 0.6)])),
        "partial": draw(st.sampled_from([0, 0, 12])),
    }


def text(data: Data) -> str:
    """The book. Scenarios: need as stated, or twice that."""
    clauses = []
    if data["exclusive"]:
        clauses.append(f"  - {{id: only, kind: exclusive, holder: {data['exclusive']}}}")
    if data["take"] is not None:
        share = 100 // len(data["take"])
        cases = ", ".join(f"{{take: {v:.0%}, weight: {share}%}}" for v in data["take"])
        partial = f", partial: {{min: {data['partial']} chips}}" if data["partial"] else ""
        clauses.append(
            "  - {id: rofr, kind: first-refusal, window: {length: 0 days}, scope: {own_build: "
            f"false}}, expected: [{cases}]{partial}}}"
        )
    parts = []
    if clauses:
        parts.append(
            "agreements:\n- id: deal\n  seller: cloud\n  from: 2024-01-01\n  until: 2026-12-31\n"
            "  clauses:\n" + "\n".join(clauses) + "\n"
        )
    parts.append("offers:\n" + "".join(_offer(o) for o in data["offers"]))
    if data["site"]:
        parts.append(_site(data["site"]))
    parts.append("demand:\n- {id: need, purpose: work, unit: a, path: {")
    parts.append(", ".join(f"{month(t)}: {v} chips" for t, v in enumerate(data["path"])))
    gang = f", gang: {data['gang']} chips" if data["gang"] else ""
    twice = ", ".join(f"{month(t)}: {2 * v} chips" for t, v in enumerate(data["path"]))
    two = "{low: {weight: 50%}, high: {weight: 50%, path: {" + twice + "}}}"
    grown = f", scenarios: {two}" if data["growing"] else ""
    parts.append(f"}}, unserved: {data['short']} USD per chip-hour{gang}{grown}}}\n")
    return text_of(*parts, months=MONTHS)


def _offer(o: Data) -> str:
    least = f" min: {o['min']} chips," if o["min"] else ""
    return (
        f"- {{id: {o['id']}, seller: {o['seller']}, chip: {o['chip']}, region: east, term: "
        f"{o['term']} months, price: {o['price']} USD per chip-hour, max: {o['max']} chips, block: "
        f"{o['block']} chips,{least} starts_from: {month(o['starts'][0])}, "
        f"starts_until: {month(o['starts'][1])}}}\n"
    )


def _site(s: Data) -> str:
    capital = f"capital: [{{limit: {s['limit']} USD, from: 2025-01}}], " if s["limit"] else ""
    after = ", after: [p0]" if s["after"] else ""
    phases = ", ".join(
        f"{{id: p{n}, power: {s['kw'][n]} kW meter, capex: {s['capex'][n]} USD, lead: 1 month, "
        f"start: 2025-01, life: {s['life']} months{after if n else ''}}}"
        for n in range(2)
    )
    return (
        f"sites:\n- {{id: home, region: west, pue: 1, power_price: 0 USD per kWh, chips: "
        f"[{s['chip']}], block: {s['block']} chips, {capital}phases: [{phases}]}}\n"
    )


# --- every first stage -------------------------------------------------------------------------


def purchases(o: Data) -> Iterator[dict[int, int]]:
    """Chips by month of start, over all that the offer's words allow."""
    lots = [
        n * o["block"]
        for n in range(o["max"] // o["block"] + 1)
        if n == 0 or n * o["block"] >= o["min"]
    ]
    months = range(o["starts"][0], o["starts"][1] + 1)
    for chosen in itertools.product(lots, repeat=len(months)):
        bought = dict(zip(months, chosen, strict=True))
        if max(in_service(bought, o["term"])) <= o["max"]:
            yield bought


def in_service(bought: dict[int, int], term: int) -> list[int]:
    return [sum(v for t0, v in bought.items() if t0 <= t < t0 + term) for t in range(MONTHS)]


def builds(s: Data | None) -> Iterator[tuple[float, list[int]]]:
    """What every way of building costs, less what is left of it, and chips by month."""
    if s is None:
        yield 0.0, [0] * MONTHS
        return
    _, kw, price = CHIPS[s["chip"]]
    for ready in itertools.product([None, 1, 2], repeat=2):
        if s["after"] and ready[1] is not None and (ready[0] is None or ready[0] > ready[1]):
            continue
        done = [(n, r) for n, r in enumerate(ready) if r is not None]
        life = s["life"]
        power = [sum(s["kw"][n] for n, r in done if r <= t < r + life) for t in range(MONTHS)]
        capex = sum(s["capex"][n] for n, _ in done)
        left = sum(s["capex"][n] * max(0, r + life - MONTHS) / life for n, r in done)
        for counts in itertools.product(range(int(max(power) / kw / s["block"]) + 1), repeat=2):
            one, two = (count * s["block"] for count in counts)
            called = capex + price * (one + two)
            fits = one * kw <= power[1] and (one + two) * kw <= power[2]
            if fits and (s["limit"] is None or called <= s["limit"]):
                worth = left + price * (one * 58 + two * 59) / 60
                yield called - worth, [0, one, one + two]


def splits(data: Data, o: Data, chips: int) -> list[tuple[float, float]]:
    """What stays with the seller and what lands with the holder, for each outcome."""
    takes = data["take"] if data["take"] is not None else (0.0,)
    out = []
    for take in takes:
        part = take * chips
        if 0 < take < 1 and part < data["partial"] - 1e-9:
            part = 0.0
        out.append((chips - part, part))
    return out


def second_stage(data: Data, pools: list[tuple[float, list[list[float]]]]) -> float:
    """Expected cost of shortage; pools are throughput and chips by (outcome, month)."""
    outcomes = len(pools[0][1]) if pools else 1
    needs = [data["path"], [2 * v for v in data["path"]]] if data["growing"] else [data["path"]]
    total = 0.0
    for need in needs:
        for q in range(outcomes):
            for t in range(MONTHS):
                served = 0.0
                for rate, chips in pools:
                    usable = chips[q][t]
                    if data["gang"]:
                        # A gang's slots stand in every scenario, so the least capacity decides.
                        size = -(-data["gang"] // rate)
                        least = min(row[t] for row in chips)
                        usable = min(usable, size * int(least / size + 1e-9))
                    served += rate * usable
                short = max(0.0, need[t] - served)
                total += short * data["short"] * HOURS[t] / (outcomes * len(needs))
    return total


def brute(data: Data) -> float:
    """The least cost over every first stage."""
    best = float("inf")
    barred = [data["exclusive"] not in (None, o["seller"]) for o in data["offers"]]
    ways = [
        [dict.fromkeys(range(o["starts"][0], o["starts"][1] + 1), 0)] if shut else [*purchases(o)]
        for o, shut in zip(data["offers"], barred, strict=True)
    ]
    sites: list[Any] = [*builds(None if data["exclusive"] else data["site"])]
    for chosen in itertools.product(*ways):
        paid = 0.0
        outcomes = len(data["take"] or (0,))
        held: dict[tuple[str, str], list[list[float]]] = {}
        for o, bought in zip(data["offers"], chosen, strict=True):
            for t0, chips in bought.items():
                for t in range(t0, min(MONTHS, t0 + o["term"])):
                    paid += float(o["price"]) * chips * HOURS[t]
                    for q, parts in enumerate(splits(data, o, chips)):
                        for who, part in zip((o["seller"], "cloud"), parts, strict=True):
                            empty = [[0.0] * MONTHS for _ in range(outcomes)]
                            held.setdefault((who, o["chip"]), empty)[q][t] += part
        for money, own in sites:
            pools = [(CHIPS[chip][0], levels) for (_, chip), levels in held.items()]
            if data["site"]:
                rate = CHIPS[data["site"]["chip"]][0]
                pools.append((rate, [[float(c) for c in own]] * outcomes))
            found = paid + money + second_stage(data, pools)
            best = min(best, found)
    return best


@settings(max_examples=70, derandomize=True)
@given(books())
def test_the_plan_is_the_best_of_all_first_stages(data: Data) -> None:
    assert cost(read_text(text(data))) == pytest.approx(brute(data), rel=1e-6, abs=CLOSE)


# --- pure restrictions -------------------------------------------------------------------------


@settings(max_examples=40, derandomize=True)
@given(books(), st.sampled_from(["exclusive", "window", "limit", "max"]))
def test_taking_out_a_pure_restriction_never_costs_more(data: Data, which: str) -> None:
    if which == "window":
        data["take"] = (0.0,)
    if which == "exclusive":
        data["exclusive"] = "neo"
    made, with_it = optimum(read_text(text(data)))
    if which == "window":
        data["take"] = None
    if which == "exclusive":
        data["exclusive"] = None
    if which == "limit" and data["site"]:
        data["site"]["limit"] = None
    if which == "max":
        data["offers"][0]["max"] *= 10
    without = cost(read_text(text(data)))
    assert without <= with_it.objective * (1 + 1e-7) + CLOSE
    assert made.model.columns
