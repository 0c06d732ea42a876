"""The section of the page on what is owed under signed agreements, as the plan uses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from offtake.report import owing as numbers
from offtake.report import words
from offtake.report.figure import figure
from offtake.report.markup import Content, Markup, joined, tag
from offtake.report.owing import Owing
from offtake.report.result import Result
from offtake.report.tables import by_year, day, table


def owed(result: Result, owing: Owing) -> Markup:
    """Cash by month and agreement, floors against use, and capital calls."""
    yearly = by_year(
        "owed", "Owed under what is signed, not discounted", _yearly(numbers.cash(owing.own)),
        "agreement", result.currency,
    )  # fmt: skip
    parts: list[Content] = [
        tag(
            "p",
            "Only what is signed is settled here, to the cent and month by month, with use as the "
            "plan expects it. What the plan would still buy is in the section on money.",
        ),
        _figure(result, owing, "owed", yearly),
        _figure(result, owing, "floors", _floors(numbers.floors(owing.own), result.currency)),
    ]
    if owing.calls:
        parts.append(_figure(result, owing, "calls", _calls(owing, result.currency)))
    return joined(parts, "\n")


def _figure(result: Result, owing: Owing, name: str, table: Markup) -> Markup:
    from offtake.report.charts import OWED, specification

    drawn = specification(result, name, owing=owing)
    return figure(name, OWED[name], numbers.takeaway(owing, name), drawn, table)


def _yearly(found: pl.DataFrame) -> pl.DataFrame:
    return (
        found.group_by(pl.col("month").dt.year().alias("year").cast(pl.Int64), "agreement")
        .agg(pl.col("amount").sum())
        .filter(pl.col("amount") != 0)
    )


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


def _calls(owing: Owing, currency: str) -> Markup:
    """By tranche against its limit, and by year and owner against the year's."""
    return joined(
        [
            table(
                "tranches",
                "Tranches, with what was called of them before the plan",
                [
                    ("Fund", "text", lambda row: row["fund"]),
                    ("Tranche", "number", lambda row: str(row["tranche"])),
                    ("From", "day", lambda row: day(row["from"])),
                    ("Limit", "number", lambda row: words.money(row["limit"], currency)),
                    ("Called", "number", lambda row: words.money(row["called"], currency)),
                    ("Left", "number", lambda row: words.money(row["left"], currency)),
                    ("Written at", "why", lambda row: tag("span", row["place"], class_="place")),
                ],
                numbers.tranches(owing),
            ),
            table(
                "calls",
                "Called by year, tranche and owner",
                [
                    ("Fund", "text", lambda row: row["fund"]),
                    ("Year", "number", lambda row: str(row["year"])),
                    ("Tranche", "number", lambda row: str(row["tranche"] or "none")),
                    ("Owner", "text", lambda row: row["owner"]),
                    ("Called", "number", lambda row: words.money(row["amount"], currency)),
                    (
                        "Limit of the year, all owners",
                        "number",
                        lambda row: (
                            "none" if row["limit"] is None else words.money(row["limit"], currency)
                        ),
                    ),
                ],
                numbers.yearly(owing),
            ),
        ],
        "\n",
    )
