"""Changes `offtake.desk` in small ways, one at a time, and counts how many changes tests notice.

`python tools/mutants.py` tries every change of the modules below and writes docs/mutants.md;
`--sample 300` tries so many, drawn by `--seed`; `--only price` one module, and writes nothing.
Tests are collected once. Each change is made in a forked process, in the code of one function or
in one table, and first meets the tests that reach the changed line, then lives of the seeds 1 to
`LIVES` (tests/desk/lives.py). What remains is looked up in tools/mutants_left.txt, where a person
has said why it may.
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from mutants_how import Site, changed, sites

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "mutants.md"
LEFT = Path(__file__).with_name("mutants_left.txt")
MODULES = tuple(
    name
    for line in (
        "decide follow dues evolve evolve_tenders evolve_rounds asking act answering letters",
        "noticing signing bidding running price clocks sight seen_buyer seen_holder seen_bidder",
        "plain sealed",
    )
    for name in line.split()
)
SLOW = ("test_desk_promises.py", "test_desk_rule.py", "test_desk_secrecy.py", "test_desk_lives")
SECONDS = 10
LIVES = 60
FAILS = -1.0
"""Instead of the time that a test took."""
HOW = ("survived", "tests", "lives")


@dataclass
class Suite:
    """The tests as pytest collected them, and which of them reach which line."""

    items: list[pytest.Item]
    reach: dict[str, dict[str, list[int]]]
    """By module and line: the tests, the quickest first."""

    def for_(self, site: Site) -> list[int]:
        """The tests that a change has to meet."""
        lines = self.reach.get(site.module, {})
        found = {i for n in range(site.first, site.last + 1) for i in lines.get(str(n), ())}
        if not found and not site.function:
            found = {i for tests in lines.values() for i in tests}
        return sorted(found)


class Collected:
    """A pytest plug-in that tries the mutants in place of running the tests."""

    def __init__(self, chosen: list[Site], workers: int) -> None:
        self.chosen, self.workers = chosen, workers
        self.found: dict[Site, str] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of pytest's own loop."""
        suite = Suite(session.items, reached(session.items))
        gc.freeze()
        self.found = race(suite, self.chosen, self.workers)
        return True


def passes(item: pytest.Item, nextitem: pytest.Item | None = None) -> bool:
    """Run one test."""
    from _pytest.runner import runtestprotocol

    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    return not any(report.failed for report in reports)


