"""The nearest known name, for hints."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MOST = 2_000
_FEW, _SOME = 8, 3


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known name, or what exists; empty where nothing does."""
    # Ids of records that could not be read are known too; what cannot be shown is no hint.
    names = sorted(name for name in known if name.isprintable())
    if not names:
        return ""
    if match := closest(name, names):
        return f"did you mean {match}?"
    if len(names) <= _FEW:
        return f"known here: {', '.join(names)}"
    return f"{len(names)} are known here, such as {', '.join(names[:_SOME])}"


def closest(name: str, names: list[str]) -> str:
    """The known name most like `name`, or an empty text."""
    if len(names) > _MOST:
        # Comparing with 100,000 ids takes a second a name; who mistypes rarely errs at the start.
        names = [n for n in names if n[:2] == name[:2] and abs(len(n) - len(name)) < 3][:_MOST]
    folded = {known.lower(): known for known in reversed(names)}
    found = get_close_matches(name[:80].lower(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else ""
