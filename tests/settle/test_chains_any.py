"""Whatever the chain: money is conserved, and what passes is neither lost nor counted twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offtake.clauses.base import HOUR
from offtake.settle import Inputs, Outage, Statement, Used, reckon
from offtake.settle.chains import chains
from offtake.settle.inputs import Came
from offtake.settle.parts import parts
from offtake.settle.passing import passed
from offtake.units.instants import NS

from .chained import CLOCK, FEBRUARY, MIRRORED, SELLERS, link
from .owed import HERE, book_of, metered, outage


@dataclass(frozen=True)
class Drawn:
    text: str
    above: dict[str, str]
    inputs: Inputs


@st.composite
def trees(draw: st.DrawFn) -> Drawn:
    """A source and up to seven agreements below it, six deep at most, with terms of every sort."""
    above: dict[int, int] = {}
    depth = {0: 0}
    for n in range(1, draw(st.integers(2, 8))):
        above[n] = draw(st.sampled_from([m for m in depth if depth[m] < 6]))
        depth[n] = depth[above[n]] + 1
    chips: dict[int, int] = {}
    for n in sorted(depth, key=lambda n: -depth[n]):
        below = sum(chips[m] for m in above if above[m] == n)
        chips[n] = below + draw(st.integers(0 if below else 1, 7))
    buyers = {n: SELLERS[(depth[n] + 1) % 3] if n in above.values() else "lab" for n in depth}
    made = []
    for n in sorted(depth):
        cents, rate = draw(st.integers(1, 999)), draw(st.integers(1, 9))
        words = draw(st.sampled_from(["", MIRRORED])) if depth[n] == 1 else ""
        late = f"{{id: late, kind: delay-credits, rate: 0.{rate}% of monthly fee per day}}"
        owed = (
            draw(st.sampled_from(["", f"  clauses: [{late}]\n"])) if n else f"  clauses: [{late}]\n"
        )
        made.append(
            link(
                f"a{n}",
                chips[n],
                f"{cents / 100:.2f}",
                seller=SELLERS[depth[n] % 3],
                buyer=buyers[n],
                upstream=f"a{above[n]}" if n else "",
                words=words + owed,
            )
        )
    return Drawn("".join(made), {f"a{n}": f"a{m}" for n, m in above.items()}, draw(known(chips)))


def known(chips: dict[int, int]) -> st.SearchStrategy[Inputs]:
    """Use, outages and a late arrival of any of them."""
    name = st.sampled_from([f"a{n}" for n in chips])
    hours = st.integers(0, 500)
    out = st.builds(
        outage,
        st.integers(1, 28).map(lambda day: f"2025-02-{day:02}"),
        st.integers(1, 200),
        st.integers(1, 20),
        st.sampled_from(["seller", "buyer"]),
    )
    late = st.integers(0, 40 * 86_400).map(
        lambda s: Came(CLOCK.begin_of(dt.date(2025, 2, 1)) + s * NS, HERE)
    )
    return st.builds(
        lambda use, outs, came: replace(
            metered({n: {dt.date(2025, 2, 9): Used(h * HOUR)} for n, h in use.items()}),
            outages={n: tuple(each) for n, each in outs.items()},
            arrivals={(n, "d"): each for n, each in came.items()},
        ),
        st.dictionaries(name, hours),
        st.dictionaries(name, st.lists(out, max_size=2)),
        st.dictionaries(name, late),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees())
def test_money_is_conserved_to_the_cent_along_any_chain(drawn: Drawn) -> None:
    """Each party's own cash, counted line by line in exact fractions, against what a chain says."""
    with TemporaryDirectory() as folder:
        book = book_of(Path(folder), drawn.text)
    made = {s.agreement: s for s in reckon(book, FEBRUARY, drawn.inputs)}
    (chain,) = chains(book, made.values())
    owed = {name: _naive(each) for name, each in made.items()}
    ends = set(made) - set(drawn.above.values())
    assert Fraction(chain.paid.amount) == sum(owed[name] for name in ends)
    assert Fraction(chain.received.amount) == owed["a0"]
    for resale in chain.resales:
        below = [name for name, source in drawn.above.items() if source == resale.agreement]
        received = sum((owed[name] for name in below), Fraction(0))
        assert Fraction(resale.margin.amount) == received - owed[resale.agreement]
        assert resale.margin == resale.markup - resale.liability
    assert chain.paid == chain.received + chain.margins
    for each in chain.links:
        assert chain.path(each.agreement)[-1] is chain.links[0]


def _naive(statement: Statement) -> Fraction:
    """What the buyer owes, counted anew."""
    total = Fraction(0)
    for line in statement.lines:
        sign = 1 if line.payer == statement.buyer else -1
        total += sign * Fraction(line.amount.amount)
    return total


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees())
def test_what_passes_is_said_once_and_never_more_than_there_was(drawn: Drawn) -> None:
    with TemporaryDirectory() as folder:
        book = book_of(Path(folder), drawn.text)
    once = passed(book, drawn.inputs, CLOCK)
    assert passed(book, once, CLOCK) == once
    for host in set(drawn.above.values()):
        below = [name for name, source in drawn.above.items() if source == host]
        told = drawn.inputs.outages
        for day in range(1, 60):
            at = CLOCK.begin_of(dt.date(2025, 2, 1)) + day * 43_200 * NS
            lacking = sum(_out(once.outages.get(name, ()), at) for name in below)
            own = sum(_out(told.get(name, ()), at) for name in below)
            assert lacking <= own + _out(once.outages.get(host, ()), at)


def _out(outages: tuple[Outage, ...], at: int) -> int:
    return sum(o.chips for o in outages if o.begin <= at < o.end)


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 10**9), min_size=1, max_size=9))
def test_parts_sum_to_the_whole_and_none_is_a_unit_off(total: int, weights: list[int]) -> None:
    found = parts(total, weights)
    if not sum(weights):
        assert set(found) == {0}
        return
    assert sum(found) == total
    for part, weight in zip(found, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
