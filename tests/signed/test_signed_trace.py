"""`offtake trace`: from an agreement back to the line of demand, and from there forwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import offtake
from offtake.cli import app
from offtake.rehearse import Rehearsal
from offtake.signed.trace import Traced
from rehearse.stages import HEAD, OFFERS, right, write

from .desks import BOOK, SOLD, at, book, opened, signed

AGREED = "neo-6-2026-06"


@pytest.fixture(scope="module")
def dealt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book whose plan was adopted and rehearsed, and which names the journal of that."""
    folder = tmp_path_factory.mktemp("dealt")
    text = HEAD + OFFERS + right("{take: 30%, weight: 100%}", partial="{min: 100 chips}")
    opened_book = offtake.load(write(folder, text))
    plan = opened_book.plan(costs=False, foresight=False)
    assert isinstance(plan, offtake.Plan)
    played = opened_book.rehearse(plan, replan=False)
    assert isinstance(played, Rehearsal)
    played.write(folder / "out")
    (folder / "out" / "desk.sqlite").rename(folder / "desk.sqlite")
    write(folder, text.replace("  timezone:", "  journals: [desk.sqlite]\n  timezone:"))
    opened_book.adopt(plan)
    return folder


def keys(found: tuple[Traced, ...]) -> list[tuple[str, str]]:
    return [(one.thing.kind, one.thing.name) for one in found]


def kinds(found: tuple[Traced, ...]) -> list[str]:
    return list(dict.fromkeys(one.thing.kind for one in found))


def test_from_an_agreement_to_the_line_of_demand(dealt: Path) -> None:
    found = offtake.load(dealt).trace(AGREED)
    assert found[0].thing.kind == "agreement"
    assert kinds(found)[:7] == [
        "agreement", "event", "tender", "lot", "purchase", "offer", "demand",
    ]  # fmt: skip
    assert {"clause", "waiver"} <= set(kinds(found))
    by_kind = {one.thing.kind: one.thing for one in reversed(found)}
    assert by_kind["demand"].place == "book.yaml:16"
    assert by_kind["offer"].name == "neo-6"
    assert by_kind["purchase"].place.startswith("plans/")
    assert "from neo" in by_kind["purchase"].sentence
    assert by_kind["clause"].name == "cloud-2025/first"


def test_each_event_has_its_number_its_instant_and_its_sentence(dealt: Path) -> None:
    events = [t.thing for t in offtake.load(dealt).trace(AGREED) if t.thing.kind == "event"]
    numbers = [int(one.place.rpartition(":")[2]) for one in events]
    assert all(one.at is not None and one.sentence for one in events)
    assert len(set(numbers)) == len(numbers)
    told = dict(zip(numbers, events, strict=True))
    assert "signed neo-6-2026-06 with neo" in told[max(numbers)].sentence
    assert "opened the tender" in told[min(numbers)].sentence


def test_nothing_comes_before_what_it_brought_about_but_causes(dealt: Path) -> None:
    found = offtake.load(dealt).trace(AGREED)
    when = {(o.thing.kind, o.thing.name): o.thing.at for o in found}
    for one in found:
        for cause in one.next:
            ours, before = one.thing.at, when[cause]
            assert ours is None or before is None or before <= ours


@pytest.mark.parametrize("kind", ["tender", "purchase", "bid", "demand", "offer", "clause"])
def test_from_anything_on_the_way_back_and_on(dealt: Path, kind: str) -> None:
    opened_book = offtake.load(dealt)
    name = next(t.thing.name for t in opened_book.trace(AGREED) if t.thing.kind == kind)
    back = keys(opened_book.trace(name))
    on = keys(opened_book.trace(name, effects=True))
    assert (kind, name) == back[0]
    assert ("agreement", AGREED) in on
    assert ("agreement", AGREED) not in back


