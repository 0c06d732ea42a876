"""The typed, frozen records of a book, each with the place where it stands.

Text never reaches these types unread: `offtake.book.fields` turns it into quantities. References
between records are ids; whether they name something is for `offtake.book.checks` to say.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from offtake.book import ended
from offtake.book.faults import Misread
from offtake.book.fields import (
    AgreementId,
    ChipId,
    Chips,
    ClauseName,
    CurveId,
    Day,
    DaySpan,
    Factor,
    Flag,
    Megawatts,
    MonthOf,
    PartyId,
    Portion,
    PurposeId,
    Region,
    Slug,
    Span,
    Sum,
    UnitPrice,
    VentureId,
    Whole,
    Words,
)
from offtake.book.near import nearest
from offtake.book.record import Record
from offtake.book.tied import ChangedWords, tied
from offtake.units import Duration


class Stake(Record):
    """A holding in another party: share, amount and day, as reported."""

    in_: PartyId = Field(alias="in")
    share: Portion | None = None
    amount: Sum | None = None
    on: Day | None = None


class Party(Record):
    """Someone who buys, provides, invests, builds or licenses."""

    id: Slug
    name: Words
    roles: tuple[Literal["buyer", "provider", "investor", "licensor", "builder"], ...] = ()
    stakes: tuple[Stake, ...] = ()


class Chip(Record):
    """A kind of accelerator. Throughput is relative to the reference chip, by purpose or `any`."""

    id: Slug
    name: Words | None = None
    throughput: Mapping[Slug, Factor]
    kw_it: Megawatts = Field(description="power per chip with its share of server and network")
    price: Sum | None = Field(default=None, description="to buy one, server and network included")
    life: Span = Duration(5, "years")
    available: MonthOf | None = Field(default=None, description="first month of volume supply")


class Forecast(Record):
    """How prices go on after the last that is known: one of the three."""

    falls: Portion | None = None
    rises: Portion | None = None
    flat: Flag | None = None


class Curve(Record):
    """Dated prices, each from its day until the next, and how they are expected to go on."""

    id: Slug
    prices: Mapping[Day, UnitPrice]
    forecast: Forecast | None = None


class Clause(Record):
    """What every clause has. The kinds themselves live in `offtake.clauses`."""

    kind: Slug
    name: Slug | None = Field(default=None, alias="id", description="its name in the agreement")
    of: SkipJsonSchema[str] = Field(default="", alias="@of", exclude=True)
    seller: SkipJsonSchema[str] = Field(default="", alias="@seller", exclude=True)

    summary: ClassVar[str] = ""
    turn: ClassVar[int] = 50
    """When it speaks to a plan; see `LOOK_AT_PURCHASES` and `LOOK_AT_USE` in `clauses.program`."""

    @property
    def id(self) -> str:
        """`<agreement or offer>/<name or kind>`."""
        return f"{self.of}/{self.name or self.kind}"


def _as_clause(value: Any, info: ValidationInfo) -> Any:
    """Let the kind that the text names validate it; the reader passes the kinds as context."""
    if isinstance(value, Clause):
        return value
    kinds: Mapping[str, type[Clause]] = (info.context or {}).get("kinds", {})
    if not isinstance(value, Mapping) or not isinstance(value.get("kind"), str):
        raise Misread("A clause is a mapping with a kind.", "mapping-expected")
    kind = value["kind"]
    if kind not in kinds:
        sentence = f"There is no clause kind {kind[:40]!r}."
        raise Misread(sentence, "unknown-kind", nearest(kind, kinds))
    return kinds[kind].model_validate(value, context=info.context)


AnyClause = Annotated[Clause, BeforeValidator(_as_clause)]


class Later(Record):
    """What the seller of an offer asks for after the first signature. No plan reads it."""

    after: DaySpan
    price: UnitPrice | None = None
    more: Chips | None = None

    @model_validator(mode="after")
    def _asks_for_something(self) -> Later:
        if self.price is None and self.more is None:
            sentence = "Nothing is asked for later."
            raise Misread(sentence, "missing-field", "state price, more, or both")
        return self


class Offer(Record):
    """Capacity that would be sold: reserved for a term, or by the hour (on-demand, spot)."""

    id: Slug
    seller: PartyId
    via: PartyId | None = Field(default=None, description="who really hosts it, if not the seller")
    kind: Literal["reserved", "on-demand", "spot"] = "reserved"
    chip: ChipId
    region: Region
    term: Span | None = None
    price: UnitPrice | None = None
    curve: CurveId | None = Field(default=None, description="in place of a price")
    billing: Literal["reserved", "used"] = "reserved"
    max: Chips
    min: Chips | None = None
    block: Chips | None = None
    lead: Span = Duration(0, "days")
    valid_from: Day | None = Field(default=None, description="first day on which it can be signed")
    valid_until: Day | None = Field(default=None, description="last day on which it can be signed")
    starts_from: MonthOf | None = Field(default=None, description="first month of service")
    starts_until: MonthOf | None = Field(default=None, description="last month to start service")
    remainder_min: Chips | None = None
    later: Later | None = Field(
        default=None,
        description="what its seller asks for after the first signature; a rehearsal plays it, no "
        "plan reads it",
    )
    clauses: tuple[AnyClause, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _bind_clauses(cls, data: Any) -> Any:
        return tied(data)


class Delivery(ended.Ends):
    """An increment of capacity under an agreement."""

    id: Slug
    add: Chips
    chip: ChipId
    region: Region
    start: Day
    until: Day | None = None


class Waiver(Record):
    """A holder's word that it will not use its right on this agreement."""

    of: ClauseName
    on: Day
    evidence: Words | None = None


