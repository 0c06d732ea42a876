"""What moved between two plans: how much dearer, what is bought, built and asked instead."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from offtake.plan.costs import FLAT
from offtake.plan.result import PlanResult
from offtake.plan.words import chips, counted, money

if TYPE_CHECKING:
    import polars as pl

Row = tuple[Any, ...]
Key = tuple[Any, ...]
SAME = 0.5
"""Chips by which two plans may differ and still hold the same."""
TOLD = 3
"""How much of what moved is told in one sentence."""
_TYPES = {
    "moved": {
        "what": "String",
        "name": "String",
        "chip": "String",
        "region": "String",
        "month": "Date",
        "before": "Float64",
        "after": "Float64",
        "unit": "String",
        "cost": "Float64",
        "sentence": "String",
        "place": "String",
    },
    "costs": {
        "category": "String",
        "before": "Float64",
        "after": "Float64",
        "difference": "Float64",
    },
    "made_of": {
        "part": "String",
        "before": "Float64",
        "after": "Float64",
        "difference": "Float64",
    },
}


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more the later of two plans costs, as an interval of both solves' bounds."""

    low: float | None
    high: float | None
    resolved: bool
    """Whether it is sure that it costs more, or less, or the same."""
    sentence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans, and what moved from `before` to `after`.

    `moved` has a row for each purchase by its first month, for each phase and for each notice:
    what, name, chip, region, month, before and after in `unit` (chips; MW; days of `month`, as
    notice is given so much later), `cost` (how much more is paid for it, discounted), sentence,
    place. `costs` is the expected spend of the months that both plans have, by category, not
    discounted. `made_of` is what the expected cost of each is made of, discounted.
    """

    before: PlanResult
    after: PlanResult
    difference: Difference
    moved: pl.DataFrame
    costs: pl.DataFrame
    made_of: pl.DataFrame
    notes: tuple[str, ...]

    @property
    def summary(self) -> str:
        """What moved most, in a sentence."""
        return summary(self.moved)

    def data(self) -> dict[str, Any]:
        """The comparison as plain data, ready for JSON."""
        return {
            "cost_before": self.before.cost,
            "cost_after": self.after.cost,
            "difference": difference_data(self.difference),
            "summary": self.summary,
            "notes": list(self.notes),
            "moved": [
                {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in row.items()}
                for row in self.moved.to_dicts()
            ],
            "costs": self.costs.to_dicts(),
            "made_of": self.made_of.to_dicts(),
        }


def difference_data(found: Difference | None) -> dict[str, Any] | None:
    """A difference as plain data."""
    if found is None:
        return None
    return {
        "low": found.low,
        "high": found.high,
        "resolved": found.resolved,
        "sentence": found.sentence,
    }


def compare(before: PlanResult, after: PlanResult) -> Comparison:
    """What moved from one plan to another."""
    return Comparison(
        before=before,
        after=after,
        difference=difference(before, after),
        moved=moved(before, after),
        costs=costs(before, after),
        made_of=made_of(before, after),
        notes=tuple(_notes(before, after)),
    )


def difference(before: PlanResult, after: PlanResult) -> Difference:
    """[bound after - cost before, cost after - bound before], of what the plans minimise."""
    unlike = _unlike(before, after)
    if unlike:
        return Difference(None, None, False, f"not comparable: {unlike}")
    (cost, bound), (new_cost, new_bound) = (_proven(r.certificate) for r in (before, after))
    low, high = new_bound - cost, new_cost - bound
    if not (math.isfinite(low) and math.isfinite(high)):
        return Difference(None, None, False, "not resolved in time")
    flat = FLAT * max(1.0, abs(cost), abs(new_cost))
    if abs(low) <= flat and abs(high) <= flat:
        low = high = 0.0
    resolved = low > flat or high < -flat or low == high
    weight = float(after.certificate.get("risk_weight") or 0.0)
    return Difference(low, high, resolved, _sentence(low, high, resolved, after.currency, weight))


def _sentence(low: float, high: float, resolved: bool, currency: str, weight: float) -> str:
    of = counted(weight)
    if low == high == 0.0:
        return "costs the same"
    if not resolved:
        return f"unresolved: less than {money(max(-low, high), currency)}{of} either way"
    word = "more" if low > 0 else "less"
    least, most = sorted((money(abs(low), currency), money(abs(high), currency)))
    if least == most:
        return f"{least} {word}{of}"
    small, large = sorted((abs(low), abs(high)))
    return f"between {money(small, currency)} and {money(large, currency)} {word}{of}"


def _proven(certificate: Mapping[str, Any]) -> tuple[float, float]:
    """Cost and bound of what was minimised; not a number where a kept plan does not say."""
    found = (certificate.get("objective"), certificate.get("bound"))
    cost, bound = (float(v) if isinstance(v, (int, float)) else math.nan for v in found)
    return cost, bound


def _unlike(before: PlanResult, after: PlanResult) -> str:
    """Why the costs of two plans are not of the same thing; empty where they are."""
    if before.currency != after.currency:
        return f"in {before.currency} and in {after.currency}"
    if before.months != after.months:
        return "the plans are not of the same months"
    for key, what in (
        ("objective_counts", "whose cash is counted"),
        ("risk_weight", "the weight of risk"),
        ("risk_tail", "the tail of risk"),
    ):
        pair = (before.certificate.get(key), after.certificate.get(key))
        # Where risk has no weight its tail says nothing.
        idle = key == "risk_tail" and not after.certificate.get("risk_weight")
        if pair[0] != pair[1] and not idle:
            return f"{what} is not the same"
    return ""


def _notes(before: PlanResult, after: PlanResult) -> Iterator[str]:
    """What a reader must know before comparing."""
    if before.as_of != after.as_of:
        yield f"known on {after.as_of} instead of {before.as_of}"
    if before.months != after.months and before.months and after.months:
        span = "{:%Y-%m} to {:%Y-%m}".format
        new, old = (span(r.months[0], r.months[-1]) for r in (after, before))
        yield f"planned for {new} instead of {old}; what had begun by then is not compared"


def moved(before: PlanResult, after: PlanResult) -> pl.DataFrame:
    """What is bought, built and asked otherwise, what costs most first."""
    first = max((r.months[0] for r in (before, after) if r.months), default=dt.date.min)
    rows = [
        *_purchases(before, after, first),
        *_builds(before, after),
        *_asked(before, after, first),
    ]
    return _frame("moved", sorted(rows, key=lambda r: (-abs(r[8]), r[0] != "build", r[:5])))


def costs(before: PlanResult, after: PlanResult) -> pl.DataFrame:
    """Expected spend by category, in the months that both plans have."""
    both = set(before.months) & set(after.months)
    sums: list[dict[str, float]] = []
    for result in (before, after):
        total: dict[str, float] = {}
        for row in result.spend.iter_rows(named=True):
            if row["month"] in both:
                total[row["category"]] = total.get(row["category"], 0.0) + float(row["amount"] or 0)
        sums.append(total)
    old, new = sums
    names = sorted({*old, *new}, key=lambda n: (-abs(new.get(n, 0.0) - old.get(n, 0.0)), n))
    rows = [(n, old.get(n, 0.0), new.get(n, 0.0), new.get(n, 0.0) - old.get(n, 0.0)) for n in names]
    return _frame("costs", rows)


def made_of(before: PlanResult, after: PlanResult) -> pl.DataFrame:
    """What is paid, what goes unserved at its value, less what outlives the plan; and their sum."""
    pairs = (
        ("paid", before.cash, after.cash),
        ("unserved", before.shortage, after.shortage),
        ("outlives the plan", -before.residual, -after.residual),
        ("expected cost", before.cost, after.cost),
    )
    return _frame("made_of", [(part, old, new, new - old) for part, old, new in pairs])


def summary(rows: pl.DataFrame, most: int = TOLD) -> str:
    """What moved most: each source once, by the money that moves with it."""
    groups: dict[Key, list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        groups.setdefault((row["what"], row["name"], row["chip"], row["region"]), []).append(row)
    ranked = sorted(groups.values(), key=lambda g: -sum(abs(r["cost"]) for r in g))
    told = [_together(group) for group in ranked[:most]]
    if len(ranked) > most:
        told.append(f"and {len(ranked) - most} more")
    return "; ".join(told) if told else "the same is bought and built"


def _together(group: list[dict[str, Any]]) -> str:
    """One source of purchases over all its months; else the row's own sentence."""
    if len(group) == 1 or group[0]["what"] != "purchase":
        more = f" and {len(group) - 1} more" if len(group) > 1 else ""
        return f"{group[0]['sentence']}{more}"
    name = group[0]["name"]
    old, new = (sum(row[side] for row in group) for side in ("before", "after"))
    begun = [sorted(row["month"] for row in group if row[side] > 0) for side in ("before", "after")]
    if abs(old - new) < SAME:
        if all(len(months) == 1 for months in begun):
            return f"{name}: {chips(new)} from {begun[1][0]:%Y-%m} instead of {begun[0][0]:%Y-%m}"
        return f"{name}: {chips(new)} in other months"
    return f"{name}: {chips(new)} instead of {chips(old)}"


