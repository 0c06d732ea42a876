"""The only place where a book's files are opened: a sealed root from which no name leads out."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path, PurePosixPath

from offtake.book.faults import Misread
from offtake.book.near import closest

FILES_MOST = 10_000
BYTES_MOST = 64 * 1024 * 1024
JOURNAL_MOST = 4 * 1024 * 1024 * 1024
HINTS_MOST = 10
_ENDINGS = (".yaml", ".yml", ".csv", ".sqlite", ".jsonl")
_BESIDE = ("-wal", "-shm", "-journal")
"""Files that a database may have beside it, and that are read with it."""
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def built_in(name: str) -> bytes:
    """A file of this package."""
    return resources.files("offtake.book").joinpath(name).read_bytes()


class Root:
    """A folder whose files are read by names relative to it, and nothing else.

    A name is resolved once; then every folder on the way and the file itself are opened without
    following links, so that nothing changed in between leads out. Pipes, devices and folders are
    refused after opening without waiting for them. Use as a context; failures are `Misread`.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = os.path.realpath(path)
        self._folder = -1
        self._seen: set[str] = set()
        self._bytes = 0
        self._missed = 0
        self._digest = hashlib.sha256()

    def __enter__(self) -> Root:
        try:
            self._folder = os.open(self.path, _FLAGS | os.O_DIRECTORY)
        except (OSError, ValueError) as error:
            name = os.path.basename(self.path) or self.path
            known = {errno.ENOTDIR: "is not a folder", errno.ENOENT: "is not there"}
            why = known.get(_errno(error) or 0, "cannot be opened")
            hint = "a book is a folder with a file book.yaml"
            raise Misread(f"{name[:60]!r} {why}.", "no-book", hint) from error
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._folder)

    @property
    def digest(self) -> str:
        """SHA-256 over names and bytes of all files read so far, in order, as hex."""
        return self._digest.hexdigest()

    def within(self, name: str, beside: str) -> str:
        """The name relative to the root of a file named in the file `beside`."""
        if not name or not name.isprintable() or "\\" in name or len(name) > 1_000:
            raise Misread("This is not a file name.", "path-name", "such as sites/abilene.yaml")
        if name.startswith(("/", "~")) or name[1:2] == ":":
            sentence = f"{name[:60]} is not relative to the book."
            raise Misread(sentence, "path-outside", _INSIDE)
        parts: list[str] = []
        for part in (*PurePosixPath(beside).parent.parts, *PurePosixPath(name).parts):
            if part != "..":
                parts.append(part)
            elif parts:
                parts.pop()
            else:
                raise Misread(f"{name[:60]} leads out of the book.", "path-outside", _INSIDE)
        if not parts:
            raise Misread("This is not a file name.", "path-name", "such as sites/abilene.yaml")
        return "/".join(parts)

    def read(self, name: str) -> bytes:
        """The bytes of a file, by its name relative to the root; each is read once."""
        inside = self._resolved(name)
        if inside in self._seen:
            raise Misread(f"{name[:60]} is named twice.", "included-twice", "name it once")
        self._seen.add(inside)
        try:
            with self._opened(inside) as file:
                data = self._read(file, name)
        except OSError as error:
            raise _unreadable(name, error) from error
        self.covers(inside, data)
        return data

    def lent(self, name: str) -> Path:
        """The path of an ordinary file that a library opens by itself, reached without a link."""
        inside = self._resolved(name)
        if inside != name or any(
            os.path.islink(os.path.join(self.path, name + ending)) for ending in _BESIDE
        ):
            hint = "put the file itself into the book"
            raise Misread(f"{name[:60]} is reached by a link.", "path-outside", hint)
        if inside in self._seen:
            raise Misread(f"{name[:60]} is named twice.", "included-twice", "name it once")
        self._seen.add(inside)
        try:
            with self._opened(inside) as file:
                about = os.fstat(file)
        except OSError as error:
            raise _unreadable(name, error) from error
        if not stat.S_ISREG(about.st_mode):
            hint = "name a journal, such as desk.sqlite"
            raise Misread(f"{name[:60]} is not an ordinary file.", "not-a-file", hint)
        if about.st_size > JOURNAL_MOST:
            size = JOURNAL_MOST // 1024 // 1024
            raise Misread(f"{name[:60]} is larger than {size:,} MiB.", "too-large")
        return Path(self.path, name)

    def covers(self, name: str, data: bytes) -> None:
        """Let the digest cover what was read of a file in another way."""
        self._digest.update(f"{name}\0{len(data)}\0".encode())
        self._digest.update(data)

    def _resolved(self, name: str) -> str:
        """The name with its links followed, if they stay inside."""
        try:
            real = os.path.realpath(os.path.join(self.path, name), strict=True)
        except (OSError, ValueError) as error:
            raise _unreadable(name, error, self._near(name)) from error
        base = self.path.rstrip("/") + "/"
        if not real.startswith(base):
            raise Misread(f"{name[:60]} is a link out of the book.", "path-outside", _INSIDE)
        return real[len(base) :]

    def _near(self, name: str) -> str:
        """Which file of the same folder may be meant; looked for a few times in a book."""
        self._missed += 1
        if self._missed > HINTS_MOST:
            return ""
        folder, _, last = name.rpartition("/")
        try:
            real = os.path.realpath(os.path.join(self.path, folder), strict=True)
            if not f"{real}/".startswith(self.path.rstrip("/") + "/"):
                return ""
            there = [n for n in os.listdir(real) if n.isprintable() and n.endswith(_ENDINGS)]
        except (OSError, ValueError):
            return ""
        near = closest(last, sorted(there))
        return f"did you mean {near}?" if near else ""

    @contextmanager
    def _opened(self, inside: str) -> Iterator[int]:
        *folders, last = inside.split("/")
        opened = os.dup(self._folder)
        try:
            for step, flags in (*((f, os.O_DIRECTORY) for f in folders), (last, 0)):
                opened, before = os.open(step, _FLAGS | flags, dir_fd=opened), opened
                os.close(before)
            yield opened
        finally:
            os.close(opened)

    def _read(self, file: int, name: str) -> bytes:
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode):
            hint = "name a YAML file or a CSV table"
            raise Misread(f"{name[:60]} is not an ordinary file.", "not-a-file", hint)
        room = BYTES_MOST - self._bytes
        with os.fdopen(os.dup(file), "rb") as stream:
            data = stream.read(room + 1)
        if len(data) > room:
            size = BYTES_MOST // 1024 // 1024
            raise Misread(f"The book's files are larger than {size} MiB.", "too-large")
        self._bytes += len(data)
        return data


_INSIDE = "a book reads only files in its own folder"


def _errno(error: Exception) -> int | None:
    return error.errno if isinstance(error, OSError) else None


def _unreadable(name: str, error: Exception, near: str = "") -> Misread:
    number = _errno(error)
    if number == errno.ELOOP:
        return Misread(f"{name[:60]} is a link that leads nowhere.", "path-outside", _INSIDE)
    if number in (errno.ENOENT, errno.ENOTDIR):
        hint = near or "look at the spelling; a name is relative to the file that names it"
        return Misread(f"There is no file {name[:60]}.", "no-file", hint)
    return Misread(f"{name[:60]} cannot be read.", "not-a-file", "look at its permissions")


def text_of(data: bytes) -> str:
    """Bytes as UTF-8 text, with or without a byte order mark."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Misread("The file is UTF-16.", "encoding", "save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        sentence = f"Line {line} of the file is not UTF-8 text."
        raise Misread(sentence, "encoding", "save it as UTF-8") from error
