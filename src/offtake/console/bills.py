"""A bill beside our own statements, on the screen: what differs, by clause and line, and why."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from offtake.clauses.figures import number
from offtake.console.screen import plain_data, say
from offtake.console.tender import table

if TYPE_CHECKING:
    from offtake.settle.reconcile import Difference, Differences


def reconciled(found: Differences, notes: Iterable[str], as_json: bool) -> None:
    """By clause, then every difference with its cause; and that they sum to the whole."""
    if as_json:
        plain_data(_data(found))
        return
    currency = found.currency
    table(
        f"By clause, {currency}",
        ("agreement", "month", "clause", "ours", "the bill", "difference"),
        (
            (
                one.agreement or "(none)",
                str(one.month),
                one.clause.removeprefix(f"{one.agreement}/"),
                money(one.ours),
                money(one.theirs),
                money(one.difference),
            )
            for one in found.by_clause
        ),
        right={"ours", "the bill", "difference"},
    )
    table(
        f"What differs, {currency}",
        ("line", "because of", "difference", "why"),
        (
            (one.line or one.agreement or "(none)", one.cause, money(one.difference), _why(one))
            for one in found.rows
        ),
        wide={"why": 1},
        right={"difference"},
    )
    if not found.rows:
        say("Nothing differs: the bill asks what we owe, line by line.")
    ours, theirs, apart = money(found.ours), money(found.theirs), money(abs(found.difference))
    how = (
        f"{apart} {'more' if found.difference > 0 else 'less'}" if found.difference else "the same"
    )
    say(f"We owe {ours} {currency}, the bill asks {theirs}: {how}.")
    for note in notes:
        say(f"Note: {note}.")


def money(value: Fraction) -> str:
    """Exact, with two decimals at least."""
    text = number(value)
    whole, point, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}" if point or value else "0.00"


def _plain(value: Fraction) -> str:
    """As decimal text, like amounts elsewhere."""
    return money(value).replace(",", "").lstrip("≈")


def _why(one: Difference) -> str:
    places = ", ".join(f"{p.file}:{p.line}" for p in one.places[:3])
    more = f" and {len(one.places) - 3} more rows" if len(one.places) > 3 else ""
    return f"{one.why}{f'; {places}{more}' if places else ''}"


def _data(found: Differences) -> dict[str, Any]:
    return {
        "currency": found.currency,
        "months": [str(month) for month in found.months],
        "ours": _plain(found.ours),
        "theirs": _plain(found.theirs),
        "difference": _plain(found.difference),
        "by_clause": [
            {
                "agreement": one.agreement,
                "month": str(one.month),
                "clause": one.clause,
                "ours": _plain(one.ours),
                "theirs": _plain(one.theirs),
                "difference": _plain(one.difference),
            }
            for one in found.by_clause
        ],
        "differences": [
            {
                "agreement": one.agreement,
                "month": str(one.month),
                "clause": one.clause,
                "line": one.line or None,
                "cause": one.cause,
                "difference": _plain(one.difference),
                "why": one.why,
                "places": [str(place) for place in one.places],
            }
            for one in found.rows
        ],
    }
