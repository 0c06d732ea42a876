"""T11 past the book: what others hand in is one sentence, in bounded time, with nothing touched.

Journals, receipts, stores, bids, secrets, keys, words on the command line and places to write to,
each by name; then journals, receipts and bids that chance has changed.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from offtake.audit import NoJournalError, verify
from offtake.audit.alone import checked
from offtake.dealing.offered import Around, bid_of
from offtake.dealing.wrong import WrongFileError
from offtake.signed.source import SourceError, of_lines

from . import hostile_journals, hostile_stores, hostile_words
from .hostile_case import WHOLE, Case, begun, lay, nothing
from .hostile_journals import good, receipt
from .hostile_ordeal import CPU_SECONDS, PATIENCE, Came, Put, put_to_it
from .telling import told

CASES: dict[str, Case] = {**hostile_journals.ALL, **hostile_stores.ALL, **hostile_words.ALL}
CHANGED = 4_000 if WHOLE else 150
"""Of each of the three kinds of texts that chance changes."""
LONGEST = 1_100
"""Letters of the longest sentence."""


@pytest.fixture(scope="module")
def came(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Came]:
    root = tmp_path_factory.mktemp("hostile")
    base = begun(root / "base")
    puts = []
    for number, case in enumerate(CASES.values()):
        lay(base, root / f"c{number}", case.make)
        puts.append(Put(f"c{number}", case.program, case.argv, case.readable))
    return dict(zip(CASES, put_to_it(root, base / "box" / "book", puts), strict=True))


def test_there_are_at_least_one_hundred_and_fifty() -> None:
    assert len(CASES) >= 150


def test_all_of_them_are_answered(came: dict[str, Came]) -> None:
    wrong = {name: each.wrong() for name, each in came.items() if each.wrong()}
    told("T11", "hostile input by name", len(came), wrong=len(wrong))
    assert not wrong, wrong


@pytest.mark.parametrize("name", CASES)
def test_hostile_input_is_told_in_a_sentence(name: str, came: dict[str, Came]) -> None:
    case, each = CASES[name], came[name]
    assert each.status in ((0, 1) if case.status is None else (case.status,)), each
    assert case.says in each.out + each.err
    assert "what nobody may see" not in each.out + each.err
    if each.status == 0:
        return
    if case.program == "alone":
        assert each.out.strip() or each.err.count("\n") == 1
        assert _plain(each.out + each.err)
    elif case.printed:
        assert each.out.strip()
        assert _plain(each.out)
    elif each.err.startswith("Usage: "):
        assert (case.status, each.out) == (2, "")
    else:
        assert each.err.startswith("offtake: "), each.err[:200]
        assert each.err.count("\n") == 1
        assert len(each.err) < LONGEST
        assert _plain(each.err)


def _plain(text: str) -> bool:
    """Whether nothing in it steers a terminal."""
    return all(char.isprintable() for char in text.replace("\n", ""))


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("a journal, ")])
def test_a_breach_has_its_line(name: str, came: dict[str, Came]) -> None:
    if CASES[name].program != "offtake" or came[name].status == 0 or not came[name].out:
        return
    breaches = json.loads(came[name].out)["breaches"]
    assert any(breach["line"] for breach in breaches) or "head" in breaches[0]["sentence"]
    assert all(breach["sentence"].strip() for breach in breaches)


# --- the ordeal notices ---------------------------------------------------------------------------


def test_the_ordeal_notices_what_is_wrong(tmp_path: Path) -> None:
    base = begun(tmp_path / "base")
    export = ("tender", "export", "book", "--to")
    puts = {
        "outside: opened": ("offtake", (*export, "../outside/x")),
        "outside: ": ("offtake", ("verify", "../outside/secret")),
        "a stack trace": ("alone", ("j.jsonl", "a\0b")),
    }
    for number in range(len(puts)):
        lay(base, tmp_path / f"c{number}", nothing)
    cases = [Put(f"c{n}", program, argv) for n, (program, argv) in enumerate(puts.values())]
    for word, each in zip(puts, put_to_it(tmp_path, base / "box" / "book", cases), strict=True):
        assert each.wrong().startswith(word) or word == "a stack trace", (word, each)


# --- what chance changes --------------------------------------------------------------------------

BID = b"price: 2.35 USD per chip-hour\nchips: 300 chips\nstart: 2026-04-01\nterm: 12 months\n"
BYTES = st.one_of(
    st.binary(min_size=0, max_size=4),
    st.sampled_from(
        [b'"', b"{", b"[" * 999, b"\0", b"\xff", b"\xed\xa0\x80", b"1e999999", b"null", b"\n", b"-"]
    ),
)
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), BYTES), min_size=1, max_size=4)


def _changed(text: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, cut, new in changes:
        at = int(where * len(text))
        text = text[:at] + new + text[at + cut :]
    return text


def _addresses() -> int:
    """What this process has reserved already: a worker that has run many tests has much."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def confined(what: Callable[[], None]) -> None:
    """Run it in a process of its own, with its bounds on memory and on time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            most = _addresses() + (1 << 30)
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
            resource.setrlimit(resource.RLIMIT_CPU, (60 * CPU_SECONDS, 61 * CPU_SECONDS))
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(30 * PATIENCE)
            what()
            status = 0
        except BaseException as error:
            os.write(writing, repr(error)[:4_000].encode("utf-8", "backslashreplace"))
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    _, ended = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(ended) == 0, said


QUICK = settings(
    max_examples=CHANGED,
    deadline=None,
    database=None,
    derandomize=not WHOLE,
    suppress_health_check=list(HealthCheck),
)


def test_a_journal_that_chance_has_changed_is_answered() -> None:
    sound = b"".join(good())

    @QUICK
    @given(CHANGES)
    @example([(0.5, 0, b"")])
    def answered(changes: list[tuple[float, int, bytes]]) -> None:
        lines = _changed(sound, changes).splitlines(keepends=True)
        with suppress(NoJournalError):
            assert all(breach.sentence for breach in verify(iter(lines)).breaches)
        assert all(sentence for _, sentence in checked(lines).wrong)
        with suppress(SourceError):
            of_lines(iter(lines))

    confined(answered)
    told("T11", "journals that chance has changed", CHANGED, unanswered=0)


def test_a_receipt_that_chance_has_changed_is_answered() -> None:
    lines = list(good())

    @QUICK
    @given(CHANGES)
    def answered(changes: list[tuple[float, int, bytes]]) -> None:
        text = _changed(receipt(), changes)
        assert text == receipt() or verify(iter(lines), [text]).breaches

    confined(answered)
    told("T11", "receipts that chance has changed", CHANGED, unanswered=0)


def test_a_bid_that_chance_has_changed_is_answered() -> None:
    around = Around("2026-04-01", 12, "USD")

    @QUICK
    @given(CHANGES)
    def answered(changes: list[tuple[float, int, bytes]]) -> None:
        text = _changed(BID, changes).decode("utf-8", "ignore")
        with suppress(WrongFileError):
            assert bid_of(text, "b.yaml", "far", around).bidder == "far"

    confined(answered)
    told("T11", "bids that chance has changed", CHANGED, unanswered=0)
