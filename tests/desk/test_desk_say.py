"""Every event in one sentence: the sentences below are what a reader of a journal sees."""

from __future__ import annotations

import datetime as dt
import re
import types
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from offtake.desk import decide, evolve
from offtake.desk import events as ev
from offtake.desk.lot import Bid, Flow, Lot, Part, Prepaid, Terms
from offtake.desk.say import say
from offtake.desk.sealed import blank
from offtake.units import instant_of, parse_clock, parse_duration
from offtake.units.almanac import Spell, spell_of
from offtake.units.postings import Group

from .bookings import call, corrected, march, owed, payment
from .saying import BUYER, california, claim, exclusive, terms
from .twin_pledges import FAMILIES
from .twins import Pair, begun, enveloped

AT = instant_of("2025-02-03T17:00:00Z")
LATER = instant_of("2025-02-20T01:00:00Z")
BY = ev.By(BUYER, "k1", "0" * 64, "0" * 32)
LOT = Lot("gb200", 16_000, "texas", dt.date(2026, 1, 1), 48, ("training",))
LETTER = ev.Letter(AT, "5e" * 4, ("ops", "legal"))
ROUND: dict[str, Any] = {"tender": "lot", "round": 1}
RIGHT: dict[str, Any] = ROUND | {"clause": "azure-2025/rofr", "holder": "microsoft"}
RICH = Terms(
    Decimal("3.10"),
    dt.date(2026, 1, 1),
    48,
    escalator=Decimal("0.03"),
    prepaid=Prepaid(Decimal("0.2"), 30, 12, 24),
    rebates=(Flow(6, Decimal(1000)),),
    warrants=Decimal(5000),
    options=("to extend",),
    support=Decimal(700),
)

