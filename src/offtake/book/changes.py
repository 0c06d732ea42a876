"""Changes of a book as somebody asks for them, made on its draft: set, take away, leave out.

`oracle-36.price=2.80 USD per chip-hour` sets a field, `oracle-36.max=` takes it away as if it had
never been written. A value is written as it would stand in the book after its colon.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offtake.book.draft import HEADER, Draft, Gathered, Steps, item, name_of, parts
from offtake.book.faults import Fault, Place, in_order
from offtake.book.files import built_in, text_of
from offtake.book.journals import Journals, unread
from offtake.book.path import (
    CLAUSES,
    OWNERS,
    NoSuchPathError,
    Spot,
    clause_at,
    clause_names,
    clauses_of,
    main_field,
    spot,
)
from offtake.book.read import Reading, read, reread
from offtake.book.record import Written
from offtake.book.typed import Kinds
from offtake.book.yamltree import compose

LONGEST = 10_000
BUILT_IN = "chips.yaml"
_KEY = "value: "
_FORM = "write PATH=VALUE, such as oracle-36.price=2.80 USD per chip-hour"


class WrongChangeError(ValueError):
    """A change that means nothing for this book: one sentence."""


@dataclass(frozen=True, slots=True)
class Set:
    """One place of the book, and the text that would stand there; none takes it away."""

    path: str
    value: str

    def __str__(self) -> str:
        return f"{self.path}={self.value}"

    def made(self, draft: Draft, kinds: Kinds) -> tuple[Draft, tuple[Fault, ...]]:
        """The changed draft, and what is wrong with the form of the value."""
        draft, found = _found(draft, kinds, self.path)
        if found.steps[:1] == (HEADER,) and found.steps[1:2] in (("include",), ("journals",)):
            says = found.steps[1]
            raise WrongChangeError(f"{says} says which files are read; change what stands in them")
        value, faults = _value(self.value, len(self.path) + 1)
        if value is None:
            return _taken(draft, found.steps, self.path), faults
        if len(found.steps) <= (1 if found.steps[0] == HEADER else 2) and not isinstance(
            value, Mapping
        ):
            return draft, faults or (_no_record(draft, found.steps, self.path),)
        for steps in _everywhere(draft, found.steps):
            draft = _set(draft, steps, found.form, value)
        return draft, faults


@dataclass(frozen=True, slots=True)
class Leave:
    """A clause that would not be there, with all that the book says of it elsewhere."""

    clause: str

    def __str__(self) -> str:
        return f"without {self.clause}"

    def made(self, draft: Draft, kinds: Kinds) -> tuple[Draft, tuple[Fault, ...]]:
        """The draft without the clause."""
        return without(draft, *clause_at(draft, self.clause)), ()


@dataclass(frozen=True, slots=True)
class Add:
    """A record that would be written besides: its part of the book, and its words."""

    section: str
    record: Written

    def __str__(self) -> str:
        return f"{self.section}/{json.dumps(self.record)} added"

    def made(self, draft: Draft, kinds: Kinds) -> tuple[Draft, tuple[Fault, ...]]:
        """The draft with the record."""
        name = str(self.record["id"])
        if name in draft.records.get(self.section, {}):
            raise WrongChangeError(f"{self.section} has a record {name[:60]} already")
        return draft.put((self.section, name), self.record), ()


Change = Set | Leave | Add


def what_if(text: str) -> tuple[Change, ...]:
    """`PATH=VALUE`, or several of them between semicolons; raises `WrongChangeError`."""
    changes = tuple(_set_of(part) for part in _pieces(text) if part.strip())
    if not changes:
        raise WrongChangeError(f"{_told(text)} changes nothing; {_FORM}")
    return changes


def leave_out(text: str) -> tuple[Change, ...]:
    """A clause, or several between semicolons; raises `WrongChangeError`."""
    names = [part.strip() for part in _pieces(text) if part.strip()]
    if not names:
        raise WrongChangeError("name a clause to leave out, such as azure-2025/azure-rofr")
    return tuple(Leave(name) for name in names)


def drafted(root: Path | str, kinds: Kinds, digest: str, journals: Journals = unread) -> Draft:
    """A book that was read without faults, as it is written; `digest` is that of the reading.

    Raises `WrongChangeError` where the files have changed since.
    """
    gathered = Gathered()
    book = read(root, kinds, gathered, journals).book
    if book is None or book.digest != digest:
        raise WrongChangeError("the book's files have changed since it was read; read it again")
    return gathered.draft()


def changed(
    draft: Draft, root: Path | str, kinds: Kinds, digest: str, changes: Iterable[Change]
) -> tuple[Draft, Reading]:
    """The draft with changes made one after another, read as if it had been written so.

    What is wrong with it is in the reading's faults. Raises `WrongChangeError` where a change names
    nothing in the book.
    """
    faults: list[Fault] = []
    named = hashlib.sha256(digest.encode())
    for change in changes:
        try:
            draft, wrong = change.made(draft, kinds)
        except NoSuchPathError as error:
            raise WrongChangeError(str(error)) from error
        faults += wrong
        named.update(b"\0" + str(change).encode("utf-8", "backslashreplace"))
    if faults:
        return draft, Reading(None, in_order(faults))
    return draft, reread(draft, root, kinds, named.hexdigest())


def without(draft: Draft, section: str, owner: str, name: str) -> Draft:
    """The draft without a clause: not agreed, added, changed, ended or waived anywhere."""
    meant = clause_names(draft)
    record = draft.records[section][owner]
    for at in reversed(_called(record.get("clauses"), name)):
        draft = draft.put((section, owner, "clauses", at), None)
    for number, amendment in reversed(list(parts(record.get("amendments")))):
        here: Steps = (section, owner, "amendments", number)
        draft = _unamended(draft, here, amendment, name)
    full = f"{owner}/{name}"
    for other, agreement in draft.records.get("agreements", {}).items():
        for number, waiver in reversed(list(parts(agreement.get("waivers")))):
            of = item(waiver, "of")
            if of == full or (of == name and meant.get(name) == {(section, full)}):
                draft = draft.put(("agreements", other, "waivers", number), None)
    return draft


def _unamended(draft: Draft, here: Steps, amendment: Any, name: str) -> Draft:
    """An amendment without what it says of a clause; none at all where it said nothing else."""
    says = ("end", "add", "change")
    for number, ended in reversed(list(parts(item(amendment, "end")))):
        if ended == name:
            draft = draft.put((*here, "end", number), None)
    for number in reversed(_called(item(amendment, "add"), name)):
        draft = draft.put((*here, "add", number), None)
    if item(item(amendment, "change"), name) is not None:
        draft = draft.put((*here, "change", name), None)
    left = draft.at(here)
    if left != amendment and not any(item(left, word) for word in says):
        draft = draft.put(here, None)
    return draft


def _no_record(draft: Draft, steps: Steps, path: str) -> Fault:
    sentence = f"{path[:60]}: A mapping is expected here."
    return Fault(draft.place(steps), "mapping-expected", sentence, "such as {key: value}")


def _called(listed: Any, name: str) -> list[str]:
    return [number for number, entry in parts(listed) if name_of(entry) == name]


def _taken(draft: Draft, steps: Steps, path: str) -> Draft:
    """The draft as if nothing were written there; a clause goes with its traces."""
    if steps == (HEADER,):
        raise WrongChangeError("the part book: cannot be taken away")
    if draft.at(steps) is None:
        raise WrongChangeError(
            f"{path[:60]} is not written in the book, so it cannot be taken away"
        )
    if _within_clause(steps) == len(steps):
        return without(draft, steps[0], steps[1], str(name_of(draft.at(steps))))
    if steps[0] in OWNERS and steps[2:] in ((), (CLAUSES,)):
        for name in {name for name, _ in clauses_of(draft.records[steps[0]][steps[1]])}:
            draft = without(draft, steps[0], steps[1], name)
    for place in reversed(_everywhere(draft, steps)):
        draft = draft.put(place, None)
    return draft


def _within_clause(steps: Steps) -> int | None:
    """How many steps lead to the clause that a place is, or is in."""
    if steps[2:3] == ("clauses",) and len(steps) > 3:
        return 4
    if steps[2:3] == ("amendments",) and steps[4:5] == ("add",) and len(steps) > 5:
        return 6
    return None


def _everywhere(draft: Draft, steps: Steps) -> list[Steps]:
    """The place itself, and where amendments state that word of the clause anew."""
    places = [steps]
    depth = _within_clause(steps)
    if depth is None or depth == len(steps):
        return places
    name = name_of(draft.at(steps[:depth]))
    record = draft.records[steps[0]][steps[1]]
    for number, amendment in parts(record.get("amendments")):
        if name is not None and item(item(item(amendment, "change"), name), steps[depth]):
            words = (*steps[:2], "amendments", number, "change", name)
            places.append((*words, *steps[depth:]))
    return places


def _set(draft: Draft, steps: Steps, form: Any, value: Any) -> Draft:
    """A value put there; one value alone is that of the field which such a record must have."""
    main = main_field(form)
    if main is not None and isinstance(value, str):
        if isinstance(draft.at(steps), Mapping):
            return draft.put((*steps, main), value)
        value = Written({main: value})
    return draft.put(steps, value)


def _found(draft: Draft, kinds: Kinds, path: str) -> tuple[Draft, Spot]:
    """The place that a path names; a chip that every book knows is written into the draft."""
    try:
        return draft, spot(draft, kinds, path)
    except NoSuchPathError:
        named = path.removeprefix("chips/").removeprefix("chips.")
        chips = [c for c in _built_in_chips() if named.startswith((f"{c['id']}.", f"{c['id']}/"))]
        if not chips or chips[0]["id"] in draft.records.get("chips", {}):
            raise
    chip, currency = chips[0], str(draft.header.get("currency", "USD"))
    if not str(chip.get("price", currency)).endswith(currency):
        # As in the reader: a built-in price in another currency is no price in this book.
        chip = Written({k: v for k, v in chip.items() if k != "price"}, chip.place, chip.fields_at)
    wider = draft.put(("chips", chip["id"]), chip)
    return wider, spot(wider, kinds, f"chips/{named}")


def _built_in_chips() -> list[Written]:
    tree, _ = compose(text_of(built_in(BUILT_IN)), f"built-in {BUILT_IN}")
    return list(tree["chips"])


def _pieces(text: str) -> list[str]:
    if len(text) > LONGEST:
        raise WrongChangeError(f"a change is at most {LONGEST:,} characters long")
    if any(ord(sign) < 32 or sign in "\x7f\x85\u2028\u2029" for sign in text):
        raise WrongChangeError("a change is one line of text, without tabs")
    return text.split(";")


def _set_of(text: str) -> Set:
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise WrongChangeError(f"{_told(text.strip())} is no change; {_FORM}")
    return Set(path.strip(), value.strip())


def set_of(path: str, value: str) -> Set:
    """A change given as two texts, so that the value may have any sign in it."""
    _pieces(path)
    _pieces(value)
    return Set(path.strip(), value.strip())


def _value(text: str, before: int) -> tuple[Any, tuple[Fault, ...]]:
    """What a book would read after a colon; its faults have columns counted in the change."""
    tree, faults = compose(_KEY + text, "what-if")
    moved = tuple(
        Fault(
            Place(f.place.file, 1, max(1, f.place.column - len(_KEY) + before)),
            f.code,
            f.sentence,
            f.hint,
        )
        for f in faults
    )
    value = tree.get("value") if isinstance(tree, Written) else None
    if moved and value is None:
        value = ""
    return value, moved


def _told(text: str) -> str:
    return repr(text[:60] + ("..." if len(text) > 60 else ""))
