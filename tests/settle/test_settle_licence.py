"""A licence fee is owed month by month, by days, by whoever holds the licence."""

from __future__ import annotations

from pathlib import Path

import pytest

from .owed import book_of, lines, statements, whys

DEAL = """
- id: rights
  seller: cloud
  from: 2025-01-01
  until: 2025-12-31
  clauses:
  - {kind: licence, of: a model, WORDS}
"""


@pytest.mark.parametrize(
    ("words", "january", "february", "why"),
    [
        (
            "holder: lab, fee: 12 M USD per year, until: 2025-02-14",
            "1,000,000.00",
            "500,000.00",
            "12,000,000 USD / 12 × 14/28 days",
        ),
        ("fee: 300 USD per month", "-300.00", "-300.00", "300 USD"),
    ],
    ids=["held by the buyer, until the middle of February", "held by the seller"],
)
def test_the_holder_pays_the_other_side(
    words: str, january: str, february: str, why: str, tmp_path: Path
) -> None:
    found = statements(
        book_of(tmp_path, DEAL.replace("WORDS", words)), "2025-03", agreement="rights"
    )
    assert lines(found["2025-01"]) == [("licence: a model", january)]
    assert lines(found["2025-02"]) == [("licence: a model", february)]
    assert whys(found["2025-02"]) == [why]
    assert {line.account for line in found["2025-01"].lines} == {"fee"}
    assert [{line.payer, line.payee} for line in found["2025-01"].lines] == [{"lab", "cloud"}]
    ended = "until" in words
    assert (lines(found["2025-03"]) == []) is ended


def test_a_licence_for_nothing_owes_nothing(tmp_path: Path) -> None:
    book = book_of(tmp_path, DEAL.replace("WORDS", "holder: lab"))
    assert lines(statements(book, "2025-01", agreement="rights")["2025-01"]) == []
