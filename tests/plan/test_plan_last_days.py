"""The last day for notice decides what a plan may buy."""

from __future__ import annotations

import datetime as dt

import pytest

from offtake.plan.assemble import programme

from .books import optimum, read_text, text_of

RIGHT = """
agreements:
- id: deal
  seller: cloud
  from: 2024-01-01
  until: 2026-12-31
  clauses:
  - id: rofr
    kind: first-refusal
    window: {length: 30 days, closes: "17:00", roll: next, calendar: none}
    expected: [{take: 0%, weight: 100%}]
offers:
- {id: neo-12, seller: neo, chip: a, region: east, term: 12 months, price: 2 USD per chip-hour,
   max: 500 chips, lead: 60 days, starts_from: 2025-06, starts_until: 2025-06}
demand:
- {id: need, purpose: work, unit: a, base: 100 chips, from: 2025-06, unserved: 9 USD per chip-hour}
"""


def bought_as_of(day: str) -> float:
    book = read_text(text_of(RIGHT, months=12)).as_of(dt.date.fromisoformat(day))
    made, solution = optimum(book)
    return float(sum(solution.x[b.columns.index].sum() for b in made.whole.buys))


def test_on_the_last_day_for_notice_it_can_be_bought_and_a_day_later_no_more() -> None:
    # 1 June less 60 days is 2 April, the last day to sign; less 30 days of window 3 March.
    assert bought_as_of("2025-03-03") == pytest.approx(100)
    assert bought_as_of("2025-03-04") == pytest.approx(0)


def test_without_the_right_the_lead_alone_says_the_last_day() -> None:
    alone = RIGHT.replace("kind: first-refusal", "kind: exclusive").split("    window")[0]
    rest = "\noffers:" + RIGHT.split("offers:")[1]
    for day, chips in (("2025-04-02", 100), ("2025-04-03", 0)):
        text = text_of(alone.replace("seller: cloud", "seller: neo"), rest, months=12)
        book = read_text(text).as_of(dt.date.fromisoformat(day))
        made, solution = optimum(book)
        bought = sum(solution.x[b.columns.index].sum() for b in made.whole.buys)
        assert bought == pytest.approx(chips)


def test_notice_may_be_given_before_the_offer_can_be_signed() -> None:
    text = RIGHT.replace("lead: 60 days", "lead: 0 days, valid_from: 2025-05-20")
    made, solution = optimum(read_text(text_of(text, months=12)))
    lot = next(a for a in made.asked_by_lot() if solution.x[a.columns[0]] > 1)
    assert lot.first.lot.deal == dt.date(2025, 6, 1)
    from offtake.plan.rights import notices

    (row,) = notices(made, solution, "0" * 64).to_dicts()
    assert row["latest"] == dt.date(2025, 5, 2)
    assert row["sign_by"] == dt.date(2025, 6, 1)


def test_a_right_that_ended_before_the_deal_asks_nothing() -> None:
    ended = text_of(RIGHT.replace("until: 2026-12-31", "until: 2025-04-01"), months=12)
    assert not programme(read_text(ended)).asked
    alive = text_of(RIGHT.replace("until: 2026-12-31", "until: 2025-04-02"), months=12)
    assert len(programme(read_text(alive)).asked) == 1
