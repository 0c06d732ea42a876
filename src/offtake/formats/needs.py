"""Chips in use by the hour to a class of demand: how many, in what shape, growing how fast."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from offtake.formats.fit import Fit, log_linear, mean_one, nearest_rank
from offtake.formats.names import apart, slug
from offtake.formats.usage import Usage, Used
from offtake.formats.zones import HOUR, Clockwork
from offtake.units import Month

MONTHS_LEAST = 3
YEARS_WRITTEN = 5
"""A falling need is written as yearly points: growth has no sign."""


@dataclass(frozen=True, slots=True)
class Need:
    """What the hours say: a level over `months`, the means of whole months, shape and growth.

    Without a whole month the level is that of all hours, and `month` is None.
    """

    level: float
    month: Month | None
    means: Mapping[Month, float]
    shape: tuple[Decimal, ...] | None
    growth: Fit | None
    gang: int | None


def need(used: Used, clock: Clockwork, share: float | None, gang: float, daily: bool) -> Need:
    """The need behind hours of use. `share` 0.95 takes the 95th percentile of the last month.

    `gang` 0.95 takes the size up to which jobs make 95 % of the chip-hours.
    """
    months: defaultdict[Month, list[float]] = defaultdict(list)
    hours: defaultdict[int, list[float]] = defaultdict(list)
    covered: Counter[Month] = Counter()
    wall = _wall(clock, used.first, len(used.chips))
    for (month, hour), chips in zip(wall, used.chips, strict=True):
        covered[month] += 1
        if not math.isnan(chips):
            months[month].append(chips)
            hours[hour].append(chips)
    whole = [m for m in sorted(months) if covered[m] >= _hours_of(m, clock)]
    means = {m: math.fsum(months[m]) / len(months[m]) for m in whole}
    last = whole[-1] if whole else None
    asked = months[last] if last else [c for all_of in months.values() for c in all_of]
    level = math.fsum(asked) / len(asked)
    if share is not None:
        level = nearest_rank({value: float(n) for value, n in Counter(asked).items()}, share)
    shape = None
    by_hour = [math.fsum(hours[h]) / len(hours[h]) if hours[h] else math.nan for h in range(24)]
    if not daily and len(hours) == 24 and math.fsum(by_hour) > 0:
        shape = mean_one(by_hour)
    sizes = {float(size): float(weight) for size, weight in used.sizes.items()}
    largest = int(nearest_rank(sizes, gang)) if sizes else None
    return Need(level, last, means, shape, _grown(means), largest)


@lru_cache(maxsize=2)
def _wall(clock: Clockwork, first: int, count: int) -> tuple[tuple[Month, int], ...]:
    """Month and hour of the day on the wall clock, of hours of UTC. All classes share them."""
    months: dict[tuple[int, int], Month] = {}
    found = []
    for hour in range(first, first + count):
        local = clock.local(hour * HOUR)
        key = local.year, local.month
        if key not in months:
            months[key] = Month(*key)
        found.append((months[key], local.hour))
    return tuple(found)


def _hours_of(month: Month, clock: Clockwork) -> int:
    """Hours of a month on the wall clock shown, which may skip one or have one twice."""
    middle = int((month.first.toordinal() - 719_163) * 86_400)
    moved = _east(clock, middle + month.hours * HOUR) - _east(clock, middle)
    return month.hours - moved // HOUR


def _east(clock: Clockwork, second: int) -> int:
    local = clock.local(second)
    return int((local - local.__class__(1970, 1, 1)).total_seconds()) - second


def _grown(means: Mapping[Month, float]) -> Fit | None:
    """The yearly growth of whole months; None where they are fewer than three, or one is zero."""
    if len(means) < MONTHS_LEAST or min(means.values()) <= 0:
        return None
    first = min(means)
    return log_linear([(m - first) / 12 for m in means], list(means.values()))


def classes_of(
    fixed: Mapping[str, Any],
    found: Usage,
    clock: Clockwork,
    asked: tuple[float | None, float, bool],
    file: str,
) -> list[dict[str, Any]]:
    """A class of demand for each class of the usage, and how it was made.

    `asked`: the percentile of hours (None: the mean), the share of chip-hours that the gang is to
    cover, and whether growth is written.
    """
    share, gang, grows = asked
    made, taken = [], set[str]()
    for name in sorted(found.classes):
        used = found.classes[name]
        own = fixed["id"] if not name else apart(slug(f"{fixed['id']}-{name}") or "class", taken)
        taken.add(own)
        seen = need(used, clock, share, gang, found.daily)
        over = f"of {seen.month}" if seen.month else "of all hours, as no month is whole"
        level = "the mean" if share is None else f"p{share * 100:g} of the hours"
        notes = [f"the level is {level} {over}, rounded up"]
        if seen.shape is not None:
            notes.append(f"shape is the mean by hours of the day in {clock.shown}")
        if seen.gang is not None and seen.gang > 1:
            notes.append(f"gang is the size up to which jobs make {gang * 100:g}% of chip-hours")
        source = f"{file}: {found.kind}, {_span(used, clock)}{f', {name}' if name else ''}"
        made.append(record({**fixed, "id": own}, seen, grows, source, notes))
    return made


def _span(used: Used, clock: Clockwork) -> str:
    first = clock.local(used.first * HOUR)
    last = clock.local((used.first + len(used.chips)) * HOUR)
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} {clock.shown}"


def record(
    fixed: Mapping[str, Any], found: Need, grows: bool, source: str, notes: list[str]
) -> dict[str, Any]:
    """The class of demand: `fixed` begins it (id, purpose, unit) and `unserved` ends it."""
    made: dict[str, Any] = {k: v for k, v in fixed.items() if k != "unserved"}
    level = math.ceil(found.level - 1e-9)
    fit = found.growth if grows else None
    if fit is None or fit.wild or found.month is None:
        made["base"] = _chips(level)
    elif fit.yearly >= 0:
        made["path"] = {found.month: _chips(level)}
        made["growth"] = f"{fit.yearly * 100:.1f}% per year"
    else:
        made["path"] = {
            found.month + 12 * year: _chips(math.ceil(level * (1 + fit.yearly) ** year))
            for year in range(YEARS_WRITTEN + 1)
        }
    if found.shape is not None:
        made["shape"] = found.shape
    if found.gang is not None and found.gang > 1:
        made["gang"] = _chips(found.gang)
    made["unserved"] = fixed["unserved"]
    made["source"] = source
    made["note"] = "; ".join([*notes, _growth_said(found, grows)])
    return made


def _growth_said(found: Need, grows: bool) -> str:
    if found.growth is None:
        return f"no growth: it needs {MONTHS_LEAST} whole months with use, {len(found.means)} here"
    fit = found.growth
    fitted = (
        f"log-linear least-squares fit of the means of {fit.points} whole months "
        f"({min(found.means)} to {max(found.means)}): {fit.yearly * 100:+.1f}% per year, "
        f"R2 {fit.r2:.2f}"
    )
    written = grows and not fit.wild
    return f"growth is the {fitted}" if written else f"growth is left out: the {fitted}"


def _chips(count: int) -> str:
    return f"{count} chip" if count == 1 else f"{count} chips"
