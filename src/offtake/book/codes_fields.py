"""What the codes of single fields mean. The list of all codes is in `codes`."""

from __future__ import annotations

from offtake.book.faults import Code

FIELDS = {
    "one-value": Code(
        "One value is expected",
        "A list or a mapping stands where the field holds one value.",
        "Write the value alone.",
    ),
    "list-expected": Code(
        "A list is expected",
        "The field holds a list, even of one.",
        "Write `[one]`, or begin each item on its own line with `- `.",
    ),
    "mapping-expected": Code(
        "A mapping is expected",
        "The field holds a record: keys and values.",
        "Write `{key: value}`, or the keys on lines of their own.",
    ),
    "missing-field": Code(
        "A field is missing",
        "The record does not say something that it must.",
        "Write the fields that the sentence names; `offtake schema` lists all of them.",
    ),
    "unknown-field": Code(
        "No such field",
        "The record has no field of this name; a mistyped one would otherwise be silently lost.",
        "Take the nearest name from the hint. What belongs nowhere goes into `note`.",
    ),
    "unknown-choice": Code(
        "None of the choices",
        "The field takes one of a few words.",
        "Take one of those in the sentence.",
    ),
    "too-many-purposes": Code(
        "Too many purposes",
        "A book has at most 500 purposes; plans tell apart capacity by purpose.",
        "Put together what is planned alike.",
    ),
    "unknown-kind": Code(
        "No such clause kind",
        "No installed package knows a clause of this kind.",
        "Take the nearest name from the hint, or install the package that has the kind.",
    ),
    "invalid-value": Code(
        "Words that do not fit",
        "Each word is well formed, but they do not fit together.",
        "The sentence says what must hold.",
    ),
    "bad-id": Code(
        "Not an id",
        "An id is up to 64 ASCII letters in lower case, digits, `-`, `_` and `.`, so that two ids "
        "that look alike are alike.",
        "Write it in plain ASCII.",
    ),
    "bad-chips": Code(
        "Not a number of chips",
        "A whole number with its unit, as in `16000 chips`.",
        "Write the unit; no separators between digits.",
    ),
    "bad-number": Code(
        "Not a number",
        "A bare number, as in `24` or `1.2`: digits, and at most one point.",
        "Write no sign, exponent, separator or unit.",
    ),
    "bad-flag": Code(
        "Not true or false",
        "`yes`, `no`, `on` and `off` mean different things to different readers.",
        "Write `true` or `false`.",
    ),
    "bad-money": Code(
        "Not an amount of money",
        "A number, a scale if it is large, and a currency, as in `100 B USD`.",
        "Write the currency's three letters.",
    ),
    "bad-price": Code(
        "Not a price",
        "A price says per what, as in `2.35 USD per chip-hour`.",
        "Write `per` and the unit.",
    ),
    "bad-share": Code(
        "Not a percentage",
        "A number with a percent sign, of what and per what where that matters, as in "
        "`8% per year`.",
        "Write the percent sign.",
    ),
    "bad-duration": Code(
        "Not a length of time",
        "A whole number of hours, days, business days, months or years, as in `30 days`.",
        "Write the unit.",
    ),
    "bad-power": Code(
        "Not a power",
        "A number of kW, MW or GW, and where it is measured if that matters, as in `200 MW meter`.",
        "Write the unit.",
    ),
    "bad-chip-hours": Code(
        "Not a number of chip-hours",
        "A whole number with its unit, as in `500000 chip-hours`.",
        "Write the unit.",
    ),
    "bad-date": Code(
        "Not a day that exists",
        "A day is written as in `2025-01-21` and must be in the calendar.",
        "Look at the length of the month.",
    ),
    "bad-month": Code(
        "Not a month",
        "A month is written as in `2025-02`.",
        "Leave the day out.",
    ),
    "bad-time": Code(
        "Not a time of day",
        'A local time is written in quotes, as in `"17:00"`.',
        "Write hours and minutes, from 00:00 to 23:59.",
    ),
    "unknown-calendar": Code(
        "No such calendar",
        "A holiday calendar is `none`, `weekdays`, a country such as `US`, a part of it such as "
        "`US-CA`, or an exchange such as `NYSE`.",
        "Take the nearest name from the hint.",
    ),
    "unknown-zone": Code(
        "No such time zone",
        "Time zones have the names of the IANA database, as in `America/Los_Angeles`.",
        "Take the nearest name from the hint.",
    ),
}
