"""A lock of the operating system on a file beside a journal: one leader on a machine."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

from offtake.store.base import BusyError, StoreError

_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


class Lock:
    """Held from `take` to `free`, or to the end of the process however it ends.

    A disk that knows no locks (some network disks) lets everybody pass: there the number of the
    lead, kept in the journal, is the only fence. The file stays, for removing it would let two
    hold a lock of that name.
    """

    def __init__(self, path: Path) -> None:
        self._journal = path
        # Beside the file itself, so that whoever comes by another name of it finds the same lock.
        real = Path(os.path.realpath(path))
        self._path = real.with_name(real.name + ".lock")
        self._handle: int | None = None

    def take(self, wait: float = 0.0) -> None:
        """Hold it; `BusyError` where another holds it and goes on after `wait` seconds."""
        until = time.monotonic() + wait
        while self._handle is None and not self._try():
            if time.monotonic() >= until:
                raise BusyError(
                    f"Another program leads the journal {self._journal}; end it first, or try "
                    f"again when it has ended."
                )
            time.sleep(0.02)

    def free(self) -> None:
        """Let others have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _try(self) -> bool:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            handle = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise StoreError(f"{self._path} could not be made: {error.strerror}.") from error
        try:
            # `flock` belongs to the opened file, not to the process as `lockf` does: two stores
            # in one process exclude each other too.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                os.close(handle)
                if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                    return False
                raise StoreError(f"{self._path} cannot be locked: {error.strerror}.") from error
        self._handle = handle
        return True
