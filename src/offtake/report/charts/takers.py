"""What went to whom in a rehearsal: taken under rights, signed with sellers, not bought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from offtake.report import words
from offtake.report.charts import drawing
from offtake.report.charts.tenders import NAME, holders
from offtake.report.palette import OTHERS, Look
from offtake.report.rehearsed import MISSING, OTHER, PLANNED, Rehearsed, fates, tenders
from offtake.report.result import Result

_FATES = {
    PLANNED: "signed with the seller planned",
    OTHER: "signed with another seller",
    MISSING: "not bought",
}


def shares(result: Result, rehearsal: Rehearsed, look: Look) -> Any:
    """What each holder took of each tender, what was signed with others, what was not bought."""
    import altair as alt

    found = fates(rehearsal)
    if found.is_empty():
        return drawing.nothing("No purchase of the plan was rehearsed.", look)
    colours = holders(result, rehearsal, look)
    hues = {
        f"taken by {OTHERS if colour == look.rest else name}": colour
        for name, colour in colours.items()
    }
    hues |= dict(zip(_FATES.values(), (look.calm, look.quiet, look.alarm), strict=True))
    shown = _parts(found, tenders(rehearsal), colours, look)
    present = [one for one in hues if one in set(shown["fate"])]
    rank = {name: i for i, name in enumerate(present)}
    ranked = shown.with_columns(rank=pl.col("fate").replace_strict(rank, return_dtype=pl.Int64))
    rows = shown["row"].unique(maintain_order=True).to_list()
    y = alt.Y(
        field="row", type="nominal", scale=alt.Scale(domain=rows),
        axis=alt.Axis(
            title=None, ticks=False, labelLimit=260, labelPadding=8,
            labelExpr="slice(datum.label, 5)",
        ),
    )  # fmt: skip
    x = alt.X(
        field="share", type="quantitative", stack="zero",
        scale=alt.Scale(domain=[0, 1.7], nice=False),
        axis=alt.Axis(
            title="share of the chips that were sought", format=".0%", grid=False,
            values=[0, 0.25, 0.5, 0.75, 1], titleAnchor="start", domain=False,
        ),
    )  # fmt: skip
    scale = alt.Scale(domain=present, range=[hues[one] for one in present])
    key = drawing.legend(present, offset=8)
    told_ = [
        alt.Tooltip(field=name, type="nominal", title=title)
        for name, title in (
            ("tender", "Tender"), ("fate", "What"), ("party", "With"), ("said", "Chips"),
        )
    ]  # fmt: skip
    ranked = ranked.sort("row", "rank", "party")
    bars = (
        alt.Chart(drawing.data(ranked))
        .mark_bar(height=14, stroke=look.paper, strokeWidth=1)
        .encode(
            x=x, y=y, tooltip=told_, order=alt.Order(field="rank", type="quantitative"),
            color=alt.Color(field="fate", type="nominal", scale=scale, legend=key),
        )
    )  # fmt: skip
    return alt.layer(bars, _totals(ranked, y, look)).properties(
        height=drawing.tall(len(rows), 26 if len(rows) <= 12 else 20)
    )


def _parts(
    found: pl.DataFrame, order: Sequence[str], colours: dict[str, str], look: Look
) -> pl.DataFrame:
    """row, tender, party, fate (in words), chips, share, said."""
    place = {name: i for i, name in enumerate(order)}
    sums = dict(found.group_by("tender").agg(pl.col("chips").sum()).iter_rows())
    rows = []
    for tender, planned, party, fate, chips in found.iter_rows():
        grey = colours.get(party, look.rest) == look.rest
        rows.append(
            (
                f"{place[tender]:04d} {words.cut(tender, NAME)}",
                tender,
                party or words.NONE,
                _FATES.get(fate, f"taken by {OTHERS if grey else party}"),
                chips,
                chips / sums[tender],
                f"{chips:,} of {sums[tender]:,}, {words.number(planned)} planned",
            )
        )
    columns = {
        **dict.fromkeys(("row", "tender", "party", "fate"), pl.String),
        "chips": pl.Int64,
        "share": pl.Float64,
        "said": pl.String,
    }
    return pl.DataFrame(rows, schema=columns, orient="row").sort("row", "party", "fate")


def _totals(shown: pl.DataFrame, y: Any, look: Look) -> Any:
    """Beside each bar: who has how many."""
    import altair as alt

    told_ = []
    for (row,), parts in shown.group_by("row", maintain_order=True):
        each = [
            f"{'not bought' if party == words.NONE else words.cut(party, 16)} {words.number(chips)}"
            for party, chips in parts.select("party", "chips").iter_rows()
        ]
        told_.append((row, 1.0, words.cut(words.listed(each, 4), 64)))
    said = pl.DataFrame(told_, schema=["row", "share", "said"], orient="row")
    text = alt.Chart(drawing.data(said)).mark_text(align="left", dx=8, color=look.quiet)
    return text.encode(
        x=alt.X(field="share", type="quantitative"), y=y,
        text=alt.Text(field="said", type="nominal"),
    )  # fmt: skip
