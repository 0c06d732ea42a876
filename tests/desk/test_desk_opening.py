"""From a book to the command that opens a tender: every claim in full, with its calendars."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

import offtake
from offtake.book.force import Book
from offtake.desk import Envelope, decide, evolve
from offtake.desk import commands as cm
from offtake.desk.commands import Open
from offtake.desk.events import TenderOpened
from offtake.desk.lot import Lot
from offtake.desk.opening import affiliates, opening, whole_days
from offtake.desk.state import Desk
from offtake.units import Duration
from offtake.units.almanac import Spell, deadline, first_instant, last_instant
from offtake.units.instants import instant_of

HEAD = """\
book:
  buyer: lab
  as_of: 2026-01-12
  timezone: America/New_York
  calendar: US
  periods: {start: 2026-06, length: 6 months, hours: 1}
  discount: 8% per year
  procurement: {bidding: 10 business days, signing: 20 days}
  purposes: {training: {}, api: {}}
parties:
- {id: lab, name: The lab, stakes: [{in: venture, share: 40%}]}
- {id: cloud, name: The cloud, stakes: [{in: lab, share: 10%}]}
- {id: neo, name: Neo, stakes: [{in: cloud, share: 10%}]}
- {id: venture, name: A venture}
demand:
- {id: run, purpose: training, unit: h100, base: 100 chips, unserved: 9 USD per chip-hour}
agreements:
- id: cloud-2025
  seller: cloud
  from: 2025-01-01
  until: 2027-12-31
  clauses:
"""
FIRST = """\
  - id: first
    kind: first-refusal
    rank: 2
    scope: {purposes: [training], size_min: 64 chips}
    window: {length: 30 days, closes: "16:30", roll: none, calendar: GB, timezone: Europe/London}
    reoffer: 48 hours
    tail: {length: 120 days, price_rise: 2%, counterparty: any}
    partial: {min: 16 chips}
    counter: continues
    at_expiry: lapses
    closing: 15 business days
    grace: 10 days
    parts: 3
    discloses: [counterparty]
    package: worth
    rate: 5% per year
    deposit: 1 M USD
    together: 45 days
