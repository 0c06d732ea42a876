"""The section of the page on what is owed under signed agreements, as the plan uses them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl

from offtake.clauses.base import HOUR
from offtake.report import words
from offtake.report.figure import figure
from offtake.report.markup import Content, Markup, joined, tag
from offtake.report.palette import OTHERS, Look
from offtake.report.result import Result
from offtake.report.tables import by_year, table
from offtake.settle.statement import Statement

TITLE = "Cash by month and agreement"


def owed(result: Result, statements: Sequence[Statement]) -> Markup:
    """Cash by month and agreement, and floors against use, of the buyer's own agreements."""
    own = [one for one in statements if one.buyer == result.buyer]
    found = cash(own)
    if found.filter(pl.col("amount") != 0).is_empty():
        return tag("p", "Nothing is owed under what is signed in these months.", class_="none")
    yearly = by_year(
        "owed", "Owed under what is signed, not discounted", _yearly(found), "agreement",
        result.currency,
    )  # fmt: skip
    parts: list[Content] = [
        tag(
            "p",
            "Only what is signed is settled here, to the cent and month by month, with use as the "
            "plan expects it. What the plan would still buy is in the section on money.",
        ),
        figure("owed", TITLE, sentence(own, result.currency), _drawn(result, found), yearly),
    ]
    short = floors(own)
    parts.append(
        _floors(short, result.currency)
        if short
        else tag("p", "No floor is missed: nothing is paid that is not taken.", class_="none")
    )
    return joined(parts, "\n")


def cash(statements: Sequence[Statement]) -> pl.DataFrame:
    """month, agreement, amount: what the buyer owes its seller in the end; a row for each pair."""
    rows = [(s.month.first, s.agreement, float(s.total.amount)) for s in statements]
    schema = {"month": pl.Date(), "agreement": pl.String(), "amount": pl.Float64()}
    found = pl.DataFrame(rows, schema=schema, orient="row")
    names, months = found["agreement"].unique().sort(), found["month"].unique().sort()
    every = pl.DataFrame({"month": months}).join(pl.DataFrame({"agreement": names}), how="cross")
    whole = every.join(found, on=["month", "agreement"], how="left")
    return whole.with_columns(pl.col("amount").fill_null(0.0)).sort("month", "agreement")


def _yearly(found: pl.DataFrame) -> pl.DataFrame:
    return (
        found.group_by(pl.col("month").dt.year().alias("year").cast(pl.Int64), "agreement")
        .agg(pl.col("amount").sum())
        .filter(pl.col("amount") != 0)
    )


def sentence(statements: Sequence[Statement], currency: str) -> str:
    """What the chart says: all of it, the largest agreement, the dearest month."""
    found = cash(statements)
    whole = float(found["amount"].sum())
    by_name = found.group_by("agreement").agg(pl.col("amount").sum())
    name, most = by_name.sort(["amount", "agreement"], descending=[True, False]).row(0)
    by_month = found.group_by("month").agg(pl.col("amount").sum())
    month, dearest = by_month.sort(["amount", "month"], descending=[True, False]).row(0)
    assert isinstance(month, dt.date)
    return (
        f"{words.money(whole, currency)} are owed under what is signed, "
        f"{words.money(most, currency)} of it under {name}; the dearest month is "
        f"{words.month(month)} with {words.money(dearest, currency)}."
    )


def floors(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    """Every line for what was promised and not taken, beside what was contracted and used."""
    return [
        {
            "month": one.month.first,
            "agreement": one.agreement,
            "contracted": one.capacity.contracted / HOUR,
            "used": one.capacity.taken / HOUR,
            "missed": None if line.quantity is None else line.quantity / HOUR,
            "amount": float(line.amount.amount),
            "why": line.why,
            "place": str(line.place),
        }
        for one in statements
        for line in one.lines
        if line.account == "shortfall"
    ]


def _floors(rows: Sequence[dict[str, Any]], currency: str) -> Markup:
    return table(
        "floors",
        "Floors against use",
        [
            ("Month", "day", lambda row: words.month(row["month"])),
            ("Agreement", "text", lambda row: row["agreement"]),
            (
                "Contracted in the month, chip-hours",
                "number",
                lambda row: words.number(row["contracted"]),
            ),
            ("Used in the month", "number", lambda row: words.number(row["used"])),
            ("Paid and not taken", "number", lambda row: words.number(row["missed"])),
            ("Owed for it", "number", lambda row: words.money(row["amount"], currency)),
            (
                "Why",
                "why",
                lambda row: joined([row["why"], tag("span", row["place"], class_="place")], " "),
            ),
        ],
        rows,
    )


def _drawn(result: Result, found: pl.DataFrame) -> dict[str, Any] | None:
    from offtake.report.charts import for_page
    from offtake.report.palette import PAGE

    return for_page(lambda look: _chart(result, found, look), TITLE, PAGE)


def _chart(result: Result, found: pl.DataFrame, look: Look) -> Any:
    """Steps of cash by month: the largest agreements in their own hues, the rest together."""
    import altair as alt

    from offtake.report.charts import drawing
    from offtake.report.charts.money import unit

    sums = found.group_by("agreement").agg(pl.col("amount").sum())
    ranked = sums.sort(["amount", "agreement"], descending=[True, False])["agreement"].to_list()
    own = ranked[: len(look.hues)]
    named = pl.when(pl.col("agreement").is_in(own)).then("agreement").otherwise(pl.lit(OTHERS))
    totals = found.group_by("month").agg(pl.col("amount").sum())
    size, letters = unit(totals["amount"], result.currency)
    full = found.group_by("month", named.alias("name")).agg(value=pl.col("amount").sum() / size)
    order = [name for name in (*own, OTHERS) if name in set(full["name"])]
    colours = [look.hues[own.index(n)] if n in own else look.rest for n in order]
    scale = alt.Scale(domain=order, range=colours)
    key = alt.Color(field="name", type="nominal", scale=scale, legend=drawing.legend(order))
    areas, strips = drawing.steps(full, f"{letters} a month", order, key, look)
    return alt.layer(areas, strips).properties(height=300)
