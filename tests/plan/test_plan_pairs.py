"""Every kind of clause by itself, and every two of them together, against trying everything.

The books are tiny and both kinds stand where they meet: on the same agreement or offer if they are
terms, over the same lots if they are rights. `naive` says what the pages on clauses say a second
time, without rows or a solver, and takes the least cost over all decisions there are. Take-or-pay
needs an invoice that follows use, so it is tried on such hosts only; all other pairs are tried on
all four.
"""

from __future__ import annotations

import copy
import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from offtake.clauses.registry import kinds as installed

from . import naive
from .books import optimum, read_text
from .naive_books import HOSTS, KINDS, Data, drawn
from .naive_text import text

PAIRS = list(itertools.combinations(KINDS, 2))
ALONE, TOGETHER, MISTAKEN = 5, 2, 8
"""How many books of each host: for a kind, for a pair, to catch a mistake in the judge."""


def books(kinds: tuple[str, ...], count: int) -> Iterator[tuple[str, int]]:
    """Hosts and seeds of the books in which these kinds are on."""
    for host in HOSTS:
        if not ("take-or-pay" in kinds and host[1] == "R"):
            yield from ((host, seed) for seed in range(count))


@cache
def planned(kinds: tuple[str, ...], host: str, seed: int) -> float:
    """What the plan costs, in thousands as the judge counts."""
    return cost(drawn(kinds, host, seed))


def cost(data: Data) -> float:
    """The plan's optimum."""
    _, solution = optimum(read_text(text(data)))
    return solution.objective / 1000 if solution.found else float("inf")


def same(one: float, two: float) -> bool:
    """Equal to a millionth."""
    return one == pytest.approx(two, rel=1e-6)


def without(data: Data, kind: str) -> Data:
    """The same book without the clause of that kind."""
    return {**data, "kinds": {k: w for k, w in data["kinds"].items() if k != kind}}


SETTLED_ONLY = {"overage"}
"""Kinds that no plan reads: in a plan nothing is taken above what is contracted."""


def test_all_kinds_of_clauses_are_tried() -> None:
    own = {name: kind for name, kind in installed().items() if _ours(kind)}
    assert set(KINDS) == set(own) - SETTLED_ONLY
    assert not any(hasattr(own[name], "plan") for name in SETTLED_ONLY)
    assert len(PAIRS) == len(KINDS) * (len(KINDS) - 1) // 2


def _ours(kind: type) -> bool:
    return kind.__module__.startswith("offtake.")


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_alone_costs_what_trying_everything_costs(kind: str) -> None:
    for host, seed in books((kind,), ALONE):
        least = naive.best(drawn((kind,), host, seed))
        assert same(planned((kind,), host, seed), least), (host, seed)


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_two_kinds_together_cost_what_trying_everything_costs(pair: tuple[str, str]) -> None:
    for host, seed in books(pair, TOGETHER):
        least = naive.best(drawn(pair, host, seed))
        assert same(planned(pair, host, seed), least), (host, seed)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_changes_what_the_plan_costs(kind: str) -> None:
    # Of the books with a kind alone, and of its pairs with others, enough would cost something
    # else without it: what does nothing would be caught.
    alone = [
        not same(planned((kind,), *book), cost(without(drawn((kind,), *book), kind)))
        for book in books((kind,), ALONE)
    ]
    assert sum(alone) >= 2
    with_others = [
        any(
            not same(planned(pair, *book), naive.best(without(drawn(pair, *book), kind)))
            for book in books(pair, TOGETHER)
        )
        for pair in PAIRS
        if kind in pair
    ]
    assert sum(with_others) >= len(with_others) * 3 / 4


# --- the judge can judge ---------------------------------------------------------------------


def words(kind: str, **changed: object) -> Callable[[Data], None]:
    """Read some words of a clause wrongly."""

    def change(data: Data) -> None:
        own = data["kinds"][kind]
        own |= {k: v(own[k]) if callable(v) else v for k, v in changed.items() if k in own}

    return change


def ignored(kind: str) -> Callable[[Data], None]:
    """Do not read a clause."""
    return lambda data: data["kinds"].pop(kind)


def a_month_less(days: int) -> int:
    return days - 30


def a_tenth_less(share: float | None) -> float | None:
    return share * 0.9 if share else share


def a_month_earlier(day: str) -> str:
    return str(dt.date.fromisoformat(day) - dt.timedelta(31)) if day else day


MISTAKES: dict[str, tuple[str, Callable[[Data], None]]] = {
    "a bar is not seen": ("exclusive", ignored("exclusive")),
    "deals after the last day of a scope are barred": ("exclusive", words("exclusive", until=None)),
    "a window is a month less": ("first-offer", words("first-offer", window=a_month_less)),
    "a ceiling is not read": ("first-offer", words("first-offer", ceiling=100)),
    "a refusal's window is a month less": (
        "first-refusal",
        words("first-refusal", window=a_month_less),
    ),
    "a share is a tenth less": ("minimum-share", words("minimum-share", share=a_tenth_less)),
    "a missing chip costs a tenth less": (
        "minimum-share",
        words("minimum-share", shortfall=a_tenth_less),
    ),
    "a premium is not paid": ("expansion-option", words("expansion-option", premium=0)),
    "hosting by others has no bound": ("subcontract", words("subcontract", share=100)),
    "a fee is paid to the month's end": ("licence", words("licence", until=None)),
    "a cap is not reached": ("revenue-share", words("revenue-share", cap=None)),
    "a floor is a tenth lower": ("take-or-pay", words("take-or-pay", share=a_tenth_less)),
    "nothing is made up": ("take-or-pay", words("take-or-pay", make_up=None)),
    "credits begin at once": ("prepayment", words("prepayment", after=0)),
    "money has no time": ("prepayment", lambda data: data.update(discount=0)),
    "all chips have the highest discount": ("volume-tiers", words("volume-tiers", whole=True)),
    "a fee is not paid": ("termination", words("termination", fee=None, sum=None)),
    "notice is ten days": ("termination", words("termination", notice=10)),
    "the price goes on": ("renewal", words("renewal", price="goes on")),
    "a part is renewed": ("renewal", words("renewal", any=True)),
    "all of it is let": ("sublet", words("sublet", share=100, max=None)),
    "a day more is credited": ("delay-credits", words("delay-credits", grace=-1)),
    "what is late cannot be ended": ("delay-credits", words("delay-credits", end_after=None)),
    "a step comes a month earlier": ("escalator", words("escalator", **{"from": a_month_earlier})),
    "a price has no bound": ("escalator", words("escalator", bound=None)),
    "another's price bites at once": ("most-favoured", words("most-favoured", lag=None)),
    "large agreements count": ("most-favoured", words("most-favoured", size_max=None)),
    "nothing is moved": ("minimum-spend", words("minimum-spend", defer=None)),
    "only this agreement counts": ("minimum-spend", words("minimum-spend", agreement=True)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_judge_is_seen(mistake: str) -> None:
    kind, wrong = MISTAKES[mistake]
    seen = False
    for book in books((kind,), MISTAKEN):
        data = copy.deepcopy(drawn((kind,), *book))
        wrong(data)
        seen = not same(planned((kind,), *book), naive.best(data))
        if seen:
            break
    assert seen


def test_there_is_a_mistake_for_every_kind() -> None:
    assert {kind for kind, _ in MISTAKES.values()} == set(KINDS)
