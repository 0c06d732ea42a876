"""The plan's frames as HTML tables, each with a caption, head cells, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from offtake.report import words
from offtake.report.markup import Content, Markup, joined, tag
from offtake.report.result import Result, expected, frame
from offtake.report.takeaways import COUNTED

Row = Mapping[str, Any]
Column = tuple[str, str, Callable[[Row], Content]]


def day(value: dt.date | None) -> Markup:
    """A day in words with its ISO form for machines."""
    if value is None:
        return tag("span", words.NONE)
    return tag("time", words.day(value), datetime=value.isoformat())


def month(value: dt.date | None) -> Markup:
    """A month in words with its ISO form for machines."""
    if value is None:
        return tag("span", words.NONE)
    return tag("time", words.month(value), datetime=f"{value:%Y-%m}")


def text(value: object) -> str:
    """The text, or a dash where there is none."""
    return words.NONE if value is None or value == "" else str(value)


def because(row: Row, field: str = "why") -> Markup:
    """Why, with the place in the book below it."""
    place = tag("span", str(row["place"]), class_="place") if row["place"] else None
    return joined([text(row[field]), place], " ")


def _id(purchase: object) -> Markup:
    return tag("code", text(purchase), class_="id")


def table(name: str, caption: str, columns: Sequence[Column], rows: Sequence[Row]) -> Markup:
    """A table in a region that scrolls by keyboard; the first column heads its row.

    A column is its title, its kind ("text", "number", "day", "why", "key") and its cell.
    """
    head = tag("tr", *(tag("th", title, scope="col", class_=kind) for title, kind, _ in columns))
    body = []
    for row in rows:
        cells = [
            tag("th", cell(row), scope="row", class_=kind)
            if i == 0
            else tag("td", cell(row), class_=kind)
            for i, (_, kind, cell) in enumerate(columns)
        ]
        body.append(tag("tr", *cells))
    drawn = tag(
        "table",
        tag("caption", caption, id=f"{name}-caption"),
        tag("thead", head),
        tag("tbody", *body),
    )
    return tag(
        "div", drawn, class_="scroll", role="region", tabindex="0",
        aria_labelledby=f"{name}-caption",
    )  # fmt: skip


def purchases(result: Result) -> Markup:
    """What is bought."""
    currency = result.currency

    def whom(row: Row) -> Content:
        via = row["via"] if row["via"] != row["seller"] else None
        return f"{text(row['seller'])} through {via}" if via else text(row["seller"])

    def price(row: Row) -> Content:
        return words.NONE if row["price"] is None else words.number(row["price"], 2)

    columns: list[Column] = [
        ("Start", "day", lambda row: month(row["start"])),
        ("Sign by", "day", lambda row: day(row["sign_by"])),
        ("What", "text", lambda row: text(row["what"])),
        ("Chips", "number", lambda row: words.number(row["chips"])),
        ("Chip", "text", lambda row: text(row["chip"])),
        ("From", "text", whom),
        ("Region", "text", lambda row: text(row["region"])),
        ("Months", "number", lambda row: words.number(row["months"])),
        (f"{currency} per chip-hour", "number", price),
        ("Expected cost", "number", lambda row: words.money(row["cost"], currency)),
        ("Why", "why", lambda row: joined([because(row), _id(row["id"])], " ")),
    ]
    found = frame(result, "purchases").sort("start", "id", nulls_last=True).to_dicts()
    return table("purchases", f"{words.opened(_many(found, 'purchase'))}", columns, found)


def builds(result: Result) -> Markup:
    """What is built."""
    columns: list[Column] = [
        ("Site", "text", lambda row: text(row["site"])),
        ("Phase", "text", lambda row: text(row["phase"])),
        ("Start", "day", lambda row: month(row["start"])),
        ("Ready", "day", lambda row: month(row["ready"])),
        ("MW", "number", lambda row: words.number(row["power_mw"])),
        ("Capital, all owners", "number", lambda row: words.money(row["capex"], result.currency)),
        ("Buyer's share", "number", lambda row: words.share(row["buyer_share"])),
        ("Committed", "text", lambda row: "yes" if row["committed"] else "no"),
        ("Why", "why", because),
    ]
    found = frame(result, "builds").sort("start", "id", nulls_last=True).to_dicts()
    return table("builds", words.opened(_many(found, "phase")), columns, found)


def choices(result: Result) -> Markup:
    """What else clauses let the buyer do; what needs no word beforehand is summed up by year."""
    columns: list[Column] = [
        ("From", "day", lambda row: month(row["start"])),
        ("Say so by", "day strong", lambda row: day(row["by"])),
        ("What", "text", lambda row: text(row["what"])),
        ("Of", "text", lambda row: text(row["subject"])),
        ("Chips, expected", "number", lambda row: words.number(row["chips"])),
        ("Likely", "number", lambda row: words.share(row["likely"])),
        ("Saves", "number", lambda row: words.money(row["saved"], result.currency)),
        ("Why", "why", lambda row: joined([because(row), _id(row["clause"])], " ")),
    ]
    several = pl.format("{} in {} months of the year, means over these", "what", pl.len())
    found = (
        frame(result, "choices")
        .sort("start", "clause", "subject", nulls_last=True)
        .group_by(
            pl.col("clause", "what", "subject", "by", "place"),
            year=pl.when(pl.col("by").is_null()).then(pl.col("start").dt.year()),
            # What has a day of its own is a choice of its own.
            own=pl.when(pl.col("by").is_not_null()).then("start"),
            maintain_order=True,
        )
        .agg(
            pl.col("start").min(),
            pl.col("chips", "likely").mean(),
            pl.col("saved").sum(),
            why=pl.when(pl.len() == 1).then(pl.col("sentence").first()).otherwise(several.first()),
        )
        .to_dicts()
    )
    return table("choices", "What else to do", columns, found)


def notices(result: Result) -> Markup:
    """Every notice with its days, the next one first; those past are said to be."""

    blocks = {
        one["id"]: f"{text(one['chip'])} from {text(one['seller'])}"
        for one in frame(result, "purchases").to_dicts()
    }

    def latest(row: Row) -> Content:
        gone = row["latest"] is not None and row["latest"] < result.as_of
        past = tag("span", "past", class_="flag") if gone else None
        return joined([day(row["latest"]), past], " ")

    columns: list[Column] = [
        (
            "Purchase",
            "key",
            lambda row: joined([blocks.get(row["purchase"]), _id(row["purchase"])]),
        ),
        ("Holder", "text", lambda row: text(row["holder"])),
        ("Right", "text", lambda row: because(row, "right")),
        ("Rank", "number", lambda row: words.number(row["rank"])),
        ("Chips", "number", lambda row: words.number(row["chips"])),
        ("Bids open", "day", lambda row: day(row["bids_open"])),
        ("Notice from", "day", lambda row: day(row["earliest"])),
        ("Notice by", "day strong", latest),
        ("Answer by", "day", lambda row: day(row["answer_by"])),
        ("Sign by", "day", lambda row: day(row["sign_by"])),
        ("Service", "day", lambda row: day(row["start"])),
    ]
    found = frame(result, "notices").sort("latest", "purchase", "rank", nulls_last=True).to_dicts()
    return table("notices", f"{words.opened(_many(found, 'notice'))}", columns, found)


def clauses(result: Result) -> Markup:
    """What each clause adds to the cost."""
    columns: list[Column] = [
        ("Clause", "text", lambda row: text(row["clause"])),
        ("Kind", "text", lambda row: text(row["kind"])),
        ("Holder", "text", lambda row: text(row["holder"])),
        ("Part", "text", lambda row: text(row["part"])),
        ("At least", "number", lambda row: words.money(row["low"], result.currency)),
        ("At most", "number", lambda row: words.money(row["high"], result.currency)),
        ("Resolved", "text", lambda row: _resolved(row)),
        ("Why", "why", lambda row: because(row, "sentence")),
    ]
    found = frame(result, "clause_costs").to_dicts()
    return table("clauses", "What each clause adds to the expected cost", columns, found)


def _resolved(row: Row) -> Content:
    if row["resolved"] and (row["low"] is None or row["high"] is None):
        return "no plan without it"
    return "yes" if row["resolved"] else tag("span", "unresolved", class_="flag")


def limits(result: Result) -> Markup:
    """What binds, in the book's words, and what one unit more would save."""
    columns: list[Column] = [
        ("Limit", "text", lambda row: text(row["what"])),
        ("One unit more saves", "number", lambda row: words.number(row["value"], _fine(row))),
        ("Unit", "text", lambda row: text(row["unit"])),
        ("Why", "why", lambda row: because(row, "sentence")),
    ]
    found = frame(result, "limits").to_dicts()
    return table("limits", "Why not cheaper: the limits that bind", columns, found)


