"""Tables and traces that are none."""

from __future__ import annotations

from .hostile_parts import COLUMNS, GOOD, NEED, ROW, Case, including, more, offers, trace

_HOURS = "".join(f"2025-01-01T{hour:02d}:00:00\n" for hour in range(24))

ROWS: dict[str, Case] = {
    "no header in a table": (offers("1,2,3\n"), "no-header", "offers.csv:1"),
    "an empty table": (offers(""), "no-header", "offers.csv:1"),
    "an unknown column": (offers("id,selller\n"), "unknown-column", "offers.csv:1"),
    "a column of the reader": (offers("id,@place\n"), "unknown-column", "offers.csv:1"),
    "a column twice": (offers("id,id\n"), "unknown-column", "offers.csv:1"),
    "too many cells": (offers(COLUMNS + ROW[:-1] + ",x\n"), "row-length", "offers.csv:2"),
    "too few cells": (offers(COLUMNS + "o\n"), "row-length", "offers.csv:2"),
    "an open quote in a table": (offers(COLUMNS + '"o,cloud\n' + ROW), "csv", "offers.csv:2"),
    "a NUL in a table": (offers(COLUMNS + ROW + "\0"), "csv", "offers.csv:3"),
    "a cell of a million": (offers(COLUMNS + "o" * 1_000_000 + ROW), "csv", "offers.csv:2"),
    "a long cell": (offers(COLUMNS + "o" * 100_000 + ROW), "bad-id", "offers.csv:2"),
    "a cell that is code": (
        offers(COLUMNS + ROW.replace("o,", "=cmd(),")),
        "bad-id",
        "offers.csv:2",
    ),
    "a thousand faulty rows": (
        offers(COLUMNS + "".join(f"o{n}" + ROW[1:].replace("USD", "") for n in range(20_000))),
        "too-many-faults",
        "offers.csv:1001",
    ),
    "a binary table": (offers(b"\x80\x81\x00"), "encoding", "offers.csv:1"),
    "a trace out of the book": (trace("", "../t.csv"), "path-outside", "book.yaml:11"),
    "a trace that is no trace": (trace("a,b\n1,2\n"), "bad-trace", "book.yaml:11"),
    "a trace of an hour": (
        trace("timestamp\n2025-01-01 10:00:00\n"),
        "short-trace",
        "book.yaml:11",
    ),
    "a trace without times": (trace("arrival\nnow\n"), "bad-trace", "book.yaml:11"),
    "a trace with words for tokens": (trace("arrival,tokens\n1,x\n"), "bad-trace", "book.yaml:11"),
    "a shape that is a mapping": (
        more(NEED + "base: 9 chips, shape: {trace: [x]}}\n"),
        "bad-shape",
        "book.yaml:11",
    ),
}

