"""Releases of a desk's events, as the standard's own tools read and compile them.

Whoever has the standard's schema names its file in OFFTAKE_OCDS_SCHEMA: then every release is held
against it, and compiled with it. No network is asked.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from desk.playing import Play
from desk.saying import claim
from offtake.desk import events as ev
from offtake.desk.lot import Terms
from offtake.formats.ocds import package, releases
from offtake.formats.ocds_parts import BIDS, Publisher
from offtake.settle.postings import payment, revised
from offtake.units import Money
from offtake.units.postings import Group

SCHEMA = os.environ.get("OFFTAKE_OCDS_SCHEMA", "")
MERGED: dict[str, Any] = {
    "properties": {
        **{name: {"type": "string", "omitWhenMerged": True} for name in ("id", "date")},
        "tag": {"type": "array", "omitWhenMerged": True},
        "parties": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "roles": {"type": "array", "wholeListMerge": True},
                },
            },
        },
    }
}
"""What the standard says of merging, as far as our releases go: a release's own name, date and tag
are not merged, a party's roles are replaced as a whole. Any other list is merged by `id`.
"""
OPENAI = Publisher(
    "OpenAI", "USD", "America/Los_Angeles", "ocds-b3kdr8", names={"openai": "OpenAI"}
)
OCID = "ocds-b3kdr8-lot"


def numbered(play: Play) -> list[tuple[int, ev.Event]]:
    return list(enumerate(play.journal))


def bids_open() -> Play:
    """Two bid for a thousand chips; one of them wants its terms kept from others."""
    play = Play().open()
    play.go("2025-02-10 10:00").bid("oracle", price="3.10")
    play.go("2025-02-11 10:00").bid("coreweave", price="3.35", confidential=True)
    return play.wait("2025-03-01 09:00")


def delivered() -> Play:
    play = bids_open()
    play.go("2025-03-03 09:00").sign("oracle", 1000, agreement="abilene", unasked=True)
    play.go("2026-01-02 09:00").deliver("abilene")
    return play


def failed() -> Play:
    play = bids_open()
    play.go("2025-03-03 09:00").sign("oracle", 1000, agreement="abilene", unasked=True)
    play.go("2025-04-01 09:00").fail("abilene")
    return play


def withdrawn() -> Play:
    play = Play().open()
    play.go("2025-02-10 10:00").bid("oracle", price="3.10")
    play.go("2025-02-11 10:00").withdraw()
    return play


def left_out() -> Play:
    play = bids_open()
    play.go("2025-03-02 09:00").set_aside("coreweave")
    return play


def dearer() -> Play:
    """A bid of 3 USD, revised to 6 after a holder waived."""
    play = Play().open(claim("azure", "microsoft"))
    play.go("2025-02-10 10:00").bid("oracle", price="3.00")
    play.wait("2025-03-01 09:00").go("2025-03-03 09:00").notice("oracle")
    play.go("2025-03-03 10:00").waive("microsoft")
    play.go("2025-03-03 11:00").revise("oracle", price="6.00")
    return play


def paid() -> list[Group]:
    """A payment, its correction, and one under an agreement of no tender."""
    first = payment("p-1", "abilene", "openai", "oracle", dollars("10.01"), dt.date(2026, 2, 1))
    right = payment("p-1", "abilene", "openai", "oracle", dollars("10"), dt.date(2026, 2, 1))
    better = revised(first, right)
    assert better is not None
    other = payment("p-2", "elsewhere", "openai", "oracle", dollars("7"), dt.date(2026, 2, 1))
    return [first, better, other]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would fetch a schema fails at once, here and in what is started here."""

    def refused(*_: object) -> NoReturn:
        raise AssertionError("a test asks the network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


def compiled(every: list[dict[str, Any]], schema: str | dict[str, Any] = MERGED) -> dict[str, Any]:
    judge = pytest.importorskip("ocdsmerge", reason="ocdsmerge is not installed")
    made: dict[str, Any] = judge.Merger(schema).create_compiled_release(every)
    return made


def tags(every: list[dict[str, Any]]) -> list[str]:
    return ["+".join(one["tag"]) for one in every]


def test_a_tender_is_told_from_its_opening_to_its_delivery() -> None:
    every = releases(numbered(delivered()), OPENAI)
    assert tags(every) == [
        "planning+tender",
        "tenderUpdate",
        "tenderUpdate",
        "award+contract",
        "implementation",
        "tenderUpdate",
    ]
    whole = compiled(every)
    assert whole["ocid"] == OCID
    assert whole["tender"]["status"] == "complete"
    assert whole["tender"]["numberOfTenderers"] == 2
    assert whole["awards"][0]["suppliers"] == [{"id": "oracle", "name": "oracle"}]
    (contract,) = whole["contracts"]
    assert (contract["id"], contract["awardID"], contract["status"]) == (
        "abilene",
        "abilene",
        "active",
    )
    (milestone,) = contract["milestones"]
    assert milestone["status"] == "met"
    assert milestone["dueDate"] == "2026-01-01T08:00:00.000000000Z"
    assert milestone["dateMet"] == "2026-01-02T17:00:00.000000000Z"
    roles = {one["id"]: one["roles"] for one in whole["parties"]}
    assert roles == {
        "openai": ["buyer", "procuringEntity"],
        "oracle": ["tenderer", "supplier"],
        "coreweave": ["tenderer"],
    }


def test_the_value_is_that_of_every_hour_of_the_term() -> None:
    """1,000 chips × 3.10 USD × 24 hours × 1,461 days, from 2026 to 2029."""
    whole = compiled(releases(numbered(delivered()), OPENAI))
    assert whole["contracts"][0]["value"] == {"amount": 108_698_400, "currency": "USD"}
    period = whole["contracts"][0]["period"]
    assert period["durationInDays"] == 1_461
    assert period["endDate"] == "2030-01-01T07:59:59.000000000Z"


def test_an_escalator_raises_the_price_on_each_anniversary() -> None:
    """2 chips × 24 × (365 × 1 USD + 365 × 1.10 USD) = 36,792 USD: two common years."""
    terms = Terms(Decimal(1), dt.date(2026, 1, 1), 24, escalator=Decimal("0.1"))
    assert OPENAI.worth(terms, 2) == {"amount": 36_792, "currency": "USD"}
    cents = replace(terms, price=Decimal("1.000001"))
    assert OPENAI.worth(cents, 2)["amount"] == 36_792.04


def test_ocdskit_compiles_the_package_from_the_command_line(tmp_path: Path) -> None:
    pytest.importorskip("ocdskit.commands.compile", reason="ocdskit is not installed")
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps(MERGED))
    whole = package(releases(numbered(delivered()), OPENAI), OPENAI)
    done = subprocess.run(
        [sys.executable, "-m", "ocdskit", "compile", "--schema", str(schema)],
        input=json.dumps(whole),
        capture_output=True,
        text=True,
        check=True,
    )
    (made,) = map(json.loads, done.stdout.splitlines())
    assert made["contracts"][0]["status"] == "active"
    assert made["bids"]["details"][0]["id"]
    packed = subprocess.run(
        [sys.executable, "-m", "ocdskit", "package-releases", BIDS],
        input="\n".join(json.dumps(one) for one in whole["releases"]),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(packed.stdout)["releases"] == whole["releases"]


def test_a_package_says_who_publishes_and_which_extension_it_uses() -> None:
    every = releases(numbered(delivered()), OPENAI)
    whole = package(every, OPENAI)
    assert whole["version"] == "1.1"
    assert whole["publisher"] == {"name": "OpenAI"}
    assert whole["extensions"] == [BIDS]
    assert whole["publishedDate"] == every[-1]["date"]
    with pytest.raises(ValueError, match="no tender has been opened"):
        package([], OPENAI)


@pytest.mark.skipif(
    not SCHEMA,
    reason="OFFTAKE_OCDS_SCHEMA names no file; it is release-schema.json of OCDS 1.1, "
    "standard.open-contracting.org",
)
@pytest.mark.parametrize("story", [delivered, failed, withdrawn, left_out, dearer])
def test_every_release_holds_to_the_schema_of_the_standard(story: Callable[[], Play]) -> None:
    """And what we wrote of merging compiles the same as all that the standard says of it."""
    every = releases(numbered(story()), OPENAI, paid())
    standard = json.loads(Path(SCHEMA).read_text())
    checker = jsonschema.Draft4Validator.FORMAT_CHECKER
    judge = jsonschema.Draft4Validator(standard, format_checker=checker)
    for release in every:
        judge.validate(release)
    assert not judge.is_valid(every[0] | {"tag": []})
    assert compiled(every, SCHEMA) == compiled(every)


# --- what is sealed -------------------------------------------------------------------------------


def test_nothing_is_told_of_bids_before_they_are_opened() -> None:
    """Even if sealed bids are handed in, with their prices."""
    play = Play().open()
    play.go("2025-02-10 10:00").bid("oracle", price="3.10")
    before = json.dumps(releases(numbered(play), OPENAI))
    assert "oracle" not in before
    assert "bids" not in json.loads(before)[-1]
    play.wait("2025-03-01 09:00")
    assert "oracle" in json.dumps(releases(numbered(play), OPENAI))


def test_bids_of_a_tender_that_was_withdrawn_stay_sealed() -> None:
    every = releases(numbered(withdrawn()), OPENAI)
    assert tags(every)[-1] == "tenderCancellation"
    assert compiled(every)["tender"]["status"] == "cancelled"
    assert "oracle" not in json.dumps(every)


def test_terms_of_a_confidential_bid_are_left_out() -> None:
    every = releases(numbered(bids_open()), OPENAI)
    details = compiled(every)["bids"]["details"]
    valued = {one["tenderers"][0]["id"]: "value" in one for one in details}
    assert valued == {"oracle": True, "coreweave": False}


def test_a_bid_that_nobody_can_read_any_more_is_named_alone() -> None:
    """As in an export after erasure: who bid is known, and nothing else."""
    events = [(n, e) for n, e in numbered(bids_open()) if not isinstance(e, ev.BidReceived)]
    details = compiled(releases(events, OPENAI))["bids"]["details"]
    assert [set(one) for one in details] == [{"id", "status", "tenderers"}] * 2


def test_a_bid_that_was_left_out_is_disqualified() -> None:
    whole = compiled(releases(numbered(left_out()), OPENAI))
    assert [one["status"] for one in whole["bids"]["details"]] == ["valid", "disqualified"]


def test_a_revised_bid_has_another_value() -> None:
    every = releases(numbered(dearer()), OPENAI)
    first = compiled(every[:-1])["bids"]["details"][0]["value"]["amount"]
    assert compiled(every)["bids"]["details"][0]["value"]["amount"] == 2 * first


# --- what comes after -----------------------------------------------------------------------------


def test_an_agreement_that_failed_is_terminated() -> None:
    every = releases(numbered(failed()), OPENAI)
    assert "contractTermination" in tags(every)
    assert compiled(every)["contracts"][0]["status"] == "terminated"


def test_payments_are_transactions_and_a_correction_takes_the_place_of_one() -> None:
    whole = compiled(releases(numbered(delivered()), OPENAI, paid()))
    assert whole["contracts"][0]["implementation"]["transactions"] == [
        {
            "id": "p-1/1",
            "date": "2026-02-01T08:00:00.000000000Z",
            "value": {"amount": 10, "currency": "USD"},
            "payer": {"id": "openai", "name": "OpenAI"},
            "payee": {"id": "oracle", "name": "oracle"},
        }
    ]
    roles = {one["id"]: one["roles"] for one in whole["parties"]}
    assert roles["openai"] == ["buyer", "procuringEntity", "payer"]
    assert roles["oracle"] == ["tenderer", "supplier", "payee"]


def test_what_was_paid_on_the_day_of_signing_follows_it() -> None:
    early = payment("p-1", "abilene", "openai", "oracle", dollars("10"), dt.date(2025, 1, 1))
    every = releases(numbered(delivered()), OPENAI, [early])
    assert tags(every)[3:5] == ["award+contract", "implementation"]
    assert "transactions" in every[4]["contracts"][0]["implementation"]
    assert [one["date"] for one in every] == sorted(one["date"] for one in every)


def test_releases_are_named_by_what_happened_and_never_twice() -> None:
    play = delivered()
    every = releases(numbered(play), OPENAI)
    names = [one["id"] for one in every]
    assert len(set(names)) == len(names)
    assert releases(numbered(play), OPENAI) == every
    sooner = releases(numbered(play)[:-2], OPENAI)
    assert every[: len(sooner)] == sooner


@given(st.integers(1, 10**6), st.integers(1, 60), st.decimals("0.0001", "99", places=4))
@settings(max_examples=25, deadline=None)
def test_a_plain_value_is_hours_times_price(chips: int, months: int, price: Decimal) -> None:
    start = dt.date(2026, 1, 31)
    worth = OPENAI.worth(Terms(price, start, months), chips)
    days = OPENAI.term(start, months)["durationInDays"]
    assert Decimal(str(worth["amount"])) == round(price * chips * days * 24, 2)


def dollars(text: str) -> Money:
    return Money(Decimal(text), "USD")
