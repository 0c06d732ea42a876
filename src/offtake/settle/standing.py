"""How the capital of a fund stands: called and paid by owner, and what its tranches still allow.

What was called and paid is read from the groups that were posted, whose corrections reverse what
they replace; so all of them count, whatever their revision.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from offtake.book.faults import Place
from offtake.book.force import Book
from offtake.settle.capital import Called, filled_of, funds, in_year
from offtake.units import Money, Month, Share
from offtake.units.minor import minor_of, money_of
from offtake.units.postings import Group


@dataclass(frozen=True, slots=True)
class Holding:
    """One owner: what it was called for and what it has paid in."""

    owner: str
    share: Share | None
    """None for one that is no owner by the book any more."""
    called: Money
    paid: Money

    @property
    def due(self) -> Money:
        """Called and not paid."""
        return self.called - self.paid


@dataclass(frozen=True, slots=True)
class Opening:
    """One tranche, open or still to open."""

    number: int
    from_: Month
    limit: Money
    called: Money
    is_open: bool
    place: Place

    @property
    def left(self) -> Money:
        """What may still be called from it; below nothing where an older book allowed more."""
        return self.limit - self.called


@dataclass(frozen=True, slots=True)
class Standing:
    """A fund at the end of a month."""

    fund: str
    month: Month
    owners: tuple[Holding, ...]
    tranches: tuple[Opening, ...]
    before: Money
    """Called before the first tranche opened, or where there is none: no limit counts it."""
    year: Money
    """Called in the calendar year so far, against its limit."""
    year_limit: Money | None

    @property
    def called(self) -> Money:
        """Of all tranches together."""
        return _sum((t.called for t in self.tranches), self.before.currency)

    @property
    def open_limit(self) -> Money:
        """What the tranches that are open allow together: 100 B of 500 B in the first year."""
        return _sum((t.limit for t in self.tranches if t.is_open), self.before.currency)

    @property
    def limit(self) -> Money:
        """What all tranches allow together, those to come among them."""
        return _sum((t.limit for t in self.tranches), self.before.currency)

    @property
    def open_left(self) -> Money:
        """Of what is open: what may still be called."""
        return self.open_limit - self.called

    @property
    def left(self) -> Money:
        """The same of all tranches."""
        return self.limit - self.called


def standings(book: Book, month: Month, groups: Iterable[Group]) -> tuple[Standing, ...]:
    """Every fund that has capital or calls, at the end of a month, from all that was posted."""
    known = [g for g in groups if Month.of(g.date) <= month]
    called = called_of(known)
    found = []
    for name, fund in sorted(funds(book).items()):
        if not fund.tranches and name not in called:
            continue
        currency = book.header.currency
        own = {m: minor_of(amount) for m, amount in called.get(name, {}).items()}
        filled = filled_of(fund, own)
        found.append(
            Standing(
                name,
                month,
                _holdings(name, fund.owners, known, currency),
                tuple(
                    Opening(
                        number,
                        tranche.from_,
                        tranche.limit,
                        money_of(filled[number], currency),
                        tranche.from_ <= month,
                        tranche.at("limit"),
                    )
                    for number, tranche in fund.tranches
                ),
                money_of(sum(own.values()) - sum(filled.values()), currency),
                money_of(in_year(fund, month.year, own), currency),
                fund.year_limit(month.year),
            )
        )
    return tuple(found)


def called_of(groups: Iterable[Group]) -> Called:
    """What posted groups called, by fund and month: what `calls` wants of earlier months."""
    sums: dict[str, Counter[tuple[Month, str]]] = defaultdict(Counter)
    for group in groups:
        for one in group.postings if group.kind == "call" else ():
            if one.account == f"Assets:Capital:{group.subject}":
                sums[group.subject][Month.of(group.date), one.commodity] += one.amount
    return {
        fund: {m: money_of(amount, currency) for (m, currency), amount in sorted(own.items())}
        for fund, own in sums.items()
    }


def _holdings(
    fund: str, owners: Mapping[str, Share], groups: Iterable[Group], currency: str
) -> tuple[Holding, ...]:
    """By owner: the owners of the book in its order, then others who were called."""
    called: Counter[str] = Counter()
    due: Counter[str] = Counter()
    for group in groups:
        for one in group.postings:
            if one.account == f"Assets:Capital:{fund}":
                called[one.party] += one.amount
            elif one.account == f"Liabilities:Called:{fund}":
                due[one.party] -= one.amount
    everybody = dict.fromkeys((*owners, *sorted({*called, *due})))
    return tuple(
        Holding(
            owner,
            owners.get(owner),
            money_of(called[owner], currency),
            money_of(called[owner] - due[owner], currency),
        )
        for owner in everybody
    )


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, Money.zero(currency))
