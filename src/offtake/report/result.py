"""What the report needs of a plan: the frames by name and column, and the few plain values."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import polars as pl

Columns = Mapping[str, type[pl.DataType]]


def _columns(
    text: str, *, days: str = "", numbers: str = "", whole: str = "", flags: str = ""
) -> Columns:
    return {
        **dict.fromkeys(text.split(), pl.String),
        **dict.fromkeys(days.split(), pl.Date),
        **dict.fromkeys(numbers.split(), pl.Float64),
        **dict.fromkeys(whole.split(), pl.Int64),
        **dict.fromkeys(flags.split(), pl.Boolean),
    }


COLUMNS: Mapping[str, Columns] = {
    "purchases": _columns(
        "id what offer seller via chip region why place",
        days="start",
        numbers="chips price cost",
        whole="months",
    ),
    "builds": _columns(
        "id site phase why place",
        days="start ready",
        numbers="power_mw capex buyer_share",
        flags="committed",
    ),
    "spend": _columns("category who", days="month", numbers="amount", whole="year"),
    "capital": _columns("fund", numbers="called limit", whole="year"),
    "capacity": _columns("scenario supplier pool", days="month", numbers="chips reference_chips"),
    "demand": _columns("scenario class", days="month", numbers="needed served unserved peak"),
    "usage": _columns("scenario class supplier pool", days="month", numbers="chips"),
    "notices": _columns(
        "purchase right holder place",
        days="bids_open earliest latest answer_by sign_by start",
        numbers="chips",
        whole="rank",
    ),
    "rights": _columns("clause kind holder sentence place side", days="start end"),
    "clause_costs": _columns(
        "clause kind holder part sentence place", numbers="low high", flags="resolved"
    ),
    "limits": _columns("place what sentence unit", numbers="value"),
    "scenarios": _columns("scenario", numbers="weight cost perfect regret"),
    "sites": _columns("site phase", days="month", numbers="power_mw used_mw chips"),
}


class Result(Protocol):
    """A plan as the report sees it; money in plain units of `currency`, months as first days."""

    @property
    def purchases(self) -> pl.DataFrame:
        """What is bought, a row each; price per chip-hour, cost expected and discounted."""

    @property
    def builds(self) -> pl.DataFrame:
        """Phases that are built: power in MW, capex of all owners, the buyer's share of it."""

    @property
    def spend(self) -> pl.DataFrame:
        """The buyer's expected payments by month, category and payee, not discounted."""

    @property
    def capital(self) -> pl.DataFrame:
        """What funds call in a year from all owners, and their limit where one is written."""

    @property
    def capacity(self) -> pl.DataFrame:
        """Chips held by month, scenario, supplier and pool; also in reference chips."""

    @property
    def demand(self) -> pl.DataFrame:
        """Reference chips needed, served and unserved by class; peak in its hardest hour."""

    @property
    def usage(self) -> pl.DataFrame:
        """Mean chips that serve a class, by supplier and pool."""

    @property
    def notices(self) -> pl.DataFrame:
        """The days of every notice that a purchase needs."""

    @property
    def rights(self) -> pl.DataFrame:
        """When each agreement, right and term is in force; both days inclusive."""

    @property
    def clause_costs(self) -> pl.DataFrame:
        """What a clause or a part of it adds to the cost, between low and high."""

    @property
    def limits(self) -> pl.DataFrame:
        """What binds: the money that one unit more would save."""

    @property
    def scenarios(self) -> pl.DataFrame:
        """Weight, cost, cost with foresight and regret of each scenario."""

    @property
    def sites(self) -> pl.DataFrame:
        """Power in service and in use (MW), and chips, by phase and month."""

    @property
    def cost(self) -> float:
        """The expected discounted cost."""

    @property
    def currency(self) -> str:
        """The currency of every amount."""

    @property
    def cvar(self) -> float | None:
        """The mean cost of the worst scenarios, where it was asked for."""

    @property
    def perfect_information(self) -> float | None:
        """What it would be worth to know the scenario beforehand."""

    @property
    def certificate(self) -> Mapping[str, Any]:
        """Bound, gap, solver, versions, digest: how far the plan can be trusted."""

    @property
    def title(self) -> str:
        """The name of the book."""

    @property
    def buyer(self) -> str:
        """Whose plan it is."""

    @property
    def as_of(self) -> dt.date:
        """The day whose knowledge the plan has."""

    @property
    def months(self) -> Sequence[dt.date]:
        """The first day of each month of the horizon."""


def frame(result: Result, name: str) -> pl.DataFrame:
    """One frame of the result with exactly the columns the report reads, in their types.

    A frame of no rows may come without columns; a frame with rows that lacks one is a bug and
    raises polars' ColumnNotFoundError.
    """
    columns = COLUMNS[name]
    found: pl.DataFrame = getattr(result, name)
    if found.is_empty():
        return pl.DataFrame(schema=dict(columns))
    return found.select(
        _plain(pl.col(column).cast(kind)) if kind is pl.String else pl.col(column).cast(kind)
        for column, kind in columns.items()
    )


def _plain(text: pl.Expr) -> pl.Expr:
    """Controls, line separators and marks that turn the writing round become spaces.

    A name is shown in a line of a page and stands in Vega's expressions, which break at a line
    separator.
    """
    return text.str.replace_all(r"[\p{Cc}\p{Zl}\p{Zp}\x{202A}-\x{202E}\x{2066}-\x{2069}]", " ")


def weights(result: Result) -> pl.DataFrame:
    """scenario, weight: the scenarios that the frames speak of, their weights summing to one.

    Scenarios come in the order of the scenarios frame; where that frame names none of them they
    count alike.
    """
    known = frame(result, "scenarios").select("scenario", "weight")
    if known.is_empty() or not total(known["weight"]) > 0:
        named = pl.concat(
            [frame(result, "capacity")["scenario"], frame(result, "demand")["scenario"]]
        )
        known = pl.DataFrame({"scenario": named.unique().sort()}).with_columns(weight=pl.lit(1.0))
    return known.with_columns(pl.col("weight") / pl.col("weight").sum())


def expected(result: Result, found: pl.DataFrame, by: Sequence[str], *values: str) -> pl.DataFrame:
    """The sums of `values` by `by`, each scenario counted at its weight; rows sorted by `by`.

    A scenario without a row counts as zero there.
    """
    return (
        found.join(weights(result), on="scenario", how="left")
        .group_by(by)
        .agg((pl.col(value) * pl.col("weight")).sum() for value in values)
        .sort(by)
    )


def total(values: pl.Series) -> float:
    """The sum of the values that are there, in the float that the frames hold."""
    return math.fsum(float(value) for value in values.drop_nulls())
