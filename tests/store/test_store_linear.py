"""T7: whatever races, the desk did one thing after another, and everybody was told of that order.

Sixty-four threads ask at once about two tenders: to sign, answer, withdraw, bid, serve notice. Each
tender's history must have an order that explains every answer and keeps real time (linear.py), and
the journal must be such an order itself. Sequencers that are wrong on purpose must be found.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest

from offtake.desk import Desk, Envelope, Refusal, Reply, decide, handle
from offtake.desk import commands as cm
from offtake.desk.commands import Command
from offtake.journal.entry import About
from offtake.store.acknowledged import Acknowledged
from offtake.store.sequencer import Sequencer
from torture.telling import told

from .desks import BEGUN, BUYER, CHANCE, FOUND, opening
from .linear import Operation, linearised, out_of_time
from .media import KINDS, medium
from .races import Race, Track, racers

HISTORIES = int(os.environ.get("OFFTAKE_HISTORIES", "2000"))
"""Of each tender one, on memory; on SQLite and PostgreSQL a tenth as many each."""
SHARE = {"memory": 1, "sqlite": 10, "postgres": 10}
ON_ONE_DESK = 60
"""Races after which another desk begins."""


@pytest.fixture(scope="module")
def threads() -> Iterator[ThreadPoolExecutor]:
    with racers() as pool:
        yield pool


@pytest.mark.parametrize("kind", KINDS)
def test_every_history_has_an_order_that_explains_it(
    kind: str, threads: ThreadPoolExecutor, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    races = HISTORIES // SHARE[kind] // 2
    answers: Counter[str] = Counter()
    operations = at_once = 0
    desks = range(0, races, ON_ONE_DESK if kind != "postgres" else races)
    for first in desks:
        folder = tmp_path / str(first)
        folder.mkdir()
        place = medium(kind, folder, lambda: request.getfixturevalue("database"))
        track = Track(place.open(), threads)
        with track.sequencer:
            for number in range(first, min(first + (desks.step), races)):
                race = track.race(Random(f"{kind} {number}"))
                assert race.wrong() == [], f"race {number} on {kind}"
                operations += len(race.operations)
                at_once += overlapping(race)
                answers.update(name(one) for one in race.operations)
    told("T7", f"histories on {kind}", races * 2, operations=operations, with_another=at_once)
    assert at_once > operations * 0.9, "hardly anything raced"
    needed = {"Sign ok", "Answer ok", "Withdraw ok", "Submit ok", "Notice ok"}
    assert needed <= set(answers), answers


def overlapping(race: Race) -> int:
    """How many operations ran while another did."""
    spans = sorted((one.invoked, one.returned) for one in race.operations)
    count, reached = 0, 0
    for n, (begun, ended) in enumerate(spans):
        after = spans[n + 1][0] if n + 1 < len(spans) else ended + 1
        count += begun < reached or after < ended
        reached = max(reached, ended)
    return count


def name(operation: Operation) -> str:
    code = getattr(operation.answer, "code", "ok")
    return f"{type(operation.envelope.body).__name__} {code}"


# --- the check itself -----------------------------------------------------------------------------


def operation(
    invoked: int, returned: int, actor: str, body: Command, code: str = "ok"
) -> Operation:
    key = f"{invoked}-{returned}"
    answer: Any = Reply(BEGUN) if code == "ok" else Refusal(code, "", "")
    return Operation(invoked, returned, Envelope(actor, key, BEGUN, CHANCE, body), answer)


def test_a_history_that_contradicts_itself_is_found() -> None:
    desk, _ = handle(Desk(), Envelope(BUYER, "found", BEGUN, CHANCE, FOUND))
    opened, again = opening("lot"), opening("lot")
    after, one = handle(desk, Envelope(BUYER, "1-4", BEGUN, CHANCE, opened))
    _, two = handle(after, Envelope(BUYER, "2-3", BEGUN, CHANCE, again))
    first = Operation(1, 4, Envelope(BUYER, "1-4", BEGUN, CHANCE, opened), one.answer)
    second = Operation(2, 3, Envelope(BUYER, "2-3", BEGUN, CHANCE, again), two.answer)
    assert linearised(desk, [second, first]) == [first, second]
    # Had the refused one returned before the other was invoked, nothing would explain it.
    late = Operation(5, 6, first.envelope, first.answer)
    assert linearised(desk, [second, late]) is None
    # Nor can both have opened it.
    both = Operation(2, 3, second.envelope, Reply(BEGUN))
    assert linearised(desk, [first, both]) is None


def test_a_journal_out_of_the_order_of_time_is_found() -> None:
    body = cm.Withdraw("lot", "no need")
    first, second = operation(1, 2, BUYER, body), operation(3, 4, BUYER, body)
    between = operation(1, 4, BUYER, body)
    assert out_of_time([first, between, second]) is None
    assert out_of_time([between, first, second]) is None
    assert out_of_time([second, between, first]) == (second, first)


# --- sequencers that are wrong on purpose ---------------------------------------------------------


class Stale(Sequencer):
    """Answers from the desk as the disk has it, not as the commands before leave it."""

    def _decided(self, one: Any, group: Any) -> Any:
        seen = self._durable
        found = super()._decided(one, group)
        if one.body is None or not one.key[0].isdigit() or one.key.endswith(("-open", "-bid")):
            return found
        answer = decide(seen, Envelope(one.actor, one.key, one.at, CHANCE, one.body)).answer
        return Acknowledged(answer, *(getattr(found, f) for f in found.__struct_fields__[1:]))


class Hasty(Sequencer):
    """Says what it believes will come of a command, and sees to it when two more have come."""

    held: tuple[tuple[str, str, Command, int | None], ...] = ()

    def submit(
        self, actor: str, key: str, body: Command, at: int | None = None
    ) -> Future[Acknowledged]:
        if at is None:  # before the race
            self.drop()
            return super().submit(actor, key, body, at)
        self.held = (*self.held, (actor, key, body, at))
        answer = decide(self.desk, Envelope(actor, key, at, CHANCE, body)).answer
        future: Future[Acknowledged] = Future()
        about = About("", b"")
        future.set_result(Acknowledged(answer, None, at, actor, key, about, self._keyring))
        if len(self.held) >= 3:
            self.drop()
        return future

    def drop(self) -> None:
        """The last that came is the first to be decided."""
        held, self.held = self.held, ()
        for one in reversed(held):
            super().submit(*one)


@pytest.mark.parametrize("kind", [Stale, Hasty])
def test_a_sequencer_that_is_wrong_is_found(
    kind: type[Sequencer], threads: ThreadPoolExecutor, tmp_path: Path
) -> None:
    found: Counter[str] = Counter()
    for number in range(40):
        place = medium("memory", tmp_path, str)
        track = Track(place.open(), threads, kind)
        race = track.race(Random(number), most=10)
        track.sequencer.close()
        wrong = race.wrong()
        found["histories"] += sum("no order" in each for each in wrong)
        found["journals"] += any("no order" not in each for each in wrong)
    told("T7", f"races of a planted sequencer ({kind.__name__.lower()})", 40, **found)
    assert found["histories"], found
    assert found["journals"], found
