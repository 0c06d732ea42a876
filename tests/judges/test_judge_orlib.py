"""Sixteen facility location problems, written as books: the plan finds the published optima.

What such a book says, and why none of its figures is rounded, stands in `orlib.py`.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from offtake.api import Plan, load

from .orlib import HOURS, Customer, Facility, Instance, instance, optima, write
from .published import ABSENT, ORLIB

NAMES = [f"cap{n}{i}" for n in (6, 7, 9, 10) for i in (1, 2, 3, 4)]
CENT = 0.005
"""What a figure may be off and still be the same in cents."""

published = pytest.mark.skipif(not ORLIB.exists(), reason=ABSENT)


def planned(given: Instance, folder: Path) -> Plan:
    """The best plan of an instance's book, in which a check finds nothing at all."""
    opened = load(write(given, folder))
    assert not opened.check()
    plan = opened.plan(gap=0.0, costs=False, foresight=False)
    assert isinstance(plan, Plan)
    return plan


@published
@pytest.mark.parametrize("name", NAMES)
def test_the_plan_costs_what_the_published_optimum_costs_to_the_cent(
    name: str, tmp_path: Path
) -> None:
    optimum = float(optima(ORLIB / "capopt.txt")[name])
    plan = planned(instance(ORLIB / f"{name}.txt"), tmp_path)
    assert plan.cost / HOURS == pytest.approx(optimum, rel=0, abs=CENT)
    # What was found is the optimum's cost, and nothing cheaper can be.
    assert plan.certificate["bound"] / HOURS == pytest.approx(optimum, rel=0, abs=CENT)


@published
@pytest.mark.parametrize("name", ["cap64", "cap91"])
def test_what_the_plan_opens_and_uses_costs_that_much_in_the_files_own_figures(
    name: str, tmp_path: Path
) -> None:
    given = instance(ORLIB / f"{name}.txt")
    plan = planned(given, tmp_path)
    opened = [number(site) for site in plan.builds["site"]]
    load_of, served = [0.0] * len(given.facilities), [0.0] * len(given.customers)
    cost = float(sum(given.facilities[i].fixed for i in opened))
    for row in plan.usage.iter_rows(named=True):
        i, j = number(row["supplier"]), number(row["class"])
        load_of[i] += row["chips"]
        served[j] += row["chips"]
        customer = given.customers[j]
        cost += float(customer.costs[i] / customer.demand) * row["chips"]
    assert cost == pytest.approx(plan.cost / HOURS, rel=0, abs=CENT)
    assert served == pytest.approx([float(c.demand) for c in given.customers], abs=1e-6)
    for i, facility in enumerate(given.facilities):
        most = float(facility.capacity) if i in opened else 0.0
        assert load_of[i] <= most + 1e-6


def number(name: str) -> int:
    """The place in the file of `facility-3` or `customer-3`."""
    return int(name.rpartition("-")[2]) - 1


def test_a_problem_that_can_be_solved_by_hand_is_solved(tmp_path: Path) -> None:
    # Either alone is full at 30: both open for 7 + 2; the customer near each is served by it, but
    # for the ten of the second that the first must take, at half of what all twenty would cost.
    both = (Facility(Decimal(30), Decimal(7)), Facility(Decimal(10), Decimal(2)))
    near = (
        Customer(Decimal(20), (Decimal(4), Decimal(100))),
        Customer(Decimal(20), (Decimal(100), Decimal(8))),
    )
    given = Instance("hand", both, near)
    assert planned(given, tmp_path).cost / HOURS == pytest.approx(7 + 2 + 4 + 4 + 50, abs=CENT)


def test_a_price_that_cannot_be_written_exactly_is_refused(tmp_path: Path) -> None:
    given = Instance(
        "third", (Facility(Decimal(3), Decimal(1)),), (Customer(Decimal(3), (Decimal(1),)),)
    )
    with pytest.raises(ValueError, match="more than nine decimals"):
        write(given, tmp_path)
