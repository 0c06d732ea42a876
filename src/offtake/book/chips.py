"""The built-in table of chips, as records."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from offtake.book.faults import Unreadable
from offtake.book.files import built_in, text_of
from offtake.book.records import Chip
from offtake.book.typed import typed
from offtake.book.yamltree import compose


@lru_cache(maxsize=1)
def built_in_chips() -> Mapping[str, Chip]:
    """The chips that every book knows, from the table in this package."""
    name = "chips.yaml"
    file = f"built-in {name}"
    tree, faults = compose(text_of(built_in(name)), file)
    chips: dict[str, Chip] = {}
    for written in tree["chips"]:
        chip, wrong = typed(Chip, written, written.place, {})
        faults.extend(wrong)
        if chip is not None:
            chips[chip.id] = chip
    if faults:
        raise Unreadable(faults)
    return chips
