"""Renewal: going on at stated terms, and what may be renewed of what."""

from __future__ import annotations

from pathlib import Path

import pytest

from .planning import HOURS, book_of, codes_of, cost_of, needs, planned, purchases, text_of

SIGNED = """
agreements:
- id: old
  seller: cloud
  signed: 2024-09-01
  from: 2025-01-01
  until: UNTIL
  price: 3 USD per chip-hour
  deliveries:
  - {id: d1, add: 10 chips, chip: a, region: r, start: 2025-01-01}
  - {id: d2, add: 4 chips, chip: a, region: r, start: 2025-01-01}
  clauses: [{kind: renewal, WORDS}]
"""
OFFER = """
offers:
- {id: new, seller: neo, chip: a, region: r, term: 1 month, price: 2 USD per chip-hour, \
max: 100 chips, starts_until: 2025-01, clauses: [{kind: renewal, WORDS}]}
"""


def signed(words: str, until: str = "2025-01-31") -> str:
    return SIGNED.replace("WORDS", words).replace("UNTIL", until)


JANUARY = 14 * 3 * 744


def test_what_ends_goes_on_at_its_price(tmp_path: Path) -> None:
    text = text_of(signed("term: 2 months"), needs(14, 14, 14))
    book = book_of(tmp_path, text)
    made, plan = planned(book)
    assert plan.objective == pytest.approx(14 * 3 * HOURS[:3].sum())
    assert purchases(made, plan) == {
        "old/renewal/d1-1@2025-02": pytest.approx(10),
        "old/renewal/d2-1@2025-02": pytest.approx(4),
    }
    gone = 14 * 9 * (672 + 744)
    assert cost_of(book, without=["old/renewal"]) == pytest.approx(JANUARY + gone)


@pytest.mark.parametrize(
    ("words", "price"), [("price: 2.50 USD per chip-hour", 2.5), ("rate: 90%", 2.7)]
)
def test_it_has_the_price_that_is_stated(words: str, price: float, tmp_path: Path) -> None:
    text = text_of(signed(f"term: 2 months, {words}"), needs(14, 14, 14))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(JANUARY + 14 * price * (672 + 744))


def test_the_market_s_price_is_that_of_its_first_day(tmp_path: Path) -> None:
    # 4 USD today (2024-10), halving in a year: on 2025-02-01 four months have passed.
    curve = (
        "curves:\n- {id: market, prices: {2024-09-01: 4 USD per chip-hour}, "
        "forecast: {falls: 50% per year}}\n"
    )
    text = text_of(signed("term: 2 months, curve: market"), needs(14, 14, 14), curve)
    price = 4 * 0.5 ** (4 / 12)
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(JANUARY + 14 * price * (672 + 744))


def test_all_or_nothing_unless_any_part_may_be_renewed(tmp_path: Path) -> None:
    # Five chips are needed: all 14 cost 42 an hour, the five missing would cost 45.
    whole = text_of(signed("term: 2 months"), needs(14, 5, 5))
    assert cost_of(book_of(tmp_path / "whole", whole)) == pytest.approx(14 * 3 * HOURS[:3].sum())
    part = text_of(signed("term: 2 months, part: any"), needs(14, 5, 5))
    assert cost_of(book_of(tmp_path / "any", part)) == pytest.approx(JANUARY + 15 * (672 + 744))


def test_each_renewal_follows_the_one_before(tmp_path: Path) -> None:
    # Nothing is needed in February: whoever wants March must have renewed February too.
    text = text_of(signed("term: 1 month, times: 2"), needs(14, 0, 14))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(14 * 3 * HOURS[:3].sum())
    once = text_of(signed("term: 1 month, times: 1"), needs(14, 0, 14))
    assert cost_of(book_of(tmp_path / "once", once)) == pytest.approx(JANUARY + 14 * 9 * 744)


