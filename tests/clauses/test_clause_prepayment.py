"""Prepayment: a share paid ahead, and how later invoices give it back."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.clauses.prepayment import Prepayment
from offtake.units import Calendar

from .planning import (
    HOURS,
    book_of,
    chips_used,
    codes_of,
    cost_of,
    factors,
    needs,
    planned,
    spent,
    text_of,
)

AGREEMENT = """
agreements:
- id: block
  seller: cloud
  signed: 2024-09-01
  from: 2024-10-01
  until: 2025-06-30
  billing: BILLING
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 10 chips, chip: a, region: r, start: START}]
  clauses: [{kind: prepayment, WORDS}]
"""
NAME = "block/prepayment"
DUE = "due: 30 days before start"


def agreed(words: str, *, billing: str = "reserved", start: str = "2025-02-01") -> str:
    text = AGREEMENT.replace("WORDS", words)
    return text.replace("BILLING", billing).replace("START", start)


def test_it_is_paid_ahead_and_credited_invoice_by_invoice(tmp_path: Path) -> None:
    # From February to June, 150 days: 10 x 2 x 24 x 150 = 72,000; half of it on 2025-01-02.
    # Credited from March on: all of March's and April's invoices (14,880 and 14,400), then 6,720.
    words = f"share: 50% of delivery value, {DUE}, credit_after: 1 month"
    made, plan = planned(book_of(tmp_path, text_of(agreed(words), needs(1), months=6)))
    assert spent(made, plan, NAME) == pytest.approx([36_000, 0, -14_880, -14_400, -6_720, 0])


def test_credits_stop_at_a_part_of_each_invoice(tmp_path: Path) -> None:
    words = f"share: 50%, {DUE}, credit_after: 1 month, credit_up_to: 50% of invoice"
    made, plan = planned(book_of(tmp_path, text_of(agreed(words), needs(1), months=6)))
    assert spent(made, plan, NAME) == pytest.approx([36_000, 0, -7_440, -7_200, -7_440, -7_200])


def test_the_balance_at_the_end_of_the_plan_is_worth_its_later_credits(tmp_path: Path) -> None:
    # The plan ends in March; April would credit 14,400 and May 6,720.
    words = f"share: 50%, {DUE}, credit_after: 1 month"
    book = book_of(tmp_path, text_of(agreed(words), needs(1), months=3, discount=12))
    f = factors(12, 5)
    timing = 36_000 * f[0] - 14_880 * f[2] - 14_400 * f[3] - 6_720 * f[4]
    assert cost_of(book) - cost_of(book, without=[NAME]) == pytest.approx(timing)


def test_what_was_due_before_the_plan_is_paid_already(tmp_path: Path) -> None:
    # 181 days from January: 86,880, a quarter is 21,720, paid in December. It is credited in
    # January (14,880) and February (6,840).
    words = f"share: 25%, {DUE}"
    made, plan = planned(book_of(tmp_path, text_of(agreed(words, start="2025-01-01"), needs(1))))
    assert spent(made, plan, NAME) == pytest.approx([-14_880, -6_840, 0])


def test_invoices_before_the_plan_have_used_up_their_part(tmp_path: Path) -> None:
    # From 2024-12-01, 212 days: 101,760, a quarter is 25,440; December's invoice took 14,880.
    words = f"share: 25%, {DUE}"
    for billing in ("reserved", "used"):
        text = text_of(agreed(words, billing=billing, start="2024-12-01"), needs(10, 10, 10))
        made, plan = planned(book_of(tmp_path / billing, text))
        assert spent(made, plan, NAME) == pytest.approx([-10_560, 0, 0])


def test_a_metered_invoice_that_is_small_credits_little(tmp_path: Path) -> None:
    # Prepaid 36,000 in January. Used from February: 5 chips, then 10. Credits follow the invoices:
    # 2 x 5 x 672 = 6,720, then 14,880, then 14,400, and nothing is left.
    words = f"share: 50%, {DUE}"
    text = text_of(agreed(words, billing="used"), needs(0, 5, 10, 10, 10, 10), months=6, discount=9)
    made, plan = planned(book_of(tmp_path, text))
    assert spent(made, plan, NAME) == pytest.approx([36_000, -6_720, -14_880, -14_400, 0, 0])


def test_a_metered_balance_is_worth_its_face_in_the_last_month_of_the_term(tmp_path: Path) -> None:
    # The plan ends in March with 36,000 - 13,440 - 14,880 = 7,680 left; the term ends in June.
    words = f"share: 50%, {DUE}"
    text = text_of(agreed(words, billing="used"), needs(0, 10, 10), months=3, discount=12)
    book = book_of(tmp_path, text)
    f = factors(12, 6)
    timing = 36_000 * f[0] - 13_440 * f[1] - 14_880 * f[2] - 7_680 * f[5]
    assert cost_of(book) - cost_of(book, without=[NAME]) == pytest.approx(timing)


OFFER = """
offers:
- id: o
  seller: neo
  chip: a
  region: r
  price: 2 USD per chip-hour
  billing: BILLING
  term: 2 months
  starts_until: 2025-01
  max: 20 chips
  clauses: [{kind: prepayment, share: 50%, due: at start, credit_after: 1 month}]
