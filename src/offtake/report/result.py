"""What the report needs of a plan: the frames by name and column, and the few plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import polars as pl

_TEXT, _DAY, _NUMBER, _FLAG, _WHOLE = pl.String, pl.Date, pl.Float64, pl.Boolean, pl.Int64

Columns = Mapping[str, type[pl.DataType]]

COLUMNS: Mapping[str, Columns] = {
    "purchases": {
        **dict.fromkeys(("id", "what", "offer", "seller", "via", "chip", "region"), _TEXT),
        **{"start": _DAY, "months": _WHOLE, "chips": _NUMBER, "price": _NUMBER, "cost": _NUMBER},
        **{"why": _TEXT, "place": _TEXT},
    },
    "builds": {
        **{"id": _TEXT, "site": _TEXT, "phase": _TEXT, "start": _DAY, "ready": _DAY},
        **{"power_mw": _NUMBER, "capex": _NUMBER, "buyer_share": _NUMBER, "committed": _FLAG},
        **{"why": _TEXT, "place": _TEXT},
    },
    "spend": {"year": _WHOLE, "month": _DAY, "category": _TEXT, "who": _TEXT, "amount": _NUMBER},
    "capital": {"fund": _TEXT, "year": _WHOLE, "called": _NUMBER, "limit": _NUMBER},
    "capacity": {
        **{"month": _DAY, "scenario": _TEXT, "supplier": _TEXT, "pool": _TEXT},
        **{"chips": _NUMBER, "reference_chips": _NUMBER},
    },
    "demand": {
        **{"month": _DAY, "scenario": _TEXT, "class": _TEXT},
        **dict.fromkeys(("needed", "served", "unserved", "peak"), _NUMBER),
    },
    "usage": {
        **{"month": _DAY, "scenario": _TEXT, "class": _TEXT},
        **{"supplier": _TEXT, "pool": _TEXT, "chips": _NUMBER},
    },
    "notices": {
        **{"purchase": _TEXT, "right": _TEXT, "holder": _TEXT, "rank": _WHOLE},
        **dict.fromkeys(("bids_open", "earliest", "latest", "answer_by", "sign_by"), _DAY),
        **{"start": _DAY, "chips": _NUMBER, "place": _TEXT},
    },
    "rights": {
        **{"clause": _TEXT, "kind": _TEXT, "holder": _TEXT, "start": _DAY, "end": _DAY},
        **{"sentence": _TEXT, "place": _TEXT, "side": _TEXT},
    },
    "clause_costs": {
        **{"clause": _TEXT, "kind": _TEXT, "holder": _TEXT, "part": _TEXT},
        **{"low": _NUMBER, "high": _NUMBER, "resolved": _FLAG, "sentence": _TEXT, "place": _TEXT},
    },
    "limits": {
        **{"place": _TEXT, "what": _TEXT, "sentence": _TEXT, "value": _NUMBER, "unit": _TEXT},
    },
    "scenarios": {
        **{"scenario": _TEXT, "weight": _NUMBER},
        **dict.fromkeys(("cost", "perfect", "regret"), _NUMBER),
    },
    "sites": {
        **{"site": _TEXT, "phase": _TEXT, "month": _DAY},
        **{"power_mw": _NUMBER, "used_mw": _NUMBER, "chips": _NUMBER},
    },
}


class Result(Protocol):
    """A plan as the report sees it; money in plain units of `currency`, months as first days."""

    @property
    def purchases(self) -> pl.DataFrame: ...
    @property
    def builds(self) -> pl.DataFrame: ...
    @property
    def spend(self) -> pl.DataFrame: ...
    @property
    def capital(self) -> pl.DataFrame: ...
    @property
    def capacity(self) -> pl.DataFrame: ...
    @property
    def demand(self) -> pl.DataFrame: ...
    @property
    def usage(self) -> pl.DataFrame: ...
    @property
    def notices(self) -> pl.DataFrame: ...
    @property
    def rights(self) -> pl.DataFrame: ...
    @property
    def clause_costs(self) -> pl.DataFrame: ...
    @property
    def limits(self) -> pl.DataFrame: ...
    @property
    def scenarios(self) -> pl.DataFrame: ...
    @property
    def sites(self) -> pl.DataFrame: ...
    @property
    def cost(self) -> float: ...
    @property
    def currency(self) -> str: ...
    @property
    def cvar(self) -> float | None: ...
    @property
    def perfect_information(self) -> float | None: ...
    @property
    def certificate(self) -> Mapping[str, Any]: ...
    @property
    def title(self) -> str: ...
    @property
    def buyer(self) -> str: ...
    @property
    def as_of(self) -> dt.date: ...
    @property
    def months(self) -> Sequence[dt.date]: ...


def frame(result: Result, name: str) -> pl.DataFrame:
    """One frame of the result with exactly the columns the report reads, in their types.

    A frame of no rows may come without columns; a frame with rows that lacks one is a bug and
    raises polars' ColumnNotFoundError.
    """
    columns = COLUMNS[name]
    found: pl.DataFrame = getattr(result, name)
    if found.is_empty():
        return pl.DataFrame(schema=dict(columns))
    return found.select(pl.col(column).cast(kind) for column, kind in columns.items())


def weights(result: Result) -> pl.DataFrame:
    """scenario, weight: the scenarios that the frames speak of, their weights summing to one.

    Scenarios come in the order of the scenarios frame; where that frame names none of them they
    count alike.
    """
    known = frame(result, "scenarios").select("scenario", "weight")
    if known.is_empty() or not (known["weight"].sum() or 0) > 0:
        named = pl.concat(
            [frame(result, "capacity")["scenario"], frame(result, "demand")["scenario"]]
        )
        known = pl.DataFrame({"scenario": named.unique().sort()}).with_columns(weight=pl.lit(1.0))
    return known.with_columns(pl.col("weight") / pl.col("weight").sum())


def expected(
    result: Result, found: pl.DataFrame, by: Sequence[str], *values: str
) -> pl.DataFrame:
    """The sums of `values` by `by`, each scenario counted at its weight; rows sorted by `by`.

    A scenario without a row counts as zero there.
    """
    return (
        found.join(weights(result), on="scenario", how="left")
        .group_by(by)
        .agg((pl.col(value) * pl.col("weight")).sum() for value in values)
        .sort(by)
    )
