"""Take-or-pay on statements: what is short is paid, what was paid is made up, what is left expires.

Each statement is worked by hand in its test. The book has ten chips at 2 USD unless stated.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.book.force import Book
from offtake.clauses.base import HOUR
from offtake.settle import Used, reckon, settle
from offtake.units import Month

from .owed import METER, book_of, faults_of, lines, metered, outage, statements, told, used, whys


def meter(words: str) -> str:
    return f"{METER}  - {{kind: take-or-pay, {words}}}\n"


def test_what_is_short_of_the_floor_is_paid(tmp_path: Path) -> None:
    """January has 744 hours, so 10 x 744 = 7,440 chip-hours are contracted.

    used       5,000 x 2.00 USD                          = 10,000.00
    short      90 % x 7,440 - 5,000 = 1,696, x 2.00 USD  =  3,392.00
    total                                                  13,392.00
    """
    book = book_of(tmp_path, meter("share: 90%"))
    (january,) = statements(book, "2025-01", used({"2025-01": 5_000})).values()
    assert lines(january) == [("capacity taken", "10,000.00"), ("not taken in 2025-01", "3,392.00")]
    assert str(january.total) == "13392 USD"
    assert whys(january)[1] == ("90% × 7,440 contracted − 5,000 taken = 1,696 chip-hours, × 2 USD")
    short = january.entries[1].line
    assert (short.account, short.quantity) == ("shortfall", 1_696 * HOUR)
    assert (short.first, short.last) == (dt.date(2025, 1, 1), dt.date(2025, 1, 31))


def test_what_reaches_the_floor_exactly_owes_no_more(tmp_path: Path) -> None:
    """90 % x 7,440 = 6,696: at 6,696 nothing is short; one chip-second less is."""
    book = book_of(tmp_path, meter("share: 90%"))
    (at,) = statements(book, "2025-01", used({"2025-01": 6_696})).values()
    assert len(at.entries) == 1
    day = {"meter": {dt.date(2025, 1, 1): Used(6_696 * HOUR - 18)}}
    (below,) = statements(book, "2025-01", metered(day)).values()
    # 18 chip-seconds at 2 USD an hour are 0.01 USD; those of use are 13,391.99.
    assert [amount for _, amount in lines(below)] == ["13,391.99", "0.01"]


def test_what_the_seller_kept_from_the_buyer_lowers_the_floor(tmp_path: Path) -> None:
    """All ten chips are out for a day by the seller's fault: 240 chip-hours are excused.

    short      90 % x (7,440 - 240) - 5,000 = 1,480, x 2.00 USD = 2,960.00
    An outage that is the buyer's own excuses nothing: 3,392.00 as before.
    """
    book = book_of(tmp_path, meter("share: 90%"))
    taken = used({"2025-01": 5_000})
    for cause, owed in (("seller", "2,960.00"), ("force majeure", "2,960.00")):
        inputs = replace(taken, outages={"meter": (outage("2025-01-10", 24, 10, cause),)})
        (january,) = statements(book, "2025-01", inputs).values()
        assert lines(january)[1] == ("not taken in 2025-01", owed)
        assert whys(january)[1].startswith("90% × (7,440 contracted − 240 excused) − 5,000 taken")
    inputs = replace(taken, outages={"meter": (outage("2025-01-10", 24, 10, "buyer"),)})
    (january,) = statements(book, "2025-01", inputs).values()
    assert lines(january)[1] == ("not taken in 2025-01", "3,392.00")


def test_a_month_that_was_not_metered_is_short_of_nothing(tmp_path: Path) -> None:
    book = book_of(tmp_path, meter("share: 90%"))
    (january,) = statements(book, "2025-01").values()
    assert lines(january) == [("capacity taken", "14,880.00")]
    assert not january.metered


def test_what_was_paid_is_made_up_above_a_later_floor(tmp_path: Path) -> None:
    """Floor 50 %: 3,720 in January, 3,360 in February, 3,720 in March; make-up within 2 months.

    January    used 2,976 x 2                     =  5,952.00
               short 3,720 - 2,976 = 744, x 2     =  1,488.00
    February   used 3,460 x 2                     =  6,920.00
               100 above the floor are free, x 2  =   -200.00   (644 left)
    March      used 5,000 x 2                     = 10,000.00
               1,280 above the floor, 644 free    = -1,288.00   (nothing left)
    """
    book = book_of(tmp_path, meter("share: 50%, make_up: 2 months"))
    made = statements(book, "2025-03", used({"2025-01": 2_976, "2025-02": 3_460, "2025-03": 5_000}))
    assert lines(made["2025-01"])[1] == ("not taken in 2025-01", "1,488.00")
    assert lines(made["2025-02"])[1] == ("made up from 2025-01", "-200.00")
    assert lines(made["2025-03"])[1] == ("made up from 2025-01", "-1,288.00")
    assert whys(made["2025-03"])[1] == (
        "644 chip-hours above the floor, of 644 paid and not used, × 2 USD"
    )
    free = made["2025-03"].entries[1].line
    assert (free.causes, free.quantity) == (("meter/2025-01",), -644 * HOUR)
    assert [told(s) for s in made.values()] == [[], [], []]
    assert [sum(c.amount for c in s.carried) / HOUR for s in made.values()] == [744, 644, 0]


def test_what_is_not_made_up_in_time_expires_and_is_told(tmp_path: Path) -> None:
    """January pays for 744; February and March are at their floors; in April it is too late."""
    book = book_of(tmp_path, meter("share: 50%, make_up: 2 months"))
    use = {"2025-01": 2_976, "2025-02": 3_360, "2025-03": 3_720, "2025-04": 7_000}
    made = statements(book, "2025-04", used(use))
    assert told(made["2025-02"]) == []
    assert told(made["2025-03"]) == [
        "744 chip-hours that were paid for in 2025-01 and not used can no longer be made up."
    ]
    assert lines(made["2025-04"]) == [("capacity taken", "14,000.00")]
    longer = book_of(tmp_path / "3", meter("share: 50%, make_up: 3 months"))
    april = statements(longer, "2025-04", used(use))["2025-04"]
    assert lines(april)[1] == ("made up from 2025-01", "-1,488.00")


def test_the_oldest_balance_goes_first(tmp_path: Path) -> None:
    """100 are paid for in January, 200 in February; in March 250 are above the floor.

    Free in March: all 100 of January, 150 of February; 50 are left until April.
    """
    book = book_of(tmp_path, meter("share: 50%, make_up: 2 months"))
    made = statements(book, "2025-03", used({"2025-01": 3_620, "2025-02": 3_160, "2025-03": 3_970}))
    assert lines(made["2025-03"])[1:] == [
        ("made up from 2025-01", "-200.00"),
        ("made up from 2025-02", "-300.00"),
    ]
    (left,) = made["2025-03"].carried
    assert (left.name, left.amount) == ("unused 2025-02 until 2025-04", 50 * HOUR)


def test_a_quarter_is_measured_as_a_whole(tmp_path: Path) -> None:
    """50 % of 10 x 2,160 hours is 10,800; used 1,000 + 2,000 + 6,000 = 9,000.

    January and February owe their use alone; March also 10,800 - 9,000 = 1,800, x 2 = 3,600.00.
    """
    book = book_of(tmp_path, meter("share: 50%, measured: quarter"))
    made = statements(book, "2025-03", used({"2025-01": 1_000, "2025-02": 2_000, "2025-03": 6_000}))
    assert [len(s.entries) for s in made.values()] == [1, 1, 2]
    assert lines(made["2025-03"])[1] == ("not taken in 2025 Q1", "3,600.00")
    assert whys(made["2025-03"])[1] == (
        "50% × 21,600 contracted − 9,000 taken = 1,800 chip-hours, × 2 USD"
    )
    assert made["2025-03"].entries[1].line.first == dt.date(2025, 1, 1)
    assert made["2025-03"].carried == ()


def test_a_balance_of_a_quarter_waits_for_a_whole_quarter(tmp_path: Path) -> None:
    """1,800 are paid for in the first quarter. The second ends 3 months later, the third 6.

    With make-up of 5 months only the second can use them: 300 above its floor of 10,920 are free,
    and the other 1,500 expire in August, 5 months after March.
    """
    book = book_of(tmp_path, meter("share: 50%, measured: quarter, make_up: 5 months"))
    use = {"2025-01": 9_000, "2025-04": 11_220, "2025-07": 22_080}
    made = statements(book, "2025-09", used(use))
    assert lines(made["2025-06"]) == [("made up from 2025 Q1", "-600.00")]
    assert told(made["2025-07"]) == []
    assert told(made["2025-08"]) == [
        "1,500 chip-hours that were paid for in 2025 Q1 and not used can no longer be made up."
    ]
    assert lines(made["2025-09"]) == []


def test_a_year_ends_with_the_agreement(tmp_path: Path) -> None:
    """From 2025-10-16 to 2026-02-10: 77 days of 2025, 41 of 2026, at 240 chip-hours a day.

    2025   80 % x 18,480 - 10,000 = 4,784, x 2 = 9,568.00, in December
    2026   80 % x  9,840 -  8,000 < 0: nothing; 128 above the floor make up, x 2 = -256.00
    What is left of 2025 ends with the agreement: 4,784 - 128 = 4,656.
    """
    text = meter("share: 80%, measured: year, make_up: 12 months")
    text = text.replace("from: 2025-01-01", "from: 2025-10-16")
    text = text.replace("until: 2025-12-31", "until: 2026-02-10")
    text = text.replace("start: 2025-01-01", "start: 2025-10-16")
    made = statements(
        book_of(tmp_path, text), "2026-02", used({"2025-10-20": 10_000, "2026-01": 8_000})
    )
    assert lines(made["2025-12"]) == [("not taken in 2025", "9,568.00")]
    assert made["2025-12"].entries[0].line.first == dt.date(2025, 10, 16)
    assert lines(made["2026-02"]) == [("made up from 2025", "-256.00")]
    assert told(made["2026-02"]) == [
        "4,656 chip-hours that were paid for in 2025 and not used can no longer be made up."
    ]
    assert made["2026-02"].carried == ()


def test_what_reserved_capacity_costs_is_paid_used_or_not(tmp_path: Path) -> None:
    """Reserved: 7,440 x 2 = 14,880.00, whatever is used; take-or-pay beside it is a fault.

    Were it settled all the same, 90 % x 7,440 - 0 = 6,696, x 2 = 13,392.00 would be paid twice.
    """
    reserved = METER.replace("billing: used", "billing: reserved").replace("  clauses:\n", "")
    plain = book_of(tmp_path / "1", reserved)
    (january,) = statements(plain, "2025-01", used({"2025-01": 0})).values()
    assert lines(january) == [("capacity reserved: 10 h100", "14,880.00")]
    both = meter("share: 90%").replace("billing: used", "billing: reserved")
    assert [f.code for f in faults_of(tmp_path / "2", both)] == ["pays-twice"]
    book = book_of(tmp_path / "3", meter("share: 90%"))
    twice = book.agreements["meter"].model_copy(update={"billing": "reserved"})
    book = replace(book, agreements={"meter": twice})
    (january,) = statements(book, "2025-01", used({"2025-01": 0})).values()
    assert lines(january)[1] == ("not taken in 2025-01", "13,392.00")


def test_a_share_that_changes_within_a_quarter_is_counted_day_by_day(tmp_path: Path) -> None:
    """50 % to 14 February, 80 % from the 15th: days at 240 chip-hours are 45 and 45.

    floor      50 % x 10,800 + 80 % x 10,800 = 14,040
    short      14,040 - 10,000 = 4,040, x 2 = 8,080.00
    """
    text = meter("share: 50%, measured: quarter")
    text += "  amendments: [{on: 2025-02-15, change: {take-or-pay: {share: 80%}}}]\n"
    made = statements(book_of(tmp_path, text), "2025-03", used({"2025-01": 10_000}))
    assert lines(made["2025-03"]) == [("not taken in 2025 Q1", "8,080.00")]
    assert whys(made["2025-03"]) == ["14,040 floor − 10,000 taken = 4,040 chip-hours, × 2 USD"]


def test_balances_outlive_a_change_of_words(tmp_path: Path) -> None:
    """What January paid for under 2 months of make-up is used in March, under words that have 1."""
    text = meter("share: 50%, make_up: 2 months")
    text += "  amendments: [{on: 2025-02-10, change: {take-or-pay: {make_up: 1 month}}}]\n"
    use = used({"2025-01": 3_620, "2025-02": 3_360, "2025-03": 4_000})
    made = statements(book_of(tmp_path, text), "2025-03", use)
    assert lines(made["2025-03"])[1] == ("made up from 2025-01", "-200.00")


def test_a_clause_that_ended_and_came_again_begins_anew(tmp_path: Path) -> None:
    """It ends after 31 January, a quarter of one month: 50 % x 7,440 - 3,000 = 720, x 2 = 1,440.

    It is added again from 1 March: 50 % x 7,440 - 3,600 = 120, x 2 = 240; nothing is carried over.
    """
    text = meter("share: 50%, measured: quarter, make_up: 12 months") + (
        "  amendments:\n"
        "  - {on: 2025-02-01, end: [take-or-pay]}\n"
        "  - {on: 2025-03-01, add: [{kind: take-or-pay, share: 50%, measured: quarter}]}\n"
    )
    use = used({"2025-01": 3_000, "2025-02": 0, "2025-03": 3_600})
    made = statements(book_of(tmp_path, text), "2025-03", use)
    assert lines(made["2025-01"])[1] == ("not taken in 2025 Q1", "1,440.00")
    assert made["2025-01"].carried == ()
    assert lines(made["2025-02"]) == []
    assert lines(made["2025-03"])[1] == ("not taken in 2025 Q1", "240.00")


def test_what_is_short_costs_the_price_of_the_last_day(tmp_path: Path) -> None:
    """The price is 2.00 to 15 March and 2.20 from the 16th; the quarter is short of 1,000."""
    text = meter("share: 50%, measured: quarter")
    text += "  - {kind: escalator, rises: 10% per year, from: 2024-03-16}\n"
    text = text.replace("price: 2 USD", "price: 2.00 USD")
    made = statements(book_of(tmp_path, text), "2025-03", used({"2025-01": 9_800}))
    assert lines(made["2025-03"]) == [("not taken in 2025 Q1", "2,200.00")]


# --- whatever is used, against a reading of the clause in fractions ------------------------------


@lru_cache
def drawn_book(share: int, measured: str, lasts: int) -> Book:
    words = f"share: {share}%, measured: {measured}, make_up: {lasts} months"
    with tempfile.TemporaryDirectory() as folder:
        return book_of(Path(folder), meter(words))


def naive(taken: list[int], share: int, length: int, lasts: int) -> list[Fraction]:
    """What each month owes beside its use, by the contract read aloud; chip-seconds."""
    owed, balance = [], dict[int, Fraction]()
    for m in range(12):
        owed.append(Fraction(0))
        if (m + 1) % length:
            continue
        span = range(m + 1 - length, m + 1)
        hours = sum(Month(2025, n + 1).hours for n in span)
        above = sum(taken[n] for n in span) - Fraction(share, 100) * 10 * hours * HOUR
        if above < 0:
            owed[m], balance[m] = -above, -above
            continue
        for paid in sorted(balance):
            if m <= paid + lasts:
                made = min(balance[paid], above)
                balance[paid] -= made
                above -= made
                owed[m] -= made
    return owed


@settings(max_examples=40)
@given(
    taken=st.lists(st.integers(0, 7_000 * HOUR), min_size=12, max_size=12),
    share=st.sampled_from([33, 50, 90]),
    period=st.sampled_from([("month", 1), ("quarter", 3), ("year", 12)]),
    lasts=st.integers(12, 15),
    cut=st.integers(1, 11),
)
def test_totals_are_those_of_a_naive_reading(
    taken: list[int], share: int, period: tuple[str, int], lasts: int, cut: int
) -> None:
    measured, length = period
    lasts = lasts - 12 + length
    book = drawn_book(share, measured, lasts)
    days = {dt.date(2025, n, 1): Used(seconds) for n, seconds in enumerate(taken, 1)}
    inputs = metered({"meter": days})
    made = dict(settle(book, Month(2025, 12), inputs))
    wanted = naive(taken, share, length, lasts)
    for n, ((statement,), extra) in enumerate(zip(made.values(), wanted, strict=True)):
        # Each line is rounded once; there are at most as many as balances.
        exact = Fraction(taken[n] + extra, HOUR) * 2
        assert abs(Fraction(statement.total.amount) - exact) <= Fraction(len(wanted), 200)
    # The same in two runs, the second opening with what the first carried.
    first = dict(settle(book, Month(2025, cut), inputs))
    (kept,) = first[Month(2025, cut)]
    rest = settle(
        book,
        Month(2025, 12),
        inputs,
        since=Month(2025, cut) + 1,
        opening={"meter": kept.carried},
    )
    assert {**first, **dict(rest)} == made


@settings(max_examples=25)
@given(
    parts=st.lists(st.integers(0, 30 * HOUR), min_size=31, max_size=31),
    order=st.randoms(use_true_random=False),
)
def test_how_a_month_is_split_and_in_which_order_changes_nothing(
    parts: list[int], order: object
) -> None:
    book = drawn_book(50, "month", 1)
    split = {dt.date(2025, 1, n): Used(seconds) for n, seconds in enumerate(parts, 1)}
    items = list(split.items())
    assert hasattr(order, "shuffle")
    order.shuffle(items)
    joined = {dt.date(2025, 1, 1): Used(sum(parts))}
    one, two, three = (
        reckon(book, Month(2025, 1), metered({"meter": days}))
        for days in (split, dict(items), joined)
    )
    assert one == two
    assert lines(one[0])[1:] == lines(three[0])[1:]
    assert one[0].total == three[0].total


@pytest.mark.parametrize("lasts", ["1 month", "12 months"])
def test_nothing_is_paid_and_made_up_in_one_period(tmp_path: Path, lasts: str) -> None:
    """Up and down for a year: no month has both a shortfall and something made up."""
    book = book_of(tmp_path, meter(f"share: 50%, make_up: {lasts}"))
    use = used({f"2025-{n:02d}": 7_000 if n % 2 else 1_000 for n in range(1, 13)})
    for statement in statements(book, "2025-12", use).values():
        items = {item.split(" ")[0] for item, _ in lines(statement)}
        assert len(items & {"not", "made"}) <= 1
