"""Subcontract: whether, through whom and for how much the seller may have others host its capacity.

OpenAI's capacity from Microsoft ran in part on Oracle's cloud (2024-06-11) and Microsoft buys from
CoreWeave, Nebius and others. The clause closes what it does not allow; with `share`, no more than
that part of what the buyer has from the seller in a month, signed before or bought by the plan, may
be hosted by others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from offtake.book.faults import Code, Example, Fault, Place
from offtake.book.fields import Flag, PartyId, Portion
from offtake.book.force import Book, InForce
from offtake.book.reach import sources
from offtake.book.records import Agreement
from offtake.book.samples import AGREEMENT, CLAUSES, DELIVERY, of_clause
from offtake.clauses.base import Affine, Clause, Columns, Program


class Subcontract(Clause):
    """The words on subcontracting."""

    kind: Literal["subcontract"] = "subcontract"
    allowed: Flag
    to: tuple[PartyId, ...] = Field(default=(), description="to whom; anyone where none is named")
    share: Portion | None = Field(default=None, description="the most that others may host")

    summary: ClassVar[str] = "whether and through whom the seller may have others host"
    codes: ClassVar[dict[str, Code]] = {
        "subcontract-forbidden": Code(
            "Hosted by somebody else",
            "An agreement is hosted, or over some steps served from upstream, by somebody to whom "
            "the seller may not subcontract. For an offer it is a warning: the plan leaves it "
            "out.",
            "Name the host in `to`, name another upstream, or get the seller's consent in an "
            "amendment.",
            example=Example(
                f"{AGREEMENT}  via: neo\n{DELIVERY}{CLAUSES}"
                "  - {kind: subcontract, allowed: true, to: [neo]}\n",
                "allowed: true, to: [neo]",
                "allowed: false",
            ),
        ),
        "subcontract-words": Code(
            "Forbidden, yet to whom?",
            "Nobody may host (`allowed: false`), yet `to` or `share` says who or how much.",
            "Write `allowed: true`, or leave `to` and `share` out.",
            example=of_clause(
                "{kind: subcontract, allowed: true, to: [neo]}", "allowed: true", "allowed: false"
            ),
        ),
    }

    @property
    def hosts(self) -> tuple[str, ...] | None:
        """To whom the seller may subcontract: None nobody, () anyone."""
        return self.to if self.allowed else None

    def permits(self, host: str | None) -> bool:
        """Whether this party may host; the seller itself always may."""
        if host is None or host == self.seller:
            return True
        return self.allowed and (not self.to or host in self.to)

    def check(self, book: Book) -> Iterator[Fault]:
        """Words that fit, and no agreement or offer through somebody forbidden."""
        if not self.allowed and (self.to or self.share is not None):
            sentence = "Subcontracting is not allowed, so nobody can be named for it."
            yield Fault(self.place, "subcontract-words", sentence, "write allowed: true")
        spans = [t for t in book.terms if t.clause is self]
        for agreement in book.agreements.values():
            if agreement.seller == self.seller and self._binds(agreement, spans, book):
                yield from self._hosted(agreement, book)
        for offer in book.offers.values():
            mine = any(t.owner is offer or isinstance(t.owner, Agreement) for t in spans)
            if offer.seller == self.seller and mine and not self.permits(offer.via):
                # A warning: the plan leaves it out, and after the clause it may be taken.
                told = self._fault(f"The offer {offer.id}", str(offer.via), offer.at("via"))
                yield replace(told, severity="warning")

    def _binds(self, agreement: Agreement, spans: list[InForce], book: Book) -> bool:
        """Whether it is this clause's own agreement, or one that the two made while it held."""
        if agreement.id == self.of:
            return True
        buyer = agreement.buyer or book.header.buyer
        return any(
            isinstance(t.owner, Agreement)
            and (t.owner.buyer or book.header.buyer) == buyer
            and t.on(agreement.known)
            for t in spans
        )

    def _hosted(self, agreement: Agreement, book: Book) -> Iterator[Fault]:
        """Its own host, and whoever serves it from upstream over any number of steps."""
        if not self.permits(agreement.via):
            yield self._fault(agreement.id, str(agreement.via), agreement.at("via"))
        said = {agreement.via}
        for source in sources(agreement, book):
            for host in (source.seller, source.via):
                if host not in said and not self.permits(host):
                    yield self._fault(agreement.id, str(host), agreement.at("upstream"))
                said.add(host)

    def _fault(self, what: str, host: str, place: Place) -> Fault:
        sentence = f"{what} is hosted by {host}, to whom {self.seller} may not subcontract."
        hint = f"name it in `to`, or find another host; {self.id} stands at {self.place}"
        return Fault(place, "subcontract-forbidden", sentence, hint)

    def plan(self, program: Program) -> None:
        """Close what is not allowed; hold the rest to the share."""
        x = program.sold_by(self.seller).where(lambda lot: program.holds(lot.deal))
        program.forbid(x.where(lambda lot: not self.permits(lot.via)))
        if self.share is not None and self.allowed:
            self._limit(program, x)

    def _limit(self, program: Program, x: Columns) -> None:
        """In each month, what others host is at most the share of all, signed or bought."""
        assert self.share is not None
        most, first = float(self.share.value), program.grid.months[0]
        over = np.zeros(len(program.grid.months))
        for host, chips in program.signed_with(self.seller):
            over += chips * (float(host != self.seller) - most)
        for t in range(len(program.grid.months)):
            own = [i for i, n in enumerate(x.lots) if 0 <= t - (n.start - first) < n.months]
            live = x.pick(own)
            hosted = live.where(lambda lot: lot.via not in (None, self.seller))
            if len(hosted):
                part = np.array([float(lot in hosted.lots) - most for lot in live.lots])
                every = [list(range(len(live)))]
                total = program.by_scenario(live, part[None, :]).over(every)
                if over[t] <= 0:
                    program.rows("share", total, at_most=-over[t])
                else:
                    self._made_good(program, hosted, total, over[t])

    def _made_good(self, program: Program, hosted: Columns, total: Affine, over: float) -> None:
        """Others host too much already: nothing more, or so much of its own that it comes right.

        What is signed cannot be undone, so this is no fault of the plan; hence the switch.
        """
        width = total.shape[0]
        more = program.columns(
            "share",
            (1, width),
            stage="there" if width > 1 else "here",
            unit="count",
            upper=1.0,
            integer=True,
        )
        program.rows("share", total + program.by_scenario(more, over), at_most=0.0)
        most = float(sum(lot.largest for lot in hosted.lots))
        new = program.by_scenario(hosted).over([list(range(len(hosted)))])
        program.rows("share", new - program.by_scenario(more, most), at_most=0.0)

    def explain(self, book: Book) -> str:
        """Whether others may host, and who."""
        if not self.allowed:
            return f"{self.seller} hosts all of it itself"
        who = f" to {', '.join(self.to)}" if self.to else ""
        share = f", at most {self.share} of it" if self.share else ""
        return f"{self.seller} may subcontract{who}{share}"
