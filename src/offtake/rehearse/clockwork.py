"""Virtual time: planned deeds in their order, one desk that judges them, and its journal.

Nothing waits. The next thing to happen is the next deed or the next deadline of the desk, whichever
comes first; at one instant the deed, since a deadline is in time.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from offtake.desk import Desk, Envelope, Refusal, Reply, due, evolve, handle
from offtake.desk.commands import Command
from offtake.desk.events import Event
from offtake.desk.lot import Instant
from offtake.rehearse.recorded import Step, Tick

MOST = 1_000_000
"""Deeds and deadlines of one rehearsal: what needs more goes round in circles."""

Deed = Callable[[Instant], object]


class EndlessError(RuntimeError):
    """A rehearsal that does not end is a mistake of ours."""


@dataclass(slots=True)
class Clockwork:
    """The desk, what is planned to be done at it, and what has happened."""

    seed: int
    watch: Callable[[Event], None]
    """Told of each event after it has happened; it may plan deeds."""
    desk: Desk = field(default_factory=Desk)
    events: list[Event] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    """What was put to the desk, and when time alone moved it: what a journal is written from."""
    _planned: list[tuple[Instant, int, Deed]] = field(default_factory=list)
    _count: int = 0

    def plan(self, at: Instant, deed: Deed) -> None:
        """Have something done at an instant, at once where that is past."""
        self._count += 1
        heapq.heappush(self._planned, (max(at, self.desk.now), self._count, deed))

    def run(self) -> None:
        """Let time pass until nothing is planned and no clock runs."""
        for _ in range(MOST):
            deed = self._planned[0][0] if self._planned else None
            first = self.desk.agenda.first
            if first is not None and (deed is None or first[0] < deed):
                self._pass(first[0] + 1)
            elif deed is not None:
                at, _, do = heapq.heappop(self._planned)
                do(at)
            else:
                return
        raise EndlessError(f"a rehearsal takes no more than {MOST:,} steps")

    def send(self, actor: str, body: Command, at: Instant, about: str = "") -> Reply | Refusal:
        """Put a command to the desk; `about` is the tender by whose name its key begins."""
        self._count += 1
        key = f"{about}#{self._count}"
        chance = hashlib.sha256(f"{self.seed}:{key}".encode()).digest()
        own = Envelope(actor, key, max(at, self.desk.now), chance, body)
        self.steps.append(own)
        self.desk, decided = handle(self.desk, own)
        self._told(decided.events)
        return decided.answer

    def _pass(self, at: Instant) -> None:
        lapsed = due(self.desk, at)
        if not lapsed:
            raise EndlessError("a deadline that is past brings nothing about")
        self.steps.append(Tick(at))
        for event in lapsed:
            self.desk = evolve(self.desk, event)
        self._told(lapsed)

    def _told(self, events: tuple[Event, ...]) -> None:
        self.events.extend(events)
        for event in events:
            self.watch(event)
