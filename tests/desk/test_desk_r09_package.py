"""R9: the burdened part of a package is priced as the clause says, or not noticed at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from offtake.desk.events import BidsOpened, NoticeServed
from offtake.desk.lot import Part

from .saying import claim
from .staging import bids_open, noticed

MONTHS = 48
HOURS = Decimal(35_064)  # of 2026 to 2029, of which one is a leap year
VALUE = Decimal("3.00") * 1000 * HOURS
"""What the lot costs in the terms, undiscounted."""

# Warrants bought at 10 million under their worth.
PACKAGE = (Part("warrants", Decimal(10_000_000), Decimal(20_000_000)),)


def test_a_package_may_not_be_noticed_where_the_clause_does_not_price_it() -> None:
    play = bids_open(
        claim("azure", "microsoft"), bids={"oracle": {"package": PACKAGE, "worth": "100000000"}}
    )
    with play.refused("package-unpriced"):
        play.notice("oracle")
    assert not play.the_tender().rounds


def test_a_package_with_one_right_that_prices_it_and_one_that_does_not_is_refused() -> None:
    play = bids_open(
        claim("azure", "microsoft", package="stated"),
        claim("gcp", "google", rank=2),
        bids={"oracle": {"package": PACKAGE, "worth": "100000000"}},
    )
    with play.refused("package-unpriced"):
        play.notice("oracle")


def test_a_package_stated_in_parts_is_noticed_at_the_stated_price() -> None:
    play = noticed(
        claim("azure", "microsoft", package="stated"),
        bid={"package": PACKAGE, "worth": "100000000"},
    )
    assert play.last(NoticeServed).effective == Decimal("3.00")


def test_a_package_by_worth_is_noticed_at_the_share_that_the_lot_is_worth() -> None:
    play = noticed(
        claim("azure", "microsoft", package="worth"),
        bid={"package": PACKAGE, "worth": "80000000"},
    )
    # Four fifths of the worth are the lot's: it bears four fifths of all that is paid.
    told = (VALUE + 10_000_000) * Decimal("0.8") / (1000 * HOURS)
    assert play.last(NoticeServed).effective == told.quantize(Decimal("1E-12"))


def test_a_bid_that_comes_alone_needs_no_method() -> None:
    play = noticed(claim("azure", "microsoft"))
    assert play.last(NoticeServed).effective == Decimal("3.00")


def test_a_package_is_no_way_into_anothers_tail() -> None:
    bids: dict[str, dict[str, Any]] = {
        "oracle": {},
        "coreweave": {"price": "3.000001", "package": PACKAGE, "worth": "80000000"},
    }
    play = bids_open(claim("azure", "microsoft", anyone=True), bids=bids)
    play.notice("oracle")
    play.waive("microsoft")
    with play.refused("package-unpriced"):
        play.sign("coreweave", 1000)
    play.sign("oracle", 1000)


def test_packages_are_ranked_by_the_method_of_the_first_right_that_has_one() -> None:
    bids: dict[str, dict[str, Any]] = {
        "oracle": {"price": "3.00", "package": PACKAGE, "worth": "80000000"},
        "coreweave": {"price": "2.80"},
    }
    play = bids_open(claim("azure", "microsoft", package="worth"), bids=bids)
    assert [p.bidder for p in play.last(BidsOpened).ranking] == ["oracle", "coreweave"]
    play = bids_open(claim("azure", "microsoft", package="stated"), bids=bids)
    assert [p.bidder for p in play.last(BidsOpened).ranking] == ["coreweave", "oracle"]