SAID = [
    ev.Founded(at=AT, by=BY, buyer=BUYER, parties=("oracle", "microsoft"), auditors=("auditor",)),
    ev.Admitted(at=AT, by=BY, parties=("coreweave", "google", "nvidia")),
    ev.Declared(
        at=AT,
        by=BY,
        party="oracle",
        chip="gb200",
        region="texas",
        chips=20_000,
        upstream="crusoe",
    ),
    ev.DefaultRecorded(at=AT, by=BY, holder="oracle", evidence="payment", cured=False),
    ev.DefaultRecorded(at=AT, by=BY, holder="oracle", evidence="paid", cured=True),
    ev.Assigned(
        at=AT, by=BY, clause="azure-2025/rofr", holder="microsoft", to="oracle", evidence="deed"
    ),
    ev.Posted(at=AT, by=BY, group=march()),
    ev.Posted(
        at=AT, by=BY, group=corrected(march(), owed(5), owed(1, payee="nvidia", account="fee"))
    ),
    ev.Posted(at=AT, by=BY, group=corrected(march())),
    ev.Posted(at=AT, by=BY, group=payment()),
    ev.Posted(at=AT, by=BY, group=call(("oracle", 1))),
    ev.Refused(
        at=AT, by=BY, code="still-asking", sentence="It may answer.", instead="Wait for it."
    ),
    ev.TenderOpened(
        at=AT,
        by=BY,
        tender="lot",
        lot=LOT,
        claims=(claim("azure-2025/rofr", "microsoft"),),
        dormant=(claim("oci/rofr", "oracle", floor=50_000),),
        bars=(exclusive("crusoe/exclusive", "crusoe"),),
        almanacs={"la": california()},
        bidding=spell_of(parse_duration("15 days"), parse_clock("17:00"), True),
        bidding_almanac="la",
        invited=(),
        affiliates=(),
        rate="0.08",
        book="",
        cause="",
        joined=("earlier",),
    ),
    ev.FloorReached(at=AT, tender="lot", clauses=("oci/rofr",), joined=("other",)),
    ev.BarLifted(
        at=AT, by=BY, tender="lot", clause="crusoe/exclusive", holder="crusoe", how="unable"
    ),
    ev.BiddingStarted(at=AT, tender="lot", chips=16_000, closes=LATER + 5),
    ev.BidReceived(
        at=AT,
        by=BY,
        tender="lot",
        bid=Bid(
            "coreweave",
            16_000,
            RICH,
            "a1b2",
            AT,
            package=(Part("equity", Decimal(1), Decimal(1)),),
            via=("crusoe",),
        ),
    ),
    ev.BidReceived(
        at=LATER,
        by=BY,
        tender="lot",
        bid=Bid("coreweave", 16_000, terms("3.1"), "a1b2", AT),
        salt="5a" * 4,
    ),
    blank(ev.BidReceived(at=AT, tender="lot", bid=Bid("coreweave", 16, RICH, "a1b2", AT))),
    ev.BidCommitted(
        at=AT, by=BY, tender="lot", bid="a1b2", bidder="coreweave", commitment="c0de" * 4
    ),
    blank(ev.BidCommitted(at=AT, tender="lot", bid="a1b2", bidder="coreweave", commitment="c0de")),
    ev.RevealStarted(at=AT, tender="lot", ends=LATER),
    ev.BidRecalled(at=AT, by=BY, tender="lot", bid="a1b2"),
    ev.BidsOpened(at=AT, tender="lot", ranking=()),
    ev.BidsOpened(
        at=LATER,
        tender="lot",
        ranking=(
            ev.Place("a1b2", "coreweave", Decimal("3.1")),
            ev.Place("c3d4", "google", Decimal("3.4")),
        ),
    ),
    ev.BidRevised(
        at=AT,
        by=BY,
        tender="lot",
        bid="a1b2",
        terms=terms("3.2"),
        chips=16_000,
        effective=Decimal("3.2"),
    ),
    ev.BidSetAside(at=AT, by=BY, tender="lot", bid="a1b2", reason="no permit"),
    ev.NoticeServed(
        at=AT,
        by=BY,
        **ROUND,
        kind="first refusal",
        chips=16_000,
        turns=(("azure-2025/rofr",), ("oci/rofr", "gcp/rofr")),
        bid="a1b2",
        counterparty="coreweave",
        terms=terms("3.1"),
        effective=Decimal("3.1"),
        again=None,
    ),
    ev.NoticeServed(
        at=AT,
        by=BY,
        tender="lot",
        round=2,
        kind="changed terms",
        chips=16_000,
        turns=(("azure-2025/rofr",),),
        bid="a1b2",
        terms=terms("3.4"),
        effective=Decimal("3.4"),
        again=1,
        short=("azure-2025/rofr",),
    ),
    ev.NoticeDefective(at=AT, by=BY, tender="lot", bid="a1b2", missing=("chips", "terms")),
    ev.ClockStarted(
        at=AT, **RIGHT, chips=16_000, deadline=LATER, offset=-28_800, skipped=(20_136,)
    ),
    ev.Passed(at=AT, **RIGHT, why="default"),
    ev.Answered(at=AT, by=BY, **RIGHT, kind="take", chips=8_000, over=0, received=AT),
    ev.Answered(
        at=AT,
        by=BY,
        **RIGHT,
        kind="take",
        chips=8_000,
        over=500,
        received=AT,
        via=("crusoe",),
        letter=LETTER,
    ),
    ev.Answered(at=AT, by=BY, **RIGHT, kind="waive", chips=0, over=0, received=AT),
    ev.Answered(
        at=AT, by=BY, **RIGHT, kind="counter", chips=0, over=0, received=AT, terms=terms("2.9")
    ),
    ev.Answered(at=AT, by=BY, **RIGHT, kind="counter", chips=0, over=0, received=AT, final=False),
    ev.Answered(
        at=AT,
        by=BY,
        **RIGHT,
        kind="offer",
        chips=100,
        over=0,
        received=AT,
        terms=terms("3"),
        effective=Decimal(3),
    ),
    ev.Lapsed(at=LATER, **RIGHT),
    ev.RightExpired(at=LATER, **RIGHT),
    ev.OfferDecided(at=AT, by=BY, **RIGHT, accepted=True),
    ev.OfferDecided(at=AT, by=BY, **RIGHT, accepted=False),
    ev.TurnEnded(
        at=AT,
        **ROUND,
        turn=0,
        allotted=(ev.Allotted("azure-2025/rofr", "microsoft", 8_000, LATER, None),),
        left=8_000,
    ),
    ev.TailStarted(at=AT, **ROUND, left=8_000, ends=LATER),
    ev.TailStarted(at=AT, **ROUND, left=8_000, ends=None),
    ev.BidderFreed(at=AT, **ROUND, bid="a1b2", left=1),
    ev.StoodBy(at=AT, by=BY, **ROUND, bid="a1b2"),
    ev.TailEnded(at=LATER, **ROUND, left=8_000),
    ev.TurnsUndone(at=AT, **ROUND, turn=0, clauses=("oci/rofr",), why="a letter came in time"),
    ev.Signed(
        at=AT,
        by=BY,
        tender="lot",
        round=1,
        clause=None,
        agreement="cw-1",
        party="coreweave",
        bid="a1b2",
        chips=8_000,
        terms=terms("3.1"),
        effective=Decimal("3.1"),
        via=(),
        chain=("coreweave",),
        cleared=(ev.Cleared("azure-2025/rofr", "microsoft", "silent", AT, LATER),),
    ),
    ev.TakingFailed(at=LATER, **RIGHT, chips=8_000, agreement="", why="closing missed", spent=True),
    ev.Delivered(at=AT, by=BY, tender="lot", agreement="cw-1"),
    ev.AgreementFailed(
        at=AT, by=BY, tender="lot", round=1, agreement="cw-1", chips=8_000, why="insolvent"
    ),
    ev.Breached(at=AT, by=BY, **RIGHT, letter=LETTER),
    ev.BidsErased(at=AT, by=BY, tender="lot", kept=("a1b2", "c3d4")),
    ev.BidsErased(at=AT, by=BY, tender="lot", kept=()),
    ev.TenderWithdrawn(at=AT, by=BY, tender="lot", reason="no longer needed"),
    ev.TenderClosed(at=AT, tender="lot"),
]

