"""Events replayed at once make the desk that they make one by one."""

from __future__ import annotations

import pytest

from offtake.desk import Desk, evolve, handle
from offtake.desk.evolve import Replay

from .lives import live


@pytest.mark.parametrize("seed", range(40))
def test_events_replayed_at_once_make_the_same_desk(seed: int) -> None:
    desk, half, events = Desk(), Desk(), []
    envelopes = live(seed).envelopes
    for number, envelope in enumerate(envelopes):
        desk, decided = handle(desk, envelope)
        if number < len(envelopes) // 2:
            half = desk
        else:
            events += decided.events
    replay, one_by_one = Replay(half), half
    for event in events:
        replay.add(event)
        one_by_one = evolve(one_by_one, event)
    assert replay.desk() == one_by_one == desk
    assert replay.desk().outcomes != half.outcomes


def test_of_no_events_the_desk_is_as_it_was() -> None:
    assert Replay(Desk()).desk() == Desk()
