"""What each offer has left: what the plan buys of it and what it has bid or sold is not sold twice.

The desk knows what a party has to promise in all; that an offer has a maximum of its own is known
to its seller alone.
"""

from __future__ import annotations

from offtake.book.records import Offer
from offtake.desk import Desk
from offtake.desk.lot import Lot
from offtake.desk.state import Tender
from offtake.rehearse.purchases import Purchase
from offtake.units import Month


class Stock:
    """For each offer the tenders in which it bids: those of the plan's own purchases, and more."""

    def __init__(self, purchases: tuple[Purchase, ...]) -> None:
        self.planned: dict[str, list[Purchase]] = {}
        self.beside: dict[str, list[Purchase]] = {}
        for purchase in purchases:
            self.planned.setdefault(purchase.offer.id, []).append(purchase)

    def enter(self, offer: Offer, purchase: Purchase) -> None:
        """An offer bids in the tender of a purchase of another."""
        self.beside.setdefault(offer.id, []).append(purchase)

    def left(self, desk: Desk, offer: Offer, lot: Lot, most: int, tender: str) -> int:
        """What of `most` chips an offer can still sell for all months of a lot, in a tender.

        Other tenders of the plan's for it count in full until bids are opened: that is reserved.
        The plan's own purchases are whole chips, which together may be a few more than `most`.
        """
        planned, months = self.planned.get(offer.id, []), _months(lot)
        entered = [*((own, own.lot.chips) for own in planned)]
        entered += [(own, 0) for own in self.beside.get(offer.id, ())]
        held = [
            (_months(own.lot), _held(desk, offer.seller, own.name, reserved))
            for own, reserved in entered
            if own.name != tender
        ]
        at_once = max(sum(chips for span, chips in held if month in span) for month in months)
        if any(own.name == tender for own in planned):
            spans = [(_months(own.lot), own.lot.chips) for own in planned]
            bought = max(sum(chips for span, chips in spans if m in span) for m in months)
            return max(most, bought) - at_once
        in_all = max(most, sum(own.lot.chips for own in planned))
        return min(most - at_once, in_all - sum(chips for _, chips in held))


def _held(desk: Desk, seller: str, name: str, reserved: int) -> int:
    """What an offer of a seller has bid or sold in a tender, or is to sell in it by the plan."""
    tender = desk.tenders.get(name)
    if tender is None:
        return reserved
    sold = _sold(desk, tender, seller)
    if tender.phase in ("asking", "bidding"):
        return max(reserved, sold, _bid(tender, seller))
    return max(sold, _bid(tender, seller)) if tender.phase == "opened" else sold


def _months(lot: Lot) -> range:
    first = Month.of(lot.start)
    return range(first.year * 12 + first.number, first.year * 12 + first.number + lot.months)


def _bid(tender: Tender, seller: str) -> int:
    standing = (b for b in tender.bids.values() if b.bidder == seller and b.id not in tender.aside)
    return max((bid.chips for bid in standing), default=0)


def _sold(desk: Desk, tender: Tender, seller: str) -> int:
    made = (desk.agreements[name] for name in tender.agreements)
    return sum(m.chips for m in made if m.party == seller and not m.clause and m.state != "failed")
