"""Bids in a file: the book's grammar, faults with file and line."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from offtake.dealing.offered import Around, bid_of, hashed, plain_terms, template, terms_of
from offtake.dealing.wrong import WrongDealingError, WrongFileError
from offtake.desk.lot import Flow, Part, Prepaid
from shell.books import said

from .staged import Stage

AROUND = Around("2026-04-01", 12, "USD")

WHOLE = """\
price: 2.35 USD per chip-hour
chips: 16000 chips
start: 2026-03-01
term: 3 years
escalator: 3% per year
prepaid: {share: 10%, before: 30 days, credit_after: 6 months, credit_over: 1 year}
rebates:
- {month: 12, amount: 1 M USD}
warrants: 100 M USD
options: [extend by 12 months]
support: 50 M USD
block: 8 chips
remainder_min: 8000 chips
deposit: 1 M USD
affiliated: true
package:
- {name: power, price: 10 M USD, worth: 8 M USD}
worth: 900 M USD
via: [oracle]
"""


def test_everything_that_a_bid_says_is_read() -> None:
    bid = bid_of(WHOLE, "bid.yaml", "far", AROUND)
    assert (bid.bidder, bid.chips, bid.block, bid.remainder_min) == ("far", 16_000, 8, 8000)
    assert (bid.deposit, bid.affiliated, bid.via) == (Decimal(1_000_000), True, ("oracle",))
    assert bid.package == (Part("power", Decimal(10_000_000), Decimal(8_000_000)),)
    terms = bid.terms
    assert (terms.price, terms.months, terms.start.isoformat()) == (
        Decimal("2.35"),
        36,
        "2026-03-01",
    )
    assert terms.escalator == Decimal("0.03")
    assert terms.prepaid == Prepaid(Decimal("0.1"), 30, 6, 12)
    assert terms.rebates == (Flow(12, Decimal(1_000_000)),)
    assert (terms.warrants, terms.support) == (Decimal(100_000_000), Decimal(50_000_000))
    assert terms.options == ("extend by 12 months",)


def test_what_a_bid_does_not_say_the_lot_says() -> None:
    bid = bid_of("price: 2 USD per chip-hour\nchips: 9 chips\n", "b", "far", AROUND)
    assert (bid.terms.start.isoformat(), bid.terms.months) == ("2026-04-01", 12)
    assert bid.id == ""


def test_the_template_is_a_bid_with_and_without_its_comments() -> None:
    text = template("USD", 16_000, "2025-11-01", 36)
    assert bid_of(text, "t", "far", AROUND).chips == 16_000
    filled = "\n".join(line.removeprefix("# ") for line in text.splitlines()[1:])
    bid = bid_of(filled, "t", "far", AROUND)
    assert bid.contingent == "on a permit"
    assert bid.terms.months == 36
    assert said("tender", "bid", "--template").stdout == text


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        ("price: 2\nchips: 9 chips", "b.yaml:1:8", "price: '2' is not a price"),
        ("price: 2 USD per chip-hour\nchips: 9", "b.yaml:2:8", "chips: '9' is not a number"),
        ("price: 2 EUR per chip-hour\nchips: 9 chips", "b.yaml:1:8", "is not in USD"),
        ("price: 2 USD per kWh\nchips: 9 chips", "b.yaml:1:8", "is not per chip-hour"),
        ("price: 2 USD per chip-hour", "b.yaml:1:1", "A field is missing"),
        ("chips: 9 chips\nprize: 2", "b.yaml:2:1", "There is no field prize here."),
        (
            "price: 2 USD per chip-hour\nchips: 9 chips\nterm: 30 days",
            "b.yaml:3:7",
            "term: 30 days is not a whole number of months",
        ),
        (
            "price: 2 USD per chip-hour\nchips: 9 chips\nescalator: 3%",
            "b.yaml:3:12",
            "escalator: 3% is not a percentage per year",
        ),
        (
            "price: 2 USD per chip-hour\nchips: 9 chips\nprepaid: {share: 10%, before: 1 month}",
            "b.yaml:3:31",
            "before: 1 month is not in days",
        ),
        (
            "price: 2 USD per chip-hour\nchips: 9 chips\nbidder: near",
            "b.yaml:3:9",
            "the bid is near's, and far makes it",
        ),
        ("- 1", "b.yaml:1:1", "A bid is a mapping of its fields."),
        ("", "b.yaml:1:1", "A bid is a mapping of its fields."),
        ("price: &a 2 USD per chip-hour\nchips: *a", "b.yaml:1:8", "anchor"),
        ("a: {", "b.yaml:", ""),
    ],
)
def test_a_fault_of_a_bid_has_its_place(text: str, place: str, sentence: str) -> None:
    with pytest.raises(WrongFileError) as raised:
        bid_of(text, "b.yaml", "far", AROUND)
    faults = raised.value.faults
    assert any(
        sentence in fault.sentence and str(fault.place).startswith(place) for fault in faults
    ), faults


def test_terms_alone_name_no_chips_and_a_bid_may_serve_as_terms() -> None:
    terms = terms_of("price: 2 USD per chip-hour\nescalator: 2% per year\n", "t", AROUND)
    assert terms.escalator == Decimal("0.02")
    assert terms_of(WHOLE, "t", AROUND).months == 36


def test_plain_terms_need_a_lot_or_its_words() -> None:
    assert plain_terms("2 USD per chip-hour", None, None, AROUND).months == 12
    assert plain_terms("2 USD per chip-hour", "2026-05-01", "6 months", AROUND).months == 6
    for around, option in ((Around(), "--start"), (Around("2026-04-01"), "--term")):
        with pytest.raises(WrongDealingError, match=option):
            plain_terms("2 USD per chip-hour", None, None, around)


def test_evidence_is_a_file_or_its_hash(tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_bytes(b"abc")
    digits = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hashed(str(letter)) == hashed(digits) == digits
    with pytest.raises(WrongDealingError, match="neither a file"):
        hashed(digits.upper())


def test_faults_of_a_file_are_shown_with_status_1(stage: Stage) -> None:
    stage.opened()
    bad = stage.folder / "bad.yaml"
    bad.write_text("price: 2 USD per chip-hour\nchips: 9\n")
    done = stage.said("bid", "t", bad, "--as", "far")
    assert (done.exit_code, done.stderr) == (1, "")
    assert f"{bad}:2:8: fault [bad-chips]" in done.stdout
    assert done.stdout.endswith("1 fault\n")
    (fault,) = json.loads(stage.said("bid", "t", bad, "--as", "far", "--json").stdout)
    assert (fault["line"], fault["code"]) == (2, "bad-chips")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * (1 << 20) + b"y"])
def test_a_file_that_is_no_text_is_one_sentence(stage: Stage, content: bytes) -> None:
    stage.opened()
    bad = stage.folder / "bad.yaml"
    bad.write_bytes(content)
    assert str(bad) in stage.wrong("bid", "t", bad, "--as", "far")


def test_a_file_that_is_not_there_is_one_sentence(stage: Stage) -> None:
    stage.opened()
    done = stage.said("bid", "t", stage.folder / "none.yaml", "--as", "far")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)


def test_a_bid_is_in_a_file_or_in_options_not_in_both(stage: Stage) -> None:
    stage.opened()
    file = stage.folder / "bid.yaml"
    file.write_text("price: 2 USD per chip-hour\nchips: 9 chips\n")
    assert "not in both" in stage.wrong("bid", "t", file, "--as", "far", "--chips", "9")


def test_a_revision_states_what_changes(stage: Stage) -> None:
    stage.noticed()
    terms = stage.folder / "terms.yaml"
    terms.write_text("price: 2.10 USD per chip-hour\nescalator: 1% per year\n")
    done = stage.does("revise", "t", terms, "--as", "far")
    assert done["sentences"][0].startswith("far now asks 2.10 for 300 chips")
    (bid,) = stage.does("show", "t")["tender"]["bids"]
    assert (bid["terms"]["price"], bid["terms"]["escalator"]) == ("2.10", "0.01")
