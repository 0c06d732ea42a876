"""Journals written by hand about the edges of rights: passed on, spent, woken, outlived."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from offtake.desk import events as ev

from .written import (
    CW,
    GOOGLE,
    LOT,
    MS,
    OFFER,
    PARTIES,
    PRICE,
    REFUSAL,
    SECOND,
    TAKEN,
    TERMS,
    Journal,
    answer,
    at,
    begun,
    bids,
    clock,
    lapse,
    made,
    notice,
    opened,
    sign,
    tail,
    to_bids,
    turn,
)


def held_by(holder: str, event: Any) -> Any:
    return lambda when: replace(event(when), holder=holder)


def at_once(journal: Journal, **change: Any) -> None:
    """A tender without exclusive rights or first offers: bids are asked for and opened."""
    journal.add("06-01 14:00", opened(**{"bars": (), **change}))
    chips = change.get("lot", LOT).chips
    journal.add("06-03 15:00", made(ev.BiddingStarted, chips=chips, closes=at("06-08 21:00")))
    bids(journal)


def part_taken(journal: Journal) -> None:
    """Microsoft takes 300 chips in round 2, Google is silent, 700 may be sold until July 5."""
    journal.add("06-09 15:00", notice(2, 1000), clock(2, MS, 1000, "06-24 21:00", "2026-06-19"))
    journal.add(
        "06-12 15:00",
        answer(2, MS, "take", 300),
        turn(2, 0, 700, TAKEN),
        clock(2, GOOGLE, 700, "06-15 15:00"),
        actor="microsoft",
    )
    journal.add(
        "06-15 15:00", lapse(2, GOOGLE), turn(2, 1, 700), tail(2, 700, "07-05 21:00"), actor=None
    )


def failed(why: str, *, spent: bool, agreement: str = "") -> Any:
    stated: dict[str, Any] = {"round": 2, "clause": MS, "holder": "microsoft", "chips": 300}
    return made(ev.TakingFailed, **stated, agreement=agreement, why=why, spent=spent)


def passed_on() -> Journal:
    """Microsoft's right is Crusoe's now; what Oracle says of it changes nothing."""
    journal = begun(PARTIES)
    passed = {"clause": MS, "evidence": "letter"}
    for holder, to in (("microsoft", "crusoe"), ("oracle", "microsoft")):
        journal.add(
            "05-02 12:00", made(ev.Assigned, None, **passed, holder=holder, to=to), actor=holder
        )
    at_once(journal, claims=(REFUSAL,))
    journal.add(
        "06-09 15:00",
        notice(1, 1000, turns=((MS,),)),
        held_by("crusoe", clock(1, MS, 1000, "06-24 21:00", "2026-06-19")),
    )
    journal.add(
        "06-12 15:00",
        held_by("crusoe", answer(1, MS, "waive")),
        turn(1, 0, 1000),
        tail(1, 1000, "07-12 21:00"),
        actor="crusoe",
    )
    journal.add("06-30 15:00", sign("a1", 1000, round=1))
    return journal


def failed_by_word() -> Journal:
    """The buyer says that Microsoft's part fails: it is asked again, Microsoft first."""
    journal = begun(PARTIES)
    to_bids(journal)
    part_taken(journal)
    held = {"clause": MS, "party": "microsoft", "bid": "b1", "chain": ("microsoft",)}
    journal.add("06-16 15:00", sign("a2", 300, **held))
    journal.add("06-17 15:00", failed("no power", spent=False, agreement="a2"))
    journal.add("06-18 15:00", notice(3, 300), clock(3, MS, 300, "07-06 21:00", "2026-06-19",
                                                     "2026-07-03"))  # fmt: skip
    journal.add(
        "06-22 15:00",
        answer(3, MS, "waive"),
        turn(3, 0, 300),
        clock(3, GOOGLE, 300, "06-25 15:00"),
        actor="microsoft",
    )
    journal.add(
        "06-23 15:00",
        answer(3, GOOGLE, "waive"),
        turn(3, 1, 300),
        tail(3, 300, "07-13 21:00"),
        actor="google",
    )
    journal.add("06-30 15:00", sign("a3", 300, round=3))
    return journal


def spent() -> Journal:
    """Microsoft defaults on its part and is asked no more; what it left is sold as noticed."""
    journal = begun(PARTIES)
    to_bids(journal)
    part_taken(journal)
    late = {"holder": "microsoft", "evidence": "letter", "cured": False}
    journal.add("06-17 15:00", made(ev.DefaultRecorded, None, **late))
    journal.add("06-18 15:00", failed("default", spent=True))
    journal.add("06-30 15:00", sign("a1", 700))
    return journal


def more_chips() -> Journal:
    """200 chips more lift the lot over the floor of Microsoft's right: it is asked about them."""
    journal = begun(dict.fromkeys(PARTIES, 1200))
    at_once(journal, claims=(SECOND,), dormant=(replace(REFUSAL, floor=1200, rank=3),))
    for number, chips, month in ((1, 1000, "06"), (2, 200, "07")):
        turns: tuple[tuple[str, ...], ...] = ((GOOGLE,),)
        woken = []
        if number == 2:
            turns = ((GOOGLE,), (MS,))
            woken = [made(ev.FloorReached, clauses=(MS,), joined=())]
        kind = "first refusal" if number == 1 else "more chips"
        journal.add(
            f"{month}-09 15:00",
            *woken,
            notice(number, chips, kind=kind, turns=turns),
            clock(number, GOOGLE, chips, f"{month}-12 15:00"),
        )
        ended = [tail(1, 1000, "06-30 21:00")]
        if number == 2:
            ended = [clock(2, MS, 200, "07-24 21:00")]
        journal.add(
            f"{month}-10 15:00",
            answer(number, GOOGLE, "waive"),
            turn(number, 0, chips),
            *ended,
            actor="google",
        )
        if number == 1:
            journal.add("06-11 15:00", sign("a1", 1000, round=1))
    journal.add(
        "07-13 15:00",
        answer(2, MS, "waive"),
        turn(2, 1, 200),
        tail(2, 200, "07-30 21:00"),
        actor="microsoft",
    )
    journal.add("07-14 15:00", sign("a2", 200))
    return journal


