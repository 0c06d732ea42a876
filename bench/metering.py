"""Metering at scale: a book of many agreements, and the hours of its months as CSV or Parquet.

Each agreement is of 100 to 1,000 chips and billed by use; in most hours it takes less than it
contracted, in some more. The same seed gives the same bytes.

    python bench/metering.py FOLDER --agreements 1000 --months 1
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl

FIRST = np.datetime64("2026-03-01T00:00:00", "ms")
HUNDREDTHS = pl.Decimal(18, 2)
HEAD = """\
book:
  buyer: lab
  as_of: 2026-01-01
  periods: {start: 2026-03, length: 48 months}
  purposes: {training: {}}
parties: [{id: lab, name: Lab}, {id: neo, name: Neocloud}]
agreements:
"""
AGREEMENT = """\
- id: deal-{n:05d}
  seller: neo
  from: 2026-03-01
  until: 2029-12-31
  price: {price} USD per chip-hour
  billing: used
  deliveries: [{{id: d1, add: {chips} chips, chip: h100, region: us-east, start: 2026-03-01}}]
  clauses:
  - {{kind: take-or-pay, share: 80%}}
"""


def chips_of(agreements: int) -> np.ndarray:
    """The chips of each agreement."""
    return np.random.default_rng(1).integers(1, 11, agreements) * 100


def write_book(folder: Path, agreements: int) -> None:
    """A book of so many agreements."""
    folder.mkdir(parents=True, exist_ok=True)
    deals = [
        AGREEMENT.format(n=n, price=f"{2 + n % 100 / 100:.2f}", chips=chips)
        for n, chips in enumerate(chips_of(agreements).tolist())
    ]
    (folder / "book.yaml").write_text(HEAD + "".join(deals))


def write_hours(path: Path, agreements: int, hours: int) -> int:
    """A row for each agreement and hour, a day at a time; the number of rows."""
    draw, chips = np.random.default_rng(2), chips_of(agreements)
    names = pl.Series("agreement", [f"deal-{n:05d}" for n in range(agreements)])
    parts = []
    with path.open("wb") as file:
        for begin in range(0, hours, 24):
            count = min(24, hours - begin)
            starts = FIRST + np.arange(begin, begin + count).repeat(agreements) * 3_600_000
            quarters = draw.integers(0, 440, (count, agreements)) * chips // 100
            rows = pl.DataFrame(
                {
                    "agreement": pl.concat([names] * count),
                    "start": pl.Series(starts).dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "chip_hours": pl.Series(quarters.reshape(-1) * 25).cast(HUNDREDTHS) / 100,
                }
            )
            if path.suffix == ".parquet":
                parts.append(rows)
            else:
                rows.write_csv(file, include_header=not begin)
        if parts:
            pl.concat(parts).write_parquet(file)
    return agreements * hours


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--agreements", type=int, default=1_000)
    arguments.add_argument("--hours", type=int, default=744)
    arguments.add_argument("--parquet", action="store_true")
    asked = arguments.parse_args()
    write_book(asked.folder / "book", asked.agreements)
    name = "hours.parquet" if asked.parquet else "hours.csv"
    rows = write_hours(asked.folder / name, asked.agreements, asked.hours)
    print(f"{rows:,} rows in {asked.folder / name}")


if __name__ == "__main__":
    main()
