"""The plan in a notebook's cell: words, key figures, purchases; no script, no chart."""

from __future__ import annotations

from offtake.report import tables, words
from offtake.report.brief import summary
from offtake.report.markup import tag
from offtake.report.result import Result, frame

_TILE = "display:inline-block;margin:0 2em .8em 0;vertical-align:top"


def fragment(result: Result) -> str:
    """A piece of HTML that takes the colours of the page it stands in."""
    said = summary(result)
    tiles = [
        tag(
            "div",
            tag("div", one.name, style="opacity:.7;font-size:.85em"),
            tag("div", one.value, style="font-size:1.2em;font-weight:bold"),
            tag("div", one.note, style="opacity:.7;font-size:.85em") if one.note else None,
            style=_TILE,
        )
        for one in said.figures
    ]
    bought = frame(result, "purchases")
    drawn = None if bought.is_empty() else tables.purchases(result)
    return tag(
        "div",
        tag("h3", f"{result.title}, as of {words.day(result.as_of)}"),
        tag("p", said.paragraph, style="max-width:60em"),
        tag("div", *tiles),
        drawn,
        class_="offtake-plan",
    )
