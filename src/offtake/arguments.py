"""What the arguments of the API mean, and what is wrong with those that mean nothing."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offtake.book.changes import Change, set_of, what_if
from offtake.book.force import Book
from offtake.book.near import nearest
from offtake.plan.assemble import Risk
from offtake.plan.result import PlanResult
from offtake.plan.solve import Limits
from offtake.plan.words import one_line

if TYPE_CHECKING:
    from offtake.units import Month


class WrongArgumentError(ValueError):
    """An argument that means nothing for this book: one sentence."""


def not_there(path: Path) -> Path:
    """A file that may be written: nothing that is there already, whosever it is, is lost."""
    if path.exists() or path.is_symlink():
        raise WrongArgumentError(f"{path} is there already; name a file that is not, or move it")
    return path


def day_of(day: dt.date | str) -> dt.date:
    """A day, or the text of one."""
    from offtake.units import QuantityError, parse_date

    if not isinstance(day, str):
        return day
    try:
        return parse_date(day)
    except QuantityError as error:
        raise WrongArgumentError(str(error)) from error


def month_of(month: Month | str) -> Month:
    """A month, or the text of one."""
    from offtake.units import QuantityError, parse_month

    if not isinstance(month, str):
        return month
    try:
        return parse_month(month)
    except QuantityError as error:
        raise WrongArgumentError(str(error)) from error


def in_order(first: Month, last: Month) -> None:
    """A span of months that has one at least."""
    if last < first:
        raise WrongArgumentError(f"{last} lies before {first}, where the forecast begins")


def agreements_of(book: Book, names: Iterable[str]) -> tuple[str, ...]:
    """Ids of agreements that the book has."""
    named = tuple(dict.fromkeys(names))
    for name in named:
        if name not in book.agreements:
            hint = nearest(name, book.agreements) or "look into its agreements"
            raise WrongArgumentError(f"the book has no agreement {one_line(name[:64])!r}; {hint}")
    return named


def changes_of(given: str | Mapping[str, str]) -> tuple[Change, ...]:
    """What a case changes, as `path=value` or by path."""
    if isinstance(given, str):
        return what_if(given)
    return tuple(set_of(path, value) for path, value in given.items())


def in_time(book: Book, day: dt.date) -> dt.date:
    """A day of knowledge from which something of the plan is still ahead."""
    periods = book.header.periods
    last = (periods.start + (periods.length.months - 1)).last
    if day > last:
        raise WrongArgumentError(f"as of {day} is after the last day of the plan, {last}")
    return day


def either(word: str, *known: str) -> str:
    """One of the words that are known."""
    if word not in known:
        raise WrongArgumentError(f"objective is {' or '.join(known)}, not {one_line(word[:64])!r}")
    return word


def risk_of(book: Book, weight: float | None, tail: float | None) -> Risk | None:
    """The weight of the worst scenarios, each figure the book's own unless given."""
    if weight is None and tail is None:
        return None
    stated = book.header.risk
    # A comparison with a number that is none is false, so each is asked for what it must be.
    if weight is not None and not 0 <= weight <= 1:
        raise WrongArgumentError(f"risk is from 0 to 1, not {weight:g}")
    if tail is not None and not 0 <= tail < 1:
        raise WrongArgumentError(f"tail is from 0 to below 1, not {tail:g}")
    return Risk(
        float(stated.weight.value) if weight is None else weight,
        float(stated.tail.value) if tail is None else tail,
    )


def limits_of(gap: float, seconds: float) -> Limits:
    """How far and how long a solve goes."""
    if not 0 <= gap < math.inf:
        raise WrongArgumentError(f"gap is a number from 0, not {gap:g}")
    if not seconds > 0:
        raise WrongArgumentError(f"seconds is a number above 0, not {seconds:g}")
    return Limits(gap=gap, seconds=seconds)


def whole_number(seed: int) -> None:
    """A seed is a whole number, of the size that a machine has."""
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise WrongArgumentError(f"a seed is a whole number, not {one_line(str(seed)[:64])!r}")
    if abs(seed) >= 1 << 63:
        most = (1 << 63) - 1
        raise WrongArgumentError(f"a seed is a whole number from {-most} to {most}")


@contextmanager
def in_days_known() -> Iterator[None]:
    """Work on a book whose days a calendar may not know: told in a sentence, not as a mistake."""
    from offtake.units import QuantityError

    try:
        yield
    except QuantityError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise WrongArgumentError(f"{error}{hint}") from error


def playable(day: dt.date) -> None:
    """The desk's time begins with 1970."""
    if day < dt.date(1970, 1, 1):
        raise WrongArgumentError(f"tenders are rehearsed from 1970-01-01 on, not as of {day}")


def of_book(book: Book, plan: PlanResult) -> None:
    """A plan of another book has purchases that this book does not offer."""
    if plan.certificate.get("digest") != book.digest:
        raise WrongArgumentError("the plan is of another book, or of this one before it changed")


def planned_how(plan: PlanResult) -> Mapping[str, Any]:
    """For whom, and with what weight of risk, a plan was made: to make another one like it."""
    proof = plan.certificate
    return {
        "objective": proof["objective_counts"],
        "risk": proof["risk_weight"],
        "tail": proof["risk_tail"],
    }
