"""When clauses speak to a plan, and what else a clause may say of itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import pytest

from offtake.book.force import Book
from offtake.book.read import read
from offtake.book.scope import Lot, Scope
from offtake.clauses.base import Bought, Clause, Held, OutOfTurnError, Program, Ranked, Uncertain
from offtake.clauses.registry import kinds

from .planning import book_of, cost_of, planned, purchases, spent, text_of, write


class PopUp(Clause):
    """Five chips of the seller for 2 an hour, from the plan's first month to its last."""

    kind: Literal["pop-up"] = "pop-up"

    def plan(self, program: Program) -> None:
        grid = program.grid
        start, months = grid.months[0], len(grid.months)
        lot = Bought(
            id=f"{self.id}@{start}",
            seller=self.seller,
            via=None,
            chip="a",
            region="r",
            start=start,
            months=months,
            lot=Lot("a", "r", program.purposes),
            price=None,
            deal=grid.as_of,
            largest=5,
        )
        cash = 2.0 * grid.hours[None, :]
        program.buyable("chips", (lot,), stage="here", cash=cash, upper=5.0)


class EarlyPopUp(PopUp):
    """The same, before anybody looks at what may be bought."""

    turn: ClassVar[int] = 10


class Looks(Clause):
    """Looks at one thing, in the turn of what makes things buyable."""

    kind: Literal["looks"] = "looks"
    where: Literal["bought", "sold", "used", "billed"]
    turn: ClassVar[int] = 10

    def plan(self, program: Program) -> None:
        looks: dict[str, Callable[[], object]] = {
            "bought": lambda: program.bought(Scope()),
            "sold": lambda: program.sold_by(self.seller),
            "used": lambda: program.used(self.of),
            "billed": lambda: program.billed(self.of),
        }
        looks[self.where]()


class Leaves(Clause):
    """Takes half of each delivery out of service, or looks at what is there."""

    kind: Literal["leaves"] = "leaves"
    how: Literal["withdraw", "kept", "serving", "spend", "released"]

    def plan(self, program: Program) -> None:
        for supply in program.supplies(self.of):
            looks: dict[str, Callable[[], object]] = {
                "kept": lambda supply=supply: program.kept(supply),  # type: ignore[misc]
                "serving": lambda supply=supply: program.serving(supply),  # type: ignore[misc]
                "spend": lambda: program.spend(self.seller),
                "released": lambda: program.released(self.of),
            }
            if self.how in looks:
                looks[self.how]()
                continue
            own = program.columns(
                "half", (1, 1), stage="here", cash=-supply.rent[None, :] * supply.chips / 2, upper=1
            )
            parts = 0.5 * supply.chips * supply.service[None, :]
            program.withdraw(own, supply, parts, released=True)


class LeavesEarly(Leaves):
    """The same before it is known what landed where."""

    turn: ClassVar[int] = 30


class LeavesInTime(Leaves):
    """The same when it is known, and before anybody looks at use."""

    turn: ClassVar[int] = 40


class Fees(Clause):
    """A fee of 7 in the first month, or none."""

    kind: Literal["fees"] = "fees"
    free: Literal["free", "paid"]

    def plan(self, program: Program) -> None:
        cash = np.zeros(len(program.grid.months))
        cash[0] = 0.0 if self.free == "free" else 7.0
        program.pays("fee", cash)


PACTS = """
agreements:
- id: pact
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  clauses: [{id: api-only, kind: exclusive, scope: {purposes: [api]}}]
- {id: pop, seller: neo, from: 2024-09-01, until: 2025-12-31, clauses: [CLAUSE]}
"""
NEEDS = """
demand:
- {id: w, purpose: work, unit: a, path: {2025-01: 2 chips}, unserved: 9 USD per chip-hour}
- {id: p, purpose: api, unit: a, path: {2025-01: 3 chips}, unserved: 9 USD per chip-hour}
"""


def book(folder: Path, clause: str, *, pop_up: type[Clause] = PopUp) -> Book:
    extra = {"pop-up": pop_up, "looks": Looks, "fees": Fees}
    text = text_of(PACTS.replace("CLAUSE", clause), NEEDS, months=1)
    return read(write(folder, text), {**kinds(), **extra}).required()


