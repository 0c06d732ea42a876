"""The world around the command line: pipes, signals, locales, odd words, packages that fail."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.plan import study

from .books import OPEN, REFUSAL, command, ran, said, surroundings, write

COMMANDS = ("check", "plan", "rights", "run", "schema")
DEVICE_THAT_IS_FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("world") / "small", OPEN + REFUSAL)


def no_trace(text: str) -> bool:
    return "Traceback" not in text and "Error:" not in text.replace("\nError: ", "")


# --- pipes, devices, signals --------------------------------------------------------------------


def test_a_reader_that_has_seen_enough_ends_it_silently_after_the_plan_is_kept(
    tmp_path: Path,
) -> None:
    book = write(tmp_path, OPEN)
    process = subprocess.Popen(
        command("plan", book, "--quick", "--json", "--adopt"),
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() in (-signal.SIGPIPE, 0)
    assert len(list((book / "plans").iterdir())) == 1


@pytest.mark.skipif(not DEVICE_THAT_IS_FULL.exists(), reason="there is no such device here")
@pytest.mark.parametrize(
    "arguments", [("check",), ("plan", "--quick"), ("plan", "--quick", "--json")]
)
def test_a_full_disk_is_one_sentence(arguments: tuple[str, ...], book: Path) -> None:
    with DEVICE_THAT_IS_FULL.open("w") as full:
        done = ran(
            arguments[0],
            book,
            *arguments[1:],
            stdout=full,
            stderr=subprocess.PIPE,
            capture_output=False,
        )
    assert done.returncode == 1
    assert re.fullmatch(r"(offtake: No space left on device.*\n)+", done.stderr)


def test_a_closed_output_is_no_failure(book: Path) -> None:
    shell = shlex.join(command("plan", book, "--quick"))
    done = subprocess.run(
        ["sh", "-c", f"{shell} >&-"], env=surroundings(), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


SOLVES_FOR_EVER = """
import pathlib, threading
from offtake import api
def plan(*_, **__):
    pathlib.Path(BEGUN).touch()
    threading.Event().wait()
api.plan = plan
"""


def test_an_interrupt_ends_it_at_once_with_a_word() -> None:
    with tempfile.TemporaryDirectory() as folder:
        begun = Path(folder, "begun")
        solver = SOLVES_FOR_EVER.replace("BEGUN", repr(str(begun)))
        process = subprocess.Popen(
            command("plan", write(Path(folder), OPEN), before=solver),
            env=surroundings(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(600):
            if begun.exists():
                break
            time.sleep(0.1)
        assert begun.exists()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "offtake: stopped\n")


# --- locales and terminals ----------------------------------------------------------------------

FOREIGN = OPEN.replace("A small book", "Rechenzentrum Zürich 計画")


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
    ids=["C", "POSIX without UTF-8", "ASCII"],
)
def test_a_foreign_title_passes_every_locale(environment: dict[str, str], tmp_path: Path) -> None:
    foreign = write(tmp_path / "bücher", FOREIGN)
    tight = write(
        tmp_path / "eng-è", FOREIGN.replace("12 USD per chip-hour", "never").replace("250", "5")
    )
    done = ran("run", tight, "--out", tmp_path / "ö", environment=environment)
    assert (done.returncode, done.stderr) == (3, "")
    assert "No plan is possible" in done.stdout
    assert "Zürich 計画" in (tmp_path / "ö" / "plan.html").read_text("utf-8")
    assert "expected cost" in ran("plan", foreign, "--quick", environment=environment).stdout
    shown = ran("plan", foreign, "--quick", "--json", environment=environment)
    assert json.loads(shown.stdout)["title"] == "Rechenzentrum Zürich 計画"


def test_colours_are_only_where_somebody_wants_them(book: Path) -> None:
    assert "\x1b" not in ran("plan", book, "--quick").stdout
    wanted = ran("plan", book, "--quick", environment={"FORCE_COLOR": "1"})
    assert "\x1b[1m" in wanted.stdout
    plain = ran("plan", book, "--quick", environment={"FORCE_COLOR": "1", "NO_COLOR": "1"})
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", plain.stdout)


@pytest.mark.parametrize("columns", ["1", "20", "100000", "none"])
def test_any_width_of_a_terminal_will_do(columns: str, book: Path) -> None:
    for more in ({}, {"FORCE_COLOR": "1"}):
        done = ran("plan", book, "--quick", environment={"COLUMNS": columns, **more})
        assert (done.returncode, done.stderr) == (0, "")


def test_a_book_cannot_steer_the_terminal(tmp_path: Path) -> None:
    hostile = OPEN.replace("A small book", '"A\\e[2J\\rsmall\\u202e book"')
    hostile = hostile.replace(
        "{id: far, name: Far away}", '{id: far, name: "F\\e[2J", rolle: "\\e"}'
    )
    hostile = hostile.replace("  purposes: {inf", '  "\\e[2J": 1\n  purposes: {inf')
    checked = said("check", write(tmp_path, hostile), color=True)
    assert checked.exit_code == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", checked.stdout)
    sound = OPEN.replace("A small book", '"A\\e[2J\\rsmall\\u202e book"')
    planned = said("plan", write(tmp_path, sound), "--quick", color=True)
    assert planned.exit_code == 0
    assert "A [2J small book, as of" in planned.stdout


# --- packages -----------------------------------------------------------------------------------

WITHOUT_REPORT = "sys.modules['altair'] = sys.modules['vl_convert'] = None"


def test_without_the_extra_report_there_are_tables_and_the_need_for_it_is_said(
    book: Path, tmp_path: Path
) -> None:
    done = ran("run", book, "--out", tmp_path / "out", before=WITHOUT_REPORT)
    assert (done.returncode, done.stderr) == (0, "")
    last = done.stdout.splitlines()[-1]
    assert last == f"The tables are in {tmp_path / 'out'}; install the extra `report` for the page."
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "desk.sqlite",
        "journal.jsonl",
        "owed",
        "plan.json",
        "practice-keys",
        "purchases.yaml",
        "rehearsal.json",
        "signed.yaml",
        "tables",
    ]


def test_without_the_extra_report_a_plan_still_shows_itself_and_a_clash_has_its_page(
    book: Path, tmp_path: Path
) -> None:
    shows = f"""{WITHOUT_REPORT}
