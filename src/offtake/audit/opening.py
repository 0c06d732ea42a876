"""Tenders, the rights that bite on them, and what must be done before others are approached."""

from __future__ import annotations

from decimal import Decimal

from offtake.audit import revealing
from offtake.audit.breach import DAY, SECOND, Data, instant, maybe_instant, shown
from offtake.audit.clock import almanac_of, deadline, spell_of
from offtake.audit.known import OPEN, Bar, Claim, Known, Tender, claim_of


def opened(known: Known, event: Data) -> None:
    """A tender begins; lots for one need count together against a right's floor."""
    lot = event["lot"]
    tender = Tender(
        id=event["tender"],
        at=known.at,
        lot=lot,
        chips=int(lot["chips"]),
        rate=Decimal(event["rate"]),
        bidding=spell_of(event["bidding"]),
        bidding_almanac=event["bidding_almanac"],
        claims={data["clause"]: claim_of(data) for data in event["claims"]},
        dormant={data["clause"]: claim_of(data) for data in event["dormant"]},
        bars={},
        almanacs={name: almanac_of(data) for name, data in event["almanacs"].items()},
        unnoticed=int(lot["chips"]),
        reveal=spell_of(event.get("reveal")),
    )
    for bar in event["bars"]:
        tender.bars[bar["clause"]] = Bar(
            known.heir(bar["clause"], bar["holder"]),
            instant(bar["since"]),
            maybe_instant(bar["expires"]),
        )
    for claim in [*tender.claims.values(), *tender.dormant.values()]:
        claim.holder = known.heir(claim.clause, claim.holder)
    known.tenders[tender.id] = tender
    for clause in {**tender.claims, **tender.dormant, **tender.bars}:
        known.under.setdefault(clause, []).append(tender)
    _weigh_floors(known, tender)
    if lot["need"]:
        known.needs.setdefault(lot["need"], []).append(tender)


def _weigh_floors(known: Known, tender: Tender) -> None:
    """No right is dormant whose floor the lots for one need reach together."""
    others = _for_one_need(known, tender)
    for claim in [*tender.claims.values(), *tender.dormant.values()]:
        near = [other for other in others if _near(claim, tender, other)]
        together = tender.chips + sum(other.size for other in near)
        if together < claim.floor:
            continue
        if claim.clause in tender.dormant:
            known.tell(
                "P1",
                f"Tender {tender.id} calls {claim.clause} dormant, though {together} chips for "
                f"the need {tender.lot['need']} reach its floor of {claim.floor}.",
            )
        for other in near:
            # The rest of one need now reaches the floor, so the right bites there as well,
            # whether or not the journal says so.
            if claim.clause in other.dormant and not other.ended:
                other.claims[claim.clause] = other.dormant.pop(claim.clause)


def enlarged(known: Known, tender: Tender, number: str) -> None:
    """A lot that grew: no right is left out whose floor it reaches now, others' lots included."""
    for claim in list(tender.dormant.values()):
        others = [o for o in _for_one_need(known, tender) if _near(claim, tender, o)]
        together = tender.chips + sum(other.size for other in others)
        if together < claim.floor:
            continue
        known.tell(
            "P1",
            f"Round {number} of tender {tender.id} is about more chips and leaves out "
            f"{claim.clause} of {claim.holder}, though {together} chips reach its floor of "
            f"{claim.floor}.",
        )
        tender.claims[claim.clause] = tender.dormant.pop(claim.clause)


def _for_one_need(known: Known, tender: Tender) -> list[Tender]:
    need = tender.lot["need"]
    return [other for other in known.needs.get(need, []) if other is not tender] if need else []


def _near(claim: Claim, tender: Tender, other: Tender) -> bool:
    return abs(tender.at - other.at) <= claim.together * DAY * SECOND


def floor_reached(known: Known, event: Data) -> None:
    """Dormant rights bite from now on."""
    tender = known.tenders[event["tender"]]
    for clause in event["clauses"]:
        if clause in tender.dormant:
            tender.claims[clause] = tender.dormant.pop(clause)
        elif clause not in tender.claims:
            known.tell("P3", f"Tender {tender.id} has no right {clause} that could bite.")