def _fine(row: Row) -> int:
    return 2 if row["value"] is not None and abs(row["value"]) < 100 else 0


def scenarios(result: Result) -> Markup:
    """Each scenario's weight, cost and regret."""
    currency = result.currency

    def foreseen(value: float | None) -> str:
        return "not computed" if value is None else words.money(value, currency)

    columns: list[Column] = [
        ("Scenario", "text", lambda row: text(row["scenario"])),
        ("Weight", "number", lambda row: words.share(row["weight"])),
        ("Cost of this plan", "number", lambda row: words.money(row["cost"], currency)),
        ("Cost with foresight", "number", lambda row: foreseen(row["perfect"])),
        ("Regret", "number", lambda row: foreseen(row["regret"])),
    ]
    found = frame(result, "scenarios").to_dicts()
    return table("scenarios", words.opened(_many(found, "scenario")), columns, found)


def rights(result: Result) -> Markup:
    """Every agreement, right and term with its days."""
    columns: list[Column] = [
        ("Clause", "text", lambda row: text(row["clause"])),
        ("Kind", "text", lambda row: text(row["kind"])),
        ("Holder", "text", lambda row: text(row["holder"])),
        ("From", "day", lambda row: day(row["start"])),
        ("To", "day", lambda row: day(row["end"])),
        ("It says", "why", lambda row: because(row, "sentence")),
    ]
    found = frame(result, "rights").sort("clause", "start").to_dicts()
    return table("rights", "Agreements, rights and terms", columns, found)


