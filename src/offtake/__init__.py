"""Offtake: one book of what was signed, offered and needed in AI compute, and what follows from it.

>>> import offtake
>>> book = offtake.load("examples/stargate")
>>> book.check()                    # what is wrong in it, with file and line
>>> plan = book.plan()              # what to buy or build, whom to ask by when, and why
>>> plan.purchases                  # Polars frames
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from offtake.api import Clash, OpenBook, Plan, Unreadable, WrongArgumentError, load, schema

__all__ = ["Clash", "OpenBook", "Plan", "Unreadable", "WrongArgumentError", "load", "schema"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: importing the package costs nothing."""
    if name in __all__:
        from offtake import api

        return getattr(api, name)
    raise AttributeError(f"module 'offtake' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
