"""What every chart shares: rows as inline data, axes, the theme, and the picture of no rows.

Names from a book reach a chart as data values, domains or titles only, never as a field name, an
expression or a `sort` (which Vega-Lite makes into one): Vega would read dots, brackets and line
separators in those.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from offtake.report import words
from offtake.report.palette import Look

WIDTH = 1000
NOTHING = "nothing"
LABEL = 200
_FONT = "Liberation Sans, Arial, Helvetica, DejaVu Sans, sans-serif"


def data(found: pl.DataFrame) -> Any:
    """The rows as inline data: days and instants as ISO text, numbers to six significant figures.

    Vega reads an ISO day as UTC whatever the reader's clock says; an instant says so itself.
    """
    import altair as alt

    days = [name for name, kind in found.schema.items() if kind in (pl.Date, pl.Datetime)]
    form = alt.DataFormat(parse=dict.fromkeys(days, "date")) if days else alt.Undefined
    values = [{key: _plain(value) for key, value in row.items()} for row in found.to_dicts()]
    return alt.InlineData(values=values, format=form)


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return float(f"{value:.6g}")
    return value


def when(field: str, *, span: tuple[dt.date, dt.date] | None = None) -> Any:
    """The time axis in UTC: the first tick and each January with its year, others by month."""
    import altair as alt

    # As two ends: layers that share a scale would each add a `domain` to the other's.
    ends = [alt.DateTime(year=d.year, month=d.month, date=d.day, utc=True) for d in span or ()]
    limits = dict(zip(("domainMin", "domainMax"), ends, strict=False))
    labels = "datum.index === 0 ? utcFormat(datum.value, '%b %Y') : "
    labels += "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : "
    labels += "utcFormat(datum.value, utcdate(datum.value) == 1 ? '%b' : '%e %b')"
    axis = alt.Axis(
        title=None, labelExpr=labels, grid=False, tickCount=12, labelOverlap="greedy",
        labelFlush=True,
    )  # fmt: skip
    return alt.X(field=field, type="temporal", scale=alt.Scale(type="utc", **limits), axis=axis)


def amount(field: str, title: str, **scale: Any) -> Any:
    """The vertical axis of an amount, its unit written above it."""
    import altair as alt

    axis = alt.Axis(
        title=title, format=",.3~f", tickCount=6, titleAngle=0, titleAlign="left",
        titleAnchor="end", titleBaseline="bottom", titleX=0, titleY=-7,
    )  # fmt: skip
    return alt.Y(field=field, type="quantitative", axis=axis, scale=alt.Scale(**scale))


def across(title: str) -> Any:
    """The horizontal axis of an amount."""
    import altair as alt

    return alt.Axis(title=title, format=",.3~f", grid=False, tickCount=8)


def today(day: dt.date, look: Look, *, label: bool = True) -> Any:
    """The line of the day whose knowledge the plan has."""
    import altair as alt

    marked = pl.DataFrame({"day": [day], "text": [f"as of {words.day(day)}"]})
    base = alt.Chart(data(marked)).encode(x=alt.X(field="day", type="temporal"))
    line = base.mark_rule(color=look.alarm, strokeWidth=1.5)
    if not label:
        return line
    text = base.mark_text(
        align="left", baseline="bottom", dx=3, y=-2, color=look.alarm, fontWeight="bold"
    )
    return alt.layer(line, text.encode(text=alt.Text(field="text", type="nominal")))


def tall(rows: int, each: int) -> int:
    """The height of a chart of so many rows; two at least, or the axis is cramped."""
    return max(2, rows) * each


def legend(names: Sequence[str] = (), **more: Any) -> Any:
    """A legend above the chart, in as many columns as the names have room for."""
    import altair as alt

    longest = min(LABEL, 7 * max((len(name) for name in names), default=0))
    chosen = {
        "orient": "top", "direction": "horizontal", "title": None, "labelLimit": LABEL,
        "columns": max(2, (WIDTH - 100) // (longest + 40)),
    }  # fmt: skip
    return alt.Legend(**(chosen | more))


def nothing(sentence: str, look: Look) -> Any:
    """The picture of no rows: its sentence."""
    import altair as alt

    said = alt.Chart(data(pl.DataFrame({"text": [sentence]}))).mark_text(
        color=look.quiet, fontSize=15
    )
    return said.encode(text=alt.Text(field="text", type="nominal")).properties(
        height=90, name=NOTHING
    )


def dressed(drawn: Any, title: str, sentence: str, look: Look) -> Any:
    """The chart with its title, its sentence below it, and the theme."""
    import altair as alt

    heading = alt.Title(title, subtitle=_wrapped(sentence, 140))
    return (
        drawn.properties(
            title=heading, width=WIDTH, description=f"{title}. {sentence}",
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
        .configure(
            font=_FONT, background=look.paper, padding=18,
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
        .configure_view(stroke=None)
        .configure_title(
            anchor="start", frame="bounds", fontSize=18, fontWeight="bold", color=look.ink,
            subtitleColor=look.quiet, subtitleFontSize=13, subtitlePadding=6, offset=14,
            subtitleLineHeight=17,
        )
        .configure_axis(
            labelColor=look.quiet, titleColor=look.quiet, gridColor=look.line,
            domainColor=look.calm, tickColor=look.calm, labelFontSize=12, titleFontSize=12,
            titleFontWeight="normal", labelLimit=260, titlePadding=10,
        )
        .configure_axisY(domain=False, ticks=False)
        .configure_legend(
            labelColor=look.ink, labelFontSize=12, symbolSize=130, columnPadding=14, offset=28,
            symbolStrokeWidth=0,
        )
        .configure_text(fontSize=12, color=look.ink)
    )  # fmt: skip


def plain(drawn: Any) -> dict[str, Any]:
    """The chart as Vega-Lite.

    Legends above one another: a layout that altair's schema does not know.
    """
    found: dict[str, Any] = drawn.to_dict()
    found["config"]["legend"]["layout"] = {"top": {"direction": "vertical", "anchor": "start"}}
    return found


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width) or [""]


def stepped(found: pl.DataFrame, last: dt.date, by: Sequence[str]) -> pl.DataFrame:
    """The rows and, for each of `by`, its last month's again one month on.

    A step drawn to the right needs the end of its last month, or that month has no width.
    """
    ends = found.filter(pl.col("month") == last).with_columns(month=pl.lit(words.after(last, 1)))
    return pl.concat([found, ends]).sort([*by, "month"])


def steps(
    full: pl.DataFrame, title: str, order: Sequence[str], key: Any, look: Look
) -> tuple[Any, Any]:
    """Stacked steps of month, name, value (every month of every name) and their hover strips.

    `key` colours the names. An area's tooltip would speak of its first month alone, so invisible
    strips, one a month, say every value of theirs.
    """
    import altair as alt

    rank = {name: i for i, name in enumerate(order)}
    ranked = full.with_columns(rank=pl.col("name").replace_strict(rank, return_dtype=pl.Int64))
    last = full["month"].max()
    assert isinstance(last, dt.date)
    areas = (
        alt.Chart(data(stepped(ranked, last, ["rank"])))
        .mark_area(interpolate="step-after", stroke=look.paper, strokeWidth=1)
        .encode(
            x=when("month"),
            y=amount("value", title).stack("zero"),
            color=key,
            detail=alt.Detail(field="name", type="nominal"),
            order=alt.Order(field="rank", type="quantitative"),
        )
    )
    wide = full.group_by("month").agg(
        pl.col("value").filter(pl.col("name") == name).sum().alias(f"s{i}")
        for i, name in enumerate(order)
    )
    return areas, strips(wide.sort("month"), {f"s{i}": name for i, name in enumerate(order)}, look)


def strips(wide: pl.DataFrame, titles: Mapping[str, str], look: Look) -> Any:
    """One invisible strip a month that says each field of `titles`."""
    import altair as alt

    told = [alt.Tooltip(field="said", type="nominal", title="Month")]
    told += [
        alt.Tooltip(field=field, type="quantitative", title=words.cut(title, 48), format=",.1f")
        for field, title in titles.items()
    ]
    dated = wide.with_columns(
        until=pl.col("month").dt.offset_by("1mo"),
        said=pl.col("month").map_elements(words.month, return_dtype=pl.String),
    )
    hovered = alt.Chart(data(dated)).mark_rect(opacity=0, color=look.ink)
    return hovered.encode(
        x=alt.X(field="month", type="temporal"), x2=alt.X2(field="until"), tooltip=told
    )