class Amendment(Record):
    """A dated change: bites at 00:00 local time of `on`; was known from `signed`."""

    on: Day
    signed: Day | None = None
    end: tuple[Slug, ...] = ()
    add: tuple[AnyClause, ...] = ()
    change: Mapping[Slug, ChangedWords] = Field(
        default_factory=dict, description="by clause: each word stated replaces that word whole"
    )

    @property
    def known(self) -> dt.date:
        """The day from which a plan may know it."""
        return self.signed or self.on


class Agreement(ended.Ends):
    """What was signed: dates (until inclusive), capacity, price, clauses and their amendments."""

    id: Slug
    seller: PartyId
    buyer: PartyId | None = Field(default=None, description="the book's buyer unless stated")
    via: PartyId | None = Field(default=None, description="who really hosts it, if not the seller")
    signed: Day | None = Field(default=None, description="`from` unless stated")
    from_: Day = Field(alias="from")
    until: Day
    price: UnitPrice | None = None
    billing: Literal["reserved", "used"] = "reserved"
    deliveries: tuple[Delivery, ...] = ()
    clauses: tuple[AnyClause, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    upstream: AgreementId | None = None
    back_to_back: tuple[Slug, ...] = Field(
        default=(), description="clauses of `upstream` that hold for this one too, by name"
    )
    calls: ClauseName | None = Field(
        default=None, description="the option by which it was called, as agreement/name"
    )
    cause: Words | None = None
    entry: Words | None = Field(
        default=None, description="the journal and the link of its signing, of one made at a desk"
    )

    @model_validator(mode="before")
    @classmethod
    def _bind_clauses(cls, data: Any) -> Any:
        return tied(data)

    @property
    def known(self) -> dt.date:
        """The day from which a plan may know it."""
        return self.signed or self.from_


class Tranche(Record):
    """An increment of capital: what may be called in all from `from`, and in a calendar year."""

    limit: Sum
    from_: MonthOf = Field(alias="from")
    per_year: Sum | None = None


class Venture(Record):
    """Who owns and funds sites together."""

    id: Slug
    owners: Mapping[PartyId, Portion]
    capital: tuple[Tranche, ...] = ()


class Phase(Record):
    """A part of a site, built whole or not at all. One with `started` is being built."""

    id: Slug
    power: Megawatts
    capex: Sum
    started: MonthOf | None = None
    start: MonthOf | None = Field(default=None, description="earliest month to begin")
    ready: MonthOf | None = Field(default=None, description="service begins, if begun on time")
    lead: Span | None = Field(default=None, description="from beginning to service, in months")
    after: tuple[Slug, ...] = ()
    life: Span = Duration(15, "years")


class Site(Record):
    """A place where the buyer builds, alone or in a venture."""

    id: Slug
    name: Words | None = None
    region: Region
    pue: Factor
    power_price: UnitPrice
    rent: UnitPrice | None = Field(default=None, description="per MW-month of power in service")
    chips: tuple[ChipId, ...] = Field(description="what may be installed")
    block: Chips | None = Field(default=None, description="chips are installed in multiples of it")
    venture: VentureId | None = None
    owners: Mapping[PartyId, Portion] = Field(default_factory=dict)
    capital: tuple[Tranche, ...] = ()
    phases: tuple[Phase, ...]


class Path(Record):
    """How a class of demand grows in one scenario."""

    weight: Portion | None = None
    base: Chips | None = None
    growth: Portion | None = None
    path: Mapping[MonthOf, Chips] | None = None


class Draw(Record):
    """Scenarios drawn from lognormal growth: stated volatility, number and seed."""

    process: Literal["lognormal"] = "lognormal"
    volatility: Portion
    count: Whole
    seed: Whole


Shape = Annotated[
    tuple[Factor, ...],
    # The reader turns a trace into numbers before the record is typed.
    WithJsonSchema(
        {
            "description": "the hours of a day: 24 numbers with mean 1, or {trace: FILE}",
            "anyOf": [
                {"type": "array", "items": {"type": "number"}, "minItems": 24, "maxItems": 24},
                {
                    "type": "object",
                    "properties": {"trace": {"type": "string"}},
                    "required": ["trace"],
                    "additionalProperties": False,
                },
            ],
        }
    ),
]


class Demand(Record):
    """What is needed: chips of a unit, by hour or by month, and what a shortage costs."""

    id: Slug
    purpose: PurposeId
    unit: ChipId
    base: Chips | None = None
    growth: Portion | None = None
    path: Mapping[MonthOf, Chips] | None = Field(
        default=None, description="dated values, joined by constant growth between them"
    )
    from_: MonthOf | None = Field(default=None, alias="from")
    until: MonthOf | None = None
    shape: Shape | None = None
    regions: tuple[Region, ...] = ()
    chips: tuple[ChipId, ...] = ()
    throughput: Mapping[ChipId, Factor] = Field(default_factory=dict)
    serving_cost: Mapping[Region, UnitPrice] = Field(default_factory=dict)
    gang: Chips | None = None
    deferrable: Literal["month"] | None = None
    unserved: UnitPrice | Literal["never"]
    scenarios: Mapping[Slug, Path] = Field(default_factory=dict)
    draw: Draw | None = None
