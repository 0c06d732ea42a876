"""What is wrong in a book although each record alone is well formed: a plain list of checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from offtake.book import (
    check_chain,
    check_curves,
    check_dates,
    check_demand,
    check_money,
    check_names,
    check_sites,
    check_size,
    ended,
)
from offtake.book.faults import ClauseFailedError, Fault, of_its_author
from offtake.book.force import Book
from offtake.book.record import Record

CHECKS: tuple[Callable[[Book], Iterator[Fault]], ...] = (
    check_names.chip_purposes,
    check_names.purposes,
    check_names.twice,
    ended.named,
    check_dates.periods,
    check_dates.spans,
    check_dates.agreements,
    check_dates.demand,
    check_dates.phases,
    check_money.prices,
    check_money.offers,
    check_money.shares,
    check_curves.curves,
    check_sites.owners,
    check_sites.chips,
    check_sites.capital,
    check_demand.classes,
    check_demand.scenarios,
    check_chain.prices,
    check_chain.upstream,
    check_chain.back_to_back,
    check_size.nothing,
    check_size.magnitudes,
    check_size.plan,
)


def check(
    book: Book, lost: Mapping[str, set[str]], partial: bool, missing: bool = False
) -> Iterator[Fault]:
    """Every fault and warning in a whole book, those that its clauses find among them.

    `lost` are the ids of records that could not be read; `partial` says that there are faults
    already, so that something may be missing; `missing` that a whole file was not read: then no
    name is said to be unknown.
    """
    names = check_names.Names.of(book, lost)
    found = [
        *(() if missing else check_names.unknown(book, names)),
        *(() if missing else check_names.clauses(book, names)),
        *(fault for one in CHECKS for fault in one(book)),
    ]
    yield from found
    partial = partial or any(f.severity == "fault" for f in found)
    for term in {id(t.clause): t for t in book.terms}.values():
        yield from _of_clause(term.clause, book, partial)


def _of_clause(clause: Record, book: Book, partial: bool) -> Iterator[Fault]:
    face = getattr(clause, "check", None)
    if face is None:
        return
    try:
        with of_its_author(clause, "check"):
            yield from face(book)
    except (LookupError, ValueError, ArithmeticError, ClauseFailedError) as error:
        # What a clause looks up, or reckons with, may be what is wrong, and that has been said.
        why = error.__cause__ if isinstance(error, ClauseFailedError) else error
        if not (partial and isinstance(why, (LookupError, ValueError, ArithmeticError))):
            raise
