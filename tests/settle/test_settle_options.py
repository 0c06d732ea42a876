"""The premium of an option is due when an agreement is signed that calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .owed import book_of, faults_of, lines, statements, whys

OPTION = """
- id: frame
  seller: cloud
  from: 2025-01-01
  until: 2025-12-31
  clauses:
  - {kind: expansion-option, max: 20 chips, chip: h100, region: r, price: 2 USD per chip-hour,
     term: 6 months, exercise: {from: 2025-02-01, until: 2025-06-30}, premium: 150 USD per chip}
"""
CALLED = """
- id: called
  seller: cloud
  signed: 2025-03-10
  from: 2025-05-01
  until: 2025-10-31
  calls: frame/expansion-option
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 16 chips, chip: h100, region: r, start: 2025-05-01}]
"""


def test_the_premium_is_due_in_the_month_of_the_call(tmp_path: Path) -> None:
    """16 chips were called on 10 March for service from 1 May.

    March, under the option        16 × 150                             2,400.00
    May, under what was called     16 × 744 h × 2                      23,808.00
    """
    book = book_of(tmp_path, OPTION, CALLED)
    found = statements(book, "2025-06", agreement="frame")
    owed = {month: lines(s) for month, s in found.items() if lines(s)}
    assert owed == {"2025-03": [("premium of called", "2,400.00")]}
    assert whys(found["2025-03"]) == ["16 chips × 150 USD"]
    assert [line.account for line in found["2025-03"].lines] == ["premium"]
    capacity = statements(book, "2025-05", agreement="called")["2025-05"]
    assert lines(capacity) == [("capacity reserved: 16 h100", "23,808.00")]


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ("add: 16", "add: 21", "called is of 21 chips, more than 20;"),
        ("signed: 2025-03-10", "signed: 2025-01-10", "called is called on 2025-01-10;"),
        ("price: 2", "price: 3", "called is priced at 3 USD per chip-hour;"),
        ("seller: cloud", "seller: iren", "called is sold by iren, not by cloud;"),
    ],
)
def test_what_is_called_beyond_the_words_is_warned_of(
    right: str, wrong: str, sentence: str, tmp_path: Path
) -> None:
    found = faults_of(tmp_path, OPTION, CALLED.replace(right, wrong))
    (fault,) = (f for f in found if f.code == "option-called")
    assert fault.severity == "warning"
    assert fault.sentence == f"{sentence} frame/expansion-option does not allow that."


def test_what_calls_nothing_is_a_fault(tmp_path: Path) -> None:
    found = faults_of(tmp_path, OPTION, CALLED.replace("calls: frame/", "calls: fame/"))
    (fault,) = (f for f in found if f.code == "unknown-clause")
    assert fault.sentence == "There is no clause fame/expansion-option in the book."
    assert "frame/expansion-option" in fault.hint
