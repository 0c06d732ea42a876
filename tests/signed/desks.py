"""Small desks: the events of one tender, written as a journal without any desk that decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from offtake.book.read import Reading, read
from offtake.clauses.registry import kinds
from offtake.desk import events as ev
from offtake.desk.lot import Flow, Lot, Prepaid, Terms
from offtake.desk.wire import body_of, line_of
from offtake.journal import chain
from offtake.journal.entry import About, Batch, Entry, Form, Head
from offtake.journal.text import entry_line, first_line
from offtake.journal.tree import Tree
from offtake.signed import read_journal
from offtake.store.sqlite import SqliteStore
from offtake.units.almanac import Spell
from offtake.units.instants import NS, instant_of, instant_text

BOOK = """\
book:
  buyer: lab
  as_of: 2026-01-12
  timezone: Europe/London
  journals: [desk.sqlite]
  periods: {start: 2026-06, length: 24 months, hours: 1, steps: 6 months}
  purposes: {work: {}}
parties:
- {id: lab, name: The lab}
- {id: cloud, name: The cloud}
- {id: neo, name: Neo}
agreements:
- id: cloud-2025
  seller: cloud
  from: 2025-01-01
  until: 2027-12-31
  clauses:
  - {id: first, kind: first-refusal, window: {length: 20 days}}
offers:
- id: neo-24
  seller: neo
  chip: h100
  region: uk
  term: 24 months
  price: 2 USD per chip-hour
  max: 1000 chips
  lead: 30 days
  clauses:
  - {kind: escalator, rises: 3% per year}
  - {id: neo-next, kind: first-offer, rank: 2, window: {length: 10 days}}
  - {kind: delay-credits, grace: 15 days, rate: 1% of monthly fee per day, cap: 30%}
demand:
- {id: run, purpose: work, unit: h100, base: 1000 chips, unserved: 9 USD per chip-hour}
"""
RIGHT = "cloud-2025/first"
START = dt.date(2026, 6, 1)
PLAIN = Terms(Decimal(2), START, 24)
RISING = Terms(Decimal(2), START, 24, escalator=Decimal("0.03"))
ABOUT = About("0" * 32, bytes(32))
BEGUN = instant_of("2026-01-13T09:00:00Z")


def at(hours: int) -> int:
    """So many hours after the tender was opened."""
    return BEGUN + hours * 3600 * NS


def opened(tender: str = "t", cause: str = "p1/neo-24/2026-06", chip: str = "h100") -> ev.Event:
    """The opening of a tender for 1,000 chips from June 2026."""
    lot = Lot(chip, 1000, "uk", START, 24, ("work",), "run")
    return ev.TenderOpened(
        at=at(0),
        tender=tender,
        lot=lot,
        claims=(),
        dormant=(),
        bars=(),
        almanacs={},
        bidding=Spell(1, "days"),
        bidding_almanac="",
        invited=(),
        affiliates=(),
        rate="0",
        book="",
        cause=cause,
        joined=(),
    )


def lapsed(hours: int = 500, tender: str = "t") -> ev.Event:
    """The cloud's window passed."""
    return ev.Lapsed(at=at(hours), tender=tender, round=1, clause=RIGHT, holder="cloud")


def signed(
    name: str = "neo-24-2026-06",
    *,
    party: str = "neo",
    terms: Terms = RISING,
    offer: str = "neo-24",
    clause: str | None = None,
    bid: str = "b1",
    cleared: bool = True,
    tender: str = "t",
    via: tuple[str, ...] = (),
    chips: int = 1000,
) -> ev.Event:
    """An agreement, 600 hours after the opening: on 7 February 2026."""
    gone = ev.Cleared(clause=RIGHT, holder="cloud", how="silent", since=at(500), tail=at(2000))
    return ev.Signed(
        at=at(600),
        tender=tender,
        agreement=name,
        round=1,
        clause=clause,
        party=party,
        bid=bid,
        chips=chips,
        terms=terms,
        effective=Decimal(2),
        via=via,
        chain=(party,),
        cleared=(gone,) if cleared else (),
        offer=offer,
    )


def failed(hours: int, name: str = "neo-24-2026-06") -> ev.Event:
    """The agreement came to nothing."""
    return ev.AgreementFailed(
        at=at(hours), tender="t", round=1, agreement=name, chips=1000, why="no power"
    )


def bidding(tender: str = "u") -> ev.Event:
    """Bids are taken from then on, under seal."""
    return ev.BiddingStarted(at=at(550), tender=tender, chips=1000, closes=at(900))


def unsealed(tender: str = "u") -> ev.Event:
    """Bids are opened; none came."""
    return ev.BidsOpened(at=at(901), tender=tender, ranking=())


def withdrawn(tender: str = "u") -> ev.Event:
    """The tender ended, and whatever was bid stays sealed."""
    return ev.TenderWithdrawn(at=at(901), tender=tender, reason="x")


LUMPS = Terms(
    Decimal(2),
    START,
    24,
    prepaid=Prepaid(Decimal("0.2"), 30, 6, 12),
    rebates=(Flow(12, Decimal(1000)),),
    warrants=Decimal(5),
)


def entries(happened: Iterable[ev.Event]) -> tuple[Entry, ...]:
    """The events as open entries of a chain."""
    before, found = chain.origin(ABOUT), []
    for number, event in enumerate(happened):
        content = chain.salt(bytes(32), number) + body_of(event)
        committed = chain.commitment(content[:32], content[32:])
        before = chain.link(before, committed, "")
        found.append(Entry(number, "", committed, before, Form.OPEN, content))
    return tuple(found)


def head_of(found: tuple[Entry, ...]) -> Head:
    """A head over all of them, that nobody signed."""
    tree = Tree()
    for entry in found:
        tree.append(entry.link)
    return Head(len(found), tree.root(), at(9000), bytes(64))


def named(number: int, happened: Iterable[ev.Event], journal: str = "desk.sqlite") -> str:
    """What an entry is called: the journal, and digits of its link."""
    return f"{journal}#{entries(happened)[number].link.hex()[:16]}"


def store(path: Path, happened: Iterable[ev.Event]) -> Path:
    """A store in which these things happened."""
    found = entries(happened)
    path.unlink(missing_ok=True)
    made = SqliteStore(path)
    made.begin(ABOUT)
    made.append(made.lead(), Batch(found, head_of(found)))
    made.close()
    return path


def text(happened: Iterable[ev.Event]) -> bytes:
    """The same as an exported journal."""
    found = entries(happened)
    head = head_of(found)
    last = {
        "at": instant_text(head.at),
        "root": head.root.hex(),
        "signature": head.signature.hex(),
        "size": str(head.size),
        "type": "Head",
    }
    lines = [entry_line(entry, entry.body) for entry in found]
    return b"".join([first_line(ABOUT), *lines, line_of(last).encode() + b"\n"])


_OWN = ("ends-in-plan", "several-rights", "escalator-idle")
SOLD = (opened(), lapsed(), signed())


def book(folder: Path, *happened: ev.Event, words: str = BOOK) -> Path:
    """A folder with a book and the journal that it names."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.yaml").write_text(words)
    store(folder / "desk.sqlite", happened or SOLD)
    return folder


def reading(folder: Path) -> Reading:
    """What is read of a book with its journals."""
    return read(folder, kinds(), journals=read_journal)


def codes(found: Reading) -> list[str]:
    """Each fault as `file:line code`, but for what is odd in the book beside its journal."""
    return [f"{f.place.file}:{f.place.line} {f.code}" for f in found.faults if f.code not in _OWN]
