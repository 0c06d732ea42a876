"""What each link of a chain pays in a month, and what stays with every reseller.

Each link settles alone, by its own terms. A reseller's margin is the difference of two rounded
statements, so nothing appears or vanishes between links: what the end buyers pay is what the last
host receives and all margins together, to the cent. A source with several agreements served from
it is one chain with several ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from offtake.book.force import Book
from offtake.settle.passing import Below, served_from
from offtake.settle.statement import Statement
from offtake.units import Money, Month


@dataclass(frozen=True, slots=True)
class Link:
    """One agreement of a chain, with its statement of the month."""

    agreement: str
    upstream: str | None
    """The agreement out of which it is served; None for the last host's."""
    depth: int
    """How many agreements stand between it and the last host."""
    buyer: str
    seller: str
    statement: str
    charged: Money
    """What the buyer owes the seller before credits."""
    credited: Money
    """What the seller credits the buyer."""

    @property
    def owed(self) -> Money:
        """The total of its statement."""
        return self.charged - self.credited


@dataclass(frozen=True, slots=True)
class Resale:
    """What stays with the buyer of one agreement who serves others from it."""

    reseller: str
    agreement: str
    """By which it buys."""
    sold: tuple[str, ...]
    """Those by which it sells."""
    charges: Money
    """What its buyers are charged, before credits."""
    passed: Money
    """What its source charges it, before credits: the pass-through."""
    gave: Money
    got: Money

    @property
    def markup(self) -> Money:
        """What it charges above what it is charged."""
        return self.charges - self.passed

    @property
    def liability(self) -> Money:
        """Credits that it gave and did not get: what it bears itself."""
        return self.gave - self.got

    @property
    def margin(self) -> Money:
        """What it is owed less what it owes: its markup less its liability."""
        return self.markup - self.liability


@dataclass(frozen=True, slots=True)
class Chain:
    """All that is served from one last host's agreement, in one month."""

    month: Month
    currency: str
    links: tuple[Link, ...]
    """The last host's agreement first, each before those that are served from it."""
    resales: tuple[Resale, ...]

    @property
    def ends(self) -> tuple[Link, ...]:
        """The agreements from which nothing is served: those of the end buyers."""
        sources = {link.upstream for link in self.links}
        return tuple(link for link in self.links if link.agreement not in sources)

    @property
    def paid(self) -> Money:
        """What the end buyers pay."""
        return _sum((link.owed for link in self.ends), self.currency)

    @property
    def received(self) -> Money:
        """What the last host receives."""
        return self.links[0].owed

    @property
    def margins(self) -> Money:
        """Of all resellers together; `paid` is `received` and this."""
        return _sum((resale.margin for resale in self.resales), self.currency)

    def path(self, agreement: str) -> tuple[Link, ...]:
        """From one of its agreements, step by step, to the last host's."""
        by_id: Mapping[str | None, Link] = {link.agreement: link for link in self.links}
        found = [by_id[agreement]]
        while found[-1].upstream is not None:
            found.append(by_id[found[-1].upstream])
        return tuple(found)


def chains(book: Book, statements: Iterable[Statement]) -> tuple[Chain, ...]:
    """The chains of one month, by the ids of the last hosts' agreements.

    Only agreements with a statement count; one from which nothing is served has no chain.
    """
    stated = {statement.agreement: statement for statement in statements}
    below: Below = {
        name: own
        for name, served in served_from(book).items()
        if name in stated and (own := [one for one in served if one.id in stated])
    }
    served = {one.id for own in below.values() for one in own}
    found: list[Chain] = []
    for name in sorted(set(below) - served):
        links = tuple(_links(name, below, stated))
        statement = stated[name]
        resales = tuple(_resales(links, statement.currency))
        found.append(Chain(statement.month, statement.currency, links, resales))
    return tuple(found)


def _links(host: str, below: Below, stated: Mapping[str, Statement]) -> Iterator[Link]:
    """The last host's agreement and all that is served from it, over any number of steps."""
    # No recursion: a chain may be as long as a book.
    waiting: list[tuple[str, str | None, int]] = [(host, None, 0)]
    while waiting:
        name, upstream, depth = waiting.pop()
        yield _link(stated[name], upstream, depth)
        waiting.extend((one.id, name, depth + 1) for one in reversed(below.get(name, ())))


def _link(statement: Statement, upstream: str | None, depth: int) -> Link:
    credited = Money.zero(statement.currency)
    for line in statement.lines:
        if line.account != "credit":
            continue
        if (line.payer, line.payee) == (statement.buyer, statement.seller):
            credited -= line.amount
        elif (line.payee, line.payer) == (statement.buyer, statement.seller):
            credited += line.amount
    return Link(
        statement.agreement,
        upstream,
        depth,
        statement.buyer,
        statement.seller,
        statement.id,
        statement.total + credited,
        credited,
    )


def _resales(links: Sequence[Link], currency: str) -> Iterator[Resale]:
    sold: dict[str, list[Link]] = {}
    for link in links:
        if link.upstream is not None:
            sold.setdefault(link.upstream, []).append(link)
    for link in links:
        if own := sold.get(link.agreement):
            yield Resale(
                link.buyer,
                link.agreement,
                tuple(each.agreement for each in own),
                _sum((each.charged for each in own), currency),
                link.charged,
                _sum((each.credited for each in own), currency),
                link.credited,
            )


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, Money.zero(currency))
