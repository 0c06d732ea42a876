"""ARCHITECTURE.md and the rooms' docstrings say what stands where; the tree must agree.

The block marked `rooms` in ARCHITECTURE.md names, in order, every package and module directly under
`src/offtake`. The docstring of each package names each of its files in a line `name.py: what` (and
each package within it in a line `name/: what`).
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "offtake"
FILES = sorted(SOURCE.rglob("*.py"))
PACKAGES = sorted(p.parent for p in SOURCE.rglob("__init__.py") if p.parent != SOURCE)
PURE = ("units", "book", "clauses", "plan", "desk", "journal", "audit", "formats")
OPENS_FILES = SOURCE / "book" / "files.py"
STANDS_ALONE = SOURCE / "audit" / "alone.py"
FINDS_KINDS = SOURCE / "clauses" / "registry.py"
KINDS: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
    "entry-points"
]["offtake.clauses"]
CLAUSE_MODULES = {target.partition(":")[0] for target in KINDS.values()}


def called(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def rooms() -> list[str]:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    block = re.search(r"^```rooms\n(.*?)^```", text, re.M | re.S)
    assert block, "ARCHITECTURE.md has a block marked `rooms`"
    names = re.findall(r"^(\w+(?:/|\.py))\s{2,}\S.*$", block[1], re.M)
    assert len(names) == len(block[1].splitlines()), "each line is a name, spaces, and what it is"
    return names


def room_of(path: Path) -> str:
    first, *rest = path.relative_to(SOURCE).parts
    return f"{first}/" if rest else first


# --- what a file imports ----------------------------------------------------------------------


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


LAZY = re.compile(r"offtake(\.\w+)+")
MODULES = {module_of(path): path for path in FILES}


def nearest(name: str) -> str | None:
    """The module of ours that a dotted name lies in."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or None


def names_imported(tree: ast.AST, package: str) -> Iterator[tuple[int, str]]:
    """Dotted names imported anywhere: in functions, for type checking, or lazily by a string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Constant) and LAZY.fullmatch(str(node.value)):
            yield node.lineno, str(node.value)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Our own modules that a file imports, with the line."""
    module = module_of(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for line, name in names_imported(ast.parse(path.read_text()), package):
        if name.split(".")[0] == "offtake" and (found := nearest(name)) and found != module:
            yield line, found


# --- rooms and files --------------------------------------------------------------------------


def test_architecture_fits_on_a_few_pages() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) <= 150


def test_architecture_names_every_room_once() -> None:
    there = {room_of(path) for path in FILES}
    named = rooms()
    assert len(named) == len(set(named))
    assert set(named) == there


@pytest.mark.parametrize("package", PACKAGES, ids=called)
def test_a_room_names_each_of_its_files_once(package: Path) -> None:
    docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
    named = re.findall(r"^\s*`{0,2}([\w.-]+(?:\.\w+|/))`{0,2}: \S", docstring, re.M)
    there = [
        child.name + ("/" if child.is_dir() else "")
        for child in package.iterdir()
        if child.name not in ("__init__.py", "__pycache__")
    ]
    assert sorted(named) == sorted(there)


@pytest.mark.parametrize("path", FILES, ids=called)
def test_a_room_imports_only_rooms_above_it(path: Path) -> None:
    order = rooms()
    here = order.index(room_of(path))
    wrong = [
        f"line {line}: {name}"
        for line, name in imports(path)
        if order.index(room_of(MODULES[name])) > here
    ]
    assert not wrong


def test_every_clause_kind_has_a_file_of_its_own() -> None:
    assert len(CLAUSE_MODULES) == len(KINDS)
    assert set(MODULES) >= CLAUSE_MODULES


@pytest.mark.parametrize("module", sorted(CLAUSE_MODULES))
def test_a_clause_file_imports_only_units_book_and_the_faces(module: str) -> None:
    allowed = re.compile(r"offtake\.(units|book|clauses\.base)(\.|$)")
    wrong = [name for _, name in imports(MODULES[module]) if not allowed.match(name)]
    assert not wrong


@pytest.mark.parametrize("path", FILES, ids=called)
def test_no_room_knows_a_clause_file(path: Path) -> None:
    if room_of(path) != "clauses/":
        assert not [f"line {n}: {name}" for n, name in imports(path) if name in CLAUSE_MODULES]


# --- what pure rooms may not read -------------------------------------------------------------

BUILTIN = re.compile(r"(open|input|eval|exec|breakpoint|__import__)$")
FROM_OUTSIDE = re.compile(
    r"(time|random|secrets|uuid|socket|subprocess|shutil|tempfile|glob|io|urllib|http|requests"
    r"|pkgutil|importlib\.resources|importlib\.metadata|numpy\.random|asyncio|threading)(\.|$)"
    r"|datetime\.(datetime\.(now|today|utcnow)|date\.today)$"
    r"|os\.(?!fspath$|PathLike$|sep$|path\.(join|normpath|split|splitext|basename|dirname|isabs)$)"
)
READS = {"read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "rglob"} | {
    "is_file",
    "is_dir",
    "is_symlink",
}
SEEDED = re.compile(r"numpy\.random\.(default_rng|PCG64|Philox|SeedSequence|Generator)$")


