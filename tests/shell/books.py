"""Small books for the outermost layer, and the command line as a user calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from offtake.cli import app

SOURCE = Path(__file__).parents[2] / "src"
SECONDS_MAX = 60

OPEN = """\
book:
  title: A small book
  buyer: lab
  as_of: 2026-01-12
  periods: {start: 2026-02, length: 3 months, hours: 1}
  purposes: {inference: {}}
parties:
- {id: lab, name: The lab}
- {id: near, name: Nearby}
- {id: far, name: Far away}
demand:
- {id: chat, purpose: inference, unit: h100, base: 300 chips, unserved: 12 USD per chip-hour}
offers:
- {id: near-3, seller: near, chip: h100, region: uk, term: 3 months,
   price: 2.5 USD per chip-hour, max: 200 chips}
- {id: far-3, seller: far, chip: h100, region: us, term: 3 months,
   price: 2.00 USD per chip-hour, max: 250 chips}
"""
"""No right in it: 250 chips of the cheaper offer, 50 of the other."""

REFUSAL = """\
agreements:
- id: near-2025
  seller: near
  from: 2025-01-01
  until: 2027-12-31
  clauses:
  - {id: near-first, kind: first-refusal, window: {length: 5 days}}
"""
"""To be added to `OPEN`: what the lab signs with others, `near` may take."""

TIGHT = OPEN.replace("12 USD per chip-hour", "never").replace("250 chips}", "50 chips}")
"""300 chips whatever happens, where 250 are sold: no plan."""

FAULTY = OPEN.replace("seller: far", "seller: fra").replace("max: 200 chips", "max: 200")
"""Two faults in two lines."""


def write(folder: Path, text: str) -> Path:
    """A book of one file in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.yaml").write_text(text, encoding="utf-8")
    return folder


def said(*arguments: object, color: bool = False) -> Result:
    """What a command prints and how it ends, within this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], color=color)


def ran(
    *arguments: object,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    before: str = "",
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, after some Python that prepares its world."""
    return subprocess.run(
        command(*arguments, before=before),
        cwd=cwd,
        env=surroundings(environment),
        text=True,
        timeout=SECONDS_MAX,
        check=False,
        **({"capture_output": True} | options),
    )


def command(*arguments: object, before: str = "") -> list[str]:
    """The command as a process is started with it."""
    script = f"import sys; sys.argv[0] = 'offtake'\n{before}\nfrom offtake.cli import main; main()"
    return [sys.executable, "-c", script, *map(str, arguments)]


def surroundings(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment without what could colour the output."""
    left_out = ("FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LC_ALL", "LANG", "PYTHONUTF8")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return kept | {"PYTHONPATH": str(SOURCE), "LC_ALL": "C.UTF-8"} | dict(more or {})
