"""Letters: an answer counts from when it was received, and a lapse yields to one that was in time.

So R3, R5 and R16 hold for paper as for the wire; what cannot be undone any more is a breach.
"""

from __future__ import annotations

import pytest

from offtake.desk.commands import Answer, Attest
from offtake.desk.events import Answered, Breached, ClockStarted, TailStarted, TurnsUndone

from .playing import Play
from .saying import BUYER, EVIDENCE, at, claim, shown, terms
from .staging import NOTICED, TEN_DAYS, bids_open, noticed

AZURE = claim("azure", "microsoft", partial=1)
GCP = claim("gcp", "google", rank=2, partial=1)
AWS = claim("aws", "amazon", rank=3, partial=1)
RECEIVED = at("2025-03-12 10:00")
OFFERED = at("2025-02-10 10:00")
PERSONS = (
    ("ops", "ops"),
    ("ops", ""),
    ("", "legal"),
    ("ops", "ops "),
    (" ops", "ops"),
    ("ops", " "),
    (" ", "  "),
)


def test_a_letter_is_an_answer_recorded_by_the_buyer() -> None:
    play = noticed(AZURE).go("2025-03-12 15:00")
    play.letter("microsoft", "take", RECEIVED, chips=400)
    answered = play.last(Answered)
    assert (answered.at, answered.received) == (play.now, RECEIVED)
    assert answered.letter is not None
    assert answered.letter.persons == ("ops", "legal")
    assert play.taking("azure").chips == 400


def test_a_letter_is_recorded_by_two_persons_with_the_hash_of_it() -> None:
    play = noticed(AZURE).go("2025-03-12 15:00")
    for persons in PERSONS:
        with play.refused("letter-persons"):
            play.letter("microsoft", "waive", RECEIVED, persons=persons)
    for evidence in ("", "5E" * 32, "5e" * 31):
        with play.refused("evidence-form"):
            play.letter("microsoft", "waive", RECEIVED, evidence=evidence)
    with play.refused("not-yours"):
        play.letter("microsoft", "waive", RECEIVED, actor="microsoft")
    play.letter("microsoft", "waive", RECEIVED)


def test_a_letter_lies_between_the_notice_and_now() -> None:
    play = noticed(AZURE).go("2025-03-12 15:00")
    with play.refused("letter-early"):
        play.letter("microsoft", "take", at(NOTICED) - 1)
    with play.refused("letter-future"):
        play.letter("microsoft", "take", play.now + 1)
    play.letter("microsoft", "take", at(NOTICED))
    play = noticed(AZURE).go("2025-03-12 15:00")
    play.letter("microsoft", "take", play.now)


@pytest.mark.parametrize("received", [TEN_DAYS - 1, TEN_DAYS])
def test_a_letter_received_in_time_undoes_a_lapse(received: int) -> None:
    play = noticed(AZURE).wait("2025-03-20 09:00")
    assert play.round().state == "tail"
    play.letter("microsoft", "take", received, chips=400)
    assert play.last(TurnsUndone).turn == 0
    assert play.standing("azure").state == "taken"
    assert play.taking("azure").chips == 400
    assert play.last(TailStarted).left == 600


def test_a_letter_received_a_nanosecond_late_does_not() -> None:
    play = noticed(AZURE).wait("2025-03-20 09:00")
    for kind in ("take", "waive", "counter"):
        with play.refused("letter-late"):
            play.letter("microsoft", kind, TEN_DAYS + 1)
    assert play.standing("azure").state == "silent"
    play.sign("oracle", 1000)


def test_a_letter_that_waives_in_time_changes_no_tail() -> None:
    play = noticed(AZURE).wait("2025-03-20 09:00")
    play.letter("microsoft", "waive", RECEIVED)
    standing = play.standing("azure")
    assert (standing.state, standing.cleared) == ("waived", TEN_DAYS)
    assert shown(play.tail()) == "2025-06-11 17:00"
    with play.refused("answered-already"):
        play.letter("microsoft", "take", RECEIVED)


def test_a_letter_recorded_after_a_lower_rank_was_asked_makes_that_asking_void() -> None:
    play = noticed(AZURE, GCP, AWS).wait("2025-03-15 09:00")
    play.take("google", 300)
    assert play.standing("aws").chips == 700
    play.go("2025-03-20 09:00").letter("microsoft", "take", RECEIVED, chips=400)
    undone = play.last(TurnsUndone)
    assert (undone.turn, undone.clauses) == (0, ("gcp", "aws"))
    assert (play.round().state, play.round().remaining) == ("asking", 600)
    assert set(play.round().takings) == {"azure"}
    assert (play.standing("gcp").chips, play.standing("gcp").noticed) == (600, play.now)
    assert play.standing("aws").state == "idle"
    assert shown(play.deadline("gcp")) == "2025-03-31 17:00"  # ten days later is a Sunday
    play.take("google", 300)
    play.waive("amazon")
    assert play.last(TailStarted).left == 300


