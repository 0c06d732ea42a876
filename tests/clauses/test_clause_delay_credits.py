"""Delay credits: capacity that comes late, what is not paid for it, and what is credited."""

from __future__ import annotations

from pathlib import Path

import pytest

from .planning import HOURS, book_of, codes_of, cost_of, needs, planned, spent, text_of

SIGNED = """
agreements:
- id: old
  seller: cloud
  signed: 2024-09-01
  from: 2025-01-01
  until: 2025-12-31
  BILLING
  price: 2 USD per chip-hour
  deliveries:
  - {id: d1, add: 10 chips, chip: a, region: r, start: 2025-01-01}
  clauses: [{kind: delay-credits, WORDS}]
"""
OFFER = """
offers:
- {id: new, seller: neo, chip: a, region: r, term: 3 months, price: 2 USD per chip-hour, \
max: 100 chips, starts_until: 2025-01, clauses: [{kind: delay-credits, WORDS}]}
"""
RATE = "rate: 1% of monthly fee per day"


def signed(words: str, billing: str = "billing: reserved") -> str:
    return SIGNED.replace("WORDS", words).replace("BILLING", billing)


def late(*cases: tuple[str, int]) -> str:
    listed = ", ".join(f"{{late: {days}, weight: {weight}%}}" for days, weight in cases)
    return f"expected: [{listed}]"


ON_TIME = 10 * 2 * HOURS[:3].sum()
FEE = 10 * 2 * 744
"""The monthly fee of January, when the delivery is due."""


def test_where_nothing_is_expected_nothing_is_late(tmp_path: Path) -> None:
    text = text_of(signed(RATE), needs(10, 10, 10))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(ON_TIME)


def test_a_late_month_is_unserved_unpaid_and_credited(tmp_path: Path) -> None:
    # 31 days late for certain: January unserved at 9; its rent falls away; 31 % of a monthly fee
    # is credited when it comes in February.
    text = text_of(signed(f"{RATE}, {late(('31 days', 100))}"), needs(10, 10, 10))
    book = book_of(tmp_path, text)
    made, plan = planned(book)
    assert spent(made, plan, "old/delay-credits") == pytest.approx([-FEE, -0.31 * FEE, 0])
    assert plan.objective == pytest.approx(10 * 9 * 744 + 10 * 2 * (672 + 744) - 0.31 * FEE)
    assert cost_of(book, without=["old/delay-credits"]) == pytest.approx(ON_TIME)


def test_grace_and_cap(tmp_path: Path) -> None:
    words = f"{RATE}, grace: 15 days, cap: 10% of monthly fee, {late(('20 days', 100))}"
    # Five days after grace are 5 %, below the cap. Comes on the 21st of January.
    base = 10 * 9 * 480 + 10 * 2 * (264 + 672 + 744)
    text = text_of(signed(words), needs(10, 10, 10))
    assert cost_of(book_of(tmp_path / "grace", text)) == pytest.approx(base - 0.05 * FEE)
    text = text_of(signed(words.replace("grace: 15 days, ", "")), needs(10, 10, 10))
    assert cost_of(book_of(tmp_path / "cap", text)) == pytest.approx(base - 0.10 * FEE)


def test_each_case_is_a_scenario(tmp_path: Path) -> None:
    words = f"{RATE}, {late(('0 days', 75), ('31 days', 25))}"
    book = book_of(tmp_path, text_of(signed(words), needs(10, 10, 10)))
    made, plan = planned(book)
    assert made.whole.grid.scenarios == (
        "base, delay-credits on time",
        "base, delay-credits 31 days late",
    )
    when_late = 10 * 9 * 744 + 10 * 2 * (672 + 744) - 0.31 * FEE
    assert plan.objective == pytest.approx(0.75 * ON_TIME + 0.25 * when_late)


def test_the_plan_buys_for_the_case_that_it_is_late(tmp_path: Path) -> None:
    # By the hour at 4: cheaper than 9 unserved, and needed only in the late case.
    words = f"{RATE}, {late(('0 days', 50), ('31 days', 50))}"
    hourly = (
        "offers:\n- {id: spot, seller: neo, kind: on-demand, chip: a, region: r, "
        "price: 4 USD per chip-hour, max: 50 chips}\n"
    )
    book = book_of(tmp_path, text_of(signed(words), hourly, needs(10, 10, 10)))
    when_late = 10 * 4 * 744 + 10 * 2 * (672 + 744) - 0.31 * FEE
    assert cost_of(book) == pytest.approx(0.5 * ON_TIME + 0.5 * when_late)


