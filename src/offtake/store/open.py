"""A store by its name: a file's path, or `postgresql://...`."""

from __future__ import annotations

from offtake.store.base import Store, StoreError


def open_store(text: str, *, readonly: bool = False) -> Store:
    """The store that the text names; `StoreError` says why it cannot be opened."""
    if text.startswith(("postgresql://", "postgres://")):
        try:
            import psycopg  # noqa: F401
        except ImportError:
            raise StoreError(
                "A journal on PostgreSQL needs psycopg; install it with: pip install "
                "'offtake[postgres]'."
            ) from None
        from offtake.store.postgres import PostgresStore

        return PostgresStore(text, readonly=readonly)
    if "://" in text:
        raise StoreError(
            f"{text.split('://')[0]}:// names no store; give a file's path, or postgresql://..."
        )
    from offtake.store.sqlite import SqliteStore

    return SqliteStore(text, readonly=readonly)
