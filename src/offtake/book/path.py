"""Where a text such as `oracle-36.price` or `azure-2025/azure-rofr.window` leads in a draft.

Steps stand between `.` or `/`. The first is `book`, a part of the book, the id of a record or the
name of a clause, where only one is called so. A further step is a field; where the record has no
such field, an item of one of its lists by its id (a clause without one by its kind); in a list also
a number from 0. Ids may have dots in them: the longest name that fits is the one that is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from offtake.book.draft import HEADER, Draft, Steps, item, name_of, parts
from offtake.book.header import Header
from offtake.book.near import nearest
from offtake.book.record import RESERVED, Record, Written, WrittenList
from offtake.book.records import Clause
from offtake.book.sections import SECTIONS
from offtake.book.typed import Kinds, field_names

CLAUSES = "clauses"
OWNERS = ("agreements", "offers")
_SHOWN = 60


class NoSuchPathError(ValueError):
    """A text leads nowhere in the book, or to several places: one sentence."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a draft, and what its fields' types let stand there."""

    steps: Steps
    form: Any
    """The annotation of what stands there; `Any` where nothing is known of it."""


def spot(draft: Draft, kinds: Kinds, text: str) -> Spot:
    """The place that a text names; raises `NoSuchPathError`.

    Where several records begin it, the only one that has what follows is meant.
    """
    starts, rest = _starts(draft, text.strip())
    found: list[Spot] = []
    wrong: list[NoSuchPathError] = []
    for start in starts:
        try:
            found.append(_walked(draft, kinds, text, start, rest))
        except NoSuchPathError as error:
            wrong.append(error)
    if len(found) > 1:
        raise NoSuchPathError(_several(text, "places", ["/".join(s.steps) for s in found]))
    if not found:
        raise next((error for error in wrong if "did you mean" in str(error)), wrong[0])
    return found[0]


def _walked(draft: Draft, kinds: Kinds, text: str, start: Spot, rest: str) -> Spot:
    walk = _Walk(kinds, text, start, draft.at(start.steps))
    while rest:
        rest = walk.step(rest)
    return Spot(walk.steps, walk.form)


def clause_names(draft: Draft) -> dict[str, set[tuple[str, str]]]:
    """Short and full names of all clauses, each with the (owner's section, id/name) it may mean."""
    found: dict[str, set[tuple[str, str]]] = {}
    for section in OWNERS:
        for owner, record in draft.records.get(section, {}).items():
            for name, _ in clauses_of(record):
                full = (section, f"{owner}/{name}")
                found.setdefault(name, set()).add(full)
                found.setdefault(full[1], set()).add(full)
    return found


def clauses_of(record: Written) -> Iterator[tuple[str, Steps]]:
    """The clauses of an agreement or offer, those that amendments add among them: name, steps."""
    for number, clause in parts(record.get(CLAUSES)):
        if (name := name_of(clause)) is not None:
            yield name, (CLAUSES, number)
    for at, amendment in parts(record.get("amendments")):
        for number, clause in parts(item(amendment, "add")):
            if (name := name_of(clause)) is not None:
                yield name, ("amendments", at, "add", number)


def clause_at(draft: Draft, text: str) -> tuple[str, str, str]:
    """Section, owner and short name of the clause that a text names; raises `NoSuchPathError`."""
    names = clause_names(draft)
    wanted = text.strip().removeprefix(f"{CLAUSES}/").removeprefix("agreements/")
    meant = names.get(wanted) or names.get(wanted.replace(f"/{CLAUSES}/", "/"), set())
    if not meant:
        hint = nearest(wanted, names) or "look at `offtake rights`"
        raise NoSuchPathError(f"there is no clause {_told(text)} in the book; {hint}")
    if len(meant) > 1:
        raise NoSuchPathError(_several(text, "clauses", sorted(full for _, full in meant)))
    ((section, full),) = meant
    owner, _, name = full.partition("/")
    return section, owner, name


