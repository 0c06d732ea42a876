"""What is owed as the report reads it: statements and capital calls, their tables and sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from offtake.clauses.base import HOUR
from offtake.report import words
from offtake.settle.capital import Call, Fund
from offtake.settle.statement import Statement
from offtake.units import Money

UNNAMED = "owners not named"


@dataclass(frozen=True, slots=True)
class Owing:
    """What is owed under signed agreements in the months of a plan, and what it calls."""

    buyer: str
    currency: str
    statements: Sequence[Statement]
    calls: Sequence[Call] = ()
    funds: Mapping[str, Fund] = field(default_factory=dict)
    months: Sequence[dt.date] = ()
    """Of the plan: calls of months before them count against limits, and are not shown."""

    @property
    def own(self) -> Sequence[Statement]:
        """Those under which the book's own buyer owes."""
        return [one for one in self.statements if one.buyer == self.buyer]


# --- cash -----------------------------------------------------------------------------------------


def cash(statements: Sequence[Statement]) -> pl.DataFrame:
    """month, agreement, amount: what the buyer owes its seller in the end; a row for each pair."""
    rows = [(s.month.first, s.agreement, float(s.total.amount)) for s in statements]
    schema = {"month": pl.Date(), "agreement": pl.String(), "amount": pl.Float64()}
    found = pl.DataFrame(rows, schema=schema, orient="row")
    names, months = found["agreement"].unique().sort(), found["month"].unique().sort()
    every = pl.DataFrame({"month": months}).join(pl.DataFrame({"agreement": names}), how="cross")
    whole = every.join(found, on=["month", "agreement"], how="left")
    return whole.with_columns(pl.col("amount").fill_null(0.0)).sort("month", "agreement")


def sentence(statements: Sequence[Statement], currency: str) -> str:
    """What the chart of cash says: all of it, the largest agreement, the dearest month."""
    found = cash(statements)
    if found.filter(pl.col("amount") != 0).is_empty():
        return "Nothing is owed under what is signed in these months."
    whole = float(found["amount"].sum())
    by_name = found.group_by("agreement").agg(pl.col("amount").sum())
    name, most = by_name.sort(["amount", "agreement"], descending=[True, False]).row(0)
    by_month = found.group_by("month").agg(pl.col("amount").sum())
    month, dearest = by_month.sort(["amount", "month"], descending=[True, False]).row(0)
    assert isinstance(month, dt.date)
    return (
        f"{words.money(whole, currency)} are owed under what is signed, "
        f"{words.money(most, currency)} of it under {name}; the dearest month is "
        f"{words.month(month)} with {words.money(dearest, currency)}."
    )


# --- floors ---------------------------------------------------------------------------------------


