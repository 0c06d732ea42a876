"""YAML text to mappings, lists and strings that know their places; scalars are not interpreted.

A composer over libyaml's event stream. It knows no tags, anchors, aliases, merge keys or documents,
so a text cannot build objects or grow on reading. It stops at a depth of 32 and a million values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yaml import YAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from offtake.book.bulk import CONTAINER, KEYS_MOST, LESS, VALUES_MOST, Bulk
from offtake.book.faults import Fault, Place
from offtake.book.record import RESERVED, Written, WrittenList

DEPTH_MOST = 32
FAULTS_MOST = 100
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


class _StoppedError(Exception):
    """Reading on would not help; the fault is noted."""


def compose(text: str, file: str, bulk: Bulk | None = None) -> tuple[Any, list[Fault]]:
    """The tree of one document and every fault of its form; None where there is no tree.

    An item of the top mapping with nothing after its colon is left out, so that a file may keep
    `offers:` with all offers commented away. Elsewhere nothing is a fault. `bulk` counts the values
    of all files of a book.
    """
    composer = _Composer(text, file, bulk or Bulk())
    try:
        return composer.document(), composer.faults
    except _StoppedError:
        pass
    except YAMLError as error:
        composer.faults.append(_broken(error, text, file))
    except UnicodeEncodeError:
        composer.faults.append(Fault(Place(file, 1), "encoding", "The text is not Unicode."))
    return None, composer.faults


class _Composer:
    def __init__(self, text: str, file: str, bulk: Bulk) -> None:
        self.next: Callable[[], Any] = CParser(text).get_event
        self.file = file
        self.bulk = bulk
        self.faults: list[Fault] = []

    def fault(self, place: Place, code: str, sentence: str, hint: str = "") -> None:
        self.faults.append(Fault(place, code, sentence, hint))
        if len(self.faults) >= FAULTS_MOST:
            raise _StoppedError

    def place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def document(self) -> Any:
        self.next()
        if not isinstance(self.next(), DocumentStartEvent):
            return None
        tree = self.node(self.next(), 0)
        self.next()
        after = self.next()
        if isinstance(after, DocumentStartEvent):
            self.fault(
                self.place(after),
                "yaml-documents",
                "A second YAML document begins here.",
                "keep one document in a file and name both files under include",
            )
        return tree

    def node(self, event: Any, depth: int) -> Any:
        if not self.bulk.take(1 if isinstance(event, ScalarEvent) else CONTAINER):
            self.endless(event, f"The book holds more than {VALUES_MOST:,} values.")
        if isinstance(event, ScalarEvent):
            if event.anchor is not None or event.tag is not None:
                self.marked(event)
            if event.implicit[0] and event.value in _NOTHING:
                return None
            return event.value
        if isinstance(event, AliasEvent):
            self.fault(self.place(event), "yaml-alias", "An alias repeats text.", _WRITE_OUT)
            return ""
        if event.anchor is not None or event.tag is not None:
            self.marked(event)
        if depth >= DEPTH_MOST:
            sentence = f"This is nested more than {DEPTH_MOST} deep."
            self.fault(self.place(event), "yaml-depth", sentence, "no book needs such depth")
            raise _StoppedError
        if isinstance(event, MappingStartEvent):
            return self.mapping(event, depth)
        assert isinstance(event, SequenceStartEvent)
        return self.sequence(event, depth)

    def endless(self, event: Any, sentence: str) -> None:
        self.fault(self.place(event), "too-large", sentence, LESS)
        raise _StoppedError

    def mapping(self, event: Event, depth: int) -> Written:
        items: dict[str, Any] = {}
        values: dict[str, Place] = {}
        keys: dict[str, Place] = {}
        while not isinstance(key := self.next(), MappingEndEvent):
            at = self.place(key)
            name = self.key(key, at, depth)
            if len(items) >= KEYS_MOST:
                self.endless(key, f"This mapping has more than {KEYS_MOST:,} keys.")
            first = self.next()
            place = self.place(first)
            value = self.node(first, depth + 1)
            if name is None:
                continue
            if name in items:
                hint = f"it stands on line {keys[name].line} already; keep one"
                self.fault(at, "duplicate-key", f"The key {name[:60]} is written twice.", hint)
                continue
            if value is None:
                if depth == 0:
                    continue
                value = self.nothing(name, place)
            items[name] = value
            values[name] = place
            keys[name] = at
        return Written(items, self.place(event), values, keys)

    def key(self, event: Event, at: Place, depth: int) -> str | None:
        """The text of a key, or None where it is none; what stands there is read past."""
        if not isinstance(event, ScalarEvent):
            sentence = "A key is a plain word, not a list or a mapping."
            self.fault(at, "yaml-key", sentence, "write a word before the colon")
            self.node(event, depth + 1)
            return None
        if event.anchor is not None or event.tag is not None:
            self.marked(event)
        name = str(event.value)
        if not name.isprintable():
            odd = next(c for c in name if not c.isprintable())
            sentence = f"A key holds the character U+{ord(odd):04X}, which cannot be seen."
            self.fault(at, "yaml-key", sentence, "type the key anew")
            return None
        if name == "<<" and event.implicit[0]:
            self.fault(at, "yaml-merge", "A merge key repeats another mapping.", _WRITE_OUT)
            return None
        if name.startswith(RESERVED):
            sentence = f"The key {name[:60]} begins with {RESERVED}."
            self.fault(at, "reserved-key", sentence, "such keys belong to the reader; rename it")
            return None
        return name

    def nothing(self, name: str, place: Place) -> str:
        sentence = f"Nothing stands after {name[:60]}."
        self.fault(place, "empty-value", sentence, "write a value, or leave the key out")
        return ""

    def sequence(self, event: Event, depth: int) -> WrittenList:
        items: list[Any] = []
        places: list[Place] = []
        while not isinstance(first := self.next(), SequenceEndEvent):
            place = self.place(first)
            value = self.node(first, depth + 1)
            if value is None:
                self.fault(place, "empty-value", "An item of this list is empty.", "leave it out")
                continue
            items.append(value)
            places.append(place)
        return WrittenList(items, self.place(event), places)

    def marked(self, event: Any) -> None:
        place = self.place(event)
        if event.anchor is not None:
            sentence = f"The anchor &{event.anchor[:40]} marks text for repetition."
            self.fault(place, "yaml-anchor", sentence, _WRITE_OUT)
        if event.tag is not None:
            sentence = f"The tag {event.tag[:60]} asks for a type."
            self.fault(place, "yaml-tag", sentence, "leave the tag out; fields know their types")


_WRITE_OUT = "write it out where it is needed"


def _broken(error: YAMLError, text: str, file: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        before = text.encode("utf-8", "replace")[: getattr(error, "position", 0)]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "ignore")) + 1
        place, problem = Place(file, line, column), "a control character stands here"
    else:
        place = Place(file, mark.line + 1, mark.column + 1)
        problem = " ".join(
            filter(None, [getattr(error, "context", ""), getattr(error, "problem", "")])
        )
    if mark is not None and text[mark.index : mark.index + 1] == "\t":
        return Fault(place, "yaml", "A tab stands here.", "indent with spaces; YAML knows no tabs")
    hint = "look at the indentation, the colons and the quotes here and on the line above"
    return Fault(place, "yaml", f"This is not YAML: {problem}.", hint)
