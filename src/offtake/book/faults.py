"""What a reader says when a book is wrong: a fault is a value, never an exception."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["fault", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands in the book: file relative to the book, line and column from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place("", 0, 0)
OURS = "offtake."


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, a stable code, one sentence, and how to mend it."""

    place: Place
    code: str
    sentence: str
    hint: str = ""
    severity: Severity = "fault"

    def __str__(self) -> str:
        text = f"{self.place}: {self.severity} [{self.code}] {self.sentence}"
        return f"{text}\n    hint: {self.hint}" if self.hint else text


@dataclass(frozen=True, slots=True)
class Example:
    """The smallest book that earns a code: a text that is well, and what in it is changed.

    `right` stands once in `text` or in one of the files `beside` it, and `wrong` takes its place.
    The text follows a small header and parties of its own unless it is the whole book (`alone`).
    """

    text: str
    right: str
    wrong: str
    beside: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False

    def files(self, *, wrong: bool) -> dict[str, str]:
        """Each file by name, as it is mended or as it is wrong."""
        told = {"book.yaml": self.text, **self.beside}
        if not wrong:
            return told
        return {name: text.replace(self.right, self.wrong) for name, text in told.items()}


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means: a title of a few words, why it is wrong, what to do, and an example."""

    title: str
    explanation: str
    remedy: str
    severity: Severity = "fault"
    example: Example | None = None


class ClauseFailedError(RuntimeError):
    """A clause kind of another package raised: one sentence that names it, for its author."""


@contextmanager
def of_its_author(clause: object, face: str) -> Iterator[None]:
    """Tell what a kind of another package raises as that package's; our own pass through.

    An error that is raised on purpose for an author (its message names the class) passes too.
    """
    try:
        yield
    except (Exception, SystemExit) as error:
        kind = type(clause)
        if kind.__module__.startswith(OURS) or getattr(error, "names_its_clause", False):
            raise
        why = f"{type(error).__name__}: {error}".rstrip(": ")
        name = getattr(clause, "id", "")
        raise ClauseFailedError(
            f"the clause {name} failed in {kind.__module__}.{kind.__name__}.{face}: {why}; "
            "tell whoever wrote that kind"
        ) from error


class Misread(ValueError):  # noqa: N818 - what it is, not that it is raised
    """A text is not what its field holds: one sentence with a code; the reader adds the place."""

    def __init__(self, sentence: str, code: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.hint = hint


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The faults by place, each said once."""
    return tuple(sorted(dict.fromkeys(faults), key=lambda f: (f.place, f.severity, f.code)))


class Unreadable(Exception):  # noqa: N818 - as above
    """A book with faults was asked to do more than be checked; carries every fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = in_order(faults)
        super().__init__("\n".join(str(f) for f in self.faults))
