"""What the docs show is run: commands with their output, Python, and parts of a book.

The conventions are in CONTRIBUTING.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import Run

ROOT = Path(__file__).parents[1]
PAGES = [
    page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if page.exists()
]
RUNS = re.compile(r"(offtake|sed|cat|cp|ls|mkdir|head|grep|diff)\b")
BLOCK = re.compile(
    r"(?:^<!-- exit: (?P<status>\d+) -->\n+)?^```(?P<mark>[^\n`]+)\n(?P<body>.*?)^```$", re.M | re.S
)

BASE = """\
book:
  buyer: openai
  as_of: 2025-01-21
  timezone: America/Los_Angeles
  calendar: US
  currency: USD
  periods: {start: 2025-02, length: 48 months}
  discount: 8% per year
  procurement: {bidding: 15 days, signing: 20 days}
  purposes: {training: {}, research: {}, inference: {}, api: {part_of: inference}}
  include: [INCLUDED]
"""
FILE = re.compile(r"(?:yaml|csv) file=(?P<name>[a-z0-9][a-z0-9./-]*)")
PARTIES = """\
parties:
- {id: openai, name: OpenAI, roles: [buyer]}
- {id: microsoft, name: Microsoft, roles: [provider, investor]}
- {id: oracle, name: Oracle, roles: [provider]}
- {id: coreweave, name: CoreWeave, roles: [provider]}
- {id: softbank, name: SoftBank, roles: [investor]}
- {id: mgx, name: MGX, roles: [investor]}
"""


@dataclass(frozen=True)
class Block:
    """A marked block of a page."""

    page: Path
    line: int
    mark: str
    body: str
    status: int

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def file(self) -> str | None:
        """The name of the file that this block is, if it is one."""
        found = FILE.fullmatch(self.mark)
        return found["name"] if found else None


def all_blocks(page: Path) -> list[Block]:
    text = page.read_text()
    return [
        Block(
            page,
            text.count("\n", 0, m.start("mark")) + 1,
            m["mark"].strip(),
            m["body"],
            int(m["status"] or 0),
        )
        for m in BLOCK.finditer(text)
    ]


def blocks(mark: str) -> list[Block]:
    return [block for page in PAGES for block in all_blocks(page) if block.mark == mark]


WRITING = {page for page in PAGES if any(block.file for block in all_blocks(page))}
"""Pages on which the reader writes files: all their commands are one session."""


# --- commands ---------------------------------------------------------------------------------


def session(body: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a console block that are run, each with the output shown below it."""
    command, shown = "", list[str]()
    lines = iter(body.splitlines())
    for line in lines:
        if line.startswith("$ "):
            if RUNS.match(command):
                yield command, shown
            command, shown = line[2:], []
            while command.endswith("\\"):
                command = command[:-1] + next(lines).removeprefix("> ")
        elif line.strip():
            shown.append(line.rstrip())
    if RUNS.match(command):
        yield command, shown


def unlike(shown: Sequence[str], real: Sequence[str]) -> str | None:
    """The first line shown that the real output does not have there; `...` stands for anything."""
    parts = ["(?:.*\n)*?" if s == "..." else _as_pattern(s) + "\n" for s in shown]
    text = "".join(f"{line.rstrip()}\n" for line in real if line.strip())
    if not shown or re.fullmatch("".join(parts), text):
        return None
    fits = (n for n in range(len(parts)) if not re.match("".join(parts[: n + 1]), text))
    return shown[next(fits, len(parts) - 1)]


def _as_pattern(line: str) -> str:
    return ".*".join(re.escape(piece) for piece in line.split("..."))


def steps(block: Block) -> list[tuple[str, list[str], int]]:
    """The commands of a block, each with the output shown and its exit status."""
    shown = list(session(block.body))
    statuses = [0] * (len(shown) - 1) + [block.status]
    return [(*step, status) for step, status in zip(shown, statuses, strict=False)]


