"""The charts of a plan by name, as Vega-Lite through Altair; altair loads when one is drawn.

drawing.py: what all charts share
compact.py: a chart's specification without what is there by default
capacity.py: capacity by supplier against demand
service.py: who serves what, and what stays unserved
money.py: spend and capital
prices.py: clause costs and regret
dates.py: rights in force, and the notice calendar
sites.py: power and chips by phase
tenders.py: the tenders of a rehearsal over time
takers.py: what went to whom in a rehearsal
owing.py: what is owed: cash by month and agreement, floors against use, capital calls
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from offtake.report import owing as due
from offtake.report import retold
from offtake.report.charts import (
    capacity,
    dates,
    drawing,
    money,
    owing,
    prices,
    service,
    sites,
    takers,
    tenders,
)
from offtake.report.charts.compact import compact
from offtake.report.owing import Owing
from offtake.report.palette import LIGHT, PAGE, Look
from offtake.report.rehearsed import Rehearsed
from offtake.report.result import Result
from offtake.report.takeaways import takeaway

if TYPE_CHECKING:
    import altair as alt

TITLES: Mapping[str, str] = {
    "capacity": "Capacity by supplier against demand",
    "served": "Who serves what",
    "unserved": "Demand left unserved",
    "spend": "Spend by year and category",
    "suppliers": "Spend by year and payee",
    "capital": "Capital called against its limits",
    "rights": "Rights and agreements in force",
    "notices": "Notice calendar",
    "clauses": "What each clause costs",
    "sites": "Sites: power by phase",
    "site-chips": "Sites: chips in use by phase",
    "regret": "Regret by scenario",
}
_DRAWN: Mapping[str, Callable[[Result, Look], Any]] = {
    "capacity": capacity.draw,
    "served": service.served,
    "unserved": service.unserved,
    "spend": money.spend,
    "suppliers": money.suppliers,
    "capital": money.capital,
    "rights": dates.rights,
    "notices": dates.notices,
    "clauses": prices.clauses,
    "sites": sites.sites,
    "site-chips": sites.chips,
    "regret": prices.regret,
}
NAMES = tuple(TITLES)
REHEARSED: Mapping[str, str] = {
    "tenders": "Tenders over time",
    "takers": "What each holder takes, and what goes to whom",
}
"""The charts of a rehearsal, with their titles."""
_REHEARSED: Mapping[str, Callable[[Result, Rehearsed, Look], Any]] = {
    "tenders": tenders.timeline,
    "takers": takers.shares,
}

OWED: Mapping[str, str] = {
    "owed": "Cash by month and agreement",
    "floors": "Floors against use",
    "calls": "Capital calls by owner, against what tranches allow",
}
"""The charts of what is owed, with their titles."""
_OWED: Mapping[str, Callable[[Result, Owing, Look], Any]] = {
    "owed": owing.cash,
    "floors": owing.floors,
    "calls": owing.calls,
}


def _dressed(
    result: Result,
    name: str,
    look: Look,
    scenario: str | None,
    rehearsal: Rehearsed | None,
    owed: Owing | None,
) -> Any:
    if scenario is not None and name != "capacity":
        raise ValueError(f"The chart {name!r} shows all scenarios; only 'capacity' takes one.")
    if name in REHEARSED and rehearsal is not None:
        drawn = _REHEARSED[name](result, rehearsal, look)
        return drawing.dressed(drawn, REHEARSED[name], retold.takeaway(rehearsal, name), look)
    if name in REHEARSED:
        raise ValueError(f"The chart {name!r} is of a rehearsal, and none is given.")
    if name in OWED and owed is not None:
        drawn = _OWED[name](result, owed, look)
        return drawing.dressed(drawn, OWED[name], due.takeaway(owed, name), look)
    if name in OWED:
        raise ValueError(f"The chart {name!r} is of what is owed, and that is not given.")
    if name not in TITLES:
        known = ", ".join((*NAMES, *REHEARSED, *OWED))
        raise ValueError(f"There is no chart {name!r}; the charts are {known}.")
    draw = _DRAWN[name]
    sentence = takeaway(result, name)
    if scenario is not None:
        draw = partial(capacity.draw, scenario=scenario)
        sentence = f"Scenario {scenario}. Over all scenarios: {sentence}"
    return drawing.dressed(draw(result, look), TITLES[name], sentence, look)


def chart(
    result: Result,
    name: str,
    *,
    look: Look = LIGHT,
    scenario: str | None = None,
    rehearsal: Rehearsed | None = None,
    owing: Owing | None = None,
) -> alt.Chart:
    """One chart of the plan, its title and takeaway above it; `scenario` for capacity only.

    The charts in REHEARSED need the rehearsal, those in OWED what is owed. Raises ValueError for a
    name that is in no list, a scenario that the plan has not, and what is needed and not given.
    """
    return _dressed(result, name, look, scenario, rehearsal, owing)


def specification(
    result: Result,
    name: str,
    rehearsal: Rehearsed | None = None,
    owing: Owing | None = None,
) -> dict[str, Any] | None:
    """The chart for the page: colours by CSS variable, as wide as its place, no title.

    None where there is nothing to draw.
    """
    dressed = _dressed(result, name, PAGE, None, rehearsal, owing)
    found = drawing.plain(dressed)
    if found.get("name") == drawing.NOTHING:
        return None
    for left_out in ("title", "$schema", "description"):
        found.pop(left_out, None)
    found["width"] = "container"
    found["config"] = {**found["config"], "padding": 2, "background": None}
    packed: dict[str, Any] = compact(found)
    return packed


def vega_lite() -> str:
    """The Vega-Lite version that altair writes, as vl-convert names it."""
    import altair as alt

    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])


def png(drawn: alt.Chart) -> bytes:
    """The chart as a PNG at twice the size in points, so that it is sharp on paper."""
    import vl_convert

    picture: bytes = vl_convert.vegalite_to_png(
        drawing.plain(drawn), vl_version=vega_lite(), scale=2
    )
    return picture
