"""A plan as a page, pictures and words.

`render` writes all of it; `page_html`, `chart`, `png`, `summary` and `fragment` are its parts.
Altair and vl-convert load only where a chart is drawn.

    result.py: a plan's tables as the report reads them
    words.py: numbers and days in words
    palette.py: colours, the same for a supplier in every chart
    rehearsed.py: the tables of a rehearsal as the report reads them
    spans.py: the tenders of a rehearsal as spans of time and marks
    takeaways.py: one sentence a chart, from its numbers
    retold.py: one sentence a chart of a rehearsal, from its numbers
    brief.py: the plan in a paragraph and a few figures
    caveats.py: what the plan does not know; its certificate
    charts/: the charts, as Vega-Lite
    markup.py: HTML that escapes
    tables.py: the tables of the page
    figure.py: a chart's place in the page
    tendered.py: the section on a rehearsal
    owing.py: statements and capital calls as the report reads them, and a sentence a chart
    owed.py: the section on what is owed under signed agreements
    page.py: the whole page
    cell.py: what a notebook shows
    clash.py: a book that no plan can meet, as page and as cell
    statement.py: what is owed for a month, as a page to file and to print
    page.html: the page's frame
    style.css: how it looks, light, dark and printed
    script.js: the scenario menu and the tooltips
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from offtake.report.owing import Owing
from offtake.report.rehearsed import Rehearsed
from offtake.report.result import Result

if TYPE_CHECKING:
    import altair as alt

    from offtake.report.brief import Summary

__all__ = [
    "Owing",
    "Rehearsed",
    "Result",
    "chart",
    "fragment",
    "page_html",
    "png",
    "render",
    "summary",
]


def render(
    result: Result,
    out: Path,
    rehearsal: Rehearsed | None = None,
    owing: Owing | None = None,
) -> list[Path]:
    """Write `plan.html` and a PNG for each chart under `out`, made if absent; the paths written.

    With a rehearsal of the plan its charts are there too, and those of what is owed. A chart
    without rows is written as a picture that says so: no picture of an earlier plan stays behind,
    nor of what is not given this time. The same plan and rehearsal give the same bytes.
    """
    from offtake.report import charts
    from offtake.report.page import page_html as whole

    out.mkdir(parents=True, exist_ok=True)
    page = out / "plan.html"
    page.write_text(whole(result, rehearsal, owing), encoding="utf-8", newline="\n")
    written = [page]
    absent = {
        *(charts.REHEARSED if rehearsal is None else ()),
        *(charts.OWED if owing is None else ()),
    }
    for name in (*charts.NAMES, *charts.REHEARSED, *charts.OWED):
        picture = out / f"{name}.png"
        if name in absent:
            picture.unlink(missing_ok=True)
            continue
        drawn = charts.chart(result, name, rehearsal=rehearsal, owing=owing)
        picture.write_bytes(charts.png(drawn))
        written.append(picture)
    return written


def page_html(
    result: Result, rehearsal: Rehearsed | None = None, owing: Owing | None = None
) -> str:
    """The plan, its rehearsal and what is owed if given, as one page of HTML that loads nothing."""
    from offtake.report.page import page_html as whole

    return whole(result, rehearsal, owing)


def chart(
    result: Result,
    name: str,
    scenario: str | None = None,
    rehearsal: Rehearsed | None = None,
    owing: Owing | None = None,
) -> alt.Chart:
    """One chart by name (`charts.NAMES`); `scenario` for the capacity chart only.

    Those of a rehearsal (`charts.REHEARSED`) need it, those of what is owed (`charts.OWED`) that.
    """
    from offtake.report import charts

    return charts.chart(result, name, scenario=scenario, rehearsal=rehearsal, owing=owing)


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
