"""Events, commands and envelopes as plain data, as JSON Lines, and back, in one form only.

A key is ASCII, a number a decimal string (`"1024"`, `"-0.5"`), an instant RFC 3339 in UTC with nine
decimals, a day ISO 8601, a tuple a list, bytes lower-case hexadecimal digits; true and false are
themselves. Every field is written: what is None is null. `type` is the class. What is written in
any other way is refused with one sentence, so equal texts and equal events are the same thing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from offtake.desk.commands import Command, Envelope
from offtake.desk.events import Event
from offtake.desk.wire_coders import coder, tagged
from offtake.desk.wire_fast import UNREADABLE, read, writer
from offtake.desk.wire_kinds import COMMANDS, EVENTS, NAMED
from offtake.desk.wire_kinds import INSTANTS as INSTANTS
from offtake.desk.wire_kinds import WireError as WireError


def data_of(value: Event | Command | Envelope) -> dict[str, Any]:
    """An event, a command or an envelope as plain data."""
    kind = type(value)
    if kind not in NAMED:
        raise WireError(f"{kind.__name__} is no event, command or envelope")
    data: dict[str, Any] = coder(kind)[0](value, kind.__name__)
    return data


def event_of(data: Mapping[str, Any]) -> Event:
    """The event that plain data state; WireError if they are not in the one form."""
    event: Event = tagged(data, EVENTS, "an event")
    return event


def command_of(data: Mapping[str, Any]) -> Command:
    """The command that plain data state; WireError if they are not in the one form."""
    command: Command = tagged(data, COMMANDS, "a command")
    return command


def envelope_of(data: Mapping[str, Any]) -> Envelope:
    """The envelope that plain data state; WireError if they are not in the one form."""
    envelope: Envelope = tagged(data, {"Envelope": Envelope}, "an envelope")
    return envelope


def line_of(data: Mapping[str, Any]) -> str:
    """Plain data as one line of JSON, as RFC 8785 has it: sorted keys, no spaces; no line end."""
    line = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if not line.isascii() and any("\ud800" <= sign <= "\udfff" for sign in line):
        raise WireError("a text holds half a character")
    return line


def body_of(event: Event) -> bytes:
    """An event's one line as bytes of UTF-8, without a line end: what is hashed and kept."""
    try:
        return writer(type(event))(event).encode()
    except (WireError, LookupError, TypeError, ValueError, AttributeError):
        # The strict way says what is wrong, and where.
        return line_of(data_of(event)).encode()


def event_from(body: bytes) -> Event:
    """The event of bytes that `body_of` has made; WireError if they cannot be read.

    Faster than `event_of`, and not for what others wrote: it does not mind another form.
    """
    try:
        return read(body)
    except (*UNREADABLE, LookupError, TypeError, ValueError, AttributeError) as error:
        raise WireError(f"this is no event: {error}") from None


def text_of(happened: Iterable[Event]) -> str:
    """Events as JSON Lines, each line ended."""
    return "".join(f"{line_of(data_of(event))}\n" for event in happened)


def events_of(text: str) -> tuple[Event, ...]:
    """The events that JSON Lines state; WireError, with the line, if one is not in the one form."""
    if text and not text.endswith("\n"):
        raise WireError("the last line is not ended: the text may have been cut off")
    found = []
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            data = _parsed(line)
            if not isinstance(data, dict):
                raise WireError("a line holds one object")
            if line_of(data) != line:
                raise WireError("write sorted keys, no spaces, and other signs than ASCII raw")
            found.append(event_of(data))
        except WireError as error:
            raise WireError(f"line {number}: {error}") from None
    return tuple(found)


def _parsed(line: str) -> Any:
    try:
        return json.loads(
            line,
            object_pairs_hook=_unique,
            parse_int=_bare,
            parse_float=_bare,
            parse_constant=_bare,
        )
    except WireError:
        raise
    except (ValueError, RecursionError):
        raise WireError("this is not JSON") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise WireError("a key stands twice in one object")
    return data


def _bare(text: str) -> NoReturn:
    raise WireError(f"{text[:20]} is a bare number; numbers are decimal strings")
