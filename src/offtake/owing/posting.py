"""Statements to the desk of their book, and what was posted there before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from offtake.book.faults import NOWHERE, Place
from offtake.book.force import Book
from offtake.clauses.base import Line, Step
from offtake.dealing import LocalDesk
from offtake.dealing.acting import Done
from offtake.dealing.seeing import Booked
from offtake.dealing.wrong import WrongDealingError
from offtake.owing.settled import Posted, Settled
from offtake.settle import Carried, Entry, Statement
from offtake.settle.postings import carried_of, correction, group_of, revised, says_the_same
from offtake.units import Month, parse_month
from offtake.units.minor import money_of
from offtake.units.postings import Group, Owed

if TYPE_CHECKING:
    from offtake.clauses.settling import Account


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was posted of a settlement, and what the desk said to it."""

    groups: tuple[Group, ...]
    """Statements and corrections that the desk did not have."""
    same: tuple[str, ...]
    """Ids of posted statements that owe the same, which are left as they are."""
    done: Done | None
    """None where there was nothing to post."""
    later: tuple[str, ...] = ()
    """Posted statements of later months, which open with what is posted now."""


def latest(desk: LocalDesk) -> Mapping[str, Booked]:
    """The latest revision of all that was posted, by its id without the revision."""
    return latest_of(desk.posted())


def latest_of(every: Sequence[Booked]) -> Mapping[str, Booked]:
    """The same of what is at hand, in the order in which it was posted."""
    return {one.group.base: one for one in every}


def carried(posted: Mapping[str, Booked], book: Book) -> Posted:
    """By month: what the latest revision of each posted statement has handed on.

    Raises `WrongDealingError` where one is in another currency than the book's, and where none is
    of an agreement of the book: what is posted there is another book's.
    """
    currency = book.header.currency
    of = {one.group.subject for one in posted.values() if one.group.kind == "statement"}
    if of and not of & book.agreements.keys():
        raise WrongDealingError(
            f"what is posted at this desk is of another book: of no agreement of this one, but of "
            f"{', '.join(sorted(of)[:3])}; name this book's own desk: --desk; where agreements "
            "have new ids, write one of the old ones back"
        )
    found: dict[Month, dict[str, tuple[Carried, ...]]] = {}
    for one in posted.values():
        if one.group.kind == "statement":
            if one.group.currency != currency:
                raise WrongDealingError(
                    f"{one.group.id} was posted in {one.group.currency}, and the book is in "
                    f"{currency}: what was carried cannot go on; name another store: --desk"
                )
            month = found.setdefault(parse_month(one.group.month), {})
            month[one.group.subject] = carried_of(one.group)
    return found


def numbered(found: Settled, booked: Sequence[Booked], *, whole: bool = True) -> Settled:
    """The same with each statement that differs from the posted one as its next revision.

    `booked` is all that was posted, since a correction takes back what stood before it. Where the
    `whole` book was settled, what was posted of these months and is in it no more is found too.
    """
    posted = latest_of(booked)
    every = {one.id: _numbered(one, posted) for one in (*found.statements, *found.quiet)}
    changed = [one for one in every.values() if one.replaces and one.replaces in _ids(posted)]
    notes = [_differs(posted[one.id.partition("~")[0]].group, one) for one in changed]
    notes += _unread(changed, posted)
    gone = tuple(_gone(found, posted, every)) if whole else ()
    notes += [f"{id} was posted, and the book has it no more: --post takes it back" for id in gone]
    return replace(
        found,
        statements=tuple(every[one.id] for one in found.statements),
        quiet=tuple(every[one.id] for one in found.quiet),
        notes=(*found.notes, *notes),
        replaced=tuple(_replaced(every.values(), {one.group.id: one.group for one in booked})),
        gone=gone,
    )


def _differs(old: Group, statement: Statement) -> str:
    """That a statement differs from the posted one, and in what."""
    new = group_of(statement)
    parts = {
        "its lines": says_the_same(replace(old, lines=new.lines), old),
        "what it carries": old.carried == new.carried,
        "its capacity": old.capacity == new.capacity,
    }
    apart = [part for part, same in parts.items() if not same]
    what = " and ".join([", ".join(apart[:-1]), apart[-1]] if apart[1:] else apart)
    how = (
        f"owes as much, and differs in {what}" if _net(old) == _net(new) else "owes something else"
    )
    return f"{old.id} was posted, and by now {how}: --post puts {statement.id} in its place"


def _net(group: Group) -> Mapping[tuple[str, str], int]:
    """Between each two parties what is owed in the end, where anything is."""
    sums: dict[tuple[str, str], int] = {}
    for line in group.lines:
        back = line.payer > line.payee
        pair = (line.payee, line.payer) if back else (line.payer, line.payee)
        sums[pair] = sums.get(pair, 0) + (-line.amount if back else line.amount)
    return {pair: amount for pair, amount in sums.items() if amount}


