"""Traces of requests: the one reader of their rows, and the shape of a day that they make."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from offtake.book.faults import Fault, Misread
from offtake.book.tables import numbered

TIMES = ("timestamp", "arrival", "arrived_at")
TOKENS = (
    ("contexttokens", "generatedtokens"),
    ("input_length", "output_length"),
    ("prompt_tokens", "completion_tokens"),
    ("input_tokens", "output_tokens"),
    ("request tokens", "response tokens"),
)
"""Names of the tokens read and written, as Azure, Mooncake, OpenAI, and BurstGPT call them."""
LOGGED_MOST = 1 << 20
"""Characters in the longest line of a log that is read."""
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?"
    r"(?: ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?"
)
_SECONDS = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,9}))?")
_COUNT = re.compile(r"[0-9]{1,12}")
_STEP = Decimal("0.000000001")
_MICRO = 1_000_000
_FIRST = dt.datetime(1970, 1, 1)


class Request(NamedTuple):
    """One request: microseconds since 1970, or since a midnight, and its tokens.

    The time is as written; `offset` is its seconds east of UTC where the text says so.
    """

    at: int
    offset: int | None
    context: int
    generated: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the header of a trace has the time, and the tokens where it counts them."""

    time: int
    context: int | None = None
    generated: int | None = None

    @property
    def weighs(self) -> bool:
        """Whether requests weigh by their tokens."""
        return self.context is not None or self.generated is not None


def columns_of(
    names: Sequence[str], time: str = "", context: str = "", generated: str = ""
) -> Columns:
    """The columns of a trace by its header: those named, else those of a known kind of trace."""
    known = [name.strip().lower() for name in names]

    def at(name: str) -> int:
        if name.lower() not in known:
            raise Misread(f"The trace has no column {name[:60]}.", "bad-trace")
        return known.index(name.lower())

    when = at(time) if time else next((known.index(n) for n in TIMES if n in known), None)
    if when is None:
        sentence = "The trace has no column timestamp or arrival."
        raise Misread(sentence, "bad-trace", "name the column of instants timestamp")
    if context or generated:
        return Columns(when, at(context) if context else None, at(generated) if generated else None)
    if "tokens" in known:
        return Columns(when, known.index("tokens"))
    for pair in TOKENS:
        if set(pair) <= set(known):
            return Columns(when, known.index(pair[0]), known.index(pair[1]))
    return Columns(when)


def request_of(cells: Sequence[str], columns: Columns, where: str) -> Request:
    """The request in a row; `where` begins the sentence of the `Misread` that says what is wrong.

    The text of a time is an ISO instant, or seconds from a midnight.
    """
    at, offset = when(cells[columns.time], where)
    context = 0 if columns.context is None else _tokens(cells[columns.context], where)
    generated = 0 if columns.generated is None else _tokens(cells[columns.generated], where)
    return Request(at, offset, context, generated)


def logged(line: str, where: str) -> Request:
    """The request in a line of JSON: `timestamp` in milliseconds, `input_length`, `output_length`.

    As in Mooncake's traces.
    """
    try:
        found: Any = json.loads(line, parse_constant=str) if len(line) <= LOGGED_MOST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Misread(f"{where} is not an object of JSON.", "bad-trace")
    values: list[int] = []
    for name in ("timestamp", "input_length", "output_length"):
        value = found.get(name)
        if type(value) is not int or not 0 <= value < 10**15:
            sentence = f"{where} has no whole number {name}."
            raise Misread(sentence, "bad-trace", "timestamp is in milliseconds")
        values.append(value)
    return Request(values[0] * 1_000, None, values[1], values[2])


def shape_of(text: str) -> tuple[Decimal, ...]:
    """24 numbers with mean 1: the load of each hour of the day, averaged over the trace's days.

    The trace is CSV with a column `timestamp` or `arrival` (an ISO instant, or seconds from a
    midnight); `tokens`, or `ContextTokens` and `GeneratedTokens`, weigh the requests where they
    are there; or lines of JSON with `timestamp` in milliseconds, `input_length` and
    `output_length`. Hours are as written in the trace. Raises `Misread`.
    """
    load: Counter[int] = Counter()
    days: dict[int, set[int]] = {}
    for one, weighs in _requests(text):
        day, hour = divmod(one.at // (3_600 * _MICRO), 24)
        load[hour] += one.context + one.generated if weighs else 1
        days.setdefault(hour, set()).add(day)
    return _averaged(load, days)


def _requests(text: str) -> Iterator[tuple[Request, bool]]:
    """Each request of a whole trace, and whether it weighs by its tokens."""
    if text[:1] == "{":
        for line, one in enumerate(text.splitlines(), 1):
            if one.strip():
                yield logged(one, f"Line {line} of the trace"), True
        return
    faults: list[Fault] = []
    rows = numbered(text, "", faults)
    names = next(rows, (0, []))[1]
    if not faults:
        columns = columns_of(names)
        for line, cells in rows:
            if len(cells) != len(names):
                raise Misread(f"Line {line} of the trace has {len(cells)} cells.", "bad-trace")
            yield request_of(cells, columns, f"Line {line} of the trace"), columns.weighs
    if faults:
        raise Misread(f"The trace is not CSV (line {faults[0].place.line}).", "bad-trace")


def _averaged(load: Counter[int], days: dict[int, set[int]]) -> tuple[Decimal, ...]:
    if len(days) < 24:
        sentence = f"The trace covers {len(days)} of the 24 hours of a day."
        raise Misread(sentence, "short-trace", "write 24 numbers, or name a longer trace")
    means = [Decimal(load[hour]) / len(days[hour]) for hour in range(24)]
    total = sum(means)
    if not total:
        raise Misread("The trace carries no load.", "bad-trace")
    return tuple((24 * mean / total).quantize(_STEP) for mean in means)


def when(text: str, where: str) -> tuple[int, int | None]:
    """A time as microseconds, as written, and its offset from UTC in seconds where it says one."""
    if found := _ISO.fullmatch(text):
        zone = found[5]
        # What is finer than a microsecond is cut off.
        bare = text if zone is None else text[: found.start(5)].rstrip()
        try:
            passed = dt.datetime.fromisoformat(bare) - _FIRST
        except ValueError:
            passed = None
        if passed is not None:
            at = (passed.days * 86_400 + passed.seconds) * _MICRO + passed.microseconds
            return at, None if zone is None else _east(zone)
    elif found := _SECONDS.fullmatch(text):
        return int(found[1]) * _MICRO + int((found[2] or "")[:6].ljust(6, "0")), None
    hint = "such as 2025-01-21T17:00:00, or seconds"
    raise Misread(f"{where} has no time: {text[:40]!r}.", "bad-trace", hint)


def _east(zone: str) -> int:
    if zone in ("Z", "UTC"):
        return 0
    seconds = int(zone[1:3]) * 3_600 + int(zone[-2:]) * 60
    return seconds if zone[0] == "+" else -seconds


def _tokens(text: str, where: str) -> int:
    if _COUNT.fullmatch(text) is None:
        raise Misread(f"{where} has no count: {text[:40]!r}.", "bad-trace")
    return int(text)
