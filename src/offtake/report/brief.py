"""The plan in a paragraph and a few figures, for the page, the terminal and a notebook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from offtake.report import words
from offtake.report.result import Result, expected, frame, total


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
    sentences = [headline, _whole(result), _deadline(result), _service(result)]
    return Summary(headline, " ".join(filter(None, sentences)), _figures(result))


def _acts_by(result: Result) -> pl.DataFrame:
    """The purchases with `act`: their earliest latest notice, or else their start."""
    notices = frame(result, "notices").group_by("purchase").agg(pl.col("latest").min())
    joined = frame(result, "purchases").join(notices, left_on="id", right_on="purchase", how="left")
    return joined.with_columns(act=pl.coalesce("latest", "start")).sort(
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


_VERBS = {"installed": "Install", "option": "Take the option on"}


def _first(result: Result) -> str:
    bought = _acts_by(result)
    builds = frame(result, "builds").filter(~pl.col("committed").fill_null(False))
    if bought.is_empty():
        if builds.is_empty():
            return "Buy and build nothing beyond what is signed."
        one = builds.sort("start", "id").row(0, named=True)
        return (
            f"Build {one['site']} {one['phase']} first, from {words.month(one['start'])}; "
            f"no block is bought."
        )
    one = bought.row(0, named=True)
    verb = _VERBS.get(one["what"], "Buy")
    term = f" for {words.count(one['months'], 'month')}" if one["months"] else ""
    return f"{verb} {block(one)} first, in service from {words.month(one['start'])}{term}."


def _whole(result: Result) -> str:
    bought, builds = frame(result, "purchases"), frame(result, "builds")
    parts = [words.count(bought.height, "purchase")]
    sellers = bought["seller"].drop_nulls().n_unique()
    if sellers > 1:
        parts[0] += f" from {words.count(sellers, 'supplier')}"
    parts.append(words.count(builds.height, "phase") + " to build")
    span = words.count(len(result.months), "month") if result.months else "the horizon"
    scenarios = frame(result, "scenarios").height
    over = f" over {words.count(scenarios, 'scenario')}" if scenarios > 1 else ""
    return (
        f"In all, the plan makes {' and has '.join(parts)}; within {span} it is expected to cost "
        f"{result.buyer} {words.money(result.cost, result.currency)}, discounted{over}."
    )


def next_deadline(result: Result) -> tuple[dt.date, str, Mapping[str, Any]] | None:
    """The first day from as_of on by which the buyer must act: the day, what, and its notice."""
    found: list[tuple[dt.date, str, Mapping[str, Any]]] = []
    rows = frame(result, "notices").sort("purchase", "rank").to_dicts()
    for column, what in (("latest", "notice"), ("sign_by", "signature")):
        found += [
            (one[column], what, one)
            for one in rows
            if one[column] is not None and one[column] >= result.as_of
        ]
    return min(found, key=lambda one: one[0], default=None)


def _deadline(result: Result) -> str:
    found = next_deadline(result)
    if found is None:
        if frame(result, "notices").is_empty():
            return "No purchase waits for the holder of a right."
        return "Every deadline of its notice calendar has passed."
    when, what, notice = found
    named = {one["id"]: one for one in frame(result, "purchases").to_dicts()}
    of = named.get(notice["purchase"])
    lot = block(of) if of else notice["purchase"]
    left = words.count((when - result.as_of).days, "day")
    if what == "notice":
        return (
            f"The next deadline that binds is {words.day(when)}, {left} after the plan's date: "
            f"by then {notice['holder']} must have notice of the {lot}."
        )
    return (
        f"The next deadline that binds is {words.day(when)}, {left} after the plan's date: "
        f"by then the {lot} must be signed."
    )


def _service(result: Result) -> str:
    found = expected(result, frame(result, "demand"), ["class"], "needed", "unserved")
    needed, lost = total(found["needed"]), total(found["unserved"])
    if not needed:
        return ""
    if not lost > 0:
        return "All demand is served in every scenario."
    return f"Of expected demand, {words.share(lost / needed)} goes unserved."


def _figures(result: Result) -> tuple[Figure, ...]:
    currency, found = result.currency, [_cost(result)]
    if result.cvar is not None:
        note = "mean cost of the worst scenarios (CVaR)"
        found.append(Figure("In bad scenarios", words.money(result.cvar, currency), note))
    deadline = next_deadline(result)
    if deadline is not None:
        when, what, notice = deadline
        note = f"{what} to {notice['holder']}" if what == "notice" else "signature"
        found.append(Figure("Next deadline", words.day(when), note))
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


def _cost(result: Result) -> Figure:
    value = words.money(result.cost, result.currency)
    return Figure("Expected cost", value, "discounted, within the horizon")


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
