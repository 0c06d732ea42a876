"""The agenda is a sorted list of deadlines, whatever was moved in which order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from offtake.desk.agenda import MOST, Agenda


@given(st.lists(st.tuples(st.integers(0, 30), st.none() | st.integers(0, 9)), max_size=200))
def test_deadlines_come_in_order_and_each_tender_has_one(
    moves: list[tuple[int, int | None]],
) -> None:
    agenda, known = Agenda(), dict[str, int]()
    for number, after in moves:
        tender = f"t{number}"
        agenda = agenda.moved(tender, known.pop(tender, None), after)
        if after is not None:
            known[tender] = after
        expected = sorted((at, name) for name, at in known.items())
        assert list(agenda) == expected
        assert agenda.first == (expected[0] if expected else None)


def test_many_deadlines_lie_in_runs_that_are_neither_empty_nor_long() -> None:
    agenda, count = Agenda(), 5 * MOST
    order = [(n * 7_919) % count for n in range(count)]
    for n in order:
        agenda = agenda.moved(f"t{n}", None, n)
    assert list(agenda) == [(n, f"t{n}") for n in range(count)]
    assert len(agenda.runs) > 4
    for n in order[::-1]:
        assert all(0 < len(run) <= MOST for run in agenda.runs)
        assert agenda.ends == tuple(run[-1] for run in agenda.runs)
        before, agenda = agenda, agenda.moved(f"t{n}", n, None)
        assert len(list(before)) == len(list(agenda)) + 1, "what was is not what is changed"
    assert agenda == Agenda()
