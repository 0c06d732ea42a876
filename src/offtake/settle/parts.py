"""A whole number in parts, by weights, so that the parts sum to it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def parts(total: int, weights: Sequence[Fraction | int]) -> tuple[int, ...]:
    """Whole parts of a total by weights that are not negative; all 0 where no weight is above 0.

    Each is the exact part rounded towards zero; what is left goes, one each, to those that lost
    most by that, the first of equals first (largest remainder).
    """
    whole = Fraction(sum(weights))
    if not whole:
        return (0,) * len(weights)
    exact = [abs(total) * weight / whole for weight in weights]
    found = [int(part) for part in exact]
    left = abs(total) - sum(found)
    for n in sorted(range(len(exact)), key=lambda n: found[n] - exact[n])[:left]:
        found[n] += 1
    return tuple(-part if total < 0 else part for part in found)
