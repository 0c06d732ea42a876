"""Files that only their owner may read: receipts, marks, secrets of bids."""

from __future__ import annotations

import os
from pathlib import Path

from offtake.dealing.wrong import WrongDealingError
from offtake.keep import whole


def there(path: Path) -> Path:
    """A file that may be written: its folder must be there. Raises `WrongDealingError`."""
    if not path.parent.is_dir():
        raise WrongDealingError(f"the folder {path.parent} is not there; make it first")
    return path


def write(path: Path, content: bytes) -> Path:
    """Write a file, whole or not at all, that nobody else may read."""
    before = os.umask(0o077)
    try:
        return whole(path, content)
    finally:
        os.umask(before)


def make(folder: Path, *, ours: bool) -> Path:
    """The folder; one that is made, or is `ours`, shows nobody else what is in it."""
    before = os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    finally:
        os.umask(before)
    if ours and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder
