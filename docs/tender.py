"""A small tender for the examples of these pages: one lot, rights to it, bids.

OpenAI wants a thousand GB200 in Texas for four years from 2026. Bids are asked for on 3 February
2025 and opened on the 18th; the examples go on from Monday, 3 March, at 09:00. Clocks are in UTC,
on the business days of the United States. The names are of the public record, the deal is not.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Any

from offtake.desk import Desk, Envelope, Event, Refusal, due, evolve, handle
from offtake.desk.claim import Claim
from offtake.desk.commands import Answer, Command, Declare, Found, Notice, Open, Sign, Submit
from offtake.desk.lot import Bid, Lot, Terms
from offtake.units import Calendar, parse_clock, parse_duration
from offtake.units.almanac import Spell, almanac, spell_of
from offtake.units.instants import instant_of

BUYER = "openai"
PARTIES = ("microsoft", "oracle", "coreweave", "google")
EVIDENCE = hashlib.sha256(b"the bid, as it was made").hexdigest()
ALMANAC = almanac("UTC", Calendar.named("US"), dt.date(2025, 1, 1), dt.date(2030, 12, 31))


def at(text: str) -> int:
    """`2025-03-13 17:00`, in UTC, as an instant."""
    return instant_of(f"{text.replace(' ', 'T')}:00Z")


def spell(length: str) -> Spell:
    """`10 days`, to 17:00; a last day without business moves to the next."""
    return spell_of(parse_duration(length), parse_clock("17:00"), roll=True)


def right(holder: str = "microsoft", **words: Any) -> Claim:
    """A right of first refusal: ten days to answer, a tail of ninety, all or nothing."""
    for name in ("window", "tail", "reoffer", "closing"):
        if isinstance(words.get(name), str):
            words[name] = spell(words[name])
    stated: dict[str, Any] = {
        "clause": f"{holder}-right",
        "first": False,
        "precedence": 1 if words.get("first") else 2,
        "rank": 1,
        "window": spell("10 days"),
        "tail": spell("90 days"),
        "almanac": "utc",
    }
    return Claim(holder=holder, **(stated | words))


def terms(price: str = "3.00", **words: Any) -> Terms:
    """48 months from 2026 at a price per chip-hour."""
    stated: dict[str, Any] = {"start": dt.date(2026, 1, 1), "months": 48} | words
    return Terms(price=Decimal(price), **stated)


class Table:
    """A desk with one tender, and the instant at which the next command arrives."""

    def __init__(self, *rights: Claim, bids: dict[str, Any] | None = None, **words: Any) -> None:
        self.desk, self.journal, self.now = Desk(), list[Event](), at("2025-01-02 09:00")
        self.send(BUYER, Found(PARTIES, auditors=("auditor",)))
        for party in PARTIES:
            self.send(BUYER, Declare(party, "gb200", "us-tx", 2000))
        self.now = at("2025-02-03 09:00")
        lot = Lot("gb200", 1000, "us-tx", dt.date(2026, 1, 1), 48, need="pretrain")
        almanacs = {"utc": ALMANAC}
        opening = Open("lot", lot, rights, almanacs=almanacs, bidding_almanac="utc", **words)
        self.send(BUYER, opening)
        for bidder, said in (bids or {"oracle": {}}).items():
            bid: dict[str, Any] = {"chips": 1000, "terms": terms()} | said
            self.send(bidder, Submit("lot", Bid(bidder, **bid)))
        self.wait("2025-03-03 09:00")

    def wait(self, until: str | int) -> None:
        """Let time pass: what lapses before then is written down."""
        self.now = at(until) if isinstance(until, str) else until
        for event in due(self.desk, self.now):
            self.desk = evolve(self.desk, event)
            self.journal.append(event)

    def send(self, actor: str, command: Command, key: str = "") -> Any:
        """One command, now; the answer is a Reply or a Refusal."""
        key = key or f"key-{len(self.journal)}"
        entropy = hashlib.sha256(key.encode()).digest()
        self.desk, decided = handle(self.desk, Envelope(actor, key, self.now, entropy, command))
        self.journal += decided.events
        return decided.answer

    def notice(self, bidder: str = "oracle", **words: Any) -> Any:
        """Notice of a party's bid with all particulars, but for those that are stated otherwise."""
        bid = self.bid(bidder)
        stated: dict[str, Any] = {
            "chip": "gb200",
            "chips": bid.chips,
            "region": "us-tx",
            "terms": bid.terms,
            "counterparty": bidder,
            "evidence": EVIDENCE,
        }
        return self.send(BUYER, Notice("lot", bid.id, **(stated | words)))

    def answer(self, holder: str, kind: str, **words: Any) -> Any:
        """A holder's answer to the last notice."""
        words = {"round": len(self.tender.rounds)} | words
        return self.send(holder, Answer("lot", f"{holder}-right", kind, **words))

    def sign(self, bidder: str, chips: int, agreement: str = "sold") -> Any:
        """Sign with a bidder what the last round's tail leaves."""
        bid = self.bid(bidder).id
        return self.send(BUYER, Sign("lot", bid, chips, agreement, len(self.tender.rounds) or None))

    def bid(self, bidder: str) -> Bid:
        """A party's bid as it stands."""
        bids: list[Bid] = list(self.tender.bids.values())
        return next(bid for bid in bids if bid.bidder == bidder)

    @property
    def tender(self) -> Any:
        """The tender as the desk knows it."""
        return self.desk.tenders["lot"]

    @property
    def last(self) -> Any:
        """The last event."""
        return self.journal[-1]


def refused(answer: Any) -> str:
    """The code of a refusal; nothing where the command had its effect."""
    return answer.code if isinstance(answer, Refusal) else ""