def bar_lifted(known: Known, event: Data) -> None:
    """An exclusive right is lifted by its holder's word, or by its end."""
    tender, clause = known.tenders[event["tender"]], event["clause"]
    if clause not in tender.bars:
        known.tell("P3", f"In tender {tender.id} no exclusive right {clause} stands.")
        return
    holder, expires = tender.bars[clause].holder, tender.bars[clause].expires
    letter = event["letter"]
    if event["holder"] != holder:
        known.tell(
            "P1",
            f"In tender {tender.id} {event['holder']} lifted {clause}, which {holder} holds.",
        )
    elif event["how"] == "expired" and (expires is None or known.at < expires):
        known.tell(
            "P1",
            f"In tender {tender.id} {clause} is said to have expired at {shown(known.at)}; it "
            f"holds until {shown(expires)}.",
        )
    elif letter and instant(letter["received"]) > known.at:
        known.tell(
            "P1",
            f"In tender {tender.id} {clause} was lifted at {shown(known.at)} by a letter received "
            f"only at {shown(instant(letter['received']))}.",
        )
    del tender.bars[clause]


def bidding_started(known: Known, event: Data) -> None:
    """Others are approached: no bar stands, and every right of first offer was asked before."""
    tender = known.tenders[event["tender"]]
    if tender.closes is not None or tender.bids_open:
        known.tell("P3", f"In tender {tender.id} bidding starts a second time.")
        return
    no_bar(known, tender, "bidding started")
    for claim in tender.claims.values():
        if not claim.first or not claim.in_force(known.at) or claim.clause in tender.released:
            continue
        about = tender.asked_first.get(claim.clause)
        if about is None or about.standings[claim.clause].state in OPEN:
            asked = "was not asked" if about is None else "had not answered"
            known.tell(
                "P1",
                f"In tender {tender.id} bidding started at {shown(known.at)}, though "
                f"{claim.holder} {asked} first under {claim.clause}.",
            )
    tender.closes = instant(event["closes"])
    revealing.watch_end(known, tender, tender.closes)
    if int(event["chips"]) != tender.unnoticed:
        known.tell(
            "P2",
            f"In tender {tender.id} bids are asked for {event['chips']} chips; "
            f"{tender.unnoticed} are left.",
        )
    if tender.bidding is not None and tender.bidding_almanac in tender.almanacs:
        closes = known.at
        if tender.bidding.count or tender.bidding.unit != "hours":
            closes = deadline(tender.bidding, tender.almanacs[tender.bidding_almanac], known.at)
        if instant(event["closes"]) != closes:
            known.tell(
                "P1",
                f"In tender {tender.id} bidding closes at {shown(instant(event['closes']))}; "
                f"{tender.bidding} from {shown(known.at)} end at {shown(closes)}.",
            )


def no_bar(known: Known, tender: Tender, what: str, party: str = "") -> None:
    """Tell if an exclusive right of somebody else stands while a party is dealt with."""
    clause = tender.standing_bar(known.at, party)
    if clause is not None:
        holder = tender.bars[clause].holder
        known.tell(
            "P1",
            f"In tender {tender.id} {what} at {shown(known.at)}, though the exclusive right "
            f"{clause} of {holder} was not lifted.",
        )


def default_recorded(known: Known, event: Data) -> None:
    """A holder is in default, or no longer."""
    if event["cured"]:
        known.defaults.discard(event["holder"])
    else:
        known.defaults.add(event["holder"])


def assigned(known: Known, event: Data) -> None:
    """A right passed on, running clocks and all, if who passed it on held it."""
    clause, holder, to = event["clause"], event["holder"], event["to"]
    if (clause, holder) not in known.assigned:
        if known.heir(clause, to) == holder:
            # It comes back to one who had passed it on. By anybody else's word it does not.
            known.assigned.pop((clause, to), None)
        known.assigned[clause, holder] = to
    running = [tender for tender in known.under.get(clause, ()) if not tender.ended]
    known.under[clause] = running
    for tender in running:
        for claims in (tender.claims, tender.dormant):
            if clause in claims and claims[clause].holder == holder:
                claims[clause].holder = to
        if clause in tender.bars and tender.bars[clause].holder == holder:
            tender.bars[clause].holder = to


def withdrawn(known: Known, event: Data) -> None:
    """A tender ended before everything was bought."""
    known.tenders[event["tender"]].ended = "withdrawn"


def closed(known: Known, event: Data) -> None:
    """A tender ended because nothing was left to do."""
    known.tenders[event["tender"]].ended = "closed"
