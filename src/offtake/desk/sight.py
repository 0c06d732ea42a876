"""What a party may know: the one way by which state leaves the desk.

A party may have several places. The buyer and auditors see the whole desk, sealed bids apart; the
holder of a right what it was asked (seen_holder.py); a bidder its own bids (seen_bidder.py);
everybody what it declared and signed itself, and what it owes and is owed. Each part is made from a
party's own things, sorted by them: neither its length nor its order depends on what is hidden.
"""

from __future__ import annotations

from offtake.desk import plain, posted
from offtake.desk.decide import Decided, due
from offtake.desk.evolve import evolve
from offtake.desk.lot import Instant
from offtake.desk.plain import Plain
from offtake.desk.refusals import Refusal
from offtake.desk.seen_bidder import invitations
from offtake.desk.seen_buyer import whole_desk
from offtake.desk.seen_holder import bars, notices
from offtake.desk.state import Agreement, Desk


def sight(desk: Desk, party: str, at: Instant) -> Plain:
    """What a party may know at an instant, as plain data; nobody but its parties knows anything.

    Deadlines that passed before it have had their effect, whether or not anyone looked.
    """
    if party not in desk.parties:
        return {"party": party, "at": plain.instant(at), "places": []}
    for event in due(desk, at):
        desk = evolve(desk, event)
    places = ["party"]
    if party in desk.auditors:
        places.insert(0, "auditor")
    if party == desk.buyer:
        places.insert(0, "buyer")
    seen: Plain = {"party": party, "at": plain.instant(at), "places": places}
    if len(places) > 1:
        seen |= whole_desk(desk, at)
    return seen | {
        "own": {
            "default": party in desk.defaults,
            "capacity": _declared(desk, party),
            "bars": bars(desk, party, at),
            "notices": notices(desk, party, at),
            "invitations": [] if party == desk.buyer else invitations(desk, party),
            "agreements": [_signed(made) for made in _own(desk, party)],
            "posted": posted.seen(desk, party),
        }
    }


def reply(decided: Decided) -> Plain:
    """What the one who sent a command is told of it: never what it meant for others."""
    answer = decided.answer
    if isinstance(answer, Refusal):
        return {
            "refused": answer.code,
            "sentence": answer.sentence,
            "instead": answer.instead,
        }
    return {"at": plain.instant(answer.at), "made": answer.made}


def _declared(desk: Desk, party: str) -> list[Plain]:
    """What it declared; what is promised of it through others' agreements is not its to know."""
    own = sorted((key, one) for key, one in desk.capacity.items() if key[0] == party)
    return [
        {"chip": chip, "region": region, "chips": one.chips, "upstream": one.upstream}
        for (_, chip, region), one in own
    ]


def _own(desk: Desk, party: str) -> list[Agreement]:
    made = [one for one in desk.agreements.values() if one.party == party]
    return sorted(made, key=lambda one: (one.signed, one.id))


def _signed(made: Agreement) -> Plain:
    """An agreement as its seller sees it: not whose rights were cleared for it."""
    return {
        "agreement": made.id,
        "tender": made.tender,
        "clause": made.clause,
        "bid": made.bid if made.clause is None else None,
        "chips": made.chips,
        "terms": plain.terms(made.terms),
        "via": list(made.via),
        "signed": plain.instant(made.signed),
        "state": made.state,
    }
