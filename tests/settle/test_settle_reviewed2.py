"""What was once owed wrongly: moving prices, larger customers, words that changed or ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from offtake.clauses.base import HOUR, Comparable
from offtake.settle import Inputs
from offtake.settle.parts import parts

from .owed import (
    CREDIT,
    HERE,
    METER,
    PAID,
    block,
    book_of,
    lines,
    prepaid,
    statements,
    told,
    used,
    whys,
)

DOUBLES = "  - {kind: escalator, rises: 100% per year, from: DAY}\n"
QUARTER = METER + "  - {kind: take-or-pay, share: 10%, measured: quarter, make_up: 6 months}\n"
FAVOURED = "  - {kind: most-favoured, customers: [iren]}\n"
IREN = "more than iren (inputs.csv:2:1) paid"


def heard(chips: int, price: str = "1.50") -> Inputs:
    """What IREN paid in January and February, under an agreement of so many chips."""
    days = dt.date(2025, 1, 1), dt.date(2025, 2, 28)
    told_of = Comparable("iren", *days, Fraction(price), chips, HERE)
    return Inputs(comparables={"meter/most-favoured": (told_of,)})


# --- what is made up ----------------------------------------------------------------------------


def test_what_is_made_up_costs_nothing_though_the_price_rose_since(tmp_path: Path) -> None:
    """2 USD to 15 May, then 4 USD: 2,160 of the 6,000 taken in April are free, at the 2 they cost.

    First quarter   10 % x 21,600 = 2,160 short, x 2                       4,320.00
    Second          6,000 - 10 % x 21,840 = 3,816 above, 2,160 x 2 back   -4,320.00
    """
    book = book_of(tmp_path, QUARTER + DOUBLES.replace("DAY", "2024-05-16"))
    made = statements(book, "2025-06", used({"2025-04": 6_000}))
    assert lines(made["2025-03"]) == [("not taken in 2025 Q1", "4,320.00")]
    assert lines(made["2025-04"]) == [("capacity taken", "12,000.00")]
    assert lines(made["2025-06"]) == [("made up from 2025 Q1", "-4,320.00")]
    assert made["2025-06"].carried == ()


def test_what_is_made_up_of_use_at_two_prices_comes_back_at_their_mean(tmp_path: Path) -> None:
    """1,000 at 2 USD and 2,000 at 4 USD are 10,000.00: 816 above the floor of 2,184 at 10 / 3."""
    book = book_of(tmp_path, QUARTER + DOUBLES.replace("DAY", "2024-05-16"))
    made = statements(book, "2025-06", used({"2025-05-15": 1_000, "2025-05-16": 2_000}))
    assert lines(made["2025-06"]) == [("made up from 2025 Q1", "-2,720.00")]
    assert whys(made["2025-06"]) == [
        "816 chip-hours above the floor, of 2,160 paid and not used, × ≈3.333333333 USD"
    ]
    charged = [c for c in made["2025-05"].carried if c.name == "charged"]
    assert [(c.amount, c.unit) for c in charged] == [(10_000, "money")]


# --- most favoured ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "chips", "back"),
    [("", 10, 1), ("", 11, 0), (", size_max: 11 chips", 11, 1), (", size_max: 9 chips", 10, 0)],
)
def test_who_has_more_chips_than_we_is_not_comparable(
    words: str, chips: int, back: int, tmp_path: Path
) -> None:
    """We have 10. Where the clause states another size, that one counts."""
    text = METER.replace("used", "reserved") + FAVOURED.replace("]}", f"]{words}}}")
    made = statements(book_of(tmp_path, text), "2025-01", heard(chips))["2025-01"]
    assert lines(made)[1:] == [(IREN, "-3,720.00")] * back


def test_ours_are_the_chips_of_the_day(tmp_path: Path) -> None:
    """Four more come on 21 February: IREN, with 14, compares on the last 8 days. 2,688 x 0.50."""
    text = METER.replace("used", "reserved") + FAVOURED
    more = "{id: e, add: 4 chips, chip: h100, region: r, start: 2025-02-21}"
    text = text.replace("start: 2025-01-01}]", f"start: 2025-01-01}}, {more}]")
    made = statements(book_of(tmp_path, text), "2025-02", heard(14))
    assert len(made["2025-01"].entries) == 1
    assert lines(made["2025-02"])[2:] == [(IREN, "-1,344.00")]


def test_what_is_billed_as_short_and_made_up_is_favoured_too(tmp_path: Path) -> None:
    """Floor 50 %: 3,720 in January, 3,360 in February. IREN pays 1.50, and ours is 2.

    January    3,000 + 720 short, x 0.50                     -1,860.00
    February   4,000 on the 3rd, 640 made up: 4,000 x 0.50   -1,680.00 in all
    """
    text = METER + "  - {kind: take-or-pay, share: 50%, make_up: 3 months}\n" + FAVOURED
    inputs = replace(
        used({"2025-01": 3_000, "2025-02-03": 4_000}), comparables=heard(9).comparables
    )
    made = statements(book_of(tmp_path, text), "2025-02", inputs)
    assert lines(made["2025-01"]) == [
        ("capacity taken", "6,000.00"),
        ("not taken in 2025-01", "1,440.00"),
        (IREN, "-1,860.00"),
    ]
    assert lines(made["2025-02"]) == [
        ("capacity taken", "8,000.00"),
        ("made up from 2025-01", "-1,280.00"),
        (IREN, "-1,680.00"),
    ]
    assert list(made["2025-02"].lines)[2].quantity == 3_360 * HOUR


# --- a right to end -----------------------------------------------------------------------------


def test_a_right_to_end_is_told_in_the_month_in_which_it_opens(tmp_path: Path) -> None:
    words = "  - {kind: termination, notice: 90 days, fee: 25%, from: 2025-06-15}\n"
    made = statements(book_of(tmp_path, METER + words), "2025-12")
    assert {month: told(s) for month, s in made.items() if told(s)} == {
        "2025-06": ["lab may end meter early from 2025-06-15, with 90 days of notice, for 25%."]
    }


def test_a_right_to_end_at_any_time_is_told_at_the_start_and_when_it_changes(
    tmp_path: Path,
) -> None:
    """On 1 March the fee changes: what it costs from then on is told."""
    words = "  - {kind: termination, by: either, what: delivery, fee_sum: 900 USD}\n"
    change = "  amendments: [{on: 2025-03-01, change: {termination: {fee_sum: 100 USD}}}]\n"
    made = statements(book_of(tmp_path, METER + words + change), "2025-12")
    may = "either side may end each delivery under meter early from"
    assert {month: told(s) for month, s in made.items() if told(s)} == {
        "2025-01": [f"{may} 2025-01-01, for 900 USD."],
        "2025-03": [f"{may} 2025-03-01, for 100 USD."],
    }


def test_a_right_that_would_open_after_all_is_over_is_not_told(tmp_path: Path) -> None:
    words = "  - {kind: termination, from: 2025-06-15}\n"
    ended = METER.replace("  billing", "  ended: 2025-06-15\n  billing")
    made = statements(book_of(tmp_path, ended + words), "2025-12")
    assert [s for month in made.values() for s in told(month)] == [
        "meter was ended on 2025-06-15 under no clause that is named: no fee is charged."
    ]


# --- a term that was cut short ------------------------------------------------------------------


def test_a_term_ended_by_an_amendment_owes_for_its_days(tmp_path: Path) -> None:
    """365,000 USD over 365 days; the clause ends after 135 of them, in which 6,000.00 were spent.

    One added on 1 July has 184 days: 184,000 over them, of which the 31 of July are left.
    """
    text = METER + "  - {kind: minimum-spend, amount: 365000 USD, measured: term}\n"
    text += "  amendments:\n  - {on: 2025-05-16, end: [minimum-spend]}\n"
    later = "{kind: minimum-spend, id: later, amount: 184000 USD, measured: term}"
    text += f"  - {{on: 2025-07-01, add: [{later}]}}\n  - {{on: 2025-08-01, end: [later]}}\n"
    made = statements(book_of(tmp_path, text), "2025-12", used({"2025-01": 3_000}))
    owed = {month: lines(s) for month, s in made.items() if lines(s)}
    short = "spend short in the whole term"
    assert owed["2025-05"] == [(short, "129,000.00")]
    assert owed["2025-07"] == [(short, "31,000.00")]
    assert list(owed) == ["2025-01", "2025-05", "2025-07"]


# --- what was paid ahead before words changed ----------------------------------------------------

CHANGED = "  amendments: [{on: 2025-01-15, change: {prepayment: {WORDS}}}]\n"


@pytest.mark.parametrize("due", ["at signing", "30 days before start"])
def test_words_that_change_before_the_start_leave_what_was_paid(due: str, tmp_path: Path) -> None:
    """10 % of 42,720 was paid under the first words, 13 days or more before they changed."""
    changed = CHANGED.replace("WORDS", "share: 20%, credit_after: 1 month")
    book = book_of(tmp_path, block(f"share: 10%, due: {due}") + changed)
    made = statements(book, "2025-04", agreement="block")
    month = "2024-10" if due == "at signing" else "2025-01"
    # The credits still to come follow the words of the first day.
    assert prepaid(made) == {month: [(PAID, "4,272.00")], "2025-03": [(CREDIT, "-4,272.00")]}


def test_what_was_not_due_yet_is_paid_by_the_new_words(tmp_path: Path) -> None:
    """At start under the first words; the new ones, 60 days before it, had it due in December."""
    changed = CHANGED.replace("WORDS", "share: 20%, due: 60 days before start")
    book = book_of(tmp_path, block("share: 10%, due: at start") + changed)
    made = statements(book, "2025-02", agreement="block")
    assert prepaid(made) == {"2025-01": [(PAID, "8,544.00")], "2025-02": [(CREDIT, "-8,544.00")]}
    paid = next(line for line in made["2025-01"].lines if line.account == "prepaid")
    assert paid.first == dt.date(2025, 1, 15)


def test_words_that_change_on_the_day_it_is_due_come_first(tmp_path: Path) -> None:
    """Due on 15 January, when the new words begin: 20 %. On the 14th it was the old words' 10 %."""
    changed = CHANGED.replace("WORDS", "share: 20%")
    for before, owed in ((17, "8,544.00"), (18, "4,272.00")):
        text = block(f"share: 10%, due: {before} days before start") + changed
        made = statements(book_of(tmp_path / owed, text), "2025-01", agreement="block")
        assert prepaid(made) == {"2025-01": [(PAID, owed)]}


# --- parts of what is expected ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "weights", "found"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (0, [5, 5], [0, 0]),
        (7, [0, 0], [0, 0]),
        (100, [1, 0, 3], [25, 0, 75]),
    ],
)
def test_parts_are_whole_and_sum_to_the_total(
    total: int, weights: list[int], found: list[int]
) -> None:
    assert parts(total, weights) == tuple(found)
