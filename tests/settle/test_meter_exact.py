"""Metering is exact: what Polars adds up is what a naive reader adds up, in whatever order."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.owing import meter_files
from offtake.owing.gather import gather
from offtake.settle.inputs import Source, Used
from offtake.units import Month

from .meter_books import HEAD, MARCH, book_in, metered, naive, told, written

Row = tuple[str, dt.datetime, str]
SPAN = {
    "neo-1": (dt.datetime(2026, 2, 11), 24 * 60),
    "neo-2": (dt.datetime(2026, 3, 2), 24 * 29),
}
"""Hours that lie in the agreements' lives in every zone."""
ZONES = ("UTC", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe")


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Some hours of the two agreements, none twice, in any order."""
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(sorted(SPAN)), st.integers(0, 24 * 60 - 1)),
            unique=True,
            min_size=1,
            max_size=60,
        )
    )
    found = []
    for name, hour in keys:
        first, count = SPAN[name]
        start = first + dt.timedelta(hours=hour % count)
        found.append((name, start))
    quarters = st.integers(0, 40_000).map(lambda n: str(Decimal(n) / 400))
    small = st.integers(0, 400).map(lambda n: f"{n}.{draw(st.sampled_from(('0', '25', '500')))}")
    return [(name, start, draw(quarters | small)) for name, start in dict.fromkeys(found)]


def text_of(some: Sequence[Row]) -> str:
    return HEAD + "".join(f"{n},{start.isoformat()}Z,{amount}\n" for n, start, amount in some)


@settings(max_examples=40)
@given(rows(), st.sampled_from(ZONES))
def test_the_sums_are_those_of_a_naive_reader_in_fractions(some: list[Row], zone: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        book = book_in(folder, zone)
        path = written(folder, text_of(some))
        found = gather(book, meter=[path], others=True, through=MARCH)
        assert found.required().use == naive(path, book)
        hours = [(n, s.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone))) for n, s, _ in some]
        counted = [(n, Month.of(s.date())) for n, s in hours if Month.of(s.date()) <= MARCH]
        assert found.hours == {key: counted.count(key) for key in counted}


@settings(max_examples=25)
@given(rows(), st.randoms(use_true_random=False), st.integers(1, 4), st.integers(40, 400))
def test_neither_order_nor_files_nor_pieces_matter(
    some: list[Row], chance: object, parts: int, chunk: int
) -> None:
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        folder = Path(place)
        book = book_in(folder, "America/Los_Angeles")
        whole = gather(
            book, meter=[written(folder, text_of(some))], others=True, through=MARCH
        ).required()
        chance.shuffle(some)  # type: ignore[attr-defined]
        patch.setattr(meter_files, "CHUNK", chunk)
        files = [
            written(folder, text_of(part), f"{n}.csv")
            for n in range(parts)
            if (part := some[n::parts])
        ]
        split = gather(book, meter=files, others=True, through=MARCH).required()
        assert split.use == whole.use
        assert split.metered == whole.metered
        frame = pl.DataFrame(
            {
                "start": [start.replace(tzinfo=dt.UTC) for _, start, _ in some],
                "agreement": [name for name, _, _ in some],
                "chip_seconds": [int(Decimal(amount) * 3600) for _, _, amount in some],
            }
        )
        frame.write_parquet(folder / "m.parquet")
        typed = gather(book, meter=[folder / "m.parquet"], others=True, through=MARCH).required()
        assert typed.use == whole.use


def test_an_hour_belongs_to_the_local_day_in_which_it_begins(tmp_path: Path) -> None:
    # Clocks in Los Angeles are set forward on 8 March 2026: the day has 23 hours, from 08:00 UTC
    # to 07:00 UTC of the next day.
    starts = [dt.datetime(2026, 3, 8, 7) + dt.timedelta(hours=n) for n in range(25)]
    text = text_of([("neo-1", start, "1") for start in starts])
    found = metered(tmp_path, text, book_in(tmp_path, "America/Los_Angeles")).required()
    taken = {str(day): used.taken // 3600 for day, used in found.use["neo-1"].items()}
    assert taken == {"2026-03-07": 1, "2026-03-08": 23, "2026-03-09": 1}


def test_use_above_the_contract_is_counted_hour_by_hour(tmp_path: Path) -> None:
    # Four chips contracted: 6 and 2 chip-hours are 2 over, although the day as a whole is not.
    text = HEAD + "neo-1,2026-03-02T00:00:00Z,6\nneo-1,2026-03-02T01:00:00Z,2\n"
    (used,) = metered(tmp_path, text).required().use["neo-1"].values()
    assert used == Used(8 * 3600, 2 * 3600)


def test_an_hour_in_which_a_delivery_comes_contracts_a_part_of_it(tmp_path: Path) -> None:
    # Two chips came at 00:45 and not at midnight: a quarter of an hour of two chips is contracted.
    came = written(tmp_path, "agreement,delivery,came\nneo-2,d1,2026-03-01T00:45:00Z\n", "came.csv")
    path = written(tmp_path, HEAD + "".join(f"neo-2,2026-03-01T0{h}:00:00Z,2\n" for h in (0, 1)))
    found = gather(
        book_in(tmp_path), meter=[path], deliveries=came, others=True, through=MARCH
    ).required()
    assert found.use["neo-2"] == {dt.date(2026, 3, 1): Used(4 * 3600, 3 * 1800)}


def test_rows_after_the_last_month_are_read_and_not_used(tmp_path: Path) -> None:
    text = HEAD + "neo-1,2026-04-01T00:00:00Z,1\nneo-1,2026-03-31T23:00:00Z,2\n"
    found = metered(tmp_path, text)
    inputs = found.required()
    assert inputs.use == {"neo-1": {dt.date(2026, 3, 31): Used(7200)}}
    assert inputs.metered == {"neo-1": frozenset({MARCH})}
    assert found.hours == {("neo-1", MARCH): 1}


def test_a_file_is_named_by_the_digest_of_its_bytes_where_it_has_rows(tmp_path: Path) -> None:
    text = HEAD + "neo-1,2026-03-01T00:00:00Z,1\n\nneo-1,2026-03-01T01:00:00Z,0\n"
    found = metered(tmp_path, text).required()
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert found.sources == {"neo-1": (Source("m.csv", digest, 2),)}


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffagreement,start,chip_hours\nneo-1,2026-03-01T00:00:00Z,1.5\n",
        "agreement,start,chip_hours\r\nneo-1,2026-03-01T00:00:00Z,1.5\r\n",
        "agreement,start,chip_hours\nneo-1,2026-03-01T00:00:00Z,1.5",
        '"agreement","start","chip_hours"\n"neo-1","2026-03-01T00:00:00Z","1.5"\n',
        "start , Chip-Hours , Agreement\n2026-03-01T00:00:00Z, 1.5 ,neo-1\n",
        "agreement,start,chip_seconds\nneo-1,2026-03-01T00:00:00Z,5400\n",
        "agreement,start,chip_hours\n\n  \nneo-1,2026-03-01T00:00:00.000Z,1.500000000\n\n",
    ],
    ids=["mark", "windows", "no-end", "quotes", "blanks", "seconds", "empty-lines"],
)
def test_the_same_is_read_however_it_is_written(tmp_path: Path, text: str) -> None:
    found = metered(tmp_path, text)
    assert told(found) == []
    assert found.required().use == {"neo-1": {dt.date(2026, 3, 1): Used(5400)}}


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("chip_hours", ["1.5"]),
        pl.Series("chip_hours", [Decimal("1.50")]),
        pl.Series("chip_hours", [Decimal("1.5")], dtype=pl.Decimal(38, 18)),
        pl.Series("chip_seconds", [5400], dtype=pl.UInt32),
        pl.Series("chip_seconds", [Decimal(5400)], dtype=pl.Decimal(20, 0)),
    ],
    ids=lambda s: f"{s.name}-{s.dtype}",
)
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_parquet_says_it_with_any_type_that_is_exact(
    tmp_path: Path, column: pl.Series, unit: str
) -> None:
    start = pl.Series("start", [dt.datetime(2026, 3, 1)])
    start = start.cast(pl.Datetime(unit, "UTC"))  # type: ignore[arg-type]
    name = pl.Series("agreement", ["neo-1"], dtype=pl.Categorical)
    path = tmp_path / "m.parquet"
    pl.DataFrame([column, start, name]).write_parquet(path)
    found = gather(book_in(tmp_path), meter=[path], others=True, through=MARCH)
    assert found.required().use == {"neo-1": {dt.date(2026, 3, 1): Used(5400)}}
