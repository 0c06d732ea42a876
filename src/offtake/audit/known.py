"""What the events so far have told: tenders, rights, rounds, standings, takings, agreements."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from offtake.audit.breach import Breach, Data, instant, maybe_instant
from offtake.audit.clock import Almanac, Spell, spell_of
from offtake.audit.price import Package

PROTECTING = frozenset({"taken", "waived", "silent", "countered", "unable"})
"""How a right can stand that has been asked and still protects its holder."""

TAILED = PROTECTING | {"declined", "default"}
"""How a right can stand that begins a tail."""

OPEN = frozenset({"idle", "noticed", "offered"})
"""How a right stands that is not cleared yet."""


class Claim(Struct):
    """A right as the opening states it."""

    clause: str
    holder: str
    first: bool
    place: tuple[int, int]
    """Precedence and rank: the lower is asked first."""
    window: Spell
    almanac: str
    reoffer: Spell | None
    tail: Spell | None
    closing: Spell | None
    grace: int
    since: int
    expires: int | None
    survives: bool
    partial: int | None
    parts: int
    mirror: bool
    rise: Decimal
    ceiling: Decimal
    anyone: bool
    package: str | None
    """How the lot's part of a package is priced: by what its parts are `worth`, or as `stated`."""
    rate: Decimal
    floor: int
    together: int

    @property
    def by_worth(self) -> bool:
        """Whether a package is priced by what its parts are worth."""
        return self.package == "worth"

    def in_force(self, at: int) -> bool:
        """Whether it holds at an instant, its last one included."""
        return self.since <= at and (self.expires is None or at <= self.expires)


def claim_of(data: Data) -> Claim:
    """A right from an opening's data."""
    window = spell_of(data["window"])
    if window is None:
        raise ValueError(f"the right {data['clause']} has no window")
    return Claim(
        clause=data["clause"],
        holder=data["holder"],
        first=data["first"],
        place=(int(data["precedence"]), int(data["rank"])),
        window=window,
        almanac=data["almanac"],
        reoffer=spell_of(data["reoffer"]),
        tail=spell_of(data["tail"]),
        closing=spell_of(data["closing"]),
        grace=int(data["grace"]),
        since=instant(data["since"]),
        expires=maybe_instant(data["expires"]),
        survives=data["survives"],
        partial=None if data["partial"] is None else int(data["partial"]),
        parts=int(data["parts"]),
        mirror=data["mirror"],
        rise=Decimal(data["price_rise"]),
        ceiling=Decimal(data["ceiling"]),
        anyone=data["anyone"],
        package=data["package"],
        rate=Decimal(data["rate"]),
        floor=int(data["floor"]),
        together=int(data["together"]),
    )


class Bar(Struct):
    """An exclusive right that is not lifted."""

    holder: str
    since: int
    expires: int | None

    def stands(self, at: int) -> bool:
        """Whether it is in force at an instant, its last one included."""
        return self.since <= at and (self.expires is None or at <= self.expires)


class Standing(Struct):
    """How one right stands in one round."""

    clause: str
    state: str = "idle"
    chips: int = 0
    started: int | None = None
    deadline: int | None = None
    wanted: int = 0
    over: int = 0
    cleared: int | None = None
    terms: Data | None = None


class Taking(Struct):
    """What a holder took in a round."""

    clause: str
    holder: str
    turn: int
    chips: int
    closing: int | None
    delivery: int | None
    state: str = "closing"
    agreement: str = ""


class Round(Struct):
    """One asking."""

    number: str
    kind: str
    at: int
    noticed: int
    remaining: int
    turns: list[list[str]]
    standings: dict[str, Standing]
    bid: str
    party: str
    terms: Data | None
    effective: Decimal | None
    size: int
    package: Package | None
    again: str | None
    signed: int = 0
    turn: int = 0
    state: str = "asking"
    ends: int | None = None
    returned: int = 0
    """Chips that went back unsold when it ended."""
    takings: list[Taking] = field(default_factory=list)

    @property
    def first(self) -> bool:
        """Whether it asks for first offers."""
        return self.kind == "first offer"


class Offered(Struct):
    """A bid as it stands."""

    bidder: str
    chips: int
    terms: Data
    package: Package | None
    block: int
    received: int
    cost: tuple[tuple[Data, int, Package | None], Decimal] | None = None
    """What it was found to cost last: for which terms, chips and package, and how much."""


