"""What a plan gives back: tables with a fixed form, figures, and the certificate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from offtake.book.faults import Place

if TYPE_CHECKING:
    import polars as pl

_KINDS = {
    "": "String",
    "number": "Float64",
    "whole": "Int64",
    "day": "Date",
    "flag": "Boolean",
}


def _table(columns: str) -> Mapping[str, str]:
    """Columns by name with their Polars type; text where none is given."""
    parts = (column.partition("/") for column in columns.split())
    return {name: _KINDS[kind] for name, _, kind in parts}


TABLES: Mapping[str, Mapping[str, str]] = {
    "purchases": _table(
        "id what offer seller via chip region start/day sign_by/day months/whole chips/number "
        "price/number cost/number why place owed_after/number"
    ),
    "builds": _table(
        "id site phase start/day ready/day power_mw/number capex/number buyer_share/number "
        "committed/flag why place"
    ),
    "choices": _table(
        "clause what subject by/day start/day chips/number likely/number saved/number "
        "sentence place"
    ),
    "spend": _table("year/whole month/day category who amount/number"),
    "capital": _table("fund year/whole called/number limit/number"),
    "capacity": _table("month/day scenario supplier pool chips/number reference_chips/number"),
    "demand": _table(
        "month/day scenario class needed/number served/number unserved/number peak/number"
    ),
    "usage": _table("month/day scenario class supplier pool chips/number"),
    "notices": _table(
        "purchase right holder rank/whole bids_open/day earliest/day latest/day answer_by/day "
        "sign_by/day start/day chips/number place"
    ),
    "rights": _table("clause kind holder start/day end/day sentence place side"),
    "clause_costs": _table(
        "clause kind holder part low/number high/number resolved/flag sentence place"
    ),
    "limits": _table("place what sentence value/number unit"),
    "scenarios": _table("scenario weight/number cost/number perfect/number regret/number"),
    "sites": _table("site phase month/day power_mw/number used_mw/number chips/number"),
}
"""Each table's columns; money in the book's currency, in plain units."""


@cache
def schema(name: str) -> Mapping[str, Any]:
    """The Polars types of one table, by column."""
    import polars

    return {column: getattr(polars, kind) for column, kind in TABLES[name].items()}


def frame(name: str, rows: Iterable[Sequence[Any]]) -> pl.DataFrame:
    """A table of rows in the order of its columns."""
    import polars

    return polars.DataFrame(list(rows), schema=dict(schema(name)), orient="row")


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A plan. Money in plain units of `currency`; months as their first days.

    In `capital` a year's calls count all owners; `spend` is the buyer's expected cash, not
    discounted; costs of purchases, clauses and scenarios are discounted. `clause_costs` and
    `limits` are of what the plan minimises: where risk has a weight, the weighted cost.
    """

    title: str
    buyer: str
    as_of: dt.date
    currency: str
    months: tuple[dt.date, ...]
    cost: float
    """`cash` and `shortage` less `residual`."""
    cash: float
    """Expected payments, discounted."""
    shortage: float
    """What goes unserved, at the value that the book gives it; nobody pays it."""
    residual: float
    """Credit for what is paid for within the plan and outlives it."""
    cvar: float
    perfect_information: float | None
    """Mean regret against the plans found; the certificate has the interval. None: not asked."""
    certificate: Mapping[str, Any]
    purchases: pl.DataFrame
    builds: pl.DataFrame
    choices: pl.DataFrame
    spend: pl.DataFrame
    capital: pl.DataFrame
    capacity: pl.DataFrame
    demand: pl.DataFrame
    usage: pl.DataFrame
    notices: pl.DataFrame
    rights: pl.DataFrame
    clause_costs: pl.DataFrame
    limits: pl.DataFrame
    scenarios: pl.DataFrame
    sites: pl.DataFrame

    @property
    def found(self) -> bool:
        """A plan was found."""
        return True


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of the book, and the least change of it alone that makes a plan possible."""

    path: tuple[str, ...]
    old: str
    new: str | None
    """None where no change of this figure alone would do."""


@dataclass(frozen=True, slots=True)
class ClashMember:
    """One line of the book that clashes with the others."""

    place: Place
    line: str
    sentence: str
    change: Change
    change_sentence: str
    owner: int = field(default=0, repr=False)


@dataclass(frozen=True, slots=True)
class Clash:
    """Why no plan is possible: lines that cannot all hold; without any one of them they could."""

    title: str
    as_of: dt.date
    members: tuple[ClashMember, ...]
    certificate: Mapping[str, Any]

    @property
    def found(self) -> bool:
        """No plan was found."""
        return False
