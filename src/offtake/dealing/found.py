"""What a party means by a few words, found in what it sees: tenders, bids, notices, agreements."""

from __future__ import annotations

from collections.abc import Iterable

from offtake.book.near import nearest
from offtake.dealing.wrong import TimedError, WrongDealingError
from offtake.desk.lot import Instant
from offtake.desk.plain import Plain
from offtake.units.instants import instant_of

WATCHING = frozenset({"buyer", "auditor"})


def watches(seen: Plain) -> bool:
    """Whether the party sees the whole desk: the buyer, or an auditor."""
    return bool(WATCHING & set(seen["places"]))


def names(seen: Plain) -> list[str]:
    """The tenders that a party knows of, each once."""
    own = seen["own"]
    found = [one["tender"] for one in seen.get("tenders", [])]
    found += [one["tender"] for part in ("notices", "bars", "invitations") for one in own[part]]
    return list(dict.fromkeys(found))


def nothing(seen: Plain, tender: str) -> WrongDealingError:
    """What is said of a tender that a party does not see, whether or not there is one."""
    hint = nearest(tender, names(seen)) or "it sees none"
    return WrongDealingError(f"{seen['party']} sees no tender {tender[:100]!r}; {hint}")


def tender(seen: Plain, name: str) -> Plain:
    """A tender as the buyer sees it. Raises `WrongDealingError`."""
    every: list[Plain] = seen.get("tenders", [])
    found = next((one for one in every if one["tender"] == name), None)
    if found is None:
        raise nothing(seen, name)
    return found


def bid(tender: Plain, who: str | None, waiting: Iterable[Plain]) -> Plain:
    """The bid that is meant: by its id or its bidder, else the one that is waited for, or the best.

    Raises `WrongDealingError` where bids are not open yet, or there is none.
    """
    bids: list[Plain] = [one for one in tender["bids"] if not one["erased"]]
    standing = [one for one in bids if not one["aside"]]
    if who is None:
        waited = [one.get("bid") for one in waiting]
        best = next((one for one in bids if one["id"] in waited), None) or next(
            iter(standing), None
        )
        if best is None:
            raise TimedError(_without_bids(tender))
        return best
    for one in standing + bids:
        if who in (one["id"], one["bidder"]):
            return one
    if not bids or tender["ended"] is not None:
        raise TimedError(_without_bids(tender))
    hint = nearest(who, [one["bidder"] for one in bids])
    raise WrongDealingError(f"there is no bid of {who[:64]!r} in {tender['tender']}; {hint}")


def _without_bids(tender: Plain) -> str:
    name, sealed = tender["tender"], {"bidding": "closes", "revealing": "reveals"}
    if tender["phase"] in sealed:
        until = str(tender[sealed[tender["phase"]]]).replace(".000000000Z", "Z")
        return f"bids in {name} are sealed until {until}; wait until they open"
    if tender["phase"] == "asking":
        return f"bids in {name} are not taken yet: holders who come first have not answered"
    if tender["ended"] is not None:
        return f"{name} is {tender['phase']}; open a new tender for what is still needed"
    return f"no bid in {name} stands; withdraw it, or open another"


def invitation(seen: Plain, name: str) -> Plain:
    """A tender as one that may bid sees it. Raises `WrongDealingError`."""
    every: list[Plain] = seen["own"]["invitations"]
    found = next((one for one in every if one["tender"] == name), None)
    if found is None:
        raise nothing(seen, name)
    return found


def own_bid(seen: Plain, name: str) -> Plain:
    """A party's own bid, or pledge, in a tender. Raises `WrongDealingError`."""
    bids: list[Plain] = invitation(seen, name)["bids"]
    if not bids:
        raise WrongDealingError(
            f"{seen['party']} has no bid in {name}; offtake tender bid makes one"
        )
    return bids[-1]


def notice(seen: Plain, name: str, clause: str | None, number: int | None = None) -> Plain:
    """The notice to a party that is meant: the one that runs, else its last. See `bar` for bars.

    Raises `WrongDealingError`; whoever has none is told the same, whatever the reason. Where
    several run, one is named: an answer to the wrong one may bind.
    """
    every = [one for one in seen["own"]["notices"] if one["tender"] == name]
    every = [one for one in every if clause is None or named(one["clause"], clause)]
    every = [one for one in every if number is None or one["round"] == number]
    running = [one for one in every if one["state"] == "noticed"]
    clauses = {one["clause"] for one in running}
    if len(clauses) > 1:
        raise WrongDealingError(f"several notices run; name one by --clause: {_listed(clauses)}")
    if not every:
        said = f" under {clause}" if clause else ""
        where = f"round {number} of " if number is not None else ""
        raise WrongDealingError(
            f"no notice to {seen['party']} runs{said} in {where}the tender {name}"
        )
    if len(running) > 1:
        raise _several(seen["party"], [(one, one["terms"]) for one in running])
    meant: Plain = (running or every)[-1]
    return meant


