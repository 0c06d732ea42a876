"""The second model's holders: answers, letters, bars, and the buyer's say on first offers."""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from offtake.desk.commands import Answer, Assign, Attest, Decide

from .second_reckoning import above, only_cash, price_of, unpriced
from .second_rounds import Rounds
from .second_things import No, R, S, T

ELSEWHERE = ("noticed anew", "set aside")


class Answers(Rounds):
    """What holders say, and what it comes to."""

    def __init__(self) -> None:
        super().__init__()
        self.buyer: str | None = None
        self.parties: set[str] = set()
        self.auditors: set[str] = set()
        self.assigned: dict[tuple[str, str], str] = {}

    def tender(self, name: str) -> T:
        if name not in self.tenders:
            raise No("unknown-tender")
        return self.tenders[name]

    def buyers(self, actor: str, name: str) -> T:
        """The tender of a buyer's command."""
        if actor != self.buyer:
            raise No("not-yours")
        tender = self.tender(name)
        if tender.ended is not None:
            raise No("tender-ended")
        return tender

    def standing(self, tender: T, number: int | None, clause: str, actor: str) -> tuple[R, S]:
        """A standing that was noticed, whatever became of it."""
        if number is None or not 1 <= number <= len(tender.rounds):
            raise No("no-notice")
        r = tender.rounds[number - 1]
        if clause not in r.st or tender.claims[clause].holder != actor:
            raise No("no-notice")
        s = r.st[clause]
        if s.begun is None or s.state in ("idle", "expired"):
            raise No("no-notice")
        return r, s

    # By the holder

    def answer(self, t: int, actor: str, c: Answer, _: str) -> str:
        tender = self.tender(c.tender)
        if c.round is None:
            self.answer_bar(t, tender, actor, c)
            return ""
        r, s = self.standing(tender, c.round, c.clause, actor)
        if s.state == "noticed" and r.went in ELSEWHERE:
            raise No("no-notice")
        if s.state == "silent":
            raise No("too-late")
        if s.state != "noticed":
            raise No("answered-already")
        if tender.phase == "withdrawn":
            raise No("withdrawn")
        kind = self.judged(tender, r, s, actor, c)
        self.take_down(t, tender, s, c, kind)
        return ""

    def answer_bar(self, t: int, tender: T, actor: str, c: Answer) -> None:
        bar = tender.bars.get(c.clause) or tender.lifted.get(c.clause)
        if bar is None or bar.holder != actor or (c.clause in tender.bars and bar.since > t):
            raise No("no-notice")
        if c.clause in tender.lifted:
            raise No("answered-already")
        if tender.phase == "withdrawn":
            raise No("withdrawn")
        if c.kind not in ("waive", "unable"):
            raise No("unknown-answer")
        tender.lifted[c.clause] = tender.bars.pop(c.clause)

    def judged(self, tender: T, r: R, s: S, holder: str, c: Answer) -> str:
        """What an answer really is; refused where it is none."""
        if c.terms is not None and unpriced(c.terms):
            raise No("bid-empty")
        first = r.kind == "first offer"
        kinds = ["waive", "counter", "unable", "offer" if first else "take"]
        if c.kind not in kinds:
            raise No("unknown-answer")
        if c.kind == "offer" and c.terms is None:
            raise No("offer-without-terms")
        if c.kind == "offer":
            if c.chips is not None and c.chips <= 0:
                raise No("chips-none")
            if c.chips is not None and c.chips > s.chips:
                raise No("more-than-noticed")
            if not c.via:
                self.judge_capacity(tender, holder, s.chips if c.chips is None else c.chips)
        if c.kind != "take":
            return c.kind
        if c.region:
            raise No("part-by-place")
        if c.condition or not self.same_terms(tender, r, c):
            return "counter"
        self.judge_chips(tender, s, c)
        self.judge_hosts(tender, s, holder, c)
        return "take"

    def same_terms(self, tender: T, r: R, c: Answer) -> bool:
        assert r.terms is not None
        if c.terms is None or c.terms == r.terms:
            return True
        if not only_cash(r.terms, c.terms):
            return False
        rate = tender.claims[c.clause].rate
        given = price_of(c.terms, r.size, tender.opened.lot.throughput, rate)
        asked = self.noticed_price(tender, r, c.clause)
        return not above(given, asked) and not above(asked, given)

    def judge_chips(self, tender: T, s: S, c: Answer) -> None:
        chips = s.chips if c.chips is None else c.chips
        least = tender.claims[c.clause].partial
        if chips <= 0:
            raise No("chips-none")
        if chips > s.chips:
            raise No("more-than-noticed")
        if chips < s.chips and least is None:
            raise No("part-not-allowed")
        if chips < s.chips and least is not None and chips < least:
            raise No("part-too-small")
        if c.over < 0 or (c.over > 0 and chips < s.chips):
            raise No("over-without-share")

    def judge_hosts(self, tender: T, s: S, holder: str, c: Answer) -> None:
        hosts = tender.claims[c.clause].hosts
        if c.via:
            if hosts is None or (hosts and not set(c.via) <= set(hosts)):
                raise No("subcontract-forbidden")
            return
        self.judge_capacity(tender, holder, (s.chips if c.chips is None else c.chips) + c.over)

    def judge_capacity(self, tender: T, party: str, chips: int) -> None:
        """Whether a party has so many chips: neither signed nor pledged by what it took."""
        lot = tender.opened.lot
        own = self.capacity.get((party, lot.chip, lot.region))
        if own is None:
            raise No("capacity-undeclared")
        pledged = sum(
            x.chips
            for other in self.tenders.values()
            if (other.opened.lot.chip, other.opened.lot.region) == (lot.chip, lot.region)
            for r in other.rounds
            for x in r.takings.values()
            if x.state == "closing" and x.holder == party and not x.via
        )
        if chips > own["chips"] - own["own"] - pledged:
            raise No("beyond-declared")

    def take_down(self, t: int, tender: T, s: S, c: Answer, kind: str) -> None:
        """Change a standing by an answer that is in order."""
        if kind == "counter" and not tender.claims[c.clause].mirror:
            return
        after = {"waive": "waived", "counter": "countered", "take": "taken", "offer": "offered"}
        late = s.state == "silent" and kind not in ("take", "offer")
        s.state = after.get(kind, kind)
        if kind in ("take", "offer"):
            s.wanted = s.chips if c.chips is None else c.chips
            s.over = c.over if kind == "take" else 0
            s.offered, s.terms, s.via = s.wanted, c.terms, c.via
        if kind != "offer" and not late:
            s.cleared = t

    # By letter

    def attest(self, t: int, actor: str, c: Attest, _: str) -> str:
        if actor != self.buyer:
            raise No("not-yours")
        tender, a = self.tender(c.tender), c.answer
        if tender.phase == "closed":
            raise No("tender-ended")
        one, two = (person.strip() for person in c.persons)
        if not one or not two or one == two:
            raise No("letter-persons")
        if not re.fullmatch("[0-9a-f]{64}", c.evidence):
            raise No("evidence-form")
        if a.tender != c.tender:
            raise No("no-notice")
        if a.round is None:
            bar = tender.bars.get(a.clause) or tender.lifted.get(a.clause)
            self.letter_when(t, c.received, tender.at if bar is not None else None)
            self.answer_bar(t, tender, bar.holder if bar is not None else "", a)
            return ""
        holder = tender.claims[a.clause].holder if a.clause in tender.claims else ""
        r, s = self.standing(tender, a.round, a.clause, holder)
        self.letter_when(t, c.received, s.begun)
        if tender.phase == "withdrawn":
            self.letter_after_withdrawal(tender, r, s, c, holder)
        elif s.state == "noticed" and r.went not in ELSEWHERE:
            self.take_down(t, tender, s, a, self.judged(tender, r, s, holder, a))
        elif s.state not in ("silent", "noticed"):
            raise No("answered-already")
        else:
            self.late_letter(t, tender, r, s, c)
        return ""

    def letter_when(self, t: int, received: int, begun: int | None) -> None:
        if begun is None:
            raise No("no-notice")
        if received < begun:
            raise No("letter-early")
        if received > t:
            raise No("letter-future")

    def letter_after_withdrawal(self, tender: T, r: R, s: S, c: Attest, holder: str) -> None:
        """A breach, if it took while it could be taken."""
        assert tender.ended is not None
        assert s.deadline is not None
        over = tender.ended if r.over is None else r.over
        in_time = c.received <= min(tender.ended, s.deadline, over)
        if s.state not in ("noticed", "silent") or not in_time:
            raise No("withdrawn")
        if self.judged(tender, r, s, holder, c.answer) != "take":
            raise No("withdrawn")

    def late_letter(self, t: int, tender: T, r: R, s: S, c: Attest) -> None:
        """A letter that came in time and is recorded after its window, or about a notice that is
        none any more: where a taking can no longer be honoured it is a breach.
        """
        assert s.deadline is not None
        if s.state == "noticed" and r.over is not None and c.received > r.over:
            raise No("letter-moot")
        if c.received > s.deadline:
            raise No("letter-late")
        a = c.answer
        kind = self.judged(tender, r, s, tender.claims[a.clause].holder, a)
        if kind != "take" and s.state == "noticed":
            raise No("letter-moot")
        if kind not in ("take", "offer"):
            self.take_down(t, tender, s, a, kind)
            return
        turn = r.turn_of(a.clause)
        past = [x for x in r.takings.values() if x.turn >= turn and x.state != "closing"]
        sold = [b for b in tender.agreements if b.round == r.number and b.clause is None]
        gone = r.over is not None or (r.kind == "first offer" and r.state == "done")
        if past or sold or gone:
            signed = any(b.state != "failed" for b in tender.agreements)
            if kind == "offer" and r.state == "done" and not signed:
                s.state, s.terms = "declined", a.terms
                s.offered = s.chips if a.chips is None else a.chips
                return
            if kind == "offer":
                raise No("letter-moot")
            return  # breached
        for later in [c for turn_ in r.turns[turn + 1 :] for c in turn_]:
            r.st[later] = S()
        for clause in [c for c, x in r.takings.items() if x.turn >= turn]:
            r.remaining += r.takings.pop(clause).chips
        r.turn, r.begun, r.state, r.went = turn, True, "asking", ""
        r.tail, r.freed, r.stood = None, False, False
        self.take_down(t, tender, s, a, kind)

    # First offers, and rights that pass on

    def decide(self, t: int, actor: str, c: Decide, _: str) -> str:
        tender = self.buyers(actor, c.tender)
        known = 1 <= c.round <= len(tender.rounds)
        s = tender.rounds[c.round - 1].st.get(c.clause) if known else None
        if s is None or s.state != "offered":
            raise No("no-offer")
        s.state, s.cleared = ("taken" if c.accept else "declined"), t
        return ""

    def assign(self, _t: int, actor: str, c: Assign, _: str) -> str:
        if actor not in self.parties:
            raise No("not-yours")
        if c.to not in self.parties:
            raise No("unknown-party")
        if c.to == actor:
            raise No("same-holder")
        if (c.clause, actor) not in self.assigned:  # else it has passed on what it had
            if self.now_held(c.clause, c.to) == actor:
                self.assigned.pop((c.clause, c.to), None)
            self.assigned[c.clause, actor] = c.to
        for tender in self.tenders.values():
            if tender.ended is None:
                for rights in (tender.claims, tender.dormant, tender.bars, tender.lifted):
                    self.pass_on(rights, c.clause, actor, c.to)
        return ""

    def now_held(self, clause: str, holder: str) -> str:
        """Who holds a right that once was another's."""
        while (clause, holder) in self.assigned:
            holder = self.assigned[clause, holder]
        return holder

    def pass_on(self, rights: dict[str, Any], clause: str, holder: str, to: str) -> None:
        if clause in rights and rights[clause].holder == holder:
            rights[clause] = replace(rights[clause], holder=to)
