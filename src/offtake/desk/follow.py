"""What follows in a tender by the rules alone: whose turn it is, what is allotted, when it ends."""

from __future__ import annotations

from dataclasses import dataclass

from offtake.desk import events as ev
from offtake.desk.asking import OPEN, TAILED, barred, firsts, in_force, shares, turns
from offtake.desk.claim import Claim
from offtake.desk.clocks import answer_by, close_by, deliver_by, sign_by
from offtake.desk.evolve_rounds import FIRST
from offtake.desk.lot import Instant
from offtake.desk.state import Desk, Round, Standing, Tender


def follow(desk: Desk, tender: Tender, at: Instant) -> ev.TenderEvent | None:
    """The next event that follows at an instant; None where everybody waits for somebody."""
    if tender.phase in ("withdrawn", "closed"):
        return None
    for own in tender.rounds:
        if own.state == "asking":
            event = _asking(desk, tender, own, at)
            if event is not None:
                return event
        elif own.state == "tail" and _frees(tender, own):
            return ev.BidderFreed(
                at=at, tender=tender.id, round=own.number, bid=own.bid, left=own.remaining
            )
    if tender.phase == "asking":
        return _begin(tender, at)
    if tender.phase == "opened" and _nothing_open(desk, tender):
        return ev.TenderClosed(at=at, tender=tender.id)
    return None


# --- before bids ----------------------------------------------------------------------------------


def _begin(tender: Tender, at: Instant) -> ev.TenderEvent | None:
    """Exclusive holders first, then holders of first offers, then everybody."""
    if barred(tender, at) is not None or any(own.state == "asking" for own in tender.rounds):
        return None
    claims = [claim for claim in firsts(tender, at) if not _was_asked(tender, claim.clause)]
    if claims:
        return ask_first(tender, claims, at)
    closes = answer_by(
        tender.opened.bidding, tender.opened.almanacs[tender.opened.bidding_almanac], at
    ).at
    return ev.BiddingStarted(at=at, tender=tender.id, chips=tender.unnoticed, closes=closes)


def _was_asked(tender: Tender, clause: str) -> bool:
    """Whether a right has had its say; it may have begun to bite while others were asked."""
    standing = tender.first.get(clause)
    return standing is not None and standing.state not in OPEN


def ask_first(
    tender: Tender, claims: list[Claim], at: Instant, by: ev.By | None = None
) -> ev.NoticeServed:
    """Holders are asked for offers on what is in no round."""
    return ev.NoticeServed(
        at=at,
        by=by,
        tender=tender.id,
        round=len(tender.rounds) + 1,
        kind=FIRST,
        chips=tender.unnoticed,
        turns=turns(claims),
    )


# --- a round, turn by turn ------------------------------------------------------------------------


def _asking(desk: Desk, tender: Tender, own: Round, at: Instant) -> ev.TenderEvent | None:
    if own.turn == len(own.turns):
        return ev.TailStarted(
            at=at,
            tender=tender.id,
            round=own.number,
            left=own.remaining,
            ends=_tail(tender, own),
        )
    standings = [own.standings[clause] for clause in own.turns[own.turn]]
    idle = next((s for s in standings if s.state == "idle"), None)
    if idle is not None:
        return _Turn(desk, tender, own, at).call(idle)
    if any(s.state in OPEN for s in standings):
        return None
    return _ended(tender, own, standings, at)


