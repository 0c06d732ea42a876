"""Sound journals tampered with: what is changed, and the breach that must be told of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from .written import Data, Journal, changed_terms, sound
from .written_more import declined_offer, equal_ranks, failed_taking, floors, letter

Edit = Callable[[list[Data]], None]


def t(text: str) -> str:
    return f"2026-{text[:5]}T{text[6:]}:00.000000000Z"


def where(events: list[Data], name: str, nth: int = 0) -> int:
    return [n for n, event in enumerate(events) if event["type"] == name][nth]


def put(name: str, nth: int = 0, /, **fields: Any) -> Edit:
    """Change fields of the nth event of a type; `a__b` is the field b of its field a."""

    def edit(events: list[Data]) -> None:
        for path, value in fields.items():
            part: Any = events[where(events, name, nth)]
            *steps, last = path.split("__")
            for step in steps:
                part = part[int(step) if step.isdecimal() else step]
            part[int(last) if last.isdecimal() else last] = value

    return edit


def drop(name: str, nth: int = 0) -> Edit:
    return lambda events: events.__delitem__(where(events, name, nth))


def later(name: str, nth: int, before: str, at: int) -> Edit:
    """Move an event to just before another."""

    def edit(events: list[Data]) -> None:
        event = events.pop(where(events, name, nth))
        events.insert(where(events, before, at), event)

    return edit


def again(name: str, nth: int, before: str, place: int, /, **fields: Any) -> Edit:
    """Insert a copy of an event, changed, before another."""

    def edit(events: list[Data]) -> None:
        event = copy.deepcopy(events[where(events, name, nth)])
        events.insert(where(events, before, place), {**event, **fields})

    return edit


def more_claims(clause: str, **change: Any) -> Edit:
    """One more right in the opening, like coreweave's."""

    def edit(events: list[Data]) -> None:
        claims = events[where(events, "TenderOpened")]["claims"]
        claims.append({**claims[-1], "clause": clause, **change})

    return edit


