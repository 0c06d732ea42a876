"""What is given back of a price above the lowest that comparable customers paid."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from offtake.book.faults import Place
from offtake.clauses.base import HOUR, Comparable
from offtake.settle import Inputs, Used

from .owed import book_of, lines, metered, statements, whys

MINE = """
- id: mine
  seller: cloud
  from: 2025-01-01
  until: 2025-12-31
  billing: reserved
  price: 3 USD per chip-hour
  deliveries: [{id: d, add: 100 chips, chip: h100, region: r, start: 2025-01-01}]
  clauses:
  - {kind: most-favoured, size_max: 100 chips, lag: 30 days, refund: true}
"""
THEIRS = """
- id: theirs
  seller: cloud
  buyer: microsoft
  from: 2025-03-01
  until: 2025-12-31
  price: 2.50 USD per chip-hour
  deliveries: [{id: d, add: 50 chips, chip: h100, region: r, start: 2025-03-01}]
"""
PROSPECTIVE = MINE.replace(", refund: true", "")
CHARGED = "capacity reserved: 100 h100"


def heard(price: str, first: str, last: str, chips: int = 10) -> Comparable:
    """What IREN paid, from a file."""
    days = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return Comparable("iren", *days, Fraction(price), chips, Place("others.csv", 4))


def hearing(*told: Comparable) -> Inputs:
    """Inputs that hold these alone."""
    return Inputs(comparables={"mine/most-favoured": told})


def test_a_refund_is_from_the_day_of_the_lower_price_until_ours_follows(tmp_path: Path) -> None:
    """Microsoft pays 2.50 from 1 March on; ours is lowered 30 days later, on 31 March.

    March, 1st to 30th             100 × 720 h × 3                    216,000.00
    March, 31st                    100 ×  24 h × 2.50                   6,000.00
    March, back                    72,000 chip-hours × (2.50 − 3)     −36,000.00
    April                          100 × 720 h × 2.50                 180,000.00
    """
    found = statements(book_of(tmp_path, MINE, THEIRS), "2025-04", agreement="mine")
    assert lines(found["2025-02"]) == [(CHARGED, "201,600.00")]
    assert lines(found["2025-03"]) == [
        (CHARGED, "216,000.00"),
        (CHARGED, "6,000.00"),
        ("more than theirs paid", "-36,000.00"),
    ]
    assert whys(found["2025-03"])[2] == "72,000 chip-hours × (2.5 − 3) USD"
    back = list(found["2025-03"].lines)[2]
    assert (back.first, back.last) == (dt.date(2025, 3, 1), dt.date(2025, 3, 30))
    assert (back.quantity, back.price) == (72_000 * HOUR, Fraction("-0.5"))
    assert lines(found["2025-04"]) == [(CHARGED, "180,000.00")]


def test_without_a_refund_the_price_follows_and_nothing_is_given_back(tmp_path: Path) -> None:
    found = statements(book_of(tmp_path, PROSPECTIVE, THEIRS), "2025-03", agreement="mine")
    assert lines(found["2025-03"]) == [(CHARGED, "216,000.00"), (CHARGED, "6,000.00")]


def test_a_price_told_of_is_credited_a_lag_later_or_from_its_first_day(tmp_path: Path) -> None:
    """IREN paid 2 in March. 100 chips × 24 h × (2 − 3) is 2,400 a day.

    with a lag of 30 days          31 March                            −2,400.00
                                   1 to 30 April                      −72,000.00
    refunded                       1 to 31 March                      −74,400.00
    """
    inputs = hearing(heard("2", "2025-03-01", "2025-03-31"))
    found = statements(book_of(tmp_path / "later", PROSPECTIVE), "2025-05", inputs, "mine")
    back = "more than iren (others.csv:4:1) paid"
    assert lines(found["2025-03"])[1:] == [(back, "-2,400.00")]
    assert lines(found["2025-04"])[1:] == [(back, "-72,000.00")]
    assert lines(found["2025-05"])[1:] == []
    found = statements(book_of(tmp_path / "back", MINE), "2025-05", inputs, "mine")
    assert lines(found["2025-03"])[1:] == [(back, "-74,400.00")]
    assert lines(found["2025-04"])[1:] == []


def test_what_was_lowered_already_is_not_given_back_twice(tmp_path: Path) -> None:
    """In April ours is 2.50 by Microsoft's price; IREN's 2.20 gives 30 cents more of 72,000."""
    inputs = hearing(heard("2.20", "2025-04-01", "2025-04-30"))
    found = statements(book_of(tmp_path, MINE, THEIRS), "2025-04", inputs, "mine")
    assert lines(found["2025-04"]) == [
        (CHARGED, "180,000.00"),
        ("more than iren (others.csv:4:1) paid", "-21,600.00"),
    ]


def test_customers_who_are_too_large_or_not_named_do_not_count(tmp_path: Path) -> None:
    inputs = hearing(heard("1", "2025-04-01", "2025-04-30", chips=101))
    found = statements(book_of(tmp_path / "large", MINE), "2025-04", inputs, "mine")
    assert lines(found["2025-04"]) == [(CHARGED, "216,000.00")]
    inputs = hearing(heard("1", "2025-04-01", "2025-04-30", chips=100))
    found = statements(book_of(tmp_path / "as large", MINE), "2025-04", inputs, "mine")
    assert len(lines(found["2025-04"])) == 2
    inputs = hearing(heard("1", "2025-04-01", "2025-04-30"))
    named = MINE.replace("size_max: 100 chips", "customers: [microsoft]")
    found = statements(book_of(tmp_path / "named", named), "2025-04", inputs, "mine")
    assert lines(found["2025-04"]) == [(CHARGED, "216,000.00")]


def test_where_use_is_billed_the_refund_is_of_what_was_taken(tmp_path: Path) -> None:
    """1,000 chip-hours on 2 April at 3 USD, where IREN paid 2.20 in April: 0.80 of each back."""
    used = MINE.replace("billing: reserved", "billing: used")
    heard_of = hearing(heard("2.20", "2025-04-01", "2025-04-30")).comparables
    taken = metered({"mine": {dt.date(2025, 4, 2): Used(1_000 * HOUR)}})
    inputs = replace(taken, comparables=heard_of)
    found = statements(book_of(tmp_path, used), "2025-04", inputs, "mine")
    assert lines(found["2025-04"]) == [
        ("capacity taken", "3,000.00"),
        ("more than iren (others.csv:4:1) paid", "-800.00"),
    ]
