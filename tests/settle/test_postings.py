"""From a statement to postings, and to its correction: what is owed follows from its lines."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offtake.book.faults import Place
from offtake.clauses.base import Line, Step, Told
from offtake.settle.postings import (
    Group,
    Owed,
    balanced,
    call,
    carried_of,
    correction,
    group_of,
    make,
    paid_in,
    payment,
    reversal,
    revised,
    says_the_same,
)
from offtake.settle.statement import Capacity, Carried, Entry, Statement
from offtake.units import Money, Month
from offtake.units.minor import money_of
from offtake.units.postings import KINDS, unbalanced

FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 3, 31)
PLACE = Place("agreements.yaml", 7, 5)


def line(cents: int, account: str = "charge", *, currency: str = "USD", **words: object) -> Line:
    told: dict[str, object] = {"payer": "lab", "payee": "neo", "by": "neo-1"} | words
    return Line(
        step=Step.CHARGE,
        item="capacity",
        why="as agreed",
        amount=money_of(cents, currency),
        account=account,  # type: ignore[arg-type]
        first=FIRST,
        last=LAST,
        place=PLACE,
        **told,  # type: ignore[arg-type]
    )


def statement(*lines: Line, **words: object) -> Statement:
    told: dict[str, object] = {
        "capacity": Capacity(3_600, 3_000, 0, 0),
        "metered": True,
        "carried": (Carried("neo-1/up", "left", Fraction(-1, 3), "money"),),
        "told": (),
        "currency": "USD",
        "chip": "h100",
    } | words
    entries = tuple(Entry(f"neo-1/2026-03/{n}", one) for n, one in enumerate(lines, 1))
    return Statement(
        agreement="neo-1",
        month=Month(2026, 3),
        buyer="lab",
        seller="neo",
        host="neo",
        entries=entries,
        **told,  # type: ignore[arg-type]
    )


def flat(group: Group) -> list[tuple[str, str, str, int]]:
    return [(p.party, p.account, p.commodity, p.amount) for p in group.postings]


def test_a_statement_worked_by_hand() -> None:
    """1,000.00 for capacity, 30.00 back for lateness; 600 of 3,600 chip-seconds were not used."""
    group = group_of(statement(line(100_000), line(-3_000, "credit", by="neo-1/late")))
    assert (group.id, group.kind, group.subject) == ("neo-1/2026-03", "statement", "neo-1")
    assert (group.date, group.month, group.revision) == (LAST, "2026-03", 1)
    assert flat(group) == [
        ("lab", "Expenses:Charge:neo-1", "USD", 100_000),
        ("lab", "Liabilities:Payable:neo", "USD", -100_000),
        ("neo", "Assets:Receivable:lab", "USD", 100_000),
        ("neo", "Income:Charge:neo-1", "USD", -100_000),
        ("lab", "Expenses:Credit:neo-1", "USD", -3_000),
        ("lab", "Liabilities:Payable:neo", "USD", 3_000),
        ("neo", "Assets:Receivable:lab", "USD", -3_000),
        ("neo", "Income:Credit:neo-1", "USD", 3_000),
        ("lab", "Equity:Contracted:neo-1", "chip-seconds:h100", -3_600),
        ("lab", "Expenses:Used:neo-1", "chip-seconds:h100", 3_000),
        ("lab", "Expenses:Unused:neo-1", "chip-seconds:h100", 600),
    ]
    assert [p.line for p in group.postings[3:5]] == ["neo-1/2026-03/1", "neo-1/2026-03/2"]
    assert group.lines[0].place == "agreements.yaml:7:5"


def test_a_currency_without_decimals_is_counted_in_its_own_unit() -> None:
    group = group_of(statement(line(5_000, currency="JPY"), currency="JPY"))
    assert group.postings[0].amount == 5_000
    assert group.postings[0].commodity == "JPY"


def test_what_two_sellers_share_has_no_one_chip() -> None:
    group = group_of(statement(line(1), chip=""))
    assert {p.commodity for p in group.postings} == {"USD", "chip-seconds"}


def test_a_price_stays_exact() -> None:
    group = group_of(statement(line(1, price=Fraction(47, 20), quantity=7_200)))
    assert (group.lines[0].price, group.lines[0].quantity) == ("47/20", 7_200)


def test_what_is_carried_comes_back_as_it_was() -> None:
    one = statement(line(1))
    assert carried_of(group_of(one)) == one.carried


def test_settling_twice_changes_nothing() -> None:
    one = statement(line(100_000))
    other = statement(
        replace(line(100_000, causes=("use.csv#2",)), why="said otherwise", place=Place("b", 1)),
        sources=("use.csv#2",),
        told=(Told("neo-1", "A remark.", PLACE),),
    )
    assert correction(group_of(one), one) is None
    assert correction(group_of(one), other) is None


@pytest.mark.parametrize(
    "other",
    [
        statement(line(100_001)),
        statement(line(100_000), line(0, quantity=60)),
        statement(line(100_000, "fee")),
        statement(line(100_000, payee="third")),
        statement(line(100_000), capacity=Capacity(3_600, 3_001, 0, 0)),
        statement(line(100_000), carried=()),
        statement(),
    ],
)
def test_what_differs_is_the_next_revision_which_takes_the_first_back(other: Statement) -> None:
    first = group_of(statement(line(100_000)))
    second = correction(first, other)
    assert second is not None
    assert (second.id, second.replaces, second.revision) == ("neo-1/2026-03~2", first.id, 2)
    turned = second.postings[: len(first.postings)]
    assert turned == reversal(first)
    assert [one.id for one in second.lines] == [
        f"neo-1/2026-03~2/{n}" for n in range(1, len(other.entries) + 1)
    ]
    assert correction(second, other) is None
    third = correction(second, statement(line(100_000)))
    assert third is not None
    assert (third.id, third.replaces) == ("neo-1/2026-03~3", "neo-1/2026-03~2")
    every = [*first.postings, *second.postings, *third.postings]
    sums = {(p.party, p.account, p.commodity): 0 for p in every}
    for p in every:
        sums[p.party, p.account, p.commodity] += p.amount
    wanted = {(p.party, p.account, p.commodity): p.amount for p in first.postings}
    assert {key: left for key, left in sums.items() if left} == wanted


def test_only_the_same_month_is_corrected() -> None:
    group = group_of(statement(line(1)))
    with pytest.raises(ValueError, match="is no correction"):
        revised(group, replace(group, id="neo-1/2026-04"))


def test_a_group_that_does_not_balance_is_told() -> None:
    group = group_of(statement(line(100)))
    wrong = replace(group, postings=group.postings[1:])
    with pytest.raises(ValueError, match="neo-1/2026-03: lab's postings of USD sum to -100, not 0"):
        balanced(wrong)


def test_a_payment_and_a_call() -> None:
    paid = payment(
        "payment/7", "neo-1", "lab", "neo", Money.zero("USD") + money_of(500, "USD"), LAST
    )
    assert flat(paid) == [
        ("lab", "Liabilities:Payable:neo", "USD", 500),
        ("lab", "Assets:Cash", "USD", -500),
        ("neo", "Assets:Cash", "USD", 500),
        ("neo", "Assets:Receivable:lab", "USD", -500),
    ]
    called = call("call/jv/2026-03", "jv", [("lab", money_of(700, "USD"))], LAST)
    assert flat(called) == [
        ("lab", "Assets:Capital:jv", "USD", 700),
        ("lab", "Liabilities:Called:jv", "USD", -700),
        ("jv", "Assets:Called:lab", "USD", 700),
        ("jv", "Equity:Capital:lab", "USD", -700),
    ]
    into = paid_in(payment("payment/8", "jv", "lab", "jv", money_of(700, "USD"), LAST))
    assert flat(into)[0] == ("lab", "Liabilities:Called:jv", "USD", 700)
    assert flat(into)[3] == ("jv", "Assets:Called:lab", "USD", -700)
    assert says_the_same(into, into)
    with pytest.raises(ValueError, match="nobody is called"):
        call("call/jv/2026-03", "jv", [], LAST)


PARTIES = st.sampled_from(["lab", "neo", "cloud"])
ACCOUNTS = ["charge", "shortfall", "credit", "prepaid", "premium", "fee", "royalty", "paid"]
LINES = st.builds(
    Owed,
    id=st.uuids().map(str),
    by=st.just("x"),
    item=st.just(""),
    why=st.just(""),
    payer=PARTIES,
    payee=PARTIES,
    amount=st.integers(-(10**17), 10**17),
    account=st.sampled_from([*ACCOUNTS, "paid in", "paid back", "called"]),
    first=st.just(FIRST),
    last=st.just(LAST),
    place=st.just(""),
)


@given(st.sampled_from(KINDS), st.lists(LINES, max_size=6))
def test_whatever_the_lines_are_each_partys_books_balance(kind: str, lines: list[Owed]) -> None:
    group = Group("a/2026-03", kind, "a", LAST, "USD", tuple(lines), ())
    assert unbalanced(make(group).postings) is None
    assert unbalanced(reversal(make(group))) is None