def capacity(result: Result) -> Markup:
    """The chart of capacity in numbers: means over each year, expected over scenarios."""
    held = expected(result, frame(result, "capacity"), ["month", "supplier"], "reference_chips")
    need = expected(result, frame(result, "demand"), ["month"], "needed", "unserved")
    months = pl.concat([held["month"], need["month"]]).unique().to_frame("month")
    counted = months.group_by(year=pl.col("month").dt.year()).len()
    by = held.group_by("supplier", year=pl.col("month").dt.year()).agg(
        pl.col("reference_chips").sum()
    )
    asked = need.group_by(year=pl.col("month").dt.year()).agg(pl.col("needed", "unserved").sum())
    years = counted.join(asked, on="year", how="left").sort("year").to_dicts()
    cells = {(str(s), y): v for s, y, v in by.select("supplier", "year", "reference_chips").rows()}
    names = [str(one) for one in by["supplier"].unique().sort()]
    columns: list[Column] = [("Year", "number", lambda row: str(row["year"]))]
    for name in names:
        columns.append((name, "number", _mean(cells, name)))
    for field, title in (("needed", "Demand"), ("unserved", "Unserved")):
        columns.append((title, "number strong", _asked(field)))
    caption = (
        "Reference chips by supplier, demand and what goes unserved: means over the year. "
        f"{COUNTED}"
    )
    return table("capacity", caption, columns, years)


def _mean(cells: Mapping[tuple[str, int], float], name: str) -> Callable[[Row], Content]:
    return lambda row: words.number(cells.get((name, row["year"]), 0.0) / row["len"])


def _asked(field: str) -> Callable[[Row], Content]:
    return lambda row: words.number((row[field] or 0.0) / row["len"])


def by_year(name: str, caption: str, found: pl.DataFrame, label: str, currency: str) -> Markup:
    """Amounts of year and label, a column for each year."""
    years = sorted({int(one) for one in found["year"].drop_nulls()})
    cells = {(str(one), int(y)): v for one, y, v in found.select(label, "year", "amount").rows()}
    sums = found.group_by(label).agg(pl.col("amount").sum())
    order = sums.sort(["amount", label], descending=[True, False], nulls_last=True)[label]
    columns: list[Column] = [(label.capitalize(), "text", lambda row: row["name"])]
    for year in years:
        columns.append((str(year), "number", _amount(cells, year, currency)))
    return table(name, caption, columns, [{"name": str(one)} for one in order])


def _amount(
    cells: Mapping[tuple[str, int], float], year: int, currency: str
) -> Callable[[Row], Content]:
    return lambda row: words.money(cells.get((row["name"], year)), currency)


def capital(result: Result) -> Markup:
    """Capital called by fund and year, and its limit."""
    columns: list[Column] = [
        ("Fund", "text", lambda row: text(row["fund"])),
        ("Year", "number", lambda row: text(row["year"])),
        ("Called", "number", lambda row: words.money(row["called"], result.currency)),
        ("Limit", "number", lambda row: words.money(row["limit"], result.currency)),
    ]
    found = frame(result, "capital").sort("fund", "year").to_dicts()
    return table("capital", "Capital called from all owners, not discounted", columns, found)


def _many(found: Sequence[object], one: str) -> str:
    return words.count(len(found), one)
