"""A store by its name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from offtake.store.base import StoreError
from offtake.store.open import open_store
from offtake.store.postgres import PostgresStore
from offtake.store.sqlite import SqliteStore
from store.media import ABOUT


def test_a_path_names_a_sqlite_file(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "desk.sqlite"))
    assert isinstance(store, SqliteStore)
    store.begin(ABOUT)
    store.close()
    reader = open_store(str(tmp_path / "desk.sqlite"), readonly=True)
    with pytest.raises(StoreError, match="read only"):
        reader.lead()
    reader.close()


def test_postgresql_names_a_database(database: str) -> None:
    for name in (database, database.replace("postgresql://", "postgres://")):
        store = open_store(name)
        assert isinstance(store, PostgresStore)
        store.close()
    reader = open_store(database, readonly=True)
    with pytest.raises(StoreError, match="read only"):
        reader.lead()
    reader.close()


def test_another_kind_of_store_is_not_known() -> None:
    with pytest.raises(
        StoreError, match=r"^mysql:// names no store; give a file's path, or postgre"
    ):
        open_store("mysql://us:sesame@host/desk")


def test_without_psycopg_one_sentence_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://host/desk")
    assert str(caught.value) == (
        "A journal on PostgreSQL needs psycopg; install it with: pip install 'offtake[postgres]'."
    )
