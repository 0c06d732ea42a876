"""What the codes of metering mean: what was used, and what else a settlement is told of."""

from __future__ import annotations

from offtake.book.faults import Code

METERING = {
    "missing-column": Code(
        "A column is missing",
        "The file lacks a column without which its rows say nothing.",
        "Add the column, or name it as docs/metering.md does.",
    ),
    "no-rows": Code(
        "Nothing was metered?",
        "A file of metering has a header and no row. Taken at its word, every month would count "
        "as not metered.",
        "Export it again; leave the file out if nothing was metered.",
    ),
    "other-months": Code(
        "Of other months",
        "A file of metering has no row of the months that are read: from the first agreement's to "
        "the last that is settled. With a mistyped year the month would count as not metered.",
        "Mend the year, or leave the file out. Rows of other months beside such rows are no fault.",
    ),
    "not-parquet": Code(
        "Not Parquet",
        "The file begins as Parquet does and cannot be read as Parquet.",
        "Export it again: it may be cut short.",
    ),
    "column-type": Code(
        "A column of the wrong type",
        "A column of a Parquet file cannot hold what it should exactly: binary fractions "
        "cannot say most decimals, and a timestamp without a zone is no instant.",
        "Write `chip_hours` as decimals or text, or `chip_seconds` as whole numbers; `start` as "
        "timestamps in UTC or text.",
    ),
    "changed-meanwhile": Code(
        "Changed while it was read",
        "Somebody wrote to the file while it was read, so nobody can say what was read.",
        "Settle again when the file is complete.",
    ),
    "bad-instant": Code(
        "Not an instant",
        "An instant is written in UTC, as in `2026-03-01T00:00:00Z`.",
        "Write it so; convert local times before.",
    ),
    "not-an-hour": Code(
        "Not the beginning of an hour",
        "Use is metered by the hour of UTC, and `start` is the hour's first instant.",
        "Add up what was used in each whole hour.",
    ),
    "bad-amount": Code(
        "Not an amount of use",
        "Chip-hours are a plain number that is not negative, with at most nine decimals, "
        "chip-seconds a whole one; in an hour less than a billion chip-hours can be used.",
        "Mend the row. Use that was metered by mistake is left out of the file, not subtracted.",
    ),
    "part-of-a-second": Code(
        "Part of a chip-second",
        "Use is counted in whole chip-seconds, and these chip-hours are no whole number of them. "
        "To round would change what is owed.",
        "Write the column `chip_seconds`, or more exact chip-hours: 0.00025 is nine tenths of a "
        "chip-second, 0.0025 nine.",
    ),
    "row-twice": Code(
        "Said twice",
        "Two rows speak of the same thing: the same hour of an agreement, the same delivery, the "
        "same month's revenue. Adding them up and keeping one are different answers.",
        "Keep one of the two, or add them up yourself.",
    ),
    "outside-agreement": Code(
        "Outside the agreement",
        "What was metered, or what was not available, lies on a day on which the agreement does "
        "not hold.",
        "Mend the row, or the agreement's `from` and `until`.",
    ),
    "unknown-delivery": Code(
        "No such delivery",
        "A row names a delivery that the agreement does not have.",
        "Take the nearest name from the hint.",
    ),
}
