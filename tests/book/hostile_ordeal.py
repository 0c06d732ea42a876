"""The ordeal: a verb of the command line over hostile books, each in a process of its own.

Run as a program (`python -m book.hostile_ordeal`, from `tests`, its `Orders` as JSON on standard
input). Each book is read by a forked process with bounds on its address space, its processor time
and its patience, under an audit hook that ends the process at anything that is done outside the
book's folder. What came of each is printed as JSON.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import resource
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .hostile_plants import PLANTS, SOMEBODY_ELSE

MIB = 1024 * 1024
ADDRESSES = {"check": 448 * MIB, "rights": 448 * MIB, "plan": 1_400 * MIB}
"""Bytes of address space: twice what examples/stargate needs (check 220 MiB, plan 680 MiB)."""
CPU_SECONDS = {"check": 20, "rights": 20, "plan": 60}
GOOD = "a good book"
PATIENCE = 120
"""Seconds on the clock, for what waits and uses no processor."""
OTHERS_KILLED = 137
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORBIDDEN = (
    *("subprocess", "socket", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.kill"),
    *("pickle", "shutil", "tempfile", "urllib", "http", "ftplib", "webb"),
    *("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod"),
    *("os.chown", "os.truncate", "os.utime", "os.chdir", "syslog", "glob"),
)


@dataclass(frozen=True)
class Orders:
    """Which books to look at by which verb, and what to plant into the reader of each."""

    folder: str
    verb: str
    cpu: int
    cases: list[tuple[str, str]]
    """The name of a book below the folder, and of what is planted (see `PLANTS`)."""


@dataclass(frozen=True)
class Came:
    """What came of one book: the exit status, or minus the signal that ended it."""

    status: int
    seconds: float
    cpu: float
    resident: int
    """The most memory in use, in bytes, with that of the modules loaded before."""
    breaches: list[str]
    out: str
    err: str

    def wrong(self, cpu: int) -> str:
        """Why this is no answer to a hostile book; empty if it is one."""
        if self.breaches:
            return f"outside the book: {self.breaches[0]}"
        if self.status == -signal.SIGXCPU or self.cpu > cpu:
            return f"more than {cpu} seconds of the processor"
        if self.status == -signal.SIGALRM:
            return f"no answer in {PATIENCE} seconds"
        if self.status not in (0, 1, 2, 3, 4):
            return f"status {self.status}: {self.err[-500:]}"
        if "more memory than there is" in self.err:
            return f"out of memory: {self.err[-500:]}"
        if "Traceback" in self.out + self.err:
            return f"a stack trace: {self.err[-500:]}"
        return ""


class Breach(BaseException):
    """Something was done outside the book's folder; nothing that catches errors catches it."""


def watch(root: str, report: int, forbidden: tuple[str, ...]) -> None:
    """From now on, end at what leaves the root; what happened is written to `report` first."""
    own = tuple(
        os.path.realpath(path) + "/"
        for path in (
            *(sysconfig.get_path(n) for n in ("stdlib", "platstdlib", "purelib", "platlib")),
            *(p for p in sys.path if p and p != os.getcwd()),
            *("/usr/share/zoneinfo", "/usr/lib/zoneinfo"),
        )
    )

    def breach(what: str) -> None:
        os.write(report, what.replace("\n", " ").encode("utf-8", "replace")[:300] + b"\n")
        raise Breach(what)

    def opened(path: str, flags: int) -> None:
        if flags & WRITING:
            breach(f"written: {path}")
        if path == root:
            return
        # A single name is opened in a folder that is open already, and never through a link.
        if "/" not in path and path not in ("..", "~") and flags & os.O_NOFOLLOW:
            if path.endswith((".py", ".pyc", ".so")):
                breach(f"code in the book: {path}")
            return
        if not os.path.isabs(path) or not f"{os.path.realpath(path)}/".startswith(own):
            breach(f"opened: {path}")

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if SOMEBODY_ELSE.at_work:
            return
        if event == "open" and isinstance(arguments[0], str | bytes):
            opened(os.fsdecode(arguments[0]), arguments[2] or 0)
        elif event in ("os.listdir", "os.scandir") and isinstance(arguments[0], str | bytes):
            folder = os.path.realpath(os.fsdecode(arguments[0])) + "/"
            if not folder.startswith((f"{root}/", *own)):
                breach(f"{event}: {folder}")
        elif event == "exec" and arguments[0].co_filename.startswith(f"{root}/"):
            breach(f"code run: {arguments[0].co_filename}")
        elif event.startswith(forbidden):
            breach(f"{event} {arguments!r}")

    sys.addaudithook(audit)


