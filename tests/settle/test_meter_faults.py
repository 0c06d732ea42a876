"""What is wrong with metering: each with its file and line, and nothing of a bad file is used."""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from offtake.book.faults import Place
from offtake.owing import meter_files
from offtake.owing.gather import gather

from .meter_books import HEAD, MARCH, book_in, metered, only, told, written

GOOD = "neo-1,2026-03-01T00:00:00Z,1\n"
LAST = "neo-1,2026-03-01T05:00:00Z,1\n"


@pytest.mark.parametrize(
    ("row", "code", "sentence", "hint"),
    [
        ("neo-9,2026-03-01T01:00:00Z,1", "unknown-agreement", "'neo-9'", "did you mean neo-"),
        ("nео-1,2026-03-01T01:00:00Z,1", "unknown-agreement", r"'n\u0435\u043e-1'", "neo"),
        (",2026-03-01T01:00:00Z,1", "unknown-agreement", "names no agreement", "write its id"),
        ("neo-1,2026-03-01T01:30:00Z,1", "not-an-hour", "01:30", "begins at 2026-03-01T01:00:00Z"),
        ("neo-1,2026-03-01T01:00:00.5Z,1", "not-an-hour", "00.5Z", "2026-03-01T01:00:00Z"),
        ("neo-1,2026-03-01 01:00:00,1", "bad-instant", "'2026-03-01 01:00:00'", "2025-01-21T17"),
        ("neo-1,2026-03-01T01:00:00+01:00,1", "bad-instant", "+01:00", "with Z at the end"),
        ("neo-1,2026-02-30T01:00:00Z,1", "bad-instant", "2026-02-30", "no such day"),
        ("neo-1,,1", "bad-instant", "''", "2025-01-21T17"),
        ("neo-1,２026-03-01T01:00:00Z,1", "bad-instant", r"\uff12", "FULLWIDTH DIGIT TWO"),
        ("neo-1,2026-03-01T01:00:00Z,-1", "bad-amount", "negative", "never less than nothing"),
        ("neo-1,2026-03-01T01:00:00Z,1e3", "bad-amount", "'1e3'", "without an exponent"),
        ("neo-1,2026-03-01T01:00:00Z,+1", "bad-amount", "'+1'", "no sign"),
        ("neo-1,2026-03-01T01:00:00Z,1_0", "bad-amount", "'1_0'", "without separators"),
        ("neo-1,2026-03-01T01:00:00Z,.5", "bad-amount", "'.5'", "either side of the point"),
        ("neo-1,2026-03-01T01:00:00Z,5.", "bad-amount", "'5.'", "either side of the point"),
        ("neo-1,2026-03-01T01:00:00Z,nan", "bad-amount", "'nan'", "digits"),
        ("neo-1,2026-03-01T01:00:00Z,", "bad-amount", "''", "12.5"),
        ("neo-1,2026-03-01T01:00:00Z,１", "bad-amount", r"'\uff11'", "FULLWIDTH DIGIT ONE"),
        ("neo-1,2026-03-01T01:00:00Z,0.1234567891", "bad-amount", "0.1234567891", "at most 9"),
        ("neo-1,2026-03-01T01:00:00Z,1000000000", "bad-amount", "more than an hour", "12.5"),
        ("neo-1,2026-03-01T01:00:00Z," + "9" * 400, "bad-amount", "more than an hour", "12.5"),
        ("neo-1,2026-03-01T01:00:00Z,0.0001", "part-of-a-second", "0.0001", "chip_seconds"),
        ("neo-1,2026-03-01T01:00:00Z", "row-length", "2 cells and the header 3", "comma"),
        ("neo-1,2026-03-01T01:00:00Z,1,", "row-length", "4 cells and the header 3", "comma"),
        ("neo-1,2026-03-01T01:00:00Z,1,2,3", "row-length", "5 cells", "comma"),
        ('neo-1,2026-03-01T01:00:00Z,"1,5"', "row-length", "4 cells", "comma"),
        ('neo-1,2026-03-01T01:00:00Z,"1', "bad-amount", "'\"1'", "12.5"),
        ("neo-1,2026-03-01T01:00:00Z,1\0", "csv", "control character", "delete"),
        ("neo-1,2026-03-01T01:00:00Z,1\x1f", "csv", "control character", "delete"),
        ("neo-1,2026-03-01T01:00:00Z,1\r0", "bad-amount", r"'1\r0'", "control"),
        ("neo-2,2026-02-28T23:00:00Z,1", "outside-agreement", "not hold on 2026-02-28", "zone"),
        ("neo-1,2026-03-01T00:00:00Z,1", "row-twice", "there already, in line 2", "keep one"),
    ],
)
def test_a_bad_row_is_told_with_its_line(
    tmp_path: Path, row: str, code: str, sentence: str, hint: str
) -> None:
    # A blank line, and rows before and after: the number is that of the line in the file.
    found = metered(tmp_path, HEAD + GOOD + "\n" + row + "\n" + LAST)
    assert found.inputs is None
    fault = only(found)
    assert fault.place == Place(str(tmp_path / "m.csv"), 4)
    assert fault.code == code
    assert sentence in fault.sentence
    assert hint in fault.hint


