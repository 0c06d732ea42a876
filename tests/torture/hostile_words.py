"""Words on the command line, files of bids, keys and places to write to that others hand in."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

from desk.saying import CHIP
from offtake.desk import events as ev
from signed.desks import SOLD, opened, signed, text
from tender.staged import BOOK

from .hostile_case import Case, Make, nothing

MIB = 1024 * 1024
DEEP = "[" * 100_000
AS = ("--as", "far")
PRICE = ("--price", "2 USD per chip-hour")
LOT = ("--chip", "h100", "--region", "us", "--start", "2026-04", "--months", "12")
KEYS = {
    "a line end": ("a\nb", 2),
    "a NUL": ("a\0b", 2),
    "a million letters": ("x" * MIB, 2),
    "half a pair of letters": ("a\ud800b", 2),
    "no letters": ("", 2),
    "spaces": ("   ", 2),
    "a sign that steers": ("\x1b[2J", 2),
    "a sign that turns around": ("a\u202eb", 2),
    "the key of the founding": ("found", 2),
    "a way out": ("../../outside/x", 0),
    "a root": ("/etc/cron.d/x", 0),
    "quotes and braces": ('"},{"a":"', 0),
    "a backslash": ("a\\u0000\\", 0),
    "a folder": (".", 0),
    "two dots": ("..", 0),
    "another's receipt": ("1.json/../lab-x", 0),
    "two hundred letters of four bytes": ("\U0001f511" * 200, 0),
}
NUMBERS = {
    "a power": "1e3000000",
    "digits of another script": "\uff11\uff12",
    "a raised two": "\u00b2",
    "none": "NaN",
    "infinity": "Infinity",
    "4,000 digits": "9" * 4_000,
    "a million digits": "9" * MIB,
    "less than nothing": "-1",
    "nothing": "0",
    "underscores": "1_000",
    "spaces": " 9 ",
    "hexadecimal": "0x10",
    "a NUL": "9\x00",
    "10^18": "9" * 18,
}
INSTANTS = {
    "words": "tomorrow",
    "digits of another script": "\uff12026-01-14T15:00:00Z",
    "the year 10000": "10000-01-01T00:00:00Z",
    "the year 9999": "9999-12-31T23:59:59.999999999Z",
    "before 1970": "1969-12-31T23:59:59Z",
    "a leap second": "2026-06-30T23:59:60Z",
    "a zone that is none": "2026-01-14T15:00:00+25:00",
    "a million digits": "2026-01-14T15:00:00." + "9" * MIB + "Z",
    "a line end": "2026-01-14T15:00:00Z\n",
    "nothing": "",
}
NAMES = {
    "climbs": "../../x",
    "has a root": "/etc/passwd",
    "is no name": "U U",
    "has a NUL": "u\0",
    "has a million letters": "u" * MIB,
    "half a pair of letters": "\ud800",
    "steers": "\x1b[2Ju",
    "turns around": "\u202eu",
    "nothing": "",
}


def bid_file(content: bytes) -> Make:
    return lambda box: (box / "b.yaml").write_bytes(content)


def said(words: str) -> bytes:
    return words.encode()


GOOD = "price: 2 USD per chip-hour\nchips: 9 chips\n"
BIDS: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 1),
    "zeros": (bytes(1000), 1),
    "brackets": (said(DEEP), 1),
    "brackets closed": (said(f"price: {DEEP}{DEEP.replace('[', ']')}\n"), 1),
    "UTF-16": (GOOD.encode("utf-16"), 2),
    "gzip": (gzip.compress(said(GOOD)), 2),
    "bytes that are no text": (said(GOOD) + b"\xff", 2),
    "half a pair of letters": (said(GOOD + 'contingent: "\\ud800"\n'), 1),
    "a field twice": (said(GOOD + "chips: 10 chips\n"), 1),
    "laughter": (said("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"), 1),
    "a tag": (said("price: !!python/object/apply:os.system [touch x]\n"), 1),
    "two documents": (said(f"---\n{GOOD}---\n{GOOD}"), 1),
    "a price with a power": (said("price: 1e3000000 USD per chip-hour\nchips: 9 chips\n"), 1),
    "a price that is none": (said("price: NaN USD per chip-hour\nchips: 9 chips\n"), 1),
    "chips of 4,000 digits": (said(f"price: 2 USD per chip-hour\nchips: {'9' * 4000} chips\n"), 1),
    "chips of another script": (said("price: 2 USD per chip-hour\nchips: \uff19 chips\n"), 1),
    "a term of 10^9 years": (said(GOOD + "term: 1000000000 years\n"), 1),
    "a bidder that climbs": (said(GOOD + "bidder: ../near\n"), 1),
    "another bidder": (said(GOOD + "bidder: near\n"), 1),
    "a host that climbs": (said(GOOD + "via: [../../x]\n"), 1),
    "an offer that climbs": (said(GOOD + "offer: /etc/passwd\n"), 1),
    "a condition that steers": (said(GOOD + 'contingent: "\\e[2J"\n'), 5),
    "a hundred thousand rebates": (
        said(GOOD + "rebates:\n" + "- {month: 1, amount: 1 USD}\n" * 30_000),
        0,
    ),
    "an inclusion": (said(GOOD + "include: [../outside/secret]\n"), 1),
    "more than a bid ever is": (said(GOOD + "#" * 2 * MIB), 2),
}


def files(name: str) -> dict[str, tuple[Make, int]]:
    """What is no file, under the name of one."""
    return {
        "that is not there": (nothing, 1),
        "that is a folder": (lambda box: (box / name).mkdir(), 2),
        "that is a pipe": (lambda box: os.mkfifo(box / name), 2),
        "that is zeros without end": (lambda box: (box / name).symlink_to("/dev/zero"), 2),
        "that is a link to itself": (lambda box: (box / name).symlink_to(name), 1),
    }


def keys(change: Callable[[Path], object]) -> Make:
    """The folder of the desk's keys, changed."""

    def make(box: Path) -> None:
        (folder,) = (box.parent / "keys").iterdir()
        change(folder)

    return make


