"""Journals to verify: lives of a desk written down by the room journal, and again by hand.

A course is a life (tests/desk/lives.py) whose commands are sent to a journal. Some of its tenders
are made to take pledged bids, some are withdrawn while they bid, and some are erased once they
have ended. `by_hand` writes the same journal a second time, from the format's description alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from desk.lives import live
from desk.lives_world import BUYER
from offtake.desk import Desk, Envelope, evolve, handle
from offtake.desk import commands as cm
from offtake.desk.sealed import pledge_body
from offtake.desk.wire import WireError, data_of
from offtake.journal.entry import About, Entry
from offtake.journal.journal import Journal
from offtake.journal.text import exported
from offtake.store.keyring import MemoryKeyring
from offtake.units.almanac import Spell
from offtake.units.instants import instant_of, instant_text

DESK = "5e" * 16
LATE = instant_of("2099-01-01T00:00:00Z")
SEALING = ("bidding", "revealing")
Data = dict[str, Any]


@dataclass
class Course:
    """A journal as it grows."""

    keyring: MemoryKeyring
    journal: Journal
    entries: list[Entry] = field(default_factory=list)
    secrets: dict[tuple[str, str], tuple[cm.Bid, str]] = field(default_factory=dict)
    """Bids that were pledged, and their salts, by tender and bidder."""

    def send(self, envelope: Envelope) -> None:
        self.journal.admit(envelope)
        self.keep()

    def wait(self, until: int) -> None:
        """Time alone brings what it brings."""
        self.journal.tick(until, bytes(32))
        self.keep()

    def keep(self) -> None:
        """What a store does."""
        batch = self.journal.take()
        if batch is None:
            return
        self.entries += batch.entries
        for kept in batch.kept:
            old = self.entries[kept.number]
            self.entries[kept.number] = Entry(
                old.number, old.label, old.commitment, old.link, kept.form, kept.body, old.stub
            )
        assert self.journal.size == len(self.entries)

    def lines(self, upto: int | None = None) -> list[bytes]:
        """The export as it would be handed out now, or after its first entries."""
        journal = self.journal
        upto = journal.cut() if upto is None else upto
        return list(
            exported(
                journal.about, self.entries, self.keyring, upto, journal.desk, journal.desk.now
            )
        )


def keys(seed: int) -> MemoryKeyring:
    return MemoryKeyring(b"key %d" % seed)


def course(seed: int, desk: str = DESK) -> Iterator[Course]:
    """One life, yielded after each command."""
    draw, keyring = Random(f"course {seed}"), keys(seed)
    found = Course(keyring, Journal(About(desk, keyring.public), keyring))
    pledged, erasing = draw.random() < 0.5, draw.random() < 0.5
    for envelope in live(seed).envelopes:
        if isinstance(envelope.body, cm.Post):  # What is posted changes nothing else.
            found.send(envelope)
            yield found
            continue
        for extra in _reveals(found, envelope.at, draw):
            found.send(extra)
        found.send(_pledged(found, envelope, draw) if pledged else envelope)
        if erasing and draw.random() < 0.05:
            found.send(_erasure(found, draw))
        yield found
    if erasing:
        found.send(_erasure(found, draw))
        yield found


def whole(seed: int, desk: str = DESK) -> Course:
    """A life to its end."""
    *_, last = course(seed, desk)
    return last


def _pledged(found: Course, envelope: Envelope, draw: Random) -> Envelope:
    """The same command where bids are pledged: what was a bid is a pledge of it."""
    body = envelope.body
    if isinstance(body, cm.Open):
        body = replace(body, reveal=Spell(draw.choice((1, 2, 30)), "hours"))
    elif isinstance(body, cm.Submit):
        salt = draw.randbytes(32)
        try:
            content = salt + pledge_body(body.bid, BUYER, body.tender)
            promised = hashlib.sha256(content).hexdigest()
        except WireError:  # A bid of numbers that nobody can write: it is submitted, and refused.
            return envelope
        found.secrets[body.tender, envelope.actor] = (body.bid, salt.hex())
        body = cm.Pledge(body.tender, promised)
    return replace(envelope, body=body)


def _reveals(found: Course, now: int, draw: Random) -> Iterator[Envelope]:
    """Bids are revealed once bidding has closed, most of them."""
    for name, tender in found.journal.desk.tenders.items():
        if tender.opened.reveal is None or tender.phase not in SEALING or tender.closes is None:
            continue
        if now <= tender.closes:
            continue
        for bidder in [one.bidder for one in tender.pledges.values()]:
            if (name, bidder) not in found.secrets or draw.random() < 0.2:
                continue
            bid, salt = found.secrets.pop((name, bidder))
            key, entropy = f"reveal-{name}-{bidder}-{now}", draw.randbytes(32)
            at = max(tender.closes + 1, found.journal.desk.now)
            yield Envelope(bidder, key, at, entropy, cm.Reveal(name, bid, salt))


def _erasure(found: Course, draw: Random) -> Envelope:
    desk = found.journal.desk
    ended = [name for name, one in desk.tenders.items() if one.ended is not None]
    name = draw.choice(ended) if ended else "tender-1"
    entropy = draw.randbytes(32)
    key = f"erase-{len(found.entries)}-{entropy.hex()[:4]}"
    return Envelope(desk.buyer or "lab", key, desk.now, entropy, cm.Erase(name))


# --- a second writer ------------------------------------------------------------------------------


def canonical(data: Any) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def line(data: Data) -> bytes:
    return canonical(data) + b"\n"


def root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + root(leaves[:half]) + root(leaves[half:])).digest()


@dataclass
class Signer:
    """A desk's name and its key of signatures."""

    private: Ed25519PrivateKey
    desk: str = DESK

    @property
    def public(self) -> str:
        return self.private.public_key().public_bytes_raw().hex()

    def header(self) -> bytes:
        return line({"desk": self.desk, "format": "1", "key": self.public, "type": "Journal"})

    def origin(self) -> bytes:
        said = f"offtake journal 1\n{self.desk}\n".encode() + bytes.fromhex(self.public)
        return hashlib.sha256(said).digest()

    def head(self, links: list[bytes], at: str) -> bytes:
        said = f"offtake head 1\n{self.desk}\n{len(links)}\n{root(links).hex()}\n{at}\n"
        data = {"at": at, "root": root(links).hex(), "size": str(len(links)), "type": "Head"}
        return line(data | {"signature": self.private.sign(said.encode()).hex()})

    def receipt(self, event: Data, link: bytes, label: str = "") -> bytes:
        by = event["by"]
        names = [canonical(by[name]).decode() for name in ("actor", "key")]
        said = ["offtake receipt 1", self.desk, *names, by["digest"], event["at"]]
        said += [canonical(label).decode(), link.hex()]
        text = "".join(f"{part}\n" for part in said).encode()
        return line(
            {
                "actor": by["actor"],
                "at": event["at"],
                "command": by["key"],
                "desk": self.desk,
                "digest": by["digest"],
                "key": self.public,
                "label": label,
                "link": link.hex(),
                "signature": self.private.sign(text).hex(),
                "type": "Receipt",
            }
        )

    def mark(self, event: Data, link: bytes) -> bytes:
        """Of the event that opens a tender's bids, or begins their revealing."""
        tender, at = event["tender"], event["at"]
        said = ["offtake mark 1", self.desk, canonical(tender).decode(), at, link.hex()]
        text = "".join(f"{part}\n" for part in said).encode()
        data = {"at": at, "desk": self.desk, "key": self.public, "link": link.hex()}
        data |= {"signature": self.private.sign(text).hex(), "tender": tender, "type": "Mark"}
        return line(data)


