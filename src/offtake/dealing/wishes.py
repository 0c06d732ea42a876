"""Commands from a few words: what is not said is taken from what the party sees, and nothing else.

Each raises `WrongDealingError` where the words mean nothing. Whether a command is allowed is for
the desk to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from offtake.book.near import closest
from offtake.dealing import found
from offtake.dealing.wrong import WrongDealingError
from offtake.desk import commands as cm
from offtake.desk.lot import Bid, Instant, Terms
from offtake.desk.plain import Plain
from offtake.units.instants import instant_of

_SAYS = "a bidder says how many it has: offtake tender revise"
KINDS = ("take", "waive", "counter", "unable", "offer", "stand-by")


@dataclass(frozen=True, slots=True)
class Words:
    """A holder's answer as it was said."""

    kind: str
    clause: str | None = None
    chips: int | None = None
    """Of a part; None: all."""
    over: int = 0
    terms: Callable[[Plain], Terms] | None = None
    """Its terms, where it states some, once the lot is known."""
    condition: str = ""
    region: str = ""
    via: tuple[str, ...] = ()
    round: int | None = None
    """Which round it answers, where several notices run."""


def kind_of(word: str, *, by_letter: bool = False) -> str:
    """One of the answers that there are. Raises `WrongDealingError`."""
    known = [one for one in KINDS if not by_letter or one != "stand-by"]
    if word not in known:
        hint = closest(word, known)
        also = f"; did you mean {hint}?" if hint else ""
        raise WrongDealingError(f"{word[:40]!r} is no answer: {', '.join(known)}{also}")
    return word


def answer(seen: Plain, tender: str, words: Words) -> cm.Command:
    """A holder's own answer to its notice or on its exclusive right, or a freed bidder's word."""
    if words.kind == "stand-by":
        freed = [
            one["round"]
            for one in found.own_bid(seen, tender).get("asked", [])
            if one["round"] is not None
        ]
        if not freed:
            raise WrongDealingError(f"no bid of {seen['party']} in {tender} is free: sell as bid")
        return cm.StandBy(tender, _freed(seen, tender, freed, words.round))
    barred = None if words.round is not None else found.bar(seen, tender, words.clause)
    if barred is not None:
        return _answer(tender, barred["clause"], None, barred["lot"], words)
    notice = found.notice(seen, tender, words.clause, words.round)
    return _answer(tender, notice["clause"], notice["round"], notice["lot"], words)


def _freed(seen: Plain, tender: str, freed: list[int], number: int | None) -> int:
    """The round in which a freed bidder stands by its bid."""
    rounds = ", ".join(map(str, freed))
    if number is None and len(freed) > 1:
        raise WrongDealingError(
            f"the bid of {seen['party']} is free in several rounds; name one by --round: {rounds}"
        )
    if number is not None and number not in freed:
        raise WrongDealingError(
            f"no bid of {seen['party']} is free in round {number} of {tender}; free in {rounds}"
        )
    return freed[-1] if number is None else number


def attest(
    seen: Plain,
    tender: str,
    holder: str,
    words: Words,
    received: Instant,
    evidence: str,
    persons: tuple[str, str],
) -> cm.Attest:
    """The buyer's record of an answer that came by letter."""
    own = found.tender(seen, tender)
    clause, number, _ = found.held(own, holder, words.clause, words.round, received)
    said = _answer(tender, clause, number, own["lot"], words)
    return cm.Attest(tender, said, received, evidence, persons)


def answered(seen: Plain, tender: str, holder: str, words: Words, received: Instant) -> str:
    """Which round a letter answers, in a sentence; nothing of an exclusive right."""
    own = found.tender(seen, tender)
    _, number, chips = found.held(own, holder, words.clause, words.round, received)
    if number is None:
        return ""
    return f"It answers round {number}, which was about {chips:,} chips."


def _answer(tender: str, clause: str, number: int | None, lot: Plain, words: Words) -> cm.Answer:
    return cm.Answer(
        tender,
        clause,
        words.kind,
        round=number,
        chips=words.chips,
        over=words.over,
        terms=None if words.terms is None else words.terms(lot),
        condition=words.condition,
        region=words.region,
        via=words.via,
    )


# --- the buyer's ----------------------------------------------------------------------------------


def notice(
    seen: Plain,
    tender: str,
    who: str | None = None,
    *,
    chips: int | None = None,
    again: int | None = None,
    more: bool = False,
    evidence: str | None = None,
) -> cm.Notice:
    """A complete notice: everything is stated as the bid stands, with the hash of it."""
    own = found.tender(seen, tender)
    waiting = [one for one in own["next"] if one["what"] == "notice"]
    if again is not None:
        waiting = [one for one in own["rounds"] if one["round"] == again]
    bid = _grown(own) if more and who is None and chips is None else found.bid(own, who, waiting)
    if chips is None:
        chips = _noticed(own, bid, waiting, again, more)
    return cm.Notice(
        tender,
        bid["id"],
        chip=own["lot"]["chip"],
        chips=chips,
        region=own["lot"]["region"],
        terms=msgspec.convert(bid["terms"], Terms),
        counterparty=bid["bidder"],
        evidence=evidence or fingerprint(bid),
        again=again,
        more=more,
    )


