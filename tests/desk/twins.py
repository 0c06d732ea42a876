"""Twins: two lives of one desk that differ only in what one party must not see.

A life is a list of steps. What the party does itself is the same in both lives; what it must not
see is drawn anew. Its transcript is all that it is told: the replies to its own commands, and what
it sees at every instant at which something happens in either life.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from offtake.desk import Desk, Envelope, decide, evolve
from offtake.desk.claim import Claim
from offtake.desk.commands import (
    Answer,
    Assign,
    Command,
    Declare,
    Erase,
    Found,
    Notice,
    Open,
    Pledge,
    Recall,
    Reveal,
    Revise,
    SetAside,
    Sign,
    StandBy,
    Submit,
)
from offtake.desk.lot import Bid, Lot, Terms
from offtake.desk.sealed import pledge_body
from offtake.desk.sight import reply, sight
from offtake.units import Instant
from offtake.units.almanac import Spell

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
    claim,
    day,
    terms,
)

HOUR = 3600 * 10**9
START = at(OPENED)
CLOSES = START + 48 * HOUR
BIDDERS = ("amazon", "coreweave", "google", "nvidia")
HOLDERS = ("microsoft", "oracle")
GUESSED = START + 5 * HOUR
"""When others bid, so that their bids' names can be guessed."""
CHIPS = 1000

Look = Callable[[Desk, str, Instant], Any]
Tell = Callable[[Desk, Command, Any], Any]


@dataclass(frozen=True)
class Step:
    """A command at an instant; only the party's own may be refused, and what is `odd`."""

    at: Instant
    actor: str
    body: Command
    odd: bool = False


@dataclass(frozen=True)
class Pair:
    """Two lives that must look alike to a party, looked at until an instant, included."""

    party: str
    left: tuple[Step, ...]
    right: tuple[Step, ...]
    until: Instant
    also: tuple[Instant, ...] = ()

    @property
    def instants(self) -> list[Instant]:
        told = {step.at for step in (*self.left, *self.right)} | {self.until, *self.also}
        return sorted(instant for instant in told if instant <= self.until)


def entropy(actor: str, instant: Instant) -> bytes:
    return hashlib.sha256(f"{actor} {instant}".encode()).digest()


def bid_id(actor: str, instant: Instant) -> str:
    """The name that the desk gives to a bid that arrives then."""
    seed = entropy(actor, instant) + f"{actor}/{actor}-{instant}".encode()
    return hashlib.sha256(seed).hexdigest()[:16]


@cache
def begun() -> Desk:
    """A desk with its parties, all of which have capacity in plenty."""
    desk = Desk()
    said: list[Command] = [Found(PARTIES, ("auditor",))]
    said += [Declare(party, CHIP, REGION, PLENTY) for party in PARTIES]
    for number, body in enumerate(said):
        desk = sent(desk, Step(at(FOUNDED) + number, BUYER, body), BUYER)[0]
    return desk


def enveloped(step: Step) -> Envelope:
    """A step as it is sent: chance, too, is the same in both lives."""
    chance = entropy(step.actor, step.at)
    return Envelope(step.actor, f"{step.actor}-{step.at}", step.at, chance, step.body)


def sent(desk: Desk, step: Step, party: str) -> tuple[Desk, Any]:
    """The desk after a step, and what its sender is told."""
    decided = decide(desk, enveloped(step))
    told = reply(decided)
    assert step.actor == party or step.odd or "refused" not in told, (step, told)
    for event in decided.events:
        desk = evolve(desk, event)
    return desk, told


def transcript(
    pair: Pair,
    steps: Iterable[Step],
    look: Look = sight,
    tell: Tell = lambda desk, body, told: told,
) -> bytes:
    """All that the party is told in one life, in one line for each instant."""
    desk, lines, waiting = begun(), [], sorted(steps, key=lambda step: step.at)
    for instant in pair.instants:
        while waiting and waiting[0].at <= instant:
            step = waiting.pop(0)
            before = desk
            desk, told = sent(desk, step, pair.party)
            if step.actor == pair.party:
                lines.append(json.dumps(tell(before, step.body, told)))
        lines.append(json.dumps(look(desk, pair.party, instant)))
    return "\n".join(lines).encode()


def alike(pair: Pair, **planted: Any) -> bool:
    """Whether the party is told the same in both lives, byte for byte."""
    left = transcript(pair, pair.left, **planted)
    return left == transcript(pair, pair.right, **planted)


# --- what lives are made of -----------------------------------------------------------------------


