"""A rehearsal's tables as the report reads them; whatever has tables of this form can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import polars as pl

from offtake.report.result import typed


class Rehearsed(Protocol):
    """How the purchases of a plan fared as tenders with simulated counterparties."""

    @property
    def seed(self) -> int:
        """What the answers were drawn with."""

    @property
    def summary(self) -> str:
        """How it ended, in a sentence."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""

    @property
    def timeline(self) -> pl.DataFrame:
        """Every event of every tender, in the order in which they happened."""

    @property
    def shares(self) -> pl.DataFrame:
        """How each holder answered each notice."""

    @property
    def agreements(self) -> pl.DataFrame:
        """What was signed."""

    @property
    def outcome(self) -> pl.DataFrame:
        """What came of each purchase, and why."""

    @property
    def left_out(self) -> pl.DataFrame:
        """What no tender decides."""


INSTANT = pl.Datetime("ns", "UTC")
COLUMNS: Mapping[str, Mapping[str, Any]] = {
    "timeline": {
        "at": INSTANT,
        "tender": pl.String,
        "who": pl.String,
        "what": pl.String,
        "chips": pl.Int64,
        "sentence": pl.String,
        "until": INSTANT,
        "round": pl.Int64,
        "clause": pl.String,
        "holder": pl.String,
    },
    "shares": {
        "purchase": pl.String,
        "holder": pl.String,
        "clause": pl.String,
        "round": pl.Int64,
        "asked": pl.Int64,
        "took": pl.Int64,
        "how": pl.String,
        "on": pl.Date,
    },
    "agreements": {
        "id": pl.String,
        "seller": pl.String,
        "chip": pl.String,
        "region": pl.String,
        "start": pl.Date,
        "months": pl.Int64,
        "chips": pl.Int64,
        "price": pl.Float64,
        "signed": pl.Date,
        "tender": pl.String,
    },
    "outcome": {
        "purchase": pl.String,
        "start": pl.Date,
        "planned_seller": pl.String,
        "planned_chips": pl.Int64,
        "planned_price": pl.Float64,
        "party": pl.String,
        "agreement": pl.String,
        "chips": pl.Int64,
        "price": pl.Float64,
        "service": pl.Date,
        "signed": pl.Date,
        "why": pl.String,
        "clause": pl.String,
    },
    "left_out": {
        "what": pl.String,
        "name": pl.String,
        "start": pl.Date,
        "chips": pl.Float64,
        "why": pl.String,
    },
}
"""The columns that are read, by table. A tender has the name of its purchase in `outcome`."""

TAKEN, PLANNED, OTHER, MISSING = "taken", "planned", "other", "missing"


def told(rehearsal: Rehearsed, name: str) -> pl.DataFrame:
    """One table of the rehearsal with the columns that are read, in their types."""
    return typed(getattr(rehearsal, name), COLUMNS[name])


def tenders(rehearsal: Rehearsed) -> list[str]:
    """The tenders in the order of their opening, those that only the outcome knows last."""
    named = pl.concat([told(rehearsal, "timeline")["tender"], told(rehearsal, "outcome")[_NAME]])
    return [str(one) for one in named.drop_nulls().unique(maintain_order=True) if one]


_NAME = "purchase"


def fates(rehearsal: Rehearsed) -> pl.DataFrame:
    """tender, planned, party, fate, chips: what went to whom, and under no fate twice.

    A fate is TAKEN under a right, signed with the seller PLANNED or with an OTHER, or MISSING.
    More than was planned was offered later.
    """
    fate = (
        pl.when(pl.col("chips") < 0)
        .then(pl.lit(MISSING))
        .when(pl.col("clause").is_not_null())
        .then(pl.lit(TAKEN))
        .when(pl.col("party").eq_missing(pl.col("planned_seller")))
        .then(pl.lit(PLANNED))
        .otherwise(pl.lit(OTHER))
    )
    return (
        told(rehearsal, "outcome")
        .filter(pl.col("chips") != 0)
        .group_by(pl.col("purchase").alias("tender"), "party", fate.alias("fate"),
                  maintain_order=True)
        .agg(pl.col("planned_chips").first().alias("planned"), pl.col("chips").abs().sum())
        .select("tender", "planned", "party", "fate", "chips")
    )  # fmt: skip
