"""Rehearsals made up for the report's tests: one tender, many, none, and hostile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from offtake.report.rehearsed import COLUMNS

from .frames import HOSTILE

UTC = dt.UTC
HOLDERS = ("azure", "coreweave", "oracle")
SELLERS = ("oracle", "crusoe", "lambda")


def rows(name: str, found: Sequence[Sequence[Any]]) -> pl.DataFrame:
    return pl.DataFrame(found, schema=dict(COLUMNS[name]), orient="row")


@dataclass(frozen=True)
class Told:
    """The tables of a rehearsal; the defaults are one in which nothing is rehearsed."""

    seed: int = 0
    summary: str = "0 tenders for 0 chips."
    notes: tuple[str, ...] = ()
    timeline: pl.DataFrame = field(default_factory=lambda: rows("timeline", []))
    shares: pl.DataFrame = field(default_factory=lambda: rows("shares", []))
    agreements: pl.DataFrame = field(default_factory=lambda: rows("agreements", []))
    outcome: pl.DataFrame = field(default_factory=lambda: rows("outcome", []))
    left_out: pl.DataFrame = field(default_factory=lambda: rows("left_out", []))


class Steps:
    """The events of one tender, each some days after its opening."""

    def __init__(self, tender: str, opened: dt.datetime) -> None:
        self.tender, self.opened = tender, opened
        self.rows: list[tuple[Any, ...]] = []

    def day(self, days: float) -> dt.datetime:
        return self.opened + dt.timedelta(days=days)

    def add(
        self, days: float, who: str, what: str, chips: int | None = None, *,
        until: float | None = None, asked: tuple[int, str | None, str] | None = None,
    ) -> None:  # fmt: skip
        number, clause, holder = asked or (None, None, None)
        end = None if until is None else self.day(until)
        sentence = f"{who}: {what} in the tender {self.tender}."
        row = (self.day(days), self.tender, who, what, chips, sentence, end, number, clause, holder)
        self.rows.append(row)


def _begin(tender: str, opened: dt.datetime, chips: int, seller: str) -> Steps:
    steps = Steps(tender, opened)
    steps.add(0, "openai", "tender opened", chips)
    steps.add(0, "the desk", "bidding started", chips, until=14)
    steps.add(1, seller, "bid received", chips)
    steps.add(14, "the desk", "bids opened")
    steps.add(14, "openai", "notice served", chips)
    return steps


def _one(i: int, opened: dt.datetime) -> dict[str, list[tuple[Any, ...]]]:
    """A tender in which `i` says how its holder answers: a part, all but silence, nothing."""
    chips, seller, holder = 2000 + 1000 * (i % 7), SELLERS[i % 3], HOLDERS[i % 2]
    name, clause, day = f"{seller}-{i:02d}/{opened:%Y-%m}", f"{holder}-main/first", opened.date()
    took = (chips * 2 // 5, 0, 0)[i % 3]
    steps, key = _begin(name, opened, chips, seller), (1, clause, holder)
    steps.add(14, holder, "clock started", chips, until=44, asked=key)
    what, when = ("lapsed", 44) if i % 3 == 2 else ("answered", 24)
    steps.add(when, holder, what, took, asked=key)
    steps.add(when, "the desk", "tail started", chips - took, until=when + 120, asked=(1, None, ""))
    start, made, fared = opened.date() + dt.timedelta(days=210), [], []
    head = (name, start, seller, chips, 2.5)
    if took:
        steps.add(when + 20, "openai", "signed", took, asked=key)
        made.append((f"{holder}-{i}", holder, took, clause))
    if i % 5 == 4:
        steps.add(when + 30, "openai", "refused")
        steps.add(when + 60, "openai", "tender withdrawn")
        fared.append((*head, None, None, took - chips, None, None, None, "nobody sells it", None))
    else:
        other = "neo" if i % 4 == 3 else seller
        steps.add(when + 20, "openai", "signed", chips - took, asked=(1, None, other))
        steps.add(210, "openai", "delivered")
        steps.add(210, "the desk", "tender closed")
        made.append((f"{other}-{i}", other, chips - took, None))
    for agreement, party, count, right in made:
        why = f"{party} signed"
        fared.append((*head, party, agreement, count, 2.5, start, day, why, right))
    signed = [(one, who, "gb200", "us-south", start, 12, many, 2.5, day, name)
              for one, who, many, _ in made]  # fmt: skip
    how = ("taken", "waived", "silent")[i % 3]
    answer = (name, holder, clause, 1, chips, took, how, day + dt.timedelta(days=when))
    return {"timeline": steps.rows, "shares": [answer], "agreements": signed, "outcome": fared}


def many(count: int = 40) -> Told:
    """Tenders over four years, with each kind of answer and of end."""
    first = dt.datetime(2025, 2, 3, 17, tzinfo=UTC)
    found = [_one(i, first + dt.timedelta(days=30 * i)) for i in range(count)]
    founded = (first, "", "openai", "founded", None, "openai began.", None, None, None, None)
    left = [("installed", "abilene", dt.date(2026, 5, 1), 4000.0, "chips at the buyer's own site")]
    tables = {name: [row for one in found for row in one[name]] for name in found[0]}
    tables["timeline"] = sorted([founded, *tables["timeline"]], key=lambda row: row[0])
    return Told(
        seed=7, summary=f"{count} tenders.", notes=("azure waives where it may not take a part",),
        left_out=rows("left_out", left), **{name: rows(name, one) for name, one in tables.items()},
    )  # fmt: skip


def one() -> Told:
    """One tender: a part is taken, the rest is signed with the seller planned."""
    return many(1)


def abreast() -> Told:
    """One tender in which two holders of one rank are asked at the same time."""
    steps = _begin("both/2025-02", dt.datetime(2025, 2, 3, 17, tzinfo=UTC), 3000, "oracle")
    for holder, answer in (("azure", 20), ("coreweave", 30)):
        steps.add(14, holder, "clock started", 1500, until=44, asked=(1, "c/" + holder, holder))
        steps.add(answer, holder, "answered", 1500, asked=(1, "c/" + holder, holder))
    return Told(timeline=rows("timeline", sorted(steps.rows, key=lambda row: row[0])))


def bare() -> Told:
    """A rehearsal whose tables carry not even columns."""
    return Told(**{name: pl.DataFrame() for name in COLUMNS})


def hostile() -> Told:
    """Many tenders with every text headed by markup, but for the desk's own words."""
    whole = many(8)
    frames: dict[str, pl.DataFrame] = {}
    for name, columns in COLUMNS.items():
        found: pl.DataFrame = getattr(whole, name)
        texts = [c for c, kind in columns.items() if kind is pl.String and c != "what"]
        frames[name] = found.with_columns((pl.lit(HOSTILE) + pl.col(c)).alias(c) for c in texts)
    return replace(whole, summary=HOSTILE, notes=(HOSTILE,), **frames)
