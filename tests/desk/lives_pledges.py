"""What the parties of a life do where bids are pledged: promise, show, and show something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from msgspec.structs import replace

from offtake.desk.commands import Erase, Pledge, Reveal, Submit
from offtake.desk.lot import Bid

from .lives_buyer import Buying, Move
from .lives_world import BUYER, World
from .second import Second
from .second_pledges import promise
from .second_things import P, T

Found = tuple[float, Callable[[], Move]]


class Pledging(Buying):
    """Draws what bidders promise and show; it remembers what each of them wrote down."""

    def __init__(self, world: World, model: Second) -> None:
        super().__init__(world, model)
        self.notes: dict[str, tuple[Bid, str]] = {}
        """The bid and the salt of each pledge, by its hash."""

    def moves_pledged(self, tender: T, drawn: Callable[[T], Move]) -> Iterator[Found]:
        """What can be done about bids that are pledged, and about erasing any."""
        if tender.ended is not None:
            yield 2 if tender.erased is None else 0.2, lambda: (BUYER, Erase(tender.id))
            return
        yield 0.02, lambda: (BUYER, Erase(tender.id))
        pledging = tender.opened.reveal is not None
        usual = 4 if len(tender.pledges) < 3 else 1
        bidding = pledging and tender.phase == "bidding"
        yield usual if bidding else 0.1 if pledging else 0.01, lambda: self.pledge(tender, drawn)
        for name, one in tender.pledges.items():
            likely = 3 if tender.phase == "revealing" and name not in tender.bids else 0.1
            yield likely, lambda p=one: self.reveal(p, tender)
        if not tender.pledges:
            yield 0.02, lambda: self.reveal(P(self.party(), "", 0), tender)

    def pledge(self, tender: T, drawn: Callable[[T], Move]) -> Move:
        """A bid as others are drawn, written down with chance, its hash sent."""
        who, command = drawn(tender)
        assert isinstance(command, Submit)
        salt = self.draw.randbytes(32).hex()
        commitment = promise(command.bid, salt, BUYER, tender.id) or salt
        self.notes[commitment] = command.bid, salt
        if self.wrong():
            commitment = self.draw.choice((commitment.upper(), commitment[:-1], "é" * 64))
        return who, Pledge(tender.id, commitment)

    def reveal(self, pledge: P, tender: T) -> Move:
        """What was written down; now and then something else."""
        draw = self.draw
        noted = self.notes.get(pledge.commitment)
        bid, salt = noted or (self.world.bid(pledge.bidder, tender.opened.lot), "5a" * 32)
        if self.wrong():
            dearer = replace(bid, terms=replace(bid.terms, price=bid.terms.price + 1))
            odd = replace(bid, terms=replace(bid.terms, price=Decimal("NaN")))
            bid = draw.choice((dearer, odd, replace(bid, chips=bid.chips + 1)))
        if self.wrong():
            salt = draw.choice((salt[2:] + "00", salt.upper(), salt[2:], ""))
        if draw.random() < 0.2:
            bid = replace(bid, id="0" * 16, received=7)
        who = self.party() if self.wrong() else pledge.bidder
        return who, Reveal(tender.id, bid, salt)
