"""What the holder of a right sees: what it was asked, its answer, how its right stands now.

Nothing of other holders, of bids, or of what was signed with others: no such word of the state is
read here. A holder is in no tender before its clock starts, or its bar stands.
"""

from __future__ import annotations

from offtake.desk import plain
from offtake.desk.asking import ANSWERED, holder_now
from offtake.desk.claim import Claim
from offtake.desk.clocks import sign_by
from offtake.desk.lot import Instant, Lot
from offtake.desk.plain import Plain
from offtake.desk.state import Desk, Round, Standing, Taking, Tender


def notices(desk: Desk, party: str, at: Instant) -> list[Plain]:
    """Every notice that was served on a party, the earliest first."""
    found: list[tuple[tuple[Instant, str, int, str], Plain]] = []
    for tender in desk.tenders.values():
        for own in tender.rounds:
            for clause, standing in own.standings.items():
                if standing.noticed is None or not _is_for(tender, own, clause, party):
                    continue
                key = (standing.noticed, tender.id, own.number, clause)
                found.append((key, _notice(tender, own, standing, party, at)))
    return [seen for _, seen in sorted(found, key=lambda one: one[0])]


def bars(desk: Desk, party: str, at: Instant) -> list[Plain]:
    """Every exclusive right of a party on a tender, once it has begun."""
    found = []
    for tender in desk.tenders.values():
        for bar in tender.opened.bars:
            held = tender.bars.get(bar.clause)
            right = bar if held is None else held
            if holder_now(desk, right.clause, right.holder) != party or right.since > at:
                continue
            state = "lifted" if held is None else "stands"
            if tender.phase == "withdrawn":
                state = "withdrawn"
            seen = {
                "tender": tender.id,
                "clause": bar.clause,
                "lot": _lot(tender.lot) | {"chips": tender.opened.lot.chips},
                "asked": plain.instant(max(tender.at, bar.since)),
                "expires": plain.instant(bar.expires),
                "state": state,
            }
            found.append(((tender.at, tender.id, bar.clause), seen))
    return [seen for _, seen in sorted(found, key=lambda one: one[0])]


def _is_for(tender: Tender, own: Round, clause: str, party: str) -> bool:
    """Who took stays who took; all else passes on with the right."""
    taking = own.takings.get(clause)
    return party == tender.claims[clause].holder or (taking is not None and taking.holder == party)


def _notice(tender: Tender, own: Round, standing: Standing, party: str, at: Instant) -> Plain:
    claim = tender.claims[standing.clause]
    taking = own.takings.get(standing.clause)
    if taking is not None and taking.holder != party:
        taking = None
    return {
        "tender": tender.id,
        "round": own.number,
        "clause": standing.clause,
        "kind": own.kind,
        "lot": _lot(tender.lot),
        "chips": standing.chips,
        "terms": plain.terms(own.terms),
        "effective": None if own.effective is None else str(own.effective),
        "counterparty": own.counterparty if claim.discloses else None,
        "noticed": plain.instant(standing.noticed),
        "deadline": plain.instant(standing.deadline),
        "state": _state(tender, own, standing),
        "answer": _answer(standing),
        "tail": _tail(tender, claim, standing, at),
        "released": claim.clause in tender.released,
        "taking": None if taking is None else _taking(taking),
    }


def _lot(lot: Lot) -> Plain:
    """What is asked about; how much there is in all is the buyer's to know."""
    return {
        "chip": lot.chip,
        "region": lot.region,
        "start": lot.start.isoformat(),
        "months": lot.months,
        "purposes": list(lot.purposes),
    }


def _state(tender: Tender, own: Round, standing: Standing) -> str:
    """`replaced` is a notice that ended unanswered, `withdrawn` one that ended with its tender."""
    if standing.state in ("noticed", "offered"):
        if tender.phase == "withdrawn":
            return "withdrawn"
        if own.state == "done":
            return "replaced"
    return standing.state


def _answer(standing: Standing) -> Plain | None:
    if standing.state in ("noticed", "silent", "expired"):
        return None
    return {
        "chips": standing.wanted,
        "over": standing.over,
        "terms": plain.terms(standing.terms),
        "via": list(standing.via),
    }


def _tail(tender: Tender, claim: Claim, standing: Standing, at: Instant) -> Plain | None:
    """Until when its answer lets the buyer deal with others: by its own clause's clock alone.

    The round's tail may end earlier, by another holder's clause: that is not read. When it has
    ended, the right has revived.
    """
    if standing.state not in ANSWERED or standing.cleared is None:
        return None
    ends = None
    if claim.tail is not None:
        ends = sign_by(claim.tail, tender.opened.almanacs[claim.almanac], standing.cleared)
    gone = not claim.survives and claim.expires is not None and claim.expires < at
    runs = not gone and (ends is None or at <= ends)
    return {"until": plain.instant(ends), "runs": runs}


def _taking(taking: Taking) -> Plain:
    return {
        "chips": taking.chips,
        "state": taking.state,
        "closing": plain.instant(taking.closing),
        "delivery": plain.instant(taking.delivery),
        "agreement": taking.agreement or None,
    }
