"""All hostile books by name: what is in the folder, and the fault that it must give.

Where they stand: texts in `hostile_text`, names and links in `hostile_files`, tables and traces in
`hostile_tables`, figures, dates and clauses in `hostile_values`, well-formed books of absurd size
in `hostile_sizes`. `hostile_ordeal` puts the reader to them.
"""

from __future__ import annotations

from pathlib import Path

from . import hostile_files, hostile_sizes, hostile_tables, hostile_text, hostile_values
from .hostile_files import Made
from .hostile_ordeal import GOOD
from .hostile_parts import COLUMNS, ROW, SECRET, Case, offers
from .writing import write

CASES: dict[str, Case | Made] = {
    **hostile_text.ALL,
    **hostile_files.ALL,
    **hostile_tables.ALL,
    **hostile_values.ALL,
}
SIZES: dict[str, Case] = hostile_sizes.ALL
EXPECTED = {name: (case[-2], case[-1]) for name, case in {**CASES, **SIZES}.items() if case[-2]}
"""The code of the fault and where it stands, of every book that has one."""
COPIES = [f"a good book, copy {n}" for n in range(9)]
"""Of the good book, for those who change it."""


def lay(folder: Path) -> None:
    """Write all of them, each into a folder of its own name, and one good book to begin with."""
    folder.mkdir(exist_ok=True)
    (folder / "secret.yaml").write_text(SECRET)
    for name in (GOOD, *COPIES):
        write(folder / name, offers(COLUMNS + ROW))
    for name, case in {**CASES, **SIZES}.items():
        (folder / name).mkdir()
        write(folder / name, case[0])
        if len(case) == 4:
            case[1](folder / name)
