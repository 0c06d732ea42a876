"""Tables of rights: who must be asked by when for each purchase, what is in force until when."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from offtake.book.force import Book, terms
from offtake.clauses.base import Explains, Held
from offtake.plan.assemble import Programme
from offtake.plan.frames import NEGLIGIBLE
from offtake.plan.notices import notice
from offtake.plan.program import timing_of
from offtake.plan.result import frame
from offtake.plan.solve import Solution


def notices(made: Programme, solution: Solution, digest: str) -> Any:
    """A row for each holder that must be asked for each purchase, in the order of asking."""
    whole = made.whole
    weights = whole.grid.weights
    places = {t.clause.id: str(t.clause.at("window")) for t in made.terms}
    rows = []
    for lot in made.asked_by_lot():
        values = solution.x[lot.columns]
        chips = float(values[0] if values.size == 1 else values @ weights)
        if chips < NEGLIGIBLE:
            continue
        bought = lot.first.lot
        days = notice(
            lot.asks,
            timing_of(whole, bought),
            whole.book.header.procurement.bidding,
            whole.grid.as_of,
        )
        assert days is not None, "a plan bought what it could no longer give notice of"
        each = zip(days.asks, days.earliest, days.served, days.answers, strict=True)
        for ask, earliest, served, answer in each:
            rows.append(
                (
                    f"{digest[:8]}/{bought.id.partition('@')[0]}/{bought.start}",
                    ask.clause,
                    ask.holder,
                    ask.rank,
                    days.bids_open,
                    earliest,
                    served,
                    answer.astimezone(ZoneInfo(ask.window.zone)).date(),
                    days.sign_by,
                    bought.start.first,
                    round(chips, 3),
                    places.get(ask.clause, ""),
                )
            )
    return frame("notices", sorted(rows, key=lambda r: (r[6], r[0])))


def in_words(book: Book) -> Any:
    """Agreements and clauses with their days of force, each in one sentence."""
    rows: list[tuple[Any, ...]] = []
    for agreement in book.agreements.values():
        sentence = f"agreement with {agreement.seller}"
        rows.append(
            (
                agreement.id,
                "agreement",
                agreement.seller,
                agreement.from_,
                agreement.until,
                sentence,
                str(agreement.place),
                "term",
            )
        )
    for term in terms(book):
        clause = term.clause
        holder = clause.held_by if isinstance(clause, Held) else clause.seller
        said = clause.explain(book) if isinstance(clause, Explains) else clause.summary
        side = "right" if isinstance(clause, Held) else "term"
        rows.append(
            (clause.id, clause.kind, holder, term.start, term.end, said, str(clause.place), side)
        )
    return frame("rights", sorted(rows, key=lambda r: (r[3], r[0])))
