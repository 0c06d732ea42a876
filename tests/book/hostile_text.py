"""Texts that are no book: what YAML can do that a book cannot, and what is no text at all."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

from .hostile_parts import GOOD, NEED, OFFER, Case, including, instead, more, with_header
from .writing import HEADER, PARTIES, START

_LAUGHS = "a0: &a0 [ha, ha]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
)
_DIGITS = "9" * 1_000_000


def _zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("book.yaml", GOOD)
    return file.getvalue()


def _tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        about = tarfile.TarInfo("book.yaml")
        about.size = len(GOOD)
        archive.addfile(about, io.BytesIO(GOOD.encode()))
    return file.getvalue()


TEXT: dict[str, Case] = {
    "a YAML bomb": ({"book.yaml": START + _LAUGHS}, "yaml-alias", "book.yaml:11:10"),
    "an anchor": (more("sites: &s []\n"), "yaml-anchor", "book.yaml:10:8"),
    "an alias of nothing": (more("sites: *s\n"), "yaml-alias", "book.yaml:10:8"),
    "a Python object": (
        more("sites: !!python/object/apply:os.system [touch x]\n"),
        "yaml-tag",
        "book.yaml:10:8",
    ),
    "a Python name as a key": (
        more("? !!python/name:os.system\n: 1\n"),
        "yaml-tag",
        "book.yaml:10",
    ),
    "a tag of its own": (more("sites: !secret x\n"), "yaml-tag", "book.yaml:10:8"),
    "a binary scalar": (more("- !!binary aGk=\n"), "yaml-tag", "book.yaml:10:3"),
    "a merge key": (more("<<: {offers: []}\n"), "yaml-merge", "book.yaml:10:1"),
    "a mapping as a key": (more("? {a: b}\n: c\n"), "yaml-key", "book.yaml:10:3"),
    "a key twice": (more("sites: []\nsites: []\n"), "duplicate-key", "book.yaml:11:1"),
    "a key of the reader": (more('"@place": here\n'), "reserved-key", "book.yaml:10:1"),
    "a reader's key in a record": (
        more('ventures: [{id: v, owners: {}, "@fields": {}}]\n'),
        "reserved-key",
        "book.yaml:10:32",
    ),
    "a value left out": (more("ventures: [{id: v, owners: }]\n"), "empty-value", "book.yaml:10"),
    "an empty item": (more("ventures: [~]\n"), "empty-value", "book.yaml:10:12"),
    "two documents": (more("---\nsites: []\n"), "yaml-documents", "book.yaml:10:1"),
    "ten thousand brackets": (more("sites: " + "[" * 10_000), "yaml-depth", "book.yaml:10"),
    "ten thousand braces": (more("sites: " + "{a: " * 10_000), "yaml-depth", "book.yaml:10"),
    "ten thousand dashes": (more("sites:\n" + "- " * 10_000), "yaml-depth", "book.yaml:11"),
    "an open bracket": (more("sites: [\n"), "yaml", "book.yaml:11"),
    "an open quote": (more("sites: '\n"), "yaml", "book.yaml"),
    "a tab": (more("sites:\n\t- x\n"), "yaml", "book.yaml:11"),
    "a version of YAML to come": ({"book.yaml": "%YAML 9.0\n---\n" + START}, "yaml", "book.yaml:1"),
    "a million digits": (
        instead("12 months", f"{_DIGITS} months"),
        "bad-duration",
        "book.yaml:4",
    ),
    "a million digits as a key": (more(f"{_DIGITS}: x\n"), "yaml", "book.yaml:10"),
    "an exponent": (
        with_header("discount: 1e3000000%"),
        "bad-share",
        "book.yaml:5:13",
    ),
    "not a number": (
        more(NEED + "base: 9 chips, shape: [.nan, NaN, inf]}\n"),
        "bad-number",
        "book.yaml:11",
    ),
    "infinity": (
        with_header("discount: inf%"),
        "bad-share",
        "book.yaml:5:13",
    ),
    "full-width digits": (
        instead("12 months", "\uff11\uff12 months"),
        "bad-duration",
        "book.yaml:4",
    ),
    "Arabic digits": (
        instead("2025-01-21", "\u0662\u0660\u0662\u0665-01-21"),
        "bad-date",
        "book.yaml:3:10",
    ),
    "a Cyrillic id": (
        instead("buyer: lab", "buyer: l\u0430b"),
        "bad-id",
        "book.yaml:2:10",
    ),
    "a day that does not exist": (
        instead("2025-01-21", "2025-02-29"),
        "bad-date",
        "book.yaml:3:10",
    ),
    "the year zero": (
        instead("2025-02,", "0000-02,"),
        "bad-month",
        "book.yaml:4",
    ),
    "a zone that is a path": (
        with_header("timezone: ../../etc/passwd"),
        "unknown-zone",
        "book.yaml:5:13",
    ),
    "a calendar that is a module": (
        with_header("calendar: os.system"),
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
    "an unknown part": (more("offerz: []\n"), "unknown-section", "book.yaml:10:1"),
    "a header in a second file": (
        including("b.yaml", b_yaml=HEADER),
        "unknown-section",
        "b.yaml:1",
    ),
}


MARKED: dict[str, Case] = {
    "an anchor on a key": (more("&k sites: []\n"), "yaml-anchor", "book.yaml:10:1"),
    "an alias as a key": (more("? *k\n: []\n"), "yaml-key", "book.yaml:10:3"),
    "an anchor on an item": (more("sites: [&s {}]\n"), "yaml-anchor", "book.yaml:10:9"),
    "an alias that holds itself": (more("sites: &s [*s]\n"), "yaml-alias", "book.yaml:10:12"),
    "a hundred thousand anchors": (
        more("sites:\n" + "".join(f"- &a{n} x\n" for n in range(100_000))),
        "yaml-anchor",
        "book.yaml:11:3",
    ),
    "a tag of a stranger": (
        {"book.yaml": "%TAG !e! tag:evil.example,2000:\n---\n" + START + "sites: !e!site []\n"},
        "yaml-tag",
        "book.yaml:12:8",
    ),
    "a tag without its handle": (more("sites: !e!site []\n"), "yaml", "book.yaml:10:8"),
    "a Python module": (
        more("sites: !!python/module:antigravity ''\n"),
        "yaml-tag",
        "book.yaml:10:8",
    ),
    "a Python new object": (
        more("sites: !!python/object/new:tuple [[1]]\n"),
        "yaml-tag",
        "book.yaml:10:8",
    ),
    "a set": (more("sites: !!set {a, b}\n"), "yaml-tag", "book.yaml:10:8"),
    "an ordered map": (more("sites: !!omap [a: 1]\n"), "yaml-tag", "book.yaml:10:8"),
    "a timestamp": (
        instead("as_of: 2025", "as_of: !!timestamp 2025"),
        "yaml-tag",
        "book.yaml:3:10",
    ),
    "a merge of an alias": (
        more(OFFER + "<<: *o, max: 9 chips}\n"),
        "yaml-merge",
        "book.yaml:11",
    ),
    "a merge of a list": (more("<<: [{a: b}, {c: d}]\n"), "yaml-merge", "book.yaml:10:1"),
    "a thousand keys twice": (
        more(OFFER + ", ".join(["max: 9 chips"] * 1_000) + "}\n"),
        "duplicate-key",
        "book.yaml:11",
    ),
    "a key twice with two quotes": (
        more("sites: []\n'sites': []\n"),
        "duplicate-key",
        "book.yaml:11:1",
    ),
    "a hundred documents": (more("---\na: b\n" * 100), "yaml-documents", "book.yaml:10:1"),
    "the end of a document, and more": (more("...\nsites: []\n"), "yaml", "book.yaml:11:1"),
    "two directives": ({"book.yaml": "%YAML 1.1\n%YAML 1.1\n---\n" + START}, "yaml", "book.yaml:2"),
    "a book in JSON with a comment": (
        {"book.yaml": '{"book": {"buyer": "lab"}, // here\n}'},
        "missing-field",
        "book.yaml:1:10",
    ),
}

DEEP: dict[str, Case] = {
    "a staircase of mappings": (
        more("".join(" " * n + "a:\n" for n in range(1_000))),
        "yaml-depth",
        "book.yaml:42",
    ),
    "keys within keys": (more("? " * 10_000 + "a\n"), "yaml-key", "book.yaml:10:3"),
    "brackets as a key": (more("? " + "[" * 10_000 + "\n: x\n"), "yaml-key", "book.yaml:10:3"),
    "mixed brackets": (more("sites: " + "[{a: " * 10_000), "yaml-depth", "book.yaml:10"),
    "a million closing brackets": (more("sites: " + "]" * 1_000_000), "yaml", "book.yaml:10:8"),
    "a million colons": (more("a" + ":" * 1_000_000 + "\n"), "yaml", "book.yaml:10:1000001"),
    "a line of spaces": (more(" " * 1_000_000 + "x\n"), "yaml", "book.yaml:10:1000001"),
    "a million comments, then nonsense": (
        more("#\n" * 1_000_000 + "}"),
        "yaml",
        "book.yaml:1000010",
    ),
    "an indicator alone": (more("@\n"), "yaml", "book.yaml:10:1"),
    "a block with an indent of zero": (more("sites: |0\n x\n"), "yaml", "book.yaml:10"),
    "a long escape": (more('sites: "\\UFFFFFFFF"\n'), "yaml", "book.yaml:10"),
    "a half of a pair": (more('sites: ["\\uD800"]\n'), "yaml", "book.yaml:10"),
    "two million empty lists": (
        {"book.yaml": START + "sites: [" + "[]," * 2_000_000 + "]\n"},
        "too-large",
        "book.yaml:10",
    ),
    "a hundred thousand sites that are words": (
        {"book.yaml": START + "sites: [" + "x," * 100_000 + "]\n"},
        "mapping-expected",
        "book.yaml:10",
    ),
    "a hundred thousand empty offers": (
        more("offers:\n" + "- {}\n" * 100_000),
        "missing-field",
        "book.yaml:11",
    ),
    "a record of a million fields": (
        more("ventures:\n- {id: v, " + ", ".join(f"f{n}: x" for n in range(1_000_000)) + "}\n"),
        "too-large",
        "book.yaml:11",
    ),
    "a hundred thousand sections": (
        more("".join(f"s{n}: []\n" for n in range(100_000))),
        "too-large",
        "book.yaml:20008",
    ),
}

LETTERS: dict[str, Case] = {
    "a Cyrillic part of the book": (
        more("\u0440arties: []\n"),
        "unknown-section",
        "book.yaml:10:1",
    ),
    "a full-width key": (
        instead("as_of:", "as_of: 2025-01-21\n  \uff41s_of:"),
        "unknown-field",
        "book.yaml:4:3",
    ),
    "a letter without width": (
        instead("buyer: lab", "buyer: la\u200bb"),
        "bad-id",
        "book.yaml:2:10",
    ),
    "a text that turns around": (
        instead("buyer: lab", "buyer: la\u202eb"),
        "bad-id",
        "book.yaml:2:10",
    ),
    "a key that turns around": (more("\u202esites: []\n"), "yaml-key", "book.yaml:10:1"),
    "a field that turns around": (
        more(OFFER + "max: 9 chips, \u2066term: 1 month}\n"),
        "yaml-key",
        "book.yaml:11",
    ),
    "a key without width": (more("\u200bsites: []\n"), "yaml-key", "book.yaml:10:1"),
    "a choice that turns around": (
        more(OFFER + "max: 9 chips, term: 1 month, kind: \u202etops}\n"),
        "unknown-choice",
        "book.yaml:11",
    ),
    "a combining mark": (instead("buyer: lab", "buyer: la\u0301b"), "bad-id", "book.yaml:2:10"),
    "a Turkish letter": (instead("buyer: lab", "buyer: \u0130lab"), "bad-id", "book.yaml:2:10"),
    "a superscript": (more(NEED + "base: 9\u00b2 chips}\n"), "bad-chips", "book.yaml:11"),
    "a space that does not break": (
        more(NEED + "base: 9\u00a0chips}\n"),
        "bad-chips",
        "book.yaml:11",
    ),
    "a minus that is a dash": (
        instead("2025-01-21", "2025\u201301\u201321"),
        "bad-date",
        "book.yaml:3:10",
    ),
    "a mark of byte order within": (more("\ufeffsites: []\n"), "yaml", "book.yaml:10:2"),
    "UTF-16 without a mark": ({"book.yaml": START.encode("utf-16-le")}, "yaml", "book.yaml:1"),
    "UTF-32": ({"book.yaml": START.encode("utf-32")}, "encoding", "book.yaml:1"),
    "UTF-32, the other way": ({"book.yaml": START.encode("utf-32-be")}, "yaml", "book.yaml:1"),
    "a letter written too long": (
        {"book.yaml": START.encode() + b"sites: \xc0\xaf\n"},
        "encoding",
        "book.yaml:1",
    ),
    "half a pair in UTF-8": (
        {"book.yaml": START.encode() + b"sites: \xed\xa0\x80\n"},
        "encoding",
        "book.yaml:1",
    ),
    "Latin-1": (
        {"book.yaml": START.replace("Lab", "Laborat\u00f3rio").encode("latin-1")},
        "encoding",
        "book.yaml:1",
    ),
    "a bell": (more("sites: \x07\n"), "yaml", "book.yaml:10"),
    "a delete": (more("sites: \x7f\n"), "yaml", "book.yaml:10"),
    "a second control set": (more("sites: \x9b31m\n"), "yaml", "book.yaml:10"),
    "an escape in quotes": (
        more('offers: [{id: "\\e[31mred"}]\n'),
        "bad-id",
        "book.yaml:10",
    ),
    "a NUL in quotes": (more('offers: [{id: "a\\0b"}]\n'), "bad-id", "book.yaml:10"),
    "a line break in an id": (more('offers: [{id: "a\\nb"}]\n'), "bad-id", "book.yaml:10"),
    "a line break in a key": (more('"a\\nb": []\n'), "yaml-key", "book.yaml:10"),
    "an escape in a key": (more('"\\e[2J": []\n'), "yaml-key", "book.yaml:10"),
    "an escape in a field": (more('offers: [{"\\e[2J": x}]\n'), "yaml-key", "book.yaml:10"),
    "an escape as a kind": (
        more('agreements: [{id: a, clauses: [{kind: "\\e[2J"}]}]\n'),
        "unknown-kind",
        "book.yaml:10",
    ),
    "a gzip file": (
        {"book.yaml": gzip.compress(GOOD.encode(), mtime=0)},
        "encoding",
        "book.yaml:1",
    ),
    "a zip file": ({"book.yaml": _zipped()}, "encoding", "book.yaml:1"),
    "a tar file": ({"book.yaml": _tarred()}, "yaml", "book.yaml:1"),
    "a program for a shell": ({"book.yaml": "#!/bin/sh\nrm -rf ~\n"}, "not-a-book", "book.yaml:1"),
    "a page of HTML": (
        {"book.yaml": "<html><script>x()</script></html>\n"},
        "not-a-book",
        "book.yaml:1",
    ),
}

ALL = {**TEXT, **MARKED, **DEEP, **LETTERS}
