"""Minimum share: the holder's part of new capacity, met or paid for, scenario by scenario."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.plan.clash import clash
from offtake.plan.costs import clause_costs

from .planning import (
    EXACT,
    HOURS,
    book_of,
    codes_of,
    cost_of,
    planned,
    programme,
    purchases,
    text_of,
)

PACT = """
agreements:
- id: pact
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  clauses: [{kind: minimum-share, WORDS}]
"""
OFFERS = """
offers:
- {id: dear, seller: cloud, chip: a, region: r, term: TERM, price: 3 USD per chip-hour,
   max: 50 chips}
- {id: cheap, seller: neo, chip: a, region: r, term: TERM, price: 2 USD per chip-hour,
   max: 50 chips}
"""


def pact(words: str) -> str:
    return PACT.replace("WORDS", words)


def offers(term: str = "12 months") -> str:
    return OFFERS.replace("TERM", term)


def needs(*chips: int, unserved: str = "9 USD per chip-hour") -> str:
    path = ", ".join(f"2025-{n:02d}: {c} chips" for n, c in enumerate(chips, 1))
    return f"demand:\n- {{id: d, purpose: work, unit: a, path: {{{path}}}, unserved: {unserved}}}\n"


def test_the_share_is_bought_from_the_holder_though_it_is_dearer(tmp_path: Path) -> None:
    book = book_of(tmp_path, text_of(pact("share: 60%"), offers(), needs(10), months=1))
    made, plan = planned(book)
    assert purchases(made, plan) == pytest.approx({"dear@2025-01": 6, "cheap@2025-01": 4})
    assert plan.objective == pytest.approx((6 * 3 + 4 * 2) * 744)
    assert cost_of(book, without=["pact/minimum-share"]) == pytest.approx(10 * 2 * 744)


@pytest.mark.parametrize(
    ("price", "bought", "hourly"),
    [
        # A chip of the holder saves 1 / 0.6 of a missing chip-hour for each 1 it costs more.
        ("0.90", {"cheap@2025-01": 10}, 10 * 2 + 6 * 0.9),
        ("1.10", {"dear@2025-01": 6, "cheap@2025-01": 4}, 6 * 3 + 4 * 2),
    ],
)
def test_a_shortfall_with_a_price_is_paid_where_that_is_cheaper(
    tmp_path: Path, price: str, bought: dict[str, float], hourly: float
) -> None:
    words = f"share: 60%, shortfall: {price} USD per chip-hour"
    made, plan = planned(book_of(tmp_path, text_of(pact(words), offers(), needs(10), months=1)))
    assert purchases(made, plan) == pytest.approx(bought)
    assert plan.objective == pytest.approx(hourly * 744)


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        # Month by month: 6 of 10 in January, and 3 of 5 in February and March.
        ("month", (6 * 3 + 4 * 2) * 744 + (3 * 3 + 2 * 2) * (672 + 744)),
        # As a whole: 60 % of all chip-hours, whenever they are bought.
        ("quarter", (10 * 744 + 5 * (672 + 744)) * (0.6 * 3 + 0.4 * 2)),
    ],
)
def test_the_period_may_be_longer_than_a_month(
    tmp_path: Path, measured: str, expected: float
) -> None:
    words = f"share: 60%, measured: {measured}"
    text = text_of(pact(words), offers("1 month"), needs(10, 5, 5))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(expected)


def test_a_quarter_can_be_met_in_its_cheap_month(tmp_path: Path) -> None:
    # Only in March does the holder cost no more than others: it has 12 of the 20 chips there.
    quarter = "share: 30%, measured: quarter"
    text = text_of(pact(quarter), offers("1 month"), needs(10, 10, 20)).replace(
        "max: 50 chips}\n- {id: cheap",
        "max: 50 chips, starts_until: 2025-02}\n- {id: late, seller: cloud, chip: a, region: r, "
        "term: 1 month, price: 2 USD per chip-hour, max: 50 chips, starts_from: 2025-03}\n"
        "- {id: cheap",
    )
    hours = 10 * 744 + 10 * 672 + 20 * 744
    assert cost_of(book_of(tmp_path / "quarter", text)) == pytest.approx(2 * hours)
    month = cost_of(book_of(tmp_path / "month", text.replace("quarter", "month")))
    assert month == pytest.approx(2 * hours + 0.3 * (10 * 744 + 10 * 672))


# --- what counts -----------------------------------------------------------------------------


def test_only_what_is_in_scope_is_measured(tmp_path: Path) -> None:
    words = "share: 100%, scope: {regions: [s]}"
    elsewhere = offers().replace("region: r", "region: s")
    here = book_of(tmp_path / "here", text_of(pact(words), offers(), needs(10), months=1)
                   .replace("id: cheap, seller: neo, chip: a, region: r", "id: cheap, seller: neo, "
                            "chip: a, region: s"))  # fmt: skip
    assert cost_of(here) == pytest.approx(10 * 3 * 744)
    there = book_of(tmp_path / "there", text_of(pact(words), elsewhere, needs(10), months=1))
    assert cost_of(there) == pytest.approx(10 * 3 * 744)
    free = pact(words).replace("[s]", "[r]")
    only = elsewhere.replace("chip: a, region: s, term: 12 months, price: 3",
                             "chip: a, region: r, term: 12 months, price: 3")  # fmt: skip
    assert cost_of(book_of(tmp_path / "free", text_of(free, only, needs(10), months=1))) == (
        pytest.approx(10 * 2 * 744)
    )


def test_what_is_signed_already_is_not_new(tmp_path: Path) -> None:
    signed = """
