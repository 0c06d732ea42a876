"""Seals: what lies under one, what may stay hidden, and that it opened to what was committed."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from msgspec import Struct, field

from offtake.audit.breach import Data, instant, shown
from offtake.audit.clock import almanac_of, deadline, spell_of
from offtake.audit.form import canonical

Tell = Callable[[str, int | None, str], None]

BIDS = frozenset({"BidReceived", "BidCommitted", "BidRecalled"})
"""What happens under a seal alone; a refusal may, too."""


class Sealed(Struct):
    """One tender, as far as its seal goes."""

    id: str
    commits: bool
    opening: Data
    """What it was opened with, where that says until when bids are revealed."""
    phase: str = "asking"
    closes: int | None = None
    until: int = 0
    """Until when bids stay sealed: to the closing, or to the end of the revealing."""
    hidden: list[int] = field(default_factory=list)
    """Entries under its seal that are not shown."""
    committed: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """By bid: what was committed to, when, and by whom; neither replaced nor recalled."""
    received: set[str] = field(default_factory=set)
    """The bids that came in."""
    kept: frozenset[str] | None = None


class Seals:
    """All tenders' seals, entry by entry."""

    def __init__(self, tell: Tell) -> None:
        """Nothing was sealed yet."""
        self._tell = tell
        self.tenders: dict[str, Sealed] = {}
        self.buyer = ""
        self.sealed = 0
        self.revealed = 0
        self.waiting = 0
        """Hidden entries whose reason this journal cannot show yet."""

    def hidden(self, number: int, label: str) -> None:
        """An entry that is not shown; whether it may be, later entries tell."""
        tender = self.tenders.get(label)
        if not label or tender is None or tender.phase not in ("bidding", "revealing"):
            what = f"under the seal of {label}, which is not bidding" if label else "unsealed"
            self._tell("S", number, f"This entry is not shown, though it is {what}.")
            return
        tender.hidden.append(number)

    def shown(self, number: int, label: str, event: Data) -> None:
        """An entry and its event."""
        name = event["type"]
        if label:
            self._under(number, label, event)
        elif name in BIDS:
            self._tell("S", number, f"In tender {event['tender']} {name} stands outside the seal.")
        change = _CHANGES.get(name)
        if name == "Founded":
            self.buyer = self.buyer or event["buyer"]
        if change is None:
            return
        if name == "TenderOpened":
            commits = event.get("reveal") is not None
            tender = Sealed(event["tender"], commits, event if commits else {})
            self.tenders.setdefault(tender.id, tender)
        elif event["tender"] in self.tenders:
            change(self, self.tenders[event["tender"]], number, event)

    def _under(self, number: int, label: str, event: Data) -> None:
        self.sealed += 1
        name, tender = event["type"], self.tenders.get(label)
        if tender is None or tender.phase not in ("bidding", "revealing"):
            self._tell("S", number, f"{name} lies under the seal of {label}, which is not bidding.")
        if name not in BIDS and (name != "Refused" or event["by"] is None):
            self._tell("S", number, f"{name} lies under the seal of {label}; it must be open.")
        elif event.get("tender", label) != label:
            self._tell(
                "S", number, f"{name} of tender {event['tender']} lies under the seal of {label}."
            )

    def _started(self, tender: Sealed, number: int, event: Data) -> None:
        tender.phase, tender.closes = "bidding", instant(event["closes"])
        tender.until, opening = tender.closes, tender.opening
        reveal = spell_of(opening.get("reveal"))
        if reveal is not None:
            almanac = almanac_of(opening["almanacs"][opening["bidding_almanac"]])
            tender.until = deadline(reveal, almanac, tender.closes)

    def _revealing(self, tender: Sealed, number: int, event: Data) -> None:
        tender.phase = "revealing"

    def _committed(self, tender: Sealed, number: int, event: Data) -> None:
        bidder = event["bidder"]
        for bid in [bid for bid, one in tender.committed.items() if one[2] == bidder]:
            del tender.committed[bid]
        tender.committed[event["bid"]] = (event["commitment"], event["at"], bidder)

    def _received(self, tender: Sealed, number: int, event: Data) -> None:
        bid = event["bid"]
        who = f"In tender {tender.id} the bid {bid['id']} of {bid['bidder']}"
        received, salt = instant(bid["received"]), event.get("salt", "")
        if bid["id"] in tender.received:
            self._tell("S", number, f"{who} was received before.")
        tender.received.add(bid["id"])
        if tender.closes is not None and received > tender.closes:
            self._tell(
                "S",
                number,
                f"{who} is of {shown(received)}; bidding closed at {shown(tender.closes)}.",
            )
        if not tender.commits:
            if bid["received"] != event["at"] or salt:
                self._tell("S", number, f"{who} was received at another instant than it states.")
            return
        self.revealed += 1
        promised, at, bidder = tender.committed.get(bid["id"], ("", "", ""))
        if tender.phase != "revealing":
            self._tell("S", number, f"{who} was revealed before bidding closed.")
        if not promised:
            sentence = "was not committed to before bidding closed"
            self._tell("S", number, f"{who} {sentence}, or no more.")
        elif bidder != bid["bidder"]:
            self._tell("S", number, f"{who} was committed to by {bidder}.")
        elif opened(bid, salt, self.buyer, tender.id) != promised:
            self._tell("S", number, f"{who} is not what was committed to at {at}.")
        elif bid["received"] != at:
            self._tell("S", number, f"{who} states another instant than that of its commitment.")

    def _recalled(self, tender: Sealed, number: int, event: Data) -> None:
        tender.committed.pop(event["bid"], None)

    def _opened(self, tender: Sealed, number: int, event: Data) -> None:
        tender.phase = "opened"

    def _ended(self, tender: Sealed, number: int, event: Data) -> None:
        tender.phase = "ended unopened" if tender.phase in ("bidding", "revealing") else "ended"

    def _erased(self, tender: Sealed, number: int, event: Data) -> None:
        if not tender.phase.startswith("ended"):
            self._tell("S", number, f"In tender {tender.id}, which runs, bids are erased.")
        tender.kept = frozenset(event["kept"])
        if tender.phase == "ended":
            for bid in sorted(tender.kept - tender.received):
                self._tell("S", number, f"In tender {tender.id} the kept bid {bid} is not shown.")

    def _dealt(self, tender: Sealed, number: int, event: Data) -> None:
        bid = event["bid"]
        if bid and bid not in tender.received and tender.hidden:
            self._tell(
                "S", number, f"In tender {tender.id} the bid {bid} is dealt with, yet not shown."
            )

    def finish(self, keeps: str) -> None:
        """The journal has ended: every hidden entry has its reason, or it may come later."""
        for tender in self.tenders.values():
            if not tender.hidden or tender.phase == "ended unopened" or tender.kept is not None:
                continue
            if keeps:
                self.waiting += len(tender.hidden)
                continue
            for number in tender.hidden:
                self._tell(
                    "S",
                    number,
                    f"This entry is not shown, though tender {tender.id} neither ended unopened "
                    "nor had its bids erased.",
                )


def opened(bid: Data, salt: str, buyer: str, tender: str) -> str:
    """What a bid comes to with its salt: the hash that its bidder committed to."""
    told: dict[str, Any] = {k: v for k, v in bid.items() if k not in ("id", "received")}
    pledge = {"bid": told, "buyer": buyer, "tender": tender}
    return sha256(bytes.fromhex(salt) + canonical(pledge)).hexdigest()


_CHANGES: dict[str, Callable[[Seals, Sealed, int, Data], None]] = {
    "TenderOpened": Seals._started,
    "BiddingStarted": Seals._started,
    "RevealStarted": Seals._revealing,
    "BidCommitted": Seals._committed,
    "BidReceived": Seals._received,
    "BidRecalled": Seals._recalled,
    "BidsOpened": Seals._opened,
    "TenderWithdrawn": Seals._ended,
    "TenderClosed": Seals._ended,
    "BidsErased": Seals._erased,
    "NoticeServed": Seals._dealt,
    "Signed": Seals._dealt,
}
