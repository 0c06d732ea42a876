"""Nothing heavy is loaded before it is needed: `--help` answers at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
HEAVY = {"pydantic", "numpy", "scipy", "polars", "highspy", "altair", "vl_convert", "holidays"}


def loaded_by(code: str) -> set[str]:
    """Names of the top-level modules that a fresh interpreter has loaded after the code."""
    tail = "\nimport sys; print(); print(*{m.split('.')[0] for m in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code + tail],
        env={"PYTHONPATH": str(SOURCE), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def help_of(*arguments: str) -> str:
    return (
        f"import sys\nsys.argv = {['offtake', *arguments, '--help']!r}\n"
        "from offtake.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "else:\n    pass"
    )


def test_heavy_names_are_those_of_real_packages() -> None:
    assert "numpy" in loaded_by("import numpy")


def test_help_loads_nothing_heavy() -> None:
    assert not HEAVY & loaded_by(help_of())


@pytest.mark.parametrize("command", ["check", "plan", "rights", "run", "schema"])
def test_help_of_a_command_loads_nothing_heavy(command: str) -> None:
    assert not HEAVY & loaded_by(help_of(command))


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not HEAVY & loaded_by("import offtake")


def test_units_need_the_standard_library_alone() -> None:
    grown = loaded_by("import offtake.units") - loaded_by("pass")
    assert "offtake" in grown
    foreign = grown - {"offtake"} - set(sys.stdlib_module_names)
    # The interpreter's build settings are a module named after the platform.
    assert not {name for name in foreign if not name.startswith("_sysconfigdata")}
