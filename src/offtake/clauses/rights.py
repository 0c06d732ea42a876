"""What rights share: a holder, a scope, a rank; and being asked before others may sign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby, product
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from offtake.book.faults import Code, Example, Fault, Severity
from offtake.book.fields import DaySpan, PartyId, Portion, Span, Sum, Whole
from offtake.book.reach import kinds_of_lot, meet, signed_within, waived
from offtake.book.records import Agreement, Clause
from offtake.book.samples import CLAUSES, ELSEWHERE, OFFER, beside_another, of_clause
from offtake.book.scope import Scope
from offtake.clauses.asks import NO_TIME, Ask, PlainDays, Tail, Tender, WindowWords
from offtake.clauses.values import Bought, Columns
from offtake.units import Duration

if TYPE_CHECKING:
    from offtake.book.force import Book, InForce
    from offtake.clauses.program import Program


_WORDS = "window: {length: 30 days}, at_expiry: survives"
_MONTH = Duration(30, "days")


def _second(kind: str, right: str, wrong: str) -> Example:
    """A first refusal on capacity in us-east, and another holder's right that meets it or not."""
    words = f"{{kind: first-refusal, {_WORDS}, scope: {{regions: [us-east]}}}}"
    other = f"{CLAUSES}  - {{kind: {kind}, {_WORDS}, scope: {{{right}}}}}\n"
    return beside_another(words, right, wrong, other + OFFER + ELSEWHERE)


class Right(Clause):
    """A clause that bites on other deals; the holder is the seller unless another is named."""

    holder: PartyId | None = None
    scope: Scope = Scope()
    rank: Whole = 1
    precedence: ClassVar[int] = 9
    splits_purchases: ClassVar[bool] = False
    """Whether a source is also offered without the purposes that the right reaches."""

    @property
    def held_by(self) -> str:
        """The party that holds the right."""
        return self.holder or self.seller

    def spans(self, book: Book) -> tuple[InForce, ...]:
        """When these words are in force."""
        return tuple(term for term in book.terms if term.clause is self)

    def crossed(self, book: Book) -> Iterator[tuple[Right, dt.date]]:
        """Rights of others that reach a lot which this one reaches too, from which day on."""
        for mine in self.spans(book):
            for term in book.terms:
                other = term.clause
                if isinstance(other, Right) and other.held_by != self.held_by:
                    day = meet(book, mine, self.scope, term, other.scope)
                    if day is not None:
                        yield other, day

    def past_holder(self, book: Book) -> Iterator[Agreement]:
        """Agreements signed with others in scope, while this was in force and without a waiver.

        A right that comes with an offer is not in force before somebody takes the offer.
        """
        for term in self.spans(book):
            if isinstance(term.owner, Agreement):
                for agreement in signed_within(book, term, self.scope, self.held_by):
                    if not waived(agreement, self):
                        yield agreement

    def grave(self, other: Right, book: Book) -> Severity:
        """A clash with another right: no fault as long as one of them is only offered."""
        return "fault" if {self.of, other.of} <= set(book.agreements) else "warning"

    def unwaived(self, agreement: Agreement) -> str:
        """How to mend an agreement that was signed past this right."""
        late = [w for w in agreement.waivers if w.of in (self.id, self.name or self.kind)]
        if late:
            first = min(w.on for w in late)
            return f"the waiver of {first} came after the signature; {self.id} is at {self.place}"
        waiver = f"{{of: {self.id}, on: {agreement.known}}}"
        return f"write waivers: [{waiver}] if there is one; {self.id} is at {self.place}"

    def can_serve(self, lot: Bought, book: Book) -> bool:
        """Whether the holder could serve that lot in time; where not, it takes none of it."""
        return True

    def reach(self, tender: Tender) -> tuple[dt.date, dt.date] | None:
        """The first and the last day of its say on what is tendered; None where it has none.

        It has none on a deal with its own holder, and none that would be over by the opening.
        """
        first, last = tender.lasts(self)
        first = max(first, self.scope.from_ or first)
        last = min(last, self.scope.until or last)
        if last < max(first, tender.opened) or tender.seller == self.held_by:
            return None
        return (first, last) if tender.bites(self.scope) else None


