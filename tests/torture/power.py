"""A disk that loses power: an SQLite VFS that knows what was synced and what was not.

Files are real, below them the system's own VFS (so locks and shared memory work as always). For
each file the world keeps what is durable, and the writes since the last sync. At a cut every later
operation fails, and each write that was not synced is by chance kept, lost, torn at a sector of 512
bytes, or garbled, as SQLite's own crash tests do. Entries of directories are not modelled: a file
that was made is there.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import apsw

SECTOR = 512
_numbers = itertools.count()


class PowerCutError(apsw.IOError):
    """There is no power."""


class ShortWriteError(apsw.IOError):
    """A part of what was to be written is; the rest is not."""


def _quiet(*error: object) -> None:
    """A second failure while the first is on its way is no news."""


@dataclass
class Image:
    """One file: its durable bytes, and the changes since it was last synced."""

    durable: bytearray
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Offset and bytes written, or a size and None for a truncation."""

    def synced(self) -> None:
        for offset, data in self.pending:
            _change(self.durable, offset, data)
        self.pending.clear()

    def after_a_cut(self, chance: random.Random) -> bytes:
        """What the disk holds afterwards."""
        left = bytearray(self.durable)
        for offset, data in self.pending:
            fate = chance.choice(("kept", "lost", "torn", "garbled"))
            if fate == "kept" or (data is None and fate != "lost"):
                _change(left, offset, data)
            elif data is not None and fate in ("torn", "garbled"):
                for at in range(0, len(data), SECTOR):
                    if chance.random() < 0.5:
                        part = data[at : at + SECTOR]
                        garbled = fate == "garbled" and chance.random() < 0.3
                        _change(left, offset + at, chance.randbytes(len(part)) if garbled else part)
        return bytes(left)


def _change(image: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del image[offset:]
        return
    if len(image) < offset:
        image.extend(bytes(offset - len(image)))
    image[offset : offset + len(data)] = data


class World(apsw.VFS):
    """A VFS under a name of its own. `cut_at` is the operation at which the power goes.

    `lies`: a sync is acknowledged and does nothing. `fault` may raise at an operation, by its
    number and name; it stands for a disk that fails without losing power.
    """

    def __init__(
        self,
        seed: int,
        cut_at: int | None = None,
        *,
        lies: bool = False,
        fault: Callable[[int, str], None] | None = None,
    ) -> None:
        self.name = f"world{os.getpid()}-{next(_numbers)}"
        self.chance = random.Random(seed)
        self.cut_at, self.lies, self.fault = cut_at, lies, fault
        self.operations = 0
        self.dark = False
        self.images: dict[str, Image] = {}
        super().__init__(self.name, "")

    excepthook = staticmethod(_quiet)

    def step(self, what: str) -> None:
        """One operation on the disk."""
        if self.dark:
            raise PowerCutError("no power")
        self.operations += 1
        if self.operations == self.cut_at:
            self.dark = True
            raise PowerCutError("the power is cut")
        if self.fault is not None:
            self.fault(self.operations, what)

    def xOpen(  # noqa: N802
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        return Disk(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self.step("delete")
        self.images.pop(filename, None)
        super().xDelete(filename, syncdir)

    def after_the_cut(self) -> None:
        """Put on the disk what the cut has left, and unregister."""
        for path, image in self.images.items():
            Path(path).write_bytes(image.after_a_cut(self.chance))
            Path(path.removesuffix("-wal") + "-shm").unlink(missing_ok=True)
        self.unregister()


class Disk(apsw.VFSFile):
    """One open file of a world."""

    def __init__(self, world: World, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self.world = world
        world.step("open")
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.path = path
        if path is not None and path not in world.images:
            world.images[path] = Image(bytearray(Path(path).read_bytes()))

    excepthook = staticmethod(_quiet)

    @property
    def image(self) -> Image | None:
        return self.world.images.get(self.path) if self.path is not None else None

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        if self.world.dark:
            raise PowerCutError("no power")
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        try:
            self.world.step("write")
        except ShortWriteError:
            super().xWrite(data[: len(data) // 2], offset)
            raise
        if self.image is not None:
            self.image.pending.append((offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self.world.step("truncate")
        if self.image is not None:
            self.image.pending.append((newsize, None))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self.world.step("sync")
        if self.image is not None and not self.world.lies:
            self.image.synced()
