"""The tenders of a rehearsal over time: bids, windows, tails, and what happened when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl

from offtake.report import spans, words
from offtake.report.charts import drawing
from offtake.report.palette import OTHERS, Look, coloured
from offtake.report.rehearsed import TAKEN, Rehearsed, fates, told
from offtake.report.result import Result

NAME = 30


def holders(result: Result, rehearsal: Rehearsed, look: Look) -> dict[str, str]:
    """The colour of each holder that was asked, in the order of asking; grey beyond the hues."""
    asked = pl.concat(
        [told(rehearsal, "timeline").filter(pl.col("what") == "clock started")["holder"],
         told(rehearsal, "shares")["holder"],
         fates(rehearsal).filter(pl.col("fate") == TAKEN)["party"]]
    )  # fmt: skip
    return coloured(result, look, (str(one) for one in asked.drop_nulls()))


def _rows(courses: Sequence[spans.Course]) -> dict[tuple[str, int], str]:
    """The row of each lane; its first five letters order it, only the first lane has a name."""
    found: dict[tuple[str, int], str] = {}
    for course in courses:
        for lane in range(course.lanes):
            name = "" if lane else words.cut(course.tender, NAME)
            found[course.tender, lane] = f"{len(found):04d} {name}"
    return found


def timeline(result: Result, rehearsal: Rehearsed, look: Look) -> Any:
    """A row for each tender: bids, each holder's window, the tail, and what happened when."""
    import altair as alt

    courses = spans.courses(rehearsal)
    if not courses:
        return drawing.nothing("No purchase of the plan was rehearsed.", look)
    rows = _rows(courses)
    y = alt.Y(
        field="row", type="nominal", scale=alt.Scale(domain=list(rows.values())),
        axis=alt.Axis(
            title=None, ticks=False, labelLimit=260, labelPadding=8,
            labelExpr="slice(datum.label, 5)",
        ),
    )  # fmt: skip
    each = 26 if len(rows) <= 12 else 19
    x = drawing.when("begin", span=_ends(result, courses))
    layers = [
        _lives(courses, rows, x, y, look),
        _bars(courses, rows, holders(result, rehearsal, look), x, y, look),
        _marks(courses, rows, y, look),
        drawing.today(result.as_of, look),
    ]
    return alt.layer(*layers).properties(height=drawing.tall(len(rows), each))


