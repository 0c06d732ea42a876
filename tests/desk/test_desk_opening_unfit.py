"""An opening by which nothing could be reckoned is refused when it comes, not when a clock runs."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from offtake.desk.claim import Bar, Claim
from offtake.desk.commands import Open
from offtake.desk.decide import Reply
from offtake.desk.lot import Lot
from offtake.desk.refusals import Refusal
from offtake.units import Calendar
from offtake.units.almanac import Spell, almanac

from .playing import Play

DAYS = Spell(30, "days")
LOT = Lot("gb200", 1000, "us", dt.date(2026, 1, 1), 36, need="pretrain")
CLAIM = Claim("azure/first", "microsoft", False, 3, 1, DAYS, "utc", tail=DAYS, closing=DAYS)
ALMANAC = almanac("UTC", Calendar.named("none"), dt.date(2025, 1, 1), dt.date(2030, 12, 31))
OPEN = Open("other", LOT, (CLAIM,), (), {"utc": ALMANAC}, Spell(1, "days"), "utc", rate="0.08")


def answer(opening: Open) -> Any:
    return Play().send("openai", opening)


def test_an_opening_that_can_be_reckoned_with_begins_a_tender() -> None:
    assert isinstance(answer(OPEN), Reply)


WRONG_CLAIMS: list[tuple[dict[str, Any], str]] = [
    ({"window": Spell(2, "weeks")}, "a window that is no length of time in azure/first"),
    ({"reoffer": Spell(-1, "days")}, "a reoffer that is no length of time in azure/first"),
    ({"tail": Spell(10**9, "days")}, "a tail that is no length of time in azure/first"),
    ({"closing": Spell(1, "days", closes=1440)}, "a closing that is no length of time"),
    ({"parts": 0}, "a weight of 0 in azure/first"),
    ({"grace": -1}, "a grace of -1 in azure/first"),
    ({"floor": -1}, "a floor of -1 in azure/first"),
    ({"together": 100_001}, "a together of 100001 in azure/first"),
    ({"rate": Decimal(-1)}, "a rate of -1 in azure/first"),
    ({"price_rise": Decimal("NaN")}, "a price_rise of NaN in azure/first"),
    ({"ceiling": Decimal("Infinity")}, "a ceiling of Infinity in azure/first"),
    ({"deposit": Decimal(10) ** 16}, "a deposit of"),
    ({"package": "fair"}, "the package rule fair in azure/first"),
]


@pytest.mark.parametrize(("words", "said"), WRONG_CLAIMS)
def test_a_right_that_cannot_be_reckoned_with_is_named(words: dict[str, Any], said: str) -> None:
    refused = answer(replace(OPEN, claims=(replace(CLAIM, **words),)))
    assert isinstance(refused, Refusal)
    assert refused.code == "opening-unfit"
    assert said in refused.sentence


WRONG_OPENINGS: list[tuple[dict[str, Any], str]] = [
    ({"claims": (CLAIM, CLAIM)}, "two rights of one name"),
    ({"bars": (Bar("azure/first", "microsoft"),)}, "two rights of one name"),
    ({"bidding": Spell(1, "fortnight")}, "a time for bidding that is no length of time"),
    ({"rate": "eight"}, "the rate eight"),
    ({"rate": "NaN"}, "the rate NaN"),
    ({"rate": "-1"}, "the rate -1"),
    ({"lot": replace(LOT, chips=10**16)}, "a lot beyond all measure"),
    ({"lot": replace(LOT, months=1201)}, "a lot beyond all measure"),
    ({"lot": replace(LOT, start=dt.date(9001, 1, 1))}, "a lot beyond all measure"),
    ({"lot": replace(LOT, throughput=Decimal(0))}, "a throughput of 0"),
    ({"lot": replace(LOT, throughput=Decimal("NaN"))}, "a throughput of NaN"),
    ({"almanacs": {"utc": dataclasses.replace(ALMANAC, offsets=())}}, "the almanac utc"),
    ({"almanacs": {"utc": dataclasses.replace(ALMANAC, weekend=(0, 1, 2, 3, 4, 5, 6))}}, "utc"),
]


@pytest.mark.parametrize(("words", "said"), WRONG_OPENINGS)
def test_an_opening_that_cannot_be_reckoned_with_says_why(words: dict[str, Any], said: str) -> None:
    refused = answer(replace(OPEN, **words))
    assert isinstance(refused, Refusal)
    assert refused.code == "opening-unfit"
    assert said in refused.sentence


LONGEST = {"hours": 87_840, "days": 3660, "business days": 2610, "months": 120, "years": 10}
LENGTHS = ("window", "reoffer", "tail", "closing", "bidding")


@pytest.mark.parametrize("name", LENGTHS)
@pytest.mark.parametrize(("unit", "most"), LONGEST.items())
def test_a_length_of_time_is_at_most_ten_years(name: str, unit: str, most: int) -> None:
    for count, fits in ((most, True), (most + 1, False)):
        words = {name: Spell(count, unit)}
        changed = words if name == "bidding" else {"claims": (replace(CLAIM, **words),)}
        told = answer(replace(OPEN, **changed))
        assert isinstance(told, Reply) is fits
        assert fits or (told.code == "opening-unfit" and "no length of time" in told.sentence)


@pytest.mark.parametrize("name", ["grace", "together"])
def test_days_beside_a_clock_are_at_most_ten_years(name: str) -> None:
    for count, fits in ((3660, True), (3661, False)):
        told = answer(replace(OPEN, claims=(replace(CLAIM, **{name: count}),)))
        assert isinstance(told, Reply) is fits


def test_the_largest_that_can_be_reckoned_with_is_allowed() -> None:
    claim = replace(CLAIM, parts=1, grace=3660, floor=0, rate=Decimal("-0.99"))
    lot = replace(LOT, chips=10**15, months=1200, start=dt.date(9000, 1, 1))
    assert isinstance(answer(replace(OPEN, claims=(claim,), lot=lot)), Reply)
