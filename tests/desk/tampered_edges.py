"""More tampering: with rights that were passed on, spent, woken or outlived, and with who hosts."""

from __future__ import annotations

from typing import Any

from .tampered import Case, Edit, again, drop, put, t, where
from .written import Data, changed_terms, sound
from .written_edges import (
    failed_by_word,
    late_offer,
    more_chips,
    passed_on,
    small_part,
    spent,
    withdrawn_lot,
)
from .written_more import declined_offer


def one_more_bar(since: str, **change: Any) -> Edit:
    """An exclusive right that begins later."""
    bar = {"clause": "late/exclusive", "holder": "nscale", "since": t(since), "expires": None}

    def edit(events: list[Data]) -> None:
        events[where(events, "TenderOpened")]["bars"].append({**bar, "sentence": "", **change})

    return edit


def without(first: tuple[str, int], last: tuple[str, int]) -> Edit:
    """Leave out the events from one to just before another."""

    def edit(events: list[Data]) -> None:
        del events[where(events, *first) : where(events, *last)]

    return edit


def asleep(events: list[Data]) -> None:
    """Call the rights of the last opening dormant."""
    opening = events[-1]
    opening["claims"], opening["dormant"] = [], opening["claims"]


def as_noticed(events: list[Data]) -> None:
    """Sign on the terms of round 2."""
    served = events[where(events, "NoticeServed", 1)]
    made = events[where(events, "Signed")]
    made.update({"round": "2", **{k: served[k] for k in ("terms", "effective")}})


EDGES: dict[str, Case] = {
    "a right given back by a stranger's word": (
        passed_on, [put("ClockStarted", holder="microsoft")], "P1", ("ClockStarted", 0),
        "microsoft is asked under ms/refusal, which crusoe holds"),
    "a right spent by the buyer's word": (
        failed_by_word, [put("TakingFailed", spent=True)], "P1", ("TakingFailed", 0),
        r"the right ms/refusal of microsoft is released at .* \(no power\), which nothing"),
    "a right spent by the buyer's word, in the words of a missed closing": (
        failed_by_word, [put("TakingFailed", spent=True, why="closing missed")], "P1",
        ("TakingFailed", 0), r"\(closing missed\), which nothing before bears out"),
    "a right spent by a default after its holder had signed": (
        failed_by_word,
        [put("TakingFailed", spent=True, why="default"),
         lambda events: events.insert(where(events, "TakingFailed"), {
             "type": "DefaultRecorded", "at": t("06-17 15:00"), "by": None,
             "holder": "microsoft", "evidence": "letter", "cured": False})],
        "P1", ("TakingFailed", 0), r"\(default\), which nothing before bears out"),
    "a taking that fails by the buyer's word before it is signed": (
        spent, [put("TakingFailed", spent=False)], "P1", ("TakingFailed", 0),
        "what was taken under ms/refusal of microsoft is released"),
    "a right not asked again after the buyer's word": (
        failed_by_word,
        [put("NoticeServed", 2, turns=[["google/refusal"]]),
         without(("ClockStarted", 3), ("ClockStarted", 4)),
         put("TurnEnded", 3, turn="0")],
        "P1", ("Signed", 1), "microsoft was never asked about it under ms/refusal"),
    "a dearer price past a spent right": (
        spent, [put("TenderOpened", claims__1__price_rise="0.5"), put("Signed", effective="2.5")],
        "P1", ("Signed", 0), r"signed at 2\.5 .* microsoft was given notice of 2\.4"),
    "a longer term past a spent right": (
        spent, [put("TenderOpened", claims__1__expires=t("06-20 00:00"),
                    claims__1__survives=False),
                put("TailStarted", 1, ends=t("07-12 21:00")), put("Signed", terms__months="25")],
        "P1", ("Signed", 0), "a longer term .* than microsoft was given notice of"),
    "more chips that pass a floor": (
        more_chips,
        [drop("FloorReached"), put("NoticeServed", 1, turns=[["google/refusal"]])], "P1",
        ("NoticeServed", 1), "more chips and leaves out ms/refusal of microsoft, though 1200"),
    "more chips that pass a floor, signed": (
        more_chips,
        [drop("FloorReached"), put("NoticeServed", 1, turns=[["google/refusal"]]),
         drop("ClockStarted", 2), without(("Answered", 2), ("TailStarted", 1))],
        "P1", ("Signed", 1), "microsoft was never asked about it under ms/refusal"),
    "a lot withdrawn to stay below a floor": (
        withdrawn_lot, [asleep], "P1", ("TenderOpened", 1),
        "calls ms/refusal dormant, though 1100 chips for the need training"),
    "a price above the ceiling of an expired first offer": (
        declined_offer,
        [put("TenderOpened", claims__0__expires=t("06-30 00:00")),
         put("Answered", terms__price="2.35")],
        "P1", ("Signed", 0), r"above 1\.02 times the 2\.35"),
    "a price above the ceiling of an offer that came by letter": (
        late_offer, [put("Answered", terms__price="2.35")], "P1", ("Signed", 0),
        r"above 1\.02 times the 2\.35"),
    "a notice past an exclusive right that began later": (
        sound, [one_more_bar("06-09 15:00")], "P1", ("NoticeServed", 1),
        "notice was served .* the exclusive right late/exclusive of nscale was not lifted"),
    "a signature past an exclusive right that began later": (
        sound, [one_more_bar("06-30 15:00", expires=t("06-30 15:00"))], "P1", ("Signed", 0),
        "an agreement with oracle was signed .* the exclusive right late/exclusive of nscale"),
    "bidding past an exclusive right that began later": (
        sound, [one_more_bar("06-03 15:00")], "P1", ("BiddingStarted", 0),
        "bidding started .* late/exclusive of nscale"),
    "another upstream, declared anew": (
        sound,
        [again("Declared", 0, "TenderOpened", 0, upstream=None),
         lambda events: events[where(events, "Declared", 7)].update(by=None)],
        "P5", ("Declared", 7),
        r"behind the capacity of oracle \(gb200, us-tx\) was crusoe; declared anew, it is nobody"),
    "a chain by another upstream, declared anew": (
        sound,
        [again("Declared", 0, "TenderOpened", 0, by=None, upstream="lambda"),
         put("Signed", chain=["oracle", "lambda"])],
        "P5", ("Signed", 0), "draws on the capacity of crusoe, oracle; it states lambda, oracle"),
    "a cured default, passed over": (
        changed_terms,
        [as_noticed, without(("BidRevised", 0), ("Signed", 0)), put("Signed", at=t("06-14 15:00"))],
        "P1", ("Signed", 0), "google was never asked about it under google/refusal"),
    "a holder passed over for its small part": (
        small_part,
        [put("ClockStarted", chips="1000"),
         lambda events: events.insert(where(events, "ClockStarted", 1), {
             "type": "Passed", "at": t("06-09 15:00"), "by": None, "tender": "t", "round": "1",
             "clause": "ms/refusal", "holder": "microsoft", "why": "nothing left"})],
        "P1", ("Passed", 0), "passes ms/refusal of microsoft by .* as nothing left"),
    "a share that leaves another none": (
        small_part, [put("ClockStarted", chips="1000")], "P2", ("ClockStarted", 0),
        "asks google/refusal: 1000 chips stated, 999 found"),
}  # fmt: skip
