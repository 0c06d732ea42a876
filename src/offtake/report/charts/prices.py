"""What clauses cost, as intervals, and what each scenario would regret."""

from __future__ import annotations

from typing import Any

import polars as pl

from offtake.report import words
from offtake.report.charts import drawing
from offtake.report.charts.money import unit
from offtake.report.palette import Look
from offtake.report.result import Result, frame


def clauses(result: Result, look: Look) -> Any:
    """What each clause costs, as intervals; those that straddle zero are marked unresolved."""
    import altair as alt

    found = frame(result, "clause_costs")
    if found.is_empty():
        return drawing.nothing("No clause of the book has been priced.", look)
    if found.drop_nulls(["low", "high"]).is_empty():
        return drawing.nothing("No clause of the book could be priced.", look)
    size, letters = unit(pl.concat([found["low"], found["high"]]), result.currency)
    shown = _priced_rows(found, size, result.currency)
    y = alt.Y(
        field="row", type="nominal", sort=None,
        axis=alt.Axis(title=None, labelExpr="slice(datum.label, 4)", labelLimit=340, ticks=False),
    )  # fmt: skip
    x = alt.X(
        field="low", type="quantitative",
        axis=drawing.across(f"{letters} that the clause adds to the expected cost"),
        scale=alt.Scale(domain=_room(shown["low"], shown["high"]), nice=False),
    )  # fmt: skip
    told = [
        alt.Tooltip(field="said", type="nominal", title="Cost"),
        alt.Tooltip(field="sentence", type="nominal", title="Why"),
    ]
    states = ["resolved", "unresolved"]
    base = alt.Chart(drawing.data(shown)).encode(y=y, tooltip=told)
    key = drawing.legend(offset=8)
    colour = alt.Scale(domain=states, range=[look.accent, look.rest])
    priced = base.transform_filter("datum.priced")
    bars = priced.mark_bar(height=13, minBandSize=3, cornerRadius=2).encode(
        x=x, x2=alt.X2(field="high"),
        color=alt.Color(field="state", type="nominal", scale=colour, legend=key),
    )  # fmt: skip
    marks = priced.mark_tick(thickness=2, height=17, orient="vertical", color=look.ink)
    ends = [marks.encode(x=alt.X(field=end, type="quantitative")) for end in ("low", "high")]
    zero = alt.Chart(drawing.data(pl.DataFrame({"zero": [0.0]}))).mark_rule(color=look.quiet)
    rule = zero.encode(x=alt.X(field="zero", type="quantitative"))
    # Text on the side away from zero, so that the zero line crosses none of it.
    texts = [
        base.transform_filter(keep)
        .mark_text(align=align, dx=dx, color=look.quiet)
        .encode(
            x=alt.X(field=end, type="quantitative"), text=alt.Text(field="said", type="nominal")
        )
        for keep, align, dx, end in (
            ("!(datum.high < 0)", "left", 8, "high"),
            ("datum.high < 0", "right", -8, "low"),
        )
    ]
    return alt.layer(rule, bars, *ends, *texts).properties(height=drawing.tall(shown.height, 26))


def _priced_rows(found: pl.DataFrame, size: float, currency: str) -> pl.DataFrame:
    """The rows of the chart: name, ends in the chart's unit, and words."""
    names = [
        words.cut(clause, 44) + ("" if part == "all" else f" · {words.cut(part, 30)}")
        for clause, part in found.select("clause", "part").iter_rows()
    ]
    return found.select(
        row=pl.Series([f"{i:03d} {name}" for i, name in enumerate(names)]),
        # A row without a price keeps its place and its words, at zero and without a bar.
        low=pl.col("low").fill_null(0.0) / size, high=pl.col("high").fill_null(0.0) / size,
        priced=pl.col("low").is_not_null() & pl.col("high").is_not_null(),
        state=pl.when("resolved").then(pl.lit("resolved")).otherwise(pl.lit("unresolved")),
        said=pl.struct("low", "high", "resolved").map_elements(
            lambda one: interval(one["low"], one["high"], one["resolved"], currency),
            return_dtype=pl.String,
        ),
        sentence=pl.col("sentence"),
    )  # fmt: skip


def interval(low: float | None, high: float | None, resolved: bool | None, currency: str) -> str:
    """An interval of money in words."""
    if low is None or high is None:
        return "no plan without it" if resolved else "not resolved in time"
    said = words.between(low, high, currency)
    return said if resolved else f"{said}, unresolved"


def _room(low: pl.Series, high: pl.Series) -> list[float]:
    """The axis from the least to the greatest with zero, and room for text beyond both ends."""
    ends = [0.0, *(float(v) for v in low.drop_nulls()), *(float(v) for v in high.drop_nulls())]
    wide = max(ends) - min(ends) or 1.0
    below = 0.32 if any(one < 0 for one in high.drop_nulls()) else 0.02
    return [min(ends) - below * wide, max(ends) + 0.3 * wide]


def regret(result: Result, look: Look) -> Any:
    """What each scenario costs more under this plan than under a plan made for it alone."""
    import altair as alt

    found = frame(result, "scenarios").filter(pl.col("regret").is_not_null())
    if found.is_empty():
        return drawing.nothing("What foresight would save has not been computed.", look)
    if found.height == 1:
        return drawing.nothing("One scenario: there is nothing to regret.", look)
    size, letters = unit(found["regret"], result.currency)
    shown = found.sort("regret", "scenario", descending=[True, False]).select(
        "scenario", regret=pl.col("regret") / size,
        said=pl.struct("regret", "weight").map_elements(
            lambda one: f"{words.money(one['regret'], result.currency)}, "
            f"weight {words.share(one['weight'])}",
            return_dtype=pl.String,
        ),
    )  # fmt: skip
    y = alt.Y(
        field="scenario", type="nominal", sort=None,
        axis=alt.Axis(title=None, ticks=False, labelLimit=220),
    )  # fmt: skip
    x = alt.X(
        field="regret", type="quantitative",
        scale=alt.Scale(domain=_room(shown["regret"], shown["regret"]), nice=False),
        axis=drawing.across(f"{letters} of regret"),
    )  # fmt: skip
    told = [
        alt.Tooltip(field="scenario", type="nominal", title="Scenario"),
        alt.Tooltip(field="said", type="nominal", title="Regret"),
    ]
    base = alt.Chart(drawing.data(shown)).encode(y=y, x=x, tooltip=told)
    text = base.mark_text(align="left", dx=6, color=look.quiet)
    return alt.layer(
        base.mark_bar(height=13, color=look.accent, cornerRadiusEnd=2),
        text.encode(text=alt.Text(field="said", type="nominal")),
    ).properties(height=drawing.tall(shown.height, 24))
