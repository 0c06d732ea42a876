"""A journal in a PostgreSQL database: its settings, its lock, and a server that goes away."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from offtake.journal.entry import Form
from offtake.store.base import BusyError, FencedError, OtherSchemaError, StoppedError, StoreError
from offtake.store.copying import check
from offtake.store.crash import at_each
from offtake.store.postgres import PostgresStore
from store.media import ABOUT, Rows
from store.served import Served

OPEN = Form.OPEN


@pytest.fixture
def begun(database: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database)
    store.begin(ABOUT)
    yield store
    store.close()


def do(database: str, statement: str) -> None:
    with psycopg.connect(database, autocommit=True) as db:
        db.execute(statement.encode())


def killed(database: str) -> None:
    """End all other connections to the database, as a crash of their servers would."""
    do(
        database,
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


# --- durable --------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["off", "local", "remote_write"])
def test_who_leads_must_wait_for_the_servers_disk(
    begun: PostgresStore, database: str, level: str
) -> None:
    store = PostgresStore(f"{database}&options=-c%20synchronous_commit%3D{level}")
    if level == "off":
        with pytest.raises(StoreError, match=r"power cut .* synchronous_commit is off; set it to"):
            store.lead()
    else:
        assert store.lead() == 1
    store.close()


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_does_not_sync_is_refused(
    served: Served, begun: PostgresStore, setting: str
) -> None:
    served.run(f"ALTER SYSTEM SET {setting} = off")
    try:
        served.reload(setting, "off")
        with pytest.raises(StoreError, match=f"would acknowledge .*: {setting} is off; set it"):
            begun.lead()
    finally:
        served.run(f"ALTER SYSTEM RESET {setting}")
        served.reload(setting, "on")
    assert begun.lead() == 1


# --- one leader -----------------------------------------------------------------------------------


def test_the_lead_is_free_when_the_leaders_connection_is_lost(
    begun: PostgresStore, database: str
) -> None:
    begun.lead()
    other = PostgresStore(database)
    with pytest.raises(BusyError, match="is led by another program; end that first"):
        other.lead()
    other.close()
    killed(database)
    other = PostgresStore(database)
    assert other.lead(wait=20.0) == 2
    other.close()


def test_a_leader_whose_lock_was_lost_unnoticed_is_fenced_out(
    begun: PostgresStore, database: str
) -> None:
    first = begun.lead()
    begun._db.execute("SELECT pg_advisory_unlock_all()")
    other = PostgresStore(database)
    second = other.lead()
    rows = Rows()
    batch = rows.batch(OPEN)
    with pytest.raises(FencedError, match="another sequencer leads"):
        begun.append(first, batch)
    other.append(second, batch)
    assert list(other.read()) == rows.entries
    other.close()


def test_two_batches_cannot_have_one_number(begun: PostgresStore, database: str) -> None:
    lead = begun.lead()
    rows = Rows()
    begun.append(lead, rows.batch(OPEN))
    do(database, "UPDATE offtake.journal SET size = 0")
    with pytest.raises(FencedError, match="holds these entries already"):
        begun.append(lead, Rows().batch(OPEN))
    do(database, "UPDATE offtake.journal SET size = 1")
    assert list(begun.read()) == rows.entries


# --- when the server goes away --------------------------------------------------------------------


@pytest.mark.parametrize("point", ["store.mid_append", "store.before_commit"])
def test_a_connection_lost_while_writing_stops_the_store_for_good(
    begun: PostgresStore, database: str, point: str
) -> None:
    lead = begun.lead()
    rows = Rows()
    begun.append(lead, rows.batch(OPEN))
    batch = rows.batch(OPEN, OPEN)
    with (
        at_each(lambda name: killed(database) if name == point else None),
        pytest.raises(StoppedError, match=r"Nothing more is written: .* may be kept or not"),
    ):
        begun.append(lead, batch)
    for again in (lambda: begun.append(lead, batch), begun.lead, begun.size, begun.head):
        with pytest.raises(StoppedError):
            again()
    other = PostgresStore(database)
    assert check(other) == 1
    other.append(other.lead(wait=20.0), batch)
    assert list(other.read()) == rows.entries
    other.close()


def test_a_connection_lost_while_reading_is_one_sentence(
    begun: PostgresStore, database: str
) -> None:
    killed(database)
    with pytest.raises(StoreError, match=r"cannot be used as a journal: .*\.$"):
        begun.size()


def test_a_snapshot_whose_connection_is_lost_is_one_sentence(
    begun: PostgresStore, database: str
) -> None:
    def read() -> None:
        with begun.snapshot() as still:
            killed(database)
            still.size()

    with pytest.raises(StoreError, match="cannot be used"):
        read()


# --- databases that are no journal ----------------------------------------------------------------


def test_a_server_that_is_not_there_is_named_and_no_password_is_said() -> None:
    with pytest.raises(StoreError) as caught:
        PostgresStore("postgresql://us:sesame@127.0.0.1:1/desk")
    assert str(caught.value).startswith(
        "The PostgreSQL database desk on 127.0.0.1 cannot be reached"
    )
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize("where", ["us:ses@me@host/desk", "us:sesame@[host/desk", "us:ses:@me@:x/"])
def test_a_name_that_cannot_be_read_is_not_repeated(where: str) -> None:
    with pytest.raises(StoreError) as caught:
        PostgresStore(f"postgresql://{where}")
    assert str(caught.value) == (
        "The name of the PostgreSQL database cannot be read; write it as "
        "postgresql://user@host/database, an @ in a password as %40."
    )


def test_a_database_without_a_journal_cannot_be_read(database: str) -> None:
    with pytest.raises(
        StoreError, match=r"^The PostgreSQL database desk\d+ on .* has no journal\.$"
    ):
        PostgresStore(database, readonly=True)


@pytest.mark.parametrize("table", ["songs (name text)", "version (version integer)"])
def test_a_schema_of_another_program_is_refused_and_left_alone(database: str, table: str) -> None:
    do(database, f"CREATE SCHEMA offtake CREATE TABLE {table}")
    for readonly in (False, True):
        with pytest.raises(StoreError, match=r"has a schema .*offtake .*; name another"):
            PostgresStore(database, readonly=readonly)
    do(database, f"DROP TABLE offtake.{table.split()[0]}")
    PostgresStore(database).close()


def test_a_later_schema_is_refused(begun: PostgresStore, database: str) -> None:
    do(database, "UPDATE offtake.version SET version = 7")
    for readonly in (False, True):
        with pytest.raises(OtherSchemaError, match=r"later version .*schema 7.*; update offtake\."):
            PostgresStore(database, readonly=readonly)


def test_rows_that_are_gone_are_noticed(begun: PostgresStore, database: str) -> None:
    lead = begun.lead()
    begun.append(lead, Rows().batch(*[OPEN] * 4))
    do(database, "DELETE FROM offtake.body WHERE number = 2")
    with pytest.raises(StoreError, match=r"lacks entries; restore a backup\.$"):
        list(begun.read())