def _ends(result: Result, courses: Sequence[spans.Course]) -> tuple[dt.date, dt.date]:
    """All that is drawn, with room for the marks at both ends."""
    days = [result.as_of]
    for course in courses:
        days += [course.life.begin.date(), course.life.until.date()]
        days += [span.until.date() for span in course.spans]
    room = dt.timedelta(days=1 + (max(days) - min(days)).days // 60)
    return min(days) - room, max(days) + room


def _lives(
    courses: Sequence[spans.Course], rows: dict[tuple[str, int], str], x: Any, y: Any, look: Look
) -> Any:
    import altair as alt

    shown = pl.DataFrame(
        [
            (rows[one.tender, 0], one.life.begin, one.life.until, one.tender, one.life.sentence)
            for one in courses
        ],
        schema=_typed("row", "begin", "until", "tender", "sentence"),
        orient="row",
    )
    told_ = [
        alt.Tooltip(field="tender", type="nominal", title="Tender"),
        alt.Tooltip(field="sentence", type="nominal", title="It says"),
    ]
    line = alt.Chart(drawing.data(shown)).mark_rule(color=look.calm, strokeWidth=1.5)
    return line.encode(x=x, x2=alt.X2(field="until"), y=y, tooltip=told_)


def _typed(*columns: str) -> dict[str, Any]:
    times = ("begin", "until", "at")
    return {name: pl.Datetime("us", "UTC") if name in times else pl.String for name in columns}


_BIDS, _TAIL = "bids are taken", "tail"


def _stage(span: spans.Span, colours: dict[str, str], look: Look) -> str:
    if span.kind != spans.WINDOW:
        return _BIDS if span.kind == spans.BIDS else _TAIL
    grey = colours.get(span.holder, look.rest) == look.rest
    return f"window of {OTHERS if grey else span.holder}"


def _bars(
    courses: Sequence[spans.Course], rows: dict[tuple[str, int], str], colours: dict[str, str],
    x: Any, y: Any, look: Look,
) -> Any:  # fmt: skip
    """Bids, windows and tails; below each window a strip from its answer on to its deadline."""
    import altair as alt

    found = []
    for course in courses:
        for span in course.spans:
            stage = _stage(span, colours, look)
            days = f"{words.instant(span.begin)} to {words.instant(span.until)}"
            said = (stage, course.tender, days, span.sentence)
            row = rows[course.tender, span.lane]
            found.append((row, span.begin, span.used, *said, "used"))
            if span.kind == spans.WINDOW:
                found.append((row, span.used, span.until, *said, "unused"))
    columns = ("row", "begin", "until", "stage", "tender", "days", "sentence", "part")
    shown = pl.DataFrame(found, schema=_typed(*columns), orient="row")
    shown = shown.filter(pl.col("begin") < pl.col("until"))
    hues = {_BIDS: look.line}
    for name, colour in colours.items():
        hues[f"window of {OTHERS if colour == look.rest else name}"] = colour
    hues[_TAIL] = look.rest
    present = [one for one in hues if one in set(shown["stage"])]
    scale = alt.Scale(domain=present, range=[hues[one] for one in present])
    base = alt.Chart(drawing.data(shown)).encode(
        x=x, x2=alt.X2(field="until"), y=y,
        color=alt.Color(
            field="stage", type="nominal", scale=scale, legend=drawing.legend(present)
        ),
        tooltip=[
            alt.Tooltip(field=name, type="nominal", title=title)
            for name, title in (
                ("stage", "Step"), ("tender", "Tender"), ("days", "Time"),
                ("sentence", "It says"),
            )
        ],
    )  # fmt: skip
    whole = base.transform_filter("datum.part === 'used'")
    strip = base.transform_filter("datum.part === 'unused'")
    return alt.layer(
        whole.mark_bar(height=12, minBandSize=2),
        strip.mark_bar(height=3, yOffset=7.5, minBandSize=2),
    )


# Paths within a circle of radius one: a size of its own for each kind would be a scale more.
_BAR = "M-.3,-1.2H.3V1.2H-.3Z"
_CROSS = "M-.7,-1L0,-.3L.7,-1L1,-.7L.3,0L1,.7L.7,1L0,.3L-.7,1L-1,.7L-.3,0L-1,-.7Z"
_DOT = "M-.5,0A.5,.5,0,1,1,.5,0A.5,.5,0,1,1,-.5,0Z"


def _shapes(look: Look) -> dict[str, tuple[str, str, str]]:
    """Shape, fill and stroke of each kind of mark, in the order of the legend."""
    return {
        spans.TOOK: ("circle", look.ink, look.paper),
        spans.NOT: ("circle", look.paper, look.ink),
        spans.SIGNED: ("diamond", look.ink, look.paper),
        spans.REFUSED: (_CROSS, look.alarm, look.alarm),
        spans.FAILED: ("triangle-down", look.alarm, look.paper),
        spans.SERVICE: ("triangle-right", look.quiet, look.paper),
        spans.CLOSED: (_BAR, look.quiet, look.paper),
        spans.STEP: (_DOT, look.quiet, look.paper),
    }


def _marks(
    courses: Sequence[spans.Course], rows: dict[tuple[str, int], str], y: Any, look: Look
) -> Any:
    """What happened when, with the desk's own sentences."""
    import altair as alt

    found = [
        (rows[one.tender, mark.lane], mark.at, mark.kind, one.tender, words.opened(mark.what),
         words.instant(mark.at), mark.sentence)
        for one in courses
        for mark in sorted(one.marks, key=lambda mark: -spans.KINDS.index(mark.kind))
    ]  # fmt: skip
    columns = ("row", "at", "kind", "tender", "what", "said", "sentence")
    shown = pl.DataFrame(found, schema=_typed(*columns), orient="row")
    shapes = _shapes(look)
    kinds = [one for one in shapes if one in set(shown["kind"])]
    key = drawing.legend(columns=len(shapes), symbolStrokeWidth=1.2)

    def by_kind(part: int) -> dict[str, Any]:
        scale = alt.Scale(domain=kinds, range=[shapes[one][part] for one in kinds])
        return {"field": "kind", "type": "nominal", "scale": scale, "legend": key}

    return (
        alt.Chart(drawing.data(shown))
        .mark_point(filled=True, opacity=1, size=75, strokeWidth=1.2)
        .encode(
            x=alt.X(field="at", type="temporal"), y=y,
            shape=alt.Shape(**by_kind(0)),
            fill=alt.Fill(**by_kind(1)),
            stroke=alt.Stroke(**by_kind(2)),
            tooltip=[
                alt.Tooltip(field=name, type="nominal", title=title)
                for name, title in (
                    ("what", "Step"), ("tender", "Tender"), ("said", "At"),
                    ("sentence", "It says"),
                )
            ],
        )
    )  # fmt: skip
