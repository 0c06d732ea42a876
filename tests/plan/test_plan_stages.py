"""Columns and rows carry their stage, so that a decomposition may take the solver's place."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from offtake.plan.model import ACROSS, HERE
from offtake.plan.solve import Limits, run

from .books import optimum, read_text, text_of

OFFERS = """
offers:
- {id: neo, seller: neo, chip: a, region: east, term: 6 months, price: 2 USD per chip-hour,
   max: 900 chips}
- {id: hourly, seller: cloud, kind: on-demand, chip: a, region: east, price: 5 USD per chip-hour,
   max: 60 chips}
"""
DEMAND = """
demand:
- {id: need, purpose: work, unit: a, unserved: 9 USD per chip-hour, scenarios: {
   low: {weight: 60%, path: {2025-01: 100 chips, 2025-04: 110 chips}},
   high: {weight: 40%, path: {2025-01: 100 chips, 2025-04: 400 chips}}}}
"""
REFUSAL = """
- id: right
  seller: cloud
  from: 2024-01-01
  until: 2026-12-31
  clauses:
  - {id: refusal, kind: first-refusal, window: {length: 5 days},
     expected: [{take: 0%, weight: 50%}, {take: 40%, weight: 50%}]}
"""
OPTION = """
- id: more
  seller: neo
  from: 2024-01-01
  until: 2026-12-31
  clauses:
  - {id: call, kind: expansion-option, max: 300 chips, chip: a, region: east, term: 3 months,
     price: 3 USD per chip-hour, exercise: {from: 2025-01-01, until: 2025-04-30}, notice: 5 days}
"""


def test_with_the_first_stage_held_each_scenario_can_be_solved_by_itself() -> None:
    book = read_text(text_of("agreements:" + REFUSAL, OFFERS, DEMAND, months=6))
    made, whole = optimum(book)
    model, weights = made.model, made.whole.grid.weights
    rows, columns = model.row_scenario, model.scenario
    assert len(weights) == 4
    assert not (rows == ACROSS).any()
    total = float((model.cost * whole.x)[columns == HERE].sum())
    for s, weight in enumerate(weights):
        alone = model.arrays(np.where(columns == s, model.cost, 0.0))
        held, others = columns == HERE, (rows != HERE) & (rows != s)
        fixed = whole.x / alone.column_scale
        alone = dataclasses.replace(
            alone,
            lower=np.where(held, fixed, alone.lower),
            upper=np.where(held, fixed, alone.upper),
            row_lower=np.where(others, -np.inf, alone.row_lower),
            row_upper=np.where(others, np.inf, alone.row_upper),
            integer=np.zeros_like(alone.integer),
        )
        total += weight * run(alone, Limits()).objective
    assert total == pytest.approx(whole.objective, rel=1e-6)


def test_only_what_must_not_be_foreseen_ties_scenarios_to_each_other() -> None:
    book = read_text(text_of("agreements:" + REFUSAL + OPTION, OFFERS, DEMAND, months=6))
    made, _ = optimum(book)
    across = made.model.row_scenario == ACROSS
    assert across.any()
    owners = {made.model.owners[n].subject for n in made.model.row_owner[across]}
    assert owners == {"more/call"}
