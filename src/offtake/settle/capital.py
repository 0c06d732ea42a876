"""Capital that sites need: what is called of whom, from which tranche, and how that stands.

`spending` says what a month costs each fund, and `calls` turns that into calls of its owners. A
fund is a venture, or a site with owners of its own, or with none: then it is the buyer's alone.
Calls of earlier months come in by month alone, so tranches fill the same way whoever asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from offtake.book.check_sites import takes
from offtake.book.faults import Place
from offtake.book.force import Book
from offtake.book.records import Site, Tranche
from offtake.clauses.base import Told
from offtake.clauses.figures import number as figure
from offtake.settle.parts import parts
from offtake.units import Money, Month, Share
from offtake.units.minor import exponent, minor_of, money_of

Called = Mapping[str, Mapping[Month, Money]]
"""What was called, by fund and month."""
NOTHING: Called = {}


@dataclass(frozen=True, slots=True)
class Begun:
    """A phase that somebody decided to build: a plan, where the book does not say `started`."""

    site: str
    phase: str
    start: Month
    ready: Month


@dataclass(frozen=True, slots=True)
class Installed:
    """Chips bought for a site, paid for in the month in which they serve."""

    site: str
    chip: str
    month: Month
    chips: int


@dataclass(frozen=True, slots=True)
class Fund:
    """Who pays for sites together, and up to how much."""

    id: str
    owners: Mapping[str, Share]
    tranches: tuple[tuple[int, Tranche], ...]
    """In the order in which they open, each with its number in the book, from 1."""
    place: Place

    @property
    def opens(self) -> Month | None:
        """The month from which calls count against tranches; None where there is none."""
        return self.tranches[0][1].from_ if self.tranches else None

    def yearly(self, year: int) -> tuple[int, Tranche] | None:
        """The tranche whose yearly limit holds: the last one opened by the end of the year."""
        opened = [(n, t) for n, t in self.tranches if t.from_.year <= year]
        return opened[-1] if opened and opened[-1][1].per_year is not None else None

    def year_limit(self, year: int) -> Money | None:
        """What may be called in a calendar year; None where nothing limits that."""
        yearly = self.yearly(year)
        return yearly[1].per_year if yearly is not None else None


@dataclass(frozen=True, slots=True)
class Call:
    """What one tranche is called for in a month, and of whom."""

    fund: str
    month: Month
    tranche: int | None
    """Its number in the book; None before the first one opens, or where there is none."""
    amount: Money
    of: tuple[tuple[str, Money], ...]
    """By owner; these and `unnamed` sum to the amount."""
    unnamed: Money
    """The part of owners whom the book does not name."""
    why: str
    place: Place

    @property
    def id(self) -> str:
        """`<fund>/<month>/<tranche>`, with 0 for none: how its group of postings is named."""
        return f"{self.fund}/{self.month}/{self.tranche or 0}"


def funds(book: Book) -> Mapping[str, Fund]:
    """Every fund of a book that pays for a site or has capital, by id."""
    found: dict[str, Fund] = {}
    for venture in book.ventures.values():
        tranches = _ordered(venture.capital)
        found[venture.id] = Fund(venture.id, venture.owners, tranches, venture.place)
    for site in book.sites.values():
        if fund_of(book, site) == site.id:
            owners = site.owners or {book.header.buyer: Share.of_percent(100)}
            found[site.id] = Fund(site.id, owners, _ordered(site.capital), site.place)
    return found


def fund_of(book: Book, site: Site) -> str:
    """The venture that a site belongs to, or the site itself."""
    return site.id if site.venture is None else site.venture


def whole_of(limit: Money) -> int:
    """A limit in the smallest units that are paid."""
    return int(Fraction(limit.amount) * 10 ** exponent(limit.currency))


def _ordered(capital: tuple[Tranche, ...]) -> tuple[tuple[int, Tranche], ...]:
    return tuple(sorted(enumerate(capital, 1), key=lambda numbered: numbered[1].from_))


# --- what sites cost ------------------------------------------------------------------------------


def spending(
    book: Book, month: Month, begun: Iterable[Begun] = (), installed: Iterable[Installed] = ()
) -> Mapping[str, Money]:
    """What a month costs each fund, all owners together; funds that nothing costs are absent.

    Phases under way by the book, those that a plan begins, and chips that it installs. The price of
    a phase is spread evenly over its months, in whole cents that sum to it.
    """
    currency = book.header.currency
    total: dict[str, int] = defaultdict(int)
    for site in book.sites.values():
        fund = fund_of(book, site)
        spans = {b.phase: (b.start, b.ready - b.start) for b in begun if b.site == site.id}
        for phase in site.phases:
            if phase.started is not None:
                spans[phase.id] = phase.started, takes(phase)
            if phase.id in spans:
                start, months = spans[phase.id]
                cost = Fraction(phase.capex.amount) * 10 ** exponent(currency)
                total[fund] += _portion(cost, max(1, months), month - start)
        for bought in (i for i in installed if i.site == site.id and i.month == month):
            price = book.chips[bought.chip].price
            if price is not None:
                exact = Fraction(price.amount) * bought.chips * 10 ** exponent(currency)
                total[fund] += round(exact)
    return {fund: money_of(cents, currency) for fund, cents in sorted(total.items()) if cents}


def _portion(cost: Fraction, months: int, n: int) -> int:
    """Of a cost spread over months, what the one of a number from 0 bears."""
    if not 0 <= n < months:
        return 0
    return round(cost * (n + 1) / months) - round(cost * n / months)


# --- who is called for it -------------------------------------------------------------------------


def calls(
    book: Book, month: Month, spending: Mapping[str, Money], called: Called = NOTHING
) -> tuple[tuple[Call, ...], tuple[Told, ...]]:
    """The calls of a month, and what is told of spending that no tranche has room for.

    `called` is what was called in other months, of which those up to this one count. Tranches fill
    in the order in which they open; nothing is called above what those opened by then allow
    together, nor above a calendar year's limit.
    """
    found: list[Call] = []
    told: list[Told] = []
    for name, fund in sorted(funds(book).items()):
        needed = spending.get(name)
        if needed is None or minor_of(needed) <= 0:
            continue
        before = {m: minor_of(sum_) for m, sum_ in called.get(name, {}).items() if m < month}
        amount, currency = minor_of(needed), needed.currency
        if fund.opens is None or month < fund.opens:
            found.append(_call(fund, month, None, amount, currency))
            continue
        left, year = amount, _left_in_year(fund, month, before, amount)
        for number, tranche, room in _rooms(fund, month, before):
            taken = min(left, room, year)
            if taken > 0:
                found.append(_call(fund, month, (number, tranche), taken, currency))
                left, year = left - taken, year - taken
        if left:
            told.append(_short(fund, month, money_of(left, currency), needed, year <= 0))
    return tuple(found), tuple(told)


def _rooms(
    fund: Fund, month: Month, before: Mapping[Month, int]
) -> Iterator[tuple[int, Tranche, int]]:
    """What is left of each tranche that is open in a month."""
    filled = filled_of(fund, before)
    for number, tranche in fund.tranches:
        if tranche.from_ <= month:
            yield number, tranche, max(0, whole_of(tranche.limit) - filled[number])


def filled_of(fund: Fund, called: Mapping[Month, int]) -> Mapping[int, int]:
    """What is called from each tranche. More than there is, by an older book, is the last one's."""
    filled = dict.fromkeys((number for number, _ in fund.tranches), 0)
    for month, amount in sorted(called.items()):
        left, last = amount, None
        for number, tranche in fund.tranches:
            if tranche.from_ <= month:
                last = number
                taken = min(left, max(0, whole_of(tranche.limit) - filled[number]))
                filled[number] += taken
                left -= taken
        if last is not None:
            filled[last] += left
    return filled


