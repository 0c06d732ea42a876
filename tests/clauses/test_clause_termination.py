"""Termination: what ending early saves, what it costs, and who must be told by when."""

from __future__ import annotations

from pathlib import Path

import pytest

from offtake.plan.result import PlanResult
from offtake.plan.study import Options, plan

from .planning import HOURS, book_of, codes_of, cost_of, needs, planned, spent, text_of

SIGNED = """
agreements:
- id: old
  seller: cloud
  signed: 2024-09-01
  from: 2025-01-01
  until: 2025-06-30
  BILLING
  price: 2 USD per chip-hour
  deliveries:
  - {id: d1, add: 10 chips, chip: a, region: r, start: 2025-01-01}
  - {id: d2, add: 4 chips, chip: a, region: r, start: 2025-01-01}
  clauses: [{kind: termination, WORDS}]
"""
OFFER = """
offers:
- {id: new, seller: neo, chip: a, region: r, term: 6 months, price: 2 USD per chip-hour, \
max: 100 chips, clauses: [{kind: termination, WORDS}]}
"""


def signed(words: str, billing: str = "billing: reserved") -> str:
    return SIGNED.replace("WORDS", words).replace("BILLING", billing)


def test_what_is_not_needed_any_more_is_ended(tmp_path: Path) -> None:
    # 14 chips at 2 USD; nothing is needed from March on.
    text = text_of(signed("by: buyer"), needs(14, 14, 0))
    book = book_of(tmp_path, text)
    assert cost_of(book) == pytest.approx(14 * 2 * (744 + 672))
    assert cost_of(book, without=["old/termination"]) == pytest.approx(14 * 2 * HOURS[:3].sum())


def test_the_fee_is_a_share_of_all_that_would_still_have_been_paid(tmp_path: Path) -> None:
    # March to June would have cost 14 x 2 x (744 + 720 + 744 + 720); a quarter of it is due,
    # though the plan sees March alone: more than March's own rent, so it does not end.
    text = text_of(signed("fee: 25% of remaining value"), needs(14, 14, 0))
    assert cost_of(book_of(tmp_path / "3", text)) == pytest.approx(
        14 * 2 * (744 + 672) + min(14 * 2 * 744, 14 * 2 * 0.25 * (744 + 720 + 744 + 720))
    )
    # Over the whole term it saves three quarters.
    text = text_of(signed("fee: 25% of remaining value"), needs(14, 14, 0, 0, 0, 0), months=6)
    made, best = planned(book_of(tmp_path / "6", text))
    rest = 14 * 2 * HOURS[2:].sum()
    assert best.objective == pytest.approx(14 * 2 * HOURS[:2].sum() + 0.25 * rest)
    assert spent(made, best, "old/termination")[2] == pytest.approx(0.25 * rest - 14 * 2 * 744)


