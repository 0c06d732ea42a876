"""What holds after every step at the desk, whatever the step was."""

from __future__ import annotations

from collections.abc import Sequence

from offtake.desk import Decided, Desk, Refusal, evolve
from offtake.desk.events import Event, Refused


def check_decision(
    decided: Decided, lapses: tuple[Event, ...], *, repeated: bool, stranger: bool
) -> None:
    """Lapses come first; a refusal is kept, but not a stranger's, and nothing twice."""
    events, answer = decided.events, decided.answer
    refused = isinstance(answer, Refusal)
    if refused:
        for text in (answer.code, answer.sentence, answer.instead):
            assert text.strip()
            assert "None" not in text
    if repeated or stranger:
        assert events == ()
        return
    assert events[: len(lapses)] == lapses
    own = events[len(lapses) :]
    assert all(event.by is None for event in lapses)
    assert own[0].by is not None
    if refused:
        assert isinstance(own[0], Refused)
        assert (own[0].code, len(own)) == (answer.code, 1)


def check_replay(desk: Desk, journal: Sequence[Event]) -> None:
    """P3, R22: the journal alone tells how things stand, and never goes back in time."""
    again = Desk()
    for event in journal:
        assert again.now <= event.at
        again = evolve(again, event)
    assert again == desk


def check_quantities(desk: Desk) -> None:
    """P2: of every lot and of every notice nothing is lost and nothing is counted twice."""
    for tender in desk.tenders.values():
        made = (desk.agreements[name] for name in tender.agreements)
        unasked = sum(a.chips for a in made if a.round is None and a.state != "failed")
        noticed = sum(round.noticed for round in tender.rounds)
        assert tender.unnoticed + noticed + unasked == tender.lot.chips
        assert tender.unnoticed >= 0
        for round in tender.rounds:
            taken = sum(t.chips for t in round.takings.values() if t.state != "failed")
            assert round.noticed == round.remaining + round.signed + taken
            assert round.remaining >= 0
