"""Nothing heavy is loaded before it is needed: `--help` answers at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
HEAVY = {
    "pydantic", "numpy", "scipy", "polars", "highspy", "altair", "vl_convert", "holidays",
    "apsw", "cryptography",
}  # fmt: skip

TYPER_ALONE = """
import sys, typer
app = typer.Typer()
@app.command()
def one(name: str, flag: bool = False) -> None: ...
@app.command()
def two() -> None: ...
sys.argv = ['alone', 'one', '--help']
try:
    app()
except SystemExit:
    pass
"""


def loaded_by(code: str) -> set[str]:
    """Names of all modules that a fresh interpreter has loaded after the code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(); print(*sys.modules)"],
        env={"PYTHONPATH": str(SOURCE), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def ours(modules: set[str]) -> set[str]:
    return {name for name in modules if name.split(".")[0] == "offtake"}


def help_of(*arguments: str) -> str:
    return (
        f"import sys\nsys.argv = {['offtake', *arguments, '--help']!r}\n"
        "from offtake.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
    )


def test_heavy_names_are_those_of_real_packages() -> None:
    assert "numpy" in loaded_by("import numpy")


def test_help_loads_nothing_heavy() -> None:
    assert not HEAVY & loaded_by(help_of())


COMMANDS = [
    "book", "check", "explain", "export", "import", "ledger", "new", "plan", "reconcile",
    "rehearse", "rights", "run", "schema", "settle", "tender", "trace",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_loads_nothing_heavy_and_no_room(command: str) -> None:
    loaded = loaded_by(help_of(command))
    # Typer itself reads a command's options with Pydantic; what it loads is not ours to choose.
    assert not HEAVY & (loaded - loaded_by(TYPER_ALONE))
    assert not {name for name in ours(loaded) if name.split(".")[1:2] in (["book"], ["plan"])}


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not HEAVY & loaded_by("import offtake")


def test_units_need_the_standard_library_alone() -> None:
    loaded = loaded_by("import offtake.units") - loaded_by("pass")
    assert "offtake.units" in loaded
    foreign = {name.split(".")[0] for name in loaded - ours(loaded)} - set(sys.stdlib_module_names)
    # The interpreter's build settings are a module named after the platform.
    assert not {name for name in foreign if not name.startswith("_sysconfigdata")}
