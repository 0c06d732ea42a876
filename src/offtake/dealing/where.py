"""Where a book's desk is kept: its store, and apart from it the folder of its keys."""

from __future__ import annotations

import os
import re
from pathlib import Path

from offtake.dealing.wrong import WrongDealingError
from offtake.journal.entry import About
from offtake.store.base import NoJournalError, Store
from offtake.store.keyring import FolderKeyring
from offtake.store.open import open_store

STORE, RECEIPTS = "desk.sqlite", "receipts"
PRACTICE = "practice-keys"
BEGINS = "the first offtake tender open begins one, or offtake settle --post"
"""A folder of keys that protect nothing: a rehearsal writes them beside its store."""
KEYS = "OFFTAKE_KEYS"
"""The environment's word for the folder that holds the folders of keys."""


class Where:
    """The store of a book's desk and its keys, by what was said of them and what was not."""

    def __init__(self, folder: Path, store: str | Path | None, keys: str | Path | None) -> None:
        self.folder = folder
        self.store = str(folder / STORE if store is None else store)
        if not self.store.strip():
            raise WrongDealingError("--desk names no store; leave it out for the book's own")
        self._keys = keys

    @property
    def file(self) -> Path | None:
        """The store's file; None of a database server."""
        return None if "://" in self.store else Path(self.store)

    @property
    def shown(self) -> str:
        """The store's name as it may be shown: without a password."""
        return re.sub(r"(?<=://)[^/@]*@", "", self.store).partition("?")[0]

    @property
    def beside(self) -> Path:
        """Where the buyer's receipts are written: beside the store, or in the book's folder."""
        return (self.folder if self.file is None else self.file.parent) / RECEIPTS

    def apart(self) -> Path:
        """Where another party's are: in the folder where it is, which is not the buyer's."""
        here = Path(RECEIPTS)
        if here.resolve() == self.beside.resolve():
            raise WrongDealingError(
                "this is the folder in which the buyer keeps its receipts; name one for the "
                "party's own: --receipts DIR"
            )
        return here

    def opened(self, *, readonly: bool) -> Store:
        """The store, which must be there."""
        file = self.file
        if file is not None and not file.exists():
            raise WrongDealingError(f"there is no desk in {file}; {BEGINS}")
        try:
            return open_store(self.store, readonly=readonly)
        except NoJournalError as error:
            raise self._none() from error

    def _none(self) -> WrongDealingError:
        return WrongDealingError(f"no desk has begun in {self.shown}; {BEGINS}")

    def begun(self) -> bool:
        """Whether there is a journal in the store."""
        file = self.file
        if file is not None and not file.exists():
            return False
        try:
            store = open_store(self.store, readonly=True)
        except NoJournalError:
            return False
        try:
            return store.about() is not None
        finally:
            store.close()

    def there(self) -> None:
        """Raise `WrongDealingError` where no desk has begun."""
        if not self.begun():
            raise self._none()

    def begin(self) -> None:
        """Make the desk's keys and begin its journal in the store."""
        file = self.file
        if file is not None and not file.parent.is_dir():
            raise WrongDealingError(f"the folder {file.parent} is not there; make it first")
        desk = os.urandom(16).hex()
        keyring = FolderKeyring(self.folder_of(desk))
        store = open_store(self.store)
        try:
            store.begin(About(desk, keyring.public))
        finally:
            store.close()

    def keyring(self, store: Store) -> FolderKeyring:
        """The keys of the desk in the store; they must be there."""
        about = store.about()
        if about is None:
            raise self._none()
        if not re.fullmatch("[0-9a-f]{32}", about.desk):
            raise WrongDealingError(
                f"the desk in {self.shown} has no name of 32 digits; restore it"
            )
        folder = self.folder_of(about.desk)
        if not (folder / "sign.key").exists():
            raise WrongDealingError(
                f"the keys of this desk are not in {folder}; name the folder that holds the folder "
                f"{about.desk}: --keys, or ${KEYS}"
            )
        return FolderKeyring(folder)

    def folder_of(self, desk: str) -> Path:
        """The folder of a desk's keys, never where the store or the book is copied along."""
        named = self._keys or os.environ.get(KEYS)
        if named:
            above = Path(named)
        else:
            home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
            above = Path(home) / "offtake" / "keys"
        beside = self.file is not None and above.resolve() == self.file.parent.resolve()
        if beside or above.resolve().is_relative_to(self.folder.resolve()):
            raise WrongDealingError(
                f"keys are kept apart from store and book, and {above} is with one of them; name "
                f"another folder: --keys, or ${KEYS}"
            )
        return above / desk