def test_causes_and_effects_are_the_same_way_in_two_directions(dealt: Path) -> None:
    opened_book = offtake.load(dealt)
    for one in opened_book.trace(AGREED):
        on = {(t.thing.kind, t.thing.name) for t in opened_book.trace(one.thing.name, effects=True)}
        assert ("agreement", AGREED) in on


def test_a_line_of_the_book_and_an_entry_are_names_too(dealt: Path) -> None:
    opened_book = offtake.load(dealt)
    assert keys(opened_book.trace("book.yaml:16")) == [("demand", "run")]
    assert keys(opened_book.trace("book.yaml:16:3")) == [("demand", "run")]
    event = next(t.thing for t in opened_book.trace(AGREED) if t.thing.kind == "event")
    for name in (event.name, event.place):
        assert keys(opened_book.trace(name))[0] == ("event", event.name)


def test_an_unknown_name_is_told_with_the_nearest(dealt: Path) -> None:
    with pytest.raises(offtake.WrongArgumentError, match=f"did you mean {AGREED}"):
        offtake.load(dealt).trace("neo-6-2026-0")


def test_without_the_adopted_plan_the_purchase_still_leads_to_its_offer(tmp_path: Path) -> None:
    found = offtake.load(book(tmp_path)).trace("neo-24-2026-06")
    things = {one.thing.kind: one.thing for one in found}
    assert things["purchase"].name == "p1/neo-24/2026-06"
    assert "not adopted" in things["purchase"].sentence
    assert things["offer"].name == "neo-24"
    assert things["demand"].name == "run"


def test_what_is_no_plan_among_the_plans_is_passed_over(tmp_path: Path) -> None:
    folder = book(tmp_path)
    (folder / "plans").mkdir()
    (folder / "plans" / "a.json").write_text("{")
    (folder / "plans" / "b.json").write_text("[]")
    assert offtake.load(folder).trace("neo-24-2026-06")


def test_another_agreement_of_the_same_tender_is_no_cause(tmp_path: Path) -> None:
    folder = book(tmp_path, *SOLD, opened("u", cause=""), signed("other", tender="u"))
    names = keys(offtake.load(folder).trace("other"))
    assert ("tender", "u") in names
    assert ("tender", "t") not in names


def test_an_agreement_that_people_wrote_leads_where_its_cause_says(tmp_path: Path) -> None:
    more = """\
- id: by-hand
  seller: neo
  signed: 2026-03-01
  from: 2026-06-01
  until: 2026-12-31
  cause: p1/neo-24/2026-06, tender t
  waivers: [{of: first, on: 2026-02-20}]
"""
    words = BOOK.replace("offers:\n", f"{more}offers:\n")
    names = keys(offtake.load(book(tmp_path, words=words)).trace("by-hand"))
    assert names[:2] == [("agreement", "by-hand"), ("tender", "t")]
    assert ("clause", "cloud-2025/first") in names


def run(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["trace", *arguments])
    return found.exit_code, found.output


def test_the_command_has_a_why_and_a_place_for_each(tmp_path: Path) -> None:
    status, said = run("neo-24-2026-06", str(book(tmp_path)))
    assert status == 0
    assert said.splitlines()[0].split() == ["what", "id", "at", "(UTC)", "why", "place"]
    assert "book.yaml:33" in said
    assert "desk.sqlite:2" in said
    assert "2026-02-07 09:00" in said


def test_the_command_gives_plain_data(tmp_path: Path) -> None:
    status, said = run("run", str(book(tmp_path)), "--effects", "--json")
    assert status == 0
    first, *rest = json.loads(said)
    assert (first["kind"], first["id"], first["place"]) == ("demand", "run", "book.yaml:33")
    assert any(one["kind"] == "agreement" and one["id"] == "neo-24-2026-06" for one in rest)
    assert {one["at"] for one in rest} >= {None, "2026-02-07T09:00:00.000000000Z"}
    assert at(600) == 1770454800 * 10**9


def test_the_command_tells_an_unknown_name_in_a_sentence(tmp_path: Path) -> None:
    status, _ = run("nobody", str(book(tmp_path)))
    assert status == 2
