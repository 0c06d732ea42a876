"""Reads a book: a folder with `book.yaml` and the files that it includes.

Nothing raises on what a book says: every fault of every file comes back in one reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from offtake.book.agreements import AGREEMENTS, AMENDMENTS, Agreements, digested
from offtake.book.bulk import Bulk
from offtake.book.checks import check
from offtake.book.chips import built_in_chips
from offtake.book.codes_reading import FILES, YAML
from offtake.book.draft import HEADER, Draft, Gathered
from offtake.book.faults import Fault, Misread, Place, Unreadable, in_order
from offtake.book.files import FILES_MOST, Root, text_of
from offtake.book.force import Book
from offtake.book.header import Header
from offtake.book.journals import BROKEN, LATER, Asked, Journals, unread
from offtake.book.near import nearest
from offtake.book.record import Written, WrittenList
from offtake.book.scope import Purposes
from offtake.book.sections import BESIDE, SECTIONS, section_of
from offtake.book.tables import table
from offtake.book.traces import shape_of
from offtake.book.typed import Kinds, typed
from offtake.book.yamltree import compose

BOOK = "book.yaml"
DEPTH_MOST = 16
PURPOSES_MOST = 500
FAULTS_MOST = 1_000
UNREAD = frozenset(FILES) | frozenset(YAML) | {"too-many-faults", BROKEN, LATER}
"""Codes after which a whole file may be missing from the book."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading: every fault and warning, and the book where there is no fault."""

    book: Book | None
    faults: tuple[Fault, ...]

    def required(self) -> Book:
        """The book; raises `Unreadable` with every fault where there is none."""
        if self.book is None:
            raise Unreadable(self.faults)
        return self.book


def read(
    root: Path | str,
    kinds: Kinds,
    gathered: Gathered | None = None,
    journals: Journals = unread,
) -> Reading:
    """Read and check a book. `kinds` are the clause kinds that it may use, by name.

    What is written, before it is typed, is told to `gathered`. `journals` reads a journal that the
    book names.
    """
    reader = _Reader(kinds, gathered)
    try:
        with Root(root) as folder:
            reader.file(folder, BOOK, Place(BOOK, 1), 0)
            reader.journals(folder, journals)
            digest = folder.digest
        reader.settle()
    except Misread as error:
        reader.fault(Place(BOOK, 1), error)
        return Reading(None, in_order(reader.faults))
    return _checked(reader, root, digest)


def reread(draft: Draft, root: Path | str, kinds: Kinds, digest: str) -> Reading:
    """Type and check a draft just as `read` does; traces are files of the book at `root`."""
    reader = _Reader(kinds)
    try:
        with Root(root) as folder:
            reader.draft(folder, draft)
        reader.settle()
    except Misread as error:
        reader.fault(Place(BOOK, 1), error)
    return _checked(reader, root, digest)


def _checked(reader: _Reader, root: Path | str, digest: str) -> Reading:
    book = reader.book(str(root), digest)
    if book is not None:
        many = len(reader.faults) > FAULTS_MOST
        missing = many or any(f.code in UNREAD for f in reader.faults)
        found = check(book.whole, reader.lost, bool(reader.faults), missing)
        reader.faults.extend(reader.signed.happened(fault) for fault in found)
    faults = _few(in_order(reader.faults))
    good = all(f.severity == "warning" for f in faults)
    return Reading(book if good else None, faults)


