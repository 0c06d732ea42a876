"""The second model's pledges: bids that are promised by a hash, shown later, and forgotten."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

from msgspec.structs import asdict, replace

from offtake.desk.commands import Erase, Pledge, Reveal
from offtake.desk.lot import Bid, Terms

from .second_bids import Bids
from .second_things import No, P, T

DIGITS = set("0123456789abcdef")


class Pledges(Bids):
    """Bids of which nobody knows more than a hash until all are closed."""

    def pledge(self, t: int, actor: str, c: Pledge, made: str) -> str:
        tender = self.bidders(actor, c.tender)
        self.sells(actor)
        self.pledging(tender)
        if tender.phase != "bidding":
            raise No("bids-closed")
        self.digits(c.commitment)
        for old in [name for name, p in tender.pledges.items() if p.bidder == actor]:
            del tender.pledges[old]
        tender.pledges[made] = P(actor, c.commitment, t)
        return made

    def reveal(self, _t: int, actor: str, c: Reveal, _: str) -> str:
        tender = self.bidders(actor, c.tender)
        self.sells(actor)
        if c.bid.bidder != actor:
            raise No("not-yours")
        self.pledging(tender)
        if tender.phase == "bidding":
            raise No("reveal-early")
        if tender.phase != "revealing":
            raise No("bids-closed")
        self.digits(c.salt)
        own = [name for name, p in tender.pledges.items() if p.bidder == actor]
        if not own:
            raise No("pledge-missing")
        (name,) = own
        if name in tender.bids:
            raise No("revealed-already")
        pledge = tender.pledges[name]
        if promise(c.bid, c.salt, str(self.buyer), c.tender) != pledge.commitment:
            raise No("reveal-differs")
        bid = replace(c.bid, id=name, received=pledge.at)
        self.judge_bid(tender, bid)
        tender.bids[name] = bid
        return name

    def sells(self, actor: str) -> None:
        if actor == self.buyer or actor in self.auditors:
            raise No("not-yours")

    def pledging(self, tender: T) -> None:
        if tender.opened.reveal is None:
            raise No("no-pledges")

    def digits(self, text: str) -> None:
        if len(text) != 64 or set(text) - DIGITS:
            raise No("pledge-form")

    def erase(self, _t: int, actor: str, c: Erase, _: str) -> str:
        if actor != self.buyer:
            raise No("not-yours")
        tender = self.tender(c.tender)
        if tender.ended is None:
            raise No("tender-runs")
        if tender.erased is not None:
            raise No("erased-already")
        lost = [name for name in {**tender.bids, **tender.pledges} if not tender.used(name)]
        for name in lost:
            if name in tender.bids:
                old = tender.bids[name]
                nothing = Terms(Decimal(0), dt.date(1970, 1, 1), 0)
                tender.bids[name] = Bid(old.bidder, 0, nothing, name, old.received)
            if name in tender.pledges:
                tender.pledges[name].commitment = ""
        tender.erased = set(lost)
        return ""


def promise(bid: Bid, salt: str, buyer: str, tender: str) -> str:
    """What a bidder hashes: the salt, then what it bids and where; nothing if that is no number."""
    amounts = (bid.terms.price, bid.deposit, bid.worth)
    if not all(amount.is_finite() for amount in amounts):
        return ""
    said = asdict(bid)
    for name in ("id", "received"):
        del said[name]
    said = {"bid": said, "buyer": buyer, "tender": tender}
    return sha256(bytes.fromhex(salt) + written(said).encode()).hexdigest()


def written(value: Any) -> str:
    """A value by the rules of the journal: numbers as text, names in order, no spaces."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, tuple):
        return "[" + ",".join(written(one) for one in value) + "]"
    if hasattr(value, "__struct_fields__"):
        value = asdict(value)
    if isinstance(value, dict):
        return "{" + ",".join(f'"{name}":{written(value[name])}' for name in sorted(value)) + "}"
    if isinstance(value, Decimal) and value == 0:
        value = abs(value)
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return json.dumps(text, ensure_ascii=False)
