"""What rights cost: where a gang may run, and what one chip that is barred would save."""

from __future__ import annotations

import polars as pl
import pytest

from offtake.plan.assemble import programme
from offtake.plan.result import PlanResult
from offtake.plan.solve import solve
from offtake.plan.study import Options, plan

from .books import EXACT, read_text

GANG_UNDER_A_RIGHT = """
book:
  buyer: lab
  as_of: 2024-10-01
  periods: {start: 2025-01, length: 1 months, hours: 1}
  purposes: {training: {}}
parties: [{id: lab, name: Lab}, {id: cloud, name: Cloud}, {id: neo, name: Neo}]
offers:
- {id: n, seller: neo, chip: h100, region: r, term: 1 month, price: 2 USD per chip-hour, \
block: 8 chips, max: 8 chips}
agreements:
- id: pact
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  clauses:
  - kind: first-refusal
    window: {length: 10 days}
    expected: [{take: 0%, weight: 50%}, {take: 100%, weight: 50%}]
demand:
- {id: train, purpose: training, unit: h100, base: 8 chips, gang: 8 chips, deferrable: month, \
unserved: 9 USD per chip-hour}
"""


def test_a_gang_runs_wherever_its_chips_have_landed() -> None:
    # With the seller or with the holder, all eight are together: the gang runs in either case.
    made = programme(read_text(GANG_UNDER_A_RIGHT))
    assert solve(made).objective == pytest.approx(8 * 2 * 744)


BARRED = """
book:
  buyer: lab
  as_of: 2024-10-01
  periods: {start: 2025-01, length: 3 months, hours: 1}
  purposes: {work: {}}
parties: [{id: lab, name: Lab}, {id: near, name: Near}, {id: far, name: Far}]
offers:
- {id: n, seller: near, chip: h100, region: r, term: 3 months, price: 2.50 USD per chip-hour, \
max: 10 chips}
- {id: f, seller: far, chip: h100, region: r, term: TERM, price: 2 USD per chip-hour, \
max: 10 chips}
agreements:
- {id: pact, seller: near, from: 2024-09-01, until: 2025-12-31, clauses: [{kind: exclusive}]}
demand:
- {id: d, purpose: work, unit: h100, base: 10 chips, unserved: 12 USD per chip-hour}
"""


@pytest.mark.parametrize(
    ("term", "saved"), [("3 months", 0.5 * (744 + 672 + 744)), ("1 month", 0.5 * 744)]
)
def test_what_a_bar_costs_is_what_one_chip_saves(term: str, saved: float) -> None:
    # For a month alone: far's chip in January, and near's from February on.
    book = read_text(BARRED.replace("TERM", term))
    found = plan(book, Options(limits=EXACT, costs=False, foresight=False))
    assert isinstance(found, PlanResult)
    bars = found.limits.filter(pl.col("sentence").str.contains("bars"))["value"].to_list()
    assert bars == [pytest.approx(saved)]
