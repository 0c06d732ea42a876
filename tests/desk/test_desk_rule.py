"""What each clause says when a tender opens: who is asked, in which order, on which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest

from offtake.book.faults import ClauseFailedError
from offtake.book.force import Book
from offtake.book.read import read
from offtake.book.records import Clause
from offtake.book.scope import Lot
from offtake.clauses.base import Ask, Bar, Rules, Tender
from offtake.clauses.registry import kinds
from offtake.clauses.ruling import Ruling, rulings
from offtake.units import Duration

HEADER = """\
book:
  buyer: lab
  as_of: 2025-01-21
  timezone: America/Los_Angeles
  discount: 8% per year
  periods: {start: 2025-02, length: 24 months}
  procurement: {signing: 20 days}
  purposes: {training: {}, research: {}, inference: {}, api: {part_of: inference}}
parties:
- {id: lab, name: Lab}
- {id: cloud, name: Cloud}
- {id: neo, name: Neocloud}
- {id: host, name: Host}
- {id: other, name: Other}
agreements:
"""
PACT = """\
- id: pact
  seller: cloud
  from: 2025-01-21
  until: 2030-12-31
  clauses:
"""
OPENED = dt.date(2025, 3, 3)
LOT = Lot("h100", "us-east", frozenset({"training"}), 1000)
REFUSAL = "{id: refusal, kind: first-refusal, window: {length: 30 days}, at_expiry: survivesMORE}"


class Spoiled(Clause):
    """A kind of another package whose say at the desk goes wrong."""

    kind: Literal["spoiled"] = "spoiled"
    how: Literal["raises", "nonsense"]

    def rule(self, tender: Tender) -> Iterator[Ask | Bar]:
        if self.how == "raises":
            raise ZeroDivisionError("by nothing")
        yield "ask them"  # type: ignore[misc]


def book_of(folder: Path, *clauses: str, more: str = "", pact: str = PACT) -> Book:
    """A book in which the pact has these clauses, followed by more text."""
    folder.mkdir(parents=True, exist_ok=True)
    text = HEADER + pact + "".join(f"  - {clause}\n" for clause in clauses) + more
    (folder / "book.yaml").write_text(text)
    found = read(folder, {**kinds(), "spoiled": Spoiled})
    return found.required()


def refusal(more: str = "") -> str:
    return REFUSAL.replace("MORE", more)


def said(book: Book, lot: Lot = LOT, opened: dt.date = OPENED) -> list[str]:
    """The clauses that say something, in order."""
    return [one.clause for one in rulings(book, lot, opened)]


# --- one ask, all of its words ----------------------------------------------------------------


def test_a_first_refusal_says_all_that_the_desk_goes_by(tmp_path: Path) -> None:
    words = (
        ", rank: 2, reoffer: 15 days, closing: 10 business days, grace: 5 days, parts: 3, "
        "tail: {length: 120 days, price_rise: 2%, counterparty: any}, partial: {min: 64 chips}, "
        "counter: continues, discloses: [counterparty], package: worth, rate: 10% per year, "
        "deposit: 2 M USD, scope: {size_min: 512 chips}, together: 45 days"
    )
    book = book_of(tmp_path, refusal(words).replace("survives", "lapses"))
    (ask,) = rulings(book, LOT, OPENED)
    assert isinstance(ask, Ask)
    assert (ask.clause, ask.holder, ask.precedence, ask.rank) == ("pact/refusal", "cloud", 3, 2)
    assert ask.when == "after bids"
    assert ask.window.length == Duration(30, "days")
    assert ask.window.zone == "America/Los_Angeles"
    assert ask.reoffer == Duration(15, "days")
    assert ask.tail == Duration(120, "days")
    assert ask.closing == Duration(10, "business days")
    assert ask.grace == Duration(5, "days")
    assert (ask.survives, ask.mirror, ask.anyone, ask.discloses) == (False, False, True, True)
    assert (ask.partial, ask.parts, ask.floor) == (64, 3, 512)
    assert (ask.price_rise, ask.rate) == (Decimal("0.02"), Decimal("0.1"))
    assert (ask.package, ask.deposit) == ("worth", 2_000_000)
    assert ask.together == Duration(45, "days")
    assert (ask.since, ask.until) == (dt.date(2025, 1, 21), dt.date(2030, 12, 31))
    assert ask.sentence == (
        "before lab signs capacity for all purposes with others, cloud may take it on the same "
        "terms within 30 days"
    )


def test_what_is_not_stated_is_the_cautious_reading_or_the_book_s_own(tmp_path: Path) -> None:
    (ask,) = rulings(book_of(tmp_path, refusal()), LOT, OPENED)
    assert isinstance(ask, Ask)
    assert ask.closing == Duration(20, "days"), "the buyer's signing"
    assert ask.rate == Decimal("0.08"), "the book's discount"
    assert ask.partial is None, "all or nothing"
    assert ask.package is None, "no package as one lot"
    assert ask.hosts is None, "nobody hosts for the holder"
    assert (ask.mirror, ask.survives, ask.anyone, ask.discloses) == (True, True, False, False)
    assert (ask.tail, ask.floor, ask.together.count, ask.grace.count) == (None, 0, 0, 0)


def test_a_floor_joins_the_lots_of_thirty_days(tmp_path: Path) -> None:
    book = book_of(tmp_path, refusal(", scope: {size_min: 512 chips}"))
    (ask,) = rulings(book, LOT, OPENED)
    assert isinstance(ask, Ask)
    assert ask.together == Duration(30, "days")


def test_a_first_offer_is_asked_before_bids_and_has_a_ceiling(tmp_path: Path) -> None:
    clause = (
        "{kind: first-offer, window: {length: 15 days}, at_expiry: lapses, "
        "price: 3 USD per chip-hour, ceiling: 105%}"
    )
    (ask,) = rulings(book_of(tmp_path, clause), LOT, OPENED)
    assert isinstance(ask, Ask)
    assert (ask.when, ask.precedence, ask.ceiling) == ("before bids", 2, Decimal("1.05"))
    assert ask.sentence.startswith("before lab approaches others")


def test_a_rule_is_plain_data_that_no_later_book_changes(tmp_path: Path) -> None:
    first = rulings(book_of(tmp_path / "1", refusal()), LOT, OPENED)
    again = rulings(book_of(tmp_path / "2", refusal()), LOT, OPENED)
    assert first == again
    (other,) = rulings(book_of(tmp_path / "3", refusal(", rank: 2")), LOT, OPENED)
    assert first != (other,)


def test_what_the_desk_adds_does_not_part_what_a_plan_keeps_together(tmp_path: Path) -> None:
    (ask,) = rulings(book_of(tmp_path, refusal()), LOT, OPENED)
    assert isinstance(ask, Ask)
    assert hash(ask) == hash(replace(ask, sentence="", closing=None, since=None, until=None))


# --- what the scope reaches -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "reached"),
    [
        ("chips: [h100]", True),
        ("chips: [h200]", False),
        ("regions: [us-east]", True),
        ("regions: [us-tx]", False),
        ("purposes: [training, api]", True),
        ("purposes: [inference]", False),
        ("except: [{purposes: [training]}]", False),
        ("except: [{purposes: [api]}]", True),
        ("except: [{chips: [h100], regions: [us-tx]}]", True),
        ("until: 2025-03-02", False),
        ("until: 2025-03-03", True),
        ("from: 2025-09-01", True),
        ("own_build: true", False),
    ],
)
def test_a_right_is_asked_where_its_scope_reaches(
    tmp_path: Path, scope: str, reached: bool
) -> None:
    regions = "offers:\n" + "".join(
        f"- {{id: o-{r}, seller: neo, chip: h100, region: {r}, term: 12 months, max: 9 chips, "
        "price: 2 USD per chip-hour}\n"
        for r in ("us-east", "us-tx")
    )
    book = book_of(tmp_path, refusal(f", scope: {{{scope}}}"), more=regions)
    assert said(book) == (["pact/refusal"] if reached else [])


@pytest.mark.parametrize(("chips", "floor"), [(1000, 1000), (1000, 1001), (1, 100_000)])
def test_a_size_floor_is_told_and_left_to_the_desk(tmp_path: Path, chips: int, floor: int) -> None:
    book = book_of(tmp_path, refusal(f", scope: {{size_min: {floor} chips}}"))
    (ask,) = rulings(book, replace(LOT, chips=chips), OPENED)
    assert isinstance(ask, Ask)
    assert ask.floor == floor


def test_own_building_is_out_where_the_scope_excepts_it_for_its_purposes(tmp_path: Path) -> None:
    excepted = "except: [{own_build: true, purposes: [training, research]}]"
    book = book_of(tmp_path, refusal(f", scope: {{{excepted}}}"))
    built = replace(LOT, own_build=True)
    assert said(book, built) == []
    assert said(book, LOT) == ["pact/refusal"]
    assert said(book, replace(built, purposes=frozenset({"training", "api"}))) == ["pact/refusal"]


def test_a_renewal_is_no_new_capacity_and_an_exercised_option_is(tmp_path: Path) -> None:
    new = book_of(tmp_path / "new", refusal(", scope: {capacity: new}"))
    both = book_of(tmp_path / "both", refusal())
    renewed, exercised = replace(LOT, new=False), LOT
    assert [said(new, lot) for lot in (renewed, exercised)] == [[], ["pact/refusal"]]
    assert [said(both, lot) for lot in (renewed, exercised)] == [["pact/refusal"]] * 2


def test_nobody_is_asked_about_a_deal_with_itself(tmp_path: Path) -> None:
    book = book_of(tmp_path, refusal(), "{kind: exclusive}")
    assert rulings(book, LOT, OPENED, seller="cloud") == ()
    assert len(rulings(book, LOT, OPENED, seller="neo")) == 2


# --- exclusive --------------------------------------------------------------------------------


def test_an_exclusive_right_bars_everybody_but_its_holder(tmp_path: Path) -> None:
    book = book_of(tmp_path, "{kind: exclusive, scope: {until: 2025-12-31}}")
    assert rulings(book, LOT, OPENED) == (
        Bar(
            clause="pact/exclusive",
            holder="cloud",
            lifted_by="written waiver",
            since=dt.date(2025, 1, 21),
            until=dt.date(2025, 12, 31),
            sentence="only cloud may supply any capacity to lab",
        ),
    )


@pytest.mark.parametrize(
    ("purposes", "barred"),
    [
        ({"api"}, True),
        ({"api", "training"}, False),
        ({"training"}, False),
        ({"inference"}, False),
    ],
)
def test_exclusive_on_the_api_bars_what_is_for_nothing_else(
    tmp_path: Path, purposes: set[str], barred: bool
) -> None:
    book = book_of(tmp_path, "{id: api, kind: exclusive, scope: {purposes: [api]}}")
    lot = replace(LOT, purposes=frozenset(purposes))
    assert said(book, lot) == (["pact/api"] if barred else [])


# --- when: amendments, later rights, what is known -----------------------------------------------


def test_an_amendment_that_is_known_ends_what_is_said_with_its_eve(tmp_path: Path) -> None:
    ends = "  amendments: [{on: 2025-10-28, signed: 2025-02-01, end: [refusal]}]\n"
    book = book_of(tmp_path, refusal(), more=ends)
    (ask,) = rulings(book, LOT, OPENED)
    assert ask.until == dt.date(2025, 10, 27)
    assert said(book, opened=dt.date(2025, 10, 27)) == ["pact/refusal"]
    assert said(book, opened=dt.date(2025, 10, 28)) == []


def test_an_amendment_of_which_nobody_knows_yet_changes_nothing(tmp_path: Path) -> None:
    ends = "  amendments: [{on: 2025-10-28, end: [refusal]}]\n"
    book = book_of(tmp_path, refusal(), more=ends)
    (ask,) = rulings(book, LOT, OPENED)
    assert ask.until == dt.date(2030, 12, 31)


def test_each_version_of_the_words_speaks_for_its_own_days(tmp_path: Path) -> None:
    longer = (
        "  amendments: [{on: 2025-06-01, signed: 2025-02-01, "
        "change: {refusal: {window: {length: 45 days}}}}]\n"
    )
    book = book_of(tmp_path, refusal(), more=longer)
    found = [one for one in rulings(book, LOT, OPENED) if isinstance(one, Ask)]
    assert [(a.window.length.count, a.since, a.until) for a in found] == [
        (30, dt.date(2025, 1, 21), dt.date(2025, 5, 31)),
        (45, dt.date(2025, 6, 1), dt.date(2030, 12, 31)),
    ]


def test_a_right_that_begins_after_the_opening_is_told_with_its_first_day(tmp_path: Path) -> None:
    adds = "  amendments: [{on: 2025-06-01, signed: 2025-02-01, add: [ADDED]}]\n"
    added = "{id: later, kind: first-refusal, window: {length: 9 days}, at_expiry: lapses}"
    book = book_of(
        tmp_path,
        "{kind: renewal, notice: 30 days, term: 12 months}",
        more=adds.replace("ADDED", added),
    )
    (ask,) = rulings(book, LOT, OPENED)
    assert (ask.clause, ask.since) == ("pact/later", dt.date(2025, 6, 1))


def test_an_offer_s_right_and_one_that_others_agreed_bind_nobody_here(tmp_path: Path) -> None:
    offer = (
        "offers:\n- {id: o, seller: neo, chip: h100, region: us-east, term: 12 months, "
        "max: 9 chips, price: 2 USD per chip-hour, clauses: [CLAUSE]}\n"
    )
    assert said(book_of(tmp_path / "1", refusal(), more=offer.replace("CLAUSE", refusal()))) == [
        "pact/refusal"
    ]
    between = PACT.replace("seller: cloud", "seller: cloud\n  buyer: other")
    assert said(book_of(tmp_path / "2", refusal(), pact=between)) == []


# --- order --------------------------------------------------------------------------------------


def test_they_come_by_kind_then_by_rank_then_by_name(tmp_path: Path) -> None:
    first = "{id: ID, kind: first-offer, rank: RANK, window: {length: 9 days}, at_expiry: lapses}"
    clauses = (
        refusal(", rank: 3"),
        refusal(", rank: 3").replace("id: refusal", "id: a-refusal"),
        refusal(", rank: 1").replace("id: refusal", "id: z-refusal"),
        first.replace("ID", "offer").replace("RANK", "9"),
        "{id: alone, kind: exclusive}",
    )
    book = book_of(tmp_path, *clauses)
    assert said(book) == [
        "pact/alone",
        "pact/offer",
        "pact/z-refusal",
        "pact/a-refusal",
        "pact/refusal",
    ]


def test_kinds_without_a_say_at_the_desk_have_no_such_face() -> None:
    ours = {name: kind for name, kind in kinds().items() if kind.__module__[:8] == "offtake."}
    assert {name for name, kind in ours.items() if issubclass(kind, Rules)} == {
        "exclusive",
        "first-offer",
        "first-refusal",
    }


# --- who may host for the holder ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clauses", "hosts"),
    [
        ((), None),
        (("{kind: subcontract, allowed: false}",), None),
        (("{kind: subcontract, allowed: true}",), ()),
        (("{kind: subcontract, allowed: true, to: [neo, host]}",), ("host", "neo")),
        (
            (
                "{id: a, kind: subcontract, allowed: true}",
                "{id: b, kind: subcontract, allowed: true, to: [neo, host]}",
                "{id: c, kind: subcontract, allowed: true, to: [neo, other]}",
            ),
            ("neo",),
        ),
        (
            (
                "{id: a, kind: subcontract, allowed: true, to: [host]}",
                "{id: b, kind: subcontract, allowed: true, to: [neo]}",
            ),
            None,
        ),
        (
            (
                "{id: a, kind: subcontract, allowed: false}",
                "{id: b, kind: subcontract, allowed: true}",
            ),
            None,
        ),
    ],
)
def test_a_holder_subcontracts_as_all_its_agreements_allow(
    tmp_path: Path, clauses: tuple[str, ...], hosts: tuple[str, ...] | None
) -> None:
    book = book_of(tmp_path, refusal(), *clauses)
    (ask,) = rulings(book, LOT, OPENED)
    assert isinstance(ask, Ask)
    assert ask.hosts == hosts
    assert Ruling(book, LOT, OPENED).hosts("neo") is None


# --- a kind of another package --------------------------------------------------------------------


@pytest.mark.parametrize(("how", "why"), [("raises", "by nothing"), ("nonsense", "neither an Ask")])
def test_what_another_package_s_kind_does_wrong_is_told_as_its_author_s(
    tmp_path: Path, how: str, why: str
) -> None:
    book = book_of(tmp_path, f"{{kind: spoiled, how: {how}}}")
    with pytest.raises(ClauseFailedError, match=r"pact/spoiled failed in .*Spoiled\.rule") as told:
        rulings(book, LOT, OPENED)
    assert why in str(told.value)
