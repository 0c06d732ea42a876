"""A clause kind of somebody else's package, made exactly as docs/new-clause.md tells it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .planning import text_of, write

PAGE = Path(__file__).parents[2] / "docs" / "new-clause.md"
SCRIPT = """
import json, sys
from offtake.book.read import read
from offtake.clauses.registry import kinds
from offtake.plan.assemble import programme
from offtake.plan.solve import solve

reading = read(sys.argv[1], kinds())
said = {"faults": [[f.code, f.place.line] for f in reading.faults]}
if reading.book is not None:
    made = programme(reading.book)
    said["cost"] = solve(made).objective
    said["without"] = solve(made, made.owners("o/green-power")).objective
    said["sentence"] = reading.book.terms[0].clause.explain(reading.book)
print(json.dumps(said))
"""
CHIP = """
demand:
- {id: w, purpose: work, unit: h100, path: {2025-01: 4 chips}, unserved: 9 USD per chip-hour}
"""


def block(mark: str) -> str:
    found = re.search(rf"^```{mark}\n(.*?)^```", PAGE.read_text(), re.M | re.S)
    assert found, f"the page has a block of {mark}"
    return found[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of installed packages with the page's package in it, as pip would leave it."""
    site = tmp_path_factory.mktemp("site")
    project = tomllib.loads(block("toml"))["project"]
    (site / "green_power.py").write_text(block("python"))
    info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    entries = project["entry-points"]["offtake.clauses"]
    lines = "".join(f"{kind} = {target}\n" for kind, target in entries.items())
    (info / "entry_points.txt").write_text(f"[offtake.clauses]\n{lines}")
    return site


def planned_there(site: Path, folder: Path, text: str) -> dict[str, object]:
    """What another Python says of the book that has the package installed."""
    places = [str(site), *filter(None, sys.path)]
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, str(write(folder, text))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said: dict[str, object] = json.loads(ran.stdout)
    return said


def test_the_kind_is_read_planned_priced_and_explained(installed: Path, tmp_path: Path) -> None:
    said = planned_there(installed, tmp_path, text_of(block("yaml"), CHIP, months=1))
    assert said["faults"] == []
    # 4 chips for the 744 hours of January, at 2 and with the premium at 2.05.
    assert said["cost"] == pytest.approx(4 * 744 * 2.05)
    assert said["without"] == pytest.approx(4 * 744 * 2.00)
    assert said["sentence"] == (
        "lab pays neo 0.05 USD per chip-hour on top under o, for renewable power"
    )


def test_its_faults_have_their_place(installed: Path, tmp_path: Path) -> None:
    text = text_of(block("yaml"), CHIP, months=1).replace("0.05 USD per chip-hour", "5 USD per kWh")
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "green-power" in row)
    assert planned_there(installed, tmp_path, text)["faults"] == [["green-premium", line]]


def test_where_it_is_not_installed_the_kind_is_unknown(tmp_path: Path) -> None:
    text = text_of(block("yaml"), CHIP, months=1)
    faults = planned_there(tmp_path / "none", tmp_path, text)["faults"]
    assert isinstance(faults, list)
    assert [code for code, _ in faults] == ["unknown-kind"]
