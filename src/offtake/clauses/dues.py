"""When a sum is due, as contracts say it: at signing, or some time before or after the start."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema

from offtake.book.faults import Misread
from offtake.units import Calendar, Duration, QuantityError, parse_duration

NO_TIME = Duration(0, "days")


@dataclass(frozen=True, slots=True)
class Dated:
    """A day that a clause states or counts, and what happens on it or must happen by it."""

    name: str
    """The same for this day of the clause whenever it falls: `notice`, `exercise`."""
    day: dt.date
    sentence: str


@dataclass(frozen=True, slots=True)
class Due:
    """When a sum is due: `at signing`, `at start`, or some days `before start` or `after start`."""

    when: Literal["at signing", "at start", "before start", "after start"]
    length: Duration = NO_TIME

    def on(self, start: dt.date, signed: dt.date | None, calendar: Calendar) -> dt.date | None:
        """The day, for a delivery that starts on `start`; None where `signed` is not known."""
        if self.when == "at signing":
            return signed
        if self.when == "before start":
            return calendar.latest(start, self.length)
        return calendar.add(start, self.length)

    def __str__(self) -> str:
        return f"{self.length} {self.when}" if self.length.count else self.when


def _read_due(value: Any) -> Any:
    """The small grammar of `Due`."""
    if isinstance(value, Due):
        return value
    text = value if isinstance(value, str) else ""
    if text in ("at signing", "at start"):
        return Due("at signing" if text == "at signing" else "at start")
    found = re.fullmatch(r"(.{1,40}) (before|after) start", text)
    try:
        if found is not None:
            side: Literal["before start", "after start"] = (
                "before start" if found[2] == "before" else "after start"
            )
            length = parse_duration(found[1])
            if length.unit != "hours":
                return Due(side, length)
    except QuantityError as error:
        raise Misread(str(error), "bad-due", error.hint) from error
    sentence = f"{text[:40]!r} does not say when a sum is due."
    raise Misread(sentence, "bad-due", "such as 30 days before start, or at signing")


DueText = Annotated[
    Due,
    BeforeValidator(_read_due),
    WithJsonSchema(
        {
            "type": "string",
            "description": "when a sum is due",
            "pattern": r"^(at (signing|start)|[0-9]{1,15} [a-z ]+ (before|after) start)$",
            "examples": ["30 days before start", "at start", "at signing"],
        }
    ),
]
