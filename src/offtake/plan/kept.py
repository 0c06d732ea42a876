"""A plan that was kept as plain data, made into a plan again."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any

from offtake.plan.result import TABLES, PlanResult, frame

_FIGURES = ("cost", "cash", "shortage", "residual", "cvar")
_MAKES: Mapping[str, Callable[[Any], Any]] = {
    "Date": dt.date.fromisoformat,
    "Int64": int,
    "Float64": float,
    "Boolean": bool,
}


class NotAPlanError(ValueError):
    """The data is not that of a plan: one sentence."""


def of_data(data: Any) -> PlanResult:
    """The plan that `delivery.as_data` gave; raises `NotAPlanError`.

    A table or column that an earlier version did not have is empty.
    """
    if not isinstance(data, Mapping) or "status" not in data:
        raise NotAPlanError("it is not the data of a plan")
    if data["status"] != "planned":
        raise NotAPlanError("it says why there is no plan, so there is nothing to compare")
    try:
        return _result(data)
    except NotAPlanError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise NotAPlanError("it is not a whole plan") from error


def _result(data: Mapping[str, Any]) -> PlanResult:
    tables = {name: _table(name, data.get(name, [])) for name in TABLES}
    figures: dict[str, Any] = {name: float(data[name]) for name in _FIGURES}
    if not all(map(math.isfinite, figures.values())):
        raise NotAPlanError("its cost is not a number")
    worth = data.get("perfect_information")
    return PlanResult(
        title=str(data["title"]),
        buyer=str(data["buyer"]),
        as_of=dt.date.fromisoformat(data["as_of"]),
        currency=str(data["currency"]),
        months=tuple(dt.date.fromisoformat(month) for month in data["months"]),
        perfect_information=None if worth is None else float(worth),
        certificate=dict(data["certificate"]),
        **figures,
        **tables,
    )


def _table(name: str, rows: Any) -> Any:
    import polars

    makers = {column: _MAKES.get(kind, str) for column, kind in TABLES[name].items()}
    if not isinstance(rows, list):
        raise NotAPlanError(f"its table {name} is not a list of rows")
    try:
        return frame(
            name,
            (
                tuple(None if row.get(c) is None else make(row[c]) for c, make in makers.items())
                for row in rows
            ),
        )
    except polars.exceptions.PolarsError as error:
        raise NotAPlanError(f"its table {name} cannot be read") from error
