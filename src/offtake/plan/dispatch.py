"""The second stage: how capacity serves demand in each scenario, month and representative hour."""

from __future__ import annotations

import numpy as np

from offtake.book.records import Demand
from offtake.plan.affine import Indices, Numbers, Sums
from offtake.plan.capacity import Use, Whole
from offtake.plan.demand import day_shape, levels
from offtake.plan.lots import Pool
from offtake.plan.model import CashOnce, Owner
from offtake.plan.outcomes import landed_alike


def needs(whole: Whole) -> Numbers:
    """Need in unit chips by (class, scenario, month, representative hour)."""
    classes = tuple(whole.book.demand.values())
    months = whole.grid.months
    origin = whole.book.header.periods.start
    scenarios = len(whole.grid.scenarios)
    out = np.zeros((len(classes), scenarios, len(months), len(whole.hours.weights)))
    for k, demand in enumerate(classes):
        by_path = {path: levels(demand, path, months, origin) for path in set(whole.tree.path)}
        shape = whole.hours.condense(day_shape(demand))
        for s, path in enumerate(whole.tree.path):
            out[k, s] = np.outer(by_path[path], shape)
    return out


def owner_of(demand: Demand) -> Owner:
    """The line that says how much is needed."""
    field = "path" if demand.path else "base"
    return Owner(
        f"demand {demand.id}",
        "need",
        demand.at(field),
        ("demand", demand.id, field),
        member=demand.unserved == "never",
    )


def add_demand(whole: Whole) -> None:
    """Rows of need, with what may stay unserved at its price; use enters them later."""
    whole.need = needs(whole)
    grid, weights = whole.grid, whole.hours.weights
    for k, demand in enumerate(whole.book.demand.values()):
        need = whole.need[k]
        if demand.deferrable:
            need = (need * weights).sum(axis=-1, keepdims=True)
        shape = need.shape
        total = Sums.zero(shape)
        if demand.unserved != "never":
            width = np.ones(1) if demand.deferrable else weights
            hours = (grid.hours * grid.discount)[None, :, None] * width
            cost = float(demand.unserved.amount) * np.broadcast_to(hours, shape)
            scenario = np.broadcast_to(np.arange(shape[0])[:, None, None], shape)
            short = whole.model.add_columns(shape, cost=cost, upper=need, scenario=scenario)
            whole.unserved[k] = short
            total = Sums.columns(short)
        whole.served[k] = whole.model.add_rows(total, at_least=need, owner=owner_of(demand))


def dispatch(whole: Whole) -> None:
    """Use columns and capacity rows of every pool that has none yet."""
    while whole.dispatched < len(whole.pools):
        _dispatch_pool(whole, whole.dispatched)
        whole.dispatched += 1


def _dispatch_pool(whole: Whole, number: int) -> None:
    pool = whole.pools[number]
    scenarios, months = whole.shape
    hours = len(whole.hours.weights)
    used: list[Use] = []
    for k, demand in enumerate(whole.book.demand.values()):
        factor = whole.factor(k, pool)
        if factor <= 0:
            continue
        live = (whole.need[k].sum(axis=-1) > 0) & whole.open[number]
        where = np.broadcast_to(live[:, :, None], (scenarios, months, hours))
        s, t, h = (a.astype(np.int64) for a in np.nonzero(where))
        if not s.size:
            continue
        paid = _prices(whole, demand, pool) * whole.grid.hours * whole.grid.discount
        column = whole.model.add_columns(
            (s.size,), cost=paid[t] * whole.hours.weights[h], scenario=s
        )
        _serve(whole, k, demand, column, factor, s, t, h)
        use = Use(column, np.full(s.size, k), np.full(s.size, number), s, t, h)
        if demand.gang is not None:
            _gang(whole, k, demand, number, use, factor)
        used.append(use)
    whole.uses += used
    if used:
        _capacity_rows(whole, number, used)


def _prices(whole: Whole, demand: Demand, pool: Pool) -> Numbers:
    """Money per chip-hour of use: the metered price, and what serving from that region costs."""
    distance = demand.serving_cost.get(pool.region)
    extra = float(distance.amount) if distance else 0.0
    metered = whole.prices_of(pool.meter) if pool.meter else np.zeros(len(whole.grid.months))
    return metered + extra