def test_a_letter_of_the_last_rank_leaves_the_takings_above_it() -> None:
    play = noticed(AZURE, GCP)
    play.take("microsoft", 400)
    play.wait("2025-03-20 09:00")
    assert play.standing("gcp").state == "silent"
    play.letter("google", "take", RECEIVED, chips=100)
    assert {c: t.chips for c, t in play.round().takings.items()} == {"azure": 400, "gcp": 100}
    assert play.round().remaining == 500


def test_a_letter_among_equal_ranks_shares_the_lot_anew() -> None:
    play = noticed(AZURE, claim("gcp", "google", partial=1))
    play.take("google", over=500)
    play.wait("2025-03-20 09:00")
    assert play.taking("gcp").chips == 1000
    play.letter("microsoft", "take", RECEIVED)
    assert {c: t.chips for c, t in play.round().takings.items()} == {"azure": 500, "gcp": 500}


def test_a_letter_recorded_before_signing_goes_before_the_bidder() -> None:
    play = noticed(AZURE).wait("2025-03-20 09:00")
    play.letter("microsoft", "take", RECEIVED)
    with play.refused("nothing-left"):
        play.sign("oracle", 1000)
    play.close("azure")


def test_a_letter_recorded_after_signing_shows_a_breach_and_undoes_nothing() -> None:
    play = noticed(AZURE).wait("2025-03-20 09:00")
    play.sign("oracle", 1000, agreement="sold")
    play.letter("microsoft", "take", RECEIVED)
    breached = play.last(Breached)
    assert (breached.clause, breached.holder) == ("azure", "microsoft")
    assert breached.letter.received == RECEIVED
    assert play.agreement("sold").state == "signed"
    assert (play.round().signed, play.round().remaining) == (1000, 0)


def test_a_letter_received_late_after_signing_shows_none() -> None:
    play = noticed(AZURE).wait("2025-03-20 09:00")
    play.sign("oracle", 1000)
    with play.refused("letter-late"):
        play.letter("microsoft", "take", TEN_DAYS + 1)
    play.letter("microsoft", "waive", RECEIVED)
    assert not play.all(Breached)


def test_a_letter_recorded_after_a_lower_rank_has_signed_shows_a_breach() -> None:
    play = noticed(AZURE, GCP).wait("2025-03-15 09:00")
    play.take("google", 300)
    play.close("gcp", agreement="sold")
    play.letter("microsoft", "take", RECEIVED)
    assert play.last(Breached).holder == "microsoft"
    assert play.agreement("sold").state == "signed"


def test_a_letter_that_took_in_time_what_went_elsewhere_shows_a_breach() -> None:
    noticed_anew = noticed(AZURE).wait("2025-03-20 09:00")
    noticed_anew.notice("oracle", again=1)
    stale = noticed(AZURE).wait(at("2025-06-11 17:00") + 1)
    aside = noticed(AZURE).wait("2025-03-20 09:00")
    aside.set_aside("oracle")
    for play in (noticed_anew, stale, aside):
        rounds = play.the_tender().rounds
        play.letter("microsoft", "take", RECEIVED, round=1)
        assert play.last(Breached).round == 1
        assert play.the_tender().rounds == rounds
        with play.refused("letter-late"):
            play.letter("microsoft", "take", TEN_DAYS + 1, round=1)


def test_a_letter_that_crosses_a_changed_notice_counts_to_the_instant_of_the_change() -> None:
    changed = at("2025-03-10 09:00")
    for received, breach in ((changed, True), (changed + 1, False)):
        play = noticed(AZURE).go(changed)
        play.notice("oracle", again=1)
        play.go("2025-03-12 15:00")
        with play.refused("letter-moot"):
            play.letter("microsoft", "waive", received, round=1)
        if breach:
            play.letter("microsoft", "take", received, round=1)
        else:
            with play.refused("letter-moot"):
                play.letter("microsoft", "take", received, round=1)
        assert bool(play.all(Breached)) is breach
        assert play.standing("azure").state == "noticed"


def silent() -> Play:
    """Google was silent until 13 February; bids, Oracle's of 9.00, have been opened."""
    play = Play().open(claim("first", "google", first=True, ceiling="1.05"))
    play.wait("2025-02-14 09:00").bid("oracle", "9.00")
    return play.wait(NOTICED)


def test_a_letter_that_offered_in_time_sets_a_ceiling_though_it_cannot_be_accepted() -> None:
    play = silent()
    before = play.standing("first")
    play.letter("google", "offer", OFFERED, terms=terms("2.00"))
    answered, standing = play.last(Answered), play.standing("first")
    assert (answered.kind, answered.received) == ("offer", OFFERED)
    assert (standing.state, standing.terms) == ("declined", terms("2.00"))
    assert standing.effective == 2
    assert (standing.cleared, standing.tail) == (before.cleared, before.tail)
    assert play.the_tender().first["first"] == standing
    with play.refused("no-offer"):
        play.accept("first")
    with play.refused("above-ceiling"):
        play.sign("oracle", 1000, unasked=True)
    play.revise("oracle", "2.10")
    play.sign("oracle", 1000, unasked=True)