def test_every_bad_row_of_every_file_is_told_in_one_run(tmp_path: Path) -> None:
    first = written(tmp_path, HEAD + GOOD + "neo-1,x,1\n", "a.csv")
    second = written(tmp_path, HEAD + LAST + GOOD + "neo-3,2026-03-01T00:00:00Z,1\n", "b.csv")
    came = written(tmp_path, "agreement,delivery,came\nneo-1,d9,no\n", "came.csv")
    found = gather(book_in(tmp_path), meter=[first, second], deliveries=came, through=MARCH)
    assert [(Path(f.place.file).name, *at) for f, at in zip(found.faults, told(found), strict=True)]
    assert told(found) == [
        *((3, "bad-instant"), (3, "row-twice"), (4, "unknown-agreement")),
        (2, "unknown-delivery"),
    ]
    assert f"in {first}, line 2" in found.faults[1].sentence


def test_an_hour_twice_names_its_first_line_however_far_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meter_files, "CHUNK", 64)
    hours = [f"neo-1,2026-03-{d:02d}T{h:02d}:00:00Z,1\n" for d in range(1, 9) for h in range(24)]
    found = metered(tmp_path, HEAD + "".join([*hours, hours[100], hours[7], hours[7]]))
    assert told(found) == [(194, "row-twice"), (195, "row-twice"), (196, "row-twice")]
    assert [f.sentence.rpartition(" ")[2] for f in found.faults] == ["102.", "9.", "9."]


def test_the_same_file_given_twice_is_use_counted_twice(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + GOOD)
    found = gather(book_in(tmp_path), meter=[path, path], through=MARCH)
    assert told(found) == [(2, "row-twice")]


def test_a_hundred_bad_rows_are_told_and_all_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meter_files, "CHUNK", 2048)
    found = metered(tmp_path, HEAD + GOOD + "neo-1,x,1\n" * 1_234)
    assert told(found) == [*((n + 3, "bad-instant") for n in range(100)), (102, "too-many-faults")]
    assert found.faults[-1].sentence == "1,134 more rows of this file are wrong."


@pytest.mark.parametrize(
    ("content", "code", "sentence", "hint"),
    [
        (b"", "no-header", "names no columns", "agreement,start,chip_hours"),
        (b"\n\n", "no-header", "names no columns", "agreement,start,chip_hours"),
        (b'"agreement,start', "no-header", "names no columns", "agreement,start,chip_hours"),
        (b"x" * 70_000, "no-header", "names no columns", "agreement,start,chip_hours"),
        (HEAD.encode(), "no-rows", "has no rows", "leave the file out"),
        (b"agreement,start\n", "missing-column", "chip_hours or chip_seconds", "agreement, start"),
        (b"agreement,start,chip_hours,zone\n", "unknown-column", "'zone'", "known here"),
        (b"agreement,start,chip_hour\n", "unknown-column", "'chip_hour'", "mean chip_hours?"),
        (b"agreement,start,start,chip_hours\n", "unknown-column", "there twice", "keep one"),
        (b"agreement,start,chip_hours,chip_seconds\n", "unknown-column", "say the same", "one"),
        (HEAD.encode("utf-16"), "encoding", "UTF-16", "UTF-8"),
        (b"agr\xffeement,start,chip_hours\n", "encoding", "not UTF-8", "UTF-8"),
        (b"\x1f\x8b\x08\x00" + bytes(40), "encoding", "not UTF-8", "UTF-8"),
        (HEAD.encode() + b"neo-1,\xff,1\n", "encoding", "not UTF-8", "UTF-8"),
        (HEAD.encode() + b"9" * 9_000_000, "csv", "longer than 64 KiB", "line break"),
        (b"PAR1" + bytes(200), "not-parquet", "cannot be read as Parquet", "cut short"),
    ],
    ids=lambda v: v[:12].decode("latin-1") if isinstance(v, bytes) else v[:12],
)
def test_a_file_that_is_none_is_told_in_a_sentence(
    tmp_path: Path, content: bytes, code: str, sentence: str, hint: str
) -> None:
    found = metered(tmp_path, content)
    assert found.inputs is None
    assert code in [f.code for f in found.faults]
    fault = next(f for f in found.faults if f.code == code)
    assert sentence in fault.sentence
    assert hint in fault.hint


