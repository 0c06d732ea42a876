"""What a holder is expected to answer at a desk: the cases that a rehearsal plays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from offtake.book.faults import Code, Fault
from offtake.book.fields import Portion
from offtake.book.record import Record
from offtake.book.samples import of_clause
from offtake.units import Price

_WORDS = "kind: first-refusal, window: {length: 30 days}, at_expiry: survives"


@dataclass(frozen=True, slots=True)
class Likely:
    """One thing that a holder may answer when it is asked, and how likely it is.

    `answer` is one of take, offer, waive, silent, counter, unable. `take` is the share of the
    quantity that it takes, `price` what it asks where it offers; one that `fails` takes, and then
    misses the closing.
    """

    answer: str
    take: Decimal
    weight: Decimal
    price: Price | None = None
    fails: bool = False


UNSTATED = (Likely("waive", Decimal(0), Decimal(1)),)
"""Where a book expects nothing. To assume a deal that nobody stated would be to invent it."""


class Weighted(Record):
    """One case of what a holder does, and how likely it is."""

    weight: Portion


EXPECTED = {
    "expected-weights": Code(
        "Cases that do not sum",
        "The weights of what a holder is expected to do sum to 100 %, and nobody takes more "
        "than 100 %.",
        "Mend the weights; add the case in which nothing is taken.",
        example=of_clause(
            f"{{{_WORDS}, expected: [{{take: 0%, weight: 60%}}, {{take: 100%, weight: 40%}}]}}",
            "weight: 60%",
            "weight: 50%",
        ),
    ),
    "expected-answer": Code(
        "An answer that is none",
        "An expected case contradicts itself: something is taken with an answer that takes "
        "nothing, nothing with one that takes; what is not taken fails; or a price is stated "
        "beside an answer that is no offer, or none for an offer.",
        "Mend `answer`, `take`, `fails` or `price`.",
        example=of_clause(
            f"{{{_WORDS}, expected: [{{answer: silent, weight: 100%}}]}}",
            "answer: silent",
            "answer: silent, take: 100%",
        ),
    ),
}
"""The codes of all kinds whose holders are expected to do something."""


def weigh(clause: Record, cases: Sequence[Weighted]) -> Iterator[Fault]:
    """The weights of a clause's expected cases, if it states some, sum to the whole."""
    for case in cases:
        if case.weight.of is not None or case.weight.per is not None:
            sentence = f"weight: {case.weight} is more than a plain percentage."
            yield Fault(case.at("weight"), "share-unit", sentence, "such as 40%")
    total = sum(case.weight.value for case in cases)
    if cases and total != 1:
        sentence = f"The weights of the expected cases sum to {100 * total:g} %."
        hint = "let the weights sum to 100%"
        yield Fault(clause.at("expected"), "expected-weights", sentence, hint)


def contradicts(case: Record, field: str, sentence: str, hint: str) -> Fault:
    """An expected case that cannot be."""
    return Fault(case.at(field), "expected-answer", sentence, hint)
