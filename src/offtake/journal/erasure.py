"""What lies under seals, and what is kept of it once a tender's bids are erased."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from offtake.desk import events as ev
from offtake.desk.wire import event_from
from offtake.journal.entry import Form, Kept
from offtake.journal.seals import SALT, Seals


class Under(Struct, frozen=True, gc=False):
    """An entry under a seal: its number, what it commits to, and salt and body.

    `content` is None where the tender's key is destroyed.
    """

    number: int
    commitment: bytes
    content: bytes | None


class UnderSeal:
    """All entries under a seal, by tender, until they are erased."""

    def __init__(self) -> None:
        self._by_label: defaultdict[str, list[Under]] = defaultdict(list)

    def add(self, label: str, number: int, commitment: bytes, content: bytes | None) -> None:
        """One more entry."""
        self._by_label[label].append(Under(number, commitment, content))

    def lost(self) -> Iterator[tuple[str, int]]:
        """The tenders whose keys are destroyed, each with its first entry."""
        for label, under in self._by_label.items():
            if under[0].content is None:
                yield label, under[0].number

    def erase(self, event: ev.BidsErased, opened: bool, seals: Seals) -> list[Kept]:
        """In which form each entry of a tender is kept from now on, when its key is destroyed.

        What was bid is gone, but for the bids that are kept. The rest is open where bids were
        opened, and otherwise lies under the desk's own key.
        """
        kept = []
        for one in self._by_label.pop(event.tender, ()):
            form, body = Form.ERASED, b""
            if one.content is not None and not _is_erased(one.content, event.kept):
                form, body = Form.OPEN, one.content
                if not opened:
                    form, body = Form.OWN, seals.owned(event.tender, one.commitment, one.content)
            kept.append(Kept(one.number, form, body))
        seals.forget(event.tender)
        return kept


def _is_erased(content: bytes, kept: tuple[str, ...]) -> bool:
    """Whether it holds what was bid, in a bid that is not kept."""
    event = event_from(content[SALT:])
    if isinstance(event, ev.BidReceived):
        return event.bid.id not in kept
    return isinstance(event, ev.BidCommitted) and event.bid not in kept
