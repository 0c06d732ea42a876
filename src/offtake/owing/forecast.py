"""What a plan expects to be used under signed agreements, as metering of the months ahead.

A plan counts the chips that serve each class from each pool, as means over a month. An agreement
that is billed by use has a pool of its own; of one that is billed by what is reserved nothing that
is owed follows from use.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from offtake.book.force import Book
from offtake.book.near import nearest
from offtake.book.records import Agreement
from offtake.owing.gather import Gathered
from offtake.owing.settled import Posted, Settled, settled
from offtake.owing.unsigned import beside
from offtake.plan.capacity import capacity_agreements, pool_of_delivery
from offtake.plan.result import PlanResult
from offtake.plan.words import one_line
from offtake.settle import Inputs, Statement, Used
from offtake.settle.clock import BookClock
from offtake.settle.parts import parts
from offtake.settle.serving import Serving
from offtake.units import Month

Use = Mapping[str, Mapping[dt.date, Used]]
_NOTHING = Inputs()


class NoScenarioError(ValueError):
    """A scenario that the plan does not have: one sentence."""


def forecast(
    book: Book,
    plan: PlanResult,
    span: tuple[Month, Month],
    known: Gathered,
    agreements: Iterable[str] = (),
    scenario: str | None = None,
    posted: Posted | None = None,
) -> Settled:
    """The statements of months ahead as a plan uses what is signed; raises `NoScenarioError`.

    What was metered counts instead of what is expected. What the plan would pay besides stands
    beside the statements: for all agreements together, and expected over all scenarios.
    """
    inputs = known.required()
    expected = expected_use(book, plan, scenario, inputs)
    ahead, named = replace(known, inputs=_with(inputs, expected)), tuple(agreements)
    # What a posted month carried is not what the same month carries as it is expected: a forecast
    # that counted both would draw one prepayment twice.
    before = {month: kept for month, kept in (posted or {}).items() if month < span[0]}
    found = settled(book, *span, ahead, agreements=named, posted=before)
    whole = scenario is None and not named
    rest = beside(book, plan, found.statements, span) if whole else ()
    again = tuple(_reckoned_anew(posted or {}, span))
    unknown = _signed_later(book, span[1])
    notes = (*_assumed(plan, span[1], scenario), *unknown, *_besides(whole), *again, *found.notes)
    return replace(found, notes=notes, beside=rest)


def ahead(book: Book, plan: PlanResult | None, through: Month) -> tuple[Statement, ...]:
    """Statements from the month of the book's day on, nothing of them metered.

    Use is what a plan of the book expects; without one, what is contracted.
    """
    known = book.as_of(plan.as_of) if plan is not None else book.whole
    first, nothing = Month.of(book.header.as_of), Gathered(Inputs(forecast=True))
    if plan is not None:
        return forecast(known, plan, (first, through), nothing).statements
    return settled(known, first, through, nothing).statements


def _with(inputs: Inputs, expected: Use) -> Inputs:
    """The inputs with what is expected in months that were not metered."""
    use, metered = dict(inputs.use), dict(inputs.metered)
    for agreement, days in expected.items():
        sure = metered.get(agreement, frozenset())
        ahead = {day: used for day, used in days.items() if Month.of(day) not in sure}
        use[agreement] = {**ahead, **use.get(agreement, {})}
        metered[agreement] = sure | {Month.of(day) for day in ahead}
    return replace(inputs, use=use, metered=metered, forecast=True)


def _assumed(plan: PlanResult, last: Month, scenario: str | None) -> Iterator[str]:
    """What a reader of a forecast must know."""
    over = "expected over its scenarios" if scenario is None else f"in its scenario {scenario}"
    end = Month.of(plan.months[-1])
    yield f"a forecast by the plan of {plan.as_of}: use is what the plan makes of it, {over}"
    yield "only what is signed is settled, line by line: a purchase that nobody signed has no lines"
    yield "deliveries come as promised and nothing fails, unless the files say otherwise"
    if last > end:
        yield f"the plan ends with {end}: after it what is contracted counts as taken"


def _signed_later(book: Book, last: Month) -> Iterator[str]:
    """Agreements that nobody knew of on the day of the plan."""
    days = [a.known for a in book.whole.agreements.values() if a.from_ <= last.last]
    later = [day for day in days if day > book.known]
    if later:
        many, are = (f"{len(later)} agreements", "are") if later[1:] else ("1 agreement", "is")
        them = "them" if later[1:] else "it"
        yield (
            f"{many} signed after {book.known} {are} left out; --as-of {max(later)} takes {them} in"
        )


def _reckoned_anew(posted: Posted, span: tuple[Month, Month]) -> Iterator[str]:
    """Where a forecast begins before the end of what was posted."""
    within = [month for month in posted if span[0] <= month <= span[1]]
    if within:
        last = max(within)
        yield (
            f"to {last} statements were posted, and are reckoned anew here as they were expected; "
            f"--month {last + 1} begins after them, with what they carried"
        )


def _besides(whole: bool) -> Iterator[str]:
    """What a reader must know of what is not signed."""
    if not whole:
        yield (
            "what the plan would pay besides is left out: it is known for all agreements together, "
            "expected over all scenarios"
        )
        return
    yield (
        "what is not signed is the plan's expected cash less what is signed; below nothing where "
        "the plan would use a right to pay less"
    )
    yield (
        "a plan counts 24 hours a day and a statement those of the clock: the hour by which clocks "
        "change is in what is not signed, too"
    )


def expected_use(
    book: Book, plan: PlanResult, scenario: str | None = None, known: Inputs = _NOTHING
) -> Use:
    """By agreement and day: what the plan uses, expected over scenarios or in one of them.

    Never more than is there by what is known of deliveries and outages. Whole chip-seconds that
    sum exactly to each month's. Raises `NoScenarioError`.
    """
    weights = _weights(plan, scenario)
    by_pool = _means(plan, weights)
    clock = BookClock(book.header.timezone)
    return {
        agreement.id: {
            day: used
            for month in plan.months
            for day, used in _month(
                Serving(book, agreement, known, clock),
                Month.of(month),
                sum((by_pool.get((pool, month), Fraction(0)) for pool in _pools(agreement)), ZERO),
            )
        }
        for agreement in capacity_agreements(book)
        if agreement.billing == "used"
    }


ZERO = Fraction(0)


def _weights(plan: PlanResult, scenario: str | None) -> Mapping[str, Fraction]:
    """How much each scenario counts: its probability, or all for the one that is named."""
    every = {row["scenario"]: Fraction(row["weight"]) for row in plan.scenarios.to_dicts()}
    if scenario is None:
        total = sum(every.values(), ZERO)
        return {name: weight / total for name, weight in every.items()}
    if scenario not in every:
        hint = nearest(scenario, every) or f"it has {', '.join(every)}"
        raise NoScenarioError(f"the plan has no scenario {one_line(scenario[:64])!r}; {hint}")
    return {scenario: Fraction(1)}


def _means(
    plan: PlanResult, weights: Mapping[str, Fraction]
) -> Mapping[tuple[str, dt.date], Fraction]:
    """Chips by pool and month, as means over the month."""
    found: dict[tuple[str, dt.date], Fraction] = {}
    for row in plan.usage.iter_rows(named=True):
        weight = weights.get(row["scenario"])
        if weight is not None:
            key = row["pool"], row["month"]
            found[key] = found.get(key, ZERO) + weight * Fraction(row["chips"])
    return found


def _pools(agreement: Agreement) -> frozenset[str]:
    kinds = {(d.chip, d.region) for d in agreement.deliveries}
    return frozenset(pool_of_delivery(agreement, chip, region).name for chip, region in kinds)


def _month(serving: Serving, month: Month, chips: Fraction) -> Iterator[tuple[dt.date, Used]]:
    """A month's use, spread over its days as capacity is in service on them."""
    days = serving.days(month)
    there = [day.contracted - day.excused for day in days]
    whole = sum(there)
    seconds = sum(
        (serving.clock.end_of(day) - serving.clock.begin_of(day)) // 10**9
        for day in serving.clock.days(month)
    )
    # A solver's last digits shall not make more of it than there is.
    total = min(round(chips * seconds), whole)
    for day, taken in zip(days, parts(total, there), strict=True):
        yield day.day, Used(taken)
