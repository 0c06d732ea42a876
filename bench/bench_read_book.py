"""How fast a book is read: 10,000 lines of YAML and 100,000 rows of CSV, beside named peers.

The peers do less: PyYAML's SafeLoader gives no places and no types; `csv` with Pydantic gives types
but no places, no book and no checks. Times are the best of three; a ratio below 1 means faster.

    python bench/bench_read_book.py
"""

from __future__ import annotations

import csv
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pydantic
import yaml

from offtake.book.read import read

LINES, ROWS = 10_000, 100_000
FIELDS = ("id", "seller", "kind", "chip", "region", "term", "price", "max", "lead")
HEADER = """\
book:
  buyer: lab
  as_of: 2025-01-21
  periods: {{start: 2025-02, length: 48 months}}
  purposes: {{training: {{}}}}
  include: [{name}]
parties: [{{id: lab, name: Lab}}, {{id: cloud, name: Cloud}}, {{id: neo, name: Neocloud}}]
"""


class Row(pydantic.BaseModel):
    """An offer as a peer would type it: numbers, and texts for all that has a unit."""

    id: str
    seller: str
    kind: str
    chip: str
    region: str
    term: str
    price: str
    max: str
    lead: str


def offer(n: int, draw: random.Random) -> tuple[str, ...]:
    """One offer's fields, in the order of FIELDS."""
    return (
        f"offer-{n}",
        draw.choice(("cloud", "neo")),
        "reserved",
        draw.choice(("a100", "h100", "h200", "gb200")),
        f"region-{draw.randrange(40)}",
        f"{draw.choice((1, 12, 24, 36))} months",
        f"{draw.randrange(150, 1400) / 100:.2f} USD per chip-hour",
        f"{64 * draw.randrange(1, 2000)} chips",
        f"{draw.choice((0, 30, 60, 210))} days",
    )


def write(folder: Path) -> None:
    """Two books with the same kind of offers: one in YAML, one in CSV."""
    draw = random.Random(1)
    for name in ("offers.yaml", "offers.csv"):
        (folder / name).mkdir()
        (folder / name / "book.yaml").write_text(HEADER.format(name=name))
    with (folder / "offers.yaml" / "offers.yaml").open("w") as file:
        file.write("offers:\n")
        for n in range(LINES // len(FIELDS)):
            lines = [f"  {k}: {v}\n" for k, v in zip(FIELDS, offer(n, draw), strict=True)]
            file.write("-" + "".join(lines)[1:])
    with (folder / "offers.csv" / "offers.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(FIELDS)
        table.writerows(offer(n, draw) for n in range(ROWS))


def best(run: Callable[[], int], times: int = 3) -> tuple[float, int]:
    """Seconds of the fastest of some runs, and how many records the last one gave."""
    seconds, count = [], 0
    for _ in range(times):
        begun = time.perf_counter()
        count = run()
        seconds.append(time.perf_counter() - begun)
    return min(seconds), count


def ours(folder: Path) -> int:
    return len(read(folder, {}).required().offers)


def safe_loader(file: Path) -> int:
    return len(yaml.load(file.read_bytes(), yaml.SafeLoader)["offers"])


def c_safe_loader(file: Path) -> int:
    return len(yaml.load(file.read_bytes(), yaml.CSafeLoader)["offers"])


def csv_and_pydantic(file: Path) -> int:
    with file.open(newline="") as rows:
        typed = pydantic.TypeAdapter(list[Row]).validate_python(list(csv.DictReader(rows)))
    return len(typed)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        for what, book, peers in (
            (f"{LINES} lines of YAML", "offers.yaml", (safe_loader, c_safe_loader)),
            (f"{ROWS} rows of CSV", "offers.csv", (csv_and_pydantic,)),
        ):
            seconds, count = best(partial(ours, folder / book))
            print(f"{what}, read, typed and checked: {seconds:.2f} s ({count} offers)")
            for peer in peers:
                theirs, _ = best(partial(peer, folder / book / book))
                print(f"  {peer.__name__}: {theirs:.2f} s; ours / theirs = {seconds / theirs:.2f}")


if __name__ == "__main__":
    main()