def test_what_is_made_buyable_after_others_have_looked_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        OutOfTurnError, match=r"PopUp \(pop/pop-up\) makes things buyable in turn 50"
    ):
        cost_of(book(tmp_path, "{kind: pop-up}"))


def test_what_is_made_buyable_in_time_serves_demand_and_is_seen_by_rights(tmp_path: Path) -> None:
    # The exclusive right, which speaks later, keeps the API from it: 2 for work, 3 unserved.
    found = book(tmp_path, "{kind: pop-up}", pop_up=EarlyPopUp)
    made, plan = planned(found)
    assert purchases(made, plan) == pytest.approx({"pop/pop-up@2025-01": 2})
    assert plan.objective == pytest.approx((2 * 2 + 3 * 9) * 744)
    assert cost_of(found, without=["pact/api-only"]) == pytest.approx(5 * 2 * 744)


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("bought", "looks at purchases in turn 10; .* a turn of 20 or more"),
        ("sold", "looks at purchases in turn 10; .* a turn of 20 or more"),
        ("used", "looks at use in turn 10; .* a turn of 50 or more"),
        ("billed", "looks at use in turn 10; .* a turn of 50 or more"),
    ],
)
def test_what_looks_before_all_is_there_is_refused(tmp_path: Path, where: str, says: str) -> None:
    with pytest.raises(OutOfTurnError, match=says):
        cost_of(book(tmp_path, f"{{kind: looks, where: {where}}}"))


SIGNED = """
agreements:
- id: old
  seller: neo
  from: 2024-09-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 10 chips, chip: a, region: r, start: 2025-01-01}]
  clauses: [{kind: leaves, how: HOW}]
"""


@pytest.mark.parametrize(
    ("kind", "how", "says"),
    [
        (Leaves, "withdraw", "takes capacity out of service in turn 50; .* less than 50"),
        (LeavesEarly, "withdraw", "takes capacity out of service in turn 30; .*"),
        (LeavesEarly, "kept", "looks at what holders leave in turn 30; .* 40 or more"),
        (LeavesEarly, "serving", "looks at what is in service in turn 30; .* 40 or more"),
        (LeavesInTime, "spend", "looks at use in turn 40; .* 50 or more"),
        (LeavesInTime, "released", "looks at what may end in turn 40; .* 50 or more"),
    ],
)
def test_what_leaves_service_leaves_between_landing_and_use(
    kind: type[Clause], how: str, says: str, tmp_path: Path
) -> None:
    text = text_of(SIGNED.replace("HOW", how), NEEDS, months=1)
    found = read(write(tmp_path, text), {**kinds(), "leaves": kind}).required()
    with pytest.raises(OutOfTurnError, match=says):
        cost_of(found)


def test_what_has_left_in_time_serves_and_costs_no_more(tmp_path: Path) -> None:
    # Five chips are needed of ten: half of them leave, with their rent.
    text = text_of(SIGNED.replace("HOW", "withdraw"), NEEDS, months=1)
    found = read(write(tmp_path, text), {**kinds(), "leaves": LeavesInTime}).required()
    assert cost_of(found) == pytest.approx(5 * 2 * 744)


def test_a_sum_that_nothing_changes_is_paid_and_no_sum_leaves_no_trace(tmp_path: Path) -> None:
    made, plan = planned(book(tmp_path / "paid", "{kind: fees, free: paid}"))
    assert spent(made, plan, "pop/fees") == pytest.approx([7])
    made, plan = planned(book(tmp_path / "free", "{kind: fees, free: free}"))
    assert not made.owners("pop/fees")


def test_a_clause_says_what_it_is_beside_its_faces(tmp_path: Path) -> None:
    clauses = """
  - {kind: licence, of: models}
  - {kind: first-refusal, window: {length: 30 days}}
  - {kind: subcontract, allowed: true}
"""
    pact = PACTS.partition("  clauses:")[0] + "  clauses:" + clauses
    found = [t.clause for t in book_of(tmp_path, text_of(pact, NEEDS)).terms]
    faces = {c.kind: tuple(isinstance(c, f) for f in (Held, Ranked, Uncertain)) for c in found}
    assert faces == {
        "licence": (True, False, False),
        "first-refusal": (True, True, True),
        "subcontract": (False, False, False),
    }
