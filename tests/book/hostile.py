"""Books written to break a reader: what is in the folder, and the fault it must give.

Run as a program (`python -m book.hostile FOLDER`, from `tests`) it reads each of them under an
audit hook and prints what came of it as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .writing import HEADER, KINDS, PARTIES, START, write

Files = dict[str, str | bytes]
SECRET = "parties: [{id: secret, name: what nobody may see}]\n"


def _with(include: str, **files: str | bytes) -> Files:
    """A good book that includes something, and the files beside it."""
    named = {name.replace("_csv", ".csv").replace("_yaml", ".yaml"): t for name, t in files.items()}
    text = HEADER.replace("12 months}", f"12 months}}\n  include: [{include}]") + PARTIES
    return {"book.yaml": text, **named}


def _offers(table: str | bytes) -> Files:
    return _with("offers.csv", offers_csv=table)


def _more(text: str) -> Files:
    return {"book.yaml": START + text}


_COLUMNS = "id,seller,chip,region,term,price,max\n"
_ROW = "o,cloud,h100,x,1 month,2 USD per chip-hour,9 chips\n"
_LAUGHS = "a0: &a0 [ha, ha]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
)
_TRACE = "demand:\n- {id: d, purpose: api, unit: h100, base: 9 chips, unserved: never, shape: "
_DIGITS = "9" * 10_000_000


def _trace(trace: str, name: str = "t.csv") -> Files:
    return {**_more(_TRACE + "{trace: " + name + "}}\n"), "t.csv": trace}


FILES: dict[str, tuple[Files, str, str]] = {
    "a YAML bomb": ({"book.yaml": START + _LAUGHS}, "yaml-alias", "book.yaml:11:10"),
    "an anchor": (_more("sites: &s []\n"), "yaml-anchor", "book.yaml:10:8"),
    "an alias of nothing": (_more("sites: *s\n"), "yaml-alias", "book.yaml:10:8"),
    "a Python object": (
        _more("sites: !!python/object/apply:os.system [touch x]\n"),
        "yaml-tag",
        "book.yaml:10:8",
    ),
    "a Python name as a key": (
        _more("? !!python/name:os.system\n: 1\n"),
        "yaml-tag",
        "book.yaml:10",
    ),
    "a tag of its own": (_more("sites: !secret x\n"), "yaml-tag", "book.yaml:10:8"),
    "a binary scalar": (_more("- !!binary aGk=\n"), "yaml-tag", "book.yaml:10:3"),
    "a merge key": (_more("<<: {offers: []}\n"), "yaml-merge", "book.yaml:10:1"),
    "a mapping as a key": (_more("? {a: b}\n: c\n"), "yaml-key", "book.yaml:10:3"),
    "a key twice": (_more("sites: []\nsites: []\n"), "duplicate-key", "book.yaml:11:1"),
    "a key of the reader": (_more('"@place": here\n'), "reserved-key", "book.yaml:10:1"),
    "a reader's key in a record": (
        _more('ventures: [{id: v, owners: {}, "@fields": {}}]\n'),
        "reserved-key",
        "book.yaml:10:32",
    ),
    "a value left out": (_more("ventures: [{id: v, owners: }]\n"), "empty-value", "book.yaml:10"),
    "an empty item": (_more("ventures: [~]\n"), "empty-value", "book.yaml:10:12"),
    "two documents": (_more("---\nsites: []\n"), "yaml-documents", "book.yaml:10:1"),
    "ten thousand brackets": (_more("sites: " + "[" * 10_000), "yaml-depth", "book.yaml:10"),
    "ten thousand braces": (_more("sites: " + "{a: " * 10_000), "yaml-depth", "book.yaml:10"),
    "ten thousand dashes": (_more("sites:\n" + "- " * 10_000), "yaml-depth", "book.yaml:11"),
    "an open bracket": (_more("sites: [\n"), "yaml", "book.yaml:11"),
    "an open quote": (_more("sites: '\n"), "yaml", "book.yaml"),
    "a tab": (_more("sites:\n\t- x\n"), "yaml", "book.yaml:11"),
    "a version of YAML to come": ({"book.yaml": "%YAML 9.0\n---\n" + START}, "yaml", "book.yaml:1"),
    "ten million digits": (
        {"book.yaml": START.replace("12 months", f"{_DIGITS} months")},
        "bad-duration",
        "book.yaml:4",
    ),
    "ten million digits as a key": (_more(f"{_DIGITS}: x\n"), "yaml", "book.yaml:10"),
    "an exponent": (
        {"book.yaml": START.replace("12 months}", "12 months}\n  discount: 1e3000000%")},
        "bad-share",
        "book.yaml:5:13",
    ),
    "not a number": (_more(_TRACE + "[.nan, NaN, inf]}\n"), "bad-number", "book.yaml:11"),
    "infinity": (
        {"book.yaml": START.replace("12 months}", "12 months}\n  discount: inf%")},
        "bad-share",
        "book.yaml:5:13",
    ),
    "full-width digits": (
        {"book.yaml": START.replace("12 months", "\uff11\uff12 months")},
        "bad-duration",
        "book.yaml:4",
    ),
    "Arabic digits": (
        {"book.yaml": START.replace("2025-01-21", "\u0662\u0660\u0662\u0665-01-21")},
        "bad-date",
        "book.yaml:3:10",
    ),
    "a Cyrillic id": (
        {"book.yaml": START.replace("buyer: lab", "buyer: l\u0430b")},
        "bad-id",
        "book.yaml:2:10",
    ),
    "a day that does not exist": (
        {"book.yaml": START.replace("2025-01-21", "2025-02-29")},
        "bad-date",
        "book.yaml:3:10",
    ),
    "the year zero": (
        {"book.yaml": START.replace("2025-02,", "0000-02,")},
        "bad-month",
        "book.yaml:4",
    ),
    "a zone that is a path": (
        {"book.yaml": START.replace("12 months}", "12 months}\n  timezone: ../../etc/passwd")},
        "unknown-zone",
        "book.yaml:5:13",
    ),
    "a calendar that is a module": (
        {"book.yaml": START.replace("12 months}", "12 months}\n  calendar: os.system")},
        "unknown-calendar",
        "book.yaml:5:13",
    ),
    "an empty file": ({"book.yaml": ""}, "not-a-book", "book.yaml:1"),
    "a list": ({"book.yaml": "- a\n"}, "not-a-book", "book.yaml:1"),
    "a word": ({"book.yaml": "book\n"}, "not-a-book", "book.yaml:1"),
    "no header": ({"book.yaml": PARTIES}, "no-book", "book.yaml:1"),
    "nothing": ({}, "no-file", "book.yaml:1"),
    "bytes": ({"book.yaml": bytes(range(256)) * 40}, "encoding", "book.yaml:1"),
    "broken UTF-8": ({"book.yaml": START.encode() + b"\xc3\x28"}, "encoding", "book.yaml:1"),
    "UTF-16": ({"book.yaml": START.encode("utf-16")}, "encoding", "book.yaml:1"),
    "a NUL": ({"book.yaml": START + "sites: \0\n"}, "yaml", "book.yaml:10"),
    "an escape sequence": ({"book.yaml": START + "sites: \x1b[31m\n"}, "yaml", "book.yaml:10"),
    "wrong types everywhere": (
        {
            "book.yaml": "book: [1]\nparties: {a: b}\nchips: x\noffers: [[1], x, {id: []}]\n"
            "agreements: [{clauses: {a: b}, id: {a: b}}]\nsites: [{phases: x, owners: []}]\n"
            "demand: [{shape: {a: [b]}, scenarios: [x], path: {x: y}}]\n"
        },
        "list-expected",
        "book.yaml:2",
    ),
    "an unknown part": (_more("offerz: []\n"), "unknown-section", "book.yaml:10:1"),
    "a header in a second file": (
        _with("b.yaml", b_yaml=HEADER),
        "unknown-section",
        "b.yaml:1",
    ),
}

INCLUDES: dict[str, tuple[Files, str, str]] = {
    "a path out": (_with("../secret.yaml"), "path-outside", "book.yaml:5"),
    "a path in and out": (_with("a/../../secret.yaml"), "path-outside", "book.yaml:5"),
    "an absolute path": (_with("/etc/passwd"), "path-outside", "book.yaml:5"),
    "a home": (_with("~/secret.yaml"), "path-outside", "book.yaml:5"),
    "a path for another system": (_with("..\\secret.yaml"), "path-name", "book.yaml:5"),
    "a list of lists": (_with("[a.yaml]"), "path-name", "book.yaml:5"),
    "a file that includes itself": (_with("book.yaml"), "included-twice", "book.yaml:5"),
    "two files that include each other": (
        _with("a.yaml", a_yaml="include: [b.yaml]\n", b_yaml="include: [a.yaml]\n"),
        "included-twice",
        "b.yaml:1",
    ),
    "a staircase of files": (
        {
            **_with("f0.yaml"),
            **{f"f{n}.yaml": f"include: [f{n + 1}.yaml]\n" for n in range(20)},
        },
        "include-depth",
        "f15.yaml:1",
    ),
    "a program": (_with("x.py", **{"x.py": "1"}), "file-kind", "book.yaml:5"),
    "a table of nobody knows what": (_with("x.csv", x_csv="a,b\n"), "table-name", "book.yaml:5"),
    "fifty thousand missing files": (
        _with(", ".join(["x.yaml"] * 50_000)),
        "too-many-files",
        "book.yaml:5",
    ),
    "no header in a table": (_offers("1,2,3\n"), "no-header", "offers.csv:1"),
    "an empty table": (_offers(""), "no-header", "offers.csv:1"),
    "an unknown column": (_offers("id,selller\n"), "unknown-column", "offers.csv:1"),
    "a column of the reader": (_offers("id,@place\n"), "unknown-column", "offers.csv:1"),
    "a column twice": (_offers("id,id\n"), "unknown-column", "offers.csv:1"),
    "too many cells": (_offers(_COLUMNS + _ROW[:-1] + ",x\n"), "row-length", "offers.csv:2"),
    "too few cells": (_offers(_COLUMNS + "o\n"), "row-length", "offers.csv:2"),
    "an open quote in a table": (_offers(_COLUMNS + '"o,cloud\n' + _ROW), "csv", "offers.csv:2"),
    "a NUL in a table": (_offers(_COLUMNS + _ROW + "\0"), "csv", "offers.csv:3"),
    "a cell of a million": (_offers(_COLUMNS + "o" * 1_000_000 + _ROW), "csv", "offers.csv:2"),
    "a long cell": (_offers(_COLUMNS + "o" * 100_000 + _ROW), "bad-id", "offers.csv:2"),
    "a cell that is code": (
        _offers(_COLUMNS + _ROW.replace("o,", "=cmd(),")),
        "bad-id",
        "offers.csv:2",
    ),
    "a thousand faulty rows": (
        _offers(_COLUMNS + "".join(f"o{n}" + _ROW[1:].replace("USD", "") for n in range(20_000))),
        "too-many-faults",
        "offers.csv:1001",
    ),
    "a binary table": (_offers(b"\x80\x81\x00"), "encoding", "offers.csv:1"),
    "a trace out of the book": (_trace("", "../t.csv"), "path-outside", "book.yaml:11"),
    "a trace that is no trace": (_trace("a,b\n1,2\n"), "bad-trace", "book.yaml:11"),
    "a trace of an hour": (
        _trace("timestamp\n2025-01-01 10:00:00\n"),
        "short-trace",
        "book.yaml:11",
    ),
    "a trace without times": (_trace("arrival\nnow\n"), "bad-trace", "book.yaml:11"),
    "a trace with words for tokens": (_trace("arrival,tokens\n1,x\n"), "bad-trace", "book.yaml:11"),
    "a shape that is a mapping": (_more(_TRACE + "{trace: [x]}}\n"), "bad-shape", "book.yaml:11"),
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


MADE: dict[str, tuple[Files, Callable[[Path], None], str, str]] = {
    "a link out": (_with("x.yaml"), _link("../secret.yaml"), "path-outside", "book.yaml:5"),
    "a link to a device": (_with("x.yaml"), _link("/dev/zero"), "path-outside", "book.yaml:5"),
    "a link to itself": (_with("x.yaml"), _link("x.yaml"), "path-outside", "book.yaml:5"),
    "a link to nothing": (_with("x.yaml"), _link("y.yaml"), "no-file", "book.yaml:5"),
    "a folder that is a link out": (
        _with("out/secret.yaml"),
        _parent_link,
        "path-outside",
        "book.yaml:5",
    ),
    "a pipe": (_with("x.yaml"), lambda f: os.mkfifo(f / "x.yaml"), "not-a-file", "book.yaml:5"),
    "a socket": (_with("x.yaml"), _socket, "not-a-file", "book.yaml:5"),
    "a folder as a file": (
        _with("x.yaml"),
        lambda f: (f / "x.yaml").mkdir(),
        "not-a-file",
        "book.yaml:5",
    ),
    "a file of zeros too large": (_with("x.yaml"), _large, "too-large", "book.yaml:5"),
    "ten thousand files": (
        _with(", ".join(f"x{n}.yaml" for n in range(10_001))),
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

EXPECTED = {
    **{name: (code, at) for name, (_, code, at) in {**FILES, **INCLUDES}.items()},
    **{name: (code, at) for name, (_, _, code, at) in MADE.items()},
}


def lay(folder: Path) -> None:
    """Write all of them, each into a folder of its own name, and one good book to begin with."""
    folder.mkdir(exist_ok=True)
    (folder / "secret.yaml").write_text(SECRET)
    write(folder / "good", _offers(_COLUMNS + _ROW))
    for name, (files, _, _) in {**FILES, **INCLUDES}.items():
        (folder / name).mkdir()
        write(folder / name, files)
    for name, (files, make, _, _) in MADE.items():
        (folder / name).mkdir()
        make(write(folder / name, files))


def main(folder: Path) -> None:
    """Read each; print the faults, the seconds, and every file opened where none may be."""
    from offtake.book.read import read

    assert read(folder / "good", KINDS).required().offers
    own = [sysconfig.get_path(n) for n in ("stdlib", "purelib", "platlib")]
    own += [*filter(None, sys.path), "/usr/share/zoneinfo", "/usr/lib/zoneinfo"]
    opened: list[str] = []
    root = ""

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes):
            path, flags = os.fsdecode(arguments[0]), arguments[2]
            # A single name is opened in a folder that is open already, and never through a link.
            step = "/" not in path and path != ".." and flags & os.O_NOFOLLOW
            if not step and path != root and not path.startswith(tuple(own)):
                opened.append(path)
        elif event.startswith(("subprocess", "socket", "os.system", "os.exec", "ctypes", "pickle")):
            opened.append(f"{event} {arguments}")

    sys.addaudithook(audit)
    results = {}
    for name in EXPECTED:
        root = os.path.realpath(folder / name)
        signal.alarm(20)
        begun = time.perf_counter()
        result = read(folder / name, KINDS)
        seconds = time.perf_counter() - begun
        faults = [[str(f.place), f.code, f"{f.sentence} {f.hint}"] for f in result.faults]
        results[name] = {"faults": faults, "seconds": seconds, "book": result.book is not None}
    signal.alarm(0)
    print(json.dumps({"results": results, "opened": opened}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
