"""What the parties of a life do next: mostly what makes sense, sometimes what is wrong.

The second model tells what makes sense at the moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from msgspec.structs import replace

from offtake.desk.commands import (
    Admit,
    Answer,
    Assign,
    Attest,
    Close,
    Command,
    Decide,
    Declare,
    Default,
    Deliver,
    Fail,
    Found,
    Notice,
    Reask,
    Recall,
    Revise,
    SetAside,
    Sign,
    StandBy,
    Submit,
    Withdraw,
)
from offtake.desk.lot import Bid, Flow, Terms

from .lives_world import BUYER, CHIP, DAY, REGION, World
from .second import Second
from .second_things import R, S, T

EVIDENCE = "5e" * 32
Move = tuple[str, Command]


class Moves:
    """Draws the next command of a life."""

    def __init__(self, world: World, model: Second) -> None:
        self.world, self.model = world, model
        self.draw: Random = world.draw
        self.signed = 0

    def wrong(self, likely: float = 0.5) -> bool:
        return self.world.on("mistakes", likely * 0.2) or self.draw.random() < 0.01

    def next(self, now: int) -> Move:
        """Who asks what next."""
        model, draw = self.model, self.draw
        if model.buyer is None:
            if draw.random() < 0.05:
                return self.party(), Withdraw("tender-1", "too early")
            return BUYER, Found(self.world.parties[:-1], ("auditor",))
        if len(model.parties) < len(self.world.parties):
            return BUYER, Admit(self.world.parties[-1:])
        undeclared = [p for p in self.world.parties if (p, CHIP, REGION) not in model.capacity]
        if undeclared and draw.random() < 0.8:
            return self.declare(undeclared[0])
        opened = len(model.tenders)
        busy = any(tender.ended is None for tender in model.tenders.values())
        if opened < self.world.tenders and draw.random() < (0.15 if busy else 0.8):
            return BUYER, self.world.opening(len(model.tenders), now)
        tenders = list(model.tenders.values())
        if not tenders or draw.random() < 0.04:
            return self.around(now)
        alive = [tender for tender in tenders if tender.ended is None] or tenders
        tender = draw.choice(alive if draw.random() < 0.97 else tenders)
        moves = self.moves(tender, now)
        self.world.idle = sum(weight for weight, _ in moves) < 0.6
        make = draw.choices([m for _, m in moves], [w for w, _ in moves])[0]
        actor, body = make()
        if self.wrong(0.4):
            actor = draw.choice((*self.world.parties, BUYER, "auditor", "nobody"))
        return actor, body

    def over(self) -> bool:
        """Whether nothing can happen any more."""
        tenders = self.model.tenders.values()
        return len(tenders) >= self.world.tenders and all(t.ended is not None for t in tenders)

    def party(self) -> str:
        return self.draw.choice(self.world.parties)

    def declare(self, party: str) -> Move:
        draw, upstream = self.draw, None
        if self.world.on("upstream"):
            upstream = draw.choice(self.world.providers)
        chips = draw.choice((10, 40, 120)) if "scarce" in self.world.dials else 1000
        actor = draw.choice((party, BUYER))
        return actor, Declare(party, CHIP, REGION, chips, upstream)

    def around(self, now: int) -> Move:
        """Something about the whole desk, or nonsense."""
        draw, model, on = self.draw, self.model, self.world.on
        if on("defaults", 0.7):
            cured = draw.random() < 0.5
            return BUYER, Default(self.party(), draw.choice(("a court", "a letter", "")), cured)
        if on("assign", 0.7):
            clause = draw.choice([*self.world.held, "exclusive-1"])
            holders = {c.holder for t in model.tenders.values() for c in t.claims.values()}
            actor = model.now_held(clause, self.world.held.get(clause, self.party()))
            return actor, Assign(clause, draw.choice([*holders, self.party(), "nobody"]), "deed")
        kind = draw.randrange(5)
        if kind == 0:
            return BUYER, Found(self.world.parties)
        if kind == 1:
            return self.party(), Declare(self.party(), CHIP, REGION, draw.choice((-1, 0, 2000)))
        if kind == 2 and model.tenders:
            return BUYER, self.world.opening(0, now)
        if kind == 3:
            return BUYER, Declare(draw.choice(("nobody", self.party())), CHIP, REGION, 5000)
        return self.party(), Admit((self.party(),))

    def moves(self, tender: T, now: int) -> list[tuple[float, Callable[[], Move]]]:
        """What can be done about a tender, by how likely it is."""
        found: list[tuple[float, Callable[[], Move]]] = [
            (0.02, lambda: (BUYER, Withdraw(tender.id, "not needed"))),
            (0.01, lambda: self.bid(tender)),
            (0.03, lambda: self.notice(tender)),
            (0.03, lambda: self.sign(tender)),
            (0.02, lambda: (BUYER, Reask(tender.id))),
        ]
        found += [(2, lambda c=clause: self.lift(tender, c)) for clause in tender.bars]
        if tender.phase == "bidding":
            found.append((4 if len(tender.bids) < 3 else 1, lambda: self.bid(tender)))
            found.append((0.3, lambda: self.recall(tender)))
        if tender.phase == "opened":
            found += self.opened(tender, now)
        for r in tender.rounds:
            found += self.moves_of(tender, r, now)
        for agreement in tender.agreements:
            if agreement.state == "signed" or self.wrong():
                name = agreement.id
                found.append((0.3, lambda n=name: (BUYER, Deliver(tender.id, n))))
                found.append((0.2, lambda n=name: (BUYER, Fail(tender.id, n, "power"))))
        return found

    def opened(self, tender: T, now: int) -> list[tuple[float, Callable[[], Move]]]:
        """What can be done once bids are open."""
        on = self.world.on
        found: list[tuple[float, Callable[[], Move]]] = []
        best = tender.best()
        standing = [bid for bid in tender.bids if bid not in tender.aside]
        if not standing:
            found.append((0.5, lambda: (BUYER, Withdraw(tender.id, "no bids"))))
        elif best is not None:
            asked = bool(tender.refusals_but(tender.bids[best].bidder, now))
            room = 3 if tender.unnoticed else 0.3
            found.append((room if asked else 0.1, lambda: self.notice(tender)))
            found.append((0.1 if asked else room, lambda: self.sign(tender)))
        if standing:
            found.append((1 if on("revise") else 0.1, lambda: self.revise(tender)))
            found.append((0.4 if on("aside") else 0.03, lambda: self.set_aside(tender)))
        if any(r.kind == "first offer" for r in tender.rounds) and tender.unnoticed:
            found.append((0.5, lambda: (BUYER, Reask(tender.id))))
        return found

    def moves_of(self, tender: T, r: R, now: int) -> list[tuple[float, Callable[[], Move]]]:
        found: list[tuple[float, Callable[[], Move]]] = []
        for clause, s in r.st.items():
            if s.state == "noticed":
                likely = 2.5 if r.state == "asking" else 0.05
                found.append((likely, lambda c=clause, s=s: self.answer(tender, r, c, s)))
            elif s.state == "offered":
                found.append((2, lambda c=clause: self.settle_offer(tender, r, c)))
            elif self.wrong(0.2) or s.state == "silent":
                found.append((0.1, lambda c=clause, s=s: self.answer(tender, r, c, s)))
            likely = {"noticed": 0.7, "silent": 2}.get(s.state, 0.03)
            if r.state == "done":
                likely = 0.1
            if "letters" in self.world.dials:
                found.append((likely, lambda c=clause, s=s: self.letter(tender, r, c, s, now)))
        if r.state == "tail":
            found.append((4, lambda: self.sign(tender, r)))
            found.append((0.5, lambda: self.notice(tender, r)))
        elif r.state == "asking":
            found.append((0.3, lambda: self.sign(tender, r)))
            found.append((0.3, lambda: self.notice(tender, r)))
        if r.freed or self.wrong(0.2):
            found.append((2, lambda: (r.bidder or self.party(), StandBy(tender.id, r.number))))
        for clause, x in r.takings.items():
            if x.state == "closing" or self.wrong():
                found.append((1.5, lambda c=clause: self.close(tender, r, c)))
        return found

    # Holders

    def lift(self, tender: T, clause: str) -> Move:
        draw = self.draw
        kind = draw.choice(("waive", "waive", "unable", "take"))
        answer = Answer(tender.id, clause, kind)
        if self.world.on("letters", 0.3):
            when = draw.choice((tender.at, tender.at - 1, self.model.now))
            return BUYER, Attest(tender.id, answer, when, EVIDENCE, ("clerk", "witness"))
        return tender.bars[clause].holder, answer

    def answer(self, tender: T, r: R, clause: str, s: S) -> Move:
        """A holder's answer, of any kind."""
        draw, on = self.draw, self.world.on
        holder = tender.claims[clause].holder
        first = r.kind == "first offer"
        kinds = ["waive", "counter", "unable", *(["offer"] * 3 if first else ["take"] * 3)]
        if self.wrong():
            kinds = ["take", "offer", "maybe"]
        kind = draw.choice(kinds)
        made = Answer(tender.id, clause, kind, r.number)
        if kind == "waive" or kind == "unable":
            return holder, made
        if kind == "take":
            made = self.take(tender, r, s, made)
        if kind == "offer":
            terms = None if self.wrong() else self.world.terms(tender.opened.lot)
            chips = draw.choice((None, s.chips, max(1, s.chips // 2), s.chips + 1, 0))
            made = replace(made, terms=terms, chips=chips, over=draw.choice((0, 0, 0, 1)))
        if self.wrong(0.3):
            price = draw.choice((Decimal("NaN"), Decimal("1E16"), Decimal(-1)))
            terms = replace(self.world.terms(tender.opened.lot), price=price)
            made = replace(made, terms=terms)
        if on("via", 0.3):
            hosts = (*self.world.providers, "nobody")
            made = replace(made, via=(draw.choice(hosts),))
        return holder, made

    def take(self, tender: T, r: R, s: S, made: Answer) -> Answer:
        draw, on = self.draw, self.world.on
        if on("partial", 0.6) or self.wrong():
            parts = (1, 2, s.chips // 2, s.chips // 4, s.chips - 1, s.chips + 1, 0)
            made = replace(made, chips=draw.choice(parts))
        if on("over", 0.7):
            made = replace(made, over=draw.choice((1, 2, r.noticed, -1 if self.wrong() else 3)))
        if draw.random() < 0.1:
            made = replace(made, condition="subject to financing")
        if self.wrong():
            made = replace(made, region="the north hall")
        if draw.random() < 0.25 and r.terms is not None:
            made = replace(made, terms=self.cash(tender, r))
        return made

    def cash(self, tender: T, r: R) -> Terms:
        """The noticed terms, with cash for what is not: right, nearly right, or wrong."""
        draw, terms = self.draw, r.terms
        assert terms is not None
        months = tender.opened.lot.months
        hours = Decimal(24 * 30 * months * r.size)
        fair = terms.price - terms.warrants / hours
        price = draw.choice((terms.price, fair, fair * 2, fair * Decimal("1.0000005")))
        return Terms(price, terms.start, terms.months, terms.escalator, terms.prepaid)

    def letter(self, tender: T, r: R, clause: str, s: S, now: int) -> Move:
        """What a holder wrote in time, or not, and the buyer records."""
        draw = self.draw
        _, answer = self.answer(tender, r, clause, s)
        begun, deadline = s.begun or tender.at, s.deadline or now
        when = draw.choice(
            (begun, begun, deadline, deadline, deadline + 1, begun - 1, now, now + DAY)
            if draw.random() < 0.5
            else (min(now, deadline), begun + (deadline - begun) // 2)
        )
        persons = ("clerk", draw.choice(("clerk", ""))) if self.wrong() else ("clerk", "witness")
        evidence = "scan.pdf" if self.wrong() else EVIDENCE
        assert isinstance(answer, Answer)
        return BUYER, Attest(tender.id, answer, when, evidence, persons)

    # Bidders

    def bid(self, tender: T) -> Move:
        who = self.draw.choice(self.world.providers)
        if self.world.on("holders bid", 0.4):
            who = self.party()
        bid = self.world.bid(who, tender.opened.lot)
        if self.wrong():
            late = replace(bid.terms, start=tender.opened.lot.start + dt.timedelta(days=1))
            none = replace(bid.terms, months=0)
            much = replace(bid.terms, price=Decimal("Infinity"))
            wrong = [replace(bid, terms=terms) for terms in (late, late, none, much)]
            bid = self.draw.choice((*wrong, replace(bid, chips=0), replace(bid, block=0)))
        return who, Submit(tender.id, bid)

    def some_bid(self, tender: T) -> Bid | None:
        best = tender.best()
        if best is not None and self.draw.random() < 0.9:
            return tender.bids[best]
        standing = [bid for bid in tender.bids.values() if bid.id not in tender.aside]
        if standing and self.draw.random() < 0.9:
            return self.draw.choice(standing)
        return self.draw.choice(list(tender.bids.values())) if tender.bids else None

    def recall(self, tender: T) -> Move:
        bid = self.some_bid(tender)
        if bid is None:
            return self.party(), Recall(tender.id, "0" * 16)
        return bid.bidder, Recall(tender.id, bid.id)

    def revise(self, tender: T) -> Move:
        draw, bid = self.draw, self.some_bid(tender)
        used = [b for b in tender.bids if tender.used(b)]
        if used and draw.random() < 0.7:
            bid = tender.bids[draw.choice(used)]
        if bid is None:
            return self.party(), Reask(tender.id)
        terms = bid.terms
        change = draw.randrange(8)
        if change < 3:
            rise = draw.choice(("1.1", "1.05", "1.0500001", "1.000001", "1.0000005", "0.9"))
            terms = replace(terms, price=terms.price * Decimal(rise))
        elif change == 3:
            terms = replace(terms, start=terms.start + dt.timedelta(days=draw.choice((-1, 1))))
        elif change == 4:
            terms = replace(terms, months=max(1, terms.months + draw.choice((-1, 1))))
        elif change == 5:
            options = (*terms.options, "expand")
            terms = replace(terms, options=options, support=terms.support - 1)
        elif change == 6:
            terms = replace(terms, warrants=terms.warrants - 10, rebates=(Flow(0, Decimal(90)),))
        chips = bid.chips + draw.choice((0, 0, 0, 8, 24, -1))
        return bid.bidder, Revise(tender.id, bid.id, terms, chips)

    # The buyer

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
            more, chips = True, tender.left_of(bid.id)
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
            chips = draw.choice((r.remaining,) * 4 + (r.remaining // 2, bid.block, r.remaining + 1))
        number = r.number if r is not None else None
        if self.wrong():
            number = draw.randint(0, 9)
        return BUYER, Sign(tender.id, bid.id, chips, self.name(), number)

    def set_aside(self, tender: T) -> Move:
        bid = self.some_bid(tender)
        return BUYER, SetAside(tender.id, bid.id if bid else "0" * 16, "no power")

    def settle_offer(self, tender: T, r: R, clause: str) -> Move:
        return BUYER, Decide(tender.id, r.number, clause, self.draw.random() < 0.5)

    def close(self, tender: T, r: R, clause: str) -> Move:
        return BUYER, Close(tender.id, r.number, clause, self.name())
