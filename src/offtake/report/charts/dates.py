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
    return alt.layer(bars, drawing.today(result.as_of, look)).properties(height=alt.Step(22))


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
    pieces = [
        found.select(
            "row", begin=pl.col(begin), until=pl.col(until), stage=pl.lit(stage),
            rank=pl.lit(i),
        ).filter(pl.col("begin") < pl.col("until"))
        for i, (stage, begin, until) in enumerate(STAGES)
    ]  # fmt: skip
    shown = (
        pl.concat(pieces)
        .sort("row", "rank")
        .with_columns(
            said=pl.struct("begin", "until").map_elements(
                lambda one: f"{words.day(one['begin'])} to {words.day(one['until'])}",
                return_dtype=pl.String,
            )
        )
    )
    y = alt.Y(
        field="row", type="nominal", sort=None,
        axis=alt.Axis(title=None, ticks=False, labelLimit=380, labelExpr="slice(datum.label, 4)"),
    )  # fmt: skip
    stages = [stage for stage, *_ in STAGES]
    colours = [look.rest, look.accent, look.hues[1], look.hues[2], look.line]
    bars = (
        alt.Chart(drawing.data(shown.drop("rank")))
        .mark_bar(height=11)
        .encode(
            x=drawing.when("begin"), x2=alt.X2(field="until"), y=y,
            color=alt.Color(
                field="stage", type="nominal", sort=stages, legend=drawing.legend(),
                scale=alt.Scale(domain=stages, range=colours),
            ),
            tooltip=[
                alt.Tooltip(field="stage", type="nominal", title="Step"),
                alt.Tooltip(field="said", type="nominal", title="Days"),
            ],
        )
    )  # fmt: skip
    dots = alt.Chart(
        drawing.data(
            found.select(
                "row", "latest",
                said=pl.col("latest").map_elements(words.day, return_dtype=pl.String),
            ).drop_nulls("latest")
        )
    ).mark_point(shape="diamond", filled=True, size=70, opacity=1, color=look.alarm)  # fmt: skip
    last = dots.encode(
        x=alt.X(field="latest", type="temporal"), y=y,
        tooltip=[alt.Tooltip(field="said", type="nominal", title="Latest notice")],
    )  # fmt: skip
    drawn = alt.layer(bars, last, drawing.today(result.as_of, look))
    return drawn.properties(height=alt.Step(19))


def _block(one: Mapping[str, Any] | None, purchase: object) -> str:
    if one is None:
        return str(purchase)
    seller = words.cut(str(one["seller"]), 18)
    return f"{seller} {one['chip']} for {words.month(one['start'])}"
