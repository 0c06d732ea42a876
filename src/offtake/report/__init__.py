"""A plan as a page, pictures and words.

`render` writes all of it; `page_html`, `chart`, `png`, `summary` and `fragment` are its parts.
Files: result (what is asked of a plan) · words (numbers and days in words) · palette (colours) ·
takeaways, brief, caveats (sentences from the numbers) · charts/ (Vega-Lite) · markup, tables,
page, cell, clash (HTML). Altair and vl-convert load only where a chart is drawn.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from offtake.report.result import Result

if TYPE_CHECKING:
    import altair as alt

    from offtake.report.brief import Summary

__all__ = ["Result", "chart", "fragment", "page_html", "png", "render", "summary"]


def render(result: Result, out: Path) -> list[Path]:
    """Write `plan.html` and a PNG for each chart under `out`, made if absent; the paths written.

    A chart without rows is written too, as a picture that says so: no picture of an earlier plan
    stays behind. The same plan gives the same bytes.
    """
    from offtake.report import charts
    from offtake.report.page import page_html as whole

    out.mkdir(parents=True, exist_ok=True)
    page = out / "plan.html"
    page.write_text(whole(result), encoding="utf-8", newline="\n")
    written = [page]
    for name in charts.NAMES:
        picture = out / f"{name}.png"
        picture.write_bytes(charts.png(charts.chart(result, name)))
        written.append(picture)
    return written


def page_html(result: Result) -> str:
    """The plan as one page of HTML that loads nothing."""
    from offtake.report.page import page_html as whole

    return whole(result)


def chart(result: Result, name: str, scenario: str | None = None) -> alt.Chart:
    """One chart by name (`charts.NAMES`); `scenario` for the capacity chart only."""
    from offtake.report import charts

    return charts.chart(result, name, scenario=scenario)


def png(drawn: alt.Chart) -> bytes:
    """A chart of this room as a PNG of 2,000 points across."""
    from offtake.report import charts

    return charts.png(drawn)


def summary(result: Result) -> Summary:
    """The plan in a paragraph and its key figures."""
    from offtake.report.brief import summary as said

    return said(result)


def fragment(result: Result) -> str:
    """A small piece of HTML for a notebook: words, key figures and the purchases, no charts."""
    from offtake.report.cell import fragment as small

    return small(result)