def aliases(tree: ast.AST) -> dict[str, str]:
    """Local names and what they were imported as."""
    known = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                known[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return known


def dotted(node: ast.AST, known: dict[str, str]) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([known.get(node.id, node.id), *reversed(parts)])


def impurities(text: str) -> Iterator[str]:
    """Where a source text reads clock, chance, environment, socket or file."""
    tree = ast.parse(text)
    known = aliases(tree)
    modules = {name.partition(".")[0] for name in known.values()}
    inner = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    seeded = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func, known) or ""
            if (node.args or node.keywords) and SEEDED.match(name):
                seeded.add(id(node.func))
            if name.endswith(".astimezone") and not (node.args or node.keywords):
                yield f"line {node.lineno}: astimezone() reads the machine's time zone"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in READS:
            yield f"line {node.lineno}: .{node.attr}"
        if not isinstance(node, ast.Attribute | ast.Name) or id(node) in inner | seeded:
            continue
        name = dotted(node, known) or ""
        imported = name.partition(".")[0] in modules and name != "numpy.random.Generator"
        builtin = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        if (imported and FROM_OUTSIDE.match(name)) or (builtin and BUILTIN.match(name)):
            yield f"line {node.lineno}: {name}"


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.relative_to(SOURCE).parts[0] in PURE], ids=called
)
def test_a_pure_room_reads_no_clock_file_socket_environment_or_chance(path: Path) -> None:
    found = list(impurities(path.read_text()))
    if path == FINDS_KINDS:
        found = [f for f in found if "importlib.metadata" not in f]
    if path == STANDS_ALONE:
        found = [f for f in found if not re.search(r": \.read_bytes", f)]
    if path == OPENS_FILES:
        found = [
            f for f in found if not re.search(r": (open|os|io|importlib\.resources)\b|: \.", f)
        ]
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "import time\ntime.sleep(1)",
        "from time import perf_counter as tick\ntick()",
        "import datetime as dt\ndt.datetime.now(dt.UTC)",
        "from datetime import date\ndate.today()",
        "moment.astimezone()",
        "import os\nos.environ['HOME']",
        "import os.path\nos.path.exists('x')",
        "import numpy as np\nnp.random.rand(3)",
        "import numpy as np\nnp.random.default_rng()",
        "from random import random\nrandom()",
        "def f():\n    import uuid\n    return uuid.uuid4()",
        "open('x')",
        "from pathlib import Path\nPath('x').read_text()",
        "from importlib import resources\nresources.files('x')",
        "from importlib.metadata import entry_points\nentry_points()",
    ],
)
def test_an_impure_text_is_found_out(text: str) -> None:
    assert list(impurities(text))


@pytest.mark.parametrize(
    "text",
    [
        "import datetime as dt\ndt.time(17, 0)\ndt.date(2025, 1, 21)\ndt.datetime.combine(a, b)",
        "moment.astimezone(zone)",
        "import numpy as np\nrng: np.random.Generator = np.random.default_rng(seed)\nrng.random()",
        "import os.path\nos.path.normpath('x')",
        "class Lot:\n    open: int\ntime = 3\ntime + 1\nlot.open",
    ],
)
def test_a_pure_text_passes(text: str) -> None:
    assert not list(impurities(text))


# --- no clause is known by name ---------------------------------------------------------------


def speaks_of_kind(node: ast.AST) -> bool:
    return any(
        (isinstance(n, ast.Attribute) and n.attr == "kind")
        or (isinstance(n, ast.Name) and n.id == "kind")
        or (isinstance(n, ast.Constant) and n.value == "kind")
        for n in ast.walk(node)
    )


def kind_names(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Constant) and n.value in KINDS for n in ast.walk(node))


def kinds_compared(text: str) -> Iterator[int]:
    """Lines in which something's kind is compared with the name of a clause kind."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Compare) and speaks_of_kind(node) and kind_names(node):
            yield node.lineno
        elif isinstance(node, ast.Match) and speaks_of_kind(node.subject):
            yield from (case.pattern.lineno for case in node.cases if kind_names(case.pattern))


@pytest.mark.parametrize("path", FILES, ids=called)
def test_no_clause_kind_is_compared_by_name_outside_clauses(path: Path) -> None:
    if room_of(path) != "clauses/":
        assert not list(kinds_compared(path.read_text()))


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("if clause.kind == 'first-refusal': pass", True),
        ("x = kind in {'exclusive', 'licence'}", True),
        ("rows.filter(col('kind') == 'take-or-pay')", True),
        ("match clause.kind:\n    case 'exclusive': pass", True),
        ("if offer.kind == 'reserved': pass", False),
        ("x = licence['field'] == 'exclusive'", False),
    ],
)
def test_a_comparison_of_kinds_is_found_out(text: str, known: bool) -> None:
    assert bool(list(kinds_compared(text))) is known
