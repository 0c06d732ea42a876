"""A plan or a clash on the screen, and where to look for more."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offtake.api import Clash, Plan
from offtake.console.screen import (
    Shown,
    cash,
    megawatts,
    month,
    plain_data,
    say,
    share,
    short,
    table,
    terminal,
    whole,
)
from offtake.plan import result as results
from offtake.plan.words import chips, one_line
from offtake.run import can_draw

if TYPE_CHECKING:
    import polars as pl


def result(found: Plan | Clash, as_json: bool = False, verbose: bool = False) -> None:
    """A plan or a clash, as tables and sentences or as plain data."""
    if as_json:
        plain_data(found.data())
    elif isinstance(found, Plan):
        _plan(found, verbose)
    else:
        clash_lines(found)


def where_to_look(found: Plan | Clash, folder: Path) -> None:
    """The last line of a run."""
    if isinstance(found, Clash):
        say(f"Look at {folder / 'plan.html'}.")
    elif can_draw():
        say(f"Look at {folder / 'plan.html'}; the tables are in {folder}.")
    else:
        say(f"The tables are in {folder}; install the extra `report` for the page.")


def _plan(found: Plan, verbose: bool) -> None:
    """Purchases and builds, notices, clause costs, limits, scenarios; then the certificate."""
    screen = terminal()
    for name, (title, columns) in _tables(found.currency).items():
        if name == "scenarios" and found.scenarios.height == 1:
            # One path and no case: nothing to compare it with.
            continue
        rows = getattr(found, name)
        shown = together(rows, found.currency) if name == "choices" else rows
        table(screen, title, shown, columns)
    screen.print(_verdict(found))
    if verbose:
        for key, value in found.certificate.items():
            screen.print(f"  {key}: {value}")


def together(rows: pl.DataFrame, currency: str) -> pl.DataFrame:
    """Choices with no day to be told by, such as what is let month by month, in one row each."""
    kept = [row for row in rows.iter_rows(named=True) if row["by"] is not None]
    runs: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        if row["by"] is None:
            runs.setdefault((row["clause"], row["what"], row["subject"]), []).append(row)
    for (_, what, subject), run in runs.items():
        if len(run) == 1:
            kept += run
            continue
        mean, saved = sum(r["chips"] for r in run) / len(run), sum(r["saved"] for r in run)
        first, last = run[0], run[-1]
        verb = "saves" if saved >= 0 else "pays"
        sentence = (
            f"{what} {chips(mean)} on average of {subject}, in {len(run)} months to "
            f"{month(last['start'])}: {verb} {cash(abs(saved), currency)}"
        )
        kept.append({**first, "sentence": sentence})
    kept.sort(key=lambda row: (row["start"], row["clause"], row["subject"]))
    return rows.clear() if not kept else type(rows)(kept, schema=rows.schema)


def clash_lines(found: results.Clash) -> None:
    """The lines that cannot all hold, and the least change of each."""
    several = len(found.members) > 1
    what = "these lines cannot all hold" if several else "this line cannot hold"
    say(f"No plan is possible as of {found.as_of}: {what}.")
    for member in found.members:
        say(f"{member.place}: {member.sentence}")
        say(f"    {member.change_sentence}")
    if several:
        say("Changing any one of them as said is enough; without any one the others can hold.")


def _tables(currency: str) -> dict[str, tuple[str, Shown]]:
    """The tables on the screen: title, and how each column is shown."""

    def paid(amount: float) -> str:
        return cash(amount, currency)

    return {
        "purchases": (
            "What to buy",
            {
                "start": month,
                "offer": str,
                "chips": whole,
                "cost": paid,
                "why": str,
                "place": str,
            },
        ),
        "builds": (
            "What to build",
            {
                "ready": month,
                "id": str,
                "power_mw": megawatts,
                "capex": paid,
                "why": str,
                "place": str,
            },
        ),
        "choices": (
            "What else to do",
            {
                "start": month,
                "by": str,
                "sentence": str,
                "clause": str,
                "place": str,
            },
        ),
        "notices": (
            "Whom to ask, by when",
            {
                "latest": str,
                "holder": str,
                "right": str,
                "purchase": short,
                "answer_by": str,
                "sign_by": str,
            },
        ),
        "clause_costs": (
            "What each clause costs",
            {"clause": str, "part": str, "sentence": str, "place": str},
        ),
        "limits": ("Why not cheaper", {"sentence": str, "place": str}),
        "scenarios": (
            "Scenarios",
            {"scenario": str, "weight": share, "cost": paid, "perfect": paid, "regret": paid},
        ),
    }


def _verdict(result: Plan) -> str:
    """Cost, how sure it is, and what is at stake, in one or two lines."""
    proof, currency = result.certificate, result.currency
    owed = float(result.purchases["owed_after"].sum())
    later = f"Terms that outlast the plan owe {cash(owed, currency)} more. " if owed > 0 else ""
    text = (
        f"{one_line(result.title)}, as of {result.as_of}: "
        f"expected cost {cash(result.cost, currency)}, {_sure(proof['gap'])} "
        f"({proof['solver']}, {proof['columns']:,} columns): "
        f"{cash(result.cash, currency)} paid, {cash(result.shortage, currency)} for what goes "
        f"unserved, less {cash(result.residual, currency)} that outlives the plan. "
        f"{later}"
    ).rstrip()
    if result.scenarios.height == 1:
        return text
    text = f"{text} The worst cases cost {cash(result.cvar, currency)}"
    if result.perfect_information is None:
        return f"{text}."
    return f"{text}; foresight would be worth {cash(result.perfect_information, currency)}."


def _sure(gap: float) -> str:
    if not math.isfinite(gap):
        return "how far from the best possible is not known"
    return f"within {gap:.2%} of the best possible" if gap > 1e-9 else "the best"
