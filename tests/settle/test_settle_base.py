"""What capacity costs by itself: by the second, on the book's clock, rounded once to a line."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.clauses.base import HOUR
from offtake.settle import Inputs, Used
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Came
from offtake.units.instants import NS

from .owed import HERE, METER, book_of, lines, metered, outage, statements, told, used, whys

RESERVED = """
- id: block
  seller: cloud
  from: 2025-01-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries:
  - {id: d1, add: 10 chips, chip: h100, region: r, start: 2025-01-01}
  - {id: d2, add: 4 chips, chip: h100, region: r, start: 2025-03-20, until: 2025-04-09}
"""
BARE = METER.replace("  clauses:\n", "")


def came(day: str | None, seconds: int = 0, zone: str = "UTC", agreement: str = "block") -> Inputs:
    """The second delivery came so many seconds into a day, or is awaited."""
    at = BookClock(zone).begin_of(dt.date.fromisoformat(day)) + seconds * NS if day else None
    return Inputs(arrivals={(agreement, "d2"): Came(at, HERE)})


def test_each_delivery_is_paid_for_the_hours_that_it_served(tmp_path: Path) -> None:
    """d2 serves 12 days of March and 9 of April.

    March   d1 10 x 744 x 2 = 14,880.00;  d2 4 x 288 x 2 = 2,304.00
    April   d1 10 x 720 x 2 = 14,400.00;  d2 4 x 216 x 2 = 1,728.00
    May     d1 10 x 744 x 2 = 14,880.00
    """
    made = statements(book_of(tmp_path, RESERVED), "2025-05", agreement="block")
    d1, d2 = "capacity reserved: 10 h100", "capacity reserved: 4 h100"
    assert lines(made["2025-02"]) == [(d1, "13,440.00")]
    assert lines(made["2025-03"]) == [(d1, "14,880.00"), (d2, "2,304.00")]
    assert whys(made["2025-03"])[1] == "4 chips × 288 h × 2 USD"
    late = made["2025-03"].entries[1].line
    assert (late.first, late.last) == (dt.date(2025, 3, 20), dt.date(2025, 3, 31))
    assert (late.delivery, late.quantity) == ("d2", 4 * 288 * HOUR)
    assert lines(made["2025-04"]) == [(d1, "14,400.00"), (d2, "1,728.00")]
    assert made["2025-04"].entries[1].line.last == dt.date(2025, 4, 9)
    assert lines(made["2025-05"]) == [(d1, "14,880.00")]


def test_what_comes_late_is_paid_from_the_second_at_which_it_comes(tmp_path: Path) -> None:
    """d2 comes on 2025-04-05 at 06:00:01; five days less that are left to the end of 9 April.

    4 chips x (5 x 86,400 - 21,601) s = 4 x 410,399 s, x 2 USD / 3,600 s = 911.99777..., so 912.00.
    """
    inputs = came("2025-04-05", 21_601)
    made = statements(book_of(tmp_path, RESERVED), "2025-04", inputs, "block")
    assert len(made["2025-03"].entries) == 1
    assert lines(made["2025-04"])[1] == ("capacity reserved: 4 h100", "912.00")
    assert made["2025-04"].entries[1].line.quantity == 4 * 410_399
    assert whys(made["2025-04"])[1] == "4 chips × ≈113.999722222 h × 2 USD"


@pytest.mark.parametrize("day", [None, "2025-04-10", "2026-01-01"])
def test_what_comes_after_its_last_day_or_never_is_not_paid(tmp_path: Path, day: str) -> None:
    made = statements(book_of(tmp_path, RESERVED), "2025-05", came(day), "block")
    assert [len(s.entries) for s in made.values()] == [1] * 5


@pytest.mark.parametrize(
    ("month", "hours"), [("2025-02", 672), ("2025-03", 743), ("2025-11", 721), ("2025-12", 744)]
)
def test_months_are_as_long_as_the_books_clock_makes_them(
    tmp_path: Path, month: str, hours: int
) -> None:
    """In New York March has an hour less and November one more."""
    text = RESERVED[: RESERVED.index("  - {id: d2")]
    book = book_of(tmp_path, text, zone="America/New_York")
    made = statements(book, month, agreement="block")[month]
    assert lines(made) == [("capacity reserved: 10 h100", f"{10 * hours * 2:,}.00")]
    assert made.capacity.contracted == 10 * hours * HOUR


def test_an_agreement_that_ends_within_a_month_is_paid_to_its_last_day(tmp_path: Path) -> None:
    """To 2025-04-05 both deliveries: 10 x 120 x 2 = 2,400.00 and 4 x 120 x 2 = 960.00."""
    text = RESERVED.replace("until: 2025-12-31", "until: 2025-04-05")
    text = text.replace(", until: 2025-04-09", "")
    made = statements(book_of(tmp_path, text), "2025-06", agreement="block")
    assert [amount for _, amount in lines(made["2025-04"])] == ["2,400.00", "960.00"]
    assert list(made)[-1] == "2025-04"


def test_an_agreement_that_failed_early_is_paid_to_the_day_before(tmp_path: Path) -> None:
    text = RESERVED.replace("  price:", "  ended: 2025-03-25\n  price:")
    made = statements(book_of(tmp_path, text), "2025-06", agreement="block")
    assert [amount for _, amount in lines(made["2025-03"])] == ["11,520.00", "960.00"]
    assert list(made)[-1] == "2025-03"


def test_a_price_that_moves_within_a_month_makes_two_lines(tmp_path: Path) -> None:
    """2.00 USD to 15 March, 2.20 from the 16th: 15 and 16 days of 24 h.

    d1   10 x 360 x 2.00 = 7,200.00;  10 x 384 x 2.20 = 8,448.00
    d2    4 x 288 x 2.20 = 2,534.40
    """
    text = RESERVED + ("  clauses: [{kind: escalator, rises: 10% per year, from: 2024-03-16}]\n")
    made = statements(book_of(tmp_path, text), "2025-03", agreement="block")["2025-03"]
    assert [amount for _, amount in lines(made)] == ["7,200.00", "8,448.00", "2,534.40"]
    assert [(line.first.day, line.last.day) for line in made.lines] == [(1, 15), (16, 31), (20, 31)]
    used_too = METER.replace("  clauses:\n", "") + text[text.index("  clauses:") :]
    use = used({"2025-03-15": 100, "2025-03-16": 100})
    march = statements(book_of(tmp_path / "u", used_too), "2025-03", use)["2025-03"]
    assert [amount for _, amount in lines(march)] == ["200.00", "220.00"]


def test_use_is_charged_as_metered_and_half_a_cent_goes_to_the_even_one(tmp_path: Path) -> None:
    """9 and 27 chip-seconds at 2 USD an hour are 0.005 and 0.015: 0.00 and 0.02."""
    book = book_of(tmp_path, BARE)
    for seconds, owed in ((9, "0.00"), (27, "0.02"), (28, "0.02")):
        inputs = metered({"meter": {dt.date(2025, 1, 1): Used(seconds)}})
        (january,) = statements(book, "2025-01", inputs).values()
        assert lines(january) == [("capacity taken", owed)]
        assert january.entries[0].line.quantity == seconds


def test_a_month_without_use_has_no_line(tmp_path: Path) -> None:
    book = book_of(tmp_path, BARE)
    (january,) = statements(book, "2025-01", used({})).values()
    assert (lines(january), str(january.total), january.metered) == ([], "0 USD", True)


def test_use_for_which_no_price_is_stated_is_told(tmp_path: Path) -> None:
    text = BARE.replace("  price: 2 USD per chip-hour\n", "")
    text = text[: text.index("  deliveries")]
    (january,) = statements(book_of(tmp_path, text), "2025-01", used({"2025-01": 5})).values()
    assert lines(january) == []
    assert told(january) == ["5 chip-hours were taken on days for which no price is stated."]


def test_capacity_is_contracted_taken_excused_and_unused(tmp_path: Path) -> None:
    book = book_of(tmp_path, BARE)
    (january,) = statements(book, "2025-01", used({"2025-01": 900}, {"2025-01": 100})).values()
    shown = january.capacity
    assert (shown.contracted, shown.taken, shown.over) == (7_440 * HOUR, 900 * HOUR, 100 * HOUR)
    assert shown.unused == (7_440 - 800) * HOUR


@settings(max_examples=30)
@given(second=st.integers(0, 21 * 86_400), month=st.sampled_from(["2025-03", "2025-04"]))
def test_months_of_one_delivery_sum_to_its_life(
    tmp_path_factory: pytest.TempPathFactory, second: int, month: str
) -> None:
    """d2 was promised for 21 days; whenever it comes, what is left of them is paid, in two months.

    Both months are rounded once, so the sum is within a cent of the exact one.
    """
    book = book_of(tmp_path_factory.getbasetemp() / "life", RESERVED)
    inputs = came("2025-03-20", second)
    made = statements(book, "2025-04", inputs, "block")
    own = [line for s in made.values() for line in s.lines if line.delivery == "d2"]
    exact = Fraction(4 * (21 * 86_400 - second) * 2, HOUR)
    assert sum(line.quantity or 0 for line in own) == 4 * (21 * 86_400 - second)
    assert abs(sum(Fraction(line.amount.amount) for line in own) - exact) <= Fraction(1, 100)
    again = statements(book, month, replace(inputs), "block")
    assert again[month] == made[month]


def test_an_outage_excuses_no_more_than_is_in_service(tmp_path: Path) -> None:
    """On 5 April, 24 hours: d1 has 10 chips, d2 has 4; the 5th is within both.

    d2 out with 4 of its chips twice over counts once: 96 chip-hours. Where d2 is still awaited
    nothing of it is out: 0. 20 chips of no stated delivery are all there are: 14 x 24 = 336.
    """
    book = book_of(tmp_path, RESERVED)
    of_d2 = replace(outage("2025-04-05", 24, 4), delivery="d2")
    cases = [
        ((of_d2, of_d2), Inputs(), 96),
        ((of_d2,), came(None), 0),
        ((outage("2025-04-05", 24, 20),), Inputs(), 336),
        ((of_d2, outage("2025-04-05", 12, 10)), Inputs(), 4 * 24 + 10 * 12),
    ]
    for outages, inputs, excused in cases:
        inputs = replace(inputs, outages={"block": outages})
        april = statements(book, "2025-04", inputs, "block")["2025-04"]
        assert april.capacity.excused == excused * HOUR
        assert april.capacity.taken == april.capacity.contracted - excused * HOUR
