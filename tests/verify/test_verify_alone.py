"""The file that stands alone: short, of nothing but Python, and its signatures are the RFC's."""

from __future__ import annotations

import ast
import copy
import dataclasses
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import offtake.audit
from desk.tampered import CASES
from desk.tampered_edges import EDGES
from desk.test_desk_audit_clock import FROM, PLACES, known
from desk.test_desk_promises import where
from offtake.audit import alone, clock
from offtake.desk.wire import data_of

from .courses import links_of, root, rows_of, signer, whole, written
from .tampering import rows_from

LATE = "2099-01-01T00:00:00.000000000Z"
FILE = Path(offtake.audit.__file__).parent / "alone.py"

# RFC 8032, section 7.1: key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def test_it_is_one_short_file_of_nothing_but_python() -> None:
    text = FILE.read_text()
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in getattr(node, "names", [])]
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_it_runs_by_itself(tmp_path: Path) -> None:
    lines, who = whole(3).lines(), signer(3)
    rows = rows_of(lines)
    number = next(n for n in range(90, len(rows)) if rows[n].event and rows[n].event["by"])
    (tmp_path / "check.py").write_bytes(FILE.read_bytes())
    (tmp_path / "journal").write_bytes(b"".join(lines))
    (tmp_path / "receipt").write_bytes(
        who.receipt(rows[number].event, links_of(rows, who)[number], rows[number].label)
    )
    (tmp_path / "cut").write_bytes(b"".join(lines[:50]))

    def run(*names: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "check.py", *names]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    found = f"entries: {len(rows)}, receipts: 1, not judged: 0, faults: 0\n"
    assert run("journal", "receipt") == (0, found)
    status, said = run("cut")
    assert status == 1
    assert said.startswith("line 50: a journal ends with a signed head")
    assert run("journal", "journal")[0] == 1
    (tmp_path / "letter").write_text("Dear all,\n")
    usage = "usage: python alone.py JOURNAL [RECEIPT...]\n"
    assert run() == (1, usage)
    assert run("missing") == (1, "missing cannot be read: No such file or directory\n")
    assert run(".") == (1, ". cannot be read: Is a directory\n")
    assert run("letter") == (1, "letter is no exported journal\n")
    said = run("journal", "letter")[1]
    assert said.startswith("letter is no receipt: a part is missing or odd\n")
    changed = rows[:]
    changed[30] = dataclasses.replace(rows[30], salt="0" * 64)
    (tmp_path / "anew").write_bytes(b"".join(written(changed, who, LATE)))
    status, said = run("anew", "receipt")
    by = rows[number].event["by"]
    assert status == 1
    assert said.startswith(
        f"line {number + 2} (entry {number}): receipt: the command {by['key']} of {by['actor']}, "
    )
    assert f"link {links_of(rows, who)[number].hex()[:16]}... should stand here" in said
    assert "{" not in said


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_signatures_are_those_of_the_rfc(key: str, message: str, signature: str) -> None:
    k, m, s = (bytes.fromhex(text) for text in (key, message, signature))
    assert alone.signed(k, s, m)
    assert not alone.signed(k, s, m + b"\0")
    for place in (0, 31, 32, 63):
        changed = s[:place] + bytes([s[place] ^ 1]) + s[place + 1 :]
        assert not _holds(k, changed, m)


def _holds(key: bytes, signature: bytes, text: bytes) -> bool:
    try:
        return alone.signed(key, signature, text)
    except ValueError:  # No point of the curve.
        return False


def test_signatures_agree_with_those_of_a_library() -> None:
    draw = Random("signatures")
    for length in range(0, 200, 9):
        private = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32))
        text = draw.randbytes(length)
        public, signature = private.public_key().public_bytes_raw(), private.sign(text)
        assert _holds(public, signature, text)
        assert not _holds(public, signature, text + b"\0")
        # The same point with a larger scalar is another signature, and none.
        s = int.from_bytes(signature[32:], "little") + alone.Q
        assert not _holds(public, signature[:32] + s.to_bytes(32, "little"), text)


