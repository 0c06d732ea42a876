"""What the desk knows: values that events make and commands are judged by."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from msgspec import Struct
from rpds import HashTrieMap, HashTrieSet

from offtake.desk.agenda import Agenda
from offtake.desk.claim import Bar, Claim
from offtake.desk.events import Cleared, Place, TenderOpened
from offtake.desk.lot import Bid, Instant, Lot, Terms


class Standing(Struct, frozen=True):
    """How one right stands in one round.

    `state`: idle, noticed, offered (a first offer not yet decided), and where it is cleared:
    taken, waived, silent, countered, unable, declined, default, expired, nothing left,
    counterparty, released.
    """

    clause: str
    state: str = "idle"
    chips: int = 0
    """What its notice names: all, or its part among equal ranks."""
    deadline: Instant | None = None
    noticed: Instant | None = None
    wanted: int = 0
    over: int = 0
    cleared: Instant | None = None
    tail: Instant | None = None
    terms: Terms | None = None
    effective: Decimal | None = None
    via: tuple[str, ...] = ()


class Taking(Struct, frozen=True):
    """What a holder took: closing, signed, delivered or failed."""

    clause: str
    holder: str
    chips: int
    state: str = "closing"
    closing: Instant | None = None
    delivery: Instant | None = None
    agreement: str = ""
    terms: Terms | None = None
    via: tuple[str, ...] = ()


class Round(Struct, frozen=True):
    """One asking: noticed = taken + signed + remaining.

    `state`: asking, tail, or done (nothing is left in it, or it went elsewhere).
    """

    number: int
    kind: str
    noticed: int
    remaining: int
    turns: tuple[tuple[str, ...], ...]
    standings: dict[str, Standing]
    bid: str = ""
    counterparty: str | None = None
    terms: Terms | None = None
    effective: Decimal | None = None
    short: tuple[str, ...] = ()
    size: int = 0
    """The chips of the bid when it was noticed."""
    signed: int = 0
    turn: int = 0
    state: str = "asking"
    tail: Instant | None = None
    freed: bool = False
    """The remainder is smaller than the bidder sells."""
    stood: bool = False
    """It sells it all the same."""
    takings: dict[str, Taking] = {}
    ended: str = ""
    """Why a round is done: nothing left, tail, elsewhere (noticed anew, bid set aside)."""
    over: Instant | None = None
    """Since when it is done, where its remainder went elsewhere or its tail has passed."""


class Agreement(Struct, frozen=True):
    """What was signed at the desk."""

    id: str
    tender: str
    round: int | None
    clause: str | None
    party: str
    bid: str
    chips: int
    terms: Terms
    via: tuple[str, ...]
    chain: tuple[str, ...]
    signed: Instant
    cleared: tuple[Cleared, ...]
    state: str = "signed"


class Pledged(Struct, frozen=True):
    """A bid that was promised unseen. Its bid has the same name once it is revealed."""

    bid: str
    bidder: str
    commitment: str
    received: Instant


class Tender(Struct, frozen=True):
    """One tender.

    `phase`: asking (bars and first offers), bidding, revealing (where bids are pledged), opened,
    withdrawn, closed. `unnoticed` are the chips that are in no round and in no agreement.
    """

    id: str
    at: Instant
    opened: TenderOpened
    lot: Lot
    claims: dict[str, Claim]
    dormant: dict[str, Claim]
    bars: dict[str, Bar]
    phase: str
    unnoticed: int
    closes: Instant | None = None
    offered: int = 0
    """The chips that were put out to bids, after what holders of first offers sold."""
    bids: dict[str, Bid] = {}
    pledges: dict[str, Pledged] = {}
    """Where bids are pledged: by the name of the bid, revealed or not."""
    reveals: Instant | None = None
    """Until when pledged bids may be revealed, once the time for it has begun."""
    kept: tuple[str, ...] | None = None
    """The bids that were not erased, once the others were."""
    unsealed: bool = False
    """Its bids were opened."""
    ranking: tuple[Place, ...] = ()
    aside: frozenset[str] = frozenset()
    rounds: tuple[Round, ...] = ()
    first: dict[str, Standing] = {}
    """How rights of first offer stand, by the last round in which they were asked."""
    released: frozenset[str] = frozenset()
    """Rights spent by a failed taking."""
    agreements: tuple[str, ...] = ()
    due: Instant | None = None
    ended: Instant | None = None
    """When it was withdrawn or closed."""


class Outcome(Struct, frozen=True, gc=False):
    """What a command came to: what it made, or why it was refused. Kept for ever."""

    digest: str
    salt: str
    at: Instant
    made: str = ""
    code: str = ""
    sentence: str = ""
    instead: str = ""


class Capacity(Struct, frozen=True):
    """What a party declared of one chip in one region, and what it has promised of it."""

    chips: int
    upstream: str | None = None
    promised: int = 0
    """By its own agreements and those of whoever resells it."""
    own: int = 0
    """By its own agreements alone, which is all that it may be told."""


class Latest(Struct, frozen=True, gc=False):
    """The latest revision of something that was posted. All of it stands in its event."""

    id: str
    revision: int
    kind: str
    subject: str
    date: dt.date
    currency: str
    at: Instant
    between: tuple[tuple[str, str, int], ...]
    """What each two parties owe each other by it: payer, payee and the smallest units."""
    own: str
    """SHA-256 of its postings without what they reverse: a correction reverses just these."""


class Desk(Struct, frozen=True):
    """All that the desk knows."""

    buyer: str = ""
    parties: HashTrieSet[str] = HashTrieSet()
    auditors: frozenset[str] = frozenset()
    now: Instant = 0
    tenders: HashTrieMap[str, Tender] = HashTrieMap()
    agenda: Agenda = Agenda()
    """The next deadline of each tender that has one."""
    standing: HashTrieMap[str, HashTrieSet[str]] = HashTrieMap()
    """By clause: the tenders that have not ended in which it stands."""
    outcomes: HashTrieMap[tuple[str, str], Outcome] = HashTrieMap()
    capacity: HashTrieMap[tuple[str, str, str], Capacity] = HashTrieMap()
    """By party, chip and region."""
    pledged: HashTrieMap[tuple[str, str, str], int] = HashTrieMap()
    """By party, chip and region: what holders have taken and not signed yet."""
    defaults: frozenset[str] = frozenset()
    assigned: HashTrieMap[tuple[str, str], str] = HashTrieMap()
    """To whom a clause has passed, by clause and former holder."""
    agreements: HashTrieMap[str, Agreement] = HashTrieMap()
    needs: HashTrieMap[str, tuple[str, ...]] = HashTrieMap()
    """Tenders by the need that they are for."""
    posted: HashTrieMap[str, Latest] = HashTrieMap()
    """The latest of each statement, payment and call, by its id without the revision."""
