"""Every code of fields and checks, each in the smallest book that earns it."""

from __future__ import annotations

from pathlib import Path

import pytest

from offtake.book.check_names import HINTS_MOST
from offtake.book.codes import CODES
from offtake.book.faults import ClauseFailedError

from .broken import BROKEN
from .writing import START, good, reading, said

WARNINGS = {
    "amendment-outside",
    "not-known-yet",
    "offer-expired",
    "phase-beyond-capital",
    "plan-too-large",
    "unused-region",
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_book_is_told_what_is_wrong_and_where(code: str, tmp_path: Path) -> None:
    text, there = BROKEN[code]
    text = text if text.startswith("book:") else START + text
    faults = reading(tmp_path, text).faults
    assert [f.code for f in faults] == [code], [str(f) for f in faults]
    (fault,) = faults
    line = text.splitlines()[fault.place.line - 1]
    assert line[fault.place.column - 1 :].startswith(there)
    assert fault.sentence.endswith((".", "?"))
    assert fault.severity == ("warning" if code in WARNINGS else "fault")
    assert fault.hint or CODES[code].remedy


def test_all_faults_of_all_files_come_in_one_reading(tmp_path: Path) -> None:
    text = START.replace("as_of: 2025-01-21", "as_of: 2025-01-32") + "offers:\n- {id: Ö}\n"
    text = text.replace("12 months}", "12 months}\n  include: [offers.csv, missing.yaml]")
    table = "id,seller,chip,region,price,max,term\no,clout,h100,x,2 USD,9,1 month\n"
    assert said(reading(tmp_path, text, offers_csv=table)) == [
        "book.yaml:3:10 bad-date",
        "book.yaml:5:25 no-file",
        "book.yaml:12:3 missing-field",
        "book.yaml:12:8 bad-id",
        "offers.csv:2:1 bad-chips",
        "offers.csv:2:1 bad-price",
    ]


def test_a_record_that_cannot_be_read_is_not_missed_by_others(tmp_path: Path) -> None:
    text = (
        START.replace("name: Cloud", "nome: Cloud")
        + """\
agreements:
- {id: a, seller: cloud, from: 2025-02-01, until: 2026-01-31}
"""
    )
    assert {f.code for f in reading(tmp_path, text).faults} == {"missing-field", "unknown-field"}


def test_a_clause_finds_its_own_faults_after_the_book_has_found_its(tmp_path: Path) -> None:
    text = (
        START
        + """\
agreements:
- id: a
  seller: cloud
  from: 2025-02-01
  until: 2026-01-31
  clauses: [{kind: promise, share: 120%}]
"""
    )
    (fault,) = reading(tmp_path, text).faults
    assert (str(fault.place), fault.sentence) == ("book.yaml:15:36", "cloud promises too much.")


def test_a_clause_that_looks_up_what_could_not_be_read_does_not_break_the_reading(
    tmp_path: Path,
) -> None:
    text = (
        START
        + """\
offers:
- {id: o, seller: cloud, chip: h100, region: x, term: 1 month, max: 9 chips,
   price: 2 USD per chip-hour, clauses: [{kind: promise, share: 120%}]}
"""
    )
    # In a whole book it is a mistake of the kind, and told as its author's.
    with pytest.raises(ClauseFailedError, match=r"clause o/promise failed in .*Promise\.check"):
        reading(tmp_path, text)
    broken = text + "demand: [nothing]\n"
    assert [f.code for f in reading(tmp_path, broken).faults] == ["mapping-expected"]


def test_a_clause_that_an_amendment_changed_is_checked_too(tmp_path: Path) -> None:
    text = (
        START
        + """\
agreements:
- id: a
  seller: cloud
  from: 2025-02-01
  until: 2026-01-31
  clauses: [{kind: promise, share: 90%}, {kind: claim}]
  amendments:
  - {on: 2025-06-01, signed: 2025-01-09, change: {promise: {share: 130%}}}
  - {on: 2025-07-01, signed: 2025-01-09, change: {claim: {holder: cloudy}}}
"""
    )
    assert said(reading(tmp_path, text)) == [
        "book.yaml:17:68 promise",
        "book.yaml:18:67 unknown-party",
    ]


def test_changed_words_must_be_words_of_the_clause(tmp_path: Path) -> None:
    text = (
        START
        + """\
agreements:
- id: a
  seller: cloud
  from: 2025-02-01
  until: 2026-01-31
  clauses: [{kind: promise, share: 90%}]
  amendments:
  - {on: 2025-06-01, signed: 2025-01-09, change: {promise: {share: ninety, shore: 1%}}}
"""
    )
    assert said(reading(tmp_path, text)) == [
        "book.yaml:17:68 bad-share",
        "book.yaml:17:76 unknown-field",
    ]


@pytest.mark.parametrize(
    ("weights", "fine"),
    [
        (["33.333333%", "33.333333%", "33.333333%"], True),
        (["33.3333%", "33.3333%", "33.3333%"], True),
        (["33.3%", "33.3%", "33.3%"], False),
    ],
)
def test_weights_may_miss_the_whole_by_a_millionth(
    weights: list[str], fine: bool, tmp_path: Path
) -> None:
    listed = ", ".join(f"s{n}: {{weight: {w}}}" for n, w in enumerate(weights))
    text = START + (
        "demand:\n- {id: d, purpose: api, unit: h100, unserved: never, base: 9 chips, "
        f"scenarios: {{{listed}}}}}\n"
    )
    assert bool(good(tmp_path, text)) if fine else "weights-sum" in said(reading(tmp_path, text))[0]


def test_two_classes_may_not_weigh_a_scenario_differently(tmp_path: Path) -> None:
    text = (
        START
        + """\
demand:
- {id: d, purpose: api, unit: h100, unserved: never, base: 9 chips,
   scenarios: {low: {weight: 40%}, high: {weight: 60%}}}
- {id: e, purpose: api, unit: h100, unserved: never, base: 9 chips,
   scenarios: {low: {weight: 50%}, high: {base: 3 chips}}}
"""
    )
    assert said(reading(tmp_path, text)) == ["book.yaml:14:30 scenario-weight"]


def test_a_source_that_ends_one_delivery_early_is_short_from_the_day_after(tmp_path: Path) -> None:
    text = (
        START
        + """\
agreements:
- {id: a, seller: cloud, from: 2025-02-01, until: 2025-12-31, upstream: b,
   price: 2 USD per chip-hour,
   deliveries: [{id: t, add: 9 chips, chip: h100, region: x, start: 2025-03-01}]}
- {id: b, seller: neo, buyer: cloud, from: 2025-02-01, until: 2026-12-31,
   price: 1 USD per chip-hour,
   deliveries: [{id: u, add: 9 chips, chip: h100, region: x, start: 2025-02-01,
                 until: 2025-06-30}]}
"""
    )
    (fault,) = reading(tmp_path, text).faults
    assert fault.sentence == (
        "From 2025-07-01 on 9 chips h100 in x are promised from b, which then has 0."
    )
    good(tmp_path / "mended", text.replace(",\n                 until: 2025-06-30", ""))


def test_phases_that_wait_for_each_other_are_a_circle(tmp_path: Path) -> None:
    text = (
        START
        + """\
sites:
- id: s
  region: x
  pue: 1.2
  power_price: 0.06 USD per kWh
  chips: [h100]
  phases:
  - {id: p, power: 1 MW meter, capex: 1 M USD, ready: 2025-05, after: [r]}
  - {id: q, power: 1 MW meter, capex: 1 M USD, ready: 2025-06, after: [p]}
  - {id: r, power: 1 MW meter, capex: 1 M USD, lead: 18 months, after: [q]}
"""
    )
    assert {f.code for f in reading(tmp_path, text).faults} == {"cycle"}


def test_thousands_of_wrong_names_take_no_thousands_of_comparisons(
    tmp_path: Path,
) -> None:
    many = START.replace("12 months}", "12 months}\n  include: [offers.csv]")
    many += "".join(f"- {{id: party-{n}, name: x}}\n" for n in range(1_500))
    rows = (f"o{n},partly-{n},h100,x,1 month,2 USD per chip-hour,9 chips\n" for n in range(900))
    table = "id,seller,chip,region,term,price,max\n" + "".join(rows)
    faults = reading(tmp_path, many, offers_csv=table).faults
    assert len(faults) == 900
    assert sum(1 for f in faults if f.hint) == HINTS_MOST
