"""A rehearsal on the screen: what happened, who took what, plan and outcome with the reasons."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from offtake.console.plans import clash_lines
from offtake.console.screen import Shown, cash, many, month, plain_data, say, table, terminal, whole
from offtake.plan.result import Clash, PlanResult

if TYPE_CHECKING:
    from offtake.rehearse import Rehearsal


def rehearsal(found: Rehearsal, as_json: bool = False) -> None:
    """All of it, as tables and sentences or as plain data."""
    if as_json:
        plain_data(found.data())
        return
    screen = terminal()
    tenders = found.timeline.filter(found.timeline["tender"] != "")
    columns: Shown = {"at (UTC)": _minute, "who": str, "what": str, "sentence": str}
    table(screen, "What happened", tenders.rename({"at": "at (UTC)"}), columns)
    _asked(found)
    _agreed(found)
    outcome(found)
    aside: Shown = {"start": month, "name": str, "why": str}
    table(screen, "Decided by no tender", found.left_out, aside)
    journal(found)
    verdict(found)


def outcome(found: Rehearsal) -> None:
    """Plan and outcome, purchase by purchase, and why."""

    def price(amount: float) -> str:
        return f"{amount:.2f}"

    columns: Shown = {
        "purchase": str,
        "planned": str,
        "party": str,
        "chips": whole,
        "price": price,
        "signed": str,
        "why": str,
    }
    rows = found.outcome
    planned = [f"{r['planned_chips']:,} {r['planned_seller']}" for r in rows.to_dicts()]
    if not rows.is_empty():
        rows = rows.with_columns(_series("planned", planned))
    table(terminal(), "Plan and outcome", rows, columns)


def journal(found: Rehearsal) -> None:
    """What the journal alone proves, and that its keys prove nothing."""
    proved = found.verified
    events = many(proved.size, "event")
    if proved.sound:
        say(f"{events} in the journal, which was verified: it is whole, and no promise was broken.")
    else:
        first = proved.breaches[0]
        say(f"{events} in the journal, which does not hold: {first.promise}, {first.sentence}")
    say("Its keys are practice keys that follow from plan and seed: anybody can make them.")


def verdict(found: Rehearsal) -> None:
    """What a reader must know, what both plans cost, and how it ended."""
    screen = terminal()
    if isinstance(found.after, Clash):
        say("With what was signed no plan is possible any more.")
        clash_lines(found.after)
    for note in found.notes:
        screen.print(f"Note: {note}.")
    if isinstance(found.after, PlanResult):
        before, after = found.before, found.after
        screen.print(
            f"Expected cost {_cost(before)} as planned, {_cost(after)} with what was signed."
        )
    screen.print(f"Seed {found.seed}: {found.summary}")


def _asked(found: Rehearsal) -> None:
    columns: Shown = {
        "on": str,
        "holder": str,
        "clause": str,
        "purchase": str,
        "asked": whole,
        "took": whole,
        "how": str,
    }
    table(terminal(), "Who was asked, and what was taken", found.shares, columns)


def _agreed(found: Rehearsal) -> None:
    columns: Shown = {
        "signed": str,
        "id": str,
        "seller": str,
        "start": month,
        "chips": whole,
        "price": lambda amount: f"{amount:.2f}",
    }
    table(terminal(), "What was signed", found.agreements, columns)


def _cost(plan: PlanResult) -> str:
    gap = float(plan.certificate["gap"])
    return f"{cash(plan.cost, plan.currency)} (within {gap:.2%})"


def _minute(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _series(name: str, values: list[str]) -> Any:
    import polars

    return polars.Series(name, values)


def rehearsed(found: Rehearsal) -> None:
    """The short form, at the end of a run."""
    outcome(found)
    journal(found)
    verdict(found)