def one(folder: Path, verb: str, cpu: int, prepare: Callable[[], None]) -> Came:
    """One book, by one verb, in a process of its own."""
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        tempfile.TemporaryFile() as report,
    ):
        begun = time.perf_counter()
        child = os.fork()
        if child == 0:
            status = OTHERS_KILLED
            try:
                _bound(out.fileno(), err.fileno(), cpu)
                status = _inside(folder, verb, prepare, report.fileno())
            finally:
                os._exit(status)
        _, ended, used = os.wait4(child, 0)
        seconds = time.perf_counter() - begun
        told = []
        for stream in (out, err, report):
            stream.seek(0)
            told.append(stream.read(4 * MIB).decode("utf-8", "backslashreplace"))
    status = os.waitstatus_to_exitcode(ended)
    spent = used.ru_utime + used.ru_stime
    return Came(status, seconds, spent, used.ru_maxrss * 1024, told[2].splitlines(), *told[:2])


def _bound(out: int, err: int, cpu: int) -> None:
    os.dup2(out, 1)
    os.dup2(err, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE)


def _inside(folder: Path, verb: str, prepare: Callable[[], None], report: int) -> int:
    from offtake.cli import main

    sys.argv = ["offtake", verb, str(folder), *_options(verb)]
    prepare()
    # Numeric libraries ask the C library for some of its functions by name.
    forbidden = FORBIDDEN if verb == "plan" else (*FORBIDDEN, "ctypes")
    watch(os.path.realpath(folder), report, forbidden)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES[verb], ADDRESSES[verb]))
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except MemoryError:
        os.write(2, b"MemoryError outside of main\n")
    return OTHERS_KILLED


def _options(verb: str) -> list[str]:
    return {
        "check": ["--json"],
        "rights": ["--on", "2025-06-01", "--json"],
        "plan": ["--quick", "--seconds", "10", "--json"],
    }[verb]


def load(folder: Path) -> None:
    """What every run loads, once for all, by a first run; what a plan loads would start threads."""
    from offtake.cli import app

    with contextlib.redirect_stdout(io.StringIO()):
        app(["check", str(folder), "--json"], standalone_mode=False)
    gc.freeze()


def main() -> None:
    """Let the verb look at each book, and print what came of it."""
    orders = Orders(**json.load(sys.stdin))
    load(Path(orders.folder, GOOD))
    assert len(os.listdir("/proc/self/task")) == 1, "a forked process would lack the other threads"
    folder = Path(orders.folder)
    came = [one(folder / n, orders.verb, orders.cpu, PLANTS[p]) for n, p in orders.cases]
    print(json.dumps([asdict(each) for each in came]))


def put_to_it(folder: Path, verb: str, cases: list[tuple[str, str]], cpu: int = 0) -> list[Came]:
    """What comes of books below a folder, each with what is planted, in a process of their own."""
    orders = Orders(str(folder), verb, cpu or CPU_SECONDS[verb], cases)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "book.hostile_ordeal"],
        cwd=Path(__file__).parents[1],
        input=json.dumps(asdict(orders)),
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return [Came(**each) for each in json.loads(done.stdout)]


if __name__ == "__main__":
    main()
