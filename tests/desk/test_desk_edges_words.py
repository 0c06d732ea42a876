"""Small differences that once went unnoticed: one chip, one instant, one word of a sentence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from offtake.desk import sight
from offtake.desk.commands import Declare, Found
from offtake.desk.events import Answered, BidRevised, Signed
from offtake.desk.lot import Lot, Part, Prepaid
from offtake.desk.price import effective, priceable

from .playing import Play, RefusedError
from .saying import BUYER, CHIP, OPENED, REGION, at, claim, day, exclusive, terms
from .staging import NOTICED, bids_open, cleared, noticed

ONE = claim("one", "microsoft", partial=100)
BIDS = {"oracle": {"price": "3.00"}, "google": {"price": "3.10"}}
POWER = (Part("power", Decimal(9), Decimal(5)),)


def told(caught: pytest.ExceptionInfo[RefusedError]) -> tuple[str, str]:
    return caught.value.refusal.code, caught.value.refusal.sentence


def seen(play: Play, party: str = BUYER) -> Any:
    return sight(play.desk, party, play.now)


# --- first offers -----------------------------------------------------------------------------


def test_one_chip_may_be_offered() -> None:
    play = Play().go(OPENED).open(claim("first", "google", first=True, partial=1))
    play.offer("google", 1)
    assert play.last(Answered).chips == 1


def test_a_request_for_offers_is_no_round_to_notice_anew() -> None:
    """Oracle bids, and is asked for an offer itself: its own right does not stand in its way."""
    play = Play().go(OPENED).open(claim("first", "oracle", first=True, tail="5 days"), ONE)
    play.waive("oracle")
    play.bid("oracle")
    play.wait(NOTICED).reask()
    assert (play.round().number, play.round().state) == (2, "asking")
    with play.refused("unknown-round"):
        play.notice("oracle", again=2)


def test_a_right_that_begins_while_others_are_asked_for_offers_was_not_asked() -> None:
    late = claim("late", "nvidia", first=True, rank=0, since=at(NOTICED) + 1)
    play = Play().go(OPENED).open(late, claim("first", "google", first=True, tail="5 days"), ONE)
    play.waive("google")
    play.bid("oracle")
    play.wait(NOTICED).reask()
    play.go(play.now + 1)
    with pytest.raises(RefusedError) as caught:
        play.notice("oracle", chips=1000)
    assert told(caught)[0] == "first-offer-stale"
    assert "nvidia" in told(caught)[1]


def test_who_was_not_reached_is_asked_again_though_a_notice_of_a_bid_runs() -> None:
    words: dict[str, Any] = {"first": True, "partial": 100, "tail": "5 days"}
    first = claim("first", "microsoft", closing="5 days", **words)
    second = claim("second", "nvidia", rank=2, **words)
    play = Play().go(OPENED).open(first, second, claim("long", "google", window="60 days"))
    play.waive("microsoft")
    play.waive("nvidia")
    play.bid("oracle")
    play.go("2025-02-19 09:00").reask()
    play.waive("microsoft")
    play.waive("nvidia")
    play.notice("oracle", chips=600)
    play.go(play.now + 6 * 86_400 * 10**9).reask()
    play.offer("microsoft", 400)
    play.accept("first")
    play.wait((play.taking("first").closing or 0) + 1)
    assert (play.the_tender().unnoticed, play.standing("long").state) == (400, "noticed")
    with play.refused("first-offer-stale"):
        play.notice("oracle", chips=400)


# --- signing ----------------------------------------------------------------------------------


def test_who_signs_with_another_is_told_which_bid_is_the_best() -> None:
    play = bids_open(bids=BIDS)
    best, other = play.bids["oracle"], play.bids["google"]
    with pytest.raises(RefusedError) as caught:
        play.sign("google", 10, unasked=True)
    assert told(caught) == (
        "not-best",
        f"The bid {other} of google is not the best that stands; {best} of oracle is.",
    )
    play.sign("oracle", 1000, agreement="all", unasked=True)
    play.set_aside("google")
    with pytest.raises(RefusedError) as caught:
        play.sign("oracle", 1, unasked=True)
    assert told(caught) == ("nothing-left", "Nothing is left of the lot to deal about.")
    play = cleared(ONE)
    play.sign("oracle", 1000, agreement="all")
    with pytest.raises(RefusedError) as caught:
        play.notice("oracle", chips=1)
    assert told(caught) == ("nothing-left", "Nothing is left of the lot to deal about.")


def test_a_holder_s_own_right_does_not_protect_it_against_itself() -> None:
    play = bids_open(ONE, bids=BIDS | {"microsoft": {"price": "3.20"}})
    play.notice("oracle")
    play.waive("microsoft")
    play.sign("microsoft", 1000, agreement="own")
    assert play.agreement("own").party == "microsoft"


def test_a_taking_is_priced_on_the_lot_as_its_bid_was_noticed() -> None:
    play = noticed(ONE, bid={"warrants": "1000000"})
    play.take("microsoft", 400)
    play.revise("oracle", "3.00", chips=1250, warrants="1000000")
    play.close("one", "ours")
    lot = play.the_tender().lot
    assert play.last(Signed).effective == effective(terms(warrants="1000000"), lot, Decimal(0))


def test_a_package_is_priced_as_the_first_right_that_says_how_has_it() -> None:
    first = claim("first", "google", first=True)
    right = claim("one", "microsoft", package="worth")
    play = Play().go(OPENED).open(first, right)
    play.waive("google")
    play.bid("oracle", package=(Part("power", Decimal(10**8), Decimal(5 * 10**7)),), worth="1E8")
    play.wait(NOTICED).notice("oracle")
    play.waive("microsoft")
    play.sign("oracle", 1000)
    ranked = play.the_tender().ranking[0].effective
    bid = play.the_tender().bids[play.bids["oracle"]]
    lot = play.the_tender().lot
    priced = effective(bid.terms, lot, Decimal(0), bid.package, bid.worth, "worth")
    assert play.last(Signed).effective == ranked == priced
    assert priced != effective(bid.terms, lot, Decimal(0))


# --- bids -------------------------------------------------------------------------------------


def test_a_bid_may_be_worth_and_cost_less_than_one() -> None:
    play = Play().open(claim("one", "microsoft", package="worth"))
    play.bid("oracle", "0.5", package=POWER, worth="0.5")
    play.bid("google", "0")


def test_a_bid_is_its_bidder_s() -> None:
    play = Play().open()
    with pytest.raises(RefusedError) as caught:
        play.bid("oracle", actor="google")
    assert told(caught) == ("not-yours", "A bid is for whoever sells to ask.")


def test_who_leads_for_one_chip_may_revise() -> None:
    play = bids_open(bids={"oracle": {"chips": 999}, "google": {"price": "3.10"}})
    play.sign("oracle", 999, agreement="most", unasked=True)
    assert play.the_tender().unnoticed == 1
    play.revise("google", "3.05")
    assert play.last(BidRevised).bid == play.bids["google"]


def test_what_a_holder_signed_on_a_bid_is_not_its_bidder_s_promise() -> None:
    play = Play(declare=False)
    for party in ("oracle", "microsoft"):
        play.declare(party, 1000)
    play.open(ONE)
    play.bid("oracle", chips=800)
    play.wait(NOTICED).notice("oracle")
    play.take("microsoft", 400)
    play.close("one", "ours")
    with play.refused("beyond-declared"):
        play.revise("oracle", chips=1001)


def test_a_declaration_is_its_party_s_and_names_parties() -> None:
    play = Play(declare=False)
    with pytest.raises(RefusedError) as caught:
        play.do("google", Declare("oracle", CHIP, REGION, 5))
    assert told(caught) == (
        "not-yours",
        "A declaration of capacity is for oracle to ask.",
    )
    with play.refused("unknown-party"):
        play.declare("oracle", 5, upstream="stranger")


# --- exclusives -------------------------------------------------------------------------------


def test_an_exclusive_that_ends_as_the_tender_opens_still_stands_then() -> None:
    bar = exclusive("bar", "nvidia", expires=at(OPENED))
    play = Play().go(OPENED).open(ONE, bars=(bar,))
    assert set(play.the_tender().bars) == {"bar"}
    play = Play().go(at(OPENED) + 1).open(ONE, bars=(bar,))
    assert play.the_tender().bars == {}


def test_an_exclusive_that_is_over_meets_none_that_will_be() -> None:
    bars = (
        exclusive("bar", "nvidia", expires=at(OPENED) - 1),
        exclusive("wall", "google", expires=at("2025-12-31 17:00")),
    )
    assert set(Play().go(OPENED).open(ONE, bars=bars).the_tender().bars) == {"wall"}


# --- prices -----------------------------------------------------------------------------------


def test_what_is_counted_in_months_ends_with_a_century() -> None:
    def fine(**words: Any) -> bool:
        return priceable(terms(prepaid=Prepaid(Decimal("0.5"), **words)))

    assert fine(credit_after=1200)
    assert not fine(credit_after=1201)
    assert fine(credit_over=1200)
    assert not fine(credit_over=1201)
    assert fine(days_before=37_230)
    assert not fine(days_before=37_231)


def test_each_amount_of_a_package_is_a_number() -> None:
    assert priceable(terms(), POWER, Decimal(1))
    for price, worth in (("NaN", "1"), ("1", "NaN")):
        assert not priceable(terms(), (Part("power", Decimal(price), Decimal(worth)),), Decimal(1))


def test_prices_have_twelve_decimals_as_long_as_there_is_room_for_them() -> None:
    def exponent(price: str, throughput: str = "1") -> int | str:
        lot = Lot("gb200", 1, "texas", day("2026-01-01"), 1, throughput=Decimal(throughput))
        said = effective(terms(price, months=1), lot, Decimal(0))
        return said.as_tuple().exponent

    assert exponent("3") == -12
    assert exponent("1E15") == -12
    assert exponent("1E15", "0.1") != -12


# --- what is seen -----------------------------------------------------------------------------


def test_lists_are_in_the_order_of_their_names() -> None:
    names = ["zeta", "eta", "iota", "beta", "theta", "alpha", "omega", "delta"]
    play = Play(*names, declare=False)
    for name in names:
        play.declare(name, 5)
        play.default(name)
        play.assign(f"of-{name}", names[0] if name != names[0] else names[1], actor=name)
    whole = seen(play)
    assert whole["defaults"] == sorted(names)
    assert [one["party"] for one in whole["capacity"]] == sorted(names)
    assert [one["clause"] for one in whole["assigned"]] == sorted(f"of-{name}" for name in names)
    again = Play()
    again.desk, again.journal = type(again.desk)(), []
    again.do(BUYER, Found(parties=("oracle",), auditors=tuple(names)))
    assert seen(again)["auditors"] == sorted(names)


def test_what_is_not_there_yet_is_shown_as_nothing() -> None:
    play = Play().go(OPENED).open(claim("first", "google", first=True))
    assert seen(play)["tenders"][0]["rounds"][0]["effective"] is None
    play = noticed(ONE)
    play.take("microsoft", 400)
    assert seen(play)["tenders"][0]["rounds"][0]["takings"][0]["agreement"] is None


def test_a_bidder_that_was_freed_is_waited_for() -> None:
    play = noticed(ONE, bid={"remainder_min": 700})
    play.take("microsoft", 400)
    assert [one["what"] for one in seen(play)["tenders"][0]["next"]] == ["close", "stand by"]
    play.stand_by("oracle")
    assert [one["what"] for one in seen(play)["tenders"][0]["next"]] == ["close", "sign"]


def test_notices_of_one_instant_are_told_by_tender_and_by_clause() -> None:
    soon, late = claim("z", "microsoft"), claim("a", "microsoft", rank=2)
    play = bids_open(soon, late)
    play.notice("oracle")
    play.waive("microsoft", clause="z")
    told_of = [one["clause"] for one in seen(play, "microsoft")["own"]["notices"]]
    assert told_of == ["a", "z"]
    play = Play().go(OPENED)
    for name in ("b", "a"):
        play.open(claim("first", "microsoft", first=True), tender=name)
    told_of = [one["tender"] for one in seen(play, "microsoft")["own"]["notices"]]
    assert told_of == ["a", "b"]


def test_bars_of_one_tender_are_told_by_clause() -> None:
    bars = (exclusive("wall", "nvidia"), exclusive("bar", "nvidia"))
    play = Play().go(OPENED).open(ONE, bars=bars)
    assert [bar["clause"] for bar in seen(play, "nvidia")["own"]["bars"]] == ["bar", "wall"]


def test_what_one_took_is_no_notice_to_others() -> None:
    play = noticed(ONE)
    play.take("microsoft", 400)
    assert seen(play, "google")["own"]["notices"] == []


def test_a_right_that_would_lapse_but_has_no_end_keeps_its_tail() -> None:
    play = noticed(claim("one", "microsoft", survives=False))
    play.waive("microsoft")
    assert seen(play, "microsoft")["own"]["notices"][0]["tail"]["runs"] is True
