"""Bugs planted in pledges and erasure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as replaced
from importlib import import_module
from typing import Any

import pytest
from msgspec.structs import replace

from offtake.desk import bidding, dues, evolve_tenders
from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.refusals import Refusal

from .lives_world import DAY
from .planted import Plant

decide = import_module("offtake.desk.decide")


def judging(patch: pytest.MonkeyPatch, command: type, mend: Callable[[Any, Any], Any]) -> None:
    """`mend` gets what was judged of a command, and the tender."""
    kept = decide._TENDERS[command]
    patch.setitem(
        decide._TENDERS, command, lambda act, tender, body: mend(kept(act, tender, body), tender)
    )


def evolving(patch: pytest.MonkeyPatch, event: type, mend: Callable[[Any, Any], Any]) -> None:
    """`mend` gets the tender before and after an event."""
    kept = evolve_tenders.TENDERS[event]
    patch.setitem(
        evolve_tenders.TENDERS,
        event,
        lambda tender, happened: mend(tender, kept(tender, happened)),
    )


def reveal_not_compared(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bidding, "_is_pledged", lambda *_: True)


def more_revealed_than_pledged(patch: pytest.MonkeyPatch) -> None:
    kept = bidding._is_pledged

    def careless(act: Any, tender: Any, pledged: Any, command: Any) -> bool:
        less = replace(command, bid=replace(command.bid, chips=command.bid.chips - 1))
        return kept(act, tender, pledged, command) or kept(act, tender, pledged, less)

    patch.setattr(bidding, "_is_pledged", careless)


def salt_not_kept(patch: pytest.MonkeyPatch) -> None:
    def mend(judged: Any, tender: Any) -> Any:
        return judged if isinstance(judged, Refusal) else (replace(judged[0], salt=""),)

    judging(patch, cm.Reveal, mend)


def tie_to_who_reveals_first(patch: pytest.MonkeyPatch) -> None:
    def mend(judged: Any, tender: Any) -> Any:
        if isinstance(judged, Refusal):
            return judged
        (shown,) = judged
        return (replace(shown, bid=replace(shown.bid, received=shown.at)),)

    judging(patch, cm.Reveal, mend)


def unfit_bid_revealed(patch: pytest.MonkeyPatch) -> None:
    kept = bidding.reveal

    def lenient(act: Any, tender: Any, command: Any) -> Any:
        with pytest.MonkeyPatch.context() as within:
            within.setattr(bidding, "_unsound", lambda *_: None)
            return kept(act, tender, command)

    patch.setitem(decide._TENDERS, cm.Reveal, lenient)


def pledge_beside_pledge(patch: pytest.MonkeyPatch) -> None:
    evolving(
        patch,
        ev.BidCommitted,
        lambda before, after: replace(after, pledges={**before.pledges, **after.pledges}),
    )


def recalled_pledge_stays(patch: pytest.MonkeyPatch) -> None:
    evolving(patch, ev.BidRecalled, lambda before, after: replace(after, pledges=before.pledges))


def while_revealing(patch: pytest.MonkeyPatch, command: type) -> None:
    """A command is judged while bids are revealed as it is before the closing."""
    kept = decide._TENDERS[command]

    def late(act: Any, tender: Any, body: Any) -> Any:
        phase = "bidding" if tender.phase == "revealing" else tender.phase
        return kept(act, replace(tender, phase=phase), body)

    patch.setitem(decide._TENDERS, command, late)


def pledge_after_the_closing(patch: pytest.MonkeyPatch) -> None:
    while_revealing(patch, cm.Pledge)


def revealed_bid_recalled(patch: pytest.MonkeyPatch) -> None:
    while_revealing(patch, cm.Recall)


def opened_at_the_closing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dues, "reveal_by", lambda _: None)


def reveal_a_day_short(patch: pytest.MonkeyPatch) -> None:
    kept = dues.answer_by

    def short(*args: Any) -> Any:
        end = kept(*args)
        return replaced(end, at=end.at - DAY)

    patch.setattr(dues, "answer_by", short)


def bid_shown_at_once(patch: pytest.MonkeyPatch) -> None:
    kept = bidding.submit

    def shown(act: Any, tender: Any, command: Any) -> Any:
        plain = replace(tender, opened=replace(tender.opened, reveal=None))
        return kept(act, plain, command)

    patch.setitem(decide._TENDERS, cm.Submit, shown)


def erased_what_was_signed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bidding, "dealt_with", lambda *_: False)


def nothing_erased(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(evolve_tenders, "blank_bid", lambda bid: bid)


def hash_not_erased(patch: pytest.MonkeyPatch) -> None:
    evolving(patch, ev.BidsErased, lambda before, after: replace(after, pledges=before.pledges))


def erased_while_it_runs(patch: pytest.MonkeyPatch) -> None:
    kept = bidding.erase

    def early(act: Any, tender: Any, command: Any) -> Any:
        ended = act.at if tender.ended is None else tender.ended
        return kept(act, replace(tender, ended=ended), command)

    patch.setitem(decide._TENDERS, cm.Erase, early)


PLEDGES: tuple[Plant, ...] = (
    reveal_not_compared,
    more_revealed_than_pledged,
    salt_not_kept,
    tie_to_who_reveals_first,
    unfit_bid_revealed,
    pledge_beside_pledge,
    recalled_pledge_stays,
    pledge_after_the_closing,
    revealed_bid_recalled,
    opened_at_the_closing,
    reveal_a_day_short,
    bid_shown_at_once,
    erased_what_was_signed,
    nothing_erased,
    hash_not_erased,
    erased_while_it_runs,
)
