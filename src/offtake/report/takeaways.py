"""One sentence for each chart, made from its numbers; an empty frame has its own sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from offtake.report.result import Result, expected, frame, total
from offtake.report.words import between, count, day, listed, money, month, number, opened, share

COUNTED = (
    "Capacity counts each chip at its general throughput, demand at that of its purpose, so the "
    "two need not meet where all is served."
)


def _capacity(result: Result) -> str:
    held = expected(result, frame(result, "capacity"), ["month"], "reference_chips")
    if held.is_empty():
        return "The plan holds no capacity."
    first, last = held.row(0, named=True), held.row(-1, named=True)
    by = expected(result, frame(result, "capacity"), ["supplier"], "reference_chips")
    largest = by.sort(["reference_chips", "supplier"], descending=[True, False]).row(0, named=True)
    part = share(largest["reference_chips"] / max(total(by["reference_chips"]), 1e-9))
    most = f"{largest['supplier']} holds the largest part, {part} over the horizon"
    ends = (
        f"Expected capacity is {number(first['reference_chips'])} reference chips in "
        f"{month(first['month'])}"
    )
    if held.height > 1:
        ends += f" and {number(last['reference_chips'])} in {month(last['month'])}"
    return f"{ends}; {most}{_short(result)}. {COUNTED}"


def _short(result: Result) -> str:
    found = expected(result, frame(result, "demand"), ["month"], "unserved")
    if found.is_empty():
        return ", and the book asks for nothing"
    # Half a chip of slack: a solver's rounding is not a shortage.
    under = found.filter(pl.col("unserved") > 0.5)
    if under.is_empty():
        return ", and expected demand is served in every month"
    verb = "leaves" if under.height == 1 else "leave"
    return (
        f"; {count(under.height, 'month')} of {found.height} {verb} demand unserved, "
        f"first {month(under['month'][0])}"
    )


def _unserved(result: Result) -> str:
    found = expected(result, frame(result, "demand"), ["class"], "unserved", "needed")
    if found.is_empty():
        return "The book asks for nothing."
    lost, needed = total(found["unserved"]), total(found["needed"])
    if not lost > 0:
        return "Every class is served in full in every scenario."
    worst = found.sort(["unserved", "class"], descending=[True, False]).row(0, named=True)
    return (
        f"{opened(share(lost / needed))} of expected demand goes unserved, most of it in "
        f"{worst['class']} ({share(worst['unserved'] / lost)} of what is missing)."
    )


def _spend(result: Result) -> str:
    found = frame(result, "spend")
    whole = total(found["amount"])
    if found.is_empty() or not whole:
        return "The plan spends nothing."
    years = found.group_by("year").agg(pl.col("amount").sum())
    top = years.sort(["amount", "year"], descending=[True, False]).row(0, named=True)
    kinds = found.group_by("category").agg(pl.col("amount").sum())
    kind = kinds.sort(["amount", "category"], descending=[True, False]).row(0, named=True)
    return (
        f"The buyer spends {money(whole, result.currency)} undiscounted, the largest part "
        f"({money(top['amount'], result.currency)}) in {top['year']}; the largest category is "
        f"{kind['category']} with {share(kind['amount'] / whole)}."
    )


def _suppliers(result: Result) -> str:
    found = frame(result, "spend").group_by("who").agg(pl.col("amount").sum())
    whole = total(found["amount"])
    if found.is_empty() or not whole > 0:
        return "The plan pays nobody."
    ranked = found.sort(["amount", "who"], descending=[True, False], nulls_last=True)
    top = [f"{one['who']} {share(one['amount'] / whole)}" for one in ranked.head(3).to_dicts()]
    return f"The largest payees over the horizon: {listed(top)}."


def _capital(result: Result) -> str:
    found = frame(result, "capital")
    called = total(found["called"])
    if not called > 0:
        return "The plan calls no capital."
    said = f"The funds call {money(called, result.currency)} from all owners together"
    bound = found.filter((pl.col("limit") > 0) & (pl.col("called") > 0)).with_columns(
        used=pl.col("called") / pl.col("limit")
    )
    if bound.is_empty():
        return f"{said}; no limit is written."
    tight = bound.sort(["used", "fund", "year"], descending=[True, False, False]).row(0, named=True)
    return (
        f"{said}; the tightest limit is that of {tight['fund']} in {tight['year']}, "
        f"{share(tight['used'])} used ({money(tight['called'], result.currency)} of "
        f"{money(tight['limit'], result.currency)})."
    )


def _rights(result: Result) -> str:
    found = frame(result, "rights")
    if found.is_empty():
        return "The book holds no right and no agreement."
    live = found.filter(
        (pl.col("start").is_null() | (pl.col("start") <= result.as_of))
        & (pl.col("end").is_null() | (pl.col("end") >= result.as_of))
    )
    agreed = live.filter(pl.col("kind") == "agreement").height
    bites = live.filter((pl.col("side") == "right") & (pl.col("kind") != "agreement")).height
    said = (
        f"On {day(result.as_of)}, {count(agreed, 'agreement')} and {count(bites, 'right')} "
        f"over other deals are in force"
    )
    ending = found.filter(pl.col("end") > result.as_of).sort("end", "clause")
    if ending.is_empty():
        return f"{said}."
    return f"{said}; the next to end is {ending['clause'][0]}, on {day(ending['end'][0])}."


def _notices(result: Result) -> str:
    found = frame(result, "notices").drop_nulls("latest").sort("latest", "purchase", "rank")
    if found.is_empty():
        return "No purchase of this plan needs a notice to the holder of a right."
    ahead = found.filter(pl.col("latest") >= result.as_of)
    if ahead.is_empty():
        last = day(found["latest"][-1])
        return f"Every latest notice lies before {day(result.as_of)}, the last on {last}."
    one = ahead.row(0, named=True)
    gone = found.height - ahead.height
    past = f"; {count(gone, 'notice')} should have gone out already" if gone else ""
    return (
        f"The next notice must reach {one['holder']} by {day(one['latest'])}, "
        f"{count((one['latest'] - result.as_of).days, 'day')} after the plan's date{past}."
    )


def _clauses(result: Result) -> str:
    found = frame(result, "clause_costs")
    if found.is_empty():
        return "No clause of the book has been priced."
    priced = found.drop_nulls(["low", "high"])
    alone = priced.filter((pl.col("part") == "all") & pl.col("resolved"))
    dear = alone.filter(pl.col("low") > 0).sort(["low", "clause"], descending=[True, False])
    open_ = priced.filter(~pl.col("resolved").fill_null(False)).height
    bare = found.filter(pl.any_horizontal(pl.col("low", "high").is_null()))
    needed = bare.filter(pl.col("resolved").fill_null(False)).height
    parts: list[str] = []
    if not dear.is_empty():
        one = dear.row(0, named=True)
        cost = between(one["low"], one["high"], result.currency)
        parts.append(f"the dearest clause is {one['clause']}, at {cost}")
    elif not priced.is_empty():
        parts.append("no clause is shown to cost anything")
    saves = alone.filter(pl.col("high") < 0).height
    if saves:
        parts.append(f"{count(saves, 'clause')} {'saves' if saves == 1 else 'save'} money")
    if open_:
        verb = "is" if open_ == 1 else "are"
        parts.append(f"{count(open_, 'interval')} {verb} unresolved, as zero lies within")
    if needed:
        parts.append(
            f"for {count(needed, 'clause or part', 'clauses or parts')} there is no plan without it"
        )
    if bare.height > needed:
        parts.append(f"{count(bare.height - needed, 'cost')} could not be resolved in time")
    return opened("; ".join(parts) + ".")


def _sites(result: Result) -> str:
    found = frame(result, "sites")
    power = found.group_by("month").agg(pl.col("power_mw", "used_mw", "chips").sum()).sort("month")
    if power.is_empty() or not total(power["power_mw"]) > 0:
        return "No site of the plan is in service in the horizon."
    end = power.row(-1, named=True)
    served = found.filter(pl.col("power_mw") > 0)
    sites = count(served["site"].n_unique(), "site")
    phases = count(served.select("site", "phase").n_unique(), "phase")
    return (
        f"{opened(sites)} with {phases} {'reaches' if sites.startswith('one') else 'reach'} "
        f"{number(end['power_mw'])} MW by {month(end['month'])}, of which "
        f"{number(end['used_mw'])} MW are in use."
    )


def _site_chips(result: Result) -> str:
    found = frame(result, "sites").group_by("month").agg(pl.col("chips").sum()).sort("month")
    if found.is_empty() or not total(found["chips"]) > 0:
        return "No chips run at the buyer's own sites in the horizon."
    first = found.filter(pl.col("chips") > 0)["month"][0]
    end = found.row(-1, named=True)
    return (
        f"The first chips run in {month(first)}; by {month(end['month'])} there are "
        f"{number(end['chips'])}."
    )


def _regret(result: Result) -> str:
    found = frame(result, "scenarios").drop_nulls("regret")
    if found.is_empty():
        return "What each scenario would cost if it were known has not been computed."
    if frame(result, "scenarios").height == 1:
        return "The book knows one future, and the plan is made for it: there is nothing to regret."
    worst = found.sort(["regret", "scenario"], descending=[True, False]).row(0, named=True)
    said = (
        f"The plan is furthest from what hindsight would do in {worst['scenario']} "
        f"({money(worst['regret'], result.currency)})"
    )
    if result.perfect_information is None:
        return f"{said}."
    worth = money(result.perfect_information, result.currency)
    return f"{said}; knowing the scenario beforehand would be worth {worth} on average."


def _served(result: Result) -> str:
    found = expected(result, frame(result, "usage"), ["class", "supplier"], "chips")
    if found.is_empty() or not total(found["chips"]) > 0:
        return "No capacity serves any class."
    classes = (
        found.group_by("class")
        .agg(pl.col("chips").sum())
        .sort(["chips", "class"], descending=[True, False])
    )
    name, chips = classes.row(0)
    top = (
        found.filter(pl.col("class") == name)
        .sort(["chips", "supplier"], descending=[True, False])
        .row(0, named=True)
    )
    return (
        f"The class with the most chips is {name}, "
        f"{share(chips / total(classes['chips']))} of all; "
        f"{share(top['chips'] / chips)} of its chips come from {top['supplier']}."
    )


SENTENCES: Mapping[str, Callable[[Result], str]] = {
    "capacity": _capacity,
    "served": _served,
    "unserved": _unserved,
    "spend": _spend,
    "suppliers": _suppliers,
    "capital": _capital,
    "rights": _rights,
    "notices": _notices,
    "clauses": _clauses,
    "sites": _sites,
    "site-chips": _site_chips,
    "regret": _regret,
}


def takeaway(result: Result, name: str) -> str:
    """What the chart of that name shows, in one sentence computed from the plan."""
    return SENTENCES[name](result)
