"""First refusal: what the holder is expected to take lands with it; the rest stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .planning import book_of, codes_of, cost_of, faults_of, planned, purchases, text_of

RIGHTS = """
agreements:
- id: pact
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  clauses:
  - {id: refusal, kind: first-refusal, window: {length: 30 days}WORDS}
  - {id: api-only, kind: exclusive, scope: {purposes: [api]}, holder: HOLDER}
"""
OFFER = """
offers:
- {id: o, seller: neo, chip: a, region: r, term: 12 months, price: 2 USD per chip-hour,
   max: MAX chips, block: 1 chipWORDS}
"""
HALF = ", expected: [{take: 50%, weight: 100%}]"


def rights(words: str = "", holder: str = "cloud") -> str:
    return RIGHTS.replace("WORDS", words).replace("HOLDER", holder)


def offered(most: int = 10, words: str = "") -> str:
    return OFFER.replace("MAX", str(most)).replace("WORDS", words)


def needs(work: int, api: int, unserved: int = 9) -> str:
    return f"""
demand:
- {{id: w, purpose: work, unit: a, path: {{2025-01: {work} chips}},
   unserved: {unserved} USD per chip-hour}}
- {{id: p, purpose: api, unit: a, path: {{2025-01: {api} chips}},
   unserved: {unserved} USD per chip-hour}}
"""


def test_the_expected_share_lands_with_the_holder(tmp_path: Path) -> None:
    # The API may run only on the holder's capacity. Of 6 chips half land there: 3 serve it.
    text = text_of(rights(HALF), offered(6), needs(3, 3), months=1)
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(6 * 2 * 744)


def test_without_the_landing_it_costs_more_here_and_the_clause_can_be_a_gain(
    tmp_path: Path,
) -> None:
    # Without the right nothing is the holder's, so the API goes unserved: 3 x 2 + 3 x 9.
    book = book_of(tmp_path, text_of(rights(HALF), offered(6), needs(3, 3), months=1))
    without = cost_of(book, without=["pact/refusal"])
    assert without == pytest.approx((3 * 2 + 3 * 9) * 744)


def test_what_can_no_longer_be_noticed_is_closed(tmp_path: Path) -> None:
    # 30 days of window before 2025-01-01 is 2024-12-02.
    text = text_of(rights(), offered(6), needs(3, 0), months=1)
    late = text.replace("as_of: 2024-10-01", "as_of: 2024-12-03")
    good = text.replace("as_of: 2024-10-01", "as_of: 2024-12-02")
    assert cost_of(book_of(tmp_path / "late", late)) == pytest.approx(3 * 9 * 744)
    assert cost_of(book_of(tmp_path / "good", good)) == pytest.approx(3 * 2 * 744)


def test_a_holder_takes_no_more_than_it_is_able_to_serve(tmp_path: Path) -> None:
    # Able to serve 2: of 10 chips 2 land with it, one API chip of 3 stays unserved.
    words = ", able: 2 chips, expected: [{take: 50%, weight: 100%}]"
    text = text_of(rights(words), offered(10), needs(8, 3), months=1)
    assert cost_of(book_of(tmp_path, text)) == pytest.approx((10 * 2 + 1 * 9) * 744)


@pytest.mark.parametrize(
    ("lead", "taken"),
    [
        # 90 days before 2025-02-01 the offer is signed at the latest: on 2024-11-03, a Sunday.
        ("90 days", True),
        ("91 days", False),
        # 2024-11-04 to 2025-01-31 are 20 + 22 + 23 weekdays.
        ("65 business days", True),
        ("66 business days", False),
    ],
)
def test_a_holder_takes_no_lot_that_starts_before_its_lead_is_over(
    tmp_path: Path, lead: str, taken: bool
) -> None:
    right = rights(f", lead: {lead}{HALF}").replace("30 days", "30 days, calendar: weekdays")
    offer = offered(6, ", lead: 90 days, starts_from: 2025-02")
    text = text_of(right, offer, needs(3, 3), months=2)
    # January is unserved; in February the API is served by what the holder took.
    february = 6 * 2 if taken else 3 * 2 + 3 * 9
    expected = 6 * 9 * 744 + february * 672
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(expected)


def test_a_holder_that_is_too_slow_leaves_its_part_to_its_equals(tmp_path: Path) -> None:
    # Both would take all: half each. The other, whose lead is not over by the start, takes none.
    later = """
