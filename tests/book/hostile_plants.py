"""Faulty readers, planted to see that the ordeal notices: each does what no reader may do."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


class SomebodyElse:
    """What is done while this is at work is not the reader's doing."""

    at_work = False

    def __enter__(self) -> None:
        self.at_work = True

    def __exit__(self, *_: object) -> None:
        self.at_work = False


SOMEBODY_ELSE = SomebodyElse()


def _reading(act: Callable[[Any, str], bytes]) -> Callable[[], None]:
    """Have every file of the book read by `act`."""

    def plant() -> None:
        from offtake.book.files import Root

        Root.read = act  # type: ignore[method-assign]

    return plant


def _follow_links(root: Any, name: str) -> bytes:
    return Path(root.path, name).resolve().read_bytes()


def _climb(root: Any, name: str) -> bytes:
    with open(os.path.join(root.path, "..", "secret.yaml"), "rb") as file:
        return file.read()


def _keep_memory(root: Any, name: str) -> bytes:
    return b"#" * (2 << 30)


def _compute(root: Any, name: str) -> bytes:
    while True:
        pass


def _raise(root: Any, name: str) -> bytes:
    raise ZeroDivisionError(name)


def _print_trace(root: Any, name: str) -> bytes:
    print("Traceback (most recent call last):", file=sys.stderr)
    return b"book: {}\n"


def _write(root: Any, name: str) -> bytes:
    with open(os.path.join(root.path, "left-behind"), "wb") as file:
        file.write(b"x")
    return b"book: {}\n"


def _run(root: Any, name: str) -> bytes:
    os.system("true")
    return b"book: {}\n"


def _connect(root: Any, name: str) -> bytes:
    import socket

    with socket.socket() as made:
        made.connect_ex(("127.0.0.1", 9))
    return b"book: {}\n"


def _execute(root: Any, name: str) -> bytes:
    path = os.path.join(root.path, name)
    exec(compile("x = 1", path, "exec"), {})
    return b"book: {}\n"


def _lose_the_flag() -> None:
    from offtake.book import files

    files._FLAGS &= ~os.O_NOFOLLOW


def _between(act: Callable[[str], None]) -> Callable[[], None]:
    """Have something done to a table between finding it and opening it."""

    def plant() -> None:
        from offtake.book.files import Root

        find = Root._resolved

        def found(root: Any, name: str) -> str:
            inside = find(root, name)
            if name.endswith(".csv"):
                with SOMEBODY_ELSE:
                    act(os.path.join(root.path, inside))
            return inside

        Root._resolved = found  # type: ignore[method-assign]

    return plant


def _into_link(path: str) -> None:
    os.rename(path, f"{path}.old")
    os.symlink("../secret.yaml", path)


def _away(path: str) -> None:
    os.rename(path, f"{path}.old")


def _grow() -> None:
    stat = os.fstat

    def grown(file: int) -> os.stat_result:
        about = stat(file)
        with SOMEBODY_ELSE:
            os.truncate(f"/proc/self/fd/{file}", 80 << 20)
        return about

    os.fstat = grown


PLANTS: dict[str, Callable[[], None]] = {
    "nothing": lambda: None,
    "a reader that follows links": _reading(_follow_links),
    "a reader that climbs out": _reading(_climb),
    "a reader that lost a flag": _lose_the_flag,
    "a reader that keeps everything": _reading(_keep_memory),
    "a reader that never ends": _reading(_compute),
    "a reader that raises": _reading(_raise),
    "a reader that prints a trace": _reading(_print_trace),
    "a reader that writes": _reading(_write),
    "a reader that runs programs": _reading(_run),
    "a reader that calls out": _reading(_connect),
    "a reader that runs the book": _reading(_execute),
    "a file that becomes a link": _between(_into_link),
    "a file that grows while it is read": _grow,
    "a file that vanishes": _between(_away),
}
