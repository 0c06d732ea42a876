"""The root of all records: frozen, strict about unknown fields, and aware of its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from offtake.book.faults import NOWHERE, Place
from offtake.book.fields import Words

PLACE, FIELDS = "@place", "@fields"
RESERVED = "@"
"""What begins so is said by the reader, never by a book."""
_NO_FIELDS: Mapping[str, Place] = {}


class Written(dict[str, Any]):
    """A mapping as somebody wrote it, its place, and the places of its values and its keys."""

    __slots__ = ("fields_at", "keys_at", "place")

    def __init__(
        self,
        items: Mapping[str, Any],
        place: Place = NOWHERE,
        fields_at: Mapping[str, Place] = _NO_FIELDS,
        keys_at: Mapping[str, Place] = _NO_FIELDS,
    ) -> None:
        super().__init__(items)
        self.place = place
        self.fields_at = fields_at
        self.keys_at = keys_at

    def with_items(self, **items: Any) -> Written:
        """The same mapping, at the same place, with some items set."""
        return Written({**self, **items}, self.place, self.fields_at, self.keys_at)


class WrittenList(list[Any]):
    """A list as somebody wrote it, with its place and the place of each item."""

    __slots__ = ("items_at", "place")

    def __init__(
        self, items: Iterable[Any], place: Place = NOWHERE, items_at: Sequence[Place] = ()
    ) -> None:
        super().__init__(items)
        self.place = place
        self.items_at = items_at


class Record(BaseModel):
    """What all records share: a place, and optionally where a figure comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    place: SkipJsonSchema[Place] = Field(default=NOWHERE, alias="@place", exclude=True, repr=False)
    fields_at: SkipJsonSchema[Mapping[str, Place]] = Field(
        default_factory=dict, alias="@fields", exclude=True, repr=False
    )
    source: Words | None = Field(default=None, description="who reported this figure, and when")
    note: Words | None = Field(default=None, description="anything a reader should know")

    @model_validator(mode="before")
    @classmethod
    def _keep_place(cls, data: Any) -> Any:
        if isinstance(data, Written):
            return {**data, PLACE: data.place, FIELDS: data.fields_at}
        return data

    def at(self, field: str) -> Place:
        """The place of one field as written, or of the record where that is not known."""
        return self.fields_at.get(field, self.place)
