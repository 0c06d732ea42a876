"""Above the contract of a host, from the hours of all that is served from it."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offtake.book.force import Book
from offtake.owing.gather import gather
from offtake.settle import Inputs, Used
from offtake.settle.clock import BookClock
from offtake.settle.passing import passed
from offtake.settle.serving import Serving
from offtake.units import Month
from offtake.units.instants import NS

from .chained import HOST, MARCH, OTHER, SOLD, link
from .meter_books import HEAD, written
from .owed import book_of, lines, statements

HOUR = 3600
Rows = Mapping[tuple[str, str], int]
"""Chip-hours by agreement and the beginning of an hour, as in `2025-03-07T00`."""
DAY = dt.date(2025, 3, 7)


def known(folder: Path, book: Book, rows: Rows, came: str = "") -> Inputs:
    """What passes, when these hours are read from a file."""
    text = HEAD + "".join(f"{name},{hour}:00:00Z,{n}\n" for (name, hour), n in rows.items())
    file = written(folder, f"agreement,delivery,came\n{came}\n", "came.csv") if came else None
    meter = [written(folder, text)]
    inputs = gather(book, meter=meter, deliveries=file, through=MARCH).required()
    return passed(book, inputs, BookClock(book.header.timezone))


def on_day(inputs: Inputs, name: str = "host") -> tuple[int, int]:
    """Chip-hours of the day, and those above the contract."""
    used = inputs.use[name][DAY]
    return used.taken // HOUR, used.over // HOUR


def test_more_than_one_contracted_below_is_not_more_than_the_host_has(tmp_path: Path) -> None:
    """70 of the 60 and 20 of the 30 in an hour are 90 of the 100; the host charges no overage."""
    dear = "  clauses: [{kind: overage, price: 5 USD per chip-hour}]\n"
    host = HOST.replace("  price", "  billing: used\n  price") + dear
    book = book_of(tmp_path, host, SOLD, OTHER)
    rows = {("sold", "2025-03-07T00"): 70, ("other", "2025-03-07T00"): 20}
    inputs = known(tmp_path, book, rows)
    assert (on_day(inputs), on_day(inputs, "sold")) == ((90, 0), (70, 10))
    made = statements(book, "2025-03", inputs, "host")["2025-03"]
    assert lines(made) == [("capacity taken", "180.00")]


def test_all_together_may_be_above_in_one_hour_and_not_in_the_day(tmp_path: Path) -> None:
    """75 and 30 are 105 of 100 in one hour; in the next, and in the day, there is room."""
    book = book_of(tmp_path, HOST, SOLD, OTHER)
    rows = {
        ("sold", "2025-03-07T00"): 75,
        ("other", "2025-03-07T00"): 30,
        ("sold", "2025-03-07T01"): 10,
    }
    inputs = known(tmp_path, book, rows)
    made = {name: on_day(inputs, name) for name in ("host", "sold", "other")}
    assert made == {"host": (115, 5), "sold": (85, 15), "other": (30, 0)}


def test_what_a_host_has_contracted_is_what_had_come_in_that_hour(tmp_path: Path) -> None:
    """Its chips came at half past one: 50 of 100 are contracted in the hour from one o'clock."""
    book = book_of(tmp_path, HOST, SOLD)
    rows = {("sold", f"2025-03-07T0{hour}"): 60 for hour in (0, 1, 2)}
    inputs = known(tmp_path, book, rows, "host,d,2025-03-07T01:30:00Z")
    assert on_day(inputs) == (180, 70)


MIDDLE = link("middle", 70, "2.2", seller="microsoft", buyer="cloud", upstream="host")
LAST = link("last", 50, "2.4", seller="cloud", upstream="middle")


@pytest.mark.parametrize(
    ("own", "host", "middle"),
    [({}, (130, 30), (130, 60)), ({"middle": 90}, (90, 0), (90, 20))],
)
def test_metering_of_ones_own_counts_at_any_depth(
    tmp_path: Path, own: dict[str, int], host: tuple[int, int], middle: tuple[int, int]
) -> None:
    book = book_of(tmp_path, HOST, MIDDLE, LAST)
    rows = {(name, "2025-03-07T00"): n for name, n in {"last": 130, **own}.items()}
    inputs = known(tmp_path, book, rows)
    assert (on_day(inputs), on_day(inputs, "middle")) == (host, middle)


def test_sums_are_added_to_sums(tmp_path: Path) -> None:
    """Two of which neither is metered itself: 80 and 40 below them are 120 of the host's 100."""
    other = link("aside", 30, "2.2", seller="microsoft", buyer="cloud", upstream="host")
    under = link("under", 30, "2.4", seller="cloud", upstream="aside")
    book = book_of(tmp_path, HOST, MIDDLE, LAST, other, under)
    rows = {("last", "2025-03-07T00"): 80, ("under", "2025-03-07T00"): 40}
    inputs = known(tmp_path, book, rows)
    made = {name: on_day(inputs, name) for name in ("host", "middle", "aside")}
    assert made == {"host": (120, 20), "middle": (80, 10), "aside": (40, 10)}


