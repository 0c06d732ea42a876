"""A chart's place in the page, with its takeaway and its numbers."""

from __future__ import annotations

from typing import Any

from offtake.report.markup import Markup, script_data, tag


def figure(
    name: str,
    title: str,
    sentence: str,
    drawn: dict[str, Any] | None,
    numbers: Markup | None = None,
    shown: str = "The numbers",
) -> Markup:
    """A chart with its takeaway, or the takeaway alone where there is nothing to draw."""
    heading = tag("h3", title)
    if drawn is None:
        return tag("div", heading, tag("p", sentence, class_="none"))
    caption = tag("figcaption", heading, tag("p", sentence))
    place = tag("div", class_="chart", data_chart=f"data-{name}", data_label=f"{title}. {sentence}")
    more = tag("details", tag("summary", shown), numbers) if numbers else None
    return tag("figure", caption, place, script_data(f"data-{name}", drawn), more)