def reached(items: list[pytest.Item]) -> dict[str, dict[str, list[int]]]:
    """Run every test once, in a process of its own, and see which lines it reaches."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "reached.json"
        if (child := os.fork()) == 0:
            try:
                told.write_text(json.dumps(_traced(items)))
                os._exit(0)
            finally:
                traceback.print_exc()
                os._exit(1)
        if os.waitpid(child, 0)[1]:
            raise SystemExit("the tests fail without any change")
        return json.loads(told.read_text())


def _traced(items: list[pytest.Item]) -> dict[str, dict[str, list[int]]]:
    from coverage import Coverage

    watch = Coverage(data_file=None, config_file=False, include=[f"{ROOT}/src/offtake/desk/*"])
    watch.start()
    took = []
    for number, item in enumerate(items):
        watch.switch_context(str(number))
        begun = time.perf_counter()
        if passes(item):
            took.append(time.perf_counter() - begun)
        else:
            print(f"fails without any change: {item.nodeid}", file=sys.stderr, flush=True)
            took.append(FAILS)
    watch.stop()
    if FAILS in took and "--despite" not in sys.argv:
        os._exit(1)
    data = watch.get_data()
    found = {}
    for name in data.measured_files():
        lines = data.contexts_by_lineno(name)
        found[Path(name).stem] = {
            str(line): sorted(
                (n for n in map(int, filter(None, tests)) if took[n] != FAILS), key=took.__getitem__
            )
            for line, tests in lines.items()
        }
    return found


def race(suite: Suite, chosen: list[Site], workers: int) -> dict[Site, str]:
    """Try each change in a process of its own, so many at a time; first that none is noticed."""
    if (child := os.fork()) == 0:
        os._exit(_try(suite, None))
    if os.waitpid(child, 0)[1] and "--despite" not in sys.argv:
        raise SystemExit("without any change something is noticed")
    found: dict[Site, str] = {}
    running: dict[int, Site] = {}
    waiting = list(reversed(chosen))
    while waiting or running:
        while waiting and len(running) < workers:
            site = waiting.pop()
            if (child := os.fork()) == 0:
                os._exit(_try(suite, site))
            running[child] = site
        child, status = os.wait()
        site = running.pop(child)
        killed = os.WIFSIGNALED(status)
        found[site] = "time" if killed else HOW[os.WEXITSTATUS(status)]
        if found[site] in ("survived", "time"):
            print(f"{found[site]}: {site}", file=sys.stderr, flush=True)
        if len(found) % 100 == 0:
            print(f"{len(found)} of {len(chosen)}", file=sys.stderr, flush=True)
    return found


def _try(suite: Suite, site: Site | None) -> int:
    """0 where nothing notices the change, 1 a test, 2 a life."""
    tests: Iterable[int] = range(len(suite.items))
    if site is not None:
        signal.alarm(10 * SECONDS)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        tests = suite.for_(site)
    try:
        if site is not None:
            plant(site)
        for number in tests:
            if not passes(suite.items[number]):
                print(suite.items[number].nodeid)
                return 1
        live = importlib.import_module("desk.lives").live
        for seed in () if "--despite" in sys.argv else range(1, LIVES + 1):
            try:
                live(seed)
            except Exception as error:
                print(error)
                return 2
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def plant(site: Site) -> None:
    """Make the change: in the code of a function that others may hold, or wherever a name is."""
    module = importlib.import_module(f"offtake.desk.{site.module}")
    tree = changed(ast.parse(source_of(site.module)), site)
    code = compile(tree, str(module.__file__), "exec")
    if site.function:
        target: Any = module
        for name in site.function.split("."):
            target = getattr(target, name)
        target = getattr(target, "__wrapped__", target)
        assert isinstance(target, FunctionType)
        target.__code__ = within(code, site.function.split("."))
    else:
        again = dict(vars(module))
        exec(code, again)
        old, new = getattr(module, site.name), again[site.name]
        for other in list(sys.modules.values()):
            if other.__name__.startswith(("offtake.desk", "desk.")) and (
                vars(other).get(site.name) is old
            ):
                setattr(other, site.name, new)


def within(code: CodeType, names: list[str]) -> CodeType:
    """The code of a function of a module."""
    for name in names:
        code = next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == name)
    return code


def source_of(module: str) -> str:
    """The text of one module."""
    return (ROOT / "src" / "offtake" / "desk" / f"{module}.py").read_text()


# --- what is told ---------------------------------------------------------------------------------


def left() -> dict[str, str]:
    """Changes that may survive, and why."""
    told = {}
    for line in LEFT.read_text().splitlines() if LEFT.exists() else ():
        if line and not line.startswith("#"):
            change, why = line.split("\t")
            told[change] = why
    return told


def page(found: dict[Site, str], total: int, seed: int) -> str:
    """docs/mutants.md."""
    why = left()
    rows, survivors = [], []
    for module in MODULES:
        mine = {site: how for site, how in found.items() if site.module == module}
        count = Counter(mine.values())
        equal = sum(why.get(str(s), "").startswith("equal") for s in mine if mine[s] == "survived")
        rows.append((module, len(mine), count["tests"], count["time"], count["lives"],
                     count["survived"], equal))  # fmt: skip
        survivors += [site for site, how in mine.items() if how == "survived"]
    rows.append(("all", *(sum(row[i] for row in rows) for i in range(1, 7))))
    drawn = "All" if len(found) == total else f"{len(found):,} (drawn by seed {seed})"
    lines = [HEAD.format(drawn=drawn, total=total, lives=LIVES)]
    for name, tried, tests, late, lives, survived, equal in rows:
        noticed = (tried - survived) / max(tried, 1)
        row = (name, tried, tests, late, lives, survived, equal, f"{noticed:.1%}")
        lines.append(f"| {' | '.join(map(str, row))} |")
    lines += ["", "## What no test notices", "", "| change | why it is left |", "|---|---|"]
    for site in survivors:
        shown = str(site).replace("|", "\\|")
        lines.append(f"| `{shown}` | {why.get(str(site), 'not looked at yet')} |")
    return "\n".join(lines) + "\n"


HEAD = """\
# Mutants of the desk

<!-- Written by tools/mutants.py; a change here is lost. -->

A test that cannot fail proves nothing. So `make mutants` changes the desk's own code in small
ways, one at a time (a `<` to `<=`, an `and` to an `or`, a step left out, a table without one of its
entries), and looks whether a test fails. Each change first meets the tests that reach its line,
then {lives} lives of many parties, each step of which a second model of the rules answers as well.
Changes of sentences, types and assertions are not made.

{drawn} of {total:,} changes were tried. *late*: the changed desk ran without end. *equal*: of those
that survive, the ones that no command can tell from the original, for the reason below.

| module | changes | noticed by tests | late | by lives alone | survived | equal | noticed |
|---|---|---|---|---|---|---|---|"""


def main() -> None:
    """Try what the command line asks for, and tell."""
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--only", action="append", choices=MODULES)
    read.add_argument("--sample", type=int)
    read.add_argument("--seed", type=int, default=4)
    read.add_argument(
        "--despite", action="store_true", help="leave out lives, and tests that fail as it is"
    )
    read.add_argument("--workers", type=int, default=2)
    asked = read.parse_args()
    every = [site for name in asked.only or MODULES for site in sites(name, source_of(name))]
    chosen = every
    if asked.sample is not None and asked.sample < len(every):
        drawn = set(random.Random(asked.seed).sample(range(len(every)), asked.sample))
        chosen = [site for i, site in enumerate(every) if i in drawn]
    os.chdir(ROOT)
    os.environ["CI"] = "true"
    files = [str(f) for f in sorted((ROOT / "tests" / "desk").glob("test_desk_*.py"))]
    files = [name for name in files if not Path(name).name.startswith(SLOW)]
    tries = Collected(chosen, asked.workers)
    # Plain assertions and short traces: what fails need not be explained.
    quick = ["--assert=plain", "--tb=native", "--capture=no", "-q", "-p", "no:cacheprovider"]
    pytest.main([*quick, *files], plugins=[tries])
    told = page(tries.found, len(every), asked.seed)
    if asked.only is None:
        PAGE.write_text(told)
    print(told)


if __name__ == "__main__":
    main()
