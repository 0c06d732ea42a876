"""What is owed, paid and called is posted: balanced, from its lines, corrected by reversal."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from offtake.audit import promises
from offtake.desk import Refusal, sight
from offtake.desk.commands import Post
from offtake.desk.events import Posted
from offtake.desk.posted import between
from offtake.desk.wire import body_of, command_of, data_of, event_from, event_of
from offtake.units.postings import Group

from .bookings import call, changed, chips, corrected, group, march, owed, payment
from .playing import Play
from .saying import BUYER


def posted(*groups: Group) -> Play:
    play = Play()
    for one in groups:
        play.do(BUYER, Post(one))
    return play


def books(play: Play) -> Counter[tuple[str, str, str]]:
    """What every account comes to, from the journal alone."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for event in play.journal:
        if isinstance(event, Posted):
            for one in event.group.postings:
                sums[one.party, one.account, one.commodity] += one.amount
    return sums


def test_a_statement_is_kept_whole_and_named_by_its_id() -> None:
    play = posted(march())
    assert play.made == "oci/2026-03"
    event = play.journal[-1]
    assert isinstance(event, Posted)
    assert event.group == march()
    assert promises([data_of(one) for one in play.journal]) == ()


def test_a_line_stands_in_the_books_of_both_and_what_is_paid_ahead_is_no_expense_yet() -> None:
    """Owed: 2,500.00 for capacity, less 200.00 for lateness, and 500.00 ahead: 2,800.00."""
    sums = books(posted(march()))
    usd = {key[:2]: amount for key, amount in sums.items() if key[2] == "USD"}
    assert usd == {
        (BUYER, "Expenses:Charge:oci"): 250_000,
        (BUYER, "Expenses:Credit:oci"): -20_000,
        (BUYER, "Assets:Prepaid:oci"): 50_000,
        (BUYER, "Liabilities:Payable:oracle"): -280_000,
        ("oracle", "Assets:Receivable:openai"): 280_000,
        ("oracle", "Income:Charge:oci"): -250_000,
        ("oracle", "Income:Credit:oci"): 20_000,
        ("oracle", "Liabilities:Deferred:oci"): -50_000,
    }


@pytest.mark.parametrize(
    ("counted", "unused", "over"),
    [
        (chips(1_000, 700, 0, 100), 200, 0),
        (chips(1_000, 1_150, 150, 0), 0, 150),
        (chips(1_000, 950, 0, 100), 0, 50),  # taken although excused
        (chips(0, 40, 40, 0), 0, 40),
    ],
)
def test_capacity_is_used_unused_or_excused_and_the_rest_is_over(
    counted: Any, unused: int, over: int
) -> None:
    sums = books(posted(march(capacity=counted)))
    found = {key[1]: amount for key, amount in sums.items() if key[2] != "USD"}
    wanted = {
        "Equity:Contracted:oci": -counted.contracted,
        "Equity:Over:oci": -over,
        "Expenses:Used:oci": counted.taken,
        "Expenses:Unused:oci": unused,
        "Expenses:Excused:oci": counted.excused,
    }
    assert found == {name: amount for name, amount in wanted.items() if amount}
    assert sum(found.values()) == 0


def test_a_payment_settles_what_is_payable_and_a_call_what_is_called() -> None:
    capital = group(
        owed(300, payer="oracle", payee="stargate", account="paid in"),
        id="payment/2",
        kind="payment",
        subject="stargate",
    )
    play = posted(march(), payment(280_000), call(("openai", 700), ("oracle", 300)), capital)
    sums = {key[:2]: amount for key, amount in books(play).items() if amount}
    assert (BUYER, "Liabilities:Payable:oracle") not in sums
    assert ("oracle", "Assets:Receivable:openai") not in sums
    assert sums[BUYER, "Assets:Cash"] == -280_000
    assert sums["stargate", "Assets:Cash"] == 300
    assert sums["stargate", "Assets:Called:openai"] == 700
    assert ("stargate", "Assets:Called:oracle") not in sums
    assert sums["stargate", "Equity:Capital:oracle"] == -300
    assert promises([data_of(one) for one in play.journal]) == ()