def withdrawn_lot(signed: int = 500) -> Journal:
    """What was signed of a lot before it was withdrawn counts against a floor of 1,000."""
    journal = begun(dict.fromkeys(PARTIES, 2000))
    small = replace(LOT, chips=600, need="training")
    claim = replace(REFUSAL, floor=1000, together=30)
    at_once(journal, lot=small, claims=(), dormant=(claim,))
    journal.add("06-09 15:00", sign("a1", signed, round=None))
    journal.add("06-10 15:00", made(ev.TenderWithdrawn, reason="elsewhere"))
    stated: dict[str, Any] = {"dormant": (claim,), "claims": ()}
    if signed >= 400:
        stated = {"claims": (claim,), "joined": ("t",)}
    journal.add("06-20 14:00", opened("u", lot=small, bars=(), **stated))
    return journal


def late_offer() -> Journal:
    """Coreweave seemed silent; its letter offered 2.50 in time, which others may not exceed."""
    journal = begun(PARTIES)
    claim = replace(OFFER, ceiling=Decimal("1.02"))
    journal.add(
        "06-01 14:00",
        opened(claims=(claim,), bars=()),
        notice(1, 1000, kind="first offer", turns=((CW,),), bid="", counterparty=None, terms=None,
               effective=None, size=0, evidence=""),
        clock(1, CW, 1000, "06-08 21:00"),
    )  # fmt: skip
    journal.add(
        "06-08 21:00",
        made(ev.Lapsed, round=1, clause=CW, holder="coreweave"),
        turn(1, 0, 1000),
        tail(1, 1000, "09-06 21:00"),
        made(ev.BiddingStarted, chips=1000, closes=at("06-11 21:00")),
        actor=None,
    )
    bid = {"bidder": "oracle", "chips": 1000, "terms": TERMS, "id": "b1"}
    journal.add(
        "06-09 15:00",
        made(ev.BidReceived, bid=ev.Bid(**bid, received=at("06-09 15:00"))),
        actor="oracle",
    )
    ranking = (ev.Place("b1", "oracle", PRICE),)
    journal.add("06-11 21:00", made(ev.BidsOpened, ranking=ranking), actor=None)
    received = at("06-08 12:00")
    paper = ev.Letter(received=received, evidence="0" * 64, persons=("counsel", "procurement"))
    offered = replace(TERMS, price=Decimal("2.50"))
    more = {"received": received, "letter": paper, "terms": offered, "effective": Decimal("2.5")}
    journal.add("06-12 15:00", answer(1, CW, "offer", 1000, **more))
    journal.add("06-13 15:00", sign("a1", 1000, round=None))
    return journal


def small_part() -> Journal:
    """Microsoft's part of 1,000 chips would round to none; it is asked about one all the same."""
    journal = begun(PARTIES)
    at_once(journal, claims=(REFUSAL, replace(SECOND, rank=1, parts=5000)))
    journal.add(
        "06-09 15:00",
        notice(1, 1000, turns=((GOOGLE, MS),)),
        clock(1, GOOGLE, 999, "06-12 15:00"),
        clock(1, MS, 1, "06-24 21:00", "2026-06-19"),
    )
    journal.add("06-10 15:00", answer(1, GOOGLE, "waive"), actor="google")
    journal.add(
        "06-12 15:00",
        answer(1, MS, "take", 1),
        turn(1, 0, 999, replace(TAKEN, chips=1)),
        tail(1, 999, "06-30 21:00"),
        actor="microsoft",
    )
    journal.add("06-30 15:00", sign("a1", 999, round=1))
    return journal


def clock_undone() -> Journal:
    """Google's clock runs, stops by Microsoft's timely letter, and runs anew about less."""
    journal = begun(PARTIES)
    to_bids(journal)
    journal.add("06-09 15:00", notice(2, 1000), clock(2, MS, 1000, "06-24 21:00", "2026-06-19"))
    journal.add(
        "06-24 21:00",
        lapse(2, MS),
        turn(2, 0, 1000),
        clock(2, GOOGLE, 1000, "06-27 21:00"),
        actor=None,
    )
    received = at("06-24 20:00")
    paper = ev.Letter(received=received, evidence="0" * 64, persons=("counsel", "procurement"))
    journal.add(
        "06-25 15:00",
        made(ev.TurnsUndone, round=2, turn=0, clauses=(GOOGLE,), why="a letter of microsoft"),
        answer(2, MS, "take", 300, received=received, letter=paper),
        turn(2, 0, 700, replace(TAKEN, closing=at("07-29 21:00"))),
        clock(2, GOOGLE, 700, "06-28 15:00"),
    )
    journal.add(
        "06-28 15:00",
        answer(2, GOOGLE, "waive"),
        turn(2, 1, 700),
        tail(2, 700, "07-18 21:00"),
        actor="google",
    )
    return journal