def _replaced(path: Path, lay: Callable[[Path], object]) -> None:
    path.unlink()
    lay(path)


def _short(path: Path) -> None:
    path.write_bytes(b"x" * 31)
    path.chmod(0o600)


KEYS_CHANGED: dict[str, Callable[[Path], object]] = {
    "that others may enter": lambda folder: folder.chmod(0o755),
    "that others may read": lambda folder: (folder / "sign.key").chmod(0o644),
    "without a key": lambda folder: (folder / "own.key").unlink(),
    "without the key of signatures": lambda folder: (folder / "sign.key").unlink(),
    "with a key too short": lambda folder: _short(folder / "sign.key"),
    "with a key too long": lambda folder: (folder / "sign.key").write_bytes(bytes(range(33))),
    "with a key of zeros": lambda folder: (folder / "sign.key").write_bytes(bytes(32)),
    "with another key": lambda folder: (folder / "sign.key").write_bytes(b"k" * 32),
    "with a link for a key": lambda folder: _replaced(
        folder / "sign.key", lambda path: path.symlink_to("../../outside/secret")
    ),
    "with a pipe for a key": lambda folder: _replaced(folder / "own.key", _pipe),
    "with a folder for a key": lambda folder: _replaced(folder / "own.key", Path.mkdir),
    "that is a file": lambda folder: (_emptied(folder), folder.write_bytes(b"")),
}


KEYS_GONE = {"without the key of signatures", "that is a file"}


def _pipe(path: Path) -> None:
    os.mkfifo(path, 0o600)