def bar(seen: Plain, name: str, clause: str | None) -> Plain | None:
    """A party's exclusive right that stands on a tender, where it is the one that is meant."""
    every = [one for one in seen["own"]["bars"] if one["tender"] == name]
    every = [one for one in every if clause is None or named(one["clause"], clause)]
    return next((one for one in every if one["state"] == "stands"), None)


def held(
    tender: Plain,
    holder: str,
    clause: str | None,
    number: int | None = None,
    received: Instant | None = None,
) -> tuple[str, int | None, int | None]:
    """The clause of a holder, the round whose window ran when its letter came, and its chips.

    Where none ran it is the last in which it was asked; round and chips are None of a bar. Raises
    `WrongDealingError`, also where several ran.
    """
    rights = [one for one in (*tender["claims"], *tender["bars"]) if one["holder"] == holder]
    rights = [one for one in rights if clause is None or named(one["clause"], clause)]
    own = {one["clause"] for one in rights}
    asked = [
        (standing | {"round": one["round"], "anew": one["ended"] == "elsewhere"}, one["terms"])
        for one in tender["rounds"]
        for standing in one["standings"]
        if standing["clause"] in own and standing["noticed"] is not None
        if number is None or one["round"] == number
    ]
    if asked:
        ran = [one for one in asked if _ran(one[0], received)]
        # A notice that another replaced is meant only where the letter came before the other.
        ran = [one for one in ran if not one[0]["anew"]] or ran
        if len(ran) > 1:
            raise _several(holder, ran)
        meant = (ran or asked)[-1][0]
        return meant["clause"], meant["round"], meant["chips"]
    barred = [one["clause"] for one in tender["bars"] if one["clause"] in own]
    if number is not None:
        raise WrongDealingError(
            f"{holder} was not asked in round {number} of {tender['tender']}; leave --round out, "
            f"or see the rounds: offtake tender show"
        )
    if barred:
        return barred[0], None, None
    raise WrongDealingError(f"{holder} has no notice and no exclusive right in {tender['tender']}")


def _ran(standing: Plain, received: Instant | None) -> bool:
    """Whether a notice waited for an answer when a letter came."""
    if standing["state"] not in ("noticed", "silent") or received is None:
        return False
    until = standing["deadline"]
    return instant_of(standing["noticed"]) <= received and (
        until is None or received <= instant_of(until)
    )


def _several(holder: str, running: Iterable[tuple[Plain, Plain | None]]) -> WrongDealingError:
    """What is said where a holder may answer several rounds, with what tells them apart."""
    every = [one | {"terms": terms} for one, terms in running]
    clauses = _listed({one["clause"] for one in every})
    rounds = ", ".join(told(one, "round", one["deadline"]) for one in every)
    return TimedError(
        f"{holder} is asked in several rounds under {clauses}; name the one that is answered by "
        f"--round: {rounds}"
    )


def told(one: Plain, name: str, until: str | None) -> str:
    """One of several by its name, with what tells it apart: chips, price, and until when."""
    terms = one["terms"]
    price = "" if terms is None else f" at {terms['price']} per chip-hour"
    by = "" if until is None else f", until {until.replace('.000000000Z', 'Z')}"
    return f"{one[name]} ({counted(one['chips'], 'chip')}{price}{by})"


def counted(count: int, thing: str) -> str:
    """`1 chip`, `16,000 chips`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def agreement(seen: Plain, name: str) -> str:
    """The tender under which an agreement was signed. Raises `WrongDealingError`."""
    made = {one["agreement"]: one["tender"] for one in seen["own"]["agreements"]}
    for one in seen.get("tenders", []):
        made |= {signed["agreement"]: one["tender"] for signed in one["agreements"]}
    if name not in made:
        hint = nearest(name, made) or "it sees none"
        raise WrongDealingError(f"{seen['party']} sees no agreement {name[:64]!r}; {hint}")
    return str(made[name])


def named(clause: str, word: str) -> bool:
    """A clause is known by its whole name, or by its own without its agreement's."""
    return word in (clause, clause.partition("/")[2], clause.partition("@")[0])


def _listed(found: Iterable[str]) -> str:
    return ", ".join(sorted(found))
