"""The Stargate example: it can be read, says where its figures come from, and keeps its dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from offtake.book.force import Book, in_force
from offtake.book.read import read
from offtake.book.record import Record
from offtake.clauses.registry import kinds
from offtake.units import parse_money, parse_month, parse_price

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "stargate"
CHIPS = ROOT / "src" / "offtake" / "book" / "chips.yaml"
ANNOUNCED = dt.date(2025, 1, 21)
AFTER_RECAPITALISATION = dt.date(2025, 11, 10)


@pytest.fixture(scope="module")
def book() -> Book:
    reading = read(FOLDER, kinds())
    assert reading.book is not None, "\n".join(str(f) for f in reading.faults)
    return reading.book


def names_in_force(book: Book, day: dt.date) -> set[str]:
    return {term.clause.id for term in in_force(book.as_of(day), day)}


def sourced(book: Book) -> Iterator[tuple[str, Record]]:
    """Everything of which the book must say where it comes from."""
    everything = book.as_of(dt.date.max)
    for kind in ("offers", "agreements", "sites", "ventures", "demand", "chips"):
        for name, record in getattr(everything, kind).items():
            yield f"{kind} {name}", record
    for party in everything.parties.values():
        for stake in party.stakes:
            yield f"stake of {party.id} in {stake.in_}", stake
    for site in everything.sites.values():
        for phase in site.phases:
            yield f"phase {site.id}.{phase.id}", phase
    for agreement in everything.agreements.values():
        for clause in agreement.clauses:
            yield f"clause {clause.id}", clause
        for amendment in agreement.amendments:
            yield f"amendment of {agreement.id} on {amendment.on}", amendment
        for waiver in agreement.waivers:
            yield f"waiver of {waiver.of} for {agreement.id}", waiver


def test_the_book_reads_without_a_fault_and_its_one_warning_is_true() -> None:
    # Oracle and then Microsoft are asked about new capacity in Texas. That Microsoft's right ends
    # within the plan is no warning: the book says that open notices survive it.
    reading = read(FOLDER, kinds())
    (told,) = reading.faults
    assert (told.code, told.severity) == ("several-rights", "warning")
    assert told.sentence.endswith(
        "oracle (abilene-2025/oracle-first), then microsoft (azure-2025/azure-rofr)."
    )


def test_every_figure_has_a_source_or_is_said_to_be_an_assumption(book: Book) -> None:
    silent = [
        name
        for name, record in sourced(book)
        if record.source is None
        and record.note is None
        and not (name.startswith("clause") and _owner_speaks(book, name))
    ]
    assert silent == []


def _owner_speaks(book: Book, name: str) -> bool:
    """A clause without words of its own is covered by those of its agreement."""
    agreement = book.as_of(dt.date.max).agreements[name.removeprefix("clause ").split("/")[0]]
    return agreement.source is not None


@pytest.mark.parametrize(
    ("agreement", "eve"),
    [
        ("coreweave-2025", dt.date(2025, 3, 9)),
        ("coreweave-2025-05", dt.date(2025, 5, 14)),
        ("oracle-2025", dt.date(2025, 6, 29)),
        ("coreweave-2025-09", dt.date(2025, 9, 24)),
        ("azure-2025-10", dt.date(2025, 10, 27)),
        ("aws-2025", dt.date(2025, 11, 2)),
    ],
)
def test_an_agreement_is_unknown_until_the_day_it_was_signed(
    book: Book, agreement: str, eve: dt.date
) -> None:
    assert agreement not in book.as_of(eve).agreements
    assert agreement in book.as_of(eve + dt.timedelta(days=1)).agreements


def test_the_book_stands_on_the_day_of_the_announcement(book: Book) -> None:
    assert book.known == ANNOUNCED
    assert "coreweave-2025" not in book.agreements
    assert "azure-capacity" in book.agreements


def test_exclusivity_gives_way_to_first_refusal_on_the_day_of_the_announcement(
    book: Book,
) -> None:
    eve = names_in_force(book, ANNOUNCED - dt.timedelta(days=1))
    day = names_in_force(book, ANNOUNCED)
    assert "azure-2019/azure-only" in eve
    assert "azure-2019/azure-only" not in day
    assert {"azure-2025/azure-rofr", "azure-2025/azure-api"} <= day


def test_first_refusal_ends_in_october_2025_and_api_exclusivity_in_april_2026(
    book: Book,
) -> None:
    later = names_in_force(book, AFTER_RECAPITALISATION)
    assert "azure-2025/azure-rofr" not in later
    assert "azure-2025/azure-api" in later
    assert "azure-2025/azure-rofr" in names_in_force(book, dt.date(2025, 10, 27))
    assert "azure-2025/azure-api" in names_in_force(book, dt.date(2026, 4, 26))
    assert "azure-2025/azure-api" not in names_in_force(book, dt.date(2026, 4, 27))


def test_a_plan_as_of_the_announcement_expects_first_refusal_to_last(book: Book) -> None:
    held = {term.clause.id for term in in_force(book.as_of(ANNOUNCED), dt.date(2027, 1, 1))}
    assert {"azure-2025/azure-rofr", "azure-2025/azure-api"} <= held


def test_the_owners_of_stargate_hold_all_of_it(book: Book) -> None:
    owners = {name: share.value for name, share in book.ventures["stargate"].owners.items()}
    assert sum(owners.values()) == 1
    assert owners["softbank"] == owners["openai"] == Decimal("0.4")
    stakes = {
        party.id: stake.share.value
        for party in book.parties.values()
        for stake in party.stakes
        if stake.in_ == "stargate" and stake.share is not None
    }
    assert stakes == owners


def test_tranches_of_capital_add_up_to_what_was_announced(book: Book) -> None:
    tranches = book.ventures["stargate"].capital
    assert tranches[0].limit == parse_money("100 B USD")
    assert tranches[0].from_ == parse_month("2025-02")
    assert sum(t.limit.amount for t in tranches) == parse_money("500 B USD").amount


def test_abilene_grows_to_1200_megawatts(book: Book) -> None:
    phases = book.sites["abilene"].phases
    assert sum(p.power.mw for p in phases) == 1200
    assert [p.id for p in phases if p.started is not None] == ["p1"]
    assert {p.power.at for p in phases} == {"meter"}


@pytest.mark.parametrize(
    ("agreement", "billions", "years"),
    [
        ("coreweave-2025", "11.9", None),
        ("coreweave-2025-05", "4", None),
        ("coreweave-2025-09", "6.5", None),
        ("azure-2025-10", "250", None),
        ("aws-2025", "38", None),
        ("oracle-2025", "30", 1),
    ],
)
def test_deliveries_at_their_price_make_the_reported_sum(
    book: Book, agreement: str, billions: str, years: int | None
) -> None:
    """Within a tenth: the sums are reported as round figures, the dates are assumptions."""
    signed = book.as_of(dt.date.max).agreements[agreement]
    assert signed.price is not None
    hours = Decimal("8766") if years else None
    total = Decimal(0)
    for delivery in signed.deliveries:
        until = delivery.until or signed.until
        served = hours or Decimal(((until - delivery.start).days + 1) * 24)
        total += delivery.add * served * signed.price.amount
    assert abs(total / (Decimal(billions) * 10**9) - 1) < Decimal("0.1")


def test_scenarios_start_alike_and_part_ways(book: Book) -> None:
    start, end = book.header.periods.start, parse_month("2029-01")
    assert sum(s.value for s in book.header.scenarios.values()) == 1
    for demand in book.demand.values():
        paths = {name: s.path for name, s in demand.scenarios.items()}
        assert set(paths) == set(book.header.scenarios)
        at_start = {path[start] for path in paths.values() if path}
        assert len(at_start) == 1
        low, mid, high = (paths[n] for n in ("low", "mid", "high"))
        assert low
        assert mid
        assert high
        assert low[end] < mid[end] < high[end]


def test_what_must_be_served_fits_what_was_signed_before_the_announcement(book: Book) -> None:
    """The class that may never go short leaves the plan room before anything new can arrive."""
    never = [d for d in book.demand.values() if d.unserved == "never"]
    assert [d.id for d in never] == ["research"]
    first = min(p for d in never for s in d.scenarios.values() for p in s.path or ())
    needed = max(s.path[first] for d in never for s in d.scenarios.values() if s.path)
    signed = sum(
        delivery.add
        for agreement in book.agreements.values()
        if agreement.buyer in (None, book.header.buyer)
        for delivery in agreement.deliveries
        if delivery.start <= first.first and delivery.chip == "h100"
    )
    assert signed > 4 * needed


def test_shapes_are_means_of_one() -> None:
    demand = yaml.safe_load((FOLDER / "demand.yaml").read_text(encoding="utf-8"))["demand"]
    shapes = {d["id"]: d["shape"] for d in demand if "shape" in d}
    assert set(shapes) == {"chat", "api"}
    for shape in shapes.values():
        assert len(shape) == 24
        assert sum(shape) / 24 == pytest.approx(1.0, abs=0.005)


def test_built_in_chips_are_relative_to_the_h100_and_say_their_source() -> None:
    chips = {c["id"]: c for c in yaml.safe_load(CHIPS.read_text(encoding="utf-8"))["chips"]}
    assert {"a100", "h100", "h200", "b200", "gb200", "gb300", "mi300x"} <= set(chips)
    assert set(chips["h100"]["throughput"].values()) == {1}
    assert all(c["source"] for c in chips.values())
    assert all("any" in c["throughput"] for c in chips.values())


def test_the_price_of_chips_and_of_the_site_agrees_with_what_a_gigawatt_costs(
    book: Book,
) -> None:
    """Bernstein, 2025-10: 35 B USD per GW; NVIDIA: 50 to 60. The book must not be outside."""
    site, chip = book.sites["abilene"], book.chips["gb200"]
    assert chip.price is not None
    meter_kw = chip.kw_it.kw * site.pue
    chips_per_gw = Decimal(10**6) / meter_kw
    shell = sum(p.capex.amount for p in site.phases) / sum(p.power.mw for p in site.phases) * 1000
    assert 30 * 10**9 < shell + chips_per_gw * chip.price.amount < 60 * 10**9
    assert site.power_price == parse_price("0.148 USD per kWh")
