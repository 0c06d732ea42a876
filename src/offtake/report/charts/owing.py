"""What is owed: cash by month and agreement, floors against use, capital calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl

from offtake.report import owing as numbers
from offtake.report import words
from offtake.report.charts import drawing
from offtake.report.charts.money import unit
from offtake.report.owing import Owing
from offtake.report.palette import OTHERS, Look
from offtake.report.result import Result


def cash(result: Result, owing: Owing, look: Look) -> Any:
    """Steps of cash by month: the largest agreements in their own hues, the rest together."""
    import altair as alt

    found = numbers.cash(owing.own)
    if found.filter(pl.col("amount") != 0).is_empty():
        return drawing.nothing(numbers.takeaway(owing, "owed"), look)
    own = _ranked(found, "agreement")[: len(look.hues)]
    named = pl.when(pl.col("agreement").is_in(own)).then("agreement").otherwise(pl.lit(OTHERS))
    totals = found.group_by("month").agg(pl.col("amount").sum())
    size, letters = unit(totals["amount"], owing.currency)
    full = found.group_by("month", named.alias("name")).agg(value=pl.col("amount").sum() / size)
    order = [name for name in (*own, OTHERS) if name in set(full["name"])]
    key = _key(order, [look.hues[own.index(n)] if n in own else look.rest for n in order])
    areas, strips = drawing.steps(full, f"{letters} a month", order, key, look)
    return alt.layer(areas, strips).properties(height=300)


def floors(result: Result, owing: Owing, look: Look) -> Any:
    """Chip-hours used, and paid and not taken, under what is contracted."""
    import altair as alt

    found = numbers.against(owing.own)
    if found.is_empty():
        return drawing.nothing(numbers.takeaway(owing, "floors"), look)
    largest = max(map(float, (*found["contracted"], *(found["used"] + found["missed"]))))
    size, letter = words.scale(largest)
    order = ("used", "paid and not taken")
    long = pl.concat(
        found.select("month", name=pl.lit(name), value=pl.col(column) / size)
        for name, column in zip(order, ("used", "missed"), strict=True)
    )
    title = f"{letter} chip-hours a month".strip()
    key = _key(order, [look.accent, look.alarm])
    areas, strips = drawing.steps(long, title, order, key, look)
    line = _line(found.select("month", value=pl.col("contracted") / size), look.ink)
    return alt.layer(areas, line, _said(found, "contracted", size, look), strips).properties(
        height=280
    )


def calls(result: Result, owing: Owing, look: Look) -> Any:
    """What owners were called for so far, under what the open tranches of their fund allow.

    Of several funds each owner of each is a step, and no limit is drawn: none holds for their sum.
    """
    import altair as alt

    found = numbers.called(owing)
    if found.is_empty():
        return drawing.nothing(numbers.takeaway(owing, "calls"), look)
    funds = sorted(set(found["fund"]))
    name = pl.col("owner") if len(funds) == 1 else pl.concat_str("fund", "owner", separator=" · ")
    found = found.with_columns(name=name)
    order = _ranked(found, "name")
    limits = _limits(owing, funds[0]) if len(funds) == 1 else found.clear()
    whole = pl.Series([float(found["amount"].sum()), *limits.get_column("amount")])
    size, letters = unit(whole, owing.currency)
    full = (
        pl.DataFrame({"month": sorted(owing.months)})
        .join(pl.DataFrame({"name": order}), how="cross")
        .join(found.group_by("month", "name").agg(pl.col("amount").sum()), how="left",
              on=["month", "name"])
        .sort("name", "month")
        .select("month", "name",
                value=pl.col("amount").fill_null(0.0).cum_sum().over("name") / size)
    )  # fmt: skip
    key = _key(
        order, [look.hues[n] if n < len(look.hues) else look.rest for n in range(len(order))]
    )
    areas, strips = drawing.steps(full, f"{letters} called so far", order, key, look)
    if limits.is_empty():
        return alt.layer(areas, strips).properties(height=300)
    line = _line(limits.select("month", value=pl.col("amount") / size), look.alarm)
    return alt.layer(areas, line, _named(limits, size, owing, look), strips).properties(height=300)


def _limits(owing: Owing, fund: str) -> pl.DataFrame:
    """month, amount: what the tranches that are open allow, less what was called before."""
    one = owing.funds[fund]
    gone = numbers.before(owing, one)
    rows = []
    for month in sorted(owing.months):
        opened = [t for _, t in one.tranches if t.from_.first <= month]
        if opened:
            rows.append((month, sum(float(t.limit.amount) for t in opened) - gone))
    schema = {"month": pl.Date(), "amount": pl.Float64()}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _named(limits: pl.DataFrame, size: float, owing: Owing, look: Look) -> Any:
    """Each height of the limit, said where it begins."""
    import altair as alt

    new = limits.filter((pl.col("amount") != pl.col("amount").shift(1)).fill_null(True))
    shown = new.select(
        "month", value=pl.col("amount") / size,
        said=pl.col("amount").map_elements(
            lambda v: f"limit {words.money(v, owing.currency)}", return_dtype=pl.String
        ),
    )  # fmt: skip
    base = alt.Chart(drawing.data(shown)).mark_text(
        align="left", dx=4, dy=-8, color=look.alarm, fontWeight="bold"
    )
    return base.encode(
        x=alt.X(field="month", type="temporal"), y=alt.Y(field="value", type="quantitative"),
        text=alt.Text(field="said", type="nominal"),
    )  # fmt: skip


def _said(found: pl.DataFrame, field: str, size: float, look: Look) -> Any:
    """What the line is, said where it begins."""
    import altair as alt

    first = found.head(1).select("month", value=pl.col(field) / size, said=pl.lit(field))
    base = alt.Chart(drawing.data(first)).mark_text(
        align="left", dx=4, dy=-8, color=look.ink, fontWeight="bold"
    )
    return base.encode(
        x=alt.X(field="month", type="temporal"), y=alt.Y(field="value", type="quantitative"),
        text=alt.Text(field="said", type="nominal"),
    )  # fmt: skip


def _line(found: pl.DataFrame, colour: str) -> Any:
    """A step of month and value."""
    import altair as alt

    last = found["month"].max()
    assert isinstance(last, dt.date)
    base = alt.Chart(drawing.data(drawing.stepped(found, last, ())))
    return base.mark_line(interpolate="step-after", strokeWidth=2, color=colour).encode(
        x=drawing.when("month"), y=alt.Y(field="value", type="quantitative")
    )


def _key(order: Sequence[str], colours: Sequence[str]) -> Any:
    import altair as alt

    scale = alt.Scale(domain=list(order), range=list(colours))
    return alt.Color(field="name", type="nominal", scale=scale, legend=drawing.legend(order))


def _ranked(found: pl.DataFrame, label: str) -> list[str]:
    """Names, the largest sum first."""
    sums = found.group_by(label).agg(pl.col("amount").sum())
    return [str(one) for one in sums.sort(["amount", label], descending=[True, False])[label]]
