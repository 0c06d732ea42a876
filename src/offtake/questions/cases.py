"""What if the book said something else: cases beside the book as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from offtake.api import Clash, OpenBook, Plan, Step, WrongArgumentError
from offtake.book.changes import WrongChangeError, leave_out, what_if
from offtake.book.faults import Fault
from offtake.plan.compare import Comparison, compare
from offtake.questions.planned import planned, silent

if TYPE_CHECKING:
    import polars as pl

AS_IT_IS = "the book as it is"


@dataclass(frozen=True, slots=True)
class Case:
    """A book with something changed, and what it is called: the change as it was asked for."""

    name: str
    book: OpenBook
    warned: tuple[Fault, ...] = ()
    """Warnings that the book as it is does not have."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a case: a plan and what moved against the book as it is, or why there is none.

    `comparison` is None where there is no plan on one of the sides.
    """

    case: Case
    result: Plan | Clash | None
    failure: str
    """Why there is no plan: the first line that clashes, or what the solver said; else empty."""
    comparison: Comparison | None

    @property
    def sentence(self) -> str:
        """How much more it costs than the book as it is."""
        if self.comparison is not None:
            return self.comparison.difference.sentence
        return self.failure and "no plan"

    @property
    def moved(self) -> str:
        """What moved most, or why there is no plan."""
        return self.comparison.summary if self.comparison is not None else self.failure


@dataclass(frozen=True, slots=True)
class Answers:
    """The plan of a book as it is, and those of its cases in the order in which they were asked."""

    base: Plan | Clash
    cases: tuple[Answer, ...]

    @property
    def found(self) -> bool:
        """Whether there is any plan to show."""
        plans = [self.base, *(answer.result for answer in self.cases)]
        return any(isinstance(one, Plan) for one in plans)

    @property
    def table(self) -> pl.DataFrame:
        """Case, expected cost, low and high of the difference, the difference and what moved."""
        import polars

        rows: list[tuple[Any, ...]] = [
            (AS_IT_IS, _cost(self.base), None, None, "", _clash(self.base))
        ]
        for answer in self.cases:
            found = answer.comparison.difference if answer.comparison is not None else None
            ends = (found.low, found.high) if found is not None else (None, None)
            rows.append(
                (answer.case.name, _cost(answer.result), *ends, answer.sentence, answer.moved)
            )
        schema = {
            "case": polars.String,
            "cost": polars.Float64,
            "low": polars.Float64,
            "high": polars.Float64,
            "difference": polars.String,
            "moved": polars.String,
        }
        return polars.DataFrame(rows, schema=schema, orient="row")

    def data(self) -> dict[str, Any]:
        """Everything as plain data, ready for JSON: the table, each plan, each comparison."""
        return {
            "table": self.table.to_dicts(),
            "base": self.base.data(),
            "cases": [
                {
                    "case": answer.case.name,
                    "changes": [str(change) for change in answer.case.book.changes],
                    "failure": answer.failure,
                    "plan": answer.result.data() if answer.result is not None else None,
                    "comparison": answer.comparison.data() if answer.comparison else None,
                }
                for answer in self.cases
            ],
        }


def cases(
    book: OpenBook, without: Iterable[str] = (), what_ifs: Iterable[str] = ()
) -> tuple[Case, ...]:
    """A case for each text; several changes in one stand between semicolons.

    A case may have faults, in its book. Raises `WrongArgumentError` where a text means nothing.
    """
    own = book.drafted()
    found = []
    for one in without:
        names = [str(change).removeprefix("without ") for change in _understood(leave_out, one)]
        found.append((f"without {', '.join(names)}", own.without(*names)))
    for one in what_ifs:
        name = "; ".join(str(change) for change in _understood(what_if, one))
        found.append((name, own.what_if(one)))
    known = {(fault.code, fault.sentence) for fault in own.check()}
    return tuple(
        Case(
            name,
            changed,
            tuple(f for f in changed.check() if (f.code, f.sentence) not in known),
        )
        for name, changed in found
    )


def ask(book: OpenBook, asked: Sequence[Case], *, step: Step = silent, **options: Any) -> Answers:
    """Plan a book as it is and each case, with the same options as `OpenBook.plan`.

    Clauses are not priced and scenarios not planned alone. Raises `Unreadable` where a case has
    faults, and what `plan` raises where the book as it is has no answer in time.
    """
    for case in asked:
        case.book.reading.required()
    results = planned([book, *(case.book for case in asked)], options, step)
    base = results[0]
    if isinstance(base, Exception):
        raise base
    return Answers(
        base, tuple(_answer(base, *pair) for pair in zip(asked, results[1:], strict=True))
    )


def _answer(base: Plan | Clash, case: Case, found: Any) -> Answer:
    if isinstance(found, Exception):
        return Answer(case, None, str(found), None)
    if isinstance(found, Clash):
        return Answer(case, found, _clash(found), None)
    if isinstance(base, Clash):
        return Answer(case, found, "", None)
    return Answer(case, found, "", compare(base, found))


def _clash(found: Plan | Clash) -> str:
    """The first line of a clash; empty for a plan."""
    if isinstance(found, Plan):
        return ""
    if not found.members:
        return "no plan is possible"
    first = found.members[0]
    return f"no plan is possible: {first.place}: {first.sentence}"


def _cost(found: Plan | Clash | None) -> float | None:
    return found.cost if isinstance(found, Plan) else None


def _understood(read_as: Callable[[str], tuple[Any, ...]], text: str) -> tuple[Any, ...]:
    try:
        return read_as(text)
    except WrongChangeError as error:
        raise WrongArgumentError(str(error)) from error
