"""A plan's tables as the report reads them: clean text, weights that sum to one, expectations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from offtake.plan.result import PlanResult as Result
from offtake.plan.result import schema

__all__ = ["Result", "expected", "frame", "total", "typed", "weights"]


def frame(result: Result, name: str) -> pl.DataFrame:
    """One frame of the result with the columns that plans have, in their types.

    A frame of no rows may come without columns; a frame with rows that lacks one is a bug and
    raises polars' ColumnNotFoundError.
    """
    return typed(getattr(result, name), schema(name))


def typed(found: pl.DataFrame, columns: Mapping[str, Any]) -> pl.DataFrame:
    """A frame with these columns in their types, its text fit for a line of a page."""
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


def builds_anything(result: Result) -> bool:
    """Whether the book has sites, or the plan phases: what is said of them is left out else."""
    return not (frame(result, "sites").is_empty() and frame(result, "builds").is_empty())


_MANY_CHIPS = 10_000


def counted(result: Result) -> tuple[float, str]:
    """The divisor under which charts count chips, and its word: thousands where there are many."""
    largest = 0.0
    for name, field in (("capacity", "reference_chips"), ("demand", "needed")):
        summed = frame(result, name).group_by("month", "scenario").agg(pl.col(field).sum())
        largest = max([largest, *summed[field].drop_nulls()])
    return (1e3, "thousand ") if largest >= _MANY_CHIPS else (1.0, "")
