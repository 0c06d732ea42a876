"""Volume tiers: what is saved, on the chips above a threshold or on all of them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .planning import (
    HOURS,
    book_of,
    codes_of,
    cost_of,
    planned,
    purchases,
    spent,
    text_of,
)

OFFER = """
offers:
- id: o
  seller: neo
  chip: a
  region: r
  price: 2 USD per chip-hour
  billing: BILLING
  term: TERM months
  max: MAX chips
  block: 1 chip
  clauses: [{kind: volume-tiers, WORDS}]
"""
STEPS = "tiers: [{above: 2 chips, discount: 10%}, {above: 4 chips, discount: 50%}]"


def offered(words: str, *, billing: str = "reserved", term: int = 1, most: int = 6) -> str:
    text = OFFER.replace("WORDS", words).replace("BILLING", billing)
    return text.replace("TERM", str(term)).replace("MAX", str(most))


def needs(*chips: int, unserved: str = "9 USD per chip-hour") -> str:
    path = ", ".join(f"2025-{n:02d}: {c} chips" for n, c in enumerate(chips, 1))
    return f"demand:\n- {{id: d, purpose: work, unit: a, path: {{{path}}}, unserved: {unserved}}}\n"


@pytest.mark.parametrize(
    ("basis", "chips", "paid_for"),
    [
        ("marginal", 2, 2.0),
        ("marginal", 4, 2 + 2 * 0.9),
        ("marginal", 6, 2 + 2 * 0.9 + 2 * 0.5),
        ("whole", 2, 2.0),
        ("whole", 4, 4 * 0.9),
        ("whole", 6, 6 * 0.5),
    ],
)
def test_the_invoice_of_a_month(tmp_path: Path, basis: str, chips: int, paid_for: float) -> None:
    text = text_of(offered(f"basis: {basis}, {STEPS}", most=chips), needs(chips, chips, chips))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(paid_for * 2 * HOURS[:3].sum())


def test_more_is_bought_than_needed_where_all_chips_become_cheaper(tmp_path: Path) -> None:
    # 4 chips cost 4 x 0.9 = 3.6, and 5 chips 5 x 0.5 = 2.5.
    text = text_of(offered(f"basis: whole, {STEPS}"), needs(4, 0, 0))
    made, plan = planned(book_of(tmp_path, text))
    assert purchases(made, plan) == pytest.approx({"o@2025-01": 5})
    assert plan.objective == pytest.approx(2.5 * 2 * 744)


def test_a_tier_above_two_chips_begins_at_three(tmp_path: Path) -> None:
    text = text_of(
        offered("basis: whole, tiers: [{above: 2 chips, discount: 10%}]", most=2), needs(2, 2, 2)
    ).replace("max: 2", "max: 3")
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(2 * 2 * HOURS[:3].sum())


def test_the_cheap_tier_is_not_filled_before_the_dear_one(tmp_path: Path) -> None:
    # Fractions of chips, so that only the clause's own switches hold the order.
    text = text_of(offered(f"basis: marginal, {STEPS}"), needs(3, 0, 0)).replace(
        "  block: 1 chip\n", ""
    )
    assert cost_of(book_of(tmp_path, text)) == pytest.approx((2 + 0.9) * 2 * 744)


def test_where_the_invoice_follows_use_the_mean_use_counts(tmp_path: Path) -> None:
    # Four of six chips are used: 2 + 2 x 0.9 in January, all six in February.
    text = text_of(
        offered(f"basis: marginal, {STEPS}", billing="used", term=3), needs(4, 6, 0)
    ).replace("  block", "  starts_until: 2025-01\n  block")
    expected = (2 + 2 * 0.9) * 2 * 744 + (2 + 2 * 0.9 + 2 * 0.5) * 2 * 672
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(expected)


@pytest.mark.parametrize(("basis", "saved"), [("marginal", 0.0), ("whole", 10.0)])
def test_each_chip_saves_of_the_price_of_its_own_lot(
    tmp_path: Path, basis: str, saved: float
) -> None:
    # Ten chips of January at 4 a halved each year, ten of February at what it is by then; in
    # February half is saved on ten chips, the dearer of January, or on all twenty.
    offer = """
curves:
- {id: market, prices: {2024-10-01: 4 USD per chip-hour}, forecast: {falls: 50% per year}}
offers:
- id: o
  seller: neo
  chip: a
  region: r
  curve: market
  term: 2 months
  max: 20 chips
  block: 10 chips
  clauses: [{kind: volume-tiers, basis: BASIS, tiers: [{above: 10 chips, discount: 50%}]}]
