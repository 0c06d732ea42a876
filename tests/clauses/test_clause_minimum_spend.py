"""Minimum spend: what is short in a period is paid at its end, whatever else is bought."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.plan.costs import clause_costs

from .planning import (
    EXACT,
    HOURS,
    book_of,
    codes_of,
    cost_of,
    factors,
    faults_of,
    needs,
    planned,
    spent,
    text_of,
)

PACT = """
agreements:
- id: pact
  seller: cloud
  signed: 2024-01-01
  from: 2025-01-01
  until: 2025-12-31
  clauses: [{kind: minimum-spend, WORDS}]
"""
SPOT = """
offers:
- {id: c, seller: cloud, kind: on-demand, chip: a, region: r, price: 3 USD per chip-hour,
   max: 50 chips}
- {id: n, seller: neo, kind: on-demand, chip: a, region: r, price: 2 USD per chip-hour,
   max: 50 chips}
"""


def pact(words: str) -> str:
    return PACT.replace("WORDS", words)


# --- what is short ---------------------------------------------------------------------------


def test_what_is_not_spent_is_paid_and_so_the_dearer_seller_costs_nothing_more(
    tmp_path: Path,
) -> None:
    # Two chips would be 4,464 with the cloud: 10,000 are paid in any case.
    text = text_of(pact("amount: 10 K USD, measured: month"), SPOT, needs(2), months=1)
    made, plan = planned(book_of(tmp_path, text))
    assert plan.objective == pytest.approx(10_000)
    assert spent(made, plan, "pact/minimum-spend") == pytest.approx([10_000 - 2 * 3 * 744])


def test_beyond_the_minimum_the_cheaper_seller_serves(tmp_path: Path) -> None:
    text = text_of(pact("amount: 10 K USD, measured: month"), SPOT, needs(10), months=1)
    with_the_cloud = 10_000 / 3
    expected = 10_000 + (10 * 744 - with_the_cloud) * 2
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(expected)


def test_what_is_short_in_a_quarter_is_paid_in_its_last_month(tmp_path: Path) -> None:
    # No other seller: 2 chips in January only, 4,464 of 20,000; the rest is paid in March.
    only = SPOT.rpartition("- {")[0]
    words = "amount: 20 K USD, measured: quarter"
    book = book_of(tmp_path, text_of(pact(words), only, needs(2, 0, 0), discount=12))
    paid = np.array([2 * 3 * 744, 0, 20_000 - 2 * 3 * 744])
    assert cost_of(book) == pytest.approx(float(paid @ factors(12, 3)))


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("measured: month", 3 * 36_500),
        ("measured: quarter", 36_500),
        ("measured: year", 36_500 * 90 / 365),
        # 1 January to 31 December, of which the plan sees 90 days.
        ("measured: term", 36_500 * 90 / 365),
    ],
)
def test_a_period_that_the_plan_sees_in_part_counts_by_its_days(
    tmp_path: Path, words: str, due: float
) -> None:
    text = text_of(pact(f"amount: 36500 USD, {words}"), needs(0, 0, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(due)


def test_a_period_in_which_it_begins_counts_by_its_days(tmp_path: Path) -> None:
    # From the 17th: 15 of the quarter's 90 days and whole February and March.
    text = text_of(pact("amount: 9 K USD, measured: quarter"), needs(0, 0, 0))
    book = book_of(tmp_path, text.replace("from: 2025-01-01", "from: 2025-01-17"))
    assert cost_of(book) == pytest.approx(9_000 * (15 + 28 + 31) / 90)


def test_the_term_is_the_clauses_own(tmp_path: Path) -> None:
    # Added in July of a year's agreement: 184 days, none of which the first half sees.
    text = text_of(pact("amount: 1 USD, measured: month"), needs(0), months=8).replace(
        "  clauses: [{kind: minimum-spend, amount: 1 USD, measured: month}]",
        "  amendments: [{on: 2025-07-01, signed: 2024-01-01, "
        "add: [{kind: minimum-spend, amount: 18400 USD, measured: term}]}]",
    )
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(100 * (31 + 31))


def test_what_was_spent_before_the_plan_is_not_known_and_nor_is_it_asked_for(
    tmp_path: Path,
) -> None:
    text = text_of(pact("amount: 9 K USD, measured: quarter"), needs(0, 0, 0))
    book = book_of(tmp_path, text.replace("as_of: 2024-10-01", "as_of: 2025-02-10"))
    assert cost_of(book) == pytest.approx(9_000 * 31 / 90)


# --- what counts -----------------------------------------------------------------------------

METERED = """
  price: 3 USD per chip-hour
  billing: used
  deliveries: [{id: d, add: 1 chip, chip: a, region: r, start: 2025-01-01}]