def _few(faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """No more than anybody reads; what keeps the book from being used comes before warnings."""
    if len(faults) <= FAULTS_MOST:
        return faults
    kept = sorted(faults, key=lambda f: f.severity)[:FAULTS_MOST]
    sentence = f"More than {FAULTS_MOST:,} things are wrong; the rest was left aside."
    return in_order([*kept, Fault(kept[-1].place, "too-many-faults", sentence, _LIKELY)])


_LIKELY = "mend the first ones: it is most likely one mistake, made many times"


class _Reader:
    """What has been read so far, over all files."""

    def __init__(self, kinds: Kinds, gathered: Gathered | None = None) -> None:
        self.kinds = kinds
        self.gathered = gathered
        self.header: Header | None = None
        self.found: dict[str, dict[str, Any]] = {name: {} for name in SECTIONS}
        self.lost: dict[str, set[str]] = {name: set() for name in SECTIONS}
        """Ids of records that could not be read: they are known all the same."""
        self.named = 0
        self.shapes: dict[str, tuple[Decimal, ...]] = {}
        self.faults: list[Fault] = []
        self.bulk = Bulk()
        self.signed = Agreements()
        self.journals_at: tuple[Place, ...] = ()
        self.offered: dict[str, Any] = {}
        """The clauses of offers, as they are written."""

    def fault(self, place: Place, error: Misread) -> None:
        self.faults.append(Fault(place, error.code, str(error), error.hint))

    def draft(self, root: Root, draft: Draft) -> None:
        """Read what was written, or might be, in place of files."""
        self._header(draft.header, draft.header.place)
        self.signed.named = {root.within(name, BOOK) for name, _ in self._named()}
        for section, records in draft.records.items():
            places = [written.place for written in records.values()]
            listed = WrittenList(records.values(), items_at=places)
            self._section(root, section, listed, Place(BOOK, 1))

    def file(self, root: Root, name: str, named_at: Place, depth: int) -> None:
        """Read one file of the book and all that it includes."""
        try:
            ending = PurePosixPath(name).suffix
            if ending not in (".yaml", ".yml", ".csv"):
                raise Misread(f"{name[:60]} is neither YAML nor CSV.", "file-kind", _ENDINGS)
            if depth > DEPTH_MOST:
                raise Misread(f"Files include files more than {DEPTH_MOST} deep.", "include-depth")
            section = section_of(name) if ending == ".csv" else ""
            data = root.read(name)
        except Misread as error:
            self.fault(named_at, error)
            return
        try:
            text = text_of(data)
        except Misread as error:
            self.fault(Place(name, 1), error)
            return
        if section:
            self._table(section, text, name)
        else:
            self._yaml(root, text, name, depth)

    def _table(self, section: str, text: str, name: str) -> None:
        keep = partial(self.gathered.keep, section) if self.gathered is not None else None
        records, lost, faults = table(SECTIONS[section], text, name, keep, self.bulk)
        self.lost[section].update(lost)
        self.faults.extend(faults)
        known = self.found[section]
        for record in records:
            self._keep(section, known, record)

    def _yaml(self, root: Root, text: str, name: str, depth: int) -> None:
        tree, faults = compose(text, name, self.bulk)
        self.faults.extend(faults)
        if not isinstance(tree, Written):
            if not faults:
                sentence = "The file is empty." if tree is None else "The file is no mapping."
                hint = f"its keys are: {', '.join(SECTIONS)}"
                self.faults.append(Fault(Place(name, 1), "not-a-book", sentence, hint))
            return
        spoilt = {f.place for f in faults}
        before = len(self.faults)
        for key, value in tree.items():
            if len(self.faults) > FAULTS_MOST:
                break
            if key in SECTIONS or key in BESIDE:
                self._section(root, key, value, tree.fields_at[key])
            elif key == "book" and depth == 0:
                self._header(value, tree.fields_at[key])
            elif key != "include" or depth == 0:
                self._unknown(key, tree.keys_at[key], depth)
        if depth == 0 and "book" not in tree:
            sentence = "book.yaml has no part book:."
            self.faults.append(Fault(Place(name, 1), "no-book", sentence, _PART))
        # What was broken as YAML reads as nonsense in its field too: say it once.
        self.faults[before:] = [f for f in self.faults[before:] if f.place not in spoilt]
        self._include(root, tree, name, depth)

    def _unknown(self, key: str, place: Place, depth: int) -> None:
        if key == "book":
            error = Misread("The part book: stands in book.yaml only.", "unknown-section")
        elif key == "include":
            error = Misread("In book.yaml, include stands under book:.", "unknown-section")
        else:
            known = [*SECTIONS, *BESIDE, *(["book"] if depth == 0 else ["include"])]
            sentence = f"A book has no part {key[:60]}."
            error = Misread(sentence, "unknown-section", nearest(key, known))
        self.fault(place, error)

    def _header(self, written: Any, place: Place) -> None:
        if self.gathered is not None:
            self.gathered.keep(HEADER, written)
        self.header, faults = typed(Header, written, place, self.kinds)
        if isinstance(written, Written):
            self.journals_at = tuple(getattr(written.get("journals"), "items_at", ()))
        self.faults.extend(faults)
        if self.header is not None and len(self.header.purposes) > PURPOSES_MOST:
            # Each purpose knows all its parts: a chain of n purposes takes n² places of memory.
            sentence = f"The book has more than {PURPOSES_MOST} purposes."
            at = self.header.at("purposes")
            self.faults.append(Fault(at, "too-many-purposes", sentence, "put like to like"))
            self.header = None

    def _section(self, root: Root, section: str, listed: Any, place: Place) -> None:
        if not isinstance(listed, list):
            sentence = f"{section}: a list of records is expected here."
            self.faults.append(Fault(place, "list-expected", sentence, "begin each with - id: ..."))
            return
        for position, written in enumerate(listed):
            at = getattr(listed, "items_at", ())[position]
            if section == AGREEMENTS:
                self.signed.records.append((written, at))
                continue
            if section == AMENDMENTS:
                self.signed.amendments.append((written, at))
                continue
            if section == "demand":
                self._record(section, written, at, self._shaped(root, written))
            else:
                self._record(section, written, at, written)
            if len(self.faults) > FAULTS_MOST:
                break

    def _record(self, section: str, written: Any, at: Place, shaped: Any) -> None:
        if self.gathered is not None:
            self.gathered.keep(section, written)
        record, faults = typed(SECTIONS[section], shaped, at, self.kinds)
        self.faults.extend(faults)
        if record is not None:
            self._keep(section, self.found[section], record)
            if section == "offers" and isinstance(written, Written) and "clauses" in written:
                self.offered.setdefault(str(written["id"]), written["clauses"])
        elif isinstance(written, Written) and isinstance(written.get("id"), str):
            self.lost[section].add(written["id"])

    def journals(self, root: Root, read_journal: Journals) -> None:
        """Read what was made at the desks whose journals the book names."""
        named = self._named()
        book = self._without_journals(root.path) if named else None
        for name, place in named:
            assert book is not None
            try:
                inside = root.within(name, BOOK)
                asked = Asked(root.lent(inside), inside, book, self.offered, self.kinds)
                told = read_journal(asked)
            except Misread as error:
                self.signed.missing = True
                if error.code == "no-file" and not error.hint.startswith("did you"):
                    error.hint = "the first tender of its desk makes it; name it from then on"
                self.fault(place, error)
                continue
            root.covers(inside, digested(told.records))
            self.faults.extend(told.faults)
            self.signed.of_journal(inside, told.records)

    def _named(self) -> list[tuple[str, Place]]:
        """The journals that the header names, each with its place."""
        if self.header is None:
            return []
        listed = self.header.journals
        places = self.journals_at or (self.header.at("journals"),) * len(listed)
        return list(zip(listed, places, strict=True))

    def _without_journals(self, root: str) -> Book:
        """What the files alone say; prices of offers may follow those of agreements."""
        own = _Reader(self.kinds)
        own.header, own.found = self.header, {**self.found, AGREEMENTS: {}}
        own.signed = Agreements(self.signed.records, self.signed.amendments, missing=True)
        own.settle()
        book = own.book(root, "")
        assert book is not None
        return book

    def settle(self) -> None:
        """Type the agreements, when all are known."""
        for written, at in self.signed.settled():
            if len(self.faults) > FAULTS_MOST:
                break
            self._record(AGREEMENTS, written, at, written)
        self.faults.extend(self.signed.faults)

    def _keep(self, section: str, known: dict[str, Any], record: Any) -> None:
        if (first := known.setdefault(record.id, record)) is record:
            return
        sentence = f"The id {record.id} is used twice in {section}."
        where = f"rename one of them; the other stands at {first.at('id')}"
        self.faults.append(Fault(record.at("id"), "duplicate-id", sentence, where))

    def _shaped(self, root: Root, written: Any) -> Any:
        """A class of demand with its trace, if it names one, made into 24 numbers."""
        if not isinstance(written, Written) or not isinstance(written.get("shape"), Mapping):
            return written
        shape, place = written["shape"], written.fields_at["shape"]
        try:
            if set(shape) != {"trace"} or not isinstance(shape["trace"], str):
                raise Misread("A shape is 24 numbers or {trace: FILE}.", "bad-shape")
            name = root.within(shape["trace"], place.file)
            if name not in self.shapes:
                self.shapes[name] = shape_of(text_of(root.read(name)))
            return written.with_items(shape=self.shapes[name])
        except Misread as error:
            self.fault(place, error)
        without = {key: value for key, value in written.items() if key != "shape"}
        return Written(without, written.place, written.fields_at, written.keys_at)

    def _include(self, root: Root, tree: Written, name: str, depth: int) -> None:
        holder = tree if depth else tree.get("book")
        listed = holder.get("include") if isinstance(holder, Written) else None
        if not isinstance(listed, list):
            if listed is not None and depth:
                place = tree.fields_at["include"]
                sentence = "include: a list of file names is expected here."
                self.faults.append(Fault(place, "list-expected", sentence))
            return
        for position, item in enumerate(listed):
            place = getattr(listed, "items_at", ())[position]
            self.named += 1
            if self.named > FILES_MOST:
                sentence = f"The book names more than {FILES_MOST} files."
                self.faults.append(Fault(place, "too-many-files", sentence, _TABLE))
                return
            try:
                if not isinstance(item, str):
                    raise Misread("A file name is expected here.", "path-name")
                inside = root.within(item, name)
            except Misread as error:
                self.fault(place, error)
                continue
            self.file(root, inside, place, depth + 1)

    def book(self, root: str, digest: str) -> Book | None:
        """What was read, as known on the header's day; None without a header."""
        header = self.header
        if header is None:
            return None
        # A built-in price in another currency is no price in this book.
        built = {
            name: chip
            if chip.price is None or chip.price.currency == header.currency
            else chip.model_copy(update={"price": None})
            for name, chip in built_in_chips().items()
        }
        found = self.found
        return Book(
            root=root,
            header=header,
            parties=found["parties"],
            chips={**built, **found["chips"]},
            offers=found["offers"],
            agreements=found["agreements"],
            sites=found["sites"],
            ventures=found["ventures"],
            demand=found["demand"],
            curves=found["curves"],
            digest=digest,
            purposes=Purposes.of({n: p.part_of for n, p in header.purposes.items()}),
            known=header.as_of,
        ).as_of(header.as_of)


_ENDINGS = "include files that end in .yaml, .yml or .csv"
_TABLE = "put many small files together, or into a table"
_PART = "write book: {buyer: ..., as_of: ..., periods: {start: ..., length: ...}, purposes: ...}"
