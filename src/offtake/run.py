"""What a run is made of: the names of its steps, and how a plan is delivered to a folder."""

from __future__ import annotations

from pathlib import Path

from offtake.api import Plan
from offtake.keep import write_tables

STAGES = {
    "built": "programme built",
    "solved": "plan solved",
    "clauses": "pricing clauses",
    "scenarios": "planning each scenario alone",
    "explained": "plan explained",
    "clash": "asking which lines clash",
    "changes": "trying least changes",
    "report": "drawing the report",
}
"""What each step of the work is called while it runs."""


def deliver(plan: Plan, out: Path) -> list[Path]:
    """Write a plan's tables and, where the extra `report` is installed, its page and pictures."""
    written = write_tables(plan, out)
    return plan.render(out) + written if can_draw() else written


def can_draw() -> bool:
    """Whether what draws the page is installed."""
    from importlib.util import find_spec

    return find_spec("altair") is not None and find_spec("vl_convert") is not None