def _serve(
    whole: Whole,
    k: int,
    demand: Demand,
    column: Indices,
    factor: float,
    s: Indices,
    t: Indices,
    h: Indices,
) -> None:
    if demand.deferrable:
        whole.model.enter(whole.served[k][s, t, 0], column, factor * whole.hours.weights[h])
    else:
        whole.model.enter(whole.served[k][s, t, h], column, factor)


def _capacity_rows(whole: Whole, number: int, used: list[Use]) -> None:
    """Σ use ≤ level, for every scenario, month and hour in which the pool is used."""
    months = len(whole.grid.months)
    hours = len(whole.hours.weights)
    flat = np.concatenate([(u.scenario * months + u.month) * hours + u.hour for u in used])
    columns = np.concatenate([u.column for u in used])
    cells, position = np.unique(flat, return_inverse=True)
    level = whole.level[number].ravel()[cells // hours]
    n = cells.size
    total = Sums(
        np.zeros(n),
        np.concatenate([position.ravel(), np.arange(n)]),
        np.concatenate([columns, level]),
        np.concatenate([np.ones(columns.size), -np.ones(n)]),
    )
    whole.model.add_rows(total, at_most=0.0)


def _gang(whole: Whole, k: int, demand: Demand, number: int, use: Use, factor: float) -> None:
    """A gang runs in one pool: use ≤ gang × slots, and the slots must fit in what is there.

    Slots are the same in all scenarios in which what lands in the pool is the same: where a gang
    runs is settled when it is known who took what. The gang is stated in the class's unit; a
    faster chip needs fewer of itself.
    """
    assert demand.gang is not None
    # 3 / 0.3 is a little more than 10 in floating point, and yet ten chips do.
    size = float(np.ceil(demand.gang / factor - 1e-9))
    months = len(whole.grid.months)
    owner = owner_of(demand)
    live = np.unique(use.month)
    outcome = landed_alike(whole, number)
    shape = (int(outcome.max()) + 1, live.size)
    slots = np.full((shape[0], months), -1, dtype=np.int64)
    slots[:, live] = whole.model.add_columns(shape, integer=True, owner=owner)
    n = use.column.size
    total = Sums(
        np.zeros(n),
        np.concatenate([np.arange(n), np.arange(n)]),
        np.concatenate([use.column, slots[outcome[use.scenario], use.month]]),
        np.concatenate([np.ones(n), np.full(n, -size)]),
    )
    whole.model.add_rows(total, at_most=0.0, owner=owner)
    level = whole.level[number][:, live]
    fit = Sums.columns(slots[outcome][:, live], size) - Sums.columns(level)
    whole.model.add_rows(fit, at_most=0.0, owner=owner)


def add_hourly(whole: Whole) -> None:
    """Pools that are rented by the hour: as much as the offer has, paid as it is used."""
    for offer in whole.book.offers.values():
        if offer.kind == "reserved":
            continue
        number = whole.pool(Pool(offer.seller, offer.region, offer.chip, None, offer.id, True))
        owner = Owner(
            f"offer {offer.id}", "max", offer.at("max"), ("offers", offer.id, "max"), member=True
        )
        scenarios, months = whole.shape
        who = np.broadcast_to(np.arange(scenarios)[:, None], (scenarios, months))
        rented = whole.model.add_columns((scenarios, months), scenario=who)
        first = offer.starts_from or whole.grid.months[0]
        last = offer.starts_until or whole.grid.months[-1]
        live = np.array([first <= m <= last for m in whole.grid.months])
        whole.model.add_rows(
            Sums.columns(rented), at_most=np.where(live, float(offer.max), 0.0), owner=owner
        )
        whole.model.enter(whole.supply[number], rented, -1.0)
        whole.open[number] |= live


def cash_of_use(whole: Whole, weights: Numbers) -> list[CashOnce]:
    """What use pays, for reports: category, payee and month of every such column."""
    out: list[CashOnce] = []
    classes = tuple(whole.book.demand.values())
    months = len(whole.grid.months)
    for use in whole.uses:
        pool, demand = whole.pools[int(use.pool[0])], classes[int(use.klass[0])]
        prices = _prices(whole, demand, pool)
        if not np.any(prices > 0):
            continue
        paid = (prices * whole.grid.hours)[use.month] * weights[use.hour]
        category = "on-demand" if pool.hourly else ("used" if pool.meter else "serving")
        out.append(CashOnce(use.column, paid, use.month, months, category, pool.seller))
    return out
