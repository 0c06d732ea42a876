"""Style that a machine can hold: sizes, names, and what no file of the project may contain."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "offtake"
IGNORED = {".git", ".venv", "build", "dist", "out", "__pycache__"}


def tracked() -> list[Path]:
    """Files that are, or would be, in the repository; without git, all but what tools make."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        paths = {ROOT / name for name in listing.stdout.split("\0") if name}
    else:
        paths = {p for p in ROOT.rglob("*") if not IGNORED & set(p.relative_to(ROOT).parts)}
    return sorted(p for p in paths if p.is_file())


def called(path: Path) -> str:
    return str(path.relative_to(ROOT))


FILES = tracked()
CODE = [p for p in FILES if p.suffix == ".py"]
PACKAGE = [p for p in CODE if p.is_relative_to(SOURCE)]


def text_of(path: Path) -> str:
    """A file's text; empty for pictures and the like."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("path", CODE, ids=called)
def test_files_functions_and_lines_are_short(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert not [n for n, line in enumerate(text.splitlines(), 1) if len(line) > 100]
    functions = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert not [f.name for f in functions if (f.end_lineno or 0) - f.lineno + 1 > 60]


@pytest.mark.parametrize("path", CODE, ids=called)
def test_nothing_is_left_open(path: Path) -> None:
    left = re.compile("TO" + "DO|FIX" + "ME|XX" + "X|NotImplemented" + "Error")
    assert not left.findall(path.read_text())


@pytest.mark.parametrize("path", CODE, ids=called)
def test_no_except_catches_everything_unnamed(path: Path) -> None:
    handlers = [n for n in ast.walk(ast.parse(path.read_text())) if type(n) is ast.ExceptHandler]
    assert not [h.lineno for h in handlers if h.type is None]


@pytest.mark.parametrize("path", PACKAGE, ids=called)
def test_only_the_command_line_prints(path: Path) -> None:
    names = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Name)]
    # What auditors run by itself is a program of its own.
    prints = path.parent == SOURCE / "cli" or path == SOURCE / "audit" / "alone.py"
    assert prints or not [n.lineno for n in names if n.id == "print"]


@pytest.mark.parametrize(
    "path", [p for p in PACKAGE if p.relative_to(SOURCE).parts[0] in ("units", "book")], ids=called
)
def test_quantities_and_the_book_know_no_floating_point_number(path: Path) -> None:
    names = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Name)]
    assert not [n.lineno for n in names if n.id == "float"]


@pytest.mark.parametrize("path", PACKAGE, ids=called)
def test_names_say_what_a_thing_is(path: Path) -> None:
    empty = {"manager", "helper", "helpers", "util", "utils", "process", "data2", "misc"}
    classes = [n.name for n in ast.walk(ast.parse(path.read_text())) if type(n) is ast.ClassDef]
    words = [
        word.lower()
        for name in [path.stem, *classes]
        for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)
    ]
    assert not empty & set(words)


# The patterns are written in pieces, so that this file is not its own first finding.
FORBIDDEN = {
    "a registry's host": "pyp" + r"i\.|python" + r"hosted|registry\.n" + r"pm|deb\.deb" + "ian",
    "where packages come from": "--index" + "-url|extra-index" + "-url|--find" + "-links|"
    "--trusted" + "-host",
    "a path of one machine": r"(?<![\w.~<:/-])/(?:wo" + "rk|tm" + "p|op" + "t|ro" + "ot|ho"
    r"me)/\w",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what], re.I)
    found = {
        f"{called(path)}:{number}"
        for path in FILES
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    }
    assert not found


LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("path", LOCKS, ids=called)
def test_requirements_are_locked_by_hash_and_name_no_place(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"://|^\s*-(?!-hash)|\s@\s|^\s*#.*[ =]/", text, re.M)
    entries = re.split(r"\n(?=\w)", re.sub(r"^\s*#.*\n?", "", text, flags=re.M).strip())
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.]+ (; .*)?\\\n", entry), entry[:60]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry[:60]


def test_what_runs_is_locked_alike_for_tests() -> None:
    def pinned(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / name).read_text(), re.M))

    assert len(pinned("run.txt")) > 10
    assert pinned("run.txt") < pinned("test.txt")
