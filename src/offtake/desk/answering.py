"""A holder's answer, at the desk or by letter; and a bidder that stands by a remainder."""

from __future__ import annotations

from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.act import Act, Judged, can_promise
from offtake.desk.asking import OPEN, as_bid, holder_now, live
from offtake.desk.claim import Claim
from offtake.desk.evolve_rounds import FIRST
from offtake.desk.lot import Terms
from offtake.desk.phrases import instant
from offtake.desk.price import cash_for, effective, priceable
from offtake.desk.refusals import Refusal, refuse
from offtake.desk.state import Desk, Round, Standing, Tender

UNASKED = frozenset({"idle", "expired", "default", "counterparty", "released", "nothing left"})
"""Standings of holders that have no notice to answer."""


def answer(act: Act, tender: Tender, command: cm.Answer) -> Judged:
    """A holder answers a notice, or lifts its exclusive right."""
    if command.round is None:
        return lift(act, tender, command, act.actor)
    found = noticed(tender, command, act.actor)
    if isinstance(found, Refusal):
        return found
    own, claim, standing = found
    if own.ended == "elsewhere" and standing.state in OPEN:
        return refuse("no-notice", clause=command.clause, tender=command.tender)
    if standing.state == "silent":
        return refuse("too-late", deadline=instant(standing.deadline or 0))
    if standing.state != "noticed":
        return refuse("answered-already")
    # Last: who has answered must not learn by asking again that the tender was withdrawn.
    if tender.phase == "withdrawn":
        return refuse("withdrawn")
    told = content(act, tender, own, claim, standing, command)
    return told if isinstance(told, Refusal) else (told,)


def noticed(
    tender: Tender, command: cm.Answer, holder: str
) -> tuple[Round, Claim, Standing] | Refusal:
    """The notice that is answered; to whoever has none, every reason looks the same."""
    nothing = refuse("no-notice", clause=command.clause, tender=command.tender)
    claim = tender.claims.get(command.clause)
    own = live(tender, command.round or 0)
    if claim is None or claim.holder != holder or own is None:
        return nothing
    standing = own.standings.get(command.clause)
    if standing is None or standing.state in UNASKED:
        return nothing
    return own, claim, standing


def content(
    act: Act,
    tender: Tender,
    own: Round,
    claim: Claim,
    standing: Standing,
    command: cm.Answer,
    letter: ev.Letter | None = None,
) -> ev.Answered | Refusal:
    """What an answer says, or why it is none."""
    if command.terms is not None and not priceable(command.terms):
        return refuse("bid-empty")
    kind = _kind(tender, own, claim, command)
    if isinstance(kind, Refusal):
        return kind
    chips = standing.chips if command.chips is None else command.chips
    terms = command.terms
    if kind == "take":
        refused = _taking(act, tender, claim, standing, command, chips)
    elif kind == "offer":
        refused = _offer(standing, command, chips)
        if refused is None and not command.via:
            refused = can_promise(act, claim.holder, tender.lot, chips)
    else:
        refused, chips = None, 0
    if refused is not None:
        return refused
    price = None
    if terms is not None:
        size = chips or standing.chips
        price = effective(terms, as_bid(tender, size), claim.rate)
    return ev.Answered(
        at=act.at,
        by=act.by(),
        tender=tender.id,
        round=own.number,
        clause=claim.clause,
        holder=claim.holder,
        kind=kind,
        chips=chips,
        over=command.over if kind == "take" else 0,
        received=letter.received if letter is not None else act.at,
        terms=terms,
        effective=price,
        via=command.via,
        final=kind != "counter" or claim.mirror,
        letter=letter,
    )


def _kind(tender: Tender, own: Round, claim: Claim, command: cm.Answer) -> str | Refusal:
    """R4: a conditional or changed taking is a counter, whatever it calls itself."""
    first = own.kind == FIRST
    if command.kind not in ("offer" if first else "take", "waive", "counter", "unable"):
        return refuse("unknown-answer", kind=command.kind)
    if command.kind != "take":
        return command.kind
    if command.region:
        return refuse("part-by-place", region=command.region)
    if command.condition or not _mirrors(tender, own, claim, command.terms):
        return "counter"
    return "take"


