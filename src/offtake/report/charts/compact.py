"""A chart's rows by column, which is a fifth of their size as objects; the page's script undoes it.

Texts that recur are written once and then by number.
"""

from __future__ import annotations

from typing import Any

_LEAST = 8


def compact(found: Any) -> Any:
    """The JSON value with each longer list of like objects written as `{"columns": ...}`."""
    if isinstance(found, dict):
        return {key: compact(value) for key, value in found.items()}
    if not isinstance(found, list):
        return found
    if len(found) < _LEAST or not all(isinstance(one, dict) for one in found):
        return [compact(one) for one in found]
    names = list(found[0])
    plain = all(list(one) == names for one in found)
    if not plain or any(isinstance(v, dict | list) for one in found for v in one.values()):
        return [compact(one) for one in found]
    return {"columns": {name: _column([one[name] for one in found]) for name in names}}


def _column(values: list[Any]) -> Any:
    if not all(isinstance(value, str) for value in values):
        return values
    texts = list(dict.fromkeys(values))
    number = {text: i for i, text in enumerate(texts)}
    return {"texts": texts, "rows": [number[value] for value in values]}
