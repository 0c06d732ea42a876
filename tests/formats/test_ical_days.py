"""Which deadlines there are: of a book, a plan's notices, a desk's clocks, statements and calls."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from icalendar import Calendar

from offtake.book.force import Book
from offtake.formats.ical import Deadline, calendar_text, uid
from offtake.formats.ical_days import of_book, of_calls, of_clocks, of_notices, of_statements
from offtake.settle import Inputs, settle
from offtake.settle.postings import call
from offtake.settle.telling import NOT_METERED
from offtake.units import Money, Month
from offtake.units.instants import instant_of
from settle.owed import METER, book_of

NOW = instant_of("2025-01-01T00:00:00Z")
CLOUD = """
- id: cloud-25
  seller: cloud
  signed: 2024-12-01
  from: 2025-01-01
  until: UNTIL
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 10 chips, chip: h100, region: r, start: 2025-02-01}]
  clauses:
  - {id: more, kind: renewal, term: 12 months, notice: 90 days, automatic: true}
  - id: call
    kind: expansion-option
    max: 512 chips
    chip: h100
    region: r
    price: 3 USD per chip-hour
    term: 12 months
    exercise: {from: 2025-03-01, until: 2025-06-30}
  - {id: spend, kind: minimum-spend, amount: 9000 USD, measured: quarter}
  - {id: ahead, kind: prepayment, share: 10% of delivery value, due: 10 days before start}
"""


def book(folder: Path, until: str = "2025-12-31", more: str = "") -> Book:
    return book_of(folder, CLOUD.replace("UNTIL", until) + more)


def days(deadlines: list[Deadline]) -> dict[str, str]:
    return {one.id: str(one.when) for one in deadlines}


def test_a_book_has_ends_deliveries_notices_options_and_measured_periods(tmp_path: Path) -> None:
    """Notice of 90 days for an end on 31 December: until 3 October, of a year that ends then."""
    assert days(list(of_book(book(tmp_path)))) == {
        "agreement/cloud-25/until": "2025-12-31",
        "agreement/cloud-25/delivery/d": "2025-02-01",
        "clause/cloud-25/more/notice": "2025-10-03",
        "clause/cloud-25/call/exercise": "2025-06-30",
        "clause/cloud-25/spend/end of 2025 Q1": "2025-03-31",
        "clause/cloud-25/spend/end of 2025 Q2": "2025-06-30",
        "clause/cloud-25/spend/end of 2025 Q3": "2025-09-30",
        "clause/cloud-25/spend/end of 2025 Q4": "2025-12-31",
    }


def test_periods_end_with_the_clause_and_months_by_themselves(tmp_path: Path) -> None:
    """Of a share of all training over years, and of a floor by quarters that ends in August."""
    floors = """
  - {id: quarters, kind: take-or-pay, share: 80%, measured: quarter}
  - {id: months, kind: minimum-share, share: 10%, scope: {purposes: [work]}}
  - {id: years, kind: minimum-share, share: 20%, scope: {purposes: [work]}, measured: year}
  amendments:
  - {on: 2025-09-01, end: [quarters]}
