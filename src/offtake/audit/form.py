"""The one form of an exported journal's lines: read it, or say what is not in it.

A line is canonical JSON in UTF-8: keys sorted, no spaces, each key once, every number a string.
What reads the same but is written otherwise is refused, so that one history has one text.
"""

from __future__ import annotations

import json
import re
from binascii import unhexlify
from dataclasses import dataclass
from typing import Any, NoReturn

import msgspec

from offtake.audit.breach import instant

MOST = 16 * 1024 * 1024
"""Bytes of the longest line that is read."""

_Plain: Any = str | bool | None
for _ in range(8):
    # Deeper than any event, so that a bare number is refused as it is read.
    _Plain = str | bool | None | list[_Plain] | dict[str, _Plain]
_decode = msgspec.json.Decoder(dict[str, _Plain]).decode
_encode = msgspec.json.Encoder(order="sorted").encode
_HEX = re.compile(r"(?:[0-9a-f]{2})+")
_ENTRY = re.compile(
    rb'{"commitment":"([0-9a-f]{64})","event":(.+),"label":("(?:[^"\\]|\\.)*"),'
    rb'"number":"(0|[1-9][0-9]{0,18})","salt":(?:null|"([0-9a-f]{64})")}\n',
    re.DOTALL,
)
_BEGIN = len(b'{"commitment":"","event":') + 64
"""Where the body of an entry begins in its line."""
_WHOLE = re.compile(r"0|[1-9][0-9]{0,18}")


class FormError(ValueError):
    """A line is not in the one form; the message is one sentence."""


class NoJournalError(ValueError):
    """This is no exported journal at all; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Header:
    """What the first line says: whose journal it is, and by which key its heads are signed."""

    desk: str
    key: bytes


@dataclass(frozen=True)
class Head:
    """What was signed: the journal's size and root at an instant."""

    size: int
    root: bytes
    at: str
    signature: bytes


def canonical(data: Any) -> bytes:
    """Plain data in the one form, without a line end."""
    return _encode(data)


def plain(line: bytes) -> dict[str, Any]:
    """One line, ended, as plain data; FormError if it is not in the one form."""
    if len(line) > MOST:
        raise FormError(f"the line is longer than {MOST // 1024**2} MiB")
    if not line.endswith(b"\n"):
        raise FormError("the line is not ended: the file was cut off here")
    return body(line[:-1])


def body(text: bytes) -> dict[str, Any]:
    """One object in the one form; FormError if it is anything else."""
    try:
        data = _decode(text)
        if _encode(data) == text:
            return data
    except (ValueError, RecursionError, msgspec.MsgspecError):
        pass
    return _strictly(text)


def _strictly(text: bytes) -> dict[str, Any]:
    """The slow way, which knows what is wrong."""
    try:
        data = json.loads(
            text.decode(), object_pairs_hook=_once, parse_int=_bare, parse_float=_bare,
            parse_constant=_bare,
        )  # fmt: skip
        if not isinstance(data, dict):
            raise FormError("the line holds no object")
        again = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if again.encode() == text:
            return data
    except FormError:
        raise
    except UnicodeError:
        raise FormError("the line is not UTF-8") from None
    except (ValueError, RecursionError):
        raise FormError("the line is not JSON") from None
    raise FormError("keys are not sorted, or a space or an escape stands where none belongs")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise FormError("a key stands twice in one object")
    return data


def _bare(text: str) -> NoReturn:
    raise FormError(f"{text[:20]} is a bare number; numbers are strings")


def fields(data: dict[str, Any], *names: str) -> None:
    """FormError unless an object has just these keys."""
    if data.keys() != set(names):
        raise FormError(f"the keys are {', '.join(sorted(data))[:200]}, not {', '.join(names)}")


def hexed(value: Any, length: int) -> bytes:
    """So many bytes from lower-case hexadecimal digits."""
    if type(value) is not str or len(value) != 2 * length or not _HEX.fullmatch(value):
        raise FormError(f"{length} bytes are written as {2 * length} lower-case hexadecimal digits")
    return bytes.fromhex(value)


def whole(value: Any) -> int:
    """A whole number from a string of digits."""
    if type(value) is not str or not _WHOLE.fullmatch(value):
        raise FormError("a number is a string of digits")
    return int(value)


