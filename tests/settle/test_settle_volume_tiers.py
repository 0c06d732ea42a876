"""Volume discounts on statements: by the mean of the month's chips, exact at the boundary.

The price is 2 USD, so a chip costs 744 x 2 = 1,488.00 in January.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.clauses.base import HOUR
from offtake.settle import Used

from .owed import METER, book_of, lines, metered, statements, used, whys

TIERS = "tiers: [{above: 100 chips, discount: 5%}, {above: 200 chips, discount: 8%}]"
RESERVED = METER.replace("billing: used", "billing: reserved")


def block(chips: int, basis: str, *more: str) -> str:
    text = RESERVED.replace("add: 10 chips", f"add: {chips} chips")
    return f"{text}  - {{kind: volume-tiers, basis: {basis}, {TIERS}}}\n" + "".join(more)


@pytest.mark.parametrize(
    ("chips", "marginal", "whole"),
    [
        # At the boundary exactly there is nothing yet.
        (100, None, None),
        # 5 % x 1 = 0.05 chips; 5 % x 101 = 5.05.
        (101, "-74.40", "-7,514.40"),
        # 5 % x 100 = 5; 5 % x 200 = 10: the tier above 200 is not reached.
        (200, "-7,440.00", "-14,880.00"),
        # 5 % x 100 + 8 % x 1 = 5.08; 8 % x 201 = 16.08.
        (201, "-7,559.04", "-23,927.04"),
        # 5 % x 100 + 8 % x 50 = 9; 8 % x 250 = 20.
        (250, "-13,392.00", "-29,760.00"),
    ],
)
def test_a_tier_begins_above_its_threshold(
    tmp_path: Path, chips: int, marginal: str | None, whole: str | None
) -> None:
    for basis, saved in (("marginal", marginal), ("whole", whole)):
        book = book_of(tmp_path / basis, block(chips, basis))
        (january,) = statements(book, "2025-01").values()
        shown = [] if saved is None else [(f"volume discount on {chips} chips", saved)]
        assert lines(january)[1:] == shown


def test_the_formula_names_each_tier(tmp_path: Path) -> None:
    """250 chips, marginal: 100 are in the first tier and 50 in the second."""
    (january,) = statements(book_of(tmp_path, block(250, "marginal")), "2025-01").values()
    assert whys(january)[1] == "9 chips (5% × 100 + 8% × 50) × 744 h × 2 USD"


def test_chips_that_come_within_a_month_count_for_their_part(tmp_path: Path) -> None:
    """310 more from 16 January, 16 of 31 days: the mean is 100 + 310 x 16 / 31 = 260.

    discount   5 % x 100 + 8 % x 60 = 9.8 chips, x 744 h x 2.00 USD = 14,582.40
    """
    text = block(100, "marginal").replace(
        "start: 2025-01-01}]",
        "start: 2025-01-01}, {id: e, add: 310 chips, chip: h100, region: r, start: 2025-01-16}]",
    )
    made = statements(book_of(tmp_path, text), "2025-02")
    assert lines(made["2025-01"])[2] == ("volume discount on 260 chips", "-14,582.40")
    assert lines(made["2025-02"])[2][0] == "volume discount on 410 chips"


def test_where_use_is_billed_the_chips_used_count(tmp_path: Path) -> None:
    """Taken 93,000 chip-hours of January: 125 chips in the mean.

    used       93,000 x 2                    = 186,000.00
    discount   5 % x 25 = 1.25 x 744 h x 2   =  -1,860.00
    """
    text = f"{METER}  - {{kind: volume-tiers, {TIERS}}}\n".replace("add: 10", "add: 500")
    book = book_of(tmp_path, text)
    made = statements(book, "2025-01", used({"2025-01": 93_000}))["2025-01"]
    assert [amount for _, amount in lines(made)] == ["186,000.00", "-1,860.00"]
    # 100 chips to the second reach no tier; 18 chip-hours more save 18 x 5 % x 2 = 1.80.
    for more, saved in ((0, []), (18, ["-1.80"])):
        at = statements(book, "2025-01", used({"2025-01": 74_400 + more}))["2025-01"]
        assert [amount for _, amount in lines(at)[1:]] == saved


def test_each_price_of_a_month_is_lowered_on_the_months_mean(tmp_path: Path) -> None:
    """250 chips; 2.00 USD to 15 March, 2.20 from the 16th: 9 chips are saved on 360 h and 384 h."""
    rise = "  - {kind: escalator, rises: 10% per year, from: 2024-03-16}\n"
    march = statements(book_of(tmp_path, block(250, "marginal", rise)), "2025-03")["2025-03"]
    assert [amount for _, amount in lines(march)[2:]] == ["-6,480.00", "-7,603.20"]
    spans = [(line.first, line.last) for line in march.lines][2:]
    assert spans == [
        (dt.date(2025, 3, 1), dt.date(2025, 3, 15)),
        (dt.date(2025, 3, 16), dt.date(2025, 3, 31)),
    ]


def test_words_that_change_within_a_month_lower_their_own_days(tmp_path: Path) -> None:
    """250 chips: 9 saved for 15 days, then 5 % x 150 = 7.5 for 16 days of January."""
    change = (
        "  amendments: [{on: 2025-01-16, change: {volume-tiers: "
        "{tiers: [{above: 100 chips, discount: 5%}]}}}]\n"
    )
    (made,) = statements(book_of(tmp_path, block(250, "marginal", change)), "2025-01").values()
    # 9 x 360 x 2 and 7.5 x 384 x 2.
    assert [amount for _, amount in lines(made)[1:]] == ["-6,480.00", "-5,760.00"]


@settings(max_examples=25)
@given(parts=st.lists(st.integers(0, 9_000 * HOUR), min_size=31, max_size=31))
def test_how_use_lies_within_a_month_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, parts: list[int]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "split"
    text = f"{METER}  - {{kind: volume-tiers, basis: whole, {TIERS}}}\n"
    book = book_of(folder, text.replace("add: 10", "add: 500"))
    split = {dt.date(2025, 1, n): Used(seconds) for n, seconds in enumerate(parts, 1)}
    joined = {dt.date(2025, 1, 31): Used(sum(parts))}
    one, two = (
        statements(book, "2025-01", metered({"meter": days}))["2025-01"] for days in (split, joined)
    )
    assert lines(one) == lines(two)
