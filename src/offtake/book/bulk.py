"""How much a book may hold: values counted over all its files, so that none outgrows the memory."""

from __future__ import annotations

VALUES_MOST = 1_000_000
"""Values in YAML and cells in tables: each takes some hundred bytes."""
CONTAINER = 4
"""As how many values a list or a mapping counts, by the memory that it takes."""
KEYS_MOST = 20_000
"""Keys in any one mapping: what is wrong with a record is told key by key."""
LESS = "leave out what the plan does not need, or make two books of it"


class Bulk:
    """How many values may still be read; one for all files of a book."""

    def __init__(self, most: int = VALUES_MOST) -> None:
        self.left = most

    def take(self, count: int) -> bool:
        """Whether so many more may be read; if so, they are counted."""
        if count > self.left:
            return False
        self.left -= count
        return True
