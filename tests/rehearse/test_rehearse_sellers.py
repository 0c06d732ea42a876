"""Sellers bid as their offers say; tenders share one desk, and what a seller has to promise."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import offtake
from offtake.desk.events import BidReceived, Refused, Signed

from .stages import HEAD, OFFERS, RIVAL, came_out, rehearsed, right, second, what, write


def test_a_bid_is_what_the_offer_says(tmp_path: Path) -> None:
    text = HEAD.replace("base: 1000", "base: 500") + OFFERS.replace(
        "lead: 30 days}", "lead: 30 days, block: 100 chips, remainder_min: 200 chips, via: other}"
    )
    found = rehearsed(tmp_path, text)
    (bid,) = [event.bid for event in found.events if isinstance(event, BidReceived)]
    assert (bid.bidder, bid.chips, bid.block, bid.remainder_min) == ("neo", 500, 100, 200)
    assert (bid.via, str(bid.terms.price), bid.terms.months) == (("other",), "2", 6)


def test_a_rehearsal_leaves_out_that_bids_are_pledged(tmp_path: Path) -> None:
    pledged = HEAD.replace("{bidding: 10 days,", "{bidding: 10 days, reveal: 2 days,")
    assert pledged != HEAD
    found = rehearsed(tmp_path, pledged + OFFERS)
    assert came_out(found) == [("neo", 1000)]
    assert any(isinstance(event, BidReceived) for event in found.events)


def test_a_price_on_a_curve_is_that_of_the_start(tmp_path: Path) -> None:
    curve = (
        "curves:\n- id: list\n  prices: {2026-01-01: 3 USD per chip-hour}\n"
        "  forecast: {falls: 50% per year}\n"
    )
    text = HEAD + OFFERS.replace("price: 2 USD per chip-hour", "curve: list") + curve
    found = rehearsed(tmp_path, text)
    (bid,) = [event.bid for event in found.events if isinstance(event, BidReceived)]
    planned = found.before.purchases["price"][0]
    assert abs(float(bid.terms.price) - planned) < 1e-9
    assert planned < 3


def test_a_remainder_smaller_than_a_seller_sells_goes_to_the_next_bid(tmp_path: Path) -> None:
    """Each holder alone would leave enough, so the plan buys; both together do not."""
    offers = OFFERS.replace("lead: 30 days}", "lead: 30 days, remainder_min: 300 chips}")
    half = {"expected": "{take: 50%, weight: 100%}", "partial": "any", "closing": "5 days"}
    rights = right(**half) + second(**half)
    alone = rehearsed(tmp_path / "a", HEAD + offers + rights)
    assert came_out(alone) == [("cloud", 500), ("edge", 250), (None, -250)]
    assert "neo sells no remainder of 250 chips" in alone.outcome["why"][2]
    quick = RIVAL.replace("lead: 30 days", "lead: 1 days")
    both = rehearsed(tmp_path / "b", HEAD + offers + quick + rights)
    # What other bids is another deal than was noticed: both holders are asked again.
    assert came_out(both)[2:] == [("cloud", 125), ("edge", 62), ("other", 63)]
    assert "neo could not sell all of it" in both.outcome["why"][4]


def test_a_cheaper_offer_that_came_too_late_for_the_plan_wins_where_it_can_still_start(
    tmp_path: Path,
) -> None:
    """The plan buys of two; the cheaper one bids for what the dearer one was to sell."""
    text = HEAD.replace("base: 1000", "base: 1500") + OFFERS + RIVAL
    found = rehearsed(tmp_path, text)
    planned = dict(found.before.purchases.select("offer", "chips").iter_rows())
    assert planned == {"neo-6": 1000.0, "other-6": 500.0}
    assert found.by_month["planned"].sum() == 1500
    assert sum(chips for _, chips in came_out(found) if chips > 0) == 1500
    sold = [(e.party, e.chips) for e in found.events if isinstance(e, Signed)]
    assert sum(chips for party, chips in sold if party == "neo") <= 1000


def test_an_offer_for_another_term_is_no_bid_for_the_lot(tmp_path: Path) -> None:
    longer = RIVAL.replace("term: 6 months", "term: 12 months").replace("2.50", "1.95")
    offers = OFFERS.replace("max: 1000", "max: 400") + longer.replace("max: 1000", "max: 600")
    found = rehearsed(tmp_path, HEAD + offers)
    bids = [(e.tender, e.bid.bidder) for e in found.events if isinstance(e, BidReceived)]
    assert {(tender.partition("/")[0], who) for tender, who in bids} == {
        ("neo-6", "neo"),
        ("other-6", "other"),
    }


def test_a_seller_that_comes_back_is_refused_and_sent_to_notice(tmp_path: Path) -> None:
    later = (
        "lead: 30 days, later: {after: 10 days, price: 2.20 USD per chip-hour, more: 100 chips}}"
    )
    offers = OFFERS.replace("lead: 30 days}", later)
    found = rehearsed(tmp_path, HEAD + offers + right("{weight: 100%}"))
    (refused,) = [event for event in found.events if isinstance(event, Refused)]
    assert refused.code == "not-asked"
    names = what(found)
    assert names.index("bid revised") < names.index("refused")
    assert names.count("notice served") == 2
    assert came_out(found) == [("neo", 1000), ("neo", 100)]
    assert found.outcome["price"].to_list() == [2.0, 2.2]
    assert found.by_month.to_dicts()[0]["more"] == 100


def test_more_is_a_deal_of_its_own_where_nobody_must_be_asked(tmp_path: Path) -> None:
    later = "lead: 30 days, later: {after: 5 days, more: 50 chips}}"
    found = rehearsed(tmp_path, HEAD + OFFERS.replace("lead: 30 days}", later))
    assert came_out(found) == [("neo", 1000)]
    assert "bid revised" not in what(found)
    assert found.notes[0] == (
        "what neo-6 says of later was not played: "
        "where nobody must be asked, more is a deal of its own"
    )


def test_a_dearer_price_is_asked_in_later_tenders_of_the_offer(tmp_path: Path) -> None:
    head = HEAD.replace("length: 6 months", "length: 12 months")
    later = "lead: 30 days, later: {after: 30 days, price: 2.60 USD per chip-hour}}"
    found = rehearsed(tmp_path, head + OFFERS.replace("lead: 30 days}", later))
    assert found.outcome["price"].to_list() == [2.0, 2.6]
    assert found.outcome["start"].n_unique() == 2


def test_a_first_offer_within_the_price_of_the_plan_is_accepted(tmp_path: Path) -> None:
    words = right("{answer: offer, price: 1.90 USD per chip-hour, weight: 100%}")
    first = words.replace("kind: first-refusal", "kind: first-offer")
    found = rehearsed(tmp_path, HEAD + OFFERS + first)
    assert came_out(found) == [("cloud", 1000)]
    assert found.outcome["price"].to_list() == [1.9]
    assert "cloud offered 1,000 chips first" in found.outcome["why"][0]


def test_a_first_offer_above_it_is_declined_and_the_bids_below_it_are_free(tmp_path: Path) -> None:
    words = right("{answer: offer, price: 2.10 USD per chip-hour, weight: 100%}")
    first = words.replace("kind: first-refusal", "kind: first-offer")
    found = rehearsed(tmp_path, HEAD + OFFERS + first)
    assert came_out(found) == [("neo", 1000)]
    assert "cloud made an offer that was declined" in found.outcome["why"][0]


def test_nobody_is_approached_before_an_exclusive_right_ends(tmp_path: Path) -> None:
    alone = (
        "agreements:\n- id: cloud-2025\n  seller: cloud\n  from: 2025-01-01\n"
        "  until: 2026-04-20\n  clauses: [{id: alone, kind: exclusive}]\n"
    )
    found = rehearsed(tmp_path, HEAD + OFFERS + alone)
    names = what(found)
    assert names.index("bar lifted") < names.index("bidding started")
    assert came_out(found) == [("neo", 1000)]


def test_an_exclusive_holder_that_waives_lets_others_in_sooner(tmp_path: Path) -> None:
    alone = (
        "agreements:\n- id: cloud-2025\n  seller: cloud\n  from: 2025-01-01\n"
        "  until: 2026-04-20\n  clauses:\n"
        "  - {id: alone, kind: exclusive, expected: [{answer: waive, weight: 100%}]}\n"
    )
    found = rehearsed(tmp_path, HEAD + OFFERS + alone)
    (row,) = [row for row in found.timeline.to_dicts() if row["what"] == "bar lifted"]
    assert row["who"] == "cloud"


def test_what_was_signed_after_the_plan_is_not_known_in_the_rehearsal(tmp_path: Path) -> None:
    text = HEAD + OFFERS + right("{take: 100%, weight: 100%}")
    ended = text + "  amendments:\n  - {on: 2026-02-01, signed: 2026-02-01, end: [first]}\n"
    opened = offtake.load(write(tmp_path, ended))
    assert opened.check() == ()
    assert came_out(rehearsed(tmp_path, ended)) == [("cloud", 1000)]


def failing(tail: str) -> str:
    """The edge waives a first offer, then the cloud takes and misses its closing."""
    first = second("{answer: waive, weight: 100%}").replace("first-refusal", "first-offer")
    first = first.replace("tail: {length: 60 days}", f"tail: {{length: {tail}}}")
    fails = right("{take: 100%, weight: 100%, fails: true}", closing="20 days")
    return HEAD + OFFERS.replace("lead: 30 days", "lead: 0 days") + fails + first


def test_a_first_offer_whose_tail_has_passed_is_asked_again(tmp_path: Path) -> None:
    found = rehearsed(tmp_path, failing("42 days"))
    assert [(r["holder"], r["how"]) for r in found.shares.to_dicts()] == [
        ("edge", "waived"),
        ("cloud", "failed: closing missed"),
        ("edge", "waived"),
    ]
    assert came_out(found) == [("neo", 1000)]


def test_the_buyer_signs_sooner_where_the_tail_of_a_first_offer_asks_for_it(
    tmp_path: Path,
) -> None:
    found = rehearsed(tmp_path, failing("45 days"))
    assert found.shares["holder"].to_list() == ["edge", "cloud"]
    assert came_out(found) == [("neo", 1000)]
    waived = found.shares["on"][0]
    assert found.outcome["signed"][0] == waived + dt.timedelta(days=45)


def test_a_small_rival_that_is_cheaper_does_not_break_up_a_lot(tmp_path: Path) -> None:
    """The plan's seller sells all of it or none; the rival serves a tenth of it."""
    whole = OFFERS.replace("lead: 30 days}", "lead: 30 days, block: 1000 chips, min: 1000 chips}")
    small = RIVAL.replace("2.50", "1.90").replace("max: 1000", "max: 100")
    found = rehearsed(tmp_path, HEAD + whole + small.replace("lead", "min: 100 chips, lead"))
    assert came_out(found) == [("neo", 1000)]


