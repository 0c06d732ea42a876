"""Small files as lines, the command line as a user calls it, and a book to include results in."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import offtake
from offtake.api import OpenBook
from offtake.cli import app
from offtake.formats.zones import Clockwork

DATA = Path(__file__).parents[3] / "shared" / "data"
UTC = Clockwork("UTC", "UTC")
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the shared data are not here")

HEADER = """\
book:
  buyer: lab
  as_of: 2026-01-12
  periods: {start: 2026-02, length: 3 months, hours: 2}
  purposes: {inference: {}, training: {}}
  include: [INCLUDED]
parties:
- {id: lab, name: The lab}
- {id: cloud, name: A cloud}
"""
DEMAND = """\
demand:
- {id: chat, purpose: inference, unit: h100, base: 30 chips, unserved: 90 USD per chip-hour}
"""
OFFER = """\
offers:
- {id: some, seller: cloud, kind: on-demand, chip: h100, region: us, max: 900 chips,
   price: 3.00 USD per chip-hour}
"""


def lines(text: str) -> list[bytes]:
    """A file's lines."""
    return text.encode().splitlines(keepends=True)


def said(*arguments: object) -> Result:
    """What `offtake import ...` does."""
    return CliRunner().invoke(app, ["import", *map(str, arguments)])


def kept(folder: Path, name: str, text: str) -> Path:
    """A file in a folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def book_with(folder: Path, name: str, more: str) -> OpenBook:
    """A book that includes a file which an import wrote, and has `more` besides."""
    kept(folder, "book.yaml", HEADER.replace("INCLUDED", name) + more)
    return offtake.load(folder)


def bought(folder: Path, name: str, more: str) -> float:
    """What the plan of such a book pays to sellers; the book has no fault."""
    opened = book_with(folder, name, more)
    assert [str(f) for f in opened.check() if f.severity == "fault"] == []
    plan = opened.plan()
    assert plan.found
    return float(plan.spend.filter(plan.spend["category"] == "on-demand")["amount"].sum())