def _unread(changed: Iterable[Statement], posted: Mapping[str, Booked]) -> Iterator[str]:
    """Corrections that know less than what they correct: a file of hours was left out."""
    for one in changed:
        rests = posted[one.id.partition("~")[0]].group.causes
        if rests and not one.sources:
            yield (
                f"{one.replaces} rests on {', '.join(rests)}, and {one.id} on no file: name the "
                "files again where they hold"
            )


def _gone(
    found: Settled, posted: Mapping[str, Booked], there: Mapping[str, Statement]
) -> Iterator[str]:
    """Posted statements of these months that owe or count something, and are not there."""
    for base, one in sorted(posted.items()):
        group = one.group
        if group.kind == "statement" and base not in there:
            within = found.first <= parse_month(group.month) <= found.last
            if within and (group.lines or group.capacity or group.carried):
                yield group.id


def _replaced(made: Iterable[Statement], groups: Mapping[str, Group]) -> Iterator[Statement]:
    """The statements as posted that some take the place of."""
    for statement in made:
        old = groups.get(statement.replaces or "")
        if old is not None:
            entries = tuple(Entry(owed.id, _line(owed, old.currency)) for owed in old.lines)
            before = old.replaces or None
            yield replace(statement, entries=entries, revision=old.revision, replaces=before)


def _line(owed: Owed, currency: str) -> Line:
    """A line as it was posted, all but its step, which is not kept."""
    return Line(
        Step.CHARGE,
        owed.by,
        owed.item,
        owed.why,
        owed.payer,
        owed.payee,
        money_of(owed.amount, currency),
        cast("Account", owed.account),
        owed.first,
        owed.last,
        _place(owed.place),
        owed.quantity,
        None if owed.price is None else Fraction(owed.price),
        owed.delivery,
        owed.causes,
    )


def _place(text: str) -> Place:
    file, *numbers = text.rsplit(":", 2)
    if len(numbers) == 2 and all(n.isdecimal() for n in numbers):
        return Place(file, *map(int, numbers))
    return NOWHERE


def _ids(posted: Mapping[str, Booked]) -> frozenset[str]:
    return frozenset(one.group.id for one in posted.values())


def _numbered(statement: Statement, posted: Mapping[str, Booked]) -> Statement:
    old = posted.get(statement.id)
    if old is None:
        return statement
    same = correction(old.group, statement) is None
    revision = old.group.revision if same else old.group.revision + 1
    replaces = (old.group.replaces or None) if same else old.group.id
    made = replace(statement, revision=revision, replaces=replaces)
    entries = (Entry(f"{made.id}/{n}", entry.line) for n, entry in enumerate(statement.entries, 1))
    return replace(made, entries=tuple(entries))


def post(
    found: Settled, desk: LocalDesk, posted: Mapping[str, Booked], *, rehearsal: bool = False
) -> Outcome:
    """Post what the desk does not have: new statements, and corrections of those that differ.

    What the book has no more is taken back. The same again posts nothing. With the first of all a
    desk begins. Raises `WrongDealingError` for a forecast, and for what would take the place of a
    statement that knows more: one that rests on hours, where none are given now.
    """
    if any(statement.forecast for statement in found.statements):
        raise WrongDealingError("a forecast is not posted; settle what was used")
    every = (*found.statements, *found.quiet)
    changed = (one for one in every if one.replaces and one.replaces in _ids(posted))
    for said in _unread(changed, posted):
        raise WrongDealingError(f"{said}: --meter")
    new: list[Group] = []
    same: list[str] = []
    for statement in (*found.statements, *found.quiet):
        old = posted.get(statement.id.partition("~")[0])
        group = group_of(statement) if old is None else correction(old.group, statement)
        if group is None and old is not None:
            same.append(old.group.id)
        elif group is not None and (group.postings or group.carried):
            new.append(group)
    for id in found.gone:
        old = posted[id.partition("~")[0]]
        nothing = replace(old.group, lines=(), capacity=None, carried=(), causes=())
        back = revised(old.group, nothing)
        new += [] if back is None else [back]
    done = desk.post(new, rehearsal=rehearsal) if new else None
    return Outcome(tuple(new), tuple(same), done, tuple(_later(new, posted)))


def _later(new: list[Group], posted: Mapping[str, Booked]) -> Iterator[str]:
    """Posted statements of later months under the same agreements."""
    first: dict[str, str] = {}
    for group in new:
        first[group.subject] = min(group.month, first.get(group.subject, "9999-99"))
    for base in sorted(posted):
        group = posted[base].group
        if group.kind == "statement" and group.month > first.get(group.subject, "9999-99"):
            yield group.id
