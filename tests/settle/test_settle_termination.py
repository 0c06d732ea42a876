"""What ending early costs: a share of what would still have been paid, and a sum; or nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from offtake.settle import Inputs
from offtake.settle.inputs import Came

from .owed import HERE, book_of, faults_of, lines, statements, told, whys

AGREED = """
- id: neb
  seller: cloud
  from: 2025-01-01
  until: 2025-12-31
ENDED  price: 3 USD per chip-hour
  deliveries:
  - {id: d1, add: 100 chips, chip: h100, region: r, start: 2025-01-01}
  - {id: d2, add: 50 chips, chip: h100, region: r, start: STARTD2}
  clauses:
"""
FEE = "  - {kind: termination, fee: 25% of remaining value, fee_sum: 1000 USD}\n"
LATE = (
    "  - {kind: delay-credits, rate: 1% of monthly fee per day, cap: 50% of monthly fee, "
    "terminate: {after: 60 days, what: WHAT}}\n"
)
STEPS = "  - {kind: escalator, rises: 21% per year, every: 6 months}\n"


def agreed(*clauses: str, ended: str = "", d2: str = "", start: str = "2025-01-01") -> str:
    """The agreement as it ended: `d2` follows the second delivery's words."""
    text = AGREED.replace("ENDED", f"  {ended}\n" if ended else "").replace("START", start)
    return text.replace("D2", d2) + "".join(clauses)


def test_ending_one_delivery_costs_a_share_of_what_it_would_have_cost(tmp_path: Path) -> None:
    """As between Nebius and Meta one delivery ends and the other goes on.

    `d2` is ended with 1 July, so June is its last month:

    June, d1                       100 × 720 h × 3                    216,000.00
    June, d2                        50 × 720 h × 3                    108,000.00
    remaining value                 50 × 184 days × 24 h × 3 = 662,400
    June, fee                      25 % of it                         165,600.00
    June, sum                                                           1,000.00
    July, d1 alone                 100 × 744 h × 3                    223,200.00
    """
    book = book_of(tmp_path, agreed(FEE, d2=", ended: 2025-07-01, ended_by: termination"))
    found = statements(book, "2025-08", agreement="neb")
    assert lines(found["2025-06"]) == [
        ("capacity reserved: 100 h100", "216,000.00"),
        ("capacity reserved: 50 h100", "108,000.00"),
        ("fee for ending d2", "165,600.00"),
        ("fee for ending d2", "1,000.00"),
    ]
    assert whys(found["2025-06"])[2:] == [
        "25% × 662,400 USD, what 220,800 chip-hours from 2025-07-01 to 2025-12-31 would have cost",
        "1,000 USD, once",
    ]
    assert {line.account for line in list(found["2025-06"].lines)[2:]} == {"fee"}
    assert lines(found["2025-07"]) == [("capacity reserved: 100 h100", "223,200.00")]


def test_ending_it_all_counts_steps_and_deliveries_that_were_still_to_come(
    tmp_path: Path,
) -> None:
    """The price would have risen by a tenth on 1 July, and `d2` come on 1 October.

    remaining value of d1          100 × 184 days × 24 h × 3.30 = 1,457,280; 25 %   364,320.00
    remaining value of d2           50 ×  92 days × 24 h × 3.30 =   364,320; 25 %    91,080.00
    """
    ended = "ended: 2025-07-01\n  ended_by: termination"
    book = book_of(tmp_path, agreed(STEPS, FEE, ended=ended, start="2025-10-01"))
    found = statements(book, "2025-12", agreement="neb")
    assert list(found)[-1] == "2025-06"
    assert lines(found["2025-06"]) == [
        ("capacity reserved: 100 h100", "216,000.00"),
        ("fee for ending d1", "364,320.00"),
        ("fee for ending d2", "91,080.00"),
        ("fee for ending neb", "1,000.00"),
    ]


def test_what_ended_before_is_not_ended_again(tmp_path: Path) -> None:
    """`d2` ended with March: when all ends with July, the fee is for `d1` alone."""
    clause = "  - {kind: termination, fee: 25%}\n"
    ended = "ended: 2025-07-01\n  ended_by: termination"
    book = book_of(tmp_path, agreed(clause, ended=ended, d2=", ended: 2025-04-01"))
    found = statements(book, "2025-06", agreement="neb")
    assert told(found["2025-03"]) == [
        "d2 was ended on 2025-04-01 under no clause that is named: no fee is charged."
    ]
    # 25 % × 100 chips × 184 days × 24 h × 3
    assert lines(found["2025-06"])[1:] == [("fee for ending d1", "331,200.00")]


