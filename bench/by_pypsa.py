"""The same programme by PyPSA: classes are buses, capacity generates what serves them.

    python by_pypsa.py NUMBERS            the leanest mapping found: what no component can say in
                                          few columns (chips bought, held and shared) is added to
                                          the network's model as linopy's arrays
    python by_pypsa.py NUMBERS components  components alone, as PyPSA is usually written: an
                                          extendable generator for each offer and month of start

A chip is a megawatt; snapshots are scenario × month × hour, weighted by probability and hours.
"""

from __future__ import annotations

import logging
import math
import sys
import warnings
from typing import Any

import stopwatch
from by_linopy import first_stage

MUCH = 1e3
"""Thousands of chips that no class ever needs."""


def network(data: dict[str, Any], snapshots: Any) -> Any:
    """Buses with their loads and shortage; snapshots run over months, scenarios and hours."""
    import numpy as np
    import pandas as pd
    import pypsa

    n = pypsa.Network()
    n.set_snapshots(snapshots)
    money = np.einsum("s,t,h->tsh", data["weights"], data["paid"], data["part"])
    n.snapshot_weightings["objective"] = money.ravel()
    classes = [f"class {k}" for k in range(len(data["waits"]))]
    n.add("Carrier", "chips")
    n.add("Bus", classes, carrier="chips")
    need = np.einsum("kst,kh->tshk", data["need"], data["shape"]).reshape(-1, len(classes))
    loads = pd.DataFrame(need, index=n.snapshots, columns=[f"need {c}" for c in classes])
    n.add("Load", loads.columns, bus=classes, p_set=loads)
    short = [f"no {c}" for c in classes]
    n.add("Generator", short, bus=classes, p_nom=math.inf, marginal_cost=data["short"])
    return n


# --- lean -----------------------------------------------------------------------------------------


def lean(data: dict[str, Any]) -> Any:
    """A generator for each pool and class; first stage and shared capacity as arrays of rows."""
    import pandas as pd

    steps = len(data["weights"]) * data["months"] * len(data["part"])
    n = network(data, pd.RangeIndex(steps, name="snapshot"))
    links = data["links"]
    n.add(
        "Generator",
        [f"link {e}" for e in range(len(links))],
        bus=[f"class {e['class']}" for e in links],
        p_nom=math.inf,
        # In unit chips served, so that the balance of a class is a plain sum.
        marginal_cost=[e["cost"] / e["rate"] for e in links],
    )
    waiting = [k for k, waits in enumerate(data["waits"]) if waits]
    n.add(
        "Generator",
        [f"shift {k}" for k in waiting],
        bus=[f"class {k}" for k in waiting],
        p_nom=MUCH,
        p_min_pu=-1.0,
    )
    return n


