"""Why two plans differ: what moved, and which lines of the books made it move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from offtake.api import Clash, OpenBook, Plan, Step, WrongArgumentError, kept_plan, load
from offtake.book.force import Book
from offtake.book.lines import Line, lines, settled, taken
from offtake.book.read import BOOK, reread
from offtake.clauses.registry import kinds
from offtake.keep import DATA
from offtake.plan.compare import Comparison, Difference, compare, difference, difference_data
from offtake.plan.result import PlanResult
from offtake.questions.planned import planned, silent, sure
from offtake.units import QuantityError, parse_date

PARTS_MOST = 12
"""Into how many parts the difference of two books is split, at most."""
NAMED_MOST = 5


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the lines in which two books differ, and how much of the difference is theirs.

    No lines: what was known on the later day. The difference is None where it could not be told
    apart from the parts after it.
    """

    lines: tuple[Line, ...]
    name: str
    difference: Difference | None

    def data(self) -> dict[str, Any]:
        """The part as plain data."""
        return {
            "part": self.name,
            "lines": [_line_data(line) for line in self.lines],
            "difference": difference_data(self.difference),
        }


@dataclass(frozen=True, slots=True)
class Explained:
    """What moved from another book's plan, or a kept one, to this book's, and because of what."""

    before: Plan | Clash | PlanResult
    after: Plan | Clash
    comparison: Comparison | None
    lines: tuple[Line, ...]
    """Every line in which the books differ."""
    parts: tuple[Part, ...]
    """The lines that a plan reads, in their order, with what each makes dearer or cheaper."""
    notes: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        """Everything as plain data, ready for JSON."""
        from offtake.plan.delivery import as_data

        before = self.before
        return {
            "before": as_data(before) if isinstance(before, PlanResult) else before.data(),
            "after": self.after.data(),
            "comparison": self.comparison.data() if self.comparison is not None else None,
            "lines": [_line_data(line) for line in self.lines],
            "parts": [part.data() for part in self.parts],
            "notes": list(self.notes),
        }


def other(text: str) -> tuple[OpenBook | PlanResult, str | None]:
    """What a text names: a book, `BOOK@DATE`, a kept plan, or a folder with `plan.json`.

    Raises `WrongArgumentError` where a file is no plan.
    """
    path, day = Path(text), None
    if not path.exists() and "@" in text:
        named, _, day = text.rpartition("@")
        path = Path(named)
    if path.suffix == ".json" or ((path / DATA).is_file() and not (path / BOOK).exists()):
        if day is not None:
            raise WrongArgumentError(f"{path} is a plan of its own day; leave out @{day[:20]}")
        return kept_plan(path if path.suffix == ".json" else path / DATA), None
    return load(path), day


def explain(
    book: OpenBook,
    before: OpenBook | PlanResult,
    *,
    as_of: dt.date | str | None = None,
    before_as_of: dt.date | str | None = None,
    step: Step = silent,
    **options: Any,
) -> Explained:
    """What moved from the plan of another book, or a kept plan, to that of this book.

    Each is planned as of its own day unless one is given. The differing lines are put into the
    other book one after another; the difference between one plan and the next is theirs. Up to
    `PARTS_MOST` lines each by itself, else record by record, else section by section. Raises as
    `OpenBook.plan` does.
    """
    if isinstance(before, PlanResult):
        (after,) = planned([book], {"as_of": as_of, **options}, step)
        return _against_kept(before, sure(after), book)
    differing, states = _states(before, book, as_of, before_as_of)
    step("planning what differs")
    results = planned(
        [state.book for state in states],
        options,
        step,
        [{"as_of": state.as_of} for state in states],
    )
    first, last = sure(results[0]), sure(results[-1])
    comparison = (
        compare(first, last) if isinstance(first, Plan) and isinstance(last, Plan) else None
    )
    notes = list(comparison.notes) if comparison is not None else []
    return Explained(first, last, comparison, differing, _parts(states, results), tuple(notes))


@dataclass(frozen=True, slots=True)
class _State:
    """The other book with some lines put in; no book where they cannot be read so."""

    name: str
    lines: tuple[Line, ...]
    book: OpenBook | None
    as_of: dt.date


