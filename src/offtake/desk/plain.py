"""The desk's values as plain data: text, whole numbers, lists, dictionaries, None, True and False.

Amounts and days are text, instants too: in UTC with nine decimals.
"""

from __future__ import annotations

from typing import Any

import msgspec

from offtake.desk.claim import Bar, Claim
from offtake.desk.lot import Bid, Instant, Lot, Terms
from offtake.units.instants import instant_text

Plain = dict[str, Any]


def instant(at: Instant | None) -> str | None:
    """An instant as text, None where there is none."""
    return None if at is None else instant_text(at)


def terms(stated: Terms | None) -> Plain | None:
    """Terms in full."""
    return None if stated is None else _plain(stated)


def lot(tendered: Lot) -> Plain:
    """A lot as its buyer states it."""
    return _plain(tendered)


def bid(made: Bid) -> Plain:
    """A bid in full."""
    return _plain(made) | {"received": instant_text(made.received)}


def erased(made: Bid) -> Plain:
    """A bid of which nothing is left but whose it was and when it came."""
    return {"bidder": made.bidder, "id": made.id, "received": instant_text(made.received)}


def right(held: Claim | Bar) -> Plain:
    """A claim or a bar in full."""
    return _plain(held) | {"since": instant_text(held.since), "expires": instant(held.expires)}


def _plain(value: msgspec.Struct) -> Plain:
    built: Plain = _listed(msgspec.to_builtins(value))
    return built


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [_listed(one) for one in value]
    return value