- id: late
  seller: other
  from: 2024-09-01
  until: 2025-12-31
  clauses:
  - {id: second, kind: first-refusal, window: {length: 30 days}, lead: LEAD,
     expected: [{take: 100%, weight: 100%}]}
"""
    all_of_it = rights(", expected: [{take: 100%, weight: 100%}]")
    for lead, held in (("0 days", 3), ("1 day", 6)):
        pacts = all_of_it + later.replace("LEAD", lead)
        text = text_of(pacts, offered(6), needs(0, 6), months=1)
        expected = 6 * 2 + (6 - held) * 9
        assert cost_of(book_of(tmp_path / lead, text)) == pytest.approx(expected * 744)


def test_a_lead_in_hours_is_a_fault(tmp_path: Path) -> None:
    assert "span-unit" in codes_of(tmp_path, text_of(rights(", lead: 72 hours"), needs(1, 1)))


def test_a_part_below_the_least_is_not_taken(tmp_path: Path) -> None:
    # Half of 6 is 3; the least part is 4, so the holder takes nothing. 8 chips would give it 4,
    # and 2 of them serve nobody: 8 x 2 against 6 x 2 + 3 x 9 - but 3 of the 6 then serve nobody.
    words = ", partial: {min: 4 chips}" + HALF
    text = text_of(rights(words), offered(10), needs(3, 3), months=1)
    made, plan = planned(book_of(tmp_path, text))
    assert purchases(made, plan) == pytest.approx({"o@2025-01": 8})
    assert plan.objective == pytest.approx(8 * 2 * 744)


def test_no_plan_counts_on_a_remainder_that_frees_the_seller(tmp_path: Path) -> None:
    # Half of 6 is 3, less than the 4 below which the seller need not deliver: so 8 or nothing.
    text = text_of(rights(HALF), offered(10, ", remainder_min: 4 chips"), needs(3, 3), months=1)
    made, plan = planned(book_of(tmp_path, text))
    assert purchases(made, plan) == pytest.approx({"o@2025-01": 8})


def test_a_block_that_leaves_enough_needs_no_switch(tmp_path: Path) -> None:
    words = ", remainder_min: 4 chips"
    small = text_of(rights(HALF), offered(10, words), needs(3, 3), months=1)
    large = small.replace("block: 1 chip", "block: 8 chips")
    switches = [
        int(planned(book_of(tmp_path / name, text))[0].model.integer.sum())
        for name, text in (("large", large), ("small", small))
    ]
    # The offer's own count of blocks, and for the small block the switch.
    assert switches == [1, 2]


def taken(offer: float, share: float, least: int, able: int) -> float:
    """What a holder takes of what it is offered, as the words say."""
    part = share * offer
    if share < 1 and part < least - 1e-9:
        return 0.0
    return min(part, able)


def served(bought: float, held: float, work: int, api: int) -> tuple[float, float]:
    """Unserved work and API where only what is held may serve the API."""
    no_api = max(0.0, api - held)
    return max(0.0, work - (bought - held) - max(0.0, held - api)), no_api


@settings(max_examples=30, derandomize=True)
@given(
    work=st.integers(0, 4),
    api=st.integers(0, 4),
    shares=st.lists(st.sampled_from([0, 25, 40, 50, 100]), min_size=1, max_size=3, unique=True),
    least=st.integers(0, 3),
    able=st.integers(1, 6),
    remainder=st.integers(0, 3),
    unserved=st.integers(1, 6),
)
def test_the_plan_is_the_best_of_all_whole_purchases(
    tmp_path_factory: pytest.TempPathFactory,
    work: int,
    api: int,
    shares: list[int],
    least: int,
    able: int,
    remainder: int,
    unserved: int,
) -> None:
    weights = {1: [100], 2: [30, 70], 3: [20, 30, 50]}[len(shares)]
    cases = [(s / 100, w / 100) for s, w in zip(shares, weights, strict=True)]
    stated = ", ".join(
        f"{{take: {s}%, weight: {w}%}}" for s, w in zip(shares, weights, strict=True)
    )
    able = max(able, least)
    words = f", partial: {{min: {least} chips}}, able: {able} chips, expected: [{stated}]"
    text = text_of(
        rights(words),
        offered(6, f", remainder_min: {remainder} chips"),
        needs(work, api, unserved),
        months=1,
    )
    partly = [s for s, _ in cases if 0 < s < 1]
    best = float("inf")
    for bought in range(7):
        if bought and partly and (1 - max(partly)) * bought < remainder - 1e-9:
            continue
        cost = bought * 2.0
        for share, weight in cases:
            short = served(bought, taken(bought, share, least, able), work, api)
            cost += weight * unserved * sum(short)
        best = min(best, cost)
    book = book_of(tmp_path_factory.mktemp("book"), text)
    assert cost_of(book) == pytest.approx(best * 744, rel=1e-6, abs=0.05)


@settings(max_examples=15, derandomize=True)
@given(
    work=st.integers(0, 4),
    api=st.integers(0, 4),
    first=st.sampled_from([(0, 50), (50, 100), (25, 40)]),
    second=st.sampled_from([(0, 50), (50, 100), (25, 40)]),
    unserved=st.integers(1, 6),
)
def test_the_second_holder_takes_of_what_the_first_leaves(
    tmp_path_factory: pytest.TempPathFactory,
    work: int,
    api: int,
    first: tuple[int, int],
    second: tuple[int, int],
    unserved: int,
) -> None:
    def expected(pair: tuple[int, int]) -> str:
        low, high = pair
        return f", expected: [{{take: {low}%, weight: 40%}}, {{take: {high}%, weight: 60%}}]"

    later = f"""
