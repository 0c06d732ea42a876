"""The page of a statement: all that a controller needs, escaped, alone, the same each time."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import offtake
from offtake.owing.settled import Settled
from offtake.report.owing import cash, floors, sentence
from offtake.report.statement import statements_html
from offtake.settle.telling import amount, digest

BOOK = """\
book:
  title: Bills & more
  buyer: lab
  as_of: 2026-01-12
  timezone: Europe/Berlin
  currency: EUR
  periods: {start: 2026-02, length: 3 months, hours: 1}
  purposes: {inference: {}}
parties:
- {id: lab, name: "The <lab>"}
- {id: near, name: Nearby}
- {id: host, name: A host}
agreements:
- id: used-1
  seller: near
  via: host
  from: 2026-02-01
  until: 2026-12-31
  price: 2.00 EUR per chip-hour
  billing: used
  deliveries:
  - {id: d1, add: 100 chips, chip: h100, region: uk, start: 2026-02-01}
  clauses:
  - {id: floor, kind: take-or-pay, share: 80%, measured: month, make_up: 6 months}
- id: held-1
  seller: near
  from: 2026-02-15
  until: 2026-12-31
  price: 3.00 EUR per chip-hour
  deliveries:
  - {id: d1, add: 10 chips, chip: h100, region: uk, start: 2026-02-15}
"""


class Seen(HTMLParser):
    """The texts of a page, its tags, and whatever it would load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [f"{tag} {k}" for k, v in attrs if k in ("src", "href") and v
                       and not v.startswith("#")]  # fmt: skip

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def settled(tmp_path: Path, *agreements: str) -> Settled:
    (tmp_path / "book.yaml").write_text(BOOK)
    meter = tmp_path / "meter.csv"
    hours = [f"used-1,2026-01-31T23:00:00Z,{60}\n"]
    hours += [f"used-1,2026-02-{d:02d}T{h:02d}:00:00Z,60\n" for d in range(1, 28) for h in range(9)]
    meter.write_text("agreement,start,chip_hours\n" + "".join(hours))
    return offtake.load(tmp_path).settle("2026-02", meter=meter, agreements=agreements)


def page(found: Settled) -> str:
    known = {one.id: found.metering(one) for one in found.statements}
    return statements_html(found.statements, found.book, found.notes, known)


def test_a_statement_names_parties_period_lines_balances_and_what_it_rests_on(
    tmp_path: Path,
) -> None:
    found = settled(tmp_path, "used-1")
    (one,) = found.statements
    text = " ".join(Seen(page(found)).text)
    for said in (
        "Statement used-1/2026-02",
        "The <lab>",
        "Nearby",
        "A host",
        "Europe/Berlin",
        "80% × 67,200 contracted",
        "clause floor",
        "book.yaml:24",
        f"{amount(one.total)} EUR",
        "Carried into the next month",
        "chip-hours",
        "meter.csv#",
        digest(one),
        found.book.digest,
        "hours without a row count as no use",
    ):
        assert said in text, said
    assert all(entry.line.why in text for entry in one.entries)


def test_the_page_loads_nothing_runs_nothing_and_lets_no_text_become_a_tag(
    tmp_path: Path,
) -> None:
    made = page(settled(tmp_path))
    seen = Seen(made)
    assert seen.loads == []
    assert not {"script", "lab", "img", "link", "iframe"} & set(seen.tags)
    assert "script-src 'none'" in made
    assert "Skip to the statements" in made


def test_several_statements_have_a_summary_whose_sums_are_theirs(tmp_path: Path) -> None:
    found = settled(tmp_path)
    text = " ".join(Seen(page(found)).text)
    (total,) = found.totals().values()
    assert text.index("All statements") < text.index("Statement held-1/2026-02")
    assert f"The <lab> owes Nearby {amount(total)}" in re.sub(r"\s+", " ", text)


def test_the_same_statements_give_the_same_bytes(tmp_path: Path) -> None:
    assert page(settled(tmp_path)) == page(settled(tmp_path))


# --- what is owed, in the page of a plan ----------------------------------------------------------


def test_cash_by_month_is_the_totals_and_floors_are_lines_for_what_was_not_taken(
    tmp_path: Path,
) -> None:
    found = settled(tmp_path)
    totals = {one.agreement: float(one.total.amount) for one in found.statements}
    rows = cash(found.statements).to_dicts()
    assert {row["agreement"]: row["amount"] for row in rows} == totals
    (missed,) = floors(found.statements)
    (line,) = (e.line for s in found.statements for e in s.entries if e.line.account == "shortfall")
    assert missed["amount"] == float(line.amount.amount)
    assert missed["contracted"] == 67_200
    assert missed["missed"] == pytest.approx(0.8 * 67_200 - missed["used"])
    told = sentence(found.statements, "EUR")
    assert f"of it under {max(totals, key=totals.__getitem__)}" in told
    assert "Feb 2026" in told
