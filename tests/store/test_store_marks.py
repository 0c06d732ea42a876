"""Marks through a sequencer: what a bidder asks for before it reveals, and keeps."""

from __future__ import annotations

import hashlib

from msgspec.structs import replace

from offtake.desk import Reply
from offtake.desk import commands as cm
from offtake.desk import events as ev
from offtake.desk.sealed import pledge_body
from offtake.journal.signed import mark_holds
from offtake.store.keyring import MemoryKeyring
from offtake.store.memory import MemoryStore
from offtake.units.almanac import Spell
from store.desks import BUYER, HOUR, Clock, Held, bid, events, founded, led, opening

KEYS = MemoryKeyring(b"tests")
PLEDGED = replace(opening("lot"), reveal=Spell(5, "days"))


def test_a_bidder_keeps_the_mark_and_reveals() -> None:
    clock, store = Clock(), MemoryStore()
    with led(store, clock) as sequencer:
        founded(sequencer)
        sequencer.send(BUYER, "open", PLEDGED)
        body, salt = bid("lot", "oracle"), bytes(32)
        content = salt + pledge_body(body.bid, BUYER, "lot")
        promise = cm.Pledge("lot", hashlib.sha256(content).hexdigest())
        assert isinstance(sequencer.send("oracle", "pledge", promise).answer, Reply)
        assert (sequencer.mark("lot"), sequencer.mark("none")) == (None, None)
        closes = sequencer.desk.tenders["lot"].closes
        assert closes is not None
        clock.now = closes
        assert sequencer.mark("lot") is None
        clock.now += 1
        mark = sequencer.mark("lot")
        assert mark is not None
        assert mark_holds(mark)
        shown = cm.Reveal("lot", body.bid, salt.hex())
        assert isinstance(sequencer.send("oracle", "reveal", shown).answer, Reply)
        assert sequencer.mark("lot") == mark
        kinds = [type(event) for event in events(store, KEYS)]
        entry = list(store.read())[kinds.index(ev.RevealStarted)]
        assert (mark.link, mark.at, mark.tender) == (entry.link, closes, "lot")
        assert kinds.index(ev.BidCommitted) < entry.number


def test_a_mark_is_of_what_the_disk_has() -> None:
    clock, store = Clock(), Held()
    with led(store, clock) as sequencer:
        founded(sequencer)
        sequencer.send(BUYER, "open", PLEDGED)
        while store.came.acquire(blocking=False):
            pass
        store.go.clear()
        later = sequencer.submit(BUYER, "more", cm.Admit(("nebius",)), clock.now + 1000 * HOUR)
        assert store.came.acquire(timeout=30)
        assert "lot" in sequencer._journal.marks
        assert sequencer.mark("lot") is None
        store.go.set()
        assert isinstance(later.result(30).answer, Reply)
        assert sequencer.mark("lot") is not None
