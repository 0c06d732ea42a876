"""What goes over the wire: the classes, their fields, and which whole numbers are instants."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple, get_type_hints

import msgspec

from offtake.desk import claim, commands, events, lot
from offtake.desk.commands import Command, Envelope
from offtake.desk.events import Event


class WireError(ValueError):
    """Something is not in the one form; the message is one sentence."""


INSTANTS: dict[type, frozenset[str]] = {
    lot.Bid: frozenset({"received"}),
    claim.Claim: frozenset({"since", "expires"}),
    claim.Bar: frozenset({"since", "expires"}),
    commands.Attest: frozenset({"received"}),
    commands.Envelope: frozenset({"at"}),
    events.Event: frozenset({"at"}),
    events.Letter: frozenset({"received"}),
    events.BiddingStarted: frozenset({"closes"}),
    events.ClockStarted: frozenset({"deadline"}),
    events.Answered: frozenset({"received"}),
    events.Allotted: frozenset({"closing", "delivery"}),
    events.RevealStarted: frozenset({"ends"}),
    events.TailStarted: frozenset({"ends"}),
    events.Cleared: frozenset({"since", "tail"}),
}
"""The whole numbers that are instants, by the class that states them."""


class Stated(NamedTuple):
    """A field as its class states it."""

    name: str
    hint: Any
    instant: bool
    """Whether its whole numbers are instants."""


def fields_of(kind: type) -> tuple[Stated, ...]:
    """The fields of a class, in its order."""
    found = dataclasses.fields if dataclasses.is_dataclass(kind) else msgspec.structs.fields
    hints = get_type_hints(kind)
    instants = {name for base in kind.__mro__ for name in INSTANTS.get(base, ())}
    names = [str(field.name) for field in found(kind)]
    return tuple(Stated(name, hints[name], name in instants) for name in names)


def shown(value: Any) -> str:
    """A value as a sentence shows it: shortened where it is long."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _within(kind: type) -> dict[str, type]:
    """The classes below a class that nothing derives from, by name."""
    below: list[type] = kind.__subclasses__()
    if not below:
        return {kind.__name__: kind}
    return {name: each for child in below for name, each in _within(child).items()}


EVENTS = _within(Event)
COMMANDS = _within(Command)
NAMED = frozenset({*EVENTS.values(), *COMMANDS.values(), Envelope})
"""What states its class as `type`."""
