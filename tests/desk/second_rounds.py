"""The second model's asking: turns, clocks, allotments, tails, and what time alone does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from offtake.desk.lot import Bid
from offtake.units.almanac import Spell

from .second_reckoning import (
    date_of,
    day_of,
    end_of_day,
    price_of,
    shares,
    tail_of,
    window_end,
)
from .second_things import ANSWERED, A, R, S, T, X

Due = tuple[tuple[int, str, int, int, int], Callable[[int], None]]
"""When, in which tender, what kind, in which round, which clause of it; and what then happens."""


class Rounds:
    """What happens to tenders when nobody says anything."""

    def __init__(self) -> None:
        self.now = 0
        self.tenders: dict[str, T] = {}
        self.defaults: set[str] = set()
        self.capacity: dict[tuple[str, str, str], dict[str, Any]] = {}

    # Time

    def tick(self, t: int) -> None:
        """Everything whose time ran out before an instant, in the order of running out."""
        while True:
            dues = [due for tender in self.tenders.values() for due in self.dues(tender)]
            if not dues:
                return
            (when, name, *_), happen = min(dues, key=lambda due: due[0])
            if when >= t:
                return
            self.now = max(self.now, when)
            happen(self.now)
            self.settle(self.tenders[name], self.now)

    def dues(self, tender: T) -> Iterator[Due]:
        if tender.ended is not None:
            return
        for i, (clause, bar) in enumerate(tender.bars.items()):
            if bar.expires is not None:
                what = self.lift(tender, clause)
                yield (bar.expires, tender.id, 6, 0, i), what
        if tender.phase == "bidding" and tender.closes is not None:
            yield (tender.closes, tender.id, 2, 0, 0), lambda _: self.close_bids(tender)
        if tender.phase == "revealing" and tender.reveals is not None:
            yield (tender.reveals, tender.id, 2, 0, 0), lambda _: self.open_bids(tender)
        for r in tender.rounds:
            yield from self.dues_of(tender, r)

    def dues_of(self, tender: T, r: R) -> Iterator[Due]:
        if r.state == "asking":
            for i, (clause, s) in enumerate(r.st.items()):
                if s.state != "noticed" or s.deadline is None:
                    continue
                claim = tender.claims[clause]
                yield (s.deadline, tender.id, 0, r.number, i), self.becomes(s, "silent")
                if not claim.survives and claim.expires is not None and claim.expires < s.deadline:
                    yield (claim.expires, tender.id, 1, r.number, i), self.becomes(s, "expired")
        if r.state == "tail" and r.tail is not None and r.remaining > 0:
            yield (r.tail, tender.id, 3, r.number, 0), lambda t: tender.back(r, "stale", t)
        for i, clause in enumerate(r.st):
            x = r.takings.get(clause)
            if x is not None and x.state == "closing" and x.closing is not None:
                yield (x.closing, tender.id, 4, r.number, i), self.fails(tender, r, clause)
            if x is not None and x.state == "signed":
                yield (x.delivery, tender.id, 5, r.number, i), self.fails(tender, r, clause)

    def close_bids(self, tender: T) -> None:
        """No more bids: they are opened, or where they are pledged shown first."""
        opened = tender.opened
        if opened.reveal is None:
            self.open_bids(tender)
            return
        assert tender.closes is not None
        almanac = opened.almanacs[opened.bidding_almanac]
        tender.phase, tender.reveals = (
            "revealing",
            window_end(opened.reveal, almanac, tender.closes),
        )

    def becomes(self, s: S, state: str) -> Callable[[int], None]:
        def happen(t: int) -> None:
            s.state, s.cleared = state, t

        return happen

    def lift(self, tender: T, clause: str) -> Callable[[int], None]:
        def happen(_: int) -> None:
            tender.lifted[clause] = tender.bars.pop(clause)

        return happen

    def fails(self, tender: T, r: R, clause: str) -> Callable[[int], None]:
        return lambda _: self.fail_taking(tender, r, clause)

    # What follows

    def settle(self, tender: T, t: int) -> None:
        """Go on with whatever can go on, until nothing can."""
        if tender.ended is not None:
            return
        going = True
        while going:
            going = False
            for r in tender.rounds:
                going = self.move(tender, r, t) or going
                self.free(tender, r)
            going = self.phase(tender, t) or going
        if (
            tender.phase == "opened"
            and tender.unnoticed == 0
            and tender.agreements
            and all(r.state != "asking" and not r.remaining for r in tender.rounds)
            and all(x.state != "closing" for r in tender.rounds for x in r.takings.values())
            and all(a.state != "signed" for a in tender.agreements)
        ):
            tender.phase, tender.ended = "closed", t

    def phase(self, tender: T, t: int) -> bool:
        if tender.phase != "asking" or (tender.unnoticed and tender.barred(t)):
            return False
        if any(r.state != "done" for r in tender.rounds):
            return False
        never = [clause for clause in tender.live(True, t) if self.never_asked(tender, clause)]
        if tender.unnoticed and never:
            self.ask(tender, "first offer", tender.unnoticed, never)
            return True
        if tender.unnoticed:
            opened = tender.opened
            tender.phase = "bidding"
            tender.closes = window_end(opened.bidding, opened.almanacs[opened.bidding_almanac], t)
        else:
            tender.phase = "opened"
        return True

    def never_asked(self, tender: T, clause: str) -> bool:
        found = self.first_standing(tender, clause)
        return found is None or found[1].state == "idle"

    def first_tail(self, r: R, s: S) -> int | None:
        """Until when a buyer need not ask a holder for another offer; None without end."""
        return r.tail if s.begun is not None or s.state == "default" else None

    def first_standing(self, tender: T, clause: str) -> tuple[R, S] | None:
        """How a right of first offer stands by the last round that was to ask it."""
        for r in reversed(tender.rounds):
            if r.kind == "first offer" and clause in r.st:
                return r, r.st[clause]
        return None

    def ask(self, tender: T, kind: str, chips: int, clauses: list[str], **more: Any) -> R:
        """Begin a round about chips that nobody has been asked about."""

        def place(clause: str) -> tuple[int, int]:
            return tender.claims[clause].precedence, tender.claims[clause].rank

        turns: list[list[str]] = []
        for clause in sorted(clauses, key=lambda c: (place(c), c)):
            if turns and place(turns[-1][0]) == place(clause):
                turns[-1].append(clause)
            else:
                turns.append([clause])
        standings = {clause: S() for turn in turns for clause in turn}
        r = R(len(tender.rounds) + 1, kind, chips, turns, standings, remaining=chips, **more)
        tender.unnoticed -= chips
        tender.rounds.append(r)
        return r

    def move(self, tender: T, r: R, t: int) -> bool:
        """One step of a round that is asking: a turn begins, ends, or the last has ended."""
        if r.state != "asking":
            return False
        if not r.begun:
            r.begun = True
            self.begin_turn(tender, r, t)
            return True
        states = [r.st[clause].state for clause in r.turns[r.turn]]
        if any(state in ("noticed", "offered") for state in states):
            return False
        self.end_turn(tender, r, t)
        if r.remaining and r.turn + 1 < len(r.turns):
            r.turn, r.begun = r.turn + 1, False
        else:
            self.end_round(tender, r, t)
        return True

    def begin_turn(self, tender: T, r: R, t: int) -> None:
        asked = []
        for clause in r.turns[r.turn]:
            claim, s = tender.claims[clause], r.st[clause]
            if clause in tender.released:
                s.state = "released"
            elif claim.expires is not None and t > claim.expires:
                s.state = "expired"
            elif claim.holder in self.defaults:
                s.state, s.cleared = "default", t
            elif r.bidder == claim.holder:
                s.state = "counterparty"
            else:
                asked.append(clause)
        parts = shares(r.remaining, [tender.claims[c].parts for c in asked]) if asked else []
        for clause, chips in zip(asked, parts, strict=True):
            claim, s = tender.claims[clause], r.st[clause]
            if not chips:
                s.state = "nothing left"
                continue
            window = claim.reoffer if clause in r.short and claim.reoffer else claim.window
            s.state, s.chips, s.begun = "noticed", chips, t
            s.deadline = window_end(window, tender.almanac(clause), t)

    def end_turn(self, tender: T, r: R, t: int) -> None:
        takers = [c for c in r.turns[r.turn] if r.st[c].state == "taken"]
        gets = {c: r.st[c].wanted for c in takers}
        left = r.remaining - sum(gets.values())
        room = {c: r.st[c].over for c in takers if r.st[c].wanted == r.st[c].chips}
        while left and any(room.values()):
            hungry = [c for c in room if room[c]]
            for c, n in zip(
                hungry, shares(left, [tender.claims[c].parts for c in hungry]), strict=True
            ):
                more = min(n, room[c])
                gets[c] += more
                room[c] -= more
                left -= more
        for clause in takers:
            r.takings[clause] = self.taking(tender, r, clause, gets[clause], t)
        r.remaining = left

    def taking(self, tender: T, r: R, clause: str, chips: int, t: int) -> X:
        claim, s, almanac = tender.claims[clause], r.st[clause], tender.almanac(clause)
        closing = None
        if claim.closing is not None:
            closing = window_end(claim.closing, almanac, t)
            if claim.grace:
                grace = Spell(claim.grace, "days", claim.closing.closes)
                closing = tail_of(grace, almanac, closing)
        terms = s.terms if s.terms is not None else r.terms
        assert terms is not None
        delivery = end_of_day(date_of(day_of(terms.start) + claim.grace), almanac)
        return X(claim.holder, chips, r.turn, closing, delivery, terms, s.via)

    def end_round(self, tender: T, r: R, t: int) -> None:
        if not r.remaining:
            r.tail = t if r.kind == "first offer" else None
            r.state, r.went = "done", "nothing left"
            return
        ends = []
        for clause, s in r.st.items():
            claim = tender.claims[clause]
            if s.state not in (*ANSWERED, "declined", "default") or claim.tail is None:
                continue
            assert s.cleared is not None
            end = tail_of(claim.tail, tender.almanac(clause), s.cleared)
            if claim.survives or claim.expires is None or claim.expires >= end:
                ends.append(end)
        r.tail = min(ends, default=None)
        if r.kind == "first offer":
            tender.back(r, "offers over", t)
            return
        r.state = "tail"

    def free(self, tender: T, r: R) -> None:
        """A bidder need not sell less than a block, nor begin with less than its least."""
        if r.state != "tail" or not r.remaining or r.freed or r.stood:
            return
        bid = tender.bids[r.bid]
        least = 0 if r.signed else bid.remainder_min
        r.freed = r.remaining < max(bid.block, least)

    # Failing

    def fail_taking(self, tender: T, r: R, clause: str, spent: bool = True) -> None:
        x = r.takings[clause]
        if x.state == "signed":
            a = tender.agreement_of(x)
            a.state = "failed"
            self.give_back(a)
        x.state = "failed"
        r.noticed -= x.chips
        tender.unnoticed += x.chips
        if spent:
            tender.released.add(clause)

    def give_back(self, a: A) -> None:
        for key in a.charged:
            self.capacity[key]["promised"] -= a.chips
        if a.own is not None:
            self.capacity[a.own]["own"] -= a.chips

    def open_bids(self, tender: T) -> None:
        tender.phase = "opened"
        for bid in tender.bids:
            self.place(tender, bid)

    def place(self, tender: T, bid: str) -> None:
        """Where a bid stands among those that are open."""
        method = next((c.package for c in tender.claims.values() if c.package), None)
        rate, prices = Decimal(tender.opened.rate), tender.prices
        prices[bid] = self.price(tender, tender.bids[bid], rate, method)
        tender.ranking = sorted(prices, key=lambda b: (prices[b], tender.bids[b].received, b))

    def price(self, tender: T, bid: Bid, rate: Decimal, method: str | None) -> Decimal:
        """What a bid costs, by the way in which a clause prices packages."""
        throughput = tender.opened.lot.throughput
        return price_of(
            bid.terms, bid.chips, throughput, rate, bid.package, bid.worth, method or "stated"
        )

    def noticed_price(self, tender: T, r: R, clause: str) -> Decimal:
        """What a round's notice cost, as the clause reckons it."""
        claim = tender.claims[clause]
        assert r.terms is not None
        throughput = tender.opened.lot.throughput
        method = claim.package or "stated"
        return price_of(r.terms, r.size, throughput, claim.rate, r.package, r.worth, method)