@dataclass(frozen=True, slots=True)
class _Turn:
    """The holders whose turn it is: which of them are asked, and about how many chips."""

    desk: Desk
    tender: Tender
    own: Round
    at: Instant

    def call(self, standing: Standing) -> ev.TenderEvent:
        """Start one holder's clock, or pass it by."""
        claim = self.tender.claims[standing.clause]
        why = self._passes(claim)
        chips = 0 if why else self._entitled(standing.clause)
        if why or not chips:
            return ev.Passed(
                at=self.at,
                tender=self.tender.id,
                round=self.own.number,
                clause=claim.clause,
                holder=claim.holder,
                why=why or "nothing left",
            )
        short = claim.reoffer if claim.clause in self.own.short else None
        spell = short if short is not None else claim.window
        end = answer_by(spell, self.tender.opened.almanacs[claim.almanac], self.at)
        return ev.ClockStarted(
            at=self.at,
            tender=self.tender.id,
            round=self.own.number,
            clause=claim.clause,
            holder=claim.holder,
            chips=chips,
            deadline=end.at,
            offset=end.offset,
            skipped=end.skipped,
        )

    def _passes(self, claim: Claim) -> str:
        """Why a holder is not asked, if it is not."""
        if claim.clause in self.tender.released:
            return "released"
        if not in_force(claim, self.at):
            return "expired"
        if claim.holder in self.desk.defaults:
            return "default"
        bid = self.tender.bids.get(self.own.bid)
        return "counterparty" if bid is not None and bid.bidder == claim.holder else ""

    def _entitled(self, clause: str) -> int:
        """Its part of what remains, pro rata among those of its turn who are asked."""
        turn = self.own.turns[self.own.turn]
        asked = [
            name
            for name in turn
            if self.own.standings[name].state in ("noticed", "nothing left")
            or (
                self.own.standings[name].state == "idle"
                and not self._passes(self.tender.claims[name])
            )
        ]
        parts = [self.tender.claims[name].parts for name in asked]
        return shares(self.own.remaining, parts)[asked.index(clause)]


def _ended(tender: Tender, own: Round, standings: list[Standing], at: Instant) -> ev.TurnEnded:
    """All of a turn have answered: what each takes, what is left."""
    takers = [s for s in standings if s.state == "taken"]
    got = _allotted(tender, own, takers)
    start = own.terms.start if own.terms is not None else tender.lot.start
    allotted = []
    for standing, chips in zip(takers, got, strict=True):
        claim = tender.claims[standing.clause]
        almanac = tender.opened.almanacs[claim.almanac]
        begins = standing.terms.start if standing.terms is not None else start
        allotted.append(
            ev.Allotted(
                clause=claim.clause,
                holder=claim.holder,
                chips=chips,
                closing=close_by(claim, almanac, at),
                delivery=deliver_by(claim, almanac, begins),
            )
        )
    return ev.TurnEnded(
        at=at,
        tender=tender.id,
        round=own.number,
        turn=own.turn,
        allotted=tuple(allotted),
        left=own.remaining - sum(got),
    )


def _allotted(tender: Tender, own: Round, takers: list[Standing]) -> list[int]:
    """What each wanted; then what others left, to those who took their full share and ask more."""
    got = [s.wanted for s in takers]
    left = own.remaining - sum(got)
    room = [s.over if s.wanted == s.chips else 0 for s in takers]
    while left > 0 and any(room):
        hungry = [i for i, most in enumerate(room) if most > 0]
        parts = [tender.claims[takers[i].clause].parts for i in hungry]
        for i, more in zip(hungry, shares(left, parts), strict=True):
            more = min(more, room[i])
            got[i] += more
            room[i] -= more
            left -= more
    return got


def _tail(tender: Tender, own: Round) -> Instant | None:
    """When the first tail ends of those who were asked; a right that is gone by then has none."""
    ends = []
    for clause, standing in own.standings.items():
        claim = tender.claims[clause]
        if standing.state not in TAILED or claim.tail is None or standing.cleared is None:
            continue
        end = sign_by(claim.tail, tender.opened.almanacs[claim.almanac], standing.cleared)
        if claim.survives or claim.expires is None or claim.expires >= end:
            ends.append(end)
    return min(ends, default=None)


def _frees(tender: Tender, own: Round) -> bool:
    """Whether what is left is less than the bidder sells."""
    if own.freed or own.stood:
        return False
    bid = tender.bids[own.bid]
    least = bid.block if own.signed else max(bid.block, bid.remainder_min)
    return 0 < own.remaining < least


# --- the end --------------------------------------------------------------------------------------


def _nothing_open(desk: Desk, tender: Tender) -> bool:
    """Whether all is signed and delivered."""
    if tender.unnoticed or not tender.agreements:
        return False
    for own in tender.rounds:
        if own.remaining or any(t.state == "closing" for t in own.takings.values()):
            return False
    return all(desk.agreements[a].state in ("delivered", "failed") for a in tender.agreements)
