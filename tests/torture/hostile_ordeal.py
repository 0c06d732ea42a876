"""The ordeal: the command line over what others hand in, each case in a process of its own.

Run as a program (`python -m torture.hostile_ordeal`, from `tests`, its orders as JSON on standard
input). A case is a folder: `box`, in which the program runs, `keys` for the desk's keys, `outside`
for what nothing may touch. Each case is a forked process with bounds on its address space, its
processor time and its patience, under an audit hook that ends it at anything that is done outside
the two folders. What the hook cannot see, such as files that SQLite opens, shows in `outside`.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import resource
import runpy
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

MIB = 1024 * 1024
ADDRESSES = 1024 * MIB
CPU_SECONDS = 5
"""With what the interpreter had loaded before: a case pays for its own work alone."""
PATIENCE = 60
"""Seconds on the clock, for what waits and uses no processor."""
BROKEN_OFF = 137
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORBIDDEN = (
    *("subprocess", "socket.connect", "socket.bind", "os.system", "os.exec", "os.posix_spawn"),
    *("os.fork", "os.kill", "pickle", "urllib", "http", "ftplib", "webb", "syslog", "os.chown"),
)
ABOUT_PATHS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink")
ALSO_PATHS = ("os.chmod", "os.truncate", "os.utime", "os.chdir", "os.listdir", "os.scandir")
Snapshot = dict[str, tuple[int, str]]


@dataclass(frozen=True)
class Put:
    """What is run in the folder of a case."""

    name: str
    program: str
    argv: tuple[str, ...]
    readable: tuple[str, ...] = ()
    """Files outside that the user names and the program may read."""


@dataclass(frozen=True)
class Came:
    """What came of it: the exit status, or minus the signal that ended it."""

    status: int
    cpu: float
    breaches: list[str]
    out: str
    err: str

    def wrong(self) -> str:
        """Why this is no answer to hostile input; empty if it is one."""
        if self.breaches:
            return f"outside: {self.breaches[0]}"
        if self.status == -signal.SIGXCPU or self.cpu > CPU_SECONDS:
            return f"more than {CPU_SECONDS} seconds of the processor"
        if self.status == -signal.SIGALRM:
            return f"no answer in {PATIENCE} seconds"
        if "Traceback" in self.out + self.err:
            return f"a stack trace: {self.err[-700:]}"
        if self.status not in (0, 1, 2, 5):
            return f"status {self.status}: {self.err[-500:]}"
        return ""


class Breach(BaseException):
    """Something was done outside the folders; nothing that catches errors catches it."""


class Watched:
    """What a case may do with files."""

    def __init__(self, case: Path, readable: Sequence[str], report: int) -> None:
        self.report = report
        self.own = tuple(os.path.realpath(case / name) + "/" for name in ("box", "keys"))
        python = (sysconfig.get_path(n) for n in ("stdlib", "platstdlib", "purelib", "platlib"))
        loaded = [p for p in sys.path if p and p != os.getcwd()]
        zones = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo")
        self.read = tuple(
            os.path.realpath(path) + "/" for path in (*python, *loaded, *zones, *readable)
        )

    def breach(self, what: str) -> None:
        os.write(self.report, what.replace("\n", " ").encode("utf-8", "replace")[:300] + b"\n")
        raise Breach(what)

    def looked(self, path: str, writes: bool, what: str, itself: bool = False) -> None:
        real = os.path.realpath(path)
        if itself:
            # A link's own name is changed, not what it leads to.
            real = os.path.join(os.path.realpath(os.path.dirname(path) or "."), "x")
        if not f"{real}/".startswith(self.own if writes else (*self.own, *self.read)):
            self.breach(f"{what}: {path}")

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes):
            path, flags = os.fsdecode(arguments[0]), arguments[2] or 0
            # A single name is opened in a folder that is open already, and never through a link.
            if "/" in path or flags & WRITING or not flags & os.O_NOFOLLOW:
                self.looked(path, bool(flags & WRITING), "opened", bool(flags & os.O_NOFOLLOW))
        elif event in ABOUT_PATHS:
            for path in arguments[:2] if event in ("os.rename", "os.link") else arguments[:1]:
                self.looked(os.fsdecode(path), True, event, itself=True)
        elif event in ALSO_PATHS and isinstance(arguments[0], str | bytes):
            self.looked(os.fsdecode(arguments[0]), False, event)
        elif event.startswith(FORBIDDEN):
            self.breach(f"{event} {arguments!r}")


def snapshot(folder: Path) -> Snapshot:
    """All that is in a folder."""
    seen: Snapshot = {}
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        text = path.read_bytes() if stat.S_ISREG(mode) else b""
        seen[str(path.relative_to(folder))] = (mode, hashlib.sha256(text).hexdigest())
    return seen


def one(root: Path, put: Put) -> Came:
    """One case in a process of its own."""
    case = root / put.name
    before = snapshot(case / "outside"), {path.name for path in case.iterdir()}
    with ExitStack() as stack:
        streams = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
        return _forked(case, put, streams, before)


def _forked(
    case: Path, put: Put, streams: list[BinaryIO], before: tuple[Snapshot, set[str]]
) -> Came:
    out, err, report = (stream.fileno() for stream in streams)
    child = os.fork()
    if child == 0:
        status = BROKEN_OFF
        try:
            _bound(out, err, case)
            status = _inside(put, Watched(case, put.readable, report))
        finally:
            os._exit(status)
    _, ended, used = os.wait4(child, 0)
    told = []
    for stream in streams:
        stream.seek(0)
        told.append(stream.read(2 * MIB).decode("utf-8", "backslashreplace"))
    breaches = told[2].splitlines()
    if (snapshot(case / "outside"), {path.name for path in case.iterdir()}) != before:
        breaches.append("something outside was changed")
    status = os.waitstatus_to_exitcode(ended)
    return Came(status, used.ru_utime + used.ru_stime, breaches, told[0], told[1])


def _bound(out: int, err: int, case: Path) -> None:
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.environ["OFFTAKE_KEYS"] = str(case / "keys")
    os.chdir(case / "box")
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE)


def _inside(put: Put, watched: Watched) -> int:
    from offtake.audit import alone
    from offtake.cli import main

    sys.argv = [put.program, *put.argv]
    sys.addaudithook(watched.audit)
    try:
        if put.program == "alone":
            runpy.run_path(str(alone.__file__), run_name="__main__")
        else:
            main()
    except SystemExit as end:
        sys.stdout.flush()
        if isinstance(end.code, str):
            os.write(2, f"{end.code}\n".encode("utf-8", "backslashreplace"))
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    return BROKEN_OFF


def load(folder: str) -> None:
    """What the cases load, once for all; nothing that starts a thread."""
    import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401

    import offtake.audit
    import offtake.console.tender_seen
    import offtake.console.verify
    import offtake.dealing.promised
    import offtake.signed.pull
    import offtake.signed.trace  # noqa: F401
    from offtake.api import load as read

    for _ in range(2):
        assert read(Path(folder)).reading.book is not None
    gc.freeze()
    assert len(os.listdir("/proc/self/task")) == 1, "a forked process would lack the other threads"


def main() -> None:
    """Put the cases to it, and print what came of them."""
    warnings.simplefilter("error")
    orders = json.load(sys.stdin)
    load(orders["book"])
    came = [one(Path(orders["root"]), Put(**put)) for put in orders["cases"]]
    print(json.dumps([asdict(each) for each in came]))


def put_to_it(root: Path, book: Path, cases: Sequence[Put]) -> list[Came]:
    """What comes of cases whose folders lie below `root`."""
    orders = {"root": str(root), "book": str(book), "cases": [asdict(case) for case in cases]}
    done = subprocess.run(
        [sys.executable, "-m", "torture.hostile_ordeal"],
        cwd=Path(__file__).parents[1],
        input=json.dumps(orders),
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return [Came(**each) for each in json.loads(done.stdout)]


if __name__ == "__main__":
    main()
