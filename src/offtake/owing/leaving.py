"""What a settlement leaves on disk: data, tables, a page and a workbook, each file whole or not."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from offtake.clauses.base import HOUR
from offtake.clauses.figures import number
from offtake.dealing.wrong import WrongDealingError
from offtake.keep import whole
from offtake.owing.settled import Settled
from offtake.owing.spreadsheet import workbook
from offtake.plan.words import one_line
from offtake.settle.telling import clause

DATA, LINES, SUMMARY, PAGE, BOOK = (
    "statements.json", "lines.csv", "summary.csv", "statements.html", "statements.xlsx"
)  # fmt: skip


def leave(found: Settled, out: Path) -> list[Path]:
    """All of it in a folder."""
    return [
        *leave_tables(found, out),
        whole(out / PAGE, page(found)),
        whole(out / BOOK, workbook(found)),
    ]


def leave_tables(found: Settled, out: Path) -> list[Path]:
    """Data and tables alone. Raises `WrongDealingError` where `out` is a file."""
    _folder(out)
    data = json.dumps(found.data(), indent=1, sort_keys=True, allow_nan=False) + "\n"
    return [
        whole(out / DATA, data.encode()),
        whole(out / LINES, _rows(_lines(found))),
        whole(out / SUMMARY, _rows(_summary(found))),
    ]


def forget(out: Path) -> None:
    """Take away what an earlier run wrote of what is owed: a clash has none."""
    for name in (DATA, LINES, SUMMARY):
        (out / "owed" / name).unlink(missing_ok=True)


def page(found: Settled) -> bytes:
    """The page of all statements."""
    from offtake.report.statement import statements_html

    known = {one.id: found.metering(one) for one in found.statements}
    return statements_html(found.statements, found.book, found.notes, known).encode()


def focus_of(found: Settled, folder: Path, version: str) -> list[Path]:
    """FOCUS data sets of all statements, as CSV and Parquet. Raises `WrongDealingError`.

    A correction takes back what was posted before it, so that it bills the difference.
    """
    from offtake.formats.focus import VERSIONS, focus_tables
    from offtake.owing.focus_files import write_focus

    known = next((one for one in VERSIONS if one == version), None)
    if known is None:
        raise WrongDealingError(
            f"FOCUS is written in versions {', '.join(VERSIONS)}, not {one_line(version[:20])}"
        )
    _folder(folder)
    made = focus_tables(found.statements, found.book, known, replaced=found.replaced)
    return list(write_focus(folder, made))


def _folder(path: Path) -> None:
    """A folder to write into."""
    if path.exists() and not path.is_dir():
        raise WrongDealingError(f"{path} is a file; name a folder to write into")
    path.mkdir(parents=True, exist_ok=True)


def _rows(rows: Iterator[tuple[object, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _lines(found: Settled) -> Iterator[tuple[object, ...]]:
    yield (
        "line", "statement", "agreement", "month", "item", "clause", "first", "last", "payer",
        "payee", "amount", "currency", "account", "chip_hours", "price", "delivery", "why",
        "place", "causes",
    )  # fmt: skip
    for one in found.statements:
        for entry in one.entries:
            line = entry.line
            hours = "" if line.quantity is None else _plain(number(_hours(line.quantity)))
            price = "" if line.price is None else _plain(number(line.price))
            yield (
                entry.id, one.id, one.agreement, one.month, line.item, clause(one, line),
                line.first, line.last, line.payer, line.payee, f"{line.amount.amount:f}",
                one.currency, line.account, hours, price, line.delivery or "", line.why,
                line.place, " ".join(line.causes),
            )  # fmt: skip


def _summary(found: Settled) -> Iterator[tuple[object, ...]]:
    yield (
        "statement", "agreement", "month", "buyer", "seller", "host", "contracted_chip_hours",
        "used_chip_hours", "owed", "currency", "metered",
    )  # fmt: skip
    for one in found.statements:
        capacity = one.capacity
        yield (
            one.id, one.agreement, one.month, one.buyer, one.seller, one.host,
            _plain(number(_hours(capacity.contracted))), _plain(number(_hours(capacity.taken))),
            f"{one.total.amount:f}", one.currency, str(one.metered).lower(),
        )  # fmt: skip


def _hours(seconds: int) -> Fraction:
    return Fraction(seconds, HOUR)


def _plain(shown: str) -> str:
    return shown.replace(",", "").lstrip("≈")