def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "locked").write_text(HEAD)
    paths = [tmp_path / "pipe", tmp_path, tmp_path / "none.csv", tmp_path / "m.csv" / "x", "a\0b"]
    written(tmp_path, HEAD + GOOD)
    found = gather(book_in(tmp_path), meter=paths, through=MARCH)
    by_file = {Path(f.place.file).name: f.code for f in found.faults}
    assert by_file == {
        "pipe": "not-a-file",
        tmp_path.name: "not-a-file",
        "none.csv": "no-file",
        "x": "no-file",
        "a\0b": "not-a-file",
    }


def test_a_file_that_grows_while_it_is_read_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = meter_files.Meter._lines

    def slowly(self: meter_files.Meter, *given: object) -> meter_files.Piece:
        if self.count == 0:
            with self.path.open("a") as file:
                file.write(LAST)
        return lines(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(meter_files.Meter, "_lines", slowly)
    assert told(metered(tmp_path, HEAD + GOOD))[0] == (1, "changed-meanwhile")


# --- Parquet --------------------------------------------------------------------------------------

STARTS = [dt.datetime(2026, 3, 1, hour, tzinfo=dt.UTC) for hour in range(3)]


NOT_HOURS = [(2, "not-an-hour"), (3, "not-an-hour")]
"""1970 itself is an hour, of no month that is asked for."""


def parquet(folder: Path, **columns: object) -> list[tuple[int, str]]:
    sound = {"agreement": ["neo-1"] * 3, "start": STARTS, "chip_hours": ["1"] * 3}
    frame = pl.DataFrame({k: v for k, v in {**sound, **columns}.items() if v is not None})
    frame.write_parquet(folder / "m.parquet", row_group_size=2)
    return told(gather(book_in(folder), meter=[folder / "m.parquet"], through=MARCH))


def test_a_bad_row_of_parquet_is_told_with_its_number(tmp_path: Path) -> None:
    late = [*STARTS[:2], STARTS[2].replace(second=1)]
    assert parquet(tmp_path) == []
    assert parquet(tmp_path, start=late) == [(3, "not-an-hour")]
    assert parquet(tmp_path, start=[STARTS[0], None, STARTS[2]]) == [(2, "bad-instant")]
    for unit in ("ms", "us", "ns"):
        kind = pl.Datetime(unit, "UTC")  # type: ignore[arg-type]
        stamps = pl.Series([0, 3_600_001, -3_600_000]).cast(kind)
        assert parquet(tmp_path, start=stamps) == NOT_HOURS
    far = pl.Series([2**62 // 3_600_000 * 3_600_000 + n for n in (0, 1, 0)])
    assert parquet(tmp_path, start=far.cast(pl.Datetime("ms", "UTC"))) == [(2, "not-an-hour")]
    assert parquet(tmp_path, start=[STARTS[0], STARTS[1], STARTS[0]]) == [(3, "row-twice")]
    assert parquet(tmp_path, agreement=["neo-1", "neo-1", None]) == [(3, "unknown-agreement")]
    assert parquet(tmp_path, chip_hours=["1", None, "x"]) == [(2, "bad-amount"), (3, "bad-amount")]
    thirds = pl.Series(
        [Decimal(1), Decimal("0.333333333333"), Decimal(2)], dtype=pl.Decimal(38, 12)
    )
    assert parquet(tmp_path, chip_hours=thirds) == [(2, "bad-amount")]
    assert parquet(tmp_path, chip_hours=None, chip_seconds=[1, -5, 2]) == [(2, "bad-amount")]
    most = [1, 3_599_999_999_999, 3_600_000_000_000]
    assert parquet(tmp_path, chip_hours=None, chip_seconds=most) == [(3, "bad-amount")]


def test_a_type_that_is_not_exact_is_refused(tmp_path: Path) -> None:
    naive = [start.replace(tzinfo=None) for start in STARTS]
    assert parquet(tmp_path, chip_hours=[1.0, 2.0, 0.1]) == [(1, "column-type")]
    assert parquet(tmp_path, start=naive, chip_hours=[True] * 3) == [(1, "column-type")] * 2
    assert parquet(tmp_path, start=[s.date() for s in naive]) == [(1, "column-type")]
    assert parquet(tmp_path, agreement=[1, 2, 3]) == [(1, "column-type")]
    assert parquet(tmp_path, chip_hours=None) == [(1, "missing-column")]


def test_a_parquet_file_that_is_cut_short_is_told(tmp_path: Path) -> None:
    parquet(tmp_path)
    data = (tmp_path / "m.parquet").read_bytes()
    for end in range(4, len(data), 7):
        assert told(metered(tmp_path, data[:end])) == [(1, "not-parquet")]


def test_parquet_with_a_byte_changed_never_ends_in_a_stack_trace(tmp_path: Path) -> None:
    parquet(tmp_path)
    data = bytearray((tmp_path / "m.parquet").read_bytes())
    for at in range(4, len(data), 11):
        changed = bytes(data[:at]) + bytes([data[at] ^ 0x55]) + bytes(data[at + 1 :])
        found = metered(tmp_path, changed)
        assert (found.inputs is None) == bool(found.faults)
