"""The first stage of building: phases whole or not at all, chips within their power, capital."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from offtake.book.records import Phase, Site, Tranche
from offtake.clauses.base import Columns
from offtake.plan.affine import Indices, Numbers, Sums
from offtake.plan.capacity import Buy, Whole
from offtake.plan.lots import Source, bought
from offtake.plan.model import Cash, Owner
from offtake.units import Duration, Month, Share


@dataclass(frozen=True, slots=True)
class Building:
    """The columns of one phase: one for each month in which it may be ready."""

    site: str
    phase: Phase
    ready: tuple[Month, ...]
    columns: Indices
    calls: Numbers
    """Capital called, of all owners, by (ready month, month)."""
    begun: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class Fund:
    """Who pays for sites together and up to how much."""

    id: str
    owners: Mapping[str, Share]
    capital: tuple[Tranche, ...]
    path: tuple[str, ...]


def fund_of(whole: Whole, site: Site) -> Fund:
    """The venture of a site, or the site's own owners; the buyer alone where none is named."""
    if site.venture is not None and site.venture in whole.book.ventures:
        venture = whole.book.ventures[site.venture]
        return Fund(venture.id, venture.owners, venture.capital, ("ventures", venture.id))
    return Fund(site.id, site.owners, site.capital, ("sites", site.id))


def buyers_share(whole: Whole, site: Site) -> float:
    """The part of a site's capital that the objective counts."""
    owners = fund_of(whole, site).owners
    if whole.objective == "system" or not owners:
        return 1.0
    mine = owners.get(whole.book.header.buyer)
    return float(mine.value) if mine else 0.0


def add_sites(whole: Whole, found: Sequence[Source]) -> list[Building]:
    """Phases, installed chips and capital limits of every site; the phases' columns."""
    buildings: list[Building] = []
    calls: dict[str, Sums] = {}
    funds: dict[str, Fund] = {}
    months = len(whole.grid.months)
    for site in whole.book.sites.values():
        fund = fund_of(whole, site)
        funds[fund.id] = fund
        total = calls.get(fund.id, Sums.zero((months,)))
        power = Sums.zero((months,))
        own = [_phase(whole, site, phase) for phase in site.phases]
        for building in own:
            total = total + _by_month(building.columns, building.calls)
            power = power + _by_month(building.columns, _power(whole, site, building))
        _prerequisites(whole, site, own)
        buildings += own
        for source in found:
            if source.record is site:
                bought_here, calls_here = _install(whole, site, source)
                total = total + _by_month(bought_here.columns.index[:, 0], calls_here)
                power = power - _draw(whole, site, bought_here)
        whole.model.add_rows(power, at_least=0.0, unit="power", owner=_power_line(site))
        calls[fund.id] = total
    for fund_id, fund in funds.items():
        _limit(whole, fund, calls[fund_id])
    return buildings


def _power_line(site: Site) -> Owner:
    path = ("sites", site.id, "phases")
    return Owner(f"site {site.id}", "power", site.at("phases"), path, member=True)


def _by_month(columns: Indices, values: Numbers) -> Sums:
    """Σ columns × values, a sum for each month."""
    which, month = np.nonzero(values)
    return Sums(np.zeros(values.shape[1]), month, columns[which], values[which, month])


def _ready_months(whole: Whole, phase: Phase) -> tuple[list[Month], int]:
    """The months in which a phase may be ready, and how many months it takes to build."""
    first, last = whole.grid.months[0], whole.grid.months[-1]
    if phase.started is not None:
        ready = phase.ready or phase.started + _months(phase.lead)
        return [ready], max(1, ready - phase.started)
    # Nothing is begun before the plan's day.
    earliest = max(phase.start or first, first, Month.of(whole.grid.as_of))
    if phase.lead is not None:
        takes = _months(phase.lead)
    else:
        assert phase.ready is not None
        takes = max(1, phase.ready - (phase.start or whole.book.header.periods.start))
    begin = [earliest + i for i in range(max(0, last - earliest + 1))]
    return [m for b in begin if (m := b + takes) in whole.grid.starts], takes


def _months(lead: Duration | None) -> int:
    return max(1, lead.months) if lead is not None else 1


