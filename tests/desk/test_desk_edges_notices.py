"""Notices, exclusives and prices at their edges, told apart by what is said and written down."""

from __future__ import annotations

from decimal import Decimal

import pytest

from offtake.desk.commands import Close, Deliver, Fail
from offtake.desk.events import ClockStarted, NoticeServed, Signed
from offtake.desk.lot import Lot, Prepaid
from offtake.desk.price import effective, priceable

from .playing import Play, RefusedError
from .saying import BUYER, EVIDENCE, OPENED, at, claim, day, exclusive, shown, terms
from .staging import NOTICED, bids_open, cleared, noticed

ONE = claim("one", "microsoft", partial=100)
TWO = claim("two", "nvidia", rank=2, partial=100)
FIRST = claim("first", "google", first=True, partial=100, tail="5 days")


def told(caught: pytest.ExceptionInfo[RefusedError]) -> tuple[str, str]:
    return caught.value.refusal.code, caught.value.refusal.sentence


# --- notices ----------------------------------------------------------------------------------


def test_of_several_who_were_not_asked_the_first_in_turn_is_named() -> None:
    play = bids_open(TWO, ONE)
    with pytest.raises(RefusedError) as caught:
        play.sign("oracle", 1000, unasked=True)
    assert told(caught)[0] == "not-asked"
    assert told(caught)[1].startswith("microsoft holds a right")


def test_a_notice_keeps_its_evidence_and_names_its_round() -> None:
    play = bids_open(ONE)
    play.notice("oracle", chips=600)
    assert (play.made, play.last(NoticeServed).evidence) == ("1", EVIDENCE)
    play.notice("oracle", chips=400)
    assert (play.made, play.last(NoticeServed).round) == ("2", 2)


def test_the_best_bid_is_named_to_who_notices_another() -> None:
    play = bids_open(ONE, bids={"oracle": {"price": "3.00"}, "google": {"price": "3.10"}})
    best, other = play.bids["oracle"], play.bids["google"]
    with pytest.raises(RefusedError) as caught:
        play.notice("google")
    assert told(caught) == (
        "not-best",
        f"The bid {other} of google is not the best that stands; {best} of oracle is.",
    )


def test_only_who_had_a_clock_has_the_shorter_one_for_changed_terms() -> None:
    one = claim("one", "microsoft", partial=100, reoffer="4 days")
    two = claim("two", "nvidia", partial=100, reoffer="4 days")
    play = Play()
    play.default("nvidia")
    play.open(one, two)
    play.bid("oracle")
    play.wait(NOTICED).notice("oracle")
    play.waive("microsoft")
    play.default("nvidia", cured=True)
    play.revise("oracle", "2.90")
    play.notice("oracle", again=1)
    assert play.last(NoticeServed).short == ("one",)
    served = {event.clause: shown(event.deadline) for event in play.all(ClockStarted)[1:]}
    assert served == {"one": "2025-03-07 17:00", "two": "2025-03-13 17:00"}


@pytest.mark.parametrize(("answered", "kind"), [(False, "first refusal"), (True, "changed terms")])
def test_a_notice_anew_is_not_one_of_more_chips_whatever_it_says(answered: bool, kind: str) -> None:
    play = noticed(ONE)
    if answered:
        play.waive("microsoft")
    play.notice("oracle", again=1, more=True)
    assert play.round().kind == kind
    assert (play.the_tender().lot.chips, play.round().remaining) == (1000, 1000)


def test_an_offer_that_was_accepted_is_no_ceiling() -> None:
    play = Play().go(OPENED).open(claim("first", "google", first=True, partial=100))
    play.offer("google", 400, terms=terms("2.00"))
    play.accept("first")
    play.bid("oracle", "3.00", chips=600)
    play.wait(NOTICED).sign("oracle", 600, unasked=True)
    assert play.last(Signed).chips == 600


def test_first_offers_are_asked_again_while_a_notice_of_a_bid_runs() -> None:
    play = Play().go(OPENED).open(FIRST, ONE)
    play.waive("google")
    play.bid("oracle")
    play.wait("2025-02-19 09:00")
    with play.refused("first-offer-stale"):
        play.notice("oracle", chips=600)
    play.reask()
    assert play.made == "2"
    play.waive("google")
    play.notice("oracle", chips=600)
    play.go(play.now + 6 * 86_400 * 10**9).reask()
    assert (play.made, play.round().kind, play.round().remaining) == ("4", "first offer", 400)
    with play.refused("nobody-to-ask"):
        play.reask()
    with play.refused("first-offer-open"):
        play.notice("oracle", chips=400)


# --- signing ----------------------------------------------------------------------------------


def test_a_tail_that_has_ended_is_told_with_its_end() -> None:
    play = cleared(claim("one", "microsoft", tail="5 days"))
    play.go(play.tail() + 1)
    with pytest.raises(RefusedError) as caught:
        play.sign("oracle", 1000)
    assert told(caught)[0] == "tail-ended"
    assert told(caught)[1].startswith("The tail ended at 2025-03-09T01:00:00Z with")


