"""Seals: what is kept of a bid before its opening, and after it is erased.

ChaCha20-Poly1305 (RFC 8439) under the tender's key. What is encrypted has one of few sizes, so that
a sealed event shows neither what it is nor how long it is. Each plaintext has its own commitment,
and so its own nonce.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from offtake.journal.entry import Entry, Form
from offtake.journal.keys import Keyring

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

LEAST = 2048
"""The smallest size of what is encrypted, in bytes; each next one is four times as large."""
SALT = 32
"""Bytes of a salt. Content is a salt and, after it, a canonical body."""
_LENGTH = 4
_NO_SALT = bytes(SALT)


class SealError(ValueError):
    """Something does not open under the key that it should lie under; one sentence."""


def padded(content: bytes) -> bytes:
    """Content with the length of its body before it, and zeros up to the next size after it."""
    size = LEAST
    while size < _LENGTH + len(content):
        size *= 4
    length = len(content) - SALT
    return (length.to_bytes(_LENGTH, "big") + content).ljust(size, b"\x00")


def unpadded(plain: bytes) -> bytes:
    """The content again; SealError where it was not padded so."""
    stop = _LENGTH + SALT + int.from_bytes(plain[:_LENGTH], "big")
    content = plain[_LENGTH:stop]
    if len(content) < SALT or padded(content) != plain:
        raise SealError("what was sealed is not padded as it should be")
    return content


def missing_key(label: str) -> str:
    """What is told where a sealed bid cannot be opened."""
    return (
        f"the key of the tender {label} is missing: restore it, "
        "or a later backup if its bids were erased"
    )


class Seals:
    """Seals and opens with a keyring's keys."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._ciphers: dict[str, ChaCha20Poly1305] = {}
        self._own = _cipher(keyring.own)

    def begin(self, label: str) -> None:
        """Have a tender's key, before anything lies under it: that there is one tells of no bid.

        Of a beginning that no store came to have, the key is there already.
        """
        if self._of(label) is None:
            self._ciphers[label] = _cipher(self._keyring.make(label))

    def has(self, label: str) -> bool:
        """Whether a tender's key is there."""
        return self._of(label) is not None

    def sealed(self, label: str, committed: bytes, content: bytes) -> bytes:
        """Content under a tender's key; SealError where there is none."""
        cipher = self._of(label)
        if cipher is None:
            raise SealError(missing_key(label))
        return cipher.encrypt(committed[:12], padded(content), label.encode())

    def owned(self, label: str, committed: bytes, content: bytes) -> bytes:
        """Content under the desk's own key."""
        return self._own.encrypt(committed[:12], padded(content), label.encode())

    def stub(self, label: str, committed: bytes, body: bytes) -> bytes:
        """A body that may be kept for ever, under the desk's own key.

        It holds no salt: with it, what is erased could be guessed from its commitment.
        """
        return self._own.encrypt(_stub_nonce(committed), padded(_NO_SALT + body), label.encode())

    def content(self, entry: Entry) -> bytes | None:
        """Salt and body of an entry; None where they are erased, or the tender's key destroyed."""
        if entry.form is Form.OPEN:
            return entry.body
        if entry.form is Form.ERASED:
            return None
        cipher = self._own if entry.form is Form.OWN else self._of(entry.label)
        if cipher is None:
            return None
        return _opened(cipher, entry.commitment[:12], entry.body, entry.label)

    def stubbed(self, entry: Entry) -> bytes:
        """The body in an entry's stub."""
        nonce = _stub_nonce(entry.commitment)
        return _opened(self._own, nonce, entry.stub, entry.label)[SALT:]

    def forget(self, label: str) -> None:
        """Hold a tender's key no longer."""
        self._ciphers.pop(label, None)

    def _of(self, label: str) -> ChaCha20Poly1305 | None:
        cipher = self._ciphers.get(label)
        if cipher is None and (key := self._keyring.tender(label)) is not None:
            cipher = self._ciphers[label] = _cipher(key)
        return cipher


def _cipher(key: bytes) -> ChaCha20Poly1305:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305(key)


def _stub_nonce(committed: bytes) -> bytes:
    # What stays unopened lies under the same key by the commitment alone: another plaintext must
    # never share its nonce.
    return sha256(b"offtake stub 1\n" + committed).digest()[:12]


def _opened(cipher: ChaCha20Poly1305, nonce: bytes, sealed: bytes, label: str) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        plain = cipher.decrypt(nonce, sealed, label.encode())
    except (InvalidTag, ValueError):
        raise SealError("what was sealed does not open under its key") from None
    return unpadded(plain)
