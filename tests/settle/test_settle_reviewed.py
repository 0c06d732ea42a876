"""What was once owed wrongly: ends before a sum is due, clauses of one kind, moving prices."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import polars as pl

from offtake.clauses.base import HOUR, Comparable
from offtake.owing.forecast import expected_use
from offtake.plan.lots import Pool
from offtake.plan.result import PlanResult
from offtake.settle import Inputs
from offtake.settle.inputs import Came
from offtake.units import Month

from .owed import (
    CREDIT,
    HERE,
    METER,
    PAID,
    block,
    book_of,
    lines,
    outage,
    prepaid,
    statements,
    told,
    used,
    whys,
)

SECOND = (
    "until: 2025-04-30}\n"
    "  - {id: d2, add: 10 chips, chip: h100, region: r, start: 2025-05-01, until: 2025-10-30"
)


def test_what_is_due_after_a_delivery_ended_is_not_paid(tmp_path: Path) -> None:
    """d2 is over after its first day, and was due 30 days later; d1 pays 10 % of 42,720."""
    text = block("share: 10%, due: 30 days after start")
    text = text.replace("until: 2025-04-30", f"{SECOND}, ended: 2025-05-02", 1)
    made = statements(book_of(tmp_path, text), "2025-12", agreement="block")
    assert prepaid(made) == {"2025-03": [(PAID, "4,272.00"), (CREDIT, "-4,272.00")]}
    assert told(made["2025-12"]) == []


def test_what_never_began_and_ended_before_it_was_due_is_not_paid(tmp_path: Path) -> None:
    """d2 was given up on 1 March; 30 days before its start would be 1 April."""
    text = block("share: 10%, due: 30 days before start")
    text = text.replace("until: 2025-04-30", f"{SECOND}, ended: ENDED", 1)
    known = text.replace("ENDED", "2025-04-01")
    made = statements(book_of(tmp_path / "1", known), "2025-12", agreement="block")
    assert list(prepaid(made)) == ["2025-01", "2025-02"]
    # A day later it had been due, and was paid.
    late = text.replace("ENDED", "2025-04-02")
    made = statements(book_of(tmp_path / "2", late), "2025-12", agreement="block")
    assert list(prepaid(made)) == ["2025-01", "2025-02", "2025-04"]


def test_what_is_paid_ahead_makes_no_room_for_another_credit(tmp_path: Path) -> None:
    """Two prepayments of 50 %: d1 21,360.00 each, d2 7,200.00 each, due on 2 March.

    February  13,440.00, all of it drawn by a, of which 7,920.00 are left
    March     14,880.00, of which a draws 7,920.00, so that b draws no more than 6,960.00
    """
    text = block("id: a, share: 50%, due: 30 days before start").replace(
        "until: 2025-04-30}\n", f"{SECOND}}}\n".replace("2025-05-01", "2025-04-01")
    )
    text = text.replace("2025-10-30", "2025-04-30")
    text += "  - {kind: prepayment, id: b, share: 50%, due: 30 days before start}\n"
    made = statements(book_of(tmp_path, text), "2025-06", agreement="block")
    ahead = "paid ahead for d2"
    assert prepaid(made)["2025-03"] == [
        (ahead, "7,200.00"),
        (CREDIT, "-7,920.00"),
        (ahead, "7,200.00"),
        (CREDIT, "-6,960.00"),
    ]


def test_two_favoured_clauses_give_back_no_more_than_the_lowest(tmp_path: Path) -> None:
    """3.00 USD; one customer pays 2.50, another 2.00: 744 x 0.50 twice, and not 0.50 + 1.00."""
    text = (
        METER.replace("billing: used", "billing: reserved")
        .replace("add: 10", "add: 1")
        .replace("2 USD", "3 USD")
        + "  - {kind: most-favoured, id: a, customers: [iren]}\n"
        + "  - {kind: most-favoured, id: b, customers: [microsoft]}\n"
    )
    first, last = dt.date(2025, 1, 1), dt.date(2025, 1, 31)
    others = {
        "meter/a": (Comparable("iren", first, last, Fraction(5, 2), 1, HERE),),
        "meter/b": (Comparable("microsoft", first, last, Fraction(2), 1, HERE),),
    }
    book = book_of(tmp_path, text)
    made = statements(book, "2025-01", replace(Inputs(), comparables=others))["2025-01"]
    assert [amount for _, amount in lines(made)] == ["2,232.00", "-372.00", "-372.00"]
    # The dearer of the two by itself, whichever spoke first.
    others["meter/a"], others["meter/b"] = (
        (replace(others["meter/b"][0], customer="iren"),),
        (replace(others["meter/a"][0], customer="microsoft"),),
    )
    made = statements(book, "2025-01", replace(Inputs(), comparables=others))["2025-01"]
    assert [amount for _, amount in lines(made)] == ["2,232.00", "-744.00"]


def test_a_whole_discount_is_its_share_of_what_was_charged(tmp_path: Path) -> None:
    """4 USD to 16 January, 1 USD from the 17th, when 100 chips come: 36,000.00, and half of it."""
    text = """