- id: old
  seller: neo
  from: 2024-08-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 90 chips, chip: a, region: r, start: 2024-08-01}]
"""
    text = text_of(pact("share: 60%") + signed, offers(), needs(100), months=1)
    expected = 90 * 2 * 744 + (6 * 3 + 4 * 2) * 744
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(expected)


def test_what_the_holder_takes_under_its_first_refusal_is_its_own(tmp_path: Path) -> None:
    # Half of what Neo sells lands with the cloud: 20 % of 10 more are its own, none where it
    # takes half of all.
    right = (
        "{kind: first-refusal, window: {length: 30 days}, expected: [{take: 50%, weight: 100%}]}, "
    )
    for share, dear in ((50, 0.0), (60, 2.0)):
        text = text_of(pact(f"share: {share}%"), offers(), needs(10), months=1)
        text = text.replace("clauses: [", f"clauses: [{right}")
        made, plan = planned(book_of(tmp_path / str(share), text))
        assert purchases(made, plan).get("dear@2025-01", 0.0) == pytest.approx(dear)
        assert plan.objective == pytest.approx((10 * 2 + dear) * 744)


def test_the_share_is_kept_in_every_scenario(tmp_path: Path) -> None:
    # It takes half or nothing; where it takes nothing all of the share is its own offer's.
    right = (
        "{kind: first-refusal, window: {length: 30 days}, "
        "expected: [{take: 0%, weight: 50%}, {take: 50%, weight: 50%}]}, "
    )
    text = text_of(pact("share: 60%"), offers(), needs(10), months=1)
    made, plan = planned(book_of(tmp_path, text.replace("clauses: [", f"clauses: [{right}")))
    assert purchases(made, plan) == pytest.approx({"dear@2025-01": 6, "cheap@2025-01": 4})


def test_a_shortfall_is_paid_in_the_scenario_in_which_it_is_missing(tmp_path: Path) -> None:
    right = (
        "{kind: first-refusal, window: {length: 30 days}, "
        "expected: [{take: 0%, weight: 75%}, {take: 80%, weight: 25%}]}, "
    )
    words = "share: 60%, shortfall: 0.50 USD per chip-hour"
    text = text_of(pact(words), offers(), needs(10), months=1)
    book = book_of(tmp_path, text.replace("clauses: [", f"clauses: [{right}"))
    assert cost_of(book) == pytest.approx((10 * 2 + 0.75 * 6 * 0.5) * 744)


def test_what_the_buyer_builds_is_measured_too(tmp_path: Path) -> None:
    site = """
sites:
- {id: s, region: r, pue: 1, chips: [own], power_price: 0.10 USD per kWh,
   phases: [{id: p, power: 1 MW meter, capex: 0 USD, started: 2024-01, ready: 2025-01}]}