"""


def test_on_an_offer_it_follows_what_is_bought(tmp_path: Path) -> None:
    # Each of 4 chips prepays half of 2 x 1,416 h in January; February's invoice takes 1,344 of it,
    # and the 72 that no invoice is left to carry are lost.
    f = factors(12, 2)
    chip = 1_488 * f[0] + 1_344 * f[1] + 1_416 * f[0] - 1_344 * f[1]
    for billing in ("reserved", "used"):
        text = text_of(OFFER.replace("BILLING", billing), needs(4, 4, 0), discount=12)
        assert cost_of(book_of(tmp_path / billing, text)) == pytest.approx(4 * chip)


def test_a_term_beyond_the_plan_counts_in_full(tmp_path: Path) -> None:
    # 4 months from January (744, 672, 744, 720 h), of which the plan sees 2: half of 5,760 is
    # prepaid, February credits 1,344 and March, beyond the plan, 1,488; 48 of April.
    f = factors(12, 4)
    chip = 1_488 * f[0] + 1_344 * f[1] + 2_880 * f[0] - 1_344 * f[1] - 1_488 * f[2] - 48 * f[3]
    text = text_of(
        OFFER.replace("BILLING", "reserved").replace("2 months", "4 months"),
        needs(4, 4),
        months=2,
        discount=12,
    )
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(4 * chip)


def credited(used: np.ndarray, prepaid: float, start: int, part: float) -> np.ndarray:
    """Credits by month: what is left, up to a part of each invoice, from `start` on."""
    out = np.zeros(used.size)
    for t in range(start, used.size):
        out[t] = min(prepaid - out.sum(), part * used[t] * 2)
    return out


@settings(max_examples=20, derandomize=True)
@given(
    need=st.lists(st.integers(0, 4), min_size=4, max_size=4),
    share=st.sampled_from([10, 40, 80]),
    after=st.integers(0, 3),
    part=st.sampled_from([30, 100]),
    hourly=st.integers(1, 4),
    discount=st.sampled_from([0, 12]),
)
def test_a_metered_plan_costs_what_the_contract_says_and_no_use_costs_less(
    tmp_path_factory: pytest.TempPathFactory,
    need: list[int],
    share: int,
    after: int,
    part: int,
    hourly: int,
    discount: int,
) -> None:
    words = f"share: {share}%, due: at start, credit_after: {after} months, credit_up_to: {part}%"
    agreement = agreed(words, billing="used", start="2025-01-01").replace("06-30", "04-30")
    spot = f"""
offers:
- {{id: s, seller: neo, kind: on-demand, chip: a, region: r, price: {hourly} USD per chip-hour,
  max: 50 chips}}
"""
    text = text_of(
        agreement.replace("10 chips", "3 chips"), spot, needs(*need), months=4, discount=discount
    )
    made, plan = planned(book_of(tmp_path_factory.mktemp("book"), text))
    hours, factor = HOURS[:4], factors(discount, 4)
    prepaid = share / 100 * 3 * 2 * hours.sum()

    def cost(used: np.ndarray) -> float:
        rest = np.maximum(np.array(need) - used, 0) * hourly
        back = credited(used * hours, prepaid, after, part / 100)
        return float((used * 2 + rest) * hours @ factor + prepaid * factor[0] - back @ factor)

    used = chips_used(made, plan, "block")[0]
    assert plan.objective == pytest.approx(cost(used), rel=1e-6, abs=0.01)
    cheapest = min(cost(np.array(u)) for u in itertools.product(np.arange(0, 3.1, 0.5), repeat=4))
    assert plan.objective <= cheapest + 0.01


@pytest.mark.parametrize(
    ("due", "day"),
    [
        ("30 days before start", dt.date(2025, 5, 2)),
        ("1 month before start", dt.date(2025, 5, 1)),
        ("at start", dt.date(2025, 6, 1)),
        ("10 business days after start", dt.date(2025, 6, 13)),
        ("at signing", dt.date(2025, 3, 3)),
    ],
)
def test_when_it_is_due(due: str, day: dt.date) -> None:
    clause = Prepayment.model_validate({"share": "20%", "due": due})
    start, signed = dt.date(2025, 6, 1), dt.date(2025, 3, 3)
    assert clause.due.on(start, signed, Calendar.named("weekdays")) == day
    assert str(clause.due) == due


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("share: 20%, due: soon", "bad-due"),
        ("share: 20%, due: 2 weeks before start", "bad-due"),
        ("share: 20%, due: 12 hours before start", "bad-due"),
        ("share: 20% of invoice, due: at start", "share-of-what"),
        ("share: 20%, due: at start, credit_up_to: 120% of invoice", "share-of-what"),
        ("share: 20%, due: at start, credit_after: 24 months", "credit-too-late"),
        ("share: 20%, due: at start, credit_after: 30 days", "invalid-value"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, words: str, code: str) -> None:
    assert code in codes_of(tmp_path, text_of(agreed(words), needs(1)))


def test_it_is_explained_in_one_sentence(tmp_path: Path) -> None:
    words = f"share: 20% of delivery value, {DUE}, credit_after: 2 months"
    (term,) = book_of(tmp_path, text_of(agreed(words), needs(1))).terms
    assert term.clause.explain(book_of(tmp_path, text_of(agreed(words), needs(1)))) == (
        "lab prepays cloud 20% of the value of each delivery under block, due 30 days before "
        "start, credited after 2 months up to 100% of each invoice"
    )
