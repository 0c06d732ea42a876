"""Whatever the book and whatever was metered: statements are what a naive calculation makes them.

`any_books` draws books in the book's own grammar, `naive` works each out in exact fractions. That
the books are good enough to find a mistake is shown by making some. A longer dose than usual:
`OFFTAKE_BOOKS=5000 python -m pytest tests/settle/test_settle_judged.py`.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from offtake.book.force import Book
from offtake.settle import Statement, settle
from offtake.settle.chains import chains
from offtake.units import Month

from . import naive_owed, naive_said, naive_words
from .any_books import Drawn, any_books, any_chain, by_chance
from .naive_owed import World
from .naive_said import owed

BOOKS = int(os.environ.get("OFFTAKE_BOOKS", "40"))
MISTAKEN = 60
"""So many books are drawn, the same ones each time, to find each mistake."""
Sums = Mapping[tuple[object, ...], Fraction]
many = settings(max_examples=BOOKS, suppress_health_check=list(HealthCheck))
few = settings(max_examples=max(10, BOOKS // 4), suppress_health_check=list(HealthCheck))


def sums(statements: Iterable[Statement]) -> Sums:
    """What the buyer owes by month and clause, charges and credits apart."""
    found: dict[tuple[object, ...], Fraction] = defaultdict(Fraction)
    for statement in statements:
        for line in statement.lines:
            assert statement.buyer in (line.payer, line.payee)
            sign = 1 if line.payer == statement.buyer else -1
            amount = sign * Fraction(line.amount.amount)
            if amount:
                key = (statement.agreement, str(statement.month), line.by, int(line.step))
                found[*key, amount > 0] += amount
    return found


def naive_sums(world: World) -> Sums:
    """The same of the naive calculation."""
    found: dict[tuple[object, ...], Fraction] = defaultdict(Fraction)
    for (agreement, month), lines in world.lines.items():
        for line in lines:
            found[agreement, str(month), line.by, line.step, line.amount > 0] += line.amount
    return found


def carried(book: Book, statements: Iterable[Statement]) -> Sums:
    """What is left to make up, to be credited, and to be spent, while a clause goes on."""
    found: dict[tuple[object, ...], Fraction] = defaultdict(Fraction)
    for statement in statements:
        for c in statement.carried:
            name = {"unused": "unused", "balance": "paid"}.get(c.name.split(" ")[0], c.name)
            if name in ("unused", "paid", "due", "spent", "moved"):
                found[statement.agreement, statement.month, c.by, name] += c.amount
    return while_going_on(book, found)


def while_going_on(book: Book, found: Mapping[tuple[Any, ...], Fraction]) -> Sums:
    """Without what a clause leaves behind in its last month."""
    last: dict[str, Month] = {}
    for term in book.terms:
        end = Month.of(term.end)
        last[term.clause.id] = max(end, last.get(term.clause.id, end))
    return {key: n for key, n in found.items() if n and key[1] < last[key[2]]}


def judged(drawn: Drawn) -> tuple[Book, World, list[Statement]]:
    """A drawn book, settled both ways."""
    book = drawn.book()
    made = [s for _, found in settle(book, drawn.through, drawn.known(book)) for s in found]
    return book, owed(book, drawn.through, drawn.rows, drawn.inputs), made


def agree(book: Book, world: World, made: list[Statement]) -> None:
    """To the cent and to the chip-second."""
    assert sums(made) == naive_sums(world)
    kept = {(*at, *key): n for at, own in world.kept.items() for key, n in own.items()}
    assert carried(book, made) == while_going_on(book, kept)
    for statement in made:
        between = {statement.buyer, statement.seller}
        own = [x for x in statement.lines if {x.payer, x.payee} == between]
        total = sum(Fraction(x.amount.amount) * _sign(statement, x) for x in own)
        assert statement.total.amount == total


def _sign(statement: Statement, line: Any) -> int:
    return 1 if line.payer == statement.buyer else -1


@many
@given(drawn=any_books())
def test_any_book_is_settled_as_a_naive_calculation_settles_it(drawn: Drawn) -> None:
    agree(*judged(drawn))


def test_books_drawn_by_chance_are_too() -> None:
    """They are less alike than those that Hypothesis draws, so they reach farther."""
    for drawn in islice(by_chance(1), BOOKS):
        agree(*judged(drawn))


@few
@given(drawn=any_books(any_chain))
def test_any_chain_is_settled_so_too_and_conserves_money(drawn: Drawn) -> None:
    """What the end buyers pay is what the host receives and what stays with the resellers."""
    book, world, made = judged(drawn)
    agree(book, world, made)
    for month in {s.month for s in made}:
        for chain in chains(book, [s for s in made if s.month == month]):
            assert chain.paid == chain.received + chain.margins


@few
@given(drawn=any_books())
def test_order_repetition_and_runs_change_nothing(drawn: Drawn) -> None:
    book = drawn.book()
    known = drawn.known(book)
    made = dict(settle(book, drawn.through, known))
    assert dict(settle(book, drawn.through, known)) == made
    rows = {name: dict(reversed(own.items())) for name, own in reversed(drawn.rows.items())}
    turned = replace(drawn, rows=rows, deals=tuple(reversed(drawn.deals)))
    other = turned.book()
    again = dict(settle(other, drawn.through, turned.known(other)))
    assert {m: told(found) for m, found in again.items()} == {
        m: told(found) for m, found in made.items()
    }
    for cut in list(made)[:: max(1, len(made) // 3)]:
        opening: dict[str, tuple[Any, ...]] = {}
        for month, found in made.items():
            opening |= {s.agreement: s.carried for s in found if month <= cut}
        if cut < drawn.through:
            rest = dict(settle(book, drawn.through, known, since=cut + 1, opening=opening))
            assert rest == {m: found for m, found in made.items() if m > cut}


def told(statements: Iterable[Statement]) -> dict[str, object]:
    """Statements without the places of the book, in whatever order."""
    return {
        s.id: (
            s.total,
            sorted((x.by, x.item, x.why, x.amount.amount, x.first, x.last) for x in s.lines),
            sorted((c.by, c.name, c.amount) for c in s.carried),
            s.capacity,
        )
        for s in statements
    }


# --- mistakes ---------------------------------------------------------------------------------

MISTAKES = {
    "half a cent goes up": (
        "prepayment",
        "and below % 2 == 1",
        "",
    ),
    "a line is rounded twice": (
        "",
        "below, rest = divmod(exact * scale, 1)",
        "below, rest = divmod(Fraction(round(exact * scale * 10), 10), 1)",
    ),
    "a day has 24 hours": (
        "volume-tiers",
        "Served(day, to - since,",
        "Served(day, 86400,",
    ),
    "days are those of UTC": (
        "",
        "astimezone(clock).date() < day",
        "date() < day",
    ),
    "what the seller kept is not excused": (
        "take-or-pay",
        "(day.contracted - day.excused)",
        "day.contracted",
    ),
    "the buyer's own outages excuse": (
        "take-or-pay",
        'if o.cause != "buyer"',
        "",
    ),
    "outages that overlap excuse twice": (
        "",
        "found += min(sum(there.values()), named + others)",
        "found += (named + others)",
    ),
    "hours above are taken by the day": (
        "overage",
        "before[1] + max(0, taken - contracted)",
        "before[1] + taken - contracted",
    ),
    "the newest balance goes first": (
        "take-or-pay",
        "for balance in balances:",
        "for balance in balances[::-1]:",
    ),
    "balances never expire": (
        "take-or-pay",
        "if above > 0 and month <= balance[0]:",
        "if above > 0:",
    ),
    "make-up is measured from the floor of nothing": (
        "take-or-pay",
        "above = taken - floor",
        "above = taken",
    ),
    "a cap is ignored": (
        "",
        "owes = min(owes,",
        "owes = max(owes,",
    ),
    "what is at a threshold is above it": (
        "volume-tiers",
        'if chips > above and words.basis == "whole":',
        'if chips >= above and words.basis == "whole":',
    ),
    "whole is taken for marginal": (
        "volume-tiers",
        'if chips > above and words.basis == "whole":',
        "if False:",
    ),
    "overage is charged on top of use": (
        "overage",
        'more = dear - price if agreement.billing == "used" else dear',
        "more = dear",
    ),
    "grace is forgotten": (
        "delay-credits",
        "late = (day - after(",
        "late = (day - (lambda b, d, n: d)(",
    ),
    "the delay's cap is ignored": (
        "delay-credits",
        "min(Fraction(words.rate.value) * max(0, late), Fraction(words.cap.value))",
        "Fraction(words.rate.value) * max(0, late)",
    ),
    "the day of coming is late too": (
        "delay-credits",
        "part = min(Fraction",
        "late += 1; part = min(Fraction",
    ),
    "two prepayments draw the invoice twice": (
        "prepayment",
        "invoice - w.memory[others])",
        "invoice)",
    ),
    "prepayments are credited without limit": (
        "prepayment",
        "least = min(left, w.memory",
        "least = max(left, w.memory",
    ),
    "all that is short is moved on": (
        "minimum-spend",
        "on = min(short, Fraction(words.defer.value) * due)",
        "on = short",
    ),
    "what is moved is forgotten": (
        "minimum-spend",
        'w.memory[key, "moved"] = on',
        'w.memory[key, "moved"] = on * 0',
    ),
    "a minimum counts all days of the month": (
        "minimum-spend",
        "part = Fraction(sum(term.on(day) for day in own), len(own))",
        "part = Fraction(1)",
    ),
    "a fee by the year is one by the month": (
        "",
        '(12 if words.fee.per == "year" else 1)',
        "1",
    ),
    "what ended is paid on to the end of its month": (
        "",
        "day = max(ended, delivery.start)",
        "day = delivery.start",
    ),
}
"""The theme of the books that notice it, what is right, and what is put in its place."""


@cache
def drawn_of(theme: str) -> list[tuple[Drawn, Book, Sums]]:
    """Books of a theme that are drawn so far, with what is owed under them."""
    return []


@cache
def more_of(theme: str) -> Iterator[Drawn]:
    """The same books each time."""
    return by_chance(6, theme)


def books_of(theme: str) -> Iterator[tuple[Drawn, Book, Sums]]:
    """Each is worked out once, whoever asks."""
    found = drawn_of(theme)
    for n in range(MISTAKEN):
        if n == len(found):
            drawn = next(more_of(theme))
            book = drawn.book()
            right = naive_sums(owed(book, drawn.through, drawn.rows, drawn.inputs))
            found.append((drawn, book, right))
        yield found[n]


def mistaken(right: str, wrong: str) -> Any:
    """The naive calculation with a mistake: its files as one, one passage of it exchanged."""
    files = [
        Path(str(module.__file__)).read_text() for module in (naive_owed, naive_words, naive_said)
    ]
    text = "\n".join(files).replace("from __future__ import annotations\n", "")
    text = re.sub(r"from \.naive_(owed|words) import \([^)]*\)", "", text)
    assert text.count(right) == 1, right
    space: dict[str, Any] = {"__name__": naive_owed.__name__}
    exec(
        compile("from __future__ import annotations\n" + text.replace(right, wrong), "x", "exec"),
        space,
    )
    return space["owed"]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_noticed(mistake: str) -> None:
    """Of the books that are drawn one tells the mistaken calculation from the right one."""
    theme, right, wrong = MISTAKES[mistake]
    calculation = mistaken(right, wrong)
    assert any(
        naive_sums(calculation(book, drawn.through, drawn.rows, drawn.inputs)) != owes
        for drawn, book, owes in books_of(theme)
    )
