"""Named points at which a test may end the process.

Between two of them lies whatever could be half done. In production a point does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_hook: Callable[[str], None] | None = None


def crash_point(name: str) -> None:
    """Reach the point of that name."""
    if _hook is not None:
        _hook(name)


@contextmanager
def at_each(hook: Callable[[str], None]) -> Iterator[None]:
    """Call `hook` with the name of each point that is reached, in any thread, until the end."""
    global _hook
    before, _hook = _hook, hook
    try:
        yield
    finally:
        _hook = before
