"""How fast a month is settled: a month of hours of 1,000 agreements, and fourteen months of them.

The whole way: a book and its metering read, each row checked, hours added up by agreement and day,
all agreements settled. Each contender runs in a process of its own. The peer is Polars, which adds
up the same file by agreement and day and does nothing else: it checks no row, adds binary fractions
and takes a day to be one of UTC. Times are the best of three, in turns; of
the fourteen months, of one.

    python bench/bench_settle.py
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN = "<!-- settlement, made by make bench: begin -->"
END = "<!-- settlement, made by make bench: end -->"
AGREEMENTS = 1_000
MONTH, MONTHS = 744, 10_224
"""Hours of March 2026, and of the fourteen months to April 2027."""
TURNS = 3


def peak() -> float:
    """The most memory of this process so far, in MB."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (10**6 if sys.platform == "darwin" else 10**3)


def ours(book: str, file: str, through: str) -> None:
    """Settle, and print how long each part took."""
    begun = time.perf_counter()
    from offtake.api import load
    from offtake.owing.gather import gather
    from offtake.settle import settle
    from offtake.units import parse_month

    imported = time.perf_counter()
    whole = load(book).book.whole
    loaded = time.perf_counter()
    inputs = gather(whole, meter=[file], through=parse_month(through)).required()
    gathered, after = time.perf_counter(), peak()
    lines = sum(
        len(s.entries) for _, month in settle(whole, parse_month(through), inputs) for s in month
    )
    ended = time.perf_counter()
    told = {
        "import": imported - begun,
        "book": loaded - imported,
        "metering": gathered - loaded,
        "settle": ended - gathered,
        "whole": ended - begun,
        "metering_mb": after,
        "whole_mb": peak(),
        "lines": lines,
    }
    print(json.dumps(told))


def peer(file: str) -> None:
    """Add up the file with Polars alone."""
    import polars as pl

    begun = time.perf_counter()
    lazy = pl.scan_parquet(file) if file.endswith(".parquet") else pl.scan_csv(file)
    days = lazy.group_by("agreement", pl.col("start").str.slice(0, 10))
    days.agg(pl.col("chip_hours").sum()).collect(engine="streaming")
    print(json.dumps({"metering": time.perf_counter() - begun, "metering_mb": peak()}))


def child(*arguments: str) -> dict[str, float]:
    """What a process of its own prints."""
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def best(runs: list[dict[str, float]]) -> dict[str, float]:
    """The least of each figure."""
    return {name: min(run[name] for run in runs) for name in runs[0]}


def measured(folder: Path) -> list[str]:
    """The tables and the goals."""
    import metering

    metering.write_book(folder / "book", AGREEMENTS)
    table, found = [], {}
    for hours, ending, through in (
        (MONTH, "csv", "2026-03"),
        (MONTH, "parquet", "2026-03"),
        (MONTHS, "csv", "2027-04"),
    ):
        file = folder / f"hours.{ending}"
        rows = metering.write_hours(file, AGREEMENTS, hours)
        pairs = [
            (child("ours", str(folder / "book"), str(file), through), child("peer", str(file)))
            for _ in range(TURNS if hours == MONTH else 1)
        ]
        own, other = (best(list(runs)) for runs in zip(*pairs, strict=True))
        found[hours, ending] = own, other
        table.append(
            f"| {rows / 1e6:.2f} M, {ending} | {own['whole']:.1f} s | {own['book']:.2f} s | "
            f"{own['metering']:.2f} s | {own['settle']:.1f} s | {other['metering']:.2f} s | "
            f"{own['metering'] / other['metering']:.1f} | {own['metering_mb']:.0f} MB | "
            f"{own['whole_mb']:.0f} MB | {other['metering_mb']:.0f} MB |"
        )
        print(table[-1], flush=True)
        file.unlink()
    (month, plain), (long, _) = found[MONTH, "csv"], found[MONTHS, "csv"]
    more = long["metering_mb"] - month["metering_mb"]
    goals = [
        goal("a month of 1,000 agreements settled", month["whole"], 5, " s"),
        goal("the memory of it", month["whole_mb"], 500, " MB"),
        goal("its metering, times Polars alone", month["metering"] / plain["metering"], 3, ""),
        goal("more memory for the metering of fourteen months", more, 100, " MB"),
    ]
    head = [
        "| rows | whole | book | metering | statements | Polars | metering / Polars "
        "| memory after metering | whole | Polars |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    return [*head, *table, "", "| | goal | found | |", "|---|---|---|---|", *goals]


def goal(what: str, found: float, most: float, unit: str) -> str:
    """A goal, and whether it is met."""
    met = "met" if found <= most else "not met"
    return f"| {what} | at most {most:,}{unit} | {found:,.1f}{unit} | {met} |"


def main() -> None:
    if sys.argv[1:]:
        {"ours": ours, "peer": peer}[sys.argv[1]](*sys.argv[2:])
        return
    import polars

    load = os.getloadavg()[0]
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as place:
        lines = measured(Path(place))
    page = [
        f"Polars {polars.__version__}, Python {platform.python_version()}, {os.cpu_count()} "
        f"processors. Load average when the run began: {load:.1f}.",
        "",
        *lines,
    ]
    print("\n".join(page))
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(page) + f"\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