def test_who_ends_pays(tmp_path: Path) -> None:
    clause = "  - {kind: termination, by: seller, fee: 25%}\n"
    book = book_of(tmp_path, agreed(clause, d2=", ended: 2025-12-31, ended_by: termination"))
    found = statements(book, "2025-12", agreement="neb")
    assert lines(found["2025-12"])[2] == ("fee for ending d2", "-900.00")


def test_missing_a_later_delivery_ends_that_one_alone_and_costs_no_fee(tmp_path: Path) -> None:
    """Nebius and Meta: who ends a delivery because it did not come owes nothing for it.

    `d2` was promised for 1 March. Sixty days later, on 30 April, the right to end it arises. It is
    ended with 15 May:

    May, d1                        100 × 744 h × 3                    223,200.00
    monthly fee of March            50 × 744 h × 3 = 111,600
    May, credit                    75 days × 1 %, at most 50 %        −55,800.00
    """
    text = agreed(
        LATE.replace("WHAT", "delivery"),
        FEE,
        d2=", ended: 2025-05-15, ended_by: delay-credits",
        start="2025-03-01",
    )
    awaited = Inputs(arrivals={("neb", "d2"): Came(None, HERE)})
    found = statements(book_of(tmp_path, text), "2025-06", awaited, "neb")
    assert told(found["2025-04"]) == [
        "d2 has not come by 2025-04-30, 60 days after 2025-03-01: lab may end this delivery."
    ]
    assert lines(found["2025-05"]) == [
        ("capacity reserved: 100 h100", "223,200.00"),
        ("d2 never came", "-55,800.00"),
    ]
    assert lines(found["2025-06"]) == [("capacity reserved: 100 h100", "216,000.00")]
    assert not told(found["2025-05"])


def test_missing_the_first_delivery_ends_the_order(tmp_path: Path) -> None:
    """`d1` never came and all is ended with 15 March: its 50 % of a monthly fee of 223,200."""
    ended = "ended: 2025-03-15\n  ended_by: delay-credits"
    late = LATE.replace("WHAT", "agreement")
    book = book_of(tmp_path, agreed(late, FEE, ended=ended, start="2025-06-01"))
    awaited = Inputs(arrivals={("neb", "d1"): Came(None, HERE)})
    found = statements(book, "2025-12", awaited, "neb")
    assert {month: lines(s) for month, s in found.items() if lines(s)} == {
        "2025-03": [("d1 never came", "-111,600.00")]
    }
    assert told(found["2025-03"]) == [
        "d1 has not come by 2025-03-02, 60 days after 2025-01-01: lab may end the agreement."
    ]


def test_an_end_under_no_clause_is_told_and_costs_nothing(tmp_path: Path) -> None:
    book = book_of(tmp_path, agreed(FEE, ended="ended: 2025-07-01"))
    found = statements(book, "2025-12", agreement="neb")
    assert told(found["2025-06"]) == [
        "neb was ended on 2025-07-01 under no clause that is named: no fee is charged."
    ]
    assert len(lines(found["2025-06"])) == 2


def test_an_end_that_is_not_known_yet_has_not_happened(tmp_path: Path) -> None:
    written = agreed(FEE, d2=", ended: 2025-07-01, ended_by: termination")
    before = book_of(tmp_path, written).as_of(dt.date(2025, 6, 30))
    found = statements(before, "2025-07", agreement="neb")
    assert [item for item, _ in lines(found["2025-06"])] == [
        "capacity reserved: 100 h100",
        "capacity reserved: 50 h100",
    ]
    assert lines(found["2025-07"])[1] == ("capacity reserved: 50 h100", "111,600.00")


@pytest.mark.parametrize(
    ("d2", "code", "sentence"),
    [
        (
            ", ended: 2025-07-01, ended_by: terminaton",
            "unknown-clause",
            "neb has no clause terminaton.",
        ),
        (
            ", ended_by: termination",
            "missing-field",
            "deliveries: It was ended under termination and does not say on which day.",
        ),
    ],
)
def test_what_was_ended_names_a_clause_and_a_day(
    d2: str, code: str, sentence: str, tmp_path: Path
) -> None:
    found = faults_of(tmp_path, agreed(FEE, d2=d2))
    assert (code, sentence) in [(f.code, f.sentence) for f in found]