- id: block
  seller: cloud
  signed: 2024-01-01
  from: 2024-01-17
  until: 2025-12-31
  price: 4 USD per chip-hour
  deliveries: [{id: d, add: 100 chips, chip: h100, region: r, start: 2025-01-17}]
  clauses:
  - {kind: volume-tiers, basis: whole, tiers: [{above: 10 chips, discount: 50%}]}
  - {kind: escalator, falls: 75% per year}
"""
    made = statements(book_of(tmp_path, text), "2025-01", agreement="block")["2025-01"]
    assert [amount for _, amount in lines(made)] == ["36,000.00", "-18,000.00"]
    assert whys(made)[1] == (
        "≈24.193548387 chips (50% × ≈48.387096774) × 36,000 chip-hours / ≈48.387096774 chips × "
        "1 USD"
    )


def test_spend_that_rests_on_use_nobody_metered_is_said(tmp_path: Path) -> None:
    """`other` contracts 7,440 chip-hours in January, 14,880.00 USD; 100 were taken here."""
    text = METER + "  - {kind: minimum-spend, amount: 40000 USD, measured: month}\n"
    other = METER.replace("id: meter", "id: other").replace("  clauses:\n", "")
    book = book_of(tmp_path, text, other)
    made = statements(book, "2025-01", used({"2025-01": 100}))["2025-01"]
    assert lines(made)[1:] == [("spend short in 2025-01", "24,920.00")]
    assert told(made) == [
        "Use under other was not metered: in what is spent with cloud, what was contracted there "
        "counts as taken."
    ]
    known = used({"2025-01": 100})
    known = replace(known, metered={**known.metered, "other": frozenset([Month(2025, 1)])})
    made = statements(book, "2025-01", known)["2025-01"]
    assert (told(made), lines(made)[1:]) == ([], [("spend short in 2025-01", "39,800.00")])


def test_a_term_that_ended_before_its_time_owes_for_its_days(tmp_path: Path) -> None:
    """365,000 USD over 365 days; it ended after 135 of them, in which 6,000.00 were spent."""
    text = METER.replace("  billing", "  ended: 2025-05-16\n  billing")
    text += "  - {kind: minimum-spend, amount: 365000 USD, measured: term}\n"
    made = statements(book_of(tmp_path, text), "2025-12", used({"2025-01": 3_000}))
    assert lines(made["2025-05"]) == [("spend short in the whole term", "129,000.00")]
    assert list(made)[-1] == "2025-05"


def test_what_is_spent_elsewhere_counts_by_the_days_that_it_has(tmp_path: Path) -> None:
    """Both begin on 16 January: all of the other's 10 x 384 x 2 = 7,680.00 fall on those days.

    Due are 16 of 31 days of 31,000.
    """
    text = METER + "  - {kind: minimum-spend, amount: 31000 USD, measured: month}\n"
    other = METER.replace("id: meter", "id: other").replace("used", "reserved")
    other = other.replace("  clauses:\n", "")
    both = [part.replace("2025-01-01", "2025-01-16") for part in (text, other)]
    made = statements(book_of(tmp_path, *both), "2025-01", used({}))["2025-01"]
    assert lines(made) == [("spend short in 2025-01", "8,320.00")]


def test_a_forecast_uses_no_more_than_is_there(tmp_path: Path) -> None:
    """The plan uses all ten chips in January: 7,440 chip-hours, if they come and none fails."""
    book = book_of(tmp_path, METER.replace("  clauses:\n", ""))
    plan = cast(
        "PlanResult",
        SimpleNamespace(
            months=[dt.date(2025, 1, 1)],
            scenarios=pl.DataFrame({"scenario": ["only"], "weight": [1.0]}),
            usage=pl.DataFrame(
                {
                    "scenario": ["only"],
                    "pool": [Pool("cloud", "r", "h100", None, "meter").name],
                    "month": [dt.date(2025, 1, 1)],
                    "chips": [10.0],
                }
            ),
        ),
    )

    def hours(**known: Any) -> int:
        use = expected_use(book, plan, known=replace(Inputs(), **known))
        return sum(day.taken for day in use["meter"].values()) // HOUR

    assert hours() == 7_440
    assert hours(outages={"meter": (outage("2025-01-10", 12, 4),)}) == 7_440 - 48
    assert hours(arrivals={("meter", "d"): Came(None, HERE)}) == 0
