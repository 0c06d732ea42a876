"""Numbers, days and lists as a reader says them; nothing here knows of a plan."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MINUS = "\u2212"
NONE = "\u2013"


def number(value: float | None, digits: int = 0) -> str:
    """12,345 with a true minus sign; a dash where there is no value."""
    if value is None or not math.isfinite(value):
        return NONE
    text = f"{abs(value):,.{digits}f}"
    return MINUS + text if value < 0 and float(text.replace(",", "")) else text


def scale(largest: float) -> tuple[float, str]:
    """The divisor and its letter under which the largest value reads as 1 to 999."""
    for size, letter in _SCALES:
        if abs(largest) >= size:
            return size, letter
    return 1.0, ""


def money(value: float | None, currency: str) -> str:
    """1.23 B USD or 8,400 USD: three significant figures, no decimals that say nothing."""
    if value is None or not math.isfinite(value):
        return NONE
    # Rounded first: 999.9 M is 1 B, not 1000 M.
    rounded = float(f"{value:.3g}")
    size, letter = _money_scale(rounded)
    return f"{number(rounded / size, _digits(rounded / size))} {letter}{currency}"


def between(low: float, high: float, currency: str) -> str:
    """410 to 455 M USD: both ends in the scale and with the decimals of the finer one."""
    ends = [float(f"{one:.3g}") for one in (low, high)]
    size, letter = _money_scale(max(ends, key=abs))
    digits = max(_digits(one / size) for one in ends)
    shown = list(dict.fromkeys(number(one / size, digits) for one in ends))
    return f"{' to '.join(shown)} {letter}{currency}"


def _money_scale(largest: float) -> tuple[float, str]:
    size, letter = scale(largest)
    return (size, f"{letter} ") if size >= 1e6 else (1.0, "")


def _digits(shown: float) -> int:
    """The decimals of a number of three significant figures: none where they are all zeros."""
    digits = 2 if abs(shown) < 10 else 1 if abs(shown) < 100 else 0
    return digits if round(shown, digits) != round(shown) else 0


def share(value: float | None) -> str:
    """0.125 as 12.5%; what would round to nothing is said to be small, not none."""
    if value is None or not math.isfinite(value):
        return NONE
    percent = 100 * value
    if 0 < abs(percent) < 0.01:
        return "less than 0.01%"
    digits = 2 if 0 < abs(percent) < 1 else 1
    return f"{number(percent, digits)}%".replace(".0%", "%")


def day(value: dt.date | None) -> str:
    """14 Jun 2025."""
    return NONE if value is None else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def instant(value: dt.datetime | None) -> str:
    """14 Jun 2025, 17:00 UTC, of an instant in UTC."""
    return NONE if value is None else f"{day(value)}, {value:%H:%M} UTC"


def month(value: dt.date | None) -> str:
    """Jun 2025."""
    return NONE if value is None else f"{_MONTHS[value.month - 1]} {value.year}"


def after(value: dt.date, count: int) -> dt.date:
    """The first of the month `count` months after the given one."""
    total = value.year * 12 + value.month - 1 + count
    return dt.date(total // 12, total % 12 + 1, 1)


def count(many: int, one: str, more: str | None = None) -> str:
    """Three purchases, 25 purchases, no purchase: small counts in letters."""
    return f"{many_of(many)} {one if many in (0, 1) else more or one + 's'}"


def many_of(many: int) -> str:
    """A count by itself: no to ten in letters, more in figures."""
    return _SMALL[many] if 0 <= many < len(_SMALL) else f"{many:,}"


def listed(names: Sequence[str], most: int = 4) -> str:
    """a, b and c; beyond `most` the rest is counted."""
    shown = list(names)
    if len(shown) > most:
        shown = [*shown[: most - 1], f"{len(shown) - most + 1} others"]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def opened(sentence: str) -> str:
    """The sentence with its first letter a capital."""
    return sentence[:1].upper() + sentence[1:]


def cut(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis within `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
