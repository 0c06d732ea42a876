"""A book read, checked and planned by Offtake, and the same programme by linopy and by PyPSA.

Each contender runs in a fresh process, in turns; HiGHS, its version and its options are the same
for all, and all optima must agree. What is compared are ratios within one run on one machine. The
tables go into docs/benchmarks.md, between its marks.

    python bench/bench_plan.py [--dry]      --dry leaves the page as it is
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from books import SIZES, Size, write_book, write_numbers
from stopwatch import SECONDS

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- made by make bench: begin -->", "<!-- made by make bench: end -->"
ROUNDS, SLOW = 3, 60.0
"""How often each contender runs; one whose process takes longer than so many seconds runs once."""
AGREE = 1e-6
"""The largest relative difference between optima."""
CONTENDERS: dict[str, tuple[str, ...]] = {
    "Offtake": ("by_offtake.py",),
    "linopy": ("by_linopy.py",),
    "PyPSA, lean": ("by_pypsa.py",),
    "PyPSA": ("by_pypsa.py", "components"),
}
PHASES = ("import", "read", "build", "solve", "after", "whole", "process")
Measured = dict[str, Any]


def main() -> None:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        parts = [plans(size, Path(name)) for size in SIZES]
    door = at_the_door()
    found = dict(zip((size.name for size in SIZES), parts, strict=True))
    lines = [*setting(found, load), ""]
    for size in SIZES:
        lines += [*table(size, found[size.name]), ""]
    lines += [*door_table(door), "", *goals(found["10⁴"], door)]
    print("\n".join(lines))
    if "--dry" not in sys.argv:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}")


# --- measuring ------------------------------------------------------------------------------------


def plans(size: Size, folder: Path) -> dict[str, Measured]:
    """The best of each contender on one size; exits where their optima differ."""
    book = folder / size.name
    book.mkdir()
    write_book(size, book)
    numbers = folder / f"{size.name}.json"
    write_numbers(size, numbers)
    runs: dict[str, list[Measured]] = {who: [] for who in CONTENDERS}
    for turn in range(ROUNDS):
        names = list(CONTENDERS)
        for who in names[turn:] + names[:turn]:
            if any(run["process"] > SLOW for run in runs[who]):
                continue
            script, *more = CONTENDERS[who]
            source = book if who == "Offtake" else numbers
            runs[who].append(child([str(HERE / script), str(source), *more]))
            print(f"  {size.name} {who}: {runs[who][-1]['whole']:.2f} s", file=sys.stderr)
    best = {who: least(own) for who, own in runs.items()}
    agree(size, [run for own in runs.values() for run in own])
    return best


def least(runs: Sequence[Measured]) -> Measured:
    """The least of each measure over some runs: what other work on the machine adds is noise."""
    measures = {name: min(run[name] for run in runs) for name in (*PHASES, "peak")}
    return runs[0] | measures | {"runs": len(runs)}


def child(arguments: Sequence[str]) -> Measured:
    """What a fresh process measured of itself, and its own life from start to end."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments], capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    measured: Measured = json.loads(done.stdout.splitlines()[-1])
    return measured | {"process": took}


def agree(size: Size, runs: Sequence[Measured]) -> None:
    """The same optimum by the same HiGHS, or no table."""
    optima = [run["objective"] for run in runs if run["objective"] is not None]
    if max(optima) - min(optima) > AGREE * abs(optima[0]):
        raise SystemExit(f"{size.name}: the optima differ: {sorted(set(optima))}")
    if len({run["highs"] for run in runs}) > 1:
        raise SystemExit("the contenders have different versions of HiGHS")


def at_the_door() -> dict[str, float]:
    """Seconds of commands that should answer at once, beside what nobody can undercut."""
    offtake = str(Path(sys.executable).with_name("offtake"))
    stargate = str(HERE.parent / "examples" / "stargate")
    commands = {
        "`python -c pass`": [sys.executable, "-c", "pass"],
        "`python -c 'import pydantic'`": [sys.executable, "-c", "import pydantic"],
        "`offtake --help`": [offtake, "--help"],
        "`offtake check examples/stargate`": [offtake, "check", stargate],
    }
    best = dict.fromkeys(commands, float("inf"))
    for _ in range(7):
        for name, command in commands.items():
            begun = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True)
            best[name] = min(best[name], time.perf_counter() - begun)
    return best


