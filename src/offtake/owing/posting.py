"""Statements to the desk of their book, and what was posted there before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from offtake.dealing import LocalDesk
from offtake.dealing.acting import Done
from offtake.dealing.seeing import Booked
from offtake.owing.settled import Posted, Settled
from offtake.settle import Carried, Entry, Statement
from offtake.settle.postings import carried_of, correction, group_of
from offtake.units import Month, parse_month
from offtake.units.postings import Group


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
    """Posted statements of later months, which open with what is corrected now."""


def latest(desk: LocalDesk) -> Mapping[str, Booked]:
    """The latest revision of all that was posted, by its id without the revision."""
    return {one.group.base: one for one in desk.posted()}


def carried(posted: Mapping[str, Booked]) -> Posted:
    """By month: what the latest revision of each posted statement has handed on."""
    found: dict[Month, dict[str, tuple[Carried, ...]]] = {}
    for one in posted.values():
        if one.group.kind == "statement":
            month = found.setdefault(parse_month(one.group.month), {})
            month[one.group.subject] = carried_of(one.group)
    return found


def numbered(found: Settled, posted: Mapping[str, Booked]) -> Settled:
    """The same with each statement that differs from the posted one as its next revision."""
    every = {one.id: _numbered(one, posted) for one in (*found.statements, *found.quiet)}
    changed = [one for one in every.values() if one.replaces and one.replaces in _ids(posted)]
    notes = [
        f"{one.replaces} was posted and owes something else: {one.id} takes its place"
        for one in changed
    ]
    return replace(
        found,
        statements=tuple(every[one.id] for one in found.statements),
        quiet=tuple(every[one.id] for one in found.quiet),
        notes=(*found.notes, *notes),
    )


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

    The same again posts nothing. With the first of all a desk begins.
    """
    new: list[Group] = []
    same: list[str] = []
    for statement in (*found.statements, *found.quiet):
        old = posted.get(statement.id.partition("~")[0])
        group = group_of(statement) if old is None else correction(old.group, statement)
        if group is None and old is not None:
            same.append(old.group.id)
        elif group is not None and (group.postings or group.carried):
            new.append(group)
    done = desk.post(new, rehearsal=rehearsal) if new else None
    return Outcome(tuple(new), tuple(same), done, tuple(_later(new, posted)))


def _later(new: list[Group], posted: Mapping[str, Booked]) -> Iterator[str]:
    """Posted statements of later months under agreements that are corrected."""
    first = {group.subject: group.month for group in new if group.replaces}
    for base in sorted(posted):
        group = posted[base].group
        if group.kind == "statement" and group.month > first.get(group.subject, "9999-99"):
            yield group.id