"""
    own = (
        "- {id: own, name: Own, throughput: {any: 1}, kw_it: 1 kW, life: 1 year, price: 0 USD}\n"
        "agreements:"
    )
    text = text_of(pact("share: 60%"), offers(), needs(10), site, months=1)
    text = text.replace("agreements:", own, 1)
    # Own chips cost their power alone; six of ten are the holder's all the same.
    assert cost_of(book_of(tmp_path / "1", text)) == pytest.approx((6 * 3 + 4 * 0.1) * 744)
    built = text.replace("share: 60%", "share: 60%, scope: {own_build: false}")
    assert cost_of(book_of(tmp_path / "2", built)) == pytest.approx(10 * 0.1 * 744)


# --- days and amendments ---------------------------------------------------------------------


def test_it_measures_what_is_signed_while_it_holds(tmp_path: Path) -> None:
    # With 60 days of lead January is signed by 2 November, February by 3 December: after its end.
    text = text_of(pact("share: 60%"), offers("1 month"), needs(10, 10), months=2)
    text = text.replace("max: 50 chips", "max: 50 chips, lead: 60 days")
    text = text.replace("until: 2025-12-31", "until: 2025-01-31")
    ended = text.replace(
        "  clauses:",
        "  amendments: [{on: 2024-11-15, signed: 2024-09-01, end: [minimum-share]}]\n  clauses:",
    )
    both = (6 * 3 + 4 * 2) * (744 + 672)
    held = cost_of(book_of(tmp_path / "1", text.replace("2025-01-31", "2025-02-28")))
    assert held == pytest.approx(both)
    # What is in service after its last day is not measured any more.
    assert cost_of(book_of(tmp_path / "2", ended)) == pytest.approx(10 * 2 * (744 + 672))


def test_words_that_change_measure_what_is_signed_from_then_on(tmp_path: Path) -> None:
    # January's lots are signed by 2 November at 60 %, February's and March's later, at 20 %.
    change = (
        "  amendments: [{on: 2024-11-15, signed: 2024-09-01, "
        "change: {minimum-share: {share: 20%}}}]\n"
    )
    lots = offers("2 months").replace("max: 50 chips", "max: 50 chips, lead: 60 days")
    text = text_of(pact("share: 60%") + change, lots, needs(10, 15, 15))
    # January's 10 serve in February too; 5 more are bought in February, and 10 in March, or the
    # same otherwise laid out: every lot of the holder's costs 1 more.
    january = 10 * 2 + 6
    february = 5 * 2 + 1
    march = 10 * 2 + 2
    expected = january * (744 + 672) + february * (672 + 744) + march * 744
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(expected)


# --- lumps, clashes, brute force -----------------------------------------------------------------


@settings(max_examples=25, derandomize=True, deadline=None)
@given(
    share=st.integers(0, 100),
    need=st.integers(1, 7),
    blocks=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    prices=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    soft=st.sampled_from([None, 1, 2]),
    take=st.sampled_from([0, 50]),
)
def test_the_plan_is_the_best_of_all_whole_purchases(
    tmp_path_factory: pytest.TempPathFactory,
    share: int,
    need: int,
    blocks: tuple[int, int],
    prices: tuple[int, int],
    soft: int | None,
    take: int,
) -> None:
    words = f"share: {share}%" + (f", shortfall: {soft} USD per chip-hour" if soft else "")
    right = (
        "{kind: first-refusal, window: {length: 30 days}, "
        f"expected: [{{take: {take}%, weight: 100%}}]}}, "
    )
    rows = "".join(
        f"- {{id: o{n}, seller: {seller}, chip: a, region: r, term: 12 months, "
        f"block: {block} chips, price: {price} USD per chip-hour, max: 9 chips}}\n"
        for n, (seller, block, price) in enumerate(
            zip(("cloud", "neo"), blocks, prices, strict=True)
        )
    )
    text = text_of(pact(words), "offers:\n" + rows, needs(need), months=1)
    text = text.replace("clauses: [", f"clauses: [{right}")
    best = float("inf")
    for own, other in itertools.product(range(0, 10, blocks[0]), range(0, 10, blocks[1])):
        missing = max(0.0, share / 100 * (own + other) - own - other * take / 100)
        if missing > 1e-9 and soft is None:
            continue
        cost = own * prices[0] + other * prices[1] + 9 * max(0, need - own - other)
        best = min(best, cost + missing * (soft or 0))
    book = book_of(tmp_path_factory.mktemp("book"), text)
    assert cost_of(book) == pytest.approx(best * 744, abs=0.01)
    assert cost_of(book, without=["pact/minimum-share"]) <= best * 744 + 0.01


def test_a_share_that_cannot_be_met_is_named_with_the_share_that_could(tmp_path: Path) -> None:
    # The holder has 3 chips and 10 must be served: 30 % of them, no more.
    few = offers().replace("max: 50 chips", "max: 3 chips", 1)
    text = text_of(pact("share: 60%"), few, needs(10, unserved="never"), months=1)
    made = programme(book_of(tmp_path, text))
    found = clash(made, EXACT)
    named = {member.line: member for member in found.members}
    assert set(named) == {"pact/minimum-share share", "offer dear max", "demand d need"}
    change = named["pact/minimum-share share"].change
    assert (change.path[-1], change.old, change.new) == ("share", "60%", "30%")
    assert change.path == ("clauses", "pact/minimum-share", "share")
    assert json.loads(json.dumps(change.new)) == "30%"


def test_its_cost_is_what_the_holders_part_costs_more(tmp_path: Path) -> None:
    text = text_of(pact("share: 60%"), offers(), needs(10, 10, 10))
    made, base = planned(book_of(tmp_path, text))
    (row,) = clause_costs(made, base, EXACT).to_dicts()
    assert (row["clause"], row["holder"], row["part"]) == ("pact/minimum-share", "cloud", "all")
    assert row["low"] == pytest.approx(6 * 1 * HOURS[:3].sum())


# --- in check, and in words ----------------------------------------------------------------------

SECOND = """
- id: other
  seller: neo
  from: 2024-09-01
  until: 2025-12-31
  clauses: [{kind: minimum-share, share: SHARE}]
