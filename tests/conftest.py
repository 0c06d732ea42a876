"""What all tests share: the tree, Hypothesis' profile, and commands run once in a session."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
CHROMIUM = Path("/usr/bin/chromium")
SECONDS_MAX = 300

# Of whoever runs the tests: tables would be wrapped at it.
os.environ.pop("COLUMNS", None)

settings.register_profile("offtake", deadline=None, print_blob=True)
settings.register_profile(
    "ci",
    settings.get_profile("offtake"),
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "offtake")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM.exists():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=f"{CHROMIUM} is not installed"))


@dataclass(frozen=True)
class Ran:
    """How one command ended and what it printed."""

    command: str
    status: int
    out: str
    err: str


Run = Callable[..., tuple[Ran, ...]]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run shell commands in order in a fresh folder with a copy of `examples/` (and `files`).

    The same commands are run once in a session, whichever worker asks first.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "ran"
    (shared / "bin").mkdir(parents=True, exist_ok=True)
    environment = _environment(shared / "bin")

    def run_once(*commands: str, files: dict[str, str] | None = None) -> tuple[Ran, ...]:
        key = hashlib.sha256(json.dumps([commands, files], sort_keys=True).encode()).hexdigest()
        kept = shared / f"{key}.json"
        with (shared / f"{key}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                ran = _run_in_copy(shared / key, commands, files or {}, environment)
                kept.write_text(json.dumps([asdict(r) for r in ran]))
        return tuple(Ran(**r) for r in json.loads(kept.read_text()))

    return run_once


def _environment(folder: Path) -> dict[str, str]:
    """Our own `offtake` first on the path; output as docs show it: 110 columns, no colours."""
    script = folder / "offtake"
    if not script.exists():
        body = "import sys; sys.argv[0] = 'offtake'; from offtake.cli import main; main()"
        draft = folder / f"offtake.{os.getpid()}"
        draft.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{body}" "$@"\n')
        draft.chmod(0o755)
        draft.replace(script)
    kept = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "CLICOLOR_FORCE")}
    return kept | {
        "PATH": f"{folder}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "OFFTAKE_KEYS": str(folder.parent / "keys"),
        "COLUMNS": "110",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }


def _run_in_copy(
    folder: Path, commands: tuple[str, ...], files: dict[str, str], environment: dict[str, str]
) -> list[Ran]:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "examples", folder / "examples")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    ran = []
    for command in commands:
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
        ran.append(Ran(command, done.returncode, done.stdout, done.stderr))
    shutil.rmtree(folder)
    return ran
