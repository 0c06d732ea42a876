"""Hostile books: a fault each, in bounded time and memory, with nothing done outside the book."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .hostile import CASES, COPIES, EXPECTED, GOOD, SIZES, lay
from .hostile_ordeal import CPU_SECONDS, Came, put_to_it
from .hostile_plants import PLANTS

ANSWERED = (0, 3, 4)
"""Status of a plan, of lines that clash, of a solver that had too little time."""
NAMES = (*CASES, *SIZES)
CAUGHT = {
    "a reader that follows links": "outside the book: opened: ",
    "a reader that climbs out": "outside the book: opened: ",
    "a reader that lost a flag": "outside the book: opened: ",
    "a reader that keeps everything": "out of memory",
    "a reader that never ends": "seconds of the processor",
    "a reader that raises": "ZeroDivisionError",
    "a reader that prints a trace": "a stack trace: ",
    "a reader that writes": "outside the book: written: ",
    "a reader that runs programs": "outside the book: os.system",
    "a reader that calls out": "outside the book: socket",
    "a reader that runs the book": "outside the book: code run: ",
}
CHANGED = {
    "a file that becomes a link": "path-outside",
    "a file that grows while it is read": "too-large",
    "a file that vanishes": "no-file",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile") / "books"
    lay(made)
    return made


@pytest.fixture(scope="module")
def checked(folder: Path) -> dict[str, Came]:
    """What `offtake check` makes of each."""
    came = put_to_it(folder, "check", [(name, "nothing") for name in (GOOD, *NAMES)])
    return dict(zip((GOOD, *NAMES), came, strict=True))


@pytest.fixture(scope="module")
def planned(folder: Path) -> dict[str, Came]:
    """What `offtake plan` makes of those of absurd size that have no fault."""
    names = [name for name in SIZES if name not in EXPECTED]
    came = put_to_it(folder, "plan", [(name, "nothing") for name in names])
    return dict(zip(names, came, strict=True))


def faults(came: Came) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(came.out)
    return found


def test_there_are_at_least_two_hundred() -> None:
    assert len(NAMES) >= 200
    assert len(NAMES) == len(CASES) + len(SIZES)


def test_a_good_book_passes_the_ordeal(checked: dict[str, Came]) -> None:
    assert checked[GOOD].wrong(CPU_SECONDS["check"]) == ""
    assert checked[GOOD].status == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_book_is_answered_within_its_bounds(name: str, checked: dict[str, Came]) -> None:
    came = checked[name]
    assert came.wrong(CPU_SECONDS["check"]) == ""
    # A book that is only too large to plan may be looked at.
    faulty = name in EXPECTED and EXPECTED[name][0] != "plan-too-large"
    assert came.status == (1 if faulty else 0), came.out[:500] + came.err[-500:]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_hostile_book_is_a_fault_at_its_place(name: str, checked: dict[str, Came]) -> None:
    code, place = EXPECTED[name]
    told = [(f"{f['file']}:{f['line']}:{f['column']}", f["code"]) for f in faults(checked[name])]
    found = [at for at, said in told if said == code]
    assert found, told[:5]
    assert any(at == place or at.startswith(f"{place}:") for at in found), found[:5]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_book_is_answered_in_short_plain_sentences(
    name: str, checked: dict[str, Came]
) -> None:
    told = faults(checked[name])
    assert len(told) <= 1_001
    for fault in told:
        words = f"{fault['file']} {fault['sentence']} {fault['hint']}"
        assert len(words) < 700
        assert words.isprintable()
    assert "nobody may see" not in checked[name].out


@pytest.mark.parametrize("name", [name for name in SIZES if name not in EXPECTED])
def test_a_well_formed_book_of_absurd_size_is_planned_or_answered(
    name: str, planned: dict[str, Came]
) -> None:
    came = planned[name]
    assert came.wrong(CPU_SECONDS["plan"]) == ""
    assert came.status in ANSWERED, came.err[-500:]
    if came.status == 4:
        assert came.err.startswith("offtake: ")
        assert came.err.count("\n") == 1
    else:
        assert json.loads(came.out)


def test_a_book_that_is_too_large_is_refused_before_anything_is_built(folder: Path) -> None:
    names = [name for name, (code, _) in EXPECTED.items() if code == "plan-too-large"]
    assert len(names) >= 6
    refused = 0
    for name, came in zip(
        names, put_to_it(folder, "plan", [(n, "nothing") for n in names]), strict=True
    ):
        assert came.wrong(CPU_SECONDS["plan"]) == "", name
        # What makes a book too large may not be known on its day: then it is planned.
        assert came.status in ANSWERED, name
        if came.err.startswith("offtake: A plan would have about "):
            refused += 1
            assert (came.status, came.out) == (4, ""), name
    assert refused >= 5


@pytest.fixture(scope="module")
def caught(folder: Path) -> dict[str, Came]:
    """A good book, read by each planted reader."""
    came = put_to_it(folder, "check", [(GOOD, plant) for plant in CAUGHT], cpu=2)
    return dict(zip(CAUGHT, came, strict=True))


@pytest.mark.parametrize("plant", CAUGHT)
def test_the_ordeal_notices(plant: str, caught: dict[str, Came]) -> None:
    assert CAUGHT[plant] in caught[plant].wrong(2)


def test_a_file_that_changes_while_it_is_read_leads_nowhere(folder: Path) -> None:
    came = put_to_it(folder, "check", list(zip(COPIES, CHANGED, strict=False)))
    for (plant, code), each in zip(CHANGED.items(), came, strict=True):
        assert each.wrong(CPU_SECONDS["check"]) == "", plant
        assert code in [f["code"] for f in faults(each)], plant
        assert "nobody may see" not in each.out


def test_every_planted_reader_is_put_to_it() -> None:
    assert set(PLANTS) == {"nothing", *CAUGHT, *CHANGED}
