"""What the sender of a command is told once the disk has what became of it."""

from __future__ import annotations

from msgspec import Struct

from offtake.desk.decide import Reply
from offtake.desk.lot import Instant
from offtake.desk.refusals import Refusal
from offtake.journal.entry import About
from offtake.journal.journal import Ack
from offtake.journal.keys import Keyring
from offtake.journal.signed import receipt_line


class Acknowledged(Struct, frozen=True):
    """The desk's answer to a command, which the disk has."""

    answer: Reply | Refusal
    ack: Ack | None
    """Where it stands in the journal; None where nothing of it is kept."""
    asked: Instant
    actor: str
    key: str
    about: About
    keyring: Keyring

    @property
    def at(self) -> Instant:
        """When the command had its effect, or was refused."""
        return self.asked if self.ack is None else self.ack.at

    @property
    def link(self) -> bytes | None:
        """Of the command's first own event; None where nothing of it is kept."""
        return None if self.ack is None else self.ack.link

    def receipt(self) -> bytes:
        """The desk's promise that the command is in its journal, signed: one line of JSON.

        `LookupError` where nothing of it is kept: it came from a stranger, or under a key that was
        used for another command.
        """
        if self.ack is None:
            raise LookupError("Nothing of this command is kept, so there is no receipt for it.")
        return receipt_line(self.ack.receipt(self.about, self.keyring, self.actor, self.key))