"""
AT = instant_of("2026-02-02T14:00:00Z")


def book(folder: Path, clauses: str, more: str = "") -> Book:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.yaml").write_text(HEAD + clauses + more, encoding="utf-8")
    return offtake.load(folder).book


def lot(*purposes: str, chips: int = 100) -> Lot:
    return Lot("gb200", chips, "us-east", dt.date(2026, 6, 1), 6, purposes, "run")


def opened(folder: Path, clauses: str, more: str = "", **how: object) -> Open:
    stated = {"lot": lot("training"), "at": AT, **how}
    return opening(book(folder, clauses, more), tender="t", **stated)  # type: ignore[arg-type]


def test_a_claim_says_all_that_the_clause_says(tmp_path: Path) -> None:
    (claim,) = opened(tmp_path, FIRST).claims
    almanac = opened(tmp_path, FIRST).almanacs["Europe/London GB"]
    assert (claim.clause, claim.holder, claim.first) == ("cloud-2025/first", "cloud", False)
    assert (claim.precedence, claim.rank, claim.parts) == (3, 2, 3)
    assert claim.window == Spell(30, "days", 990, roll=False)
    assert claim.reoffer == Spell(48, "hours", 990, roll=False)
    assert claim.tail == Spell(120, "days", 990, roll=False)
    assert claim.closing == Spell(15, "business days", 990, roll=False)
    assert claim.almanac == "Europe/London GB"
    assert (claim.grace, claim.floor, claim.together) == (10, 64, 45)
    assert (claim.survives, claim.mirror, claim.anyone, claim.discloses) == (
        False,
        False,
        True,
        True,
    )
    assert (claim.partial, claim.package) == (16, "worth")
    assert (claim.price_rise, claim.rate) == (Decimal("0.02"), Decimal("0.05"))
    assert (claim.deposit, claim.hosts) == (Decimal(1_000_000), None)
    assert claim.since == 0, "it began before the calendars that the tender carries"
    assert claim.expires == last_instant(dt.date(2027, 12, 31), almanac)
    assert claim.sentence.startswith("before lab signs capacity for training with others")


def test_a_right_that_begins_later_stands_with_its_first_instant(tmp_path: Path) -> None:
    amended = "  amendments:\n  - on: 2026-03-01\n    signed: 2026-01-05\n    add:\n"
    later = FIRST.replace("  - id", "    - id").replace("\n    ", "\n      ")
    found = opened(tmp_path, "  - {kind: termination, notice: 30 days}\n" + amended + later)
    (claim,) = found.claims
    assert claim.since == first_instant(dt.date(2026, 3, 1), found.almanacs["Europe/London GB"])


def test_words_that_are_amended_later_are_a_claim_of_their_own(tmp_path: Path) -> None:
    change = "  amendments:\n  - {on: 2026-03-01, signed: 2026-01-05, change: {first: {rank: 1}}}\n"
    found = opened(tmp_path, FIRST + change)
    assert {c.clause: c.rank for c in found.claims} == {
        "cloud-2025/first": 2,
        "cloud-2025/first@2026-03-01": 1,
    }
    one, other = sorted(found.claims, key=lambda c: c.since)
    assert one.expires is not None
    assert one.expires + 1 == other.since


def test_an_exclusive_right_is_a_bar_and_no_claim(tmp_path: Path) -> None:
    found = opened(tmp_path, "  - {id: alone, kind: exclusive}\n")
    (bar,) = found.bars
    assert (bar.clause, bar.holder, found.claims) == ("cloud-2025/alone", "cloud", ())
    almanac = found.almanacs["America/New_York US"]
    assert bar.expires == last_instant(dt.date(2027, 12, 31), almanac)


def test_a_right_that_does_not_reach_the_lot_has_no_say(tmp_path: Path) -> None:
    assert opened(tmp_path, FIRST, lot=lot("api")).claims == ()
    assert len(opened(tmp_path, FIRST, lot=lot()).claims) == 1, "without purposes it is for all"


def test_a_lot_below_the_floor_carries_the_claim_since_lots_may_be_joined(tmp_path: Path) -> None:
    assert opened(tmp_path, FIRST, lot=lot("training", chips=8)).claims[0].floor == 64


def test_the_holder_itself_need_not_be_asked_where_only_it_can_sell(tmp_path: Path) -> None:
    assert opened(tmp_path, FIRST, seller="cloud").claims == ()


def test_the_tender_has_the_buyers_own_terms_of_procurement(tmp_path: Path) -> None:
    found = opened(tmp_path, FIRST, cause="abc/x/2026-06", invited=("neo",))
    assert found.bidding == Spell(10, "business days", 720, roll=False)
    assert found.bidding_almanac == "America/New_York US"
    assert (found.rate, found.cause, found.invited) == ("0.08", "abc/x/2026-06", ("neo",))
    assert found.book == book(tmp_path, FIRST).digest
    closes = deadline(found.bidding, found.almanacs[found.bidding_almanac], AT)
    # Ten business days from 2 February, with the holiday of the 16th left out; noon in New York.
    assert closes.at == instant_of("2026-02-17T17:00:00Z")


def test_bids_are_pledged_where_the_book_says_how_long_they_may_be_revealed(
    tmp_path: Path,
) -> None:
    assert opened(tmp_path, FIRST).reveal is None
    book(tmp_path, FIRST)
    path = tmp_path / "book.yaml"
    said = path.read_text("utf-8").replace("days, signing", "days, reveal: 48 hours, signing")
    path.write_text(said, encoding="utf-8")
    stated = {"tender": "t", "lot": lot("training"), "at": AT}
    found = opening(offtake.load(tmp_path).book, **stated)
    assert found.reveal == Spell(48, "hours", 720, roll=False)


def test_an_opening_may_have_bids_pledged_where_the_book_does_not(tmp_path: Path) -> None:
    found = opened(tmp_path, FIRST, reveal=Duration(2, "days"))
    assert found.reveal == Spell(2, "days", 720, roll=False)


def test_calendars_reach_ten_years_and_both_are_named_by_zone_and_holidays(tmp_path: Path) -> None:
    found = opened(tmp_path, FIRST)
    assert set(found.almanacs) == {"America/New_York US", "Europe/London GB"}
    for almanac in found.almanacs.values():
        assert (almanac.last - almanac.first) // 366 == 10


def test_a_calendar_that_knows_fewer_years_reaches_as_far_as_it_does(tmp_path: Path) -> None:
    text = FIRST.replace("calendar: GB", "calendar: SA")
    found = opened(tmp_path, text, at=instant_of("2073-06-01T12:00:00Z"))
    assert found.claims == (), "the right ended in 2027"


def test_the_throughput_is_that_of_the_chip_for_the_lots_purpose(tmp_path: Path) -> None:
    assert opened(tmp_path, FIRST).lot.throughput == Decimal("2.527")
    chips = "chips:\n- {id: gb200, throughput: {any: 2, api: 3}, kw_it: 2 kW}\n"
    assert opened(tmp_path, FIRST, chips).lot.throughput == 2
    assert opened(tmp_path, FIRST, chips, lot=lot("api")).lot.throughput == 3


def test_who_holds_of_the_buyer_or_is_held_by_it_is_affiliated(tmp_path: Path) -> None:
    assert affiliates(book(tmp_path, FIRST)) == ("cloud", "venture")


@pytest.mark.parametrize(
    ("length", "days"),
    [
        (Duration(25, "hours"), 2),
        (Duration(30, "days"), 30),
        (Duration(10, "business days"), 14),
        (Duration(2, "months"), 62),
        (Duration(1, "years"), 366),
    ],
)
def test_a_length_in_days_is_the_longest_that_it_can_be(length: Duration, days: int) -> None:
    assert whole_days(length) == days


def test_a_day_of_opening_is_that_of_the_books_own_zone(tmp_path: Path) -> None:
    ends = FIRST.replace("purposes: [training], size_min", "until: 2026-02-02, size_min")
    late = instant_of("2026-02-03T04:59:59Z")  # still 2 February in New York
    assert len(opened(tmp_path, ends, at=late).claims) == 1
    assert opened(tmp_path, ends, at=late + 1_000_000_000).claims == ()


def test_the_desk_opens_what_the_book_says(tmp_path: Path) -> None:
    desk = Desk()
    for number, body in enumerate(
        (cm.Found(("cloud", "neo", "venture")), opened(tmp_path, FIRST, invited=("neo",)))
    ):
        decided = decide(desk, Envelope("lab", str(number), AT, bytes(32), body))
        for event in decided.events:
            desk = evolve(desk, event)
    assert isinstance(desk.tenders["t"].opened, TenderOpened)
    assert desk.tenders["t"].phase == "bidding"
    assert set(desk.tenders["t"].claims) == {"cloud-2025/first"}
