"""The page docs/quantities.md is held against the parsers: what it accepts and what it refuses."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import offtake.units as units
from offtake.units import Calendar, QuantityError

PAGE = Path(__file__).parents[2] / "docs" / "quantities.md"
PARSERS: dict[str, Callable[[str], Any]] = {
    "Money": units.parse_money,
    "Prices": units.parse_price,
    "Chips": units.parse_chips,
    "Chip-hours": units.parse_chip_hours,
    "Power": units.parse_power,
    "Shares": units.parse_share,
    "Durations": units.parse_duration,
    "Months": units.parse_month,
    "Days": units.parse_date,
    "Instants": units.parse_instant,
    "Times of day": units.parse_clock,
    "Time zones": units.parse_zone,
    "Calendars": Calendar.named,
    "Ids": units.parse_slug,
    "Whole numbers": units.parse_whole,
    "Factors": units.parse_factor,
    "Flags": units.parse_flag,
}


def examples() -> Iterator[tuple[str, str, bool]]:
    for section in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]:
        title, _, body = section.partition("\n")
        accepted, _, refused = body.partition("Refused:")
        for part, good in ((accepted, True), (refused, False)):
            for text in re.findall(r"^- `([^`]+)`", part, flags=re.M):
                yield title, text, good


@pytest.mark.parametrize(("title", "text"), [(t, x) for t, x, good in examples() if good])
def test_what_the_page_accepts_is_read(title: str, text: str) -> None:
    PARSERS[title](text)


@pytest.mark.parametrize(("title", "text"), [(t, x) for t, x, good in examples() if not good])
def test_what_the_page_refuses_is_refused_with_a_hint(title: str, text: str) -> None:
    with pytest.raises(QuantityError) as caught:
        PARSERS[title](text)
    assert caught.value.hint


def test_every_parser_has_its_section_with_both_kinds_of_example() -> None:
    for good in (True, False):
        assert {title for title, _, kind in examples() if kind == good} == set(PARSERS)
    named = {name for name in units.__all__ if name.startswith("parse_")}
    assert named == {p.__name__ for p in PARSERS.values() if p.__name__.startswith("parse_")}
