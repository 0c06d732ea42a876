"""Rights that the desk found not to reach a deal, and that the check of a book asks about.

The desk judges the lot at the time of asking and signing; a record of an agreement has neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from offtake.book.faults import Fault
from offtake.clauses.base import Right
from offtake.desk.claim import Bar, Claim
from offtake.desk.state import Tender
from offtake.plan.words import chips as in_words
from offtake.rehearse.days import day_of
from offtake.rehearse.playing import Played
from offtake.signed.made import Made

CODES = ("refusal-not-waived", "exclusive-breached")


@dataclass(frozen=True, slots=True)
class Passed:
    """A right that an agreement carries no waiver of, and why its holder was not asked."""

    agreement: str
    clause: str
    why: str

    @property
    def sentence(self) -> str:
        """As a note."""
        return (
            f"offtake check asks for a waiver of {self.clause} in {self.agreement}; there is none, "
            f"since {self.why}"
        )


def passed(made: Iterable[Made], played: Played, faults: Iterable[Fault]) -> Iterator[Passed]:
    """What the check of the book with the agreements says of rights that were not asked about."""
    rights = [t.clause for t in played.book.terms if isinstance(t.clause, Right)]
    told = [(f.sentence, f.hint or "") for f in faults if f.code in CODES]
    for one in made:
        own = [hint for said, hint in told if said.startswith(f"{one.id} was signed with ")]
        for clause in dict.fromkeys(right.id for right in rights):
            if any(f"{clause} is at " in f" {hint}" for hint in own):
                yield Passed(one.id, clause, _why(clause, one, played))


def _why(clause: str, made: Made, played: Played) -> str:
    tender, zone = played.desk.tenders[made.tender], played.book.header.timezone
    dormant = next((c for c in tender.dormant.values() if _plain(c) == clause), None)
    if dormant is not None:
        return f"the lot of {in_words(tender.lot.chips)} is below its least of {dormant.floor:,}"
    known: list[Claim | Bar] = [c for c in _all(tender) if _plain(c) == clause]
    if not known:
        return f"it does not reach {_lot(tender)} as {made.tender} was opened"
    ended = [c.expires for c in known if c.expires is not None]
    if ended:
        return f"it was over on {day_of(max(ended), zone)}"
    return "it did not stand when this deal was asked about"


def _all(tender: Tender) -> Iterator[Claim | Bar]:
    yield from tender.claims.values()
    yield from tender.opened.bars


def _plain(claim: Claim | Bar) -> str:
    return claim.clause.partition("@")[0]


def _lot(tender: Tender) -> str:
    lot = tender.lot
    return f"{in_words(lot.chips)} of {lot.chip} in {lot.region} for {' and '.join(lot.purposes)}"


def beside(found: Iterable[Passed]) -> Mapping[str, tuple[str, ...]]:
    """By agreement, the rights to write as waived where a book must be read that has none."""
    made: dict[str, Any] = {}
    for one in found:
        made[one.agreement] = (*made.get(one.agreement, ()), one.clause)
    return made