def _mirrors(tender: Tender, own: Round, claim: Claim, terms: Terms | None) -> bool:
    """R10: the noticed terms, or cash in place of what in them is not cash."""
    if terms is None or own.terms is None or terms == own.terms:
        return True
    bid, lot = tender.bids[own.bid], as_bid(tender, own.size)
    return cash_for(own.terms, terms, lot, claim.rate, bid.package, bid.worth, claim.package)


def _taking(
    act: Act, tender: Tender, claim: Claim, standing: Standing, command: cm.Answer, chips: int
) -> Refusal | None:
    """R5, R16: how much may be taken, and who may host it."""
    full = standing.chips
    if chips <= 0:
        return refuse("chips-none", chips=chips)
    if chips > full:
        return refuse("more-than-noticed", chips=chips, left=full)
    if chips < full and claim.partial is None:
        return refuse("part-not-allowed", clause=claim.clause, chips=chips, left=full)
    if chips < full and claim.partial is not None and chips < claim.partial:
        words = {"clause": claim.clause, "chips": chips, "least": claim.partial}
        return refuse("part-too-small", **words)
    if command.over < 0 or (command.over > 0 and chips < full):
        return refuse("over-without-share", left=full)
    for host in command.via:
        if claim.hosts is None or (claim.hosts and host not in claim.hosts):
            return refuse("subcontract-forbidden", holder=claim.holder, host=host)
    if command.via:
        return None
    return can_promise(act, claim.holder, tender.lot, chips + command.over)


def _offer(standing: Standing, command: cm.Answer, chips: int) -> Refusal | None:
    if command.terms is None:
        return refuse("offer-without-terms")
    if chips <= 0:
        return refuse("chips-none", chips=chips)
    if chips > standing.chips:
        return refuse("more-than-noticed", chips=chips, left=standing.chips)
    return None


def lift(
    act: Act,
    tender: Tender,
    command: cm.Answer,
    holder: str,
    letter: ev.Letter | None = None,
) -> Judged:
    """An exclusive holder says in writing that others may be approached."""
    bar = tender.bars.get(command.clause)
    if bar is None and command.clause in lifted_of(act.desk, tender, holder):
        return refuse("answered-already")
    if bar is None or bar.holder != holder or bar.since > act.at:
        return refuse("no-notice", clause=command.clause, tender=command.tender)
    if tender.phase == "withdrawn":
        return refuse("withdrawn")
    if command.kind not in ("waive", "unable"):
        return refuse("unknown-answer", kind=command.kind)
    lifted = ev.BarLifted(
        at=act.at,
        by=act.by(),
        tender=tender.id,
        clause=bar.clause,
        holder=bar.holder,
        how="waived" if command.kind == "waive" else "unable",
        letter=letter,
    )
    return (lifted,)


def lifted_of(desk: Desk, tender: Tender, holder: str) -> list[str]:
    """The exclusive rights of one holder that no longer stand in a tender."""
    return [
        bar.clause
        for bar in tender.opened.bars
        if bar.clause not in tender.bars and holder_now(desk, bar.clause, bar.holder) == holder
    ]


def stand_by(act: Act, tender: Tender, command: cm.StandBy) -> Judged:
    """A bidder that a small remainder has freed sells it all the same."""
    own = live(tender, command.round)
    bid = tender.bids.get(own.bid) if own is not None else None
    # Rounds of others look like none: a loser must not count them.
    if own is None or bid is None or bid.bidder != act.actor:
        return refuse("unknown-round", round=command.round)
    if own.state != "tail" or not own.freed:
        return refuse("not-freed")
    return (ev.StoodBy(at=act.at, by=act.by(), tender=tender.id, round=own.number, bid=own.bid),)
