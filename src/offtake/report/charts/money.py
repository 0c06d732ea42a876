"""Money charts: spend by category and by payee, capital against limits, clauses, regret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from offtake.report import words
from offtake.report.charts import drawing
from offtake.report.palette import OTHERS, Look, hues
from offtake.report.result import Result, frame

CATEGORIES = (
    *("reserved", "used", "on-demand", "phases", "chips"),
    *("power", "rent", "clauses", "serving", "unserved"),
)
_PAYEES = 3


def unit(values: pl.Series, currency: str) -> tuple[float, str]:
    """The divisor and the unit under which the largest of the values reads well."""
    largest = max((abs(float(v)) for v in values.drop_nulls()), default=0.0)
    size, letter = words.scale(largest)
    return size, f"{letter} {currency}".strip()


def _yearly(result: Result, label: str) -> pl.DataFrame:
    found = frame(result, "spend").group_by("year", label).agg(pl.col("amount").sum())
    return found.filter(pl.col("amount").abs() > 0).sort("year", label)


def categories(result: Result) -> pl.DataFrame:
    """year, category, amount: the buyer's spend, expected, not discounted."""
    return _yearly(result, "category")


def payees(result: Result) -> pl.DataFrame:
    """year, who, amount: the buyer's spend by whom it goes to."""
    return _yearly(result, "who")


def _stacked(
    found: pl.DataFrame, label: str, order: Sequence[str], colours: Sequence[str],
    result: Result, look: Look,
) -> Any:  # fmt: skip
    import altair as alt

    totals = found.group_by("year").agg(pl.col("amount").sum()).sort("year")
    size, letters = unit(totals["amount"], result.currency)
    rank = {name: i for i, name in enumerate(order)}
    shown = found.select(
        pl.col("year").cast(pl.String), label=pl.col(label), amount=pl.col("amount") / size,
        rank=pl.col(label).replace_strict(rank, return_dtype=pl.Int64),
        said=pl.col("amount").map_elements(
            lambda v: words.money(v, result.currency), return_dtype=pl.String
        ),
    )  # fmt: skip
    x = alt.X(field="year", type="ordinal", axis=alt.Axis(title=None, labelAngle=0))
    scale = alt.Scale(domain=list(order), range=list(colours))
    bars = (
        alt.Chart(drawing.data(shown.sort("year", "rank")))
        .mark_bar(stroke=look.paper, strokeWidth=1)
        .encode(
            x=x.scale(paddingInner=0.35, paddingOuter=0.2),
            y=drawing.amount("amount", f"{letters} a year").stack("zero"),
            color=alt.Color(
                field="label", type="nominal", scale=scale, legend=drawing.legend(order)
            ),
            order=alt.Order(field="rank", type="quantitative"),
            tooltip=[
                alt.Tooltip(field="year", type="nominal", title="Year"),
                alt.Tooltip(field="label", type="nominal", title="For"),
                alt.Tooltip(field="said", type="nominal", title="Spend"),
            ],
        )
    )
    # The sum stands on the bar; credits reach below zero, so the bar ends at its positive part.
    above = found.filter(pl.col("amount") > 0).group_by("year").agg(top=pl.col("amount").sum())
    summed = totals.join(above, on="year", how="left").select(
        pl.col("year").cast(pl.String), top=pl.col("top").fill_null(0.0) / size,
        said=pl.col("amount").map_elements(
            lambda v: words.money(v, result.currency), return_dtype=pl.String
        ),
    )  # fmt: skip
    sums = alt.Chart(drawing.data(summed)).mark_text(dy=-8, fontWeight="bold", color=look.ink)
    return alt.layer(
        bars,
        sums.encode(
            x=x, y=alt.Y(field="top", type="quantitative"),
            text=alt.Text(field="said", type="nominal"),
        ),
    ).properties(height=300)  # fmt: skip


