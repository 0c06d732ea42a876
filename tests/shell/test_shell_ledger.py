"""`offtake settle --post` and `offtake ledger`: posted once, corrected, paid, called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .books import said, write
from .settling import OWED, metering
from .settling import book as written

VENTURE = """\
ventures:
- {id: joint, owners: {lab: 40%, near: 60%}, capital: [{limit: 1 B USD, from: 2026-02}]}
sites:
- id: yard
  venture: joint
  region: us
  pue: 1.2
  power_price: 60 USD per MWh
  chips: [h100]
  phases:
  - {id: p1, power: 10 MW meter, capex: 120 M USD, started: 2026-02, lead: 3 months}
"""
"""A phase under way: 120 M over three months."""


@pytest.fixture(autouse=True)
def _keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFTAKE_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return written(tmp_path / "owed")


@pytest.fixture
def meter(tmp_path: Path) -> Path:
    return metering(tmp_path / "february.csv")


def data(*arguments: object, status: int = 0) -> dict[str, Any]:
    result = said(*arguments, "--json")
    assert result.exit_code == status, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def balances(book: Path, *more: object) -> dict[tuple[str, str], int]:
    found = data("ledger", "balance", book, *more)
    assert set(found["sums"].values()) <= {0}
    return {(a["account"], a["commodity"]): a["amount"] for a in found["accounts"]}


# --- posting --------------------------------------------------------------------------------------


def test_posting_twice_is_once(book: Path, meter: Path) -> None:
    month = ("settle", book, "--month", "2026-02", "--meter", meter, "--post")
    assert data(*month)["posted"]["new"] == ["held-1/2026-02", "used-1/2026-02"]
    again = data(*month)["posted"]
    assert (again["new"], again["same"]) == ([], ["held-1/2026-02", "used-1/2026-02"])
    assert "Nothing new: what is owed was posted already." in said(*month).stdout


def test_what_is_owed_stands_in_the_books_of_both(book: Path, meter: Path) -> None:
    said("settle", book, "--month", "2026-02", "--meter", meter, "--post")
    own = balances(book)
    assert own["Liabilities:Payable:near", "USD"] == -107_520_00
    assert own["Expenses:Charge:used-1", "USD"] == 80_640_00
    assert own["Expenses:Shortfall:used-1", "USD"] == 26_880_00
    assert own["Equity:Contracted:used-1", "chip-seconds:h100"] == -67_200 * 3600
    theirs = balances(book, "--party", "near")
    assert theirs["Assets:Receivable:lab", "USD"] == 107_520_00
    assert "all accounts in USD sum to 0, as it must" in said("ledger", "balance", book).stdout


def test_other_use_is_a_correction_that_takes_the_first_back(
    book: Path, meter: Path, tmp_path: Path
) -> None:
    """90 chips in each hour are above the floor: 90 x 672 x 2 = 120,960.00."""
    said("settle", book, "--month", "2026-02", "--meter", meter, "--post")
    more = metering(tmp_path / "more.csv", chips=90)
    found = data("settle", book, "--month", "2026-02", "--meter", more, "--post")
    assert found["posted"]["new"] == ["used-1/2026-02~2"]
    assert [n for n in found["notes"] if "--post puts used-1/2026-02~2 in its place" in n]
    own = balances(book)
    assert own["Liabilities:Payable:near", "USD"] == -120_960_00
    assert ("Expenses:Shortfall:used-1", "USD") not in own
    shown = said("ledger", "statement", book, "used-1/2026-02").stdout
    assert "used-1/2026-02~2 (statement) of used-1" in shown
    assert "in place of used-1/2026-02" in shown
    moved = data("ledger", "account", book, "Liabilities:Payable:near")["movements"]
    assert [m["amount"] for m in moved] == [-80_640_00, -26_880_00, 80_640_00, 26_880_00,
                                            -120_960_00]  # fmt: skip
    assert [m["reverses"] for m in moved] == [False, False, True, True, False]


def test_a_month_opens_with_what_was_posted_before_it(book: Path, meter: Path) -> None:
    """13,440 chip-hours were paid for and not taken: they can be made up in March.

    Without the metering of February the month before would have had none of it.
    """
    said("settle", book, "--month", "2026-02", "--meter", meter, "--post")
    march = data("settle", book, "--month", "2026-03", "--agreement", "used-1")
    carried = {c["name"]: c["amount"] for c in march["statements"][0]["carried"]}
    made_up = [li for li in march["statements"][0]["lines"] if li["by"] == "used-1/floor"]
    assert made_up
    assert made_up[0]["amount"].startswith("-")
    assert not [note for note in march["notes"] if "2026-02" in note]
    assert str(13_440 * 3600) not in carried.values()


def test_later_months_that_open_with_a_correction_are_named(
    book: Path, meter: Path, tmp_path: Path
) -> None:
    said("settle", book, "--month", "2026-02", "--meter", meter, "--post")
    said("settle", book, "--month", "2026-03", "--post")
    more = metering(tmp_path / "more.csv", chips=90)
    text = said("settle", book, "--month", "2026-02", "--meter", more, "--post").stdout
    assert "Settle again, since they open with what is posted now: used-1/2026-03" in text


def test_whoever_has_no_keys_settles_and_is_told(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said("settle", book, "--month", "2026-02", "--post")
    monkeypatch.setenv("OFFTAKE_KEYS", str(tmp_path / "other"))
    result = said("settle", book, "--month", "2026-03")
    assert result.exit_code == 0
    assert "what was posted at the book's desk is not counted" in result.stdout
    assert said("settle", book, "--month", "2026-03", "--post").exit_code == 2


# --- paying ---------------------------------------------------------------------------------------


def test_a_payment_lowers_what_is_left(book: Path, meter: Path) -> None:
    said("settle", book, "--month", "2026-02", "--meter", meter, "--post")
    paid = data("ledger", "pay", book, "used-1/2026-02", "100000 USD", "--on", "2026-03-10")
    assert paid["posted"] == ["used-1/2026-02/paid/1"]
    text = said("ledger", "statement", book, "used-1/2026-02").stdout
    assert "lab owes near: 107,520.00 USD, paid 100,000.00, left 7,520.00" in text
    assert balances(book)["Assets:Cash", "USD"] == -100_000_00
    assert balances(book, "--party", "near")["Assets:Cash", "USD"] == 100_000_00


def test_a_payment_sent_twice_under_a_key_happens_once(book: Path, meter: Path) -> None:
    said("settle", book, "--month", "2026-02", "--meter", meter, "--post")
    pay = ("ledger", "pay", book, "used-1/2026-02", "1000 USD", "--on", "2026-03-10")
    for key, number in (("a", 1), ("b", 2), ("a", 1), ("b", 2)):
        assert data(*pay, "--key", key)["posted"] == [f"used-1/2026-02/paid/{number}"]
    assert balances(book)["Assets:Cash", "USD"] == -2_000_00
    other = said("ledger", "pay", book, "used-1/2026-02", "5 USD", *pay[-2:], "--key", "a")
    assert "Refused (key-reused)" in other.stdout


def test_the_same_payment_told_twice_is_one_payment(
    book: Path, meter: Path, tmp_path: Path
) -> None:
    """Another amount, day or evidence is another payment; so is the same under a key of its own."""
    said("settle", book, "--month", "2026-02", "--meter", meter, "--post")
    pay = ("ledger", "pay", book, "used-1/2026-02", "1000 USD", "--on", "2026-03-10")
    (slip := tmp_path / "slip.txt").write_text("paid")
    first = data(*pay)
    assert (first["posted"], first["again"]) == (["used-1/2026-02/paid/1"], False)
    others = ((*pay, "--evidence", slip), (*pay, "--key", "second"), (*pay[:-1], "2026-03-11"))
    for number, other in enumerate(others, 2):
        for again in (False, True):
            found = data(*other)
            assert found["posted"] == [f"used-1/2026-02/paid/{number}"]
            assert found["again"] == again
    repeated = data(*pay)
    assert (repeated["posted"], repeated["again"]) == (["used-1/2026-02/paid/1"], True)
    assert balances(book)["Assets:Cash", "USD"] == -4_000_00
    shown = said(*pay)
    assert shown.exit_code == 0
    assert "Nothing new: used-1/2026-02/paid/1 was posted before" in shown.stdout
    assert "posted used-1" not in shown.stdout.replace("posted before", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["usd-1/2026-02", "1 USD"], "nothing was posted as 'usd-1/2026-02'"),
        (["used-1/2026-02", "1 EUR"], "a payment is an amount of USD above nothing"),
        (["used-1/2026-02", "0.001 USD"], "is finer than USD is paid in"),
        (["used-1/2026-02", "1 USD", "--from", "far"], "far owes nothing by used-1/2026-02"),
    ],
)
def test_a_payment_of_nothing_is_refused_in_a_sentence(
    book: Path, arguments: list[str], sentence: str
) -> None:
    said("settle", book, "--month", "2026-02", "--post")
    result = said("ledger", "pay", book, *arguments, "--on", "2026-03-10")
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_the_books_can_be_written_for_beancount(book: Path, tmp_path: Path) -> None:
    said("settle", book, "--month", "2026-02", "--post")
    to = tmp_path / "lab.beancount"
    assert data("ledger", "export", book, "--beancount", to)["groups"] == 2
    assert "Liabilities:Payable:Near" in to.read_text()
    before = to.read_bytes()
    again = said("ledger", "export", book, "--beancount", to)
    assert (again.exit_code, to.read_bytes()) == (2, before)
    assert f"{to} is there already; name a file that is not, or move it" in again.stderr


# --- capital --------------------------------------------------------------------------------------


def test_a_month_calls_owners_for_the_phase_under_way(tmp_path: Path) -> None:
    """40 M in March: 16 M of the lab, 24 M of near; once, however often it is asked."""
    joint = write(tmp_path / "joint", OWED + VENTURE)
    found = data("ledger", "capital", joint, "--month", "2026-03")
    assert [(c["call"], c["amount"]) for c in found["calls"]] == [
        ("joint/2026-03/1", "40000000.00")
    ]
    call = ("ledger", "call", joint, "--month", "2026-03")
    assert data(*call)["posted"] == ["joint/2026-03/1"]
    assert data(*call)["posted"] == []
    result = said("ledger", "pay", joint, "joint/2026-03/1", "16 M USD", "--on", "2026-03-20")
    assert "say who pays of joint/2026-03/1: --from" in result.stderr
    pay = ("ledger", "pay", joint, "joint/2026-03/1", "16 M USD", "--on", "2026-03-20")
    data(*pay, "--from", "lab")
    owners = data("ledger", "capital", joint)["funds"][0]["owners"]
    assert {o["owner"]: (float(o["called"]), float(o["due"])) for o in owners} == {
        "lab": (16e6, 0.0),
        "near": (24e6, 24e6),
    }
    text = said("ledger", "capital", joint).stdout
    assert "left of what is open: 960,000,000.00 of 1,000,000,000.00" in text


# --- what is not there ----------------------------------------------------------------------------


def test_books_of_a_desk_that_has_not_begun_are_empty(book: Path) -> None:
    assert said("ledger", "balance", book).stdout == "Nothing was posted to the books of lab.\n"
    assert "no fund with capital" in said("ledger", "capital", book).stdout
    text = said("ledger", "account", book, "Assets:Cash").stdout
    assert "lab has no account Assets:Cash" in text
    result = said("ledger", "balance", book, "--party", "nobody")
    assert result.exit_code == 2
    assert "--party" in result.stderr
