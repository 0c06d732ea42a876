"""T2: the process is killed (signal 9) at every operation on its disk and at every named point.

SQLite here; PostgreSQL's server and its clients are killed in test_torture_postgres.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .telling import told

TESTS = Path(__file__).parents[1]
POINTS = {"store.mid_append", "store.begin_half", "store.checkpoint", "keyring.made"}
"""Points that a life cannot go without."""


def test_killed_at_every_operation_and_point_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "torture.killer", str(tmp_path / "victim"), "8"],
        cwd=TESTS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    lost = len(found["wrong"])
    told("T2", "SQLite: killed at each operation on the disk", found["operations"], lost=lost)
    told("T2", f"SQLite: killed at {len(found['names'])} named points", found["points"], lost=lost)
    assert found["wrong"] == []
    assert found["operations"] >= 100
    assert found["points"] >= 10
    assert set(found["names"]) >= POINTS
