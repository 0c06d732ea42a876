"""No capacity is promised twice, along every upstream chain (P5)."""

from __future__ import annotations

from offtake.audit.breach import Data
from offtake.audit.known import Agreement, Capacity, Known, Tender


def declared(known: Known, event: Data) -> None:
    """A party says how much it has, never less than it has promised; whose it is stays."""
    key = (event["party"], event["chip"], event["region"])
    before = known.capacity.get(key)
    promised = before.promised if before else 0
    upstream = before.upstream if before else event["upstream"]
    capacity = Capacity(int(event["chips"]), upstream, promised)
    known.capacity[key] = capacity
    if capacity.chips < promised:
        known.tell(
            "P5",
            f"What is declared of {_whose(key)} falls to {capacity.chips} chips; {promised} are "
            "promised.",
        )
    if event["upstream"] != upstream:
        known.tell(
            "P5",
            f"Who stands behind {_whose(key)} was {upstream or 'nobody'}; declared anew, it is "
            f"{event['upstream'] or 'nobody'}.",
        )


def charge(known: Known, tender: Tender, event: Data) -> list[tuple[str, str, str]]:
    """An agreement is promised by each party that hosts it, and by each that those resell."""
    chip, region = tender.lot["chip"], tender.lot["region"]
    chips, agreement = int(event["chips"]), event["agreement"]
    waiting = [(party, chip, region) for party in event["via"] or [event["party"]]]
    charged: list[tuple[str, str, str]] = []
    while waiting:
        key = waiting.pop(0)
        if key in charged:
            continue
        charged.append(key)
        capacity = known.capacity.get(key)
        if capacity is None:
            known.tell("P5", f"{agreement} promises {chips} chips; {_whose(key)} is undeclared.")
            continue
        capacity.promised += chips
        if capacity.promised > capacity.chips:
            known.tell(
                "P5",
                f"With {agreement} {capacity.promised} chips are promised of {_whose(key)} which "
                f"is {capacity.chips}.",
            )
        if capacity.upstream is not None:
            waiting.append((capacity.upstream, chip, region))
    parties = {party for party, _, _ in charged}
    if parties != set(event["chain"]):
        known.tell(
            "P5",
            f"{agreement} draws on the capacity of {', '.join(sorted(parties))}; it states "
            f"{', '.join(sorted(event['chain'])) or 'nobody'}.",
        )
    return charged


def give_back(known: Known, agreement: Agreement) -> None:
    """A failed agreement is promised no more."""
    if agreement.state == "failed":
        known.tell("P5", f"The agreement {agreement.id} fails a second time.")
        return
    agreement.state = "failed"
    for key in agreement.charged:
        capacity = known.capacity.get(key)
        if capacity is not None:
            capacity.promised -= agreement.chips


def _whose(key: tuple[str, str, str]) -> str:
    party, chip, region = key
    return f"the capacity of {party} ({chip}, {region})"