# --- telling --------------------------------------------------------------------------------------


def setting(found: dict[str, dict[str, Measured]], load: float) -> Iterator[str]:
    """What the run was made with."""
    highs = next(iter(found.values()))["Offtake"]["highs"]
    packages = ", ".join(f"{p} {version(p.lower())}" for p in ("Offtake", "linopy", "PyPSA"))
    machine = (
        f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors"
    )
    yield f"{packages}, all with HiGHS {highs}; {machine}."
    yield f"Load average when the run began: {load:.1f}."


def table(size: Size, best: dict[str, Measured]) -> Iterator[str]:
    """One size: Offtake's seconds and MiB, and of each other how many times as much."""
    own = best["Offtake"]
    yield f"### {size.name} columns"
    yield ""
    parts = {
        "providers": size.providers,
        "regions": size.regions,
        "kinds of chips": size.chips,
        "terms": len(size.terms),
        "months": size.months,
        "hours a day": size.hours,
        "scenarios": size.scenarios,
        "classes of demand": size.classes + 1,
    }
    counts = ", ".join(f"{what} {n}" for what, n in parts.items())
    yield f"{own['columns']:,} columns, {own['rows']:,} rows ({counts})."
    yield ""
    yield "| | import | read, check | build | solve | after | whole | process | peak memory |"
    yield "|---|---|---|---|---|---|---|---|---|"
    mine = " | ".join(seconds(own[phase]) for phase in PHASES)
    yield f"| Offtake | {mine} | {own['peak']:.0f} MiB |"
    for who, run in best.items():
        if who != "Offtake":
            yield f"| {who} | {against(own, run)} |"
    for who, run in best.items():
        if run["runs"] < ROUNDS:
            yield ""
            unsolved = run["objective"] is None
            stopped = f"; stopped after {SECONDS:.0f} s of solving without an optimum"
            yield f"{who}: {run['columns']:,} columns; one run{stopped if unsolved else ''}."


def against(own: Measured, run: Measured) -> str:
    """Cells of one contender; reading is not counted to it."""
    sign = "> " if run["objective"] is None else ""
    cells = []
    for phase in PHASES:
        mark = sign if phase in ("solve", "whole", "process") else ""
        cell = f"{mark}{times(run[phase] / own[phase])}<br><sub>{seconds(run[phase])}</sub>"
        cells.append("" if phase == "read" else cell)
    cells.append(f"{times(run['peak'] / own['peak'])}<br><sub>{run['peak']:.0f} MiB</sub>")
    return " | ".join(cells)


def times(ratio: float) -> str:
    return f"{ratio:.1f}x" if ratio < 9.95 else f"{ratio:.0f}x"


def seconds(value: float) -> str:
    return f"{1e3 * value:.0f} ms" if value < 0.995 else f"{value:.1f} s"


def door_table(door: dict[str, float]) -> Iterator[str]:
    """The commands, as multiples of an empty interpreter and of one that loads Pydantic."""
    bare, typed = (door[name] for name in list(door)[:2])
    yield "### At the door"
    yield ""
    yield "| command | seconds | of an empty Python | of Python with Pydantic |"
    yield "|---|---|---|---|"
    for name, took in door.items():
        yield f"| {name} | {took:.2f} | {times(took / bare)} | {times(took / typed)} |"


def goals(best: dict[str, Measured], door: dict[str, float]) -> Iterator[str]:
    """What was aimed at, and what this run came to."""
    own = best["Offtake"]
    yield "### Goals"
    yield ""
    yield "| at 10⁴ columns | goal | PyPSA | PyPSA, lean |"
    yield "|---|---|---|---|"
    for what, phase, goal in (
        ("whole", "whole", 10),
        ("build", "build", 50),
        ("memory", "peak", 5),
    ):
        cells = []
        for who in ("PyPSA", "PyPSA, lean"):
            ratio = best[who][phase] / own[phase]
            cells.append(f"{times(ratio)}, {'met' if ratio >= goal else 'missed'}")
        yield f"| {what} | {goal}x | {' | '.join(cells)} |"
    yield ""
    yield "| command | goal | |"
    yield "|---|---|---|"
    for (name, took), goal in zip(list(door.items())[2:], (0.3, 1.0), strict=True):
        yield f"| {name} | {goal} s | {took:.2f} s, {'met' if took < goal else 'missed'} |"


if __name__ == "__main__":
    main()
