"""What a rehearsal gives back: tables with a fixed form, the journal, and the two plans."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offtake.desk.events import Event
from offtake.desk.wire import data_of
from offtake.keep import whole, write_tables
from offtake.plan import delivery
from offtake.plan.compare import Comparison, compare, difference_data
from offtake.plan.result import Clash, PlanResult
from offtake.rehearse.recorded import Step, desk_files, in_memory, kept_at, verified
from offtake.units.instants import instant_text

if TYPE_CHECKING:
    import polars as pl

    from offtake.audit.verified import Verified

TABLES: Mapping[str, Mapping[str, str]] = {
    "timeline": {
        "at": "Instant",
        "tender": "String",
        "purchase": "String",
        "who": "String",
        "what": "String",
        "chips": "Int64",
        "sentence": "String",
        "until": "Instant",
        "round": "Int64",
        "clause": "String",
        "holder": "String",
    },
    "shares": {
        "purchase": "String",
        "holder": "String",
        "clause": "String",
        "round": "Int64",
        "asked": "Int64",
        "took": "Int64",
        "how": "String",
        "on": "Date",
    },
    "agreements": {
        "id": "String",
        "seller": "String",
        "chip": "String",
        "region": "String",
        "start": "Date",
        "months": "Int64",
        "chips": "Int64",
        "price": "Float64",
        "signed": "Date",
        "tender": "String",
        "cause": "String",
    },
    "outcome": {
        "purchase": "String",
        "offer": "String",
        "start": "Date",
        "planned_seller": "String",
        "planned_chips": "Int64",
        "planned_price": "Float64",
        "party": "String",
        "agreement": "String",
        "chips": "Int64",
        "price": "Float64",
        "effective": "Float64",
        "service": "Date",
        "signed": "Date",
        "why": "String",
        "clause": "String",
    },
    "by_month": {
        "offer": "String",
        "start": "Date",
        "planned": "Int64",
        "as_planned": "Int64",
        "others": "Int64",
        "more": "Int64",
        "missing": "Int64",
    },
    "left_out": {
        "what": "String",
        "name": "String",
        "start": "Date",
        "chips": "Float64",
        "why": "String",
    },
}
"""Each table's columns, by name. `price` is per chip-hour, `effective` per reference chip-hour."""


def frame(name: str, rows: Iterable[tuple[Any, ...]]) -> pl.DataFrame:
    """A table of rows in the order of its columns; instants are whole nanoseconds."""
    import polars

    types = {
        column: polars.Int64 if kind == "Instant" else getattr(polars, kind)
        for column, kind in TABLES[name].items()
    }
    made = polars.DataFrame(list(rows), schema=types, orient="row")
    instants = [column for column, kind in TABLES[name].items() if kind == "Instant"]
    return made.with_columns(
        polars.col(column).cast(polars.Datetime("ns", "UTC")) for column in instants
    )


REHEARSAL, JOURNAL, SIGNED = "rehearsal.json", "journal.jsonl", "signed.yaml"