def test_what_is_late_for_too_long_may_be_ended(tmp_path: Path) -> None:
    # 59 days late, ended after 30: nothing is needed from March on, so it never comes, and there
    # is no credit.
    ends = f"{RATE}, terminate: {{after: 30 days}}, {late(('59 days', 100))}"
    text = text_of(signed(ends), needs(10, 10, 0))
    assert cost_of(book_of(tmp_path / "ends", text)) == pytest.approx(10 * 9 * (744 + 672))
    # Without that right March is paid, less 59 % of a monthly fee.
    text = text_of(signed(f"{RATE}, {late(('59 days', 100))}"), needs(10, 10, 0))
    assert cost_of(book_of(tmp_path / "stays", text)) == pytest.approx(
        10 * 9 * (744 + 672) + 10 * 2 * 744 - 0.59 * FEE
    )
    # Where it is not yet late for so long, it stays.
    just = ends.replace("after: 30 days", "after: 59 days")
    text = text_of(signed(just), needs(10, 10, 0))
    assert cost_of(book_of(tmp_path / "just", text)) == pytest.approx(
        10 * 9 * (744 + 672) + 10 * 2 * 744 - 0.59 * FEE
    )


def test_missing_one_delivery_can_end_all_of_it(tmp_path: Path) -> None:
    # d0 has come before; d1 is 59 days late. Nothing is needed from February on. `agreement`
    # ends both on the 31st of January, `delivery` the late one alone.
    two = signed(f"{RATE}, terminate: {{after: 30 days, what: WHAT}}, {late(('59 days', 100))}")
    two = two.replace(
        "  deliveries:\n",
        "  deliveries:\n  - {id: d0, add: 4 chips, chip: a, region: r, start: 2024-09-15}\n",
    ).replace("from: 2025-01-01", "from: 2024-09-01")
    each = text_of(two.replace("WHAT", "delivery"), needs(4, 0, 0))
    assert cost_of(book_of(tmp_path / "each", each)) == pytest.approx(4 * 2 * HOURS[:3].sum())
    whole = text_of(two.replace("WHAT", "agreement"), needs(4, 0, 0))
    assert cost_of(book_of(tmp_path / "all", whole)) == pytest.approx(
        4 * 2 * 720 + 4 * 9 * 24, rel=1e-6
    )


def test_of_an_offer_what_is_bought_may_be_late(tmp_path: Path) -> None:
    words = f"{RATE}, {late(('31 days', 100))}"
    text = text_of(OFFER.replace("WORDS", words), needs(10, 10, 10))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(
        10 * 9 * 744 + 10 * 2 * (672 + 744) - 0.31 * FEE
    )


def test_credits_alone_are_no_reason_to_buy(tmp_path: Path) -> None:
    # A credit of three monthly fees for a month's delay pays more than two months' rent costs:
    # the contract really says so, and the plan takes it to the offer's maximum of 100 chips.
    words = f"rate: 10% of monthly fee per day, cap: 300% of monthly fee, {late(('31 days', 100))}"
    text = text_of(OFFER.replace("WORDS", words), needs(0, 0, 0))
    fee = 2 * 744
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(100 * (2 * (672 + 744) - 3 * fee))


def test_a_metered_agreement_pays_for_nothing_late_anyway(tmp_path: Path) -> None:
    words = f"{RATE}, {late(('31 days', 100))}}}, {{kind: take-or-pay, share: 100%"
    text = text_of(signed(words, "billing: used"), needs(0, 10, 10))
    # No floor for what was not there: nothing is paid in January.
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(10 * 2 * (672 + 744) - 0.31 * FEE)


def test_what_came_before_the_plan_is_not_late(tmp_path: Path) -> None:
    words = f"{RATE}, {late(('31 days', 50), ('0 days', 50))}"
    early = signed(words).replace("start: 2025-01-01", "start: 2024-09-15")
    early = early.replace("from: 2025-01-01", "from: 2024-09-01")
    made, plan = planned(book_of(tmp_path, text_of(early, needs(10, 10, 10))))
    assert made.whole.grid.scenarios == ("base",)
    assert plan.objective == pytest.approx(ON_TIME)