"""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("share: 110%", "share-over-whole"),
        ("share: 60% per year", "share-over-whole"),
        ("share: 60% of all", "share-over-whole"),
        ("share: 60%, shortfall: 4 USD per chip", "shortfall-unit"),
        ("share: 60%, holder: other", "share-without-offers"),
        ("share: 60%, holder: nobody", "unknown-party"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, words: str, code: str) -> None:
    assert code in codes_of(tmp_path, text_of(pact(words), offers(), needs(1)))


@pytest.mark.parametrize(
    ("words", "other", "codes"),
    [
        ("share: 60%", "41%", ["share-over-whole"]),
        ("share: 60%", "40%", []),
        ("share: 60%, scope: {regions: [elsewhere]}", "41%", ["unused-region"]),
    ],
)
def test_two_holders_have_at_most_all_of_it(
    tmp_path: Path, words: str, other: str, codes: list[str]
) -> None:
    second = SECOND.replace("SHARE", other)
    if "elsewhere" in words:
        second = second.replace("}]", ", scope: {regions: [r]}}]")
    assert codes_of(tmp_path, text_of(pact(words) + second, offers(), needs(1))) == codes


def test_a_priced_shortfall_needs_no_offers(tmp_path: Path) -> None:
    words = "share: 60%, holder: other, shortfall: 1 USD per chip-hour"
    assert codes_of(tmp_path, text_of(pact(words), offers(), needs(1))) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("share: 60%",
         "lab buys at least 60% of new capacity for any purpose from cloud, in each month"),
        ("share: 60%, holder: neo, measured: term, scope: {purposes: [work]}, "
         "shortfall: 0.50 USD per chip-hour",
         "lab buys at least 60% of new capacity for work from neo, over the whole term, or pays "
         "0.5 USD per chip-hour for what is missing"),
    ],
)  # fmt: skip
def test_it_is_explained_in_one_sentence(tmp_path: Path, words: str, sentence: str) -> None:
    book = book_of(tmp_path, text_of(pact(words), offers(), needs(1)))
    (term,) = book.terms
    assert term.clause.explain(book) == sentence


def test_what_is_bought_for_other_purposes_is_not_counted(tmp_path: Path) -> None:
    # All ten chips for the interface come from the holder, the ten for work from the cheaper one.
    words = "share: 100%, scope: {purposes: [api]}"
    also = "- {id: e, purpose: api, unit: a, base: 10 chips, unserved: 9 USD per chip-hour}\n"
    text = text_of(pact(words), offers(), needs(10), also, months=1)
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(10 * 744 * (3 + 2))


def test_what_is_let_to_others_was_bought_all_the_same(tmp_path: Path) -> None:
    # Six of ten from the holder: to buy ten of the cheaper and let them for a month helps nothing.
    let = ", clauses: [{kind: sublet, price: 1.90 USD per chip-hour}]}"
    cheap = offers().replace("price: 2 USD per chip-hour,\n   max: 50 chips}", "@")
    cheap = cheap.replace("@", f"price: 2 USD per chip-hour, max: 50 chips{let}")
    text = text_of(pact("share: 60%"), cheap, needs(10), months=1)
    assert cost_of(book_of(tmp_path, text)) == pytest.approx((6 * 3 + 4 * 2) * 744)
