"""What the codes of the book's checks mean. The list of all codes is in `codes`."""

from __future__ import annotations

from offtake.book.faults import Code

_NEAREST = "Take the nearest name from the hint, or write the record that is missing."

NAMES = {
    "duplicate-id": Code(
        "An id twice",
        "Two records of one kind, two parts of one record, or two clauses that hold at the same "
        "time have one id; it would not be clear which is meant. An agreement and an offer may not "
        "share an id either, because their clauses are named after them.",
        "Rename one of them; the hint says where the other one stands.",
    ),
    "unknown-party": Code(
        "No such party", "A seller, buyer, host, owner or holder is not under `parties`.", _NEAREST
    ),
    "unknown-chip": Code(
        "No such chip",
        "A chip is neither in the built-in table nor under the book's own `chips`.",
        _NEAREST,
    ),
    "unknown-purpose": Code(
        "No such purpose",
        "A purpose is not under `purposes` in the book's header.",
        _NEAREST,
    ),
    "unknown-agreement": Code(
        "No such agreement",
        "An `upstream`, or a row of metering, names no agreement of the book.",
        _NEAREST,
    ),
    "unknown-venture": Code("No such venture", "A site's venture is not there.", _NEAREST),
    "unknown-curve": Code("No such curve", "A `curve` or `index` is not under `curves`.", _NEAREST),
    "unknown-phase": Code(
        "No such phase", "A phase comes `after` one that its site does not have.", _NEAREST
    ),
    "unknown-scenario": Code(
        "No such scenario",
        "The header names the scenarios, and a class of demand names another.",
        _NEAREST,
    ),
    "unknown-clause": Code(
        "No such clause",
        "An amendment ends or changes a clause that its agreement does not have on that day, or a "
        "waiver, `ended_by`, `calls` or a row beside the book names a clause that is nowhere.",
        "Take the nearest name from the hint; look at the dates of earlier amendments.",
    ),
    "ambiguous-clause": Code(
        "Which clause?",
        "A waiver names a clause by its short name, and several agreements have one of that name.",
        "Name it in full: `agreement/name`.",
    ),
    "changed-kind": Code(
        "A clause cannot become another",
        "An amendment changes the kind or the id of a clause.",
        "End the clause and add the other.",
    ),
    "unused-region": Code(
        "Nothing is there",
        "A region is named in which the book has no offer, delivery or site.",
        "Look at the spelling.",
        "warning",
    ),
    "cycle": Code(
        "Round in a circle",
        "A purpose is part of itself, a phase comes after itself, or an agreement is served from "
        "itself, perhaps over some steps.",
        "Leave out one of the steps.",
    ),
}

DATES = {
    "ends-before-it-begins": Code(
        "Ends before it begins",
        "The last day or month lies before the first.",
        "Exchange or mend the dates.",
    ),
    "delivery-outside": Code(
        "A delivery outside its agreement",
        "A delivery starts before its agreement holds or after it ended, or lasts longer.",
        "Mend the delivery's dates or the agreement's.",
    ),
    "amendment-outside": Code(
        "An amendment outside its agreement",
        "An amendment bites on a day on which its agreement does not hold.",
        "Look at the dates.",
        "warning",
    ),
    "not-known-yet": Code(
        "An amendment that a plan does not know",
        "An amendment bites after the book's `as_of` and does not say when it was signed, so it "
        "counts as signed on the day on which it bites, and a plan made before does not know it.",
        "State `signed`, if it was signed already.",
        "warning",
    ),
    "offer-expired": Code(
        "An offer of the past",
        "An offer could be signed until a day before the book's `as_of`.",
        "Ask for it again and mend `valid_until`, or take it out.",
        "warning",
    ),
    "as-of-after-end": Code(
        "Judged from after the end",
        "`as_of` lies after the last month of the plan: nothing could be decided.",
        "Move `periods` or `as_of`.",
    ),
    "no-periods": Code("No months", "The plan's length is zero.", "Write `48 months`."),
    "hours-of-day": Code(
        "Hours of a day",
        "A day can be condensed into 1 to 24 representative hours.",
        "Write a number from 1 to 24.",
    ),
    "span-unit": Code(
        "A length in the wrong unit",
        "Terms, lives and the plan itself are counted in months or years; lead times, bidding and "
        "signing in days, business days, months or years; grace, and how long lots count together, "
        "in days alone.",
        "State the length in one of the units of the hint.",
    ),
    "no-ready": Code(
        "Ready when?",
        "A phase states neither the month in which it is ready nor how long building takes.",
        "Write `ready` or `lead`.",
    ),
}

