"""The second model's things, mutable and plain: tenders, rounds, standings, takings, agreements."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from offtake.desk.claim import Claim
from offtake.desk.lot import Bid, Terms
from offtake.units.almanac import Almanac

ANSWERED = ("taken", "waived", "silent", "countered", "unable")
OPEN = ("idle", "noticed", "offered")
PASSED = ("default", "expired", "not begun", "counterparty", "released", "nothing left")


def before(t: int, end: int | None) -> bool:
    """Whether an end has not passed."""
    return end is None or t <= end


class No(Exception):  # noqa: N818
    """A command is refused, by this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class S:
    """A standing."""

    state: str = "idle"
    chips: int = 0
    begun: int | None = None
    deadline: int | None = None
    wanted: int = 0
    over: int = 0
    offered: int = 0
    """On how many chips its price is reckoned."""
    cleared: int | None = None
    terms: Terms | None = None
    via: tuple[str, ...] = ()


@dataclass
class X:
    """A taking."""

    holder: str
    chips: int
    turn: int
    closing: int | None
    delivery: int
    terms: Terms
    via: tuple[str, ...]
    state: str = "closing"
    agreement: str = ""


@dataclass
class A:
    """An agreement."""

    id: str
    round: int | None
    clause: str | None
    party: str
    bid: str
    chips: int
    charged: list[tuple[str, str, str]]
    own: tuple[str, str, str] | None
    """Whose own capacity it uses: of a seller that hosts itself."""
    state: str = "signed"


@dataclass
class R:
    """A round; `went` says where its remainder went, once it is done."""

    number: int
    kind: str
    noticed: int
    turns: list[list[str]]
    st: dict[str, S]
    remaining: int = 0
    bid: str = ""
    bidder: str = ""
    size: int = 0
    terms: Terms | None = None
    package: tuple[Any, ...] = ()
    worth: Any = 0
    short: set[str] = field(default_factory=set)
    signed: int = 0
    turn: int = 0
    begun: bool = False
    state: str = "asking"
    tail: int | None = None
    freed: bool = False
    stood: bool = False
    takings: dict[str, X] = field(default_factory=dict)
    went: str = ""
    over: int | None = None
    """When its notice was replaced or its remainder went elsewhere."""

    def turn_of(self, clause: str) -> int:
        return next(i for i, turn in enumerate(self.turns) if clause in turn)


@dataclass
class P:
    """A bid that is promised unseen."""

    bidder: str
    commitment: str
    at: int


@dataclass
class T:
    """A tender."""

    id: str
    at: int
    opened: Any
    chips: int
    claims: dict[str, Claim]
    dormant: dict[str, Claim]
    bars: dict[str, Any]
    lifted: dict[str, Any]
    phase: str = "asking"
    unnoticed: int = 0
    closes: int | None = None
    bids: dict[str, Bid] = field(default_factory=dict)
    pledges: dict[str, P] = field(default_factory=dict)
    reveals: int | None = None
    erased: set[str] | None = None
    ranking: list[str] = field(default_factory=list)
    prices: dict[str, Decimal] = field(default_factory=dict)
    """What each bid in the ranking costs."""
    aside: set[str] = field(default_factory=set)
    rounds: list[R] = field(default_factory=list)
    released: set[str] = field(default_factory=set)
    agreements: list[A] = field(default_factory=list)
    ended: int | None = None
    """When it was withdrawn or closed."""

    def almanac(self, clause: str) -> Almanac:
        almanac: Almanac = self.opened.almanacs[self.claims[clause].almanac]
        return almanac

    def force(self, clause: str, t: int) -> bool:
        claim = self.claims[clause]
        return claim.since <= t and (claim.expires is None or t <= claim.expires)

    def live(self, first: bool, t: int) -> list[str]:
        """Clauses of a kind in force and not released."""
        return [
            c
            for c, claim in self.claims.items()
            if claim.first == first and self.force(c, t) and c not in self.released
        ]

    def refusals_but(self, party: str, t: int) -> list[str]:
        return [c for c in self.live(False, t) if self.claims[c].holder != party]

    def left_of(self, bid: str) -> int:
        """The chips of a bid that are neither signed nor asked about."""
        sold = [a.chips for a in self.agreements if a.bid == bid and a.state != "failed"]
        asked = [r.remaining for r in self.rounds if r.bid == bid and r.state != "done"]
        return self.bids[bid].chips - sum(sold) - sum(asked)

    def goes_on(self, bid: str) -> bool:
        """Whether something is left to sign, or to be asked about."""
        if self.unnoticed and self.left_of(bid) > 0:
            return True
        last = next((r for r in reversed(self.rounds) if r.bid == bid), None)
        own, left = self.bids[bid], self.left_of(bid)
        anew = last is not None and (last.size != own.chips or last.terms != own.terms)
        return (anew and left > 0) or any(r.state == "asking" for r in self.rounds)

    def best(self) -> str | None:
        for bid in self.ranking:
            left = self.left_of(bid)
            if bid not in self.aside and left > 0 and left >= self.bids[bid].block:
                return bid
        return None

    def counts(self) -> int:
        """The chips with which it counts towards another lot's floor."""
        if self.phase != "withdrawn":
            return self.chips
        return sum(a.chips for a in self.agreements if a.state != "failed")

    def barred(self, t: int) -> list[str]:
        """Who holds exclusives in force."""
        return [b.holder for b in self.bars.values() if b.since <= t and before(t, b.expires)]

    def used(self, bid: str) -> bool:
        """Whether a bid has a round or an agreement."""
        return any(r.bid == bid for r in self.rounds) or any(a.bid == bid for a in self.agreements)

    def told_bids(self) -> dict[str, Any]:
        """Of each bid who made it, how much, at what, when."""
        return {b.id: (b.bidder, b.chips, b.terms.price, b.received) for b in self.bids.values()}

    def told_pledges(self) -> dict[str, Any]:
        return {name: (p.bidder, p.commitment, p.at) for name, p in self.pledges.items()}

    def agreement_of(self, taking: X) -> A:
        return next(a for a in self.agreements if a.id == taking.agreement)

    def back(self, r: R, went: str, t: int) -> None:
        """What remains of a round is nobody's again, and the round is done."""
        self.unnoticed += r.remaining
        r.noticed -= r.remaining
        r.remaining = 0
        r.state, r.went, r.over = "done", went, t
