"""Which lots of a book a scope reaches, where two scopes meet, and what was signed within one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import product

from offtake.book.force import Book, InForce, short
from offtake.book.records import Agreement, Clause
from offtake.book.scope import Exempt, Lot, Scope


def kinds_of_lot(book: Book, *scopes: Scope) -> Iterator[Lot]:
    """A lot for each chip, region and builder that the scopes tell apart, for every purpose.

    The empty chip and region stand for all that no scope names.
    """
    parts: list[Scope | Exempt] = [*scopes, *(e for scope in scopes for e in scope.except_)]
    chips = {"", *(chip for part in parts for chip in part.chips)}
    regions = {"", *(region for part in parts for region in part.regions)}
    own = {False, *(True for part in parts if part.own_build is not None)}
    for chip, region, built in product(sorted(chips), sorted(regions), sorted(own)):
        yield Lot(chip, region, book.purposes.all, own_build=built)


def days_of(term: InForce, scope: Scope) -> tuple[dt.date, dt.date]:
    """The first and the last day on which a clause in force reaches anything."""
    return max(term.start, scope.from_ or term.start), min(term.end, scope.until or term.end)


def meet(book: Book, one: InForce, scope: Scope, other: InForce, beside: Scope) -> dt.date | None:
    """The first day on which two scopes reach the same lot for the same purpose; None if never."""
    first = max(days_of(one, scope)[0], days_of(other, beside)[0])
    if first > min(days_of(one, scope)[1], days_of(other, beside)[1]):
        return None
    for lot in kinds_of_lot(book, scope, beside):
        if scope.bites(lot, first, book.purposes) & beside.bites(lot, first, book.purposes):
            return first
    return None


def signed_within(book: Book, term: InForce, scope: Scope, holder: str) -> Iterator[Agreement]:
    """The buyer's agreements with others, signed in the scope while the clause was in force."""
    for agreement in book.agreements.values():
        own = agreement.buyer in (None, book.header.buyer)
        if own and agreement.seller != holder and term.on(agreement.known):
            for delivery in agreement.deliveries:
                lot = Lot(delivery.chip, delivery.region, book.purposes.all, delivery.add)
                if scope.covers(lot, agreement.known, book.purposes):
                    yield agreement
                    break


def waived(agreement: Agreement, clause: Clause) -> bool:
    """Whether a clause's holder waived it for this agreement by the day it was signed."""
    return any(
        w.of in (clause.id, short(clause)) and w.on <= agreement.known for w in agreement.waivers
    )


def sources(agreement: Agreement, book: Book) -> Iterator[Agreement]:
    """What an agreement is served from, step by step; each once, should the steps come round."""
    seen = {agreement.id}
    here = book.agreements.get(agreement.upstream or "")
    while here is not None and here.id not in seen:
        yield here
        seen.add(here.id)
        here = book.agreements.get(here.upstream or "")
