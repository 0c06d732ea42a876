"""The plan in a paragraph and a few figures, for the page, the terminal and a notebook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from offtake.report import words
from offtake.report.result import Result, builds_anything, expected, frame, total


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that matters: its name, the number with its unit, and what it means."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The plan in words: a headline, a paragraph that opens with it, and its key figures."""

    headline: str
    paragraph: str
    figures: tuple[Figure, ...]

    def __str__(self) -> str:
        return self.paragraph


def summary(result: Result) -> Summary:
    """What to buy first, what it all costs and the next deadline, said from the numbers."""
    headline = _first(result)
    sentences = [headline, _whole(result), _beside(result), _deadline(result), _service(result)]
    return Summary(headline, " ".join(filter(None, sentences)), _figures(result))


Turn = Literal["notice", "signature", "call", "renewal", "choice", "begin"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which the buyer must act, and what for; `row` is of the table that says so."""

    day: dt.date
    what: Turn
    row: Mapping[str, Any]


_TURN: tuple[Turn, ...] = ("notice", "call", "renewal", "choice", "signature", "begin")
_SIGNED: Mapping[str, Turn] = {"option": "call", "renewal": "renewal"}


def deadlines(result: Result) -> list[Deadline]:
    """Every day by which the buyer must act, the first one first; those past are left out.

    What begins in the month of the plan's day begins on that day at the earliest.
    """
    found: list[Deadline] = []
    for one in frame(result, "notices").sort("purchase", "rank").to_dicts():
        if one["latest"] is not None:
            found.append(Deadline(one["latest"], "notice", one))
    for one in frame(result, "purchases").sort("id").to_dicts():
        if one["sign_by"] is not None:
            found.append(Deadline(one["sign_by"], _SIGNED.get(one["what"], "signature"), one))
    for one in frame(result, "choices").sort("clause", "subject", "start").to_dicts():
        if one["by"] is not None:
            found.append(Deadline(one["by"], "choice", one))
    for one in _to_begin(result).to_dicts():
        day = one["start"]
        if (day.year, day.month) == (result.as_of.year, result.as_of.month):
            day = max(day, result.as_of)
        found.append(Deadline(day, "begin", one))
    ahead = [one for one in found if one.day >= result.as_of]
    return sorted(ahead, key=lambda one: (one.day, _TURN.index(one.what)))


def next_deadline(result: Result) -> Deadline | None:
    """The first day from as_of on by which the buyer must act."""
    return next(iter(deadlines(result)), None)


def _to_begin(result: Result) -> pl.DataFrame:
    builds = frame(result, "builds").filter(~pl.col("committed").fill_null(False))
    return builds.drop_nulls("start").sort("start", "id")


def _acts_by(result: Result) -> pl.DataFrame:
    """The purchases with `act`: the first day by which something must be done for them."""
    notices = frame(result, "notices").group_by("purchase").agg(pl.col("latest").min())
    joined = frame(result, "purchases").join(notices, left_on="id", right_on="purchase", how="left")
    first = pl.coalesce(pl.min_horizontal("latest", "sign_by"), "start")
    return joined.with_columns(act=first).sort(
        ["act", "start", "cost", "id"], descending=[False, False, True, False], nulls_last=True
    )


def block(one: Mapping[str, Any]) -> str:
    """A purchase in words: 16,000 GB200 chips from oracle in us-south."""
    many = words.number(one["chips"])
    chips = f"{many} {one['chip']} {'chip' if many == '1' else 'chips'}"
    where = f" in {one['region']}" if one["region"] else ""
    if one["what"] == "installed":
        return f"{chips} at {one['seller']}{where}"
    via = f" through {one['via']}" if one["via"] and one["via"] != one["seller"] else ""
    return f"{chips} from {one['seller']}{via}{where}"


_VERBS = {"installed": "Install", "option": "Take the option on", "renewal": "Renew"}


def _first(result: Result) -> str:
    bought, builds = _acts_by(result), _to_begin(result)
    if bought.is_empty() and builds.is_empty():
        return "Buy and build nothing beyond what is signed."
    one = None if bought.is_empty() else bought.row(0, named=True)
    site = None if builds.is_empty() else builds.row(0, named=True)
    if site is not None and (one is None or one["act"] is None or site["start"] < one["act"]):
        said = f"Build {site['site']} {site['phase']} first, from {words.month(site['start'])}"
        return f"{said}; no block is bought." if one is None else f"{said}."
    assert one is not None
    verb = _VERBS.get(one["what"], "Buy")
    term = f" for {words.count(one['months'], 'month')}" if one["months"] else ""
    return f"{verb} {block(one)} first, in service from {words.month(one['start'])}{term}."


def _whole(result: Result) -> str:
    bought, builds = frame(result, "purchases"), frame(result, "builds")
    parts = [words.count(bought.height, "purchase")]
    sellers = bought["seller"].drop_nulls().n_unique()
    if sellers > 1:
        parts[0] += f" from {words.count(sellers, 'supplier')}"
    if builds_anything(result):
        parts.append(words.count(builds.height, "phase") + " to build")
    span = words.count(len(result.months), "month") if result.months else "the horizon"
    scenarios = frame(result, "scenarios").height
    over = f" over {words.count(scenarios, 'scenario')}" if scenarios > 1 else ""
    return (
        f"In all, the plan makes {' and has '.join(parts)}. Its expected cost within {span} is "
        f"{words.money(result.cost, result.currency)}, discounted{over}{_made_up_of(result)}."
    )


def _beside(result: Result) -> str:
    """What it does with what is signed or bought, where clauses let it."""
    parts = []
    for what, said in (("end", "ends {} early"), ("let", "lets {} to others")):
        found = frame(result, "choices").filter(pl.col("what") == what)
        if found.is_empty():
            continue
        named = words.listed([str(one) for one in found["subject"].unique().sort()])
        sure = found.filter(pl.col("likely") > _SURE).height
        parts.append(said.format(f"chips of {named}") + ("" if sure else " in some scenarios"))
    return f"It also {' and '.join(parts)}." if parts else ""


def _made_up_of(result: Result) -> str:
    """The parts of the cost, of which only one is cash; those that are nothing are left out."""
    cash = f": {result.buyer} pays {words.money(result.cash, result.currency)} in cash"
    if result.shortage > 0:
        cash += f", demand worth {words.money(result.shortage, result.currency)} goes unserved"
    if result.residual > 0:
        less = words.money(result.residual, result.currency)
        cash += f", and what outlives the plan is credited with {less}"
    return cash


def _deadline(result: Result) -> str:
    found = next_deadline(result)
    if found is None:
        return "No deadline of this plan lies ahead."
    days = (found.day - result.as_of).days
    left = f"{words.count(days, 'day')} after the plan's date" if days else "the plan's own date"
    when = f"The next deadline that binds is {words.day(found.day)}, {left}"
    return f"{when}: by then {_due(result, found)}."


_SURE = 1 - 1e-9


def _due(result: Result, found: Deadline) -> str:
    row = found.row
    if found.what == "notice":
        named = {one["id"]: one for one in frame(result, "purchases").to_dicts()}
        of = named.get(row["purchase"])
        return f"{row['holder']} must have notice of the {block(of) if of else row['purchase']}"
    if found.what == "begin":
        return f"{row['site']} {row['phase']} must be begun"
    if found.what == "choice":
        done = "are to end" if row["what"] == "end" else "are to be let"
        when = "" if row["likely"] > _SURE else f", in {words.share(row['likely'])} of cases"
        return f"it must be said that chips of {row['subject']} {done}{when}"
    done = {"call": "called", "renewal": "renewed"}.get(found.what, "signed")
    return f"the {block(row)} must be {done}"


def _service(result: Result) -> str:
    found = expected(result, frame(result, "demand"), ["class"], "needed", "unserved")
    needed, lost = total(found["needed"]), total(found["unserved"])
    if not needed:
        return ""
    if not lost > 0:
        return "All demand is served in every scenario."
    return f"Of expected demand, {words.share(lost / needed)} goes unserved."


def _figures(result: Result) -> tuple[Figure, ...]:
    currency, found = result.currency, _cost(result)
    if result.cvar is not None:
        note = "mean cost of the worst scenarios (CVaR)"
        found.append(Figure("In bad scenarios", words.money(result.cvar, currency), note))
    deadline = next_deadline(result)
    if deadline is not None:
        note = {
            "notice": f"notice to {deadline.row.get('holder')}",
            "signature": "signature",
            "call": "call of an option",
            "renewal": "renewal",
            "choice": f"to {deadline.row.get('what')} {deadline.row.get('subject')}",
            "begin": f"{deadline.row.get('site')} {deadline.row.get('phase')} begins",
        }[deadline.what]
        found.append(Figure("Next deadline", words.day(deadline.day), note))
    chips = total(frame(result, "purchases")["chips"])
    found.append(
        Figure(
            "Bought",
            words.number(chips),
            f"chips in {words.count(frame(result, 'purchases').height, 'purchase')}",
        )
    )
    found += [*_peak(result), *_power(result), *_gap(result)]
    return tuple(found)


def _cost(result: Result) -> list[Figure]:
    """The expected cost, and its three parts."""

    def money(value: float) -> str:
        return words.money(value, result.currency)

    less = words.MINUS + money(result.residual) if result.residual > 0 else money(-result.residual)
    return [
        Figure("Expected cost", money(result.cost), "discounted: cash and unserved, less credit"),
        Figure("Cash paid", money(result.cash), "expected, discounted"),
        Figure("Unserved demand", money(result.shortage), "at the book's value; nobody pays it"),
        Figure("Credit", less, "for what is paid for and outlives the plan"),
        *_owed_after(result),
    ]


def _owed_after(result: Result) -> list[Figure]:
    """What terms that outlast the plan still owe, where there are any."""
    owed = total(frame(result, "purchases")["owed_after"])
    if owed <= 0:
        return []
    note = "by terms that outlast the plan: not in its cost, undiscounted"
    return [Figure("Owed afterwards", words.money(owed, result.currency), note)]


def _peak(result: Result) -> list[Figure]:
    held = expected(result, frame(result, "capacity"), ["month"], "reference_chips")
    if held.is_empty():
        return []
    top = held.sort(["reference_chips", "month"], descending=[True, False]).row(0, named=True)
    note = f"reference chips expected in {words.month(top['month'])}"
    return [Figure("Most capacity", words.number(top["reference_chips"]), note)]


def _power(result: Result) -> list[Figure]:
    builds = frame(result, "builds")
    if builds.is_empty():
        return []
    value = f"{words.number(total(builds['power_mw']))} MW"
    return [Figure("To build", value, f"in {words.count(builds.height, 'phase')}")]


def _gap(result: Result) -> list[Figure]:
    gap = result.certificate.get("gap")
    if not isinstance(gap, int | float):
        return []
    return [Figure("Gap", words.share(float(gap)), "at most this far from the best plan")]
