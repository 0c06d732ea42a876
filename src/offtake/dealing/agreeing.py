"""Which signature is meant: what a round's tail leaves, the lot itself, or what a holder took.

Each raises `WrongDealingError` where several are: nothing is guessed that binds.
"""

from __future__ import annotations

from collections.abc import Collection

from offtake.dealing import found
from offtake.dealing.wrong import TimedError, WrongDealingError
from offtake.desk import commands as cm
from offtake.desk.plain import Plain


def sign(
    seen: Plain,
    tender: str,
    party: str | None = None,
    *,
    chips: int | None = None,
    agreement: str | None = None,
    number: int | None = None,
    clause: str | None = None,
    taken: Collection[str] = (),
) -> cm.Command:
    """Sign with a bidder, or what a holder took; a holder signs what it took itself.

    `number` is the round that is meant; `taken` are names that no agreement may have any more.
    """
    if "buyer" not in seen["places"]:
        return _own(seen, tender, number, clause)
    own = found.tender(seen, tender)
    if number is not None and not 0 < number <= len(own["rounds"]):
        told = found.counted(len(own["rounds"]), "round")
        raise WrongDealingError(f"there is no round {number} in {tender}, which has had {told}")
    one = _waiting(own, party, number, clause)
    if one is not None and one["what"] == "close":
        name = agreement or name_for(one["party"], own["lot"]["start"], taken)
        return cm.Close(tender, one["round"], one["clause"], name)
    bid = found.bid(own, party, _about(own, number) if one is None else [one])
    asked = [r for r in own["rounds"] if r["bid"] == bid["id"] and r["state"] != "done"]
    if number is not None:
        asked = [own["rounds"][number - 1]]
    if one is not None:
        number, most = one.get("round"), one["chips"]
    elif asked:
        number, most = asked[-1]["round"], asked[-1]["remaining"] or bid["chips"]
    else:
        most = bid["chips"]
    name = agreement or name_for(bid["bidder"], bid["terms"]["start"], taken)
    return cm.Sign(tender, bid["id"], int(most) if chips is None else chips, name, number)


def _waiting(own: Plain, party: str | None, number: int | None, clause: str | None) -> Plain | None:
    """What waits to be signed and is meant; None where nothing waits that could be."""
    waiting = [one | {"party": _party(own, one)} for one in own["next"]]
    waiting = [one for one in waiting if one["what"] in ("sign", "close", "stand by")]
    if party is not None:
        waiting = [one for one in waiting if party in (one["party"], one.get("bid"))]
    if number is not None:
        waiting = [one for one in waiting if one.get("round") == number]
    if clause is not None:
        waiting = [one for one in waiting if found.named(str(one.get("clause")), clause)]
    if len({one["party"] for one in waiting}) > 1:
        told = ", ".join(dict.fromkeys(str(one["party"]) for one in waiting))
        raise WrongDealingError(f"several wait to be signed with; name one by --with: {told}")
    rounds = [one for one in waiting if one.get("round") is not None]
    if len(rounds) > 1:
        every = [one | {"terms": own["rounds"][one["round"] - 1]["terms"]} for one in rounds]
        _several(rounds[0]["party"], every)
    return next(iter(waiting), None)


def _about(own: Plain, number: int | None) -> list[Plain]:
    """The round that is named, by which its bid is found."""
    return [] if number is None else [own["rounds"][number - 1]]


def _own(seen: Plain, tender: str, number: int | None, clause: str | None) -> cm.Close:
    """A holder's own taking that waits for signature."""
    every = [one for one in seen["own"]["notices"] if one["tender"] == tender]
    every = [one for one in every if clause is None or found.named(one["clause"], clause)]
    every = [one for one in every if number is None or one["round"] == number]
    closing = [one for one in every if (one["taking"] or {}).get("state") == "closing"]
    if len(closing) > 1:
        taken = [
            one | {"chips": one["taking"]["chips"], "until": one["taking"]["closing"]}
            for one in closing
        ]
        _several(seen["party"], taken)
    meant = (closing or every[-1:] or [found.notice(seen, tender, clause, number)])[0]
    return cm.Close(tender, meant["round"], meant["clause"])


def _several(party: str, waiting: list[Plain]) -> None:
    """Ask which is meant of several that wait to be signed with one party."""
    rounds = {one["round"] for one in waiting}
    by, of = ("--round", "round") if len(rounds) == len(waiting) else ("--clause", "clause")
    told = ", ".join(found.told(one, of, one["until"]) for one in waiting)
    under = ", ".join(sorted({one["clause"] for one in waiting if one.get("clause")}))
    with_ = f"{party} under {under}" if under else party
    raise TimedError(f"several wait to be signed with {with_}; name one by {by}: {told}")


def _party(own: Plain, waiting: Plain) -> str:
    """With whom something is to be signed."""
    if waiting.get("of"):
        return str(waiting["of"])
    bids = {one["id"]: one["bidder"] for one in own["bids"]}
    return str(bids.get(waiting.get("bid"), ""))


def name_for(party: str, start: str, taken: Collection[str]) -> str:
    """A name for an agreement that nothing has yet: `oracle-2025-11`, `oracle-2025-11-2`."""
    stem, number = f"{party[:50]}-{start[:7]}", 1
    while (name := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return name


def agreements(seen: Plain) -> set[str]:
    """The names of agreements that the buyer sees."""
    return {one["agreement"] for t in seen.get("tenders", []) for one in t["agreements"]}
