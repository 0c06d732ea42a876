"""What a rehearsal gives back: tables, plain data, files, notes, and the plan made again."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import polars as pl
import pytest

import offtake
from offtake.api import OpenBook
from offtake.book.changes import Add, WrongChangeError, changed
from offtake.book.record import Written
from offtake.clauses.registry import kinds
from offtake.plan.result import PlanResult, frame
from offtake.rehearse import TABLES, Rehearsal
from offtake.rehearse.purchases import left_out

from .stages import HEAD, OFFERS, came_out, rehearsed, right, write

HALF = right("{take: 50%, weight: 100%}", partial="any")


@pytest.fixture
def opened(tmp_path: Path) -> OpenBook:
    return offtake.load(write(tmp_path / "book", HEAD + OFFERS + HALF))


def test_it_is_plain_data_with_every_table_and_the_journal(opened: OpenBook) -> None:
    found = opened.rehearse()
    data = json.loads(json.dumps(found.data(), allow_nan=False))
    assert set(TABLES) <= set(data)
    assert data["timeline"][0]["at"] == "2026-01-12T09:00:00.000000000Z"
    assert len(data["journal"]) == len(data["timeline"])
    assert (data["seed"], data["difference"]["resolved"]) == (0, True)
    assert data["before"]["status"] == data["after"]["status"] == "planned"


def test_it_writes_journal_tables_and_lines_for_the_book(opened: OpenBook, tmp_path: Path) -> None:
    found = opened.rehearse()
    assert isinstance(found, Rehearsal)
    out = tmp_path / "new" / "out"
    written = found.write(out)
    names = {str(path.relative_to(out)) for path in written}
    assert names == {f"tables/{name}.parquet" for name in TABLES} | {
        "rehearsal.json",
        "desk.sqlite",
        "journal.jsonl",
        "signed.yaml",
    }
    assert (out / "journal.jsonl").read_bytes() == b"".join(found.journal)
    assert pl.read_parquet(out / "tables" / "outcome.parquet").equals(found.outcome)


def test_it_says_in_a_line_how_it_ended(opened: OpenBook) -> None:
    found = opened.rehearse(seed=3, replan=False)
    assert "1 tender for 1,000 chips: 500 with the sellers planned, 500 with others." in repr(found)
    assert "neo" in found._repr_html_()


def test_the_plan_made_again_holds_what_was_signed_and_the_offer_less(opened: OpenBook) -> None:
    found = opened.rehearse()
    assert isinstance(found, Rehearsal)
    assert isinstance(found.after, offtake.Plan)
    agreements = found.after.book.agreements
    assert agreements["neo-6-2026-06"].deliveries[0].add == 500
    assert agreements["cloud-2026-06"].price == found.after.book.offers["neo-6"].price
    assert found.after.book.offers["neo-6"].max == 500
    assert found.after.purchases.is_empty()
    assert any("known on 2026-01-12" in note for note in found.notes)
    # Nothing of it is in the files.
    assert set(offtake.load(opened.path).book.agreements) == {"cloud-2025"}


def test_an_offer_that_is_sold_out_is_taken_out_of_the_book(tmp_path: Path) -> None:
    found = rehearsed(tmp_path, HEAD + OFFERS, replan=True)
    assert isinstance(found.after, offtake.Plan)
    assert dict(found.after.book.offers) == {}


def test_an_offers_own_clauses_go_along_with_the_agreement(tmp_path: Path) -> None:
    tiers = "{kind: volume-tiers, tiers: [{above: 100 chips, discount: 5%}]}"
    clause = f"lead: 30 days,\n   clauses: [{tiers}]}}"
    found = rehearsed(tmp_path, HEAD + OFFERS.replace("lead: 30 days}", clause) + HALF, replan=True)
    assert isinstance(found.after, offtake.Plan)
    carried = {
        name: [clause.kind for clause in agreement.clauses]
        for name, agreement in found.after.book.agreements.items()
    }
    assert carried["neo-6-2026-06"] == carried["cloud-2026-06"] == ["volume-tiers"]


def test_a_holder_that_takes_does_not_get_the_rights_of_the_seller(tmp_path: Path) -> None:
    clause = (
        "lead: 30 days,\n"
        "   clauses: [{kind: first-refusal, rank: 2, window: {length: 5 days},"
        " at_expiry: survives}]}"
    )
    text = HEAD + OFFERS.replace("lead: 30 days}", clause) + HALF
    found = rehearsed(tmp_path, text, replan=True)
    assert isinstance(found.after, offtake.Plan)
    agreements = found.after.book.agreements
    assert [c.kind for c in agreements["neo-6-2026-06"].clauses] == ["first-refusal"]
    assert agreements["cloud-2026-06"].clauses == ()


def test_what_no_tender_decides_is_listed_with_the_reason(tmp_path: Path) -> None:
    hourly = (
        "- {id: spare, seller: other, kind: on-demand, chip: h100, region: uk,\n"
        "   price: 4 USD per chip-hour, max: 100 chips}\n"
    )
    found = rehearsed(tmp_path, HEAD.replace("base: 1000", "base: 1100") + OFFERS + hourly)
    assert came_out(found) == [("neo", 1000)]
    assert found.left_out.select("what", "name").rows() == [("on-demand", "other")]
    assert found.left_out["why"][0] == "rented by the hour: nothing is signed ahead"


def test_a_plan_that_was_made_is_rehearsed_as_it_is(opened: OpenBook) -> None:
    plan = opened.plan(costs=False, foresight=False)
    assert isinstance(plan, offtake.Plan)
    found = opened.rehearse(plan, replan=False)
    assert isinstance(found, Rehearsal)
    assert found.before is plan
    assert found.after is None
    assert found.comparison is None


def test_a_plan_of_another_book_is_refused(opened: OpenBook, tmp_path: Path) -> None:
    other = offtake.load(write(tmp_path / "other", HEAD + OFFERS)).plan(costs=False)
    assert isinstance(other, offtake.Plan)
    with pytest.raises(offtake.WrongArgumentError, match="of another book"):
        opened.rehearse(other)


def test_a_seed_is_a_whole_number(opened: OpenBook) -> None:
    with pytest.raises(offtake.WrongArgumentError, match="whole number"):
        opened.rehearse(seed=1.5)  # type: ignore[arg-type]


def test_without_a_plan_there_is_nothing_to_rehearse(tmp_path: Path) -> None:
    text = (HEAD + OFFERS).replace("9 USD per chip-hour", "never").replace("max: 1000", "max: 10")
    found = offtake.load(write(tmp_path, text)).rehearse()
    assert isinstance(found, offtake.Clash)


def test_a_plan_without_purchases_is_a_rehearsal_without_tenders(tmp_path: Path) -> None:
    dear = OFFERS.replace("2 USD", "20 USD")
    found = rehearsed(tmp_path, HEAD + dear, replan=True)
    assert came_out(found) == []
    assert found.summary.startswith(
        "the plan buys nothing by tender; planned again: costs the same"
    )


def test_a_right_that_does_not_reach_the_lot_keeps_nothing_out_of_the_second_plan(
    tmp_path: Path,
) -> None:
    """A record of an agreement does not say for what it was bought; the desk knew."""
    head = HEAD.replace("{work: {}}", "{work: {}, api: {}}")
    text = head + OFFERS + right("{weight: 100%}", scope="{purposes: [api]}")
    found = rehearsed(tmp_path, text, replan=True)
    assert found.shares.is_empty()
    assert isinstance(found.after, offtake.Plan)
    assert [w.of for w in found.after.book.agreements["neo-6-2026-06"].waivers] == [
        "cloud-2025/first"
    ]
    assert "waivers" not in found.lines


def test_what_is_bought_for_some_purposes_alone_is_noted(tmp_path: Path) -> None:
    head = HEAD.replace("{work: {}}", "{work: {}, api: {}}").replace(
        "demand:\n",
        "demand:\n- {id: calls, purpose: api, unit: h100, base: 1 chips, "
        "unserved: 9 USD per chip-hour}\n",
    )
    words = {"scope": "{purposes: [api]}", "partial": "any"}
    slow = right("{take: 50%, weight: 100%}", **words).replace("20 days}", "120 days}")
    found = rehearsed(tmp_path, head + OFFERS.replace("max: 1000", "max: 2000") + slow)
    (name,) = found.outcome["purchase"].unique()
    assert name == "neo-6:work/2026-06"
    assert any("was bought for work alone" in note for note in found.notes)


def test_an_option_and_own_builds_are_decided_by_no_tender(opened: OpenBook) -> None:
    plan = opened.plan(costs=False, foresight=False)
    assert isinstance(plan, offtake.Plan)
    bought = plan.purchases.with_columns(what=pl.lit("option"))
    built = frame("builds", [("s/p", "s", "p", None, None, 1.0, 1.0, 1.0, False, "", "")])
    rows = list(left_out(dataclasses.replace(plan, purchases=bought, builds=built)))
    assert [(row.what, row.why.partition(":")[0]) for row in rows] == [
        ("option", "an option"),
        ("phase", "own build"),
    ]


def test_an_agreement_is_not_written_over_another(opened: OpenBook) -> None:
    own = opened.drafted()
    assert own.draft is not None
    again = Add("agreements", Written({"id": "cloud-2025"}))
    with pytest.raises(WrongChangeError, match="agreements has a record cloud-2025 already"):
        changed(own.draft, own.path, kinds(), own.book.digest, [again])


def test_agreements_are_called_like_nothing_else_in_the_book(tmp_path: Path) -> None:
    text = (
        HEAD
        + OFFERS.replace("neo-6", "neo")
        + OFFERS.removeprefix("offers:\n")
        .replace("neo-6", "neo-2026-06")
        .replace("price: 2 USD", "price: 3 USD")
    )
    found = rehearsed(tmp_path, text)
    assert found.agreements["id"].to_list() == ["neo-2026-06-2"]
    _pasted(tmp_path / "pasted", text, found)


def _pasted(folder: Path, text: str, found: Rehearsal) -> None:
    """What was signed, put into the book, is sound."""
    included = text.replace("  buyer: lab\n", "  buyer: lab\n  include: [signed.yaml]\n", 1)
    folder.mkdir()
    (folder / "signed.yaml").write_text(found.lines, encoding="utf-8")
    assert [
        str(f) for f in offtake.load(write(folder, included)).check() if f.severity == "fault"
    ] == []


def test_a_waiver_that_the_second_plan_needs_is_told_of_and_not_written(tmp_path: Path) -> None:
    """The right is over before bids are opened, but in force on the plan's own day."""
    over = right("{weight: 100%}").replace("until: 2027-12-31", "until: 2026-02-15")
    text = HEAD + OFFERS + over
    found = rehearsed(tmp_path, text, replan=True)
    assert "waivers" not in found.lines
    assert isinstance(found.after, PlanResult)
    (note,) = [note for note in found.notes if "counts as waived" in note]
    assert note.startswith("for the second plan alone cloud-2025/first counts as waived for neo-6")
    _pasted(tmp_path / "pasted", text, found)
