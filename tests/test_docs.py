"""The docs are part of the contract: every command, clause kind and fault code has its place there.

What the docs show is run by `test_docs_run.py`; the conventions are in CONTRIBUTING.md.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import typer.main

from offtake.book.record import Record

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "offtake"
KINDS: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
    "entry-points"
]["offtake.clauses"]
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def pages() -> list[Path]:
    named = [ROOT / f"{n}.md" for n in ("README", "ARCHITECTURE", "CONTRIBUTING", "CHANGELOG")]
    return named + sorted(DOCS.rglob("*.md")) + sorted((ROOT / "examples").rglob("*.md"))


def called(path: Path) -> str:
    return str(path.relative_to(ROOT))


def without_code(text: str) -> str:
    return re.sub(r"^(`{3,}).*?^\1`*$", "", text, flags=re.M | re.S)


def headings(text: str) -> list[str]:
    """What the headings say, without marks."""
    found = re.findall(r"^#{1,6} +(.+?) *#*$", without_code(text), re.M)
    return [heading.replace("`", "") for heading in found]


# --- commands ---------------------------------------------------------------------------------


def commands() -> dict[str, set[str]]:
    """Each command of the CLI, with the long names of its options."""
    cli = importlib.import_module("offtake.cli")
    (app,) = [thing for thing in vars(cli).values() if isinstance(thing, typer.Typer)]

    def walk(command: Any, name: str) -> Iterator[tuple[str, set[str]]]:
        if hasattr(command, "commands"):
            for child, inner in command.commands.items():
                yield from walk(inner, f"{name} {child}".strip())
        elif not command.hidden:
            options = [p for p in command.params if not getattr(p, "hidden", False)]
            yield name, {o for p in options for o in p.opts if o.startswith("--")} - {"--help"}

    return dict(walk(typer.main.get_command(app), ""))


def section(name: str) -> str:
    """What the docs say of one command: its own page, or its part of docs/commands.md."""
    page = DOCS / "commands" / f"{name.replace(' ', '-')}.md"
    if page.exists():
        return page.read_text()
    text = (DOCS / "commands.md").read_text()
    parts = re.split(r"^(?=#{1,6} )", text, flags=re.M)
    return "".join(p for p in parts if headings(p)[:1] == [f"offtake {name}"])


def test_every_command_and_each_of_its_options_is_documented() -> None:
    known = commands()
    assert {"check", "plan", "rights", "run", "schema"} <= set(known)
    missing = []
    for name, options in known.items():
        text = section(name)
        missing += [f"{name} {option}" for option in options if option not in text]
        missing += [] if text else [name]
    assert not missing


# --- clause kinds -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_clause_kind_has_a_page_that_shows_it_in_a_book(kind: str) -> None:
    text = (DOCS / "clauses" / f"{kind}.md").read_text()
    assert headings(text)[0] == kind
    shown = re.findall(r"^```yaml book\n(.*?)^```", text, re.M | re.S)
    assert any(re.search(rf"\bkind: {kind}\b", block) for block in shown)


def test_no_page_is_left_of_a_kind_that_is_gone() -> None:
    found = {page.stem for page in (DOCS / "clauses").glob("*.md")} - {"README", "index"}
    assert found == set(KINDS)


# --- fault codes ------------------------------------------------------------------------------


def stated_codes() -> set[str]:
    """The codes of the book, and those of each clause kind."""
    codes = set(importlib.import_module("offtake.book.codes").CODES)
    for target in KINDS.values():
        module, _, name = target.partition(":")
        codes |= set(getattr(getattr(importlib.import_module(module), name), "codes", ()))
    return codes


def written_codes() -> dict[str, str]:
    """Codes written in the source where a fault is made, with the place of one use."""
    found = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("Fault", "Misread", "fault", "warning"):
                named = [k.value for k in node.keywords if k.arg == "code"]
                for value in [*node.args[1:2], *named]:
                    if isinstance(value, ast.Constant) and SLUG.fullmatch(str(value.value)):
                        found[str(value.value)] = f"{called(path)}:{node.lineno}"
    return found


def test_every_code_in_the_source_is_stated() -> None:
    written = written_codes()
    assert "unknown-field" in written
    assert not {code: at for code, at in written.items() if code not in stated_codes()}


def test_every_fault_code_has_a_heading_and_every_heading_is_a_code() -> None:
    explained = [h for h in headings((DOCS / "faults.md").read_text()) if SLUG.fullmatch(h)]
    assert len(explained) == len(set(explained))
    assert set(explained) == stated_codes()


def test_the_page_of_faults_is_what_its_script_makes() -> None:
    path = ROOT / "tools" / "faults_page.py"
    spec = importlib.util.spec_from_file_location("faults_page", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert (DOCS / "faults.md").read_text() == script.page(), "run: python tools/faults_page.py"


# --- the format of a book ---------------------------------------------------------------------


def records() -> dict[str, dict[str, bool]]:
    """Every record of a book that is no clause: the fields one may write, and which one must."""
    kinds = [
        thing
        for module in ("header", "records", "scope")
        for thing in vars(importlib.import_module(f"offtake.book.{module}")).values()
        if isinstance(thing, type) and issubclass(thing, Record) and thing is not Record
    ]
    return {
        kind.__name__: {
            info.alias or name: info.is_required()
            for name, info in kind.model_fields.items()
            if not (info.alias or name).startswith("@")
        }
        for kind in kinds
    }


def test_every_field_of_every_record_has_a_row_on_the_page_of_the_book() -> None:
    text = (DOCS / "book.md").read_text()
    parts = {headings(part)[0]: part for part in re.split(r"^(?=#{1,6} )", text, flags=re.M)[1:]}
    rows = {
        (name, field): row
        for name, part in parts.items()
        for row, field in re.findall(r"^(\| `([^`]+)` \|.*)$", part, re.M)
    }
    known = {
        (record, field): required
        for record, fields in records().items()
        for field, required in fields.items()
        if field not in ("source", "note")
    }
    shown = {key: "**" in row for key, row in rows.items() if key[0] in records()}
    assert shown == known
    assert {("Words that every record has", name) for name in ("source", "note")} <= set(rows)


# --- links ------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in headings(page.read_text())
    }


def dead_links(page: Path) -> Iterator[str]:
    text = re.sub(r"`[^`\n]*`", "", without_code(page.read_text()))
    for link in re.findall(r"\]\(([^)\s]+)(?: +\"[^\"]*\")?\)", text):
        name, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = (page.parent / name) if name else page
        inside = target.exists() and target.resolve().is_relative_to(ROOT.resolve())
        leads = inside or target == page
        if not leads or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            yield link


@pytest.mark.parametrize("page", pages(), ids=called)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert not list(dead_links(page))


def test_a_dead_link_is_found_out(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](no-such-file.md) [b](#no-such-heading) `[c](code.md)`\n")
    assert len(list(dead_links(page))) == 2
