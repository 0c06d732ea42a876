"""Where every chip of a lot is: unnoticed, or in a round as taken, signed or remaining (P2)."""

from __future__ import annotations

from collections.abc import Sequence

from offtake.audit.breach import Data
from offtake.audit.known import Agreement, Known, Round, Taking, Tender

OF_AGREEMENTS = frozenset({"Delivered", "AgreementFailed"})
MOVING = OF_AGREEMENTS | {
    "TenderOpened",
    "NoticeServed",
    "TurnEnded",
    "TailStarted",
    "TailEnded",
    "BidSetAside",
    "TurnsUndone",
    "Signed",
    "TakingFailed",
}
"""The events by which chips move from one place to another."""


def counted(known: Known, tender: Tender, what: str, stated: int, found: int) -> None:
    """Tell if an event states another number of chips than the events before it come to."""
    if stated != found:
        known.tell("P2", f"In tender {tender.id} {what}: {stated} chips stated, {found} found.")


def notice(known: Known, tender: Tender, about: Round, event: Data) -> None:
    """A round takes its chips from what is unnoticed, from another round, or enlarges the lot."""
    if about.noticed <= 0:
        known.tell("P2", f"In tender {tender.id} round {about.number} asks about no chips.")
    if about.again is not None:
        old = tender.rounds[about.again]
        counted(
            known, tender, f"round {about.number} asks anew about the rest of round {old.number}",
            about.noticed, old.remaining,
        )  # fmt: skip
        old.noticed -= old.remaining
        old.remaining = 0
        old.state = "done"
    elif about.kind == "more chips":
        tender.chips += about.noticed
    else:
        tender.unnoticed -= about.noticed
        if tender.unnoticed < 0:
            known.tell(
                "P2",
                f"In tender {tender.id} round {about.number} asks about {about.noticed} chips; "
                f"only {tender.unnoticed + about.noticed} are unnoticed.",
            )


def split(chips: int, parts: Sequence[int]) -> list[int]:
    """So many chips by weight: whole ones first, then one each by the largest fraction left.

    Where there is a chip for everybody, nobody gets none: the first that has most gives one.
    """
    whole = sum(parts)
    if whole <= 0:
        return [0] * len(parts)
    shares = [chips * part // whole for part in parts]
    order = sorted(range(len(parts)), key=lambda n: (-(chips * parts[n] % whole), n))
    for n in order[: chips - sum(shares)]:
        shares[n] += 1
    for n, share in enumerate(shares):
        if share == 0 and chips >= len(parts):
            shares[shares.index(max(shares))] -= 1
            shares[n] = 1
    return shares


def spread(left: int, room: list[int], parts: Sequence[int]) -> list[int]:
    """What is left over, by weight among those who asked for more, none beyond what it asked."""
    given = [0] * len(room)
    while left > 0:
        open_still = [n for n in range(len(room)) if given[n] < room[n]]
        if not open_still:
            break
        before = left
        for n, share in zip(open_still, split(left, [parts[n] for n in open_still]), strict=True):
            more = min(share, room[n] - given[n])
            given[n] += more
            left -= more
        if left == before:
            break
    return given


def unsold(tender: Tender, about: Round) -> None:
    """A round ends: what remains in it is unnoticed again."""
    tender.unnoticed += about.remaining
    about.noticed -= about.remaining
    about.returned += about.remaining
    about.remaining = 0
    about.state = "done"


def bought(known: Known, tender: Tender, event: Data) -> None:
    """An agreement with a bidder takes from a round's remainder, or from what is unnoticed."""
    chips = int(event["chips"])
    if event["round"] is None:
        left, where = tender.unnoticed, "unnoticed"
        tender.unnoticed -= chips
    else:
        about = tender.rounds[event["round"]]
        left, where = about.remaining, f"left in round {about.number}"
        about.remaining -= chips
        about.signed += chips
        if about.remaining <= 0:
            about.state = "done"
    if not 0 < chips <= left:
        known.tell(
            "P2",
            f"In tender {tender.id} {chips} chips are signed as {event['agreement']}; "
            f"{left} are {where}.",
        )


def taking_failed(known: Known, tender: Tender, about: Round, taking: Taking, event: Data) -> None:
    """A failed taking gives its chips back, unasked."""
    counted(
        known, tender, f"the taking under {taking.clause} fails", int(event["chips"]), taking.chips
    )
    about.noticed -= taking.chips
    tender.unnoticed += taking.chips
    taking.state = "failed"


def agreement_failed(known: Known, agreement: Agreement, event: Data) -> None:
    """A failed agreement with a bidder gives its chips back, unasked."""
    tender = known.tenders[agreement.tender]
    counted(
        known, tender, f"the agreement {agreement.id} fails", int(event["chips"]), agreement.chips
    )
    if agreement.round is not None:
        about = tender.rounds[agreement.round]
        about.signed -= agreement.chips
        about.noticed -= agreement.chips
    tender.unnoticed += agreement.chips


def balance(known: Known, tender: Tender, event: Data) -> None:
    """Tell where quantities do not add up; they are counted anew only where chips have moved."""
    name = event["type"]
    if name in OF_AGREEMENTS:
        # One that is another tender's: what cannot be, and is counted there all the same.
        known.tenders[known.agreements[event["agreement"]].tender].counted = -1
    if name in MOVING or tender.counted != known.unread:
        tender.amiss, tender.counted = _amiss(tender), known.unread
    for sentence in tender.amiss:
        known.tell("P2", sentence)


def _amiss(tender: Tender) -> list[str]:
    """Taken, signed and remaining come to what was noticed, and all of it to the lot."""
    amiss = []
    whole = tender.unnoticed
    for about in tender.rounds.values():
        taken = 0
        for taking in about.takings:
            if taking.state != "failed":
                taken += taking.chips
        if about.noticed != about.remaining + about.signed + taken or about.remaining < 0:
            amiss.append(
                f"In tender {tender.id} round {about.number} was about {about.noticed} chips: "
                f"{taken} taken, {about.signed} signed and {about.remaining} remaining."
            )
        whole += about.noticed
    for agreement in tender.agreements:
        if agreement.round is None and agreement.state != "failed":
            whole += agreement.chips
    if whole != tender.chips or tender.unnoticed < 0:
        amiss.append(
            f"In tender {tender.id} the lot has {tender.chips} chips; {whole} are accounted for, "
            f"{tender.unnoticed} of them unnoticed."
        )
    return amiss
