"""Overage: what is taken above what is contracted, hour by hour, at a price of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from offtake.clauses.base import HOUR

from .owed import METER, book_of, faults_of, lines, statements, told, used, whys

RESERVED = METER.replace("billing: used", "billing: reserved")
OVER = used({"2025-01": 500}, {"2025-01": 100})
"""500 chip-hours taken in January, far below the 7,440 contracted; 100 of them in an hour in which
no more than ten chips were contracted."""


def clause(words: str) -> str:
    return f"  - {{kind: overage, {words}}}\n"


@pytest.mark.parametrize(
    ("words", "reserved", "metered"),
    [
        # Reserved: 100 x 3.20. Used: the 100 cost 2.00 already, so 100 x 1.20 more.
        ("price: 3.20 USD per chip-hour", "320.00", "120.00"),
        # 150 % of 2.00 is 3.00.
        ("rate: 150%", "300.00", "100.00"),
        # A lower price is a credit of what was charged too much.
        ("price: 1.50 USD per chip-hour", "150.00", "-50.00"),
        ("rate: 100%", "200.00", "0.00"),
    ],
)
def test_what_is_above_the_contract_is_charged_at_its_price(
    tmp_path: Path, words: str, reserved: str, metered: str
) -> None:
    item = "capacity taken above the contract"
    block = book_of(tmp_path / "r", RESERVED, clause(words))
    january = statements(block, "2025-01", OVER)["2025-01"]
    assert lines(january) == [("capacity reserved: 10 h100", "14,880.00"), (item, reserved)]
    assert january.entries[1].line.quantity == 100 * HOUR
    assert told(january) == []
    meter = book_of(tmp_path / "u", METER, clause(words))
    january = statements(meter, "2025-01", OVER)["2025-01"]
    assert lines(january) == [("capacity taken", "1,000.00"), (item, metered)]


def test_the_formula_says_what_is_charged_already(tmp_path: Path) -> None:
    words = clause("price: 3.20 USD per chip-hour")
    january = statements(book_of(tmp_path / "u", METER, words), "2025-01", OVER)["2025-01"]
    assert whys(january)[1] == (
        "100 chip-hours above the contract × (3.2 USD − 2 USD that is charged for use)"
    )
    january = statements(book_of(tmp_path / "r", RESERVED, words), "2025-01", OVER)["2025-01"]
    assert whys(january)[1] == "100 chip-hours above the contract × 3.2 USD"


def test_a_rate_follows_the_price_of_each_day(tmp_path: Path) -> None:
    """2.00 USD to 15 March, 2.20 from the 16th; 150 % of them are 3.00 and 3.30.

    10 x 3.00 = 30.00 and 20 x 3.30 = 66.00.
    """
    rise = "  - {kind: escalator, rises: 10% per year, from: 2024-03-16}\n"
    book = book_of(tmp_path, RESERVED, clause("rate: 150%"), rise)
    inputs = used({}, {})
    over = used({"2025-03-02": 10, "2025-03-20": 20}, {"2025-03-02": 10, "2025-03-20": 20})
    march = statements(book, "2025-03", over)["2025-03"]
    assert [amount for _, amount in lines(march)[2:]] == ["30.00", "66.00"]
    assert len(statements(book, "2025-03", inputs)["2025-03"].entries) == 2


def test_without_the_clause_it_is_told_and_not_charged(tmp_path: Path) -> None:
    """Reserved: nothing prices it. Used: it is charged as all use is, so nothing is to be told."""
    plain = [text.replace("  clauses:\n", "") for text in (RESERVED, METER)]
    january = statements(book_of(tmp_path / "r", plain[0]), "2025-01", OVER)["2025-01"]
    assert lines(january) == [("capacity reserved: 10 h100", "14,880.00")]
    assert told(january) == ["Used 100 chip-hours more than contracted; no clause prices them."]
    january = statements(book_of(tmp_path / "u", plain[1]), "2025-01", OVER)["2025-01"]
    assert (lines(january), told(january)) == ([("capacity taken", "1,000.00")], [])


def test_on_days_without_the_clause_it_is_told(tmp_path: Path) -> None:
    text = RESERVED.replace("  clauses:\n", "") + (
        "  amendments: [{on: 2025-01-10, add: [{kind: overage, rate: 150%}]}]\n"
    )
    over = used({"2025-01-05": 7, "2025-01-15": 3}, {"2025-01-05": 7, "2025-01-15": 3})
    january = statements(book_of(tmp_path, text), "2025-01", over)["2025-01"]
    assert lines(january)[1:] == [("capacity taken above the contract", "9.00")]
    assert told(january) == ["Used 7 chip-hours more than contracted; no clause prices them."]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("id: x", "What is taken above what meter contracts has no price."),
        (
            "rate: 150%, price: 3 USD per chip-hour",
            "What is taken above what meter contracts has several prices.",
        ),
        ("price: 3 USD per month", "What is taken above the contract is not priced per month."),
        ("rate: 150% of invoice", "150% of invoice is not a plain share of a price."),
        ("rate: 1% per day", "1% per day is not a plain share of a price."),
    ],
)
def test_it_is_priced_once_and_per_chip_hour(tmp_path: Path, words: str, sentence: str) -> None:
    found = faults_of(tmp_path, METER, clause(words))
    assert [(f.code, f.sentence) for f in found if f.code == "overage-price"] == [
        ("overage-price", sentence)
    ]


def test_a_rate_needs_a_price_of_which_it_is_a_share(tmp_path: Path) -> None:
    text = METER.replace("  price: 2 USD per chip-hour\n", "")
    text = text[: text.index("  deliveries")] + "  clauses:\n"
    (fault,) = faults_of(tmp_path, text, clause("rate: 150%"))
    assert (fault.code, fault.sentence) == (
        "overage-price",
        "meter states no price of which this could be a share.",
    )


def test_it_says_what_is_paid_for_it(tmp_path: Path) -> None:
    book = book_of(tmp_path, METER, clause("rate: 150%"))
    (term,) = book.terms_of["meter"]
    explain = getattr(term.clause, "explain")  # noqa: B009 - a face that not every clause has
    assert explain(book) == (
        "lab pays cloud 150% of the price of the agreement for what it takes above what meter "
        "contracts, hour by hour"
    )
