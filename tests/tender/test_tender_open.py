"""What a tender is opened for: a purchase of an adopted plan, or a lot; and dry runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import offtake
from offtake.dealing.local import LocalDesk
from offtake.dealing.wishes import Words
from offtake.desk import sight
from offtake.rehearse.purchases import rehearsed
from shell.books import said, write

from .staged import BOOK, LOT, Stage

SMALL = BOOK.replace("length: 12 months}", "length: 12 months, hours: 1}").replace(
    "window: {length: 10 days, closes", "window: {length: 5 days, closes"
)


@pytest.fixture
def planned(tmp_path: Path) -> Stage:
    """The book with an adopted plan."""
    folder = write(tmp_path / "book", SMALL)
    assert said("plan", folder, "--quick", "--adopt").exit_code == 0
    return Stage(folder, tmp_path / "keys")


def purchase(stage: Stage) -> str:
    (path,) = (stage.folder / "plans").glob("*.json")
    return str(json.loads(path.read_text())["purchases"][0]["id"])


def test_a_purchase_is_opened_as_a_rehearsal_would_open_it(planned: Stage) -> None:
    from offtake.api import kept_plan

    name = purchase(planned)
    done = planned.does("open", "--purchase", name, "--rehearsal")
    (path,) = (planned.folder / "plans").glob("*.json")
    (expected,) = rehearsed(offtake.load(planned.folder).book, kept_plan(path))
    shown = planned.does("show", expected.name)["tender"]
    assert shown["cause"] == name == expected.id
    assert (shown["lot"]["chips"], shown["lot"]["start"]) == (300, "2026-04-01")
    assert shown["lot"]["need"] == expected.lot.need == "chat"
    assert done["next"][0]["tender"] == expected.name


def test_a_purchase_may_be_named_without_its_plans_digest(planned: Stage) -> None:
    short = purchase(planned).partition("/")[2]
    planned.does("open", "--purchase", short, "--tender", "mine", "--rehearsal")
    assert [one["tender"] for one in planned.does("list")["tenders"]] == ["mine"]
    assert planned.refused("open", "--purchase", short, "--tender", "mine") == "tender-exists"


def test_another_name_is_one_sentence_with_the_nearest(planned: Stage) -> None:
    told = planned.wrong("open", "--purchase", purchase(planned)[:-1] + "9", "--rehearsal")
    assert "did you mean" in told


def test_a_plan_of_offers_that_are_gone_is_told(planned: Stage) -> None:
    name = purchase(planned)
    text = (planned.folder / "book.yaml").read_text()
    (planned.folder / "book.yaml").write_text(text.replace("id: far-12", "id: other-12"))
    told = planned.wrong("open", "--purchase", name, "--rehearsal")
    assert "buys under far-12, which the book does not have any more" in told


def test_what_is_no_plan_is_told(planned: Stage) -> None:
    (path,) = (planned.folder / "plans").glob("*.json")
    path.write_text("{}")
    assert f"{path} is no plan" in planned.wrong("open", "--purchase", "x", "--rehearsal")


def test_a_dry_run_says_who_would_be_asked_by_when_and_where_it_is_written(stage: Stage) -> None:
    arguments = ("--tender", "t", *LOT, "--chips", "300", "--dry-run")
    done = stage.said("open", *arguments)
    assert done.exit_code == 0
    assert "Nothing was opened." in done.stdout
    assert not (stage.folder / "desk.sqlite").exists()
    rows = stage.does("open", *arguments)["asked"]
    assert [row["kind"] for row in rows] == ["bids", "first refusal"]
    assert rows[0]["by_local"] == "17 Jan 2026 12:00 EST"
    assert (rows[1]["holder"], rows[1]["place"]) == ("near", "book.yaml:24")
    assert rows[1]["by_local"] == "29 Jan 2026 17:00 CET"
    assert rows[1]["tail_local"] == "18 Feb 2026 17:00 CET"
    assert "first" in rows[1]["sentence"] or "may take it" in rows[1]["sentence"]


def test_a_dry_run_at_a_desk_goes_by_its_clock_and_writes_nothing(stage: Stage) -> None:
    stage.opened()
    lines = said("tender", "export", stage.folder, "--keys", stage.keys).stdout.count("\n")
    rows = stage.does("open", "--tender", "u", *LOT, "--chips", "9", "--dry-run")["asked"]
    assert rows[0]["by_local"] == "17 Jan 2026 12:00 EST"
    assert said("tender", "export", stage.folder, "--keys", stage.keys).stdout.count("\n") == lines


def test_a_lot_that_starts_too_early_is_opened_with_a_warning(stage: Stage) -> None:
    lot = ("--chip", "h100", "--region", "us", "--months", "12", "--chips", "300")
    early = ("--tender", "t", *lot, "--start", "2026-01-29")
    said_ = (
        "The lot starts on 2026-01-29, before time for bids and the windows of all who must be "
        "asked could end; 2026-01-30 is the first day that could be met."
    )
    assert stage.does("open", *early, "--dry-run")["late"] == said_
    assert said_ in " ".join(stage.said("open", *early, "--dry-run").stdout.split())
    assert stage.does("open", *early, "--rehearsal", "--key", "k")["sentences"][-1] == said_
    assert said_ not in stage.does("open", *early, "--key", "k")["sentences"]
    met = ("--tender", "u", *lot, "--start", "2026-01-30")
    assert stage.does("open", *met, "--dry-run")["late"] is None
    assert "first day" not in str(stage.does("open", *met)["sentences"])
    past = ("--tender", "v", *lot, "--start", "2025-01-01")
    assert "2026-01-30 is the first day" in stage.does("open", *past)["sentences"][-1]


def test_what_would_be_asked_is_what_is_asked(stage: Stage) -> None:
    rows = stage.does("open", "--tender", "t", *LOT, "--chips", "300", "--dry-run")["asked"]
    opened = stage.opened().clocks()
    assert opened[0]["until"] == rows[0]["by"]
    stage.bid().go("2026-01-17T17:00:00.000000001Z").does("notice", "t")
    assert stage.clocks()[0]["until"] == rows[1]["by"]


def test_the_time_for_bids_and_who_may_bid_can_be_stated(stage: Stage) -> None:
    lot = ("--tender", "t", *LOT, "--chips", "300", "--rehearsal")
    done = stage.does("open", *lot, "--bidding", "48 hours", "--invite", "far")
    assert done["next"][0]["until"] == "2026-01-14T15:00:00.000000000Z"
    assert [one["tender"] for one in stage.does("list", "--as", "far")["tenders"]] == ["t"]
    assert stage.does("list", "--as", "third", "--all")["tenders"] == []


def test_an_auditor_sees_what_the_buyer_sees_and_the_log(stage: Stage) -> None:
    stage.opened("--auditor", "auditor")
    buyer, auditor = stage.does("list"), stage.does("list", "--as", "auditor")
    assert buyer["clocks"] == auditor["clocks"]
    assert stage.does("log", "--as", "auditor") == stage.does("log")
    assert stage.refused("withdraw", "t", "--reason", "x", "--as", "auditor") == "not-yours"


@pytest.mark.parametrize("wrong", [("--invite", "fer"), ("--bidding", "soon")])
def test_no_desk_begins_with_an_opening_that_means_nothing(
    stage: Stage, wrong: tuple[str, str]
) -> None:
    stage.wrong("open", "--tender", "t", *LOT, "--chips", "300", *wrong, "--rehearsal")
    assert not (stage.folder / "desk.sqlite").exists()
    assert not stage.keys.exists()


def test_the_buyer_is_no_auditor(stage: Stage) -> None:
    lot = ("--tender", "t", *LOT, "--chips", "300", "--rehearsal", "--auditor", "lab")
    assert "the buyer cannot audit its own desk" in stage.wrong("open", *lot)


def test_every_list_says_that_it_is_practice(stage: Stage) -> None:
    stage.opened()
    for verb, arguments in (("list", ()), ("show", ("t",)), ("log", ())):
        assert stage.said(verb, *arguments).stdout.startswith("Practice: ")
        assert stage.does(verb, *arguments)["practice"] is True


# --- from Python ----------------------------------------------------------------------------------


def test_a_notebook_has_the_same_verbs(stage: Stage) -> None:
    stage.noticed()
    desk = offtake.load(stage.folder).desk(keys=stage.keys)
    assert isinstance(desk, LocalDesk)
    assert desk.practises()
    (clock,) = desk.clocks("near")
    assert (clock.what, clock.chips) == ("answer", 300)
    done = desk.answer("t", Words("take", chips=30), actor="near", key="k")
    assert done.refused is None
    again = desk.answer("t", Words("waive"), actor="near")
    assert again.refused is not None
    assert again.refused["refused"] == "answered-already"
    seen = desk.sight("near")
    with desk.reading() as seeing:
        assert seen == sight(seeing.desk, "near", desk.now(seeing.desk, seeing.last))
    signed = desk.sign("t", "far", chips=270)
    assert signed.made == "far-2026-04"
    assert json.loads(desk.receipt("k", actor="near"))["type"] == "Proof"
