"""Journals written by hand, event by event, as the desk would export them.

Nothing here asks the desk: each deadline was found with a wall calendar. 2026-06-19 and 2026-07-03
are holidays; New York is four hours behind UTC until November.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from offtake.desk import events as ev
from offtake.desk.claim import Bar, Claim
from offtake.desk.lot import Bid, Lot, Prepaid, Terms
from offtake.desk.wire import data_of
from offtake.units.almanac import Almanac, Spell
from offtake.units.instants import instant_of

Data = dict[str, Any]
MS, GOOGLE, CW, EXCLUSIVE = "ms/refusal", "google/refusal", "cw/offer", "nscale/exclusive"


def at(text: str) -> int:
    """`06-09 15:00`, in UTC and in 2026."""
    return instant_of(f"2026-{text[:5]}T{text[6:]}:00Z")


def number(day: str) -> int:
    return (dt.date.fromisoformat(day) - dt.date(1970, 1, 1)).days


NEW_YORK = Almanac(
    zone="America/New_York",
    calendar="US",
    first=number("2026-01-01"),
    last=number("2027-12-31"),
    offsets=(
        (at("01-01 00:00") // 10**9 - 86_400, -18_000),
        (at("03-08 07:00") // 10**9, -14_400),
        (at("11-01 06:00") // 10**9, -18_000),
    ),
    weekend=(5, 6),
    closed=(number("2026-06-19"), number("2026-07-03")),
    opened=(),
)
TERMS = Terms(price=Decimal("2.40"), start=dt.date(2026, 10, 1), months=24)
PRICE = Decimal("2.400000000000")
LOT = Lot(chip="gb200", chips=1000, region="us-tx", start=dt.date(2026, 10, 1), months=24)
REFUSAL = Claim(
    clause=MS,
    holder="microsoft",
    first=False,
    precedence=3,
    rank=1,
    window=Spell(10, "business days"),
    almanac="us",
    reoffer=Spell(3, "business days"),
    tail=Spell(30, "days"),
    closing=Spell(20, "business days"),
    grace=5,
    partial=100,
)
SECOND = replace(
    REFUSAL,
    clause=GOOGLE,
    holder="google",
    rank=2,
    window=Spell(72, "hours"),
    reoffer=Spell(24, "hours"),
    tail=Spell(20, "days"),
)
OFFER = replace(
    REFUSAL,
    clause=CW,
    holder="coreweave",
    first=True,
    precedence=2,
    window=Spell(5, "days"),
    tail=Spell(90, "days"),
)
BAR = Bar(clause=EXCLUSIVE, holder="nscale")


class Journal:
    """Events in order; each call is one command, whose first event names it."""

    def __init__(self) -> None:
        self.events: list[ev.Event] = []
        self.keys = 0

    def add(self, when: str, *made: Callable[[int], ev.Event], actor: str | None = "lab") -> None:
        for place, event in enumerate(made):
            one = event(at(when))
            if place and type(self.events[-1]) in (ev.TurnsUndone, ev.FloorReached):
                # Of all events these alone are not the only ones of their command.
                one = replace(one, by=self.events[-1].by)
            elif actor and place == 0 and type(one) is not ev.BiddingStarted:
                self.keys += 1
                digest = hashlib.sha256(b"%d" % self.keys).hexdigest()
                one = replace(one, by=ev.By(actor, f"k{self.keys}", digest, digest[:32]))
            self.events.append(one)

    def data(self) -> list[Data]:
        return [data_of(event) for event in self.events]


def made(event: type[ev.Event], tender: str | None = "t", /, **fields: Any) -> Any:
    if tender is not None:
        fields["tender"] = tender
    return lambda when: event(at=when, **fields)


def begun(parties: dict[str, int]) -> Journal:
    """A desk whose parties have declared capacity; oracle resells what crusoe has."""
    journal = Journal()
    journal.add(
        "05-01 12:00",
        made(ev.Founded, None, buyer="lab", parties=tuple(parties), auditors=()),
    )
    for party, chips in parties.items():
        upstream = "crusoe" if party == "oracle" else None
        declared = {"party": party, "chip": "gb200", "region": "us-tx", "chips": chips}
        journal.add("05-01 12:00", made(ev.Declared, None, **declared, upstream=upstream))
    return journal


PARTIES = dict.fromkeys(
    ["oracle", "crusoe", "lambda", "microsoft", "google", "coreweave", "nscale"], 1000
)


def opened(tender: str = "t", /, **change: Any) -> Any:
    stated: dict[str, Any] = {
        "lot": LOT,
        "claims": (REFUSAL, SECOND, OFFER),
        "dormant": (),
        "bars": (BAR,),
        "almanacs": {"us": NEW_YORK},
        "bidding": Spell(3, "days"),
        "bidding_almanac": "us",
        "invited": (),
        "affiliates": (),
        "rate": "0",
        "book": "",
        "cause": "",
        "joined": (),
    }
    return made(ev.TenderOpened, tender, **{**stated, **change})


def clock(about: int, clause: str, chips: int, deadline: str, *skipped: str) -> Any:
    return made(
        ev.ClockStarted,
        round=about,
        clause=clause,
        holder={MS: "microsoft", GOOGLE: "google", CW: "coreweave"}[clause],
        chips=chips,
        deadline=at(deadline),
        offset=-14_400,
        skipped=tuple(number(day) for day in skipped),
    )


def answer(about: int, clause: str, kind: str, chips: int = 0, **more: Any) -> Any:
    holder = {MS: "microsoft", GOOGLE: "google", CW: "coreweave"}[clause]
    stated = {"round": about, "clause": clause, "holder": holder, "kind": kind, "chips": chips}
    return lambda when: ev.Answered(
        at=when, tender="t", **stated, **{"received": when, "over": 0, **more}
    )


def lapse(about: int, clause: str) -> Any:
    holder = {MS: "microsoft", GOOGLE: "google", CW: "coreweave"}[clause]
    return made(ev.Lapsed, round=about, clause=clause, holder=holder)


def notice(about: int, chips: int, **change: Any) -> Any:
    stated: dict[str, Any] = {
        "round": about,
        "kind": "first refusal",
        "chips": chips,
        "turns": ((MS,), (GOOGLE,)),
        "bid": "b1",
        "counterparty": "oracle",
        "terms": TERMS,
        "effective": PRICE,
        "size": 1000,
        "evidence": "0" * 64,
    }
    return made(ev.NoticeServed, **{**stated, **change})


def turn(about: int, index: int, left: int, *allotted: ev.Allotted) -> Any:
    return made(ev.TurnEnded, round=about, turn=index, allotted=allotted, left=left)


def tail(about: int, left: int, ends: str) -> Any:
    return made(ev.TailStarted, round=about, left=left, ends=at(ends))


def sign(agreement: str, chips: int, **change: Any) -> Any:
    stated: dict[str, Any] = {
        "agreement": agreement,
        "round": 2,
        "clause": None,
        "party": "oracle",
        "bid": "b1",
        "chips": chips,
        "terms": TERMS,
        "effective": PRICE,
        "via": (),
        "chain": ("oracle", "crusoe"),
        "cleared": (),
    }
    return made(ev.Signed, **{**stated, **change})


TAKEN = ev.Allotted(
    clause=MS,
    holder="microsoft",
    chips=300,
    closing=at("07-19 21:00"),
    delivery=at("10-07 04:00") - 1,
)


def to_bids(journal: Journal, **change: Any) -> None:
    """The exclusive holder lets others in, the first offer is waived, bids are opened."""
    journal.add("06-01 14:00", opened(**change))
    journal.add(
        "06-02 14:00",
        made(ev.BarLifted, clause=EXCLUSIVE, holder="nscale", how="waived"),
        notice(1, 1000, kind="first offer", turns=((CW,),), bid="", counterparty=None, terms=None,
               effective=None, size=0, evidence=""),
        clock(1, CW, 1000, "06-08 21:00"),
        actor="nscale",
    )  # fmt: skip
    journal.add(
        "06-03 15:00",
        answer(1, CW, "waive"),
        turn(1, 0, 1000),
        tail(1, 1000, "09-01 21:00"),
        made(ev.BiddingStarted, chips=1000, closes=at("06-08 21:00")),
        actor="coreweave",
    )
    bids(journal)


def bids(journal: Journal) -> None:
    dear = replace(TERMS, price=Decimal("2.60"))
    for when, party, name, terms in (
        ("06-04 15:00", "oracle", "b1", TERMS),
        ("06-05 15:00", "lambda", "b2", dear),
    ):
        bid = Bid(bidder=party, chips=1000, terms=terms, id=name, received=at(when))
        journal.add(when, made(ev.BidReceived, bid=bid), actor=party)
    ranking = (ev.Place("b1", "oracle", PRICE), ev.Place("b2", "lambda", Decimal("2.6")))
    journal.add("06-08 21:00", made(ev.BidsOpened, ranking=ranking), actor=None)


def sound() -> Journal:
    """Microsoft takes 300 of 1000 chips, Google is silent, Oracle is signed with for the rest."""
    journal = begun(PARTIES)
    to_bids(journal)
    journal.add("06-09 15:00", notice(2, 1000), clock(2, MS, 1000, "06-24 21:00", "2026-06-19"))
    journal.add(
        "06-12 15:00",
        answer(2, MS, "take", 300),
        turn(2, 0, 700, TAKEN),
        clock(2, GOOGLE, 700, "06-15 15:00"),
        actor="microsoft",
    )
    journal.add(
        "06-15 15:00",
        lapse(2, GOOGLE),
        turn(2, 1, 700),
        tail(2, 700, "07-05 21:00"),
        actor=None,
    )
    told = (
        ev.Cleared(MS, "microsoft", "taken", at("06-12 15:00"), at("07-12 21:00")),
        ev.Cleared(GOOGLE, "google", "silent", at("06-15 15:00"), at("07-05 21:00")),
    )
    journal.add("06-30 15:00", sign("a1", 700, cleared=told))
    held = {"clause": MS, "party": "microsoft", "bid": "b1", "chain": ("microsoft",)}
    journal.add("07-01 15:00", sign("a2", 300, **held))
    journal.add("10-01 15:00", made(ev.Delivered, agreement="a1"))
    journal.add("10-02 15:00", made(ev.Delivered, agreement="a2"), made(ev.TenderClosed))
    return journal


def changed_terms() -> Journal:
    """Google is in default at first; later terms change, and both are asked about them."""
    journal = begun(PARTIES)
    to_bids(journal)
    late = {"holder": "google", "evidence": "letter"}
    journal.add("06-08 22:00", made(ev.DefaultRecorded, None, **late, cured=False))
    journal.add("06-09 15:00", notice(2, 1000), clock(2, MS, 1000, "06-24 21:00", "2026-06-19"))
    passed = {"round": 2, "clause": GOOGLE, "holder": "google", "why": "default"}
    journal.add(
        "06-12 15:00",
        answer(2, MS, "waive"),
        turn(2, 0, 1000),
        made(ev.Passed, **passed),
        turn(2, 1, 1000),
        tail(2, 1000, "07-02 21:00"),
        actor="microsoft",
    )
    journal.add("06-13 15:00", made(ev.DefaultRecorded, None, **late, cured=True))
    more = replace(TERMS, price=Decimal("2.50"), prepaid=Prepaid(Decimal("0.2")))
    dearer = Decimal("2.500000000000")
    revised = {"bid": "b1", "terms": more, "chips": 1000, "effective": dearer}
    journal.add("06-14 15:00", made(ev.BidRevised, **revised), actor="oracle")
    journal.add(
        "06-15 15:00",
        notice(3, 1000, kind="changed terms", again=2, terms=more, effective=dearer, short=(MS,)),
        clock(3, MS, 1000, "06-18 21:00"),
    )
    journal.add(
        "06-16 15:00",
        answer(3, MS, "waive"),
        turn(3, 0, 1000),
        clock(3, GOOGLE, 1000, "06-19 15:00"),
        actor="microsoft",
    )
    journal.add(
        "06-17 15:00",
        answer(3, GOOGLE, "unable"),
        turn(3, 1, 1000),
        tail(3, 1000, "07-07 21:00"),
        actor="google",
    )
    journal.add("07-07 21:00", sign("a1", 1000, round=3, terms=more, effective=dearer))
    return journal
