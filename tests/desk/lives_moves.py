"""What the parties of a life do next: mostly what makes sense, sometimes what is wrong.

The second model tells what makes sense at the moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from msgspec.structs import replace

from offtake.desk.commands import (
    Admit,
    Answer,
    Assign,
    Attest,
    Close,
    Declare,
    Default,
    Deliver,
    Fail,
    Found,
    Reask,
    Recall,
    Revise,
    StandBy,
    Submit,
    Withdraw,
)
from offtake.desk.lot import Bid, Flow, Terms

from .lives_buyer import EVIDENCE, Move
from .lives_pledges import Pledging
from .lives_world import BUYER, CHIP, DAY, REGION
from .second_things import A, R, S, T


class Moves(Pledging):
    """Draws the next command of a life."""

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

    def declare(self, party: str) -> Move:
        draw, upstream = self.draw, None
        if self.world.on("upstream"):
            upstream = draw.choice(self.world.providers)
        chips = draw.choice((10, 16, 24, 40, 120)) if "scarce" in self.world.dials else 1000
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
            return actor, Assign(
                clause, draw.choice([*holders, self.party(), "nobody", BUYER]), "deed"
            )
        kind = draw.randrange(8)
        if kind == 6:
            name = draw.choice(("nobody", None, *self.world.providers))
            return BUYER, Declare(draw.choice(self.world.parties), CHIP, REGION, 5000, name)
        if kind == 7:
            return self.pass_on(draw.choice([*self.world.held]), self.party())
        if kind == 5:
            return self.party(), Close("tender-9", 1, draw.choice([*self.world.held, "no-right"]))
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
        for bar in tender.bars.values():
            likely = 2 if tender.phase == "asking" and bar.since <= now else 0.1
            found.append((likely, lambda c=bar.clause: self.lift(tender, c)))
        for claim in tender.claims.values():
            if "defaults" in self.world.dials:
                found.append((0.08, lambda h=claim.holder: self.default(h)))
            secret = [b for b in tender.bids.values() if b.confidential]
            if any(claim.holder == b.bidder for b in secret):
                found.append((2, lambda c=claim: self.pass_on(c.clause, c.holder)))
        if "assign" in self.world.dials and self.world.tenders == 3:
            clause = self.draw.choice([*self.world.held])
            holder = self.draw.choice((self.world.held[clause], self.party()))
            found.append((0.5, lambda: self.pass_on(clause, holder)))
        found += self.moves_pledged(tender, self.bid)
        if tender.phase == "bidding":
            likely = 4 if len(tender.bids) < 3 else 1
            found.append((0.1 if tender.opened.reveal else likely, lambda: self.bid(tender)))
            found.append((0.3, lambda: self.recall(tender)))
        if tender.phase == "opened":
            found += self.opened(tender, now)
        for r in tender.rounds:
            found += self.moves_of(tender, r, now)
        for agreement in tender.agreements:
            if agreement.state == "signed" or self.wrong():
                found.append((0.3, lambda a=agreement: self.deliver(tender, a)))
                found.append((0.2, lambda a=agreement: self.fail(tender, a)))
                if self.world.tenders > 1 and tender.opened.lot.need:
                    found.append((0.7, lambda: (BUYER, Withdraw(tender.id, "enough"))))
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
            room = 3 if tender.unnoticed else 1 if tender.dormant else 0.3
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
                likely = 0.7 if s.state in ("noticed", "silent") else 0.1
            if "letters" in self.world.dials:
                found.append((likely, lambda c=clause, s=s: self.letter(tender, r, c, s, now)))
        if r.state == "tail":
            found.append((4, lambda: self.sign(tender, r)))
            found.append((0.5, lambda: self.notice(tender, r)))
            likely = 2 if {"revise", "rise"} & self.world.dials else 0.1
            found.append((likely, lambda: self.revise(tender, tender.bids.get(r.bid))))
        elif r.state == "asking":
            found.append((0.3, lambda: self.sign(tender, r)))
            found.append((0.3, lambda: self.notice(tender, r)))
        if r.freed or self.wrong(0.2):
            found.append((2, lambda: (r.bidder or self.party(), StandBy(tender.id, r.number))))
        for clause, x in r.takings.items():
            if x.state == "closing" or self.wrong():
                likely = 0.4 if "scarce" in self.world.dials else 1.5
                found.append((likely, lambda c=clause: self.close(tender, r, c)))
        return found

    def deliver(self, tender: T, agreement: A) -> Move:
        """The buyer or the seller says so; now and then somebody else."""
        chance = self.draw.random()
        who = BUYER if chance < 0.45 else agreement.party if chance < 0.9 else self.party()
        return who, Deliver(tender.id, agreement.id)

    def fail(self, tender: T, agreement: A) -> Move:
        return BUYER, Fail(tender.id, agreement.id, "" if self.wrong() else "power")

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

    def default(self, holder: str) -> Move:
        return BUYER, Default(holder, "an unpaid invoice", cured=holder in self.model.defaults)

    def pass_on(self, clause: str, holder: str) -> Move:
        to = self.draw.choice((self.party(), BUYER, "auditor")) if self.wrong() else self.party()
        return holder, Assign(clause, to, "deed")

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
        if r.over is not None and draw.random() < 0.5:
            when = r.over + draw.choice((-1, 0, 0, 1))
        one = draw.choice(("clerk", "", " clerk", " ")) if self.wrong() else "witness"
        evidence = "scan.pdf" if self.wrong() else EVIDENCE
        assert isinstance(answer, Answer)
        about = draw.choice(list(self.model.tenders)) if self.wrong() else tender.id
        return BUYER, Attest(about, answer, when, evidence, ("clerk", one))

    # Bidders

    def bid(self, tender: T) -> Move:
        who = self.draw.choice(self.world.providers)
        if self.world.on("holders bid", 0.4):
            who = self.party() if self.draw.random() < 0.95 else "auditor"
        bid = self.world.bid(who, tender.opened.lot)
        if self.wrong():
            late = replace(bid.terms, start=tender.opened.lot.start + dt.timedelta(days=1))
            none = replace(bid.terms, months=0)
            much = replace(bid.terms, price=Decimal("Infinity"))
            long = replace(bid.terms, months=bid.terms.months + 1)
            wrong = [replace(bid, terms=terms) for terms in (late, long, none, much)]
            bid = self.draw.choice((*wrong, replace(bid, chips=0), replace(bid, block=0)))
        return who, Submit(tender.id, bid)

    def recall(self, tender: T) -> Move:
        bid = self.some_bid(tender)
        if tender.pledges and (bid is None or self.draw.random() < 0.5):
            name = self.draw.choice(list(tender.pledges))
            return tender.pledges[name].bidder, Recall(tender.id, name)
        if bid is None:
            return self.party(), Recall(tender.id, "0" * 16)
        return bid.bidder, Recall(tender.id, bid.id)

    def revise(self, tender: T, bid: Bid | None = None) -> Move:
        draw, own = self.draw, bid
        bid = bid or self.some_bid(tender)
        used = [b for b in tender.bids if tender.used(b)]
        if own is None and used and draw.random() < 0.7:
            bid = tender.bids[draw.choice(used)]
        if bid is None:
            return self.party(), Reask(tender.id)
        terms = bid.terms
        change = draw.randrange(5 if own else 8)
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
