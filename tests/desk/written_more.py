"""More journals written by hand: letters, equal ranks, failed takings, declined offers, floors."""

from __future__ import annotations

from decimal import Decimal

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


def letter() -> Journal:
    """Google's window ended in silence, it seemed; its letter of the day before takes 700 chips."""
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
        "06-15 15:00", lapse(2, GOOGLE), turn(2, 1, 700), tail(2, 700, "07-05 21:00"), actor=None
    )
    received = at("06-14 12:00")
    paper = ev.Letter(received=received, evidence="0" * 64, persons=("counsel", "procurement"))
    taken = replace(TAKEN, clause=GOOGLE, holder="google", chips=700, closing=at("07-21 21:00"))
    journal.add(
        "06-16 15:00",
        made(ev.TurnsUndone, round=2, turn=1, clauses=(), why="a letter of google"),
        answer(2, GOOGLE, "take", 700, received=received, letter=paper),
        turn(2, 1, 0, taken),
    )
    held = {"clause": GOOGLE, "party": "google", "bid": "b1", "chain": ("google",)}
    journal.add("07-01 15:00", sign("a1", 700, **held))
    return journal


def equal_ranks() -> Journal:
    """Microsoft and Google rank alike, one part to two; Microsoft takes all it may, and more."""
    journal = begun(PARTIES)
    to_bids(journal, claims=(REFUSAL, replace(SECOND, rank=1, parts=2), OFFER))
    journal.add(
        "06-09 15:00",
        notice(2, 1000, turns=((GOOGLE, MS),)),
        clock(2, GOOGLE, 667, "06-12 15:00"),
        clock(2, MS, 333, "06-24 21:00", "2026-06-19"),
    )
    journal.add("06-10 15:00", answer(2, GOOGLE, "waive"), actor="google")
    journal.add(
        "06-12 15:00",
        answer(2, MS, "take", 333, over=100),
        turn(2, 0, 567, replace(TAKEN, chips=433)),
        tail(2, 567, "06-30 21:00"),
        actor="microsoft",
    )
    journal.add("06-30 21:00", sign("a1", 567))
    return journal


def failed_taking() -> Journal:
    """Microsoft took 300 chips and did not sign; only Google is asked about them again."""
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
        "06-15 15:00", lapse(2, GOOGLE), turn(2, 1, 700), tail(2, 700, "07-05 21:00"), actor=None
    )
    journal.add("06-30 15:00", sign("a1", 700))
    failed = {"round": 2, "clause": MS, "holder": "microsoft", "chips": 300, "agreement": ""}
    failed |= {"why": "closing missed", "spent": True}
    journal.add("07-19 21:00", made(ev.TakingFailed, **failed), actor=None)
    journal.add(
        "07-20 15:00", notice(3, 300, turns=((GOOGLE,),)), clock(3, GOOGLE, 300, "07-23 15:00")
    )
    journal.add(
        "07-21 15:00",
        answer(3, GOOGLE, "waive"),
        turn(3, 0, 300),
        tail(3, 300, "08-10 21:00"),
        actor="google",
    )
    journal.add("08-10 21:00", sign("a2", 300, round=3))
    ended = {"round": 3, "agreement": "a2", "chips": 300, "why": "no power"}
    journal.add("08-11 15:00", made(ev.AgreementFailed, **ended))
    return journal


def declined_offer() -> Journal:
    """Coreweave offers first at 2.50, is declined, and others may not be paid more than that."""
    journal = begun(PARTIES)
    claim = replace(OFFER, ceiling=Decimal("1.02"))
    journal.add(
        "06-02 14:00",
        opened(claims=(claim,), bars=()),
        notice(1, 1000, kind="first offer", turns=((CW,),), bid="", counterparty=None, terms=None,
               effective=None, size=0, evidence=""),
        clock(1, CW, 1000, "06-08 21:00"),
    )  # fmt: skip
    offered = replace(TERMS, price=Decimal("2.50"))
    price = Decimal("2.5")
    journal.add(
        "06-02 15:00",
        answer(1, CW, "offer", 1000, terms=offered, effective=price),
        actor="coreweave",
    )
    journal.add(
        "06-03 15:00",
        made(ev.OfferDecided, round=1, clause=CW, holder="coreweave", accepted=False),
        turn(1, 0, 1000),
        tail(1, 1000, "09-01 21:00"),
        made(ev.BiddingStarted, chips=1000, closes=at("06-08 21:00")),
    )
    bids(journal)
    journal.add("09-01 21:00", sign("a1", 1000, round=None))
    return journal


def floors() -> Journal:
    """Two lots of 600 chips for one need: the right that reaches 1,000 bites on both."""
    journal = begun(PARTIES)
    small = replace(LOT, chips=600, need="training")
    claim = replace(REFUSAL, floor=1000, together=30)
    stated = {"lot": small, "bars": ()}
    journal.add("06-01 14:00", opened(**stated, claims=(), dormant=(claim,)))
    journal.add("06-03 15:00", made(ev.BiddingStarted, chips=600, closes=at("06-08 21:00")))
    bids(journal)
    journal.add(
        "06-20 14:00",
        opened("u", **stated, claims=(claim,), joined=("t",)),
        made(ev.FloorReached, clauses=(MS,), joined=("u",)),
    )
    journal.add(
        "06-22 15:00",
        notice(1, 600, turns=((MS,),)),
        clock(1, MS, 600, "07-07 21:00", "2026-07-03"),
    )
    journal.add(
        "06-23 15:00",
        answer(1, MS, "waive"),
        turn(1, 0, 600),
        tail(1, 600, "07-23 21:00"),
        actor="microsoft",
    )
    journal.add("06-24 15:00", sign("a1", 600, round=1, effective=PRICE))
    return journal
