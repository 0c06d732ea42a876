"""A desk played in virtual time: said in the words of the trade, checked after every step.

The parties are those of the public record; what they do here is made up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from offtake.desk import Desk, Envelope, Refusal, decide, due, evolve
from offtake.desk.claim import Claim
from offtake.desk.commands import (
    Answer,
    Assign,
    Attest,
    Close,
    Command,
    Declare,
    Default,
    Deliver,
    Erase,
    Fail,
    Found,
    Notice,
    Open,
    Pledge,
    Reask,
    Recall,
    Reveal,
    Revise,
    SetAside,
    Sign,
    StandBy,
    Submit,
    Withdraw,
)
from offtake.desk.commands import Decide as DecideOffer
from offtake.desk.events import Event
from offtake.desk.lot import Bid, Lot
from offtake.desk.sealed import pledge_body
from offtake.desk.state import Agreement, Round, Standing, Taking, Tender
from offtake.units import Instant

from .checks import check_decision, check_quantities, check_replay
from .saying import (
    BUYER,
    CHIP,
    EVIDENCE,
    FOUNDED,
    OPENED,
    PARTIES,
    PLENTY,
    REGION,
    at,
    california,
    day,
    exact,
    spell,
    terms,
)

_BID = set(Bid.__struct_fields__) - {"bidder", "terms", "id", "received"}

E = TypeVar("E", bound=Event)


class RefusedError(Exception):
    """The desk refused a command."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code}: {refusal.sentence} {refusal.instead}")
        self.refusal = refusal