- id: late
  seller: other
  from: 2024-09-01
  until: 2025-12-31
  clauses:
  - {{id: second, kind: first-refusal, rank: 2, window: {{length: 30 days}}{expected(second)}}}
"""
    text = text_of(
        rights(expected(first), "other"), later, offered(6), needs(work, api, unserved), months=1
    )
    best = float("inf")
    for bought in range(7):
        cost = bought * 2.0
        for a, wa in zip(first, (0.4, 0.6), strict=True):
            for b, wb in zip(second, (0.4, 0.6), strict=True):
                held = b / 100 * (1 - a / 100) * bought
                cost += wa * wb * unserved * sum(served(bought, held, work, api))
        best = min(best, cost)
    book = book_of(tmp_path_factory.mktemp("book"), text)
    assert cost_of(book) == pytest.approx(best * 744, rel=1e-6, abs=0.05)


@settings(max_examples=12, derandomize=True)
@given(
    work=st.integers(0, 4),
    api=st.integers(0, 4),
    first=st.sampled_from([0, 50, 80, 100]),
    second=st.sampled_from([0, 20, 60, 100]),
    unserved=st.integers(1, 6),
)
def test_holders_of_one_rank_share_pro_rata_where_they_would_take_too_much(
    tmp_path_factory: pytest.TempPathFactory,
    work: int,
    api: int,
    first: int,
    second: int,
    unserved: int,
) -> None:
    later = f"""
- id: late
  seller: other
  from: 2024-09-01
  until: 2025-12-31
  clauses:
  - {{id: second, kind: first-refusal, rank: 1, window: {{length: 30 days}},
     expected: [{{take: {second}%, weight: 100%}}]}}
"""
    words = f", expected: [{{take: {first}%, weight: 100%}}]"
    text = text_of(rights(words, "other"), later, offered(6), needs(work, api, unserved), months=1)
    held = second / max(100, first + second)
    best = min(
        bought * 2.0 + unserved * sum(served(bought, held * bought, work, api))
        for bought in range(7)
    )
    book = book_of(tmp_path_factory.mktemp("book"), text)
    assert cost_of(book) == pytest.approx(best * 744, rel=1e-6, abs=0.05)


SIGNED = """
- id: neo-2025
  seller: neo
  from: 2025-02-01
  until: 2025-12-31
  price: 2 USD per chip-hour
  deliveries: [{id: d, add: 4 chips, chip: a, region: r, start: 2025-02-01}]
