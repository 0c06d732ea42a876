"""Reads a two-stage problem in SMPS and writes it out whole, as arrays for the plan's solver.

Three files: the core, one scenario's problem in MPS; the times, the first row and column of each
stage; the scenarios, each with its probability and the figures in which it differs from the core.
Read is what two-stage problems of SIPLIB use: scenarios that all branch from the root and change
figures of the second stage. What goes beyond that is refused and not guessed at.

Source of the format: Birge, Dempster, Gassmann, Gunn, King and Wallace (1987), "A standard input
format for multiperiod stochastic linear programs".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array

from offtake.plan.model import Arrays

Section = tuple[str, list[str]]


@dataclass(slots=True)
class Core:
    """One scenario's problem: min cost, rows of a sense and a right-hand side, bounded columns."""

    objective: str = ""
    rows: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, float]] = field(default_factory=dict)
    """For each column its figures by row, the objective's among them."""
    integer: set[str] = field(default_factory=set)
    right: dict[str, float] = field(default_factory=dict)
    right_name: str = "RHS"
    lower: dict[str, float] = field(default_factory=dict)
    upper: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Scenario:
    """A probability, and the figures that replace the core's, by column (or RHS) and row."""

    name: str
    weight: float
    figures: dict[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Two stages: the core's first rows and columns come before those named here."""

    core: Core
    second_row: str
    second_column: str
    scenarios: tuple[Scenario, ...]


def problem(folder: Path) -> Problem:
    """Read the one problem that lies in a folder as .cor, .tim and .sto."""
    path = {found.suffix: found for found in folder.iterdir()}
    core = _core(path[".cor"])
    column, row = _second_stage(path[".tim"])
    scenarios = tuple(_scenarios(path[".sto"]))
    total = sum(s.weight for s in scenarios)
    if abs(total - 1) > 1e-9:
        raise ValueError(f"the scenarios weigh {total} together, not 1")
    first_columns, _ = _stages(core.columns, column)
    first_rows, _ = _stages(core.rows, row)
    for name, at in {figure for s in scenarios for figure in s.figures}:
        if at in first_rows or (at == core.objective and name in first_columns):
            raise ValueError(f"a scenario changes {name} in {at}, which all scenarios share")
    return Problem(core, row, column, scenarios)


def _lines(path: Path) -> Iterator[Section]:
    """Each line of data as words, with the name of its section; a heading comes with no words."""
    section = ""
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("*"):
            continue
        if line[0] != " ":
            section = line.split()[0]
            yield section, []
        else:
            yield section, line.split()


def _core(path: Path) -> Core:
    core, integer = Core(), False
    for section, words in _lines(path):
        if not words:
            if section not in ("NAME", "ROWS", "COLUMNS", "RHS", "BOUNDS", "ENDATA"):
                raise ValueError(f"{path.name} has a section {section}")
        elif section == "ROWS" and words[0] == "N":
            core.objective = core.objective or words[1]
        elif section == "ROWS":
            core.rows[words[1]] = words[0]
        elif section == "COLUMNS" and words[1] == "'MARKER'":
            integer = words[2] == "'INTORG'"
        elif section == "COLUMNS":
            core.columns.setdefault(words[0], {}).update(_pairs(words[1:]))
            if integer:
                core.integer.add(words[0])
        elif section == "RHS":
            core.right_name = words[0]
            core.right.update(_pairs(words[1:]))
        elif section == "BOUNDS":
            _bound(core, *words)
    loose = core.integer - set(core.upper)
    if loose:
        # Some readers take such a column for a yes or no, others for any whole number.
        raise ValueError(f"no upper bound is stated for the whole number {min(loose)}")
    return core


def _pairs(words: list[str]) -> dict[str, float]:
    return {row: float(figure) for row, figure in zip(words[::2], words[1::2], strict=True)}


def _bound(core: Core, kind: str, _: str, column: str, figure: str = "0") -> None:
    if kind not in ("UP", "LO", "FX"):
        raise ValueError(f"a bound of kind {kind} on {column}")
    if kind in ("LO", "FX"):
        core.lower[column] = float(figure)
    if kind in ("UP", "FX"):
        core.upper[column] = float(figure)


def _second_stage(path: Path) -> tuple[str, str]:
    stages = [words for section, words in _lines(path) if section == "PERIODS" and words]
    if len(stages) != 2:
        raise ValueError(f"{path.name} has {len(stages)} stages")
    return stages[1][0], stages[1][1]


def _scenarios(path: Path) -> Iterator[Scenario]:
    now: Scenario | None = None
    for section, words in _lines(path):
        if section != "SCENARIOS" or not words:
            continue
        if words[0] == "SC":
            if words[2].strip("'") != "ROOT":
                raise ValueError(f"{words[1]} branches from {words[2]}")
            if now is not None:
                yield now
            now = Scenario(words[1], float(words[3]))
        elif now is not None:
            for row, figure in _pairs(words[1:]).items():
                now.figures[words[0], row] = figure
    if now is not None:
        yield now


def arrays(found: Problem) -> Arrays:
    """The deterministic equivalent: the first stage once, the second for every scenario."""
    core, many = found.core, len(found.scenarios)
    here, there = _stages(core.columns, found.second_column)
    above, below = _stages(core.rows, found.second_row)
    columns, rows = here + there * many, above + below * many
    cost, right = np.zeros(len(columns)), np.zeros(len(rows))
    entries: list[tuple[int, int, float]] = []
    for s, scenario in enumerate(found.scenarios):
        column_at = {n: i for i, n in enumerate(here)}
        column_at |= {n: len(here) + s * len(there) + i for i, n in enumerate(there)}
        # What all scenarios share is entered with the first of them.
        row_at = {n: i for i, n in enumerate(above)} if s == 0 else {}
        row_at |= {n: len(above) + s * len(below) + i for i, n in enumerate(below)}
        changed: dict[str, dict[str, float]] = {}
        for (name, row), figure in scenario.figures.items():
            changed.setdefault(name, {})[row] = figure
        for name, column in column_at.items():
            figures = core.columns[name] | changed.get(name, {})
            weight = 1.0 if column < len(here) else scenario.weight
            cost[column] = weight * figures.get(core.objective, 0.0)
            entries += [(row_at[r], column, v) for r, v in figures.items() if r in row_at]
        stated = core.right | changed.get(core.right_name, {})
        for name, at in row_at.items():
            right[at] = stated.get(name, 0.0)
    sense = np.array([core.rows[n] for n in rows])
    row_of, column_of, value = (np.array(part) for part in zip(*entries, strict=True))
    matrix = coo_array((value, (row_of, column_of)), shape=(right.size, cost.size)).tocsc()
    return Arrays(
        cost=cost,
        lower=np.array([core.lower.get(n, 0.0) for n in columns]),
        upper=np.array([core.upper.get(n, np.inf) for n in columns]),
        row_lower=np.where(sense == "L", -np.inf, right),
        row_upper=np.where(sense == "G", np.inf, right),
        start=matrix.indptr.astype(np.int32),
        index=matrix.indices.astype(np.int32),
        value=matrix.data,
        integer=np.array([n in core.integer for n in columns]),
        column_scale=np.ones(cost.size),
        row_scale=np.ones(right.size),
        money=1.0,
    )


def _stages(names: Iterable[str], second: str) -> tuple[list[str], list[str]]:
    """Names in the core's order, cut before the first of the second stage."""
    every = list(names)
    cut = every.index(second)
    return every[:cut], every[cut:]