class Play:
    """One desk: its state, its journal, and the instant at which the next command arrives.

    After every command the journal is replayed from nothing, and quantities and instants are
    looked at.
    """

    def __init__(self, *parties: str, declare: bool = True) -> None:
        self.desk = Desk()
        self.journal: list[Event] = []
        self.now = at(FOUNDED)
        self.tender = "lot"
        self.bids: dict[str, str] = {}
        self.notes: dict[str, tuple[Bid, str]] = {}
        """What each party has pledged, and its salt."""
        self.sent = 0
        self.do(BUYER, Found(parties=parties or PARTIES, auditors=("auditor",)))
        if declare:
            for party in parties or PARTIES:
                self.declare(party)
        self.go(OPENED)

    # Time

    def go(self, when: Instant | str) -> Play:
        """The next command arrives then. Nobody looks at the desk in between."""
        self.now = at(when) if isinstance(when, str) else when
        return self

    def wait(self, when: Instant | str) -> Play:
        """Somebody looks at the desk then: what lapsed before is written down."""
        self.go(when)
        self._record(due(self.desk, self.now))
        return self

    # Commands

    def send(self, actor: str, body: Command, key: str | None = None) -> Any:
        """One command; the answer is a Reply or a Refusal."""
        self.sent += 1
        key = key or f"k{self.sent}"
        entropy = hashlib.sha256(f"{self.sent}".encode()).digest()
        repeated = (actor, key) in self.desk.outcomes
        stranger = bool(self.desk.buyer) and actor not in self.desk.parties
        before, lapses = self.desk, due(self.desk, max(self.now, self.desk.now))
        decided = decide(self.desk, Envelope(actor, key, self.now, entropy, body))
        assert self.desk == before
        check_decision(decided, lapses, repeated=repeated, stranger=stranger)
        self._record(decided.events)
        return decided.answer

    def do(self, actor: str, body: Command, key: str | None = None) -> list[Event]:
        """A command that is not refused; the events that it brought about, lapses included."""
        so_far = len(self.journal)
        answer = self.send(actor, body, key)
        if isinstance(answer, Refusal):
            raise RefusedError(answer)
        self.made = answer.made
        return self.journal[so_far:]

    @contextmanager
    def refused(self, code: str) -> Iterator[None]:
        """What happens within is refused, for this reason."""
        with pytest.raises(RefusedError) as caught:
            yield
        assert caught.value.refusal.code == code, caught.value

    def _record(self, events: tuple[Event, ...]) -> None:
        for event in events:
            self.journal.append(event)
            self.desk = evolve(self.desk, event)
        check_replay(self.desk, self.journal)
        check_quantities(self.desk)

    # What the buyer does

    def declare(self, party: str, chips: int = PLENTY, upstream: str | None = None) -> None:
        self.do(BUYER, Declare(party, CHIP, REGION, chips, upstream))

    def open(
        self,
        *claims: Claim,
        tender: str = "lot",
        chips: int = 1000,
        start: str = "2026-01-01",
        months: int = 48,
        bidding: str = "15 days",
        reveal: str | None = None,
        need: str = "",
        throughput: str = "1",
        **words: Any,
    ) -> Play:
        """A tender of a thousand chips, for which bids come in for fifteen days."""
        self.tender = tender
        lot = Lot(CHIP, chips, REGION, day(start), months, (), need, Decimal(throughput))
        self.do(
            BUYER,
            Open(
                tender=tender,
                lot=lot,
                claims=claims,
                almanacs=words.pop("almanacs", {"la": california()}),
                bidding=spell(bidding),
                bidding_almanac=words.pop("bidding_almanac", "la"),
                reveal=spell(reveal),
                **words,
            ),
        )
        return self

    def notice(
        self, bidder: str, *, but: tuple[str, ...] = (), actor: str = BUYER, **words: Any
    ) -> Round | None:
        """Notice of a party's bid, with all particulars, `but` for some."""
        tender = self.the_tender()
        bid = tender.bids[self.bids[bidder]]
        stated: dict[str, Any] = {
            "chip": tender.lot.chip,
            "chips": words.get("chips") or self._noticeable(tender, bid, words.get("again")),
            "region": tender.lot.region,
            "terms": bid.terms,
            "counterparty": bidder,
            "evidence": EVIDENCE,
        }
        stated = {k: v for k, v in stated.items() if k not in but} | words
        self.do(actor, Notice(tender=self.tender, bid=bid.id, **stated))
        return self.the_tender().rounds[-1] if self.the_tender().rounds else None

    def reask(self) -> None:
        self.do(BUYER, Reask(self.tender))

    def accept(self, clause: str, accept: bool = True, actor: str = BUYER) -> list[Event]:
        """Accept (or decline) a first offer."""
        number = self._number(clause)
        return self.do(actor, DecideOffer(self.tender, number, clause, accept))

    def decline(self, clause: str) -> list[Event]:
        return self.accept(clause, accept=False)

    def sign(
        self,
        bidder: str,
        chips: int,
        *,
        agreement: str = "",
        round: int | None = None,
        unasked: bool = False,
        actor: str = BUYER,
    ) -> list[Event]:
        """Sign in the tail of the last round, or `unasked`, where nobody has to be asked."""
        agreement = agreement or f"with-{bidder}-{self.sent}"
        if not unasked and round is None:
            round = self.round().number
        bid = self.bids.get(bidder, bidder)
        return self.do(actor, Sign(self.tender, bid, chips, agreement, round))

    def close(self, clause: str, agreement: str = "", actor: str = BUYER) -> list[Event]:
        """Sign with a holder what it took."""
        number = next(r.number for r in reversed(self.the_tender().rounds) if clause in r.takings)
        return self.do(actor, Close(self.tender, number, clause, agreement or f"with-{clause}"))

    def deliver(self, agreement: str) -> list[Event]:
        return self.do(BUYER, Deliver(self._tender_of(agreement), agreement))

    def fail(self, agreement: str, reason: str = "insolvent") -> list[Event]:
        return self.do(BUYER, Fail(self._tender_of(agreement), agreement, reason))

    def withdraw(self, reason: str = "no longer needed", actor: str = BUYER) -> list[Event]:
        return self.do(actor, Withdraw(self.tender, reason))

    def erase(self, actor: str = BUYER) -> list[Event]:
        return self.do(actor, Erase(self.tender))

    def set_aside(self, bidder: str, reason: str = "no permit") -> list[Event]:
        return self.do(BUYER, SetAside(self.tender, self.bids[bidder], reason))

    def default(self, holder: str, cured: bool = False) -> list[Event]:
        return self.do(BUYER, Default(holder, "payment missed", cured))

    def letter(
        self,
        holder: str,
        kind: str,
        received: Instant,
        *,
        evidence: str = EVIDENCE,
        persons: tuple[str, str] = ("ops", "legal"),
        actor: str = BUYER,
        **words: Any,
    ) -> list[Event]:
        """Record now an answer that came on paper, then."""
        answer = self._answer(holder, kind, words)
        return self.do(actor, Attest(self.tender, answer, received, evidence, persons))

    # What the others do

    def bid(self, bidder: str, price: str = "3.00", actor: str | None = None, **words: Any) -> str:
        """A bid for the whole lot, on plain terms unless stated."""
        self.do(actor or bidder, Submit(self.tender, self._bid(bidder, price, words)))
        self.bids[bidder] = self.made
        return self.made

    def pledge(self, bidder: str, price: str = "3.00", **words: Any) -> str:
        """The same bid, promised by its hash; its salt is drawn from how much was sent."""
        bid, salt = self._bid(bidder, price, words), hashlib.sha256(bytes([self.sent])).hexdigest()
        body = pledge_body(bid, BUYER, self.tender)
        commitment = hashlib.sha256(bytes.fromhex(salt) + body).hexdigest()
        self.do(bidder, Pledge(self.tender, commitment))
        self.bids[bidder], self.notes[bidder] = self.made, (bid, salt)
        return self.made

    def reveal(
        self, bidder: str, *, salt: str = "", actor: str | None = None, **changes: Any
    ) -> list[Event]:
        """Show the bid that was pledged, or with `changes` another."""
        bid, noted = self.notes[bidder]
        body = Reveal(self.tender, replace(bid, **changes), salt or noted)
        return self.do(actor or bidder, body)

    def revise(self, bidder: str, price: str = "3.00", chips: int = 0, **words: Any) -> list[Event]:
        bid = self.bids[bidder]
        chips = chips or self.the_tender().bids[bid].chips
        return self.do(bidder, Revise(self.tender, bid, terms(price, **words), chips))

    def recall(self, bidder: str) -> list[Event]:
        return self.do(bidder, Recall(self.tender, self.bids[bidder]))

    def stand_by(self, bidder: str) -> list[Event]:
        return self.do(bidder, StandBy(self.tender, self.round().number))

    def answer(self, holder: str, kind: str, chips: int | None = None, **words: Any) -> list[Event]:
        return self.do(holder, self._answer(holder, kind, words | {"chips": chips}))

    def take(self, holder: str, chips: int | None = None, **words: Any) -> list[Event]:
        return self.answer(holder, "take", chips, **words)

    def offer(self, holder: str, chips: int | None = None, **words: Any) -> list[Event]:
        words.setdefault("terms", terms())
        return self.answer(holder, "offer", chips, **words)

    def waive(self, holder: str, **words: Any) -> list[Event]:
        return self.answer(holder, "waive", **words)

    def assign(self, clause: str, to: str, actor: str) -> list[Event]:
        return self.do(actor, Assign(clause, to, EVIDENCE))

    def _answer(self, holder: str, kind: str, words: dict[str, Any]) -> Answer:
        clause = words.pop("clause", None) or self._clause_of(holder)
        number = words.pop("round") if "round" in words else self._number(clause)
        return Answer(self.tender, clause, kind, number, **words)

    # How things stand

    def the_tender(self, name: str = "") -> Tender:
        return self.desk.tenders[name or self.tender]

    def round(self, number: int | None = None) -> Round:
        """The last round, or one by its number."""
        rounds = self.the_tender().rounds
        return rounds[-1] if number is None else next(r for r in rounds if r.number == number)

    def standing(self, clause: str) -> Standing:
        """How a right stands in the last round that has it."""
        return next(
            r.standings[clause] for r in reversed(self.the_tender().rounds) if clause in r.standings
        )

    def deadline(self, clause: str) -> Instant:
        deadline = self.standing(clause).deadline
        assert deadline is not None
        return deadline

    def tail(self) -> Instant:
        tail = self.round().tail
        assert tail is not None
        return tail

    def taking(self, clause: str) -> Taking:
        return next(
            r.takings[clause] for r in reversed(self.the_tender().rounds) if clause in r.takings
        )

    def agreement(self, name: str) -> Agreement:
        return self.desk.agreements[name]

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.journal if isinstance(event, kind)]

    def last(self, kind: type[E]) -> E:
        return self.all(kind)[-1]

    def _bid(self, bidder: str, price: str, words: dict[str, Any]) -> Bid:
        tender = self.desk.tenders.get(self.tender)
        said = {name: words.pop(name) for name in list(words) if name in _BID}
        said = {name: exact(name, value) for name, value in said.items()}
        said.setdefault("chips", tender.lot.chips if tender else 1)
        return Bid(bidder=bidder, terms=terms(price, **words), **said)

    def _clause_of(self, holder: str) -> str:
        tender = self.the_tender()
        rights = {**tender.claims, **tender.dormant, **tender.bars}
        return next((i for i, right in rights.items() if right.holder == holder), holder)

    def _number(self, clause: str) -> int | None:
        rounds = self.the_tender().rounds
        if any(bar.clause == clause for bar in self.the_tender().opened.bars):
            return None
        held = (r.number for r in reversed(rounds) if clause in r.standings)
        return next(held, rounds[-1].number if rounds else None)

    def _noticeable(self, tender: Tender, bid: Bid, old: int | None) -> int:
        return min(tender.unnoticed, bid.chips) if old is None else self.round(old).remaining

    def _tender_of(self, agreement: str) -> str:
        known = self.desk.agreements.get(agreement)
        return known.tender if known else self.tender
