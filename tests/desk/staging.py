"""Where most tests of the desk begin: bids open, notice served on 3 March 2025, a Monday."""

from __future__ import annotations

from typing import Any

from offtake.desk.claim import Claim

from .playing import Play
from .saying import OPENED, at

NOTICED = "2025-03-03 09:00"
TEN_DAYS = at("2025-03-13 17:00")
"""The end of a window of ten days that begins at NOTICED."""


def bids_open(*claims: Claim, bids: dict[str, dict[str, Any]] | None = None, **words: Any) -> Play:
    """Bids, Oracle's alone at 3.00 unless stated, have been opened; it is 3 March."""
    play = Play().go(OPENED).open(*claims, **words)
    for bidder, said in (bids or {"oracle": {}}).items():
        play.bid(bidder, **said)
    return play.wait(NOTICED)


def noticed(*claims: Claim, bid: dict[str, Any] | None = None, **words: Any) -> Play:
    """Oracle's bid has been noticed."""
    notice = words.pop("notice", {})
    play = bids_open(*claims, bids={"oracle": bid or {}}, **words)
    play.notice("oracle", **notice)
    return play


def cleared(*claims: Claim, **words: Any) -> Play:
    """Oracle's bid has been noticed, and everybody who was asked waives at once."""
    play = noticed(*claims, **words)
    for right in claims:
        play.waive(right.holder, clause=right.clause)
    return play
