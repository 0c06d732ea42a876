"""The same book by Offtake: its text read and checked, planned, with all tables and reasons."""

from __future__ import annotations

import sys
import time

import stopwatch


def main() -> None:
    with stopwatch.importing():
        import polars  # noqa: F401

        from offtake.book.read import read
        from offtake.clauses.registry import kinds
        from offtake.plan.solve import Limits
        from offtake.plan.study import Options, plan

        known = kinds()
    watch = stopwatch.Watch()
    book = read(sys.argv[1], known).required()
    watch.read = time.perf_counter() - watch.begun
    options = Options(
        limits=Limits(gap=1e-9, seconds=stopwatch.SECONDS), costs=False, foresight=False
    )
    made = plan(book, options)
    assert made.found, made
    size = {name: made.certificate[name] for name in ("columns", "rows")}
    watch.done(made.certificate["objective"], **size, purchases=made.purchases.height)


if __name__ == "__main__":
    main()
