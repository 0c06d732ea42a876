"""From a book to the command that opens a tender: whose words, whose clocks, how far they reach."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from offtake.book.read import read
from offtake.clauses.registry import kinds
from offtake.desk import Desk, Envelope, Reply, decide, evolve
from offtake.desk.claim import Bar, Claim
from offtake.desk.commands import Found, Open
from offtake.desk.lot import Lot
from offtake.desk.opening import opening, whole_days
from offtake.units import Duration, QuantityError, instant_of
from offtake.units.almanac import Spell

BOOK = """\
book:
  buyer: lab
  as_of: 2025-01-21
  timezone: America/Los_Angeles
  calendar: CALENDAR
  discount: 8% per year
  periods: {start: 2025-02, length: 24 months}
  procurement: {bidding: 12 days}
  purposes: {training: {}, inference: {}}
parties:
PARTIES
agreements:
- id: pact
  seller: cloud
  from: 2025-01-21
  until: UNTIL
  clauses:
  - CLAUSE
"""
PARTIES = "- {id: lab, name: Lab}\n- {id: cloud, name: Cloud}\n- {id: neo, name: Neocloud}\n"
REFUSAL = "{id: refusal, kind: first-refusal, window: {length: 30 days}, at_expiry: survives}"
LOT = Lot("h100", 1000, "us-east", dt.date(2026, 1, 1), 24)
NOON = instant_of("2025-03-03T20:00:00Z")


def opened(
    folder: Path,
    clause: str = REFUSAL,
    *,
    calendar: str = "weekdays",
    until: str = "2030-12-31",
    parties: str = PARTIES,
    more: str = "",
    lot: Lot = LOT,
    at: int = NOON,
    **words: Any,
) -> Open:
    """A book with one clause, read; a tender opened under it."""
    text = BOOK.replace("CALENDAR", calendar).replace("PARTIES\n", parties)
    text = text.replace("UNTIL", until).replace("CLAUSE", clause)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.yaml").write_text(text + more)
    book = read(folder, kinds()).required()
    return opening(book, tender="t", lot=lot, at=at, **words)


# --- what the command carries -----------------------------------------------------------------


def test_all_words_of_a_right_are_in_the_command(tmp_path: Path) -> None:
    words = (
        ", rank: 2, reoffer: 15 days, closing: 10 business days, grace: 5 days, parts: 3, "
        "tail: {length: 120 days, price_rise: 2%, counterparty: any}, partial: {min: 64 chips}, "
        "counter: continues, discloses: [counterparty], package: worth, rate: 10% per year, "
        "deposit: 2 M USD, scope: {size_min: 512 chips}, together: 45 days}"
    )
    clause = REFUSAL.replace("survives}", "lapses" + words)
    (held,) = opened(tmp_path, clause).claims
    assert held == Claim(
        clause="pact/refusal",
        holder="cloud",
        first=False,
        precedence=3,
        rank=2,
        window=Spell(30, "days", 17 * 60, roll=True),
        almanac="America/Los_Angeles weekdays",
        reoffer=Spell(15, "days", 17 * 60, roll=True),
        tail=Spell(120, "days", 17 * 60, roll=True),
        closing=Spell(10, "business days", 17 * 60, roll=True),
        grace=5,
        since=0,
        expires=instant_of("2031-01-01T07:59:59.999999999Z"),
        survives=False,
        partial=64,
        parts=3,
        mirror=False,
        price_rise=Decimal("0.02"),
        anyone=True,
        discloses=True,
        package="worth",
        rate=Decimal("0.1"),
        deposit=Decimal(2_000_000),
        floor=512,
        together=45,
        sentence=held.sentence,
    )
    assert held.sentence.startswith("before lab signs capacity")


def test_a_first_offer_is_a_first_right_with_its_ceiling(tmp_path: Path) -> None:
    clause = (
        "{id: offer, kind: first-offer, window: {length: 15 days, roll: none, closes: '12:30'}, "
        "at_expiry: survives, price: 3 USD per chip-hour, ceiling: 105%}"
    )
    (held,) = opened(tmp_path, clause).claims
    assert (held.first, held.ceiling, held.reoffer) == (True, Decimal("1.05"), None)
    assert held.window == Spell(15, "days", 12 * 60 + 30, roll=False)


def test_the_book_s_own_words_open_the_tender(tmp_path: Path) -> None:
    wish = opened(tmp_path, cause="buy-7", invited=("neo",), lot=LOT)
    assert (wish.tender, wish.cause, wish.invited) == ("t", "buy-7", ("neo",))
    assert wish.rate == "0.08"
    assert len(wish.book) == 64
    assert wish.bidding == Spell(12, "days", 12 * 60, roll=False)
    assert wish.bidding_almanac == "America/Los_Angeles weekdays"
    assert wish.bars == ()


def test_a_desk_opens_the_tender_as_it_is(tmp_path: Path) -> None:
    desk = Desk()
    for key, body in (("1", Found(("cloud", "neo"))), ("2", opened(tmp_path))):
        decided = decide(desk, Envelope("lab", key, NOON, bytes(32), body))
        assert isinstance(decided.answer, Reply)
        for event in decided.events:
            desk = evolve(desk, event)
    assert desk.tenders["t"].phase == "bidding"
    assert set(desk.tenders["t"].claims) == {"pact/refusal"}


# --- clocks -----------------------------------------------------------------------------------


def test_a_right_that_begins_later_begins_with_its_day_where_its_holder_lives(
    tmp_path: Path,
) -> None:
    scoped = "{id: refusal, kind: first-refusal, window: {length: 30 days, timezone: Asia/Tokyo}, "
    clause = scoped + "at_expiry: survives, scope: {from: 2025-06-01, until: 2025-06-30}}"
    wish = opened(tmp_path, clause)
    (held,) = wish.claims
    assert held.almanac == "Asia/Tokyo weekdays"
    assert held.since == instant_of("2025-05-31T15:00:00Z")
    assert held.expires == instant_of("2025-06-30T14:59:59.999999999Z")
    assert sorted(wish.almanacs) == ["America/Los_Angeles weekdays", "Asia/Tokyo weekdays"]
    assert wish.almanacs["Asia/Tokyo weekdays"].zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("at", "reached"),
    [
        ("2025-03-04T07:59:59.999999999Z", 1),  # still 3 March in California
        ("2025-03-04T08:00:00Z", 0),
        ("2025-03-03T08:00:00Z", 1),
    ],
)
def test_the_day_of_opening_is_that_of_the_book_s_clock(
    tmp_path: Path, at: str, reached: int
) -> None:
    clause = REFUSAL.replace("survives}", "survives, scope: {until: 2025-03-03}}")
    assert len(opened(tmp_path, clause, at=instant_of(at)).claims) == reached


def test_a_right_from_before_the_almanac_has_always_been_there(tmp_path: Path) -> None:
    at = instant_of("2025-01-24T20:00:00Z")
    assert opened(tmp_path, at=at).claims[0].since == 0, "the almanac begins three days before"
    at = instant_of("2025-01-23T20:00:00Z")
    begun = opened(tmp_path, at=at).claims[0].since
    assert begun == instant_of("2025-01-21T08:00:00Z")


def test_a_right_beyond_the_almanac_does_not_end(tmp_path: Path) -> None:
    last = dt.date(2025, 3, 3) + dt.timedelta(days=3660)
    assert opened(tmp_path / "1", until=str(last)).claims[0].expires is None
    before = opened(tmp_path / "2", until=str(last - dt.timedelta(days=1))).claims[0].expires
    assert before == instant_of(f"{last}T07:59:59.999999999Z")
    plain = opened(tmp_path / "3").almanacs["America/Los_Angeles weekdays"]
    assert plain.last - plain.first == 3663
    zero = dt.date(1970, 1, 1)
    assert zero + dt.timedelta(days=plain.first) == dt.date(2025, 2, 28)


def test_an_almanac_ends_where_its_calendar_knows_no_more(tmp_path: Path) -> None:
    """The calendar of the United States is known to 2100."""
    at = instant_of("2096-03-03T20:00:00Z")
    wish = opened(tmp_path / "1", calendar="US", until="2099-12-31", at=at)
    (plain,) = wish.almanacs.values()
    end = dt.date(1970, 1, 1) + dt.timedelta(days=plain.last)
    assert end == dt.date(2096, 3, 3) + dt.timedelta(days=4 * 366)
    with pytest.raises(QuantityError, match="no holidays for 2101"):
        opened(
            tmp_path / "2", calendar="US", until="2101-12-31", at=instant_of("2100-03-03T20:00:00Z")
        )


def test_an_almanac_does_not_begin_before_1970(tmp_path: Path) -> None:
    wish = opened(tmp_path, at=instant_of("1970-01-02T20:00:00Z"))
    (plain,) = wish.almanacs.values()
    assert plain.first == 0


@pytest.mark.parametrize(
    ("length", "days"),
    [
        (Duration(24, "hours"), 1),
        (Duration(25, "hours"), 2),
        (Duration(0, "hours"), 0),
        (Duration(30, "days"), 30),
        (Duration(5, "business days"), 7),
        (Duration(6, "business days"), 10),
        (Duration(2, "months"), 62),
        (Duration(2, "years"), 732),
    ],
)
def test_a_length_in_days_is_as_long_as_it_can_be(length: Duration, days: int) -> None:
    assert whole_days(length) == days


# --- exclusive rights, versions, affiliates, throughput -----------------------------------------


def test_an_exclusive_right_is_a_bar_for_its_days(tmp_path: Path) -> None:
    clause = "{id: only, kind: exclusive, scope: {from: 2025-04-01}}"
    wish = opened(tmp_path, clause)
    assert wish.claims == ()
    assert wish.bars == (
        Bar(
            "pact/only",
            "cloud",
            instant_of("2025-04-01T07:00:00Z"),
            instant_of("2031-01-01T07:59:59.999999999Z"),
            wish.bars[0].sentence,
        ),
    )
    assert wish.bars[0].sentence


def test_affiliates_are_those_with_stakes_in_the_buyer_and_those_it_has_stakes_in(
    tmp_path: Path,
) -> None:
    parties = (
        "- {id: lab, name: Lab, stakes: [{in: neo}]}\n"
        "- {id: cloud, name: Cloud, stakes: [{in: neo}]}\n"
        "- {id: neo, name: Neocloud}\n"
        "- {id: bank, name: Bank, stakes: [{in: cloud}, {in: lab}]}\n"
    )
    assert opened(tmp_path, parties=parties).affiliates == ("bank", "neo")


def test_a_lot_is_weighed_by_its_chip_for_its_purposes(tmp_path: Path) -> None:
    chips = (
        "chips:\n"
        "- {id: odd, kw_it: 1 kW, throughput: {inference: 3, training: 2}}\n"
        "- {id: even, kw_it: 1 kW, throughput: {any: 1.5, inference: 3}}\n"
        "- {id: other, kw_it: 1 kW, throughput: {inference: 3}}\n"
    )

    def weighed(chip: str, *purposes: str) -> Lot:
        lot = Lot(chip, 1000, "us-east", dt.date(2026, 1, 1), 24, purposes, "need")
        return opened(tmp_path, lot=lot, more=chips).lot

    assert weighed("odd", "inference", "training").purposes == ("training", "inference")
    assert weighed("odd", "inference", "training").throughput == 2
    assert weighed("odd", "inference").throughput == 3
    assert weighed("even", "training").throughput == Decimal("1.5")
    assert weighed("even").throughput == 3, "of all purposes the first that the chip knows"
    assert weighed("other", "training").throughput == 1, "unknown: as the reference chip"
    assert weighed("odd").purposes == ("training", "inference")
    assert weighed("odd").need == "need"
    assert weighed("odd").start == dt.date(2026, 1, 1)
