"""Names and links that lead out of a book, and files that are none."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from .hostile_parts import COLUMNS, ROW, Case, Files, including, trace

Made = tuple[Files, Callable[[Path], None], str, str]
"""A case that needs more than files with text: what else is made in its folder."""

INCLUDES: dict[str, Case] = {
    "a path out": (including("../secret.yaml"), "path-outside", "book.yaml:5"),
    "a path in and out": (including("a/../../secret.yaml"), "path-outside", "book.yaml:5"),
    "an absolute path": (including("/etc/passwd"), "path-outside", "book.yaml:5"),
    "a home": (including("~/secret.yaml"), "path-outside", "book.yaml:5"),
    "a path for another system": (including("..\\secret.yaml"), "path-name", "book.yaml:5"),
    "a list of lists": (including("[a.yaml]"), "path-name", "book.yaml:5"),
    "a file that includes itself": (including("book.yaml"), "included-twice", "book.yaml:5"),
    "two files that include each other": (
        including("a.yaml", a_yaml="include: [b.yaml]\n", b_yaml="include: [a.yaml]\n"),
        "included-twice",
        "b.yaml:1",
    ),
    "a staircase of files": (
        {
            **including("f0.yaml"),
            **{f"f{n}.yaml": f"include: [f{n + 1}.yaml]\n" for n in range(20)},
        },
        "include-depth",
        "f15.yaml:1",
    ),
    "a program": (including("x.py", **{"x.py": "1"}), "file-kind", "book.yaml:5"),
    "a table of nobody knows what": (
        including("x.csv", x_csv="a,b\n"),
        "table-name",
        "book.yaml:5",
    ),
    "fifty thousand missing files": (
        including(", ".join(["x.yaml"] * 50_000)),
        "too-many-faults",
        "book.yaml:5",
    ),
}


def _link(target: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "x.yaml").symlink_to(target)


def _socket(folder: Path) -> None:
    here = os.getcwd()
    os.chdir(folder)  # A socket's path has a hundred characters at most.
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("x.yaml")
    os.chdir(here)


def _only_a_file(folder: Path) -> None:
    folder.rmdir()
    folder.touch()


def _parent_link(folder: Path) -> None:
    (folder / "out").symlink_to("..")


def _large(folder: Path) -> None:
    with (folder / "x.yaml").open("wb") as file:
        file.truncate(70 * 1024 * 1024)


def _many(folder: Path) -> None:
    for n in range(10_001):
        (folder / f"x{n}.yaml").touch()


MADE: dict[str, Made] = {
    "a link out": (including("x.yaml"), _link("../secret.yaml"), "path-outside", "book.yaml:5"),
    "a link to a device": (including("x.yaml"), _link("/dev/zero"), "path-outside", "book.yaml:5"),
    "a link to itself": (including("x.yaml"), _link("x.yaml"), "path-outside", "book.yaml:5"),
    "a link to nothing": (including("x.yaml"), _link("y.yaml"), "no-file", "book.yaml:5"),
    "a folder that is a link out": (
        including("out/secret.yaml"),
        _parent_link,
        "path-outside",
        "book.yaml:5",
    ),
    "a pipe": (including("x.yaml"), lambda f: os.mkfifo(f / "x.yaml"), "not-a-file", "book.yaml:5"),
    "a socket": (including("x.yaml"), _socket, "not-a-file", "book.yaml:5"),
    "a folder as a file": (
        including("x.yaml"),
        lambda f: (f / "x.yaml").mkdir(),
        "not-a-file",
        "book.yaml:5",
    ),
    "a file of zeros too large": (including("x.yaml"), _large, "too-large", "book.yaml:5"),
    "ten thousand files": (
        including(", ".join(f"x{n}.yaml" for n in range(10_001))),
        _many,
        "too-many-files",
        "book.yaml:5",
    ),
    "a book that is a folder": (
        {},
        lambda f: (f / "book.yaml").mkdir(),
        "not-a-file",
        "book.yaml:1",
    ),
    "a root that is a file": (
        {},
        _only_a_file,
        "no-book",
        "book.yaml:1",
    ),
    "a root that is not there": ({}, lambda f: f.rmdir(), "no-book", "book.yaml:1"),
}

NAMED: dict[str, Case] = {
    "a path of dots": (including("./././../secret.yaml"), "path-outside", "book.yaml:5"),
    "a path out of a folder that is none": (
        including("x.yaml/../../secret.yaml"),
        "path-outside",
        "book.yaml:5",
    ),
    "its own name with dots": (including("./x/../book.yaml"), "included-twice", "book.yaml:5"),
    "its own name in capitals": (including("BOOK.YAML"), "file-kind", "book.yaml:5"),
    "its own name with one capital": (including("Book.yaml"), "no-file", "book.yaml:5"),
    "a table in capitals": (
        including("OFFERS.csv", **{"OFFERS.csv": COLUMNS + ROW}),
        "table-name",
        "book.yaml:5",
    ),
    "an address": (including("https://evil.example/x.yaml"), "no-file", "book.yaml:5"),
    "an address of a file": (including("file:///etc/passwd"), "file-kind", "book.yaml:5"),
    "a variable": (including("$HOME/x.yaml"), "no-file", "book.yaml:5"),
    "a pattern": (including("'*.yaml'", a_yaml="parties: []\n"), "no-file", "book.yaml:5"),
    "a path in percent": (including("'%2e%2e/secret.yaml'"), "no-file", "book.yaml:5"),
    "a drive": (including("'C:x.yaml'"), "path-outside", "book.yaml:5"),
    "a name with a NUL": (including('"x\\0.yaml"'), "path-name", "book.yaml:5"),
    "a name with a line break": (including('"x\\n.yaml"'), "path-name", "book.yaml:5"),
    "a name that turns around": (including("x\u202elmay.yaml"), "path-name", "book.yaml:5"),
    "a name of a thousand letters": (including("x" * 990 + ".yaml"), "not-a-file", "book.yaml:5"),
    "a name of a million letters": (
        including("x" * 1_000_000 + ".yaml"),
        "path-name",
        "book.yaml:5",
    ),
    "a hundred folders deep": (including("a/" * 200 + "x.yaml"), "no-file", "book.yaml:5"),
    "a number as a name": (including("12"), "file-kind", "book.yaml:5"),
    "a dot": (including("."), "path-name", "book.yaml:5"),
    "a trace of the book": (trace("", "book.yaml"), "included-twice", "book.yaml:11"),
    "a list of files that is a word": (
        {**including("a.yaml"), "a.yaml": "include: b.yaml\n"},
        "list-expected",
        "a.yaml:1",
    ),
}


def _book(target: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "book.yaml").symlink_to(target)


def _loop(folder: Path) -> None:
    folder.rmdir()
    folder.symlink_to(folder.name)


def _pipe(folder: Path) -> None:
    folder.rmdir()
    os.mkfifo(folder)


def _two_links(folder: Path) -> None:
    (folder / "x.yaml").symlink_to("y.yaml")
    (folder / "y.yaml").symlink_to("x.yaml")


def _other_name(folder: Path) -> None:
    (folder / "x.yaml").symlink_to("book.yaml")


def _round(folder: Path) -> None:
    (folder / "a").mkdir()
    (folder / "a" / "b").symlink_to("../../a link with a way round/a")


def _table(target: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "offers.csv").symlink_to(target)


def _trace_pipe(folder: Path) -> None:
    (folder / "t.csv").unlink()
    os.mkfifo(folder / "t.csv")


LINKED: dict[str, Made] = {
    "a book that is a pipe": (
        {},
        lambda f: os.mkfifo(f / "book.yaml"),
        "not-a-file",
        "book.yaml:1",
    ),
    "a book that is a link out": ({}, _book("../secret.yaml"), "path-outside", "book.yaml:1"),
    "a book that is a device": ({}, _book("/dev/zero"), "path-outside", "book.yaml:1"),
    "a book that is chance": ({}, _book("/dev/urandom"), "path-outside", "book.yaml:1"),
    "a book that is nothing": ({}, _book("/dev/null"), "path-outside", "book.yaml:1"),
    "a book that is the environment": (
        {},
        _book("/proc/self/environ"),
        "path-outside",
        "book.yaml:1",
    ),
    "a book that is a link to nothing": ({}, _book("b.yaml"), "no-file", "book.yaml:1"),
    "a book that is a link to itself": ({}, _book("book.yaml"), "path-outside", "book.yaml:1"),
    "a root that is a link to itself": ({}, _loop, "no-book", "book.yaml:1"),
    "a root that is a pipe": ({}, _pipe, "no-book", "book.yaml:1"),
    "two links that point at each other": (
        including("x.yaml"),
        _two_links,
        "path-outside",
        "book.yaml:5",
    ),
    "the book by another name": (including("x.yaml"), _other_name, "included-twice", "book.yaml:5"),
    "a link with a way round": (
        including("a/b/b/b/b/x.yaml"),
        _round,
        "no-file",
        "book.yaml:5",
    ),
    "a table that is a link out": (
        including("offers.csv"),
        _table("/etc/passwd"),
        "path-outside",
        "book.yaml:5",
    ),
    "a table that is a device": (
        including("offers.csv"),
        _table("/dev/zero"),
        "path-outside",
        "book.yaml:5",
    ),
    "a trace that is a pipe": (trace(""), _trace_pipe, "not-a-file", "book.yaml:11"),
    "files of zeros, too large together": (
        including(", ".join(f"x{n}.yaml" for n in range(5))),
        lambda f: [os.truncate(_touched(f / f"x{n}.yaml"), 20 << 20) for n in range(5)] and None,
        "too-large",
        "book.yaml:5",
    ),
}


def _touched(path: Path) -> Path:
    path.touch()
    return path


ALL: dict[str, Case | Made] = {**INCLUDES, **NAMED, **MADE, **LINKED}
