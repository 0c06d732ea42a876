"""Most favoured: the price is no higher than that of comparable customers, or the published one."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.book.force import Book
from offtake.clauses.base import price_on
from offtake.plan.costs import clause_costs

from .planning import EXACT, HOURS, book_of, codes_of, cost_of, planned, text_of

PARTIES = """\
- {id: rival, name: Rival, roles: [buyer]}
- {id: third, name: Third, roles: [buyer]}
"""
OWN = """
agreements:
- id: own
  seller: cloud
  signed: 2024-01-01
  from: 2025-01-01
  until: 2026-12-31
  price: 3 USD per chip-hour
  deliveries: [{id: d, add: 10 chips, chip: a, region: r, start: 2025-01-01}]
  clauses: [{kind: most-favoured WORDS}]
"""
NEED = """
demand:
- {id: d, purpose: work, unit: a, base: 10 chips, unserved: 9 USD per chip-hour}
"""


def theirs(price: float, **words: str) -> str:
    """An agreement of the same seller with another buyer; words replace its own."""
    text = {
        "id": "theirs",
        "seller": "cloud",
        "buyer": "rival",
        "signed": "2024-01-02",
        "from": "2024-06-01",
        "until": "2026-05-31",
        "chips": "4",
        "chip": "a",
        "region": "r",
        "clauses": "[]",
        **{name.rstrip("_"): value for name, value in words.items()},
    }
    return f"""
- id: {text["id"]}
  seller: {text["seller"]}
  buyer: {text["buyer"]}
  signed: {text["signed"]}
  from: {text["from"]}
  until: {text["until"]}
  price: {price} USD per chip-hour
  deliveries:
  - {{id: d, add: {text["chips"]} chips, chip: {text["chip"]}, region: {text["region"]},
     start: {text["from"]}}}
  clauses: {text["clauses"]}
"""


def book(
    folder: Path, *others: str, words: str = "", more: str = NEED, months: int = 3, own: str = OWN
) -> Book:
    text = own.replace(" WORDS", f", {words}" if words else "") + "".join(others) + more
    return book_of(folder, peopled(text_of(text, months=months)))


def peopled(text: str) -> str:
    """The book with two more buyers."""
    return text.replace("chips:\n", f"{PARTIES}chips:\n", 1)


def price(found: Book, day: str, subject: str = "own") -> float:
    on = price_on(found, subject, dt.date.fromisoformat(day))
    assert on is not None
    return float(on.amount)


# --- with whom one is compared ---------------------------------------------------------------


def test_the_price_is_at_most_what_another_customer_pays(tmp_path: Path) -> None:
    assert cost_of(book(tmp_path / "1", theirs(2))) == pytest.approx(10 * 2 * HOURS[:3].sum())
    assert cost_of(book(tmp_path / "2", theirs(4))) == pytest.approx(10 * 3 * HOURS[:3].sum())


def test_it_is_so_only_while_the_other_pays_it(tmp_path: Path) -> None:
    # From the 17th of January (15 of 31 days) to the end of February.
    found = book(tmp_path, theirs(2, from_="2025-01-17", until="2025-02-28"))
    expected = 10 * (744 * (3 * 16 + 2 * 15) / 31 + 2 * 672 + 3 * 744)
    assert cost_of(found) == pytest.approx(expected)


def test_it_follows_after_a_lag(tmp_path: Path) -> None:
    other = theirs(2, from_="2025-01-17", until="2025-02-15")
    found = book(tmp_path, other, words="lag: 30 days")
    days = [f"2025-{day}" for day in ("02-15", "02-16", "03-17", "03-18")]
    assert [price(found, day) for day in days] == [3, 2, 2, 3]


def test_the_lowest_of_several_counts(tmp_path: Path) -> None:
    found = book(tmp_path, theirs(2.5), theirs(2.25, id="b", buyer="third"))
    assert price(found, "2025-01-01") == 2.25


@pytest.mark.parametrize(
    ("words", "other", "counts"),
    [
        ("", {}, True),
        ("", {"buyer": "lab"}, False),
        ("", {"seller": "neo"}, False),
        ("", {"chip": "h100"}, False),
        ("chips: [a, h100]", {"chip": "h100"}, True),
        ("chips: [h100]", {}, False),
        ("regions: [r]", {}, True),
        ("regions: [r]", {"region": "s"}, False),
        ("customers: [rival]", {}, True),
        ("customers: [third]", {}, False),
        ("customers: []", {}, False),
        ("size_max: 4 chips", {}, True),
        ("size_max: 4 chips", {"chips": "5"}, False),
        ("term_max: 24 months", {}, True),
        ("term_max: 23 months", {}, False),
        ("term_max: 2 years", {"until": "2026-06-01"}, False),
        # Signed after the day of the plan: nobody knows it yet.
        ("", {"signed": "2024-10-01"}, True),
        ("", {"signed": "2024-10-02"}, False),
    ],
)
def test_who_is_comparable(tmp_path: Path, words: str, other: dict[str, str], counts: bool) -> None:
    listed = "against: list" if words == "customers: []" else ""
    words = ", ".join(part for part in (words, listed) if part)
    curve = (
        "curves: [{id: list, prices: {2024-01-01: 5 USD per chip-hour}, forecast: {flat: true}}]"
    )
    found = book(tmp_path, theirs(2, **other), words=words, more=f"{NEED}{curve}\n")
    assert price(found, "2025-01-01") == (2 if counts else 3)


# --- the published price ---------------------------------------------------------------------

LIST = """
curves:
- id: list
  prices: {2024-01-01: 4 USD per chip-hour, 2024-09-01: 3 USD per chip-hour}
  forecast: {falls: 50% per year}
