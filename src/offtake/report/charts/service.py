"""Who serves which class, and what goes unserved."""

from __future__ import annotations

from typing import Any

import polars as pl

from offtake.report.charts import drawing
from offtake.report.charts.capacity import months
from offtake.report.palette import Look, hues
from offtake.report.result import Result, counted, expected, frame, total


def served(result: Result, look: Look) -> Any:
    """Which suppliers serve which class: mean chips over the months, expected over scenarios."""
    import altair as alt

    found = frame(result, "usage")
    if not total(found["chips"]) > 0:
        return drawing.nothing("No capacity serves any class.", look)
    groups, (size, word) = hues(result, look), counted(result)
    unit = f"{word}chips"
    shown = expected(
        result,
        found.with_columns(
            group=pl.col("supplier").map_elements(
                groups.group, return_dtype=pl.String, skip_nulls=False
            )
        ),
        ["class", "group"],
        "chips",
    ).with_columns(pl.col("chips") / (size * max(1, len(months(result)))))
    present = [name for name in groups.order if name in set(shown["group"])]
    rank = {name: i for i, name in enumerate(present)}
    ranked = shown.with_columns(rank=pl.col("group").replace_strict(rank, return_dtype=pl.Int64))
    key = drawing.legend(present, offset=8)
    scale = alt.Scale(domain=present, range=[groups.of(name) for name in present])
    return (
        alt.Chart(drawing.data(ranked.sort("class", "rank")))
        .mark_bar(stroke=look.paper, strokeWidth=1)
        .encode(
            y=alt.Y(field="class", type="nominal", axis=alt.Axis(title=None, ticks=False)),
            x=alt.X(
                field="chips", type="quantitative", stack="zero",
                axis=drawing.across(f"{unit}, mean over the horizon"),
            ),
            color=alt.Color(field="group", type="nominal", scale=scale, legend=key),
            order=alt.Order(field="rank", type="quantitative"),
            tooltip=[
                alt.Tooltip(field="class", type="nominal", title="Class"),
                alt.Tooltip(field="group", type="nominal", title="Supplier"),
                alt.Tooltip(field="chips", type="quantitative", title=unit, format=",.4~r"),
            ],
        )
        .properties(height=drawing.tall(found["class"].n_unique(), 34))
    )  # fmt: skip


def unserved(result: Result, look: Look) -> Any:
    """Demand that no capacity serves, by class, expected over scenarios."""
    import altair as alt

    found = expected(result, frame(result, "demand"), ["month", "class"], "unserved")
    if not total(found["unserved"]) > 0:
        return drawing.nothing("Every class is served in full in every scenario.", look)
    sizes = found.group_by("class").agg(pl.col("unserved").sum()).filter(pl.col("unserved") > 0)
    ranked = sizes.sort(["unserved", "class"], descending=[True, False])
    names = [str(one) for one in ranked["class"]]
    grid = pl.DataFrame({"month": months(result)}).join(pl.DataFrame({"name": names}), how="cross")
    full = grid.join(found.rename({"class": "name"}), on=["month", "name"], how="left").select(
        "month", "name", value=pl.col("unserved").fill_null(0.0) / counted(result)[0]
    )
    colours = [look.ramp[(2 * i) % 6] for i in range(len(names))]
    scale = alt.Scale(domain=names, range=colours)
    key = alt.Color(field="name", type="nominal", scale=scale, legend=drawing.legend(names))
    areas, strips = drawing.steps(full, f"{counted(result)[1]}reference chips", names, key, look)
    return alt.layer(areas, strips).properties(height=200)
