"""Writes examples/lab/metering.csv: `python tools/lab_metering.py`.

Hours of use of the lab's contract `a-2025`, January to March 2026. All of it is assumed: research
takes two thirds of the 256 chips in January and a little more each month, on weekends four fifths
of that, over the day in the shape of `chat` in demand.yaml. Nothing is left to chance.

A test holds the file to what this makes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

FILE = Path(__file__).parents[1] / "examples" / "lab" / "metering.csv"
ZONE = ZoneInfo("America/New_York")
CHIPS = 256
PERCENT = {1: 66, 2: 70, 3: 74}
"""Of the chips, on a weekday's mean hour, by month."""
WEEKEND = 80
SHAPE = (
    101, 84, 77, 74, 74, 74, 84, 98, 105, 103, 101, 103,
    113, 113, 103, 96, 91, 98, 101, 113, 122, 129, 127, 117,
)  # fmt: skip
"""Percent of the mean, by the hour of the lab's own clock."""


def rows() -> Iterator[str]:
    """The lines of the file: whole chips, so that an hour's chip-hours are a whole number."""
    yield "agreement,start,chip_hours\n"
    hour = dt.datetime(2026, 1, 1, tzinfo=ZONE).astimezone(dt.UTC)
    while (local := hour.astimezone(ZONE)).month <= 3:
        day = WEEKEND if local.weekday() >= 5 else 100
        chips = CHIPS * PERCENT[local.month] * day * SHAPE[local.hour] // 10**6
        yield f"a-2025,{hour:%Y-%m-%dT%H:%M:%SZ},{min(CHIPS, chips)}\n"
        hour += dt.timedelta(hours=1)


def text() -> str:
    """The whole file."""
    return "".join(rows())


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8", newline="\n")
