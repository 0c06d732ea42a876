"""Posted groups as Beancount reads them: its loader is the judge of balance and of balances."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from beancount import loader
from beancount.core.account import is_valid
from beancount.core.amount import CURRENCY_RE
from beancount.core.data import Balance, Open, Transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.formats.beancount import account_name, beancount_text, commodity_name
from offtake.settle.ledger import balances
from offtake.settle.postings import make, payment, revised
from offtake.units import Money, Month
from offtake.units.minor import exponent
from offtake.units.postings import Chips, Group, Owed

MARCH = Month(2026, 3)
CHIPS = Chips("lab", "chip-seconds:gb200", 36_000, 30_000, 1_800, 3_600)


def statement(
    amount: int = 123_456,
    month: Month = MARCH,
    agreement: str = "neo-1",
    *,
    currency: str = "USD",
    why: str = "10 chip-hours × 2.35 USD",
    account: str = "charge",
) -> Group:
    """A month of an agreement by which the lab owes neo."""
    name = f"{agreement}/{month}"
    line = Owed(
        f"{name}/1",
        f"{agreement}/floor",
        "reserved",
        why,
        "lab",
        "neo",
        amount,
        account,
        month.first,
        month.last,
        "agreements.yaml:12:3",
        36_000,
        "47/20",
        "train",
        ("usage.csv:7",),
    )
    group = Group(name, "statement", agreement, month.last, currency, (line,), (), CHIPS)
    return make(group)


def read(text: str) -> tuple[list[Any], list[str], dict[str, Any]]:
    entries, errors, options = loader.load_string(text)
    return entries, [error.message for error in errors], options


def realised(entries: list[Any]) -> dict[tuple[str, str], Decimal]:
    """What Beancount says that each account comes to, those of nothing left out."""
    held: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                held[posting.account, posting.units.currency] += posting.units.number
    return {key: amount for key, amount in held.items() if amount}


def ours(groups: list[Group], party: str) -> dict[tuple[str, str], Fraction]:
    """The same by our own ledger, in the names and units of the export."""
    return {
        (account_name(account), commodity_name(commodity)): amount
        / Fraction(1 if ":" in commodity else 10 ** exponent(commodity))
        for (who, account, commodity), amount in balances(groups).items()
        if who == party
    }


def corrected() -> list[Group]:
    """Two months, the first of them corrected, and a payment."""
    first = statement()
    better = revised(first, statement(100_001))
    assert better is not None
    paid = payment(
        "pay-1", "neo-1", "lab", "neo", Money(Decimal("1000.01"), "USD"), dt.date(2026, 4, 15)
    )
    return [first, better, paid, statement(month=MARCH + 1, account="prepaid")]


@pytest.mark.parametrize("party", ["lab", "neo"])
def test_beancount_accepts_the_books_of_each_party_and_comes_to_the_same(party: str) -> None:
    groups = corrected()
    entries, errors, _ = read(beancount_text(groups, party))
    assert errors == []
    assert realised(entries) == ours(groups, party)
    asserted = [entry for entry in entries if isinstance(entry, Balance)]
    assert {entry.date for entry in asserted} == {dt.date(2026, 4, 1), dt.date(2026, 5, 1)}
    assert all(entry.diff_amount is None for entry in asserted)


def test_a_month_end_asserts_what_the_books_hold() -> None:
    text = beancount_text(corrected(), "lab")
    assert "2026-04-01 balance Liabilities:Payable:Neo  -1000.01 USD\n" in text
    assert "2026-05-01 balance Liabilities:Payable:Neo  -1234.56 USD\n" in text
    assert "2026-05-01 balance Assets:Cash  -1000.01 USD\n" in text


def test_a_transaction_says_statement_line_clause_and_place() -> None:
    (entry, *_) = (e for e in read(beancount_text(corrected(), "lab"))[0] if hasattr(e, "links"))
    assert (entry.payee, entry.narration) == ("neo", "neo-1/2026-03")
    assert entry.links == {"neo-1/2026-03"}
    said = entry.postings[0].meta
    assert said["line"] == "neo-1/2026-03/1"
    assert said["clause"] == "neo-1/floor"
    assert said["place"] == "agreements.yaml:12:3"
    assert said["why"] == "10 chip-hours × 2.35 USD"
    assert said["first"] == dt.date(2026, 3, 1)
    assert said["causes"] == "usage.csv:7"


def test_a_correction_is_linked_to_what_it_corrects() -> None:
    entries = read(beancount_text(corrected(), "lab"))[0]
    better = next(e for e in entries if "correction" in (getattr(e, "tags", None) or ()))
    assert better.narration == "neo-1/2026-03~2"
    assert better.links == {"neo-1/2026-03"}
    assert better.meta["replaces"] == "neo-1/2026-03"


def test_one_cent_that_is_missing_is_found() -> None:
    """The control: our own check is passed by, and Beancount sees it."""
    group = statement()
    first, *rest = group.postings
    crooked = replace(group, postings=(replace(first, amount=first.amount + 1), *rest))
    errors = read(beancount_text([crooked], "lab"))[1]
    assert errors == ["Transaction does not balance: (0.01 USD)"]


def test_one_chip_second_that_is_missing_is_found() -> None:
    group = statement()
    *rest, last = group.postings
    crooked = replace(group, postings=(*rest, replace(last, amount=last.amount + 1)))
    errors = read(beancount_text([crooked], "lab"))[1]
    assert errors == ["Transaction does not balance: (1 GB200-S)"]


def test_a_balance_that_is_wrong_by_a_cent_is_found() -> None:
    text = beancount_text([statement()], "lab")
    wrong = text.replace(
        "balance Liabilities:Payable:Neo  -1234.56", "balance Liabilities:Payable:Neo  -1234.55"
    )
    assert wrong != text
    (error,) = read(wrong)[1]
    assert error.startswith("Balance failed for 'Liabilities:Payable:Neo': expected -1234.55 USD")


def test_currencies_keep_their_own_decimals() -> None:
    groups = [
        statement(1_234, currency="JPY", agreement="yen"),
        statement(1_234, currency="KWD", agreement="dinar"),
    ]
    entries, errors, options = read(beancount_text(groups, "lab"))
    assert errors == []
    held = realised(entries)
    assert held["Expenses:Charge:Yen", "JPY"] == Decimal(1_234)
    assert held["Expenses:Charge:Dinar", "KWD"] == Decimal("1.234")
    assert options["operating_currency"] == ["JPY", "KWD"]


def test_books_end_where_they_are_told_to() -> None:
    entries, errors, _ = read(beancount_text(corrected(), "lab", until=dt.date(2026, 3, 31)))
    assert errors == []
    assert max(entry.date for entry in entries) == dt.date(2026, 4, 1)


def test_a_party_that_has_no_books_has_an_empty_ledger() -> None:
    entries, errors, options = read(beancount_text(corrected(), "far", title="Far's"))
    assert (entries, errors, options["title"]) == ([], [], "Far's")


def test_order_within_a_day_is_that_of_posting_and_days_are_sorted() -> None:
    groups = corrected()
    late_first = [groups[3], groups[0], groups[1], groups[2]]
    assert beancount_text(late_first, "lab") == beancount_text(groups, "lab")


@given(st.text(max_size=40))
@settings(max_examples=20, deadline=None)
def test_no_text_breaks_out_of_its_string(why: str) -> None:
    entries, errors, _ = read(beancount_text([statement(why=f"x{why}")], "lab"))
    assert errors == []
    (entry,) = (e for e in entries if isinstance(e, Transaction))
    said = entry.postings[0].meta["why"]
    kept = "".join(c if c.isprintable() or c in "\n\r\t" else "\ufffd" for c in f"x{why}")
    assert said == kept


IDS = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,12}", fullmatch=True)


@given(st.sets(st.one_of(IDS, st.text(min_size=1, max_size=6)), min_size=2, max_size=30))
@settings(max_examples=40, deadline=None)
def test_two_ids_never_meet_in_an_account(ids: set[str]) -> None:
    names = {account_name(f"Assets:Receivable:{one}") for one in ids}
    assert len(names) == len(ids)
    assert all(is_valid(name) for name in names)


@given(st.sets(IDS, min_size=2, max_size=30))
@settings(max_examples=40, deadline=None)
def test_two_chips_never_meet_in_a_commodity(ids: set[str]) -> None:
    names = {commodity_name(f"chip-seconds:{one}") for one in ids} | {"CHIP-SECONDS", "USD"}
    assert len(names) == len(ids) + 2
    assert all(re.fullmatch(CURRENCY_RE, name) for name in names)


def test_ids_that_look_alike_stay_apart_in_one_ledger() -> None:
    ids = ("a.b", "a_b", "a-b", "adotb", "a", "9a", "x", "xx.a")
    groups = [statement(agreement=one) for one in ids]
    entries, errors, _ = read(beancount_text(groups, "lab"))
    assert errors == []
    opened = [e.account for e in entries if isinstance(e, Open)]
    assert len([one for one in opened if one.startswith("Expenses:Charge:")]) == len(ids)
