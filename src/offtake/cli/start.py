"""The verb that begins a book: new."""

from __future__ import annotations

import errno
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offtake.cli.top import app

if TYPE_CHECKING:
    from offtake.start import Question

KEPT = (".yaml", ".csv", ".md")
"""What of an example is copied."""


@app.command(short_help="Begin a book: ask a few questions, or copy an example.")
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    example: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="NAME", help="Copy an example instead: january, lab, stargate."
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing; take the answers that are offered.")
    ] = False,
) -> None:
    """Begin a book in a new folder: ask a few questions, or copy an example."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(errno.EEXIST, "there is something in the folder", str(folder))
    texts = _answered(yes) if example is None else _copied(example)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        with (folder / name).open("x", encoding="utf-8") as file:
            file.write(text)
    at = shlex.quote(str(folder))
    _say(f"wrote {', '.join(texts)} to {folder}")
    _say(f"next: offtake check {at}, then offtake plan {at}")


def _copied(example: str) -> dict[str, str]:
    """The files of an example that comes with the package."""
    import offtake
    from offtake.api import WrongArgumentError
    from offtake.book.near import nearest

    root = Path(offtake.__file__).parent / "examples"
    known = sorted(path.parent.name for path in root.glob("*/book.yaml"))
    if example not in known:
        raise WrongArgumentError(f"there is no example {example[:64]!r}; {nearest(example, known)}")
    paths = sorted(path for path in (root / example).iterdir() if path.suffix in KEPT)
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def _answered(yes: bool) -> dict[str, str]:
    """The files that the answers make. A bad answer is told, and asked for again."""
    import datetime as dt

    from offtake.start import NO, YES, completed, files, next_question

    today = dt.date.today()
    answers: dict[str, str] = {}
    if not yes and sys.stdin is not None and sys.stdin.isatty():
        _say("Enter alone takes the answer in brackets.")
    while not yes and (question := next_question(answers, today)) is not None:
        text = _heard(question)
        if text is None:
            typer.echo("no more answers: the rest is taken as offered", err=True)
            break
        text = text or question.default
        if question.yes_no:
            short = text.lower()[:1]
            text = {"y": YES, "t": YES, "n": NO, "f": NO}.get(short, text)
        wrong = _wrong(question, text, files(completed({**answers, question.key: text}, today)))
        if not wrong:
            answers[question.key] = text
            continue
        if not sys.stdin.isatty():
            # Asked again, it would take the next line, which answers another question.
            raise typer.BadParameter(f"{question.asks} {wrong}")
        _say(wrong)
    return files(completed(answers, today))


def _heard(question: Question) -> str | None:
    """A line of standard input without its blanks; None at its end."""
    if sys.stdin is None:
        return None
    if sys.stdin.isatty():
        try:
            return input(f"{question.asks} [{question.default}] ").strip()
        except EOFError:
            typer.echo()
            return None
    line = sys.stdin.readline()
    return line.strip() if line else None


def _wrong(question: Question, text: str, files: dict[str, str]) -> str:
    """What is wrong in an answer: the first fault of the book that it would make."""
    import tempfile

    from offtake.api import load
    from offtake.start import NO, YES

    if question.yes_no:
        return "" if text in (YES, NO) else "Say yes or no."
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_text(content, encoding="utf-8")
        faults = [fault for fault in load(folder).check() if fault.severity == "fault"]
    if not faults:
        return ""
    # The sentence without the name of the field: who answers has not seen the field yet.
    sentence = re.sub(r"^[a-z_]+: ", "", faults[0].sentence)
    return f"{sentence} ({faults[0].hint})" if faults[0].hint else sentence


def _say(text: str) -> None:
    """A line in which nothing steers the terminal."""
    from offtake.console.screen import say

    say(text)
