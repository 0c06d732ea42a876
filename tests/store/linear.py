"""Whether what clients saw can be explained by one command after another: the check of Wing & Gong.

A history is linearisable if its operations can be put in an order that keeps real time (what had
returned before another was invoked comes before it) and in which the desk, asked one by one, gives
the very answers that were given. What Lowe added is used: operations that led to the same tenders
before, in vain, are not tried again ("Testing for linearizability", 2017).
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
    """An order that explains the history, from this desk on; None where there is none.

    Operations are tried in the order in which they are given: a good guess saves time, and changes
    nothing of what is found. A refusal changes nothing for others, so where one fits it is taken at
    once: wherever it comes later it could come here.
    """
    dead: dict[frozenset[int], list[Desk]] = {}
    order: list[Operation] = []

    def explained(desk: Desk, left: frozenset[int]) -> bool:
        if not left:
            return True
        if any(desk.tenders == known.tenders for known in dead.get(left, ())):
            return False
        first_return = min(history[i].returned for i in left)
        for i in sorted(left):
            operation = history[i]
            if operation.invoked > first_return:
                continue  # another had returned before this was invoked
            after, decided = handle(desk, operation.envelope)
            if decided.answer != operation.answer:
                continue
            order.append(operation)
            if explained(after, left - {i}):
                return True
            order.pop()
            if isinstance(decided.answer, Refusal):
                break
        dead.setdefault(left, []).append(desk)
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
