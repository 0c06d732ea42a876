"""The page of a book that no plan can meet: the lines that clash, and what would help."""

from __future__ import annotations

from offtake.plan.result import Clash, ClashMember
from offtake.report import words
from offtake.report.markup import Markup, tag
from offtake.report.page import document


def clash_html(clash: Clash) -> str:
    """The clash as one page of HTML that loads nothing and runs nothing."""
    number = words.count(len(clash.members), "line")
    together = (
        "This line of the book cannot hold."
        if len(clash.members) == 1
        else f"{words.opened(number)} of the book cannot hold together; "
        "without any one of them a plan exists."
    )
    lines = tag("ol", *(tag("li", _member(one)) for one in clash.members), class_="unknowns")
    header = tag(
        "header",
        tag("h1", "No plan meets this book"),
        tag("p", f"{clash.title} · as of {words.day(clash.as_of)}", class_="meta"),
        tag("p", together, class_="lead"),
    )
    main = tag("main", tag("h2", "What clashes, and what would help"), lines, id="main")
    return document("No plan meets this book", Markup(header + main))


def _member(one: ClashMember) -> Markup:
    return tag(
        "div",
        tag("strong", one.sentence),
        tag("div", str(one.place), class_="place"),
        tag("div", one.change_sentence) if one.change_sentence else None,
    )
