"""What the API gives back: a plan, a clash, a line in force.

A plan shows itself in a notebook, compares itself with another and writes itself to a folder.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offtake.arguments import WrongArgumentError
from offtake.book.faults import Place
from offtake.book.force import Book
from offtake.keep import kept, write_clash, write_plan
from offtake.plan import result as results
from offtake.plan.compare import Comparison, compare
from offtake.plan.delivery import as_data, clash_data
from offtake.plan.kept import NotAPlanError

if TYPE_CHECKING:
    from offtake.rehearse import Rehearsal
    from offtake.report import Owing


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


@dataclass(frozen=True, slots=True, repr=False)
class Plan(results.PlanResult):
    """A plan that shows itself in a notebook and writes itself to a folder."""

    book: Book
    """What was planned, as it was known on the day of the plan."""

    def __repr__(self) -> str:
        bought = self.purchases.height
        cost = f"{self.cost:,.0f} {self.currency}"
        return f"<Plan {self.title!r} as of {self.as_of}: {bought} purchases, {cost}>"

    def _repr_html_(self) -> str:
        from offtake.report import fragment

        return fragment(self)

    def chart(self, name: str) -> Any:
        """One chart as an Altair object; `offtake.report` names them. Needs the extra `report`."""
        from offtake.report import chart

        return chart(self, name)

    def render(
        self,
        out: Path | str,
        rehearsal: Rehearsal | None = None,
        owing: Owing | None = None,
    ) -> list[Path]:
        """Write the page and its pictures into a folder, a rehearsal and what is owed with them.

        Needs the extra `report`.
        """
        from offtake.report import render

        return render(self, Path(out), rehearsal, owing)

    def data(self) -> dict[str, Any]:
        """The whole plan as plain data, ready for JSON."""
        return as_data(self)

    def compare(self, other: results.PlanResult | Path | str) -> Comparison:
        """What moved from another plan, or from one that was kept as a file, to this one.

        Raises `WrongArgumentError` where the file is no plan.
        """
        return compare(kept_plan(other) if isinstance(other, (Path, str)) else other, self)

    def write(self, out: Path | str) -> list[Path]:
        """Write the tables (Parquet, JSON) and purchases to paste into the book (YAML)."""
        return write_plan(self, self.book, Path(out))


@dataclass(frozen=True, slots=True, repr=False)
class Clash(results.Clash):
    """Why no plan is possible; shows itself in a notebook and writes itself to a folder."""

    def __repr__(self) -> str:
        return f"<Clash {self.title!r} as of {self.as_of}: {len(self.members)} lines>"

    def _repr_html_(self) -> str:
        from offtake.report.clash import clash_cell

        return clash_cell(self)

    def render(self, out: Path | str) -> list[Path]:
        """Write the page of the clash into a folder."""
        from offtake.report.clash import render_clash

        return render_clash(self, Path(out))

    def data(self) -> dict[str, Any]:
        """The clash as plain data, ready for JSON."""
        return clash_data(self)

    def write(self, out: Path | str) -> list[Path]:
        """Write the clash as JSON."""
        return write_clash(self, Path(out))


def kept_plan(path: Path | str) -> results.PlanResult:
    """A plan that was adopted, or written as `plan.json`; raises `WrongArgumentError`."""
    try:
        return kept(Path(path))
    except NotAPlanError as error:
        raise WrongArgumentError(f"{path} is no plan: {error}") from error
