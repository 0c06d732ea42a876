"""What a journal needs of whoever holds its keys. Keys are never in a store, a log or an error."""

from __future__ import annotations

from typing import Protocol


class Keyring(Protocol):
    """One desk's keys: to sign, to seal for itself, and one for each tender, to be destroyed."""

    @property
    def public(self) -> bytes:
        """The public key of its signatures: Ed25519, 32 bytes."""
        ...

    @property
    def own(self) -> bytes:
        """The key under which the desk seals for itself alone: 32 bytes."""
        ...

    def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature: 64 bytes."""
        ...

    def tender(self, label: str) -> bytes | None:
        """A tender's key, 32 bytes; None where it was never made, or is destroyed."""
        ...

    def make(self, label: str) -> bytes:
        """Make a tender's key; when this returns, the key outlives a power cut."""
        ...

    def destroy(self, label: str) -> None:
        """Destroy a tender's key for good; nothing happens where there is none."""
        ...
