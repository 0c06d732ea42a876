"""Charts over days: rights and agreements, the notice calendar, and the growth of sites."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl

from offtake.report import words
from offtake.report.charts import drawing
from offtake.report.charts.capacity import months
from offtake.report.palette import Look
from offtake.report.result import Result, frame

SIDES = ("agreement", "right, bites on other deals", "term, binds its own deal")
STAGES = (
    ("gather bids", "bids_open", "earliest"),
    ("send the notice", "earliest", "latest"),
    ("holder answers", "latest", "answer_by"),
    ("sign", "answer_by", "sign_by"),
    ("delivery lead", "sign_by", "start"),
)


def _span(result: Result, found: pl.DataFrame) -> tuple[dt.date, dt.date]:
    """From the earliest start or the plan's day to the end of the horizon, a year at least."""
    horizon = months(result)
    starts = [one for one in found["start"] if one is not None]
    first = min([result.as_of, *starts, *horizon[:1]])
    last = words.after(max([*horizon[-1:], words.after(result.as_of, 12)]), 1)
    return max(first, words.after(result.as_of, -24)), last


def rights(result: Result, look: Look) -> Any:
    """When each agreement, right and term is in force, cut to the horizon."""
    import altair as alt

    found = frame(result, "rights")
    if found.is_empty():
        return drawing.nothing("The book holds no right and no agreement.", look)
    span = _span(result, found)
    side = (
        pl.when(pl.col("kind") == "agreement")
        .then(pl.lit(SIDES[0]))
        .when(pl.col("side") == "right")
        .then(pl.lit(SIDES[1]))
        .otherwise(pl.lit(SIDES[2]))
    )
    shown = found.sort("clause", "start").select(
        row=pl.col("clause"),
        begin=pl.col("start").fill_null(span[0]).clip(*span),
        until=pl.col("end").fill_null(span[1]).clip(*span),
        side=side,
        said=pl.struct("start", "end").map_elements(
            lambda one: f"{words.day(one['start'])} to {words.day(one['end'])}",
            return_dtype=pl.String,
        ),
        holder=pl.col("holder"), sentence=pl.col("sentence"), place=pl.col("place"),
    ).filter(pl.col("begin") < pl.col("until"))  # fmt: skip
    bars = (
        alt.Chart(drawing.data(shown))
        .mark_bar(height=12, cornerRadius=2)
        .encode(
            x=drawing.when("begin", span=span),
            x2=alt.X2(field="until"),
            y=alt.Y(
                field="row", type="nominal", sort=None,
                axis=alt.Axis(title=None, ticks=False, labelLimit=260, grid=True),
            ),
            color=alt.Color(
                field="side", type="nominal", legend=drawing.legend(),
                scale=alt.Scale(domain=list(SIDES), range=[look.rest, look.hues[1], look.accent]),
            ),
            tooltip=[
                alt.Tooltip(field=name, type="nominal", title=title)
                for name, title in (
                    ("row", "Clause"), ("holder", "Holder"), ("said", "In force"),
                    ("sentence", "It says"), ("place", "Written in"),
                )
            ],
        )
    )  # fmt: skip
    return alt.layer(bars, drawing.today(result.as_of, look)).properties(
        height=drawing.tall(shown["row"].n_unique(), 22)
    )


def notices(result: Result, look: Look) -> Any:
    """For each purchase under a right: bids, notice, answer, signing, start."""
    import altair as alt

    found = frame(result, "notices").sort("latest", "purchase", "rank", nulls_last=True)
    if found.is_empty():
        return drawing.nothing("No purchase needs a notice.", look)
    bought = {one["id"]: one for one in frame(result, "purchases").to_dicts()}
    names = [
        f"{i:03d} {words.cut(_block(bought.get(purchase), purchase), 40)} → "
        f"{words.cut(str(holder), 20)}"
        for i, (purchase, holder) in enumerate(found.select("purchase", "holder").iter_rows())
    ]
    found = found.with_columns(row=pl.Series(names))
    y = alt.Y(
        field="row", type="nominal",
        axis=alt.Axis(title=None, ticks=False, labelLimit=380, labelExpr="slice(datum.label, 4)"),
    )  # fmt: skip
    marks = [_steps(found, y, look), _latest(found, y, look), drawing.today(result.as_of, look)]
    return alt.layer(*marks).properties(height=drawing.tall(found.height, 19))


def _steps(found: pl.DataFrame, y: Any, look: Look) -> Any:
    """A bar for each step of a notice, in the step's colour."""
    import altair as alt

    steps = pl.concat(
        found.select("row", begin=pl.col(begin), until=pl.col(until), stage=pl.lit(stage))
        for stage, begin, until in STAGES
    ).filter(pl.col("begin") < pl.col("until"))
    said = pl.struct("begin", "until").map_elements(
        lambda one: f"{words.day(one['begin'])} to {words.day(one['until'])}",
        return_dtype=pl.String,
    )
    # Sorted by row, or the first step's rows alone would set the order of the axis.
    shown = steps.with_columns(said=said).sort("row", "begin")
    stages = [stage for stage, *_ in STAGES]
    colours = [look.rest, look.accent, look.hues[1], look.hues[2], look.line]
    scale = alt.Scale(domain=stages, range=colours)
    key = drawing.legend()
    return (
        alt.Chart(drawing.data(shown))
        .mark_bar(height=11)
        .encode(
            x=drawing.when("begin"),
            x2=alt.X2(field="until"),
            y=y,
            color=alt.Color(field="stage", type="nominal", legend=key, scale=scale),
            tooltip=[
                alt.Tooltip(field="stage", type="nominal", title="Step"),
                alt.Tooltip(field="said", type="nominal", title="Days"),
            ],
        )
    )


def _latest(found: pl.DataFrame, y: Any, look: Look) -> Any:
    """A diamond on each latest notice, the day that matters most."""
    import altair as alt

    said = pl.col("latest").map_elements(words.day, return_dtype=pl.String)
    shown = found.drop_nulls("latest").select(
        "row", "latest", said=said, mark=pl.lit("latest notice")
    )
    key = drawing.legend(symbolFillColor=look.alarm, symbolType="diamond")
    return (
        alt.Chart(drawing.data(shown))
        .mark_point(filled=True, size=90, opacity=1, color=look.alarm, stroke=look.paper)
        .encode(
            x=alt.X(field="latest", type="temporal"),
            y=y,
            shape=alt.Shape(
                field="mark", type="nominal", legend=key, scale=alt.Scale(range=["diamond"])
            ),
            tooltip=[alt.Tooltip(field="said", type="nominal", title="Latest notice")],
        )
    )


def _block(one: Mapping[str, Any] | None, purchase: object) -> str:
    if one is None:
        return str(purchase)
    seller = words.cut(str(one["seller"]), 18)
    return f"{seller} {one['chip']} for {words.month(one['start'])}"