def test_a_price_that_rose_is_told_with_what_was_allowed() -> None:
    play = cleared(claim("one", "microsoft", price_rise="0.1"))
    play.revise("oracle", "4.00")
    with pytest.raises(RefusedError) as caught:
        play.sign("oracle", 1000)
    assert told(caught)[0] == "price-risen"
    figures = [word for word in told(caught)[1].split() if word[0].isdigit()]
    assert [Decimal(figure) for figure in figures] == [Decimal("4"), Decimal("3.3")]


def test_all_terms_that_moved_are_told() -> None:
    play = cleared(ONE)
    play.revise("oracle", "3.00", months=60, options=("to extend",))
    with pytest.raises(RefusedError) as caught:
        play.sign("oracle", 1000)
    assert told(caught)[0] == "terms-moved"
    assert (
        "the term is 60 months, not 48; the seller has an option that was not noticed: to extend;"
        in told(caught)[1]
    )


def test_a_bid_that_was_enlarged_is_signed_at_its_price_as_it_stands() -> None:
    play = cleared(ONE, bid={"warrants": "1000000"})
    play.revise("oracle", "3.00", chips=1250, warrants="1250000")
    play.sign("oracle", 1000)
    lot = Lot("gb200", 1250, "texas", day("2026-01-01"), 48)
    assert play.last(Signed).effective == effective(terms(warrants="1250000"), lot, Decimal(0))


def test_a_signature_names_the_tail_of_each_right_that_was_cleared() -> None:
    first = claim("first", "google", first=True, tail="200 days")
    play = Play().go(OPENED).open(first, ONE)
    play.waive("google")
    play.bid("oracle")
    play.wait(NOTICED).notice("oracle")
    play.waive("microsoft")
    play.sign("oracle", 1000)
    tails = {one.clause: one.tail for one in play.last(Signed).cleared}
    assert tails == {"first": play.the_tender().first["first"].tail, "one": play.tail()}
    assert tails["first"] != tails["one"]


def test_a_holder_that_signs_what_it_took_does_not_name_the_agreement() -> None:
    play = noticed(ONE)
    play.take("microsoft", 400)
    play.do("microsoft", Close("lot", 1, "one", "mine"))
    assert len(play.made) == 16
    assert play.agreement(play.made).party == "microsoft"


@pytest.mark.parametrize("what", ["deliver", "fail"])
def test_an_agreement_of_another_tender_is_unknown(what: str) -> None:
    play = Play().open(tender="other").open()
    play.bid("oracle")
    play.wait(NOTICED).sign("oracle", 500, agreement="sold", unasked=True)
    with play.refused("unknown-agreement"):
        play.do(
            BUYER, Deliver("other", "sold") if what == "deliver" else Fail("other", "sold", "x")
        )
    assert play.agreement("sold").state == "signed"


def test_who_has_others_host_need_not_have_declared_anything() -> None:
    play = Play(declare=False)
    for party in ("oracle", "coreweave"):
        play.declare(party, 1000)
    play.open(claim("one", "microsoft", partial=100, hosts=()))
    play.bid("oracle")
    play.wait(NOTICED).notice("oracle")
    with play.refused("capacity-undeclared"):
        play.take("microsoft", 400)
    play.take("microsoft", 400, via=("coreweave",))
    play.close("one", "ours")
    assert play.agreement("ours").chain == ("coreweave",)


# --- rights that pass on, exclusives ------------------------------------------------------------


@pytest.mark.parametrize("to", ["auditor", BUYER, "stranger"])
def test_a_right_passes_to_parties_that_deal_and_to_no_others(to: str) -> None:
    play = noticed(ONE)
    with play.refused("unknown-party"):
        play.assign("one", to, actor="microsoft")


@pytest.mark.parametrize("actor", ["auditor", BUYER])
def test_the_buyer_and_auditors_pass_no_right_on(actor: str) -> None:
    play = noticed(ONE)
    with pytest.raises(RefusedError) as caught:
        play.assign("one", "google", actor=actor)
    assert told(caught) == ("not-yours", "The assignment of a right is for its holder to ask.")


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("ends", "meet"), [(OPENED, True), ("2025-02-03 08:59", False)])
def test_two_exclusives_meet_if_both_are_in_force_now(turned: bool, ends: str, meet: bool) -> None:
    bars = (exclusive("bar", "nvidia"), exclusive("wall", "google", expires=at(ends)))
    bars = bars[::-1] if turned else bars
    if meet:
        with pytest.raises(RefusedError) as caught:
            Play().go(OPENED).open(ONE, bars=bars)
        assert told(caught)[0] == "two-exclusives"
    else:
        assert set(Play().go(OPENED).open(ONE, bars=bars).the_tender().bars) == {"bar"}


# --- prices -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("throughput", "price"), [("1", "1E+15"), ("0.1", "1E+16")])
def test_the_largest_prices_are_reckoned_in_28_digits(throughput: str, price: str) -> None:
    lot = Lot("gb200", 1, "texas", day("2026-01-01"), 1, throughput=Decimal(throughput))
    assert effective(terms("1E15", months=1), lot, Decimal(0)) == Decimal(price)


def test_a_share_that_is_no_number_has_no_price() -> None:
    assert priceable(terms(prepaid=Prepaid(Decimal("0.5"))))
    assert not priceable(terms(prepaid=Prepaid(Decimal("NaN"))))
    assert not priceable(terms(prepaid=Prepaid(Decimal("1E16"))))