class Tender(Struct):
    """One tender."""

    id: str
    at: int
    lot: Data
    chips: int
    rate: Decimal
    bidding: Spell | None
    bidding_almanac: str
    claims: dict[str, Claim]
    dormant: dict[str, Claim]
    bars: dict[str, Bar]
    """Exclusive rights that are not lifted, those that begin later too."""
    almanacs: dict[str, Almanac]
    unnoticed: int
    rounds: dict[str, Round] = field(default_factory=dict)
    bids: dict[str, Offered] = field(default_factory=dict)
    """Those that were neither replaced nor recalled."""
    ranking: list[tuple[Decimal, int, str]] = field(default_factory=list)
    """Effective price, instant of receipt and name of each bid, the best first."""
    aside: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)
    """Bids that events name and that only hidden entries can have brought."""
    reveal: Spell | None = None
    """How long committed bids may be revealed; None where bids are sealed by the desk alone."""
    closes: int | None = None
    revealing: bool = False
    reveals: int | None = None
    committed: dict[str, str] = field(default_factory=dict)
    """Who committed to a bid, where the commitment was neither replaced nor recalled."""
    asked_first: dict[str, Round] = field(default_factory=dict)
    """The last round in which each right of first offer was asked."""
    released: set[str] = field(default_factory=set)
    """Rights spent by their holder's own failure: rounds that begin later leave them out."""
    agreements: list[Agreement] = field(default_factory=list)
    bids_open: bool = False
    ended: str = ""
    counted: int = -1
    """How many events could not be read when its chips were last counted; -1: they have moved."""
    amiss: list[str] = field(default_factory=list)
    """What was found then."""

    def standing_bar(self, at: int, party: str) -> str | None:
        """A clause that lets nobody but its holder be dealt with, if one stands against a party."""
        for clause, bar in self.bars.items():
            if bar.stands(at) and bar.holder != party:
                return clause
        return None

    @property
    def size(self) -> int:
        """The chips that count against a floor: the lot, or what was signed before it was left."""
        if self.ended != "withdrawn":
            return self.chips
        return sum(made.chips for made in self.agreements if made.state != "failed")


class Agreement(Struct):
    """What was signed."""

    id: str
    tender: str
    round: str | None
    clause: str | None
    party: str
    bid: str
    chips: int
    charged: list[tuple[str, str, str]]
    state: str = "signed"


class Capacity(Struct):
    """What a party declared, and what was promised of it."""

    chips: int
    upstream: str | None
    promised: int = 0


class Booked(Struct):
    """The latest revision of a statement, payment or call that was posted."""

    id: str
    revision: int
    kind: str
    currency: str
    own: Counter[Any]
    """The postings that its lines and capacity come to."""


class Known(Struct):
    """All that the events so far have told, and the breaches found in them."""

    number: int = 0
    at: int = 0
    stamp: str = ""
    """The same, as the events state it."""
    buyer: str = ""
    parties: set[str] = field(default_factory=set)
    """Who was let in, the buyer included."""
    tenders: dict[str, Tender] = field(default_factory=dict)
    under: dict[str, list[Tender]] = field(default_factory=dict)
    """Those that a right or an exclusive right bites on, or may, by its clause."""
    needs: dict[str, list[Tender]] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)
    capacity: dict[tuple[str, str, str], Capacity] = field(default_factory=dict)
    defaults: set[str] = field(default_factory=set)
    assigned: dict[tuple[str, str], str] = field(default_factory=dict)
    """To whom a right passed, by clause and who held it."""
    books: dict[str, Booked] = field(default_factory=dict)
    """By what was posted, without its revision."""
    due: list[tuple[int, int, str, Callable[[], str]]] = field(default_factory=list)
    """A heap: a deadline, its number, the promise, and what says what it left undone."""
    watched: int = 0
    hidden: dict[str, int] = field(default_factory=dict)
    """How many entries of each tender are not shown."""
    unread: int = 0
    """How many events could not be read, or not to their end."""
    breaches: list[Breach] = field(default_factory=list)

    def tell(self, promise: str, sentence: str) -> None:
        """A breach at the event that is being read."""
        breach = Breach(promise, self.number, sentence)
        if breach not in self.breaches[-8:]:
            self.breaches.append(breach)

    def watch(
        self, tender: Tender, end: int | None, promise: str, undone: Callable[[], str]
    ) -> None:
        """Remember a deadline: after it, `undone` says what is missing, or nothing.

        In a tender that has ended no clock runs.
        """
        if end is not None:
            self.watched += 1
            entry = (end, self.watched, promise, lambda: "" if tender.ended else undone())
            heapq.heappush(self.due, entry)

    def names(self, tender: Tender, bid: str) -> bool:
        """Whether a bid was seen, or one of the tender's hidden entries may have brought it."""
        if bid in tender.bids or bid in tender.committed:
            return True
        tender.unseen.add(bid)
        return len(tender.unseen) <= self.hidden.get(tender.id, 0)

    def heir(self, clause: str, holder: str) -> str:
        """To whom a right has passed that a book says somebody holds."""
        for _ in range(len(self.assigned)):
            heir = self.assigned.get((clause, holder), holder)
            if heir == holder:
                break
            holder = heir
        return holder
