"""What the sender of a command is told once the disk has what became of it."""

from __future__ import annotations

from msgspec import Struct

from offtake.desk.decide import Reply
from offtake.desk.lot import Instant
from offtake.desk.refusals import Refusal
from offtake.journal.entry import About
from offtake.journal.journal import Ack
from offtake.journal.keys import Keyring
from offtake.journal.signed import receipt_line, signed_receipt


class Acknowledged(Struct, frozen=True):
    """The desk's answer to a command, which the disk has."""

    answer: Reply | Refusal
    at: Instant
    """When the command had its effect, or was refused."""
    link: bytes | None
    """Of the command's first own event; None where nothing of it is kept."""
    actor: str
    key: str
    digest: str
    label: str
    about: About
    keyring: Keyring

    def receipt(self) -> bytes:
        """The desk's promise that the command is in its journal, signed: one line of JSON.

        `LookupError` where nothing of it is kept: it came from a stranger, or under a key that was
        used for another command.
        """
        if self.link is None:
            raise LookupError("Nothing of this command is kept, so there is no receipt for it.")
        receipt = signed_receipt(
            self.about,
            self.keyring.sign,
            self.actor,
            self.key,
            self.digest,
            self.at,
            self.label,
            self.link,
        )
        return receipt_line(receipt)


def acknowledged(
    answer: Reply | Refusal,
    ack: Ack | None,
    actor: str,
    key: str,
    at: Instant,
    about: About,
    keyring: Keyring,
) -> Acknowledged:
    """What is told; `at` is when it was asked, for want of anything kept."""
    if ack is None:
        return Acknowledged(answer, at, None, actor, key, "", "", about, keyring)
    return Acknowledged(answer, ack.at, ack.link, actor, key, ack.digest, ack.label, about, keyring)