def spend(result: Result, look: Look) -> Any:
    """Spend by year and category."""
    found = categories(result)
    if found.is_empty():
        return drawing.nothing("The plan spends nothing.", look)
    present = set(found["category"])
    more = sorted(str(one) for one in present - set(CATEGORIES))
    order = [name for name in (*CATEGORIES, *more) if name in present]
    ramp = dict(zip(CATEGORIES, (*look.ramp, look.calm, look.alarm), strict=True))
    colours = [ramp.get(name, look.rest) for name in order]
    return _stacked(found, "category", order, colours, result, look)


def suppliers(result: Result, look: Look) -> Any:
    """Spend by year and payee: suppliers in their own colours, then funds, sites and clauses."""
    found = payees(result)
    if found.is_empty():
        return drawing.nothing("The plan pays nobody.", look)
    groups = hues(result, look)
    # Hues that no supplier has are free for the largest of the other payees.
    free = look.hues[len(groups.own) :][:_PAYEES]
    sizes = found.group_by("who").agg(pl.col("amount").sum())
    ranked = sizes.sort(["amount", "who"], descending=[True, False], nulls_last=True)["who"]
    more = [str(one) for one in ranked if one is not None and one not in groups.own][: len(free)]
    coloured = dict(zip((*groups.own, *more), (*groups.own_hues, *free), strict=False))
    grouped = (
        found.with_columns(
            who=pl.when(pl.col("who").is_in(list(coloured))).then("who").otherwise(pl.lit(OTHERS))
        )
        .group_by("year", "who")
        .agg(pl.col("amount").sum())
    )
    present = set(grouped["who"])
    order = [name for name in (*coloured, OTHERS) if name in present]
    colours = [coloured.get(name, look.rest) for name in order]
    return _stacked(grouped, "who", list(dict.fromkeys(order)), colours, result, look)


def capital(result: Result, look: Look) -> Any:
    """Capital called by fund and year against its limit."""
    import altair as alt

    found = frame(result, "capital")
    if found.filter(pl.col("called").fill_null(0) > 0).is_empty():
        return drawing.nothing("The plan calls no capital.", look)
    size, letters = unit(pl.concat([found["called"], found["limit"]]), result.currency)
    said = [
        pl.col(name)
        .map_elements(lambda v: words.money(v, result.currency), return_dtype=pl.String)
        .fill_null("none")
        .alias(f"{name}_said")
        for name in ("called", "limit")
    ]
    shown = found.sort("fund", "year").select(
        "fund", pl.col("year").cast(pl.String), *said, called=pl.col("called") / size,
        limit=pl.col("limit") / size,
    )  # fmt: skip
    funds = [str(one) for one in shown["fund"].unique().sort()]
    x = alt.X(field="year", type="ordinal", axis=alt.Axis(title=None, labelAngle=0))
    years = [str(one) for one in shown["year"].unique().sort()]
    offset = alt.XOffset(field="fund", type="nominal", scale=alt.Scale(domain=funds))
    scale = alt.Scale(domain=funds, range=[look.ramp[(1 + 3 * i) % 6] for i in range(len(funds))])
    told = [
        alt.Tooltip(field=field, type="nominal", title=title)
        for field, title in (
            ("fund", "Fund"), ("year", "Year"), ("called_said", "Called"), ("limit_said", "Limit"),
        )
    ]  # fmt: skip
    base = alt.Chart(drawing.data(shown)).encode(
        x=x.scale(domain=years, paddingInner=0.35, paddingOuter=0.2), xOffset=offset, tooltip=told
    )
    bars = base.mark_bar().encode(
        y=drawing.amount("called", f"{letters} a year"),
        color=alt.Color(field="fund", type="nominal", scale=scale, legend=drawing.legend(funds)),
    )
    limited = base.transform_filter("isValid(datum.limit)")
    ticks = limited.mark_tick(thickness=3, opacity=1, color=look.alarm, orient="horizontal")
    names = limited.mark_text(dy=-9, color=look.alarm, fontWeight="bold")
    level = alt.Y(field="limit", type="quantitative")
    labels = names.encode(y=level, text=alt.Text(field="limit_said", type="nominal"))
    return alt.layer(bars, ticks.encode(y=level), labels).properties(height=260)