TABLES: dict[str, Case] = {
    "a million columns": (
        offers(",".join(["id"] * 1_000_000) + "\n"),
        "unknown-column",
        "offers.csv:1",
    ),
    "a million unknown columns": (
        offers("id," + ",".join(f"c{n}" for n in range(1_000_000)) + "\n"),
        "unknown-column",
        "offers.csv:1",
    ),
    "a row of a million cells": (
        offers(COLUMNS + "," * 1_000_000 + "\n"),
        "row-length",
        "offers.csv:2",
    ),
    "a hundred thousand ragged rows": (
        offers(COLUMNS + "".join("o" + "," * (n % 9) + "\n" for n in range(100_000))),
        "row-length",
        "offers.csv:2",
    ),
    "a hundred thousand empty lines": (
        offers(COLUMNS + "\n" * 100_000 + "o\n"),
        "row-length",
        "offers.csv:100002",
    ),
    "sixty million empty lines": (offers(COLUMNS + "\n" * 60_000_000), "too-large", "offers.csv:1"),
    "a million rows": (
        offers(COLUMNS + "".join(f"o{n}{ROW[1:]}" for n in range(1_000_000))),
        "too-large",
        "offers.csv:1",
    ),
    "thirty thousand rows of one id": (
        offers(COLUMNS + ROW * 30_000),
        "duplicate-id",
        "offers.csv:3",
    ),
    "thirty thousand rows of a stranger": (
        offers(COLUMNS + "".join(f"o{n}{ROW[1:].replace('cloud', 'z')}" for n in range(30_000))),
        "unknown-party",
        "offers.csv:2",
    ),
    "a formula in a number": (
        offers(COLUMNS + ROW.replace("9 chips", "=1+1")),
        "bad-chips",
        "offers.csv:2",
    ),
    "a formula as a column": (offers("=cmd|'/C calc'!A0,id\n"), "unknown-column", "offers.csv:1"),
    "an escape as a column": (offers("id,\x1b[2J\n"), "unknown-column", "offers.csv:1"),
    "a column without width": (offers("id,sel\u200bler\n"), "unknown-column", "offers.csv:1"),
    "old line ends": (offers((COLUMNS + ROW).replace("\n", "\r")), "csv", "offers.csv:1"),
    "a quote within a cell": (offers(COLUMNS + '"o"x' + ROW[1:]), "csv", "offers.csv:2"),
    "a quote that spans the file": (
        offers(COLUMNS + '"' + ROW * 1_000),
        "csv",
        "offers.csv:2",
    ),
    "semicolons": (offers((COLUMNS + ROW).replace(",", ";")), "no-header", "offers.csv:1"),
    "a table with tabs": (offers((COLUMNS + ROW).replace(",", "\t")), "no-header", "offers.csv:1"),
    "a part of nothing": (offers("id,seller.\n"), "unknown-column", "offers.csv:1"),
    "a part of a part": (
        including("chips.csv", chips_csv="id,throughput.any.any,kw_it\nq,1,1 kW\n"),
        "unknown-purpose",
        "chips.csv:2",
    ),
    "a field in two ways": (
        including("chips.csv", chips_csv="id,throughput.any,throughput,kw_it\nq,1,1,1 kW\n"),
        "unknown-column",
        "chips.csv:1",
    ),
    "a table in UTF-16": (offers((COLUMNS + ROW).encode("utf-16")), "encoding", "offers.csv:1"),
    "a spreadsheet": (offers(b"PK\x03\x04\x14\x00\xfc\xff"), "encoding", "offers.csv:1"),
    "a table that is a book": (offers(GOOD), "no-header", "offers.csv:1"),
}

TRACES: dict[str, Case] = {
    "a binary trace": (trace(bytes(range(256))), "encoding", "book.yaml:11"),
    "a trace with a NUL": (trace("arrival\n1\n\0\n"), "bad-trace", "book.yaml:11"),
    "a trace of times beyond all times": (
        trace("arrival\n" + "9" * 13 + "\n"),
        "bad-trace",
        "book.yaml:11",
    ),
    "a trace of infinity": (trace("arrival\ninf\n"), "bad-trace", "book.yaml:11"),
    "a trace before time": (trace("arrival\n-1\n"), "bad-trace", "book.yaml:11"),
    "a trace with an exponent": (trace("arrival\n1e9\n"), "bad-trace", "book.yaml:11"),
    "a trace at hour 24": (
        trace("timestamp\n2025-01-01T24:00:00\n"),
        "bad-trace",
        "book.yaml:11",
    ),
    "a trace of no tokens": (
        trace("timestamp,tokens\n" + _HOURS.replace("\n", ",0\n")),
        "bad-trace",
        "book.yaml:11",
    ),
    "a trace of negative tokens": (
        trace("timestamp,tokens\n" + _HOURS.replace("\n", ",-1\n")),
        "bad-trace",
        "book.yaml:11",
    ),
    "a trace of thirteen digits of tokens": (
        trace("timestamp,tokens\n" + _HOURS.replace("\n", f",{'9' * 13}\n")),
        "bad-trace",
        "book.yaml:11",
    ),
    "a ragged trace": (trace("timestamp,x\n" + _HOURS), "bad-trace", "book.yaml:11"),
    "a trace that stops at noon": (
        trace("timestamp\n" + _HOURS[: 12 * 20]),
        "short-trace",
        "book.yaml:11",
    ),
    "a trace of a million columns": (
        trace("arrival," + "x," * 1_000_000 + "\n1\n"),
        "bad-trace",
        "book.yaml:11",
    ),
    "a trace of half a million arrivals, then a word": (
        trace("arrival\n" + "".join(f"{n}\n" for n in range(500_000)) + "now\n"),
        "bad-trace",
        "book.yaml:11",
    ),
}

ALL = {**ROWS, **TABLES, **TRACES}
