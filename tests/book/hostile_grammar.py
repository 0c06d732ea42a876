"""Whole books by chance, written from the fields of the records and clause kinds that there are.

What a field may hold is read off its type, so a kind that is added later is written too, and a
quantity without a text here makes the grammar say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic.fields import FieldInfo

from offtake.book.fields import Refers
from offtake.book.header import Header
from offtake.book.read import SECTIONS
from offtake.book.record import Record
from offtake.book.records import Clause
from offtake.clauses.registry import kinds

IDS: dict[str, tuple[str, ...]] = {
    "party": ("lab", "cloud", "neo"),
    "chip": ("h100", "h200", "own"),
    "purpose": ("training", "inference", "api"),
    "agreement": ("agreements-0", "agreements-1"),
    "venture": ("ventures-0",),
    "region": ("x", "us-east"),
    "offer": ("offers-0", "offers-1"),
    "curve": ("curves-0",),
}
TEXTS: dict[str, tuple[str, ...]] = {
    "Money": ("2 B USD", "1 M USD", "0 USD"),
    "Price": ("2 USD per chip-hour", "0.06 USD per kWh", "9 M USD per MW-year", "5 USD per chip"),
    "Share": ("0%", "40%", "100%", "8% per year", "15% of delivery value", "1% of fee per day"),
    "Duration": ("1 month", "3 months", "2 years", "30 days", "10 business days", "72 hours"),
    "Power": ("1 kW", "1 MW meter", "0.5 MW it"),
    "ChipHours": ("500 chip-hours",),
    "date": ("2025-01-02", "2025-02-01", "2025-06-30", "2026-01-31"),
    "Month": ("2025-01", "2025-02", "2025-06", "2026-01"),
    "Clock": ("17:00",),
    "Due": ("at signing", "30 days before start", "at start"),
    "Decimal": ("1", "1.2", "0.5"),
    "bool": ("true", "false"),
    "whole": ("1", "2", "12"),
    "chips": ("0 chips", "1 chip", "64 chips", "900 chips"),
    "calendar": ("none", "US"),
    "zone": ("UTC", "America/Los_Angeles"),
    "name": ("a", "b", "work"),
    "words": ("USD", "as reported"),
}
BROKEN = ("", "x", "0", "[]", "{}", "-1", "2025-02-30", "9 kg", "nobody", "~", "[[{}]]", "\u202e")
HEADER: dict[str, Any] = {
    "buyer": "lab",
    "as_of": "2025-01-21",
    "currency": "USD",
    "periods": {"start": "2025-02", "length": "6 months", "hours": "2"},
    "purposes": {"training": {}, "inference": {}, "api": {"part_of": "inference"}},
}
"""What the header of every book says."""
SOUND: dict[str, list[Any]] = {
    "parties": [{"id": name, "name": name} for name in ("lab", "cloud", "neo")],
    "chips": [{"id": "own", "throughput": {"any": "1"}, "kw_it": "1 kW", "price": "9 USD"}],
    "offers": [
        {
            "id": "sound",
            "seller": "neo",
            "chip": "h100",
            "region": "x",
            "term": "3 months",
            "price": "2 USD per chip-hour",
            "max": "64 chips",
        }
    ],
    "agreements": [
        {
            "id": "pact",
            "seller": "cloud",
            "from": "2025-01-01",
            "until": "2026-06-30",
            "price": "2 USD per chip-hour",
            "deliveries": [
                {"id": "d", "add": "32 chips", "chip": "h200", "region": "x", "start": "2025-03-01"}
            ],
        },
        {"id": "words", "seller": "neo", "from": "2025-01-01", "until": "2025-06-30"},
    ],
    "sites": [
        {
            "id": "plot",
            "region": "x",
            "pue": "1.2",
            "power_price": "0.06 USD per kWh",
            "chips": ["own"],
            "phases": [{"id": "p", "power": "1 MW meter", "capex": "1 M USD", "lead": "2 months"}],
        }
    ],
    "demand": [
        {
            "id": "sound",
            "purpose": "api",
            "unit": "h100",
            "base": "40 chips",
            "unserved": "5 USD per chip-hour",
        }
    ],
}
"""Records that stand in every book, so that there is something to plan."""
DEPTH_MOST = 5
Written = str | list[Any] | dict[str, Any]


def values(annotation: Any, marks: tuple[Any, ...] = (), depth: int = 0) -> SearchStrategy[Any]:
    """Texts, lists and mappings that a field of this type may hold."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return values(arguments[0], (*marks, *arguments[1:]), depth)
    if origin is Literal:
        return st.sampled_from([str(a) for a in arguments])
    if origin in (Union, UnionType):
        members = [a for a in arguments if a is not type(None)]
        return st.one_of([values(a, marks, depth) for a in members])
    if isinstance(origin, type) and issubclass(origin, tuple):
        return st.lists(values(arguments[0], (), depth + 1), max_size=2)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        keys = values(arguments[0], (), depth + 1)
        return st.dictionaries(keys, values(arguments[1], (), depth + 1), max_size=2)
    if isinstance(annotation, type) and issubclass(annotation, Clause):
        return clauses(depth + 1)
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return records(annotation, depth=depth + 1)
    return st.sampled_from(texts(annotation, marks))


