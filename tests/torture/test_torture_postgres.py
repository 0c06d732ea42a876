"""T2 on PostgreSQL: its processes are killed at named points; nothing acknowledged is lost.

At each point that an append has, at its first time and later ones: the backend that serves the
desk is killed (signal 9), upon which PostgreSQL recovers from its log; or the whole server is told
to stop at once (SIGQUIT, as `pg_ctl stop -m immediate` does). The desk must stop, say so in one
sentence, and find all that it acknowledged when it starts again.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from offtake.store import crash
from offtake.store.base import StoppedError
from offtake.store.keyring import MemoryKeyring
from offtake.store.postgres import PostgresStore
from store.served import NotServedError, Served, serving

from .lifetime import Lifetime, commands, try_run, wrong_in
from .telling import told

OWN = 8
POINTS = ("store.mid_append", "store.before_commit")
SECONDS = 60
"""How long a server may take to stop, and to come back."""
TIMES = (1, 2, 9)
"""At the first, second and ninth time that a point is reached."""


@pytest.fixture(scope="module")
def own_server() -> Iterator[Served]:
    """A server for these tests alone: it dies often."""
    try:
        with serving() as server:
            yield server
    except NotServedError as error:
        pytest.skip(str(error))


def kill_backend(server: Served, store: PostgresStore) -> None:
    """It returns when the server has seen it: until then it would still let others in."""
    backend = store._db.info.backend_pid
    os.kill(backend, signal.SIGKILL)
    _until(lambda: not Path(f"/proc/{backend}").exists(), "the server did not see its process end")


def stop_at_once(server: Served, store: PostgresStore) -> None:
    postmaster = server.server.get_pid()
    os.kill(postmaster, signal.SIGQUIT)
    _until(lambda: not _alive(postmaster), "the server did not stop")


def _until(over: Callable[[], bool], otherwise: str) -> None:
    for _ in range(SECONDS * 100):
        if over():
            return
        time.sleep(0.01)
    raise AssertionError(otherwise)


def _back(server: Served) -> None:
    """The server as it is after its recovery."""
    if not _alive(server.server.get_pid()):
        server.server.start()
    _until(lambda: _answers(server), "the server did not come back")


def _answers(server: Served) -> bool:
    try:
        server.run("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _alive(process: int | None) -> bool:
    """Whether a process runs; one that has ended may be listed until somebody asks for its end."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.parametrize("end", [kill_backend, stop_at_once])
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("time_of", TIMES)
def test_when_the_server_dies_at_a_point_all_that_was_acknowledged_is_there(
    own_server: Served,
    end: Callable[[Served, PostgresStore], None],
    point: str,
    time_of: int,
) -> None:
    life = Lifetime(MemoryKeyring(b"killed"))
    reached = 0
    _back(own_server)
    with own_server.database() as dsn:
        store = PostgresStore(dsn)

        def at(name: str) -> None:
            nonlocal reached
            reached += name == point
            if name == point and reached == time_of:
                end(own_server, store)

        with crash.at_each(at):
            try_run(life, store, OWN, commands(OWN))
        assert reached == time_of, "the life ended before the point was reached so often"
        assert isinstance(life.stopped, StoppedError)
        assert "\n" not in str(life.stopped)
        with pytest.raises(StoppedError):
            store.size()
        store.close()
        _back(own_server)
        again = PostgresStore(dsn)
        wrong = wrong_in(life, again)
        again.close()
    told("T2", f"PostgreSQL: {end.__name__.replace('_', ' ')} at {point}", 1, lost=int(wrong != ""))
    assert wrong == ""