"""


def test_it_is_at_most_the_published_price_less_the_discount(tmp_path: Path) -> None:
    # From October on, when the plan is made, the published price halves within a year.
    found = book(tmp_path, words="against: list, discount: 10%", more=NEED + LIST)
    prices = [0.9 * 3 * 0.5 ** (n / 12) for n in (3, 4, 5)]
    assert cost_of(found) == pytest.approx(
        sum(10 * p * h for p, h in zip(prices, HOURS, strict=False))
    )


def test_the_published_price_of_a_lag_before_counts(tmp_path: Path) -> None:
    found = book(tmp_path, words="against: list, lag: 5 months", more=NEED + LIST)
    assert price(found, "2025-01-15") == 3
    assert price(found, "2025-01-31") == 3
    assert price(found, "2025-06-01") == pytest.approx(3 * 0.5 ** (3 / 12))


def test_both_count_and_the_lower_one_holds(tmp_path: Path) -> None:
    words = "against: list, customers: [rival]"
    found = book(tmp_path, theirs(2.4), words=words, more=NEED + LIST)
    assert price(found, "2025-01-01") == pytest.approx(2.4)
    assert price(found, "2026-01-01") == pytest.approx(3 * 0.5 ** (15 / 12))


# --- beside others that change prices ----------------------------------------------------------


def test_the_others_escalated_price_is_compared_with_ones_own(tmp_path: Path) -> None:
    # Both rise by 50 % a year: on New Year theirs from 2.20 to 3.30, on 1 February ours to 4.50.
    rises = "{kind: escalator, rises: 50% per year"
    own = OWN.replace("clauses: [", f"clauses: [{rises}, from: 2024-02-01}}, ")
    other = theirs(2.2, from_="2024-01-01", clauses=f"[{rises}}}]")
    found = book(tmp_path, other, own=own)
    assert [price(found, f"2025-{d}") for d in ("01-31", "02-01")] == [3, 3.3]
    assert cost_of(found) == pytest.approx(10 * (3 * 744 + 3.3 * (672 + 744)))


def test_customers_who_are_favoured_on_each_other_pay_the_lowest_of_all(tmp_path: Path) -> None:
    # Ours is compared with the rival's only, the rival's with everybody's, the third's with ours.
    favoured = "[{kind: most-favoured, customers: [WHOM]}]"
    found = book(
        tmp_path,
        theirs(2.8, clauses=favoured.replace("WHOM", "lab, third")),
        theirs(2.5, id="b", buyer="third", clauses=favoured.replace("WHOM", "lab")),
        words="customers: [rival]",
    )
    assert [price(found, "2025-01-01", a) for a in ("own", "theirs", "b")] == [2.5, 2.5, 2.5]


@settings(max_examples=40, derandomize=True, deadline=None)
@given(
    prices=st.lists(st.integers(10, 40), min_size=4, max_size=4),
    edges=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_in_any_circle_of_favours_each_pays_the_lowest_that_it_can_reach(
    tmp_path_factory: pytest.TempPathFactory, prices: list[int], edges: list[bool]
) -> None:
    buyers = ["lab", "rival", "third", "other"]
    pairs = list(itertools.permutations(range(4), 2))
    sees = {
        i: [j for (a, j), on in zip(pairs, edges, strict=True) if a == i and on] for i in range(4)
    }
    others = [
        theirs(
            prices[i] / 10,
            id=f"deal-{i}",
            buyer=buyers[i],
            clauses=f"[{{kind: most-favoured, against: list, "
            f"customers: [{', '.join(buyers[j] for j in sees[i])}]}}]",
        )
        for i in range(4)
    ]
    text = "agreements:\n" + "".join(others) + NEED
    text += (
        "curves: [{id: list, prices: {2024-01-01: 9 USD per chip-hour}, forecast: {flat: true}}]\n"
    )
    head = peopled(text_of(text))
    found = book_of(tmp_path_factory.mktemp("book"), head)
    # Lowered again and again until nobody's price falls any more.
    paid = list(prices)
    for _ in range(4):
        paid = [min(paid[i], *(paid[j] for j in sees[i]), paid[i]) for i in range(4)]
    assert [price(found, "2025-01-01", f"deal-{i}") for i in range(4)] == [p / 10 for p in paid]


# --- amendments, offers, scenarios, a first refusal -------------------------------------------


def test_words_that_change_hold_from_their_day(tmp_path: Path) -> None:
    own = OWN + (
        "  amendments: [{on: 2025-02-01, signed: 2024-02-01, "
        "change: {most-favoured: {customers: [third]}}},\n"
        "    {on: 2025-03-01, signed: 2024-02-01, end: [most-favoured]}]\n"
    )
    found = book(tmp_path, theirs(2), theirs(1, id="b", buyer="third", chips="9"), own=own,
                 words="customers: [rival]")  # fmt: skip
    assert cost_of(found) == pytest.approx(10 * (2 * 744 + 1 * 672 + 3 * 744))


OFFER = """
offers:
- {id: o, seller: cloud, chip: a, region: r, term: 12 months, price: 3 USD per chip-hour, MORE
   max: 6 chips, clauses: [{kind: most-favoured}]}
