"""What lies under seals, and what is kept of it once a tender's bids are erased."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from offtake.desk import events as ev
from offtake.journal.chain import BrokenJournalError
from offtake.journal.entry import Entry, Form, Kept
from offtake.journal.seals import Seals


class Under(Struct, frozen=True, gc=False):
    """An entry under a seal: its number, what it commits to, and salt and body.

    `content` is None where the tender's key is destroyed; `bid` names the bid of which it holds
    what was bid, or the hash of it.
    """

    number: int
    commitment: bytes
    content: bytes | None
    bid: str


class UnderSeal:
    """All entries under a seal, by tender, until they are erased."""

    def __init__(self) -> None:
        self._by_label: defaultdict[str, list[Under]] = defaultdict(list)

    def add(
        self, label: str, number: int, commitment: bytes, content: bytes | None, event: ev.Event
    ) -> None:
        """One more entry; of the event, what was bid may be gone."""
        self._by_label[label].append(Under(number, commitment, content, bid_in(event)))

    def lost(self) -> Iterator[tuple[str, int]]:
        """The tenders whose keys are destroyed, each with its first entry."""
        for label, under in self._by_label.items():
            if under[0].content is None:
                yield label, under[0].number

    def erase(self, event: ev.BidsErased, opened: bool, seals: Seals) -> list[Kept]:
        """In which form each entry of a tender is kept from now on, when its key is destroyed.

        What was bid is gone, but for the bids that are kept. The rest is open where bids were
        opened, and otherwise lies under the desk's own key. Where the key is gone already, the
        rest cannot be opened and stays as it is.
        """
        kept = []
        for one in self._by_label.pop(event.tender, ()):
            if one.bid and one.bid not in event.kept:
                kept.append(Kept(one.number, Form.ERASED, b""))
            elif one.content is not None and opened:
                kept.append(Kept(one.number, Form.OPEN, one.content))
            elif one.content is not None:
                own = seals.owned(event.tender, one.commitment, one.content)
                kept.append(Kept(one.number, Form.OWN, own))
        seals.forget(event.tender)
        return kept


class Unsealed:
    """Entries of tenders that lie under no seal any more; only an erasure can have done that.

    Without this, whoever can write to a store could take a bid out of it.
    """

    def __init__(self) -> None:
        self._waiting: defaultdict[str, list[tuple[Entry, str]]] = defaultdict(list)

    def add(self, entry: Entry, event: ev.Event | None = None) -> None:
        """An entry in another form than sealed; None where its event cannot be read.

        BrokenJournalError where it can never have had that form.
        """
        erased = entry.form is Form.ERASED
        bid = "" if event is None else bid_in(event)
        if not entry.label and entry.form is not Form.OPEN:
            raise BrokenJournalError(entry.number, "it was under no seal, and is not open")
        if erased and event is not None and not bid:
            raise BrokenJournalError(entry.number, "its body is gone, and it held no bid")
        if entry.label:
            self._waiting[entry.label].append((entry, bid if erased else ""))

    def erase(self, event: ev.BidsErased) -> None:
        """What an erasure explains. BrokenJournalError where a bid that it kept is gone."""
        for entry, bid in self._waiting.pop(event.tender, ()):
            if bid in event.kept:
                raise BrokenJournalError(entry.number, "its bid was kept, and its body is gone")

    def end(self) -> None:
        """BrokenJournalError at the first entry that no erasure explains."""
        left = [under[0][0] for under in self._waiting.values()]
        if left:
            first = min(left, key=lambda entry: entry.number)
            raise BrokenJournalError(
                first.number, f"it is kept as {first.form}, and no later event erases its tender"
            )


def bid_in(event: ev.Event) -> str:
    """The bid of which an event holds what was bid, or the hash of it; empty where of none."""
    if isinstance(event, ev.BidReceived):
        return event.bid.id
    return event.bid if isinstance(event, ev.BidCommitted) else ""
