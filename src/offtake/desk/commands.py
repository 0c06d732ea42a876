"""What a party may ask of the desk. Each is a wish; what became of it is an event."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from offtake.desk.claim import Bar, Claim
from offtake.desk.lot import Bid, Instant, Lot, Terms
from offtake.units.almanac import Almanac, Spell
from offtake.units.postings import Group


class Command(Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """One wish; the class is its name."""

    by: ClassVar[str] = "buyer"
    """Who may ask it: the buyer, a party, whoever holds the right, or either of the two."""


class Found(Command, frozen=True):
    """Begin a desk. The one who asks is its buyer."""

    parties: tuple[str, ...]
    auditors: tuple[str, ...] = ()


class Admit(Command, frozen=True):
    """Let more parties in."""

    parties: tuple[str, ...]


class Declare(Command, frozen=True):
    """Say how much capacity a party has to promise; what it resells comes from upstream."""

    by: ClassVar[str] = "party"
    party: str
    chip: str
    region: str
    chips: int
    upstream: str | None = None


class Default(Command, frozen=True):
    """Record that a holder is in default, or no longer is."""

    holder: str
    evidence: str
    cured: bool = False


class Assign(Command, frozen=True):
    """Pass a right on: the assignee inherits running clocks."""

    by: ClassVar[str] = "holder"
    clause: str
    to: str
    evidence: str


class Post(Command, frozen=True):
    """Keep what a statement, a payment or a capital call posts; a correction names the latest."""

    group: Group


class Open(Command, frozen=True):
    """Open a tender for a lot under the rights that the book states."""

    tender: str
    lot: Lot
    claims: tuple[Claim, ...] = ()
    bars: tuple[Bar, ...] = ()
    almanacs: dict[str, Almanac] = {}
    bidding: Spell = Spell(15, "days")
    bidding_almanac: str = ""
    invited: tuple[str, ...] = ()
    """Who may bid; every party where none is named."""
    affiliates: tuple[str, ...] = ()
    """Parties affiliated with the buyer, by the book's stakes."""
    rate: str = "0"
    """Per year: at which bids are ranked."""
    book: str = ""
    """The book's digest."""
    cause: str = ""
    """The purchase of a plan that it is for."""
    reveal: Spell | None = None
    """Bids are pledged until the closing, and revealed within so long after it."""


class AboutTender(Command, frozen=True):
    """A wish about one tender."""

    tender: str


class Submit(AboutTender, frozen=True):
    """Bid, sealed until bids open; a later one of the same bidder replaces it."""

    by: ClassVar[str] = "party"
    bid: Bid


class Pledge(AboutTender, frozen=True):
    """Promise a bid without showing it; a later pledge of the same bidder replaces it."""

    by: ClassVar[str] = "party"
    commitment: str
    """SHA-256 of 32 bytes drawn by chance and of `sealed.pledge_body`, in hexadecimal."""


class Reveal(AboutTender, frozen=True):
    """Show the bid that was pledged, after the closing."""

    by: ClassVar[str] = "party"
    bid: Bid
    salt: str
    """The 32 bytes that were drawn, in hexadecimal digits."""


class Recall(AboutTender, frozen=True):
    """Take a bid or pledge back, before the closing."""

    by: ClassVar[str] = "party"
    bid: str


class Revise(AboutTender, frozen=True):
    """After bids opened, ask other terms or offer more chips than was bid."""

    by: ClassVar[str] = "party"
    bid: str
    terms: Terms
    chips: int


class SetAside(AboutTender, frozen=True):
    """Leave a bid out after bids opened, for a stated reason."""

    bid: str
    reason: str


class Notice(AboutTender, frozen=True):
    """Serve notice of a bid on whoever must be asked.

    `bid` and the particulars are stated as the notice states them; what is not stated is None.
    `again` is the round in whose tail changed terms are noticed; `more` the chips by which a bid
    was enlarged, noticed alone.
    """

    bid: str
    chip: str | None = None
    chips: int | None = None
    region: str | None = None
    terms: Terms | None = None
    counterparty: str | None = None
    evidence: str | None = None
    """SHA-256 of the bid as it was made, in hexadecimal digits."""
    again: int | None = None
    more: bool = False


class Reask(AboutTender, frozen=True):
    """Ask the holders of first offers again, whose tails have ended."""


class Answer(AboutTender, frozen=True):
    """A holder's answer to a notice.

    `kind` is take, waive, counter or unable; to a first offer also offer. For a bar, `round` is
    None and `kind` waive or unable.
    """

    by: ClassVar[str] = "holder"
    clause: str
    kind: str
    round: int | None = None
    chips: int | None = None
    """Taken or offered; None: all that the notice names."""
    over: int = 0
    """Of equal rank: so many more, if others leave them."""
    terms: Terms | None = None
    """Of an offer or counter; of a taking those noticed, cash in place of what is not."""
    condition: str = ""
    region: str = ""
    """A part named by its place, which no clause allows."""
    via: tuple[str, ...] = ()
    """Who will host it for the holder."""


class Attest(AboutTender, frozen=True):
    """Record an answer that came by letter: the buyer's word, evidence and two persons."""

    answer: Answer
    received: Instant
    evidence: str
    persons: tuple[str, str]


class Decide(AboutTender, frozen=True):
    """Accept a holder's first offer, or decline it."""

    round: int
    clause: str
    accept: bool


class StandBy(AboutTender, frozen=True):
    """A freed bidder says that it sells the smaller remainder all the same."""

    by: ClassVar[str] = "party"
    round: int


class Sign(AboutTender, frozen=True):
    """Sign with a bidder: what a round's tail leaves, or a lot that nobody need be asked about."""

    bid: str
    chips: int
    agreement: str
    round: int | None = None


class Close(AboutTender, frozen=True):
    """Sign what a holder has taken: the buyer may, and so may the holder.

    The buyer names the agreement. A holder's is named by the desk, by chance: a name that is taken
    would tell what others have signed, and could be taken to keep it from signing.
    """

    by: ClassVar[str] = "either"
    round: int
    clause: str
    agreement: str = ""


class Deliver(AboutTender, frozen=True):
    """Record that an agreement's capacity is in service: the buyer may, and who delivers it."""

    by: ClassVar[str] = "either"
    agreement: str


class Fail(AboutTender, frozen=True):
    """Record that an agreement has failed."""

    agreement: str
    reason: str


class Withdraw(AboutTender, frozen=True):
    """End a tender without buying what is left of it."""

    reason: str


class Erase(AboutTender, frozen=True):
    """Destroy what was bid in a tender that has ended, but for the bids that were dealt with."""


class Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    """A command with who sends it, under which key, when it arrived, and chance to draw on."""

    actor: str
    key: str
    at: Instant
    entropy: bytes
    """32 bytes."""
    body: Command
