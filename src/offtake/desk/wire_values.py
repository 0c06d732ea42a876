"""Single values on the wire, strictly: texts, numbers, instants, days, bytes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

from offtake.desk.wire_kinds import WireError, shown
from offtake.units.instants import instant_of, instant_text

Change = Callable[[Any, str], Any]
"""A value and its place, to the value in the other form."""

_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,18}")
_NUMBER = re.compile(r"(-?)((?:0|[1-9][0-9]{0,29})(?:\.[0-9]{1,30})?)")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9}Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HEX = re.compile(r"(?:[0-9a-f]{2})*")


def refuse(value: Any, place: str, wanted: str) -> NoReturn:
    """Say what stands there instead of what is wanted."""
    raise WireError(f"{place} is {shown(value)}, not {wanted}")


def _exactly(kind: type, wanted: str) -> Change:
    def change(value: Any, place: str) -> Any:
        return value if type(value) is kind else refuse(value, place, wanted)

    return change


def _text(value: Any, place: str) -> str:
    if type(value) is not str:
        refuse(value, place, "a text")
    if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
        refuse(value, place, "a text of whole characters")
    return value


def _whole_out(value: Any, place: str) -> str:
    if type(value) is not int or not -(10**19) < value < 10**19:
        refuse(value, place, "a whole number of at most 19 digits")
    return str(value)


def _whole_in(value: Any, place: str) -> int:
    if type(value) is not str or _WHOLE.fullmatch(value) is None:
        refuse(value, place, "a whole number, as a string of at most 19 digits")
    return int(value)


def _number_out(value: Any, place: str) -> str:
    if type(value) is Decimal and value.is_finite() and -31 < value.adjusted() < 31:
        text = format(value if value else abs(value), "f")
        if _NUMBER.fullmatch(text):
            return text
    return refuse(value, place, "a decimal number of at most 30 digits and 30 decimals")


def _number_in(value: Any, place: str) -> Decimal:
    found = _NUMBER.fullmatch(value) if type(value) is str else None
    if found is None or (found[1] and not found[2].strip("0.")):
        refuse(value, place, "a decimal number, as a string of at most 30 digits and 30 decimals")
    return Decimal(found[0])


def _instant_out(value: Any, place: str) -> str:
    if type(value) is int:
        try:
            return instant_text(value)
        except ValueError:
            pass
    return refuse(value, place, "an instant: nanoseconds since 1970")


def _instant_in(value: Any, place: str) -> int:
    if type(value) is str and _INSTANT.fullmatch(value):
        try:
            return instant_of(value)
        except ValueError:
            pass
    return refuse(value, place, "an instant such as 2025-01-21T17:00:00.000000000Z")


def _day_out(value: Any, place: str) -> str:
    return value.isoformat() if type(value) is dt.date else refuse(value, place, "a day")


def _day_in(value: Any, place: str) -> dt.date:
    if type(value) is str and _DAY.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    return refuse(value, place, "a day such as 2025-01-21")


def _bytes_out(value: Any, place: str) -> str:
    return value.hex() if type(value) is bytes else refuse(value, place, "bytes")


def _bytes_in(value: Any, place: str) -> bytes:
    if type(value) is not str or _HEX.fullmatch(value) is None:
        refuse(value, place, "bytes as pairs of lower-case hexadecimal digits")
    return bytes.fromhex(value)


SINGLE: dict[Any, tuple[Change, Change]] = {
    bool: (_exactly(bool, "true or false"), _exactly(bool, "true or false")),
    str: (_text, _text),
    int: (_whole_out, _whole_in),
    Decimal: (_number_out, _number_in),
    dt.date: (_day_out, _day_in),
    bytes: (_bytes_out, _bytes_in),
}
AN_INSTANT = (_instant_out, _instant_in)
