"""The hourly shape of demand from a trace of requests."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from offtake.book.faults import Fault, Misread
from offtake.book.tables import numbered

_TIMES = ("timestamp", "arrival")
_TOKENS = (("tokens",), ("contexttokens", "generatedtokens"))
_ISO = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([01][0-9]|2[0-3]):[0-5][0-9]")
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
_COUNT = re.compile(r"[0-9]{1,12}")
_STEP = Decimal("0.000000001")


def shape_of(text: str) -> tuple[Decimal, ...]:
    """24 numbers with mean 1: the load of each hour of the day, averaged over the trace's days.

    The trace is CSV with a column `timestamp` or `arrival` (an ISO instant, or seconds from a
    midnight); `tokens`, or `ContextTokens` and `GeneratedTokens`, weigh the requests where they
    are there. Hours are as written in the trace. Raises `Misread`.
    """
    faults: list[Fault] = []
    rows = numbered(text, "", faults)
    names = [name.strip().lower() for name in next(rows, (0, []))[1]]
    time = next((names.index(n) for n in _TIMES if n in names), None)
    if time is None and not faults:
        raise Misread("The trace has no column timestamp or arrival.", "bad-trace")
    weigh = next(([names.index(n) for n in c] for c in _TOKENS if set(c) <= set(names)), [])
    load: Counter[int] = Counter()
    days: dict[int, set[str]] = {}
    for line, cells in rows:
        if len(cells) != len(names):
            raise Misread(f"Line {line} of the trace has {len(cells)} cells.", "bad-trace")
        day, hour = _when(cells[time or 0], line)
        load[hour] += sum(_tokens(cells[i], line) for i in weigh) if weigh else 1
        days.setdefault(hour, set()).add(day)
    if faults:
        raise Misread(f"The trace is not CSV (line {faults[0].place.line}).", "bad-trace")
    return _averaged(load, days)


def _averaged(load: Counter[int], days: dict[int, set[str]]) -> tuple[Decimal, ...]:
    if len(days) < 24:
        sentence = f"The trace covers {len(days)} of the 24 hours of a day."
        raise Misread(sentence, "short-trace", "write 24 numbers, or name a longer trace")
    means = [Decimal(load[hour]) / len(days[hour]) for hour in range(24)]
    total = sum(means)
    if not total:
        raise Misread("The trace carries no load.", "bad-trace")
    return tuple((24 * mean / total).quantize(_STEP) for mean in means)


def _when(text: str, line: int) -> tuple[str, int]:
    if found := _ISO.match(text):
        return found[1], int(found[2])
    if _SECONDS.fullmatch(text):
        seconds = int(text.partition(".")[0])
        return str(seconds // 86_400), seconds // 3_600 % 24
    hint = "such as 2025-01-21T17:00:00, or seconds"
    raise Misread(f"Line {line} of the trace has no time: {text[:40]!r}.", "bad-trace", hint)


def _tokens(text: str, line: int) -> int:
    if _COUNT.fullmatch(text) is None:
        raise Misread(f"Line {line} of the trace has no count: {text[:40]!r}.", "bad-trace")
    return int(text)
