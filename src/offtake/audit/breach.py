"""A breach, and how the plain data of events are read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Data = Mapping[str, Any]
"""One event, or a part of one, as plain data."""

UNREADABLE = (
    LookupError,
    TypeError,
    ValueError,
    ArithmeticError,
    AttributeError,
    RecursionError,
)
"""What reading an odd event may raise."""

SECOND = 1_000_000_000
"""Nanoseconds in a second."""

DAY = 86_400
"""Seconds in a day."""

_BEGIN = dt.datetime(1970, 1, 1)
_EPOCH = _BEGIN.toordinal()
_WITHIN = {f"{n // 60:02d}:{n % 60:02d}": n for n in range(3_600)}
"""Minutes and seconds as seconds of an hour: many instants are of hours that were read before."""


@dataclass(frozen=True)
class Breach:
    """A promise that the events do not keep: which, at which event (from 0), and how."""

    promise: str
    number: int
    sentence: str


@dataclass(frozen=True)
class Hidden:
    """An entry whose event the journal does not show: sealed for ever, or erased."""

    tender: str


@lru_cache(maxsize=65_536)
def instant(text: str) -> int:
    """`2025-01-21T17:00:00.000000000Z` as nanoseconds since 1970; ValueError otherwise."""
    decimals = text[20:-1]
    if len(text) != 30 or text[10:20:3] != "T::." or text[29] != "Z" or not text.isascii():
        raise ValueError(f"{text[:40]!r} is no instant")
    if not decimals.isdecimal():
        raise ValueError(f"{text!r} is no instant")
    try:
        second = _second(text[:14] + "00:00") + _WITHIN[text[14:19]]
    except (KeyError, ValueError):
        second = _second(text[:19])
    return second * SECOND + int(decimals)


@lru_cache(maxsize=65_536)
def _second(text: str) -> int:
    since = dt.datetime.fromisoformat(text) - _BEGIN
    return since.days * DAY + since.seconds


def maybe_instant(text: str | None) -> int | None:
    """An instant, or None where none is stated."""
    return None if text is None else instant(text)


@lru_cache(maxsize=4_096)
def day(text: str) -> int:
    """`2025-01-21` as days since 1970; ValueError otherwise."""
    return dt.date.fromisoformat(text).toordinal() - _EPOCH


def date(number: int) -> dt.date:
    """The date of a day counted from 1970."""
    return dt.date.fromordinal(_EPOCH + number)


def shown(at: int | None) -> str:
    """An instant as a sentence says it: no more decimals than it needs."""
    if at is None:
        return "no end"
    seconds, rest = divmod(at, SECOND)
    days, second = divmod(seconds, DAY)
    minute, second = divmod(second, 60)
    decimals = f".{rest:09d}".rstrip("0") if rest else ""
    clock = f"{minute // 60:02d}:{minute % 60:02d}:{second:02d}{decimals}"
    return f"{date(days).isoformat()} {clock} UTC"