class AskedFirst(Right):
    """A right whose holder is asked, and has a window to answer, before others may sign."""

    window: WindowWords
    reoffer: Span | None = Field(
        default=None,
        description="the window when terms change; for the deal desk, no plan reads it",
    )
    tail: Tail | None = None
    at_expiry: Literal["survives", "lapses"] = Field(
        default="survives",
        description="what becomes of a notice that is open when the right ends; for the deal "
        "desk, no plan reads it",
    )
    closing: DaySpan | None = Field(
        default=None,
        description="from a taking to its signature, the buyer's `signing` unless stated; for the "
        "deal desk, no plan reads it",
    )
    grace: PlainDays = Field(
        default=NO_TIME,
        description="after the closing date and after the delivery date; for the deal desk, no "
        "plan reads it",
    )
    parts: Whole = Field(
        default=1,
        description="weight among holders of equal rank; for the deal desk: a plan shares by what "
        "each would take",
    )
    discloses: tuple[Literal["counterparty"], ...] = Field(
        default=(),
        description="what a notice names beside its terms; for the deal desk, no plan reads it",
    )
    package: Literal["stated", "worth"] | None = Field(
        default=None,
        description="how the lot's part of a package is priced: as stated in the bid, or by what "
        "it is worth alone; for the deal desk, no plan reads it",
    )
    rate: Portion | None = Field(
        default=None,
        description="per year, of net present values, the book's `discount` unless stated; for "
        "the deal desk, no plan reads it",
    )
    deposit: Sum | None = Field(
        default=None,
        description="what supports a bona fide bid; for the deal desk, no plan reads it",
    )
    together: PlainDays | None = Field(
        default=None,
        description="lots opened within so long for one need count as one against `size_min`, 30 "
        "days unless stated; for the deal desk, no plan reads it",
    )

    turn: ClassVar[int] = 20
    splits_purchases: ClassVar[bool] = True
    asked: ClassVar[Literal["before bids", "after bids"]] = "after bids"
    codes: ClassVar[dict[str, Code]] = {
        "several-rights": Code(
            "Several holders are asked",
            "Several holders must be asked about the same lot, in the order that is named; the "
            "windows of those who are asked one after another add up.",
            "Nothing is wrong if that was agreed. Scopes that do not meet leave one to ask; equal "
            "ranks of one kind are asked together.",
            "warning",
            _second("first-refusal", "regions: [us-tx]", "regions: [us-east]"),
        ),
        "equal-rank": Code(
            "Who comes first?",
            "A right of first offer and a right of first refusal of two holders have the same "
            "rank on the same lot, so that both could claim to come first.",
            "Give each a rank of its own.",
            example=_second("first-offer", "regions: [us-tx]", "regions: [us-east]"),
        ),
        "ends-in-plan": Code(
            "A right that ends within the plan",
            "A right ends between the day from which the plan is judged and its last. A window "
            "that is open, or a tail that runs, on its last day goes beyond it.",
            "State `at_expiry`: whether a notice that is open on that day `survives` or `lapses`.",
            "warning",
            of_clause(f"{{kind: first-refusal, {_WORDS}}}", ", at_expiry: survives", ""),
        ),
        "together-without-floor": Code(
            "Counted together, against what?",
            "`together` says which lots count as one against the size from which the scope "
            "reaches them, and the scope states no such size.",
            "State `size_min` in the scope, or leave `together` out.",
            example=of_clause(
                f"{{kind: first-refusal, {_WORDS}, scope: {{size_min: 64 chips}}, "
                "together: 60 days}",
                ", scope: {size_min: 64 chips}",
                "",
            ),
        ),
    }

    def rule(self, tender: Tender) -> Iterator[Ask]:
        """Have the holder asked before anybody signs what is tendered."""
        days = self.reach(tender)
        if days is None:
            return
        header, floor = tender.book.header, self.scope.size_min or 0
        yield Ask(
            clause=self.id,
            holder=self.held_by,
            precedence=self.precedence,
            rank=self.rank,
            window=tender.window(self.window),
            when=self.asked,
            reoffer=self.reoffer,
            tail=self.tail.length if self.tail else None,
            closing=self.closing or header.procurement.signing,
            grace=self.grace,
            survives=self.at_expiry == "survives",
            parts=self.parts,
            price_rise=self.tail.price_rise.value if self.tail else Decimal(0),
            anyone=self.tail is not None and self.tail.counterparty == "any",
            discloses="counterparty" in self.discloses,
            package=self.package,
            rate=(self.rate or header.discount).value,
            deposit=self.deposit.amount if self.deposit else Decimal(0),
            hosts=tender.hosts(self.held_by),
            floor=floor,
            together=self.together or (_MONTH if floor else NO_TIME),
            since=days[0],
            until=days[1],
            sentence=self.explain(tender.book),
        )

    def explain(self, book: Book) -> str:
        """Who must be asked, and how long that may take."""
        return f"{self.held_by} is asked before others sign, and has {self.window.length}"

    def ask(self, program: Program, x: Columns) -> None:
        """Have the holder asked before any of these is signed."""
        program.ask(
            x,
            Ask(
                clause=self.id,
                holder=self.held_by,
                precedence=self.precedence,
                rank=self.rank,
                window=program.window(self.window),
                when=self.asked,
                reoffer=self.reoffer,
                tail=self.tail.length if self.tail else None,
            ),
        )

    def order(self) -> tuple[int, int, str]:
        """Who is asked first: by kind, then by rank."""
        return self.precedence, self.rank, self.id

    def check(self, book: Book) -> Iterator[Fault]:
        """Rights that meet on a lot, and an end that cuts through windows."""
        meeting = {o.id: (o, day) for o, day in self.crossed(book) if isinstance(o, AskedFirst)}
        equal = [
            (other, day)
            for other, day in meeting.values()
            if other.rank == self.rank and other.precedence < self.precedence
        ]
        for other, day in equal:
            both = f"{other.id} and {self.id} have rank {self.rank} on the same lots"
            hint = f"give one of them another rank; the other stands at {other.place}"
            severity = self.grave(other, book)
            yield Fault(self.at("rank"), "equal-rank", f"{both}{since(day)}.", hint, severity)
        for holders in [] if equal else self._asked_before(book, [o for o, _ in meeting.values()]):
            sentence = f"On some lots several holders are asked: {_in_turn([*holders, self])}."
            hint = "windows one after another add up; scopes and ranks decide the order"
            yield Fault(self.place, "several-rights", sentence, hint, "warning")
        yield from self._ends(book)
        yield from self._at_desk()

    def _at_desk(self) -> Iterator[Fault]:
        """What the words for the desk say that cannot be."""
        if self.parts == 0:
            sentence = f"{self.held_by} shares with others of its rank, and has no part."
            yield Fault(self.at("parts"), "zero", sentence, "write 1 or more")
        rate, rise = self.rate, self.tail.price_rise if self.tail else None
        if rate is not None and (rate.per != "year" or rate.of is not None):
            sentence = f"rate: {rate} does not say per year."
            yield Fault(self.at("rate"), "not-per-year", sentence, "such as 8% per year")
        if self.tail and rise and (rise.per is not None or rise.of is not None):
            sentence = f"price_rise: {rise} is more than a plain percentage."
            yield Fault(self.tail.at("price_rise"), "share-unit", sentence, "such as 0%")
        if self.together is not None and self.scope.size_min is None:
            sentence = "Lots count together against a size from which the scope reaches them."
            hint = "state size_min in the scope, or leave together out"
            yield Fault(self.at("together"), "together-without-floor", sentence, hint)

    def _asked_before(self, book: Book, others: list[AskedFirst]) -> list[list[AskedFirst]]:
        """The rights that come before this one on one lot: each longest list that occurs."""
        found: list[list[AskedFirst]] = []
        terms = [t for t in book.terms if any(t.clause is o for o in others)]
        for mine in self.spans(book) if others else ():
            reach = [(t, t.clause) for t in terms if isinstance(t.clause, AskedFirst)]
            days = {d for t, o in reach if (d := meet(book, mine, self.scope, t, o.scope))}
            for lot, day in product(
                kinds_of_lot(book, self.scope, *(o.scope for o in others)), days
            ):
                own = self.scope.bites(lot, day, book.purposes)
                there = [
                    (o, own & o.scope.bites(lot, day, book.purposes)) for t, o in reach if t.on(day)
                ]
                for purpose in own:
                    met = [o for o, bites in there if purpose in bites]
                    before = sorted((o for o in met if o.order() < self.order()), key=_order)
                    if before and before not in found:
                        found.append(before)
        return [one for one in found if not any(_within(one, other) for other in found)]

    def _ends(self, book: Book) -> Iterator[Fault]:
        if "at_expiry" in self.model_fields_set:
            return
        periods = book.header.periods
        last = (periods.start + (periods.length.months - 1)).last
        for term in self.spans(book):
            follows = any(t.clause.id == self.id and t.start > term.end for t in book.terms)
            inside = book.header.as_of <= term.end < last
            if inside and not follows and isinstance(term.owner, Agreement):
                tail = f" and a tail of {self.tail.length}" if self.tail else ""
                sentence = (
                    f"{self.id} ends on {term.end}, within the plan: a window of "
                    f"{self.window.length}{tail} can outlast it."
                )
                hint = "write at_expiry: survives, or lapses: what becomes of an open notice"
                yield Fault(self.place, "ends-in-plan", sentence, hint, "warning")


def since(day: dt.date) -> str:
    """From which day on; the clauses of an offer have no first day."""
    return f" from {day} on" if day > dt.date.min else ""


def _order(right: AskedFirst) -> tuple[int, int, str]:
    return right.order()


def _within(one: list[AskedFirst], other: list[AskedFirst]) -> bool:
    """Whether another list says all of this one, and more."""
    return len(other) > len(one) and all(right in other for right in one)


def _in_turn(rights: list[AskedFirst]) -> str:
    """The holders in the order in which they are asked; equal ones together."""
    turns = groupby(rights, key=lambda right: right.order()[:2])
    return ", then ".join(" and ".join(f"{r.held_by} ({r.id})" for r in own) for _, own in turns)