def _purchases(before: PlanResult, after: PlanResult, first: dt.date) -> Iterator[Row]:
    """Chips bought otherwise, by source and first month; what has begun by then is past."""
    sides = [_bought(result, first) for result in (before, after)]
    for key in {**sides[0], **sides[1]}:
        what, name, chip, region, month = key
        (old, paid, place), (new, pays, here) = (side.get(key, (0.0, 0.0, "")) for side in sides)
        if abs(new - old) < SAME:
            continue
        if old == 0 or new == 0:
            verb = "installed" if what == "installed" else "bought"
            count = chips(new or old)
            said = f"{count} {'more' if new else 'fewer'} {verb} from {month:%Y-%m}"
        else:
            said = f"{chips(new)} from {month:%Y-%m} instead of {chips(old)}"
        sentence = f"{name}: {said}"
        yield (
            *("purchase", name, chip, region, month, old, new, "chips", pays - paid),
            *(sentence, here or place),
        )


def _bought(result: PlanResult, first: dt.date) -> dict[Key, tuple[float, float, str]]:
    found: dict[Key, tuple[float, float, str]] = {}
    for row in result.purchases.iter_rows(named=True):
        if row["start"] is not None and row["start"] >= first:
            key = (row["what"], row["offer"], row["chip"], row["region"], row["start"])
            count, cost, place = found.get(key, (0.0, 0.0, row["place"]))
            found[key] = (count + float(row["chips"] or 0), cost + float(row["cost"] or 0), place)
    return found


