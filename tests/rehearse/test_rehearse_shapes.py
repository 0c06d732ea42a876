"""An offer's clauses shape the terms of its bids, and bids are compared by what they then cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import ClassVar, Literal

import pytest

import offtake
from offtake.book.faults import ClauseFailedError
from offtake.book.fields import Portion
from offtake.book.force import Book
from offtake.book.records import Offer
from offtake.clauses import registry
from offtake.clauses.base import Clause, Rebate, Shape, price_on, served
from offtake.desk.events import BidReceived, BidRevised, BidsOpened, Signed
from offtake.desk.lot import Lot, Prepaid, Terms
from offtake.desk.price import effective
from offtake.desk.say import say
from offtake.rehearse import Rehearsal
from offtake.signed.shaped import cost, shaped

from .stages import HEAD, OFFERS, RIVAL, came_out, rehearsed, right, write

D = Decimal
DEAR = HEAD.replace("  periods:", "  discount: 12% per year\n  periods:")
AHEAD = "{kind: prepayment, share: 40%, due: at signing, credit_after: 3 months}"
START = dt.date(2026, 6, 1)
SIGNED = dt.date(2026, 5, 2)


def of_neo(clauses: str, price: str = "2") -> str:
    """Neo's offer with clauses of its own."""
    offer = OFFERS.replace("price: 2 ", f"price: {price} ")
    return offer.replace("lead: 30 days}", f"lead: 30 days,\n   clauses: [{clauses}]}}")


def bids(found: Rehearsal) -> dict[str, Terms]:
    received = [e.bid for e in found.events if isinstance(e, BidReceived)]
    return {bid.bidder: bid.terms for bid in received}


def offer_of(folder: Path, text: str) -> tuple[Book, Offer]:
    book = offtake.load(write(folder, text)).book
    return book, book.offers["neo-6"]


# --- in a rehearsal ---------------------------------------------------------------------------


def test_a_lower_price_with_a_heavy_prepayment_loses_to_a_plain_one(tmp_path: Path) -> None:
    plain = RIVAL.replace("2.50", "2.00")
    found = rehearsed(tmp_path, DEAR + of_neo(AHEAD, "1.98") + plain)
    terms = bids(found)
    assert terms["neo"].price < terms["other"].price
    assert terms["neo"].prepaid == Prepaid(D("0.4"), days_before=30, credit_after=3, credit_over=3)
    assert terms["other"].prepaid is None
    (opened,) = [e for e in found.events if isinstance(e, BidsOpened)]
    first, second = opened.ranking
    assert (first.bidder, second.bidder) == ("other", "neo")
    assert first.effective == 2 < second.effective
    assert came_out(found) == [("other", 1000)]


def test_where_time_costs_nothing_the_lower_price_wins(tmp_path: Path) -> None:
    plain = RIVAL.replace("2.50", "2.00")
    found = rehearsed(tmp_path, HEAD + of_neo(AHEAD, "1.98") + plain)
    assert bids(found)["neo"].prepaid is not None
    assert came_out(found) == [("neo", 1000)]


def test_the_bid_of_a_seller_is_its_offer_that_costs_the_least(tmp_path: Path) -> None:
    """Not the one with the lowest price: that one rises by a half after three months."""
    rises = "clauses: [{kind: escalator, rises: 125% per year, every: 3 months}]"
    low = RIVAL.replace("other-6", "other-low").replace("2.50", "2.05")
    low = low.replace("lead: 30 days}", f"lead: 30 days,\n   {rises}}}")
    found = rehearsed(tmp_path, HEAD + OFFERS + low + RIVAL.replace("2.50", "2.10"))
    assert bids(found)["other"] == Terms(D("2.10"), START, 6)


def test_the_clauses_go_along_and_the_price_is_that_of_the_offer(tmp_path: Path) -> None:
    """What shapes a bid stands once in the agreement: in its clauses."""
    moves = "{kind: escalator, rises: 21% per year, every: 3 months, from: 2026-03-01}"
    found = rehearsed(tmp_path, HEAD + of_neo(f"{moves}, {AHEAD}"), replan=True)
    assert isinstance(found.after, offtake.Plan)
    (agreement,) = found.after.book.agreements.values()
    assert agreement.price is not None
    assert agreement.price.amount == 2
    assert [clause.kind for clause in agreement.clauses] == ["escalator", "prepayment"]
    # The first step was taken when service begins; the bid states the price that then stands.
    assert bids(found)["neo"].price == (2 * D("1.21") ** D("0.25")).quantize(D("1e-9"))


