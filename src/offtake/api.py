"""A book in a notebook: load it, check it, ask for its rights, plan it, look at the plan.

The command line is a thin face of this module.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offtake.book.faults import Fault, Place, Unreadable
from offtake.book.force import Book, in_force
from offtake.book.read import Reading, read
from offtake.clauses.base import Explains, Right
from offtake.clauses.registry import kinds
from offtake.keep import adopt, write_tables
from offtake.plan.assemble import Risk
from offtake.plan.delivery import as_data
from offtake.plan.result import Clash, PlanResult
from offtake.plan.solve import Limits
from offtake.plan.study import Options, plan

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class InForceLine:
    """One agreement's clause that holds on a day, in a sentence."""

    clause: str
    kind: str
    holder: str
    start: dt.date
    end: dt.date
    sentence: str
    place: Place
    is_right: bool


class Plan(PlanResult):
    """A plan that shows itself in a notebook and writes itself to a folder."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from offtake.report import fragment

        return fragment(self)

    def __repr__(self) -> str:
        bought = self.purchases.height
        cost = f"{self.cost:,.0f} {self.currency}"
        return f"<Plan {self.title!r} as of {self.as_of}: {bought} purchases, {cost}>"

    def chart(self, name: str) -> Any:
        """One chart as an Altair object; `offtake.report` names them. Needs the extra `report`."""
        from offtake.report import chart

        return chart(self, name)

    def render(self, out: Path | str) -> list[Path]:
        """Write the page and its pictures into a folder. Needs the extra `report`."""
        from offtake.report import render

        return render(self, Path(out))

    def data(self) -> dict[str, Any]:
        """The whole plan as plain data, ready for JSON."""
        return as_data(self)

    def write(self, out: Path | str) -> list[Path]:
        """Write the tables (Parquet, JSON) and purchases to paste into the book (YAML)."""
        return write_tables(self, Path(out))


@dataclass(frozen=True, slots=True)
class OpenBook:
    """A book that was read, with everything that is wrong in it."""

    path: Path
    reading: Reading

    @property
    def book(self) -> Book:
        """The typed records. Raises `Unreadable` with every fault where there is one."""
        return self.reading.required()

    def check(self) -> tuple[Fault, ...]:
        """Every fault and warning, in the order of their places."""
        return self.reading.faults

    def rights(self, on: dt.date | str, party: str | None = None) -> tuple[InForceLine, ...]:
        """What is in force on a day, for everyone or for what one party gives or holds."""
        day = _day(on)
        book = self.book.as_of(max(day, self.book.known))
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

    def plan(
        self,
        *,
        as_of: dt.date | str | None = None,
        objective: str = "buyer",
        risk: float | None = None,
        tail: float = 0.95,
        gap: float = 2e-3,
        seconds: float = 120.0,
        costs: bool = True,
        foresight: bool = True,
        step: Step = lambda _: None,
    ) -> Plan | Clash:
        """Plan the book as known on a day (its own `as_of` unless another is given).

        `risk` between 0 and 1 weighs the mean of the worst 1 − `tail` of scenarios against the
        expected cost. `gap` and `seconds` bound each solve. Without `costs` and `foresight` the
        prices of clauses and the regret of scenarios are left out, which is faster.
        """
        book = self.book if as_of is None else self.book.as_of(_day(as_of))
        options = Options(
            objective=objective,
            risk=None if risk is None else Risk(risk, tail),
            limits=Limits(gap=gap, seconds=seconds),
            costs=costs,
            foresight=foresight,
            versions=_versions(),
        )
        result = plan(book, options, step=step)
        if isinstance(result, Clash):
            return result
        return Plan(**{f.name: getattr(result, f.name) for f in dataclasses.fields(result)})

    def adopt(self, result: PlanResult) -> Path:
        """Keep a plan beside its book, under its digest; the same plan is kept once."""
        return adopt(result, self.path)


def load(path: Path | str) -> OpenBook:
    """Read a book; what is wrong with it is in `.check()`, nothing raises here."""
    return OpenBook(Path(path), read(Path(path), kinds()))


def schema() -> Mapping[str, Any]:
    """The JSON Schema of a book, for editors, with every clause kind that is installed."""
    from offtake.book.schema import schema as of_kinds

    return of_kinds(kinds())


def _versions() -> dict[str, str]:
    import platform
    from importlib.metadata import version

    return {"python": platform.python_version()} | {
        name: version(name) for name in ("offtake", "numpy", "scipy", "polars")
    }


def _holder(clause: Any) -> str:
    return str(clause.held_by if isinstance(clause, Right) else clause.seller)


def _day(day: dt.date | str) -> dt.date:
    from offtake.units import parse_date

    return parse_date(day) if isinstance(day, str) else day


__all__ = ["InForceLine", "OpenBook", "Plan", "Unreadable", "load", "schema"]