"""


@pytest.mark.parametrize(("counts", "short"), [("seller", 0), ("agreement", 10_000 - 3 * 744)])
def test_what_is_rented_by_the_hour_counts_with_the_seller_and_not_under_the_agreement(
    tmp_path: Path, counts: str, short: float
) -> None:
    # Ten chips are needed, one is under the agreement, and the cloud alone offers more.
    words = f"amount: 10 K USD, measured: month, counts: {counts}"
    only = SPOT.rpartition("- {")[0]
    text = text_of(pact(words).rstrip() + METERED, only, needs(10), months=1)
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(10 * 3 * 744 + short)


def test_spend_of_days_before_it_began_does_not_count(tmp_path: Path) -> None:
    # The agreement and its chip begin on the 17th: the chip counts whole, the rest by 15 of 31.
    text = text_of(pact("amount: 30 K USD, measured: month").rstrip() + METERED, SPOT, needs(10))
    text = text.replace("2025-01-01", "2025-01-17").replace("length: 3", "length: 1")
    own = 3 * 15 * 24
    # Worth using: 10 chips at 3 instead of 2, of which 15/31 of 3 come back as less to pay.
    rest = 10 * 744 - 15 * 24
    expected = own + min(
        rest * 3 + 30_000 * 15 / 31 - own - rest * 3 * 15 / 31,
        rest * 2 + 30_000 * 15 / 31 - own,
    )
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(expected)


OFFER = """
offers:
- {id: o, seller: SELLER, chip: a, region: r, term: 2 months, price: 2 USD per chip-hour,
   max: 4 chips, block: 4 chips}