def test_what_an_agreement_hosts_before_it_holds_was_not_taken_from_its_own_host(
    tmp_path: Path,
) -> None:
    """`last` holds from January; `middle`, out of which it is served, from the eighth of March."""
    start = "start: 2025-02-01"
    middle = MIDDLE.replace("from: 2025-01-01", "from: 2025-03-08")
    begun = (text.replace(start, "start: 2025-03-08") for text in (middle, LAST))
    book = book_of(tmp_path, HOST, SOLD.replace("60 chips", "30 chips"), *begun)
    rows = {
        ("sold", "2025-03-07T00"): 60,
        ("last", "2025-03-07T00"): 95,
        ("last", "2025-03-08T00"): 10,
    }
    assert on_day(known(tmp_path, book, rows)) == (60, 0)


# --- whatever the chain ---------------------------------------------------------------------------

ZONES = ("UTC", "America/Los_Angeles", "Asia/Kolkata")


@st.composite
def chains(draw: st.DrawFn) -> tuple[dict[int, int], str, Rows]:
    """A source and up to five below it, their deliveries from February on, and some hours."""
    above = {n: draw(st.integers(0, n - 1)) for n in range(1, draw(st.integers(2, 6)))}
    chips: Counter[int] = Counter()
    for n in (*reversed(above), 0):
        chips[n] += draw(st.integers(0 if chips[n] else 1, 4))
        if n:
            chips[above[n]] += chips[n]
    text = "".join(
        link(f"a{n}", chips[n], "2", seller="iren", upstream=f"a{above[n]}" if n else "")
        for n in sorted(chips)
    )
    names = st.sampled_from([f"a{n}" for n in chips])
    starts = st.sampled_from(
        [f"2025-{day}T{hour:02}" for day in ("01-31", "02-01", "03-07") for hour in (7, 8, 18, 19)]
    )
    many = st.lists(st.tuples(names, starts, st.integers(0, 25)), min_size=1, max_size=40)
    rows = {(name, start): amount for name, start, amount in draw(many)}
    return above, text, rows


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chains(), st.sampled_from(ZONES))
def test_hosts_are_compared_hour_by_hour_whatever_the_chain(
    drawn: tuple[dict[int, int], str, Rows], zone: str
) -> None:
    above, text, rows = drawn
    with tempfile.TemporaryDirectory() as place:
        book = book_of(Path(place), text, zone=zone)
        inputs = known(Path(place), book, rows)
    for n in {0, *above}:
        assert inputs.use.get(f"a{n}", {}) == _naive(n, above, rows, book)


def _naive(n: int, above: Mapping[int, int], rows: Rows, book: Book) -> dict[dt.date, Used]:
    """By day: hour by hour, each agreement by its own rows of a month or else those below it."""
    clock = BookClock(book.header.timezone)
    begins = {
        hour: int(dt.datetime.fromisoformat(f"{hour}:00:00+00:00").timestamp()) * NS
        for _, hour in rows
    }
    days = {hour: clock.day_of(begin) for hour, begin in begins.items()}
    below = {m: [k for k, source in above.items() if source == m] for m in range(len(above) + 1)}

    def own(m: int, month: Month) -> dict[str, int]:
        return {h: t for (a, h), t in rows.items() if a == f"a{m}" and Month.of(days[h]) == month}

    def taken(m: int, month: Month) -> Counter[str] | None:
        if found := own(m, month):
            return Counter(found)
        parts = [taken(k, month) for k in below[m]]
        if not parts or None in parts:
            return None
        total: Counter[str] = Counter()
        for part in parts:
            total.update(part)
        return total

    def contracted(begin: int) -> int:
        spans = (
            one.delivery.add * (min(begin + HOUR * NS, clock.end_of(one.last)) - begin_of)
            for one in Serving(book, book.agreements[f"a{n}"], Inputs(), clock).arrivals
            if (begin_of := max(begin, one.arrived or 0)) < begin + HOUR * NS
        )
        return sum(spans) // NS

    made: dict[dt.date, Used] = {}
    for month in {Month.of(day) for day in days.values()}:
        for hour, chip_hours in (taken(n, month) or {}).items():
            so_far, seconds = made.get(days[hour], Used(0)), chip_hours * HOUR
            above_it = max(0, seconds - contracted(begins[hour]))
            made[days[hour]] = Used(so_far.taken + seconds, so_far.over + above_it)
    return made