import offtake
plan = offtake.load({str(book)!r}).plan(costs=False, foresight=False)
assert plan._repr_html_().startswith('<div')
"""
    tight = write(
        tmp_path / "tight", OPEN.replace("12 USD per chip-hour", "never").replace("250", "5")
    )
    done = ran("run", tight, "--out", tmp_path / "out", before=shows)
    assert (done.returncode, done.stderr) == (3, "")
    assert (tmp_path / "out" / "plan.html").is_file()


def installed(site: Path, name: str, module: str) -> str:
    """A package with a clause kind, as pip would leave it; Python that puts it on the path."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[offtake.clauses]\n{name} = {name}:Kind\n")
    if module:
        (site / f"{name}.py").write_text(module)
    return f"sys.path.insert(0, {str(site)!r})"


@pytest.mark.parametrize(
    ("module", "why"),
    [
        (
            "Kind = 7\n",
            "cannot be used: green:Kind is not a subclass of offtake.book.records.Clause",
        ),
        ("", "cannot be loaded: ModuleNotFoundError: No module named 'green'"),
        ("raise RuntimeError('not\\ntoday')\n", "cannot be loaded: RuntimeError: not today"),
    ],
    ids=["no clause", "no module", "a module that fails"],
)
@pytest.mark.parametrize("words", [("check",), ("schema",)], ids=lambda words: words[0])
def test_a_bad_clause_kind_of_another_package_is_one_sentence(
    words: tuple[str, ...], module: str, why: str, book: Path, tmp_path: Path
) -> None:
    path = installed(tmp_path, "green", module)
    done = ran(*words, *([book] if words == ("check",) else []), before=path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"offtake: the clause kind green {why}\n"


def test_a_package_cannot_take_the_place_of_a_clause_kind(book: Path, tmp_path: Path) -> None:
    source = "from offtake.clauses.licence import Licence\nclass Kind(Licence): pass\n"
    path = installed(tmp_path, "other", source)
    entries = tmp_path / "other-1.0.dist-info" / "entry_points.txt"
    entries.write_text("[offtake.clauses]\nlicence = other:Kind\n")
    done = ran("check", book, before=path)
    assert done.returncode == 1
    assert done.stderr == "offtake: two packages offer the clause kind licence; remove one\n"


# --- what must not happen -----------------------------------------------------------------------


def test_an_answer_that_breaks_a_row_is_not_shown(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study, "FEASIBLE", -1.0)
    done = said("plan", book, "--quick")
    assert (done.exit_code, done.stdout) == (4, "")
    assert re.fullmatch(
        r"offtake: the solver's answer breaks a row by \S+, so it is not shown; .*\n", done.stderr
    )


def test_a_mistake_of_ours_is_one_sentence_with_its_line(book: Path) -> None:
    mistake = "from offtake import api\napi.plan = lambda *_, **__: {}['no such key']"
    done = ran("plan", book, before=mistake)
    assert (done.returncode, done.stdout) == (70, "")
    assert done.stderr == (
        "offtake: a mistake in offtake, not in the book; please report it: "
        "KeyError: 'no such key' (<string>:3)\n"
    )


def words() -> st.SearchStrategy[str]:
    options = ["--json", "--quick", "--on", "--party", "--as-of", "--gap", "--risk", "--tail", "--",
               "--seconds", "--out", "-v", "--help", "--version", "--objective"]  # fmt: skip
    values = [
        "",
        "0",
        "-1",
        "nan",
        "1e400",
        "2026-03-01",
        "near",
        "buyer",
        "\x00",
        "\x1b[2J",
        "\ud800",
    ]
    text = st.text(max_size=8).filter(lambda word: "/" not in word)
    return st.sampled_from([*COMMANDS, *options, *values]) | text


@settings(max_examples=60)
@given(first=st.sampled_from(COMMANDS), rest=st.lists(words(), max_size=5))
def test_no_arguments_make_it_fall_over(first: str, rest: list[str]) -> None:
    for _ in folder():
        done = said(first, "small", *rest)
        assert done.exit_code in (0, 1, 2, 3, 4)
        assert done.exception is None or isinstance(done.exception, SystemExit)


def folder() -> Iterator[Path]:
    """A folder of its own with a small book, in which one works."""
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        write(Path(place) / "small", OPEN)
        patch.chdir(place)
        yield Path(place)
