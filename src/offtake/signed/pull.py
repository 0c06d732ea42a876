"""Agreements of a book's journals as files of the book, for people who want them in git.

A file is ours as long as it is what was written; one that somebody has changed, or wrote, is left
as it is. What a file says of its journal does not move while the journal goes on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Literal

from offtake.book.faults import Fault
from offtake.book.files import BYTES_MOST
from offtake.book.journals import Asked, Told
from offtake.book.read import BOOK, read
from offtake.book.typed import Kinds
from offtake.keep import whole
from offtake.signed.reader import agreements, told
from offtake.signed.words import written

FOLDER = "signed"
INDEX = "_all.yaml"
"""Includes the rest; no agreement can be called so."""
_MARK = "# Written by offtake book pull"
_SUM = re.compile(rf"{_MARK}[^\n]*\n# [^\n]*\(sha256 of what follows: ([0-9a-f]{{64}})\)\n")
_CHANGE = "# What the parties change is a record under amendments, not here"

State = Literal["new", "same", "older", "changed", "another's", "left"]
SAYS: dict[State, str] = {
    "new": "not there yet",
    "same": "is what the journal says",
    "older": "was written of an earlier state of the journal",
    "changed": "was changed by hand; --force writes over it",
    "another's": "was not written by offtake book pull; move it away",
    "left": "is of no agreement of the journals that the book names; take it away",
}
"""What each state of a file means."""


class NotPulledError(ValueError):
    """Nothing was written: one sentence."""


@dataclass(frozen=True, slots=True)
class File:
    """One file, as it is and as it would be."""

    path: Path
    name: str
    """Relative to the book."""
    agreement: str
    entry: str
    """The journal, and the link by which its entry is named."""
    text: str
    state: State


@dataclass(frozen=True, slots=True)
class Pull:
    """What the journals of a book say, beside the files that are there."""

    folder: Path
    files: tuple[File, ...]
    faults: tuple[Fault, ...]
    """What else is wrong with the book; then there are no files."""

    @property
    def drifted(self) -> tuple[File, ...]:
        """The files that are not what the journals say."""
        return tuple(file for file in self.files if file.state != "same")

    def write(self, *, force: bool = False) -> tuple[Path, ...]:
        """Write what is new or older, all of it or nothing; raises `NotPulledError`.

        With `force` also over what was changed by hand, never over what others wrote.
        """
        barred = ("another's",) if force else ("changed", "another's")
        for file in self.files:
            if file.state in barred:
                raise NotPulledError(f"nothing was written: {file.name} {SAYS[file.state]}")
        wanted = [file for file in self.drifted if file.state != "left"]
        if wanted:
            self.folder.mkdir(parents=True, exist_ok=True)
        return tuple(whole(file.path, file.text.encode()) for file in wanted)


def pulled(book: Path, kinds: Kinds, out: str = FOLDER) -> Pull:
    """What a pull of a book would write into its folder `out`; nothing is written yet."""
    book = book.parent if book.name == BOOK and book.is_file() else book
    above = Path(os.path.normpath(book / out))
    base = Path(os.path.normpath(book))
    if above == base or not above.is_relative_to(base):
        raise NotPulledError(f"{out} is not in the book's folder, which is all that a book reads")
    lent = _Lent()
    faults = read(book, kinds, journals=lent).faults
    wrong = tuple(f for f in faults if f.severity == "fault" and f.code != "journal-drift")
    if wrong:
        return Pull(above, (), wrong)
    if not lent.named:
        raise NotPulledError("the book names no journal; write journals: [desk.sqlite] into it")
    files = [_file(book, above, *one) for one in lent.texts]
    if files:
        lines = "".join(f"- {file.agreement}.yaml\n" for file in files)
        text = _generated(
            "the journals of the book: all files of this folder", f"include:\n{lines}"
        )
        files.append(_file(book, above, "", "", text))
    return Pull(above, (*files, *_left(book, above, {file.path for file in files})), ())


class _Lent:
    """Reads journals as a book's reader asks, and keeps the text of each agreement's file."""

    def __init__(self) -> None:
        self.named = 0
        self.texts: list[tuple[str, str, str]] = []

    def __call__(self, asked: Asked) -> Told:
        self.named += 1
        journal, found = agreements(asked)
        said = told(asked, journal, found)
        for made, record in zip(found, said.records, strict=True):
            root = journal.tree.root(made.number + 1).hex()
            entry = str(record["entry"])
            head = f"{entry}; root of the entries up to it: {root}"
            text = _generated(head, f"agreements:\n{written(record)}")
            self.texts.append((made.id, entry, text))
        return said


def _generated(source: str, body: str) -> str:
    total = sha256(body.encode()).hexdigest()
    return f"{_MARK} from {source}\n{_CHANGE} (sha256 of what follows: {total})\n{body}"


def _file(book: Path, above: Path, agreement: str, entry: str, text: str) -> File:
    path = above / (f"{agreement}.yaml" if agreement else INDEX)
    return File(path, _name(book, path), agreement, entry, text, _state(path, text))


def _state(path: Path, text: str) -> State:
    there = _text_of(path)
    if there is None:
        return "another's" if path.is_symlink() or path.exists() else "new"
    if there == text:
        return "same"
    found = _SUM.match(there)
    if found is None:
        return "changed" if there.startswith(_MARK) else "another's"
    unchanged = sha256(there[found.end() :].encode()).hexdigest() == found[1]
    return "older" if unchanged else "changed"


def _left(book: Path, above: Path, ours: set[Path]) -> Iterator[File]:
    """Files of earlier pulls that no journal speaks of any more."""
    for path in sorted(above.glob("*.yaml")):
        if path not in ours and (_text_of(path) or "").startswith(_MARK):
            yield File(path, _name(book, path), path.stem, "", "", "left")


def _text_of(path: Path) -> str | None:
    """The text of an ordinary file; None where there is none, or it is something else."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > BYTES_MOST:
            return None
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return None


def _name(book: Path, path: Path) -> str:
    return PurePosixPath(path.relative_to(os.path.normpath(book))).as_posix()
