"""The PostgreSQL server that the tests of stores share: one a session and worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from store.served import NotServedError, Served, serving


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    try:
        with serving() as server:
            yield server
    except NotServedError as error:
        pytest.skip(str(error))


@pytest.fixture
def database(served: Served) -> Iterator[str]:
    """A database of the test's own."""
    with served.database() as dsn:
        yield dsn


@pytest.fixture
def second_database(served: Served) -> Iterator[str]:
    """Another one."""
    with served.database() as dsn:
        yield dsn
