"""Books and files that mean harm, or merely change after they were posted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from offtake.api import OpenBook, load
from offtake.dealing import LocalDesk, WrongDealingError
from offtake.owing.meter_faults import Wrong
from offtake.owing.meter_files import ROWS, Meter
from offtake.owing.outward import calendar
from offtake.owing.posting import Outcome, latest, post
from offtake.settle.ledger import balances
from offtake.units import Month, parse_month

HEADER = """\
book:
  buyer: lab
  as_of: 2026-01-12
  timezone: UTC
  currency: USD
  periods: {start: 2026-03, length: 12 months}
  purposes: {work: {}}
parties:
- {id: lab, name: The lab}
- {id: neo, name: Neo}
- {id: far, name: Far}
offers:
- {id: far-ask, seller: far, chip: h100, region: uk, price: 4 USD per chip-hour, max: 10 chips,
   term: 12 months, valid_until: 2026-02-01}
agreements:
"""
NEO = """\
- id: neo-1
  seller: neo
  signed: 2025-12-01
  from: 2026-03-01
  until: 2027-02-28
  price: 2 USD per chip-hour
  billing: used
  deliveries: [{id: d1, start: 2026-03-01, chip: h100, region: uk, add: 10 chips}]
  clauses:
  - {id: floor, kind: take-or-pay, share: 80%, measured: quarter}
