"""Plans of many books at once, none of which stops the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from offtake.api import Clash, OpenBook, Plan, Step, WrongArgumentError
from offtake.plan.grid import NothingAheadError
from offtake.plan.solve import OutOfTimeError
from offtake.plan.study import TooLargeError, UntrustedError

WORKERS = 2
_QUICK = {"costs": False, "foresight": False}

REFUSED = (
    OutOfTimeError,
    TooLargeError,
    UntrustedError,
    NothingAheadError,
    WrongArgumentError,
)


def silent(_: str) -> None:
    """The step of who watches nothing."""


def planned(
    books: Sequence[OpenBook | None],
    options: Mapping[str, Any],
    step: Step,
    each: Sequence[Mapping[str, Any]] | None = None,
) -> list[Any]:
    """Of each book its plan or clash, or the error that says why there is neither; None of none.

    Clauses are not priced and scenarios not planned alone. `each` has options of single books.
    """

    def one(book: OpenBook | None, own: Mapping[str, Any]) -> Any:
        if book is None:
            return None
        try:
            return book.plan(**{**options, **own, **_QUICK})
        except REFUSED as error:
            return error
        finally:
            step("planning")

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        return list(pool.map(one, books, each or [{}] * len(books)))


def sure(found: Any) -> Plan | Clash:
    """A plan or clash; raises what is an error."""
    if isinstance(found, Exception):
        raise found
    assert isinstance(found, (Plan, Clash))
    return found