def _phase(whole: Whole, site: Site, phase: Phase) -> Building:
    """One yes-or-no column for each month of readiness; exactly one for a phase under way."""
    ready, takes = _ready_months(whole, phase)
    grid, first = whole.grid, whole.grid.months[0]
    months = len(grid.months)
    capex = float(phase.capex.amount)
    calls = np.zeros((len(ready), months))
    credit = np.zeros(len(ready))
    life = phase.life.months
    for i, month in enumerate(ready):
        begin = (phase.started or month - takes) - first
        end = max(begin + takes, begin + 1)
        calls[i, max(begin, 0) : max(0, min(end, months))] = capex / takes
        left = (month - first) + life - months
        # What was called before the plan, or will be after it, is no cost and so no credit.
        credit[i] = calls[i].sum() * min(1.0, max(0.0, left / life))
    share = buyers_share(whole, site)
    cash = share * calls + _rent(whole, site, phase, ready)
    cost = cash @ grid.discount - share * credit * grid.discount[-1]
    under_way = phase.started is not None
    owner = Owner(
        f"phase {site.id}/{phase.id}",
        "started",
        phase.at("started"),
        ("sites", site.id, "phases", phase.id, "started"),
        member=True,
    )
    columns = whole.model.add_columns((len(ready),), cost=cost, upper=1.0, unit="count")
    if not under_way:
        _whole_or_not(whole, columns)
    once = Sums(np.zeros(1), np.zeros(len(ready), dtype=np.int64), columns, np.ones(len(ready)))
    if ready:
        if under_way:
            whole.model.add_rows(once, at_least=1.0, unit="count", owner=owner)
        whole.model.add_rows(once, at_most=1.0, unit="count")
        whole.model.cash.append(Cash(columns, cash, "phases", fund_of(whole, site).id))
    begun = tuple(phase.started or m + -takes for m in ready)
    return Building(site.id, phase, tuple(ready), columns, calls, begun)


def _whole_or_not(whole: Whole, columns: Indices) -> None:
    """Yes or no, said of "ready by this month" and not of "ready in it": it branches evenly."""
    n = columns.size
    by = whole.model.add_columns((n,), upper=1.0, integer=True, unit="count")
    cell, position = np.tril_indices(n)
    so_far = Sums(np.zeros(n), cell, columns[position], np.ones(cell.size))
    whole.model.add_rows(so_far - Sums.columns(by), at_least=0.0, at_most=0.0, unit="count")


def _rent(whole: Whole, site: Site, phase: Phase, ready: Sequence[Month]) -> Numbers:
    """Rent of a phase's power in the months in which it serves."""
    out = np.zeros((len(ready), len(whole.grid.months)))
    if site.rent is not None:
        per_month = float(site.rent.amount) * meter_mw(site, phase)
        per_month /= 12.0 if site.rent.per == "MW-year" else 1.0
        for i, month in enumerate(ready):
            out[i, in_service(whole, phase, month)] = per_month
    return out


def meter_mw(site: Site, phase: Phase) -> float:
    """A phase's power at the meter."""
    mw = float(phase.power.mw)
    return mw * float(site.pue) if phase.power.at == "it" else mw


def _power(whole: Whole, site: Site, building: Building) -> Numbers:
    """kW in service by (ready month, month)."""
    out = np.zeros((len(building.ready), len(whole.grid.months)))
    for i, month in enumerate(building.ready):
        out[i, in_service(whole, building.phase, month)] = 1e3 * meter_mw(site, building.phase)
    return out


def in_service(whole: Whole, phase: Phase, ready: Month) -> slice:
    """The plan's months in which a phase serves: from readiness, for its life."""
    first = ready - whole.grid.months[0]
    return slice(max(0, first), max(0, first + phase.life.months))


def _prerequisites(whole: Whole, site: Site, own: Sequence[Building]) -> None:
    """By no month is a phase ready before those it needs: cumulative form (it is the tight one)."""
    by_id = {b.phase.id: b for b in own}
    for building in own:
        for name in building.phase.after:
            first = by_id[name]
            months = building.ready
            total = Sums.zero((len(months),))
            for b, sign in ((first, 1.0), (building, -1.0)):
                done = np.array([[1.0 if r <= m else 0.0 for m in months] for r in b.ready])
                if done.size:
                    total = total + _by_month(b.columns, done) * sign
            whole.model.add_rows(total, at_least=0.0, unit="count")


def _install(whole: Whole, site: Site, source: Source) -> tuple[Buy, Numbers]:
    """Columns of chips bought for a site, by month; and the capital that each calls."""
    grid = whole.grid
    chip = whole.book.chips[source.pool.chip]
    ready = {p.ready for p in site.phases if p.started is not None}
    months = [
        m
        for m in grid.months
        if (m in grid.starts or m in ready)
        and m.first >= grid.as_of
        and (chip.available is None or m >= chip.available)
    ]
    lots = tuple(bought(whole.book, source, grid, m) for m in months)
    price = float(chip.price.amount) if chip.price else 0.0
    share, life, end = buyers_share(whole, site), chip.life.months, len(grid.months)
    kwh = float(site.power_price.amount) / (1000.0 if site.power_price.per == "MWh" else 1.0)
    calls = np.zeros((len(lots), end))
    power = np.zeros((len(lots), end))
    credit = np.zeros(len(lots))
    for i, lot in enumerate(lots):
        t = lot.start - grid.months[0]
        calls[i, t] = price
        stop = min(end, t + life)
        power[i, t:stop] = kw_meter(whole, site, source.pool.chip) * kwh * grid.hours[t:stop]
        credit[i] = price * min(1.0, max(0.0, (t + life - end) / life))
    cash = share * calls + power
    cost = cash @ grid.discount - share * credit * grid.discount[-1]
    index = whole.model.add_columns((len(lots), 1), cost=cost[:, None])
    columns = Columns(index, lots)
    buy = Buy(source.pool, columns, "installed", source, site.id, cash)
    whole.buys.append(buy)
    whole.model.cash.append(Cash(index.ravel(), share * calls, "chips", fund_of(whole, site).id))
    whole.model.cash.append(Cash(index.ravel(), power, "power", site.id))
    number = whole.pool(source.pool)
    whole.enter(whole.landing(columns, [number] * len(lots)), columns, 1.0)
    if site.block is not None:
        blocks = whole.model.add_columns(index.shape, integer=True, unit="count")
        whole.model.add_rows(
            Sums.columns(index) - Sums.columns(blocks, float(site.block)), at_least=0.0, at_most=0.0
        )
    return buy, calls


