"""Kills a desk with signal 9 at every operation on its disk and at every named point, and looks.

A program of its own, so that each victim is forked from one thread. The victim tells over a pipe
what it has acknowledged; what was told must be in the store afterwards. Prints a line of JSON.

    python -m torture.killer FOLDER LIFE   (in the folder tests)
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from offtake.store import crash, sqlite
from offtake.store.keyring import FolderKeyring
from offtake.store.sqlite import SqliteStore

from .lifetime import Lifetime, Told, commands, groups_of, run, wrong_with
from .power import World

sqlite._PAGES_BEFORE_CHECKPOINT = 8


class Victim:
    """One life in a folder: its store, its keys, and the pipe of what it acknowledged."""

    def __init__(self, folder: Path, own: int) -> None:
        self.folder, self.own = folder, own
        self.path, self.keys = folder / "desk.sqlite", folder / "keys"

    def live(self, world: World, at_point: Callable[[str], None], tell: int) -> None:
        """Run until something ends the process; each acknowledgement goes down the pipe."""
        with crash.at_each(at_point):
            life = Lifetime(FolderKeyring(self.keys))
            store = SqliteStore(self.path, vfs=world.name)
            before = 0
            for _ in run(life, store, self.own, commands(self.own)):
                links = [one.link.hex() if one.link else "" for one in life.told[before:]]
                answers = [one.answer.decode() for one in life.told[before:]]
                before = len(life.told)
                os.write(tell, json.dumps([links, answers]).encode() + b"\n")
            store.backup(self.folder / "backup.sqlite")
            store.close()

    def killed(self, at: int, what: str) -> tuple[bool, str]:
        """Whether it died at the `at`th operation or point, and what is wrong afterwards."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        heard, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(heard)
            self._die_at(at, what, tell)
        os.close(tell)
        lines = _all_of(heard).splitlines()
        _, status = os.waitpid(child, 0)
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if not died and status != 0:
            return True, "it ended with an error of its own"
        return died, self._wrong(lines)

    def _die_at(self, at: int, what: str, tell: int) -> None:
        counted = 0

        def step(_: object, __: object = None) -> None:
            nonlocal counted
            counted += 1
            if counted == at:
                os.kill(os.getpid(), signal.SIGKILL)

        def nothing(_: str) -> None:
            return

        try:
            world = World(self.own, fault=step if what == "operation" else None)
            self.live(world, step if what == "point" else nothing, tell)
            os._exit(0)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(1)

    def _wrong(self, lines: list[bytes]) -> str:
        life = Lifetime(FolderKeyring(self.keys))
        stream = [one for group in groups_of(self.own, commands(self.own)) for one in group]
        for line in lines:
            for link, answer in zip(*json.loads(line), strict=True):
                envelope = stream[len(life.told)]
                life.told.append(Told(envelope, answer.encode(), bytes.fromhex(link) or None))
        return wrong_with(life, self.path)


def _all_of(pipe: int) -> bytes:
    with os.fdopen(pipe, "rb") as heard:
        return heard.read()


def names_of(folder: Path, own: int) -> list[str]:
    """The named points that a whole life reaches, in their order."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    reached: list[str] = []
    with open(os.devnull, "wb") as nobody:
        Victim(folder, own).live(World(own), reached.append, nobody.fileno())
    return reached


def main() -> None:
    folder, own = Path(sys.argv[1]), int(sys.argv[2])
    reached = names_of(folder, own)
    victim = Victim(folder, own)
    found: dict[str, object] = {"names": sorted(set(reached))}
    wrong: list[str] = []
    for what in ("operation", "point"):
        at, died = 0, True
        while died:
            at += 1
            died, said = victim.killed(at, what)
            if said:
                wrong.append(f"{what} {at}: {said}")
        found[f"{what}s"] = at - 1
    print(json.dumps(found | {"wrong": wrong}))


if __name__ == "__main__":
    main()
