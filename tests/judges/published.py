"""Where the published instances lie: beside the project, not in it, because others made them."""

from __future__ import annotations

from pathlib import Path

SOLVER = Path(__file__).parents[3] / "shared" / "data" / "solver"
ORLIB = SOLVER / "orlib-cflp"
DCAP = SOLVER / "dcap" / "dcap233_200"
ABSENT = "the published instances are not here"
