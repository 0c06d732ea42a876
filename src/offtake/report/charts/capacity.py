"""Capacity against demand: the stack by supplier, the need with its band, and what is unserved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from offtake.report.charts import drawing
from offtake.report.palette import Hues, Look, hues
from offtake.report.result import Result, counted, expected, frame, weights

EXPECTED = "Expected over scenarios"
_CHOICES_MOST = 12


def months(result: Result) -> list[dt.date]:
    """The plan's months, or those that its frames speak of."""
    named = pl.concat([frame(result, "capacity")["month"], frame(result, "demand")["month"]])
    return sorted({*result.months, *named.drop_nulls()})


def _cases(result: Result, scenario: str | None) -> list[str]:
    named = [str(one) for one in weights(result)["scenario"]]
    if scenario is not None:
        if scenario not in named:
            raise ValueError(f"The plan has no scenario {scenario!r}; it has {named}.")
        return [scenario]
    return [EXPECTED, *named] if 1 < len(named) <= _CHOICES_MOST else [EXPECTED]


def _of_case(
    result: Result, found: pl.DataFrame, case: str, by: list[str], value: str
) -> pl.DataFrame:
    if case == EXPECTED:
        summed = expected(result, found, by, value)
    else:
        chosen = found.filter(pl.col("scenario") == case)
        summed = chosen.group_by(by).agg(pl.col(value).sum()).sort(by)
    return summed.with_columns(case=pl.lit(case))


def stack(result: Result, cases: list[str], groups: Hues) -> pl.DataFrame:
    """case, month, group, chips (as `counted`): every month of every group."""
    found = frame(result, "capacity").with_columns(
        group=pl.col("supplier").map_elements(
            groups.group, return_dtype=pl.String, skip_nulls=False
        )
    )
    held = pl.concat(
        _of_case(result, found, case, ["month", "group"], "reference_chips") for case in cases
    )
    grid = (
        pl.DataFrame({"case": cases})
        .join(pl.DataFrame({"month": months(result)}, schema={"month": pl.Date}), how="cross")
        .join(found.select(pl.col("group").unique().sort()), how="cross")
    )
    return grid.join(held, on=["case", "month", "group"], how="left").select(
        "case",
        "month",
        "group",
        chips=pl.col("reference_chips").fill_null(0.0) / counted(result)[0],
    )


def need(result: Result, cases: list[str]) -> pl.DataFrame:
    """case, month, needed, peak, low, high (as `counted`, all classes together)."""
    found = frame(result, "demand")
    summed = found.group_by("month", "scenario").agg(pl.col("needed").sum())
    band = summed.group_by("month").agg(low=pl.col("needed").min(), high=pl.col("needed").max())
    lines = pl.concat(
        _of_case(result, found, case, ["month"], "needed").join(
            _of_case(result, found, case, ["month"], "peak"), on=["month", "case"]
        )
        for case in cases
    )
    joined = lines.join(band, on="month").sort("case", "month")
    return joined.with_columns(pl.col("needed", "peak", "low", "high") / counted(result)[0])


def draw(result: Result, look: Look, scenario: str | None = None) -> Any:
    """The stack of capacity by supplier under the line of demand and its band over scenarios."""
    import altair as alt

    when = months(result)
    if frame(result, "capacity").is_empty() and frame(result, "demand").is_empty():
        return drawing.nothing("The plan holds no capacity and meets no demand.", look)
    groups, cases = hues(result, look), _cases(result, scenario)
    held, needed = stack(result, cases, groups), need(result, cases)
    unit = f"{counted(result)[1]}reference chips"
    layers = [*_areas(held, when[-1], groups, unit), *_lines(needed, when[-1], look)]
    layers.append(_hover(held, needed, groups, look))
    if len(cases) > 1:
        menu = alt.binding_select(options=cases, name="Scenario ")
        chosen = alt.param(name="chosen_case", value=cases[0], bind=menu)
        layers = [layer.transform_filter("datum.case === chosen_case") for layer in layers]
        layers[0] = layers[0].add_params(chosen)
    return alt.layer(*layers).properties(height=380)


def _areas(held: pl.DataFrame, last: dt.date, groups: Hues, unit: str) -> list[Any]:
    import altair as alt

    present = [name for name in groups.order if name in set(held["group"])]
    rank = {name: i for i, name in enumerate(present)}
    ranked = drawing.stepped(held, last, ["case", "group"]).with_columns(
        rank=pl.col("group").replace_strict(rank, return_dtype=pl.Int64)
    )
    colours = alt.Scale(domain=present, range=[groups.of(name) for name in present])
    drawn = (
        alt.Chart(drawing.data(ranked))
        .mark_area(interpolate="step-after", opacity=0.9)
        .encode(
            x=drawing.when("month"),
            y=drawing.amount("chips", unit).stack("zero"),
            color=alt.Color(
                field="group", type="nominal", scale=colours, legend=drawing.legend(present)
            ),
            order=alt.Order(field="rank", type="quantitative"),
        )
    )
    return [drawn]


_LINES = {
    "needed": "demand",
    "peak": "demand in each class's hardest hour",
    "low": "lowest to highest scenario",
    "high": "lowest to highest scenario",
}


def _lines(needed: pl.DataFrame, last: dt.date, look: Look) -> list[Any]:
    import altair as alt

    closed = drawing.stepped(needed, last, ["case"])
    x = alt.X(field="month", type="temporal")
    band = (
        alt.Chart(drawing.data(closed.select("case", "month", "low", "high")))
        .mark_area(interpolate="step-after", color=look.ink, opacity=0.16)
        .encode(x=x, y=alt.Y(field="low", type="quantitative"), y2=alt.Y2(field="high"))
    )
    long = closed.unpivot(
        on=list(_LINES), index=["case", "month"], variable_name="series", value_name="chips"
    ).with_columns(kind=pl.col("series").replace(_LINES))
    kinds = list(dict.fromkeys(_LINES.values()))
    key = drawing.legend(symbolType="stroke", symbolSize=300)
    key.symbolStrokeWidth = 2.5

    def by_kind(values: list[Any]) -> dict[str, Any]:
        scale = alt.Scale(domain=kinds, range=values)
        return {"field": "kind", "type": "nominal", "scale": scale, "legend": key, "sort": kinds}

    lines = (
        alt.Chart(drawing.data(long))
        .mark_line(interpolate="step-after")
        .encode(
            x=x,
            y=alt.Y(field="chips", type="quantitative"),
            stroke=alt.Stroke(**by_kind([look.ink, look.ink, look.quiet])),
            strokeDash=alt.StrokeDash(**by_kind([[1, 0], [4, 3], [1, 0]])),
            strokeWidth=alt.StrokeWidth(**by_kind([2.6, 1.3, 0.8])),
            detail=alt.Detail(field="series", type="nominal"),
        )
    )
    return [band, lines]


def _hover(held: pl.DataFrame, needed: pl.DataFrame, groups: Hues, look: Look) -> Any:
    present = [name for name in groups.order if name in set(held["group"])]
    wide = held.group_by("case", "month").agg(
        pl.col("chips").filter(pl.col("group") == name).sum().alias(f"s{i}")
        for i, name in enumerate(present)
    )
    joined = wide.join(needed, on=["case", "month"], how="left").sort("case", "month")
    titles = {f"s{i}": name for i, name in enumerate(present)}
    titles |= {"needed": "demand", "low": "lowest demand", "high": "highest demand"}
    return drawing.strips(joined, titles, look)
