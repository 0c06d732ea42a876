"""The journal as text that anybody can check: what may be seen in full, the rest as commitments."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from offtake.desk.state import Desk
from offtake.desk.wire import event_from, line_of
from offtake.journal.entry import About, Entry
from offtake.journal.journal import cut
from offtake.journal.keys import Keyring
from offtake.journal.seals import SALT, Seals
from offtake.journal.signed import head_line, signed_head
from offtake.journal.tree import Tree

FORMAT = "1"
"""Of the exported text."""


def ending(
    desk: Desk,
    began: Mapping[str, int],
    size: int,
    read: Callable[[int, int], Iterable[Entry]],
) -> tuple[int, int]:
    """How many of the first `size` entries may be shown, and when the last of these happened.

    Nothing that is given out may tell of a later instant: it could be that of a sealed bid. `read`
    gives entries from a number up to before another.
    """
    upto = cut(desk, began, size)
    if upto == size:
        return upto, desk.now
    (last,) = read(upto - 1, upto)
    return upto, event_from(last.body[SALT:]).at  # that of time for bids, which is always open


def exported(
    about: About, entries: Iterable[Entry], keyring: Keyring, upto: int, desk: Desk, at: int
) -> Iterator[bytes]:
    """The first `upto` entries as lines, between what the journal says of itself and a head.

    `desk` is the desk that the entries make, from which it is known whose bids were opened.
    """
    seals, tree = Seals(keyring), Tree()
    yield first_line(about)
    for entry in entries:
        if entry.number >= upto:
            break
        tree.append(entry.link)
        yield entry_line(entry, shown(entry, seals, desk))
    if len(tree) != upto:
        raise ValueError(f"there are {len(tree)} entries, not {upto}")
    yield head_line(signed_head(about.desk, keyring.sign, upto, tree.root(), at))


def shown(entry: Entry, seals: Seals, desk: Desk) -> bytes | None:
    """Salt and body of an entry that anybody may see; None where it is hidden."""
    if entry.label:
        tender = desk.tenders.get(entry.label)
        if tender is None or not tender.unsealed:
            return None
    return seals.content(entry)


def first_line(about: About) -> bytes:
    """What the journal says of itself."""
    data = {"desk": about.desk, "format": FORMAT, "key": about.key.hex(), "type": "Journal"}
    return line_of(data).encode() + b"\n"


def entry_line(entry: Entry, content: bytes | None) -> bytes:
    """One entry; its body is canonical already and goes in as it is."""
    salt, body = b"null", b"null"
    if content is not None:
        salt, body = b'"%s"' % content[:SALT].hex().encode(), content[SALT:]
    label = json.dumps(entry.label, ensure_ascii=False).encode()
    return b'{"commitment":"%s","event":%s,"label":%s,"number":"%d","salt":%s}\n' % (
        entry.commitment.hex().encode(),
        body,
        label,
        entry.number,
        salt,
    )