def signer(seed: int, desk: str = DESK) -> Signer:
    """The signing key that `keys` makes of the same seed."""
    secret = keys(seed)._drawn("sign")
    return Signer(Ed25519PrivateKey.from_private_bytes(secret), desk)


@dataclass
class Row:
    """One entry: what it holds, of which everything else follows."""

    event: Data | None
    salt: str | None
    label: str = ""
    commitment: str = ""
    """Of a hidden entry; of others it follows."""

    def committed(self) -> bytes:
        if self.event is None or self.salt is None:
            return bytes.fromhex(self.commitment)
        return hashlib.sha256(bytes.fromhex(self.salt) + canonical(self.event)).digest()


def links_of(rows: list[Row], who: Signer) -> list[bytes]:
    links, before = [], who.origin()
    for row in rows:
        text = b"\x00" + before + row.committed() + row.label.encode()
        before = hashlib.sha256(text).digest()
        links.append(before)
    return links


def written(rows: list[Row], who: Signer, at: str) -> list[bytes]:
    """A journal with all its hashes, signed."""
    lines = [who.header()]
    for number, row in enumerate(rows):
        entry = {"commitment": row.committed().hex(), "event": row.event, "label": row.label}
        lines.append(line(entry | {"number": str(number), "salt": row.salt}))
    return [*lines, who.head(links_of(rows, who), at)]


