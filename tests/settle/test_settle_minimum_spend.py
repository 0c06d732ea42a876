"""What is short of a minimum spend is paid at the end of each period, less what may be moved."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from .owed import book_of, lines, statements, whys

TEN = """
- id: ten
  seller: cloud
  from: 2025-01-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 10 chips, chip: h100, region: r, start: 2025-01-01}]
"""
"""14,880 USD in a month of 31 days, 14,400 in one of 30, 13,440 in February."""
MORE = """
- id: more
  seller: cloud
  from: 2025-01-01
  until: 2025-12-31
  price: 1 USD per chip-hour
  deliveries: [{id: d, add: 5 chips, chip: h100, region: r, start: 2025-01-01}]
"""


def spend(words: str) -> str:
    """The agreement with a minimum spend."""
    return f"{TEN}  clauses:\n  - {{kind: minimum-spend, {words}}}\n"


def short_of(folder: Path, *agreements: str) -> dict[str, list[tuple[str, str]]]:
    """By month what is paid beside the capacity."""
    found = statements(book_of(folder, *agreements), "2025-12", agreement="ten")
    return {month: lines(s)[1:] for month, s in found.items() if lines(s)[1:]}


def test_as_much_as_may_be_is_moved_to_the_next_period_until_the_last(tmp_path: Path) -> None:
    """50,000 USD a quarter, of which a tenth, 5,000, may be moved to the next.

    Q1      50,000         − 43,200 =  6,800     5,000 moved      1,800.00
    Q2      50,000 + 5,000 − 43,680 = 11,320     5,000 moved      6,320.00
    Q3      50,000 + 5,000 − 44,160 = 10,840     5,000 moved      5,840.00
    Q4      50,000 + 5,000 − 44,160 = 10,840     the last        10,840.00
    """
    words = "amount: 50000 USD, measured: quarter, counts: agreement, defer: 10%"
    assert short_of(tmp_path, spend(words)) == {
        "2025-03": [("spend short in 2025 Q1", "1,800.00")],
        "2025-06": [("spend short in 2025 Q2", "6,320.00")],
        "2025-09": [("spend short in 2025 Q3", "5,840.00")],
        "2025-12": [("spend short in 2025 Q4", "10,840.00")],
    }
    found = statements(book_of(tmp_path, spend(words)), "2025-12", agreement="ten")
    assert whys(found["2025-06"])[1] == (
        "50,000 USD + 5,000 USD moved to it − 43,680 USD spent − 5,000 USD moved to the next"
    )
    assert found["2025-12"].carried == ()
    assert {c.name: c.amount for c in found["2025-04"].carried} == {
        "due": Fraction(50_000 * 30, 91),
        "moved": Fraction(5_000),
        "spent": Fraction(14_400),
    }


def test_what_is_moved_is_no_more_than_what_is_short(tmp_path: Path) -> None:
    """Of Q1's 44,000 USD 800 are short and move; Q2 asks for 44,800 − 43,680; and so on.

    Q2   44,000 +   800 − 43,680 = 1,120 moved
    Q3   44,000 + 1,120 − 44,160 =   960 moved
    Q4   44,000 +   960 − 44,160 =   800 paid
    """
    words = "amount: 44000 USD, measured: quarter, counts: agreement, defer: 10%"
    assert short_of(tmp_path, spend(words)) == {"2025-12": [("spend short in 2025 Q4", "800.00")]}


def test_all_that_the_buyer_buys_from_the_seller_counts(tmp_path: Path) -> None:
    """A year of `ten` is 175,200 USD and of `more` 43,800; what others buy does not count."""
    words = spend("amount: 220000 USD")
    others = MORE.replace("id: more", "id: others\n  buyer: microsoft")
    assert short_of(tmp_path, words, MORE, others) == {
        "2025-12": [("spend short in 2025", "1,000.00")]
    }


def test_a_period_that_the_clause_sees_in_part_counts_by_its_days(tmp_path: Path) -> None:
    """From 16 January on: 31,000 × 16/31 are due, and 16/31 of 14,880 were spent on those days.

    January       16,000 − 7,680                      8,320.00
    February      31,000 − 13,440                    17,560.00
    """
    added = "  amendments:\n  - on: 2025-01-16\n    signed: 2024-06-01\n    add:\n"
    added += "    - {kind: minimum-spend, amount: 31000 USD, measured: month, counts: agreement}\n"
    found = short_of(tmp_path, TEN + added)
    assert found["2025-01"] == [("spend short in 2025-01", "8,320.00")]
    assert found["2025-02"] == [("spend short in 2025-02", "17,560.00")]
    # Of `more` 5 × 744 h × 1 were spent in January, 16/31 of them on the clause's days.
    every = short_of(tmp_path / "every", TEN + added.replace(", counts: agreement", ""), MORE)
    assert every["2025-01"] == [("spend short in 2025-01", "6,400.00")]


def test_words_changed_within_a_period_measure_their_own_days(tmp_path: Path) -> None:
    """What is spent above the first words' part of the year is not left over for the second's.

    to June        100,000 × 181/365 =  49,589.04 − 86,880        nothing
    from July      465,000 × 184/365 = 234,410.96 − 88,320        146,090.96
    """
    changed = "  amendments:\n  - on: 2025-07-01\n    signed: 2024-06-01\n"
    changed += "    change: {minimum-spend: {amount: 465000 USD}}\n"
    found = short_of(tmp_path, spend("amount: 100000 USD, counts: agreement") + changed)
    assert found == {"2025-12": [("spend short in 2025", "146,090.96")]}


def test_nothing_is_moved_out_of_the_last_period_of_changed_words(tmp_path: Path) -> None:
    """Q1 is short of 6,800 and its words end with it; Q2 begins with nothing moved."""
    changed = "  amendments:\n  - on: 2025-04-01\n    signed: 2024-06-01\n"
    changed += "    change: {minimum-spend: {amount: 43680 USD}}\n"
    words = "amount: 50000 USD, measured: quarter, counts: agreement, defer: 10%"
    found = short_of(tmp_path, spend(words) + changed)
    assert found == {"2025-03": [("spend short in 2025 Q1", "6,800.00")]}
