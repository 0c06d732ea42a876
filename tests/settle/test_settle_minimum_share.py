"""What is missing of a holder's share of new capacity, where a shortfall has a price."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from offtake.settle import Inputs
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Came

from .owed import HERE, book_of, lines, statements, told, whys

FRAME = """
- id: frame
  seller: iren
  from: 2025-01-01
  until: 2025-12-31
  clauses:
  - {kind: minimum-share, share: 60%, measured: quarter, shortfall: 0.50 USD per chip-hourSCOPE}
"""
DEAL = """
- id: ID
  seller: SELLER
  signed: SIGNED
  from: 2025-02-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: CHIPS chips, chip: h100, region: r, start: 2025-02-01}]
"""
HALF = "  amendments:\n  - on: 2025-04-01\n    signed: 2024-06-01\n"
HALF += "    change: {minimum-share: {share: 10%}}\n"


def frame(scope: str = "", more: str = "") -> str:
    """The clause, and what follows it."""
    return FRAME.replace("SCOPE", scope) + more


def deal(name: str, seller: str, chips: int, signed: str = "2025-01-20") -> str:
    """Something bought, in service from 1 February."""
    text = DEAL.replace("ID", name).replace("SELLER", seller)
    return text.replace("SIGNED", signed).replace("CHIPS", str(chips))


def test_what_is_missing_of_the_share_is_paid_at_the_end_of_the_period(tmp_path: Path) -> None:
    """February and March have 1,416 hours. Bought are 10 chips of the holder and 30 of another.

    60 % of 40 chips × 1,416 h                33,984 chip-hours
    the holder's                              14,160 chip-hours
    missing × 0.50                            19,824 × 0.50 =      9,912.00
    """
    old = deal("old", "cloud", 500, signed="2024-12-01")
    others = deal("others", "cloud", 500).replace("  signed", "  buyer: microsoft\n  signed")
    book = book_of(tmp_path, frame(), deal("a", "iren", 10), deal("b", "cloud", 30), old, others)
    found = statements(book, "2025-06", agreement="frame")
    assert {month: lines(s) for month, s in found.items() if lines(s)} == {
        "2025-03": [("share short in 2025 Q1", "9,912.00")],
        "2025-06": [("share short in 2025 Q2", "15,288.00")],
    }
    assert whys(found["2025-03"]) == [
        "(60% × 56,640 chip-hours − 14,160 chip-hours of iren) × 0.5 USD"
    ]


def test_capacity_counts_from_when_it_came(tmp_path: Path) -> None:
    """The other's 30 chips came on 1 March: 0.6 × (14,160 + 30 × 744) − 14,160 = 7,728."""
    came = Came(BookClock("UTC").begin_of(dt.date(2025, 3, 1)), HERE)
    book = book_of(tmp_path, frame(), deal("a", "iren", 10), deal("b", "cloud", 30))
    inputs = Inputs(arrivals={("b", "d"): came})
    found = statements(book, "2025-03", inputs, "frame")
    assert lines(found["2025-03"]) == [("share short in 2025 Q1", "3,864.00")]


def test_what_was_bought_stays_under_the_words_of_its_day(tmp_path: Path) -> None:
    """From April on 10 % is enough. What was bought in January still owes 60 %, month by month."""
    book = book_of(tmp_path, frame(more=HALF), deal("b", "cloud", 10))
    found = statements(book, "2025-06", agreement="frame")
    # 0.6 × 10 chips × 2,184 h × 0.50
    assert lines(found["2025-06"]) == [("share short in 2025 Q2", "6,552.00")]
    late = deal("b", "cloud", 10, signed="2025-04-10").replace("2025-02-01", "2025-05-01")
    found = statements(book_of(tmp_path, frame(more=HALF), late), "2025-06", agreement="frame")
    # 0.1 × 10 chips × 1,464 h × 0.50
    assert lines(found["2025-06"]) == [("share short in 2025 Q2", "732.00")]


def test_out_of_scope_does_not_count_and_purposes_cannot_be_told(tmp_path: Path) -> None:
    elsewhere = frame(", scope: {regions: [elsewhere]}")
    book = book_of(tmp_path / "a", elsewhere, deal("b", "cloud", 30))
    found = statements(book, "2025-03", agreement="frame")
    assert (lines(found["2025-03"]), told(found["2025-03"])) == ([], [])
    scoped = frame(", scope: {purposes: [work]}")
    book = book_of(tmp_path / "b", scoped, deal("b", "cloud", 30))
    found = statements(book, "2025-03", agreement="frame")
    assert lines(found["2025-03"]) == []
    assert told(found["2025-03"]) == [
        "The book does not say for which purposes capacity was bought, so whether iren had its "
        "60% in 2025 Q1 is not known: nothing is charged."
    ]


def test_each_clause_measures_for_its_own_holder_and_not_what_was_signed_with_it(
    tmp_path: Path,
) -> None:
    """Of 30 chips of another the holders miss 60 % and 20 %, in 1,416 hours, at 0.50 and 1.

    iren          60 % × 30 × 1,416 × 0.50          12,744.00
    microsoft     20 % × 30 × 1,416 × 1.00           8,496.00
    """
    more = "  - {id: second, kind: minimum-share, holder: microsoft, share: 20%, "
    more += "measured: quarter, shortfall: 1 USD per chip-hour}\n"
    own = "  price: 1 USD per chip-hour\n  deliveries: [{id: d, add: 7 chips, chip: h100, "
    own += "region: r, start: 2025-01-01}]\n"
    book = book_of(tmp_path, frame(more=more) + own, deal("b", "cloud", 30))
    found = statements(book, "2025-03", agreement="frame")["2025-03"]
    shares = [line for line in found.lines if line.account == "shortfall"]
    assert [(line.payee, str(line.amount.amount)) for line in shares] == [
        ("iren", "12744.00"),
        ("microsoft", "8496.00"),
    ]
