"""A second model of the desk, written from its rules alone: mutable, slow and obvious.

It shares no code with `decide` and `evolve`. `send` says what a command comes to, `summary` how
everything then stands.

second_reckoning.py: days, prices and shares
second_things.py: tenders, rounds, standings, takings, agreements
second_rounds.py: turns, clocks, tails, and what time alone does
second_answers.py: what holders say, by themselves and by letter
second_bids.py: tenders from opening to notice
second_pledges.py: bids that are pledged, and bids that are erased
second_books.py: what is posted
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from offtake.desk.commands import (
    Admit,
    Close,
    Command,
    Declare,
    Default,
    Deliver,
    Envelope,
    Fail,
    Found,
    Sign,
    StandBy,
    Withdraw,
)
from offtake.desk.lot import Bid

from .second_books import Books
from .second_reckoning import above, better_for_the_seller
from .second_things import ANSWERED, A, No, R, T, X

WANTED = ("taken", "offered", "declined")
ASKED = ("noticed", *WANTED)
Key = tuple[str, str, str]
Came = tuple[str, str]
"""ok, or the code of the refusal; and what was made."""


class Second(Books):
    """The whole second model."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[tuple[str, str], tuple[Command, Came]] = {}

    def send(self, e: Envelope) -> Came:
        """What a command comes to."""
        if self.buyer is None and not isinstance(e.body, Found):
            return "not-founded", ""
        if self.buyer is not None and e.actor not in {self.buyer, *self.parties, *self.auditors}:
            return "unknown-party", ""
        if (e.actor, e.key) in self.said:
            body, came = self.said[e.actor, e.key]
            return came if body == e.body else ("key-reused", "")
        t = max(e.at, self.now)
        self.tick(t)
        self.now = t
        try:
            do = getattr(self, type(e.body).__name__.lower())
            made = sha256(e.entropy + f"{e.actor}/{e.key}".encode()).hexdigest()[:16]
            came = "ok", do(t, e.actor, e.body, made)
        except No as no:
            came = no.code, ""
        self.said[e.actor, e.key] = e.body, came
        for tender in self.tenders.values():
            self.settle(tender, t)
        return came

    # The desk

    def found(self, _t: int, actor: str, c: Found, _: str) -> str:
        if self.buyer is not None:
            raise No("founded-already" if actor == self.buyer else "not-yours")
        self.buyer = actor
        self.parties, self.auditors = set(c.parties), set(c.auditors)
        return ""

    def admit(self, _t: int, actor: str, c: Admit, _: str) -> str:
        if actor != self.buyer:
            raise No("not-yours")
        self.parties |= set(c.parties)
        return ""

    def declare(self, _t: int, actor: str, c: Declare, _: str) -> str:
        if actor not in (c.party, self.buyer):
            raise No("not-yours")
        if not {c.party, c.upstream} <= {None, *self.parties}:
            raise No("unknown-party")
        if c.chips < 0:
            raise No("chips-none")
        key = c.party, c.chip, c.region
        said = self.capacity.setdefault(key, {"chips": 0, "promised": 0, "own": 0})
        if c.chips < said["chips"]:
            raise No("declaration-lowered")
        if said.get("upstream", c.upstream) != c.upstream:
            raise No("upstream-fixed")
        said["chips"], said["upstream"] = c.chips, c.upstream
        return ""

    def default(self, _t: int, actor: str, c: Default, _: str) -> str:
        if actor != self.buyer:
            raise No("not-yours")
        if c.holder not in self.parties:
            raise No("unknown-party")
        if not c.evidence:
            raise No("evidence-missing")
        (self.defaults.discard if c.cured else self.defaults.add)(c.holder)
        return ""

    # Signing

    def standby(self, _t: int, actor: str, c: StandBy, _: str) -> str:
        tender = self.bidders(actor, c.tender)
        if not 1 <= c.round <= len(tender.rounds):
            raise No("unknown-round")
        r = tender.rounds[c.round - 1]
        if r.bidder != actor:
            raise No("unknown-round")
        if not r.freed or r.state != "tail":
            raise No("not-freed")
        r.freed, r.stood = False, True
        return ""

    def named(self, name: str) -> None:
        """A name that the buyer may give: a plain one, and a new one."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name):
            raise No("agreement-name")
        if any(a.id == name for each in self.tenders.values() for a in each.agreements):
            raise No("agreement-exists")

    def sign(self, t: int, actor: str, c: Sign, _: str) -> str:
        tender = self.buyers(actor, c.tender)
        self.unsealed(tender)
        self.named(c.agreement)
        if c.chips <= 0:
            raise No("chips-none")
        tender, bid = self.opened_bid(actor, c.tender, c.bid)
        self.let_in(tender, bid, t)
        r = None
        if c.round is None:
            if not tender.goes_on(bid.id):
                raise No("nothing-left")
            if tender.refusals_but(bid.bidder, t):
                raise No("not-asked")
            if tender.best() != bid.id:
                raise No("not-best")
            most = min(tender.unnoticed, tender.left_of(bid.id))
            if c.chips > most:
                raise No("beyond-bid")
            self.enough(bid, c.chips, most)
            self.first_offers(tender, bid, t)
        else:
            r = self.signable(t, tender, c)
            self.first_offers(tender, bid, t)
            free = r.remaining if r.bid == bid.id else 0
            if c.chips > tender.left_of(bid.id) + free:
                raise No("beyond-bid")
        charged, own = self.charge(tender, bid.bidder, bid.via, c.chips)
        number = r.number if r else None
        tender.agreements.append(
            A(c.agreement, number, None, bid.bidder, bid.id, c.chips, charged, own)
        )
        if r is None:
            tender.unnoticed -= c.chips
        else:
            r.remaining -= c.chips
            r.signed += c.chips
            if not r.remaining:
                r.state, r.went = "done", "signed"
        return c.agreement

    def signable(self, t: int, tender: T, c: Sign) -> R:
        """The round whose tail lets the buyer sign."""
        bid = tender.bids[c.bid]
        assert c.round is not None
        if not 1 <= c.round <= len(tender.rounds):
            raise No("unknown-round")
        r = tender.rounds[c.round - 1]
        if r.kind == "first offer":
            raise No("unknown-round")
        if r.state == "asking":
            raise No("still-asking")
        if r.state == "done":
            raise No("tail-ended" if r.went == "stale" else "nothing-left")
        own = r.bid == bid.id
        if r.freed and own:
            raise No("bidder-freed")
        if c.chips > r.remaining:
            raise No("more-than-asked")
        if not own or not r.stood:
            self.enough(bid, c.chips, 0 if own and r.signed else r.remaining)
        if any(clause not in r.st for clause in tender.refusals_but(bid.bidder, t)):
            raise No("not-asked")
        for clause in tender.refusals_but(bid.bidder, t):
            state, holder = r.st[clause].state, tender.claims[clause].holder
            if state == "counterparty" or (state == "default" and holder not in self.defaults):
                raise No("not-asked")
        for turn in r.turns:
            for clause in turn:
                self.respects(t, tender, r, clause, c)
        return r

    def enough(self, bid: Bid, chips: int, least_of: int) -> None:
        """Whole blocks, and not less than a bidder begins with."""
        if chips % bid.block:
            raise No("not-whole-blocks")
        if chips < min(least_of, bid.remainder_min):
            raise No("below-least")

    def respects(self, t: int, tender: T, r: R, clause: str, c: Sign) -> None:
        """Whether a holder that let a lot go let this one go."""
        claim, bid, noticed = tender.claims[clause], tender.bids[c.bid], r.terms
        gone = claim.expires is not None and t > claim.expires and not claim.survives
        if r.st[clause].state not in ANSWERED or gone:
            return
        if claim.holder == bid.bidder:
            return
        assert noticed is not None
        if bid.id != r.bid and not claim.anyone:
            raise No("other-counterparty")
        if bid.package and claim.package is None:
            raise No("package-unpriced")
        if bid.terms.start > noticed.start:
            raise No("later-start")
        if better_for_the_seller(noticed, bid.terms):
            raise No("terms-moved")
        asked = self.price(tender, bid, claim.rate, claim.package)
        if above(asked, self.noticed_price(tender, r, clause), claim.price_rise):
            raise No("price-risen")

    def charge(
        self, tender: T, seller: str, via: tuple[str, ...], chips: int
    ) -> tuple[list[Key], Key | None]:
        """Promise capacity along every chain, or nothing at all."""
        chip, region = tender.opened.lot.chip, tender.opened.lot.region
        keys: list[Key] = []
        for host in via or (seller,):
            party: str | None = host
            while party is not None and (party, chip, region) not in keys:
                key = party, chip, region
                own = self.capacity.get(key)
                if own is None or own["chips"] - own["promised"] < chips:
                    raise No("beyond-promise")
                keys.append(key)
                party = own["upstream"]
        for key in keys:
            self.capacity[key]["promised"] += chips
        if via:
            return keys, None
        self.capacity[keys[0]]["own"] += chips
        return keys, keys[0]

    def close(self, _t: int, actor: str, c: Close, made: str) -> str:
        if actor == self.buyer:
            tender, name = self.buyers(actor, c.tender), c.agreement
            r, x = self.closing(tender, c)
            self.named(name)
        else:
            if c.tender not in self.tenders:
                raise No("unknown-taking")
            tender = self.tenders[c.tender]
            r, x = self.closing(tender, c)
            if x.holder != actor:
                raise No("unknown-taking")
            name = made
        if x.holder in self.defaults:
            self.fail_taking(tender, r, c.clause)
            return ""
        try:
            charged, own = self.charge(tender, x.holder, x.via, x.chips)
        except No as no:
            raise (no if actor == self.buyer else No("host-short")) from no
        x.state, x.agreement = "signed", name
        tender.agreements.append(A(name, r.number, c.clause, x.holder, "", x.chips, charged, own))
        return name

    def closing(self, tender: T, c: Close) -> tuple[R, X]:
        """A taking that waits to be signed."""
        known = 1 <= c.round <= len(tender.rounds)
        r = tender.rounds[c.round - 1] if known else None
        x = r.takings.get(c.clause) if r else None
        if r is None or x is None or x.state != "closing":
            raise No("unknown-taking")
        return r, x

    def agreed(self, name: str, agreement: str) -> tuple[T, A]:
        tender = self.tender(name)
        if tender.phase == "closed":
            raise No("tender-ended")
        for a in tender.agreements:
            if a.id == agreement and a.state == "signed":
                return tender, a
        raise No("unknown-agreement")

    def deliver(self, _t: int, actor: str, c: Deliver, _: str) -> str:
        try:
            tender, a = self.agreed(c.tender, c.agreement)
        except No as no:
            raise (no if actor == self.buyer else No("unknown-agreement")) from no
        if actor not in (self.buyer, a.party):
            raise No("unknown-agreement")
        a.state = "delivered"
        if a.clause is not None and a.round is not None:
            tender.rounds[a.round - 1].takings[a.clause].state = "delivered"
        return ""

    def fail(self, _t: int, actor: str, c: Fail, _: str) -> str:
        if actor != self.buyer:
            raise No("not-yours")
        tender, a = self.agreed(c.tender, c.agreement)
        if not c.reason:
            raise No("evidence-missing")
        if a.clause is not None and a.round is not None:
            self.fail_taking(tender, tender.rounds[a.round - 1], a.clause, spent=False)
            return ""
        a.state = "failed"
        self.give_back(a)
        tender.unnoticed += a.chips
        if a.round is not None:
            r = tender.rounds[a.round - 1]
            r.signed -= a.chips
            r.noticed -= a.chips
        return ""

    def withdraw(self, t: int, actor: str, c: Withdraw, _: str) -> str:
        tender = self.buyers(actor, c.tender)
        closing = any(x.state == "closing" for r in tender.rounds for x in r.takings.values())
        taken = any(
            r.state == "asking" and any(r.st[x].state == "taken" for x in r.turns[r.turn])
            for r in tender.rounds
        )
        if closing or taken:
            raise No("taken-already")
        tender.phase, tender.ended = "withdrawn", t
        return ""

    # How things stand

    def summary(self) -> dict[str, Any]:
        """Everything that another model should agree with."""
        return {
            "tenders": {name: self.summary_of(one) for name, one in self.tenders.items()},
            "promised": {key: (v["chips"], v["promised"]) for key, v in self.capacity.items()},
            "posted": {base: old[-1].id for base, old in self.books.items()},
            "defaults": set(self.defaults),
        }

    def summary_of(self, tender: T) -> dict[str, Any]:
        return {
            "phase": tender.phase,
            "chips": tender.chips,
            "unnoticed": tender.unnoticed,
            "ended": tender.ended,
            "closes": tender.closes,
            "holders": {clause: claim.holder for clause, claim in tender.claims.items()},
            "dormant": {clause: claim.holder for clause, claim in tender.dormant.items()},
            "bars": set(tender.bars),
            "reveals": tender.reveals,
            "bids": tender.told_bids(),
            "pledges": tender.told_pledges(),
            "ranking": tuple(tender.ranking),
            "aside": set(tender.aside),
            "released": set(tender.released),
            "rounds": [self.summary_round(r) for r in tender.rounds],
            "agreements": {
                a.id: (a.round, a.clause, a.party, a.chips, a.state) for a in tender.agreements
            },
        }

    def summary_round(self, r: R) -> dict[str, Any]:
        quantities = r.noticed, r.remaining, r.signed
        return {
            "kind": r.kind,
            "noticed, remaining, signed": quantities,
            "state": r.state,
            "tail": r.tail if r.state == "tail" else None,
            "freed": r.freed and r.state == "tail",
            "turns": tuple(tuple(turn) for turn in r.turns),
            "standings": {
                c: (
                    s.state,
                    s.deadline if s.state == "noticed" else None,
                    s.wanted if s.state in WANTED else 0,
                    s.chips if s.state in ASKED else 0,
                )
                for c, s in r.st.items()
            },
            "takings": {
                c: (x.holder, x.chips, x.state, x.closing, x.delivery) for c, x in r.takings.items()
            },
        }
