"""Which bid is the best: all that stand are ranked, by what they cost, and the best comes first."""

from __future__ import annotations

from decimal import Decimal

from offtake.audit import price
from offtake.audit.breach import Data, shown
from offtake.audit.known import Known, Offered, Tender

NEAR = Decimal("1E-12")
"""How far apart prices may be that were rounded to 12 decimals."""


def opened(known: Known, event: Data) -> None:
    """Bids are opened once, when their time has come, and each that stands is ranked."""
    tender = known.tenders[event["tender"]]
    due = tender.closes if tender.reveal is None else tender.reveals
    if tender.bids_open:
        known.tell("P3", f"In tender {tender.id} bids are opened a second time.")
        return
    if due is None or known.at != due:
        when = "they may not be opened yet" if due is None else f"that is due at {shown(due)}"
        known.tell("P3", f"In tender {tender.id} bids are opened at {shown(known.at)}; {when}.")
    tender.bids_open = True
    places = event["ranking"]
    _all_of_them(known, tender, places)
    tender.ranking = []
    for place in places:
        bid, effective = tender.bids.get(place["bid"]), Decimal(place["effective"])
        if bid is not None:
            if bid.bidder != place["bidder"]:
                _tell(known, tender, f"the bid {place['bid']} is {bid.bidder}'s")
            stated(known, tender, bid.terms, bid, effective, f"the bid {place['bid']}")
        tender.ranking.append((effective, bid.received if bid else 0, place["bid"]))
    seen = all(name in tender.bids for _, _, name in tender.ranking)
    # Of an erased bid nobody can see when it came.
    order = tender.ranking if seen else [place[:1] for place in tender.ranking]
    if order != sorted(order):
        _tell(known, tender, "bids are not ranked by price, equal ones by when they came")


def _all_of_them(known: Known, tender: Tender, places: list[Data]) -> None:
    names = [place["bid"] for place in places]
    if len(set(names)) < len(names):
        _tell(known, tender, "a bid is ranked twice")
    for name in tender.bids.keys() - names:
        _tell(known, tender, f"the bid {name} of {tender.bids[name].bidder} is not ranked")
    # A bid that was pledged is two entries.
    hidden = known.hidden.get(tender.id, 0) // (1 if tender.reveal is None else 2)
    unseen = [name for name in names if name not in tender.bids]
    if len(unseen) > hidden:
        _tell(
            known, tender,
            f"the bid {unseen[0]} is ranked, which was not received, was replaced or recalled",
        )  # fmt: skip


def revised(known: Known, event: Data) -> None:
    """A bid on other terms may lose its place to another."""
    tender, name = known.tenders[event["tender"]], event["bid"]
    bid, effective = tender.bids.get(name), Decimal(event["effective"])
    places = {place[2]: place for place in tender.ranking}
    if name not in places or name in tender.aside:
        _tell(known, tender, f"the bid {name} is revised, which is not ranked or was set aside")
        return
    if bid is not None:
        bid.chips, bid.terms = int(event["chips"]), event["terms"]
        stated(known, tender, bid.terms, bid, effective, f"the bid {name} as it was revised")
    places[name] = (effective, *places[name][1:])
    tender.ranking = sorted(places.values())


def dealt_with(known: Known, tender: Tender, event: Data) -> None:
    """Notice is served of the best bid that stands, or it is signed; as it was bid, as it costs."""
    name = event["bid"]
    bid = tender.bids.get(name)
    deal = event["type"] == "Signed"
    what = f"the agreement {event['agreement']}" if deal else f"round {event['round']}"
    if name in tender.aside or name not in [place[2] for place in tender.ranking]:
        _tell(known, tender, f"{what} is about the bid {name}, which is not ranked or set aside")
    if bid is not None:
        if event["terms"] != bid.terms:
            _tell(known, tender, f"{what} states other terms than the bid {name}")
        stated(known, tender, event["terms"], bid, Decimal(event["effective"]), what)
    if deal:
        free = event["round"] is None
    elif event["kind"] == "more chips":
        free = False
        known_bid = any(about.bid == name for about in tender.rounds.values())
        known_bid = known_bid or any(made.bid == name for made in tender.agreements)
        if event["again"] is not None or tender.unnoticed or not known_bid:
            _tell(known, tender, f"{what} is not about more of what was noticed or signed")
    else:
        free = event["again"] is None
    first = best(tender) if free else None
    if free and first != name:
        _tell(known, tender, f"{what} is about the bid {name}; the best that stands is {first}")


def best(tender: Tender) -> str | None:
    """The first bid in the ranking with a block left that is neither noticed nor signed.

    What an erased bid had, nobody can see: it is left out.
    """
    for _, _, name in tender.ranking:
        bid = tender.bids.get(name)
        if bid is not None and name not in tender.aside and _left(tender, name, bid) >= bid.block:
            return name
    return None


def _left(tender: Tender, name: str, bid: Offered) -> int:
    left = bid.chips
    for about in tender.rounds.values():
        if about.bid == name and about.state != "done":
            left -= about.remaining
    for made in tender.agreements:
        if made.bid == name and made.clause is None and made.state != "failed":
            left -= made.chips
    return left


def stated(
    known: Known, tender: Tender, terms: Data, bid: Offered, effective: Decimal, what: str
) -> None:
    """Tell if a price is not what terms come to, at the rate by which bids are ranked."""
    found = _cost(tender, terms, bid)
    if abs(found - effective) > NEAR + abs(found) * NEAR * NEAR:
        _tell(known, tender, f"{what} is said to cost {effective}; it comes to {found}")


def _cost(tender: Tender, terms: Data, bid: Offered) -> Decimal:
    """What terms come to; those of a bid are asked for again at each step that it takes."""
    method = next((c.package for c in tender.claims.values() if c.package is not None), None)
    asked = terms, bid.chips, bid.package if method == "worth" else None
    if bid.cost is None or bid.cost[0] != asked:
        found = price.effective(terms, tender.lot, bid.chips, tender.rate, asked[2])
        bid.cost = asked, price.rounded(found)
    return bid.cost[1]


def _tell(known: Known, tender: Tender, sentence: str) -> None:
    known.tell("P1", f"In tender {tender.id} {sentence}.")
