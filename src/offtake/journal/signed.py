"""What a desk signs: heads, receipts, marks; and proofs, which need no signature of their own.

Ed25519 (RFC 8032) over texts whose every field ends its line. Each is written as one line of
canonical JSON, and read back only from exactly that line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from offtake.desk.wire import line_of
from offtake.journal.entry import About, Head
from offtake.journal.tree import included
from offtake.units.instants import instant_of, instant_text

Sign = Callable[[bytes], bytes]
"""Ed25519 under the desk's key."""


Kind = TypeVar("Kind")


class SignedError(ValueError):
    """A line is not in the one form; the message is one sentence."""


class Receipt(Struct, frozen=True):
    """The desk's promise that a command is in its journal, and which link it has there.

    It states no number: a number would tell how many bids there are.
    """

    desk: str
    key: bytes
    """The public key of its signature."""
    actor: str
    command: str
    """The key under which the command was sent."""
    digest: str
    """SHA-256 of the command, in hexadecimal digits."""
    at: int
    label: str
    """The tender under whose seal that event lies; empty: under none."""
    link: bytes
    """Of the command's first own event."""
    signature: bytes = b""


class Mark(Struct, frozen=True):
    """The desk's word for where no bid in a tender is changed any more.

    Of a tender whose bids are pledged, where revealing began; of another, where bids were opened.
    Whoever has it knows that nothing can be slipped in before it, and no number: a number would
    tell how many bids there are.
    """

    desk: str
    key: bytes
    """The public key of its signature."""
    tender: str
    at: int
    link: bytes
    """Of that event; it fixes all that came before."""
    signature: bytes = b""


class Proof(Struct, frozen=True):
    """That what a receipt promised lies in the journal under a head."""

    receipt: Receipt
    head: Head
    number: int
    path: tuple[bytes, ...]


# --- what is signed -------------------------------------------------------------------------------


def head_text(desk: str, size: int, root: bytes, at: int) -> bytes:
    """What the signature of a head is over."""
    return _text("offtake head 1", desk, str(size), root.hex(), instant_text(at))


def receipt_text(receipt: Receipt) -> bytes:
    """What the signature of a receipt is over; JSON keeps names from forging a line's end."""
    return _text(
        "offtake receipt 1",
        receipt.desk,
        _json(receipt.actor),
        _json(receipt.command),
        receipt.digest,
        instant_text(receipt.at),
        _json(receipt.label),
        receipt.link.hex(),
    )


def mark_text(mark: Mark) -> bytes:
    """What the signature of a mark is over."""
    tender, at = _json(mark.tender), instant_text(mark.at)
    return _text("offtake mark 1", mark.desk, tender, at, mark.link.hex())


def signed_head(desk: str, sign: Sign, size: int, root: bytes, at: int) -> Head:
    """A head, signed."""
    return Head(size, root, at, sign(head_text(desk, size, root, at)))


def signed_receipt(
    about: About,
    sign: Sign,
    actor: str,
    command: str,
    digest: str,
    at: int,
    label: str,
    link: bytes,
) -> Receipt:
    """A receipt, signed."""
    bare = Receipt(about.desk, about.key, actor, command, digest, at, label, link)
    return replace(bare, signature=sign(receipt_text(bare)))


def signed_mark(about: About, sign: Sign, tender: str, at: int, link: bytes) -> Mark:
    """A mark, signed."""
    bare = Mark(about.desk, about.key, tender, at, link)
    return replace(bare, signature=sign(mark_text(bare)))


def head_holds(about: About, head: Head) -> bool:
    """Whether the desk has signed a head."""
    return _holds(about.key, head.signature, head_text(about.desk, head.size, head.root, head.at))


def receipt_holds(receipt: Receipt) -> bool:
    """Whether a receipt is signed by the key that it states."""
    return _holds(receipt.key, receipt.signature, receipt_text(receipt))


def mark_holds(mark: Mark) -> bool:
    """Whether a mark is signed by the key that it states."""
    return _holds(mark.key, mark.signature, mark_text(mark))


def proof_holds(proof: Proof) -> bool:
    """Whether receipt and head are signed by one desk, and the path leads from one to the other."""
    receipt, head = proof.receipt, proof.head
    return (
        receipt_holds(receipt)
        and head_holds(About(receipt.desk, receipt.key), head)
        and included(receipt.link, proof.number, head.size, proof.path, head.root)
    )


