"""What can be done to a journal behind its readers' backs, and by whom.

Whoever only has the file changes lines. Whoever has the desk's key writes all hashes anew and signs
them: that, only a promise broken, or what the desk gave out before, can show.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .courses import Data, Row, Signer, line

STRANGER = Signer(Ed25519PrivateKey.from_private_bytes(b"s" * 32))


# --- by whoever has the file ----------------------------------------------------------------------

Cut = Callable[[list[bytes], int], list[bytes]]
"""Lines changed at the line with this index: an entry's, neither the first nor the last of them."""


def delete(lines: list[bytes], at: int) -> list[bytes]:
    return lines[:at] + lines[at + 1 :]


def duplicate(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], lines[at], *lines[at:]]


def insert(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], lines[-2], *lines[at:]]


def swap(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]


def truncate(lines: list[bytes], at: int) -> list[bytes]:
    return lines[:at]


def in_mid_line(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], lines[at][: len(lines[at]) // 2]]


def without_its_end(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], lines[at][:-1]]


def headless(lines: list[bytes], at: int) -> list[bytes]:
    return lines[:-1]


def another_salt(lines: list[bytes], at: int) -> list[bytes]:
    """Two entries change salts."""
    one, other = json.loads(lines[at]), json.loads(lines[at + 1])
    one["salt"], other["salt"] = other["salt"], one["salt"]
    return [*lines[:at], line(one), line(other), *lines[at + 2 :]]


def another_event(lines: list[bytes], at: int) -> list[bytes]:
    """One event is shown where another was committed to."""
    one, other = json.loads(lines[at]), json.loads(lines[at + 1])
    return [*lines[:at], line({**one, "event": other["event"]}), *lines[at + 1 :]]


def hide(lines: list[bytes], at: int) -> list[bytes]:
    one = json.loads(lines[at])
    return [*lines[:at], line({**one, "event": None, "salt": None}), *lines[at + 1 :]]


def renumber(lines: list[bytes], at: int) -> list[bytes]:
    """An entry is taken out, and the numbers after it go on without it."""
    kept = lines[:at] + lines[at + 1 :]
    told = [json.loads(text) for text in kept[1:-1]]
    return [kept[0], *(line({**one, "number": str(n)}) for n, one in enumerate(told)), kept[-1]]


def spaced(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], lines[at].replace(b'":"', b'": "', 1), *lines[at + 1 :]]


def key_twice(lines: list[bytes], at: int) -> list[bytes]:
    return [*lines[:at], b'{"commitment":"' + b"0" * 64 + b'",' + lines[at][1:], *lines[at + 1 :]]


def upper_case(lines: list[bytes], at: int) -> list[bytes]:
    one = json.loads(lines[at])
    one["commitment"] = one["commitment"].upper()
    return [*lines[:at], line(one), *lines[at + 1 :]]


CUTS: list[Cut] = [delete, duplicate, insert, swap, truncate, in_mid_line, without_its_end]
CUTS += [another_salt, another_event, hide, renumber, spaced, key_twice, upper_case]


# --- by whoever has the key -----------------------------------------------------------------------


def sealed(event: Data) -> str:
    """The seal under which an event of a hand-written journal belongs."""
    bids = ("BidReceived", "BidCommitted", "BidRecalled")
    return str(event["tender"]) if event["type"] in bids else ""


def by(actor: str, key: str = "forged") -> Data:
    """Whose command an event is said to be."""
    return {"actor": actor, "digest": "0" * 64, "key": key, "made": "", "salt": "0" * 32}


def rows_from(events: list[Data]) -> list[Row]:
    """Events as entries, each with a salt."""
    return [Row(e, f"{n:064x}", sealed(e)) for n, e in enumerate(copy.deepcopy(events))]
