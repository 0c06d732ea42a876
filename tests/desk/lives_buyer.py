"""What the buyer of a life does with bids, rounds and takings."""

from __future__ import annotations

from random import Random
from typing import Any

from offtake.desk.commands import (
    Close,
    Command,
    Decide,
    Notice,
    SetAside,
    Sign,
)
from offtake.desk.lot import Bid

from .lives_world import BUYER, World
from .second import Second
from .second_things import R, T

EVIDENCE = "5e" * 32
Move = tuple[str, Command]


class Buying:
    """Draws what a buyer asks."""

    def __init__(self, world: World, model: Second) -> None:
        self.world, self.model = world, model
        self.draw: Random = world.draw
        self.signed = 0

    def wrong(self, likely: float = 0.5) -> bool:
        return self.world.on("mistakes", likely * 0.2) or self.draw.random() < 0.01

    def party(self) -> str:
        return self.draw.choice(self.world.parties)

    def some_bid(self, tender: T) -> Bid | None:
        best = tender.best()
        if best is not None and self.draw.random() < 0.9:
            return tender.bids[best]
        standing = [bid for bid in tender.bids.values() if bid.id not in tender.aside]
        if standing and self.draw.random() < 0.9:
            return self.draw.choice(standing)
        return self.draw.choice(list(tender.bids.values())) if tender.bids else None

    def notice(self, tender: T, old: R | None = None) -> Move:
        draw, bid = self.draw, self.some_bid(tender)
        if bid is None:
            return BUYER, Notice(tender.id, "0" * 16)
        if old is not None and old.bid in tender.bids and draw.random() < 0.8:
            bid = tender.bids[old.bid]
        more = False
        chips = min(tender.unnoticed, tender.left_of(bid.id)) or 1
        if draw.random() < 0.3:
            chips = draw.choice((max(1, chips // 2), chips + 1, chips))
        if old is not None:
            chips = old.remaining + (1 if self.wrong() else 0)
        elif tender.unnoticed == 0 or self.wrong():
            more, chips = True, max(1, tender.left_of(bid.id))
            chips = draw.choice((chips, chips, chips // 2 or 1))
        lot = tender.opened.lot
        stated: dict[str, Any] = {
            "chip": lot.chip,
            "chips": chips,
            "region": lot.region,
            "terms": bid.terms,
            "counterparty": bid.bidder if draw.random() < 0.8 else None,
            "evidence": EVIDENCE,
        }
        if self.wrong():
            stated[draw.choice(list(stated))] = None
        if self.wrong():
            stated["region"] = "ohio"
        if self.wrong():
            stated["evidence"] = "5E" * 32
        again = old.number if old is not None else None
        if self.wrong():
            again = draw.randint(0, 9)
        return BUYER, Notice(tender.id, bid.id, again=again, more=more, **stated)

    def name(self) -> str:
        """A name for an agreement: a new one, one that is taken, or none."""
        if self.wrong(0.2):
            return self.draw.choice(("", "Tender/1", "a" * 65))
        if not self.wrong():
            self.signed += 1
        return f"agreement-{self.signed}"

    def sign(self, tender: T, r: R | None = None) -> Move:
        draw, bid = self.draw, self.some_bid(tender)
        if r is not None and r.bid in tender.bids and draw.random() < 0.85:
            bid = tender.bids[r.bid]
        if bid is None:
            return BUYER, Sign(tender.id, "0" * 16, 1, self.name())
        chips = min(tender.unnoticed, tender.left_of(bid.id)) or 1
        if r is not None:
            most, least = r.remaining, bid.remainder_min
            chips = draw.choice((most,) * 4 + (most // 2, bid.block, most + 1, least, least - 1))
            if self.world.on("blocks", 0.6):
                chips = max(bid.block, min(chips, most) // bid.block * bid.block)
        number = r.number if r is not None else None
        if self.wrong():
            number = draw.randint(0, 9)
        return BUYER, Sign(tender.id, bid.id, chips, self.name(), number)

    def set_aside(self, tender: T) -> Move:
        bid = self.some_bid(tender)
        return BUYER, SetAside(tender.id, bid.id if bid else "0" * 16, "no power")

    def settle_offer(self, tender: T, r: R, clause: str) -> Move:
        return BUYER, Decide(tender.id, r.number, clause, self.draw.random() < 0.4)

    def close(self, tender: T, r: R, clause: str) -> Move:
        """Either side signs what was taken; now and then somebody else would."""
        draw, x = self.draw, r.takings[clause]
        chance = draw.random()
        if chance < 0.55:
            return BUYER, Close(tender.id, r.number, clause, self.name())
        name = self.name() if draw.random() < 0.5 else ""
        actor = x.holder if chance < 0.9 else self.party()
        return actor, Close(tender.id, r.number, clause, name)
