"""What is credited for capacity that came late: days after grace, up to a cap, in one line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from offtake.settle import Inputs
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Came
from offtake.units.instants import NS

from .owed import HERE, book_of, lines, statements, told, whys

LATE = """
- id: late
  seller: iren
  from: 2025-01-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries: [{id: d1, add: 100 chips, chip: h100, region: r, start: 2025-02-01}]
  clauses:
  - kind: delay-credits
    grace: 10 days
    rate: 1% of monthly fee per day
    cap: 30% of monthly fee
    terminate: {after: 60 days}
"""


def came(day: str | None, *, zone: str = "UTC", hours: int = 0) -> Inputs:
    """`d1` came so many hours after the beginning of a day, or is awaited."""
    at = None
    if day is not None:
        at = BookClock(zone).begin_of(dt.date.fromisoformat(day)) + hours * 3600 * NS
    return Inputs(arrivals={("late", "d1"): Came(at, HERE)})


def test_days_after_grace_are_credited_in_the_month_in_which_it_comes(tmp_path: Path) -> None:
    """100 chips due on 1 February come on 1 March.

    February                       nothing: what is not there is not charged
    March, capacity                100 × 744 h × 2                    148,800.00
    grace is over on               11 February; 18 days to 1 March
    monthly fee of February        100 × 672 h × 2 = 134,400
    March, credit                  18 × 1 % × 134,400                 −24,192.00
    """
    found = statements(book_of(tmp_path, LATE), "2025-04", came("2025-03-01"), "late")
    assert lines(found["2025-02"]) == []
    why = "min(18 days from 2025-02-11 × 1%, 30%) × 100 chips × 672 h × 2 USD"
    assert lines(found["2025-03"]) == [
        ("capacity reserved: 100 h100", "148,800.00"),
        ("d1 came late", "-24,192.00"),
    ]
    assert whys(found["2025-03"])[1] == why
    assert lines(found["2025-04"]) == [("capacity reserved: 100 h100", "144,000.00")]
    credit = list(found["2025-03"].lines)[1]
    assert (credit.account, credit.delivery) == ("credit", "d1")
    assert (credit.first, credit.last) == (dt.date(2025, 3, 1), dt.date(2025, 3, 1))
    assert credit.causes == ("book.yaml:21:16", "inputs.csv:2:1")


def test_the_credit_is_capped(tmp_path: Path) -> None:
    """It comes on 1 April, 49 days after grace: 30 % of 134,400 and not 49 %."""
    found = statements(book_of(tmp_path, LATE), "2025-04", came("2025-04-01"), "late")
    assert lines(found["2025-04"])[1] == ("d1 came late", "-40,320.00")


def test_what_comes_within_grace_is_not_credited(tmp_path: Path) -> None:
    """On 11 February ten days are over and none is left to be credited; on the 12th one is."""
    for day, credit in (("2025-02-11", []), ("2025-02-12", [("d1 came late", "-1,344.00")])):
        found = statements(book_of(tmp_path, LATE), "2025-02", came(day), "late")
        assert lines(found["2025-02"])[1:] == credit


def test_days_are_those_of_the_books_clock(tmp_path: Path) -> None:
    """An hour before 1 March in New York is 28 February there: 17 days, of a fee of 134,400."""
    zone = "America/New_York"
    inputs = came("2025-03-01", zone=zone, hours=-1)
    found = statements(book_of(tmp_path, LATE, zone=zone), "2025-02", inputs, "late")
    assert lines(found["2025-02"]) == [
        ("capacity reserved: 100 h100", "200.00"),
        ("d1 came late", "-22,848.00"),
    ]


def test_a_right_to_end_it_is_told_once_and_nobody_is_taken_to_have_used_it(
    tmp_path: Path,
) -> None:
    """Sixty days after 1 February is 2 April. What comes on that day cannot be ended any more."""
    arose = ["d1 has not come by 2025-04-02, 60 days after 2025-02-01: lab may end this delivery."]
    found = statements(book_of(tmp_path, LATE), "2025-06", came("2025-04-10"), "late")
    assert {month: told(s) for month, s in found.items() if s.told} == {"2025-04": arose}
    assert lines(found["2025-04"])[1] == ("d1 came late", "-40,320.00")
    found = statements(book_of(tmp_path, LATE), "2025-06", came("2025-04-02"), "late")
    assert not any(s.told for s in found.values())


def test_its_last_day_is_a_day_like_others(tmp_path: Path) -> None:
    """What comes on its last day came; a right that arises on it arose."""
    one_day = LATE.replace("start: 2025-02-01", "start: 2025-02-01, until: 2025-03-01")
    found = statements(book_of(tmp_path / "a", one_day), "2025-03", came("2025-03-01"), "late")
    assert lines(found["2025-03"]) == [
        ("capacity reserved: 100 h100", "4,800.00"),
        ("d1 came late", "-24,192.00"),
    ]
    to_april = LATE.replace("start: 2025-02-01", "start: 2025-02-01, until: 2025-04-02")
    found = statements(book_of(tmp_path / "b", to_april), "2025-04", came(None), "late")
    assert len(told(found["2025-04"])) == 1


def test_the_fee_is_that_of_the_day_on_which_it_was_due(tmp_path: Path) -> None:
    """From 1 March on a chip-hour costs 2.20, and it comes on that day."""
    steps = "  - {kind: escalator, rises: 21% per year, every: 6 months, from: 2024-09-01}\n"
    found = statements(book_of(tmp_path, LATE + steps), "2025-03", came("2025-03-01"), "late")
    assert lines(found["2025-03"]) == [
        ("capacity reserved: 100 h100", "163,680.00"),
        ("d1 came late", "-24,192.00"),
    ]


def test_what_never_comes_is_credited_in_the_last_month(tmp_path: Path) -> None:
    found = statements(book_of(tmp_path, LATE), "2025-12", came(None), "late")
    owed = {month: lines(s) for month, s in found.items() if lines(s)}
    assert owed == {"2025-12": [("d1 never came", "-40,320.00")]}


def test_the_words_of_the_day_on_which_it_comes_count(tmp_path: Path) -> None:
    """From 1 March on the rate is 2 %, and the cap 50 %: 18 days are 36 %."""
    changed = "  amendments:\n  - on: 2025-03-01\n    change:\n      delay-credits:\n"
    changed += "        {rate: 2% of monthly fee per day, cap: 50% of monthly fee}\n"
    book = book_of(tmp_path, LATE + changed)
    found = statements(book, "2025-03", came("2025-03-01"), "late")
    assert lines(found["2025-03"])[1] == ("d1 came late", "-48,384.00")
    found = statements(book, "2025-03", came("2025-02-28"), "late")
    assert lines(found["2025-02"])[1] == ("d1 came late", "-22,848.00")
