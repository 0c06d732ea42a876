"""Capital calls: what sites need, of whom it is called, from which tranche, within which limit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.book.force import Book
from offtake.book.read import read
from offtake.clauses.registry import kinds
from offtake.settle.capital import Begun, Call, Installed, calls, fund_of, funds, spending
from offtake.settle.postings import Group, call, paid_in, payment, revised
from offtake.settle.standing import called_of, standings
from offtake.units import Money, Month
from offtake.units.minor import minor_of, money_of

BOOK = """
book:
  buyer: lab
  as_of: 2025-01-21
  periods: {start: 2025-02, length: 24 months}
  purposes: {work: {}}
parties:
- {id: lab, name: Lab}
- {id: near, name: Near}
- {id: far, name: Far}
chips:
- {id: big, price: 30000.01 USD, kw_it: 1.2 kW it, throughput: {work: 1}, life: 5 years}
ventures:
- id: union
  owners: {near: 40%, lab: 40%, far: 20%}
  capital:
  - {limit: 400 USD, from: 2026-02, per_year: 150 USD}
  - {limit: 100 USD, from: 2025-02}
sites:
- id: abilene
  region: r
  pue: 1.2
  power_price: 0.1 USD per kWh
  chips: [big]
  venture: union
  phases:
  - {id: p1, power: 1 MW meter, capex: 100 USD, started: 2025-02, ready: 2025-05}
  - {id: p2, power: 1 MW meter, capex: 50 USD, start: 2025-03, lead: 4 months}
- id: own
  region: r
  pue: 1.2
  power_price: 0.1 USD per kWh
  chips: [big]
  phases:
  - {id: p1, power: 1 MW meter, capex: 12 USD, started: 2025-02, lead: 2 months}
