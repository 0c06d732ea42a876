"""What is seen at the edges: turns half answered, rights without a tail, bars that outlived."""

from __future__ import annotations

from typing import Any

from offtake.desk import sight
from offtake.desk.commands import Declare
from offtake.units import Instant, instant_text

from .playing import Play
from .saying import BUYER, OPENED, at, claim, exclusive, terms
from .staging import NOTICED, noticed

ONE = claim("one", "microsoft", partial=100)
TWO = claim("two", "nvidia", partial=100)


def own(play: Play, party: str, when: Instant | None = None) -> Any:
    return sight(play.desk, party, play.now if when is None else when)["own"]


def next_of(play: Play) -> list[dict[str, Any]]:
    seen: Any = sight(play.desk, BUYER, play.now)
    return list(seen["tenders"][0]["next"])


def test_of_a_turn_half_answered_the_buyer_waits_for_the_other_half() -> None:
    play = noticed(ONE, TWO)
    assert [(one["what"], one["of"]) for one in next_of(play)] == [
        ("answer", "microsoft"),
        ("answer", "nvidia"),
    ]
    play.waive("microsoft")
    assert [(one["what"], one["of"]) for one in next_of(play)] == [("answer", "nvidia")]
    play.take("nvidia", 100)
    assert [one["what"] for one in next_of(play)] == ["close", "sign"]


def test_a_right_without_a_tail_lets_the_buyer_deal_for_good() -> None:
    play = noticed(claim("one", "microsoft", tail=None))
    play.waive("microsoft")
    for later in (play.now, play.now + 10**18):
        assert own(play, "microsoft", later)["notices"][0]["tail"] == {"until": None, "runs": True}


def test_a_right_without_a_tail_that_is_gone_holds_nothing_up() -> None:
    ends = at("2025-03-20 17:00")
    right = claim("one", "microsoft", tail=None, expires=ends, survives=False)
    play = noticed(right)
    play.waive("microsoft")
    told = [own(play, "microsoft", when)["notices"][0]["tail"] for when in (ends, ends + 1)]
    assert told == [{"until": None, "runs": True}, {"until": None, "runs": False}]


def test_a_right_that_survives_its_end_keeps_its_tail() -> None:
    ends = at("2025-03-20 17:00")
    play = noticed(claim("one", "microsoft", expires=ends, survives=True))
    play.waive("microsoft")
    assert own(play, "microsoft", ends + 1)["notices"][0]["tail"]["runs"] is True


def test_a_bar_is_seen_as_withdrawn_with_its_tender() -> None:
    play = Play().go(OPENED).open(ONE, bars=(exclusive("bar", "nvidia"),))
    assert [bar["state"] for bar in own(play, "nvidia")["bars"]] == ["stands"]
    play.withdraw()
    assert [bar["state"] for bar in own(play, "nvidia")["bars"]] == ["withdrawn"]


def test_a_party_of_several_tenders_sees_them_in_the_order_of_what_it_knows() -> None:
    play = Play().go(OPENED)
    bar = exclusive("bar", "nvidia")
    for name in ("zinc", "alum"):
        play.open(ONE, tender=name, bars=(bar,))
    play.go("2025-02-05 09:00").open(ONE, tender="bronze", bars=(bar,))
    assert [one["tender"] for one in own(play, "nvidia")["bars"]] == ["alum", "zinc", "bronze"]
    assert own(play, "nvidia")["invitations"] == []
    for name in ("zinc", "bronze", "alum"):
        play.tender = name
        play.go(play.now + 1).waive("nvidia", clause="bar", round=None)
    told = [one["tender"] for one in own(play, "oracle")["invitations"]]
    assert told == ["alum", "bronze", "zinc"]
    assert own(play, "nvidia")["bars"][0]["asked"] == instant_text(at(OPENED))
    seen: Any = sight(play.desk, BUYER, play.now)
    assert [one["tender"] for one in seen["tenders"]] == ["alum", "zinc", "bronze"]


def test_notices_are_told_in_the_order_in_which_they_were_served() -> None:
    play = Play().go(OPENED)
    for name in ("early", "late"):
        play.open(ONE, tender=name)
    bids = {}
    for name in ("early", "late"):
        play.tender = name
        bids[name] = play.bid("oracle")
    play.wait(NOTICED)
    for name in ("late", "early"):
        play.tender, play.bids = name, {"oracle": bids[name]}
        play.go(play.now + 1).notice("oracle")
    assert [one["tender"] for one in own(play, "microsoft")["notices"]] == ["late", "early"]


