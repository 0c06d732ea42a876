"""A book is begun by answers or from an example, and what is begun can be checked and planned."""

from __future__ import annotations

import datetime as dt
import io
import os
import pty
import select
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

import offtake
from offtake.cli import app
from offtake.start import completed, files, next_question

from .books import command, said, surroundings

TODAY = dt.date(2026, 1, 12)
EXAMPLES = Path(__file__).parents[2] / "examples"
ALL = """\
acme
2026-01-12
18 months
inference
96 chips
h200
9 USD per chip-hour
neo
h200
eu-west
6 months
2.10 USD per chip-hour
128 chips
10 days
yes
old
64 chips
h100
2.60 USD per chip-hour
2026-08-31
yes
big
20 days
"""
"""Every question answered, in the order in which they are asked."""


def answered(folder: Path, text: str, *options: str) -> Result:
    return CliRunner().invoke(app, ["new", str(folder), *options], input=text)


# --- what is written ----------------------------------------------------------------------------


def test_the_answers_that_are_offered_make_a_book_without_a_fault_or_a_warning(
    tmp_path: Path,
) -> None:
    done = said("new", tmp_path / "lab", "--yes")
    assert done.exit_code == 0, done.output
    opened = offtake.load(tmp_path / "lab")
    assert opened.check() == ()
    assert opened.book.known == dt.date.today()
    assert opened.plan(costs=False, foresight=False).found


def test_it_says_what_was_written_and_what_to_do_next(tmp_path: Path) -> None:
    done = said("new", tmp_path / "my lab", "--yes")
    assert done.stdout == (
        f"wrote book.yaml, demand.yaml, offers.csv, agreements.yaml to {tmp_path}/my lab\n"
        f"next: offtake check '{tmp_path}/my lab', then offtake plan '{tmp_path}/my lab'\n"
    )


def test_every_answer_stands_in_the_book(tmp_path: Path) -> None:
    done = answered(tmp_path / "acme", ALL)
    assert (done.exit_code, done.stderr) == (0, "")
    opened = offtake.load(tmp_path / "acme")
    assert [fault for fault in opened.check() if fault.severity == "fault"] == []
    book = opened.book
    assert (book.header.buyer, book.known) == ("acme", TODAY)
    assert (str(book.header.periods.start), book.header.periods.length.months) == ("2026-02", 18)
    (need,) = book.demand.values()
    assert (need.purpose, need.base, need.unit) == ("inference", 96, "h200")
    assert str(need.unserved) == "9 USD per chip-hour"
    (quote,) = book.offers.values()
    assert (quote.seller, quote.chip, quote.region, quote.max) == ("neo", "h200", "eu-west", 128)
    assert [str(x) for x in (quote.term, quote.price, quote.lead)] == [
        "6 months",
        "2.1 USD per chip-hour",
        "10 days",
    ]
    contract, terms = book.agreements["contract-1"], book.agreements["terms-1"]
    assert (contract.seller, contract.until) == ("old", dt.date(2026, 8, 31))
    assert (contract.deliveries[0].add, contract.deliveries[0].chip) == (64, "h100")
    assert terms.seller == "big"
    plan = opened.plan(costs=False, foresight=False)
    assert set(plan.notices["holder"]) == {"big"}


def test_a_right_of_the_seller_of_the_contract_stands_in_the_contract(tmp_path: Path) -> None:
    done = answered(tmp_path / "acme", ALL.replace("\nbig\n", "\n\n"))
    assert done.exit_code == 0, done.output
    (agreement,) = offtake.load(tmp_path / "acme").book.agreements.values()
    assert [clause.kind for clause in agreement.clauses] == ["first-refusal"]


def test_the_currency_of_the_first_price_is_that_of_the_book(tmp_path: Path) -> None:
    text = "acme\n\n\n\n\n\n4 EUR per chip-hour\n"
    assert answered(tmp_path / "acme", text).exit_code == 0
    book = offtake.load(tmp_path / "acme").book
    assert book.header.currency == "EUR"
    assert book.offers["quote-1"].price.currency == "EUR"


@pytest.mark.parametrize("today", ["2024-02-29", "2026-12-31", "2026-01-01"])
def test_a_book_can_be_begun_on_any_day(today: str, tmp_path: Path) -> None:
    answers = {"contract": "yes", "right": "yes", "holder": "big"}
    for name, text in files(completed(answers, dt.date.fromisoformat(today))).items():
        (tmp_path / name).write_text(text)
    assert [f for f in offtake.load(tmp_path).check() if f.severity == "fault"] == []


def test_questions_that_depend_on_an_answer_are_asked_only_then() -> None:
    alone = completed({}, TODAY)
    assert "holds" not in alone
    assert "window" not in alone
    assert {"holds", "until", "window"} <= set(
        completed({"contract": "yes", "right": "yes"}, TODAY)
    )
    assert next_question(alone, TODAY) is None


