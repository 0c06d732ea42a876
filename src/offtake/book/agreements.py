"""All agreements of a book, wherever they come from: its files, its journals, and their amendments.

They are typed when all are known: an amendment may stand in another file than its agreement, and
what was made at a desk stands in no file, or in one as a copy that was pulled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from offtake.book.codes import CODES
from offtake.book.faults import Fault, Place
from offtake.book.fields import AgreementId
from offtake.book.journals import ENTRY
from offtake.book.near import nearest
from offtake.book.record import Written, WrittenList
from offtake.book.records import Amendment

AGREEMENTS, AMENDMENTS = "agreements", "amendments"
_PULL = "run offtake book pull, and say what has changed in a record under amendments"
_RENAME = "rename the record in the file; the other stands at {}"


class Addendum(Amendment):
    """An amendment that stands beside its agreement, not in it."""

    of: AgreementId


@dataclass(slots=True)
class Agreements:
    """What has been read of agreements, before any of it is typed."""

    records: list[tuple[Any, Place]] = field(default_factory=list)
    amendments: list[tuple[Any, Place]] = field(default_factory=list)
    made: dict[str, Written] = field(default_factory=dict)
    """Those of journals, by id."""
    journals: list[str] = field(default_factory=list)
    """The files of the journals that were read."""
    named: set[str] = field(default_factory=set)
    """The files of all journals that the book names."""
    missing: bool = False
    """Whether some journal could not be read."""
    faults: list[Fault] = field(default_factory=list)

    def of_journal(self, name: str, records: Iterable[Written]) -> None:
        """Take in what was made at one desk."""
        self.journals.append(name)
        self.named.add(name)
        for record in records:
            first = self.made.setdefault(record["id"], record)
            if first is not record:
                self._taken(record, first.place)

    def settled(self) -> list[tuple[Any, Place]]:
        """Every agreement once, its amendments in it: those of files, then those of journals."""
        kept = [(record, at) for record, at in self.records if not self._is_copy(record, at)]
        whole = [*kept, *((record, record.place) for record in self.made.values())]
        amended = self._amendments({_id(record) for record, _ in whole})
        return [(_amended(record, amended.get(_id(record), [])), at) for record, at in whole]

    def happened(self, fault: Fault) -> Fault:
        """A fault that a check found; what was signed at a desk cannot be written otherwise."""
        if fault.place.file in self.named and fault.code not in CODES:
            return replace(fault, severity="warning")
        return fault

    # --- copies -------------------------------------------------------------------------------

    def _is_copy(self, record: Any, at: Place) -> bool:
        """Whether a file's record is the copy of what a journal says, which is said by that."""
        made = self.made.get(_id(record))
        entry = str(record.get(ENTRY, "")) if isinstance(record, Written) else ""
        if made is None:
            if entry.rpartition("#")[0] in self.journals:
                sentence = f"No entry of {entry.rpartition('#')[0]} signs {_id(record)}."
                self._drift(at, sentence, "take the file away, or name the journal that it is of")
            return False
        if not entry:
            # The record of the file stays: somebody wrote it.
            self._taken(made, at)
            del self.made[_id(record)]
            return False
        for word in _differing(record, made):
            place = record.fields_at.get(word, at)
            sentence = f"{word} of {_id(record)} is not what the journal says at {made[ENTRY]}."
            self._drift(place, sentence, _PULL)
        return True

    def _drift(self, at: Place, sentence: str, hint: str) -> None:
        self.faults.append(Fault(at, "journal-drift", sentence, hint))

    def _taken(self, record: Written, other: Place) -> None:
        sentence = f"The agreement {record['id']} of the journal has an id that the book has too."
        self.faults.append(Fault(record.place, "journal-taken", sentence, _RENAME.format(other)))

    # --- amendments ---------------------------------------------------------------------------

    def _amendments(self, known: set[str]) -> dict[str, list[tuple[Written, Place]]]:
        """By agreement: the amendments that stand beside it, without its name."""
        found: dict[str, list[tuple[Written, Place]]] = {}
        for written, at in self.amendments:
            if not isinstance(written, Written):
                sentence = "One amendment is a mapping of its fields."
                self.faults.append(Fault(at, "mapping-expected", sentence, "such as {of: ...}"))
                continue
            of = written.get("of")
            if not isinstance(of, str):
                sentence = "A field is missing in this amendment: of."
                self.faults.append(Fault(at, "missing-field", sentence, "name the agreement"))
            elif of in known:
                rest = {key: value for key, value in written.items() if key != "of"}
                own = Written(rest, written.place, written.fields_at, written.keys_at)
                found.setdefault(of, []).append((own, at))
            elif not self.missing:
                place = written.fields_at.get("of", at)
                sentence = f"There is no agreement {of[:60]} in the book."
                self.faults.append(Fault(place, "unknown-agreement", sentence, nearest(of, known)))
        return found


def _id(record: Any) -> str:
    name = record.get("id") if isinstance(record, Mapping) else None
    return name if isinstance(name, str) else ""


def _amended(record: Any, beside: list[tuple[Written, Place]]) -> Any:
    if not beside or not isinstance(record, Written):
        return record
    inside = record.get(AMENDMENTS)
    if inside is not None and not isinstance(inside, list):
        return record
    own = list(inside or ())
    places = list(getattr(inside, "items_at", ())) or [record.place] * len(own)
    listed = WrittenList(
        [*own, *(written for written, _ in beside)],
        getattr(inside, "place", beside[0][1]),
        [*places, *(at for _, at in beside)],
    )
    return record.with_items(amendments=listed)


def _differing(record: Written, made: Written) -> list[str]:
    """The words in which a copy is not what it is a copy of."""
    words = dict.fromkeys((*record, *made))
    return [word for word in words if _text(record.get(word)) != _text(made.get(word))]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def digested(records: Iterable[Written]) -> bytes:
    """What a book's digest covers of a journal: the agreements that it tells, and nothing else."""
    return json.dumps([*records], sort_keys=True, separators=(",", ":")).encode()