# --- every word of what is seen -------------------------------------------------------------------

WORDS = {
    "desk": "party at places buyer parties auditors defaults assigned capacity tenders posted own",
    "own": "default capacity bars notices invitations agreements posted",
    "tender": "tender opened lot phase rate book cause joined invited affiliates claims dormant "
    "bars closes reveals ended unnoticed released bids rounds agreements next",
    "lot": "chip chips region start months purposes need throughput",
    "round": "round kind state ended bid counterparty terms effective noticed signed remaining "
    "tail freed turns turn short standings takings",
    "standing": "clause state chips noticed deadline cleared tail wanted over terms effective via",
    "taking": "clause holder chips state closing delivery agreement terms via",
    "agreement": "agreement round clause party bid chips terms via chain signed cleared state",
    "cleared": "clause holder how since tail",
    "capacity": "party chip region chips upstream promised",
    "assigned": "clause of to",
    "signed": "agreement tender clause bid chips terms via signed state",
    "invitation": "tender lot closes reveals state pledges bids",
    "put out": "chip chips region start months purposes throughput",
    "close": "what round clause of chips until",
    "deliver": "what agreement until",
}
"""What each part is made of; nothing more leaves the desk than is named here."""


def check(part: str, seen: Any) -> Any:
    """The same, when it is made of what it should be."""
    assert set(seen) == set(WORDS[part].split()), part
    return seen


def dealt() -> Play:
    """Microsoft took 400 and signed, 300 of Oracle's 600 are signed, the rest is in the tail."""
    play = Play("oracle", "microsoft", "nvidia", "google", "amazon")
    play.default("nvidia")
    play.default("amazon")
    play.assign("two", "google", actor="nvidia")
    play.open(ONE, claim("zero", "google", floor=5000), bars=(), book="ab" * 32, cause="buy-7")
    play.bid("oracle", warrants="1000000")
    play.wait(NOTICED).notice("oracle")
    play.take("microsoft", 400)
    play.close("one", "ours")
    play.go(play.now + 60).sign("oracle", 300, agreement="theirs")
    return play


def test_the_buyer_sees_these_words_and_no_others() -> None:
    play = dealt()
    seen: Any = check("desk", sight(play.desk, BUYER, play.now))
    check("own", seen["own"])
    assert seen["defaults"] == ["amazon", "nvidia"]
    assert seen["auditors"] == ["auditor"]
    assert check("assigned", seen["assigned"][0]) == {
        "clause": "two",
        "of": "nvidia",
        "to": "google",
    }
    assert [check("capacity", one)["party"] for one in seen["capacity"]] == sorted(
        ["oracle", "microsoft", "nvidia", "google", "amazon"]
    )
    tender = check("tender", seen["tenders"][0])
    assert check("lot", tender["lot"])["chips"] == 1000
    assert (tender["book"], tender["cause"], tender["unnoticed"]) == ("ab" * 32, "buy-7", 0)
    assert (tender["joined"], tender["ended"], tender["released"]) == ([], None, [])
    assert [one["clause"] for one in tender["dormant"]] == ["zero"]
    assert [one["expires"] for one in tender["claims"]] == [None]
    own = check("round", tender["rounds"][0])
    assert own["tail"] == instant_text(play.tail())
    assert own["effective"] == str(play.round().effective)
    assert (own["freed"], own["turn"], own["short"]) == (False, 1, [])
    standing = check("standing", own["standings"][0])
    assert (standing["clause"], standing["over"], standing["via"]) == ("one", 0, [])
    assert standing["noticed"] == instant_text(at(NOTICED))
    assert (standing["terms"], standing["effective"]) == (None, None)
    taking = check("taking", own["takings"][0])
    assert (taking["clause"], taking["via"], taking["agreement"]) == ("one", [], "ours")
    ours, theirs = (check("agreement", one) for one in tender["agreements"])
    assert (ours["clause"], ours["party"], ours["chain"]) == ("one", "microsoft", ["microsoft"])
    assert (theirs["clause"], theirs["party"], theirs["via"]) == (None, "oracle", [])
    assert theirs["signed"] == instant_text(play.now)
    assert check("cleared", theirs["cleared"][0])["since"] == instant_text(at(NOTICED))
    for one in tender["next"]:
        if one["what"] == "deliver":
            check("deliver", one)