def test_what_is_late_cannot_be_let_or_ended_twice(tmp_path: Path) -> None:
    words = (
        f"{RATE}, {late(('31 days', 100))}}}, {{kind: sublet, price: 1 USD per chip-hour}}, "
        "{kind: termination, from: 2025-02-01"
    )
    text = text_of(signed(words), needs(0, 10, 0))
    # January is late and not paid; February serves; March ended. The credit stays.
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(10 * 2 * 672 - 0.31 * FEE)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("rate: 1% per month", "delay-rate"),
        ("rate: 1% of delivery value per day", "delay-rate"),
        (f"{RATE}, cap: 30% of invoice", "delay-rate"),
        (f"{RATE}, {late(('3 days', 60), ('0 days', 30))}", "delay-weights"),
        (f"{RATE}, grace: 30 days, terminate: {{after: 20 days}}", "delay-grace"),
        (f"{RATE}, grace: 30 hours", "span-unit"),
        (f"{RATE}, terminate: {{after: 30 hours}}", "span-unit"),
    ],
)
def test_words_that_do_not_fit(words: str, code: str, tmp_path: Path) -> None:
    assert codes_of(tmp_path, text_of(signed(words), needs(1))) == [code]


def test_it_is_said_in_a_sentence(tmp_path: Path) -> None:
    words = f"{RATE}, grace: 15 days, cap: 30%, terminate: {{after: 60 days}}"
    book = book_of(tmp_path, text_of(signed(words), needs(1)))
    (term,) = book.terms
    assert term.clause.explain(book) == (  # type: ignore[attr-defined]
        "what cloud delivers late under old is credited 1% of monthly fee per day after 15 days "
        "of grace, up to 30%; after 60 days lab may end that delivery"
    )


def test_who_ends_does_not_know_what_will_be_needed(tmp_path: Path) -> None:
    # Late by 59 or by 89 days, or for certain by 59; ended, if at all, on the 31st of January,
    # when January has not yet told whether anything is needed in March.
    demand = (
        "demand:\n- {id: d, purpose: work, unit: a, unserved: 9 USD per chip-hour, scenarios: {"
        "low: {weight: 50%, path: {2025-01: 10 chips, 2025-02: 10 chips, 2025-03: 0 chips}}, "
        "high: {weight: 50%, path: {2025-01: 10 chips, 2025-02: 10 chips, 2025-03: 10 chips}}}}\n"
    )
    words = f"{RATE}, cap: 0%, terminate: {{after: 30 days}}, {late(('59 days', 100))}"
    missed = 10 * 9 * (744 + 672)
    # Kept: March is paid in both, and serves in one. Ended: 9 for March in one.
    kept, ended = 10 * 2 * 744, 0.5 * 10 * 9 * 744
    text = text_of(signed(words), demand)
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(missed + min(kept, ended))


def test_who_ends_does_not_know_how_late_it_would_have_been(tmp_path: Path) -> None:
    # 59 days late it would serve March, 120 days it would never serve: 90 x 744 against rent.
    words = (
        f"{RATE}, cap: 0%, terminate: {{after: 30 days}}, {late(('59 days', 50), ('120 days', 50))}"
    )
    text = text_of(signed(words), needs(0, 0, 0, 10, 0, 0), months=6)
    # Kept: March to June paid in one case, May to June (and a day of April's end) in the other.
    first = 10 * 2 * HOURS[2:].sum()
    second = 10 * 2 * (744 + 720) + 10 * 9 * 720
    april = 10 * 9 * 720
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(min(0.5 * first + 0.5 * second, april))


def test_a_metered_offer_earns_nothing_by_being_late(tmp_path: Path) -> None:
    words = f"{RATE}, {late(('31 days', 100))}"
    metered = OFFER.replace("WORDS", words).replace("term:", "billing: used, term:")
    assert cost_of(book_of(tmp_path, text_of(metered, needs(0, 0, 0)))) == pytest.approx(0)


def test_what_is_ended_before_it_comes_brings_no_credit(tmp_path: Path) -> None:
    # Ended by its other clause on the day on which it would come: nothing is paid either way.
    words = f"{RATE}, {late(('31 days', 100))}}}, {{kind: termination, from: 2025-02-01"
    text = text_of(signed(words), needs(0, 0, 0))
    assert cost_of(book_of(tmp_path, text)) == pytest.approx(0)
