"""Demand: every class says how much, in what shape, and in which scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from offtake.book.faults import Fault
from offtake.book.force import Book
from offtake.book.near import nearest
from offtake.book.records import Demand
from offtake.units import Share

TOLERANCE = Decimal("0.000001")
"""By how much the weights of scenarios may miss 100 %: thirds cannot be written exactly."""


def classes(book: Book) -> Iterator[Fault]:
    """How much is needed, and when in the day."""
    for d in book.demand.values():
        own = d.scenarios.values()
        stated = d.base is not None or bool(d.path)
        if not stated and not (own and all(p.base is not None or p.path for p in own)):
            sentence = f"{d.id} does not say how much is needed."
            yield Fault(d.at("id"), "no-demand", sentence, "write base: 600 chips, or path")
        if d.shape is not None and len(d.shape) != 24:
            sentence = f"The shape of {d.id} has {len(d.shape)} numbers."
            yield Fault(d.at("shape"), "bad-shape", sentence, "24, one for each hour of a day")
        elif d.shape is not None and not sum(d.shape):
            sentence = f"The shape of {d.id} is zero all day."
            yield Fault(d.at("shape"), "bad-shape", sentence, "24 numbers with mean 1")
        if d.draw is not None:
            yield from _draw(d)


def _draw(d: Demand) -> Iterator[Fault]:
    assert d.draw is not None
    if d.scenarios:
        sentence = f"{d.id} both names scenarios and draws them."
        yield Fault(d.draw.place, "scenarios-mixed", sentence, "leave one of the two out")
    if not 1 <= d.draw.count <= 10_000:
        sentence = f"{d.id} draws {d.draw.count} scenarios."
        yield Fault(d.draw.at("count"), "draw-count", sentence, "from 1 to 10000")


def scenarios(book: Book) -> Iterator[Fault]:
    """Names and weights of scenarios, over all classes and the header."""
    header = book.header
    named = [d for d in book.demand.values() if d.scenarios]
    drawn = [d for d in book.demand.values() if d.draw is not None and not d.scenarios]
    if drawn and (named or header.scenarios):
        first = drawn[0].draw
        assert first is not None
        sentence = f"{drawn[0].id} draws scenarios, and others are named elsewhere in the book."
        yield Fault(first.place, "scenarios-mixed", sentence, "name them all, or draw them all")
    if header.scenarios:
        yield from _against_header(book, named)
        yield from _sum(book, {n: s.value for n, s in header.scenarios.items()})
        return
    weights: dict[str, Share] = {}
    unweighed: set[str] = set()
    for d in named:
        for name, path in d.scenarios.items():
            if path.weight is None:
                continue
            known = weights.setdefault(name, path.weight)
            if known.value != path.weight.value:
                sentence = f"The scenario {name} weighs {path.weight} here and {known} elsewhere."
                hint = "state each weight once, under book: scenarios:"
                yield Fault(path.at("weight"), "scenario-weight", sentence, hint)
    for d in named:
        for name, path in d.scenarios.items():
            if name not in weights and name not in unweighed:
                sentence = f"Nothing says how likely the scenario {name} is."
                yield Fault(path.place, "scenario-weight", sentence, "write weight: 50%")
                unweighed.add(name)
    if named and not unweighed:
        yield from _sum(book, {n: s.value for n, s in weights.items()})


def _against_header(book: Book, named: list[Demand]) -> Iterator[Fault]:
    weights = book.header.scenarios
    for d in named:
        for name, path in d.scenarios.items():
            if name not in weights:
                sentence = f"The book's header has no scenario {name}."
                yield Fault(path.place, "unknown-scenario", sentence, nearest(name, weights))
            elif path.weight is not None and path.weight.value != weights[name].value:
                sentence = f"The scenario {name} weighs {path.weight} here."
                hint = f"the header says {weights[name]}; leave the weight out here"
                yield Fault(path.at("weight"), "scenario-weight", sentence, hint)


def _sum(book: Book, weights: dict[str, Decimal]) -> Iterator[Fault]:
    total = sum(weights.values(), Decimal(0))
    if abs(total - 1) <= TOLERANCE:
        return
    place = book.header.at("scenarios")
    if not book.header.scenarios:
        place = next(d.at("scenarios") for d in book.demand.values() if d.scenarios)
    sentence = f"The weights of {', '.join(weights)} sum to {Share(total)}."
    yield Fault(place, "weights-sum", sentence, "they must sum to 100%")
