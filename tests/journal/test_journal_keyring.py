"""Keys: in memory from a seed, or in a folder that only its owner may read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from offtake.journal.keys import Keyring
from offtake.store.crash import at_each
from offtake.store.keyring import FolderKeyring, KeyringError, MemoryKeyring


class PowerCutError(Exception):
    """The process ends here."""


def at_point(name: str) -> object:
    def cut(point: str) -> None:
        if point == name:
            raise PowerCutError

    return at_each(cut)


@pytest.fixture(params=["memory", "folder"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> Keyring:
    return MemoryKeyring() if request.param == "memory" else FolderKeyring(tmp_path / "keys")


# --- what every keyring does ----------------------------------------------------------------------


def test_a_signature_holds_under_the_public_key(keys: Keyring) -> None:
    Ed25519PublicKey.from_public_bytes(keys.public).verify(keys.sign(b"text"), b"text")


def test_a_tender_has_a_key_from_when_it_is_made_until_it_is_destroyed(keys: Keyring) -> None:
    assert keys.tender("lot") is None
    made = keys.make("lot")
    assert len(made) == 32
    assert keys.tender("lot") == made
    assert keys.make("other") != made
    keys.destroy("lot")
    assert keys.tender("lot") is None
    assert keys.tender("other") is not None
    keys.destroy("lot")
    keys.destroy("never made")


def test_a_key_is_not_made_twice(keys: Keyring) -> None:
    made = keys.make("lot")
    with pytest.raises(KeyringError, match="has a key already"):
        keys.make("lot")
    assert keys.tender("lot") == made


def test_a_key_that_was_destroyed_never_comes_back(keys: Keyring) -> None:
    before = keys.make("lot")
    keys.destroy("lot")
    assert keys.make("lot") != before


def test_no_two_keys_are_alike(keys: Keyring) -> None:
    made = {keys.public, keys.own, *(keys.make(label) for label in ("a", "b", "c/../d", "ü" * 99))}
    assert len(made) == 6


def test_keys_are_in_no_text(keys: Keyring) -> None:
    secret = keys.make("lot")
    for text in (repr(keys), str(keys)):
        assert secret.hex() not in text
        assert keys.own.hex() not in text


# --- in memory ------------------------------------------------------------------------------------


def test_a_seed_makes_the_same_keys_in_every_run() -> None:
    one, other, third = (MemoryKeyring(seed) for seed in (b"seed", b"seed", b"other"))
    assert (one.public, one.own, one.make("lot")) == (other.public, other.own, other.make("lot"))
    assert one.public != third.public
    assert MemoryKeyring().public != MemoryKeyring().public


# --- in a folder ----------------------------------------------------------------------------------


def test_a_folder_keeps_its_keys(tmp_path: Path) -> None:
    first = FolderKeyring(tmp_path / "deep" / "keys")
    made = first.make("lot")
    again = FolderKeyring(tmp_path / "deep" / "keys")
    assert (again.public, again.own, again.tender("lot")) == (first.public, first.own, made)


def test_only_the_owner_may_read_any_of_it(tmp_path: Path) -> None:
    keys = FolderKeyring(tmp_path / "keys")
    keys.make("lot")
    assert stat.S_IMODE(keys.path.stat().st_mode) == 0o700
    files = sorted(keys.path.iterdir())
    assert len(files) == 3
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(file.read_bytes()) == 32


def test_file_names_do_not_name_the_tender(tmp_path: Path) -> None:
    keys = FolderKeyring(tmp_path)
    keys.make("secret-lot")
    names = [file.name for file in tmp_path.iterdir()]
    assert not any("secret" in name for name in names)


@pytest.mark.parametrize("name", ["sign.key", "own.key"])
def test_keys_that_others_may_read_are_refused(name: str, tmp_path: Path) -> None:
    FolderKeyring(tmp_path)
    (tmp_path / name).chmod(0o640)
    with pytest.raises(KeyringError, match=f"Others may read .*{name}: chmod 600"):
        FolderKeyring(tmp_path)


def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    FolderKeyring(tmp_path / "keys")
    (tmp_path / "keys").chmod(0o750)
    with pytest.raises(KeyringError, match=r"Others may enter .*keys: chmod 700"):
        FolderKeyring(tmp_path / "keys")


def test_a_tender_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    keys = FolderKeyring(tmp_path)
    keys.make("lot")
    for file in tmp_path.iterdir():
        file.chmod(0o604)
    with pytest.raises(KeyringError, match="Others may read"):
        keys.tender("lot")


def test_a_link_is_no_key(tmp_path: Path) -> None:
    FolderKeyring(tmp_path)
    (tmp_path / "own.key").rename(tmp_path / "elsewhere")
    (tmp_path / "own.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyringError, match=r"own\.key cannot be read"):
        FolderKeyring(tmp_path)


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 33])
def test_a_file_that_is_no_key_is_refused(data: bytes, tmp_path: Path) -> None:
    FolderKeyring(tmp_path)
    (tmp_path / "own.key").write_bytes(data)
    with pytest.raises(KeyringError, match=r"own\.key is not a key of 32 bytes: restore it"):
        FolderKeyring(tmp_path)


@pytest.mark.parametrize("name", ["sign.key", "own.key"])
def test_a_lost_key_is_asked_for_and_not_made_anew(name: str, tmp_path: Path) -> None:
    FolderKeyring(tmp_path).make("lot")
    (tmp_path / name).unlink()
    with pytest.raises(KeyringError, match=f"{name} is missing: restore it"):
        FolderKeyring(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("")
    with pytest.raises(KeyringError, match="is no folder: name one for the keys"):
        FolderKeyring(tmp_path / "keys")
    with pytest.raises(KeyringError, match="cannot hold keys"):
        FolderKeyring(tmp_path / "keys" / "within")


def test_errors_tell_no_label(tmp_path: Path) -> None:
    keys = FolderKeyring(tmp_path)
    keys.make("secret-lot")
    with pytest.raises(KeyringError) as caught:
        keys.make("secret-lot")
    assert "secret-lot" not in str(caught.value)


def test_the_disk_has_a_key_and_its_name_before_anything_is_sealed_under_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = FolderKeyring(tmp_path)
    done: list[str] = []

    def noted(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(first: Any, *rest: Any) -> object:
            folder = name == "fsync" and stat.S_ISDIR(os.fstat(first).st_mode)
            done.append(f"{name} folder" if folder else name)
            return real(first, *rest)

        return call

    for name in ("write", "fsync", "link", "unlink"):
        monkeypatch.setattr(os, name, noted(name))
    keys.make("lot")
    assert done == [
        "write",
        "fsync",
        "link",
        "unlink",
        "fsync folder",
    ]
    done.clear()
    keys.destroy("lot")
    assert done == ["write", "fsync", "unlink", "fsync folder"]


def test_of_two_that_begin_a_folder_at_once_the_first_makes_the_keys(tmp_path: Path) -> None:
    first: list[FolderKeyring] = []

    def meanwhile(point: str) -> None:
        if not first:
            first.append(None)  # type: ignore[arg-type]
            first[0] = FolderKeyring(tmp_path)

    with at_each(meanwhile):
        second = FolderKeyring(tmp_path)
    assert (second.public, second.own) == (first[0].public, first[0].own)


def test_a_disk_that_fails_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = FolderKeyring(tmp_path)
    keys.make("lot")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyringError, match="cannot be written: No space left on device"):
        keys.make("other")
    with pytest.raises(KeyringError, match="cannot be destroyed: No space left on device"):
        keys.destroy("lot")
    monkeypatch.undo()
    assert keys.tender("other") is None


# --- power cuts -----------------------------------------------------------------------------------


def test_a_power_cut_while_a_key_is_made_leaves_no_half_of_it(tmp_path: Path) -> None:
    keys = FolderKeyring(tmp_path)
    with pytest.raises(PowerCutError), at_point("keyring.half"):
        keys.make("lot")
    again = FolderKeyring(tmp_path)
    assert again.tender("lot") is None
    assert again.make("lot") == FolderKeyring(tmp_path).tender("lot")


def test_a_power_cut_after_a_key_is_made_keeps_it(tmp_path: Path) -> None:
    keys = FolderKeyring(tmp_path)
    with pytest.raises(PowerCutError), at_point("keyring.made"):
        keys.make("lot")
    assert FolderKeyring(tmp_path).tender("lot") == keys.tender("lot")
    assert keys.tender("lot") is not None


def test_a_power_cut_while_a_key_is_destroyed_leaves_none(tmp_path: Path) -> None:
    keys = FolderKeyring(tmp_path)
    before = keys.make("lot")
    with pytest.raises(PowerCutError), at_point("keyring.overwritten"):
        keys.destroy("lot")
    assert FolderKeyring(tmp_path).tender("lot") is None
    assert not any(before in file.read_bytes() for file in tmp_path.iterdir())
    FolderKeyring(tmp_path).destroy("lot")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_power_cut_while_a_folder_begins_does_not_spoil_it(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(PowerCutError), at_point("keyring.half"):
            FolderKeyring(tmp_path)
    keys = FolderKeyring(tmp_path)
    (tmp_path / "sign.key").unlink()
    # The desk's own key was there before the one that signs: nothing was ever signed.
    assert FolderKeyring(tmp_path).own == keys.own


# --- what else a disk may hold --------------------------------------------------------------------


def test_every_folder_that_was_made_has_its_name_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut loses all keys with the folder above theirs."""
    synced: list[Path] = []
    real = os.fsync

    def noted(opened: int) -> None:
        if stat.S_ISDIR(os.fstat(opened).st_mode):
            synced.append(Path(os.readlink(f"/proc/self/fd/{opened}")))
        real(opened)

    monkeypatch.setattr(os, "fsync", noted)
    folder = tmp_path / "share" / "offtake" / "keys"
    FolderKeyring(folder)
    assert synced[:3] == [tmp_path, tmp_path / "share", tmp_path / "share" / "offtake"]
    assert set(synced[3:]) == {folder}
    synced.clear()
    FolderKeyring(folder)
    assert synced == []


def test_a_key_that_another_process_made_meanwhile_is_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, other = FolderKeyring(tmp_path), FolderKeyring(tmp_path)
    real, made = os.urandom, []

    def first(size: int) -> bytes:
        if not made:
            made.append(b"")
            made.append(other.make("lot"))
        return real(size)

    monkeypatch.setattr(os, "urandom", first)
    with pytest.raises(KeyringError, match="has a key already"):
        keys.make("lot")
    assert keys.tender("lot") == made[1]


def test_only_a_key_that_was_overwritten_is_made_anew(tmp_path: Path) -> None:
    keys = FolderKeyring(tmp_path)
    made = keys.make("lot")
    (file,) = {*tmp_path.iterdir()} - {tmp_path / "own.key", tmp_path / "sign.key"}
    file.write_bytes(bytes(32))
    assert keys.make("lot") not in (made, bytes(32))
    for left in (bytes(31), b"", bytes(33)):
        file.write_bytes(left)
        with pytest.raises(KeyringError, match="is not a key of 32 bytes: restore it"):
            keys.make("lot")
        assert file.read_bytes() == left
