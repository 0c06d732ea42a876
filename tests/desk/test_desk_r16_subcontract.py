"""R16, P5: a holder may have others host where its agreement allows; nobody promises twice."""

from __future__ import annotations

from offtake.desk.claim import Claim
from offtake.desk.commands import Declare
from offtake.desk.events import Answered, Signed
from offtake.desk.state import Capacity

from .playing import Play
from .saying import BUYER, CHIP, REGION, claim
from .staging import NOTICED, noticed

AZURE = claim("azure", "microsoft")


def capacity(play: Play, party: str) -> Capacity:
    return play.desk.capacity[party, CHIP, REGION]


def declared(*claims: Claim, upstream: dict[str, str] | None = None, **chips: int) -> Play:
    """Oracle's bid has been noticed; the parties have declared so many chips and no more."""
    play = Play(declare=False)
    for party, count in chips.items():
        play.declare(party, count, (upstream or {}).get(party))
    play.open(*claims)
    play.bid("oracle", via=("nvidia",))
    play.wait(NOTICED).notice("oracle")
    return play


def test_a_subcontractor_is_refused_where_the_agreement_names_none() -> None:
    play = noticed(AZURE)
    with play.refused("subcontract-forbidden"):
        play.take("microsoft", via=("coreweave",))


def test_a_subcontractor_must_be_one_that_the_agreement_names() -> None:
    play = noticed(claim("azure", "microsoft", hosts=("coreweave",)))
    with play.refused("subcontract-forbidden"):
        play.take("microsoft", via=("amazon",))
    with play.refused("subcontract-forbidden"):
        play.take("microsoft", via=("coreweave", "amazon"))
    play.take("microsoft", via=("coreweave",))
    assert play.last(Answered).via == ("coreweave",)


def test_a_subcontractor_may_be_anyone_where_the_agreement_says_anyone() -> None:
    play = noticed(claim("azure", "microsoft", hosts=()))
    play.take("microsoft", via=("amazon", "coreweave"))
    play.close("azure", agreement="sold")
    signed = play.last(Signed)
    assert (signed.party, signed.via) == ("microsoft", ("amazon", "coreweave"))
    assert play.agreement("sold").via == ("amazon", "coreweave")
    assert capacity(play, "amazon").promised == 1000
    assert capacity(play, "coreweave").promised == 1000
    assert capacity(play, "microsoft").promised == 0


def test_a_holder_takes_no_more_than_it_declared() -> None:
    play = declared(claim("azure", "microsoft", partial=1))
    with play.refused("capacity-undeclared"):
        play.take("microsoft", 100)
    play.declare("microsoft", 500)
    with play.refused("beyond-declared"):
        play.take("microsoft")
    with play.refused("beyond-declared"):
        play.take("microsoft", 501)
    play.take("microsoft", 500)


def test_a_holder_asks_for_no_more_over_its_part_than_it_declared() -> None:
    play = declared(AZURE, claim("gcp", "google"), microsoft=600)
    with play.refused("beyond-declared"):
        play.take("microsoft", over=101)
    play.take("microsoft", over=100)


def test_a_signed_lot_is_promised_along_the_chain_and_failed_ones_are_given_back() -> None:
    play = Play(declare=False)
    for party, host in (("oracle", "coreweave"), ("coreweave", "nvidia"), ("nvidia", None)):
        play.declare(party, 1000, host)
    play.open(AZURE).bid("oracle")
    play.wait(NOTICED).notice("oracle")
    play.waive("microsoft")
    play.sign("oracle", 700, agreement="sold")
    chain = ("oracle", "coreweave", "nvidia")
    assert [capacity(play, party).promised for party in chain] == [700, 700, 700]
    play.fail("sold")
    assert [capacity(play, party).promised for party in chain] == [0, 0, 0]


def test_capacity_is_not_promised_twice_anywhere_along_the_chain() -> None:
    play = declared(AZURE, nvidia=2000)
    play.waive("microsoft")
    play.sign("oracle", 600)
    assert capacity(play, "nvidia").promised == 600

    play = declared(AZURE, upstream={"nvidia": "coreweave"}, nvidia=1000, coreweave=599)
    play.waive("microsoft")
    with play.refused("beyond-promise"):
        play.sign("oracle", 600)
    assert capacity(play, "nvidia").promised == 0
    play.sign("oracle", 599)
    with play.refused("beyond-promise"):
        play.sign("oracle", 1)


def test_capacity_of_a_host_that_declared_none_cannot_be_promised() -> None:
    play = declared(AZURE)
    play.waive("microsoft")
    with play.refused("beyond-promise"):
        play.sign("oracle", 1000)


def test_capacity_is_promised_once_where_a_chain_comes_round() -> None:
    round = {"nvidia": "coreweave", "coreweave": "nvidia"}
    play = declared(AZURE, upstream=round, nvidia=1000, coreweave=1000)
    play.waive("microsoft")
    play.sign("oracle", 1000)
    assert capacity(play, "nvidia").promised == 1000
    assert capacity(play, "coreweave").promised == 1000


def test_capacity_that_two_tenders_promise_is_counted_together() -> None:
    play = Play(declare=False)
    play.declare("oracle", 1500)
    for tender in ("one", "two"):
        play.open(AZURE, tender=tender)
        play.bid("oracle")
    play.wait(NOTICED)
    for tender in ("one", "two"):
        play.tender = tender
        play.bids["oracle"] = next(iter(play.the_tender().bids))
        play.notice("oracle")
        play.waive("microsoft")
    play.tender = "one"
    play.bids["oracle"] = next(iter(play.the_tender().bids))
    play.sign("oracle", 1000)
    play.tender = "two"
    play.bids["oracle"] = next(iter(play.the_tender().bids))
    with play.refused("beyond-promise"):
        play.sign("oracle", 1000)
    play.sign("oracle", 500)
    assert capacity(play, "oracle").promised == 1500


def test_a_taking_beyond_what_is_left_when_it_closes_is_not_signed() -> None:
    play = declared(AZURE, microsoft=1000)
    play.take("microsoft")
    play.open(tender="other", bidding="1 days")
    play.bid("coreweave", chips=300, via=("microsoft",))
    play.go("2025-03-10 09:00").sign("coreweave", 300, unasked=True)
    play.tender = "lot"
    with play.refused("beyond-promise"):
        play.close("azure")
    with play.refused("host-short"):  # which does not say how much others have promised
        play.close("azure", actor="microsoft")
    assert play.taking("azure").state == "closing"
    play.declare("microsoft", 1300)
    play.close("azure")


def test_a_declaration_is_ones_own_or_the_buyers_and_holds_what_it_promised() -> None:
    play = noticed(AZURE)
    play.do("oracle", Declare("oracle", CHIP, REGION, 2_000_000))
    with play.refused("not-yours"):
        play.do("google", Declare("oracle", CHIP, REGION, 3_000_000))
    with play.refused("declaration-lowered"):
        play.do("oracle", Declare("oracle", CHIP, REGION, 1_999_999))
    with play.refused("chips-none"):
        play.do("oracle", Declare("oracle", CHIP, REGION, -1))
    with play.refused("unknown-party"):
        play.do(BUYER, Declare("nobody", CHIP, REGION, 1))


def test_what_a_party_has_promised_it_does_not_bid_again() -> None:
    play = Play(declare=False)
    play.declare("oracle", 1500)
    play.open()
    play.bid("oracle")
    play.wait(NOTICED).sign("oracle", 1000, unasked=True)
    play.open(tender="next")
    with play.refused("beyond-declared"):
        play.bid("oracle", chips=501)
    play.bid("oracle", chips=500)
