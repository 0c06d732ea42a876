"""All of a rehearsal together: tables, agreements, both plans, and what a reader must know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from offtake.book.changes import Add, changed
from offtake.book.draft import Draft
from offtake.book.force import Book
from offtake.book.read import Reading
from offtake.book.typed import Kinds
from offtake.desk import events as ev
from offtake.plan.result import Clash, PlanResult
from offtake.rehearse import outcome
from offtake.rehearse.counterparties import cases_of
from offtake.rehearse.days import day_of
from offtake.rehearse.passed import Passed, beside, passed
from offtake.rehearse.playing import Played, play
from offtake.rehearse.purchases import left_out
from offtake.rehearse.result import Rehearsal, frame
from offtake.rehearse.signed import agreements, changes, lines, scribe
from offtake.signed.made import Made

Again = Callable[[Reading], PlanResult | Clash]


def rehearse(
    book: Book,
    draft: Draft,
    root: Path,
    kinds: Kinds,
    plan: PlanResult,
    seed: int,
    again: Again | None,
    step: Callable[[str], None],
) -> Rehearsal:
    """Play a plan of a book, then have it planned again with what was signed.

    `draft` is the book as it is written. Without `again` there is no second plan. Raises
    `ClauseFailedError` where a clause kind of another package fails, and what `again` raises.
    """
    played = play(book, plan, seed)
    made = agreements(played)
    unasked = _unasked(played, made, draft, root, kinds, book.digest)
    told = tuple(one.sentence for one in unasked)
    text = lines(made, draft, played.book, kinds, plan, seed, told)
    if again is None:
        return _together(played, made, text, None, told)
    reading, notes = _with_agreements(played, made, draft, root, kinds, book.digest)
    notes = (*told, *notes)
    if reading.book is None:
        return _together(played, made, text, None, notes)
    step("again")
    return _together(played, made, text, again(reading), notes)


def _unasked(
    played: Played, made: tuple[Made, ...], draft: Draft, root: Path, kinds: Kinds, digest: str
) -> tuple[Passed, ...]:
    """Rights that a check of the book with the agreements, as they are written, asks about."""
    writes = scribe(draft, played.book, kinds)
    found = tuple(Add("agreements", writes.record(one)) for one in made)
    if not found:
        return ()
    _, reading = changed(draft, root, kinds, digest, found)
    return tuple(passed(made, played, reading.faults))


def _with_agreements(
    played: Played, made: tuple[Made, ...], draft: Draft, root: Path, kinds: Kinds, digest: str
) -> tuple[Reading, tuple[str, ...]]:
    """The book with what was signed, and what a reader must know of it."""
    day = played.plan.as_of
    found = tuple(changes(made, draft, played.book, kinds, day))
    _, reading = changed(draft, root, kinds, digest, found)
    taken: tuple[str, ...] = ()
    if reading.book is None:
        # All is signed on one day there, on which rights are in force that the desk had not to ask.
        unasked = tuple(passed(made, played, reading.faults))
        found = tuple(changes(made, draft, played.book, kinds, day, beside(unasked)))
        _, reading = changed(draft, root, kinds, digest, found)
        taken = tuple(
            f"for the second plan alone {one.clause} counts as waived for {one.agreement}, "
            f"though nobody was asked: {one.why}"
            for one in unasked
        )
    if reading.book is None:
        wrong = next(fault for fault in reading.faults if fault.severity == "fault")
        return reading, (f"not planned again, since the agreements do not fit: {wrong.sentence}",)
    if not made:
        return reading, ()
    return reading, (
        *taken,
        f"planned again as if all agreements were known on {day}, the plan's own day",
    )


def _together(
    played: Played,
    made: tuple[Made, ...],
    lines: str,
    after: PlanResult | Clash | None,
    notes: tuple[str, ...],
) -> Rehearsal:
    """The result of a rehearsal from what was played and the plan that was made again."""
    purchases = outcome.fared(played, made)
    aside = [(o.what, o.name, o.start, o.chips, o.why) for o in left_out(played.plan)]
    return Rehearsal(
        seed=played.seed,
        events=played.events,
        steps=played.steps,
        timeline=frame("timeline", outcome.timeline(played)),
        shares=frame("shares", outcome.shares(played)),
        agreements=frame("agreements", outcome.agreements(made)),
        outcome=frame("outcome", outcome.outcome(played, purchases)),
        by_month=frame("by_month", outcome.by_month(purchases)),
        left_out=frame("left_out", aside),
        lines=lines,
        before=played.plan,
        after=after,
        notes=(*_notes(played), *notes),
    )


def _notes(played: Played) -> Iterator[str]:
    """Where plan and desk do not mean the same, and what was not played."""
    yield from played.notes
    seen: set[str] = set()
    for event in played.events:
        if not isinstance(event, ev.TenderOpened):
            continue
        day = day_of(event.at, played.book.header.timezone)
        for claim in event.claims:
            parts = any(0 < case.take < 1 for case in cases_of(played.book, claim.clause, day))
            if claim.partial is None and parts and claim.clause not in seen:
                seen.add(claim.clause)
                yield (
                    f"{claim.clause} does not say that a part may be taken, so {claim.holder} "
                    "waives where it is expected to take one; the plan lets a part land with it"
                )
    for purchase in played.purchases:
        if ":" in purchase.name:
            only = " and ".join(purchase.lot.purposes)
            yield (
                f"{purchase.name} was bought for {only} alone; planned again it serves any purpose"
            )
