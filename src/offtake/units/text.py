"""The lexer of all quantities: what a number and a word may be, and what is said of all else.

Nothing is converted before a pattern of bounded length has matched, so the cost of refusing a text
does not grow with the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")

LONGEST = 80
"""Characters in the longest text that is read at all."""

NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,9})?"
WHOLE = r"[0-9]{1,15}"

EXACT = Context(prec=120, Emax=200, Emin=-200, traps=[InvalidOperation, DivisionByZero, Overflow])
"""Wide enough that sums and changes of scale of `bounded` numbers are exact.

Used by name, so that nobody's thread-wide decimal context changes a figure.
"""

Scales = tuple[tuple[str, int], ...]
"""Names of scales and their powers of ten, ascending from power 0."""

_DIGITS_MOST = 50
_WRITABLE = re.compile("-?" + NUMBER)


class QuantityError(ValueError):
    """A text is not the quantity it should be, or two quantities do not fit together.

    The message is one sentence that quotes the text; `hint` says how to mend it.
    """

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint

    def __reduce__(self) -> tuple[type[QuantityError], tuple[str, str]]:
        return type(self), (str(self), self.hint)


def quoted(text: str) -> str:
    """The text as it may safely be shown: shortened, one line, with every odd character escaped."""
    return ascii(text if len(text) <= 32 else text[:29] + "...")


def refused(text: str, what: str, example: str, hint: str = "") -> QuantityError:
    """The error for a text that is not `what`; where no hint is given, the text suggests one."""
    return QuantityError(
        f"{quoted(text)} is not {what} such as {example!r}", hint or _suggested(text, example)
    )


def matched(text: str, pattern: re.Pattern[str], what: str, example: str) -> re.Match[str]:
    """The whole text against a pattern, or the error."""
    match = pattern.fullmatch(text)
    if match is None:
        raise refused(text, what, example)
    return match


def reader(parse: Callable[[str], T]) -> Callable[[str], T]:
    """A parser that remembers its answers and never hashes, or even scans, an overlong text."""
    remembered = lru_cache(maxsize=4096)(parse)

    @wraps(parse)
    def read(text: str) -> T:
        if not isinstance(text, str):
            raise QuantityError(f"a text is expected here, not {type(text).__name__}")
        if len(text) > LONGEST:
            raise QuantityError(
                f"{quoted(text)} has {len(text)} characters; a quantity has at most {LONGEST}",
                "write the quantity alone; words belong in a note",
            )
        return remembered(text)

    return read


def bounded(number: Decimal, what: str) -> Decimal:
    """The number, if it is a finite Decimal of sane size; made-up magnitudes stop here."""
    if not isinstance(number, Decimal):
        raise TypeError(f"{what} is a Decimal, not {type(number).__name__}")
    if not number.is_finite():
        raise QuantityError(f"{what} must be finite")
    exponent = number.as_tuple().exponent
    if number.adjusted() >= _DIGITS_MOST or (
        isinstance(exponent, int) and exponent < -_DIGITS_MOST
    ):
        raise QuantityError(f"{what} has more than {_DIGITS_MOST} digits on one side of the point")
    return number


def plain(number: Decimal) -> str:
    """A decimal without exponent and without zeros that say nothing."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def scaled(number: Decimal, scales: Scales, shown: Scales) -> tuple[str, str]:
    """The number in the scale in which it reads best: its digits, and the scale's name.

    Best is the largest of `shown` that leaves at least one whole unit and at most three decimals;
    failing that, the smallest of `scales` that the grammar has digits for, so that what was read
    can always be read again.
    """
    for name, power in reversed(shown):
        digits = plain(EXACT.scaleb(number, -power))
        short = len(digits.partition(".")[2]) <= 3 and _WRITABLE.fullmatch(digits)
        if short and abs(number) >= 10**power:
            return digits, name
    for name, power in scales:
        digits = plain(EXACT.scaleb(number, -power))
        if _WRITABLE.fullmatch(digits):
            return digits, name
    return plain(number), scales[0][0]


def odd_character(text: str) -> str:
    """Which character is not plain printable ASCII, by its Unicode name; empty if all are."""
    for index, char in enumerate(text):
        if not " " <= char <= "~":
            name = unicodedata.name(char, "a control character")
            return f"character {index + 1} is U+{ord(char):04X} ({name})"
    return ""


def _suggested(text: str, example: str) -> str:
    """What is most likely wrong with a text, in the order in which people get it wrong."""
    if odd := odd_character(text):
        return f"{odd}; use plain ASCII"
    if not text:
        return f"write for example {example}"
    if text != text.strip(" ") or "  " in text:
        return "one space between words, none around them"
    low = text.lower()
    if re.match(r"[+-]?(nan|inf|snan)", low):
        return "a number has digits"
    if text[0] in "+-":
        return "a number has no sign"
    if re.match(r"[0-9]+(,|_|')[0-9]", text):
        return "write the digits without separators, and a point before decimals"
    if re.match(r"[0-9.]+e[+-]?[0-9]", low):
        return "write the digits in full, without an exponent"
    if re.match(r"[0-9]{16}", text):
        return "a number has at most 15 digits before the point"
    if re.match(r"[0-9]+\.[0-9]{10}", text):
        return "a number has at most 9 digits after the point"
    if re.match(r"\.[0-9]|[0-9]+\.(?![0-9])", text):
        return "write at least one digit on either side of the point"
    if re.match(NUMBER + "[A-Za-z]", text) or re.match(NUMBER + " +%", text):
        return "one space between a number and its unit, none before %"
    if re.fullmatch(NUMBER, text) and not example[-1].isdigit():
        return f"a bare number has no unit; write for example {example}"
    return f"write for example {example}"
