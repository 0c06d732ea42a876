"""Bugs planted in the desk: each changes one rule in one place, as a slip of the hand would.

A plant is made with pytest's monkeypatch, and gone when the test ends. That the lives catch every
one of them says that they would catch its like.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as replaced
from importlib import import_module
from typing import Any

import pytest
from msgspec.structs import replace

from offtake.desk import (
    answering,
    asking,
    dues,
    evolve_rounds,
    follow,
    letters,
    noticing,
    signing,
)
from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.refusals import Refusal

from .lives_world import DAY

decide = import_module("offtake.desk.decide")
"""The module; the room offers its function under the same name."""

Plant = Callable[[pytest.MonkeyPatch], None]


def unless(codes: tuple[str, ...], judge: Callable[..., Any]) -> Callable[..., Any]:
    """A judge that forgets some refusals."""

    def forgetful(*args: Any, **words: Any) -> Any:
        judged = judge(*args, **words)
        return None if isinstance(judged, Refusal) and judged.code in codes else judged

    return forgetful


def evolving(
    patch: pytest.MonkeyPatch, event: type, change: Callable[[Any, Any, Any], Any]
) -> None:
    """`change` mends what an event made of a tender: it gets before, after and the event."""
    kept = evolve_rounds.ROUNDS[event]

    def changed(tender: Any, happened: Any) -> Any:
        return change(tender, kept(tender, happened), happened)

    patch.setitem(evolve_rounds.ROUNDS, event, changed)


def round_with(tender: Any, number: int, **changes: Any) -> Any:
    rounds = list(tender.rounds)
    rounds[number - 1] = replace(rounds[number - 1], **changes)
    return replace(tender, rounds=tuple(rounds))


# --- time -----------------------------------------------------------------------------------------


def window_a_day_short(patch: pytest.MonkeyPatch) -> None:
    kept = follow.answer_by

    def short(*args: Any) -> Any:
        end = kept(*args)
        return replaced(end, at=end.at - DAY)

    patch.setattr(follow, "answer_by", short)


def tail_a_day_long(patch: pytest.MonkeyPatch) -> None:
    kept = follow.sign_by
    patch.setattr(follow, "sign_by", lambda *args: kept(*args) + DAY)


def deadline_exclusive(patch: pytest.MonkeyPatch) -> None:
    kept = decide._advance
    patch.setattr(decide, "_advance", lambda desk, at: kept(desk, at + 1))


def lapse_stamped_when_noticed(patch: pytest.MonkeyPatch) -> None:
    kept, fall_due = decide._advance, decide.fall_due

    def late(desk: Any, at: int) -> Any:
        patch.setattr(decide, "fall_due", lambda tender, _: fall_due(tender, at))
        return kept(desk, at)

    patch.setattr(decide, "_advance", late)


def letter_late_accepted(patch: pytest.MonkeyPatch) -> None:
    kept = letters._recorded

    def lenient(
        act: Any, tender: Any, own: Any, claim: Any, standing: Any, command: Any, letter: Any
    ) -> Any:
        judged = kept(act, tender, own, claim, standing, command, letter)
        if isinstance(judged, Refusal) and judged.code == "letter-late":
            later = replace(standing, deadline=letter.received)
            return kept(act, tender, own, claim, later, command, letter)
        return judged

    patch.setattr(letters, "_recorded", lenient)


def reoffer_window_at_once(patch: pytest.MonkeyPatch) -> None:
    kept = noticing._served

    def hasty(act: Any, tender: Any, *rest: Any) -> Any:
        served = kept(act, tender, *rest)
        return replace(served, short=tuple(c for c in tender.claims if tender.claims[c].reoffer))

    patch.setattr(noticing, "_served", hasty)


def grace_forgotten(patch: pytest.MonkeyPatch) -> None:
    kept = follow.close_by
    patch.setattr(
        follow,
        "close_by",
        lambda claim, almanac, at: kept(replace(claim, grace=0), almanac, at),
    )


def window_cut_by_the_rights_end(patch: pytest.MonkeyPatch) -> None:
    kept = dues._dues

    def cut(tender: Any) -> Any:
        frail = {name: replace(claim, survives=False) for name, claim in tender.claims.items()}
        return kept(replace(tender, claims=frail))

    patch.setattr(dues, "_dues", cut)


def clock_followed_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(decide, "max", lambda at, _: at, raising=False)


def closing_date_forgiven(patch: pytest.MonkeyPatch) -> None:
    kept = dues._dues
    patch.setattr(
        dues, "_dues", lambda tender: (due for due in kept(tender) if due[1] != dues.CLOSING)
    )


# --- asking ---------------------------------------------------------------------------------------


def rank_ignored(patch: pytest.MonkeyPatch) -> None:
    def together(claims: Any) -> Any:
        return (tuple(sorted(claim.clause for claim in claims)),)

    patch.setattr(noticing, "turns", together)
    patch.setattr(follow, "turns", together)


def released_asked_again(patch: pytest.MonkeyPatch) -> None:
    evolving(
        patch,
        ev.TakingFailed,
        lambda before, after, _: replace(after, released=before.released),
    )


def defaulter_asked(patch: pytest.MonkeyPatch) -> None:
    kept = follow._Turn._passes

    def kind(turn: Any, claim: Any) -> str:
        why = kept(turn, claim)
        return "" if why == "default" else why

    patch.setattr(follow._Turn, "_passes", kind)


def silence_is_taking(patch: pytest.MonkeyPatch) -> None:
    def taken(_: Any, after: Any, event: Any) -> Any:
        own = after.rounds[event.round - 1]
        standing = own.standings[event.clause]
        standing = replace(standing, state="taken", wanted=standing.chips)
        return round_with(after, event.round, standings={**own.standings, event.clause: standing})

    evolving(patch, ev.Lapsed, taken)


def remainder_lost(patch: pytest.MonkeyPatch) -> None:
    def lost(_: Any, after: Any, event: Any) -> Any:
        own = after.rounds[event.round - 1]
        if not event.allotted or not event.left:
            return after
        less = {"remaining": 0, "noticed": own.noticed - event.left, "state": "done"}
        return round_with(after, event.round, **less)

    evolving(patch, ev.TurnEnded, lost)


def over_without_full_share(patch: pytest.MonkeyPatch) -> None:
    kept = follow._allotted

    def generous(tender: Any, own: Any, takers: Any) -> Any:
        return kept(tender, own, [replace(s, chips=s.wanted) for s in takers])

    patch.setattr(follow, "_allotted", generous)
    patch.setattr(answering, "_taking", unless(("over-without-share",), answering._taking))


def tie_to_the_later_bid(patch: pytest.MonkeyPatch) -> None:
    kept = dues._EVENTS[dues.OPENING]

    def turned(tender: Any, *rest: Any) -> Any:
        bids = {name: replace(bid, received=-bid.received) for name, bid in tender.bids.items()}
        return kept(replace(tender, bids=bids), *rest)

    patch.setitem(dues._EVENTS, dues.OPENING, turned)


def shares_rounded_down(patch: pytest.MonkeyPatch) -> None:
    def down(chips: int, parts: list[int]) -> list[int]:
        return [chips * part // sum(parts) for part in parts]

    patch.setattr(follow, "shares", down)


def freed_bidder_held(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(follow, "_frees", lambda tender, own: False)


# --- answers and signing --------------------------------------------------------------------------


def small_part_taken(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answering, "_taking", unless(("part-too-small",), answering._taking))


def changed_taking_taken(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answering, "_mirrors", lambda *_: True)


def price_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signing, "_moved", unless(("price-risen",), signing._moved))


def tolerance_forgotten(patch: pytest.MonkeyPatch) -> None:
    kept = signing.dearer
    patch.setattr(signing, "dearer", lambda one, other, rise: kept(one, other))


def other_bidder_signed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signing, "_moved", unless(("other-counterparty",), signing._moved))


def unasked_signed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signing, "_unasked", unless(("not-asked",), signing._unasked))


def upstream_not_promised(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signing, "capacity_chain", lambda desk, hosts, lot: tuple(hosts))


def first_offer_passed_over(patch: pytest.MonkeyPatch) -> None:
    forgetful = unless(("first-offer-stale", "first-offer-open"), noticing.past_first_offers)
    patch.setattr(noticing, "past_first_offers", forgetful)
    patch.setattr(signing, "past_first_offers", forgetful)


def ceiling_forgotten(patch: pytest.MonkeyPatch) -> None:
    forgetful = unless(("above-ceiling",), noticing.past_first_offers)
    patch.setattr(noticing, "past_first_offers", forgetful)
    patch.setattr(signing, "past_first_offers", forgetful)


def taking_withdrawn_from(patch: pytest.MonkeyPatch) -> None:
    """A renewed notice wipes out a taking that was in time."""

    def deaf(desk: Any, tender: Any, command: Any, bid: Any) -> Any:
        judged = kept(desk, tender, command, bid)
        if isinstance(judged, Refusal) and judged.code == "taken-already":
            return asking.live(tender, command.again)
        return judged

    kept = noticing._source
    patch.setattr(noticing, "_source", deaf)


def default_frees_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(follow, "TAILED", asking.ANSWERED)
    patch.setattr(evolve_rounds, "TAILED", asking.ANSWERED)


def confidential_noticed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(noticing, "refuse", unless(("bid-confidential",), noticing.refuse))


def breach_forgiven(patch: pytest.MonkeyPatch) -> None:
    """What went elsewhere is lost to a letter that had come in time."""
    kept = letters._recorded

    def forgiven(act: Any, tender: Any, own: Any, *rest: Any) -> Any:
        judged = kept(act, tender, own, *rest)
        lost = own.over is not None and not isinstance(judged, Refusal)
        return letters.refuse("letter-moot") if lost else judged

    patch.setattr(letters, "_recorded", forgiven)


def taking_closed_by_the_buyer_alone(patch: pytest.MonkeyPatch) -> None:
    def closed(act: Any, tender: Any, command: cm.Close) -> Any:
        if act.actor == act.desk.buyer:
            return kept(act, tender, command)
        return decide.refuse("unknown-taking", clause=command.clause, round=command.round)

    kept = decide._TENDERS[cm.Close]
    patch.setitem(decide._TENDERS, cm.Close, closed)


def taking_closed_by_anybody(patch: pytest.MonkeyPatch) -> None:
    def closed(act: Any, tender: Any, command: cm.Close) -> Any:
        own = asking.live(tender, command.round)
        taking = own.takings.get(command.clause) if own is not None else None
        if taking is not None and act.actor != act.desk.buyer:
            act = replace(act, actor=taking.holder)
        return kept(act, tender, command)

    kept = decide._TENDERS[cm.Close]
    patch.setitem(decide._TENDERS, cm.Close, closed)


def duplicate_counts_twice(patch: pytest.MonkeyPatch) -> None:
    kept = decide._known

    def forgetful(desk: Any, envelope: Any) -> Any:
        known = kept(desk, envelope)
        return None if isinstance(known, decide.Reply) else known

    patch.setattr(decide, "_known", forgetful)


def refusal_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A late duplicate of what was refused is judged anew."""
    kept = decide._known

    def forgetful(desk: Any, envelope: Any) -> Any:
        known = kept(desk, envelope)
        again = isinstance(known, Refusal) and known.code not in ("unknown-party", "not-founded")
        return None if again and known.code != "key-reused" else known

    patch.setattr(decide, "_known", forgetful)


PLANTS: tuple[Plant, ...] = (
    window_a_day_short,
    tail_a_day_long,
    deadline_exclusive,
    lapse_stamped_when_noticed,
    letter_late_accepted,
    reoffer_window_at_once,
    grace_forgotten,
    window_cut_by_the_rights_end,
    clock_followed_back,
    closing_date_forgiven,
    rank_ignored,
    released_asked_again,
    defaulter_asked,
    silence_is_taking,
    remainder_lost,
    over_without_full_share,
    tie_to_the_later_bid,
    shares_rounded_down,
    freed_bidder_held,
    small_part_taken,
    changed_taking_taken,
    price_not_looked_at,
    tolerance_forgotten,
    other_bidder_signed,
    unasked_signed,
    upstream_not_promised,
    first_offer_passed_over,
    ceiling_forgotten,
    taking_withdrawn_from,
    default_frees_for_ever,
    confidential_noticed,
    breach_forgiven,
    taking_closed_by_the_buyer_alone,
    taking_closed_by_anybody,
    duplicate_counts_twice,
    refusal_forgotten,
)
"""All but those in planted_more.py."""
