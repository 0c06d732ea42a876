"""Exported journals and receipts that others hand in: to `offtake verify`, to the checker that
stands alone, and to a book that names them.

What whoever has a file can do to its bytes; and what a hostile desk can sign, every hash in place.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tender.staged import BOOK
from verify.courses import Data, Row, at_of, links_of, rows_of, signer, whole, written

from .hostile_case import WHOLE, Case, Make

SEED = 2
"""Of a life in which all of it happens."""
MIB = 1024 * 1024
DEEP = "[" * 100_000
DIGITS = "9" * 4_000


@cache
def good() -> tuple[bytes, ...]:
    """A sound journal."""
    return tuple(whole(SEED).lines())


@cache
def receipt() -> bytes:
    """A receipt of a command in it."""
    rows, who = rows_of(list(good())), signer(SEED)
    number = next(n for n in range(90, 124) if (rows[n].event or {}).get("by"))
    event = rows[number].event
    assert event is not None
    return who.receipt(event, links_of(rows, who)[number])


Change = Callable[[bytes], bytes]


def journal(change: Change) -> Make:
    """The sound journal, its bytes changed, as j.jsonl."""
    return lambda box: (box / "j.jsonl").write_bytes(change(b"".join(good())))


def signed(change: Callable[[list[Row]], object]) -> Make:
    """The journal as a desk would write it that lies: what it says is changed, every hash holds."""

    def make(box: Path) -> None:
        rows = rows_of(list(good()))
        change(rows)
        (box / "j.jsonl").write_bytes(b"".join(written(rows, signer(SEED), at_of(list(good())))))

    return make


def said(kind: str, field: str, value: Any) -> Make:
    """One field of the first event of a kind says something else; a path of names with dots."""

    def change(rows: list[Row]) -> None:
        *path, last = field.split(".")
        for row in rows:
            at: Any = row.event
            if at is None or at["type"] != kind:
                continue
            for name in path:
                at = at[name] if isinstance(at, dict) else at[0] if at else {}
            if last in at:
                at[last] = value
                return
        raise AssertionError(f"no {kind} says {field}")

    return signed(change)


def line(number: int, change: Change) -> Change:
    def changed(text: bytes) -> bytes:
        lines = text.splitlines(keepends=True)
        lines[number] = change(lines[number])
        return b"".join(lines)

    return changed


def laid(lay: Callable[[Path], object]) -> Make:
    return lambda box: lay(box / "j.jsonl")


def _again(rows: list[Row], kind: str, times: int) -> None:
    place = next(n for n, row in enumerate(rows) if row.event and row.event["type"] == kind)
    rows[place:place] = [rows[place]] * times


NOT_JOURNALS: dict[str, tuple[Make, str]] = {
    "no bytes": (journal(lambda text: b""), "empty"),
    "a line end": (journal(lambda text: b"\n"), "journal"),
    "zeros": (journal(lambda text: bytes(MIB)), "journal"),
    "gzip": (journal(gzip.compress), "journal"),
    "UTF-16": (journal(lambda text: text.decode().encode("utf-16")), "journal"),
    "a mark of byte order": (journal(lambda text: b"\xef\xbb\xbf" + text), "journal"),
    "a store": (laid(lambda path: path.write_bytes(b"SQLite format 3\0" * 300)), "journal"),
    "a list": (journal(lambda text: b"[" + text.replace(b"\n", b",") + b"]"), "journal"),
    "a book": (laid(lambda path: path.write_text(BOOK)), "journal"),
    "brackets": (journal(lambda text: DEEP.encode()), "journal"),
    "a receipt": (laid(lambda path: path.write_bytes(receipt())), "keys"),
    "a pipe": (laid(os.mkfifo), "empty"),
    "zeros without end": (laid(lambda path: path.symlink_to("/dev/zero")), "journal"),
    "a folder": (laid(lambda path: path.mkdir()), "Is a directory: j.jsonl"),
    "a link to itself": (laid(lambda path: path.symlink_to("j.jsonl")), "j.jsonl"),
    "not there": (laid(lambda path: None), "No such file or directory: j.jsonl"),
    "a file that may not be read": (laid(lambda path: (path.touch(), path.chmod(0))), ""),
}
"""What is no journal at all: one sentence."""


BREACHES: dict[str, Make] = {
    "its first line alone": journal(lambda text: text.splitlines(keepends=True)[0]),
    "no head": journal(lambda text: b"".join(text.splitlines(keepends=True)[:-1])),
    "two heads": journal(lambda text: text + text.splitlines(keepends=True)[-1]),
    "half of it": journal(lambda text: text[: len(text) // 2]),
    "no last line end": journal(lambda text: text[:-1]),
    "line ends of another system": journal(lambda text: text.replace(b"\n", b"\r\n")),
    "a NUL": journal(line(5, lambda one: one.replace(b'"number"', b'"num\0er"'))),
    "bytes that are no text": journal(line(5, lambda one: one.replace(b'"type"', b'"\xff\xfe"'))),
    "half a letter": journal(line(5, lambda one: one.replace(b'"type":"', b'"type":"\xc3'))),
    "half a pair of letters": journal(
        line(5, lambda one: one.replace(b'"type":"', b'"type":"\\ud800'))
    ),
    "a letter in another way": journal(
        line(5, lambda one: one.replace(b'"type"', b'"t\\u0079pe"'))
    ),
    "a key twice": journal(
        line(5, lambda one: one.replace(b'{"commitment"', b'{"commitment":"","commitment"'))
    ),
    "a key twice in an event": journal(
        line(5, lambda one: one.replace(b'"type":', b'"type":"Found","type":'))
    ),
    "a space": journal(line(5, lambda one: one.replace(b":", b": ", 1))),
    "a bare number": journal(line(5, lambda one: one.replace(b'"number":"4"', b'"number":4'))),
    "a number of a million digits": journal(
        line(5, lambda one: one.replace(b'"number":"4"', b'"number":"' + b"4" * MIB + b'"'))
    ),
    "a number with a power": journal(
        line(5, lambda one: one.replace(b'"number":"4"', b'"number":1e3000000'))
    ),
    "no number": journal(line(5, lambda one: one.replace(b'"number":"4"', b'"number":NaN'))),
    "digits of another script": journal(
        line(5, lambda one: one.replace(b'"number":"4"', '"number":"\uff14"'.encode()))
    ),
    "brackets for an event": journal(
        line(5, lambda one: b'{"commitment":"' + b"0" * 64 + b'","event":' + DEEP.encode() + b"\n")
    ),
    "brackets closed": journal(
        line(
            5,
            lambda one: one.replace(
                b'"type"', b'"a":' + b"[" * 100_000 + b"]" * 100_000 + b',"type"'
            ),
        )
    ),
    "braces": journal(line(5, lambda one: b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n")),
    "a line of two hundred million letters": laid(
        lambda path: _sparse(path, b"".join(good()[:5]), 200 * MIB)
    ),
    "a first line without end": laid(lambda path: _sparse(path, b'{"', 200 * MIB)),
    "brackets for a head": journal(line(-1, lambda one: DEEP.encode() + b"\n")),
    "a head over 10^18": journal(
        line(-1, lambda one: one.replace(b'"size":"', b'"size":"' + b"9" * 17))
    ),
    "a head at no time": journal(line(-1, lambda one: one.replace(b'"at":"2', b'"at":"9'))),
    "a head of NUL": journal(line(-1, lambda one: one.replace(b'"root":"', b'"root":"\\u0000'))),
    "a key of no point": journal(line(0, lambda one: json_of(one, key="ff" * 32))),
    "a key of zeros": journal(line(0, lambda one: json_of(one, key="00" * 32))),
    "a desk with line ends": journal(line(0, lambda one: json_of(one, desk="a\n" * 16))),
    "a later format": journal(line(0, lambda one: json_of(one, format="2"))),
    "a format of another script": journal(line(0, lambda one: json_of(one, format="\uff11"))),
    "an entry a hundred times": signed(lambda rows: _again(rows, "Declared", 100)),
    "a tender opened twice": signed(lambda rows: _again(rows, "TenderOpened", 1)),
    "an event of nobody knows what": said("Declared", "type", "Exploded"),
    "an event of no kind": said("Declared", "type", ["Declared"]),
    "an event of a thousand letters a line": said("Declared", "type", "\x1b[2J\n" * 1000),
    "an instant before time": said("Declared", "at", "0000-01-01T00:00:00.000000000Z"),
    "an instant that is none": said("Declared", "at", "2025-02-30T25:61:61.000000000Z"),
    "an instant of another script": said("Declared", "at", "\uff12025-01-21T17:00:00.000000000Z"),
    "an instant that is a list": said("Declared", "at", []),
    "chips of 4,000 digits": said("Declared", "chips", DIGITS),
    "chips of a million digits": said("Declared", "chips", "9" * MIB),
    "chips with a power": said("Declared", "chips", "1e3000000"),
    "chips that are none": said("Declared", "chips", "NaN"),
    "chips below nothing": said("Declared", "chips", "-1"),
    "chips of another script": said("Declared", "chips", "\uff11\uff12"),
    "chips that are a mapping": said("Declared", "chips", {"a": ["b"]}),
    "a party that steers the terminal": said("Declared", "party", "\x1b]0;x\x07\x1b[2J\n\u202e"),
    "a lot of 4,000 digits": said("TenderOpened", "lot.chips", DIGITS),
    "a lot that is a word": said("TenderOpened", "lot", "h100"),
    "a bidding time of 10^18 days": said("TenderOpened", "bidding.count", "9" * 18),
    "a bidding time of 10^9 business days": said(
        "TenderOpened", "bidding", {"count": "999999999", "unit": "business days"}
    ),
    "a bidding time of 10^9 months": said(
        "TenderOpened", "bidding", {"count": "999999999", "unit": "months"}
    ),
    "a bidding time below nothing": said("TenderOpened", "bidding.count", "-1"),
    "a bidding time in fortnights": said("TenderOpened", "bidding.unit", "fortnights"),
    "an almanac without end": signed(lambda rows: _almanacs(rows, _weekends)),
    "an almanac whose clocks jump": signed(lambda rows: _almanacs(rows, _jumps)),
    "an almanac whose clocks jump back": signed(lambda rows: _almanacs(rows, _jumps_back)),
    "a bidding time that closes before time": said(
        "TenderOpened",
        "bidding",
        {"closes": "-" + "9" * 12, "count": "1", "roll": True, "unit": "days"},
    ),
    "an almanac of no days": signed(lambda rows: _almanacs(rows, lambda one: {})),
    "an almanac of words": signed(lambda rows: _almanacs(rows, lambda one: "UTC")),
    "no almanacs": said("TenderOpened", "almanacs", {}),
    "claims of words": said("TenderOpened", "claims", ["microsoft"]),
    "a million claims": said("TenderOpened", "claims", [{}] * 200_000),
    "a rate of 4,000 digits": said("TenderOpened", "rate", "0." + DIGITS),
    "a rate with a power": said("TenderOpened", "rate", "1e3000000"),
    "a bid of 4,000 digits": said("BidReceived", "bid.chips", DIGITS),
    "a price with a power": said("BidReceived", "bid.terms.price", "1e3000000"),
    "a price of 4,000 digits": said("BidReceived", "bid.terms.price", DIGITS),
    "a price that is none": said("BidReceived", "bid.terms.price", "sNaN"),
    "months of 10^18": said("BidReceived", "bid.terms.months", "9" * 18),
    "a bid without terms": said("BidReceived", "bid.terms", None),
    "a bid from nobody": said("BidReceived", "bid.bidder", ""),
    "a salt that is no hash": said("BidReceived", "bid", []),
    "a ranking of words": said("BidsOpened", "ranking", "best"),
    "a ranking of 4,000 digits": said("BidsOpened", "ranking.0.effective", "1e3000000"),
    "a round of 10^18": said("NoticeServed", "round", "9" * 18),
    "a notice of nothing": said("NoticeServed", "chips", "0"),
    "turns without end": said("NoticeServed", "turns", [["x"] * 50_000]),
    "a deadline of a mapping": said("ClockStarted", "deadline", {}),
    "an agreement that climbs": said("Signed", "agreement", "../../outside/secret"),
    "a chain in a ring": said("Signed", "chain", ["a", "b", "a"]),
}
"""A journal that does not hold: breaches with their lines, or one sentence."""


def json_of(text: bytes, **changed: str) -> bytes:
    return (
        json.dumps(
            json.loads(text) | changed, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        + "\n"
    ).encode()


def _sparse(path: Path, start: bytes, size: int) -> None:
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)


def _almanacs(rows: list[Row], change: Callable[[Data], Any]) -> None:
    for row in rows:
        if row.event and row.event["type"] == "TenderOpened":
            row.event["almanacs"] = {n: change(a) for n, a in row.event["almanacs"].items()}


def _weekends(almanac: Data) -> Data:
    """Nobody ever works."""
    return {
        n: (["0", "1", "2", "3", "4", "5", "6"] if n == "weekend" else v)
        for n, v in almanac.items()
    }


def _jumps(almanac: Data) -> Data:
    return almanac | {"offsets": [["0", "0"], ["86400", "9" * 15], ["9" * 10, "0"]]}


def _jumps_back(almanac: Data) -> Data:
    return almanac | {"offsets": [["0", "9" * 15], ["86400", "-" + "9" * 15]]}


RECEIPTS: dict[str, tuple[Change, str]] = {
    "no bytes": (lambda text: b"", "r.json"),
    "half": (lambda text: text[:100], "r.json"),
    "two lines": (lambda text: text * 2, "r.json"),
    "brackets": (lambda text: DEEP.encode(), "r.json"),
    "UTF-16": (lambda text: text.decode().encode("utf-16"), "r.json"),
    "gzip": (gzip.compress, "r.json"),
    "a mark of byte order": (lambda text: b"\xef\xbb\xbf" + text, "r.json"),
    "a key twice": (lambda text: text.replace(b'{"actor"', b'{"actor":"","actor"'), "r.json"),
    "another actor": (lambda text: json_of(text, actor="nobody"), "r.json"),
    "a command with line ends": (lambda text: json_of(text, command="x\n1\n2\n"), "r.json"),
    "a command of a million letters": (lambda text: json_of(text, command="x" * MIB), "r.json"),
    "half a pair of letters": (
        lambda text: text.replace(b'"actor":"', b'"actor":"\\ud800'),
        "r.json",
    ),
    "a link of zeros": (lambda text: json_of(text, link="0" * 64), "r.json"),
    "a link of another script": (lambda text: json_of(text, link="\uff11" * 64), "r.json"),
    "a signature of zeros": (lambda text: json_of(text, signature="0" * 128), "r.json"),
    "a signature too long": (lambda text: json_of(text, signature="f" * MIB), "r.json"),
    "another desk": (lambda text: json_of(text, desk="00" * 16), "r.json"),
    "an instant of a mapping": (lambda text: text.replace(b'"at":"', b'"at":{},"x":"'), "r.json"),
    "a proof of nothing": (lambda text: b'{"type":"Proof"}\n', "r.json"),
    "a proof with a path of a million parts": (
        lambda text: _proof(text, path=["0" * 64] * 100_000),
        "r.json",
    ),
    "a proof of entry 10^18": (lambda text: _proof(text, number="9" * 18), "r.json"),
    "a list": (lambda text: b"[]\n", "r.json"),
    "a number": (lambda text: b"1e3000000\n", "r.json"),
}


def _proof(text: bytes, **changed: Any) -> bytes:
    proof = {"head": json.loads(good()[-1]), "number": "3", "path": [], "receipt": json.loads(text)}
    whole = proof | {"type": "Proof"} | changed
    return (json.dumps(whole, sort_keys=True, separators=(",", ":")) + "\n").encode()


def _with_receipt(change: Change) -> Make:
    def make(box: Path) -> None:
        (box / "j.jsonl").write_bytes(b"".join(good()))
        (box / "r.json").write_bytes(change(receipt()))

    return make


def _laid_receipt(lay: Callable[[Path], object]) -> Make:
    def make(box: Path) -> None:
        (box / "j.jsonl").write_bytes(b"".join(good()))
        lay(box / "r.json")

    return make


NO_RECEIPTS: dict[str, tuple[Make, str]] = {
    "not there": (_laid_receipt(lambda path: None), "r.json"),
    "a folder": (_laid_receipt(lambda path: path.mkdir()), "r.json"),
    "a pipe": (_laid_receipt(os.mkfifo), "r.json"),
    "zeros without end": (_laid_receipt(lambda path: path.symlink_to("/dev/zero")), "r.json"),
    "two hundred million zeros": (
        _laid_receipt(lambda path: _sparse(path, b"", 200 * MIB)),
        "r.json",
    ),
}

VERIFY, ALONE = ("verify", "j.jsonl", "--json"), ("j.jsonl",)
HOLDS = {
    *("an entry a hundred times", "chips of 4,000 digits", "chips of another script"),
    *("a rate of 4,000 digits", "a rate with a power", "a bid of 4,000 digits"),
    *("a price with a power", "a price of 4,000 digits", "a price that is none"),
    *("months of 10^18", "a bid without terms", "a ranking of 4,000 digits"),
}
"""What a desk may sign and break no promise by: it is read, whatever is said of it."""
HOLDS_ALONE = HOLDS | {
    *("a tender opened twice", "a lot of 4,000 digits", "a lot that is a word"),
    *("a ranking of words", "turns without end", "a bidding time in fortnights"),
}
"""Prices, terms and ranks are not read by the checker that stands alone."""
PROOFS = {"a proof with a path of a million parts", "a proof of entry 10^18"}
"""Of a proof it reads the receipt."""
ALL: dict[str, Case] = {}
for _name, (_make, _says) in NOT_JOURNALS.items():
    _printed = _name == "a receipt"
    _told = Case(VERIFY, 1, _says, _make, readable=("/dev/zero",), printed=_printed)
    ALL[f"no journal, {_name}"] = _told
    if _name != "a pipe":  # Named by its reader, it is waited for, as by any other program.
        ALL[f"no journal, {_name}, alone"] = Case(
            ALONE, 1, "", _make, "alone", readable=("/dev/zero",), printed=True
        )
for _place, (_name, _breach) in enumerate(BREACHES.items()):
    _status = None if _name in HOLDS else 1
    ALL[f"a journal, {_name}"] = Case(VERIFY, _status, "", _breach, printed=True)
    if WHOLE or _place % 2:
        _status = None if _name in HOLDS_ALONE else 1
        ALL[f"a journal, {_name}, alone"] = Case(ALONE, _status, "", _breach, "alone", printed=True)
for _place, (_name, (_change, _says)) in enumerate(RECEIPTS.items()):
    _made = _with_receipt(_change)
    ALL[f"a receipt, {_name}"] = Case(
        (*VERIFY, "--receipt", "r.json"), 1, _says, _made, printed=True
    )
    if WHOLE or _place % 2:
        _status = None if _name in PROOFS else 1
        _words = (*ALONE, "r.json")
        ALL[f"a receipt, {_name}, alone"] = Case(_words, _status, "", _made, "alone", printed=True)
for _name, (_make, _says) in NO_RECEIPTS.items():
    _printed = _name not in ("not there", "a folder")
    ALL[f"no receipt, {_name}"] = Case(
        (*VERIFY, "--receipt", "r.json"), 1, _says, _make, readable=("/dev/zero",), printed=_printed
    )
    if _name != "a pipe":
        ALL[f"no receipt, {_name}, alone"] = Case(
            (*ALONE, "r.json"), 1, "", _make, "alone", readable=("/dev/zero",), printed=True
        )