def test_a_correction_takes_the_latest_back_and_posts_anew() -> None:
    first = march()
    second = corrected(first, owed(260_000), capacity=chips(10, 10))
    third = corrected(second)
    play = posted(first, second)
    assert books(play)[BUYER, "Expenses:Charge:oci", "USD"] == 260_000
    assert books(play)[BUYER, "Liabilities:Payable:oracle", "USD"] == -260_000
    play.do(BUYER, Post(third))
    assert not any(books(play).values())
    assert promises([data_of(one) for one in play.journal]) == ()


def test_the_same_under_the_same_key_is_posted_once() -> None:
    play = Play()
    one = play.send(BUYER, Post(march()), "march")
    size = len(play.journal)
    assert play.send(BUYER, Post(march()), "march") == one
    assert len(play.journal) == size


@pytest.mark.parametrize("again", [march(), march(owed(1))])
def test_an_id_is_posted_once(again: Group) -> None:
    play = posted(march())
    with play.refused("posted-already"):
        play.do(BUYER, Post(again))
    play.do(BUYER, Post(corrected(march(), owed(1))))
    with play.refused("posted-already"):
        play.do(BUYER, Post(corrected(march(), owed(2))))
    with play.refused("posted-already"):
        play.do(BUYER, Post(march()))


def test_a_correction_names_the_latest_and_is_the_next() -> None:
    first = march()
    second = corrected(first, owed(1))
    third = corrected(second, owed(2))
    with Play().refused("not-latest"):
        posted(second)
    play = posted(first)
    for wrong in (
        third,
        replace(second, replaces="oci/2026-02"),
        corrected(first, owed(1), currency="EUR"),
        group(owed(1), id="oci/2026-03~3", replaces="oci/2026-03"),
        group(owed(1, account="called"), id="oci/2026-03~2", replaces=first.id, kind="call"),
    ):
        with play.refused("not-latest"):
            play.do(BUYER, Post(wrong))


def test_what_a_party_gives_it_gets() -> None:
    for at, amount in ((0, 1), (-1, 0)):
        with Play().refused("unbalanced"):
            posted(changed(march(), at, amount=amount))
    play = Play()
    answer = play.send(BUYER, Post(changed(march(), 1, amount=-250_001)))
    assert isinstance(answer, Refusal)
    assert answer.sentence == (
        "The postings of oci/2026-03 do not balance: those of openai in USD sum to -1."
    )


def test_postings_are_those_of_the_lines_and_the_capacity() -> None:
    whole = march()
    for wrong in (
        replace(whole, postings=()),
        replace(whole, postings=whole.postings[::-1]),
        replace(whole, lines=whole.lines[:1]),
        replace(whole, capacity=None),
        replace(whole, postings=(*corrected(whole).postings, *whole.postings, *whole.postings)),
        changed(changed(whole, 0, account="Expenses:Fee:oci"), 0, account="Expenses:Fee:oci"),
    ):
        with Play().refused("postings-differ"):
            posted(wrong)


def test_a_correction_takes_back_every_posting_of_the_latest_and_no_other() -> None:
    first = march()
    second = corrected(first, owed(1))
    for wrong in (
        replace(second, postings=second.postings[-4:]),
        replace(second, postings=(*second.postings[4:],)),
        corrected(march(owed(7)), owed(1)),
    ):
        play = posted(first)
        with play.refused("not-reversed"):
            play.do(BUYER, Post(wrong))


