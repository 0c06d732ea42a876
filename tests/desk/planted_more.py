"""More bugs planted in the desk: exclusives, floors, blocks, and who may do what."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from msgspec.structs import replace

from offtake.desk import (
    act,
    evolve_tenders,
    follow,
    letters,
    noticing,
    running,
    signing,
)
from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.refusals import Refusal

from .planted import Plant, evolving, unless

decide = import_module("offtake.desk.decide")
evolve = import_module("offtake.desk.evolve")


def exclusive_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(noticing, "barred", lambda *_: None)
    patch.setattr(signing, "barred", lambda *_: None)


def bidding_past_an_exclusive(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(follow, "barred", lambda *_: None)


def failed_right_is_spent(patch: pytest.MonkeyPatch) -> None:
    def spent(_: Any, after: Any, event: Any) -> Any:
        return replace(after, released=after.released | {event.clause})

    evolving(patch, ev.TakingFailed, spent)


def delivered_by_the_buyer_alone(patch: pytest.MonkeyPatch) -> None:
    def delivered(judging: Any, tender: Any, command: cm.Deliver) -> Any:
        if judging.actor == judging.desk.buyer:
            return kept(judging, tender, command)
        return decide.refuse("unknown-agreement", agreement=command.agreement)

    kept = decide._TENDERS[cm.Deliver]
    patch.setitem(decide._TENDERS, cm.Deliver, delivered)


def floor_asleep(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(noticing, "woken_by", lambda *_: ())


def withdrawn_lot_forgotten(patch: pytest.MonkeyPatch) -> None:
    kept = running.size
    patch.setattr(
        running, "size", lambda desk, one: 0 if one.phase == "withdrawn" else kept(desk, one)
    )


def first_place_kept(patch: pytest.MonkeyPatch) -> None:
    kept = evolve_tenders.TENDERS[ev.BidRevised]

    def revised(tender: Any, event: Any) -> Any:
        return replace(kept(tender, event), ranking=tender.ranking)

    patch.setitem(evolve_tenders.TENDERS, ev.BidRevised, revised)


def late_offer_forgotten(patch: pytest.MonkeyPatch) -> None:
    kept = letters._recorded

    def forgetful(judging: Any, tender: Any, own: Any, *rest: Any) -> Any:
        judged = kept(judging, tender, own, *rest)
        late = own.over is not None and not isinstance(judged, Refusal)
        offer = late and isinstance(judged[0], ev.Answered) and judged[0].kind == "offer"
        return letters.refuse("letter-moot") if offer else judged

    patch.setattr(letters, "_recorded", forgetful)


def pledge_forgotten(patch: pytest.MonkeyPatch) -> None:
    def left(desk: Any, party: str, lot: Any) -> int | None:
        one = desk.capacity.get((party, lot.chip, lot.region))
        return None if one is None else one.chips - one.own

    patch.setattr(act, "own_left", left)


def small_part_passed_over(patch: pytest.MonkeyPatch) -> None:
    def shares(chips: int, parts: list[int]) -> list[int]:
        total = sum(parts)
        whole = [chips * part // total for part in parts]
        order = sorted(range(len(parts)), key=lambda i: -(chips * parts[i] % total))
        for i in order[: chips - sum(whole)]:
            whole[i] += 1
        return whole

    patch.setattr(follow, "shares", shares)


def broken_block_sold(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signing, "_unsold", unless(("not-whole-blocks",), signing._unsold))


def least_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signing, "_unsold", unless(("below-least",), signing._unsold))


def cured_default_passed_by(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        signing, "_passed_by", lambda _, claim, standing: standing.state == "counterparty"
    )


def spent_right_protects_nothing(patch: pytest.MonkeyPatch) -> None:
    kept = signing._protected

    def protected(at: int, tender: Any, own: Any, bid: Any) -> Any:
        standings = {
            name: replace(one, state="released") if name in tender.released else one
            for name, one in own.standings.items()
        }
        return kept(at, tender, replace(own, standings=standings), bid)

    patch.setattr(signing, "_protected", protected)


def outlived_offer_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(noticing, "_outlived", lambda *_: [])


def upstream_moved(patch: pytest.MonkeyPatch) -> None:
    kept = decide._DESK[cm.Declare]

    def declared(judging: Any, command: cm.Declare) -> Any:
        judged = kept(judging, command)
        if isinstance(judged, Refusal) and judged.code == "upstream-fixed":
            key = command.party, command.chip, command.region
            upstream = judging.desk.capacity[key].upstream
            (event,) = kept(judging, replace(command, upstream=upstream))
            return (replace(event, upstream=command.upstream),)
        return judged

    patch.setitem(decide._DESK, cm.Declare, declared)


def right_taken_from_another(patch: pytest.MonkeyPatch) -> None:
    kept = evolve._ALONE[ev.Assigned]

    def assigned(desk: Any, event: Any) -> Any:
        after = kept(desk, event)
        own, back = (event.clause, event.holder), (event.clause, event.to)
        passed = after.assigned
        passed = passed.remove(back) if back in passed else passed
        return replace(after, assigned=passed.insert(own, event.to))

    patch.setitem(evolve._ALONE, ev.Assigned, assigned)


MORE: tuple[Plant, ...] = (
    exclusive_forgotten,
    bidding_past_an_exclusive,
    failed_right_is_spent,
    delivered_by_the_buyer_alone,
    floor_asleep,
    withdrawn_lot_forgotten,
    first_place_kept,
    late_offer_forgotten,
    pledge_forgotten,
    small_part_passed_over,
    broken_block_sold,
    least_forgotten,
    cured_default_passed_by,
    spent_right_protects_nothing,
    outlived_offer_forgotten,
    upstream_moved,
    right_taken_from_another,
)
