"""Where a desk's keys are held: in memory, or in a folder of their own, apart from the store."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from offtake.store.base import StoreError
from offtake.store.crash import crash_point

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = 32
"""Bytes of a key of any kind."""
SIGN, OWN = "sign.key", "own.key"
_OVERWRITTEN = bytes(KEY)


class KeyringError(StoreError):
    """The keys cannot be used; the message is one sentence that says what to do."""


class _Signer:
    """Signs with a private key, and says the public one."""

    def __init__(self, secret: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._private: Ed25519PrivateKey = Ed25519PrivateKey.from_private_bytes(secret)
        self._public = self._private.public_key().public_bytes_raw()

    @property
    def public(self) -> bytes:
        """The public key of its signatures: Ed25519, 32 bytes."""
        return self._public

    def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature: 64 bytes."""
        return self._private.sign(data)


class MemoryKeyring(_Signer):
    """Keys in memory: gone with the process, unless they all follow from a seed."""

    def __init__(self, seed: bytes | None = None) -> None:
        self._seed = os.urandom(KEY) if seed is None else seed
        self._tenders: dict[str, bytes] = {}
        self._made: dict[str, int] = {}
        """How often each tender's key was made: never the same one twice."""
        super().__init__(self._drawn("sign"))
        self._own = self._drawn("own")

    @property
    def own(self) -> bytes:
        """The key under which the desk seals for itself alone: 32 bytes."""
        return self._own

    def tender(self, label: str) -> bytes | None:
        """A tender's key; None where it was never made, or is destroyed."""
        return self._tenders.get(label)

    def make(self, label: str) -> bytes:
        """Make a tender's key."""
        if label in self._tenders:
            raise KeyringError("This tender has a key already.")
        time = self._made[label] = self._made.get(label, 0) + 1
        self._tenders[label] = self._drawn(f"tender {time} {label}")
        crash_point("keyring.made")
        return self._tenders[label]

    def destroy(self, label: str) -> None:
        """Destroy a tender's key for good; nothing happens where there is none."""
        self._tenders.pop(label, None)

    def copied_to(self, folder: Path) -> None:
        """Write all of them into a folder, as `FolderKeyring` reads it."""
        _private_folder(folder)
        keys = {_file_of(label): key for label, key in self._tenders.items()}
        for name, key in {OWN: self._own, SIGN: self._drawn("sign"), **keys}.items():
            (folder / name).unlink(missing_ok=True)
            _write(folder, name, key)

    def _drawn(self, what: str) -> bytes:
        return sha256(self._seed + what.encode()).digest()


class FolderKeyring(_Signer):
    """Keys as files in a folder that only its owner may read; made where there is none yet.

    Whoever can read the folder and the store can read every bid: keep the two apart.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        _private_folder(self.path)
        if {file.name for file in self.path.glob("*.key")} <= {OWN}:
            # Nothing was ever signed; a power cut may have come between the two, or another
            # process be making them.
            for name in (OWN, SIGN):
                with suppress(FileExistsError):
                    _write(self.path, name, os.urandom(KEY))
        super().__init__(self._needed(SIGN))
        self._own = self._needed(OWN)

    @property
    def own(self) -> bytes:
        """The key under which the desk seals for itself alone: 32 bytes."""
        return self._own

    def tender(self, label: str) -> bytes | None:
        """A tender's key; None where it was never made, or is destroyed."""
        return self._read(_file_of(label))

    def make(self, label: str) -> bytes:
        """Make a tender's key; when this returns, the disk has it."""
        name = _file_of(label)
        left, key = self._left(name), os.urandom(KEY)
        try:
            if left == _OVERWRITTEN:
                # A power cut came while it was destroyed.
                (self.path / name).unlink(missing_ok=True)
            _write(self.path, name, key)
        except FileExistsError:
            raise KeyringError("This tender has a key already.") from None
        crash_point("keyring.made")
        return key

    def destroy(self, label: str) -> None:
        """Destroy a tender's key for good; nothing happens where there is none.

        It is overwritten first. A disk that writes elsewhere, and copies of the folder, may still
        have it.
        """
        file = self.path / _file_of(label)
        try:
            _fill(file, os.O_WRONLY, bytes(KEY))
            crash_point("keyring.overwritten")
            os.unlink(file)
            _sync_folder(self.path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise KeyringError(f"{file} cannot be destroyed: {error.strerror}.") from None

    def _needed(self, name: str) -> bytes:
        found = self._read(name)
        if found is None:
            raise KeyringError(f"{self.path / name} is missing: restore it.")
        return found

    def _read(self, name: str) -> bytes | None:
        """A key; None where there is no file, or one whose destruction a power cut stopped."""
        left = self._left(name)
        return None if left == _OVERWRITTEN else left

    def _left(self, name: str) -> bytes | None:
        """What a key's file holds, zeros too; None where there is none."""
        file = self.path / name
        try:
            opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise KeyringError(f"{file} cannot be read: {error.strerror}.") from None
        try:
            about = os.fstat(opened)
            if not stat.S_ISREG(about.st_mode) or about.st_mode & 0o077:
                raise KeyringError(f"Others may read {file}: chmod 600 it, if nobody has.")
            key = os.read(opened, KEY + 1)
        finally:
            os.close(opened)
        if len(key) != KEY:
            raise KeyringError(f"{file} is not a key of {KEY} bytes: restore it.")
        return key


def _write(folder: Path, name: str, key: bytes) -> None:
    """A key as a file that is there whole or not at all; FileExistsError where there is one."""
    half = folder / f"{name}.{os.urandom(8).hex()}.half"
    try:
        _fill(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, key)
        crash_point("keyring.half")
        try:
            os.link(half, folder / name)
        finally:
            os.unlink(half)
        _sync_folder(folder)
    except FileExistsError:
        raise
    except OSError as error:
        raise KeyringError(f"{folder / name} cannot be written: {error.strerror}.") from None


def _fill(file: Path, flags: int, data: bytes) -> None:
    """Write a file that only its owner may read, through to the disk."""
    opened = os.open(file, flags | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(opened, 0o600)
        os.write(opened, data)
        os.fsync(opened)
    finally:
        os.close(opened)


def _file_of(label: str) -> str:
    return f"{sha256(label.encode()).hexdigest()[:32]}.key"


def _private_folder(path: Path) -> None:
    """Make a folder that only its owner may enter; refuse one that others may."""
    try:
        if not path.exists():
            missing = [above for above in path.parents if not above.exists()]
            for above in reversed(missing):
                above.mkdir(exist_ok=True)
                _sync_folder(above.parent)
            path.mkdir(mode=0o700)
            _sync_folder(path.parent)
        about = path.stat()
    except OSError as error:
        raise KeyringError(f"{path} cannot hold keys: {error.strerror}.") from None
    if not stat.S_ISDIR(about.st_mode):
        raise KeyringError(f"{path} is no folder: name one for the keys.")
    if about.st_mode & 0o077:
        raise KeyringError(f"Others may enter {path}: chmod 700 it, if nobody has.")


def _sync_folder(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
