"""What ended before its time, and under which clause; what was called by an option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from offtake.book.faults import Fault, Misread
from offtake.book.fields import Day, Slug
from offtake.book.near import nearest
from offtake.book.record import Record

if TYPE_CHECKING:
    from offtake.book.force import Book


class Ends(Record):
    """An agreement or a delivery: its last day may come sooner than was signed."""

    ended: Day | None = Field(
        default=None, description="the first day on which it held no more; known from then"
    )
    ended_by: Slug | None = Field(
        default=None, description="the clause of its agreement under which it was ended"
    )

    @model_validator(mode="after")
    def _ended_on_a_day(self) -> Ends:
        if self.ended_by is not None and self.ended is None:
            sentence = f"It was ended under {self.ended_by} and does not say on which day."
            raise Misread(sentence, "missing-field", "write ended: DATE")
        return self


def named(book: Book) -> Iterator[Fault]:
    """Clauses under which something was ended, or called, that are nowhere."""
    names: dict[str, dict[str, None]] = {}
    for agreement in book.agreements.values():
        added = (c for a in agreement.amendments for c in a.add)
        own = (*agreement.clauses, *added)
        names[agreement.id] = dict.fromkeys(c.name or c.kind for c in own)
    for agreement in book.agreements.values():
        for record in (agreement, *agreement.deliveries):
            if record.ended_by is not None and record.ended_by not in names[agreement.id]:
                sentence = f"{agreement.id} has no clause {record.ended_by}."
                hint = nearest(record.ended_by, names[agreement.id])
                yield Fault(record.at("ended_by"), "unknown-clause", sentence, hint)
        yield from _called(agreement.calls, agreement, names)


def _called(
    calls: str | None, record: Record, names: Mapping[str, Mapping[str, None]]
) -> Iterator[Fault]:
    full = {f"{owner}/{name}": None for owner, own in names.items() for name in own}
    if calls is not None and calls not in full:
        sentence = f"There is no clause {calls} in the book."
        yield Fault(record.at("calls"), "unknown-clause", sentence, nearest(calls, full))
