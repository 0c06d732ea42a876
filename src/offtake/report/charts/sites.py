"""Sites growing by phase: power in service and in use, and the chips that run there."""

from __future__ import annotations

from typing import Any

import polars as pl

from offtake.report.charts import drawing
from offtake.report.charts.capacity import months
from offtake.report.palette import Look
from offtake.report.result import Result, counted, frame, total


def growth(result: Result) -> pl.DataFrame:
    """month, name (site and phase), site, power_mw, used_mw, chips; sorted by site, phase."""
    found = frame(result, "sites").with_columns(
        name=pl.concat_str("site", "phase", separator=" · ", ignore_nulls=True)
    )
    return found.sort("site", "phase", "month")


def _stack(result: Result, field: str, size: float) -> pl.DataFrame:
    """month, name, site, value: every month of every phase, in the order of the stack."""
    found = growth(result)
    named = found.select("name", "site", "phase").unique(maintain_order=True)
    horizon = pl.DataFrame({"month": months(result) or sorted(set(found["month"]))})
    summed = found.group_by("name", "month").agg(pl.col(field).sum())
    return (
        named.join(horizon, how="cross", maintain_order="left_right")
        .join(summed, on=["name", "month"], how="left", maintain_order="left")
        .select("month", "name", "site", "phase", value=pl.col(field).fill_null(0.0) / size)
    )


def _labels(full: pl.DataFrame, look: Look) -> Any:
    """The name of each phase at the right, inside its step, where the step is thick enough."""
    import altair as alt

    end = full.filter(pl.col("month") == pl.col("month").max()).with_columns(
        middle=pl.col("value").cum_sum() - pl.col("value") / 2,
        thick=pl.col("value") / pl.col("value").sum(),
    )
    shown = end.filter(pl.col("thick") > 0.055).select("month", "middle", "phase")
    return (
        alt.Chart(drawing.data(shown))
        .mark_text(align="right", dx=-8, color=look.paper, fontWeight="bold", limit=160)
        .encode(
            x=alt.X(field="month", type="temporal"),
            y=alt.Y(field="middle", type="quantitative"),
            text=alt.Text(field="phase", type="nominal"),
        )
    )


def _phases(result: Result, field: str, size: float, title: str, look: Look) -> list[Any]:
    import altair as alt

    full = _stack(result, field, size)
    sites = list(dict.fromkeys(str(one) for one in full["site"]))
    hues = (look.ramp[1], look.hues[2], look.hues[5], look.hues[3])
    scale = alt.Scale(domain=sites, range=[hues[i % 4] for i in range(len(sites))])
    key = alt.Color(field="site", type="nominal", scale=scale, legend=drawing.legend(sites))
    names = list(dict.fromkeys(str(one) for one in full["name"]))
    areas, strips = drawing.steps(full, title, names, key, look)
    return [areas, _labels(full, look), strips]


def sites(result: Result, look: Look) -> Any:
    """Power in service by site and phase, and what the installed chips draw of it."""
    import altair as alt

    found = growth(result)
    if not total(found["power_mw"]) > 0:
        return drawing.nothing("No site of the plan is in service in the horizon.", look)
    layers = _phases(result, "power_mw", 1.0, "MW at the meter", look)
    if total(found["used_mw"]) > 0:
        used = found.group_by("month").agg(pl.col("used_mw").sum()).sort("month")
        last = used.row(-1)[0]
        closed = drawing.stepped(used, last, []).with_columns(kind=pl.lit("drawn by the chips"))
        key = drawing.legend(symbolType="stroke", symbolSize=300, symbolStrokeWidth=2.5)
        line = alt.Chart(drawing.data(closed)).mark_line(interpolate="step-after", strokeWidth=2.4)
        stroke = alt.Stroke(
            field="kind", type="nominal", scale=alt.Scale(range=[look.ink]), legend=key
        )
        x, y = alt.X(field="month", type="temporal"), alt.Y(field="used_mw", type="quantitative")
        layers.insert(1, line.encode(x=x, y=y, stroke=stroke))
    return alt.layer(*layers).properties(height=270)


def chips(result: Result, look: Look) -> Any:
    """Chips installed, by site and phase."""
    import altair as alt

    if not total(growth(result)["chips"]) > 0:
        return drawing.nothing("No chips run at the buyer's own sites in the horizon.", look)
    size, word = counted(result)
    layers = _phases(result, "chips", size, f"{word}chips in use", look)
    return alt.layer(*layers).properties(height=230)