def kw_meter(whole: Whole, site: Site, chip: str) -> float:
    """kW at the meter for one chip at a site."""
    return float(whole.book.chips[chip].kw_it.kw) * float(site.pue)


def _draw(whole: Whole, site: Site, buy: Buy) -> Sums:
    """kW drawn by installed chips, by month."""
    months = len(whole.grid.months)
    values = np.zeros((len(buy.columns), months))
    for i, lot in enumerate(buy.columns.lots):
        t = lot.start - whole.grid.months[0]
        values[i, t : t + lot.months] = kw_meter(whole, site, lot.chip)
    return _by_month(buy.columns.index[:, 0], values)


def called_before(whole: Whole, fund: Fund, since: Month) -> float:
    """What phases under way have called from a month until the plan's first one."""
    total = 0.0
    for site in whole.book.sites.values():
        for phase in site.phases if fund_of(whole, site).id == fund.id else ():
            if phase.started is not None:
                _, takes = _ready_months(whole, phase)
                until = min(phase.started + takes, whole.grid.months[0])
                gone = max(0, until - max(phase.started, since))
                total += float(phase.capex.amount) * gone / takes
    return total


def _limit(whole: Whole, fund: Fund, calls: Sums) -> None:
    """Capital: in all no more than the tranches opened so far, and no more than a year's limit.

    Each tranche is a column of what is drawn from it, so that its line alone owns its limit.
    """
    tranches = sorted(enumerate(fund.capital), key=lambda nt: nt[1].from_)
    if not tranches:
        return
    first, months = whole.grid.months[0], len(whole.grid.months)
    drawn = whole.model.add_columns((len(tranches),), unit="money")
    for i, (number, tranche) in enumerate(tranches):
        path = (*fund.path, "capital", str(number))
        limit = Owner(
            f"capital {fund.id}",
            f"limit {number + 1}",
            tranche.at("limit"),
            (*path, "limit"),
            member=True,
        )
        whole.model.add_rows(
            Sums.columns(drawn[i : i + 1]),
            at_most=float(tranche.limit.amount),
            unit="money",
            owner=limit,
        )
        until = tranches[i + 1][1].from_ - first if i + 1 < len(tranches) else months
        so_far = range(max(0, tranches[0][1].from_ - first), min(max(until, 0), months))
        if until <= 0:
            continue
        spent = calls.over([so_far])
        opened = Sums(np.zeros(1), np.zeros(i + 1, dtype=np.int64), drawn[: i + 1], np.ones(i + 1))
        gone = called_before(whole, fund, tranches[0][1].from_)
        whole.model.add_rows(spent - opened, at_most=-gone, unit="money")
    _yearly(whole, fund, calls)


def yearly_limit(fund: Fund, year: int) -> tuple[int, Tranche] | None:
    """The tranche whose yearly limit holds in a calendar year: the last one opened by its end."""
    opened = [(n, t) for n, t in enumerate(fund.capital) if t.from_.year <= year]
    if not opened:
        return None
    number, last = max(opened, key=lambda nt: nt[1].from_)
    return (number, last) if last.per_year is not None else None


def _yearly(whole: Whole, fund: Fund, calls: Sums) -> None:
    """Calls of a calendar year, what was called before the plan among them."""
    months, opened = whole.grid.months, min(t.from_ for t in fund.capital)
    for year in sorted({m.year for m in months}):
        found = yearly_limit(fund, year)
        own = [t for t, m in enumerate(months) if m.year == year and m >= opened]
        if found is None or not own:
            continue
        number, tranche = found
        assert tranche.per_year is not None
        path = (*fund.path, "capital", str(number), "per_year")
        place = tranche.at("per_year")
        owner = Owner(f"capital {fund.id}", f"per_year {number + 1}", place, path, member=True)
        left = float(tranche.per_year.amount)
        if year == months[0].year:
            left -= called_before(whole, fund, max(Month(year, 1), opened))
        whole.model.add_rows(calls.over([own]), at_most=left, unit="money", owner=owner)
