"""Notices, bids and signatures at their edges: what is refused first, and what a refusal names."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from offtake.desk.clocks import close_by, deliver_by, sign_by
from offtake.desk.events import BidRevised, NoticeServed, Signed
from offtake.desk.lot import Flow, Lot, Part, Prepaid
from offtake.desk.price import effective, priceable

from .playing import Play, RefusedError
from .saying import OPENED, at, california, claim, day, spell, terms
from .staging import NOTICED, bids_open, cleared, noticed

ONE = claim("one", "microsoft", partial=100)
TWO = claim("two", "nvidia", partial=100)
FIRST = claim("first", "microsoft", first=True, partial=100)
BIDS = {"oracle": {"price": "3.00"}, "google": {"price": "3.10"}}


def told(caught: pytest.ExceptionInfo[RefusedError]) -> tuple[str, str]:
    return caught.value.refusal.code, caught.value.refusal.sentence


# --- notices ----------------------------------------------------------------------------------


def test_a_notice_of_no_chips_is_none() -> None:
    play = bids_open(ONE)
    for chips in (0, -1):
        with play.refused("chips-none"):
            play.notice("oracle", chips=chips)


def test_more_chips_of_a_bid_that_was_signed_unasked_may_be_noticed() -> None:
    """The right begins after the lot was signed, and the bid was in no round."""
    play = bids_open(claim("one", "microsoft", since=at("2025-03-10 09:00")), bids=BIDS)
    play.sign("oracle", 1000, agreement="sold", unasked=True)
    play.go("2025-03-10 09:00").revise("oracle", "3.00", chips=1200)
    with play.refused("unknown-round"):
        play.notice("google", more=True, chips=200)
    play.notice("oracle", more=True, chips=200)
    assert (play.last(NoticeServed).kind, play.round().remaining) == ("more chips", 200)


def test_the_last_chip_of_the_best_bid_comes_before_the_next_bid() -> None:
    play = bids_open(bids={"oracle": {"chips": 600}, "google": {"price": "3.10"}})
    play.sign("oracle", 599, agreement="most", unasked=True)
    with pytest.raises(RefusedError) as caught:
        play.sign("google", 1, unasked=True)
    assert told(caught)[0] == "not-best"
    play.sign("oracle", 1, agreement="last", unasked=True)
    play.sign("google", 1, unasked=True)


def test_whoever_was_not_reached_when_a_first_offer_took_all_is_to_be_asked_again() -> None:
    second = claim("second", "nvidia", first=True, rank=2, partial=100)
    first = claim("first", "microsoft", first=True, partial=100, tail="5 days", closing="5 days")
    play = Play().go(OPENED).open(first, second)
    play.waive("microsoft")
    play.waive("nvidia")
    play.bid("oracle")
    play.wait("2025-03-24 09:00").reask()
    play.offer("microsoft", 1000)
    play.accept("first")
    assert (play.round().state, play.standing("second").state) == ("done", "idle")
    play.wait((play.taking("first").closing or 0) + 1)
    assert play.the_tender().unnoticed == 1000
    with play.refused("first-offer-stale"):
        play.sign("oracle", 1000, unasked=True)


def test_a_price_above_the_ceiling_is_told_with_the_ceiling() -> None:
    play = Play().go(OPENED).open(claim("first", "microsoft", first=True, ceiling="1.05"))
    play.offer("microsoft", terms=terms("3.00"))
    play.decline("first")
    play.bid("oracle", "4.00")
    play.wait(NOTICED)
    with pytest.raises(RefusedError) as caught:
        play.sign("oracle", 1000, unasked=True)
    assert told(caught)[0] == "above-ceiling"
    prices = [word for word in told(caught)[1].split() if word[0].isdigit()]
    assert [Decimal(word.strip(",")) for word in prices] == [Decimal("4"), Decimal("3.15")]


# --- signing ----------------------------------------------------------------------------------


def test_those_who_may_still_answer_are_named_with_the_last_of_their_deadlines() -> None:
    play = noticed(ONE, claim("two", "nvidia", window="12 days", partial=100))
    with pytest.raises(RefusedError) as caught:
        play.sign("oracle", 1000)
    assert told(caught) == (
        "still-asking",
        "microsoft and nvidia may still answer, until 2025-03-18T00:00:00Z; signing with others "
        "now would break one, two.",
    )
    play.waive("nvidia")
    with pytest.raises(RefusedError) as caught:
        play.sign("oracle", 1000)
    assert told(caught)[1] == (
        "microsoft may still answer, until 2025-03-14T00:00:00Z; signing with others now would "
        "break one."
    )


def test_another_counterparty_is_refused_as_such_though_it_has_too_few_chips() -> None:
    play = bids_open(ONE, bids={"oracle": {}, "google": {"price": "3.10", "chips": 500}})
    play.notice("oracle")
    play.waive("microsoft")
    with play.refused("other-counterparty"):
        play.sign("google", 600)


def test_a_signature_states_the_price_of_the_bid_as_it_was_bid() -> None:
    words = {"warrants": "1000000", "package": (Part("power", Decimal(9), Decimal(5)),)}
    right = claim("one", "microsoft", partial=100, package="worth")
    play = cleared(right, bid={**words, "worth": "1000000000"}, rate="0.1")
    ranked = play.the_tender().ranking[0].effective
    play.sign("oracle", 400, agreement="part")
    assert play.last(Signed).effective == ranked
    play.sign("oracle", 600, agreement="rest")
    assert play.last(Signed).effective == ranked


def test_a_taking_is_signed_at_the_price_of_the_terms_as_noticed() -> None:
    words = {"warrants": "1000000", "package": (Part("power", Decimal(9), Decimal(5)),)}
    right = claim("one", "microsoft", partial=100, package="worth")
    play = noticed(right, bid={**words, "worth": "1000000000"}, rate="0.1")
    play.take("microsoft", 400)
    play.close("one", "ours")
    assert play.last(Signed).effective == effective(
        terms(warrants="1000000"), play.the_tender().lot, Decimal("0.1")
    )
    assert play.last(Signed).bid == play.bids["oracle"]


def test_a_signature_names_only_those_who_were_cleared() -> None:
    play = noticed(ONE, claim("two", "nvidia", rank=2))
    play.take("microsoft", 400)
    play.close("one", "ours")
    assert [(one.clause, one.how) for one in play.last(Signed).cleared] == [("one", "taken")]


def test_a_taking_hosted_by_others_is_promised_by_them() -> None:
    play = Play(declare=False)
    for party, chips in (("oracle", 1000), ("coreweave", 399), ("microsoft", 5000)):
        play.declare(party, chips)
    play.open(claim("one", "microsoft", partial=100, hosts=()))
    play.bid("oracle")
    play.wait(NOTICED).notice("oracle")
    play.take("microsoft", 400, via=("coreweave",))
    with play.refused("beyond-promise"):
        play.close("one", "ours")
    play.declare("coreweave", 400)
    play.close("one", "ours")
    assert play.agreement("ours").chain == ("coreweave",)


def test_nothing_is_closed_in_a_round_that_there_is_not() -> None:
    play = bids_open(ONE)
    with pytest.raises(StopIteration):
        play.close("one")
    play.notice("oracle")
    with pytest.raises(StopIteration):
        play.close("one")


# --- bids -------------------------------------------------------------------------------------


def test_a_sealed_bid_is_not_revised_but_bid_again() -> None:
    play = Play().go(OPENED).open(ONE)
    play.bid("oracle")
    with play.refused("bids-closed"):
        play.revise("oracle", "2.90")


def test_who_was_signed_with_may_revise_and_who_was_not_may_not() -> None:
    play = bids_open(bids=BIDS)
    play.sign("oracle", 1000, agreement="sold", unasked=True)
    with play.refused("bids-closed"):
        play.revise("google", "2.90")
    play.revise("oracle", "2.95", chips=1100)
    assert play.last(BidRevised).chips == 1100


def test_what_a_bidder_has_signed_on_a_bid_is_not_asked_of_it_twice() -> None:
    play = Play(declare=False)
    play.declare("oracle", 1000)
    play.open()
    play.bid("oracle", chips=800)
    play.wait(NOTICED).sign("oracle", 500, agreement="sold", unasked=True)
    play.revise("oracle", chips=1000)
    with play.refused("beyond-declared"):
        play.revise("oracle", chips=1001)
    play.fail("sold")
    play.revise("oracle", chips=1000)
    with play.refused("beyond-declared"):
        play.revise("oracle", chips=1001)


def test_another_s_signature_gives_a_bidder_nothing() -> None:
    play = Play(declare=False)
    for party in ("oracle", "google"):
        play.declare(party, 1000)
    play.open(chips=1500)
    play.bid("oracle", chips=900)
    play.bid("google", "3.10", chips=900)
    play.wait(NOTICED).sign("oracle", 900, agreement="sold", unasked=True)
    with play.refused("beyond-declared"):
        play.revise("google", "3.10", chips=1001)
    play.revise("google", "3.10", chips=1000)


def test_a_bid_may_be_set_aside_while_another_is_taken() -> None:
    play = bids_open(ONE, TWO, bids=BIDS)
    play.notice("oracle")
    play.take("microsoft", 500)
    play.set_aside("google")
    with play.refused("taken-already"):
        play.set_aside("oracle")


def test_who_can_promise_nothing_more_is_told_so() -> None:
    play = Play(declare=False)
    play.declare("oracle", 1000)
    play.open()
    with pytest.raises(RefusedError) as caught:
        play.bid("oracle", chips=1001)
    assert told(caught)[0] == "beyond-declared"
    assert "1,000" in told(caught)[1]


# --- openings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("chips", "months"), [(0, 48), (-1, 48), (1000, 0), (1000, -1)])
def test_a_lot_of_nothing_is_none(chips: int, months: int) -> None:
    with Play().refused("lot-empty"):
        Play().open(chips=chips, months=months)


def test_the_smallest_lot_is_one_chip_for_one_month() -> None:
    assert Play().open(chips=1, months=1).the_tender().lot.chips == 1


def test_a_floor_does_not_join_lots_that_are_for_no_need() -> None:
    right = claim("one", "microsoft", floor=1500, together=30)
    play = Play().open(right, tender="a").open(right, tender="b")
    assert [set(play.desk.tenders[name].claims) for name in ("a", "b")] == [set(), set()]
    play.open(right, tender="c", need="x").open(right, tender="d", need="x")
    assert [set(play.desk.tenders[name].claims) for name in ("c", "d")] == [{"one"}, {"one"}]


# --- prices and clocks ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["price", "escalator", "warrants", "support"])
def test_an_amount_that_is_none_or_too_large_has_no_price(name: str) -> None:
    most = {name: "1E15"}
    price = most.pop("price", "3.00")
    assert priceable(terms(price, **most))
    for wrong in ("NaN", "Infinity", "1.000000000000001E15", "-1.1E15"):
        said = {name: wrong}
        price = said.pop("price", "3.00")
        assert not priceable(terms(price, **said))


@pytest.mark.parametrize(("year", "fine"), [(9000, True), (9001, False)])
def test_a_start_has_a_last_year(year: int, fine: bool) -> None:
    assert priceable(terms(start=f"{year}-01-01")) is fine


@pytest.mark.parametrize("months", [12, 13, 24, 25])
def test_a_price_rises_on_the_anniversary(months: int) -> None:
    lot = Lot("gb200", 1, "texas", day("2026-01-01"), months)
    assert effective(terms("1", months=months), lot, Decimal(0)) == 1
    risen = effective(terms("1", months=months, escalator="1"), lot, Decimal(0))
    days = [day(f"{year}-{month:02d}-01") for year in (2026, 2027, 2028) for month in range(1, 13)]
    lengths = [(end - begin).days for begin, end in pairwise(days)][:months]
    paid = sum(n * 2 ** (i // 12) for i, n in enumerate(lengths))
    assert abs(risen - Decimal(paid) / sum(lengths)) < Decimal("1E-11")


def test_a_prepayment_is_of_the_whole_value_at_no_rate() -> None:
    lot = Lot("gb200", 7, "texas", day("2026-01-01"), 30)
    ahead = Prepaid(Decimal("0.5"), credit_over=30)
    asked = terms("2", months=30, escalator="0.5", prepaid=ahead)
    assert effective(asked, lot, Decimal(0)) == effective(
        terms("2", months=30, escalator="0.5"), lot, Decimal(0)
    )
    assert priceable(terms(rebates=(Flow(1200, Decimal(1)),)))
    assert not priceable(terms(rebates=(Flow(1201, Decimal(1)),)))


def test_clocks_run_on_where_the_almanac_ends() -> None:
    """A century more without holidays, on the last offset."""
    short, long = california(2025, 2026), california(2025, 2029)
    start = day("2028-06-01")
    right = claim("one", "microsoft", closing="10 days", grace=5)
    assert deliver_by(right, short, start) - deliver_by(right, long, start) == 3600 * 10**9
    when = at("2026-12-28 09:00")
    assert sign_by(spell("30 days"), short, when) == sign_by(spell("30 days"), long, when)
    assert close_by(right, short, when) is not None


def test_without_days_of_grace_a_closing_ends_as_its_clock_says() -> None:
    """Ten business days end at five in the afternoon, ten hours after ten hours."""
    plain, when = california(), at("2025-03-03 09:00")
    right = claim("one", "microsoft", closing="10 hours")
    assert close_by(right, plain, when) == when + 10 * 3600 * 10**9
    graced = claim("one", "microsoft", closing="10 hours", grace=1)
    assert close_by(graced, plain, when) == at("2025-03-04 17:00")
    assert close_by(claim("one", "microsoft"), plain, when) is None