def do_as_shown(todo: list[tuple[str, list[str], int]], run: Run) -> None:
    for (command, lines, status), real in zip(
        todo, run(*(step[0] for step in todo)) if todo else (), strict=True
    ):
        said = real.out + real.err
        assert real.status == status, f"{command}\n{said}"
        wrong = unlike(lines, said.splitlines())
        assert wrong is None, f"{command}\nshown, but not there: {wrong}\n\n{said}"


@pytest.mark.parametrize("block", [b for b in blocks("console") if b.page not in WRITING], ids=str)
def test_a_command_in_the_docs_does_what_is_shown(block: Block, run: Run) -> None:
    do_as_shown(steps(block), run)


@pytest.mark.parametrize("page", sorted(WRITING), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_page_that_writes_files_does_what_is_shown(page: Path, run: Run) -> None:
    todo: list[tuple[str, list[str], int]] = []
    for block in all_blocks(page):
        if block.file:
            folder = str(Path(block.file).parent)
            text = f"<<'END OF FILE'\n{block.body}END OF FILE"
            write = f"mkdir -p {folder} && cat > {block.file} {text}"
            todo.append((write, [], 0))
        elif block.mark == "console":
            todo += steps(block)
    do_as_shown(todo, run)


def test_the_readme_shows_the_whole_run() -> None:
    readme = [b for b in blocks("console") if b.page.name == "README.md"]
    assert any("offtake run examples/stargate" in b.body for b in readme)


@pytest.mark.parametrize(
    ("shown", "real", "wrong"),
    [
        (["a", "b"], ["a", "", "b"], None),
        (["a", "c"], ["a", "b", "c"], "c"),
        (["a", "...", "c"], ["a", "b", "c"], None),
        (["..."], ["a", "b"], None),
        (["took ... s", "..."], ["took 3.1 s", "more"], None),
        (["b", "..."], ["a", "b"], "b"),
        (["a"], ["a", "b"], "a"),
        ([], ["anything"], None),
    ],
)
def test_output_is_compared_line_by_line(
    shown: list[str], real: list[str], wrong: str | None
) -> None:
    assert unlike(shown, real) == wrong


def test_a_console_block_is_read_as_typed() -> None:
    body = "$ make demo\nnot run\n$ offtake check \\\n>   examples/x\nfine\n\n$ sed -i s/a/b/ f\n"
    assert list(session(body)) == [
        ("offtake check   examples/x", ["fine"]),
        ("sed -i s/a/b/ f", []),
    ]


# --- Python -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", sorted({b.page for b in blocks("python")}), ids=lambda p: str(p.relative_to(ROOT))
)
def test_python_in_the_docs_runs(page: Path, run: Run) -> None:
    # Each block keeps its line numbers, so that a traceback names the line of the page.
    script = ""
    for block in blocks("python"):
        if block.page == page:
            script += "\n" * (block.line - script.count("\n")) + block.body
    written = {b.file: b.body for b in all_blocks(page) if b.file}
    written |= {beside.name: beside.read_text() for beside in (ROOT / "docs").glob("*.py")}
    (ran,) = run("python -W error page.py", files={"page.py": script, **written})
    assert ran.status == 0, ran.err


# --- parts of a book --------------------------------------------------------------------------


@pytest.mark.parametrize("block", blocks("yaml book"), ids=str)
def test_a_part_of_a_book_in_the_docs_has_no_fault(block: Block, run: Run) -> None:
    keys = set(re.findall(r"^(\w+):", block.body, re.M))
    if "book" in keys:
        files = {"doc/book.yaml": block.body}
    else:
        named = ["part.yaml"] + ([] if "parties" in keys else ["parties.yaml"])
        files = {
            "doc/book.yaml": BASE.replace("INCLUDED", ", ".join(named)),
            "doc/parties.yaml": PARTIES,
            "doc/part.yaml": block.body,
        }
    (ran,) = run("offtake check doc", files=files)
    assert ran.status == 0, ran.out + ran.err


def test_the_base_of_such_parts_is_a_book_itself(run: Run) -> None:
    text = BASE.replace("INCLUDED", "parties.yaml")
    (ran,) = run("offtake check doc", files={"doc/book.yaml": text, "doc/parties.yaml": PARTIES})
    assert ran.status == 0, ran.out + ran.err
