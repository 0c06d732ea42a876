"""Small books whose tenders are rehearsed, and what came of them."""

from __future__ import annotations

from pathlib import Path

import offtake
from offtake.audit import promises
from offtake.desk import Desk, evolve
from offtake.desk.wire import data_of, events_of, text_of
from offtake.rehearse import Rehearsal

HEAD = """\
book:
  buyer: lab
  as_of: 2026-01-12
  timezone: Europe/London
  periods: {start: 2026-06, length: 6 months, hours: 1, steps: 6 months}
  procurement: {bidding: 10 days, signing: 10 days}
  purposes: {work: {}}
parties:
- {id: lab, name: The lab}
- {id: cloud, name: The cloud}
- {id: neo, name: Neo}
- {id: other, name: Other}
- {id: edge, name: The edge}
demand:
- {id: run, purpose: work, unit: h100, base: 1000 chips, unserved: 9 USD per chip-hour}
"""
OFFERS = """\
offers:
- {id: neo-6, seller: neo, chip: h100, region: uk, term: 6 months, price: 2 USD per chip-hour,
   max: 1000 chips, lead: 30 days}
"""
RIVAL = """\
- {id: other-6, seller: other, chip: h100, region: uk, term: 6 months,
   price: 2.50 USD per chip-hour, max: 1000 chips, lead: 30 days}
"""


def right(expected: str, **words: str) -> str:
    """An agreement with the cloud that has a first refusal, which answers as expected."""
    more = "".join(f"    {name}: {value}\n" for name, value in words.items())
    return (
        "agreements:\n"
        "- id: cloud-2025\n"
        "  seller: cloud\n"
        "  from: 2025-01-01\n"
        "  until: 2027-12-31\n"
        "  clauses:\n"
        "  - id: first\n"
        "    kind: first-refusal\n"
        "    window: {length: 20 days}\n"
        "    tail: {length: 60 days}\n"
        "    at_expiry: survives\n"
        f"{more}    expected: [{expected}]\n"
    )


def second(expected: str, **words: str) -> str:
    """One more agreement beside that of the cloud: the edge has a first refusal of rank 2."""
    agreement = right(expected, rank="2", **words).replace("cloud", "edge")
    return agreement.removeprefix("agreements:\n")


def write(folder: Path, text: str) -> Path:
    """A book of one file in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.yaml").write_text(text, encoding="utf-8")
    return folder


def rehearsed(folder: Path, text: str, *, seed: int = 0, replan: bool = False) -> Rehearsal:
    """What a rehearsal of a sound book comes to; every journal is proved on the way."""
    opened = offtake.load(write(folder, text))
    assert [str(fault) for fault in opened.check() if fault.severity == "fault"] == []
    found = opened.rehearse(seed=seed, replan=replan)
    assert isinstance(found, Rehearsal), repr(found)
    proved(found)
    return found


def proved(found: Rehearsal) -> Desk:
    """The journal breaks no promise of the desk, and makes the same desk when it is read again."""
    assert promises([data_of(event) for event in found.events]) == ()
    text = text_of(found.events)
    assert events_of(text) == found.events
    desk = Desk()
    for event in events_of(text):
        desk = evolve(desk, event)
    return desk


def came_out(found: Rehearsal) -> list[tuple[str | None, int]]:
    """Who serves how many chips, in the order of signing; what nobody serves is negative."""
    return [(row["party"], row["chips"]) for row in found.outcome.to_dicts()]


def what(found: Rehearsal) -> list[str]:
    """What happened in tenders, in order."""
    rows = found.timeline.filter(found.timeline["tender"] != "")
    return rows["what"].to_list()
