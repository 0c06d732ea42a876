"""What is posted stays in the desk's journal: read back, verified, followed to its cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from offtake.audit import verify
from offtake.book.force import Book
from offtake.book.read import read
from offtake.clauses.registry import kinds
from offtake.dealing import LocalDesk, WrongDealingError
from offtake.desk.events import Posted
from offtake.settle import Inputs, Source, reckon
from offtake.settle.ledger import balances, open_items
from offtake.settle.postings import Group, correction, group_of, payment
from offtake.signed import read_journal
from offtake.signed.trace import trace
from offtake.units import Month
from offtake.units.minor import money_of
from signed.desks import SOLD, at
from signed.desks import book as signed_book

MARCH = Month(2026, 3)
BOOK = """\
book:
  buyer: lab
  as_of: 2026-01-12
  timezone: UTC
  periods: {start: 2026-03, length: 12 months}
  purposes: {work: {}}
parties:
- {id: lab, name: The lab}
- {id: neo, name: Neo}
- {id: audit, name: Auditor}
demand:
- {id: run, purpose: work, unit: h100, base: 10 chips, unserved: 9 USD per chip-hour}
agreements:
- id: neo-1
  seller: neo
  signed: 2025-12-01
  from: 2026-03-01
  until: 2027-02-28
  price: 2 USD per chip-hour
  deliveries:
  - {id: d1, start: 2026-03-01, chip: h100, region: uk, add: 10 chips}
"""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    (tmp_path / "book.yaml").write_text(BOOK)
    found = read(tmp_path, kinds())
    assert found.book is not None, found.faults
    return found.book


def desk(book: Book) -> LocalDesk:
    folder = Path(book.root)
    return LocalDesk(book, folder, keys=folder.parent / f"{folder.name}-keys", receipts=False)


def march(book: Book, **inputs: object) -> Group:
    (one,) = reckon(book.whole, MARCH, Inputs(**inputs))  # type: ignore[arg-type]
    return group_of(one)


def test_what_is_posted_is_read_back_as_it_was(book: Book) -> None:
    """10 chips for 744 hours at 2 USD: 14,880.00, of which 14,000.00 is paid."""
    own = desk(book)
    assert own.posted() == []
    paid = payment("payment/1", "neo-1", "lab", "neo", money_of(1_400_000, "USD"), MARCH.last)
    done = own.post([march(book), paid])
    assert [one.get("made") for one in done.answers] == ["neo-1/2026-03", "payment/1"]
    kept = own.posted()
    assert [one.group for one in kept] == [march(book), paid]
    assert [one.number for one in kept] == [1, 2]
    (left,) = open_items(one.group for one in kept)
    assert (left.payer, left.payee, left.amount) == ("lab", "neo", 88_000)


def test_what_is_refused_is_not_kept_nor_what_comes_after_it(book: Book) -> None:
    own = desk(book)
    own.post([march(book)])
    later = payment("payment/1", "neo-1", "lab", "neo", money_of(1, "USD"), MARCH.last)
    done = own.post([march(book), later])
    assert done.refused is not None
    assert done.refused["refused"] == "posted-already"
    assert len(own.posted()) == 1


def test_a_correction_is_posted_beside_the_first(book: Book) -> None:
    own = desk(book)
    own.post([march(book)])
    (again,) = reckon(book.whole, MARCH, Inputs())
    assert correction(own.posted()[0].group, again) is None
    (cheaper,) = reckon(changed(book).whole, MARCH, Inputs())
    fixed = correction(own.posted()[0].group, cheaper)
    assert fixed is not None
    own.post([fixed])
    groups = [one.group for one in own.posted()]
    assert balances(groups)["lab", "Expenses:Charge:neo-1", "USD"] == 744_000


def changed(book: Book) -> Book:
    root = Path(book.root)
    (root / "book.yaml").write_text(BOOK.replace("price: 2 USD", "price: 1 USD"))
    found = read(root, kinds()).book
    assert found is not None
    return found


def test_the_journal_proves_it_to_others_and_the_books_are_not_for_every_party(book: Book) -> None:
    own = desk(book)
    own.post([march(book)])
    lines, whole = own.exported()
    found = verify(lines)
    assert (found.breaches, found.kinds["Posted"], whole) == ((), 1, True)
    with pytest.raises(WrongDealingError, match="the ledger is for the buyer and its auditors"):
        own.posted("neo")
    seen = own.sight("neo")["own"]["posted"]
    assert [one["posted"] for one in seen] == ["neo-1/2026-03"]
    assert own.sight("audit")["own"]["posted"] == []


def test_from_a_line_to_the_demand_that_it_serves(tmp_path: Path) -> None:
    """The line, its statement, what keeps it, the agreement, the tender, the lot, the demand."""
    folder = signed_book(tmp_path)
    found = read(folder, kinds(), journals=read_journal).book
    assert found is not None
    june = Month(2026, 6)
    used = {"neo-24-2026-06": (Source("use.csv", "ab" * 32, 720),)}
    groups = [
        group_of(one)
        for one in reckon(found.whole, june, Inputs(sources=used))
        if one.agreement == "neo-24-2026-06"
    ]
    posted = [Posted(at=at(4_000 + n), group=one) for n, one in enumerate(groups)]
    again = read(signed_book(tmp_path, *SOLD, *posted), kinds(), journals=read_journal).book
    assert again is not None
    way = trace(again, "neo-24-2026-06/2026-06/1")
    order = list(dict.fromkeys(one.thing.kind for one in way))
    assert order[:7] == ["line", "statement", "event", "agreement", "tender", "lot", "purchase"]
    assert "demand" in order
    things = {one.thing.kind: one.thing for one in reversed(way)}
    assert "capacity reserved: 1,000 h100" in things["line"].sentence
    assert things["line"].place == "desk.sqlite:3"
    assert things["source"].name == f"use.csv#{'ab' * 8}"
    assert "delivery" in things
    on = trace(again, "run", effects=True)
    assert ("line", "neo-24-2026-06/2026-06/1") in [(one.thing.kind, one.thing.name) for one in on]