def test_a_holder_that_offered_first_signs_on_its_own_terms(tmp_path: Path) -> None:
    """It costs less than the planned offer, prepaid, though its price is higher."""
    words = right("{answer: offer, price: 2.02 USD per chip-hour, weight: 100%}")
    first = words.replace("kind: first-refusal", "kind: first-offer")
    found = rehearsed(tmp_path, DEAR + of_neo(AHEAD) + first, replan=True)
    assert came_out(found) == [("cloud", 1000)]
    (signed,) = [event for event in found.events if isinstance(event, Signed)]
    assert signed.terms == Terms(D("2.02"), START, 6)
    assert isinstance(found.after, offtake.Plan)
    made = found.after.book.agreements[signed.agreement]
    assert made.clauses == ()
    assert str(made.price) == "2.02 USD per chip-hour"


def test_a_holder_that_takes_prepays_as_was_noticed(tmp_path: Path) -> None:
    found = rehearsed(tmp_path, DEAR + of_neo(AHEAD) + right("{take: 100%, weight: 100%}"))
    (signed,) = [event for event in found.events if isinstance(event, Signed)]
    assert (signed.party, signed.terms) == ("cloud", bids(found)["neo"])


def test_a_part_that_a_holder_takes_costs_what_the_whole_does(tmp_path: Path) -> None:
    """Rebates are amounts for the whole lot."""
    moves = "{kind: escalator, rises: 21% per year, every: 3 months}"
    part = right("{take: 20%, weight: 100%}", partial="any")
    found = rehearsed(tmp_path, HEAD + of_neo(moves) + part)
    assert came_out(found) == [("cloud", 200), ("neo", 800)]
    first, second = found.outcome["effective"]
    assert first == second
    # Three months of 92 days at 2, three of 91 at 2 x 1.21^¼.
    assert first == pytest.approx(2 * (92 + 91 * 1.21**0.25) / 183, abs=1e-6)


def test_what_is_asked_for_later_is_shaped_anew(tmp_path: Path) -> None:
    """Another start, a dearer price, and rebates of as many chips as are then bid."""
    moves = "{kind: escalator, rises: 21% per year, every: 3 months}"
    later = "later: {after: 10 days, price: 2.20 USD per chip-hour, more: 100 chips}"
    offers = of_neo(moves).replace("lead: 30 days,", f"lead: 30 days, {later},")
    found = rehearsed(tmp_path, HEAD + offers + right("{weight: 100%}"))
    (revised,) = [event for event in found.events if isinstance(event, BidRevised)]
    terms, hours = revised.terms, 24 * 30
    assert (terms.price, revised.chips) == (D("2.20"), 1100)
    assert [flow.month for flow in terms.rebates] == [4, 5, 6]
    assert terms.start == dt.date(2026, 8, 1)  # the fourth month is November
    on_top = 1100 * D("2.20") * hours * (D("1.21") ** D("0.25") - 1)
    assert float(terms.rebates[0].amount) == pytest.approx(-float(on_top), abs=0.02)
    assert f"a payment on top of {-terms.rebates[0].amount} after 4 months" in say(revised)


# --- the arithmetic ---------------------------------------------------------------------------

CONTRACTS = [
    "{kind: escalator, rises: 3% per year}",
    "{kind: escalator, falls: 20% per year, every: 1 months}",
    "{kind: escalator, rises: 8% per year, every: 6 months, from: 2025-09-01}",
    "{kind: escalator, rises: 20% per year, cap: 125%}",
]


@pytest.mark.parametrize("months", [6, 12, 18, 36])
@pytest.mark.parametrize("words", CONTRACTS)
def test_a_bid_costs_what_the_contract_does(tmp_path: Path, words: str, months: int) -> None:
    """Month by month, with the price that the clause makes of each day."""
    book, offer = offer_of(tmp_path, DEAR + of_neo(words))
    lot = Lot("h100", 1000, "uk", START, months)
    first = price_on(book, "neo-6", START, START)
    assert first is not None
    paid = hours = 0.0
    for begin, end in served(START, months):
        days = [begin + dt.timedelta(n) for n in range((end - begin).days + 1)]
        prices = [price_on(book, "neo-6", day, START) for day in days]
        factor = 1.12 ** (-((end - START).days + 1) / 365)
        paid += factor * 24 * sum(float(p.amount) for p in prices if p is not None)
        hours += factor * 24 * len(days)
    found = cost(book, offer, lot, first.amount, SIGNED)
    assert found is not None
    assert float(found) == pytest.approx(paid / hours, rel=2e-6)


