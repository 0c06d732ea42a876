"""Wrong input of every sort is one sentence, and nothing happens."""

from __future__ import annotations

from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import pytest

from offtake.store.open import open_store
from shell.books import FAULTY, said, write

from .staged import LOT, Stage, staged

MANY = ("--chips", "1")
OPEN = ("--tender", "u", *LOT)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """One for all tests of this file: nothing happens to it."""
    folder = tmp_path_factory.mktemp("wrong")
    with chdir(folder):  # where a party that is not the buyer has its receipts
        return staged(folder).opened().bid()


def size_of(stage: Stage) -> int:
    """How many entries the journal has."""
    store = open_store(str(stage.folder / "desk.sqlite"), readonly=True)
    try:
        return store.size()
    finally:
        store.close()


@pytest.mark.parametrize(
    ("verb", "arguments", "sentence"),
    [
        ("open", ["--tender", "u"], "a lot states --chip, --chips, --region, --start, --months"),
        ("open", ["--purchase", "x/y"], "no plan is adopted in"),
        ("open", ["--purchase", "x", "--chip", "h100"], "a purchase states the whole lot"),
        ("open", [*OPEN, "--chips", "many"], "--chips: 'many' is not a number of chips"),
        ("open", [*OPEN, "--chips", "9", "--purpose", "art"], "--purpose: the book has no 'art'"),
        ("open", [*OPEN, "--chips", "9", "--need", "chatt"], "did you mean chat?"),
        ("open", [*OPEN, "--chips", "9", "--invite", "fer"], "did you mean far?"),
        ("open", [*OPEN, "--chips", "9", "--seller", "x"], "--seller: the book has no 'x'"),
        ("open", [*OPEN, "--chips", "9", "--bidding", "soon"], "--bidding: 'soon' is not a length"),
        ("open", [*OPEN, "--chips", "9", "--reveal", "1"], "--reveal: '1' is not a length"),
        ("open", [*OPEN, "--chips", "9", "--auditor", "auditor"], "--auditor is said when"),
        ("open", ["--chip", "h1O0", *OPEN[4:], "--chips", "9"], "--chip: the book has no 'h1O0'"),
        ("open", [*OPEN, "--chips", "9", "--start", "2026-13"], "--start: "),
        ("open", [*OPEN, "--chips", "9", "--months", "30 days"], "--months: "),
        ("open", [*OPEN, "--chips", "9", "--tender", "U U"], "--tender: "),
        ("bid", ["t", "--as", "far"], "name a file of the bid, or say --price"),
        ("bid", ["t", "--price", "2 USD per chip-hour"], "--as is needed: which party acts"),
        ("bid", ["t", "--as", "far", "--price", "2"], "--price: '2' is not a price"),
        ("bid", ["t", "--as", "far", "--price", "2 EUR per chip-hour"], "reckons in USD"),
        ("bid", ["t", "--as", "far", "--price", "2 USD per kWh"], "--price is per chip-hour"),
        ("bid", ["t", "--as", "fra", "--price", "2 USD per chip-hour"], "did you mean far?"),
        ("bid", ["v", "--as", "far", "--price", "2 USD per chip-hour"], "far sees no tender 'v'"),
        ("bid", ["t", "--as", "far", "--price", "2 USD per chip-hour", "--key", ""], "--key is"),
        ("bid", ["t", "--as", "far", "--price", "2 USD per chip-hour", "--key", "found"], "--key:"),
        ("notice", ["t"], "bids in t are sealed until"),
        ("notice", ["v"], "lab sees no tender 'v'; known here: t"),
        ("notice", ["t", "--evidence", "abc"], "--evidence: 'abc' is neither a file nor"),
        ("award", ["t", "far"], "bids in t are sealed until"),
        ("sign", ["t"], "bids in t are sealed until"),
        ("sign", ["t", "--as", "near"], "no notice to near runs in the tender t"),
        ("deliver", ["x"], "lab sees no agreement 'x'; it sees none"),
        ("fail", ["x", "--reason", "why"], "lab sees no agreement 'x'"),
        ("fail", ["x"], "--reason is needed"),
        ("withdraw", ["t"], "--reason is needed"),
        ("withdraw", ["t", "--bid"], "--as is needed"),
        ("answer", ["t", "maybe", "--as", "near"], "'maybe' is no answer: take, waive"),
        ("answer", ["t", "waive"], "--as is needed"),
        ("answer", ["t", "waive", "--as", "near"], "no notice to near runs in the tender t"),
        ("answer", ["v", "waive", "--as", "near"], "no notice to near runs in the tender v"),
        ("answer", ["t", "stand-by", "--as", "far"], "no bid of far in t is free"),
        ("answer", ["t", "take", "--start", "2026-04-01", "--as", "near"], "--price says"),
        ("attest", ["t", "waive"], "a letter is recorded by two persons"),
        ("attest", ["t", "stand-by"], "a letter is recorded by two persons"),
        ("revise", ["t", "--as", "far"], "say what changes"),
        ("pledge", ["t", "x"], "--as is needed"),
        ("assign", ["near-2025/near-first", "--as", "near"], "--to is needed"),
        ("declare", ["far"], "--chips is needed"),
        ("declare", ["far", "--chips", "1"], "--chip is needed"),
        ("declare", ["far", *MANY, "--chip", "h10", "--region", "us"], "did you mean h100?"),
        ("declare", ["far", *MANY, "--chip", "h100", "--region", "su"], "known here: us"),
        ("answer", ["t", "waive", "--as", "near", "--round", "one"], "--round: 'one' is not"),
        ("admit", ["nobody"], "PARTY: the book has no 'nobody'"),
        ("default", ["near"], "--evidence is needed"),
        ("list", ["--as", ""], "is no party of this desk"),
        ("notice", ["t", "--as", ""], "is no party of this desk"),
        ("list", ["--as", "stranger"], "stranger is no party of this desk"),
        ("show", ["v"], "lab sees no tender 'v'; known here: t"),
        ("show", ["t", "--as", "near", "--desk", ""], "--desk names no store"),
        ("log", ["--as", "near"], "the log is for the buyer and its auditors"),
        ("receipt", ["no-such-key"], "lab sent no command under the key 'no-such-key'"),
    ],
)
def test_what_means_nothing_is_one_sentence(
    opened: Stage, verb: str, arguments: list[str], sentence: str
) -> None:
    assert sentence in opened.wrong(verb, *arguments)
    assert size_of(opened) == 7


