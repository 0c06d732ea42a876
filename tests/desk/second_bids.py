"""The second model's tenders from opening to notice: rights that bite, bids, who is asked."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from offtake.desk.claim import Claim
from offtake.desk.commands import Notice, Open, Reask, Recall, Revise, SetAside, Submit
from offtake.desk.lot import Bid
from offtake.units.almanac import Spell

from .second_answers import Answers
from .second_reckoning import DAY, NS, above, price_of, unpriced
from .second_things import OPEN, No, R, S, T, before

FOREVER = 1 << 80
MOST = {"hours": 87_840, "days": 3_660, "business days": 2_610, "months": 120, "years": 10}
"""The longest spells, by unit."""


class Bids(Answers):
    """Everything before something is signed."""

    # Opening

    def open(self, t: int, actor: str, c: Open, _: str) -> str:
        if actor != self.buyer:
            raise No("not-yours")
        if c.tender in self.tenders:
            raise No("tender-exists")
        if c.lot.chips <= 0 or c.lot.months <= 0:
            raise No("lot-empty")
        if unreckonable(c):
            raise No("opening-unfit")
        bars = [replace(b, holder=self.now_held(b.clause, b.holder)) for b in c.bars]
        claims = [replace(one, holder=self.now_held(one.clause, one.holder)) for one in c.claims]
        if any(name not in c.almanacs for name in needed_almanacs(c)):
            raise No("unknown-almanac")
        spans = [(b.holder, max(b.since, t), until(b.expires)) for b in bars]
        for one, since, end in spans:
            for other, since2, end2 in spans:
                if one != other and max(since, since2) <= min(end, end2):
                    raise No("two-exclusives")
        bite: dict[str, Claim] = {}
        dormant: dict[str, Claim] = {}
        for claim in claims:
            reach = [tender.counts() for tender in self.joined(c, claim.together, t)]
            group = bite if c.lot.chips + sum(reach) >= claim.floor else dormant
            group[claim.clause] = claim
            if group is bite:
                for tender in self.joined(c, claim.together, t):
                    if tender.ended is None and claim.clause in tender.dormant:
                        tender.claims[claim.clause] = tender.dormant.pop(claim.clause)
        standing = {b.clause: b for b in bars if t <= until(b.expires)}
        self.tenders[c.tender] = T(
            c.tender, t, c, c.lot.chips, bite, dormant, standing, {}, unnoticed=c.lot.chips
        )
        return ""

    def joined(self, c: Open, days: int, t: int) -> list[T]:
        return [
            tender
            for tender in self.tenders.values()
            if c.lot.need
            and tender.opened.lot.need == c.lot.need
            and tender.counts()
            and tender.at >= t - days * DAY * NS
        ]

    # Bids

    def submit(self, t: int, actor: str, c: Submit, made: str) -> str:
        tender = self.bidders(actor, c.tender)
        if actor != c.bid.bidder or actor == self.buyer or actor in self.auditors:
            raise No("not-yours")
        if tender.opened.reveal is not None:
            raise No("pledge-first")
        if tender.phase != "bidding":
            raise No("bids-closed")
        bid = replace(c.bid, id=made, received=t)
        self.judge_bid(tender, bid)
        for old in [b.id for b in tender.bids.values() if b.bidder == actor]:
            del tender.bids[old]
        tender.bids[bid.id] = bid
        return bid.id

    def bidders(self, actor: str, name: str) -> T:
        tender = self.tender(name)
        invited = tender.opened.invited
        if tender.closes is None or (invited and actor not in invited):
            raise No("unknown-tender")
        return tender

    def judge_bid(self, tender: T, bid: Bid) -> None:
        refusals = [claim for claim in tender.claims.values() if not claim.first]
        if bid.chips <= 0 or bid.terms.price < 0 or bid.block < 1 or unpriced(bid.terms):
            raise No("bid-empty")
        if bid.package and bid.worth <= 0:
            raise No("bid-empty")
        if bid.terms.start > tender.opened.lot.start:
            raise No("bid-late")
        if bid.terms.months != tender.opened.lot.months:
            raise No("bid-term")
        if bid.bidder in tender.opened.affiliates and not bid.affiliated:
            raise No("bid-affiliated")
        if bid.contingent:
            raise No("bid-contingent")
        if any(bid.deposit < claim.deposit for claim in refusals):
            raise No("bid-deposit")
        if bid.confidential and any(claim.holder != bid.bidder for claim in refusals):
            raise No("bid-confidential")
        if not bid.via:
            self.judge_capacity(tender, bid.bidder, bid.chips)

    def recall(self, _t: int, actor: str, c: Recall, _: str) -> str:
        tender = self.bidders(actor, c.tender)
        found = tender.bids.get(c.bid, tender.pledges.get(c.bid))
        if found is None or found.bidder != actor:
            raise No("unknown-bid")
        if tender.phase != "bidding":
            raise No("bids-closed")
        tender.bids.pop(c.bid, None)
        tender.pledges.pop(c.bid, None)
        return ""

    def revise(self, _t: int, actor: str, c: Revise, _: str) -> str:
        tender = self.bidders(actor, c.tender)
        if c.bid not in tender.bids or tender.bids[c.bid].bidder != actor:
            raise No("unknown-bid")
        if tender.phase != "opened":
            raise No("bids-closed")
        if c.bid in tender.aside:
            raise No("bid-set-aside")
        if not tender.used(c.bid) and (tender.best() != c.bid or not tender.unnoticed):
            raise No("bids-closed")
        if c.terms.price < 0 or unpriced(c.terms):
            raise No("bid-empty")
        bid = tender.bids[c.bid]
        if c.chips < bid.chips:
            raise No("bid-binds")
        if not bid.via:
            sold = [a.chips for a in tender.agreements if a.bid == bid.id and a.state != "failed"]
            self.judge_capacity(tender, actor, c.chips - sum(sold))
        tender.bids[c.bid] = replace(bid, terms=c.terms, chips=c.chips)
        self.place(tender, c.bid)
        return ""

    # The buyer, once bids are open

    def opened_bid(self, actor: str, name: str, bid: str) -> tuple[T, Bid]:
        tender = self.buyers(actor, name)
        self.unsealed(tender)
        if bid not in tender.bids:
            raise No("unknown-bid")
        if bid in tender.aside:
            raise No("bid-set-aside")
        return tender, tender.bids[bid]

    def let_in(self, tender: T, bid: Bid, t: int) -> None:
        """Nobody else's exclusive is in force."""
        if any(holder != bid.bidder for holder in tender.barred(t)):
            raise No("barred")

    def unsealed(self, tender: T) -> None:
        if tender.phase != "opened":
            raise No("bids-sealed")

    def setaside(self, t: int, actor: str, c: SetAside, _: str) -> str:
        tender, bid = self.opened_bid(actor, c.tender, c.bid)
        rounds = [r for r in tender.rounds if r.bid == bid.id and r.state != "done"]
        for r in rounds:
            if r.state == "asking" and any(r.st[x].state == "taken" for x in r.turns[r.turn]):
                raise No("taken-already")
        for r in rounds:
            tender.back(r, "set aside", t)
        tender.aside.add(bid.id)
        return ""

    def first_offers(self, tender: T, bid: Bid, t: int) -> None:
        """Whoever must be asked first has been asked, and not too long ago."""
        self.outlived(tender, bid, t)
        claims = sorted(
            (tender.claims[clause] for clause in tender.live(True, t)),
            key=lambda claim: (claim.precedence, claim.rank, claim.clause),
        )
        for claim in claims:
            if claim.holder == bid.bidder:
                continue
            found = self.first_standing(tender, claim.clause)
            if found is None or (found[1].state in OPEN and not self.asking_first(tender)):
                raise No("first-offer-stale")
            r, s = found
            if s.state in OPEN:
                raise No("first-offer-open")
            if not before(t, self.first_tail(r, s)):
                raise No("first-offer-stale")
            self.below_ceiling(tender, bid, claim, s)

    def outlived(self, tender: T, bid: Bid, t: int) -> None:
        """A declined offer limits the price while its tail runs, though the right has ended."""
        for clause, claim in tender.claims.items():
            found = self.first_standing(tender, clause)
            if found is None or claim.holder == bid.bidder or clause in tender.released:
                continue
            ended = claim.survives and not before(t, claim.expires)
            if ended and before(t, self.first_tail(*found)):
                self.below_ceiling(tender, bid, claim, found[1])

    def below_ceiling(self, tender: T, bid: Bid, claim: Claim, s: S) -> None:
        """A bid is not dearer than what a holder offered first and was declined."""
        if s.state != "declined":
            return
        assert s.terms is not None
        throughput = tender.opened.lot.throughput
        offer = price_of(s.terms, s.offered, throughput, claim.rate)
        price = self.price(tender, bid, claim.rate, claim.package)
        if above(price, offer, claim.ceiling - 1):
            raise No("above-ceiling")

    def asking_first(self, tender: T) -> bool:
        return any(r.kind == "first offer" and r.state == "asking" for r in tender.rounds)

    def notice(self, t: int, actor: str, c: Notice, _: str) -> str:
        tender, bid = self.opened_bid(actor, c.tender, c.bid)
        self.let_in(tender, bid, t)
        awake = self.awake(tender, c) if c.more and c.again is None else []
        rights = dict(tender.claims), dict(tender.dormant)
        for clause in awake:
            tender.claims[clause] = tender.dormant.pop(clause)
        before_it = tender.chips
        try:
            return self.noticed(t, tender, bid, c)
        finally:
            if tender.chips == before_it:  # refused, or nothing but a defective notice
                tender.claims, tender.dormant = rights

    def awake(self, tender: T, c: Notice) -> list[str]:
        """The rights whose floor a lot reaches with the chips that it would grow by."""
        if c.chips is None:
            return []
        reached = []
        for clause, claim in tender.dormant.items():
            others = [
                other.counts()
                for other in self.tenders.values()
                if other is not tender
                and tender.opened.lot.need
                and other.opened.lot.need == tender.opened.lot.need
                and abs(other.at - tender.at) <= claim.together * DAY * NS
            ]
            if tender.chips + c.chips + sum(others) >= claim.floor:
                reached.append(clause)
        return reached

    def noticed(self, t: int, tender: T, bid: Bid, c: Notice) -> str:
        asked = tender.refusals_but(bid.bidder, t)
        if not asked:
            raise No("nobody-to-ask")
        self.first_offers(tender, bid, t)
        claims = [tender.claims[clause] for clause in asked]
        if bid.package and any(claim.package is None for claim in claims):
            raise No("package-unpriced")
        if bid.confidential:
            raise No("bid-confidential")
        old = self.notice_place(tender, bid, c)
        stated: list[Any] = [c.chip, c.chips, c.region, c.terms, c.evidence]
        if any(claim.discloses for claim in claims):
            stated.append(c.counterparty)
        if None in stated:
            return ""
        self.notice_true(tender, bid, c)
        chips, kind, short = c.chips, "first refusal", set()
        assert chips is not None
        free = tender.left_of(bid.id)
        if old is not None:
            if chips != old.remaining:
                raise No("again-whole")
            if chips > free + (old.remaining if old.bid == bid.id else 0):
                raise No("beyond-bid")
            if old.state == "tail":
                kind = "changed terms"
                short = {x for x, s in old.st.items() if s.begun and tender.claims[x].reoffer}
            tender.back(old, "noticed anew", t)
        elif chips > free or (not c.more and chips > tender.unnoticed):
            raise No("beyond-bid")
        elif not c.more and chips % bid.block and chips != min(tender.unnoticed, free):
            raise No("not-whole-blocks")
        if c.more and old is None:
            kind = "more chips"
            tender.chips += chips
            tender.unnoticed += chips
        r = self.ask(tender, kind, chips, tender.live(False, t), bid=bid.id, bidder=bid.bidder)
        r.size, r.terms, r.package, r.worth, r.short = (
            bid.chips,
            bid.terms,
            bid.package,
            bid.worth,
            short,
        )
        return str(r.number)

    def notice_place(self, tender: T, bid: Bid, c: Notice) -> R | None:
        """The round that a notice renews, if it renews one; refused where it has no place."""
        if c.again is not None:
            if not 1 <= c.again <= len(tender.rounds):
                raise No("unknown-round")
            old = tender.rounds[c.again - 1]
            if old.state == "done" or old.kind == "first offer":
                raise No("unknown-round")
            if old.state == "asking" and any(s.state == "taken" for s in old.st.values()):
                raise No("taken-already")
            return old
        if c.more:
            if tender.unnoticed:
                raise No("lot-left")
            if not tender.used(bid.id):
                raise No("unknown-round")
        elif tender.left_of(bid.id) <= 0 or not tender.unnoticed:
            raise No("nothing-left")
        elif tender.best() != bid.id:
            raise No("not-best")
        return None

    def notice_true(self, tender: T, bid: Bid, c: Notice) -> None:
        lot = tender.opened.lot
        true = (c.chip, c.region, c.terms) == (lot.chip, lot.region, bid.terms)
        if not true or c.counterparty not in (None, bid.bidder):
            raise No("notice-differs")
        if c.evidence is None or not re.fullmatch("[0-9a-f]{64}", c.evidence):
            raise No("evidence-form")
        if c.chips is not None and c.chips <= 0:
            raise No("chips-none")

    def reask(self, t: int, actor: str, c: Reask, _: str) -> str:
        tender = self.buyers(actor, c.tender)
        self.unsealed(tender)
        asked = tender.live(True, t)
        stale = False
        for clause in asked:
            found = self.first_standing(tender, clause)
            if found is None or found[1].state in OPEN:
                stale = True
            else:
                tail = self.first_tail(*found)
                stale = stale or (tail is not None and t > tail)
        if not tender.unnoticed or not stale or self.asking_first(tender):
            raise No("nobody-to-ask")
        return str(self.ask(tender, "first offer", tender.unnoticed, asked).number)


def unreckonable(c: Open) -> bool:
    """Whether an opening states something that no deadline or price can follow from."""
    names = [one.clause for one in (*c.claims, *c.bars)]
    return (
        len(names) != len(set(names))
        or not Decimal(c.rate).is_finite()
        or c.bidding.unit not in MOST
        or (c.reveal is not None and c.reveal.count < 1)
        or c.lot.throughput <= 0
        or any(claim.parts < 1 for claim in c.claims)
        or any(claim.grace > MOST["days"] or claim.together > MOST["days"] for claim in c.claims)
        or any(spell.count > MOST[spell.unit] for spell in spells_of(c))
    )


def spells_of(c: Open) -> list[Spell]:
    found = [c.bidding, *([c.reveal] if c.reveal else [])]
    for claim in c.claims:
        found += [s for s in (claim.window, claim.reoffer, claim.tail, claim.closing) if s]
    return found


def until(expires: int | None) -> int:
    return FOREVER if expires is None else expires


def needed_almanacs(c: Open) -> list[str]:
    return [*(claim.almanac for claim in c.claims), c.bidding_almanac]