def test_two_escalators_act_one_on_another_and_two_prepayments_are_one(tmp_path: Path) -> None:
    words = (
        "{id: a, kind: escalator, rises: 3% per year}, {id: b, kind: escalator, rises: 2% per year}"
        ", {id: c, kind: prepayment, share: 10%, due: 30 days before start}"
        ", {id: d, kind: prepayment, share: 30%, due: 10 days after start, credit_after: 4 months}"
    )
    book, offer = offer_of(tmp_path, HEAD + of_neo(words))
    terms = shaped(book, offer, Terms(D(2), START, 36), 1000, SIGNED)
    assert terms.escalator == D("0.0506")
    assert terms.prepaid is not None
    # (0.1 x 30 - 0.3 x 10) / 0.4 days, (0.1 x 0 + 0.3 x 4) / 0.4 months.
    assert (terms.prepaid.share, terms.prepaid.days_before) == (D("0.4"), 0)
    assert terms.prepaid.credit_after == 3


def test_what_is_due_after_the_start_counts_as_due_at_the_start(tmp_path: Path) -> None:
    words = "{kind: prepayment, share: 20%, due: 10 days after start}"
    book, offer = offer_of(tmp_path, HEAD + of_neo(words))
    terms = shaped(book, offer, Terms(D(2), START, 6), 1000, SIGNED)
    assert terms.prepaid == Prepaid(D("0.2"), days_before=0, credit_after=0, credit_over=2)


def test_a_price_without_terms_costs_nothing_that_can_be_compared(tmp_path: Path) -> None:
    book, offer = offer_of(tmp_path, HEAD + OFFERS)
    lot = Lot("h100", 1000, "uk", START, 6)
    assert cost(book, offer, lot, None, SIGNED) is None
    assert cost(book, offer, lot, D("1e16"), SIGNED) is None
    assert cost(book, offer, lot, D(2), SIGNED) == 2


# --- kinds of others --------------------------------------------------------------------------


class FreeMonth(Clause):
    """A part of one month of service is free."""

    kind: Literal["free-month"] = "free-month"
    share: Portion
    month: str = "1"

    summary: ClassVar[str] = "a month of service is free in part"

    def shape(self, start: dt.date, months: int, signed: dt.date, book: Book) -> Iterator[Shape]:
        yield Rebate(int(self.month), self.share.value)


@pytest.fixture
def theirs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The kind is installed beside the others."""
    own = tuple(entry_points(group=registry.GROUP))
    entry = EntryPoint("free-month", f"{__name__}:FreeMonth", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [*own, entry])
    registry.kinds.cache_clear()
    yield
    monkeypatch.undo()
    registry.kinds.cache_clear()


@pytest.mark.usefixtures("theirs")
def test_a_kind_of_another_package_shapes_the_bids_of_its_offers(tmp_path: Path) -> None:
    rival = RIVAL.replace("2.50", "1.90")
    free = of_neo("{kind: free-month, share: 100%}")
    found = rehearsed(tmp_path, HEAD + free + rival)
    terms = bids(found)["neo"]
    assert [(flow.month, flow.amount) for flow in terms.rebates] == [(1, D(1000 * 2 * 720))]
    # Five of six months are paid: less than 1.90 for six.
    assert effective(terms, Lot("h100", 1000, "uk", START, 6), D(0)) < D("1.90")
    assert came_out(found) == [("neo", 1000)]


@pytest.mark.usefixtures("theirs")
def test_a_month_that_is_not_there_is_told_to_the_author(tmp_path: Path) -> None:
    text = HEAD + of_neo("{kind: free-month, share: 100%, month: 7}")
    with pytest.raises(ClauseFailedError, match=r"FreeMonth\.shape.*no month 7 among 6"):
        rehearsed(tmp_path, text)
