"""Books that cannot be planned: the lines blamed are enough, all needed, and the changes work."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from offtake.book.edit import changed, ended, scaled, value_at
from offtake.book.force import Book
from offtake.plan.assemble import programme
from offtake.plan.clash import lines
from offtake.plan.result import Change, Clash
from offtake.plan.solve import Limits, solve
from offtake.plan.study import Options, plan
from offtake.units import Duration, Money, Power, parse_duration, parse_money, parse_power

from .books import read_text, text_of

QUICK = Options(limits=Limits(gap=1e-4), costs=False, foresight=False)
DAY = dt.timedelta(days=1)


def possible(book: Book) -> bool:
    return solve(programme(book), feasible_only=True).found


def clash_of(book: Book) -> Clash:
    found = plan(book, QUICK)
    assert isinstance(found, Clash)
    return found


def blamed(found: Clash) -> list[str]:
    return [member.line for member in found.members]


def at(book: Book, change: Change, steps: int) -> Book:
    """The book with a change made, so many of its own steps short of it."""
    assert change.new is not None
    path, new = change.path, change.new
    if new.endswith("% of it"):
        kept = Fraction(new.split("%")[0]) / 100 + Fraction(steps, 1000)
        return scaled(book, path[1], kept)
    if path[0] == "clauses" and path[-1] == "until":
        return ended(book, path[1], dt.date.fromisoformat(new) + steps * DAY)
    old = value_at(book, path)
    if isinstance(old, int):
        count = int(new.split()[0])
        return changed(book, path, count + steps * (1 if count < old else -1))
    if isinstance(old, dt.date):
        day = dt.date.fromisoformat(new)
        return changed(book, path, day + steps * DAY * (1 if day < old else -1))
    if isinstance(old, Duration):
        length = parse_duration(new)
        return changed(book, path, replace(length, count=length.count + steps))
    if isinstance(old, Power):
        power = parse_power(new)
        return changed(book, path, replace(power, kw=power.kw - steps * 1000))
    money = parse_money(new)
    step = Decimal(steps * 10**6) * (1 if money.amount < old.amount else -1)
    return changed(book, path, replace(money, amount=max(Decimal(0), money.amount + step)))


def furthest(book: Book, change: Change) -> Book:
    """The book with a figure changed as far as it goes towards a plan; unchanged for dates."""
    path = change.path
    if path[0] == "demand":
        return scaled(book, path[1], Fraction(0))
    if path[0] == "clauses" and path[-1] == "until":
        return ended(book, path[1], dt.date(2024, 1, 1))
    old = value_at(book, path)
    if isinstance(old, int):
        return changed(book, path, 10**9)
    if isinstance(old, Duration):
        return changed(book, path, replace(old, count=0))
    if isinstance(old, Power):
        return changed(book, path, replace(old, kw=Decimal(10**9)))
    if isinstance(old, Money):
        amount = 0 if path[-1] == "capex" else 10**13
        return changed(book, path, replace(old, amount=Decimal(amount)))
    return book


def judged(book: Book) -> Clash:
    """A clash whose set is enough and irreducible, and whose changes are the least that do."""
    found = clash_of(book)
    made = programme(book)
    every = {min(line.numbers): line.numbers for line in lines(made)}
    kept = [every[member.owner] for member in found.members]
    assert kept
    rest = frozenset().union(*every.values()) - frozenset().union(*kept)
    assert not solve(made, rest, feasible_only=True).found
    for one in kept:
        assert solve(made, rest | one, feasible_only=True).found
    for member in found.members:
        assert member.place.line > 0
        assert member.sentence
        if member.change.new is not None:
            assert possible(at(book, member.change, 0)), member
            assert not possible(at(book, member.change, 1)), member
        else:
            assert member.change_sentence.startswith("no change")
            assert not possible(furthest(book, member.change)), member
    return found


# --- named cases -------------------------------------------------------------------------------

NEED = """
demand:
- {id: need, purpose: work, unit: a, base: 1000 chips, unserved: never}
"""


def offers(*more: str) -> str:
    rows = [
        f"- {{id: {name}, kind: reserved, chip: a, region: east, term: 12 months, price: 2 USD per "
        f"chip-hour, {rest}}}\n"
        for name, rest in (m.split(" ", 1) for m in more)
    ]
    return "offers:\n" + "".join(rows)


def changes(found: Clash) -> dict[str, str | None]:
    return {member.line: member.change.new for member in found.members}


def test_more_is_needed_than_all_have() -> None:
    book = read_text(
        text_of(offers("x seller: neo, max: 300 chips", "y seller: other, max: 500 chips"), NEED)
    )
    assert changes(judged(book)) == {
        "offer x max": "500 chips",
        "offer y max": "700 chips",
        "demand need need": "800 chips",
    }


def test_nobody_can_serve_a_class() -> None:
    west = NEED.replace("unserved", "regions: [west], unserved")
    found = judged(read_text(text_of(offers("x seller: neo, max: 5000 chips"), west)))
    assert changes(found) == {"demand need need": "0 chips"}


def test_every_offer_starts_after_the_plan() -> None:
    late = offers("x seller: neo, max: 5000 chips, starts_from: 2026-01")
    assert changes(judged(read_text(text_of(late, NEED)))) == {"demand need need": "0 chips"}


def test_the_lead_is_too_long() -> None:
    book = read_text(text_of(offers("x seller: neo, max: 5000 chips, lead: 60 days"), NEED))
    assert changes(judged(book)) == {"offer x lead": "1 day", "demand need need": "0 chips"}


def test_a_lead_in_months_is_shortened_in_months() -> None:
    # From New Year's Eve any month ends after New Year's Day.
    book = read_text(text_of(offers("x seller: neo, max: 5000 chips, lead: 3 months"), NEED))
    assert changes(judged(book)) == {"offer x lead": "0 months", "demand need need": "0 chips"}


def test_the_offer_has_lapsed() -> None:
    book = read_text(
        text_of(offers("x seller: neo, max: 5000 chips, valid_until: 2024-12-20"), NEED)
    )
    assert changes(judged(book)) == {
        "offer x valid_until": "2024-12-31",
        "demand need need": "0 chips",
    }


def test_the_offer_opens_too_late() -> None:
    book = read_text(
        text_of(offers("x seller: neo, max: 5000 chips, valid_from: 2025-02-10"), NEED)
    )
    assert changes(judged(book)) == {
        "offer x valid_from": "2025-01-01",
        "demand need need": "0 chips",
    }


def deal(clause: str) -> str:
    return (
        "agreements:\n- id: deal\n  seller: cloud\n  from: 2024-01-01\n  until: 2026-12-31\n"
        f"  clauses: [{{id: right, {clause}}}]\n"
    )


def test_an_exclusive_right_bars_the_only_seller() -> None:
    book = read_text(
        text_of(deal("kind: exclusive"), offers("x seller: neo, max: 5000 chips"), NEED)
    )
    assert changes(judged(book)) == {
        "deal/right bars": "2024-12-31",
        "demand need need": "0 chips",
    }


def test_an_exclusive_right_on_a_purpose_bars_the_only_seller() -> None:
    book = read_text(
        text_of(
            deal("kind: exclusive, scope: {purposes: [work]}"),
            offers("x seller: neo, max: 5000 chips"),
            NEED,
        )
    )
    assert changes(judged(book)) == {
        "deal/right bars": "2024-12-31",
        "demand need need": "0 chips",
    }


def test_a_holder_has_too_long_to_answer() -> None:
    words = "kind: first-refusal, window: {length: 30 days}, expected: [{take: 0%, weight: 100%}]"
    book = read_text(text_of(deal(words), offers("x seller: neo, max: 5000 chips"), NEED))
    assert changes(judged(book)) == {"deal/right window": "1 day", "demand need need": "0 chips"}


def test_a_lead_and_a_window_that_would_each_fit_alone() -> None:
    words = "kind: first-refusal, window: {length: 20 days}, expected: [{take: 0%, weight: 100%}]"
    later = NEED.replace("unserved", "from: 2025-02, unserved")
    x = offers("x seller: neo, max: 5000 chips, lead: 20 days")
    assert changes(judged(read_text(text_of(deal(words), x, later)))) == {
        "deal/right window": "12 days",
        "offer x lead": "12 days",
        "demand need need": "0 chips",
    }


SITE = """
sites:
- id: home
  region: west
  pue: 1
  power_price: 0 USD per kWh
  chips: [a]
  owners: {lab: 100%}
  capital: [{limit: CAPITAL M USD, from: 2025-01}]
  phases:
  - {id: p1, power: 10 MW meter, capex: 20 M USD, started: 2024-06, ready: 2025-03}
