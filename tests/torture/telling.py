"""How often something was tried, and what came of it: printed, and kept for the page of results.

`make torture` names a file in OFFTAKE_RESULTS; each line of it is one object of JSON.
"""

from __future__ import annotations

import json
import os


def told(test: str, what: str, count: int, **found: int) -> None:
    """Tell of `count` trials of one kind: `found` says how many came to what."""
    words = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in found.items())
    print(f"{test} {what}: {count:,} ({words})")
    path = os.environ.get("OFFTAKE_RESULTS")
    if path is None:
        return
    line = json.dumps({"test": test, "what": what, "count": count, "found": found})
    with open(path, "a") as file:
        file.write(line + "\n")