def _noticed(own: Plain, bid: Plain, waiting: list[Plain], again: int | None, more: bool) -> int:
    """How many chips a notice is about where nobody says: what waits for one."""
    if again is not None and waiting:
        return int(waiting[0]["remaining"])
    if more:
        on_top = _on_top(own, bid)
        if on_top <= 0:
            whose = f"{bid['bidder']} has no more chips in {own['tender']}"
            raise WrongDealingError(f"{whose} than were dealt about; {_SAYS}")
        return on_top
    named = [one["chips"] for one in waiting if one["bid"] == bid["id"]]
    return int(named[0] if named else min(own["unnoticed"], bid["chips"]))


def _grown(own: Plain) -> Plain:
    """The bid that offers more chips than were dealt about."""
    asked = {one["bid"] for one in (*own["rounds"], *own["agreements"])}
    every: list[Plain] = [one for one in own["bids"] if not (one["erased"] or one["aside"])]
    grown = [one for one in every if one["id"] in asked and _on_top(own, one) > 0]
    if not grown:
        raise WrongDealingError(
            f"nobody has more chips in {own['tender']} than were dealt about; {_SAYS}"
        )
    if len(grown) > 1 and not own["unnoticed"]:
        told = ", ".join(f"{one['bidder']} ({_on_top(own, one):,})" for one in grown)
        raise WrongDealingError(f"several offer more chips; name one by --bid: {told}")
    return grown[0]


def _on_top(own: Plain, bid: Plain) -> int:
    """The chips of a bid that are in no agreement, no taking and no round about it."""
    about = [one for one in own["rounds"] if one["bid"] == bid["id"]]
    signed: int = sum(
        one["chips"]
        for one in own["agreements"]
        if one["bid"] == bid["id"] and one["clause"] is None and one["state"] != "failed"
    )
    taken: int = sum(one["chips"] for r in about for one in r["takings"])
    tied: int = sum(one["remaining"] for one in about if one["state"] != "done")
    return int(bid["chips"]) - signed - taken - tied


def fingerprint(bid: Plain) -> str:
    """SHA-256 of a bid as it stands, by which it can be shown later what was noticed."""
    stated = {name: value for name, value in bid.items() if name in Bid.__struct_fields__}
    stated["received"] = instant_of(stated["received"])
    made = msgspec.convert(stated, Bid)
    return hashlib.sha256(msgspec.json.encode(made, order="sorted")).hexdigest()


def award(
    seen: Plain, tender: str, party: str, *, decline: bool = False, reason: str = ""
) -> list[cm.Command]:
    """Choose a party, or decline it.

    A first offer of it that waits is accepted, or declined. Else it is about its bid: chosen, every
    better one that stands is set aside for the reason; declined, its own is.
    """
    own = found.tender(seen, tender)
    for one in own["next"]:
        if one["what"] == "decide" and one["of"] == party:
            return [cm.Decide(tender, one["round"], one["clause"], not decline)]
    bid = found.bid(own, party, ())
    aside = [bid] if decline else []
    if not decline:
        for one in own["bids"]:
            if one["id"] == bid["id"]:
                break
            aside += [] if one["aside"] else [one]
        if bid["aside"]:
            raise WrongDealingError(f"the bid of {party} was set aside; that cannot be undone")
        if not aside:
            raise WrongDealingError(
                f"the bid of {party} is the best that stands already; notice it, or sign"
            )
    if not reason.strip():
        whose = ", ".join(str(one["bidder"]) for one in aside)
        raise WrongDealingError(f"this sets aside the bid of {whose}; say why: --reason")
    return [cm.SetAside(tender, one["id"], reason) for one in aside]


# --- a bidder's -----------------------------------------------------------------------------------


def recall(seen: Plain, tender: str) -> cm.Recall:
    """A bidder takes its bid, or its pledge, back."""
    pledges = found.invitation(seen, tender)["pledges"]
    return cm.Recall(tender, str((pledges or [found.own_bid(seen, tender)])[-1]["id"]))


def revise(
    seen: Plain,
    tender: str,
    terms: Callable[[Plain], Terms] | None,
    chips: int | None,
) -> cm.Revise:
    """A bidder asks other terms, or offers more chips; what is not said stays as it was bid."""
    own: dict[str, Any] = found.own_bid(seen, tender)
    if terms is None and chips is None:
        raise WrongDealingError("say what changes: --price, --chips or a file of terms")
    stated = msgspec.convert(own["terms"], Terms) if terms is None else terms(own["terms"])
    return cm.Revise(tender, own["id"], stated, chips or int(own["chips"]))