"""
FAR = NEO.replace("neo", "far").replace("price: 2 ", "price: 5 ")


def write(folder: Path, *agreements: str, header: str = HEADER) -> OpenBook:
    folder.mkdir(exist_ok=True)
    (folder / "book.yaml").write_text(header + "".join(agreements))
    return load(folder)


def desk_of(book: OpenBook, folder: Path) -> LocalDesk:
    return book.desk(keys=folder.parent / f"{folder.name}-keys")


def posted(folder: Path, month: str, **asked: object) -> Outcome:
    """What is posted of a month, of the book as it is now."""
    book = load(folder)
    desk = desk_of(book, folder)
    found = book.settle(month, desk=desk, **asked)  # type: ignore[arg-type]
    return post(found, desk, latest(desk), rehearsal=True)


def owed(folder: Path) -> dict[str, int]:
    """What the lab owes by its own books, in cents."""
    groups = [one.group for one in desk_of(load(folder), folder).posted()]
    return {
        account.rpartition(":")[2]: -amount
        for (party, account, _), amount in balances(groups).items()
        if party == "lab" and account.startswith("Liabilities:Payable") and amount
    }


def metered(folder: Path, month: str, each: int) -> Path:
    """A file of some chip-hours in every hour of a month."""
    rows = [
        f"neo-1,{month}-{day:02}T{hour:02}:00:00Z,{each}\n"
        for day in range(1, parse_month(month).days + 1)
        for hour in range(24)
    ]
    path = folder / f"{month}-{each}.csv"
    path.write_text("agreement,start,chip_hours\n" + "".join(rows))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "book", NEO)
    return tmp_path / "book"


def test_whoever_posts_march_after_april_is_told_that_april_opened_without_it(
    folder: Path,
) -> None:
    assert posted(folder, "2026-04").later == ()
    march = posted(folder, "2026-03", meter=metered(folder.parent, "2026-03", 5))
    assert [group.id for group in march.groups] == ["neo-1/2026-03"]
    assert march.later == ("neo-1/2026-04",)


def test_a_month_that_returns_to_what_it_was_first_owes_what_it_owed_first(folder: Path) -> None:
    five, nine = (metered(folder.parent, "2026-03", each) for each in (5, 9))
    posted(folder, "2026-03", meter=five)
    first = owed(folder)
    assert [g.id for g in posted(folder, "2026-03", meter=nine).groups] == ["neo-1/2026-03~2"]
    assert owed(folder) != first
    assert [g.id for g in posted(folder, "2026-03", meter=five).groups] == ["neo-1/2026-03~3"]
    assert owed(folder) == first
    assert posted(folder, "2026-03", meter=five).same == ("neo-1/2026-03~3",)


def test_an_agreement_that_has_left_the_book_is_taken_back_once(folder: Path) -> None:
    write(folder, NEO, FAR)
    posted(folder, "2026-03")
    both = {"neo": 1_488_000, "far": 3_720_000}
    assert owed(folder) == both
    book = write(folder, NEO.replace("neo-1", "neo-2"), FAR)
    (note,) = book.settle("2026-03", desk=desk_of(book, folder)).notes
    assert note == "neo-1/2026-03 was posted, and the book has it no more: --post takes it back"
    assert [g.id for g in posted(folder, "2026-03").groups] == ["neo-2/2026-03", "neo-1/2026-03~2"]
    assert owed(folder) == both
    assert posted(folder, "2026-03").groups == ()


def test_the_desk_of_another_book_takes_nothing(folder: Path) -> None:
    posted(folder, "2026-03")
    write(folder, NEO.replace("neo-1", "neo-2"))
    with pytest.raises(WrongDealingError, match="is of another book: of no agreement"):
        posted(folder, "2026-03")
    write(folder, NEO)
    assert posted(folder, "2026-03").same == ("neo-1/2026-03",)


def test_what_was_not_asked_for_or_not_known_that_day_is_not_taken_back(folder: Path) -> None:
    write(folder, NEO, FAR)
    posted(folder, "2026-03")
    before = owed(folder)
    assert posted(folder, "2026-03", agreements=("neo-1",)).groups == ()
    assert posted(folder, "2026-03", as_of="2025-11-30").groups == ()
    assert owed(folder) == before == {"neo": 1_488_000, "far": 3_720_000}


def test_a_book_that_has_changed_its_currency_settles_at_another_desk(folder: Path) -> None:
    posted(folder, "2026-03")
    book = write(folder, NEO.replace("USD", "EUR"), header=HEADER.replace("USD", "EUR"))
    with pytest.raises(WrongDealingError, match="posted in USD, and the book is in EUR"):
        book.settle("2026-04", desk=desk_of(book, folder))
    assert book.settle("2026-04").statements


def test_a_forecast_is_not_posted_whoever_asks(folder: Path) -> None:
    book = load(folder)
    desk = desk_of(book, folder)
    found = book.settle("2026-03")
    ahead = replace(found, statements=tuple(replace(s, forecast=True) for s in found.statements))
    with pytest.raises(WrongDealingError, match="a forecast is not posted"):
        post(ahead, desk, {}, rehearsal=True)
    assert desk.posted() == []


def test_a_desk_that_was_stopped_while_it_began_has_posted_nothing_and_goes_on(
    folder: Path,
) -> None:
    desk = desk_of(load(folder), folder)
    desk.where.begin()
    assert desk.posted() == []
    assert len(posted(folder, "2026-03").groups) == 1
    assert owed(folder) == {"neo": 1_488_000}


def test_of_four_that_post_the_first_month_at_once_each_statement_is_kept_once(
    folder: Path,
) -> None:
    write(folder, NEO, FAR)
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: posted(folder, "2026-03"), range(4)))
    refused = [o.done.refused["refused"] for o in outcomes if o.done and o.done.refused]
    assert set(refused) <= {"posted-already"}
    kept = [one.group.id for one in desk_of(load(folder), folder).posted()]
    assert sorted(kept) == ["far-1/2026-03", "neo-1/2026-03"]


def test_a_calendar_for_a_party_has_nothing_of_others(folder: Path) -> None:
    """Ends, floors, sums and offers of others are what a seller may not learn."""
    book = write(folder, NEO, FAR).book
    own = calendar(book, None, "neo", through=Month(2026, 4)).replace("\r\n ", "")
    assert "neo-1" in own
    assert "lab owes neo 14\\,880.00 USD" in own
    assert "far" not in own
    every = calendar(book, None, None, through=Month(2026, 4)).replace("\r\n ", "")
    assert "far-1" in every
    assert "far-ask" in every


def test_rows_of_parquet_that_unfold_to_far_more_than_the_file_come_some_at_a_time(
    tmp_path: Path,
) -> None:
    """A million rows in a single group take some kilobytes."""
    path, count = tmp_path / "bomb.parquet", 1_000_000
    pl.select(
        agreement=pl.repeat("neo-1", count, dtype=pl.String),
        start=pl.repeat("2026-03-01T00:00:00Z", count, dtype=pl.String),
        chip_hours=pl.repeat("1", count, dtype=pl.String),
    ).write_parquet(path, row_group_size=count)
    assert path.stat().st_size < 16_384
    heights, lines = [], []
    for piece in Meter(path, Wrong(path.name)).pieces():
        heights.append(piece.rows.height)
        lines.append(piece.rows["line"][0])
    assert sum(heights) == count
    assert max(heights) <= ROWS
    assert lines == [1 + sum(heights[:n]) for n in range(len(heights))]
