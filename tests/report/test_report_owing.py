"""What is owed in a run's folder: three charts with their tables, held against the plan's own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

import offtake
from offtake.owing.paying import calls_ahead
from offtake.owing.settled import Settled
from offtake.report import Owing, chart, charts, page_html, png
from offtake.report.owing import against, called, takeaway, tranches, yearly
from offtake.report.words import money, number
from offtake.run import deliver
from offtake.settle.capital import funds

BOOK = """\
book:
  title: Floors and funds
  buyer: lab
  as_of: 2026-01-12
  timezone: UTC
  periods: {start: 2026-02, length: 4 months, hours: 1}
  purposes: {inference: {}}
parties:
- {id: lab, name: The lab}
- {id: near, name: Nearby}
demand:
- {id: chat, purpose: inference, unit: h100, base: 60 chips, unserved: 12 USD per chip-hour}
agreements:
- id: used-1
  seller: near
  signed: 2026-01-05
  from: 2026-02-01
  until: 2026-12-31
  price: 2.00 USD per chip-hour
  billing: used
  deliveries:
  - {id: d1, add: 100 chips, chip: h100, region: us, start: 2026-02-01}
  clauses:
  - {id: floor, kind: take-or-pay, share: 80%, measured: month}
ventures:
- id: joint
  owners: {lab: 40%, near: 50%}
  capital:
  - {limit: 100 M USD, per_year: 90 M USD, from: 2026-02}
  - {limit: 200 M USD, per_year: 150 M USD, from: 2026-04}
sites:
- id: yard
  venture: joint
  region: us
  pue: 1.2
  power_price: 60 USD per MWh
  chips: [h100]
  phases:
  - {id: p1, power: 10 MW meter, capex: 120 M USD, started: 2025-12, lead: 6 months}
"""
"""A phase under way: 20 M in each of six months, two of them before the tranches open."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> offtake.Plan:
    root = tmp_path_factory.mktemp("floors")
    (root / "book.yaml").write_text(BOOK)
    found = offtake.load(root).plan(costs=False, foresight=False)
    assert isinstance(found, offtake.Plan)
    return found


@pytest.fixture(scope="module")
def settled(plan: offtake.Plan, tmp_path_factory: pytest.TempPathFactory) -> Settled:
    root = tmp_path_factory.mktemp("again")
    (root / "book.yaml").write_text(BOOK)
    found = offtake.load(root).forecast("2026-05", plan=plan)
    assert isinstance(found, Settled)
    return found


@pytest.fixture(scope="module")
def owing(plan: offtake.Plan, settled: Settled) -> Owing:
    asked, told = calls_ahead(plan.book, plan)
    assert told == ()
    known = funds(plan.book)
    return Owing("lab", "USD", settled.statements, asked, known, plan.months)


def test_calls_are_those_of_the_plan(plan: offtake.Plan, owing: Owing) -> None:
    """Four months of the plan at 20 M, all owners; what was called before it is not in it."""
    found = called(owing)
    assert found["amount"].sum() == pytest.approx(80e6)
    assert plan.capital["called"].sum() == pytest.approx(80e6)
    shares = dict(found.group_by("owner").agg(pl.col("amount").sum()).rows())
    assert shares == pytest.approx({"lab": 32e6, "near": 40e6, "owners not named": 8e6})


def test_calls_stand_against_tranches_and_years(owing: Owing) -> None:
    """All 80 M are of the first tranche, since it has room for them."""
    assert [(t["tranche"], t["limit"], t["called"], t["left"]) for t in tranches(owing)] == [
        (1, 100e6, 80e6, 20e6),
        (2, 200e6, 0.0, 200e6),
    ]
    assert {(r["year"], r["tranche"], r["limit"]) for r in yearly(owing)} == {(2026, 1, 150e6)}
    assert takeaway(owing, "calls") == (
        "80 M USD are called, 40 M USD of it of near; of the 300 M USD that tranches allow by the "
        "end of the plan 26.7% is called."
    )


def test_a_missed_floor_is_told_in_hours_and_money(owing: Owing) -> None:
    """80 of 100 chips are promised in each of 2,880 hours, at 2.00; what is less is paid, too."""
    used = sum(Fraction(one.capacity.taken, 3600) for one in owing.own)
    missed = 80 * 2880 - used
    assert missed > 0
    found = against(owing.own)
    assert found["missed"].sum() == pytest.approx(float(missed))
    assert found["contracted"].sum() == 100 * 2880
    assert takeaway(owing, "floors") == (
        f"{number(float(missed))} chip-hours are paid and not taken under used-1, for "
        f"{money(float(2 * missed), 'USD')}; what is missed stands in the month that pays for its "
        "period."
    )


def test_the_folder_has_their_pictures_until_they_are_not_given(
    plan: offtake.Plan, settled: Settled, tmp_path: Path
) -> None:
    written = {path.name for path in deliver(plan, tmp_path, None, settled)}
    assert {f"{name}.png" for name in charts.OWED} <= written
    page = (tmp_path / "plan.html").read_text()
    assert all(f'id="data-{name}"' in page for name in charts.OWED)
    assert "Called by year, tranche and owner" in page
    plan.render(tmp_path)
    assert not [name for name in charts.OWED if (tmp_path / f"{name}.png").exists()]
    assert "What is owed" not in (tmp_path / "plan.html").read_text()


@pytest.mark.parametrize("name", charts.OWED)
def test_where_nothing_is_owed_the_picture_says_so(plan: offtake.Plan, name: str) -> None:
    nothing = Owing("lab", "USD", (), (), {}, plan.months)
    assert png(chart(plan, name, owing=nothing)).startswith(b"\x89PNG")
    assert takeaway(nothing, name).startswith("No")
    assert takeaway(nothing, "owed") in page_html(plan, None, nothing)


def test_a_chart_of_what_is_owed_needs_what_is_owed(plan: offtake.Plan) -> None:
    with pytest.raises(ValueError, match="is of what is owed"):
        chart(plan, "floors")
