"""What every chart shares: rows as inline data, axes, the theme, and the picture of no rows.

Names from a book reach a chart as data values, domains or titles only, never as a field name or
an expression: Vega would read dots, brackets and quotes in those.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl

from offtake.report import words
from offtake.report.palette import Look

WIDTH = 900
_FONT = "Liberation Sans, Arial, Helvetica, DejaVu Sans, sans-serif"


def rows(found: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows as JSON values: days as ISO text, numbers to six significant figures."""
    return [{key: _plain(value) for key, value in row.items()} for row in found.to_dicts()]


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return float(f"{value:.6g}")
    return value


def data(found: pl.DataFrame) -> Any:
    """Inline data of a chart, its days read as UTC whatever the reader's clock says."""
    import altair as alt

    days = [name for name, kind in found.schema.items() if kind == pl.Date]
    parse = {name: "date" for name in days}
    form = alt.DataFormat(parse=parse) if parse else alt.Undefined
    return alt.InlineData(values=rows(found), format=form)


def when(field: str, *, span: tuple[dt.date, dt.date] | None = None, labels: bool = True) -> Any:
    """The time axis: UTC, years in full and months by name as room allows."""
    import altair as alt

    domain = [one.isoformat() for one in span] if span else alt.Undefined
    # The four lines name each January by its year and other ticks by their month.
    expression = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : "
    expression += "utcdate(datum.value) == 1 ? utcFormat(datum.value, '%b') : "
    expression += "utcFormat(datum.value, '%e %b')"
    axis = alt.Axis(title=None, labelExpr=expression, grid=False, tickCount=12, labels=labels)
    return alt.X(field=field, type="temporal", scale=alt.Scale(type="utc", domain=domain), axis=axis)


def amount(field: str, title: str, *, kind: str = ",.3~f", **scale: Any) -> Any:
    """The vertical axis of an amount, its unit in the title."""
    import altair as alt

    axis = alt.Axis(title=title, format=kind, tickCount=6)
    return alt.Y(field=field, type="quantitative", axis=axis, scale=alt.Scale(**scale))


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


def legend(**more: Any) -> Any:
    """A legend above the chart, in one row as far as it goes."""
    import altair as alt

    chosen = {"orient": "top", "direction": "horizontal", "title": None, "labelLimit": 220}
    return alt.Legend(**(chosen | more))


def nothing(sentence: str, look: Look) -> Any:
    """The picture of no rows: its sentence."""
    import altair as alt

    said = alt.Chart(data(pl.DataFrame({"text": [sentence]}))).mark_text(
        color=look.quiet, fontSize=15
    )
    return said.encode(text=alt.Text(field="text", type="nominal")).properties(height=90)


def dressed(drawn: Any, title: str, sentence: str, look: Look) -> Any:
    """The chart with its title, its sentence below it, and the theme."""
    import altair as alt

    heading = alt.Title(title, subtitle=_wrapped(sentence, 122))
    return (
        drawn.properties(title=heading, width=WIDTH, description=f"{title}. {sentence}")
        .configure(font=_FONT, background=look.paper, padding=16)
        .configure_view(stroke=None)
        .configure_title(
            anchor="start", frame="group", fontSize=18, fontWeight="bold", color=look.ink,
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
            labelColor=look.ink, labelFontSize=12, symbolSize=130, columnPadding=14, offset=8,
            symbolStrokeWidth=0,
        )
        .configure_text(fontSize=12, color=look.ink)
    )  # fmt: skip


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width) or [""]


def stepped(found: pl.DataFrame, last: dt.date, by: Sequence[str]) -> pl.DataFrame:
    """The rows and, for each of `by`, its last month's again one month on.

    A step drawn to the right needs the end of its last month, or that month has no width.
    """
    ends = found.filter(pl.col("month") == last).with_columns(month=pl.lit(words.after(last, 1)))
    return pl.concat([found, ends]).sort([*by, "month"])