def _builds(before: PlanResult, after: PlanResult) -> Iterator[Row]:
    old, new = (_ready(result) for result in (before, after))
    for key in {**old, **new}:
        was, will = old.get(key), new.get(key)
        name = "/".join(key)
        either = will or was
        assert either is not None
        share = float(either["buyer_share"] or 0.0) * float(either["capex"] or 0.0)
        if was is None or will is None:
            verb = "built, ready" if will else "not built; it was to be ready"
            cost, said = (share if will else -share), f"{name}: {verb} {either['ready']:%Y-%m}"
        elif was["ready"] != will["ready"]:
            cost = 0.0
            said = f"{name}: ready {will['ready']:%Y-%m} instead of {was['ready']:%Y-%m}"
        else:
            continue
        power = [0.0 if row is None else float(row["power_mw"] or 0) for row in (was, will)]
        yield ("build", name, "", "", either["ready"], *power, "MW", cost, said, either["place"])


def _asked(before: PlanResult, after: PlanResult, first: dt.date) -> Iterator[Row]:
    """Notices of the same right for the same purchase on another day, or on none."""
    old, new = (_notices(result, first) for result in (before, after))
    for key in {**old, **new}:
        was, will = old.get(key), new.get(key)
        either = will or was
        assert either is not None
        right, purchase = key
        about = f"{right}: {either['holder']}"
        if was is None or will is None:
            verb = "asked" if will else "not asked"
            said = f"{about} is {verb} about {purchase}"
            said += f", by {will['latest']}" if will else ""
            days = [0.0, 0.0]
        elif was["latest"] != will["latest"]:
            said = f"{about} is asked about {purchase} by {will['latest']}"
            said += f" instead of {was['latest']}"
            days = [0.0, float((will["latest"] - was["latest"]).days)]
        else:
            continue
        month = either["start"]
        yield ("notice", right, "", "", month, *days, "days", 0.0, said, either["place"])


def _notices(result: PlanResult, first: dt.date) -> dict[Key, dict[str, Any]]:
    # A purchase's id begins with the digest of its plan, which is never that of another.
    return {
        (row["right"], str(row["purchase"]).partition("/")[2]): row
        for row in result.notices.iter_rows(named=True)
        if row["start"] is not None and row["start"] >= first and row["latest"] is not None
    }


def _ready(result: PlanResult) -> dict[Key, dict[str, Any]]:
    return {
        (str(row["site"]), str(row["phase"])): row
        for row in result.builds.iter_rows(named=True)
        if row["ready"] is not None
    }


def _frame(name: str, rows: Iterable[Row]) -> pl.DataFrame:
    import polars

    schema = {column: getattr(polars, kind) for column, kind in _TYPES[name].items()}
    return polars.DataFrame(list(rows), schema=schema, orient="row")