"""
    text = text_of(offer.replace("BASIS", basis), needs(10, 20), months=2)
    january, february = (4 * 0.5 ** (n / 12) for n in (3, 4))
    paid = 10 * january * (744 + 672) + 10 * february * 672
    back = 0.5 * 672 * (10 * january + saved * february)
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(paid - back)


def test_what_is_signed_already_has_its_discount(tmp_path: Path) -> None:
    agreement = f"""
agreements:
- id: block
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries:
  - {{id: d1, add: 3 chips, chip: a, region: r, start: 2024-10-01}}
  - {{id: d2, add: 3 chips, chip: a, region: r, start: 2025-02-01}}
  clauses: [{{kind: volume-tiers, basis: marginal, {STEPS}}}]
"""
    made, plan = planned(book_of(tmp_path, text_of(agreement, needs(1, 1))))
    saved = [-(1 * 0.1) * 2 * 744, -(2 * 0.1 + 2 * 0.5) * 2 * 672, -(2 * 0.1 + 2 * 0.5) * 2 * 744]
    assert spent(made, plan, "block/volume-tiers") == pytest.approx(saved)


def saving(chips: int, tiers: list[tuple[int, int]], basis: str) -> float:
    """Chips whose price is saved, tier by tier as the words say."""
    if basis == "whole":
        return max((chips * d / 100 for above, d in tiers if chips > above), default=0.0)
    saved = 0.0
    for n in range(1, chips + 1):
        saved += max((d / 100 for above, d in tiers if n > above), default=0.0)
    return saved


@settings(max_examples=20, derandomize=True)
@given(
    need=st.lists(st.integers(0, 5), min_size=3, max_size=3),
    first=st.integers(0, 2),
    step=st.integers(1, 2),
    discounts=st.sampled_from([(5, 20), (10, 60), (30, 40)]),
    basis=st.sampled_from(["marginal", "whole"]),
    term=st.integers(1, 3),
)
def test_the_plan_is_the_best_of_all_whole_purchases(
    tmp_path_factory: pytest.TempPathFactory,
    need: list[int],
    first: int,
    step: int,
    discounts: tuple[int, int],
    basis: str,
    term: int,
) -> None:
    tiers = [(first, discounts[0]), (first + step, discounts[1])]
    steps = ", ".join(f"{{above: {a} chips, discount: {d}%}}" for a, d in tiers)
    words = f"basis: {basis}, tiers: [{steps}]"
    text = text_of(offered(words, term=term, most=4), needs(*need, unserved="3 USD per chip-hour"))
    best = float("inf")
    for bought in itertools.product(range(5), repeat=3):
        there = [sum(bought[max(0, t - term + 1) : t + 1]) for t in range(3)]
        if max(there) > 4:
            continue
        best = min(
            best,
            sum(
                float(HOURS[t]) * (2 * (n - saving(n, tiers, basis)) + 3 * max(0, need[t] - n))
                for t, n in enumerate(there)
            ),
        )
    book = book_of(tmp_path_factory.mktemp("book"), text)
    assert cost_of(book) == pytest.approx(best, rel=1e-6, abs=0.01)
    assert cost_of(book, without=["o/volume-tiers"]) >= best - 0.01


@pytest.mark.parametrize(
    ("tiers", "code"),
    [
        ("[{above: 4 chips, discount: 10%}, {above: 2 chips, discount: 20%}]", "tiers-order"),
        ("[{above: 2 chips, discount: 20%}, {above: 4 chips, discount: 10%}]", "tiers-order"),
        ("[{above: 2 chips, discount: 100%}]", "tiers-order"),
        ("[{above: 6 chips, discount: 10%}]", "tiers-unreachable"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, tiers: str, code: str) -> None:
    text = text_of(offered(f"basis: whole, tiers: {tiers}"), needs(1))
    assert code in codes_of(tmp_path, text)


def test_it_is_explained_in_one_sentence(tmp_path: Path) -> None:
    book = book_of(tmp_path, text_of(offered(f"basis: whole, {STEPS}"), needs(1)))
    (term,) = book.terms
    assert term.clause.explain(book) == (
        "the price of o falls by 10% above 2 chips, 50% above 4 chips, on all chips"
    )
