"""Charts over days: rights and agreements, the notice calendar, and the growth of sites."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from offtake.report import words
from offtake.report.charts import drawing
from offtake.report.charts.capacity import months
from offtake.report.palette import Look
from offtake.report.result import Result, expected, frame, weights

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
    side = pl.when(pl.col("kind") == "agreement").then(pl.lit("agreement"))
    side = side.when(pl.col("side") == "right").then(pl.lit("right, bites on other deals"))
    shown = found.sort("clause", "start").select(
        row=pl.col("clause"),
        begin=pl.col("start").fill_null(span[0]).clip(*span),
        until=pl.col("end").fill_null(span[1]).clip(*span),
        side=side.otherwise(pl.lit("term, binds its own deal")),
        said=pl.struct("start", "end").map_elements(
            lambda one: f"{words.day(one['start'])} to {words.day(one['end'])}",
            return_dtype=pl.String,
        ),
        holder=pl.col("holder"), sentence=pl.col("sentence"), place=pl.col("place"),
    ).filter(pl.col("begin") < pl.col("until"))  # fmt: skip
    sides = ["agreement", "right, bites on other deals", "term, binds its own deal"]
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
                scale=alt.Scale(domain=sides, range=[look.rest, look.hues[1], look.accent]),
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
    names = [
        f"{i:03d} {words.cut(str(purchase), 40)} → {words.cut(str(holder), 20)}"
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
    shown = pl.concat(pieces).sort("row", "rank").with_columns(
        said=pl.struct("begin", "until").map_elements(
            lambda one: f"{words.day(one['begin'])} to {words.day(one['until'])}",
            return_dtype=pl.String,
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


def growth(result: Result) -> pl.DataFrame:
    """month, name (site and phase), site, power_mw, used_mw, chips; sorted by site, phase."""
    found = frame(result, "sites").with_columns(
        name=pl.concat_str("site", "phase", separator=" · ", ignore_nulls=True)
    )
    return found.sort("site", "phase", "month")


def _phases(result: Result, field: str, title: str, look: Look) -> Any:
    import altair as alt

    found = growth(result)
    if not (found[field].sum() or 0) > 0:
        return drawing.nothing("No site of the plan is in service in the horizon.", look)
    names = list(dict.fromkeys(str(one) for one in found["name"]))
    horizon = pl.DataFrame({"month": months(result) or sorted(set(found["month"]))})
    size = 1e3 if field == "chips" else 1.0
    grid = pl.DataFrame({"name": names}).with_row_index("rank").join(horizon, how="cross")
    summed = found.group_by("name", "month").agg(pl.col(field).sum())
    full = grid.join(summed, on=["name", "month"], how="left").select(
        "name", "month", "rank", value=pl.col(field).fill_null(0.0) / size
    )
    sites = list(dict.fromkeys(str(one) for one in found["site"]))
    of = dict(found.select("name", "site").unique().iter_rows())
    shade = {name: i for site in sites for i, name in enumerate(n for n in names if of[n] == site)}
    ramp = (look.hues[2], look.accent, look.hues[3], look.hues[1])
    scale = alt.Scale(domain=names, range=[ramp[sites.index(of[n]) % 4] for n in names])
    fade = alt.Scale(domain=names, range=[1 - 0.16 * (shade[n] % 5) for n in names])
    shared = dict(field="name", type="nominal", sort=names, legend=drawing.legend(columns=4))
    areas = (
        alt.Chart(drawing.data(drawing.stepped(full, max(full["month"]), ["rank"])))
        .mark_area(interpolate="step-after", stroke=look.paper, strokeWidth=1)
        .encode(
            x=drawing.when("month"),
            y=drawing.amount("value", title).stack("zero"),
            color=alt.Color(scale=scale, **shared),
            opacity=alt.Opacity(scale=fade, **shared),
            order=alt.Order(field="rank", type="quantitative"),
            tooltip=[alt.Tooltip(field="name", type="nominal", title="Phase")],
        )
    )
    return areas.properties(height=260)


def sites(result: Result, look: Look) -> Any:
    """Power in service by site and phase, and what the installed chips draw of it."""
    import altair as alt

    areas = _phases(result, "power_mw", "MW at the meter, in service", look)
    found = growth(result)
    if not (found["used_mw"].sum() or 0) > 0:
        return areas
    used = found.group_by("month").agg(pl.col("used_mw").sum()).sort("month")
    closed = drawing.stepped(used, max(used["month"]), [])
    line = alt.Chart(drawing.data(closed)).mark_line(
        interpolate="step-after", strokeWidth=2.4, color=look.ink
    )
    named = alt.Chart(drawing.data(closed.tail(1).with_columns(text=pl.lit("in use")))).mark_text(
        align="right", dx=-4, dy=-8, fontWeight="bold", color=look.ink
    )
    x = alt.X(field="month", type="temporal")
    y = alt.Y(field="used_mw", type="quantitative")
    text = named.encode(x=x, y=y, text=alt.Text(field="text", type="nominal"))
    return alt.layer(areas, line.encode(x=x, y=y), text).properties(height=260)


def site_chips(result: Result, look: Look) -> Any:
    """Chips installed, by site and phase."""
    return _phases(result, "chips", "thousand chips in use", look)


def served(result: Result, look: Look) -> Any:
    """Which suppliers serve which class: mean chips over the months, expected over scenarios."""
    import altair as alt

    from offtake.report.palette import hues

    found = frame(result, "usage")
    if not (found["chips"].sum() or 0) > 0 or weights(result).is_empty():
        return drawing.nothing("No capacity serves any class.", look)
    groups = hues(result, look)
    shown = expected(
        result,
        found.with_columns(
            group=pl.col("supplier").map_elements(
                groups.group, return_dtype=pl.String, skip_nulls=False
            )
        ),
        ["class", "group"],
        "chips",
    ).with_columns(pl.col("chips") / (1e3 * max(1, len(months(result)))))
    present = [name for name in groups.order if name in set(shown["group"])]
    rank = {name: i for i, name in enumerate(present)}
    ranked = shown.with_columns(rank=pl.col("group").replace_strict(rank, return_dtype=pl.Int64))
    scale = alt.Scale(domain=present, range=[groups.of(name) for name in present])
    return (
        alt.Chart(drawing.data(ranked.sort("class", "rank")))
        .mark_bar(stroke=look.paper, strokeWidth=1)
        .encode(
            y=alt.Y(field="class", type="nominal", axis=alt.Axis(title=None, ticks=False)),
            x=alt.X(
                field="chips", type="quantitative", stack="zero",
                axis=alt.Axis(title="thousand chips, mean over the horizon", format="~g"),
            ),
            color=alt.Color(field="group", type="nominal", scale=scale, legend=drawing.legend()),
            order=alt.Order(field="rank", type="quantitative"),
            tooltip=[
                alt.Tooltip(field="class", type="nominal", title="Class"),
                alt.Tooltip(field="group", type="nominal", title="Supplier"),
                alt.Tooltip(
                    field="chips", type="quantitative", title="Thousand chips", format=",.2f"
                ),
            ],
        )
        .properties(height=alt.Step(34))
    )  # fmt: skip
