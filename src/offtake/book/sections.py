"""The parts of a book, what records each has, and which a table may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from offtake.book.agreements import AMENDMENTS, Addendum
from offtake.book.faults import Misread
from offtake.book.record import Record
from offtake.book.records import (
    Agreement,
    Chip,
    Curve,
    Demand,
    Offer,
    Party,
    Site,
    Venture,
)

SECTIONS: Mapping[str, type[Record]] = {
    "parties": Party,
    "chips": Chip,
    "offers": Offer,
    "agreements": Agreement,
    "sites": Site,
    "ventures": Venture,
    "demand": Demand,
    "curves": Curve,
}
BESIDE: Mapping[str, type[Record]] = {AMENDMENTS: Addendum}
"""Parts whose records belong to records of other parts."""
TABLES = ("offers", "demand", "parties", "chips")


def section_of(name: str) -> str:
    """What a table holds: its file name begins with it, as in offers-azure.csv."""
    stem = re.match(r"[a-z]*", PurePosixPath(name).name)
    section = stem.group() if stem else ""
    if section in TABLES:
        return section
    sentence = f"The name of the table {name[:60]} does not say what it holds."
    raise Misread(sentence, "table-name", f"begin the name with one of: {', '.join(TABLES)}")
