"""While bids are sealed no number past there tells how many: not in a book, its files, a trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import offtake
from offtake.clauses.registry import kinds
from offtake.cli import app
from offtake.desk.events import Event
from offtake.signed.pull import pulled

from .desks import (
    BOOK,
    bidding,
    book,
    codes,
    lapsed,
    named,
    opened,
    reading,
    signed,
    store,
    unsealed,
    withdrawn,
)

NAME = "neo-24-2026-06"
SEALED = (opened(), opened("u", cause=""), bidding(), lapsed(560), signed())
"""What gave way and what was signed stand as entries 3 and 4, after a seal."""


def told(folder: Path) -> str:
    """All that the book, its pull and a trace say of what was signed, but for the book's lines."""
    found = reading(folder)
    (made,) = [a for a in found.required().whole.agreements.values() if a.id == NAME]
    trace = CliRunner().invoke(app, ["trace", NAME, str(folder), "--json"])
    assert trace.exit_code == 0, trace.output
    files = [file.text for file in pulled(folder, kinds()).files]
    agreed = [str(made.place), made.entry, *(str((w.place, w.evidence)) for w in made.waivers)]
    return json.dumps([agreed, files, [str(f) for f in found.faults], trace.stdout])


def test_past_a_seal_an_entry_has_a_name_and_no_number(tmp_path: Path) -> None:
    folder = book(tmp_path, *SEALED)
    said = told(folder)
    assert named(4, SEALED) in said
    assert named(3, SEALED) in said
    for number in (3, 4):
        assert f"desk.sqlite:{number}" not in said
        assert f"entry {number}" not in said
    made = reading(folder).required().whole.agreements[NAME]
    assert str(made.place) == "desk.sqlite:1:1"
    assert "desk.sqlite:0" in said  # the opening of its tender lies before the seal


@pytest.mark.parametrize("end", [unsealed(), withdrawn()])
def test_when_bids_are_open_the_number_is_told_and_no_name_has_changed(
    tmp_path: Path, end: Event
) -> None:
    folder = book(tmp_path, *SEALED)
    before = pulled(folder, kinds())
    before.write()
    (folder / "book.yaml").write_text(
        BOOK.replace("  journals:", "  include: [signed/_all.yaml]\n  journals:")
    )
    assert codes(reading(folder)) == []
    store(folder / "desk.sqlite", (*SEALED, end))
    found = reading(folder)
    assert codes(found) == []
    assert pulled(folder, kinds()).drifted == ()
    made = found.required().whole.agreements[NAME]
    assert (str(made.place), made.entry) == ("desk.sqlite:4:1", named(4, SEALED))


def test_a_fault_past_a_seal_has_no_number_either(tmp_path: Path) -> None:
    happened = (*SEALED[:-1], signed(offer="neo-36"))
    assert codes(reading(book(tmp_path, *happened))) == ["desk.sqlite:1 journal-offer"]


def test_an_entry_is_traced_by_its_name_and_before_a_seal_by_its_number(tmp_path: Path) -> None:
    opened_book = offtake.load(book(tmp_path, *SEALED))
    for name in (named(4, SEALED), named(0, SEALED), "desk.sqlite:0"):
        assert opened_book.trace(name)[0].thing.kind == "event"
    with pytest.raises(offtake.WrongArgumentError, match="nothing here is called"):
        opened_book.trace("desk.sqlite:4")
