"""Runs the long dose of the tests that try to break the desk, and writes docs/torture.md.

    python tools/torture.py            the long dose; most of an hour on two cores
    python tools/torture.py --times 10 ten times as much of all that is drawn by chance

The tests are those of `make test`, told by the environment to try more. Each tells what it tried
(tests/torture/telling.py); this adds up what they told, failures too.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "torture.md"
DOSE = {
    "OFFTAKE_CUTS": 40_000,
    "OFFTAKE_HISTORIES": 20_000,
    "OFFTAKE_TWINS": 20_000,
    "OFFTAKE_FLIPS": 100_000,
    "OFFTAKE_COURSES": 6_000,
    "OFFTAKE_LIVES": 10_000,
}
"""How many of each the long dose tries."""
TESTS = ("tests/torture", "tests/verify", "tests/store")
WHAT = {
    "T1": "Power cuts",
    "T2": "Kills",
    "T3": "Errors of the disk",
    "T6": "Duplicates, reordering, replies that are lost",
    "T7": "Commands that race",
    "T8": "Twins: what a party must not see",
    "T11": "Hostile files and words",
    "T12": "Tampering",
    "T13": "The same journal on every store",
    "T16": "Backup, restore, migration",
}
Row = tuple[str, str]


def added(lines: list[str]) -> dict[Row, tuple[int, dict[str, int]]]:
    """What was told of each trial, added up."""
    total: dict[Row, tuple[int, dict[str, int]]] = {}
    for line in lines:
        told = json.loads(line)
        count, found = total.get((told["test"], told["what"]), (0, {}))
        for name, number in told["found"].items():
            found[name] = found.get(name, 0) + number
        total[told["test"], told["what"]] = (count + told["count"], found)
    return total


def page(total: dict[Row, tuple[int, dict[str, int]]], last: str, seconds: float) -> str:
    """The page of results."""
    rows = []
    order = list(WHAT)
    for (test, what), (count, found) in sorted(
        total.items(), key=lambda row: (order.index(row[0][0]), row[0][1])
    ):
        said = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in found.items())
        rows.append(f"| {test} | {WHAT[test]} | {what} | {count:,} | {said} |")
    return "\n".join([*_head(last, seconds), *rows, ""])


def _head(last: str, seconds: float) -> list[str]:
    dose = ", ".join(f"`{name}={os.environ[name]}`" for name in DOSE)
    return [
        "# Torture",
        "",
        "<!-- Written by tools/torture.py; a change here is lost. -->",
        "",
        "What `make torture` tried to break, and what came of it. The tests are those of `make",
        "test` in a longer dose; [for operators](for-operators.md) says what they mean for you. A",
        "control is a store, a disk or a desk made worse on purpose: where it lost nothing, or its",
        "leak was not seen, the test that it controls would be blind.",
        "",
        f"Dose: {dose}.",
        f"Run on {dt.datetime.now(dt.UTC):%Y-%m-%d} at commit {_commit()} in {seconds / 60:.0f} "
        f"minutes, on {os.cpu_count()} cores of {platform.machine()}, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, SQLite {_sqlite()}.",
        f"pytest's last line: `{last}`.",
        "",
        "| test | | what was tried | how often | what came of it |",
        "|---|---|---|---|---|",
    ]


def _commit() -> str:
    said = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(said, capture_output=True, text=True, check=False).stdout.strip()


def _sqlite() -> str:
    try:
        import apsw
    except ImportError:
        return sqlite3.sqlite_version
    return str(apsw.sqlite_lib_version())


def main() -> int:
    """Run, add up, write the page; the status is pytest's."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--times", type=float, default=1.0, help="so many times the dose")
    parser.add_argument("--no-page", action="store_true", help="write no page")
    asked = parser.parse_args()
    for name, number in DOSE.items():
        os.environ.setdefault(name, str(int(number * asked.times)))
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.jsonl"
        results.touch()
        begun = time.monotonic()
        command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-p", "no:cacheprovider"]
        ran = subprocess.Popen(
            [*command, *TESTS],
            cwd=ROOT,
            env={**os.environ, "OFFTAKE_RESULTS": str(results)},
            stdout=subprocess.PIPE,
            text=True,
        )
        last = ""
        assert ran.stdout is not None
        for line in ran.stdout:
            print(line, end="", flush=True)
            last = line.strip() or last
        status = ran.wait()
        total = added(results.read_text().splitlines())
    if not asked.no_page:
        PAGE.write_text(page(total, last, time.monotonic() - begun))
        print(f"wrote {PAGE.relative_to(ROOT)}")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