HUGE = 10**18
UNFIT = {
    "a kind": march(kind="wish"),
    "a revision of nothing": march(id="oci/2026-03~2"),
    "nothing revised": march(replaces="oci/2026-02"),
    "a first revision": march(id="oci/2026-03~1", replaces="oci/2026-03"),
    "an id": march(id="Oci/2026-03"),
    "another agreement": march(subject="azure"),
    "no subject": call(("openai", 1), id="call/1~2"),
    "a subject": replace(payment(), subject="Not One"),
    "no month": march(id="oci/2026-13", date=dt.date(2026, 12, 1)),
    "another month": march(date=dt.date(2026, 4, 1)),
    "a payment of nothing": payment(0),
    "a payment back": payment(-1),
    "no line": call(),
    "a currency": march(currency="usd"),
    "too many lines": march(*[owed(1)] * 10_001),
    "a line's id": replace(march(), lines=(owed(number=2),)),
    "a payer": march(owed(payer="Open AI")),
    "a payee": march(owed(payee="")),
    "who owes itself": march(owed(payee=BUYER)),
    "too much": march(owed(HUGE)),
    "too little": march(owed(-HUGE)),
    "a purpose": march(owed(account="paid")),
    "days": march(owed(last=dt.date(2026, 2, 1))),
    "a quantity": march(owed(quantity=HUGE)),
    "a price": march(owed(price="2.35")),
    "a call's capacity": replace(call(("openai", 1)), capacity=chips(1, 1)),
    "whose capacity": march(capacity=replace(chips(1, 1), party="")),
    "a commodity": march(capacity=replace(chips(1, 1), commodity="USD")),
    "more excused": march(capacity=chips(1, 1, 0, 2)),
    "more over": march(capacity=chips(1, 1, 2, 0)),
    "too much capacity": march(capacity=chips(HUGE, 1)),
    "too much taken": march(capacity=chips(1, HUGE)),
    "carried": march(carried=(replace(march().carried[0], amount="0.5"),)),
    "carried what": march(carried=(replace(march().carried[0], unit="chips"),)),
}


@pytest.mark.parametrize("what", UNFIT)
def test_a_group_is_such_as_it_must_be(what: str) -> None:
    with Play().refused("posting-unfit"):
        posted(UNFIT[what])


def test_only_the_buyer_posts() -> None:
    play = Play()
    for actor in ("oracle", "auditor"):
        with play.refused("not-yours"):
            play.do(actor, Post(march()))


def test_the_buyer_and_auditors_see_the_latest_of_all_and_a_party_its_own_part() -> None:
    lines = (
        owed(500),
        owed(70, payer="oracle", payee=BUYER, account="royalty"),
        owed(20, payee="nvidia", account="fee"),
    )
    play = posted(march(), corrected(march(), *lines), payment(30, payee="google"))
    seen = {who: sight(play.desk, who, play.now) for who in (BUYER, "auditor", "oracle", "nvidia")}
    every: Any = seen[BUYER]["posted"]
    assert [one["posted"] for one in every] == ["oci/2026-03~2", "payment/1"]
    assert seen["auditor"]["posted"] == every
    assert every[0]["owed"] == [
        {"payer": BUYER, "payee": "oracle", "amount": 430},
        {"payer": BUYER, "payee": "nvidia", "amount": 20},
    ]
    own: Any = seen["nvidia"]["own"]
    assert "posted" not in seen["nvidia"]
    assert own["posted"] == [every[0] | {"owed": every[0]["owed"][1:]}]
    assert sight(play.desk, "microsoft", play.now)["own"]["posted"] == []


def test_what_two_owe_each_other_is_told_once_and_is_never_negative() -> None:
    back = owed(900, payer="oracle", payee=BUYER)
    assert between([owed(100), back]) == (("oracle", BUYER, 800),)
    assert between([owed(100), owed(-100)]) == ((BUYER, "oracle", 0),)


def test_what_is_posted_is_written_and_read_in_one_form() -> None:
    event = Posted(at=1, group=corrected(march(), owed(3)))
    assert event_from(body_of(event)) == event
    assert event_of(data_of(event)) == event
    wish = Post(march())
    assert command_of(data_of(wish)) == wish
