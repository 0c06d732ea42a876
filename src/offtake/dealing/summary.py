"""All tenders that a party sees, or one of them, with clocks: for tables and as plain data."""

from __future__ import annotations

from offtake.dealing import found
from offtake.dealing.acting import stranger
from offtake.dealing.local import LocalDesk
from offtake.dealing.running import Running
from offtake.dealing.seeing import clocks, practises
from offtake.dealing.times import local_text
from offtake.desk import sight
from offtake.desk.plain import Plain
from offtake.units.instants import instant_of

ENDED = ("withdrawn", "closed")
BIDS = {"open": "bids are taken", "revealing": "bids are revealed", "closed": "bids are closed"}


def looked(desk: LocalDesk, party: str | None) -> tuple[Plain, list[Running], Plain]:
    """What a party sees, its clocks, and what is said of both."""
    who = desk.who(party)
    with desk.looking() as (seeing, now):
        kept = seeing.desk
        if who not in kept.parties:
            raise stranger(kept, who)
        seen = sight(kept, who, now)
        running = clocks(kept, who, desk.places, now)
        about = {
            "practice": practises(kept),
            "party": who,
            "at": seen["at"],
            "at_local": local_text(instant_of(seen["at"]), desk.places.home),
        }
    return seen, running, about


def summary(
    desk: LocalDesk, party: str | None, *, every: bool = False
) -> tuple[list[Plain], list[Running], Plain]:
    """Every tender of a party in short, its clocks, and both as plain data."""
    seen, running, about = looked(desk, party)
    waited = {clock.tender for clock in running}
    watches = found.watches(seen)
    tenders = [
        one
        for one in _short(seen)
        if every or one["tender"] in waited or (watches and one["phase"] not in ENDED)
    ]
    data = about | {
        "tenders": [{name: one[name] for name in ("tender", "phase", "lot")} for one in tenders],
        "clocks": [clock.data() for clock in running],
    }
    return tenders, running, data


def one(desk: LocalDesk, party: str | None, name: str) -> tuple[Plain, Plain, list[Running], Plain]:
    """One tender: what the party sees, the tender in short, its clocks, all as plain data."""
    seen, running, about = looked(desk, party)
    short = next((each for each in _short(seen) if each["tender"] == name), None)
    if short is None:
        raise found.nothing(seen, name)
    own = [clock for clock in running if clock.tender == name]
    mine = {
        part: [each for each in seen["own"][part] if each.get("tender") == name]
        for part in ("notices", "bars", "invitations", "agreements")
    }
    data = about | {
        "tender": short.get("whole"),
        "own": mine,
        "clocks": [clock.data() for clock in own],
    }
    return seen, short, own, data


def _short(seen: Plain) -> list[Plain]:
    """Each tender that a party sees, once: the whole one to who watches, else as it was told of."""
    if found.watches(seen):
        return [
            {name: each[name] for name in ("tender", "phase", "lot")} | {"whole": each}
            for each in seen["tenders"]
        ]
    own, made = seen["own"], dict[str, Plain]()
    for each in own["invitations"]:
        made[each["tender"]] = _told(each, BIDS.get(each["state"], each["state"]))
    for each in own["bars"]:
        made[each["tender"]] = _told(each, f"exclusive right, {each['state']}")
    for each in own["notices"]:
        made[each["tender"]] = _told(each, f"{each['kind']}, {each['state']}")
    return list(made.values())


def _told(each: Plain, phase: str) -> Plain:
    return {"tender": each["tender"], "phase": phase, "lot": each["lot"]}