def rows_of(lines: list[bytes]) -> list[Row]:
    """The entries of an exported journal."""
    read = [json.loads(text) for text in lines[1:-1]]
    return [Row(one["event"], one["salt"], one["label"], one["commitment"]) for one in read]


def at_of(lines: list[bytes]) -> str:
    return str(json.loads(lines[-1])["at"])


def by_hand(seed: int, desk: str = DESK) -> list[bytes]:
    """The whole of a course, written from its commands alone: nothing of it is hidden."""
    sent = _Recorder(seed, desk)
    state, rows = Desk(), []
    for envelope in sent.envelopes:
        _, decided = handle(state, envelope)
        for event in decided.events:
            state = evolve(state, event)
        body = envelope.body
        name = getattr(body, "tender", "") if type(body).by == "party" else ""
        tender = state.tenders.get(name)
        under = name if tender is not None and tender.phase in SEALING else ""
        if tender is not None and tender.opened.invited:
            under = under if envelope.actor in tender.opened.invited else ""
        sealed = False
        for place, event in enumerate(decided.events):
            sealed = sealed or event.by is not None
            salted = b"offtake salt 1\n" + envelope.entropy + place.to_bytes(4, "big")
            salt = hashlib.sha256(salted).hexdigest()
            rows.append(Row(data_of(event), salt, under if sealed else ""))
    return written(rows, signer(seed, desk), instant_text(state.now))


class _Recorder:
    """The commands of a course, in order."""

    def __init__(self, seed: int, desk: str) -> None:
        self.envelopes: list[Envelope] = []
        plain = Course.send

        def send(found: Course, envelope: Envelope) -> None:
            self.envelopes.append(envelope)
            plain(found, envelope)

        Course.send = send  # type: ignore[method-assign]
        try:
            whole(seed, desk)
        finally:
            Course.send = plain  # type: ignore[method-assign]


# --- many lives in one journal --------------------------------------------------------------------

NAMED = {"tender", "party", "holder", "to", "actor", "clause", "agreement", "upstream", "key"} | {
    *("bidder", "counterparty", "joined", "clauses", "turns", "chain", "via", "parties", "need"),
    *("hosts", "invited", "affiliates", "auditors"),
}
"""Fields whose texts are names, of which each life has its own."""


def renamed(value: Any, prefix: str, names: bool = False) -> Any:
    if isinstance(value, dict):
        return {key: renamed(part, prefix, key in NAMED) for key, part in value.items()}
    if isinstance(value, list):
        return [renamed(part, prefix, names) for part in value]
    return (
        prefix + value if names and value not in ("", BUYER) and isinstance(value, str) else value
    )


def one_desk(told: list[Row]) -> list[Row]:
    """The desk is founded once: the other lives' parties are let in."""
    first, *rest = told
    for row in rest:
        if row.event and row.event["type"] == "Founded":
            row.event["type"] = "Admitted"
            row.event["parties"] += row.event.pop("auditors")
            del row.event["buyer"]
    return [first, *rest]


def merged(events: int) -> list[Row]:
    """At least so many entries: lives side by side at one desk, each with names of its own.

    Accounts have no names of their own: what is posted is that of the first life.
    """
    told: list[tuple[str, int, int, Row]] = []
    seed = first = 0
    while len(told) < events:
        seed += 1
        found = whole(seed)
        found.wait(LATE)
        pledged = any(one.opened.reveal for one in found.journal.desk.tenders.values())
        if not pledged and found.journal.cut() == len(found.entries):
            now, first = "", first or seed
            for number, row in enumerate(rows_of(found.lines())):
                now = row.event["at"] if row.event else now
                label = f"{seed}." + row.label if row.label else ""
                event = renamed(row.event, f"{seed}.")
                if row.event and row.event["type"] == "Posted":
                    if seed != first:
                        continue
                    event["group"] = row.event["group"]
                told.append((now, seed, number, Row(event, row.salt, label, row.commitment)))
    return one_desk([row for _, _, _, row in sorted(told, key=lambda one: one[:3])])
