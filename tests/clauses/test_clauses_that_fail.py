"""A clause kind of another package that goes wrong: one sentence that names it, for its author."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import pytest

from offtake.book.faults import ClauseFailedError, Fault
from offtake.book.force import Book
from offtake.book.read import read
from offtake.clauses import registry
from offtake.clauses.base import Clause, Program
from offtake.clauses.registry import BadClauseKind, kinds
from offtake.plan.study import Options, UntrustedError, plan
from offtake.units import Price

from .planning import text_of, write

BOOK = """
agreements:
- id: pact
  seller: neo
  from: 2024-09-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 10 chips, chip: a, region: r, start: 2025-01-01}]
  clauses: [{kind: bad, how: HOW}]
demand:
- {id: w, purpose: work, unit: a, base: 2 chips, unserved: 9 USD per chip-hour}
"""


class Bad(Clause):
    """Goes wrong where it is told to."""

    kind: Literal["bad"] = "bad"
    how: Literal["check", "plan", "exit", "reprice", "nan", "worth", "unbounded"]

    summary: ClassVar[str] = "goes wrong"

    def check(self, book: Book) -> Iterator[Fault]:
        if self.how == "check":
            raise ZeroDivisionError("by nothing")
        yield from ()

    def plan(self, program: Program) -> None:
        months = len(program.grid.months)
        if self.how == "plan":
            raise KeyError("lost")
        if self.how == "exit":
            raise SystemExit(3)
        if self.how == "nan":
            program.pays("fee", np.full(months, np.nan))
        if self.how == "worth":
            program.columns("gain", (1, 1), stage="here", worth=float("inf"))
        if self.how == "unbounded":
            program.columns("gain", (1, 1), stage="here", cash=-np.ones((1, months)))

    def reprice(self, price: Price, on: dt.date, since: dt.date | None, book: Book) -> Price:
        if self.how == "reprice":
            raise ArithmeticError("no price")
        return price


def planned(folder: Path, how: str) -> None:
    text = text_of(BOOK.replace("HOW", how), months=1)
    book = read(write(folder, text), {**kinds(), "bad": Bad}).required()
    plan(book, Options(costs=False, foresight=False))


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("check", r"pact/bad failed in .*Bad\.check: ZeroDivisionError: by nothing; tell whoever"),
        ("plan", r"pact/bad failed in .*Bad\.plan: KeyError: 'lost'; tell whoever wrote that kind"),
        ("exit", r"pact/bad failed in .*Bad\.plan: SystemExit: 3"),
        ("reprice", r"pact/bad failed in .*Bad\.reprice: ArithmeticError: no price"),
        ("nan", r"Bad\.plan: ValueError: columns 'fee' pay, or are worth, what is no number"),
        ("worth", r"Bad\.plan: ValueError: columns 'gain' pay, or are worth, what is no number"),
    ],
)
def test_what_it_raises_is_told_as_its_own(how: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ClauseFailedError, match=says):
        planned(tmp_path, how)


def test_a_gain_without_end_is_no_lack_of_time(tmp_path: Path) -> None:
    with pytest.raises(UntrustedError, match="the cost falls without end"):
        planned(tmp_path, "unbounded")


def test_a_kind_whose_class_says_another_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("worse", f"{__name__}:Bad", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry])
    registry.kinds.cache_clear()
    try:
        with pytest.raises(BadClauseKind, match=r"kind worse .* does not say Literal\['worse'\]"):
            registry.kinds()
    finally:
        monkeypatch.undo()
        registry.kinds.cache_clear()
