"""A book with a desk for practice, driven by its command line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import Result

from shell.books import said, write

BOOK = """\
book:
  title: Tenders
  buyer: lab
  as_of: 2026-01-12
  timezone: America/New_York
  calendar: US
  periods: {start: 2026-04, length: 12 months}
  procurement: {bidding: 5 days, signing: 5 days}
  purposes: {inference: {}}
parties:
- {id: lab, name: The lab}
- {id: near, name: Nearby}
- {id: far, name: Far away}
- {id: third, name: Third}
- {id: auditor, name: Auditor}
demand:
- {id: chat, purpose: inference, unit: h100, base: 300 chips, unserved: 12 USD per chip-hour}
agreements:
- id: near-2025
  seller: near
  from: 2025-01-01
  until: 2027-12-31
  clauses:
  - id: near-first
    kind: first-refusal
    window: {length: 10 days, closes: "17:00", timezone: Europe/Berlin, calendar: DE}
    tail: {length: 20 days}
    partial: {min: 10 chips}
    closing: 5 days
offers:
- {id: far-12, seller: far, chip: h100, region: us, term: 12 months,
   price: 2.00 USD per chip-hour, max: 400 chips}
- {id: near-12, seller: near, chip: h100, region: us, term: 12 months,
   price: 2.50 USD per chip-hour, max: 400 chips}
"""
"""The lab, Nearby with a first refusal by Berlin's clock, and two that sell."""

LOT = ("--chip", "h100", "--region", "us", "--start", "2026-04", "--months", "12")


@dataclass
class Stage:
    """A book in a folder; each command is stated with its hour, unless it goes on at once."""

    folder: Path
    keys: Path
    at: str = "2026-01-12T15:00:00Z"
    answers: list[Result] = field(default_factory=list)

    def go(self, at: str) -> Stage:
        """Time passes."""
        self.at = at
        return self

    def said(self, verb: str, *arguments: object) -> Result:
        """What a verb prints at this hour."""
        done = said("tender", verb, "--keys", self.keys, self.folder, *arguments, "--at", self.at)
        self.answers.append(done)
        return done

    def does(self, verb: str, *arguments: object) -> Any:
        """What a verb says as plain data; it must succeed."""
        done = self.said(verb, *arguments, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def refused(self, verb: str, *arguments: object) -> str:
        """The code of a refusal."""
        done = self.said(verb, *arguments, "--json")
        assert done.exit_code == 5, done.output
        (answer,) = [one for one in json.loads(done.stdout)["answers"] if "refused" in one]
        assert answer["sentence"]
        assert answer["instead"]
        return str(answer["refused"])

    def wrong(self, verb: str, *arguments: object) -> str:
        """The one sentence about what means nothing."""
        done = self.said(verb, *arguments)
        assert (done.exit_code, done.stdout) == (2, ""), done.output
        assert done.stderr.startswith("offtake: ")
        assert done.stderr.count("\n") == 1
        return done.stderr.removeprefix("offtake: ").strip()

    def clocks(self, party: str = "lab") -> list[dict[str, Any]]:
        """What is waited for, as a party sees it."""
        found: list[dict[str, Any]] = self.does("list", "--as", party)["clocks"]
        return found

    # --- where most tests begin -------------------------------------------------------------------

    def opened(self, *more: object) -> Stage:
        """A tender for 300 chips; everybody has declared plenty."""
        lot = ("--tender", "t", *LOT, "--chips", "300", "--rehearsal")
        self.does("open", *lot, *more)
        for party in ("near", "far", "third"):
            self.does("declare", party, "--chip", "h100", "--region", "us", "--chips", "1000")
        return self

    def bid(self, who: str = "far", price: str = "2.00") -> Stage:
        """A bid for the whole lot."""
        self.does("bid", "t", "--as", who, "--price", f"{price} USD per chip-hour")
        return self

    def noticed(self) -> Stage:
        """Bids were opened on the 17th at noon; the best is noticed on the next working day."""
        self.opened().go("2026-01-13T15:00:00Z").bid()
        self.go("2026-01-20T15:00:00Z").does("notice", "t")
        return self


def staged(folder: Path) -> Stage:
    """The book, with nothing opened."""
    return Stage(write(folder / "book", BOOK), folder / "keys")