def test_what_waits_for_the_holder_s_signature_is_named_whole() -> None:
    play = noticed(ONE)
    play.take("microsoft", 400)
    (waits, _) = next_of(play)
    check("close", waits)
    assert (waits["chips"], waits["clause"], waits["of"]) == (400, "one", "microsoft")


def test_a_counter_is_seen_with_its_price() -> None:
    play = noticed(ONE)
    play.answer("microsoft", "counter", terms=terms("2.50"))
    seen: Any = sight(play.desk, BUYER, play.now)
    standing = seen["tenders"][0]["rounds"][0]["standings"][0]
    assert standing["effective"] == "2.500000000000"
    assert standing["terms"]["price"] == "2.50"


def test_nothing_is_next_in_a_tender_that_has_ended() -> None:
    play = noticed(ONE)
    play.withdraw()
    assert next_of(play) == []
    play = noticed(ONE)
    play.waive("microsoft")
    play.sign("oracle", 1000, agreement="sold")
    play.deliver("sold")
    assert (play.the_tender().phase, next_of(play)) == ("closed", [])


def test_before_the_opening_the_buyer_waits_for_bids_alone() -> None:
    play = Play().go(OPENED).open(ONE)
    assert [one["what"] for one in next_of(play)] == ["opening"]


def test_a_seller_sees_its_agreements_in_the_order_of_signing_then_of_name() -> None:
    play = noticed(ONE)
    play.waive("microsoft")
    for name, later in (("zinc", 0), ("bronze", 0), ("alum", 60)):
        play.go(play.now + later).sign("oracle", 100, agreement=name)
    made = own(play, "oracle")["agreements"]
    assert [check("signed", one)["agreement"] for one in made] == ["bronze", "zinc", "alum"]
    assert [one["bid"] for one in made] == [play.bids["oracle"]] * 3
    assert (made[0]["tender"], made[0]["terms"]["price"]) == ("lot", "3.00")
    assert made[2]["signed"] == instant_text(play.now)


def test_a_holder_s_agreement_names_its_clause_and_no_bid() -> None:
    play = dealt()
    (made,) = own(play, "microsoft")["agreements"]
    assert (check("signed", made)["clause"], made["bid"]) == ("one", None)


def test_what_a_party_declared_is_told_by_chip_then_region() -> None:
    play = Play(declare=False)
    places = [("h200", "texas"), ("gb200", "utah"), ("gb200", "ohio"), ("a100", "texas")]
    for chip, region in places:
        play.do("oracle", Declare("oracle", chip, region, 5))
    told = [(one["chip"], one["region"]) for one in own(play, "oracle")["capacity"]]
    assert told == sorted(places)


def test_an_invitation_is_open_until_bids_are_and_closed_from_then() -> None:
    play = Play().go(OPENED).open(ONE)
    play.bid("oracle")
    (invited,) = own(play, "oracle")["invitations"]
    assert check("invitation", invited)["state"] == "open"
    lot = check("put out", invited["lot"])
    assert (lot["chip"], lot["region"], lot["start"]) == ("gb200", "texas", "2026-01-01")
    play.wait(NOTICED)
    assert own(play, "oracle")["invitations"][0]["state"] == "closed"
    assert own(play, "google")["invitations"][0]["state"] == "closed"


def test_a_bid_whose_round_its_tender_s_end_left_open_is_asked_about_no_more() -> None:
    play = noticed(ONE)
    assert len(own(play, "oracle")["invitations"][0]["bids"][0]["asked"]) == 1
    play.withdraw()
    bid = own(play, "oracle")["invitations"][0]["bids"][0]
    assert (bid["state"], bid["asked"]) == ("withdrawn", [])


def test_the_best_bid_leads_while_a_chip_is_left_and_is_told_when_none_is() -> None:
    play = Play().go(OPENED).open()
    play.bid("oracle")
    play.bid("google", "3.10")
    play.wait(NOTICED).sign("oracle", 999, agreement="most", unasked=True)
    assert stands(play, "oracle") == "leads"
    assert stands(play, "google") == "lost"
    play.sign("oracle", 1, agreement="last", unasked=True)
    assert stands(play, "oracle") == "signed"
    play.fail("most")
    play.fail("last")
    assert stands(play, "oracle") == "leads"


def test_the_best_bid_of_a_lot_that_holders_took_whole_is_told_that_nothing_is_left() -> None:
    play = noticed(ONE)
    play.take("microsoft", 1000)
    assert stands(play, "oracle") == "nothing left"


def stands(play: Play, bidder: str) -> Any:
    return own(play, bidder)["invitations"][0]["bids"][0]["state"]
