"""Changes asked for as text: each gives the very book that its text changed by hand would give."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.book.changes import (
    LONGEST,
    WrongChangeError,
    drafted,
    leave_out,
    set_of,
    what_if,
)
from offtake.book.read import reread

from .editing import OFFERS, TEXT, by_hand, edited, records
from .writing import KINDS, good

# --- a field ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        # A record by its id alone, with its part of the book, and as a row of a table.
        ("chat.base", "310 chips", "base: 300 chips", "base: 310 chips"),
        ("demand/chat.base", "310 chips", "base: 300 chips", "base: 310 chips"),
        ("demand.chat.base", "310 chips", "base: 300 chips", "base: 310 chips"),
        ("neo-6.max", "250 chips", "200 chips\n", "250 chips\n"),
        # An id with a dot in it.
        ("neo-4.5.price", "2 USD per chip-hour", "2.10 USD", "2 USD"),
        # Deep in a mapping, and in lists: by id, by number, past the name of the list.
        ("chat.scenarios.high.growth", "80% per year", "growth: 90%", "growth: 80%"),
        ("sites/dalles.phases.p1.capex", "90 M USD", "100 M USD", "90 M USD"),
        ("dalles/phases/0/capex", "90 M USD", "100 M USD", "90 M USD"),
        ("dalles.p1.capex", "90 M USD", "100 M USD", "90 M USD"),
        ("cloud-2024.d2.add", "250 chips", "add: 200 chips", "add: 250 chips"),
        # An id of two parts of the book, where only one has the field.
        ("neo.capital.0.limit", "2 B USD", "limit: 1 B USD", "limit: 2 B USD"),
        ("neo.name", "New cloud", "name: Neocloud", "name: New cloud"),
        # The header, fields that were not written, a whole list.
        ("book.periods.length", "9 months", "length: 12 months", "length: 9 months"),
        ("book.discount", "8% per year", "  include", "  discount: 8% per year\n  include"),
        (
            "book.procurement.signing",
            "5 days",
            "  include",
            "  procurement: {signing: 5 days}\n  include",
        ),
        ("dalles.chips", "[h100, h200]", "chips: [h100]", "chips: [h100, h200]"),
        # A clause by its full name, with and without the name of the list.
        ("neo-2025/promise.share", "60%", "share: 70%", "share: 60%"),
        ("clauses/neo-2025/promise/share", "60%", "share: 70%", "share: 60%"),
        ("neo-2025.clauses.promise.share", "60%", "share: 70%", "share: 60%"),
        ("cloud-2024.amendments.2.on", "2024-09-02", "on: 2024-09-01", "on: 2024-09-02"),
    ],
)
def test_a_field_of_any_record_is_set_as_if_it_had_been_written_so(
    tmp_path: Path, path: str, value: str, old: str, new: str
) -> None:
    found = edited(tmp_path, *what_if(f"{path}={value}")).required()
    assert records(found) == records(by_hand(tmp_path, (old, new)))


def test_a_field_that_is_taken_away_was_never_written(tmp_path: Path) -> None:
    found = edited(tmp_path, *what_if("neo-6.term=; neo-6.price=2 USD per chip-hour"))
    assert [f.code for f in found.faults] == ["no-term"]
    again = edited(tmp_path, *what_if("cloud-2024.d2="))
    hand = by_hand(
        tmp_path,
        ("  - {id: d2, add: 200 chips, chip: h100, region: us, start: 2024-06-01}\n", ""),
    )
    assert records(again.required()) == records(hand)
    waived = edited(tmp_path, *what_if("neo-2025.waivers=")).required()
    assert waived.written["neo-2025"].waivers == ()


def test_one_value_is_that_of_the_one_field_a_record_must_have(tmp_path: Path) -> None:
    """`window` has a length and other words with defaults; what else it says stays."""
    found = edited(tmp_path, *what_if("cloud-2024/first.window=10 days")).required()
    hand = by_hand(tmp_path, ("30 days", "10 days"), ("20 days", "10 days"))
    assert records(found) == records(hand)
    window = records(found)["agreements"]["cloud-2024"]["clauses"][0]["window"]
    assert (window["length"], window["roll"]) == ({"count": 10, "unit": "days"}, "none")
    # Where nothing was written the record is made.
    fresh = edited(tmp_path, *what_if("cloud-2024/first.scope=x"))
    assert [f.code for f in fresh.faults] == ["mapping-expected"]


def test_a_word_of_a_clause_is_set_where_amendments_state_it_anew(tmp_path: Path) -> None:
    found = edited(tmp_path, *what_if("cloud-2024/promise.share=30%")).required()
    hand = by_hand(tmp_path, ("share: 50%", "share: 30%"), ("share: 40%", "share: 30%"))
    assert records(found) == records(hand)
    added = edited(tmp_path, *what_if("second.share=30%")).required()
    hand = by_hand(tmp_path, ("share: 10%", "share: 30%"), ("share: 20%", "share: 30%"))
    assert records(added) == records(hand)


def test_several_changes_of_one_case_are_made_one_after_another(tmp_path: Path) -> None:
    text = "neo-6.max=250 chips; chat.base=310 chips ;; neo-6.max=260 chips"
    found = edited(tmp_path, *what_if(text)).required()
    hand = by_hand(tmp_path, ("200 chips\n", "260 chips\n"), ("base: 300", "base: 310"))
    assert records(found) == records(hand)


def test_a_value_with_any_sign_is_given_as_two_texts(tmp_path: Path) -> None:
    found = edited(tmp_path, set_of("neo.name", "'Neo; = cloud'")).required()
    assert found.parties["neo"].name == "Neo; = cloud"


def test_a_chip_that_every_book_knows_is_changed_for_this_one(tmp_path: Path) -> None:
    plain = good(tmp_path, TEXT, offers_csv=OFFERS)
    found = edited(tmp_path, *what_if("h100.kw_it=9 kW")).required()
    assert found.chips["h100"].kw_it.kw == 9
    assert found.chips["h100"].throughput == plain.chips["h100"].throughput
    assert found.chips["h200"] == plain.chips["h200"]


def test_no_change_is_the_same_book_and_a_change_another_digest(tmp_path: Path) -> None:
    plain = good(tmp_path, TEXT, offers_csv=OFFERS)
    draft = drafted(tmp_path, KINDS, plain.digest)
    again = reread(draft, tmp_path, KINDS, plain.digest).required()
    assert again == plain
    digests = {plain.digest}
    for text in ("chat.base=1 chip", "chat.base=2 chips", "neo-6.max=1 chip"):
        digests.add(edited(tmp_path, *what_if(text)).required().digest)
    assert len(digests) == 4


def test_places_of_what_was_changed_are_those_of_the_line_that_would_be(tmp_path: Path) -> None:
    found = edited(tmp_path, *what_if("chat.base=310 chips")).required()
    plain = good(tmp_path, TEXT, offers_csv=OFFERS)
    assert found.demand["chat"].at("base") == plain.demand["chat"].at("base")
    assert found.demand["chat"].place == plain.demand["chat"].place


# --- what is wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("chat.base=5 chaps", "bad-chips", 49),
        ("chat.base={a: b}", "one-value", 49),
        ("chat.unserved=", "missing-field", 49),
        ("dalles.chips=h100", "list-expected", 44),
        ("neo-6.seller=naer", "unknown-party", 2),
        ("neo-6={id: neo-6}", "missing-field", 2),
        ("neo-6=12", "mapping-expected", 2),
        ("book=12", "mapping-expected", 2),
        ("neo-6.id=neo-4.5", "duplicate-id", 3),
        ("cloud-2024/first.kind=clam", "unknown-kind", 21),
        ("chat.base=*here", "yaml-alias", 1),
        ("chat.base=&here 5 chips", "yaml-anchor", 1),
        ("chat.base=[", "yaml", 1),
        ("chat.shape={trace: ../../etc/passwd}", "path-outside", 49),
    ],
)
def test_a_wrong_value_is_a_fault_at_the_line_that_it_would_stand_in(
    tmp_path: Path, text: str, code: str, line: int
) -> None:
    found = edited(tmp_path, *what_if(text))
    assert found.book is None
    assert (found.faults[0].code, found.faults[0].place.line) == (code, line)


def test_a_fault_of_form_counts_columns_in_the_change(tmp_path: Path) -> None:
    (fault,) = edited(tmp_path, *what_if("chat.base=&here 5 chips")).faults
    assert str(fault.place) == f"what-if:1:{len('chat.base=') + 1}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("neo-66.max=1 chip", "there is nothing called 'neo-66' in the book; did you mean neo-6?"),
        ("neo-6.mx=1 chip", "offers/neo-6 has nothing called 'mx'; did you mean max?"),
        ("offers/neo-66.max=1", "offers has no record 'neo-66'; did you mean neo-6?"),
        ("chat.scenarios.hihg.growth=1", "has nothing called 'hihg'; did you mean high?"),
        ("dalles.p2.capex=1 USD", "sites/dalles has nothing called 'p2'"),
        ("dalles.phases.7.capex=1 USD", "known here: 0, p1"),
        ("neo-6.max.of=1", "offers/neo-6/max has no parts"),
        ("neo=", "2 places are called 'neo': name one in full: parties/neo, ventures/neo"),
        ("promise.share=1%", "2 places are called 'promise.share'"),
        (
            "offers=",
            "offers is a whole part of the book; name a record in it, such as offers/neo-6",
        ),
        ("book=", "the part book: cannot be taken away"),
        ("book.include=[]", "include says which files are read"),
        ("neo-6.via=", "neo-6.via is not written in the book, so it cannot be taken away"),
        ("clauses=1", "there is nothing called 'clauses'"),
        ("/=1", "there is nothing called '/'"),
        ("\u0441hat.base=1 chip", "did you mean chat?"),
    ],
)
def test_a_path_that_leads_nowhere_is_told_with_the_nearest(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(WrongChangeError) as raised:
        edited(tmp_path, *what_if(text))
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "'' changes nothing; write PATH=VALUE"),
        (" ; ;", "changes nothing"),
        ("chat.base", "'chat.base' is no change; write PATH=VALUE"),
        ("=5 chips", "is no change"),
        ("chat.base=1 chip; neo-6", "'neo-6' is no change"),
        ("chat.base=5 chips\nneo-6.max=1 chip", "a change is one line of text"),
        ("chat.base=5\tchips", "a change is one line of text"),
        ("chat.base=" + "5" * LONGEST, f"at most {LONGEST:,} characters"),
    ],
)
def test_a_text_that_is_no_change_is_refused_at_once(text: str, sentence: str) -> None:
    with pytest.raises(WrongChangeError) as raised:
        what_if(text)
    assert sentence in str(raised.value)
    assert len(str(raised.value)) < 200


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="abcnoeht-.0126/=;[]{}&*: %'\"\u0439", max_size=40))
def test_any_text_is_a_book_its_faults_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    for start in ("", "neo-6.max", "cloud-2024.", "book.periods="):
        sentence, found = "", None
        try:
            found = edited(folder, *what_if(start + text))
        except WrongChangeError as error:
            sentence = str(error)
        assert "\n" not in sentence
        if found is not None:
            assert (found.book is None) == any(f.severity == "fault" for f in found.faults)


def test_a_book_whose_files_changed_since_is_not_changed_further(tmp_path: Path) -> None:
    book = good(tmp_path, TEXT, offers_csv=OFFERS)
    (tmp_path / "offers.csv").write_text(OFFERS.replace("200 chips", "210 chips"))
    with pytest.raises(WrongChangeError, match="files have changed since"):
        drafted(tmp_path, KINDS, book.digest)


# --- without a clause ---------------------------------------------------------------------------


def test_a_clause_is_left_out_with_all_its_traces(tmp_path: Path) -> None:
    hand = by_hand(
        tmp_path,
        ("  - {id: first, kind: claim, window: {length: 30 days, roll: none}}\n", ""),
        ("first: {window: {length: 20 days}}, ", ""),
        ("  - {on: 2024-09-01, end: [first]}\n", ""),
        ("  - {of: first, on: 2024-12-01}\n", ""),
    )
    for text in ("first", "cloud-2024/first", "clauses/cloud-2024/first"):
        assert records(edited(tmp_path, *leave_out(text)).required()) == records(hand)
    assert records(edited(tmp_path, *what_if("first=")).required()) == records(hand)


def test_a_clause_that_an_amendment_adds_is_left_out_too(tmp_path: Path) -> None:
    hand = by_hand(
        tmp_path,
        ("  - {on: 2024-08-01, add: [{id: second, kind: promise, share: 10%}]}\n", ""),
        (", change: {second: {share: 20%}}", ""),
        ("  - {of: cloud-2024/second, on: 2024-12-02}\n", ""),
    )
    assert records(edited(tmp_path, *leave_out("second")).required()) == records(hand)


def test_several_clauses_are_left_out_together(tmp_path: Path) -> None:
    found = edited(tmp_path, *leave_out("first; second; cloud-2024/promise")).required()
    agreement = found.written["cloud-2024"]
    assert agreement.clauses == ()
    assert agreement.amendments == ()
    assert found.written["neo-2025"].waivers == ()
    assert [c.id for c in found.written["neo-2025"].clauses] == ["neo-2025/promise"]


def test_an_agreement_that_is_taken_away_takes_the_waivers_of_its_rights(tmp_path: Path) -> None:
    found = edited(tmp_path, *what_if("cloud-2024=")).required()
    assert set(found.written) == {"neo-2025"}
    assert found.written["neo-2025"].waivers == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("frist", "there is no clause 'frist' in the book; did you mean first?"),
        (
            "promise",
            "2 clauses are called 'promise': "
            "name one in full: cloud-2024/promise, neo-2025/promise",
        ),
        ("neo-6", "there is no clause 'neo-6'"),
        ("x" * 500, "there is no clause 'xxxxx"),
    ],
)
def test_a_clause_that_is_not_there_is_told_with_the_nearest(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(WrongChangeError) as raised:
        edited(tmp_path, *leave_out(text))
    assert sentence in str(raised.value)
    assert len(str(raised.value)) < 300


def test_no_clause_at_all_is_refused() -> None:
    with pytest.raises(WrongChangeError, match="name a clause to leave out"):
        leave_out(" ; ")
