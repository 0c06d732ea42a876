"""A straight line through logarithms, percentiles, numbers that sum to a whole."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

_STEEPEST = 700.0
"""Its exponential is near the largest number that there is."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Growth by the same factor every year: by how much, how well it fits, from how many points.

    `yearly` is 0.5 for half as much again after a year, -0.2 for a fifth less. `r2` is the share of
    the variance of the logarithms that the line explains; 1 where they do not vary.
    """

    yearly: float
    r2: float
    points: int

    @property
    def wild(self) -> bool:
        """Whether no forecast should be made of it: gone, or a hundredfold, within a year."""
        return not -0.999 < self.yearly < 99


def log_linear(years: Sequence[float], values: Sequence[float]) -> Fit:
    """Ordinary least squares of the logarithm of positive values on time in years."""
    logs = [math.log(value) for value in values]
    count = len(logs)
    mean_x, mean_y = math.fsum(years) / count, math.fsum(logs) / count
    spread = math.fsum((x - mean_x) ** 2 for x in years)
    total = math.fsum((y - mean_y) ** 2 for y in logs)
    together = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(years, logs, strict=True))
    if spread == 0 or total < 1e-24:
        return Fit(0.0, 1.0, count)
    slope = min(together / spread, _STEEPEST)
    return Fit(math.expm1(slope), together**2 / (spread * total), count)


def nearest_rank(weights: Mapping[float, float], share: float) -> float:
    """The smallest value such that at least `share` of all weight is on values up to it."""
    whole = math.fsum(weights.values())
    passed = 0.0
    for value in sorted(weights):
        passed += weights[value]
        # A hair of tolerance: 95 of 100 equal weights are 95 %.
        if passed >= share * whole * (1 - 1e-12):
            return value
    return max(weights)


def mean_one(values: Sequence[float], places: int = 4) -> tuple[Decimal, ...]:
    """The values over their mean, to so many decimals, such that they have mean 1 exactly.

    Each is cut off; what is then missing goes to those of which most was cut off.
    """
    count, unit = len(values), 10**places
    whole = math.fsum(values)
    exact = [value / whole * count * unit for value in values]
    cut = [math.floor(value) for value in exact]
    missing = count * unit - sum(cut)
    for at in sorted(range(count), key=lambda i: cut[i] - exact[i])[:missing]:
        cut[at] += 1
    return tuple(Decimal(value).scaleb(-places) for value in cut)
