"""A book that no plan can meet: the lines that clash, and what would help, as page and as cell."""

from __future__ import annotations

from pathlib import Path

from offtake.plan.result import Clash, ClashMember
from offtake.report import words
from offtake.report.markup import Markup, tag
from offtake.report.page import document


def render_clash(clash: Clash, out: Path) -> list[Path]:
    """Write the page as `plan.html`; the pictures of an earlier plan there are taken away."""
    from offtake.report.charts import NAMES, OWED, REHEARSED

    out.mkdir(parents=True, exist_ok=True)
    for name in (*NAMES, *REHEARSED, *OWED):
        (out / f"{name}.png").unlink(missing_ok=True)
    page = out / "plan.html"
    page.write_text(clash_html(clash), encoding="utf-8", newline="\n")
    return [page]


def clash_html(clash: Clash) -> str:
    """The clash as one page of HTML that loads nothing and runs nothing."""
    header = tag(
        "header",
        tag("h1", "No plan meets this book"),
        tag("p", f"{clash.title} · as of {words.day(clash.as_of)}", class_="meta"),
        tag("p", _together(clash), class_="lead"),
    )
    main = tag("main", tag("h2", "What clashes, and what would help"), _lines(clash), id="main")
    return document("No plan meets this book", Markup(header + main))


def clash_cell(clash: Clash) -> str:
    """The clash as a piece of HTML that takes the colours of the notebook it stands in."""
    return tag(
        "div",
        tag("h3", f"No plan meets {clash.title}, as of {words.day(clash.as_of)}"),
        tag("p", _together(clash)),
        _lines(clash),
        class_="offtake-clash",
    )


def _together(clash: Clash) -> str:
    if len(clash.members) == 1:
        return "This line of the book cannot hold."
    number = words.opened(words.count(len(clash.members), "line"))
    return f"{number} of the book cannot hold together; without any one of them a plan exists."


def _lines(clash: Clash) -> Markup:
    return tag("ol", *(tag("li", _member(one)) for one in clash.members), class_="unknowns")


def _member(one: ClashMember) -> Markup:
    return tag(
        "div",
        tag("strong", one.sentence),
        tag("div", str(one.place), class_="place"),
        tag("div", one.change_sentence) if one.change_sentence else None,
    )