def _emptied(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


OUTS: dict[str, tuple[Make, int]] = {
    "a folder": (lambda box: (box / "out").mkdir(), 1),
    "a pipe": (lambda box: os.mkfifo(box / "out"), 1),
    "a device": (lambda box: (box / "out").symlink_to("/dev/null"), 1),
    "a link out": (lambda box: (box / "out").symlink_to("../outside/secret"), 0),
    "a link to itself": (lambda box: (box / "out").symlink_to("out"), 0),
    "a file": (lambda box: (box / "out").write_text("before"), 0),
}
"""Where something is to be written; a link gives way to the file, what it leads to stays."""


def pulled(*happened: ev.Event, out: str = "", lay: Make = nothing) -> Make:
    """A book that names an exported journal, in which this happened."""

    def make(box: Path) -> None:
        words = BOOK.replace("book:\n", "book:\n  journals: [j.jsonl]\n", 1)
        (box / "book" / "book.yaml").write_text(words)
        (box / "book" / "j.jsonl").write_bytes(text(happened or SOLD))
        lay(box)

    return make


NAMED = {
    "climbs": "../../../outside/x",
    "has a root": "/outside/x",
    "steers": "\x1b[2J",
    "has a NUL": "a\0b",
    "has line ends": "a\nagreements:\n- x",
    "has a million letters": "a" * MIB,
}
LINKED: dict[str, Make] = {
    "a link out": lambda box: (box / "book" / "signed").symlink_to("../../outside"),
    "a file": lambda box: (box / "book" / "signed").write_text(""),
}

ALL: dict[str, Case] = {}
for _name, (_word, _status) in KEYS.items():
    ALL[f"a key, {_name}"] = Case(
        ("tender", "bid", "book", "t", *AS, *PRICE, "--key", _word), _status, ""
    )
    ALL[f"a receipt asked for, {_name}"] = Case(
        ("tender", "receipt", "book", _word, *AS), 2, "sent no command under the key"
    )
for _name, _word in NUMBERS.items():
    ALL[f"a number of chips, {_name}"] = Case(
        ("tender", "bid", "book", "t", *AS, *PRICE, "--chips", _word),
        5 if _word == "0" else 2,
        "bid-empty" if _word == "0" else "--chips",
        printed=_word == "0",
    )
    ALL[f"a price, {_name}"] = Case(
        ("tender", "bid", "book", "t", *AS, "--price", f"{_word} USD per chip-hour"),
        0 if _word == "0" else 2,
        "" if _word == "0" else "--price",
    )
    ALL[f"a round, {_name}"] = Case(("tender", "notice", "book", "t", "--again", _word), 2, "")
for _name, _word in INSTANTS.items():
    ALL[f"an hour, {_name}"] = Case(("tender", "list", "book", "--at", _word), 2, "--at")
    ALL[f"a letter's hour, {_name}"] = Case(
        (
            "tender",
            "attest",
            "book",
            "t",
            "waive",
            "--from",
            "near",
            "--received",
            _word,
            "--evidence",
            "ab" * 32,
            "--person",
            "a",
            "--person",
            "b",
        ),
        2,
        "",
    )
for _name, _word in NAMES.items():
    if _word:
        ALL[f"a tender's name {_name}"] = Case(
            ("tender", "open", "book", *LOT, "--chips", "9", "--tender", _word), 2, "--tender"
        )
    ALL[f"a tender looked for {_name}"] = Case(("tender", "show", "book", _word), 2, "")
    ALL[f"a party {_name}"] = Case(("tender", "list", "book", "--as", _word), 2, "")
    ALL[f"a store's name {_name}"] = Case(
        ("tender", "list", "book", "--desk", _word), 1 if len(_word) > 7 else 2, ""
    )
    ALL[f"a cause looked for {_name}"] = Case(("trace", _word, "book"), 2, "")
for _name, (_content, _status) in BIDS.items():
    ALL[f"a bid of {_name}"] = Case(
        ("tender", "bid", "book", "t", "b.yaml", *AS),
        _status,
        "b.yaml" if 0 < _status < 5 else "",
        bid_file(_content),
        printed=_status in (1, 5),
    )
for _name, (_make, _status) in files("b.yaml").items():
    ALL[f"a bid {_name}"] = Case(
        ("tender", "bid", "book", "t", "b.yaml", *AS), _status, "b.yaml", _make
    )
    ALL[f"a bid to be sealed {_name}"] = Case(
        ("tender", "seal", "t", "b.yaml", *AS, "--buyer", "lab"), _status, "b.yaml", _make
    )
    ALL[f"terms {_name}"] = Case(
        ("tender", "revise", "book", "t", "b.yaml", *AS), _status, "b.yaml", _make
    )
for _name, (_make, _status) in files("s.json").items():
    ALL[f"a secret {_name}"] = Case(
        ("tender", "reveal", "book", "t", "s.json", *AS), _status, "s.json", _make
    )
for _name, (_make, _status) in files("e").items():
    ALL[f"evidence {_name}"] = Case(
        ("tender", "notice", "book", "t", "--evidence", "e"), 2, "neither a file", _make
    )
for _name, _secret in {
    "brackets": DEEP,
    "a list": "[]",
    "a number": "1e3000000",
    "nothing": "",
    "a bid of words": '{"bid": "x"}',
    "a bid of a list": '{"bid": []}',
    "a salt of another script": json.dumps({"bid": {}, "salt": "\uff11" * 64}),
}.items():
    ALL[f"a secret of {_name}"] = Case(
        ("tender", "reveal", "book", "t", "s.json", *AS),
        2,
        "s.json",
        lambda box, words=_secret: (box / "s.json").write_text(words),  # type: ignore[misc]
    )
for _name, _change in KEYS_CHANGED.items():
    _status = 2 if _name in KEYS_GONE else 1
    ALL[f"a folder of keys {_name}"] = Case(("tender", "list", "book"), _status, "", keys(_change))
    ALL[f"a folder of keys {_name}, written to"] = Case(
        ("tender", "bid", "book", "t", *AS, *PRICE), _status, "", keys(_change)
    )
for _name, (_make, _status) in OUTS.items():
    ALL[f"an export to {_name}"] = Case(
        ("tender", "export", "book", "--to", "out"),
        2,
        "out",
        _make,
        readable=("/dev/null",),
    )
    ALL[f"a receipt to {_name}"] = Case(
        ("tender", "receipt", "book", "far-1", *AS, "--to", "out"),
        _status,
        "out",
        _make,
        readable=("/dev/null",),
    )
    ALL[f"a backup to {_name}"] = Case(
        ("tender", "backup", "book", "out"), 1, "out", _make, readable=("/dev/null",)
    )
    ALL[f"the checker to {_name}"] = Case(
        ("verify", "--alone", "out"),
        0 if "itself" in _name else 2,
        "out",
        _make,
        readable=("/dev/null",),
    )
for _name, _make in {
    "a link out": lambda box: _receipts(box).symlink_to("../../outside"),
    "a file": lambda box: _receipts(box).write_text(""),
    "a link to nothing": lambda box: _receipts(box).symlink_to("../../outside/none"),
}.items():
    ALL[f"receipts that are {_name}"] = Case(
        (
            "tender",
            "declare",
            "book",
            "far",
            "--chip",
            "h100",
            "--region",
            "us",
            "--chips",
            "2000",
            "--key",
            "once",
        ),
        2,
        "is no folder",
        _make,
    )
for _name, _word in NAMED.items():
    for _verb in (("book", "pull", "book"), ("check", "book")):
        ALL[f"an agreement whose name {_name}, {_verb[-2]}"] = Case(
            _verb, 1, "", pulled(opened(chip=CHIP), signed(_word)), printed=True
        )
for _name, _lay in LINKED.items():
    ALL[f"a pull into {_name}"] = Case(
        ("book", "pull", "book"), 1, "", pulled(lay=_lay), printed=True
    )
for _name, _word in {"climbs": "../../outside", "has a root": "/etc", "is the book": "."}.items():
    ALL[f"a pull to a folder that {_name}"] = Case(
        ("book", "pull", "book", "--out", _word), 2, "is not in the book's folder", pulled()
    )


def _receipts(box: Path) -> Path:
    """The name of the folder of receipts, which is free then."""
    folder = box / "book" / "receipts"
    _emptied(folder)
    return folder
