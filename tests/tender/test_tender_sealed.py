"""Sealed bids: what log and export tell, pledges that are revealed, and erasure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from offtake.dealing import promised
from offtake.dealing.wrong import WrongDealingError
from shell.books import said

from .staged import LOT, Stage

BID = "price: 2 USD per chip-hour\nchips: 300 chips\nstart: 2026-04-01\nterm: 12 months\n"


def sealed(stage: Stage, who: str = "far") -> tuple[str, Path]:
    """A bid that its bidder sealed itself: the commitment, and the file of the secret."""
    file = stage.folder.parent / f"{who}.yaml"
    file.write_text(BID)
    done = said("tender", "seal", "t", file, "--buyer", "lab", "--as", who, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    return told["commitment"], Path(told["secret"])


def pledged(stage: Stage) -> Path:
    lot = ("--tender", "t", *LOT, "--chips", "300", "--rehearsal", "--reveal", "2 days")
    stage.does("open", *lot)
    stage.does("declare", "far", "--chip", "h100", "--region", "us", "--chips", "1000")
    commitment, secret = sealed(stage)
    stage.does("pledge", "t", commitment, "--as", "far")
    return secret


def exported(stage: Stage) -> list[bytes]:
    return said("tender", "export", "--keys", stage.keys, stage.folder).stdout.encode().splitlines()


def test_numbers_end_where_seals_begin(stage: Stage) -> None:
    stage.opened().bid()
    lines = exported(stage)
    assert json.loads(lines[0])["type"] == "Journal"
    assert json.loads(lines[-1])["type"] == "Head"
    assert [json.loads(line)["event"]["type"] for line in lines[1:-1]] == [
        "Founded",
        "TenderOpened",
        "BiddingStarted",
    ]
    rows = stage.does("log")["events"]
    assert [row["number"] for row in rows] == [0, 1, 2, None, None, None]
    assert all("bid " not in row["sentence"] for row in rows[3:])
    opened = stage.go("2026-01-20T15:00:00Z").does("notice", "t")
    assert opened["sentences"]
    rows = stage.does("log")["events"]
    assert [row["number"] for row in rows] == list(range(len(rows)))
    assert "BidReceived" in {row["what"] for row in rows}
    assert len(exported(stage)) == len(rows) + 2


def test_an_export_is_for_the_buyer_and_auditors(stage: Stage) -> None:
    stage.opened("--auditor", "auditor").bid().go("2026-01-20T15:00:00Z")
    store = stage.folder / "desk.sqlite"
    before = store.read_bytes()
    to = stage.folder.parent / "j.jsonl"
    for party in ("near", "far"):
        assert stage.wrong("export", "--as", party, "--to", to) == (
            f"the export is for the buyer and its auditors; offtake tender show --as {party} "
            "shows what it may see"
        )
    assert not to.exists()
    assert store.read_bytes() == before
    assert stage.said("export", "--as", "auditor", "--to", to).exit_code == 0


def test_a_pledge_is_said_to_be_no_bid_until_it_is_revealed(stage: Stage) -> None:
    pledged(stage)
    (clock,) = stage.clocks("far")
    assert clock["if_nothing_is_done"] == (
        "What far pledged is no bid until it is revealed between 17 Jan 2026 12:00 EST and "
        "22 Jan 2026 12:00 EST; from 17 Jan 2026 12:00 EST on it cannot be pledged anew or taken "
        "back."
    )
    assert "Bids are taken" in stage.said("show", "t", "--as", "far").stdout
    stage.go("2026-01-18T15:00:00Z")
    assert "Bids are revealed" in stage.said("show", "t", "--as", "far").stdout


def test_an_export_says_that_it_ends_early(stage: Stage) -> None:
    stage.opened().bid()
    to = stage.folder.parent / "j.jsonl"
    done = stage.said("export", "--to", to)
    assert done.stderr.startswith(f"wrote 3 events to {to}; it ends there, since bids are sealed")
    stage.does("withdraw", "t", "--reason", "x")
    before = to.read_bytes()
    assert "is there already; name a file that is not" in stage.wrong("export", "--to", to)
    assert to.read_bytes() == before
    to.unlink()
    told = stage.does("export", "--to", to)
    assert told == {"file": str(to), "events": 8, "whole": True}
    hidden = [json.loads(line) for line in to.read_bytes().splitlines()[1:-1]]
    assert [row["event"] is None for row in hidden].count(True) == 1
    rows = stage.does("log")["events"]
    assert [row["what"] for row in rows].count(None) == 1


def test_a_log_is_of_one_tender_where_one_is_named(stage: Stage) -> None:
    stage.opened()
    assert {row["tender"] for row in stage.does("log", "--tender", "t")["events"]} == {"t"}
    assert stage.said("log").stdout.splitlines()[1].startswith("     0 lab began this desk")


def test_a_pledge_is_revealed_and_counts(stage: Stage) -> None:
    secret = pledged(stage)
    (waits,) = stage.clocks()
    assert (waits["what"], waits["who"]) == ("revealing", "bidders")
    price = ("--price", "2 USD per chip-hour")
    assert stage.refused("bid", "t", "--as", "far", *price)
    stage.go("2026-01-18T15:00:00Z")
    (mine,) = stage.clocks("far")
    assert mine["what"] == "reveal"
    assert "it is no bid" in mine["if_nothing_is_done"]
    (waits,) = stage.clocks()
    assert waits["what"] == "reveal"
    done = stage.does("reveal", "t", secret, "--as", "far")
    mark = Path(done["mark"])
    assert "have a second person keep a copy" in done["sentences"][-1]
    assert json.loads(mark.read_text())["at"] == "2026-01-17T17:00:00.000000000Z"
    assert stage.said("receipt", "--mark", "t").stdout == mark.read_text()
    assert (mark.resolve().parent, mark.stat().st_mode & 0o777) == (Path.cwd() / "receipts", 0o600)
    assert "are sealed until 22 Jan 2026 12:00 EST" in stage.wrong("notice", "t")
    stage.go("2026-01-23T15:00:00Z").does("notice", "t")
    (bid,) = stage.does("show", "t")["tender"]["bids"]
    assert (bid["bidder"], bid["chips"]) == ("far", 300)


def test_what_is_not_revealed_is_no_bid_and_a_pledge_can_be_taken_back(stage: Stage) -> None:
    pledged(stage)
    stage.does("withdraw", "t", "--bid", "--as", "far")
    commitment, _ = sealed(stage, "third")
    stage.does("pledge", "t", commitment, "--as", "third")
    stage.go("2026-01-23T15:00:00Z")
    assert "no bid in t stands" in stage.wrong("notice", "t")


def test_another_bid_than_was_pledged_is_refused(stage: Stage) -> None:
    own = promised.kept(pledged(stage))
    stage.go("2026-01-18T15:00:00Z")
    path = stage.folder.parent / "other.json"
    promised.keep(promised.sealed(own.bid, own.buyer, own.tender, own.currency), path)
    assert stage.refused("reveal", "t", path, "--as", "far") == "reveal-differs"
    others = sealed(stage, "near")[1]
    assert "sealed by near, who alone" in stage.wrong("reveal", "t", others, "--as", "far")


@pytest.mark.parametrize(("tender", "buyer"), [("t", "oracle"), ("u", "lab")])
def test_a_bid_is_revealed_in_its_own_tender_alone(stage: Stage, tender: str, buyer: str) -> None:
    secret = promised.kept(pledged(stage))
    path = promised.keep(
        promised.sealed(secret.bid, buyer, tender, "USD"), stage.folder.parent / "other.json"
    )
    stage.go("2026-01-18T15:00:00Z")
    said = f"the bid was sealed for the tender {tender} of {buyer}"
    assert said in stage.wrong("reveal", "t", path, "--as", "far")


def test_a_commitment_is_the_hash_of_chance_and_the_bid(stage: Stage) -> None:
    commitment, path = sealed(stage)
    secret = promised.kept(path)
    data = json.loads(path.read_text())
    stated = {k: v for k, v in data["bid"].items() if k not in ("id", "received")}
    promise = {"bid": stated, "buyer": "lab", "tender": "t"}
    body = json.dumps(promise, sort_keys=True, separators=(",", ":")).encode()
    assert hashlib.sha256(bytes.fromhex(data["salt"]) + body).hexdigest() == commitment
    assert secret.commitment == commitment
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"price": "2"', '"price": "3"'),
        lambda text: text.replace('"tender": "t"', '"tender": "u"'),
        lambda text: text.replace('"buyer": "lab"', '"buyer": "far"'),
        lambda text: text[:100],
        lambda text: "[]",
        lambda text: text.replace('"salt"', '"salz"'),
    ],
)
def test_a_secret_that_was_changed_is_none(stage: Stage, spoil: Callable[[str], str]) -> None:
    _, path = sealed(stage)
    path.write_text(spoil(path.read_text()))
    with pytest.raises(WrongDealingError, match=r"no secret of a bid|was changed"):
        promised.kept(path)


def test_a_secret_is_never_written_over_and_faults_of_its_bid_are_shown(stage: Stage) -> None:
    sealed(stage)
    file = stage.folder.parent / "far.yaml"
    again = said("tender", "seal", "t", file, "--buyer", "lab", "--as", "far")
    assert (again.exit_code, "may be the secret of another bid" in again.stderr) == (2, True)
    file.write_text("price: 2 USD per chip-hour\nchips: 300 chips\n")
    bad = said("tender", "seal", "t", file, "--buyer", "lab", "--as", "far")
    assert bad.exit_code == 1
    assert "A field is missing in the bid: start." in bad.stdout
    seal = ("tender", "seal", "t", file)
    assert said(*seal, "--buyer", "lab").stderr.startswith("offtake: --as is needed")
    assert said(*seal, "--as", "far").stderr.startswith("offtake: --buyer is needed")


def test_bids_that_were_not_dealt_with_are_erased(stage: Stage) -> None:
    stage.opened().go("2026-01-13T15:00:00Z").bid("far").bid("third", "2.71")
    stage.go("2026-01-20T15:00:00Z").does("notice", "t")
    assert stage.refused("erase", "t")
    stage.does("withdraw", "t", "--reason", "the need is gone")
    erased = stage.does("erase", "t")["sentences"]
    assert "the ranking with its effective prices" in erased[-2]
    assert "Destroy the copies of this desk's keys too" in erased[-1]
    assert "2.71 per chip-hour" not in stage.said("log").stdout
    assert b'"2.71"' not in b"\n".join(exported(stage))
    bids = {bid["bidder"]: bid for bid in stage.does("show", "t")["tender"]["bids"]}
    assert (bids["third"]["erased"], bids["far"]["erased"]) == (True, False)
    for party in ("lab", "third", "far"):
        assert stage.said("show", "t", "--as", party).exit_code == 0
    assert "open a new tender" in stage.wrong("notice", "t", "--bid", "third")