def test_a_fixed_sum_is_due_once_for_the_agreement(tmp_path: Path) -> None:
    text = text_of(signed("fee_sum: 1000 USD"), needs(14, 0, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(14 * 2 * 744 + 1000)


def test_each_delivery_can_end_by_itself(tmp_path: Path) -> None:
    # Four chips are enough from February on: d1 ends, d2 stays. As a whole nothing would end,
    # since a chip-hour that is missing costs 9.
    text = text_of(signed("what: delivery"), needs(14, 4, 4))
    assert cost_of(book_of(tmp_path / "each", text)) == pytest.approx(
        14 * 2 * 744 + 4 * 2 * (672 + 744)
    )
    whole = text_of(signed("what: agreement"), needs(14, 4, 4))
    assert cost_of(book_of(tmp_path / "whole", whole)) == pytest.approx(14 * 2 * HOURS[:3].sum())


def test_notice_takes_its_time(tmp_path: Path) -> None:
    # In force from the first of January, so 40 days of notice are over on the 10th of February:
    # March is the first month.
    text = text_of(signed("notice: 40 days"), needs(14, 0, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(14 * 2 * (744 + 672))


def test_it_ends_only_within_its_own_days(tmp_path: Path) -> None:
    text = text_of(signed("from: 2025-03-01"), needs(14, 0, 0))
    assert cost_of(book_of(tmp_path / "from", text)) == pytest.approx(14 * 2 * (744 + 672))
    # The first of February may be the first day without service, and no later one.
    text = text_of(signed("until: 2025-02-01"), needs(14, 14, 0))
    assert cost_of(book_of(tmp_path / "until", text)) == pytest.approx(14 * 2 * HOURS[:3].sum())


def test_a_seller_s_right_is_no_choice_of_the_plan(tmp_path: Path) -> None:
    text = text_of(signed("by: seller"), needs(0, 0, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(14 * 2 * HOURS[:3].sum())


def test_of_an_offer_any_part_may_end(tmp_path: Path) -> None:
    # Ten chips in January, three from February on: seven end.
    text = text_of(OFFER.replace("WORDS", "fee: 10% of remaining value"), needs(10, 3, 3, 3, 3, 3))
    text = text.replace("MONTHS", "6").replace("length: 3 months", "length: 6 months")
    rest = HOURS[1:].sum()
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(
        10 * 2 * 744 + 3 * 2 * rest + 7 * 2 * 0.1 * rest
    )


def test_floors_follow_what_is_left(tmp_path: Path) -> None:
    # Take-or-pay over all 14 chips; ended from February on, no floor is left to pay.
    words = "by: buyer}, {kind: take-or-pay, share: 100%"
    text = text_of(signed(words, "billing: used"), needs(14, 0, 0))
    book = book_of(tmp_path, text)
    assert cost_of(book) == pytest.approx(14 * 2 * 744)
    assert cost_of(book, without=["old/termination"]) == pytest.approx(14 * 2 * HOURS[:3].sum())


def test_a_prepaid_sum_that_is_not_credited_yet_is_lost(tmp_path: Path) -> None:
    # 20 % of six months is prepaid at the start and credited from March on: ending in February
    # saves the rent from February and loses all of the credit.
    words = "by: buyer}, {kind: prepayment, share: 20% of delivery value, due: at start, "
    words += "credit_after: 2 months"
    text = text_of(signed(words), needs(14, 0, 0, 0, 0, 0), months=6)
    prepaid = 0.2 * 14 * 2 * HOURS.sum()
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(14 * 2 * 744 + prepaid)


def test_scenarios_that_nobody_can_tell_apart_end_alike(tmp_path: Path) -> None:
    # Half a chance that nothing is needed from February on. To end in April, a day's notice is
    # given in March, when February has told; 60 days' notice is given in January, when both look
    # the same.
    demand = (
        "demand:\n- {id: d, purpose: work, unit: a, unserved: 9 USD per chip-hour, scenarios: {"
        "low: {weight: 50%, path: {2025-01: 14 chips, 2025-02: 0 chips}}, "
        "high: {weight: 50%, path: {2025-01: 14 chips, 2025-02: 14 chips}}}}\n"
    )
    soon = text_of(signed("notice: 1 day"), demand, months=4)
    late = text_of(signed("notice: 60 days"), demand, months=4)
    all_of_it = 14 * 2 * HOURS[:4].sum()
    assert cost_of(book_of(tmp_path / "soon", soon)) == pytest.approx(
        all_of_it - 0.5 * 14 * 2 * 720
    )
    assert cost_of(book_of(tmp_path / "late", late)) == pytest.approx(all_of_it)


def test_an_amendment_can_make_it_dearer(tmp_path: Path) -> None:
    words = "id: out, fee: 0% of remaining value}]\n  amendments: [{on: 2025-02-15, "
    words += "signed: 2024-09-15, change: {out: {fee: 100% of remaining value}}"
    text = text_of(signed(words), needs(14, 14, 0))
    # From the first of March on the fee is all of it; on the first of February it was nothing,
    # but February's chips are needed.
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(14 * 2 * HOURS[:3].sum())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("fee: 25% of delivery value", "fee-of-what"),
        ("fee: 125% of remaining value", "fee-of-what"),
        ("from: 2025-03-01, until: 2025-02-01", "termination-span"),
        ("from: 2026-03-01", "termination-span"),
        ("notice: 30 hours", "span-unit"),
    ],
)
def test_words_that_say_too_much(words: str, code: str, tmp_path: Path) -> None:
    assert code in codes_of(tmp_path, text_of(signed(words), needs(1)))


def test_a_sum_for_any_part_of_an_offer_is_refused(tmp_path: Path) -> None:
    text = text_of(OFFER.replace("WORDS", "fee_sum: 100 USD"), needs(1))
    assert codes_of(tmp_path, text) == ["fee-sum-of-offer"]


def test_it_is_said_in_a_sentence(tmp_path: Path) -> None:
    text = text_of(signed("notice: 30 days, fee: 25% of remaining value"), needs(1))
    book = book_of(tmp_path, text)
    (term,) = book.terms
    assert term.clause.explain(book) == (  # type: ignore[attr-defined]
        "lab may end old early, with 30 days of notice, for 25% of remaining value"
    )


def test_what_has_ended_owes_nothing_after_the_plan(tmp_path: Path) -> None:
    # Ten chips for January, three from February on: of six months the last three lie beyond the
    # plan, and only three chips still owe them.
    text = text_of(OFFER.replace("WORDS", "notice: 0 days"), needs(10, 3, 3))
    found = plan(book_of(tmp_path, text), Options(costs=False, foresight=False))
    assert isinstance(found, PlanResult)
    assert found.purchases["owed_after"].sum() == pytest.approx(3 * 2 * HOURS[3:].sum())
    (row,) = found.choices.iter_rows(named=True)
    assert row["what"] == "end"
    assert row["chips"] == pytest.approx(7)
    assert row["saved"] == pytest.approx(7 * 2 * (672 + 744))
    assert row["sentence"] == "end 7 chips of new@2025-01, in every scenario: saves 19.8 K USD"


BESIDE = """
- {id: beside, seller: cloud, signed: 2024-09-01, from: 2025-01-01, until: 2025-12-31, \
price: 1 USD per chip-hour, \
deliveries: [{id: d, add: 14 chips, chip: a, region: r, start: 2025-01-01}]}
"""


def test_what_has_ended_under_older_words_does_not_end_again(tmp_path: Path) -> None:
    # The old words end it from February, the new ones could from March. Its rent is saved once,
    # although other chips of the seller that nobody needs stand in the same pool.
    change = (
        "  amendments: [{on: 2025-02-15, signed: 2024-09-02, change: {termination: {fee: 0%}}}]"
    )
    text = text_of(signed("by: buyer").rstrip() + f"\n{change}\n", BESIDE, needs(14, 0, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(14 * 2 * 744 + 14 * HOURS[:3].sum())