"""


def test_capital_too_small_for_the_chips() -> None:
    later = NEED.replace("unserved", "from: 2025-03, unserved")
    # What is left to pay of the phase, 20 x 2 / 9, and 1000 chips at 10,000 each.
    found = judged(read_text(text_of(SITE.replace("CAPITAL", "12"), later)))
    assert changes(found) == {
        "capital home limit 1": "15 M USD",
        "demand need need": "755 chips",
        "phase home/p1 started": "9 M USD",
    }


def test_a_site_without_the_power_is_named() -> None:
    later = NEED.replace("unserved", "from: 2025-03, unserved")
    small = SITE.replace("CAPITAL", "900").replace("10 MW meter", "0.4 MW meter")
    found = judged(read_text(text_of(small, later)))
    # A thousand chips of 1 kW each.
    assert changes(found) == {"demand need need": "400 chips", "site home power": "1.4 MW meter"}


def test_a_gang_finds_no_room_in_one_pool() -> None:
    x, y = "x seller: neo, max: 700 chips", "y seller: other, max: 700 chips"
    ganged = NEED.replace("unserved", "gang: 1000 chips, unserved")
    found = judged(read_text(text_of(offers(x, y), ganged)))
    assert {m.line for m in found.members} == {"offer x max", "offer y max", "demand need need"}
    assert changes(found)["offer x max"] == "1000 chips"


def test_two_clashes_at_once_are_told_one_at_a_time() -> None:
    both = (
        NEED
        + "- {id: other, purpose: api, unit: a, base: 10 chips, regions: [west], unserved: never}\n"
    )
    found = judged(read_text(text_of(offers("x seller: neo, max: 300 chips"), both)))
    assert all(member.change.new is None for member in found.members)


def test_a_book_with_nothing_to_decide_has_an_empty_plan() -> None:
    none = NEED.replace("1000 chips", "0 chips")
    found = plan(read_text(text_of(none)), QUICK)
    assert not isinstance(found, Clash)
    assert found.cost == 0


def test_a_path_is_changed_as_a_whole_even_beside_a_base() -> None:
    path = NEED.replace("unserved", "path: {2025-01: 500 chips, 2025-03: 800 chips}, unserved")
    found = judged(read_text(text_of(offers("x seller: neo, max: 600 chips"), path)))
    assert changes(found) == {"offer x max": "800 chips", "demand need need": "75.1% of it"}


def test_a_right_that_an_amendment_added_can_be_blamed() -> None:
    added = (
        "agreements:\n- id: deal\n  seller: cloud\n  from: 2024-01-01\n  until: 2026-12-31\n"
        "  amendments:\n  - on: 2024-06-01\n    add: [{id: right, kind: first-refusal, window: "
        "{length: 30 days}, expected: [{take: 0%, weight: 100%}]}]\n"
    )
    book = read_text(text_of(added, offers("x seller: neo, max: 5000 chips"), NEED))
    assert blamed(judged(book)) == ["demand need need", "deal/right window"]


def test_a_window_that_an_amendment_made_longer_is_changed_as_amended() -> None:
    changed = (
        "agreements:\n- id: deal\n  seller: cloud\n  from: 2024-01-01\n  until: 2026-12-31\n"
        "  clauses:\n  - {id: right, kind: first-refusal, window: {length: 1 days}, "
        "expected: [{take: 0%, weight: 100%}]}\n"
        "  amendments:\n  - {on: 2024-06-01, change: {right: {window: {length: 40 days}}}}\n"
    )
    book = read_text(text_of(changed, offers("x seller: neo, max: 5000 chips"), NEED))
    found = judged(book)
    assert blamed(found) == ["demand need need", "deal/right window"]
    assert found.members[1].change.old == "40 days"
    assert found.members[1].change.new is not None


# --- any book ----------------------------------------------------------------------------------


def some_book(seed: int) -> str:
    """Too much need, or too little of something: power, capital, time, sellers who are allowed."""
    draw = random.Random(seed)
    parts = []
    clauses = []
    if draw.random() < 0.4:
        scope = draw.choice(["", ", scope: {purposes: [api]}", ", scope: {regions: [west]}"])
        clauses.append(f"{{id: only, kind: exclusive, holder: other{scope}}}")
    if draw.random() < 0.5:
        clauses.append(
            f"{{id: rofr, kind: first-refusal, window: {{length: {draw.randrange(5, 90)} days}}, "
            "scope: {own_build: false}, "
            "expected: [{take: 30%, weight: 50%}, {take: 0%, weight: 50%}]}"
        )
    if clauses:
        parts.append(
            "agreements:\n- id: deal\n  seller: cloud\n  from: 2024-01-01\n  until: 2026-12-31\n"
            f"  clauses: [{', '.join(clauses)}]\n"
        )
    rows = []
    for name in ["z", "x", "y"][: draw.choice([1, 2, 3])]:
        extra = draw.choice(
            [
                "",
                ", lead: 40 days",
                ", lead: 3 months",
                ", valid_until: 2024-12-20",
                ", block: 64 chips",
            ]
        )
        start = draw.choice(["", ", starts_from: 2025-02"])
        rows.append(
            f"{name} seller: {draw.choice(['neo', 'other', 'cloud'])}, "
            f"max: {draw.randrange(200, 1500)} chips{extra}{start}"
        )
    parts.append(offers(*rows))
    if draw.random() < 0.5:
        parts.append(SITE.replace("CAPITAL", str(draw.randrange(6, 30))))
    base, other = draw.randrange(300, 4000), draw.randrange(10, 900)
    gang = draw.choice(["", f"gang: {draw.choice([128, 700])} chips, "])
    high = draw.choice(
        ["", ", scenarios: {u: {weight: 50%}, d: {weight: 50%, growth: 300% per year}}"]
    )
    first = draw.choice(["2025-01", "2025-02", "2025-04"])
    parts.append(
        f"demand:\n- {{id: need, purpose: work, unit: a, base: {base} chips, from: {first}, "
        f"{gang}unserved: never{high}}}\n"
        f"- {{id: else, purpose: api, unit: b, base: {other} chips, from: {first}, unserved: "
        f"{draw.choice(['never', '9 USD per chip-hour'])}}}\n"
    )
    return text_of(*parts, months=5)


SEEDS = [s for s in range(60) if not possible(read_text(some_book(s)))][:24]


def test_enough_of_these_books_clash() -> None:
    assert len(SEEDS) >= 12


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clash_is_irreducible_and_its_changes_are_the_least(seed: int) -> None:
    judged(read_text(some_book(seed)))
