"""In which lines two books differ: field by field, with the place of each in its own book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from offtake.book.draft import HEADER, Draft, Steps, item, name_of, parts
from offtake.book.faults import Place
from offtake.book.force import Book
from offtake.book.record import Written, WrittenList
from offtake.book.sections import SECTIONS

REMARKS = ("source", "note")
"""Fields of every record that no plan reads."""
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One place where two books differ; None where one of them has nothing there."""

    steps: Steps
    before: Any = field(repr=False)
    after: Any = field(repr=False)
    place_before: Place | None
    place_after: Place | None

    @property
    def path(self) -> str:
        """The steps as text: `offers/oracle-36.price`."""
        if self.steps[0] == HEADER:
            return ".".join(self.steps)
        return ".".join(("/".join(self.steps[:2]), *self.steps[2:]))

    @property
    def record(self) -> Steps:
        """The record in which it stands."""
        return self.steps[:1] if self.steps[0] == HEADER else self.steps[:2]

    @property
    def remark(self) -> bool:
        """Whether it is only for readers, so that no plan can differ by it."""
        return self.steps[-1] in REMARKS or self.steps == (HEADER, "title")

    @property
    def texts(self) -> tuple[str | None, str | None]:
        """What is written before and after, in one line each."""
        return written(self.before), written(self.after)


def lines(before: Draft, after: Draft) -> tuple[Line, ...]:
    """Every line in which two drafts differ: the header's, then section by section.

    Records are matched by id, items of a list by id or kind where each has one of its own, else by
    number. The order in which records stand makes no difference.
    """
    found = list(_differ((HEADER,), before.header, after.header, before, after))
    for section in SECTIONS:
        old, new = before.records.get(section, {}), after.records.get(section, {})
        for name in (*new, *(n for n in old if n not in new)):
            found += _differ((section, name), old.get(name), new.get(name), before, after)
    return tuple(line for line in found if line.steps != (HEADER, "include"))


def taken(draft: Draft, changes: tuple[Line, ...]) -> Draft:
    """The draft with those lines as they are in the other book, in the order of `lines`."""
    return draft.put_all((line.steps, line.after) for line in changes)


def settled(draft: Draft, book: Book) -> Draft:
    """The draft with what its traces say in place of their file names."""
    for name, demand in book.demand.items():
        shape = draft.at(("demand", name, "shape"))
        if isinstance(shape, Mapping) and demand.shape is not None:
            numbers = WrittenList([str(part) for part in demand.shape])
            draft = draft.put(("demand", name, "shape"), numbers)
    return draft


def written(value: Any) -> str | None:
    """A value on one line, as YAML would have it; None for nothing."""
    if value is None:
        return None
    text = _flow(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value)


def _differ(steps: Steps, old: Any, new: Any, before: Draft, after: Draft) -> Iterator[Line]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        names = (*new, *(name for name in old if name not in new))
    elif isinstance(old, list) and isinstance(new, list) and _of_records(old, new):
        names = _items(old, new)
    else:
        yield Line(
            steps,
            old,
            new,
            None if old is None else before.place(steps),
            None if new is None else after.place(steps),
        )
        return
    for name in names:
        yield from _differ((*steps, name), item(old, name), item(new, name), before, after)


def _of_records(old: list[Any], new: list[Any]) -> bool:
    return all(isinstance(entry, Written) for entry in (*old, *new))


def _items(old: list[Any], new: list[Any]) -> tuple[str, ...]:
    """What the items are called: those of the new list, then those that are gone, last first."""
    called = [[name_of(entry) for entry in listed] for listed in (old, new)]
    if all(None not in names and len(set(names)) == len(names) for names in called):
        gone = [name for name in called[0] if name not in called[1]]
        return tuple(str(name) for name in (*called[1], *reversed(gone)))
    both = [[number for number, _ in parts(listed)] for listed in (old, new)]
    gone = [number for number in both[0] if number not in both[1]]
    return (*both[1], *(str(number) for number in reversed(gone)))
