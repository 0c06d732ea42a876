"""A plan as a page, pictures and words.

`render` writes all of it; `page_html`, `chart`, `png`, `summary` and `fragment` are its parts.
Altair and vl-convert load only where a chart is drawn.

    result.py: a plan's tables as the report reads them
    words.py: numbers and days in words
    palette.py: colours, the same for a supplier in every chart
    takeaways.py: one sentence a chart, from its numbers
    brief.py: the plan in a paragraph and a few figures
    caveats.py: what the plan does not know; its certificate
    charts/: the charts, as Vega-Lite
    markup.py: HTML that escapes
    tables.py: the tables of the page
    page.py: the whole page
    cell.py: what a notebook shows
    clash.py: a book that no plan can meet, as page and as cell
    page.html: the page's frame
    style.css: how it looks, light, dark and printed
    script.js: the scenario menu and the tooltips
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