"""


def of_offer(folder: Path, demand: str, more: str = "", pacts: str = "") -> Book:
    agreements = "agreements:\n" + theirs(2, from_="2025-02-01") + pacts
    text = agreements + OFFER.replace("MORE", more) + demand
    return book_of(folder, peopled(text_of(text, months=2)))


@pytest.mark.parametrize("billing", ["reserved", "used"])
def test_what_is_bought_of_an_offer_is_as_cheap_as_what_others_have(
    tmp_path: Path, billing: str
) -> None:
    demand = NEED.replace("base: 10", "base: 5")
    found = of_offer(tmp_path, demand, more=f"billing: {billing},")
    assert cost_of(found) == pytest.approx(5 * (3 * 744 + 2 * 672))


def test_in_each_scenario_what_is_used_pays_the_lower_price(tmp_path: Path) -> None:
    paths = "{low: {weight: 60%, base: 2 chips}, high: {weight: 40%, base: 5 chips}}"
    demand = NEED.replace("base: 10 chips", f"scenarios: {paths}")
    found = of_offer(tmp_path, demand, more="billing: used,")
    assert cost_of(found) == pytest.approx((0.6 * 2 + 0.4 * 5) * (3 * 744 + 2 * 672))


def test_what_a_holder_takes_it_takes_at_the_lower_price(tmp_path: Path) -> None:
    # Half of 4 chips land with the holder, who alone may serve the API: 2 chips in any case.
    right = """
- id: pact
  seller: neo
  from: 2024-09-01
  until: 2025-12-31
  clauses:
  - {kind: first-refusal, window: {length: 30 days}, expected: [{take: 50%, weight: 100%}]}
  - {id: api-only, kind: exclusive, scope: {purposes: [api]}}
"""
    demand = NEED.replace("base: 10", "base: 2").replace("work", "api")
    found = of_offer(tmp_path, demand, pacts=right)
    assert cost_of(found) == pytest.approx(4 * (3 * 744 + 2 * 672))


def test_its_cost_is_what_it_saves(tmp_path: Path) -> None:
    made, base = planned(book(tmp_path, theirs(2)))
    (row,) = clause_costs(made, base, EXACT).to_dicts()
    assert row["clause"] == "own/most-favoured"
    assert row["low"] == pytest.approx(-10 * 1 * HOURS[:3].sum())
    assert row["sentence"].startswith("saves ")


# --- in check, and in words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("discount: 10%", "favoured-discount"),
        ("against: list, discount: 100%", "favoured-discount"),
        ("against: list, discount: 5% per year", "favoured-discount"),
        ("against: lst", "unknown-curve"),
        ("customers: [nobody]", "unknown-party"),
        ("customers: [third]", "favoured-idle"),
        ("customers: []", "favoured-idle"),
        ("size_max: 3 chips", "favoured-idle"),
        ("lag: 4 hours", "span-unit"),
        ("term_max: 4 hours", "span-unit"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, words: str, code: str) -> None:
    text = text_of(OWN.replace(" WORDS", f", {words}"), theirs(2), NEED, LIST)
    assert code in codes_of(tmp_path, peopled(text))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "lab pays no more under own than comparable customers of cloud"),
        ("customers: [rival, third], lag: 30 days",
         "lab pays no more under own than rival or third, 30 days later"),
        ("against: list, discount: 10%, customers: []",
         "lab pays no more under own than the published price (list), less 10%"),
        ("against: list",
         "lab pays no more under own than comparable customers of cloud or the published price "
         "(list)"),
    ],
)  # fmt: skip
def test_it_is_explained_in_one_sentence(tmp_path: Path, words: str, sentence: str) -> None:
    found = book(tmp_path, theirs(2), words=words, more=NEED + LIST)
    (term,) = found.terms
    assert term.clause.explain(found) == sentence


def test_a_month_that_the_agreement_sees_in_part_has_the_price_of_its_own_days(
    tmp_path: Path,
) -> None:
    # From the 16th of January: 16 days, all of them at the published 2 USD.
    text = OWN.replace("2025-01-01", "2025-01-16").replace(
        " WORDS", ", customers: [], against: list"
    )
    curve = (
        "curves: [{id: list, prices: {2024-01-01: 2 USD per chip-hour}, forecast: {flat: true}}]\n"
    )
    cost = cost_of(book_of(tmp_path, text_of(text, curve)))
    assert cost == pytest.approx(10 * 2 * (16 * 24 + 672 + 744))
