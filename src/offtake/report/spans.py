"""The tenders of a rehearsal as spans of time in lanes, and the marks upon them.

A lane is a row of the chart: a tender has one, and more where spans of its own overlap.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from offtake.report.rehearsed import Rehearsed, tenders, told

Row = Mapping[str, Any]
BIDS, WINDOW, TAIL, LIFE = "bids", "window", "tail", "life"
_DONE = ("tender closed", "tender withdrawn")
_ANSWERS = ("answered", "lapsed", "right expired")


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` to `until`; a window is `used` until its answer, a tail until all is signed."""

    kind: str
    begin: dt.datetime
    used: dt.datetime
    until: dt.datetime
    sentence: str
    holder: str = ""
    key: tuple[Any, ...] = ()
    lane: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """What happened at one instant in one lane; `kind` is the weightiest of it."""

    kind: str
    at: dt.datetime
    what: str
    sentence: str
    lane: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """One tender: its life, the spans within it and its marks."""

    tender: str
    life: Span
    spans: tuple[Span, ...] = field(default=())
    marks: tuple[Mark, ...] = field(default=())

    @property
    def lanes(self) -> int:
        """How many rows it needs."""
        return 1 + max((one.lane for one in self.spans), default=0)


def courses(rehearsal: Rehearsed) -> list[Course]:
    """Each tender of the timeline, in the order of opening."""
    own: dict[str, list[Row]] = {name: [] for name in tenders(rehearsal)}
    for event in told(rehearsal, "timeline").drop_nulls("at").to_dicts():
        if event["tender"] in own:
            own[event["tender"]].append(event)
    return [_course(name, events) for name, events in own.items() if events]


def _course(tender: str, events: Sequence[Row]) -> Course:
    opening, end = events[0], events[-1]["at"]
    life = Span(LIFE, opening["at"], end, end, opening["sentence"])
    spans = _laned([one for i in range(len(events)) if (one := _span(events[i], events[i + 1 :]))])
    return Course(tender, life, spans, _marks(events, spans))


def _span(event: Row, later: Sequence[Row]) -> Span | None:
    """The span that begins with the event, if one does; it is cut where the tender ends."""
    end = later[-1]["at"] if later else event["at"]
    closed = next((one["at"] for one in later if one["what"] in _DONE), None)
    until = event["until"] or end
    until = until if closed is None else min(until, closed)
    span = Span(LIFE, event["at"], until, until, event["sentence"])
    if event["what"] == "bidding started":
        return replace(span, kind=BIDS)
    if event["what"] == "clock started":
        used = min(_answered(event, later) or until, until)
        key = (event["round"], event["clause"])
        return replace(span, kind=WINDOW, used=used, holder=event["holder"] or "", key=key)
    if event["what"] == "tail started" and event["chips"]:
        used = min(_signed(event, later) or until, until)
        return replace(span, kind=TAIL, used=used)
    return None


def _answered(event: Row, later: Sequence[Row]) -> dt.datetime | None:
    """When the holder last answered this asking, before the next of the same clause and round."""
    found: dt.datetime | None = None
    for one in later:
        if (one["round"], one["clause"]) != (event["round"], event["clause"]):
            continue
        if one["what"] == "clock started":
            break
        if one["what"] in _ANSWERS:
            found = one["at"]
    return found


def _signed(event: Row, later: Sequence[Row]) -> dt.datetime | None:
    """When the last of the tail's chips was signed with the bidder, or the tail ended."""
    left = event["chips"]
    for one in later:
        if one["round"] != event["round"]:
            continue
        if one["what"] == "tail ended":
            return one["at"]  # type: ignore[no-any-return]
        if one["what"] == "signed" and one["clause"] is None:
            left -= one["chips"] or 0
            if left <= 0:
                return one["at"]  # type: ignore[no-any-return]
    return None


def _laned(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Each span in the first lane that is free.

    A window leaves its lane with its answer: the rest of it is drawn below the lane.
    """
    free: list[dt.datetime] = []
    found = []
    for span in spans:
        lane = next((i for i, at in enumerate(free) if at <= span.begin), len(free))
        free[lane : lane + 1] = [span.used]
        found.append(replace(span, lane=lane))
    return tuple(found)


TOOK, NOT, SIGNED, REFUSED, FAILED, SERVICE, CLOSED, STEP = (
    "takes",
    "takes nothing",
    "signed",
    "refused by the desk",
    "failed or withdrawn",
    "in service",
    "closed",
    "other step",
)
KINDS = (FAILED, REFUSED, SIGNED, TOOK, NOT, CLOSED, SERVICE, STEP)
"""The weightiest first."""
_KIND = {
    "lapsed": NOT,
    "right expired": NOT,
    "signed": SIGNED,
    "refused": REFUSED,
    "taking failed": FAILED,
    "agreement failed": FAILED,
    "breached": FAILED,
    "tender withdrawn": FAILED,
    "delivered": SERVICE,
    "tender closed": CLOSED,
}


def _kind(event: Row) -> str:
    if event["what"] == "answered":
        return TOOK if event["chips"] else NOT
    return _KIND.get(event["what"], STEP)


def _marks(events: Sequence[Row], spans: Sequence[Span]) -> tuple[Mark, ...]:
    """One mark for all that happened at one instant in one lane."""
    found: dict[tuple[dt.datetime, int], list[Row]] = {}
    for event in events:
        own = [
            span.lane
            for span in spans
            if span.kind == WINDOW
            and span.key == (event["round"], event["clause"])
            and span.begin <= event["at"] <= span.until
            and event["what"] in ("clock started", *_ANSWERS)
        ]
        found.setdefault((event["at"], own[-1] if own else 0), []).append(event)
    return tuple(
        Mark(
            min((_kind(one) for one in same), key=KINDS.index),
            at,
            ", ".join(dict.fromkeys(one["what"] for one in same)),
            " ".join(one["sentence"] for one in same),
            lane,
        )
        for (at, lane), same in found.items()
    )
