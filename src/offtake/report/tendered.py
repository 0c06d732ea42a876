"""The section of the page on a rehearsal: how it fared, its charts, its tables, its notes."""

from __future__ import annotations

from offtake.report import words
from offtake.report.figure import figure
from offtake.report.markup import Content, Markup, joined, tag
from offtake.report.rehearsed import Rehearsed, told
from offtake.report.result import Result
from offtake.report.retold import takeaway
from offtake.report.tables import Column, Row, day, month, table, text


def tendered(result: Result, rehearsal: Rehearsed) -> Markup:
    """All that a rehearsal has to show."""
    parts: list[Content] = [
        tag("p", tag("strong", CAUTION), f" {_how(rehearsal)}"),
        tag("p", rehearsal.summary),
        _figure(result, rehearsal, "tenders", steps(rehearsal), "Every step"),
        _figure(result, rehearsal, "takers", answers(rehearsal), "Every answer"),
        _table(rehearsal, "outcome", outcome(result, rehearsal)),
        _table(rehearsal, "agreements", agreements(result, rehearsal)),
        _table(rehearsal, "left_out", left_out(rehearsal)),
    ]
    if rehearsal.notes:
        notes = (tag("li", f"{one.rstrip('.')}.") for one in rehearsal.notes)
        parts += [tag("h3", "What to know of it"), tag("ul", *notes, class_="unknowns")]
    return joined(parts, "\n")


CAUTION = "This is a rehearsal: nobody was asked, and nothing was signed."


def _how(rehearsal: Rehearsed) -> str:
    return (
        "Holders and sellers are simulated. They answer as the book expects of them; what it "
        f"leaves to chance is drawn with seed {rehearsal.seed}. The same book, plan and seed give "
        "the same rehearsal."
    )


_NOTHING = {
    "outcome": "No purchase of the plan was rehearsed.",
    "agreements": "Nothing was signed in the rehearsal.",
    "left_out": "Every purchase of the plan was rehearsed.",
}


def _table(rehearsal: Rehearsed, name: str, made: Markup) -> Markup:
    """The table, or a sentence where it has no rows."""
    if told(rehearsal, name).is_empty():
        return tag("p", _NOTHING[name], class_="none")
    return made


def _figure(
    result: Result, rehearsal: Rehearsed, name: str, numbers: Markup | None, shown: str
) -> Markup:
    from offtake.report.charts import REHEARSED, specification

    drawn = specification(result, name, rehearsal)
    return figure(name, REHEARSED[name], takeaway(rehearsal, name), drawn, numbers, shown)


def _price(row: Row, field: str) -> str:
    return words.number(row[field], 2)


def outcome(result: Result, rehearsal: Rehearsed) -> Markup:
    """Plan and outcome side by side: a row for each agreement and for what was not bought."""

    def whom(row: Row) -> Content:
        if row["party"] is None:
            return tag("span", "not bought", class_="flag")
        return joined([row["party"], tag("code", text(row["agreement"]), class_="id")], " ")

    columns: list[Column] = [
        ("Tender", "key", lambda row: tag("code", text(row["purchase"]))),
        ("Planned with", "text", lambda row: text(row["planned_seller"])),
        ("Chips planned", "number", lambda row: words.number(row["planned_chips"])),
        ("Price planned", "number", lambda row: _price(row, "planned_price")),
        ("From", "day", lambda row: month(row["start"])),
        ("Signed with", "key", whom),
        ("Chips", "number", lambda row: words.number(row["chips"])),
        ("Price", "number", lambda row: _price(row, "price")),
        ("Service", "day", lambda row: day(row["service"])),
        ("Why", "why", lambda row: text(row["why"])),
    ]
    found = told(rehearsal, "outcome").to_dicts()
    caption = f"Plan and outcome, prices in {result.currency} per chip-hour"
    return table("outcome", caption, columns, found)


def agreements(result: Result, rehearsal: Rehearsed) -> Markup:
    """What came out."""
    columns: list[Column] = [
        ("Agreement", "text", lambda row: tag("code", text(row["id"]))),
        ("With", "text", lambda row: text(row["seller"])),
        ("Chips", "number", lambda row: words.number(row["chips"])),
        ("Chip", "text", lambda row: text(row["chip"])),
        ("Region", "text", lambda row: text(row["region"])),
        ("From", "day", lambda row: day(row["start"])),
        ("Months", "number", lambda row: words.number(row["months"])),
        (f"{result.currency} per chip-hour", "number", lambda row: _price(row, "price")),
        ("Signed", "day", lambda row: day(row["signed"])),
        ("Tender", "text", lambda row: tag("code", text(row["tender"]))),
    ]
    found = told(rehearsal, "agreements").to_dicts()
    many = words.opened(words.count(len(found), "agreement"))
    return table("agreements", f"{many} came out", columns, found)


def left_out(rehearsal: Rehearsed) -> Markup:
    """What the plan does that no tender decides."""
    columns: list[Column] = [
        ("What", "text", lambda row: text(row["what"])),
        ("Name", "text", lambda row: tag("code", text(row["name"]))),
        ("From", "day", lambda row: month(row["start"])),
        ("Chips", "number", lambda row: words.number(row["chips"])),
        ("Why", "why", lambda row: text(row["why"])),
    ]
    found = told(rehearsal, "left_out").to_dicts()
    return table("left-out", "Not rehearsed", columns, found)


def answers(rehearsal: Rehearsed) -> Markup | None:
    """Each asking of a holder and what it took."""
    columns: list[Column] = [
        ("Tender", "text", lambda row: tag("code", text(row["purchase"]))),
        ("Holder", "text", lambda row: text(row["holder"])),
        ("Right", "text", lambda row: tag("code", text(row["clause"]))),
        ("Notice", "number", lambda row: words.number(row["round"])),
        ("Asked about", "number", lambda row: words.number(row["asked"])),
        ("Took", "number", lambda row: words.number(row["took"])),
        ("Answer", "text", lambda row: text(row["how"])),
        ("On", "day", lambda row: day(row["on"])),
    ]
    found = told(rehearsal, "shares").to_dicts()
    if not found:
        return None
    many = words.opened(words.count(len(found), "answer"))
    return table("answers", many, columns, found)


def steps(rehearsal: Rehearsed) -> Markup:
    """Every event with its sentence."""

    def when(row: Row) -> Content:
        at = row["at"]
        return tag("time", words.instant(at), datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}")

    columns: list[Column] = [
        ("At", "day", when),
        ("Tender", "text", lambda row: tag("code", text(row["tender"]))),
        ("Who", "text", lambda row: text(row["who"])),
        ("Step", "text", lambda row: text(row["what"])),
        ("Chips", "number", lambda row: words.number(row["chips"])),
        ("It says", "why", lambda row: text(row["sentence"])),
    ]
    found = told(rehearsal, "timeline").drop_nulls("at").to_dicts()
    return table("steps", words.opened(words.count(len(found), "step")), columns, found)