def texts(annotation: Any, marks: tuple[Any, ...]) -> tuple[str, ...]:
    """The texts of one value: those of its type, or of what its description calls it."""
    for mark in marks:
        if isinstance(mark, Refers):
            return IDS[mark.to]
    name = getattr(annotation, "__name__", "")
    if name in TEXTS:
        return TEXTS[name]
    told = str([getattr(mark, "json_schema", "") for mark in marks])
    if annotation is int:
        return TEXTS["chips" if "number of chips" in told else "whole"]
    for word, key in (("calendar", "calendar"), ("time zone", "zone"), ("id", "name")):
        if word in told:
            return TEXTS[key]
    if annotation in (str, Any):
        return TEXTS["words"]
    raise LookupError(f"the grammar has no text for {annotation}; give it one in TEXTS")


def _field(info: FieldInfo, depth: int) -> SearchStrategy[Any]:
    return values(info.annotation, tuple(info.metadata), depth)


@st.composite
def records(draw: DrawFn, kind: type[Record], name: str = "", depth: int = 0) -> dict[str, Written]:
    """A record of a kind: every field that must be there, some of the others."""
    out: dict[str, Written] = {}
    for field, info in kind.model_fields.items():
        written = info.alias or field
        if written.startswith("@"):
            continue
        if written == "id" and name:
            out["id"] = name
        elif info.is_required() or (depth < DEPTH_MOST and draw(st.integers(0, 3)) == 0):
            out[written] = draw(_field(info, depth))
    return out


@st.composite
def clauses(draw: DrawFn, depth: int = 0) -> dict[str, Written]:
    """A clause of any kind that is installed."""
    kind = draw(st.sampled_from(sorted(kinds())))
    return {**draw(records(kinds()[kind], depth=depth)), "kind": kind}


@st.composite
def books(draw: DrawFn) -> dict[str, Any]:
    """A book with any of its parts; its names exist more often than not."""
    header = {**draw(records(Header)), **deepcopy(HEADER)}
    header.pop("include", None)
    book: dict[str, Any] = {"book": header}
    for section, kind in SECTIONS.items():
        count = draw(st.integers(0, 2))
        book[section] = [draw(records(kind, f"{section}-{n}")) for n in range(count)]
        book[section] += deepcopy(SOUND.get(section, []))
    for holder in (*book["agreements"][-2:], book["offers"][-1]):
        holder["clauses"] = draw(st.lists(clauses(), max_size=3))
    return book


@st.composite
def broken(draw: DrawFn) -> dict[str, Any]:
    """A book with up to two values replaced, left out, or misnamed."""
    book = draw(books())
    for _ in range(draw(st.integers(0, 2))):
        holder: Any = book
        for _ in range(draw(st.integers(1, 6))):
            keys = sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(holder[key], str) or draw(st.integers(0, 5)) == 0:
                holder[key] = draw(st.sampled_from(BROKEN))
                break
            holder = holder[key]
    return book


def flow(value: Any) -> str:
    """As YAML in one line; a bare text stays bare, so that it may be anything at all."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(v)}" for key, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(v) for v in value) + "]"
    return str(value)


def lines_of(book: Any) -> list[tuple[str, tuple[str, int, int]]]:
    """The lines of a book, a record or a clause a line, each with where it belongs."""
    if not isinstance(book, dict):
        return [(flow(book), ("", -1, -1))]
    lines: list[tuple[str, tuple[str, int, int]]] = []
    for section, held in book.items():
        if not isinstance(held, list):
            lines.append((f"{section}: {flow(held)}", (section, -1, -1)))
            continue
        lines.append((f"{section}:", (section, -1, -1)))
        for n, record in enumerate(held):
            inner = record.get("clauses") if isinstance(record, dict) else None
            if not isinstance(inner, list) or not inner:
                lines.append((f"- {flow(record)}", (section, n, -1)))
                continue
            rest = {key: value for key, value in record.items() if key != "clauses"}
            lines.append((f"- {flow(rest)[:-1]}, clauses: [", (section, n, -1)))
            lines += [(f"    {flow(c)},", (section, n, m)) for m, c in enumerate(inner)]
            lines.append(("  ]}", (section, n, -1)))
    return lines


def text_of(book: Any) -> str:
    """The text of a book."""
    return "\n".join(line for line, _ in lines_of(book)) + "\n"


def without(book: dict[str, Any], lines: set[int]) -> dict[str, Any]:
    """The book without the clauses and records that stand on these lines, counted from 1."""
    written = lines_of(book)
    spoilt = {written[line - 1][1] for line in lines}
    out: dict[str, Any] = {}
    for section, held in book.items():
        if isinstance(held, list):
            kept = [(n, record) for n, record in enumerate(held) if (section, n, -1) not in spoilt]
            out[section] = [_less(record, section, n, spoilt) for n, record in kept]
        else:
            out[section] = deepcopy(HEADER) if (section, -1, -1) in spoilt else held
    return out


def _less(record: Any, section: str, n: int, spoilt: set[tuple[str, int, int]]) -> Any:
    inner = record.get("clauses")
    if not inner:
        return record
    return {
        **record,
        "clauses": [c for m, c in enumerate(inner) if (section, n, m) not in spoilt],
    }
