"""The nearest known name, for hints."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MOST = 2_000


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known name, or the few that exist; empty where none does."""
    names = sorted(known)
    if not names:
        return ""
    if match := closest(name, names):
        return f"did you mean {match}?"
    if len(names) <= 8:
        return f"known here: {', '.join(names)}"
    return ""


def closest(name: str, names: list[str]) -> str:
    """The known name most like `name`, or an empty text."""
    if len(names) > _MOST:
        # Comparing with 100,000 ids takes a second a name; who mistypes rarely errs at the start.
        names = [n for n in names if n[:2] == name[:2] and abs(len(n) - len(name)) < 3][:_MOST]
    found = get_close_matches(name[:80].lower(), names, n=1, cutoff=0.6)
    return found[0] if found else ""