@dataclass
class Life:
    """Steps as they are written, and where the bids are."""

    steps: list[Step] = field(default_factory=list)
    bids: dict[str, tuple[str, Terms]] = field(default_factory=dict)
    notes: dict[str, tuple[Bid, str]] = field(default_factory=dict)
    """What each bidder has pledged, and its salt."""

    def do(self, hours: float, actor: str, body: Command, odd: bool = False) -> Instant:
        """A command so many hours after the opening of the tender."""
        instant = START + int(hours * HOUR)
        while any((step.at, step.actor) == (instant, actor) for step in self.steps):
            instant += 1
        self.steps.append(Step(instant, actor, body, odd))
        return instant

    def open(self, *claims: Claim, tender: str = "lot", **words: Any) -> None:
        region = words.pop("region", REGION)
        lot = Lot(CHIP, CHIPS, region, day("2026-01-01"), 48)
        almanacs = {"la": california()}
        hours = words.pop("hours", 0)
        body = Open(
            tender, lot, claims, words.pop("bars", ()), almanacs, Spell(48, "hours"), "la", **words
        )
        self.do(hours, BUYER, body)

    def bid(self, hours: float, bidder: str, price: str, tender: str = "lot", **words: Any) -> str:
        said = {name: words.pop(name) for name in ("chips", "block") if name in words}
        stated = terms(price, **words)
        body = Submit(tender, Bid(bidder, said.pop("chips", CHIPS), stated, **said))
        name = bid_id(bidder, self.do(hours, bidder, body))
        self.bids[bidder] = (name, stated)
        return name

    def pledge(self, hours: float, bidder: str, price: str, **words: Any) -> str:
        said = {name: words.pop(name) for name in ("chips", "block") if name in words}
        stated = terms(price, **words)
        bid = Bid(bidder, said.pop("chips", CHIPS), stated, **said)
        salt = hashlib.sha256(f"{bidder} {hours}".encode()).hexdigest()
        hashed = hashlib.sha256(bytes.fromhex(salt) + pledge_body(bid, BUYER, "lot")).hexdigest()
        name = bid_id(bidder, self.do(hours, bidder, Pledge("lot", hashed)))
        self.bids[bidder], self.notes[bidder] = (name, stated), (bid, salt)
        return name

    def reveal(self, hours: float, bidder: str, odd: bool = False) -> None:
        self.do(hours, bidder, Reveal("lot", *self.notes[bidder]), odd)

    def notice(
        self, hours: float, bidder: str, again: int | None = None, chips: int = CHIPS
    ) -> None:
        name, stated = self.bids[bidder]
        body = Notice("lot", name, CHIP, chips, REGION, stated, bidder, EVIDENCE, again)
        self.do(hours, BUYER, body)

    def answer(
        self, hours: float, holder: str, kind: str, number: int = 1, chips: int | None = None
    ) -> None:
        stated = terms("2.90") if kind == "offer" else None
        body = Answer("lot", clause_of(holder), kind, number, chips, terms=stated)
        self.do(hours, holder, body)

    def sign(self, hours: float, bidder: str, chips: int, number: int | None, tender: str) -> None:
        name = self.bids[bidder][0]
        self.do(hours, BUYER, Sign(tender, name, chips, f"{tender}-{bidder}", number))


def clause_of(holder: str) -> str:
    return f"{holder}/rofr"


def right(holder: str, **words: Any) -> Claim:
    return claim(clause_of(holder), holder, **{"window": "72 hours", "tail": "240 hours"} | words)


def some_price(chance: random.Random, low: float, high: float) -> str:
    return f"{chance.uniform(low, high):.4f}"


def probes(life: Life, party: str, chance: random.Random, hours: tuple[float, ...]) -> None:
    """What a party may try in order to learn what it must not: a guess at others' bids and all."""
    own = life.bids.get(party, ("", terms()))[0]
    for when in hours:
        mine = own and when > 48 and chance.random() < 0.3
        name = own if mine else bid_id(chance.choice(BIDDERS), GUESSED)
        stated = terms("3.0000")
        body = chance.choice(
            [
                Recall("lot", name),
                Revise("lot", name, stated, CHIPS),
                Revise("lot", name, stated, 1),
                SetAside("lot", name, "unwanted"),
                Sign("lot", name, CHIPS, "grab"),
                Sign("lot", name, CHIPS, "grab", 1),
                Notice("lot", name, CHIP, CHIPS, REGION, stated, "google", EVIDENCE),
                Notice("lot", name),
                StandBy("lot", 1),
                Answer("lot", "oracle/rofr", "waive", 1),
                Answer("lot", "oracle/rofr", "waive"),
                Submit("lot", Bid("amazon", CHIPS, stated)),
                Assign("nobody/rofr", "nvidia", EVIDENCE),
                Pledge("lot", "5e" * 32),
                Reveal("lot", Bid(party, CHIPS, stated), "5a" * 32),
                Erase("lot"),
            ]
        )
        if not (party in HOLDERS and isinstance(body, Answer)):
            life.do(when, party, body)


def others_bids(
    life: Life, chance: random.Random, bidders: Iterable[str], low: float, high: float = 9
) -> None:
    """Sealed bids as chance has them: made or not, replaced, taken back; no better than `low`."""
    for bidder in bidders:
        if chance.random() < 0.7:
            words = {"chips": chance.choice((100, 400, CHIPS)), "block": chance.choice((1, 50))}
            name = life.bid(5, bidder, some_price(chance, low, high), **words)
            if chance.random() < 0.3:
                name = life.bid(6, bidder, some_price(chance, low, high), months=48)
            if chance.random() < 0.2:
                life.do(7, bidder, Recall("lot", name))
                del life.bids[bidder]


def others_pledges(
    life: Life,
    chance: random.Random,
    bidders: Iterable[str],
    low: float,
    too_late: bool = False,
) -> None:
    """Pledges as chance has them: made or not, replaced, taken back, refused; shown or not."""
    for bidder in bidders:
        if chance.random() < 0.3:
            continue
        name = life.pledge(5, bidder, some_price(chance, low, 9))
        if chance.random() < 0.3:
            name = life.pledge(6, bidder, some_price(chance, low, 9))
        if chance.random() < 0.3:
            life.do(8, bidder, Submit("lot", life.notes[bidder][0]), odd=True)
        if chance.random() < 0.2:
            life.reveal(9, bidder, odd=True)
        if chance.random() < 0.2:
            life.do(7, bidder, Recall("lot", name))
        elif chance.random() < 0.7:
            life.reveal(48 + chance.uniform(0.1, 0.9), bidder, too_late)
            if chance.random() < 0.2:
                life.reveal(48.95, bidder, odd=True)