# --- bad answers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "answer", "sentence", "hint"),
    [
        (0, "Acme Lab", "'Acme Lab' is not an id", "write acme-lab"),
        (1, "2026-02-30", "2026-02-30", ""),
        (2, "24", "'24' is not a length of time", ""),
        (4, "512", "'512' is not a number of chips", "a bare number has no unit"),
        (5, "h10", "There is no chip h10 in the book.", "did you mean h100?"),
        (11, "2.10", "'2.10' is not a price", ""),
        (11, "2.10 EUR per chip-hour", "EUR", ""),
        (14, "perhaps", "Say yes or no.", ""),
        (22, "30 dyas", "'30 dyas' is not a length of time", "write for example"),
    ],
)
def test_a_bad_answer_is_told_in_the_words_of_the_check_and_nothing_is_written(
    line: int, answer: str, sentence: str, hint: str, tmp_path: Path
) -> None:
    lines = ALL.splitlines()
    lines[line] = answer
    done = answered(tmp_path / "acme", "\n".join(lines))
    assert done.exit_code == 2
    told = " ".join(done.stderr.split())
    assert sentence in told
    assert hint in told
    assert not (tmp_path / "acme").exists()


@given(st.text(max_size=40).filter(lambda text: "\n" not in text and "\r" not in text))
@settings(max_examples=60)
def test_no_answer_breaks_more_than_its_own_line(answer: str) -> None:
    """Whatever a seller is called: the book has its four files, and says so or can be read."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        texts = files(completed({"seller": answer, "contract": "yes", "paid": answer}, TODAY))
        for name, text in texts.items():
            Path(folder, name).write_text(text, encoding="utf-8", errors="replace")
        faults = offtake.load(folder).check()
        assert {fault.place.file for fault in faults} <= set(texts)


def talk(folder: Path, answers: str) -> tuple[int, str]:
    """What a terminal shows of the questions, and how they end."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command("new", folder), env=surroundings(), stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    os.write(master, answers.encode())
    shown = io.BytesIO()
    while select.select([master], [], [], 60)[0]:
        try:
            part = os.read(master, 4096)
        except OSError:
            break
        if not part:
            break
        shown.write(part)
    os.close(master)
    return process.wait(), shown.getvalue().decode()


def test_on_a_terminal_a_bad_answer_is_asked_again(tmp_path: Path) -> None:
    wrong_once = ALL.replace("acme\n", "Acme Lab\nacme\n", 1).replace("\nyes\nold", "\nhm\ny\nold")
    status, shown = talk(tmp_path / "acme", wrong_once)
    assert status == 0, shown
    assert shown.count("Who buys?") == 2
    assert "'Acme Lab' is not an id such as 'oracle-36'. (write acme-lab)" in shown
    assert shown.count("Is there a contract that delivers already? [no]") == 2
    assert set(offtake.load(tmp_path / "acme").book.agreements) == {"contract-1", "terms-1"}


def test_on_a_terminal_the_end_of_the_answers_takes_the_rest_as_offered(tmp_path: Path) -> None:
    status, shown = talk(tmp_path / "acme", "acme\n2026-01-12\n\x04")
    assert status == 0, shown
    assert "no more answers: the rest is taken as offered" in shown
    book = offtake.load(tmp_path / "acme").book
    assert (book.header.buyer, book.known) == ("acme", TODAY)


# --- what is there is never touched -------------------------------------------------------------


def test_a_folder_in_which_there_is_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "offers.csv").write_text("mine")
    done = said("new", tmp_path, "--yes")
    assert done.exit_code == 1
    assert done.stderr == f"offtake: there is something in the folder: {tmp_path}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["offers.csv"]


def test_a_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "lab").write_text("mine")
    done = said("new", tmp_path / "lab", "--yes")
    assert done.exit_code == 1
    assert done.stderr.startswith("offtake: Not a directory")
    assert (tmp_path / "lab").read_text() == "mine"


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    assert said("new", tmp_path, "--yes").exit_code == 0
    assert (tmp_path / "book.yaml").exists()


# --- examples -----------------------------------------------------------------------------------


@pytest.mark.parametrize("example", ["lab", "stargate"])
def test_an_example_is_copied_whole(example: str, tmp_path: Path) -> None:
    done = said("new", tmp_path / "mine", "--from", example)
    assert done.exit_code == 0, done.output
    mine, theirs = (
        {p.name: p.read_text() for p in f.iterdir() if p.is_file()}
        for f in (tmp_path / "mine", EXAMPLES / example)
    )
    assert mine == theirs
    assert all(fault.severity == "warning" for fault in offtake.load(tmp_path / "mine").check())


def test_an_example_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    done = said("new", tmp_path / "mine", "--from", "labb")
    assert done.exit_code == 2
    assert done.stderr == "offtake: there is no example 'labb'; did you mean lab?\n"
    assert not (tmp_path / "mine").exists()


def test_the_package_has_the_examples_of_the_tree() -> None:
    """A link: an installed package has copies of the same files."""
    within = Path(offtake.__file__).parent / "examples"
    for name in ("lab", "stargate"):
        assert (within / name / "book.yaml").read_text() == (
            EXAMPLES / name / "book.yaml"
        ).read_text()