"""


@pytest.mark.parametrize(("seller", "short"), [("cloud", 12_000 - 4 * 2 * 744), ("neo", 12_000)])
def test_what_is_bought_of_the_sellers_offers_counts(
    tmp_path: Path, seller: str, short: float
) -> None:
    text = text_of(
        pact("amount: 12 K USD, measured: month"),
        OFFER.replace("SELLER", seller),
        needs(4),
        months=1,
    )
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(4 * 2 * 744 + short)


def test_a_lot_counts_in_each_month_of_its_service(tmp_path: Path) -> None:
    # From February on: January is short of all, February and March of what the lot does not pay.
    offer = OFFER.replace("SELLER", "cloud").replace("max", "starts_from: 2025-02, max")
    text = text_of(pact("amount: 12 K USD, measured: month"), offer, needs(0, 4, 4))
    made, plan = planned(book_of(tmp_path, text))
    assert plan.objective == pytest.approx(3 * 12_000)
    assert spent(made, plan, "pact/minimum-spend").sum() == pytest.approx(
        3 * 12_000 - 4 * 2 * (672 + 744)
    )


def test_what_is_signed_already_counts(tmp_path: Path) -> None:
    reserved = METERED.replace("used", "reserved")
    text = text_of(
        pact("amount: 12 K USD, measured: month").rstrip() + reserved, needs(0), months=1
    )
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(12_000)


def test_what_the_seller_takes_under_a_first_refusal_counts(tmp_path: Path) -> None:
    # Half of the 4 chips that are bought from Neo land with the cloud and are paid to it.
    text = text_of(
        pact("amount: 12 K USD, measured: month").replace(
            "clauses: [",
            "clauses: [{kind: first-refusal, window: {length: 30 days}, "
            "expected: [{take: 50%, weight: 100%}]}, ",
        ).replace("from: 2025-01-01", "from: 2024-09-01"),
        OFFER.replace("SELLER", "neo"),
        needs(4),
        months=1,
    )  # fmt: skip
    expected = 4 * 2 * 744 + 12_000 - 2 * 2 * 744
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(expected)


def test_each_scenario_pays_what_is_short_in_it(tmp_path: Path) -> None:
    only = SPOT.rpartition("- {")[0]
    paths = "{low: {weight: 60%, base: 2 chips}, high: {weight: 40%, base: 9 chips}}"
    demand = needs(2).replace("path: {2025-01: 2 chips}", f"scenarios: {paths}")
    text = text_of(pact("amount: 10 K USD, measured: month"), only, demand, months=1)
    expected = 0.6 * 10_000 + 0.4 * 9 * 3 * 744
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(expected)


def test_a_minimum_that_others_agreed_among_themselves_is_not_the_buyers(tmp_path: Path) -> None:
    text = text_of(pact("amount: 10 K USD, measured: month"), needs(0), months=1)
    book = book_of(tmp_path, text.replace("seller: cloud", "seller: cloud\n  buyer: other"))
    assert cost_of(book) == 0


# --- amendments, and what is moved on ----------------------------------------------------------


def test_words_that_change_measure_their_own_days(tmp_path: Path) -> None:
    # 45 days at 9,000 a quarter of 90, then 45 at 18,000.
    change = (
        "  amendments: [{on: 2025-02-15, signed: 2024-09-01, "
        "change: {minimum-spend: {amount: 18 K USD}}}]\n"
    )
    text = text_of(pact("amount: 9 K USD, measured: quarter") + change, needs(0, 0, 0))
    made, plan = planned(book_of(tmp_path, text))
    # The first part is over in February, the second in March.
    assert spent(made, plan, "pact/minimum-spend") == pytest.approx([0, 4_500, 9_000])


def test_a_part_is_moved_to_the_next_period(tmp_path: Path) -> None:
    # January pays 8,500; February, with 20 chips, is far above 11,500; March has no next one.
    only = SPOT.rpartition("- {")[0]
    words = "amount: 10 K USD, measured: month, defer: 15%"
    made, plan = planned(book_of(tmp_path, text_of(pact(words), only, needs(0, 20, 0))))
    assert spent(made, plan, "pact/minimum-spend") == pytest.approx([8_500, 0, 10_000])
    assert plan.objective == pytest.approx(20 * 3 * 672 + 18_500)


def rule(spend: np.ndarray, due: float, share: float) -> np.ndarray:
    """What is paid by month, as one would do it: as much is moved on as may be."""
    paid, moved = np.zeros(spend.size), 0.0
    for t, counted in enumerate(spend):
        short = max(0.0, due + moved - counted)
        moved = min(share * due, short) if t < spend.size - 1 else 0.0
        paid[t] = short - moved
    return paid


@settings(max_examples=25, derandomize=True, deadline=None)
@given(
    need=st.lists(st.integers(0, 8), min_size=4, max_size=4),
    amount=st.integers(1, 15),
    defer=st.sampled_from([0, 15, 50, 100]),
    discount=st.sampled_from([0, 12]),
)
def test_a_plan_pays_what_is_short_and_moves_on_what_it_may(
    tmp_path_factory: pytest.TempPathFactory,
    need: list[int],
    amount: int,
    defer: int,
    discount: int,
) -> None:
    # One seller only, so that what is used does not depend on the clause.
    only = SPOT.rpartition("- {")[0]
    words = f"amount: {amount} K USD, measured: month, defer: {defer}%"
    text = text_of(pact(words), only, needs(*need), months=4, discount=discount)
    spend = np.array(need) * 3 * HOURS[:4]
    paid = rule(spend, amount * 1000, defer / 100)
    expected = float((spend + paid) @ factors(discount, 4))
    assert cost_of(book_of(tmp_path_factory.mktemp("book"), text)) == pytest.approx(expected)


# --- what it costs, in check, and in words -------------------------------------------------------


def test_its_cost_is_what_the_plan_would_save_without_it(tmp_path: Path) -> None:
    text = text_of(pact("amount: 10 K USD, measured: month"), SPOT, needs(2), months=1)
    made, base = planned(book_of(tmp_path, text))
    (row,) = clause_costs(made, base, EXACT).to_dicts()
    assert (row["clause"], row["holder"]) == ("pact/minimum-spend", "cloud")
    assert row["low"] == pytest.approx(10_000 - 2 * 2 * 744)
    assert row["high"] == pytest.approx(row["low"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("amount: 10 K USD, measured: year, defer: 110%", "spend-deferred"),
        ("amount: 10 K USD, measured: year, defer: 15% per year", "spend-deferred"),
        ("amount: 10 K USD, measured: term, defer: 15%", "spend-deferred"),
        ("amount: 10 K USD, counts: agreement", "spend-counts-nothing"),
        ("amount: 10 K EUR", "other-currency"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, words: str, code: str) -> None:
    assert code in codes_of(tmp_path, text_of(pact(words), needs(1)))


def test_it_cannot_stand_in_an_offer(tmp_path: Path) -> None:
    offer = OFFER.replace("SELLER", "neo").replace(
        "block: 4 chips", "clauses: [{kind: minimum-spend, amount: 10 K USD}]"
    )
    assert codes_of(tmp_path, text_of(offer, needs(1))) == ["spend-of-offer"]


RESERVED = METERED.replace("used", "reserved")


@pytest.mark.parametrize(
    ("words", "more", "periods"),
    [
        # One chip at 3: 2,232 in a month of 31 days, 26,280 in 2025.
        ("amount: 26280 USD", "", "2025"),
        ("amount: 26281 USD", "", None),
        ("amount: 2100 USD, measured: month", "",
         "2025-01, 2025-03, 2025-04, 2025-05, 2025-06, ..."),
        ("amount: 6500 USD, measured: quarter", "", "2025 Q2, 2025 Q3, 2025 Q4"),
        ("amount: 26280 USD, measured: term", "", "the whole term"),
        # Billed by use it is not certain, and what was agreed by others is not the buyer's.
        ("amount: 10 USD", "used", None),
        ("amount: 26281 USD", "others", None),
        ("amount: 26281 USD", "own", "2025"),
        ("amount: 26281 USD, counts: agreement", "own", None),
        # Half of a year, half of the amount.
        ("amount: 26280 USD", "half", "2025"),
    ],
)  # fmt: skip
def test_what_is_signed_can_make_it_idle(
    tmp_path: Path, words: str, more: str, periods: str | None
) -> None:
    text = pact(words).rstrip() + (METERED if more == "used" else RESERVED)
    if more in ("own", "others"):
        buyer = "buyer: other, " if more == "others" else ""
        text += (
            (
                f"- {{id: more, seller: cloud, {buyer}signed: 2024-01-01, from: 2025-01-01, "
                f"until: 2025-12-31,{' '.join(RESERVED.split()).replace('hour d', 'hour, d')}}}\n"
            )
            .replace("billing", ", billing")
            .replace("deliveries", ", deliveries")
        )
    if more == "half":
        text = text.replace("from: 2025-01-01", "from: 2025-07-02").replace(
            "start: 2025-01-01", "start: 2025-07-02"
        )
    found = faults_of(tmp_path, text_of(text, needs(1)))
    assert [f.code for f in found] == (["spend-above-commitment"] if periods else [])
    if periods:
        assert found[0].severity == "warning"
        assert found[0].sentence.endswith(f" or more in {periods}.")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("amount: 10 M USD",
         "lab spends at least 10 M USD with cloud in each year, or pays what is short"),
        ("amount: 10 M USD, measured: term, counts: agreement",
         "lab spends at least 10 M USD under pact over the whole term, or pays what is short"),
        ("amount: 10 M USD, measured: quarter, defer: 15%",
         "lab spends at least 10 M USD with cloud in each quarter, or pays what is short; "
         "up to 15% of it may be moved to the next"),
    ],
)  # fmt: skip
def test_it_is_explained_in_one_sentence(tmp_path: Path, words: str, sentence: str) -> None:
    book = book_of(tmp_path, text_of(pact(words), needs(1)))
    (term,) = book.terms
    assert term.clause.explain(book) == sentence
