"""One tender on the screen, as a party sees it: rights, bids, rounds of asking, agreements."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from offtake.console.screen import say
from offtake.console.tender import table
from offtake.dealing.offered import priced
from offtake.dealing.places import Places
from offtake.dealing.summary import BIDS
from offtake.dealing.times import local_text
from offtake.units.instants import instant_of

Plain = dict[str, Any]


def whole(tender: Plain, places: Places) -> None:
    """As the buyer and auditors see it."""
    currency = places.book.header.currency
    rights = [*tender["bars"], *tender["claims"], *tender["dormant"]]
    table(
        "Rights on it",
        ("holder", "right", "why"),
        [(one["holder"], _kind(one, tender), _why(one["clause"], places)) for one in rights],
        wide={"why": 1},
    )
    table(
        "Bids, the best first",
        ("bidder", "chips", "effective", "terms", "bid"),
        [
            (
                one["bidder"],
                "" if one["erased"] else f"{one['chips']:,}",
                f"{Decimal(one['effective']):.4f}",
                "erased" if one["erased"] else priced(one["terms"], currency),
                one["id"] + (" (set aside)" if one["aside"] else ""),
            )
            for one in tender["bids"]
        ],
        wide={"terms": 1},
        right=("chips", "effective"),
    )
    for one in tender["rounds"]:
        _round(one, tender, places)
    agreements(tender["agreements"], places)
    if tender["cause"]:
        say(f"For the purchase {tender['cause']}.")


def _round(one: Plain, tender: Plain, places: Places) -> None:
    holders = {claim["clause"]: claim["holder"] for claim in tender["claims"]}
    takings = {taking["clause"]: taking for taking in one["takings"]}
    rows = []
    for standing in one["standings"]:
        clause = standing["clause"]
        zone = places.zone(clause)
        taking = takings.get(clause)
        rows.append(
            (
                holders.get(clause, ""),
                standing["state"],
                f"{standing['chips']:,}" if standing["noticed"] else "",
                _at(standing["deadline"], zone),
                _took(taking),
                places.why(clause),
            )
        )
    about = f" about {one['counterparty']}'s bid" if one["counterparty"] else ""
    table(
        f"Round {one['round']}: {one['kind']}{about}, {one['state']}",
        ("holder", "stands", "asked", "until", "took", "why"),
        rows,
        wide={"why": 1},
        right=("asked",),
    )


def _took(taking: Plain | None) -> str:
    return "" if taking is None else f"{taking['chips']:,} ({taking['state']})"


def agreements(made: list[Plain], places: Places) -> None:
    """What was signed."""
    table(
        "Signed",
        ("agreement", "with", "chips", "terms", "state"),
        [
            (
                one["agreement"],
                one.get("party", places.book.header.buyer),
                f"{one['chips']:,}",
                priced(one["terms"], places.book.header.currency),
                one["state"],
            )
            for one in made
        ],
        wide={"terms": 1},
        right=("chips",),
    )


def own(seen: Plain, name: str, places: Places) -> None:
    """As a holder or bidder sees it: what it was asked, its bids, what it signed."""
    currency = places.book.header.currency
    mine = seen["own"]
    notices = [one for one in mine["notices"] if one["tender"] == name]
    table(
        "Notices",
        ("round", "kind", "chips", "terms", "until", "stands", "took", "why"),
        [
            (
                str(one["round"]),
                one["kind"],
                f"{one['chips']:,}",
                "" if one["terms"] is None else priced(one["terms"], currency),
                _at(one["deadline"], places.zone(one["clause"])),
                one["state"],
                _took(one["taking"]),
                places.why(one["clause"]),
            )
            for one in notices
        ],
        wide={"terms": 1, "why": 1},
        right=("chips",),
    )
    for one in mine["invitations"]:
        if one["tender"] == name:
            bids = [*one["pledges"], *one["bids"]]
            table(
                BIDS.get(one["state"], f"bids are {one['state']}").capitalize(),
                ("bid", "chips", "terms", "stands", "why"),
                [_bid(bid, currency) for bid in bids],
                wide={"terms": 1, "why": 1},
                right=("chips",),
            )
    agreements([one for one in mine["agreements"] if one["tender"] == name], places)


def _bid(bid: Plain, currency: str) -> tuple[str, ...]:
    chips = f"{bid['chips']:,}" if "chips" in bid else ""
    unseen = "erased" if bid.get("erased") else "pledged, unseen"
    terms = priced(bid["terms"], currency) if bid.get("terms") else unseen
    return bid["id"], chips, terms, bid["state"], bid["why"]


def _kind(right: Plain, tender: Plain) -> str:
    if right in tender["bars"]:
        return "exclusive"
    kind = "first offer" if right["first"] else "first refusal"
    return f"{kind}, below its floor" if right in tender["dormant"] else kind


def _why(clause: str, places: Places) -> str:
    sentence = places.sentence(clause)
    return f"{places.why(clause)}: {sentence}" if sentence else places.why(clause)


def _at(instant: str | None, zone: str) -> str:
    return "" if instant is None else local_text(instant_of(instant), zone)
