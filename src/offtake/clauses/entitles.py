"""Whether a party may use something in a product on a day, by what the clauses of a book grant.

Names are compared by their words, whatever their case and punctuation. What is asked for is within
what is named where its words stand there in one piece: a licence on "OpenAI's models and
infrastructure" is one on "OpenAI's models", but not the other way round. Nothing is read into
words beyond that, so a product that neither `products` nor `field` names is not granted.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from offtake.book.faults import Place
from offtake.book.near import nearest

if TYPE_CHECKING:
    from offtake.book.force import Book, InForce

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SHOWN = 8


class UnknownUseError(ValueError):
    """What is asked for is nothing, or not one thing, that a clause of the book licenses."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a clause lets its holder use: in all products where neither field nor any is named."""

    holder: str
    giver: str | None
    """Who lets it; None where the words do not tell."""
    what: str
    field: str | None = None
    products: tuple[str, ...] = ()
    exclusive: bool = False
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What is asked: may this party use that, in this product, on that day?"""

    party: str
    subject: str
    product: str | None
    day: dt.date

    def __str__(self) -> str:
        return self.subject + (f" in {self.product}" if self.product is not None else "")


Says = Literal["grants", "bars", "ended", "begins later", "names another product", "is given by it"]


@dataclass(frozen=True, slots=True)
class Reason:
    """What one clause says to a question."""

    clause: str
    kind: str
    says: Says
    grant: Grant
    start: dt.date
    end: dt.date
    """Its first and last day in these words, both inclusive."""
    sentence: str
    place: Place


@dataclass(frozen=True, slots=True)
class Entitled:
    """The answer. Without any reason no clause of the book says anything of this party's use."""

    use: Use
    yes: bool
    because: tuple[Reason, ...]


def entitled(book: Book, use: Use) -> Entitled:
    """Yes where a clause in force grants the use and none gives it to somebody else alone.

    Raises `UnknownUseError` where the subject is none that is licensed, or could be several.
    """
    granted = tuple(_granted(book))
    _known(use.subject, [grant.what for _, grant in granted])
    reasons = [reason for term, grant in granted if (reason := _reason(book, use, term, grant))]
    own = [r.grant for r in reasons if r.says == "grants"]
    live = [r for r in reasons if r.says != "bars" or _bars(use, r.grant, own)]
    order: dict[Says, int] = {"bars": 0, "grants": 1}
    yes = bool(own) and not any(r.says == "bars" for r in live)
    because = [r for r in live if r.says == "grants"] if yes else _last_words(live)
    return Entitled(
        use, yes, tuple(sorted(because, key=lambda r: (order.get(r.says, 2), r.clause)))
    )


def _granted(book: Book) -> Iterator[tuple[InForce, Grant]]:
    from offtake.book.records import Agreement
    from offtake.clauses.faces import Entitles

    for term in book.terms:
        if isinstance(term.clause, Entitles) and isinstance(term.owner, Agreement):
            yield term, term.clause.grant(term.owner.buyer or book.header.buyer)


def _known(subject: str, named: Iterable[str]) -> None:
    """Refuse what is not licensed at all, and what is part of several things."""
    by_words = {words(what): what for what in named}
    wanted = words(subject)
    if wanted in by_words:
        return
    meant = sorted(what for each, what in by_words.items() if within(wanted, each))
    if len(meant) > 1:
        several = "; ".join(meant[:_SHOWN])
        raise UnknownUseError(f"{_named(subject)} is part of several that are licensed: {several}")
    if not meant:
        hint = nearest(subject, by_words.values()) or "it has no licence"
        raise UnknownUseError(f"no clause of the book licenses {_named(subject)}; {hint}")


def _named(subject: str) -> str:
    return repr(subject[:64])


def _reason(book: Book, use: Use, term: InForce, grant: Grant) -> Reason | None:
    says = _says(use, term, grant)
    if says is None:
        return None
    clause = term.clause
    explain = getattr(clause, "explain", None)
    sentence = explain(book) if explain is not None else type(clause).summary
    end = _end(term, grant)
    return Reason(clause.id, clause.kind, says, grant, term.start, end, sentence, clause.place)


def _says(use: Use, term: InForce, grant: Grant) -> Says | None:
    asked, what = words(use.subject), words(grant.what)
    live = term.start <= use.day <= _end(term, grant)
    if use.party == grant.holder:
        if not within(asked, what):
            return None
        if live:
            return "grants" if covers(grant, use.product) else "names another product"
        return "ended" if use.day > _end(term, grant) else "begins later"
    if not live or not (within(asked, what) or within(what, asked)):
        return None
    if grant.exclusive:
        return "bars"
    return "is given by it" if use.party == grant.giver else None


def _bars(use: Use, alone: Grant, own: Iterable[Grant]) -> bool:
    """Whether what somebody has alone reaches what is asked; without a product, what is held."""
    if use.product is not None:
        return covers(alone, use.product)
    if not (alone.field or alone.products):
        return True
    held = [_field(grant) for grant in own]
    return not held or _field(alone) in held


def _field(grant: Grant) -> object:
    return words(grant.field or ""), frozenset(words(product) for product in grant.products)


def _last_words(reasons: Iterable[Reason]) -> list[Reason]:
    """Of each clause the words that come nearest to the day: in force, else last, else next."""
    found: dict[str, Reason] = {}
    for reason in reasons:
        held = found.get(reason.clause)
        if held is None or _nearness(reason) > _nearness(held):
            found[reason.clause] = reason
    return list(found.values())


def _nearness(reason: Reason) -> tuple[int, int]:
    if reason.says == "ended":
        return 1, reason.end.toordinal()
    if reason.says == "begins later":
        return 0, -reason.start.toordinal()
    return 2, 0


def _end(term: InForce, grant: Grant) -> dt.date:
    return term.end if grant.until is None else min(term.end, grant.until)


def covers(grant: Grant, product: str | None) -> bool:
    """Whether a grant names a product, in its products or its field; with neither it has all."""
    if product is None or not (grant.field or grant.products):
        return True
    named = (*grant.products, *([grant.field] if grant.field else []))
    return any(within(words(product), words(each)) for each in named)


def words(text: str) -> tuple[str, ...]:
    """The words of a name, in small letters."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return tuple(_WORD.findall(plain))


def within(asked: tuple[str, ...], named: tuple[str, ...]) -> bool:
    """Whether words stand in others in one piece."""
    size = len(asked)
    return size > 0 and any(named[n : n + size] == asked for n in range(len(named) - size + 1))