def _holds(public: bytes, signature: bytes, text: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _text(*fields: str) -> bytes:
    return "".join(f"{field}\n" for field in fields).encode()


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# --- as lines -------------------------------------------------------------------------------------


def head_line(head: Head) -> bytes:
    """A head as one line."""
    return _line(_head_data(head))


def receipt_line(receipt: Receipt) -> bytes:
    """A receipt as one line."""
    return _line(_receipt_data(receipt))


def mark_line(mark: Mark) -> bytes:
    """A mark as one line."""
    data = {
        "at": instant_text(mark.at),
        "desk": mark.desk,
        "key": mark.key.hex(),
        "link": mark.link.hex(),
        "signature": mark.signature.hex(),
        "tender": mark.tender,
        "type": "Mark",
    }
    return _line(data)


def proof_line(proof: Proof) -> bytes:
    """A proof as one line."""
    data = {
        "head": _head_data(proof.head),
        "number": str(proof.number),
        "path": [step.hex() for step in proof.path],
        "receipt": _receipt_data(proof.receipt),
        "type": "Proof",
    }
    return _line(data)


def head_of(line: bytes) -> Head:
    """The head that a line states; SignedError if it is not in the one form."""
    return _read(line, "a head", _head_from, head_line)


def receipt_of(line: bytes) -> Receipt:
    """The receipt that a line states; SignedError if it is not in the one form."""
    return _read(line, "a receipt", _receipt_from, receipt_line)


def mark_of(line: bytes) -> Mark:
    """The mark that a line states; SignedError if it is not in the one form."""
    return _read(line, "a mark", _mark_from, mark_line)


def proof_of(line: bytes) -> Proof:
    """The proof that a line states; SignedError if it is not in the one form."""
    return _read(line, "a proof", _proof_from, proof_line)


def _line(data: dict[str, Any]) -> bytes:
    return line_of(data).encode() + b"\n"


def _read(
    line: bytes, what: str, made: Callable[[Any], Kind], written: Callable[[Kind], bytes]
) -> Kind:
    """What a line states, if writing it gives the line again: so nothing has two forms."""
    try:
        found = made(json.loads(line))
        if written(found) == line:
            return found
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    raise SignedError(f"this line is not {what} in its one form: canonical JSON, one line, ended")


def _head_data(head: Head) -> dict[str, Any]:
    return {
        "at": instant_text(head.at),
        "root": head.root.hex(),
        "signature": head.signature.hex(),
        "size": str(head.size),
        "type": "Head",
    }


def _head_from(data: dict[str, str]) -> Head:
    return Head(
        int(data["size"]),
        _hash(data["root"]),
        instant_of(data["at"]),
        bytes.fromhex(data["signature"]),
    )


def _receipt_data(receipt: Receipt) -> dict[str, Any]:
    return {
        "actor": receipt.actor,
        "at": instant_text(receipt.at),
        "command": receipt.command,
        "desk": receipt.desk,
        "digest": receipt.digest,
        "key": receipt.key.hex(),
        "label": receipt.label,
        "link": receipt.link.hex(),
        "signature": receipt.signature.hex(),
        "type": "Receipt",
    }


def _receipt_from(data: dict[str, str]) -> Receipt:
    texts = [data[name] for name in ("desk", "actor", "command", "digest", "label")]
    if any(type(text) is not str for text in texts):
        raise TypeError
    desk, actor, command, digest, label = texts
    key, at, link = _hash(data["key"]), instant_of(data["at"]), _hash(data["link"])
    signature = bytes.fromhex(data["signature"])
    return Receipt(desk, key, actor, command, digest, at, label, link, signature)


def _mark_from(data: dict[str, str]) -> Mark:
    desk, tender = data["desk"], data["tender"]
    if type(desk) is not str or type(tender) is not str:
        raise TypeError
    key, at, link = _hash(data["key"]), instant_of(data["at"]), _hash(data["link"])
    return Mark(desk, key, tender, at, link, bytes.fromhex(data["signature"]))


def _proof_from(data: dict[str, Any]) -> Proof:
    path: Sequence[str] = data["path"]
    return Proof(
        _receipt_from(data["receipt"]),
        _head_from(data["head"]),
        int(data["number"]),
        tuple(_hash(step) for step in path),
    )


def _hash(text: str) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != 32:
        raise ValueError
    return found