def test_notice_that_is_too_late_renews_nothing(tmp_path: Path) -> None:
    # 124 days before the first of February is the last of September: a day before `as_of`.
    late = text_of(signed("term: 2 months, notice: 124 days"), needs(14, 14, 14))
    late = late.replace("from: 2025-01-01", "from: 2024-09-01")
    assert cost_of(book_of(tmp_path / "late", late)) == pytest.approx(
        JANUARY + 14 * 9 * (672 + 744)
    )
    just = late.replace("124 days", "123 days")
    assert cost_of(book_of(tmp_path / "just", just)) == pytest.approx(14 * 3 * HOURS[:3].sum())


def test_what_renews_by_itself_and_was_not_stopped_is_signed(tmp_path: Path) -> None:
    # Nothing is needed, but the day to say no was in September.
    words = "term: 2 months, notice: 124 days, automatic: true"
    late = text_of(signed(words), needs(14, 0, 0))
    assert cost_of(book_of(tmp_path / "late", late)) == pytest.approx(14 * 3 * HOURS[:3].sum())
    part = text_of(signed(words + ", part: any"), needs(14, 0, 0))
    assert cost_of(book_of(tmp_path / "any", part)) == pytest.approx(14 * 3 * HOURS[:3].sum())
    in_time = late.replace("from: 2025-01-01", "from: 2024-09-01").replace("124 days", "9 days")
    assert cost_of(book_of(tmp_path / "time", in_time)) == pytest.approx(JANUARY)


def test_a_right_on_new_capacity_does_not_reach_it(tmp_path: Path) -> None:
    right = (
        "- {id: rights, seller: other, from: 2025-01-01, until: 2025-12-31, signed: 2024-09-15, "
        "clauses: [{kind: exclusive, scope: {capacity: SCOPE}}]}\n"
    )
    text = signed("term: 2 months") + right.replace("SCOPE", "new")
    book = book_of(tmp_path, text_of(text, needs(14, 14, 14)))
    assert cost_of(book) == pytest.approx(14 * 3 * HOURS[:3].sum())
    reached = text_of(signed("term: 2 months") + right.replace("SCOPE", "any"), needs(14, 14, 14))
    assert cost_of(book_of(tmp_path / "any", reached)) == pytest.approx(
        JANUARY + 14 * 9 * (672 + 744)
    )


def test_of_an_offer_as_much_as_was_bought(tmp_path: Path) -> None:
    # Ten chips in January at 2; four of them go on at 1.50.
    words = "term: 2 months, price: 1.50 USD per chip-hour"
    text = text_of(OFFER.replace("WORDS", words), needs(10, 4, 4))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(10 * 2 * 744 + 4 * 1.5 * (672 + 744))


def test_what_was_ended_cannot_be_renewed(tmp_path: Path) -> None:
    # Nothing is needed in February. Whoever ends with January saves it, and has nothing to renew
    # in March, where a missing chip-hour costs 5: kept is 14 x 3 x 2,160, ended 14 x (3 x 744 +
    # 5 x 744). Renewed after it had ended would be cheaper than both.
    words = "term: 1 month}, {kind: termination, from: 2025-02-01"
    text = text_of(signed(words, "2025-02-28"), needs(14, 0, 14, unserved=5))
    kept, ended = 14 * 3 * (744 + 672 + 744), 14 * (3 + 5) * 744
    assert ended < kept
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(ended)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("term: 1 month, rate: 90%, price: 2 USD per chip-hour", "renewal-price"),
        ("term: 1 month, price: 2 USD per chip", "renewal-price"),
        ("term: 1 month, rate: 3% per year", "renewal-price"),
        ("term: 1 month, times: 0", "renewal-times"),
        ("term: 1 month, times: 101", "renewal-times"),
        ("term: 1 month, curve: nowhere", "unknown-curve"),
        ("term: 30 days", "invalid-value"),
    ],
)
def test_words_that_say_too_much(words: str, code: str, tmp_path: Path) -> None:
    assert code in codes_of(tmp_path, text_of(signed(words), needs(1)))


def test_what_a_plan_cannot_follow_to_the_day_is_said(tmp_path: Path) -> None:
    text = text_of(signed("term: 1 month", "2025-01-20"), needs(1))
    assert codes_of(tmp_path / "day", text) == ["renewal-mid-month"]
    text = text.replace("2025-01-20", "2025-01-31").replace("price: 3", "billing: used\n  price: 3")
    assert codes_of(tmp_path / "used", text) == ["renewal-billing"]


