"""The Merkle tree of RFC 6962, section 2.1, over links, with its proofs.

A link is a leaf hash already (`0x00` is in it), so leaves come as hashes. The tree keeps the hash
of every complete subtree: level `k` holds those over `2**k` leaves, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH = 32
"""Bytes of a hash."""
EMPTY = sha256(b"").digest()
"""The root of no leaves."""


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows, and still knows the root of every earlier size."""

    def __init__(self) -> None:
        self._levels = [bytearray()]

    def __len__(self) -> int:
        return len(self._levels[0]) // HASH

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash; the subtrees that it completes are hashed when they are asked for."""
        self._levels[0] += leaf

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes."""
        self._levels[0] += b"".join(leaves)

    def leaf(self, number: int) -> bytes:
        """The leaf hash with that number."""
        if not 0 <= number < len(self):
            raise ValueError(f"there is no leaf {number} among {len(self)}")
        return self._complete(0, number)

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves, of all where none is given."""
        size = len(self) if size is None else size
        self._holds(size)
        return self._over(0, size) if size else EMPTY

    def inclusion(self, number: int, size: int) -> tuple[bytes, ...]:
        """The proof that a leaf lies in the tree of that size, the lowest hash first."""
        self._holds(size)
        if not 0 <= number < size:
            raise ValueError(f"there is no leaf {number} in a tree of {size}")
        path: list[bytes] = []
        start, stop = 0, size
        while stop - start > 1:
            middle = start + _left(stop - start)
            if number < middle:
                path.append(self._over(middle, stop))
                stop = middle
            else:
                path.append(self._over(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """The proof that the tree of size `new` begins with that of size `old`."""
        self._holds(new)
        if not 0 <= old <= new:
            raise ValueError(f"a tree of {new} does not go on from one of {old}")
        path: list[bytes] = []
        start, stop = 0, new
        # The old root itself is known to whoever asks, and left out while it is a whole subtree.
        known = True
        while old and old != stop:
            middle = start + _left(stop - start)
            if old <= middle:
                path.append(self._over(middle, stop))
                stop = middle
            else:
                path.append(self._over(start, middle))
                start, known = middle, False
        if old and not known:
            path.append(self._over(start, stop))
        return tuple(reversed(path))

    def _holds(self, size: int) -> None:
        if not 0 <= size <= len(self):
            raise ValueError(f"there is no tree of {size} in one of {len(self)}")
        self._grow()

    def _grow(self) -> None:
        """Hash every subtree that has become complete: one hash for each leaf, in the long run."""
        level = 0
        while len(below := self._levels[level]) >= 2 * HASH:
            if len(self._levels) == level + 1:
                self._levels.append(bytearray())
            above = self._levels[level + 1]
            held = memoryview(below)
            for at in range(2 * len(above), len(below) - HASH, 2 * HASH):
                above += sha256(b"\x01" + held[at : at + 2 * HASH]).digest()
            held.release()
            level += 1

    def _complete(self, level: int, index: int) -> bytes:
        return bytes(self._levels[level][index * HASH : (index + 1) * HASH])

    def _over(self, start: int, stop: int) -> bytes:
        """The root over some leaves; `start` is where a subtree of at least that size begins."""
        found = b""
        while start < stop:
            # The rightmost complete subtree is the smallest.
            level = ((stop - start) & (start - stop)).bit_length() - 1
            stop -= 1 << level
            here = self._complete(level, stop >> level)
            found = node(here, found) if found else here
        return found


def _left(size: int) -> int:
    """How many of so many leaves lie in the left subtree: the largest power of two below it."""
    return int(1 << (size - 1).bit_length() - 1)


def included(leaf: bytes, number: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a path proves that a leaf lies in the tree of that size and root."""
    if not 0 <= number < size:
        return False
    here, last, found = number, size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node(other, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node(found, other)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a path proves that a tree begins with an older one."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new:
        # Every tree begins with the empty one.
        return old == 0 < new and not path and old_root == EMPTY
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    # Where the old tree is one complete subtree, its root is where the path begins.
    first, rest = (old_root, path) if old & (old - 1) == 0 else (path[:1], path[1:])
    if not isinstance(first, bytes):
        if not first:
            return False
        first = first[0]
    before = after = first
    for other in rest:
        if last == 0:
            return False
        if here & 1 or here == last:
            before, after = node(other, before), node(other, after)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            after = node(after, other)
        here, last = here >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root