# Each: the life, how it is tampered with, the promise broken, the event at which it is told, and
# words of the sentence.
Case = tuple[Callable[[], Journal], list[Edit], str, tuple[str, int], str]
CASES: dict[str, Case] = {
    # Windows and silence
    "a window a day short": (
        sound, [put("ClockStarted", 1, deadline=t("06-23 21:00"))], "P1", ("ClockStarted", 1),
        "gives ms/refusal until 2026-06-23 .* its window of 10 business days .* 2026-06-24"),
    "a window an hour long": (
        sound, [put("ClockStarted", 1, deadline=t("06-24 22:00"))], "P1", ("ClockStarted", 1),
        "until 2026-06-24 22:00:00 UTC"),
    "a holiday taken out of the almanac": (
        sound, [put("TenderOpened", almanacs__us__closed=["20637"])], "P1", ("ClockStarted", 1),
        "ends at 2026-06-23 21:00:00 UTC"),
    "a holiday not told to the holder": (
        sound, [put("ClockStarted", 1, skipped=[])], "P1", ("ClockStarted", 1), "other holidays"),
    "an offset of the winter": (
        sound, [put("ClockStarted", 1, offset="-18000")], "P1", ("ClockStarted", 1),
        "another offset"),
    "a lapse before the deadline": (
        sound, [put("Lapsed", at=t("06-15 14:59"))], "P1", ("Lapsed", 0),
        "google/refusal of google lapses at 2026-06-15 14:59:00 UTC, before its window ends"),
    "a silence without a lapse": (
        sound, [drop("Lapsed"), put("TurnEnded", 2, at=t("06-15 16:00"))], "P1", ("TurnEnded", 2),
        "google did not answer under google/refusal; no lapse at 2026-06-15 15:00:00 UTC is"),
    "an answer a minute late": (
        changed_terms,
        [put("Answered", 3, at=t("06-19 15:01"), received=t("06-19 15:01"))], "P1",
        ("Answered", 3), "after its window had ended at 2026-06-19 15:00:00 UTC"),
    "an answer recorded before it came": (
        sound, [put("Answered", 1, received=t("06-13 15:00"))], "P1", ("Answered", 1),
        "recorded before it was received"),
    "a letter received after the deadline": (
        letter,
        [put("Answered", 2, received=t("06-15 15:01"), letter__received=t("06-15 15:01"))],
        "P1", ("Answered", 2), "received at 2026-06-15 15:01:00 UTC, after its window had ended"),
    "a letter of before the notice": (
        letter,
        [put("Answered", 2, received=t("06-12 14:59"), letter__received=t("06-12 14:59"))],
        "P1", ("Answered", 2), "before it was asked"),
    "a letter with two dates": (
        letter, [put("Answered", 2, letter__received=t("06-13 12:00"))], "P1", ("Answered", 2),
        "two instants of receipt"),
    "a counter that is no refusal, taken for one": (
        changed_terms,
        [put("TenderOpened", claims__1__mirror=False), put("Answered", 3, kind="counter")],
        "P1", ("Answered", 3), "is a refusal; under google/refusal it is no refusal"),
    "a re-offer window for a holder never asked": (
        changed_terms, [put("ClockStarted", 3, deadline=t("06-17 15:00"))], "P1",
        ("ClockStarted", 3), "its window of 72 hours"),
    "another window than the re-offer window": (
        changed_terms, [put("ClockStarted", 2, deadline=t("06-30 21:00"))], "P1",
        ("ClockStarted", 2), "its re-offer window of 3 business days"),
    "an answer by somebody else": (
        sound, [put("Answered", 1, holder="lambda")], "P1", ("Answered", 1),
        "lambda answers under ms/refusal, which microsoft holds"),
    # Ranks
    "ranks swapped": (
        sound,
        [put("NoticeServed", 1, turns=[["google/refusal"], ["ms/refusal"]]),
         again("ClockStarted", 2, "ClockStarted", 1, at=t("06-09 15:00"), chips="1000",
               deadline=t("06-12 15:00"))],
        "P1", ("ClockStarted", 1), "asks google/refusal .* ms/refusal of microsoft comes before"),
    "a turn that ends while a holder may still answer": (
        sound, [drop("Answered", 1)], "P1", ("TurnEnded", 1), "ms/refusal .* had not cleared"),
    "a tail while the last holder may still answer": (
        sound,
        [drop("Lapsed"), drop("TurnEnded", 2), put("TailStarted", 1, at=t("06-15 14:00"))],
        "P1", ("TailStarted", 1), "google/refusal of google had not cleared"),
    "a default that nobody recorded": (
        changed_terms, [drop("DefaultRecorded")], "P1", ("Passed", 0),
        "passes google/refusal of google by .* as default, which nothing before bears out"),
    "a right passed by as expired that is in force": (
        changed_terms, [put("Passed", why="expired")], "P1", ("Passed", 0), "as expired"),
    "a right passed by as the counterparty's that is another's": (
        changed_terms, [put("Passed", why="counterparty")], "P1", ("Passed", 0), "counterparty"),
    # What comes before others are approached
    "an exclusive right not lifted": (
        sound, [drop("BarLifted")], "P1", ("BiddingStarted", 0),
        "bidding started .* the exclusive right nscale/exclusive of nscale was not lifted"),
    "an exclusive right lifted by another": (
        sound, [put("BarLifted", holder="oracle")], "P1", ("BarLifted", 0), "which nscale holds"),
    "an exclusive right that expires early": (
        sound, [put("BarLifted", how="expired")], "P1", ("BarLifted", 0), "holds until no end"),
    "a first offer skipped": (
        sound,
        [drop("NoticeServed"), drop("ClockStarted"), drop("Answered"), drop("TurnEnded"),
         drop("TailStarted")],
        "P1", ("BiddingStarted", 0), "coreweave was not asked first under cw/offer"),
    "a first offer skipped, at the signature": (
        sound,
        [drop("NoticeServed"), drop("ClockStarted"), drop("Answered"), drop("TurnEnded"),
         drop("TailStarted")],
        "P1", ("Signed", 0), "coreweave was never asked about it under cw/offer"),
    "bidding before the first offer is answered": (
        sound, [later("BiddingStarted", 0, "Answered", 0)], "P1", ("BiddingStarted", 0),
        "coreweave had not answered first under cw/offer"),
    "a first offer that began while another was asked": (
        sound, [more_claims("late/offer", first=True, since=t("06-02 20:00"))], "P1",
        ("BiddingStarted", 0), "coreweave was not asked first under late/offer"),
    "bidding that closes late": (
        sound, [put("BiddingStarted", closes=t("06-09 21:00"))], "P1", ("BiddingStarted", 0),
        "3 days from 2026-06-03 15:00:00 UTC end at 2026-06-08"),
    "a price above the ceiling of a declined offer": (
        declined_offer,
        [put("Answered", terms__price="2.35")], "P1", ("Signed", 0),
        r"signed at 2\.4\d* per reference chip-hour, above 1\.02 times the 2\.35"),
    "a signature after the tail of a first offer": (
        declined_offer, [put("Signed", at=t("09-01 21:01"))], "P1", ("Signed", 0),
        "after the tail of cw/offer of coreweave had ended at 2026-09-01 21:00:00 UTC"),
    "a right called dormant that bites": (
        floors,
        [put("TenderOpened", 1, claims=[], dormant=floors().data()[8]["dormant"])], "P1",
        ("TenderOpened", 1), "calls ms/refusal dormant, though 1200 chips"),
    # Signatures
    "a signature a day before the window ended": (
        sound,
        [drop("Lapsed"), drop("TurnEnded", 2), drop("TailStarted", 1),
         put("Signed", at=t("06-14 15:00"))],
        "P1", ("Signed", 0),
        r"though google had not answered .* window had not ended \(2026-06-15 15:00:00 UTC\)"),
    "a signature in a round that still asks": (
        sound, [drop("TailStarted", 1)], "P1", ("Signed", 0), "round 2, which is still asking"),
    "a right never asked": (
        sound,
        [put("NoticeServed", 1, turns=[["ms/refusal"]]), drop("ClockStarted", 2), drop("Lapsed"),
         drop("TurnEnded", 2), put("TailStarted", 1, ends=t("07-12 21:00"))],
        "P1", ("Signed", 0), "google was never asked about it under google/refusal"),
    "a right never asked, though no notice was served": (
        sound, [put("Signed", round=None)], "P1", ("Signed", 0), "microsoft was never asked"),
    "a right that bites by another lot": (
        floors, [drop("FloorReached"), put("Signed", round=None)], "P1", ("Signed", 0),
        "microsoft was never asked"),
    "a right of the noticed bidder, passed over for another": (
        changed_terms,
        [put("NoticeServed", 2, bid="b2", counterparty="lambda"),
         put("TenderOpened", claims__0__anyone=True, claims__1__anyone=True,
             claims__1__holder="lambda"),
         drop("ClockStarted", 3), drop("Answered", 3), put("Passed", holder="lambda"),
         again("Passed", 0, "TurnEnded", 4, round="3", why="counterparty", holder="lambda",
               at=t("06-17 15:00")),
         put("TailStarted", 2, ends=t("07-16 21:00"))],
        "P1", ("Signed", 0), "lambda was never asked"),
    "a tail a day long": (
        sound, [put("TailStarted", 1, ends=t("07-06 21:00"))], "P1", ("TailStarted", 1),
        "ends at 2026-07-06 21:00:00 UTC; by the rights that were asked it ends at 2026-07-05"),
    "a signature after the tail": (
        sound,
        [put("TailStarted", 1, ends=t("07-12 21:00")), put("Signed", at=t("07-05 21:01")),
         put("Signed", 1, at=t("07-06 15:00"))],
        "P1", ("Signed", 0), "after the tail of google/refusal of google had ended at 2026-07-05"),
    "another counterparty": (
        sound, [put("Signed", party="lambda", bid="b2", chain=["lambda"])], "P1", ("Signed", 0),
        "microsoft was given notice of oracle's bid"),
    "a bid of somebody else": (
        sound, [put("Signed", party="crusoe", chain=["crusoe"])], "P1", ("Signed", 0),
        "crusoe signs on the bid b1, which is not its own"),
    "a dearer price": (
        sound, [put("Signed", effective="2.400003")], "P1", ("Signed", 0),
        r"signed at 2\.400003 .* microsoft was given notice of 2\.4"),
    "a dearer price at the right's own rate": (
        sound,
        [put("TenderOpened", claims__0__rate="0.1"),
         put("Signed", terms__prepaid={"share": "0.5", "days_before": "30", "credit_after": "0",
                                       "credit_over": "24"})],
        "P1", ("Signed", 0), "a larger prepayment than microsoft was given notice of"),
    "a rise in later years, at the right's own rate": (
        sound,
        [put("TenderOpened", claims__0__rate="0.1"), put("Signed", terms__escalator="0.01")],
        "P1", ("Signed", 0), r"signed at 2\.41\d* .* notice of 2\.4\d* under ms/refusal"),
    "a later start": (
        sound, [put("Signed", terms__start="2026-11-01")], "P1", ("Signed", 0), "a later start"),
    "a longer term": (
        sound, [put("Signed", terms__months="25")], "P1", ("Signed", 0), "a longer term"),
    "an option more": (
        sound, [put("Signed", terms__options=["extend"])], "P1", ("Signed", 0), "an option more"),
    "fewer warrants": (
        sound, [put("Signed", terms__warrants="-1")], "P1", ("Signed", 0), "fewer warrants"),
    "more support": (
        sound, [put("Signed", terms__support="1")], "P1", ("Signed", 0), "more support"),
    "a prepayment credited later": (
        changed_terms, [put("Signed", terms__prepaid__credit_over="13")], "P1", ("Signed", 0),
        "a prepayment credited later"),
    "another instant of waiver than was recorded": (
        sound, [put("Signed", cleared__1__since=t("06-16 15:00"))], "P1", ("Signed", 0),
        "says that google/refusal was silent at 2026-06-16"),
    "a signature with a holder that took nothing": (
        sound, [put("Signed", 1, clause="google/refusal", party="google")], "P1", ("Signed", 1),
        "nothing was taken under google/refusal"),
    "a signature with a holder in default": (
        sound,
        [lambda events: events.insert(where(events, "Signed", 1), {
             "type": "DefaultRecorded", "at": t("07-01 15:00"), "by": None,
             "holder": "microsoft", "evidence": "letter", "cured": False})],
        "P1", ("Signed", 1), "microsoft is in default"),
    "a taking signed too late": (
        sound,
        [put("Signed", 1, at=t("07-19 21:01"))], "P1", ("Signed", 1),
        "it had to be by 2026-07-19 21:00:00 UTC"),
    "a closing a day early": (
        sound, [put("TurnEnded", 1, allotted__0__closing=t("07-18 21:00"))], "P1",
        ("TurnEnded", 1), "microsoft has until 2026-07-18 21:00:00 UTC to sign"),
    "a delivery a day early": (
        sound, [put("TurnEnded", 1, allotted__0__delivery=t("10-06 04:00"))], "P1",
        ("TurnEnded", 1), "to deliver what it took"),
    "a right released before its closing": (
        failed_taking, [put("TakingFailed", at=t("07-19 20:59"))], "P1", ("TakingFailed", 0),
        r"ms/refusal of microsoft is released at 2026-07-19 20:59:00 UTC \(closing missed\)"),
    "a right released for a default that nobody recorded": (
        failed_taking, [put("TakingFailed", why="default")], "P1", ("TakingFailed", 0),
        r"\(default\), which nothing before bears out"),
    "a tail ended early": (
        sound,
        [lambda events: events.insert(where(events, "Signed"), {
            "type": "TailEnded", "at": t("06-30 15:00"), "by": None, "tender": "t", "round": "2",
            "left": "700"})],
        "P1", ("TailEnded", 0), "it lasts until 2026-07-05"),
    # Quantities
    "chips lost in a turn": (
        sound, [put("TurnEnded", 1, left="600")], "P2", ("TurnEnded", 1),
        "turn 0 of round 2 leaves: 600 chips stated, 700 found"),
    "more allotted than was taken": (
        sound, [put("TurnEnded", 1, allotted__0__chips="400", left="600")], "P2",
        ("TurnEnded", 1), "gives ms/refusal: 400 chips stated, 300 found"),
    "an unequal split among equal ranks": (
        equal_ranks,
        [put("ClockStarted", 1, chips="666"), put("ClockStarted", 2, chips="334")], "P2",
        ("ClockStarted", 1), "asks google/refusal: 666 chips stated, 667 found"),
    "more than one's share of what was left over": (
        equal_ranks, [put("TurnEnded", 1, allotted__0__chips="434", left="566")], "P2",
        ("TurnEnded", 1), "434 chips stated, 433 found"),
    "more signed than is left": (
        sound, [put("Signed", chips="701")], "P2", ("Signed", 0),
        "701 chips are signed as a1; 700 are left in round 2"),
    "a notice about more than the lot": (
        sound, [put("NoticeServed", 1, chips="1001")], "P2", ("NoticeServed", 1),
        "asks about 1001 chips; only 1000 are unnoticed"),
    "a part that the right does not allow": (
        sound, [put("TenderOpened", claims__0__partial="301")], "P2", ("Answered", 1),
        "300 chips .* are taken under ms/refusal, of 1000 asked"),
    "a taking that fails with more chips": (
        failed_taking, [put("TakingFailed", chips="301")], "P2", ("TakingFailed", 0),
        "301 chips stated, 300 found"),
    "an agreement that fails with more chips": (
        failed_taking, [put("AgreementFailed", chips="301")], "P2", ("AgreementFailed", 0),
        "301 chips stated, 300 found"),
    # What time alone brings about, and the order of everything
    "a turn that never ended": (
        sound, [drop("TurnEnded", 2)], "P3", ("TailStarted", 1), "before its turn 1 has ended"),
    "a tail that passes and is not ended": (
        failed_taking, [drop("Signed")], "P3", ("TakingFailed", 0),
        "700 chips were not signed; no end of the tail at 2026-07-05 21:00:00 UTC is recorded"),
    "a closing that is missed and not recorded": (
        failed_taking, [drop("TakingFailed")], "P3", ("NoticeServed", 2),
        "microsoft did not sign what it took; no failure at 2026-07-19 21:00:00 UTC is recorded"),
    "a delivery that is missed and not recorded": (
        sound, [drop("Delivered", 1), put("TenderClosed", at=t("10-07 15:00"))], "P3",
        ("TenderClosed", 0), "microsoft did not deliver what it took; no failure"),
    "bids that stay sealed": (
        sound, [drop("BidsOpened")], "P3", ("NoticeServed", 1), "no opening of bids at 2026-06-08"),
    "an event back in time": (
        sound, [put("Answered", 1, at=t("06-09 14:59"), received=t("06-09 14:59"))], "P3",
        ("Answered", 1), "stamped 2026-06-09 14:59:00 UTC, though one of 2026-06-09 15:00:00"),
    "a key with two effects": (
        sound, [again("Delivered", 0, "TenderClosed", 0)], "P3", ("Delivered", 2),
        r"The command k\d+ of lab has a second effect"),
    "a key with two digests": (
        sound, [put("Delivered", by__key="k"), put("Delivered", 1, by__key="k")], "P3",
        ("Delivered", 1), "two digests"),
    "an answer to an answered notice": (
        sound, [again("Answered", 1, "TurnEnded", 1)], "P3", ("Answered", 2), "which is taken"),
    "a tender that was never opened": (
        sound, [put("Signed", tender="u")], "P3", ("Signed", 0), "there is no tender u"),
    "a tender opened twice": (
        sound, [again("TenderOpened", 0, "BarLifted", 0)], "P3", ("TenderOpened", 1),
        "opened twice"),
    "a round that was never served": (
        sound, [put("Lapsed", round="7")], "P3", ("Lapsed", 0), "has no round 7"),
    "an agreement signed twice": (
        sound, [put("Signed", 1, agreement="a1")], "P3", ("Signed", 1), "signed twice"),
    "a signature in a tender that was withdrawn": (
        sound,
        [lambda events: events.insert(where(events, "Signed"), {
            "type": "TenderWithdrawn", "at": t("06-29 15:00"), "by": None, "tender": "t",
            "reason": "none"})],
        "P3", ("Signed", 0), "tender t was withdrawn before"),
    "an event of a type that there is not": (
        sound, [put("TenderClosed", type="TenderForgotten")], "P3", ("TenderForgotten", 0),
        "cannot be read"),
    "an event that lacks a field": (
        sound, [lambda events: events[where(events, "Lapsed")].pop("clause")], "P3",
        ("Lapsed", 0), "cannot be read .*clause"),
    "a number that is none": (
        sound, [put("Signed", effective="NaN")], "P3", ("Signed", 0), "cannot be read"),
    # Capacity
    "a chain promised twice": (
        sound, [put("Declared", 1, chips="699")], "P5", ("Signed", 0),
        r"With a1 700 chips are promised of the capacity of crusoe \(gb200, us-tx\) which is 699"),
    "a seller that promises more than it has": (
        sound, [put("Declared", 0, chips="699")], "P5", ("Signed", 0), "capacity of oracle"),
    "a holder that promises more than it has": (
        sound, [put("Declared", 3, chips="299")], "P5", ("Signed", 1), "capacity of microsoft"),
    "a host that declared nothing": (
        sound, [put("Signed", via=["vantage"], chain=["vantage"])], "P5", ("Signed", 0),
        r"the capacity of vantage \(gb200, us-tx\) is undeclared"),
    "a chain that leaves out who hosts": (
        sound, [put("Signed", chain=["oracle"])], "P5", ("Signed", 0),
        "draws on the capacity of crusoe, oracle; it states oracle"),
    "a declaration lowered below what is promised": (
        sound, [again("Declared", 1, "Delivered", 0, by=None, at=t("10-01 15:00"), chips="600")],
        "P5", ("Declared", 7), "falls to 600 chips; 700 are promised"),
}  # fmt: skip
