"""The books after statements, corrections, payments and calls, each figure worked by hand."""

from __future__ import annotations

import datetime as dt

from offtake.settle.ledger import account, balances, latest, open_items, trial
from offtake.settle.postings import Group, call, correction, group_of, paid_in, payment
from offtake.units.minor import money_of

from .test_postings import line, statement

LAST = dt.date(2026, 3, 31)
PAID = dt.date(2026, 4, 20)


def groups() -> list[Group]:
    """1,000.00 is owed, corrected to 900.00, 400.00 of it paid; 700.00 is called, 300.00 paid."""
    first = group_of(statement(line(100_000)))
    second = correction(first, statement(line(90_000), line(0, quantity=60)))
    assert second is not None
    return [
        first,
        second,
        payment("payment/1", "neo-1", "lab", "neo", money_of(40_000, "USD"), PAID),
        call("call/jv/1", "jv", [("lab", money_of(70_000, "USD"))], LAST),
        paid_in(payment("payment/2", "jv", "lab", "jv", money_of(30_000, "USD"), PAID)),
    ]


def test_balances_are_sums_and_nothing_is_left_out() -> None:
    usd = {key[:2]: amount for key, amount in balances(groups()).items() if key[2] == "USD"}
    assert usd == {
        ("jv", "Assets:Called:lab"): 40_000,
        ("jv", "Assets:Cash"): 30_000,
        ("jv", "Equity:Capital:lab"): -70_000,
        ("lab", "Assets:Capital:jv"): 70_000,
        ("lab", "Assets:Cash"): -70_000,
        ("lab", "Expenses:Charge:neo-1"): 90_000,
        ("lab", "Liabilities:Called:jv"): -40_000,
        ("lab", "Liabilities:Payable:neo"): -50_000,
        ("neo", "Assets:Cash"): 40_000,
        ("neo", "Assets:Receivable:lab"): 50_000,
        ("neo", "Income:Charge:neo-1"): -90_000,
    }


def test_all_accounts_of_a_party_sum_to_zero_in_each_commodity() -> None:
    assert trial(groups()) == {
        ("jv", "USD"): 0,
        ("lab", "USD"): 0,
        ("lab", "chip-seconds:h100"): 0,
        ("neo", "USD"): 0,
    }


def test_an_account_is_told_movement_by_movement() -> None:
    found = account(groups(), "lab", "Liabilities:Payable:neo")
    assert [(m.group, m.line, m.item, m.amount, m.balance, m.reverses) for m in found] == [
        ("neo-1/2026-03", "neo-1/2026-03/1", "capacity", -100_000, -100_000, False),
        ("neo-1/2026-03~2", "neo-1/2026-03/1", "reversal of neo-1/2026-03", 100_000, 0, True),
        ("neo-1/2026-03~2", "neo-1/2026-03~2/1", "capacity", -90_000, -90_000, False),
        ("payment/1", "payment/1/1", "payment", 40_000, -50_000, False),
    ]
    assert [m.date for m in found] == [LAST, LAST, LAST, PAID]


def test_accounts_below_are_told_with_it_each_commodity_by_itself() -> None:
    found = account(groups(), "lab", "Expenses")
    assert [(m.commodity, m.amount, m.balance) for m in found if m.line is None] == [
        ("chip-seconds:h100", 3_000, 3_000),
        ("chip-seconds:h100", 600, 3_600),
        ("chip-seconds:h100", -3_000, 600),
        ("chip-seconds:h100", -600, 0),
        ("chip-seconds:h100", 3_000, 3_000),
        ("chip-seconds:h100", 600, 3_600),
    ]
    assert account(groups(), "lab", "Expenses:Char") == ()
    assert account(groups(), "nobody", "Expenses") == ()


def test_open_items_are_what_is_still_to_be_paid() -> None:
    found = [(o.payer, o.payee, o.currency, o.amount) for o in open_items(groups())]
    assert found == [("lab", "jv", "USD", 40_000), ("lab", "neo", "USD", 50_000)]


def test_the_latest_of_each_stands() -> None:
    assert [group.id for group in latest(groups()).values()] == [
        "neo-1/2026-03~2", "payment/1", "call/jv/1", "payment/2",
    ]  # fmt: skip