def _states(
    before: OpenBook,
    book: OpenBook,
    as_of: dt.date | str | None,
    before_as_of: dt.date | str | None,
) -> tuple[tuple[Line, ...], list[_State]]:
    """From the other book to this one in steps, each with the lines that it puts in."""
    old, new = before.drafted(), book.drafted()
    assert old.draft is not None
    assert new.draft is not None
    drafts = settled(old.draft, old.book), settled(new.draft, new.book)
    differing = lines(*drafts)
    days = _day(before_as_of, old), _day(as_of, new)
    states = [_State("", (), old, days[0])]
    if days[0] != days[1]:
        states.append(_State(_known(old.book, *days), (), old, days[1]))
    moving = [line for line in differing if not line.remark and line.path != "book.as_of"]
    groups = _grouped(moving)
    draft = drafts[0]
    for number, (name, group) in enumerate(groups, 1):
        draft = taken(draft, group)
        if number == len(groups):
            # The last is this very book, which has been read and is at hand.
            states.append(_State(name, group, new, days[1]))
            break
        reading = reread(draft, old.path, kinds(), f"{old.book.digest} {number}")
        state = replace(old, reading=reading) if reading.book is not None else None
        states.append(_State(name, group, state, days[1]))
    if not groups:
        states.append(_State("", (), new, days[1]))
    return differing, states


def _day(given: dt.date | str | None, book: OpenBook) -> dt.date:
    try:
        return parse_date(given) if isinstance(given, str) else given or book.book.known
    except QuantityError as error:
        raise WrongArgumentError(str(error)) from error


def _known(book: Book, day: dt.date, other_day: dt.date) -> str:
    """That another day's knowledge is used, and what was signed in between."""
    first, last = sorted((day, other_day))
    earlier, later = (book.as_of(day).agreements for day in (first, last))
    signed = [name for name, agreement in later.items() if earlier.get(name) != agreement]
    text = f"known on {other_day} instead of {day}"
    if not signed:
        return text
    more = f" and {len(signed) - NAMED_MOST} more" if len(signed) > NAMED_MOST else ""
    verb = "with what was signed since" if last == other_day else "without what was signed since"
    return f"{text}, {verb}: {', '.join(signed[:NAMED_MOST])}{more}"


def _grouped(moving: Sequence[Line]) -> list[tuple[str, tuple[Line, ...]]]:
    """The lines one by one, by record, or by section: the finest that is not too many."""
    by: tuple[Callable[[Line], str], ...] = (
        lambda line: line.path,
        lambda line: "/".join(line.record),
        lambda line: line.record[0],
    )
    groups: dict[str, list[Line]] = {}
    for name in by:
        groups = {}
        for line in moving:
            groups.setdefault(name(line), []).append(line)
        if len(groups) <= PARTS_MOST:
            break
    return [(name, tuple(group)) for name, group in groups.items()]


def _parts(states: Sequence[_State], results: Sequence[Any]) -> tuple[Part, ...]:
    """What each step makes dearer; one without a plan is told together with those after it."""
    parts: list[Part] = []
    held: list[_State] = []
    since = results[0] if isinstance(results[0], Plan) else None
    for state, result in zip(states[1:], results[1:], strict=True):
        held.append(state)
        if since is None or not isinstance(result, Plan):
            continue
        if any(one.name for one in held):
            parts.append(_part(held, difference(since, result)))
        since, held = result, []
    if any(one.name for one in held):
        parts.append(_part(held, None))
    return tuple(parts)


def _part(held: Sequence[_State], found: Difference | None) -> Part:
    name = ", ".join(state.name for state in held if state.name)
    return Part(tuple(line for state in held for line in state.lines), name, found)


def _against_kept(before: PlanResult, after: Plan | Clash, book: OpenBook) -> Explained:
    comparison = compare(before, after) if isinstance(after, Plan) else None
    same = before.certificate.get("digest") == book.book.digest
    note = (
        "the kept plan is of the same book"
        if same
        else "a kept plan has no book with it, so which lines moved it is not told"
    )
    notes = (*(comparison.notes if comparison is not None else ()), note)
    return Explained(before, after, comparison, (), (), notes)


def _line_data(line: Line) -> dict[str, Any]:
    before, after = line.texts
    return {
        "path": line.path,
        "before": before,
        "after": after,
        "place_before": str(line.place_before) if line.place_before else None,
        "place_after": str(line.place_after) if line.place_after else None,
        "read_by_plan": not line.remark,
    }
