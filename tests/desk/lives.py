"""Lives of a desk: many parties in virtual time, each step compared with a second model.

One seed makes one life: its world (lives_world.py), what the parties do (lives_moves.py), and the
accidents between them and the desk: duplicates, commands that overtake each other, replies that
are lost, clocks that jump, crashes after which the desk is what its journal says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from types import ModuleType
from typing import Any

import offtake.desk
from offtake.desk import Desk, Envelope, Event
from offtake.desk.commands import Command
from offtake.desk.events import BidCommitted, BidReceived, BidsErased
from offtake.desk.sealed import blank
from offtake.desk.state import Round, Tender

from .lives_books import Bookings
from .lives_moves import Moves
from .lives_world import DAY, HOUR, NS, World
from .second import ASKED, WANTED, Second
from .second_pledges import promise
from .second_things import T


@dataclass
class Life:
    """What became of one life."""

    seed: int
    journal: list[Event] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    """As they were sent, in order."""
    commands: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By the command's name, and ok or the code of the refusal."""
    events: Counter[str] = field(default_factory=Counter)
    """By name, and by name and what the command was that brought it about."""
    states: Counter[str] = field(default_factory=Counter)
    """Of standings, as they were seen after a step."""
    replays: int = 0

    @property
    def steps(self) -> int:
        return len(self.envelopes)


def summary(desk: Desk) -> dict[str, Any]:
    """How everything stands, in the words of the second model's summary."""
    return {
        "tenders": {name: summary_of(desk, tender) for name, tender in desk.tenders.items()},
        "promised": {key: (one.chips, one.promised) for key, one in desk.capacity.items()},
        "posted": {base: one.id for base, one in desk.posted.items()},
        "defaults": set(desk.defaults),
    }


def summary_of(desk: Desk, tender: Tender) -> dict[str, Any]:
    agreements = [desk.agreements[name] for name in tender.agreements]
    return {
        "phase": tender.phase,
        "chips": tender.lot.chips,
        "unnoticed": tender.unnoticed,
        "ended": tender.ended,
        "closes": tender.closes,
        "holders": {clause: claim.holder for clause, claim in tender.claims.items()},
        "dormant": {clause: claim.holder for clause, claim in tender.dormant.items()},
        "bars": set(tender.bars),
        "reveals": tender.reveals,
        "bids": {
            bid: (one.bidder, one.chips, one.terms.price, one.received)
            for bid, one in tender.bids.items()
        },
        "pledges": {
            bid: (one.bidder, one.commitment, one.received) for bid, one in tender.pledges.items()
        },
        "ranking": tuple(place.bid for place in tender.ranking),
        "aside": set(tender.aside),
        "released": set(tender.released),
        "rounds": [summary_round(r) for r in tender.rounds],
        "agreements": {a.id: (a.round, a.clause, a.party, a.chips, a.state) for a in agreements},
    }


def summary_round(r: Round) -> dict[str, Any]:
    return {
        "kind": r.kind,
        "noticed, remaining, signed": (r.noticed, r.remaining, r.signed),
        "state": r.state,
        "tail": r.tail if r.state == "tail" else None,
        "freed": r.freed and r.state == "tail",
        "turns": r.turns,
        "standings": {
            clause: (
                s.state,
                s.deadline if s.state == "noticed" else None,
                s.wanted if s.state in WANTED else 0,
                s.chips if s.state in ASKED else 0,
            )
            for clause, s in r.standings.items()
        },
        "takings": {
            clause: (x.holder, x.chips, x.state, x.closing, x.delivery)
            for clause, x in r.takings.items()
        },
    }


