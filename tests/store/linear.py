"""Whether what clients saw can be explained by one command after another: the check of Wing & Gong.

A history is linearisable if its operations can be put in an order that keeps real time (what had
returned before another was invoked comes before it) and in which the desk, asked one by one, gives
the very answers that were given. Lowe's refinement is used: a set of operations that led to the
same desk before is not tried again ("Testing for linearizability", 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offtake.desk import Desk, Envelope, Refusal, Reply, handle


@dataclass(frozen=True)
class Operation:
    """What one client did: when it asked and was told, by one clock, and what it was told."""

    invoked: int
    returned: int
    envelope: Envelope
    answer: Reply | Refusal


def linearised(desk: Desk, history: Sequence[Operation]) -> list[Operation] | None:
    """An order that explains the history, from this desk on; None where there is none."""
    seen: dict[frozenset[int], list[Desk]] = {}
    order: list[Operation] = []

    def explained(desk: Desk, left: frozenset[int]) -> bool:
        if not left:
            return True
        if any(desk == known for known in seen.setdefault(left, [])):
            return False
        seen[left].append(desk)
        first_return = min(history[i].returned for i in left)
        for i in sorted(left, key=lambda i: history[i].returned):
            operation = history[i]
            if operation.invoked > first_return:
                continue  # another had returned before this was invoked
            after, decided = handle(desk, operation.envelope)
            if decided.answer == operation.answer:
                order.append(operation)
                if explained(after, left - {i}):
                    return True
                order.pop()
        return False

    return order if explained(desk, frozenset(range(len(history)))) else None


def out_of_time(history: Sequence[Operation]) -> tuple[Operation, Operation] | None:
    """Of operations in the journal's order, two of which the later had returned before."""
    latest: Operation | None = None
    for operation in history:
        if latest is not None and operation.returned < latest.invoked:
            return latest, operation
        if latest is None or operation.invoked > latest.invoked:
            latest = operation
    return None
