"""Agreements served from others: what passes along them, and what stays with each reseller."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from offtake.book.force import Book
from offtake.clauses.base import HOUR
from offtake.settle import Inputs, Outage, Source, Statement, Used, settle
from offtake.settle.chains import Chain, chains
from offtake.settle.inputs import Came
from offtake.units import Month
from offtake.units.instants import NS

from .chained import CLOCK, DELAYED, FEBRUARY, HOST, MARCH, MIRRORED, OTHER, SOLD, link
from .owed import HERE, book_of, faults_of, outage, told
from .owed import metered as metered_on


def of_month(
    book: Book, inputs: Inputs | None = None, month: Month = MARCH
) -> dict[str, Statement]:
    every = settle(book, month, inputs or Inputs())
    return {s.agreement: s for m, found in every for s in found if m == month}


def chain_of(book: Book, inputs: Inputs | None = None, month: Month = MARCH) -> Chain:
    (found,) = chains(book, of_month(book, inputs, month).values())
    return found


def usd(amount: str | int) -> Decimal:
    return Decimal(amount)


# --- what each link pays --------------------------------------------------------------------------


def test_a_resellers_margin_is_the_difference_of_two_statements(tmp_path: Path) -> None:
    """March has 744 hours.

    microsoft owes iren   100 x 744 x 2.00 = 148,800.00
    lab owes microsoft     60 x 744 x 2.50 = 111,600.00
    cloud owes microsoft   30 x 744 x 3.00 =  66,960.00
    microsoft keeps                            29,760.00, and holds ten chips that nobody took
    """
    chain = chain_of(book_of(tmp_path, HOST, SOLD, OTHER))
    assert [each.agreement for each in chain.links] == ["host", "other", "sold"]
    (resale,) = chain.resales
    assert (resale.reseller, resale.sold) == ("microsoft", ("other", "sold"))
    assert resale.passed.amount == usd("148800.00")
    assert resale.margin.amount == resale.markup.amount == usd("29760.00")
    assert resale.liability.amount == 0
    assert chain.paid == chain.received + chain.margins
    assert [each.agreement for each in chain.path("sold")] == ["sold", "host"]
    assert [each.depth for each in chain.links] == [0, 1, 1]


def test_an_agreement_from_which_nothing_is_served_is_no_chain(tmp_path: Path) -> None:
    book = book_of(tmp_path, HOST)
    assert chains(book, of_month(book).values()) == ()


def test_what_is_not_signed_yet_is_no_link(tmp_path: Path) -> None:
    later = SOLD.replace("from: 2025-01-01", "from: 2025-05-01").replace(
        "start: 2025-02-01", "start: 2025-05-01"
    )
    book = book_of(tmp_path, HOST, later)
    assert chains(book, of_month(book).values()) == ()


# --- outages pass down ----------------------------------------------------------------------------


def excused(book: Book, *outages: tuple[str, Outage]) -> dict[str, int]:
    """Chip-hours of March that are excused, by agreement."""
    by: dict[str, tuple[Outage, ...]] = {}
    for name, one in outages:
        by[name] = (*by.get(name, ()), one)
    made = of_month(book, Inputs(outages=by))
    return {name: each.capacity.excused // HOUR for name, each in made.items()}


def test_chips_that_the_host_lacks_are_missing_below_in_proportion(tmp_path: Path) -> None:
    """25 of 100 chips for ten hours: 15 of the 60, 7.5 of the 30, 2.5 of the ten left over.

    Whole chips: 15, 7 and 2 make 24; the one that is left goes to the first of those that lose
    half a chip, which is `other`.
    """
    book = book_of(tmp_path, HOST, SOLD, OTHER)
    assert excused(book, ("host", outage("2025-03-05", 10, 25))) == {
        "host": 250,
        "sold": 150,
        "other": 80,
    }


@pytest.mark.parametrize("cause", ["seller", "force majeure", "buyer"])
def test_whoever_is_at_fault_upstream_below_it_is_the_seller(tmp_path: Path, cause: str) -> None:
    made = excused(book_of(tmp_path, HOST, SOLD), ("host", outage("2025-03-05", 10, 100, cause)))
    assert made == {"host": 0 if cause == "buyer" else 1000, "sold": 600}


def test_an_outage_told_below_does_not_pass_up(tmp_path: Path) -> None:
    assert excused(book_of(tmp_path, HOST, SOLD), ("sold", outage("2025-03-05", 10, 60))) == {
        "host": 0,
        "sold": 600,
    }


def test_what_both_tell_counts_once_and_the_larger_holds(tmp_path: Path) -> None:
    """The host lacks 50 of 100 for ten hours: 30 of the 60. Told below: 20 for the first five.

    5 x 30, of which 20 were told, and 5 x 30 that were not: 300 chip-hours.
    """
    book = book_of(tmp_path, HOST, SOLD)
    above = ("host", outage("2025-03-05", 10, 50))
    assert excused(book, above, ("sold", outage("2025-03-05", 5, 20)))["sold"] == 300
    assert excused(book, above, ("sold", outage("2025-03-05", 5, 40)))["sold"] == 350


def test_ones_own_fault_does_not_hide_what_the_host_lacks(tmp_path: Path) -> None:
    book = book_of(tmp_path, HOST, SOLD)
    own = ("sold", outage("2025-03-05", 10, 20, "buyer"))
    assert excused(book, ("host", outage("2025-03-05", 10, 50)), own)["sold"] == 300


def test_an_outage_of_one_delivery_reaches_only_its_chips(tmp_path: Path) -> None:
    two = "[{id: d, add: 100 chips, chip: h100, region: r, start: 2025-02-01}]"
    both = two.replace(
        "}]", "}, {id: e, add: 50 chips, chip: gb200, region: r, start: 2025-02-01}]"
    )
    book = book_of(tmp_path, HOST.replace(two, both), SOLD)
    of_e = replace(outage("2025-03-05", 10, 50), delivery="e")
    assert excused(book, ("host", of_e)) == {"host": 500, "sold": 0}
    assert excused(book, ("host", replace(of_e, delivery="d")))["sold"] == 300


def test_chips_that_are_not_there_yet_lack_nothing(tmp_path: Path) -> None:
    """`sold` has its chips from the fifth hour of the outage on: 5 x 60 chip-hours."""
    book = book_of(tmp_path, HOST, SOLD)
    whole = outage("2025-03-05", 10, 100)
    came = {("sold", "d"): Came(whole.begin + 5 * HOUR * NS, HERE)}
    made = of_month(book, Inputs(outages={"host": (whole,)}, arrivals=came))
    assert made["sold"].capacity.excused == 300 * HOUR


# --- use passes up --------------------------------------------------------------------------------

DAY = dt.date(2025, 3, 7)


def metered(**hours: tuple[int, int]) -> Inputs:
    """Chip-hours taken and over on one day of March."""
    use = {name: {DAY: Used(t * HOUR, o * HOUR)} for name, (t, o) in hours.items()}
    files = {name: (Source(f"{name}.csv", "ab" * 32, 1),) for name in hours}
    return replace(metered_on(use), sources=files)


def test_what_is_taken_below_was_taken_above(tmp_path: Path) -> None:
    used = HOST.replace("  price", "  billing: used\n  price")
    book = book_of(tmp_path, used, SOLD, OTHER)
    made = of_month(book, metered(sold=(1000, 20), other=(500, 0)))["host"]
    assert made.metered
    assert (made.capacity.taken, made.capacity.over) == (1500 * HOUR, 0)
    assert made.total.amount == usd("3000.00")
    assert made.sources == ("other.csv#abababababababab", "sold.csv#abababababababab")
    assert told(made) == ["Use was not metered here: it is what was taken under other and sold."]


def test_of_days_without_hours_what_the_whole_day_is_above_is_above(tmp_path: Path) -> None:
    """The host has 100 chips for 24 hours: 1,500 and 1,000 chip-hours are 100 above that."""
    book = book_of(tmp_path, HOST, SOLD, OTHER)
    made = of_month(book, metered(sold=(1500, 60), other=(1000, 280)))
    assert {name: each.capacity.over // HOUR for name, each in made.items()} == {
        "host": 100,
        "sold": 60,
        "other": 280,
    }


def test_nothing_is_made_up_for_one_that_was_not_metered(tmp_path: Path) -> None:
    made = of_month(book_of(tmp_path, HOST, SOLD, OTHER), metered(sold=(1000, 0)))["host"]
    assert not made.metered
    assert made.capacity.taken == made.capacity.contracted
    assert told(made) == []


def test_metering_of_its_own_counts(tmp_path: Path) -> None:
    made = of_month(book_of(tmp_path, HOST, SOLD), metered(host=(70, 0), sold=(1000, 0)))["host"]
    assert made.capacity.taken == 70 * HOUR
    assert told(made) == []


# --- back to back ---------------------------------------------------------------------------------

LATE = {("host", "d"): Came(CLOCK.begin_of(dt.date(2025, 2, 11)), HERE)}
"""Ten days late: 10 % of the fee of February, 100 x 672 x 2 = 134,400, is 13,440.00."""


def test_what_is_not_back_to_back_stays_with_the_reseller(tmp_path: Path) -> None:
    (resale,) = chain_of(book_of(tmp_path, DELAYED, SOLD), Inputs(arrivals=LATE), FEBRUARY).resales
    assert (resale.got.amount, resale.gave.amount) == (usd("13440.00"), usd(0))
    assert resale.liability.amount == usd("-13440.00")
    assert resale.margin == resale.markup - resale.liability


def test_what_is_back_to_back_goes_on_to_who_lacks_the_chips(tmp_path: Path) -> None:
    """60 of 100 chips: 13,440.00 x 60 / 100 = 8,064.00; 40 % stay, for `other` did not agree so."""
    book = book_of(tmp_path, DELAYED, SOLD + MIRRORED, OTHER)
    made = of_month(book, Inputs(arrivals=LATE), FEBRUARY)
    assert not any(line.by == "host/late" for line in made["other"].lines)
    (line,) = (line for line in made["sold"].lines if line.by == "host/late")
    assert {line.payer, line.payee} == {"lab", "microsoft"}
    signed = line.amount.amount if line.payer == "lab" else -line.amount.amount
    assert signed == usd("-8064.00")
    assert line.causes[0] == "host/2025-02"
    assert "× 1,680 / 2,800 chip-days; there" in line.why
    (resale,) = chain_of(book, Inputs(arrivals=LATE), FEBRUARY).resales
    assert resale.liability.amount == usd("-5376.00")


def test_it_goes_on_through_every_link_that_says_so(tmp_path: Path) -> None:
    middle = link("middle", 100, "2.2", seller="microsoft", buyer="cloud", upstream="host")
    last = link("last", 50, "2.4", seller="cloud", upstream="middle", words=MIRRORED)
    book = book_of(tmp_path, DELAYED, middle + MIRRORED, last)
    chain = chain_of(book, Inputs(arrivals=LATE), FEBRUARY)
    by_id = {each.agreement: each.credited.amount for each in chain.links}
    assert by_id == {"host": usd("13440.00"), "middle": usd("13440.00"), "last": usd("6720.00")}
    assert chain.paid == chain.received + chain.margins


@pytest.mark.parametrize(
    ("sold", "says"),
    [
        (SOLD + "  back_to_back: [lat]\n", "has no clause lat"),
        (SOLD.replace("  upstream: host\n", MIRRORED), "it has no upstream"),
    ],
)
def test_terms_that_nobody_wrote_cannot_be_back_to_back(
    tmp_path: Path, sold: str, says: str
) -> None:
    faults = [f for f in faults_of(tmp_path, DELAYED, sold) if f.code == "back-to-back"]
    assert len(faults) == 1
    assert says in faults[0].sentence