def different(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two summaries differ, a line each."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            line
            for key in list(one) + [k for k in other if k not in one]
            for line in different(one.get(key), other.get(key), f"{path}/{key}")
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [line for i, (a, b) in pairs for line in different(a, b, f"{path}/{i + 1}")]
    return [] if one == other else [f"{path}: the desk has {one}, the second model {other}"]


def whole(tender: Tender, desk: Desk) -> bool:
    """P2: what is taken, signed and left makes what was noticed, and no chip is lost."""
    unasked = sum(
        a.chips
        for a in (desk.agreements[name] for name in tender.agreements)
        if a.round is None and a.state != "failed"
    )
    for r in tender.rounds:
        taken = sum(x.chips for x in r.takings.values() if x.state != "failed")
        if r.noticed != r.remaining + r.signed + taken or r.remaining < 0:
            return False
    noticed = sum(r.noticed for r in tender.rounds)
    return tender.unnoticed >= 0 and tender.lot.chips == tender.unnoticed + noticed + unasked


class Sender:
    """Sends envelopes to the desk and to the second model, and compares them."""

    def __init__(self, life: Life, rules: ModuleType, model: Second) -> None:
        self.life, self.rules, self.model = life, rules, model
        self.desk = Desk()
        self.answers: dict[tuple[str, str], Any] = {}
        """What was first said to a command, by who sent it under which key."""
        self.past: list[tuple[int, Desk]] = []
        self.seen: dict[str, Tender] = {}
        self.last: dict[str, Any] = {}
        """The tenders of the desk as they were last looked at, and what was seen then."""

    def send(self, envelope: Envelope) -> None:
        """One step."""
        life, before = self.life, self.desk
        known = (envelope.actor, envelope.key) in before.outcomes
        decided = self.rules.decide(before, envelope)
        life.envelopes.append(envelope)
        if life.steps % 50 == 1:
            after = replayed(decided.events, self.rules, before)
            both = self.rules.handle(before, envelope)
            self.agree((after, decided) == both, envelope, "handle does otherwise than decide")
        answer = decided.answer
        code = getattr(answer, "code", "ok")
        if known and code != "key-reused":
            first = self.answers[envelope.actor, envelope.key]
            self.agree(answer == first, envelope, f"told {first} before, now {answer}")
        elif not known:
            self.answers[envelope.actor, envelope.key] = answer
        for event in decided.events:
            self.see(envelope, event, known, code)
            self.desk = self.rules.evolve(self.desk, event)
        life.commands[type(envelope.body).__name__, code] += 1
        came = self.model.send(envelope)
        mine = code, getattr(answer, "made", "")
        self.agree(came == mine, envelope, f"the desk says {mine}, the second model {came}")
        self.compare(envelope)

    def see(self, envelope: Envelope, event: Event, known: bool, code: str) -> None:
        """One event: in the order of time, of this command or of none, and only once."""
        life = self.life
        late = bool(life.journal) and event.at < life.journal[-1].at
        self.agree(not late, envelope, f"{event} is before {life.journal[-1:]}")
        self.agree(not known and code != "not-founded", envelope, f"one event too many: {event}")
        mine = event.by is None or (event.by.actor, event.by.key) == (envelope.actor, envelope.key)
        self.agree(mine, envelope, f"not of this command: {event}")
        if isinstance(event, BidReceived) and event.tender in self.desk.tenders:
            pledged = self.desk.tenders[event.tender].pledges.get(event.bid.id)
            borne = None
            if event.salt:
                borne = promise(event.bid, event.salt, self.desk.buyer, event.tender)
            kept = pledged.commitment if pledged is not None else None
            self.agree(borne == kept, envelope, f"not what was pledged: {event}")
        life.journal.append(event)
        name = type(event).__name__
        life.events[name] += 1
        if event.by is not None:
            life.events[f"{name} to {type(envelope.body).__name__}"] += 1

    def compare(self, envelope: Envelope) -> None:
        mine = self.desk
        theirs = self.model.summary()
        changed = {}
        for name, tender in mine.tenders.items():
            if self.seen.get(name) is not tender or theirs["tenders"].get(name) != self.last.get(
                name
            ):
                changed[name] = summary_of(mine, tender)
                self.agree(whole(tender, mine), envelope, f"chips are lost: {changed[name]}")
                self.seen[name] = tender
                for r in tender.rounds:
                    self.life.states.update(s.state for s in r.standings.values())
        self.last = {**self.last, **changed}
        ours = {
            "tenders": self.last,
            "promised": {key: (one.chips, one.promised) for key, one in mine.capacity.items()},
            "posted": {base: one.id for base, one in mine.posted.items()},
            "defaults": set(mine.defaults),
        }
        if ours != theirs:
            self.agree(False, envelope, "\n".join(different(ours, theirs)))

    def agree(self, true: bool, envelope: Envelope, what: str) -> None:
        if not true:
            life = self.life
            raise AssertionError(
                f"seed {life.seed}, step {life.steps}, at {envelope.at}: {envelope.actor} sends "
                f"{envelope.body} under {envelope.key}\n{what}"
            )

    def crash(self, draw: Random) -> None:
        """P3: the journal alone tells how things stand, now and at any instant before."""
        life = self.life
        life.replays += 1
        again = replayed(life.journal, self.rules)
        where = f"seed {life.seed}, step {life.steps}"
        assert again == self.desk, f"{where}: replayed differently"
        if self.past:
            count, then = draw.choice(self.past)
            again = replayed(life.journal[:count], self.rules)
            assert again == then, f"{where}: the first {count} events replay differently"
        again = replayed(forgotten(life.journal), self.rules)
        assert again == self.desk, f"{where}: replayed differently once bids are erased"
        self.timeless(draw)
        self.desk = replayed(life.journal, self.rules)
        self.past.append((len(life.journal), self.desk))

    def timeless(self, draw: Random) -> None:
        """What time alone brings depends on the instant, not on who looks how often before."""
        rules, desk, where = self.rules, self.desk, f"seed {self.life.seed}, step {self.life.steps}"
        sooner = desk.now + draw.randrange(20 * DAY)
        later = sooner + draw.randrange(40 * DAY)
        before = rules.due(desk, sooner)
        after = rules.due(replayed(before, rules, desk), later)
        assert (*before, *after) == rules.due(desk, later), f"{where}: a look changes what is due"
        assert self.desk == desk, f"{where}: a look changes the desk"


def replayed(journal: Sequence[Event], rules: ModuleType, desk: Desk | None = None) -> Desk:
    """The desk after some events, from the beginning or from another desk."""
    desk = Desk() if desk is None else desk
    for event in journal:
        desk = rules.evolve(desk, event)
    return desk


def forgotten(journal: Sequence[Event]) -> list[Event]:
    """The journal as it is kept after an erasure: without what was bid and then erased."""
    kept = {e.tender: e.kept for e in journal if isinstance(e, BidsErased)}
    found = []
    for event in journal:
        bid = event.bid.id if isinstance(event, BidReceived) else None
        bid = event.bid if isinstance(event, BidCommitted) else bid
        erased = bid is not None and event.tender in kept and bid not in kept[event.tender]
        found.append(blank(event) if erased else event)
    return found


class Post:
    """What lies between the parties and the desk: clocks that are wrong, and a careless post."""

    def __init__(self, world: World, model: Second) -> None:
        self.world, self.model, self.draw = world, model, world.draw
        self.now = world.begins
        self.count = 0
        self.sent: list[Envelope] = []

    def envelope(self, actor: str, body: Command, key: str | None = None) -> Envelope:
        self.count += 1
        entropy = self.draw.randbytes(32)
        return Envelope(actor, key or f"key-{self.count}", self.clock(), entropy, body)

    def clock(self) -> int:
        """What the sender's clock shows."""
        if "jumps" in self.world.dials and self.draw.random() < 0.15:
            return self.now + self.draw.randrange(-50 * NS, 400 * NS)
        return self.now

    def wait(self) -> None:
        """Time passes: a little, or to about the next deadline, or for days."""
        draw = self.draw
        self.now = max(self.now, self.model.now)
        chance = draw.random()
        if chance < 0.5:
            self.now += draw.randrange(2 * HOUR)
        elif chance < (0.6 if "slow" in self.world.dials else 0.53):
            self.now += draw.randrange(4 * DAY)
        elif chance < self.hasty():
            dues = [due[0][0] for t in self.model.tenders.values() for due in self.model.dues(t)]
            ahead = sorted(due for due in dues if due >= self.now)
            if ahead:
                due = ahead[0] if draw.random() < 0.85 else draw.choice(ahead)
                if due - self.now < 60 * DAY or draw.random() < 0.2:
                    self.now = max(self.now, due + draw.choice((-1, 0, 0, 1, 1)))

    def hasty(self) -> float:
        """Up to which chance the next deadline is awaited; bids are given time to come."""
        tenders = self.model.tenders.values()
        if self.world.idle:
            return 0.9
        return 0.57 if any(self.expected(t) for t in tenders) else 0.68

    def expected(self, tender: T) -> bool:
        """Whether a tender waits for bids, or for pledged ones to be shown."""
        if tender.phase == "revealing":
            return len(tender.bids) < len(tender.pledges)
        return tender.phase == "bidding" and len(tender.bids) + len(tender.pledges) < 2

    def again(self) -> Envelope | None:
        """A duplicate of something sent: now and then with another content under its key."""
        if not self.sent:
            return None
        old = self.draw.choice(self.sent[-12:] if self.draw.random() < 0.7 else self.sent)
        body = old.body
        if self.draw.random() < 0.1:
            body = self.draw.choice(self.sent).body
        return self.envelope(old.actor, body, old.key)


def live(seed: int, desk_module: ModuleType = offtake.desk, steps: int = 0) -> Life:
    """A whole life; AssertionError where the desk and the second model differ."""
    draw = Random(seed)
    world, model, life = World(draw), Second(), Life(seed)
    moves, post = Moves(world, model), Post(world, model)
    sender, books = Sender(life, desk_module, model), Bookings(world, seed)
    steps = steps or draw.choice((60, 120, 240))
    spare = 6
    while life.steps - books.count < steps and spare:
        spare -= moves.over()
        batch = []
        for _ in range(draw.choice((1, 1, 1, 1, 1, 1, 2, 4))):
            post.wait()
            batch.append(post.envelope(*moves.next(post.now)))
        draw.shuffle(batch)
        for envelope in batch:
            sender.send(envelope)
            post.sent.append(envelope)
            if draw.random() < 0.05:  # the reply was lost
                sender.send(post.envelope(envelope.actor, envelope.body, envelope.key))
        if draw.random() < 0.15 and (late := post.again()) is not None:
            sender.send(late)
        if model.buyer is not None and (booked := books.next(model.now)) is not None:
            sender.send(booked)
        if draw.random() < 0.01:
            sender.crash(draw)
    return life