"""


def test_an_agreement_signed_past_the_holder_is_a_fault(tmp_path: Path) -> None:
    text = text_of(rights() + SIGNED, needs(1, 1))
    (fault,) = [f for f in faults_of(tmp_path, text) if f.code == "refusal-not-waived"]
    assert "neo-2025 was signed with neo on 2025-02-01" in fault.sentence
    assert text.splitlines()[fault.place.line - 1] == "- id: neo-2025"


@pytest.mark.parametrize(
    ("waiver", "good"),
    [
        ("{of: refusal, on: 2025-01-20}", True),
        ("{of: pact/refusal, on: 2025-02-01}", True),
        ("{of: refusal, on: 2025-02-02}", False),
    ],
)
def test_a_waiver_by_the_day_of_signature_mends_it(tmp_path: Path, waiver: str, good: bool) -> None:
    text = text_of(rights() + SIGNED + f"  waivers: [{waiver}]\n", needs(1, 1))
    assert ("refusal-not-waived" not in codes_of(tmp_path, text)) is good


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (", expected: [{take: 40%, weight: 90%}]", "expected-weights"),
        (", expected: [{take: 140%, weight: 100%}]", "expected-weights"),
        (", able: 3 chips, partial: {min: 4 chips}", "able-below-min"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, words: str, code: str) -> None:
    assert code in codes_of(tmp_path, text_of(rights(words), needs(1, 1)))


OTHERS = """
- id: pact-2
  seller: other
  from: 2024-09-01
  until: 2025-12-31
  clauses: [{id: offer, kind: first-offer, rank: RANK, window: {length: 5 days}, scope: {SCOPE}}]
"""


def test_several_rights_on_one_lot_are_listed_in_the_order_of_asking(tmp_path: Path) -> None:
    others = OTHERS.replace("RANK", "2").replace("SCOPE", "regions: [r]")
    text = text_of(rights() + others, offered(), needs(1, 1))
    (warning,) = [f for f in faults_of(tmp_path, text) if f.code == "several-rights"]
    assert warning.severity == "warning"
    assert warning.sentence.endswith("other (pact-2/offer), then cloud (pact/refusal).")


def test_a_first_offer_of_the_same_rank_is_a_fault_only_where_both_reach(tmp_path: Path) -> None:
    same = OTHERS.replace("RANK", "1")
    for name, scope, wrong in (
        ("1", "regions: [r]", True),
        ("2", "regions: [s]", True),
        ("3", "regions: [r], until: 2024-08-31", False),
    ):
        text = text_of(rights() + same.replace("SCOPE", scope), offered(), needs(1, 1))
        assert ("equal-rank" in codes_of(tmp_path / name, text)) is wrong


def test_scopes_that_never_meet_are_no_matter(tmp_path: Path) -> None:
    text = text_of(
        rights(", scope: {regions: [s]}")
        + OTHERS.replace("RANK", "1").replace("SCOPE", "regions: [r]"),
        offered(),
        needs(1, 1),
    )
    assert {"equal-rank", "several-rights"}.isdisjoint(codes_of(tmp_path, text))


def test_a_right_that_ends_within_the_plan_is_pointed_out(tmp_path: Path) -> None:
    ended = rights() + "  amendments: [{on: 2025-02-15, signed: 2025-02-15, end: [refusal]}]\n"
    faults = faults_of(tmp_path, text_of(ended, offered(), needs(1, 1)))
    (warning,) = [f for f in faults if f.code == "ends-in-plan"]
    assert "ends on 2025-02-14" in warning.sentence


def test_it_is_explained_in_one_sentence(tmp_path: Path) -> None:
    book = book_of(tmp_path, text_of(rights(), offered(), needs(1, 1)))
    assert book.terms[0].clause.explain(book) == (
        "before lab signs capacity for all purposes with others, cloud may take it on the same "
        "terms within 30 days"
    )
