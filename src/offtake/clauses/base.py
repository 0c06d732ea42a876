"""What a clause file needs: the faces, what each room offers them, and the values that pass.

A clause kind is one module with one class, a frozen record of its words that also satisfies the
faces in which it has a say. A face only adds: it never looks at or changes what another clause
said, so a room can take a clause away again by taking away what is its own.
"""

from __future__ import annotations

from offtake.book.fields import Day, Span
from offtake.book.records import Clause
from offtake.book.scope import Scope
from offtake.clauses.asks import NO_TIME, Ask, Bar, Tail, Tender, WindowWords
from offtake.clauses.choices import chosen_alike, last_day_for, notice_day, priced_since
from offtake.clauses.dues import Dated, Due, DueText
from offtake.clauses.entitles import Grant
from offtake.clauses.expected import EXPECTED, UNSTATED, Likely, Weighted, contradicts, weigh
from offtake.clauses.faces import (
    Checks,
    Dates,
    Eased,
    Entitles,
    Explains,
    Held,
    Plans,
    PricesOver,
    Ranked,
    Rehearses,
    Reprices,
    Rules,
    Settles,
    Shapes,
    Subcontracts,
    Uncertain,
)
from offtake.clauses.figures import HOUR, chip_hours, number
from offtake.clauses.late import told_of_late
from offtake.clauses.periods import (
    MEASURED_MONTHS,
    Measured,
    days_in,
    days_of_period,
    first_of_period,
    measured_periods,
    period_ends,
    period_name,
)
from offtake.clauses.prepaid import Drawing, Prepaid, credited
from offtake.clauses.prices import price_on
from offtake.clauses.program import (
    LOOK_AT_PURCHASES,
    LOOK_AT_SUPPLY,
    LOOK_AT_USE,
    OutOfTurnError,
    Program,
)
from offtake.clauses.rights import AskedFirst, Right, since
from offtake.clauses.settling import (
    Arrival,
    Carry,
    Comparable,
    Line,
    Reckoning,
    Revenue,
    Served,
    Step,
    Told,
)
from offtake.clauses.shapes import (
    Escalates,
    PaidAhead,
    Rebate,
    Shape,
    length,
    mean,
    served,
    weights,
)
from offtake.clauses.values import (
    Affine,
    Bought,
    Case,
    Columns,
    Grid,
    Landing,
    Stage,
    Supply,
    Unit,
)

__all__ = [
    "EXPECTED",
    "HOUR",
    "LOOK_AT_PURCHASES",
    "LOOK_AT_SUPPLY",
    "LOOK_AT_USE",
    "MEASURED_MONTHS",
    "NO_TIME",
    "UNSTATED",
    "Affine",
    "Arrival",
    "Ask",
    "AskedFirst",
    "Bar",
    "Bought",
    "Carry",
    "Case",
    "Checks",
    "Clause",
    "Columns",
    "Comparable",
    "Dated",
    "Dates",
    "Day",
    "Drawing",
    "Due",
    "DueText",
    "Eased",
    "Entitles",
    "Escalates",
    "Explains",
    "Grant",
    "Grid",
    "Held",
    "Landing",
    "Likely",
    "Line",
    "Measured",
    "OutOfTurnError",
    "PaidAhead",
    "Plans",
    "Prepaid",
    "PricesOver",
    "Program",
    "Ranked",
    "Rebate",
    "Reckoning",
    "Rehearses",
    "Reprices",
    "Revenue",
    "Right",
    "Rules",
    "Scope",
    "Served",
    "Settles",
    "Shape",
    "Shapes",
    "Span",
    "Stage",
    "Step",
    "Subcontracts",
    "Supply",
    "Tail",
    "Tender",
    "Told",
    "Uncertain",
    "Unit",
    "Weighted",
    "WindowWords",
    "chip_hours",
    "chosen_alike",
    "contradicts",
    "credited",
    "days_in",
    "days_of_period",
    "first_of_period",
    "last_day_for",
    "length",
    "mean",
    "measured_periods",
    "notice_day",
    "number",
    "period_ends",
    "period_name",
    "price_on",
    "priced_since",
    "served",
    "since",
    "told_of_late",
    "weigh",
    "weights",
]
