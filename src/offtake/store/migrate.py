"""Schema versions: from each to the next, what has to be run.

A store that is opened to be written is brought up to `SCHEMA` in one transaction, the new version
number in it; so a crash leaves the old version or the new one. A step is never changed once it was
released: the way of every old journal leads through it.
"""

from __future__ import annotations

from collections.abc import Callable

from offtake.store.base import OtherSchemaError, StoreError
from offtake.store.crash import crash_point

SCHEMA = 1
"""The version that this code reads and writes."""

STEPS: dict[tuple[str, int], tuple[str, ...]] = {}
"""By medium ("sqlite", "postgres") and version: what leads to the version after it."""


def upgrade(medium: str, version: int, run: Callable[[str], object], where: str) -> None:
    """Run all steps from that version on; the caller's transaction holds them."""
    for old in range(version, SCHEMA):
        if (medium, old) not in STEPS:
            raise StoreError(
                f"{where} is of schema version {old}, from which no way leads to {SCHEMA}; "
                f"restore a backup, or open it with the version that wrote it."
            )
        for statement in STEPS[medium, old]:
            run(statement)
            crash_point("migrate.half")


def refuse_later(version: int, where: str) -> None:
    """`OtherSchemaError` where a later version wrote it."""
    if version > SCHEMA:
        raise OtherSchemaError(
            f"{where} was written by a later version of offtake (schema {version}; this one knows "
            f"{SCHEMA}); update offtake."
        )


def refuse_earlier(version: int, where: str) -> None:
    """`StoreError` where an earlier version wrote it and it is to be read only."""
    if version < SCHEMA:
        raise StoreError(
            f"{where} was written by an earlier version of offtake (schema {version}; this one "
            f"reads {SCHEMA}); open it once to write, and it is brought up to date."
        )