def test_a_letter_that_offered_a_nanosecond_late_sets_none() -> None:
    closes = at("2025-02-13 17:00")
    play = silent()
    with play.refused("letter-late"):
        play.letter("google", "offer", closes + 1, terms=terms("2.00"))
    play.letter("google", "offer", closes, terms=terms("2.00"))
    with play.refused("answered-already"):
        play.letter("google", "offer", closes, terms=terms("1.00"))


def test_a_letter_that_offered_is_looked_at_like_any_offer() -> None:
    play = silent()
    with play.refused("offer-without-terms"):
        play.letter("google", "offer", OFFERED)
    with play.refused("more-than-noticed"):
        play.letter("google", "offer", OFFERED, terms=terms(), chips=1001)
    assert play.standing("first").state == "silent"


def test_a_letter_that_offered_is_moot_as_long_as_something_is_signed() -> None:
    play = silent()
    play.sign("oracle", 400, agreement="sold", unasked=True)
    with play.refused("letter-moot"):
        play.letter("google", "offer", OFFERED, terms=terms("2.00"))
    assert not play.all(Breached)
    play.fail("sold")
    play.letter("google", "offer", OFFERED, terms=terms("2.00"))
    with play.refused("above-ceiling"):
        play.sign("oracle", 1000, unasked=True)


def test_a_letter_about_another_tender_than_its_answer_answers_nothing() -> None:
    play = noticed(AZURE).go("2025-03-12 15:00")
    for told in ("other", ""):
        answer = Answer(told, "azure", "take", 1)
        with play.refused("no-notice"):
            play.do(BUYER, Attest("lot", answer, RECEIVED, EVIDENCE, ("ops", "legal")))
    with play.refused("letter-persons"):
        play.letter("microsoft", "take", RECEIVED, persons=("ops", "ops"))
    play.letter("microsoft", "take", RECEIVED)


def test_a_letter_obeys_the_clause_like_any_answer() -> None:
    play = noticed(claim("azure", "microsoft", partial=100)).go("2025-03-20 09:00")
    with play.refused("part-too-small"):
        play.letter("microsoft", "take", RECEIVED, chips=99)
    with play.refused("unknown-answer"):
        play.letter("microsoft", "perhaps", RECEIVED)
    with play.refused("part-by-place"):
        play.letter("microsoft", "take", RECEIVED, chips=200, region="abilene")
    play.letter("microsoft", "take", RECEIVED, condition="if the board approves")
    assert play.standing("azure").state == "countered"


def test_a_letter_and_a_withdrawal_cross() -> None:
    play = noticed(AZURE).go("2025-03-12 15:00")
    play.withdraw()
    play.go("2025-03-13 09:00").letter("microsoft", "take", RECEIVED)
    assert play.last(Breached).letter.received == RECEIVED
    assert play.the_tender().phase == "withdrawn"

    play = noticed(AZURE).go(RECEIVED)
    play.withdraw()
    play.go("2025-03-13 09:00")
    with play.refused("withdrawn"):
        play.letter("microsoft", "take", RECEIVED + 1)
    with play.refused("withdrawn"):
        play.letter("microsoft", "waive", RECEIVED)
    play.letter("microsoft", "take", RECEIVED)
    assert play.last(Breached).clause == "azure"


def test_a_letter_recorded_before_a_withdrawal_holds_it_back() -> None:
    play = noticed(AZURE).go("2025-03-12 15:00")
    play.letter("microsoft", "take", RECEIVED)
    with play.refused("taken-already"):
        play.withdraw()


def test_a_letter_to_a_notice_that_was_never_served_is_refused() -> None:
    play: Play = bids_open(AZURE).go("2025-03-12 15:00")
    with play.refused("no-notice"):
        play.letter("microsoft", "take", RECEIVED, round=1)
    play.notice("oracle")
    with play.refused("letter-early"):
        play.letter("microsoft", "take", RECEIVED)
    assert len(play.all(ClockStarted)) == 1


def test_a_letter_after_delivery_shows_a_breach_all_the_same() -> None:
    play = noticed(AZURE).wait("2025-03-20 09:00")
    play.sign("oracle", 400, agreement="sold")
    play.deliver("sold")
    play.letter("microsoft", "take", RECEIVED)
    assert play.last(Breached).clause == "azure"


def test_a_letter_for_chips_that_a_lower_rank_took_and_lost_shows_a_breach() -> None:
    play = noticed(AZURE, claim("gcp", "google", rank=2, partial=1, closing="5 days"))
    play.wait("2025-03-15 09:00").take("google", 300)
    play.wait("2025-03-25 09:00")
    assert play.taking("gcp").state == "failed"
    play.letter("microsoft", "take", RECEIVED)
    assert play.last(Breached).holder == "microsoft"
    assert play.the_tender().unnoticed == 300


def test_a_letter_of_who_had_answered_before_a_withdrawal_changes_nothing() -> None:
    play = noticed(AZURE).go("2025-03-12 15:00")
    play.waive("microsoft")
    play.withdraw()
    with play.refused("withdrawn"):
        play.letter("microsoft", "take", RECEIVED)
    assert not play.all(Breached)


def test_a_letter_from_before_all_time_is_early() -> None:
    play = noticed(AZURE)
    with play.refused("letter-early"):
        play.letter("microsoft", "take", -1)
