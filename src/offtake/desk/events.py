"""What happened at the desk. Each event is complete: who reads it needs no book and no clock.

`at` is the instant at which it took effect; `by` is the command that brought it about, and None
where time alone did. The state is what `evolve` makes of them in order.
"""

from __future__ import annotations

from decimal import Decimal

from offtake.desk.claim import Bar, Claim
from offtake.desk.lot import Bid, Instant, Lot, Terms
from offtake.desk.marks import Allotted as Allotted
from offtake.desk.marks import By as By
from offtake.desk.marks import Cleared as Cleared
from offtake.desk.marks import Event as Event
from offtake.desk.marks import Letter as Letter
from offtake.desk.marks import Place as Place
from offtake.units.almanac import Almanac, Spell
from offtake.units.postings import Group


class Refused(Event, frozen=True):
    """A command was refused; kept, so that its late duplicate is refused too."""

    code: str
    sentence: str
    instead: str


class Founded(Event, frozen=True):
    """The desk began."""

    buyer: str
    parties: tuple[str, ...]
    auditors: tuple[str, ...]


class Admitted(Event, frozen=True):
    """Parties were let in."""

    parties: tuple[str, ...]


class Declared(Event, frozen=True):
    """A party said how much it has to promise."""

    party: str
    chip: str
    region: str
    chips: int
    upstream: str | None


class DefaultRecorded(Event, frozen=True):
    """A holder is in default from now on, or no longer (`cured`)."""

    holder: str
    evidence: str
    cured: bool


class Assigned(Event, frozen=True):
    """A right passed on, with its running clocks."""

    clause: str
    holder: str
    to: str
    evidence: str


class Posted(Event, frozen=True):
    """A statement, a payment or a capital call was posted, or a correction of one."""

    group: Group


class TenderEvent(Event, frozen=True):
    """Something that happened in one tender."""

    tender: str


class TenderOpened(TenderEvent, frozen=True):
    """A tender began. `claims` bite; `dormant` would, were the lot not below their floor."""

    lot: Lot
    claims: tuple[Claim, ...]
    dormant: tuple[Claim, ...]
    bars: tuple[Bar, ...]
    almanacs: dict[str, Almanac]
    bidding: Spell
    bidding_almanac: str
    invited: tuple[str, ...]
    affiliates: tuple[str, ...]
    rate: str
    book: str
    cause: str
    joined: tuple[str, ...]
    """Earlier tenders that count as one lot with this."""
    reveal: Spell | None = None
    """Bids are pledged until the closing, and revealed within so long after it."""


class FloorReached(TenderEvent, frozen=True):
    """Another lot for the same need lifts this one over a floor: these rights bite from now on."""

    clauses: tuple[str, ...]
    joined: tuple[str, ...]


class BarLifted(TenderEvent, frozen=True):
    """An exclusive holder let others in: waived, unable, or expired."""

    clause: str
    holder: str
    how: str
    letter: Letter | None = None


class BiddingStarted(TenderEvent, frozen=True):
    """Others may be approached; bids are sealed up to and including `closes`."""

    chips: int
    closes: Instant


class BidReceived(TenderEvent, frozen=True):
    """A sealed bid arrived, or one that was pledged: it replaces an earlier one of its bidder."""

    bid: Bid
    salt: str = ""
    """Of a pledged bid: SHA-256 of these bytes and `sealed.pledge_body` is what was pledged."""


class BidCommitted(TenderEvent, frozen=True):
    """A bid was pledged, unseen; it replaces an earlier pledge of the same bidder."""

    bid: str
    bidder: str
    commitment: str


class RevealStarted(TenderEvent, frozen=True):
    """Pledges are closed; what was pledged may be revealed up to and including `ends`."""

    ends: Instant


class BidRecalled(TenderEvent, frozen=True):
    """A bid or pledge was taken back."""

    bid: str


class BidsOpened(TenderEvent, frozen=True):
    """Bids were opened and ranked, the best first."""

    ranking: tuple[Place, ...]


class BidRevised(TenderEvent, frozen=True):
    """A bidder asks other terms, or offers more, than it bid."""

    bid: str
    terms: Terms
    chips: int
    effective: Decimal


class BidSetAside(TenderEvent, frozen=True):
    """The buyer left a bid out."""

    bid: str
    reason: str


class NoticeServed(TenderEvent, frozen=True):
    """A round of asking began, about so many chips.

    `kind`: first offer, first refusal, changed terms, more chips. `counterparty`, `terms` and
    `effective` are None for a first offer. `turns` are the clauses in the order of asking, those
    of equal rank together.
    """

    round: int
    kind: str
    chips: int
    turns: tuple[tuple[str, ...], ...]
    bid: str = ""
    counterparty: str | None = None
    terms: Terms | None = None
    effective: Decimal | None = None
    again: int | None = None
    """The round whose remainder this one asks about anew."""
    short: tuple[str, ...] = ()
    """The clauses whose shorter re-offer window runs."""
    evidence: str = ""
    """SHA-256 of the bid as it was made."""
    size: int = 0
    """The chips of the bid as it stood."""