def floors(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    """Every line for what was promised and not taken, beside what was contracted and used."""
    return [
        {
            "month": one.month.first,
            "agreement": one.agreement,
            "contracted": one.capacity.contracted / HOUR,
            "used": one.capacity.taken / HOUR,
            "missed": None if line.quantity is None else line.quantity / HOUR,
            "amount": float(line.amount.amount),
            "why": line.why,
            "place": str(line.place),
        }
        for one in statements
        for line in one.lines
        if line.account == "shortfall"
    ]


def against(statements: Sequence[Statement]) -> pl.DataFrame:
    """month, contracted, used, missed in chip-hours: of agreements with a floor that is missed.

    What is missed stands in the month in which it is paid, for all of its period.
    """
    missed = floors(statements)
    names = {row["agreement"] for row in missed}
    rows = [
        (
            one.month.first,
            one.capacity.contracted / HOUR,
            one.capacity.taken / HOUR,
            sum(
                row["missed"] or 0.0
                for row in missed
                if (row["agreement"], row["month"]) == (one.agreement, one.month.first)
            ),
        )
        for one in statements
        if one.agreement in names
    ]
    columns = ("contracted", "used", "missed")
    schema = {"month": pl.Date(), **dict.fromkeys(columns, pl.Float64())}
    found = pl.DataFrame(rows, schema=schema, orient="row")
    return found.group_by("month").agg(pl.col(columns).sum()).sort("month")


def short(statements: Sequence[Statement], currency: str) -> str:
    """What the chart of floors says."""
    missed = floors(statements)
    if not missed:
        return "No floor is missed: nothing is paid that is not taken."
    paid: dict[str, float] = {}
    for row in missed:
        paid[row["agreement"]] = paid.get(row["agreement"], 0.0) + row["amount"]
    hours = sum(row["missed"] or 0.0 for row in missed)
    what = f"{words.number(hours)} chip-hours are" if hours else "It is"
    most = max(sorted(paid), key=lambda name: paid[name])
    also = f", {words.money(paid[most], currency)} of it under {most}" if len(paid) > 1 else ""
    under = f" under {most}" if len(paid) == 1 else ""
    return (
        f"{what} paid and not taken{under}, for {words.money(sum(paid.values()), currency)}{also}; "
        "what is missed stands in the month that pays for its period."
    )


# --- capital --------------------------------------------------------------------------------------


def called(owing: Owing) -> pl.DataFrame:
    """month, fund, tranche, owner, amount: every part of every call, in the months of the plan."""
    rows = [
        (call.month.first, call.fund, call.tranche, owner, float(part.amount))
        for call in owing.calls
        for owner, part in (*call.of, (UNNAMED, call.unnamed))
        if part.amount and call.month.first in owing.months
    ]
    schema = {
        "month": pl.Date(), "fund": pl.String(), "tranche": pl.Int64(), "owner": pl.String(),
        "amount": pl.Float64(),
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def before(owing: Owing, fund: Fund) -> float:
    """What a fund called against its tranches before the plan's months."""
    first = min(owing.months, default=dt.date.max)
    own = (c for c in owing.calls if c.fund == fund.id and c.tranche and c.month.first < first)
    return sum(float(c.amount.amount) for c in own)


def tranches(owing: Owing) -> list[dict[str, Any]]:
    """By fund and tranche: limit, what is called of it in all, what is left."""
    rows = []
    for fund in owing.funds.values():
        for number, tranche in fund.tranches:
            own = [c.amount for c in owing.calls if (c.fund, c.tranche) == (fund.id, number)]
            amount = _sum(own, owing.currency)
            rows.append(
                {
                    "fund": fund.id,
                    "tranche": number,
                    "from": tranche.from_.first,
                    "limit": float(tranche.limit.amount),
                    "called": float(amount.amount),
                    "left": float((tranche.limit - amount).amount),
                    "place": str(tranche.at("limit")),
                }
            )
    return rows


def yearly(owing: Owing) -> list[dict[str, Any]]:
    """By fund, year, tranche and owner: what is called; and what all may be called in the year."""
    found = called(owing).with_columns(year=pl.col("month").dt.year())
    summed = found.group_by("fund", "year", "tranche", "owner").agg(pl.col("amount").sum())
    order = ["fund", "year", "tranche", "amount", "owner"]
    down = [name == "amount" for name in order]
    rows = summed.sort(order, descending=down, nulls_last=False).to_dicts()
    for row in rows:
        limit = owing.funds[row["fund"]].year_limit(row["year"])
        row["limit"] = None if limit is None else float(limit.amount)
    return rows


def asked(owing: Owing) -> str:
    """What the chart of calls says: all of it, the most by owner, and what the tranches allow."""
    found = called(owing)
    if found.is_empty():
        return "No capital is called in these months."
    whole = float(found["amount"].sum())
    by_owner = found.group_by("owner").agg(pl.col("amount").sum())
    owner, most = by_owner.sort(["amount", "owner"], descending=[True, False]).row(0)
    said = (
        f"{words.money(whole, owing.currency)} are called, {words.money(most, owing.currency)} of "
        f"it of {owner}"
    )
    allowed = [row for row in tranches(owing) if row["from"] <= max(owing.months)]
    if not allowed:
        return f"{said}; no limit is written."
    limit = sum(row["limit"] for row in allowed)
    used = sum(row["called"] for row in allowed)
    return (
        f"{said}; of the {words.money(limit, owing.currency)} that tranches allow by the end of "
        f"the plan {words.share(used / limit if limit else 0.0)} is called."
    )


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, Money.zero(currency))


SENTENCES: Mapping[str, Callable[[Owing], str]] = {
    "owed": lambda owing: sentence(owing.own, owing.currency),
    "floors": lambda owing: short(owing.own, owing.currency),
    "calls": asked,
}


def takeaway(owing: Owing, name: str) -> str:
    """What the chart of that name shows, in one sentence computed from what is owed."""
    return SENTENCES[name](owing)