"""


def usd(amount: str | int) -> Money:
    return Money(Decimal(amount), "USD")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return book_of(tmp_path_factory.mktemp("capital"), BOOK)


def book_of(folder: Path, text: str) -> Book:
    (folder / "book.yaml").write_text(text)
    return read(folder, kinds()).required().whole


def called(**by_month: str) -> dict[str, dict[Month, Money]]:
    """What the union was called for before, as `y2025_02="60"`."""
    months = {Month(int(m[1:5]), int(m[6:])): usd(amount) for m, amount in by_month.items()}
    return {"union": months}


def told(made: tuple[Call, ...]) -> list[tuple[str, int | None, str, list[str]]]:
    return [(c.fund, c.tranche, str(c.amount), [str(part) for _, part in c.of]) for c in made]


# --- what sites need ------------------------------------------------------------------------------


def test_a_phase_is_paid_evenly_in_cents_that_sum_to_it(book: Book) -> None:
    needed = [spending(book, Month(2025, 2) + n) for n in range(4)]
    assert [str(each.get("union", "")) for each in needed] == [
        "33.33 USD",
        "33.34 USD",
        "33.33 USD",
        "",
    ]
    assert [str(each.get("own", "")) for each in needed] == ["6 USD", "6 USD", "", ""]


def test_what_a_plan_builds_and_installs_comes_on_top(book: Book) -> None:
    march = Month(2025, 3)
    begun = [Begun("abilene", "p2", march, march + 4), Begun("abilene", "p1", march, march + 1)]
    chips = [Installed("abilene", "big", march, 3), Installed("abilene", "big", march + 1, 9)]
    # 3 x 30,000.01 of chips, 33.34 of p1 (its own months hold), 12.50 of p2.
    assert spending(book, march, begun, chips)["union"] == usd("90045.87")
    assert spending(book, march + 3, begun)["union"] == usd("12.50")


def test_a_site_without_owners_is_the_buyers_alone(book: Book) -> None:
    assert [fund_of(book, site) for site in book.sites.values()] == ["union", "own"]
    assert {name: list(fund.owners) for name, fund in funds(book).items()} == {
        "union": ["near", "lab", "far"],
        "own": ["lab"],
    }
    made, short = calls(book, Month(2025, 2), {"own": usd(6)})
    assert (told(made), short) == ([("own", None, "6 USD", ["6 USD"])], ())


# --- who is called --------------------------------------------------------------------------------


def test_owners_bear_their_shares_and_the_cents_sum(book: Book) -> None:
    """40 % of 33.33 are 13.332 each and 20 % are 6.666: the cent that is left goes to far."""
    (one,), short = calls(book, Month(2025, 2), {"union": usd("33.33")})
    assert told((one,)) == [("union", 2, "33.33 USD", ["13.33 USD", "13.33 USD", "6.67 USD"])]
    assert (
        one.why
        == "33.33 USD of tranche 2 (100 USD from 2025-02), shared: near 40%, lab 40%, far 20%"
    )
    assert (one.id, str(one.place)[:9], short) == ("union/2025-02/2", "book.yaml", ())


def test_owners_whom_nobody_names_keep_their_part(tmp_path: Path) -> None:
    book = book_of(tmp_path, BOOK.replace(", far: 20%", ""))
    (one,), _ = calls(book, Month(2025, 2), {"union": usd("33.33")})
    assert told((one,))[0][3] == ["13.33 USD", "13.33 USD"]
    assert one.unnamed == usd("6.67")


def test_tranches_fill_in_the_order_in_which_they_open(book: Book) -> None:
    made, short = calls(book, Month(2026, 2), {"union": usd(90)}, called(y2025_02="60"))
    assert [(c.tranche, c.amount) for c in made] == [(2, usd(40)), (1, usd(50))]
    assert short == ()


def test_more_than_is_open_is_not_called_and_the_limit_is_named(book: Book) -> None:
    made, (short,) = calls(book, Month(2025, 9), {"union": usd(90)}, called(y2025_02="60"))
    assert [(c.tranche, c.amount) for c in made] == [(2, usd(40))]
    assert short.sentence == (
        "50 USD of the 90 USD that union needs in 2025-09 cannot be called: "
        "its limit is 100 USD by 2025-09."
    )
    assert str(short.place).startswith("book.yaml:18:")


def test_no_year_bears_more_than_its_limit(book: Book) -> None:
    before = called(y2025_02="60", y2026_02="100", y2026_12="999")
    made, (short,) = calls(book, Month(2026, 5), {"union": usd(90)}, before)
    assert [(c.tranche, c.amount) for c in made] == [(1, usd(50))]
    assert "40 USD of the 90 USD" in short.sentence
    assert "its limit is 150 USD in 2026" in short.sentence
    made, _ = calls(book, Month(2027, 1), {"union": usd(90)}, before)
    assert made == ()  # 999 USD were called in 2026-12, more than there is


def test_before_the_first_tranche_opens_no_limit_counts(book: Book) -> None:
    made, short = calls(book, Month(2025, 1), {"union": usd(900)})
    assert [(c.tranche, c.amount, c.id) for c in made] == [(None, usd(900), "union/2025-01/0")]
    assert short == ()


def test_nothing_needed_is_nothing_called(book: Book) -> None:
    assert calls(book, Month(2025, 2), {"union": usd(0)}) == ((), ())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20_000)), max_size=12))
def test_whatever_is_needed_sums_are_exact_and_limits_hold(
    book: Book, needs: list[tuple[int, int]]
) -> None:
    so_far: dict[Month, Money] = {}
    from_tranche = {1: 0, 2: 0}
    for n, cents in sorted(dict(needs).items()):
        month = Month(2025, 1) + n
        needed = money_of(cents, "USD")
        made, short = calls(book, month, {"union": needed}, {"union": so_far})
        total = sum((c.amount for c in made), usd(0))
        for one in made:
            assert sum((part for _, part in one.of), one.unnamed) == one.amount
            for (owner, part), share in zip(one.of, (40, 40, 20), strict=True):
                assert abs(minor_of(part) - Fraction(minor_of(one.amount) * share, 100)) < 1, owner
            if one.tranche is not None:
                from_tranche[one.tranche] += minor_of(one.amount)
        assert total == needed or (total < needed and len(short) == 1)
        so_far[month] = total
    assert from_tranche[2] <= 100_00
    assert from_tranche[1] <= 400_00
    for year in (2026, 2027, 2028):
        assert sum(minor_of(a) for m, a in so_far.items() if m.year == year) <= 150_00


# --- who has paid what ----------------------------------------------------------------------------


def posted(one: Call) -> Group:
    return call(one.id, one.fund, one.of, one.month.first)


def test_called_paid_and_left_are_read_from_what_was_posted(book: Book) -> None:
    february, march = Month(2025, 2), Month(2025, 3)
    (first,), _ = calls(book, february, {"union": usd(60)})
    (second,), _ = calls(book, march, {"union": usd(10)}, called(y2025_02="60"))
    paid = payment("pay-1", "union", "near", "union", usd(24), dt.date(2025, 3, 9))
    groups = [posted(first), posted(second), paid_in(paid)]
    (one,) = (s for s in standings(book, march, groups) if s.fund == "union")
    assert [(o.owner, str(o.called), str(o.paid), str(o.due)) for o in one.owners] == [
        ("near", "28 USD", "24 USD", "4 USD"),
        ("lab", "28 USD", "0 USD", "28 USD"),
        ("far", "14 USD", "0 USD", "14 USD"),
    ]
    assert [(t.number, str(t.called), str(t.left), t.is_open) for t in one.tranches] == [
        (2, "70 USD", "30 USD", True),
        (1, "0 USD", "400 USD", False),
    ]
    assert (one.called, one.open_limit, one.limit) == (usd(70), usd(100), usd(500))
    assert (one.open_left, one.left) == (usd(30), usd(430))
    assert (one.year, one.year_limit, one.before) == (usd(70), None, usd(0))
    (earlier,) = (s for s in standings(book, february, groups) if s.fund == "union")
    assert (earlier.called, earlier.owners[0].paid) == (usd(60), usd(0))


def test_a_corrected_call_counts_once(book: Book) -> None:
    (wrong,), _ = calls(book, Month(2025, 2), {"union": usd(60)})
    (right,), _ = calls(book, Month(2025, 2), {"union": usd(50)})
    first = posted(wrong)
    second = revised(first, posted(right))
    assert second is not None
    assert called_of([first, second]) == {"union": {Month(2025, 2): usd(50)}}
    (one,) = (s for s in standings(book, Month(2025, 2), [first, second]) if s.fund == "union")
    assert [o.called for o in one.owners] == [usd(20), usd(20), usd(10)]


def test_calls_before_the_first_tranche_stand_apart(book: Book) -> None:
    groups = [posted(c) for c in calls(book, Month(2025, 1), {"union": usd(5)})[0]]
    groups += [posted(c) for c in calls(book, Month(2025, 2), {"own": usd(6)})[0]]
    own, union = standings(book, Month(2026, 2), groups)
    assert (own.fund, own.before, own.called, own.limit) == ("own", usd(6), usd(0), usd(0))
    assert (union.before, union.called) == (usd(5), usd(0))
    assert union.open_limit == usd(500)
    assert union.year_limit == usd(150)


def test_somebody_called_who_is_no_owner_any_more_is_still_listed(book: Book) -> None:
    gone = call("union/2025-02/2", "union", [("gone", usd(3))], dt.date(2025, 2, 1))
    (one,) = (s for s in standings(book, Month(2025, 2), [gone]) if s.fund == "union")
    assert (one.owners[-1].owner, one.owners[-1].share, one.owners[-1].due) == (
        "gone",
        None,
        usd(3),
    )


def test_the_public_venture_stands_against_a_hundred_and_five_hundred() -> None:
    """Of the announcement of 2025-01-21: 100 B at once, 500 B over four years."""
    stargate = Path(__file__).parents[2] / "examples" / "stargate"
    book = read(stargate, kinds()).required().whole
    april = Month(2025, 4)
    (one,), short = calls(book, april, spending(book, april))
    assert (one.fund, one.tranche, short) == ("stargate", 1, ())
    # The eleventh of twelve months of 2.5 B: 2,291,666,666.67 less 2,083,333,333.33.
    assert one.amount == usd("208333333.34")
    assert [owner for owner, _ in one.of] == ["softbank", "openai", "oracle", "mgx"]
    (stands,) = standings(book, april, [posted(one)])
    assert (str(stands.open_limit), str(stands.limit)) == ("100 B USD", "500 B USD")
    assert stands.open_left + one.amount == stands.open_limit