class NoticeDefective(TenderEvent, frozen=True):
    """A notice lacked what it must state: no clock started."""

    bid: str
    missing: tuple[str, ...]


class ClockStarted(TenderEvent, frozen=True):
    """A holder's window runs, on so many chips: all of them, or its part among equal ranks."""

    round: int
    clause: str
    holder: str
    chips: int
    deadline: Instant
    offset: int
    skipped: tuple[int, ...]


class Passed(TenderEvent, frozen=True):
    """A holder is not asked: in default, or its right is not in force, or the lot is its own."""

    round: int
    clause: str
    holder: str
    why: str
    """default, expired, counterparty, released or nothing left."""


class Answered(TenderEvent, frozen=True):
    """A holder answered: `kind` is take, waive, counter, unable or offer."""

    round: int
    clause: str
    holder: str
    kind: str
    chips: int
    over: int
    received: Instant
    terms: Terms | None = None
    effective: Decimal | None = None
    """Of the terms, where some are stated."""
    via: tuple[str, ...] = ()
    final: bool = True
    """A counter that is no refusal leaves the window running."""
    letter: Letter | None = None


class Lapsed(TenderEvent, frozen=True):
    """A window ended in silence, which is waiver."""

    round: int
    clause: str
    holder: str


class RightExpired(TenderEvent, frozen=True):
    """A right that does not survive its end is gone from this round."""

    round: int
    clause: str
    holder: str


class OfferDecided(TenderEvent, frozen=True):
    """The buyer accepted or declined a first offer."""

    round: int
    clause: str
    holder: str
    accepted: bool


class TurnEnded(TenderEvent, frozen=True):
    """All holders of one rank have answered; `left` goes to the next rank, then to the tail."""

    round: int
    turn: int
    allotted: tuple[Allotted, ...]
    left: int


class TailStarted(TenderEvent, frozen=True):
    """Everybody has been asked: the rest may be signed up to and including `ends`."""

    round: int
    left: int
    ends: Instant | None


class BidderFreed(TenderEvent, frozen=True):
    """The remainder is smaller than the bidder sells."""

    round: int
    bid: str
    left: int


class StoodBy(TenderEvent, frozen=True):
    """A freed bidder sells the remainder all the same."""

    round: int
    bid: str


class TailEnded(TenderEvent, frozen=True):
    """A tail passed: what is unsigned needs a fresh notice."""

    round: int
    left: int


class TurnsUndone(TenderEvent, frozen=True):
    """A timely letter came to record: what was asked after it is void and asked anew."""

    round: int
    turn: int
    clauses: tuple[str, ...]
    why: str


class Signed(TenderEvent, frozen=True):
    """An agreement: with a bidder (`clause` is None), or with a holder that took or offered."""

    agreement: str
    round: int | None
    clause: str | None
    party: str
    bid: str
    chips: int
    terms: Terms
    effective: Decimal
    via: tuple[str, ...]
    chain: tuple[str, ...]
    """The parties whose declared capacity it draws on."""
    cleared: tuple[Cleared, ...]
    offer: str = ""
    """The offer that the bid named, whose clauses go along."""


class TakingFailed(TenderEvent, frozen=True):
    """What a holder took is not to be had; the chips are the lot's again.

    `why`: closing missed, delivery missed, default, or the reason that the buyer recorded. By the
    first three its right on this lot is `spent`; by the buyer's word alone it is not.
    """

    round: int
    clause: str
    holder: str
    chips: int
    agreement: str
    why: str
    spent: bool


class Delivered(TenderEvent, frozen=True):
    """An agreement's capacity is in service."""

    agreement: str


class AgreementFailed(TenderEvent, frozen=True):
    """An agreement with a third party has failed; its chips are unasked again."""

    round: int | None
    agreement: str
    chips: int
    why: str


class Breached(TenderEvent, frozen=True):
    """An agreement was signed past an answer that had arrived in time."""

    round: int
    clause: str
    holder: str
    letter: Letter


class BidsErased(TenderEvent, frozen=True):
    """What was bid is destroyed, but for the bids that were noticed or signed."""

    kept: tuple[str, ...]


class TenderWithdrawn(TenderEvent, frozen=True):
    """The buyer ended it."""

    reason: str


class TenderClosed(TenderEvent, frozen=True):
    """Nothing is left to ask, sign or deliver."""
