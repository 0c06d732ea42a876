"""What was asked of a local desk and means nothing: told in a sentence, never as a mistake."""

from __future__ import annotations

from collections.abc import Iterable

from offtake.book.faults import Fault


class WrongDealingError(ValueError):
    """What was asked means nothing at this desk: one sentence that says what to do."""


class TimedError(WrongDealingError):
    """One whose sentence has instants of the desk, in UTC: whoever shows it says them locally."""


class WrongFileError(WrongDealingError):
    """A file of terms has faults; each has its place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))
