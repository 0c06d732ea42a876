"""A book in Python: load, check, rights, plan; what shows itself in a notebook."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import offtake
from offtake.plan.result import TABLES, schema

from .books import FAULTY, OPEN, REFUSAL, TIGHT, write


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> offtake.OpenBook:
    return offtake.load(write(tmp_path_factory.mktemp("good"), OPEN + REFUSAL))


@pytest.fixture(scope="module")
def plan(book: offtake.OpenBook) -> offtake.Plan:
    found = book.plan()
    assert isinstance(found, offtake.Plan)
    return found


@pytest.fixture(scope="module")
def clash(tmp_path_factory: pytest.TempPathFactory) -> offtake.Clash:
    found = offtake.load(write(tmp_path_factory.mktemp("tight"), TIGHT)).plan()
    assert isinstance(found, offtake.Clash)
    return found


# --- load and check -----------------------------------------------------------------------------


def test_a_good_book_has_nothing_to_say_and_its_records(book: offtake.OpenBook) -> None:
    assert book.check() == ()
    assert book.book.offers["far-3"].max == 250
    assert repr(book).endswith("0 faults, 0 warnings>")


def test_a_faulty_book_loads_and_raises_all_its_faults_when_it_is_used(tmp_path: Path) -> None:
    faulty = offtake.load(write(tmp_path, FAULTY))
    assert [(f.code, f.place.line) for f in faulty.check()] == [
        ("bad-chips", 15),
        ("unknown-party", 16),
    ]
    assert "2 faults" in repr(faulty)
    for use in (lambda: faulty.book, faulty.plan, lambda: faulty.rights("2026-03-01")):
        with pytest.raises(offtake.Unreadable) as raised:
            use()
        assert raised.value.faults == faulty.check()


def test_a_missing_folder_is_a_fault_and_raises_nothing(tmp_path: Path) -> None:
    (fault,) = offtake.load(tmp_path / "nowhere").check()
    assert fault.code == "no-book"
    assert "is not there" in fault.sentence


def test_a_book_may_be_named_by_its_file(book: offtake.OpenBook) -> None:
    same = offtake.load(str(book.path / "book.yaml"))
    assert same.path == book.path
    assert same.book.digest == book.book.digest


# --- rights -------------------------------------------------------------------------------------


def test_rights_of_a_day_are_said_with_their_place(book: offtake.OpenBook) -> None:
    (line,) = book.rights("2026-03-01", party="near")
    assert (line.clause, line.holder, line.is_right) == ("near-2025/near-first", "near", True)
    assert line.place.line == 24
    assert "near may take it" in line.sentence
    assert book.rights(dt.date(2028, 1, 1)) == ()
    assert book.rights("2026-03-01", party="far") == ()


def test_a_party_that_is_not_there_is_told_with_the_nearest(book: offtake.OpenBook) -> None:
    with pytest.raises(offtake.WrongArgumentError, match=r"no party 'naer'; did you mean near\?"):
        book.rights("2026-03-01", party="naer")


# --- plan ---------------------------------------------------------------------------------------


def test_a_plan_has_every_table_in_its_form(plan: offtake.Plan) -> None:
    for name in TABLES:
        frame = getattr(plan, name)
        assert isinstance(frame, pl.DataFrame)
        assert dict(frame.schema) == dict(schema(name))
    assert plan.found
    assert plan.purchases["chips"].sum() == 300
    assert plan.clause_costs["clause"].to_list() == ["near-2025/near-first"]
    assert plan.scenarios.height == 1


def test_a_quick_plan_is_the_same_plan_without_prices_and_regret(
    book: offtake.OpenBook, plan: offtake.Plan
) -> None:
    quick = book.plan(costs=False, foresight=False)
    assert isinstance(quick, offtake.Plan)
    assert quick.clause_costs.is_empty()
    assert quick.scenarios["regret"].to_list() == [None]
    assert quick.perfect_information is None
    assert quick.certificate["plan"] == plan.certificate["plan"]


def test_each_step_is_told_while_it_is_done(book: offtake.OpenBook) -> None:
    steps: list[str] = []
    book.plan(step=steps.append)
    assert steps[:2] == ["built", "solved"]
    assert steps[-1] == "explained"


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ({"objective": "sellers"}, "objective is buyer or system, not 'sellers'"),
        ({"risk": -0.1}, "risk is from 0 to 1"),
        ({"risk": float("nan")}, "risk is from 0 to 1"),
        ({"tail": 1.0}, "tail is from 0 to below 1"),
        ({"gap": -1.0}, "gap is a number from 0"),
        ({"gap": float("inf")}, "gap is a number from 0"),
        ({"seconds": 0.0}, "seconds is a number above 0"),
        ({"seconds": float("nan")}, "seconds is a number above 0"),
        ({"as_of": "soon"}, "'soon' is not a day"),
        ({"as_of": "2026-05-01"}, "after the last day of the plan, 2026-04-30"),
    ],
)
def test_an_argument_that_means_nothing_is_refused(
    book: offtake.OpenBook, argument: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(offtake.WrongArgumentError, match=sentence):
        book.plan(**argument)


def test_weight_and_tail_are_the_books_own_unless_given(tmp_path: Path) -> None:
    risky = OPEN.replace("  purposes:", "  risk: {weight: 30%, tail: 80%}\n  purposes:")
    opened = offtake.load(write(tmp_path, risky))
    for given, weight, tail in (
        ({}, 0.3, 0.8),
        ({"risk": 0.5}, 0.5, 0.8),
        ({"tail": 0.6}, 0.3, 0.6),
    ):
        found = opened.plan(costs=False, foresight=False, **given)
        assert found.certificate["risk_weight"] == pytest.approx(weight)
        assert found.certificate["risk_tail"] == pytest.approx(tail)


# --- notebooks ----------------------------------------------------------------------------------


def test_a_plan_shows_itself_in_a_notebook(plan: offtake.Plan) -> None:
    shown = plan._repr_html_()
    assert shown.startswith('<div class="offtake-plan">')
    assert "A small book" in shown
    assert "far-3" in shown
    assert "<script" not in shown
    assert repr(plan).startswith("<Plan 'A small book' as of 2026-01-12: ")


def test_a_clash_shows_its_lines_in_a_notebook(clash: offtake.Clash) -> None:
    shown = clash._repr_html_()
    assert shown.startswith('<div class="offtake-clash">')
    assert all(str(member.place) in shown for member in clash.members)
    assert "<html" not in shown
    assert repr(clash) == "<Clash 'A small book' as of 2026-01-12: 3 lines>"


def test_a_clash_names_lines_and_changes_and_is_plain_data(clash: offtake.Clash) -> None:
    assert not clash.found
    assert {member.place.line for member in clash.members} == {12, 15, 17}
    data = json.loads(json.dumps(clash.data(), allow_nan=False))
    assert data["status"] == "infeasible"
    assert {line["change"]["old"] for line in data["clash"]} >= {"200 chips", "50 chips"}


def test_a_plan_is_plain_data_of_every_table(plan: offtake.Plan) -> None:
    data = json.loads(json.dumps(plan.data(), allow_nan=False))
    assert set(TABLES) <= set(data)
    assert len(data["purchases"]) == plan.purchases.height
    assert data["purchases"][0]["start"] == plan.purchases["start"][0].isoformat()


def test_a_chart_is_drawn_by_name(plan: offtake.Plan) -> None:
    pytest.importorskip("altair", reason="the extra `report` is not installed")
    assert "mark" in json.dumps(plan.chart("capacity").to_dict())


def test_the_schema_is_that_of_every_kind_installed() -> None:
    assert '"first-refusal"' in json.dumps(offtake.schema())