MONEY = {
    "other-currency": Code(
        "Another currency",
        "A book adds up money of one currency, and rates of exchange change.",
        "Convert the amount, and write the rate and its day into `source`.",
    ),
    "price-unit": Code(
        "Priced per the wrong thing",
        "Capacity and shortage are priced per chip-hour, electricity per kWh or MWh, rent per "
        "MW-month or MW-year.",
        "Convert the price to the unit of the hint.",
    ),
    "no-price": Code(
        "Delivered at no price", "An agreement has deliveries and no `price`.", "Write the price."
    ),
    "no-term": Code(
        "Reserved for how long?", "A reserved offer has no `term`.", "Write the term in months."
    ),
    "price-or-curve": Code(
        "Priced how?",
        "An offer states neither a `price` nor a `curve`, or both.",
        "Keep one of them.",
    ),
    "bad-curve": Code(
        "A curve without prices", "A curve has no dated price.", "Write at least one dated price."
    ),
    "bad-forecast": Code(
        "How do prices go on?",
        "A forecast says none or several of `falls`, `rises` and `flat`, or that prices fall by "
        "all they are.",
        "Write one of them, such as `falls: 20% per year`.",
    ),
    "no-forecast": Code(
        "No forecast",
        "A curve does not say how prices go on after the last that is known; a plan takes them as "
        "they are.",
        "State a `forecast`; `{flat: true}` if that is what you expect.",
        "warning",
    ),
    "hourly-clause": Code(
        "A clause that no plan reads",
        "A clause stands in an offer by the hour. Capacity by the hour is taken and left as it is "
        "used: a plan reads there only what changes its price.",
        "Write it into the agreement under which it holds, or leave it out.",
        "warning",
    ),
    "block-too-large": Code(
        "No block fits",
        "The block is larger than the offer's maximum, or zero: nothing could be bought.",
        "Mend `block` or `max`.",
    ),
    "min-over-max": Code(
        "The least is more than the most",
        "The offer's minimum is larger than its maximum.",
        "Mend `min` or `max`.",
    ),
    "not-per-year": Code(
        "Per what?",
        "Growth and discount are rates: 8 % a year is not 8 % a month.",
        "Write `8% per year`.",
    ),
    "share-unit": Code(
        "More than a percentage",
        "The field is a plain part of a whole; the text says of or per something else, or names a "
        "part that leaves nothing to look at.",
        "Write a plain percentage such as `40%`.",
    ),
    "over-the-whole": Code(
        "More than the whole",
        "Shares of one thing exceed 100 %.",
        "Mend the shares.",
    ),
}

SITES = {
    "venture-and-owners": Code(
        "Owned twice",
        "A site belongs to a venture and also names owners or capital of its own.",
        "Keep owners and capital with the venture.",
    ),
    "chip-without-price": Code(
        "Chips for nothing?",
        "A site may install a chip that has no purchase price in the book's currency, neither in "
        "the built-in table nor under the book's own `chips`.",
        "State the chip with its price under `chips`, or take it out of the site's list.",
    ),
    "capital-short": Code(
        "Capital that does not reach",
        "What phases that are being built call, spread evenly from start to ready, exceeds the "
        "tranches that are open by then, or what may be called in a calendar year. Calls count "
        "from the month in which the first tranche opens.",
        "Add a tranche, raise its limit, or mend the phases' capex or dates.",
    ),
    "phase-beyond-capital": Code(
        "A phase beyond all capital",
        "A phase that is not begun costs more than the capital that is left, or calls more in "
        "some year than any year has, whenever it begins: no plan can build it.",
        "Add a tranche, lengthen `lead`, or split the phase.",
        "warning",
    ),
}

DEMAND = {
    "no-demand": Code(
        "How much?",
        "A class of demand states neither `base` nor `path`, nor does each of its scenarios.",
        "Write `base: 60000 chips`, or a path of dated values.",
    ),
    "bad-shape": Code(
        "Not a day's shape",
        "A shape is 24 numbers, not all zero, or `{trace: FILE}`.",
        "Write one number for each hour of the day.",
    ),
    "draw-count": Code(
        "How many draws?", "Between 1 and 10,000 scenarios are drawn.", "Mend `count`."
    ),
    "scenarios-mixed": Code(
        "Named and drawn",
        "Some scenarios are named and others are drawn; a plan needs one list of them.",
        "Name them all, or draw them all.",
    ),
    "scenario-weight": Code(
        "How likely?",
        "A scenario has no weight, or different ones in different places.",
        "State each weight once: in the header under `scenarios`, or with one class of demand.",
    ),
    "weights-sum": Code(
        "Weights that do not sum",
        "The weights of the scenarios must sum to 100 %, to a millionth.",
        "Mend the weights.",
    ),
}

CHAIN = {
    "upstream-ends": Code(
        "Lasts longer than its source",
        "An agreement lasts longer than the one it is served from.",
        "Shorten it, or extend the upstream agreement.",
    ),
    "upstream-short": Code(
        "Promises more than it has",
        "On some day the agreements served from one source deliver more chips of a kind in a "
        "region than the source does.",
        "Mend the deliveries, or name another upstream for some.",
    ),
    "back-to-back": Code(
        "Back to back with what?",
        "An agreement says which clauses of its upstream hold for it too, and there is no such "
        "clause, or no upstream.",
        "Name clauses of the upstream agreement by their own short names.",
    ),
}

SIZE = {
    "zero": Code(
        "Nothing of it",
        "A figure is zero by which a plan divides, or in which it counts: a PUE, the power or the "
        "life of a chip, a term, a gang, a block, a step.",
        "Write a figure above zero, or leave the field out.",
    ),
    "too-much": Code(
        "More than there is",
        "A figure is beyond all that exists: more than 10^12 chips, 10^18 of a currency, 10^9 MW, "
        "or a growth of more than 10,000 % a year, or one that leads there within the plan.",
        "Look at the unit and at the scale (K, M, B, T).",
    ),
    "plan-too-large": Code(
        "A plan too large to build",
        "A plan has at most 300,000 columns (every offer and every chip at a site in each month in "
        "which it may start; every use of capacity in each scenario, month and hour) and 5,000,000 "
        "entries. The estimate leaves out what clauses add.",
        "Plan fewer months, hours (`periods`), scenarios or draws; take longer `steps`; leave out "
        "offers that nobody would take. It is a warning only: `offtake plan` refuses it.",
        "warning",
    ),
}

CHECKS = {**NAMES, **DATES, **MONEY, **SITES, **DEMAND, **CHAIN, **SIZE}
