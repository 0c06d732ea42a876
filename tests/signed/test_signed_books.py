"""What was signed at a desk is in the book that names its journal, like anything else in it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from offtake.book.force import Book
from offtake.book.records import Agreement
from offtake.desk.events import Event
from offtake.desk.lot import Terms

from .desks import (
    BOOK,
    LUMPS,
    PLAIN,
    RIGHT,
    SOLD,
    book,
    codes,
    failed,
    lapsed,
    named,
    opened,
    reading,
    signed,
    text,
)

NAME = "neo-24-2026-06"


def read_book(folder: Path, *happened: Event, words: str = BOOK) -> Book:
    found = reading(book(folder, *happened, words=words))
    assert [str(f) for f in found.faults if f.severity == "fault"] == []
    return found.required()


def agreement(folder: Path, *happened: Event, words: str = BOOK, name: str = NAME) -> Agreement:
    return read_book(folder, *happened, words=words).whole.agreements[name]


def kinds_of(one: Agreement) -> list[str]:
    return [clause.kind for clause in one.clauses]


def test_it_says_all_that_was_agreed_and_stands_at_its_entry(tmp_path: Path) -> None:
    found = agreement(tmp_path)
    assert (found.seller, found.signed, found.from_, found.until) == (
        "neo",
        dt.date(2026, 2, 7),
        dt.date(2026, 6, 1),
        dt.date(2028, 5, 31),
    )
    (delivery,) = found.deliveries
    assert (delivery.add, delivery.chip, delivery.region) == (1000, "h100", "uk")
    assert str(found.price) == "2 USD per chip-hour"
    assert (found.cause, found.entry) == ("p1/neo-24/2026-06, tender t", named(2, SOLD))
    assert str(found.place) == "desk.sqlite:2:1"
    assert str(delivery.at("chip")) == "desk.sqlite:2:1"


def test_a_right_that_gave_way_is_a_waiver_with_its_day_and_its_entry(tmp_path: Path) -> None:
    (waiver,) = agreement(tmp_path).waivers
    assert (waiver.of, waiver.on, waiver.evidence) == (
        RIGHT,
        dt.date(2026, 2, 3),
        named(1, SOLD),
    )


def test_the_host_is_named_where_somebody_else_hosts(tmp_path: Path) -> None:
    assert agreement(tmp_path, opened(), lapsed(), signed(via=("cloud",))).via == "cloud"


def test_an_exported_journal_says_the_same_as_the_store(tmp_path: Path) -> None:
    folder = book(tmp_path, words=BOOK.replace("desk.sqlite", "out.jsonl"))
    (folder / "out.jsonl").write_bytes(text(SOLD))
    found = reading(folder).required().whole.agreements[NAME]
    same = agreement(tmp_path / "two")
    assert found.entry == named(2, SOLD, "out.jsonl")
    left = found.model_dump(exclude={"entry", "waivers"})
    assert left == same.model_dump(exclude={"entry", "waivers"})


# --- when it is known -------------------------------------------------------------------------


def test_it_is_known_from_the_day_of_its_signing(tmp_path: Path) -> None:
    found = read_book(tmp_path)
    assert NAME not in found.agreements
    assert NAME not in found.as_of(dt.date(2026, 2, 6)).agreements
    assert NAME in found.as_of(dt.date(2026, 2, 7)).agreements


def test_one_that_failed_in_service_ends_on_the_day_before(tmp_path: Path) -> None:
    found = read_book(tmp_path, *SOLD, failed(24 * 300))
    day = dt.date(2026, 11, 9)
    before = found.as_of(day - dt.timedelta(1)).agreements[NAME]
    after = found.as_of(day).agreements[NAME]
    assert (before.until, after.until) == (dt.date(2028, 5, 31), day - dt.timedelta(1))
    assert {t.end for t in found.as_of(day).terms_of[NAME]} == {day - dt.timedelta(1)}


def test_one_that_failed_before_its_first_day_is_gone_once_that_is_known(tmp_path: Path) -> None:
    found = read_book(tmp_path, *SOLD, failed(24 * 60))
    assert NAME in found.as_of(dt.date(2026, 3, 13)).agreements
    assert NAME not in found.as_of(dt.date(2026, 3, 14)).agreements


# --- its clauses ------------------------------------------------------------------------------


def test_the_clauses_of_the_offer_that_the_bid_named_go_along(tmp_path: Path) -> None:
    found = agreement(tmp_path)
    assert kinds_of(found) == ["escalator", "first-offer", "delay-credits"]
    assert {clause.id.partition("/")[0] for clause in found.clauses} == {NAME}


def test_a_clause_of_the_offer_stands_where_the_offer_has_it(tmp_path: Path) -> None:
    assert {clause.place.file for clause in agreement(tmp_path).clauses} == {"book.yaml"}


def test_a_holder_that_takes_gets_the_terms_and_not_the_sellers_rights(tmp_path: Path) -> None:
    taken = signed(party="cloud", clause=RIGHT)
    found = agreement(tmp_path, opened(), lapsed(), taken)
    assert kinds_of(found) == ["escalator", "delay-credits"]
    assert found.waivers == ()


def test_terms_that_differ_from_the_offer_say_themselves_what_they_mean(tmp_path: Path) -> None:
    found = agreement(tmp_path, opened(), lapsed(), signed(terms=LUMPS))
    assert kinds_of(found) == ["first-offer", "delay-credits", "prepayment"]
    words = ("share", "due", "credit_after", "credit_up_to")
    assert {name: str(getattr(found.clauses[-1], name)) for name in words} == {
        "share": "20% of delivery value",
        "due": "30 days before start",
        "credit_after": "6 months",
        "credit_up_to": "40% of invoice",
    }


def test_what_no_clause_says_of_the_terms_is_a_note(tmp_path: Path) -> None:
    found = agreement(tmp_path, opened(), lapsed(), signed(terms=LUMPS))
    assert found.note == "1000 come back in month 12; warrants are worth 5"


@pytest.mark.parametrize(
    ("terms", "wanted"),
    [(PLAIN, []), (Terms(PLAIN.price, PLAIN.start, 24, escalator=-PLAIN.price / 100), ["falls"])],
)
def test_a_bid_that_names_no_offer_has_the_clauses_of_its_terms(
    tmp_path: Path, terms: Terms, wanted: list[str]
) -> None:
    found = agreement(tmp_path, opened(), lapsed(), signed(terms=terms, offer=""))
    said = [name for c in found.clauses for name in ("rises", "falls") if getattr(c, name)]
    assert said == wanted


def test_an_offer_that_is_gone_is_a_warning_at_the_entry(tmp_path: Path) -> None:
    happened = (opened(), lapsed(), signed(offer="neo-36"))
    found = reading(book(tmp_path, *happened))
    assert codes(found) == ["desk.sqlite:2 journal-offer"]
    assert found.book is not None


# --- the rest of the book ---------------------------------------------------------------------


def test_a_right_that_did_not_give_way_is_a_warning_for_it_has_happened(tmp_path: Path) -> None:
    found = reading(book(tmp_path, opened(), signed(cleared=False)))
    assert codes(found) == ["desk.sqlite:1 refusal-not-waived"]
    assert found.book is not None


def test_amendments_beside_it_change_its_clauses(tmp_path: Path) -> None:
    more = """\
