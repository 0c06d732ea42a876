"""What would come of opening a tender, without opening it."""

from __future__ import annotations

import time

from offtake.dealing import lots
from offtake.dealing.local import LocalDesk
from offtake.dealing.lots import DEFAULT, About, How
from offtake.desk import plain
from offtake.desk.plain import Plain


def previewed(desk: LocalDesk, about: About, how: How = DEFAULT) -> tuple[list[Plain], Plain, str]:
    """Who would have to be asked, in which order and by when; the tender in short; a warning.

    No desk need be there; where one is, it is when its clock says.
    """
    now = time.time_ns() if desk.at is None else desk.at
    if desk.where.begun():
        with desk.reading() as seeing:
            now = desk.now(seeing.desk, seeing.last)
    opened = lots.command(desk.book, about, now, how)
    rows = list(lots.asked(opened, now, desk.places))
    short = {"tender": about.tender, "phase": "dry run", "lot": plain.lot(opened.lot)}
    return rows, short, lots.late(opened, now, desk.places)
