"""What the plan does not know, said plainly, and the certificate of what it does."""

from __future__ import annotations

import math

import polars as pl

from offtake.report import words
from offtake.report.markup import Markup, tag
from offtake.report.result import Result, frame

_CERTIFICATE = {
    "status": "Status",
    "objective": "Objective",
    "bound": "Proven bound",
    "gap": "Gap between them",
    "gap_allowed": "Gap allowed",
    "residual": "Largest residual of the check",
    "solver": "Solver",
    "version": "Version",
    "seed": "Seed",
    "columns": "Columns",
    "rows": "Rows",
    "seconds": "Seconds",
    "integers": "Integer columns",
    "months": "Months",
    "scenarios": "Scenarios",
    "objective_counts": "Whose cost",
    "risk_weight": "Weight of the worst scenarios",
    "risk_tail": "Tail of the worst scenarios",
    "perfect_information_low": "Foresight is worth at least",
    "perfect_information_high": "Foresight is worth at most",
    "as_of": "Knowledge of",
    "digest": "Digest of the book",
    "plan": "Digest of the plan",
}


def unknowns(result: Result) -> list[str]:
    """Sentences on what the plan leaves open; those with numbers come from the plan."""
    scenarios = frame(result, "scenarios").height
    span = f"the {words.count(len(result.months), 'month')} " if result.months else "the months "
    if result.months:
        span += f"to {words.month(max(result.months))} "
    found = [
        f"It knows what was known on {words.day(result.as_of)}; what was signed, offered or "
        "learnt later is not in it.",
        f"It weighs {words.count(scenarios, 'scenario')} at the weights that the book gives; a "
        "future unlike them is not weighed."
        if scenarios
        else "It weighs no scenarios; demand and delays are taken as certain.",
        "Whether the holder of a right takes or waives is taken from the book, not foreseen.",
        "Offers are taken at their written price, size and date; no seller has confirmed them.",
        f"Only {span}are paid for and served; what is owed beyond them is not counted.",
        "Within a month, demand is met in representative hours, not in every hour.",
        "A clause means what the book writes down; the signed papers decide, and this is no "
        "legal advice.",
    ]
    return found + _open_ends(result)


def _open_ends(result: Result) -> list[str]:
    found: list[str] = []
    costs = frame(result, "clause_costs")
    open_ = costs.filter(~pl.col("resolved").fill_null(False))
    unresolved = open_.drop_nulls("low").height
    if unresolved:
        cannot = "clause cost straddles" if unresolved == 1 else "clause costs straddle"
        found.append(
            f"{words.opened(words.many_of(unresolved))} {cannot} zero: whether the clause costs "
            "or saves money is not resolved."
        )
    open_ = costs.filter(pl.any_horizontal(pl.col("low", "high").is_null()))
    stopped = open_.filter(~pl.col("resolved").fill_null(False)).height
    if stopped:
        found.append(
            f"{words.opened(words.count(stopped, 'clause cost'))} could not be resolved in the "
            "time given."
        )
    scenarios = frame(result, "scenarios")
    if scenarios["perfect"].null_count():
        found.append(
            "What every scenario would cost with foresight was not computed, so what knowing it "
            "beforehand would be worth is not said."
        )
    gap = result.certificate.get("gap")
    if isinstance(gap, int | float) and gap > 0:
        found.append(
            f"A plan cheaper by up to {words.share(float(gap))} may exist; none cheaper than that "
            "can."
        )
    late = frame(result, "notices").filter(pl.col("latest") < result.as_of).height
    if late:
        lies, went = ("lies", "that notice") if late == 1 else ("lie", "those notices")
        found.append(
            f"{words.opened(words.count(late, 'latest notice'))} {lies} before the plan's date: "
            f"the purchase stands only if {went} went out in time."
        )
    return found


def certificate(result: Result) -> Markup:
    """The certificate as a list of terms; keys that this page does not know come last."""
    known = [key for key in _CERTIFICATE if key in result.certificate]
    more = sorted(str(key) for key in result.certificate if key not in _CERTIFICATE)
    pairs = []
    for key in [*known, *more]:
        name = _CERTIFICATE.get(key, key.replace("_", " "))
        value = _shown(key, result.certificate[key], result.currency)
        pairs.append(tag("div", tag("dt", name), tag("dd", value)))
    if not pairs:
        return tag("p", "The plan came without a certificate.", class_="none")
    return tag("dl", *pairs, class_="certificate")


def _shown(key: str, value: object, currency: str) -> Markup | str:
    if isinstance(value, bool) or value is None:
        return words.NONE if value is None else "yes" if value else "no"
    if isinstance(value, int | float) and math.isfinite(value):
        if key in ("objective", "bound") or key.startswith("perfect_information"):
            return f"{words.number(float(value))} {currency}"
        if key.startswith("gap"):
            return words.share(float(value))
        return f"{value:,}" if isinstance(value, int) else f"{value:.3g}".replace("-", words.MINUS)
    return tag("code", str(value)) if key in ("digest", "plan") else str(value)
