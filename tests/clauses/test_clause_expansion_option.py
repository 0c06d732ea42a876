"""Expansion options: called at stated terms, knowing no more than can be known by then."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from offtake.plan.assemble import Programme
from offtake.plan.solve import Solution

from .planning import book_of, codes_of, cost_of, planned, purchases, spent, text_of

AGREEMENT = """
agreements:
- id: base
  seller: cloud
  from: 2024-09-01
  until: 2025-12-31
  clauses:
  - kind: expansion-option
    max: 10 chips
    chip: a
    region: r
    price: 2 USD per chip-hour
    term: 2 months
    exercise: {from: 2024-10-01, until: 2025-01-31}
    notice: 30 days
"""
NAME = "base/expansion-option"


def needs(*chips: int, high: tuple[int, ...] = ()) -> str:
    def path(row: tuple[int, ...]) -> str:
        return ", ".join(f"2025-{n:02d}: {c} chips" for n, c in enumerate(row, 1))

    if not high:
        stated = f"path: {{{path(chips)}}}"
    else:
        stated = (
            f"scenarios: {{low: {{weight: 50%, path: {{{path(chips)}}}}}, "
            f"high: {{weight: 50%, path: {{{path(high)}}}}}}}"
        )
    return (
        f"demand:\n- {{id: d, purpose: work, unit: a, {stated}, unserved: 9 USD per chip-hour}}\n"
    )


def test_what_is_called_is_paid_at_the_stated_price_for_the_stated_term(tmp_path: Path) -> None:
    # Six chips for January and February; in March they are gone, and nothing may be called for it
    # but from March on, with notice by 2025-01-30.
    made, plan = planned(book_of(tmp_path, text_of(AGREEMENT, needs(6, 6, 0))))
    assert purchases(made, plan) == pytest.approx({f"{NAME}@2025-01": 6})
    assert plan.objective == pytest.approx(6 * 2 * (744 + 672))


def test_no_more_is_called_in_all_than_the_most(tmp_path: Path) -> None:
    # Ten in January and February, none of another ten in March: 10 x 744 h stay unserved.
    made, plan = planned(book_of(tmp_path, text_of(AGREEMENT, needs(10, 10, 10))))
    assert sum(purchases(made, plan).values()) == pytest.approx(10)
    assert plan.objective == pytest.approx(10 * 2 * (744 + 672) + 10 * 9 * 744)


def test_service_starts_in_the_first_month_that_the_notice_leaves_free(tmp_path: Path) -> None:
    # The last day is 2025-01-31; 30 days later is 2025-03-02, so service may start in April.
    book = book_of(tmp_path, text_of(AGREEMENT, needs(1, 1, 1, 1, 1), months=5))
    made, _ = planned(book)
    days = {lot.id: lot.deal for buy in made.whole.buys for lot in buy.columns.lots}
    assert days == {
        f"{NAME}@2025-01": dt.date(2024, 12, 2),
        f"{NAME}@2025-02": dt.date(2025, 1, 2),
        f"{NAME}@2025-03": dt.date(2025, 1, 30),
        f"{NAME}@2025-04": dt.date(2025, 1, 31),
    }


def called(made: Programme, plan: Solution, month: int) -> list[float]:
    """Chips called from one month, path by path."""
    for buy in made.whole.buys:
        for i, lot in enumerate(buy.columns.lots):
            if lot.start.number == month:
                return [float(v) for v in plan.x[buy.columns.index[i]]]
    raise AssertionError(f"nothing can be called from month {month}")


@pytest.mark.parametrize(
    ("january", "march"), [((1, 2), [3, 9]), ((100, 104), [9, 9]), ((2, 2), [9, 9])]
)
def test_only_what_was_seen_before_the_day_of_notice_is_known(
    tmp_path: Path, january: tuple[int, int], march: list[float]
) -> None:
    # Notice for March is given on 2025-02-19, when January is over. Paths that differ by more than
    # 5 % in it are told apart, and each calls what it needs: 3 or 9. Else all nine are called
    # in both: a chip costs 2 and saves 9 with a chance of one half.
    later = AGREEMENT.replace("30 days", "10 days")
    later = later.replace(
        "{from: 2024-10-01, until: 2025-01-31}", "{from: 2025-02-01, until: 2025-02-28}"
    )
    low, high = january
    book = book_of(tmp_path, text_of(later, needs(low, 0, 3, high=(high, 0, 9))))
    assert called(*planned(book), 3) == pytest.approx(march)


def test_a_premium_is_paid_for_each_chip_with_the_notice(tmp_path: Path) -> None:
    text = text_of(AGREEMENT + "    premium: 100 USD per chip\n", needs(0, 4, 4))
    made, plan = planned(book_of(tmp_path, text))
    rent = [0, 4 * 2 * 672, 4 * 2 * 744]
    assert spent(made, plan, NAME) == pytest.approx([400, rent[1], rent[2]])


def test_an_option_never_raises_the_cost(tmp_path: Path) -> None:
    offer = (
        "offers:\n- {id: o, seller: neo, chip: a, region: r, term: 1 month, "
        "price: 3 USD per chip-hour, max: 4 chips}\n"
    )
    for n, chips in enumerate([(0, 0, 0), (3, 8, 12), (12, 1, 4)]):
        book = book_of(tmp_path / str(n), text_of(AGREEMENT, offer, needs(*chips)))
        assert cost_of(book) <= cost_of(book, without=[NAME]) + 0.01


def test_what_is_called_is_new_capacity_that_others_rights_see(tmp_path: Path) -> None:
    # Another holder takes half of what is new; the half lands with it and serves all the same.
    right = """
- id: other-2024
  seller: other
  from: 2024-09-01
  until: 2025-12-31
  clauses:
  - {kind: first-refusal, scope: {capacity: new}, window: {length: 10 days},
     expected: [{take: 50%, weight: 100%}]}
"""
    made, plan = planned(book_of(tmp_path, text_of(AGREEMENT + right, needs(6, 6, 0))))
    january = {
        pool.seller: float(plan.x[made.whole.level[n][0, 0]])
        for n, pool in enumerate(made.whole.pools)
    }
    assert january == pytest.approx({"cloud": 3, "other": 3})
    assert plan.objective == pytest.approx(6 * 2 * (744 + 672))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("until: 2025-01-31}", "until: 2024-09-30}", "option-span"),
        (
            "{from: 2024-10-01, until: 2025-01-31}",
            "{from: 2026-01-01, until: 2026-02-01}",
            "option-span",
        ),
        ("price: 2 USD per chip-hour", "price: 2 USD per kWh", "option-price"),
        ("notice: 30 days", "notice: 30 days\n    premium: 1 USD per month", "option-price"),
        ("notice: 30 days", "notice: 48 hours", "option-notice"),
        ("term: 2 months", "term: 60 days", "invalid-value"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert code in codes_of(tmp_path, text_of(AGREEMENT.replace(old, new), needs(1)))


def test_it_is_explained_in_one_sentence(tmp_path: Path) -> None:
    book = book_of(tmp_path, text_of(AGREEMENT, needs(1)))
    (term,) = book.terms
    assert term.clause.explain(book) == (
        "from 2024-10-01 to 2025-01-31 lab may call up to 10 chips a in r from cloud for 2 months "
        "at 2 USD per chip-hour, with 30 days of notice"
    )