def record_in(form: Any) -> type[Record] | None:
    """The kind of record that an annotation lets stand at a place itself; None where it is none."""
    for one in _members(form):
        if isinstance(one, type) and issubclass(one, Record):
            return one
    return None


def main_field(form: Any) -> str | None:
    """The one field that a record must have, where a value alone can stand for the record."""
    kind = record_in(form)
    if kind is None or any(_is_value(one) for one in _members(form)):
        return None
    needed = [info.alias or name for name, info in _fields(kind) if info.is_required()]
    return needed[0] if len(needed) == 1 else None


class _Walk:
    """One step after another from a record inwards."""

    def __init__(self, kinds: Kinds, text: str, start: Spot, here: Any) -> None:
        self.kinds, self.text = kinds, text
        self.steps, self.form, self.here = start.steps, start.form, here

    def step(self, rest: str) -> str:
        """Take the step that the rest begins with, and give what is left."""
        ways = self._ways()
        name, left = _longest(rest, ways)
        if name is not None:
            if len(ways[name]) > 1:
                shown = sorted(".".join(way) for way in ways[name])
                raise NoSuchPathError(_several(f"{self.text} ({name})", "parts", shown))
            for one in ways[name][0]:
                self._into(one)
            return left
        if self._takes_any_key() and not _divided(rest):
            self._into(rest)
            return ""
        raise NoSuchPathError(self._nothing(rest, ways))

    def _nothing(self, rest: str, ways: Mapping[str, Any]) -> str:
        owner = "/".join(self.steps)
        name = _first(rest)
        if not ways and not self._takes_any_key():
            return f"{owner[:_SHOWN]} has no parts, so {_told(self.text)} leads nowhere"
        near = nearest(name, ways)
        return f"{owner[:_SHOWN]} has nothing called {_told(name)}" + (f"; {near}" if near else "")

    def _ways(self) -> dict[str, list[Steps]]:
        """What may come next by name, and the steps that lead there."""
        ways: dict[str, list[Steps]] = {}
        kind = self._kind()
        if kind is not None:
            ways = {f: [(f,)] for f in field_names(kind) if not f.startswith(RESERVED)}
        elif isinstance(self.here, Mapping):
            ways = {key: [(key,)] for key in self.here}
        elif isinstance(self.here, list):
            for number, entry in parts(self.here):
                ways[number] = [(number,)]
                if (called := name_of(entry)) is not None:
                    ways.setdefault(called, []).append((number,))
        if isinstance(self.here, Mapping):
            own = set(ways)
            for inner, way in _named(self.here):
                if inner not in own:
                    ways.setdefault(inner, []).append(way)
        return ways

    def _kind(self) -> type[Record] | None:
        kind = record_in(self.form)
        if kind is not None and issubclass(kind, Clause) and isinstance(self.here, Mapping):
            return self.kinds.get(str(self.here.get("kind")), kind)
        return kind

    def _takes_any_key(self) -> bool:
        if self.here is None or isinstance(self.here, Mapping):
            return self._kind() is None and any(
                one is Any or get_origin(one) is _MAPPING for one in _members(self.form)
            )
        return False

    def _into(self, name: str) -> None:
        kind = self._kind()
        self.form = _form_of(kind, name) if kind is not None else _inner(self.form)
        self.here = item(self.here, name)
        self.steps = (*self.steps, name)


_MAPPING = get_origin(Mapping[str, str])


def _starts(draft: Draft, text: str) -> tuple[list[Spot], str]:
    """The header, records or clauses with which a text may begin, and what is left of it."""
    ways: dict[str, list[Spot]] = {}
    for section, records in draft.records.items():
        for record in records:
            ways.setdefault(record, []).append(Spot((section, record), SECTIONS[section]))
    ids = set(ways)
    for clause, meant in clause_names(draft).items():
        if clause not in ids:
            ways[clause] = [place for m in sorted(meant) for place in _clause_places(draft, *m)]
    ways |= {section: [] for section in (*SECTIONS, CLAUSES)}
    ways[HEADER] = [Spot((HEADER,), Header)]
    name, rest = _longest(text, ways)
    if name in SECTIONS:
        return _in_section(draft, str(name), rest)
    if name == CLAUSES and rest:
        return _starts(draft, rest)
    if name is None or name == CLAUSES:
        near = nearest(_first(text), set(ways) - {CLAUSES})
        sentence = f"there is nothing called {_told(_first(text))} in the book"
        raise NoSuchPathError(sentence + (f"; {near}" if near else ""))
    return ways[name], rest


