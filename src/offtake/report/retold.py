"""One sentence for each chart of a rehearsal, made from its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from offtake.report import spans
from offtake.report.rehearsed import MISSING, OTHER, PLANNED, TAKEN, Rehearsed, fates, told
from offtake.report.words import count, day, listed, number, opened, share

DRAWN = "A window is drawn to its holder's answer, and below it a strip to the deadline."


def _tenders(rehearsal: Rehearsed) -> str:
    courses = spans.courses(rehearsal)
    if not courses:
        return "No purchase of the plan was rehearsed."
    first = min(one.life.begin for one in courses)
    last = max(one.life.until for one in courses)
    ran = "runs" if len(courses) == 1 else "run"
    said = f"{opened(count(len(courses), 'tender'))} {ran} from {day(first)} to {day(last)}"
    return f"{said}; {_asked(rehearsal)}{_longest(courses)}{_refused(rehearsal)}. {DRAWN}"


def _asked(rehearsal: Rehearsed) -> str:
    asked = told(rehearsal, "shares")
    if asked.is_empty():
        return "no holder had to be asked"
    taking = asked.filter(pl.col("took") > 0).height
    holders = count(asked["holder"].n_unique(), "holder")
    one = asked["holder"].n_unique() == 1
    took = f"{'takes' if one else 'take'} chips {_times(taking)}"
    if not taking:
        took = f"{'takes' if one else 'take'} none"
    return f"{holders} {'is' if one else 'are'} asked {_times(asked.height)} and {took}"


def _times(many: int) -> str:
    return {1: "once", 2: "twice"}.get(many) or count(many, "time")


def _longest(courses: list[spans.Course]) -> str:
    """The longest way to the last signature, where anything is signed."""
    found = [
        ((max(signed) - one.life.begin).days, one.tender)
        for one in courses
        if (signed := [mark.at for mark in one.marks if mark.kind == spans.SIGNED])
    ]
    if not found:
        return "; nothing is signed"
    days, tender = max(found, key=lambda one: one[0])
    of = "" if len(courses) == 1 else f", for {tender}"
    longest = "it takes" if len(courses) == 1 else "the longest takes"
    return f"; {longest} {count(days, 'day')} from opening to its last signature{of}"


def _refused(rehearsal: Rehearsed) -> str:
    steps = told(rehearsal, "timeline").filter(pl.col("what") == "refused").height
    return f"; the desk refuses {count(steps, 'step')}" if steps else ""


def _shares(rehearsal: Rehearsed) -> str:
    found = fates(rehearsal)
    if found.is_empty():
        return "No purchase of the plan was rehearsed."
    whole = int(found["chips"].sum())
    sums = {fate: found.filter(pl.col("fate") == fate) for fate in _ENDS}
    taken = int(sums[TAKEN]["chips"].sum())
    parts = [
        f"{number(int(sums[fate]['chips'].sum()))} {ending}"
        for fate, ending in _ENDS.items()
        if fate != TAKEN and not sums[fate].is_empty()
    ]
    rest = f"; {listed(parts)}" if parts else ""
    sought = f"Of {number(whole)} chips sought{_more(found, whole)}"
    return f"{sought}, {_taken(sums[TAKEN], taken, whole)}{rest}."


_ENDS = {
    TAKEN: "",
    PLANNED: "are signed with the sellers planned",
    OTHER: "with other sellers",
    MISSING: "are not bought",
}


def _more(found: pl.DataFrame, whole: int) -> str:
    planned = int(found.unique("tender")["planned"].sum())
    return f", {number(planned)} planned and the rest offered later" if whole > planned else ""


def _taken(found: pl.DataFrame, taken: int, whole: int) -> str:
    if not taken:
        return "holders of rights take none"
    ranked = found.group_by("party").agg(pl.col("chips").sum())
    by = [
        f"{party} {number(chips)} ({share(chips / whole)})"
        for party, chips in ranked.sort(["chips", "party"], descending=[True, False]).iter_rows()
    ]
    return f"holders of rights take {number(taken)}: {listed(by, 3)}"


SENTENCES: Mapping[str, Callable[[Rehearsed], str]] = {"tenders": _tenders, "takers": _shares}


def takeaway(rehearsal: Rehearsed, name: str) -> str:
    """What the chart of that name shows, in one sentence computed from the rehearsal."""
    return SENTENCES[name](rehearsal)
