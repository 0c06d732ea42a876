"""A book in a notebook: load it, check it, ask for its rights, plan it, look at the plan.

The command line is a thin face of this module.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offtake.answers import Clash, InForceLine, Plan, kept_plan
from offtake.arguments import (
    WrongArgumentError,
    agreements_of,
    changes_of,
    day_of,
    either,
    in_days_known,
    in_order,
    in_time,
    limits_of,
    month_of,
    of_book,
    planned_how,
    playable,
    risk_of,
    whole_number,
)
from offtake.book.changes import (
    Change,
    WrongChangeError,
    changed,
    drafted,
    leave_out,
)
from offtake.book.draft import Draft
from offtake.book.faults import Fault, Unreadable
from offtake.book.force import Book, in_force
from offtake.book.near import nearest
from offtake.book.read import BOOK, Reading, read
from offtake.clauses.base import Explains, Right
from offtake.clauses.entitles import Entitled, UnknownUseError, Use, entitled
from offtake.clauses.registry import kinds
from offtake.keep import adopt, versions
from offtake.plan import result as results
from offtake.plan.study import Options, plan
from offtake.plan.words import one_line
from offtake.signed import read_journal
from offtake.units import Month

if TYPE_CHECKING:
    from offtake.dealing import LocalDesk
    from offtake.owing.settled import Settled
    from offtake.rehearse import Rehearsal
    from offtake.signed.trace import Traced

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True, repr=False)
class OpenBook:
    """A book that was read, with everything that is wrong in it."""

    path: Path
    reading: Reading
    changes: tuple[Change, ...] = ()
    """What was changed since it was read: nothing of it is in the files."""
    draft: Draft | None = None
    """The book as it is written, with the changes; read when it is first asked for."""

    def __repr__(self) -> str:
        bad = sum(fault.severity == "fault" for fault in self.reading.faults)
        warnings = len(self.reading.faults) - bad
        also = "".join(f"; {change}" for change in self.changes)
        return f"<OpenBook {str(self.path)!r}: {bad} faults, {warnings} warnings{also}>"

    @property
    def book(self) -> Book:
        """The typed records. Raises `Unreadable` with every fault where there is one."""
        return self.reading.required()

    def check(self) -> tuple[Fault, ...]:
        """Every fault and warning, in the order of their places."""
        return self.reading.faults

    def rights(self, on: dt.date | str, party: str | None = None) -> tuple[InForceLine, ...]:
        """What is in force on a day, for everyone or for what one party gives or holds.

        Raises `WrongArgumentError` where there is no such day or party.
        """
        day = day_of(on)
        book = self._known_on(day, party)
        return tuple(
            InForceLine(
                clause=term.clause.id,
                kind=term.clause.kind,
                holder=_holder(term.clause),
                start=term.start,
                end=term.end,
                sentence=(
                    term.clause.explain(book)
                    if isinstance(term.clause, Explains)
                    else type(term.clause).summary
                ),
                place=term.clause.place,
                is_right=isinstance(term.clause, Right),
            )
            for term in in_force(book, day, party)
        )

    def may(self, party: str, subject: str, product: str | None, on: dt.date | str) -> Entitled:
        """Whether a party may use something that is licensed, in a product, on a day, and why.

        Raises `WrongArgumentError` where there is no such day or party, or nothing so called is
        licensed.
        """
        day = day_of(on)
        book = self._known_on(day, party)
        try:
            return entitled(book, Use(party, subject, product, day))
        except UnknownUseError as error:
            raise WrongArgumentError(str(error)) from error

    def _known_on(self, day: dt.date, party: str | None) -> Book:
        """The book as known on a day, or on its own if that is later; a party must be in it."""
        book = self.book.as_of(max(day, self.book.known))
        if party is not None and party not in book.parties:
            hint = nearest(party, book.parties) or "look into its parties"
            raise WrongArgumentError(f"the book has no party {one_line(party[:64])!r}; {hint}")
        return book

    def drafted(self) -> OpenBook:
        """The same book with its text at hand, so that many changes of it read the files once.

        Raises `Unreadable` where there is a fault, `WrongArgumentError` where files have changed.
        """
        if self.draft is not None:
            return self
        try:
            draft = drafted(self.path, kinds(), self.book.digest, read_journal)
        except WrongChangeError as error:
            raise WrongArgumentError(str(error)) from error
        return dataclasses.replace(self, draft=draft)

    def without(self, *clauses: str) -> OpenBook:
        """The book as if clauses had never been written, each named in full or by a short name.

        Raises `WrongArgumentError` where there is no such clause or several.
        """
        return self._changed(leave_out, clauses)

    def what_if(self, *changes: str | Mapping[str, str]) -> OpenBook:
        """The book with lines changed: `"oracle-36.price=2.80 USD per chip-hour"`, or a mapping.

        What is wrong with it then is in `.check()`. Raises `WrongArgumentError` where a change
        names nothing in the book.
        """
        return self._changed(changes_of, changes)

    def _changed(self, read_as: Callable[[Any], tuple[Change, ...]], given: Any) -> OpenBook:
        own = self.drafted()
        assert own.draft is not None
        try:
            made = tuple(change for one in given for change in read_as(one))
            draft, reading = changed(own.draft, own.path, kinds(), own.book.digest, made)
        except WrongChangeError as error:
            raise WrongArgumentError(str(error)) from error
        return OpenBook(own.path, reading, (*own.changes, *made), draft)

    def plan(
        self,
        *,
        as_of: dt.date | str | None = None,
        objective: str = "buyer",
        risk: float | None = None,
        tail: float | None = None,
        gap: float = 2e-3,
        seconds: float = 120.0,
        costs: bool = True,
        foresight: bool = True,
        step: Step = lambda _: None,
    ) -> Plan | Clash:
        """Plan the book as known on a day (its own `as_of` unless another is given).

        `risk` between 0 and 1 weighs the mean of the worst 1 − `tail` of scenarios against the
        expected cost; each is the book's own unless given. `gap` and `seconds` bound each solve.
        Without `costs` and `foresight` the prices of clauses and the regret of scenarios are left
        out, which is faster. Raises `WrongArgumentError` where an argument means nothing,
        `OutOfTimeError`, `TooLargeError` and `UntrustedError` where there is no plan to show.
        """
        book = self.book if as_of is None else self.book.as_of(in_time(self.book, day_of(as_of)))
        options = Options(
            objective=either(objective, "buyer", "system"),
            risk=risk_of(book, risk, tail),
            limits=limits_of(gap, seconds),
            costs=costs,
            foresight=foresight,
            versions=versions(),
        )
        with in_days_known():
            found = plan(book, options, step=step)
        if isinstance(found, results.Clash):
            return Clash(**_fields(found))
        return Plan(**_fields(found), book=book)

    def rehearse(
        self,
        plan: Plan | None = None,
        *,
        seed: int = 0,
        as_of: dt.date | str | None = None,
        gap: float = 2e-3,
        seconds: float = 120.0,
        replan: bool = True,
        step: Step = lambda _: None,
    ) -> Rehearsal | Clash:
        """Play the purchases of a plan as tenders in virtual time, then plan again.

        Without a plan one is made, as known on `as_of`; a clash where none is possible. Holders
        answer as their clauses expect, drawn by `seed`. Raises as `plan` does, and
        `WrongArgumentError` where the plan is of another book.
        """
        from offtake.rehearse import rehearse

        quick: dict[str, Any] = {
            "gap": gap,
            "seconds": seconds,
            "costs": False,
            "foresight": False,
            "step": step,
        }
        own = self.drafted()
        assert own.draft is not None
        found = own.plan(as_of=as_of, **quick) if plan is None else plan
        if isinstance(found, Clash):
            return found
        whole_number(seed)
        of_book(self.book, found)
        playable(found.as_of)

        def again(reading: Reading) -> Plan | Clash:
            how = planned_how(found)
            return OpenBook(own.path, reading).plan(as_of=found.as_of, **how, **quick)

        step("rehearsing")
        second = again if replan else None
        with in_days_known():
            return rehearse(own.book, own.draft, own.path, kinds(), found, seed, second, step)

    def settle(
        self,
        month: Month | str,
        *,
        agreements: Iterable[str] = (),
        as_of: dt.date | str | None = None,
        desk: LocalDesk | None = None,
        step: Step = lambda _: None,
        **files: Any,
    ) -> Settled:
        """What is owed for a month, of all agreements or of those named.

        The book is read as it is written, or as known on `as_of`. `files`: `meter` (one or
        several), `availability`, `deliveries`, `revenue`, `comparables`. With its `desk`, the month
        opens with what the statements posted there have carried. Raises `Unreadable` with the
        faults of files, `WrongArgumentError` where an argument means nothing.
        """
        from offtake.owing.posting import carried, latest_of, numbered
        from offtake.owing.settled import gathered, settled

        book = self.book.whole if as_of is None else self.book.as_of(day_of(as_of))
        one = month_of(month)
        named = agreements_of(book, agreements)
        step("metering")
        known = gathered(book, one, files)
        step("settling")
        booked = () if desk is None else desk.posted()
        posted = carried(latest_of(booked), self.book.whole)
        made = settled(book, one, one, known, agreements=named, posted=posted)
        return numbered(made, booked, whole=not named and as_of is None)

    def forecast(
        self,
        through: Month | str,
        since: Month | str | None = None,
        *,
        agreements: Iterable[str] = (),
        files: Mapping[str, Any] | None = None,
        desk: LocalDesk | None = None,
        plan: Plan | None = None,
        scenario: str | None = None,
        step: Step = lambda _: None,
        **how: Any,
    ) -> Settled | Clash:
        """What is expected to be owed under what is signed, month by month, as a plan uses it.

        Without a plan one is made (`how` as for `plan`), a clash where none is possible; without
        `since` it begins with the plan. What `files` metered counts instead. Raises as `settle`.
        """
        from offtake.owing.forecast import NoScenarioError, forecast
        from offtake.owing.posting import carried, latest
        from offtake.owing.settled import gathered

        last = month_of(through)
        quick = {"costs": False, "foresight": False, "step": step}
        found = self.plan(**{**quick, **how}) if plan is None else plan
        if isinstance(found, Clash):
            return found
        of_book(self.book, found)
        named = agreements_of(found.book, agreements)
        first = Month.of(found.months[0]) if since is None else month_of(since)
        in_order(first, last)
        step("settling")
        metered = gathered(found.book, last, files or {})
        posted = {} if desk is None else carried(latest(desk), self.book.whole)
        try:
            return forecast(found.book, found, (first, last), metered, named, scenario, posted)
        except NoScenarioError as error:
            raise WrongArgumentError(str(error)) from error

    def trace(self, name: str, *, effects: bool = False) -> tuple[Traced, ...]:
        """What brought about what is called so, back to the line of demand; or what it led to.

        `name` is the id of an agreement, tender, bid, purchase or record, or a place. Raises
        `WrongArgumentError` where nothing is called so.
        """
        from offtake.signed.trace import NoTraceError, trace

        try:
            return trace(self.book, name, effects=effects)
        except NoTraceError as error:
            raise WrongArgumentError(str(error)) from error

    def desk(
        self,
        store: Path | str | None = None,
        keys: Path | str | None = None,
        receipts: Path | str | bool = True,
        at: str | None = None,
    ) -> LocalDesk:
        """The book's own desk: in its folder unless `store` says where, its keys apart from it.

        `receipts`: their folder, or False for none; `at`: the time of a desk for practice.
        """
        from offtake.dealing import desk_of

        return desk_of(self.book, self.path, store, keys, receipts, at)

    def adopt(self, result: results.PlanResult) -> Path:
        """Keep a plan beside its book, under its digest; the same plan is kept once."""
        if self.changes:
            raise WrongArgumentError("a plan of a changed book is not kept; change its files first")
        return adopt(result, self.path)


def load(path: Path | str) -> OpenBook:
    """Read a book, named by its folder or its `book.yaml`.

    What is wrong with it is in `.check()`; nothing raises on what it says.
    """
    named = Path(path)
    folder = named.parent if named.name == BOOK and named.is_file() else named
    return OpenBook(folder, read(folder, kinds(), journals=read_journal))


def schema() -> Mapping[str, Any]:
    """The JSON Schema of a book, for editors, with every clause kind that is installed."""
    from offtake.book.schema import schema as of_kinds

    return of_kinds(kinds())


def _holder(clause: Any) -> str:
    return str(clause.held_by if isinstance(clause, Right) else clause.seller)


def _fields(result: Any) -> dict[str, Any]:
    return {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}


__all__ = [
    "Clash",
    "InForceLine",
    "OpenBook",
    "Plan",
    "Unreadable",
    "WrongArgumentError",
    "kept_plan",
    "load",
    "schema",
]