ODD = re.compile(r"None|\(\)|\[|\{|Decimal|Struct|=|  |\.\.|, ,|datetime| \.|'")
"""What only a machine reads, or a careless sentence has."""
LINES = (Path(__file__).parent / "sentences.txt").read_text("utf-8").splitlines()
KINDS = [
    kind
    for kind in vars(ev).values()
    if isinstance(kind, type)
    and issubclass(kind, ev.Event)
    and kind not in (ev.Event, ev.TenderEvent)
]


@pytest.mark.parametrize(("event", "line"), list(zip(SAID, LINES, strict=True)))
def test_a_journal_reads_so(event: ev.Event, line: str) -> None:
    assert say(event) == line


def test_every_kind_of_event_is_among_them() -> None:
    assert {type(event) for event in SAID} == set(KINDS)


# --- events filled in by the types of their fields, with as little or as much as they may say -----


def filled(kind: Any, *, full: bool) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        some = next(one for one in get_args(kind) if one is not type(None))
        return filled(some, full=full) if full else None
    if get_origin(kind) is tuple:
        first, *rest = get_args(kind)
        if rest != [...]:
            return tuple(filled(one, full=full) for one in get_args(kind))
        return (filled(first, full=full),) if full else ()
    if get_origin(kind) is dict:
        return {}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        return kind(**{f: _field(kind, f, hints[f], full) for f in kind.__struct_fields__})
    plain = {str: "word", int: 20_000, bool: full, Decimal: Decimal(1 if full else 0)}
    return plain.get(kind) or _other(kind, full)


def _field(kind: type, name: str, hint: Any, full: bool) -> Any:
    words = {
        (ev.Answered, "kind"): "take",
        (ev.NoticeServed, "kind"): "first offer",
        (ev.Refused, "instead"): "Wait.",
        (ev.TurnsUndone, "why"): "a letter" if full else "",
        (ev.TenderWithdrawn, "reason"): "no need." if full else "",
    }
    return words.get((kind, name)) or filled(hint, full=full)


def _other(kind: Any, full: bool) -> Any:
    return {
        bool: full,
        Decimal: Decimal(0),
        dt.date: dt.date(2026, 1, 1),
        Spell: Spell(1, "days"),
        Group: corrected(march()) if full else payment(),
        Any: None,
    }[kind]


@pytest.mark.parametrize("full", [False, True], ids=["bare", "full"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_sentence_shows_what_only_a_machine_reads(kind: type[ev.Event], full: bool) -> None:
    said = say(filled(kind, full=full))
    assert said[0].isupper() or said.startswith("word")
    assert said.endswith(".")
    assert not ODD.search(said)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        ("2025-02-20T01:00:00Z", "2025-02-20T01:00:00Z"),
        ("2025-02-20T01:00:00.5Z", "2025-02-20T01:00:00.500000000Z"),
        ("2025-02-20T01:00:00.000000001Z", "2025-02-20T01:00:00.000000001Z"),
    ],
)
def test_an_instant_is_told_to_the_second_or_in_full(instant: str, text: str) -> None:
    assert f"by {text} to" in say(ev.Lapsed(at=instant_of(instant), **RIGHT))


@pytest.mark.parametrize("reason", ["no permit", "no permit.", " no permit. "])
def test_a_reason_ends_in_one_full_stop(reason: str) -> None:
    event = ev.BidSetAside(at=AT, by=BY, tender="lot", bid="a1b2", reason=reason)
    assert say(event).endswith(": no permit.")


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_whatever_happens_in_a_life_is_told_in_one_sentence(
    family: Callable[[str], Pair],
) -> None:
    told = [said for seed in range(20) for said in _journal(family(str(seed)))]
    assert len(told) > 100
    assert not [said for said in told if not said.endswith(".") or ODD.search(said)]


def _journal(pair: Pair) -> list[str]:
    desk, told = begun(), []
    for step in pair.right:
        decided = decide(desk, enveloped(step))
        for event in decided.events:
            told.append(say(event))
            desk = evolve(desk, event)
    return told
