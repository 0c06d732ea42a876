"""Agreements served from others, and capital: whether each has what it promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from offtake.book.faults import Fault
from offtake.book.read import read
from offtake.book.samples import AGREEMENT, DELIVERY, HEADER, OTHER, SITE
from offtake.clauses.registry import kinds

from .test_book_contradictions import clause, codes, found
from .writing import write

# --- served from others -------------------------------------------------------------------------

CHAIN = """\
agreements:
- {id: a, seller: cloud, from: 2025-02-01, until: UNTIL, upstream: b, price: 3 USD per chip-hour,
   deliveries: [{id: t, add: 9 chips, chip: h100, region: us-east, start: 2025-03-01}]CLOUD}
- {id: b, seller: neo, buyer: cloud, from: 2025-02-01, until: 2026-12-31, upstream: c,
   price: 2 USD per chip-hour,
   deliveries: [{id: t, add: 9 chips, chip: h100, region: us-east, start: 2025-02-01}]NEO}
- {id: c, seller: mine, buyer: neo, signed: SIGNED, from: 2025-02-01, until: 2026-12-31,
   price: 1 USD per chip-hour,
   deliveries: [{id: t, add: MANY chips, chip: h100, region: REGION, start: 2025-02-01}]}
parties:
- {id: lab, name: Lab}
- {id: cloud, name: Cloud}
- {id: neo, name: Neo}
- {id: mine, name: Mine}
- {id: other, name: Other}
"""


def chain(folder: Path, **words: str) -> list[Fault]:
    """A chain of three: cloud serves the lab from neo's, which neo serves from mine's."""
    usual = {
        "UNTIL": "2026-12-31",
        "MANY": "9",
        "REGION": "us-east",
        "SIGNED": "2025-01-01",
        "CLOUD": "",
        "NEO": "",
    }
    text = HEADER + CHAIN
    for name, value in {**usual, **words}.items():
        text = text.replace(name, value)
    return list(read(write(folder, {"book.yaml": text}), kinds()).faults)


def test_a_chain_that_lasts_and_has_what_it_promises_is_well(tmp_path: Path) -> None:
    assert chain(tmp_path) == []


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ({"UNTIL": "2027-01-01"}, "upstream-ends", "a lasts until 2027-01-01, longer than b"),
        ({"MANY": "8"}, "upstream-short", "9 chips h100 in us-east are promised from c"),
        ({"REGION": "us-tx"}, "upstream-short", "promised from c, which then has 0."),
    ],
)
def test_a_link_is_held_to_the_next_one(
    words: dict[str, str], code: str, sentence: str, tmp_path: Path
) -> None:
    (fault,) = chain(tmp_path, **words)
    assert fault.code == code
    assert sentence in fault.sentence


def test_chips_in_another_region_are_said_to_be_there(tmp_path: Path) -> None:
    (fault,) = chain(tmp_path, REGION="us-tx")
    assert fault.hint.startswith("c has them in us-tx")


def subcontract(words: str) -> str:
    return f", clauses: [{{kind: subcontract, {words}}}]"


@pytest.mark.parametrize(
    ("words", "forbidden"),
    [
        ({}, []),
        ({"CLOUD": subcontract("allowed: true")}, []),
        ({"CLOUD": subcontract("allowed: true, to: [neo, mine]")}, []),
        # Neo may host, and has mine host it: that is somebody else two steps up.
        ({"CLOUD": subcontract("allowed: true, to: [neo]")}, ["a is hosted by mine"]),
        (
            {"CLOUD": subcontract("allowed: false")},
            ["a is hosted by neo", "a is hosted by mine"],
        ),
        # The upstream's own clause binds neo, whoever is served from it.
        ({"NEO": subcontract("allowed: false")}, ["b is hosted by mine"]),
        ({"NEO": subcontract("allowed: true, to: [other]")}, ["b is hosted by mine"]),
    ],
)
def test_nobody_hosts_whom_a_clause_of_the_chain_forbids(
    words: dict[str, str], forbidden: list[str], tmp_path: Path
) -> None:
    faults = chain(tmp_path, **words)
    assert [f.code for f in faults] == ["subcontract-forbidden"] * len(forbidden)
    for fault, sentence in zip(faults, forbidden, strict=True):
        assert fault.sentence.startswith(sentence)


def test_a_clause_binds_its_own_agreement_though_that_was_signed_before_it_began(
    tmp_path: Path,
) -> None:
    own = f"  signed: 2025-01-01\n  via: neo\n{DELIVERY}"
    said = codes(tmp_path, AGREEMENT, own, clause("kind: subcontract, allowed: false"))
    assert said == ["subcontract-forbidden"]


def test_what_a_seller_does_for_other_buyers_is_their_matter(tmp_path: Path) -> None:
    theirs = OTHER.replace("seller: neo", "seller: cloud\n  buyer: neo\n  via: neo") + DELIVERY
    words = clause("kind: subcontract, allowed: false")
    assert codes(tmp_path, AGREEMENT + words + theirs) == []


# --- capital ------------------------------------------------------------------------------------

BUILT = SITE.replace("ready: 2026-03", "started: 2025-03, ready: 2026-03")
"""2,000 M USD over the twelve months from 2025-03: ten of them in 2025, two in 2026."""


@pytest.mark.parametrize(
    ("tranches", "short"),
    [
        ("{limit: 2 B USD, from: 2025-02}", ""),
        ("{limit: 1.9 B USD, from: 2025-02}", "calls 2,000.0 M USD of it"),
        # What was called before the first tranche opened is none of its business.
        ("{limit: 1 B USD, from: 2025-09}", ""),
        ("{limit: 2 B USD, from: 2025-02, per_year: 1.5 B USD}", "calls 1,666.7 M USD in 2025"),
        ("{limit: 2 B USD, from: 2025-02, per_year: 1.7 B USD}", ""),
        # The second tranche opens too late: by then 1,500 M USD are called.
        (
            "{limit: 1 B USD, from: 2025-02}, {limit: 1 B USD, from: 2025-12}",
            "before 2025-12 is 1,000.0 M USD",
        ),
        ("{limit: 1.5 B USD, from: 2025-02}, {limit: 0.5 B USD, from: 2025-12}", ""),
        # A later tranche sets another yearly limit, for the whole year in which it opens.
        (
            "{limit: 1.7 B USD, from: 2025-02}, "
            "{limit: 1 B USD, from: 2026-01, per_year: 300 M USD}",
            "calls 333.3 M USD in 2026",
        ),
    ],
)
def test_capital_covers_what_is_being_built_in_all_and_in_each_year(
    tranches: str, short: str, tmp_path: Path
) -> None:
    faults = found(tmp_path, BUILT, f"  capital: [{tranches}]\n")
    assert [f.code for f in faults] == (["capital-short"] if short else [])
    assert not short or short in faults[0].sentence


def test_a_sum_that_does_not_divide_evenly_is_not_short_by_a_fraction(tmp_path: Path) -> None:
    odd = BUILT.replace("2026-03", "2025-10")
    assert codes(tmp_path, odd, "  capital: [{limit: 2 B USD, from: 2025-02}]\n") == []


@pytest.mark.parametrize(
    ("lead", "tranche", "warned"),
    [
        ("12 months", "limit: 2 B USD, from: 2025-02", False),
        ("12 months", "limit: 1.9 B USD, from: 2025-02", True),
        # Half of it falls into each of two years, if it begins in July.
        ("12 months", "limit: 2 B USD, from: 2025-02, per_year: 1 B USD", False),
        ("12 months", "limit: 2 B USD, from: 2025-02, per_year: 0.9 B USD", True),
        ("24 months", "limit: 2 B USD, from: 2025-02, per_year: 0.9 B USD", True),
        ("36 months", "limit: 2 B USD, from: 2025-02, per_year: 0.9 B USD", False),
    ],
)
def test_a_phase_that_no_timing_can_pay_for_is_pointed_out(
    lead: str, tranche: str, warned: bool, tmp_path: Path
) -> None:
    site = SITE.replace("ready: 2026-03", f"lead: {lead}")
    faults = found(tmp_path, site, f"  capital: [{{{tranche}}}]\n")
    assert [(f.code, f.severity) for f in faults] == (
        [("phase-beyond-capital", "warning")] if warned else []
    )


def test_what_is_being_built_leaves_less_for_what_is_not_begun(tmp_path: Path) -> None:
    second = "  - {id: p2, power: 1 MW meter, capex: 1.5 B USD, lead: 12 months}\n"
    (told,) = found(tmp_path, BUILT, second, "  capital: [{limit: 3 B USD, from: 2025-02}]\n")
    assert (told.code, told.hint[:36]) == (
        "phase-beyond-capital",
        "add a tranche; 1,000.0 M USD is left",
    )
