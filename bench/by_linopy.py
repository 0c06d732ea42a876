"""The same programme in linopy: whole arrays of variables and rows, no Python loop over cells."""

from __future__ import annotations

import sys
from typing import Any

import stopwatch


def model(data: dict[str, Any]) -> Any:
    """Use, shortage, and the rows that tie them to what is needed and held."""
    import linopy
    import numpy as np

    links, waits = data["links"], np.array(data["waits"])
    s, t, h = index("s", data["weights"]), index("t", data["paid"]), index("h", data["part"])
    link, klass = index("link", links), index("klass", waits)
    by_hour, later = klass[~waits], klass[waits]
    part, money = array(data["part"], h), array(data["weights"], s) * array(data["paid"], t)
    m = linopy.Model()
    level, rent = first_stage(m, data)

    y = m.add_variables(lower=0, coords=[link, s, t, h], name="y")
    u = m.add_variables(lower=0, coords=[by_hour, s, t, h], name="u")
    v = m.add_variables(lower=0, coords=[later, s, t], name="v")
    from_pool = array([e["pool"] for e in links], link).rename("pool")
    to_class = array([e["class"] for e in links], link).rename("klass")
    m.add_constraints(y.groupby(from_pool).sum() - level <= 0, name="capacity")
    served = (array([e["rate"] for e in links], link) * y).groupby(to_class).sum()
    need, shape = array(data["need"], klass, s, t), array(data["shape"], klass, h)
    hourly = served.sel(klass=by_hour) + u
    m.add_constraints(hourly >= (need * shape).sel(klass=by_hour), name="need")
    monthly = (served.sel(klass=later) * part).sum("h") + v
    m.add_constraints(monthly >= need.sel(klass=later), name="need in the month")

    use = (y * (array([e["cost"] for e in links], link) * money * part)).sum()
    worth = array(data["short"], klass) * money
    short = (u * (worth.sel(klass=by_hour) * part)).sum() + (v * worth.sel(klass=later)).sum()
    m.add_objective(rent + use + short)
    return m


def first_stage(m: Any, data: dict[str, Any]) -> tuple[Any, Any]:
    """Chips bought of each offer from each month on: the level of each pool, and what is paid."""
    import linopy
    import numpy as np

    offers = data["reserved"]
    offer, t, pool = index("offer", offers), index("t", data["paid"]), index("pool", data["pools"])
    starts = [[o["starts"][0] <= k <= o["starts"][1] for k in t] for o in offers]
    x = m.add_variables(lower=0, coords=[offer, t], name="x", mask=array(starts, offer, t) > 0)
    level = m.add_variables(lower=0, coords=[pool, t], name="level")
    # What is in service has begun within the term: a rolling sum over the months of start.
    terms = sorted({o["term"] for o in offers})
    mine = {term: [i for i, o in enumerate(offers) if o["term"] == term] for term in terms}
    in_service = linopy.merge(
        [(1 * x.sel(offer=mine[n])).rolling(t=n, min_periods=1).sum() for n in terms], dim="offer"
    )
    most = array([o["max"] for o in offers], offer)
    m.add_constraints(in_service <= most.sel(offer=in_service.coords["offer"]), name="most")
    in_pool = array([o["pool"] for o in offers], offer).astype(int).rename("pool")
    held = in_service.groupby(in_pool.sel(offer=in_service.coords["offer"])).sum()
    m.add_constraints(level.sel(pool=held.coords["pool"].values) - held == 0, name="held")
    for o in data["hourly"]:
        m.add_constraints(level.sel(pool=o["pool"]) <= o["max"], name=f"hourly {o['pool']}")
    rent = np.zeros((offer.size, t.size))
    for i, o in enumerate(offers):
        rent[i] = [o["price"] * sum(data["paid"][k : k + o["term"]]) for k in t]
    return level, (x * array(rent, offer, t)).sum()


def index(name: str, of: Any) -> Any:
    """The numbers of some things, as one dimension."""
    import pandas as pd

    return pd.RangeIndex(of if isinstance(of, int) else len(of), name=name)


def array(values: Any, *dims: Any) -> Any:
    """Numbers over some dimensions."""
    import numpy as np
    import xarray as xr

    return xr.DataArray(np.asarray(values, dtype=float), coords=list(dims))


def main() -> None:
    data = stopwatch.numbers(sys.argv[1])
    with stopwatch.importing():
        import linopy  # noqa: F401
    watch = stopwatch.Watch()
    m = model(data)
    status = m.solve("highs", io_api="direct", log_fn=None, progress=False, **stopwatch.OPTIONS)
    assert status == ("ok", "optimal"), status
    watch.done(float(m.objective.value) * 1e6, columns=int(m.nvars), rows=int(m.ncons))


if __name__ == "__main__":
    main()