def capacity(n: Any, data: dict[str, Any]) -> None:
    """Chips bought and held, and the rows that share them among classes and shift what can wait."""
    import numpy as np
    import xarray as xr

    m, links = n.model, data["links"]
    hours = len(data["part"])
    each = len(data["weights"]) * hours
    level, rent = first_stage(m, data)
    m.objective += rent

    p = m.variables["Generator-p"]
    names = [f"link {e}" for e in range(len(links))]
    of_link = xr.DataArray([1 / e["rate"] for e in links], coords={"name": names})
    from_pool = xr.DataArray([e["pool"] for e in links], coords={"name": names}, name="pool")
    used = (of_link * p.sel(name=names)).groupby(from_pool).sum()
    step = np.arange(len(n.snapshots))
    month = xr.DataArray(step // each, coords={"snapshot": n.snapshots})
    m.add_constraints(used - level.sel(t=month) <= 0, name="capacity")
    shift = [f"shift {k}" for k, waits in enumerate(data["waits"]) if waits]
    within = xr.DataArray(step // hours, coords={"snapshot": n.snapshots}, name="within")
    part = xr.DataArray(np.array(data["part"])[step % hours], coords={"snapshot": n.snapshots})
    m.add_constraints((part * p.sel(name=shift)).groupby(within).sum() == 0, name="shift")


# --- components alone -----------------------------------------------------------------------------


def components(data: dict[str, Any]) -> Any:
    """Pools are buses, links lead to classes; months are investment periods.

    So a generator is active in the months of its term only, and its cost counts in each of them.
    """
    import numpy as np
    import pandas as pd

    months, each = data["months"], len(data["weights"]) * len(data["part"])
    steps = pd.MultiIndex.from_product([range(months), range(each)], names=["period", "timestep"])
    n = network(data, steps)
    n.investment_periods = range(months)
    # A period's weight multiplies those of its snapshots.
    n.investment_period_weightings["objective"] = data["paid"]
    n.snapshot_weightings["objective"] /= np.repeat(data["paid"], each)
    pools = [f"pool {i}" for i in range(data["pools"])]
    n.add("Bus", pools, carrier="chips")
    n.add(
        "Link",
        [f"link {e}" for e in range(len(data["links"]))],
        bus0=[f"pool {e['pool']}" for e in data["links"]],
        bus1=[f"class {e['class']}" for e in data["links"]],
        p_nom=math.inf,
        efficiency=[e["rate"] for e in data["links"]],
        marginal_cost=[e["cost"] for e in data["links"]],
    )
    for o in data["hourly"]:
        n.add("Generator", f"hourly {o['pool']}", bus=f"pool {o['pool']}", p_nom=o["max"])
    offers = data["reserved"]
    n.add("Carrier", [f"offer {i}" for i in range(len(offers))])
    lots = [
        (i, o, t) for i, o in enumerate(offers) for t in range(o["starts"][0], o["starts"][1] + 1)
    ]
    n.add(
        "Generator",
        [f"offer {i} from {t}" for i, _, t in lots],
        bus=[f"pool {o['pool']}" for _, o, _ in lots],
        carrier=[f"offer {i}" for i, _, _ in lots],
        p_nom_extendable=True,
        build_year=[t for _, _, t in lots],
        lifetime=[o["term"] for _, o, _ in lots],
        capital_cost=[o["price"] for _, o, _ in lots],
    )
    n.add(
        "GlobalConstraint",
        [f"most of {i}" for i in range(len(offers))],
        type="tech_capacity_expansion_limit",
        carrier_attribute=[f"offer {i}" for i in range(len(offers))],
        sense="<=",
        constant=[o["max"] for o in offers],
    )
    store(n, data)
    return n


def store(n: Any, data: dict[str, Any]) -> None:
    """What can wait is stored, or owed, and even at the end of its month."""
    import numpy as np

    hours = len(data["part"])
    steps = len(n.snapshots)
    n.snapshot_weightings["stores"] = np.tile(data["part"], steps // hours)
    free = np.where(np.arange(steps) % hours == hours - 1, 0.0, 1.0)
    for k, waits in enumerate(data["waits"]):
        if waits:
            n.add(
                "Store", f"store {k}", bus=f"class {k}", e_nom=MUCH, e_max_pu=free, e_min_pu=-free
            )


def main() -> None:
    data = stopwatch.numbers(sys.argv[1])
    warnings.simplefilter("ignore")
    logging.disable()
    with stopwatch.importing():
        import linopy  # noqa: F401
        import pypsa  # noqa: F401
    watch = stopwatch.Watch()
    alone = sys.argv[2:] == ["components"]
    n = components(data) if alone else lean(data)
    status = n.optimize(
        solver_name="highs",
        solver_options=stopwatch.OPTIONS,
        multi_investment_periods=alone,
        extra_functionality=None if alone else lambda n, _: capacity(n, data),
        include_objective_constant=False,
        io_api="direct",
        log_to_console=False,
        progress=False,
    )
    assert status[1] in ("optimal", "time_limit"), status
    money = float(n.model.objective.value) * 1e6 if status[1] == "optimal" else None
    watch.done(money, columns=int(n.model.nvars), rows=int(n.model.ncons))


if __name__ == "__main__":
    main()