"""
    found = days(list(of_book(book_of(tmp_path, METER, floors))))
    assert {key: day for key, day in found.items() if key.startswith("clause/")} == {
        "clause/meter/quarters/end of 2025 Q1": "2025-03-31",
        "clause/meter/quarters/end of 2025 Q2": "2025-06-30",
        "clause/meter/quarters/end of 2025 Q3": "2025-08-31",
        "clause/meter/years/end of 2025": "2025-12-31",
    }


def test_a_deadline_says_what_happens_and_where_it_is_written(tmp_path: Path) -> None:
    found = {one.id: one for one in of_book(book(tmp_path))}
    notice = found["clause/cloud-25/more/notice"]
    assert notice.summary == (
        "cloud-25/more: last day for lab to keep cloud-25 from being renewed for 12 months"
    )
    assert notice.place.startswith("book.yaml:")
    option = found["clause/cloud-25/call/exercise"]
    assert option.summary == "cloud-25/call: last day to call up to 512 chips h100 from cloud"


def test_an_amendment_moves_a_deadline_and_its_sequence_rises(tmp_path: Path) -> None:
    """Longer notice by amendment: another day, the same UID."""
    first = calendar_text(of_book(book(tmp_path / "a")), NOW, "lab")
    more = "  amendments:\n  - {on: 2025-02-01, change: {more: {notice: 120 days}}}\n"
    second = calendar_text(of_book(book(tmp_path / "b", more=more)), NOW, "lab", earlier=first)
    name = uid("lab", "clause/cloud-25/more/notice")
    before, after = (
        next(e for e in Calendar.from_ical(text).walk("VEVENT") if e["uid"] == name)
        for text in (first, second)
    )
    assert before.decoded("dtstart") == dt.date(2025, 10, 3)
    assert after.decoded("dtstart") == dt.date(2025, 9, 3)
    assert (before["sequence"], after["sequence"]) == (0, 1)


def test_statements_are_due_with_every_line_and_what_is_paid_ahead_on_its_day(
    tmp_path: Path,
) -> None:
    """10 % of 10 chips × 334 days × 24 hours × 2 USD = 16,032 USD, ten days before 1 February.

    It covers February's 13,440 USD and 2,592 of March's 14,880. January owes nothing besides.
    """
    every = [one for _, made in settle(book(tmp_path), Month(2025, 3), Inputs()) for one in made]
    found = {one.id: one for one in of_statements(every)}
    ahead = found["agreement/cloud-25/ahead/cloud-25/ahead/d"]
    assert (ahead.when, ahead.kind) == (dt.date(2025, 1, 22), "payment")
    assert ahead.summary == "lab pays cloud 16,032.00 USD ahead"
    owed = found["statement/cloud-25/2025-03/lab/cloud"]
    assert owed.when == dt.date(2025, 3, 31)
    assert owed.summary == "lab owes cloud 12,288.00 USD for 2025-03 (cloud-25)"
    assert "10 chips × " in owed.why
    assert owed.why.endswith(NOT_METERED)
    assert [key for key in found if key.startswith("statement/")] == [owed.id]


def test_notices_of_a_plan_have_their_last_days() -> None:
    rows = [
        {
            "purchase": "p1/neo/2026-03",
            "right": right,
            "holder": "cloud",
            "latest": dt.date(2025, 6, 2),
            "answer_by": answer,
            "sign_by": dt.date(2025, 8, sign),
            "chips": 1000.0,
            "place": "agreements.yaml:7:5",
        }
        for right, answer, sign in (("a/rofr", dt.date(2025, 7, 2), 9), ("b/rofo", None, 7))
    ]
    assert days(list(of_notices(rows))) == {
        "purchase/p1/neo/2026-03/a/rofr/notice": "2025-06-02",
        "purchase/p1/neo/2026-03/a/rofr/answer": "2025-07-02",
        "purchase/p1/neo/2026-03/b/rofo/notice": "2025-06-02",
        "purchase/p1/neo/2026-03/sign": "2025-08-07",
    }


def test_clocks_of_a_desk_are_instants_and_two_that_look_alike_are_told_apart() -> None:
    row = {
        "tender": "t",
        "what": "answer",
        "who": "cloud",
        "chips": 1000,
        "until": "2026-03-02T17:00:00.000000000Z",
        "clauses": ["cloud-2025/first"],
        "why": "cloud-2025/first (agreements.yaml:7:5)",
        "if_nothing_is_done": "it waives 1,000 chips",
    }
    other = row | {"until": "2026-04-02T17:00:00.000000000Z"}
    first, second = of_clocks([row, row | {"until": None, "what": "decide"}, other])
    assert first.id == "tender/t/answer/cloud/cloud-2025/first"
    assert second.id == f"{first.id}/2"
    assert first.when == instant_of("2026-03-02T17:00:00Z")
    assert first.summary == "t: cloud, answer on 1,000 chips"
    assert first.why == "it waives 1,000 chips"


def test_capital_that_is_called_is_to_be_paid_in() -> None:
    group = call(
        "jv/1", "jv", [("lab", Money(Decimal("12.5"), "USD"))], dt.date(2025, 3, 1), why="tranche 1"
    )
    (due,) = of_calls([group])
    assert (due.id, due.when) == ("call/jv/1/1", dt.date(2025, 3, 1))
    assert due.summary == "lab pays 12.50 USD into jv"
    assert due.kind == "payment"