def stamped(value: Any) -> str:
    """The text of an instant."""
    try:
        instant(value)
    except (TypeError, ValueError, IndexError):
        raise FormError("an instant is written as 2025-01-21T17:00:00.000000000Z") from None
    return str(value)


def header_of(line: bytes) -> Header:
    """The first line; NoJournalError where the file is something else."""
    if not line:
        raise NoJournalError("this file is empty")
    if line.startswith(b"SQLite format 3\0"):
        raise NoJournalError(
            "this is a desk's store, not its journal: export the journal, and verify that"
        )
    if not line.startswith(b'{"'):
        raise NoJournalError("this is no exported journal: its first line is not a journal's")
    data = plain(line)
    fields(data, "desk", "format", "key", "type")
    if data["type"] != "Journal":
        raise NoJournalError("this is no exported journal: its first line is not a journal's")
    if data["format"] != "1":
        raise FormError("the journal's format is not 1: a later version can read it")
    hexed(data["desk"], 16)
    return Header(data["desk"], hexed(data["key"], 32))


def head_of(data: dict[str, Any]) -> Head:
    """A signed head."""
    fields(data, "at", "root", "signature", "size", "type")
    return Head(
        whole(data["size"]),
        hexed(data["root"], 32),
        stamped(data["at"]),
        hexed(data["signature"], 64),
    )


class Entry(msgspec.Struct, frozen=True):
    """A line of the journal: one event's commitment, and the event where it is shown."""

    number: int
    label: str
    commitment: bytes
    salt: bytes | None
    body: bytes
    event: dict[str, Any] | None


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    """A line that holds an entry; written anew it shows whether it was in the one form."""

    commitment: str
    event: dict[str, _Plain] | None
    label: str
    number: str
    salt: str | None


_line = msgspec.json.Decoder(_Line).decode


def entry_of(line: bytes) -> Entry:
    """A line that holds an entry; FormError if it holds none."""
    try:
        told = _line(line)
        entry = _told(line, told) if _encode(told) + b"\n" == line else None
    except (ValueError, RecursionError, msgspec.MsgspecError):
        entry = None
    return entry or _cut(line)


def _told(line: bytes, told: _Line) -> Entry | None:
    """The entry that a line tells, which is in canonical JSON; None where it is not one."""
    committed, salt, number = told.commitment, told.salt, told.number
    commitment = unhexlify(committed)
    good = len(commitment) == 32 and commitment.hex() == committed and len(line) <= MOST
    if not good or not _WHOLE.fullmatch(number) or (told.event is None) != (salt is None):
        return None
    text = line[_BEGIN : line.rindex(b',"label":"')]
    if salt is None:
        return Entry(int(number), told.label, commitment, None, text, None)
    salted = unhexlify(salt)
    if len(salted) != 32 or salted.hex() != salt:
        return None
    return Entry(int(number), told.label, commitment, salted, text, told.event)


def _cut(line: bytes) -> Entry:
    """The slow way: a line cut where the one form has its keys, or what is wrong with it."""
    found = _ENTRY.fullmatch(line) if len(line) <= MOST else None
    if found is not None:
        committed, text, label, number, salt = found.groups()
        name = _label(label)
        if name is not None and (salt is None) == (text == b"null"):
            commitment = unhexlify(committed)
            if salt is None:
                return Entry(int(number), name, commitment, None, text, None)
            return Entry(int(number), name, commitment, unhexlify(salt), text, body(text))
    return _explained(plain(line))


def _label(text: bytes) -> str | None:
    """The label that a text states; None where it is not in the one form."""
    try:
        label = msgspec.json.decode(text, type=str)
    except (ValueError, msgspec.MsgspecError):
        return None
    return label if _encode(label) == text else None


def _explained(data: dict[str, Any]) -> NoReturn:
    """Why a line in canonical JSON holds no entry."""
    fields(data, "commitment", "event", "label", "number", "salt")
    hexed(data["commitment"], 32)
    whole(data["number"])
    if type(data["label"]) is not str:
        raise FormError("the label is no text")
    if data["salt"] is not None:
        hexed(data["salt"], 32)
    raise FormError("event and salt are shown together, or neither is")