def test_a_small_rival_that_is_dearer_serves_what_is_left(tmp_path: Path) -> None:
    offers = OFFERS.replace("lead: 30 days}", "lead: 30 days, remainder_min: 300 chips}")
    small = RIVAL.replace("max: 1000", "max: 400").replace("lead: 30 days", "lead: 1 days")
    half = {"expected": "{take: 50%, weight: 100%}", "partial": "any", "closing": "5 days"}
    found = rehearsed(tmp_path, HEAD + offers + small + right(**half) + second(**half))
    # Other's bid is another deal than was noticed: both holders are asked again about the rest.
    assert came_out(found)[2:] == [("cloud", 125), ("edge", 62), ("other", 63)]


def test_several_sellers_are_signed_with_on_one_day(tmp_path: Path) -> None:
    """What is left after a signature does not wait for another time for signing."""
    text = HEAD.replace("base: 1000", "base: 1500") + OFFERS + RIVAL
    found = rehearsed(tmp_path, text)
    assert found.outcome["signed"].n_unique() == 1
    assert found.by_month["missing"].sum() == 0


def test_what_the_plan_buys_of_an_offer_is_not_bid_for_another_lot(tmp_path: Path) -> None:
    offers = OFFERS.replace("max: 1000", "max: 100") + RIVAL.replace("max: 1000", "max: 900")
    dear = RIVAL.replace("other", "cloud").replace("2.50", "2.70").replace("max: 1000", "max: 90")
    text = HEAD.replace("base: 1000", "base: 1050") + offers + dear
    found = rehearsed(tmp_path, text)
    assert sorted(came_out(found)) == [("cloud", 50), ("neo", 100), ("other", 900)]
    bids = {(e.tender, e.bid.bidder) for e in found.events if isinstance(e, BidReceived)}
    assert {who for tender, who in bids if tender.startswith("cloud")} == {"cloud"}


def test_a_right_that_begins_during_the_tender_is_asked_about_when_the_desk_says_so(
    tmp_path: Path,
) -> None:
    begins = right("{take: 40%, weight: 100%}", partial="any", closing="5 days").replace(
        "  from: 2025-01-01\n", "  signed: 2025-01-01\n  from: 2026-04-05\n"
    )
    found = rehearsed(tmp_path, HEAD + OFFERS + begins)
    (refused,) = [event for event in found.events if isinstance(event, Refused)]
    assert refused.code == "not-asked"
    names = what(found)
    assert names.index("refused") < names.index("notice served")
    assert came_out(found) == [("cloud", 400), ("neo", 600)]


def test_a_price_of_nothing_is_a_price(tmp_path: Path) -> None:
    later = "lead: 30 days, later: {after: 10 days, price: 0 USD per chip-hour, more: 100 chips}}"
    offers = OFFERS.replace("lead: 30 days}", later)
    found = rehearsed(tmp_path, HEAD + offers + right("{weight: 100%}"))
    assert found.outcome["price"].to_list() == [2.0, 0.0]