def _left_in_year(fund: Fund, month: Month, before: Mapping[Month, int], unlimited: int) -> int:
    limit = fund.year_limit(month.year)
    if limit is None:
        return unlimited
    return max(0, whole_of(limit) - in_year(fund, month.year, before))


def in_year(fund: Fund, year: int, called: Mapping[Month, int]) -> int:
    """What was called against the tranches in a calendar year."""
    opens = fund.opens
    return sum(a for m, a in called.items() if opens is not None and m >= opens and m.year == year)


def _call(
    fund: Fund, month: Month, numbered: tuple[int, Tranche] | None, amount: int, currency: str
) -> Call:
    shares = [Fraction(share.value) for share in fund.owners.values()]
    rest = max(Fraction(0), 1 - sum(shares, Fraction(0)))
    *each, unnamed = (money_of(part, currency) for part in parts(amount, (*shares, rest)))
    of = tuple((owner, part) for owner, part in zip(fund.owners, each, strict=True))
    whole = money_of(amount, currency)
    said = ", ".join(f"{owner} {share}" for owner, share in fund.owners.items())
    shown = f"{figure(Fraction(whole.amount))} {currency}"
    if numbered is None:
        why, place = f"{shown} shared: {said}", fund.place
        return Call(fund.id, month, None, whole, of, unnamed, why, place)
    number, tranche = numbered
    why = f"{shown} of tranche {number} ({tranche.limit} from {tranche.from_}), shared: {said}"
    return Call(fund.id, month, number, whole, of, unnamed, why, tranche.at("limit"))


def _short(fund: Fund, month: Month, left: Money, needed: Money, by_year: bool) -> Told:
    yearly = fund.yearly(month.year)
    if by_year and yearly is not None:
        limit, place = f"{yearly[1].per_year} in {month.year}", yearly[1].at("per_year")
    else:
        opened = [(n, t) for n, t in fund.tranches if t.from_ <= month]
        total = sum((t.limit for _, t in opened), Money.zero(left.currency))
        limit, place = f"{total} by {month}", opened[-1][1].at("limit")
    sentence = (
        f"{left} of the {needed} that {fund.id} needs in {month} cannot be called: "
        f"its limit is {limit}."
    )
    return Told(fund.id, sentence, place)