def _clause_places(draft: Draft, section: str, full: str) -> Iterator[Spot]:
    owner, _, short = full.partition("/")
    for name, steps in clauses_of(draft.records[section][owner]):
        if name == short:
            yield Spot((section, owner, *steps), Clause)


def _in_section(draft: Draft, section: str, rest: str) -> tuple[list[Spot], str]:
    known = draft.records.get(section, {})
    if not rest:
        sentence = f"{section} is a whole part of the book; name a record in it, such as"
        raise NoSuchPathError(f"{sentence} {section}/{next(iter(known), 'an-id')}")
    name, left = _longest(rest, known)
    if name is None:
        near = nearest(_first(rest), known)
        sentence = f"{section} has no record {_told(_first(rest))}"
        raise NoSuchPathError(sentence + (f"; {near}" if near else ""))
    return [Spot((section, name), SECTIONS[section])], left


def _longest(rest: str, names: Iterable[str]) -> tuple[str | None, str]:
    """The longest name with which the rest begins, up to a divider or the end; what is left."""
    known = names if isinstance(names, (Mapping, set)) else set(names)
    ends = [n for n, sign in enumerate(rest) if sign in "./"] + [len(rest)]
    for end in reversed(ends):
        if rest[:end] in known:
            return rest[:end], rest[end + 1 :]
    return None, rest


def _divided(rest: str) -> bool:
    return "." in rest or "/" in rest


def _first(rest: str) -> str:
    return rest.partition("/")[0].partition(".")[0] if rest[:1] not in "./" else rest[:_SHOWN]


def _named(here: Mapping[str, Any]) -> Iterator[tuple[str, Steps]]:
    """Items of a record's lists, and of the lists within those, by name."""
    for field, value in here.items():
        if isinstance(value, list):
            for number, entry in parts(value):
                if (name := name_of(entry)) is not None:
                    yield name, (field, number)
                elif isinstance(entry, Mapping):
                    yield from ((n, (field, number, *way)) for n, way in _named(entry))


def _members(form: Any) -> Iterator[Any]:
    """What a union, or an annotated type, is made of."""
    if get_origin(form) is Annotated:
        yield from _members(get_args(form)[0])
    elif _is_union(form):
        for one in get_args(form):
            yield from _members(one)
    elif form is not type(None):
        yield form


def _is_union(form: Any) -> bool:
    from types import UnionType
    from typing import Union

    return get_origin(form) in (Union, UnionType)


def _is_value(form: Any) -> bool:
    """Whether one text may stand there."""
    if get_origin(form) is Literal:
        return True
    return isinstance(form, type) and not issubclass(form, (BaseModel, Written, WrittenList))


def _fields(kind: type[Record]) -> Iterator[tuple[str, Any]]:
    return (
        (name, info)
        for name, info in kind.model_fields.items()
        if not (info.alias or name).startswith(RESERVED)
    )


def _form_of(kind: type[Record], field: str) -> Any:
    for name, info in _fields(kind):
        if (info.alias or name) == field:
            return info.annotation
    return Any


def _inner(form: Any) -> Any:
    """The annotation of what a list or a mapping holds."""
    for one in _members(form):
        arguments = get_args(one)
        if get_origin(one) is tuple and arguments:
            return arguments[0]
        if get_origin(one) is _MAPPING and len(arguments) == 2:
            return arguments[1]
    return Any


def _told(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text[:_SHOWN])
    return repr(shown + ("..." if len(text) > _SHOWN else ""))


def _several(text: str, what: str, ways: list[str]) -> str:
    return f"{len(ways)} {what} are called {_told(text)}: name one in full: {', '.join(ways[:5])}"