def test_it_is_said_in_a_sentence(tmp_path: Path) -> None:
    words = "term: 12 months, times: 2, notice: 90 days, rate: 95%"
    book = book_of(tmp_path / "may", text_of(signed(words), needs(1)))
    (term,) = book.terms
    assert term.clause.explain(book) == (  # type: ignore[attr-defined]
        "lab may renew old 2 times for 12 months at 95% of the price, on 90 days of notice"
    )
    book = book_of(tmp_path / "is", text_of(signed(f"{words}, automatic: true"), needs(1)))
    (term,) = book.terms
    assert term.clause.explain(book) == (  # type: ignore[attr-defined]
        "old is renewed 2 times for 12 months at 95% of the price unless lab gives notice, on "
        "90 days of notice"
    )


AUTOMATIC = "term: 1 month, automatic: true, notice: 6 months"
"""Its last day for notice lies before the plan's day: it is signed."""


def test_what_was_ended_before_is_not_renewed_although_nobody_said_so(tmp_path: Path) -> None:
    # 14 chips for January, ended from February on: no renewal is left to sign.
    words = f"{AUTOMATIC}}}, {{kind: termination, from: 2025-02-01"
    text = text_of(signed(words, "2025-02-28"), needs(14, 0, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(JANUARY)


def test_an_automatic_renewal_that_an_amendment_ended_is_none(tmp_path: Path) -> None:
    # In force until the 9th of January; the day for notice would have been the 22nd.
    words = "term: 1 month, automatic: true, notice: 10 days"
    end = "  amendments: [{on: 2025-01-10, signed: 2024-09-02, end: [renewal]}]"
    text = text_of(signed(words).rstrip() + f"\n{end}\n", needs(14, 14, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(JANUARY + 14 * 9 * 672)


def test_words_changed_after_the_day_for_notice_renew_nothing_again(tmp_path: Path) -> None:
    # Signed for February under the words of July 2024, at 3 USD; later words come too late.
    change = (
        "  amendments: [{on: 2025-01-10, signed: 2024-09-02, "
        "change: {renewal: {price: 1 USD per chip-hour}}}]"
    )
    text = text_of(signed(AUTOMATIC).rstrip() + f"\n{change}\n", needs(14, 14, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(JANUARY + 14 * 3 * 672)


def test_a_delivery_that_ends_before_its_agreement_is_not_renewed(tmp_path: Path) -> None:
    text = signed("term: 2 months", "2025-06-30").replace("01-01}", "01-01, until: 2025-01-31}")
    cost = cost_of(book_of(tmp_path, text_of(text, needs(14, 14, 0))))
    assert cost == pytest.approx(JANUARY + 14 * 9 * 672)


def test_two_renewals_together_renew_no_more_than_there_is(tmp_path: Path) -> None:
    words = "id: short, term: 1 month}, {id: long, kind: renewal, term: 2 months"
    text = text_of(signed(words), needs(14, 28, 0))
    # 14 of the 28 chips are missing in February.
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(JANUARY + 14 * (3 + 9) * 672)


def test_what_is_left_of_an_agreement_is_renewed_as_a_whole(tmp_path: Path) -> None:
    # d1, ten chips, has ended by itself; then d2 alone is the whole.
    words = "term: 1 month}, {kind: termination, what: delivery, until: 2025-02-01"
    text = text_of(signed(words, "2025-02-28"), needs(14, 4, 4))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(JANUARY + 4 * 3 * (672 + 744))


def test_what_came_late_in_its_last_month_is_renewed_in_full(tmp_path: Path) -> None:
    # Due on the first of January, there on the 18th: 14 of 31 days are paid, then all February.
    delay = "rate: 1% of monthly fee per day, grace: 60 days"
    words = (
        f"term: 1 month}}, {{kind: delay-credits, {delay}, "
        "expected: [{late: 17 days, weight: 100%}]"
    )
    text = text_of(signed(words), needs(0, 14, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(14 * 3 * 24 * 14 + 14 * 3 * 672)