def test_an_instant_is_written_in_one_way_and_time_never_runs_back(opened: Stage) -> None:
    assert "is not an instant in UTC" in replace(opened, at="tomorrow").wrong("list")
    for far in ("2200-01-01T00:00:00Z", "1970-12-31T23:59:59Z"):
        assert "the years 1971 to 2199" in replace(opened, at=far).wrong("list")
    early = replace(opened, at="2026-01-12T14:00:00Z")
    told = early.wrong("list")
    assert "--at lies before what has happened" in told
    assert "2026" not in told


def test_only_a_party_of_the_book_audits(stage: Stage) -> None:
    lot = (*OPEN, "--chips", "9", "--rehearsal")
    assert "did you mean auditor?" in stage.wrong("open", *lot, "--auditor", "auditer")
    assert not (stage.folder / "desk.sqlite").exists()


def test_what_a_lot_names_may_be_declared(stage: Stage) -> None:
    stage.does("open", "--tender", "t", *LOT[:3], "moon", *LOT[4:], "--chips", "9", "--rehearsal")
    stage.does("declare", "far", "--chip", "h100", "--region", "moon", *MANY)


def test_a_region_to_which_no_right_could_be_limited_is_misspelt(stage: Stage) -> None:
    book = stage.folder / "book.yaml"
    text = book.read_text()
    book.write_text(text.replace("partial: {", "scope: {regions: [us, eu]}\n    partial: {"))
    lot = ("--tender", "t", "--chips", "9", "--rehearsal", *LOT[:3])
    told = stage.wrong("open", *lot, "usa", *LOT[4:])
    assert "--region: the book has no 'usa'; did you mean us?" in told
    stage.does("open", *lot, "eu", *LOT[4:])


def test_where_there_is_no_desk_the_first_opening_begins_one(stage: Stage) -> None:
    for verb in ("list", "export", "log"):
        assert "the first offtake tender open begins one" in stage.wrong(verb)
    assert "add --rehearsal" in stage.wrong("open", *OPEN, "--chips", "9")


def test_a_desk_in_earnest_goes_by_the_machines_clock(stage: Stage) -> None:
    lot = ("--tender", "t", *LOT, "--chips", "9")
    assert said("tender", "open", stage.folder, *lot, "--no-receipt").exit_code == 0
    assert "this one goes by the machine's clock" in stage.wrong("list")
    again = said("tender", "open", stage.folder, *lot, "--rehearsal")
    assert (again.exit_code, "has begun in earnest" in again.stderr) == (2, True)
    listed = said("tender", "list", stage.folder)
    assert listed.exit_code == 0
    assert "Practice" not in listed.stdout


def test_keys_are_refused_beside_the_store_or_in_the_book(stage: Stage) -> None:
    lot = ("--tender", "t", *LOT, "--chips", "9", "--rehearsal")
    assert "keys are kept apart" in stage.wrong("open", *lot, "--keys", stage.folder / "keys")
    assert not (stage.folder / "desk.sqlite").exists()


def test_without_its_keys_a_desk_says_where_it_looked(opened: Stage, tmp_path: Path) -> None:
    told = opened.wrong("list", "--keys", tmp_path / "elsewhere")
    assert "the keys of this desk are not in" in told


def test_a_book_with_faults_opens_nothing(tmp_path: Path) -> None:
    done = said("tender", "open", write(tmp_path, FAULTY), *OPEN, "--chips", "9")
    assert done.exit_code == 1
    assert "[unknown-party]" in done.stdout
    assert not (tmp_path / "desk.sqlite").exists()


@pytest.mark.parametrize("store", ["book.yaml", "."])
def test_a_file_that_is_no_store_is_left_as_it_is(stage: Stage, store: str) -> None:
    path = stage.folder / store
    before = path.read_bytes() if path.is_file() else b""
    for verb, arguments in (("list", ()), ("open", (*OPEN, "--chips", "9", "--rehearsal"))):
        done = stage.said(verb, *arguments, "--desk", path)
        assert done.exit_code in (1, 2)
        assert done.stderr.count("\n") == 1, done.output
    assert not path.is_file() or path.read_bytes() == before


def test_another_kind_of_store_is_named(stage: Stage) -> None:
    done = stage.said("list", "--desk", "mysql://db/desk")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "mysql:// names no store" in done.stderr


def test_a_database_without_a_server_is_one_sentence_without_its_password(stage: Stage) -> None:
    done = stage.said("list", "--desk", "postgresql://me:secret@127.0.0.1:1/none")
    assert done.exit_code == 1, done.output
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.output