@dataclass(frozen=True, repr=False)
class Rehearsal:
    """How the purchases of a plan fared as tenders, and the plan made again with what was signed.

    `timeline` has every event of every tender with its sentence; `shares` how each holder answered
    each notice; `agreements` what was signed; `outcome` a row for each agreement beside the
    purchase that it came of, and one for what was not bought of it, with the reason; `by_month` how
    many chips of each offer's month came out otherwise; `left_out` what is decided by no tender.
    In `after` all agreements count as known on the plan's own day. It is None where the book with
    them could not be read, or where no second plan was asked for; `notes` say so.
    """

    seed: int
    events: tuple[Event, ...]
    """What happened at the desk."""
    steps: tuple[Step, ...]
    """The commands that brought it about, of which the journal is written."""
    timeline: pl.DataFrame
    shares: pl.DataFrame
    agreements: pl.DataFrame
    outcome: pl.DataFrame
    by_month: pl.DataFrame
    left_out: pl.DataFrame
    lines: str
    """The agreements in the book's own words."""
    before: PlanResult
    after: PlanResult | Clash | None
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Rehearsal of {self.before.title!r}, seed {self.seed}: {self.summary}>"

    def _repr_html_(self) -> str:
        text = html.escape(f"{self.summary} {' '.join(f'{note}.' for note in self.notes)}")
        return f"<p>{text}</p>{self.outcome._repr_html_()}"

    @cached_property
    def comparison(self) -> Comparison | None:
        """What moved from the plan to the one made again; None where there is no second plan."""
        return compare(self.before, self.after) if isinstance(self.after, PlanResult) else None

    @cached_property
    def journal(self) -> tuple[bytes, ...]:
        """The lines of the journal as a desk exports it, signed with practice keys."""
        return in_memory(self.steps, self._about)

    @property
    def _about(self) -> str:
        """What its practice keys follow from."""
        return f"{self.before.certificate['plan']} {self.seed}"

    @cached_property
    def verified(self) -> Verified:
        """What the journal alone proves."""
        return verified(self.journal)

    @property
    def summary(self) -> str:
        """How it ended, in a sentence."""
        tenders = self.outcome["purchase"].n_unique()
        planned = self.by_month["planned"].sum()
        counts = {c: int(self.by_month[c].sum()) for c in ("as_planned", "others", "missing")}
        parts = [f"{counts['as_planned']:,} with the sellers planned"]
        if counts["others"]:
            parts.append(f"{counts['others']:,} with others")
        if counts["missing"]:
            parts.append(f"{counts['missing']:,} not at all")
        more = int(self.by_month["more"].sum())
        beside = f", and {more:,} more beside" if more else ""
        word = "tender" if tenders == 1 else "tenders"
        text = f"{tenders} {word} for {planned:,} chips: {', '.join(parts)}{beside}"
        if not tenders:
            text = "the plan buys nothing by tender"
        if self.comparison is not None:
            return f"{text}; planned again: {self.comparison.difference.sentence}."
        return f"{text}."

    def data(self) -> dict[str, Any]:
        """Everything as plain data, ready for JSON: both plans in full, and the journal."""
        found, after = self.comparison, self.after
        return {
            "seed": self.seed,
            "summary": self.summary,
            "notes": list(self.notes),
            **{name: rows_of(getattr(self, name)) for name in TABLES},
            "cost_before": self.before.cost,
            "cost_after": after.cost if isinstance(after, PlanResult) else None,
            "difference": difference_data(found.difference if found is not None else None),
            "moved": found.data()["moved"] if found is not None else [],
            "lines": self.lines,
            "before": delivery.as_data(self.before),
            "after": _plan_data(after),
            "journal": [data_of(event) for event in self.events],
            "verified": self.verified.data(),
        }

    def write(self, out: Path | str) -> list[Path]:
        """Write the tables (Parquet), all of it (JSON), the agreements, and the journal.

        The journal is a desk's store with its practice keys, and the text that it exports.
        """
        folder = Path(out)
        return [
            *write_tables({name: getattr(self, name) for name in TABLES}, folder),
            whole(folder / REHEARSAL, delivery.kept_bytes(self.data())),
            whole(folder / JOURNAL, b"".join(self.journal)),
            whole(folder / SIGNED, self.lines.encode()),
            kept_at(folder, self.steps, self._about, self.journal),
        ]


def forget(out: Path) -> None:
    """Take an earlier rehearsal's files away from a folder, where there is none to show."""
    tables = (out / "tables" / f"{name}.parquet" for name in TABLES)
    for path in (out / REHEARSAL, out / JOURNAL, out / SIGNED, *desk_files(out), *tables):
        path.unlink(missing_ok=True)


def rows_of(table: pl.DataFrame) -> list[dict[str, Any]]:
    """A table's rows as plain data: days in ISO form, instants to the nanosecond."""
    import polars

    instants = [n for n, kind in table.schema.items() if isinstance(kind, polars.Datetime)]
    exact = table.with_columns(polars.col(name).cast(polars.Int64) for name in instants)
    return [
        {
            name: instant_text(value)
            if name in instants and value is not None
            else value.isoformat()
            if isinstance(value, dt.date)
            else value
            for name, value in row.items()
        }
        for row in exact.to_dicts()
    ]


def _plan_data(plan: PlanResult | Clash | None) -> dict[str, Any] | None:
    if plan is None:
        return None
    if isinstance(plan, Clash):
        return delivery.clash_data(plan)
    return delivery.as_data(plan)
