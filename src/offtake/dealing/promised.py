"""A bid that its bidder seals itself: the commitment to be pledged, and the secret to be revealed.

The desk's operator sees the commitment alone until the bid is revealed; whoever loses the secret
has no bid.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from offtake.dealing import private
from offtake.dealing.wrong import WrongDealingError
from offtake.desk import commands as cm
from offtake.desk.lot import Bid
from offtake.desk.sealed import pledge_body
from offtake.desk.wire import WireError, command_of, data_of

TYPE = "SealedBid"
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Secret:
    """A bid in a tender of a buyer, and the chance that hides it."""

    bid: Bid
    buyer: str
    tender: str
    salt: bytes
    currency: str

    @property
    def commitment(self) -> str:
        """What is pledged: it tells nothing of the bid, and fits no other."""
        return hashlib.sha256(
            self.salt + pledge_body(self.bid, self.buyer, self.tender)
        ).hexdigest()


def sealed(bid: Bid, buyer: str, tender: str, currency: str) -> Secret:
    """The bid with fresh chance. Raises `WrongDealingError` where it cannot be written."""
    secret = Secret(bid, buyer, tender, os.urandom(32), currency)
    try:
        assert secret.commitment
    except WireError as error:
        raise WrongDealingError(str(error)) from error
    return secret


def keep(secret: Secret, path: Path) -> Path:
    """Write the secret to a new file that only its owner may read."""
    if path.exists():
        raise WrongDealingError(f"{path} is there already: it may be the secret of another bid")
    data = {
        "bid": data_of(cm.Submit("", secret.bid))["bid"],
        "buyer": secret.buyer,
        "commitment": secret.commitment,
        "currency": secret.currency,
        "salt": secret.salt.hex(),
        "tender": secret.tender,
        "type": TYPE,
    }
    text = json.dumps(data, indent=1, sort_keys=True) + "\n"
    return private.write(private.there(path), text.encode())


def kept(path: Path) -> Secret:
    """The secret in a file. Raises `WrongDealingError`."""
    wrong = WrongDealingError(f"{path} is no secret of a bid; offtake tender seal writes one")
    if path.exists() and not path.is_file():
        raise wrong
    content = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    try:
        data = json.loads(content)
        command = command_of({"type": "Submit", "tender": "", "bid": data["bid"]})
        assert isinstance(command, cm.Submit)
        buyer, tender, currency = (str(data[name]) for name in ("buyer", "tender", "currency"))
        secret = Secret(command.bid, buyer, tender, bytes.fromhex(data["salt"]), currency)
        stated = data["commitment"]
    except (ValueError, KeyError, TypeError, AssertionError, RecursionError) as error:
        raise wrong from error
    if secret.commitment != stated:
        raise WrongDealingError(f"{path} was changed: its bid is not what was committed to")
    return secret