def test_its_tree_is_the_rfcs() -> None:
    """The roots of the leaves that Certificate Transparency's own tests use."""
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    leaves.append("606162636465666768696a6b6c6d6e6f")
    hashed = [alone.sha256(b"\0" + bytes.fromhex(leaf)).digest() for leaf in leaves]
    assert alone.root([]).hex() == alone.sha256(b"").hexdigest()
    assert (
        alone.root(hashed).hex()
        == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )
    for size in range(9):
        assert alone.root(hashed[:size]) == root(hashed[:size])


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[0])
def test_its_windows_and_tails_are_those_of_the_other_checker(place: tuple[str, str]) -> None:
    """Each is written by itself; at every hour of the year in which clocks change they agree."""
    theirs, ours = known(*place)
    data = data_of_almanac(theirs)
    mine, draw = alone.Almanac(data), Random(place[0])
    for _ in range(300):
        at = FROM + draw.randrange(1_000 * 48) * 1800 * 10**9 + draw.choice((-1, 0, 1))
        unit = draw.choice(("hours", "days", "business days", "months", "years"))
        count = draw.randrange(2 if unit in ("months", "years") else 40)
        closes, roll = draw.choice((0, 90, 150, 540, 1020, 1439)), draw.random() < 0.5
        stated = {"count": str(count), "unit": unit, "closes": str(closes), "roll": roll}
        spell = clock.Spell(count, unit, closes, roll)
        assert mine.end(stated, at) == clock.deadline(spell, ours, at)
        assert mine.end(stated, at, tail=True) == clock.tail(spell, ours, at)


def data_of_almanac(almanac: object) -> dict[str, object]:
    """An almanac as a tender's opening writes it."""
    from desk.written import opened

    event = opened(almanacs={"here": almanac})(0)
    here: dict[str, object] = data_of(event)["almanacs"]["here"]
    return here


# Promises that are broken in tests/desk, and that need neither prices nor what is left out.
FOUND = [
    "a bid of somebody else",
    "a chain promised twice",
    "a chain that leaves out who hosts",
    "a cured default, passed over",
    "a declaration lowered below what is promised",
    "a first offer skipped, at the signature",
    "a holder that promises more than it has",
    "a holiday taken out of the almanac",
    "a host that declared nothing",
    "a key with two digests",
    "a key with two effects",
    "a lapse before the deadline",
    "a letter of before the notice",
    "a letter received after the deadline",
    "a re-offer window for a holder never asked",
    "a right never asked",
    "a right never asked, though no notice was served",
    "a right not asked again after the buyer's word",
    "a right of the noticed bidder, passed over for another",
    "a right released for a default that nobody recorded",
    "a right spent by the buyer's word",
    "a right spent by the buyer's word, in the words of a missed closing",
    "a round that was never served",
    "a seller that promises more than it has",
    "a signature a day before the window ended",
    "a signature after the tail",
    "a signature after the tail of a first offer",
    "a signature past an exclusive right that began later",
    "a signature with a holder that took nothing",
    "a tender opened twice",
    "a tender that was never opened",
    "a window a day short",
    "a window an hour long",
    "an answer a minute late",
    "an answer by somebody else",
    "an answer recorded before it came",
    "an answer to an answered notice",
    "an event back in time",
    "an event of a type that there is not",
    "an event that lacks a field",
    "an exclusive right lifted by another",
    "an exclusive right that expires early",
    "another counterparty",
    "another upstream, declared anew",
    "another window than the re-offer window",
    "bidding that closes late",
    "chips lost in a turn",
    "more signed than is left",
]


@pytest.mark.parametrize("what", FOUND)
def test_it_names_the_very_line_of_a_broken_promise(what: str) -> None:
    made, edits, _, (name, nth), _ = (CASES | EDGES)[what]
    events = copy.deepcopy(made().data())
    for edit in edits:
        edit(events)
    wrong = alone.checked(written(rows_from(events), signer(0), LATE)).wrong
    assert where(events, name, nth) + 2 in {line for line, _ in wrong}