amendments:
- of: neo-24-2026-06
  on: 2027-01-01
  signed: 2026-12-01
  end: [neo-next]
  change: {escalator: {rises: 2% per year}}
  add: [{id: out, kind: termination, from: 2027-06-01, notice: 30 days}]
"""
    found = read_book(tmp_path, words=BOOK + more)
    known = found.as_of(dt.date(2026, 12, 1))
    ends = {t.clause.id: t.end for t in found.as_of(dt.date(2026, 11, 30)).terms_of[NAME]}
    assert ends[f"{NAME}/neo-next"] == dt.date(2028, 5, 31)
    spans = [(t.clause.id.partition("/")[2], str(t.end)) for t in known.terms_of[NAME]]
    assert ("neo-next", "2026-12-31") in spans
    assert ("escalator", "2026-12-31") in spans
    assert ("out", "2028-05-31") in spans
    added = next(t.clause for t in known.terms_of[NAME] if t.clause.name == "out")
    assert (added.seller, added.place.file) == ("neo", "book.yaml")


def test_an_amendment_may_stand_beside_an_agreement_of_a_file(tmp_path: Path) -> None:
    more = "amendments:\n- {of: cloud-2025, on: 2026-03-01, end: [first]}\n"
    found = read_book(tmp_path, words=BOOK + more)
    (term,) = found.as_of(dt.date(2026, 3, 1)).terms_of["cloud-2025"]
    assert term.end == dt.date(2026, 2, 28)


@pytest.mark.parametrize(
    ("amendment", "wanted"),
    [
        ("{of: neo-24-2026-05, on: 2027-01-01}", "unknown-agreement"),
        ("{on: 2027-01-01}", "missing-field"),
        ("of", "mapping-expected"),
        ("{of: neo-24-2026-06, on: 2026-07-01, signed: 2026-06-02, end: [x]}", "unknown-clause"),
        ("{of: neo-24-2026-06, on: 2027-01-01, ends: [escalator]}", "unknown-field"),
    ],
)
def test_an_amendment_that_fits_nothing_is_a_fault_in_its_line(
    tmp_path: Path, amendment: str, wanted: str
) -> None:
    found = reading(book(tmp_path, words=f"{BOOK}amendments:\n- {amendment}\n"))
    line = BOOK.count("\n") + 2
    assert f"book.yaml:{line} {wanted}" in codes(found)
    assert {text.partition(" ")[0] for text in codes(found)} == {f"book.yaml:{line}"}


def test_the_digest_covers_what_was_signed_and_nothing_else(tmp_path: Path) -> None:
    first = read_book(tmp_path / "a").digest
    more = read_book(tmp_path / "b", *SOLD, lapsed(700)).digest
    other = read_book(tmp_path / "c", *SOLD, failed(700)).digest
    assert first == more
    assert first != other


def test_a_book_with_a_journal_is_changed_like_any_other(tmp_path: Path) -> None:
    import offtake

    opened_book = offtake.load(book(tmp_path))
    changed = opened_book.what_if(f"{NAME}.price=3 USD per chip-hour")
    assert str(changed.book.whole.agreements[NAME].price) == "3 USD per chip-hour"
    bare = opened_book.without(f"{NAME}/escalator")
    assert "escalator" not in kinds_of(bare.book.whole.agreements[NAME])
    assert codes(bare.reading) == []


def test_which_journals_are_read_is_no_change_to_ask_about(tmp_path: Path) -> None:
    import offtake

    with pytest.raises(offtake.WrongArgumentError, match="journals says which files are read"):
        offtake.load(book(tmp_path)).what_if("book.journals=[other.sqlite]")


def test_what_is_planned_knows_it(tmp_path: Path) -> None:
    import offtake

    words = BOOK.replace("2026-01-12", "2026-02-08")
    found = offtake.load(book(tmp_path, words=words)).plan(costs=False, foresight=False)
    assert isinstance(found, offtake.Plan)
    assert found.purchases.height == 0
    assert found.shortage == pytest.approx(0.0)
