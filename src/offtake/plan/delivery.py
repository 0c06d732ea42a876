"""A plan on its way out: as plain data, as lines to paste into the book, as bytes to keep."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Collection, Iterator
from typing import Any

from offtake.book.force import Book
from offtake.plan.result import TABLES, Clash, PlanResult
from offtake.plan.words import one_line
from offtake.units import Month

ID_LONGEST = 64


def as_data(result: PlanResult) -> dict[str, Any]:
    """Everything as plain data, ready for JSON: days in ISO form, money as numbers."""
    figures = {
        "title": result.title,
        "buyer": result.buyer,
        "as_of": result.as_of,
        "currency": result.currency,
        "cost": result.cost,
        "cash": result.cash,
        "shortage": result.shortage,
        "residual": result.residual,
        "cvar": result.cvar,
        "perfect_information": result.perfect_information,
        "months": list(result.months),
        "certificate": dict(result.certificate),
    }
    tables = {name: getattr(result, name).to_dicts() for name in TABLES}
    return {name: _plain(part) for name, part in {"status": "planned", **figures, **tables}.items()}


def clash_data(clash: Clash) -> dict[str, Any]:
    """A clash as plain data, ready for JSON."""
    return {
        "status": "infeasible",
        "title": clash.title,
        "as_of": clash.as_of.isoformat(),
        "clash": [
            {
                "place": str(m.place),
                "line": m.line,
                "sentence": m.sentence,
                "change": {
                    "path": "/".join(m.change.path),
                    "old": m.change.old,
                    "new": m.change.new,
                    "sentence": m.change_sentence,
                },
            }
            for m in clash.members
        ],
        "certificate": _plain(dict(clash.certificate)),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def kept_bytes(data: dict[str, Any]) -> bytes:
    """A plan or a clash in one canonical form: the same data gives the same bytes."""
    return (json.dumps(data, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def book_lines(result: PlanResult, book: Book) -> str:
    """Purchases as agreements in the book's own words, to paste in or include once signed.

    Days of signing are the last that the rights allow; where no right asks, the plan's own day.
    """
    head = (
        f"# Plan {result.certificate['plan'][:12]} of {one_line(result.title)}, "
        f"as of {result.as_of}:\n"
        "# what it would sign, in the book's words. Paste what was signed, with its true dates.\n"
    )
    signing = {row["purchase"]: row["sign_by"] for row in result.notices.iter_rows(named=True)}
    taken = set(book.written or book.agreements)
    agreements, others = list[str](), list[str]()
    for row in result.purchases.iter_rows(named=True):
        if row["what"] == "reserved":
            name = _name(row, taken)
            taken.add(name)
            signed = signing.get(row["id"]) or result.as_of
            agreements.append(
                _agreement(name, row, signed, result.currency, book) + _waivers(result, row["id"])
            )
        else:
            others.append(_remark(row))
    others += [
        f"# build {row['site']}/{row['phase']}: begin {row['start']:%Y-%m}, "
        f"ready {row['ready']:%Y-%m}\n"
        for row in result.builds.iter_rows(named=True)
        if not row["committed"]
    ]
    # A file without any part is no part of a book, so an empty list stands where nothing is signed.
    opening = "agreements:\n" if agreements else "agreements: []\n"
    return "".join([head, *others, opening, *agreements])


def _waivers(result: PlanResult, purchase: str) -> str:
    """The waivers that signing will need, as a comment: only the holders can give them."""
    asked = [row for row in result.notices.iter_rows(named=True) if row["purchase"] == purchase]
    if not asked:
        return ""
    each = ", ".join(f"{{of: {r['right']}, on: {r['answer_by']}, evidence: FILE}}" for r in asked)
    return f"  # waivers: [{each}]\n"


def _remark(row: dict[str, Any]) -> str:
    """What is no agreement of its own: chips of the buyer's, and options of an agreement."""
    verb = "install" if row["what"] == "installed" else "exercise"
    at = "at" if row["what"] == "installed" else "of"
    return (
        f"# {verb} {_chips(row):,} {row['chip']} {at} {row['offer']} for {row['start']:%Y-%m}, "
        f"see {row['place']}\n"
    )


def _agreement(name: str, row: dict[str, Any], signed: dt.date, currency: str, book: Book) -> str:
    start: dt.date = row["start"]
    end = (Month.of(start) + (int(row["months"]) - 1)).last
    price = f"{row['price']:.9f}".rstrip("0").rstrip(".")
    return "".join(
        [
            f"- id: {name}\n",
            f"  seller: {row['seller']}\n",
            f"  via: {row['via']}\n" if row["via"] else "",
            f"  signed: {signed}\n",
            f"  from: {start}\n",
            f"  until: {end}\n",
            f"  price: {price} {currency} per chip-hour\n",
            *_of_offer(book, row["offer"]),
            f"  cause: {row['id']}\n",
            "  deliveries:\n",
            f"  - {{id: d1, add: {_chips(row)} chips, chip: {row['chip']}, "
            f"region: {row['region']}, start: {start}}}\n",
        ]
    )


def _of_offer(book: Book, name: str) -> Iterator[str]:
    """What the offer says beyond its price: how it is billed, and which clauses come with it."""
    offer = book.offers[name]
    if offer.billing != "reserved":
        yield f"  billing: {offer.billing}\n"
    for clause in offer.clauses:
        yield f"  # and the clause {clause.kind} of the offer, see {clause.place}\n"


def _name(row: dict[str, Any], taken: Collection[str]) -> str:
    """An id that the book does not have: the offer and its month, numbered where that is taken."""
    number = 1
    while True:
        ending = f"-{row['start']:%Y-%m}" + (f"-{number}" if number > 1 else "")
        name: str = row["offer"][: ID_LONGEST - len(ending)] + ending
        if name not in taken:
            return name
        number += 1


def _chips(row: dict[str, Any]) -> int:
    """Whole chips: what the solver left a rounding above a whole number is that number."""
    return math.ceil(float(row["chips"]) - 1e-3)
