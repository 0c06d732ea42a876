"""From a book and what was metered to the statements of some months, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from offtake.book.force import Book
from offtake.owing.gather import Gathered, gather
from offtake.owing.unsigned import Beside, by_month
from offtake.settle import Statement, settle
from offtake.settle.clock import BookClock
from offtake.settle.reckon import Opening
from offtake.settle.telling import NOT_METERED, data, digest, is_quiet, totals
from offtake.units import Money, Month
from offtake.units.instants import NS

Posted = Mapping[Month, Opening]
"""By month: what statements that were posted have handed on."""


@dataclass(frozen=True, slots=True, repr=False)
class Settled:
    """The statements of some months, in the order of months and agreements."""

    book: Book
    first: Month
    last: Month
    statements: tuple[Statement, ...]
    quiet: tuple[Statement, ...] = ()
    """Those of which nothing is to be said: no line, no capacity, no remark."""
    notes: tuple[str, ...] = ()
    hours: Mapping[tuple[str, Month], int] = field(default_factory=dict)
    """By agreement and month: how many hours the metering has a row for."""
    replaced: tuple[Statement, ...] = ()
    """As they were posted: those that some of these take the place of."""
    beside: tuple[Beside, ...] = ()
    """Of a forecast: the plan's cash, what of it is signed, and the rest."""
    gone: tuple[str, ...] = ()
    """Posted statements of these months that are in the book no more."""

    def __repr__(self) -> str:
        of = f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
        return f"<Settled {self.book.header.title!r}: {len(self.statements)} statements of {of}>"

    @property
    def left_out(self) -> tuple[str, ...]:
        """Agreements of which nothing is to be said in any of these months."""
        told = {one.agreement for one in self.statements}
        return tuple(sorted({one.agreement for one in self.quiet} - told))

    def totals(self) -> Mapping[tuple[str, str], Money]:
        """What each payer owes each payee in the end, over all of it."""
        return totals(self.statements)

    def hours_of(self, month: Month) -> int:
        """How many hours a month has on the book's clock."""
        clock = BookClock(self.book.header.timezone)
        return (clock.end_of(month.last) - clock.begin_of(month.first)) // (3600 * NS)

    def metering(self, statement: Statement) -> str:
        """How the use of a statement is known, in a sentence."""
        if not statement.metered:
            return NOT_METERED if statement.capacity.contracted else ""
        if statement.forecast:
            return "Use is what the plan expects."
        rows = self.hours.get((statement.agreement, statement.month))
        if rows is None:
            return ""
        whole = self.hours_of(statement.month)
        missing = "" if rows >= whole else "; hours without a row count as no use"
        return f"Metered: {rows} of the {whole} hours of the month have a row{missing}."

    def data(self) -> dict[str, Any]:
        """As plain data: amounts as exact text, capacity in chip-seconds."""
        return {
            "title": self.book.header.title,
            "buyer": self.book.header.buyer,
            "from": str(self.first),
            "through": str(self.last),
            "currency": self.book.header.currency,
            "timezone": self.book.header.timezone,
            "statements": [
                {
                    **data(one),
                    "digest": digest(one),
                    "hours_metered": self.hours.get((one.agreement, one.month)),
                }
                for one in self.statements
            ],
            "totals": [
                {"payer": payer, "payee": payee, "amount": str(owed.amount)}
                for (payer, payee), owed in self.totals().items()
            ],
            **self._plan(),
            "left_out": list(self.left_out),
            "notes": list(self.notes),
        }

    def _plan(self) -> dict[str, Any]:
        """All cash of the plan, where there is one, by payee and by month."""
        if not self.beside:
            return {}
        names = ("signed", "not_signed", "together")
        return {
            "plan": [one.data() for one in self.beside],
            "cash": [
                {"month": str(month)} | dict(zip(names, (str(a.amount) for a in of), strict=True))
                for month, *of in by_month(self.beside)
            ],
        }


def gathered(book: Book, through: Month, files: Mapping[str, Any]) -> Gathered:
    """What files say, by what they tell; `meter` may be one or several. Raises `Unreadable`."""
    meter = files.get("meter") or ()
    several = (meter,) if isinstance(meter, str | Path) else tuple(meter)
    found = gather(book, **{**files, "meter": several}, through=through)
    found.required()
    return found


def settled(
    book: Book,
    first: Month,
    last: Month,
    known: Gathered,
    *,
    agreements: Iterable[str] = (),
    posted: Posted | None = None,
) -> Settled:
    """The statements of the months from first to last, of all agreements or of those named.

    Every month is reckoned from the first signature on, so that what is carried is right; of what
    was posted that counts.
    """
    named = frozenset(agreements)
    kept_of = posted or {}
    found: list[Statement] = []
    blind: dict[str, list[Month]] = {}
    for month, statements in settle(book, last, known.required(), posted=posted):
        kept = [s for s in statements if not named or s.agreement in named]
        if month >= first:
            found += kept
        else:
            for one in kept:
                if one.agreement in kept_of.get(month, {}):
                    # What was posted counts, whatever was known of the months before it.
                    blind.pop(one.agreement, None)
                elif _assumed(book, one):
                    blind.setdefault(one.agreement, []).append(month)
    told = frozenset(s.agreement for s in found if not is_quiet(s))
    return Settled(
        book,
        first,
        last,
        tuple(s for s in found if not is_quiet(s)),
        tuple(s for s in found if is_quiet(s)),
        (
            *known.notes,
            *(
                _blind(agreement, months)
                for agreement, months in blind.items()
                if agreement in told
            ),
        ),
        known.hours,
    )


def _assumed(book: Book, statement: Statement) -> bool:
    """Whether an invoice that follows use was reckoned without metering."""
    billing = book.agreements[statement.agreement].billing
    return billing == "used" and not statement.metered and statement.capacity.contracted > 0


def _blind(agreement: str, months: Sequence[Month]) -> str:
    span = f"{months[0]}" if len(months) == 1 else f"{months[0]} to {months[-1]}"
    return (
        f"{agreement} is billed by use, and of earlier months ({span}) none was metered: what was "
        "contracted counts as taken in them, in what is carried too"
    )
