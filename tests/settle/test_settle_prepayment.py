"""Prepayment on statements: paid when due, drawn by later invoices, never more than they bear."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.settle import Inputs, settle
from offtake.settle.clock import BookClock
from offtake.settle.inputs import Came
from offtake.units import Month

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

IREN = """
- id: iren-azure
  seller: iren
  buyer: microsoft
  signed: 2025-11-02
  from: 2026-03-01
  until: 2031-12-31
  price: 2.91 USD per chip-hour
  deliveries:
  - {id: h1, add: 19000 chips, chip: gb300, region: us-tx, start: 2026-04-01, until: 2031-03-31}
  - {id: h2, add: 19000 chips, chip: gb300, region: us-tx, start: 2026-07-01, until: 2031-06-30}
  - {id: h3, add: 19000 chips, chip: gb300, region: us-tx, start: 2026-10-01, until: 2031-09-30}
  - {id: h4, add: 19000 chips, chip: gb300, region: us-tx, start: 2027-01-01, until: 2031-12-31}
  clauses:
  - kind: prepayment
    share: 20% of delivery value
    due: 30 days before start
    credit_after: 24 months
    credit_up_to: 100% of invoice
"""


def test_iren_and_microsoft(tmp_path: Path) -> None:
    """9.7 B USD over five years on average, 20 % of each tranche prepaid, credited after month 24.

    (IREN, 8-K, 2025-11-02. Four tranches of 19,000 chips at 2.91 USD are assumed; they come to
    about the sum reported, the days of payment too.)

    Each tranche: 19,000 chips x 1,826 days x 24 h = 43,824 h x 2.91 USD = 2,423,028,960.00;
    20 % of it                                                            =   484,605,792.00
    four of them                                                          = 1,938,423,168.00

    due 30 days before start: 2026-03-02, 2026-06-01, 2026-09-01, 2026-12-02.

    Credited from 24 months after start, the oldest first, up to the whole invoice of 76,000 chips:
    2028-04  720 h  invoice 159,235,200.00  h1 -159,235,200.00   (325,370,592.00 left)
    2028-05  744 h  invoice 164,543,040.00  h1 -164,543,040.00   (160,827,552.00 left)
    2028-06  720 h  invoice 159,235,200.00  h1 -159,235,200.00   (  1,592,352.00 left)
    2028-07  744 h  invoice 164,543,040.00  h1   -1,592,352.00   (nothing left)
                                            h2 -162,950,688.00   (321,655,104.00 left)
    """
    made = statements(book_of(tmp_path, IREN), "2028-07", agreement="iren-azure")
    own = prepaid(made)
    paid = [("2026-03", "h1"), ("2026-06", "h2"), ("2026-09", "h3"), ("2026-12", "h4")]
    assert [(m, item.split()[-1]) for m, [(item, _)] in list(own.items())[:4]] == paid
    assert {owed for m, _ in paid for _, owed in own[m]} == {"484,605,792.00"}
    (march,) = made["2026-03"].lines
    assert march.why == "20% × 19,000 chips × 43,824 h × 2.91 USD"
    assert (march.first, march.payer, march.payee) == (dt.date(2026, 3, 2), "microsoft", "iren")
    credit = "credit of what was paid ahead for "
    assert {m: c for m, c in own.items() if m > "2027"} == {
        "2028-04": [(f"{credit}h1", "-159,235,200.00")],
        "2028-05": [(f"{credit}h1", "-164,543,040.00")],
        "2028-06": [(f"{credit}h1", "-159,235,200.00")],
        "2028-07": [(f"{credit}h1", "-1,592,352.00"), (f"{credit}h2", "-162,950,688.00")],
    }
    assert {m: str(s.total) for m, s in made.items() if m >= "2028-03"} == {
        "2028-03": "164543040 USD",
        **{f"2028-{n:02d}": "0 USD" for n in range(4, 8)},
    }
    assert whys(made["2028-07"])[-2:] == [
        "the smaller of 1,592,352 left and 164,543,040 USD of the invoice (up to 100%)",
        "the smaller of 484,605,792 left and 162,950,688 USD of the invoice (up to 100%)",
    ]
    left = {c.name: c.amount for c in made["2028-07"].carried}
    assert left == {
        "balance h2": 321_655_104,
        "balance h3": 484_605_792,
        "balance h4": 484_605_792,
    }


def test_what_is_due_at_signing_stands_before_the_first_day(tmp_path: Path) -> None:
    """25 % of 42,720 = 10,680.00 on 2024-10-10; credited from February, up to half an invoice.

    2025-02   10 x 672 x 2 = 13,440.00, half of it:  -6,720.00   (3,960.00 left)
    2025-03   10 x 744 x 2 = 14,880.00, half of it is more:  -3,960.00
    """
    text = block("share: 25%, due: at signing, credit_up_to: 50%")
    made = statements(book_of(tmp_path, text), "2025-05", agreement="block")
    assert prepaid(made) == {
        "2024-10": [(PAID, "10,680.00")],
        "2025-02": [(CREDIT, "-6,720.00")],
        "2025-03": [(CREDIT, "-3,960.00")],
    }
    (signing,) = made["2024-10"].lines
    assert (signing.first, signing.last) == (dt.date(2024, 10, 10), dt.date(2024, 10, 10))
    assert whys(made["2025-02"])[1] == (
        "the smaller of 10,680 left and 6,720 USD of the invoice (up to 50%)"
    )
    assert made["2025-05"].carried == ()


@pytest.mark.parametrize(
    ("due", "month", "day"),
    [
        ("30 days before start", "2025-01", dt.date(2025, 1, 2)),
        ("at start", "2025-02", dt.date(2025, 2, 1)),
        ("20 days after start", "2025-02", dt.date(2025, 2, 21)),
        # Before it was signed nothing can be due.
        ("6 months before start", "2024-10", dt.date(2024, 10, 10)),
        # After the end there is no statement: due in the last month.
        ("2 years after start", "2025-12", dt.date(2025, 12, 31)),
    ],
)
def test_it_is_due_when_it_says_but_within_the_agreement(
    tmp_path: Path, due: str, month: str, day: dt.date
) -> None:
    made = statements(book_of(tmp_path, block(f"share: 10%, due: {due}")), "2025-12", None, "block")
    (paid,) = [line for s in made.values() for line in s.lines if line.item == PAID]
    assert (str(Month.of(paid.first)), paid.first, paid.amount.amount) == (month, day, 4272)


def test_what_comes_late_is_paid_as_promised_and_credited_from_when_it_came(tmp_path: Path) -> None:
    """d1 comes on 1 April, two months late: due in January all the same; credited from April.

    April   10 x 720 x 2 = 14,400.00; 10 % of 42,720 = 4,272.00 are credited.
    """
    book = book_of(tmp_path, block("share: 10%, due: 30 days before start"))
    at = BookClock("UTC").begin_of(dt.date(2025, 4, 1))
    inputs = Inputs(arrivals={("block", "d1"): Came(at, HERE)})
    made = statements(book, "2025-12", inputs, "block")
    assert prepaid(made) == {"2025-01": [(PAID, "4,272.00")], "2025-04": [(CREDIT, "-4,272.00")]}
    waits = book_of(tmp_path / "2", block("share: 10%, due: at start, credit_after: 1 month"))
    made = statements(waits, "2025-12", inputs, "block")
    # Credits would begin in May, when no invoice is left.
    assert prepaid(made) == {"2025-02": [(PAID, "4,272.00")]}
    assert told(made["2025-12"]) == [
        "4,272 USD paid ahead for d1 stay uncredited: no later invoice bears them."
    ]
    assert made["2025-12"].carried == ()


def test_what_never_comes_is_never_credited(tmp_path: Path) -> None:
    book = book_of(tmp_path, block("share: 10%, due: at start"))
    made = statements(
        book, "2025-12", Inputs(arrivals={("block", "d1"): Came(None, HERE)}), "block"
    )
    assert prepaid(made) == {"2025-02": [(PAID, "4,272.00")]}
    assert len(told(made["2025-12"])) == 1


def test_invoices_that_follow_use_draw_what_they_owe(tmp_path: Path) -> None:
    """20 % of 10 x 8,760 x 2 = 35,040.00 at start; used 5,000, 0 and 20,000 chip-hours.

    January    10,000.00 and as much credited    (25,040.00 left)
    February   nothing used, nothing credited
    March      40,000.00, 25,040.00 of it credited
    """
    text = METER + "  - {kind: prepayment, share: 20%, due: at start}\n"
    use = used({"2025-01": 5_000, "2025-03": 20_000})
    made = statements(book_of(tmp_path, text.replace("id: d,", "id: d1,")), "2025-03", use)
    assert prepaid(made) == {
        "2025-01": [(PAID, "35,040.00"), (CREDIT, "-10,000.00")],
        "2025-03": [(CREDIT, "-25,040.00")],
    }
    assert [str(s.total) for s in made.values()] == ["35040 USD", "0 USD", "14960 USD"]


def test_a_shortfall_is_part_of_the_invoice(tmp_path: Path) -> None:
    """90 % of 7,440 is 6,696: nothing used in January owes 13,392.00, drawn from 17,520.00."""
    text = (
        METER + "  - {kind: take-or-pay, share: 90%}\n"
        "  - {kind: prepayment, share: 10%, due: at start}\n"
    )
    made = statements(book_of(tmp_path, text.replace("id: d,", "id: d1,")), "2025-01", used({}))
    assert [owed for _, owed in lines(made["2025-01"])] == [
        "13,392.00",
        "17,520.00",
        "-13,392.00",
    ]


def test_two_prepayments_together_draw_no_more_than_the_invoice(tmp_path: Path) -> None:
    """40 % and 30 % of 42,720 are 17,088.00 and 12,816.00; February's invoice is 13,440.00.

    February   a draws 13,440.00, b nothing
    March      a its last 3,648.00 of 14,880.00, b 11,232.00
    April      b its last 1,584.00
    """
    text = block("id: a, share: 40%, due: at signing")
    text += "  - {id: b, kind: prepayment, share: 30%, due: at signing}\n"
    made = statements(book_of(tmp_path, text), "2025-04", agreement="block")
    drawn = {m: [owed for _, owed in own] for m, own in prepaid(made).items()}
    assert drawn == {
        "2024-10": ["17,088.00", "12,816.00"],
        "2025-02": ["-13,440.00"],
        "2025-03": ["-3,648.00", "-11,232.00"],
        "2025-04": ["-1,584.00"],
    }
    assert str(made["2025-02"].total) == "0 USD"


def test_a_delivery_is_valued_at_the_price_of_each_day(tmp_path: Path) -> None:
    """2.00 USD to 15 March, 2.20 from the 16th: 43 and 46 days.

    10 x 43 x 24 x 2.00 + 10 x 46 x 24 x 2.20 = 20,640 + 24,288 = 44,928; 10 % is 4,492.80.
    """
    text = block("share: 10%, due: at start")
    text += "  - {kind: escalator, rises: 10% per year, from: 2024-03-16}\n"
    made = statements(book_of(tmp_path, text), "2025-02", agreement="block")
    assert prepaid(made)["2025-02"][0] == (PAID, "4,492.80")
    assert whys(made["2025-02"])[1] == (
        "10% × 44,928 USD (10 chips × 2,136 h at the prices of their days)"
    )


def test_clocks_that_change_make_a_delivery_worth_an_hour_less(tmp_path: Path) -> None:
    """In New York 9 March has 23 hours: 10 x 2,135 x 2 = 42,700.00; 10 % is 4,270.00."""
    text = block("share: 10%, due: at start")
    made = statements(
        book_of(tmp_path, text, zone="America/New_York"), "2025-02", agreement="block"
    )
    assert prepaid(made)["2025-02"][0] == (PAID, "4,270.00")


@settings(max_examples=30)
@given(
    share=st.integers(1, 100),
    due=st.sampled_from(["at signing", "at start", "45 days before start", "40 days after start"]),
    after=st.integers(0, 2),
    up_to=st.integers(1, 100),
    late=st.integers(0, 100),
    cut=st.integers(0, 14),
)
def test_what_is_paid_is_credited_or_left(
    tmp_path_factory: pytest.TempPathFactory,
    share: int,
    due: str,
    after: int,
    up_to: int,
    late: int,
    cut: int,
) -> None:
    """Nothing appears or vanishes; no statement falls below zero; two runs are as good as one."""
    words = f"share: {share}%, due: {due}, credit_after: {after} months, credit_up_to: {up_to}%"
    book = book_of(tmp_path_factory.getbasetemp() / "drawn", block(words))
    at = BookClock("UTC").begin_of(dt.date(2025, 2, 1) + dt.timedelta(late))
    inputs = replace(Inputs(), arrivals={("block", "d1"): Came(at, HERE)})
    made = dict(settle(book, Month(2025, 11), inputs))
    paid = drawn = Decimal(0)
    for (statement,) in made.values():
        own = [line.amount.amount for line in statement.lines if line.account == "prepaid"]
        rest = sum(x.amount.amount for x in statement.lines if x.account != "prepaid")
        credit = -sum((a for a in own if a < 0), Decimal(0))
        assert credit <= Decimal(rest) * up_to / 100 + Decimal("0.005")
        assert statement.total.amount >= 0
        paid, drawn = paid + sum(a for a in own if a > 0), drawn + credit
        left = sum((c.amount for c in statement.carried), Fraction(0))
        assert Fraction(paid - drawn) == left
    assert paid == Decimal(42_720 * share) / 100
    month = Month(2024, 10) + cut
    if month < Month(2025, 11):
        rest_of = settle(
            book,
            Month(2025, 11),
            inputs,
            since=month + 1,
            opening={"block": made[month][0].carried},
        )
        first = {m: s for m, s in made.items() if m <= month}
        assert {**first, **dict(rest_of)} == made
