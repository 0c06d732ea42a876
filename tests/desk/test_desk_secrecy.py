"""Nobody learns what it must not: two lives that differ only in that look the same to it.

Then leaks are planted, one bit each, in what leaves the desk; every one must be found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from offtake.desk import Desk
from offtake.desk.asking import best
from offtake.desk.commands import (
    AboutTender,
    Answer,
    Attest,
    Close,
    Command,
    Decide,
    Deliver,
    Erase,
    Fail,
    Notice,
    Pledge,
    Reask,
    Recall,
    Reveal,
    Revise,
    SetAside,
    Sign,
    StandBy,
    Submit,
    Withdraw,
)
from offtake.desk.lot import Bid
from offtake.desk.sight import sight
from offtake.desk.state import Pledged, Round, Standing, Tender
from offtake.units import Instant

from .saying import EVIDENCE, terms
from .twin_pledges import FAMILIES
from .twins import START, Pair, Step, alike, begun, bid_id, sent, transcript

PAIRS = 500
"""Of each family; together 6,000."""
SHOWN = 25
"""Pairs of each family in which a leak that is planted must show."""


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_twins_are_told_the_same_to_the_last_byte(
    family: Callable[[str], Pair], record_property: Callable[[str, Any], None]
) -> None:
    differing = [seed for seed in range(PAIRS) if not alike(family(str(seed)))]
    print(f"{family.__name__}: {PAIRS} pairs, {len(differing)} differ")
    record_property("pairs", PAIRS)
    assert not differing


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_the_lives_of_twins_do_differ_but_not_in_what_the_party_does(
    family: Callable[[str], Pair],
) -> None:
    for seed in range(20):
        pair = family(str(seed))
        assert pair.left != pair.right
        assert own(pair, pair.left) == own(pair, pair.right)
        assert lived(pair, pair.left) != lived(pair, pair.right)


def own(pair: Pair, steps: tuple[Step, ...]) -> list[Step]:
    return [step for step in steps if step.actor == pair.party]


def lived(pair: Pair, steps: tuple[Step, ...]) -> Desk:
    desk = begun()
    for step in steps:
        desk = sent(desk, step, pair.party)[0]
    return desk


# --- refusals tell nothing of a tender that one may not see ---------------------------------------

STATED = terms("3.0000")
MADE = bid_id("coreweave", START + 4 * 3600 * 10**9)
WAIVER = Answer("lot", "oracle/rofr", "waive", 1)
ABOUT: tuple[AboutTender, ...] = (
    Submit("lot", Bid("google", 1000, STATED)),
    Submit("lot", Bid("coreweave", 1000, STATED)),
    Pledge("lot", "5e" * 32),
    Reveal("lot", Bid("google", 1000, STATED), "5a" * 32),
    Recall("lot", MADE),
    Revise("lot", MADE, STATED, 1000),
    SetAside("lot", MADE, "unwanted"),
    Notice("lot", MADE),
    Notice("lot", MADE, "gb200", 1000, "texas", STATED, "coreweave", EVIDENCE),
    Reask("lot"),
    WAIVER,
    Answer("lot", "oracle/rofr", "take", 1, 100),
    Answer("lot", "google/rofr", "waive", 1),
    Answer("lot", "bar", "waive"),
    Attest("lot", WAIVER, START, EVIDENCE, ("ops", "legal")),
    Decide("lot", 1, "oracle/rofr", True),
    StandBy("lot", 1),
    Sign("lot", MADE, 1000, "grab", 1),
    Close("lot", 1, "oracle/rofr", "grab"),
    Deliver("lot", "lot-coreweave"),
    Fail("lot", "lot-coreweave", "insolvent"),
    Withdraw("lot", "no longer needed"),
    Erase("lot"),
)


def test_every_command_about_a_tender_is_tried() -> None:
    tried = {type(command) for command in ABOUT}
    assert tried == set(AboutTender.__subclasses__())


@pytest.mark.parametrize("command", ABOUT, ids=lambda command: type(command).__name__)
def test_a_stranger_cannot_tell_a_hidden_tender_from_none(command: AboutTender) -> None:
    stranger = FAMILIES[[family.__name__ for family in FAMILIES].index("stranger")]
    hours = (1, 3, 20, 49, 55, 60, 130, 190, 204.5, 206, 212, 400)
    for seed in range(12):
        hidden = [
            step for step in stranger(str(seed)).right if step.actor not in ("google", "microsoft")
        ]
        if not any(step.actor == "openai" for step in hidden):
            continue
        asked = [Step(START + int(hour * 3600 * 10**9) + 7, "google", command) for hour in hours]
        pair = Pair("google", (*hidden, *asked), tuple(asked), START + 401 * 3600 * 10**9)
        told = transcript(pair, pair.left)
        assert told == transcript(pair, pair.right)
        assert told.count(b'"refused"') == len(hours)


# --- leaks that are planted, and must be found ----------------------------------------------------


def _lot(desk: Desk) -> Tender | None:
    return desk.tenders.get("lot")


def _standing(desk: Desk, party: str) -> list[Standing]:
    tender = _lot(desk)
    return [
        standing
        for own in (tender.rounds if tender else ())
        for standing in own.standings.values()
        if tender is not None and tender.claims[standing.clause].holder != party
    ]


def _rounds(desk: Desk) -> tuple[Round, ...]:
    tender = _lot(desk)
    return tender.rounds if tender else ()


def _bids(desk: Desk) -> list[Bid]:
    tender = _lot(desk)
    return list(tender.bids.values()) if tender else []


def _pledges(desk: Desk) -> list[Pledged]:
    tender = _lot(desk)
    return list(tender.pledges.values()) if tender else []


def _rank(desk: Desk, party: str) -> int:
    tender = _lot(desk)
    places = [place.bidder for place in tender.ranking] if tender else []
    return places.index(party) if party in places else 0


def _parity(desk: Desk, party: str) -> Any:
    prices = [bid.terms.price for bid in _bids(desk)]
    return int(min(prices, default=0) * 10_000) % 2


def _next_in_line(desk: Desk, party: str) -> Any:
    tender = _lot(desk)
    name = best(desk, tender) if tender is not None else None
    return tender is not None and name in tender.bids and tender.bids[name].bidder == party


LEAKS: dict[str, Callable[[Desk, str], Any]] = {
    "the parity of the best price": _parity,
    "how many bids there are": lambda desk, party: len(_bids(desk)),
    "whether there is a bid": lambda desk, party: bool(_bids(desk)),
    "in which order others bid": lambda desk, party: sorted(
        range(len(_bids(desk))), key=lambda i: _bids(desk)[i].bidder
    ),
    "how many pledges there are": lambda desk, party: len(_pledges(desk)),
    "what was pledged": lambda desk, party: [one.commitment for one in _pledges(desk)],
    "when others pledged": lambda desk, party: [one.received for one in _pledges(desk)],
    "which pledges are revealed": lambda desk, party: [
        one.bidder for one in _pledges(desk) if one.bid in {bid.id for bid in _bids(desk)}
    ],
    "its place in the ranking": _rank,
    "whether it is next in line": _next_in_line,
    "how another holder stands": lambda desk, party: [s.state for s in _standing(desk, party)],
    "when another holder answered": lambda desk, party: [s.cleared for s in _standing(desk, party)],
    "what is left of the best bid's round": lambda desk, party: [
        r.remaining for r in _rounds(desk)
    ],
    "with whom it would be signed": lambda desk, party: [r.counterparty for r in _rounds(desk)],
    "when the round's tail ends": lambda desk, party: [r.tail for r in _rounds(desk)],
    "how many rounds there were": lambda desk, party: len(_rounds(desk)),
    "a sequence number": lambda desk, party: len(desk.outcomes),
    "when the desk did something last": lambda desk, party: desk.now,
    "the next deadline of all": lambda desk, party: desk.agenda.first,
    "what is promised of its capacity": lambda desk, party: [
        one.promised for key, one in sorted(desk.capacity.items(), key=lambda i: i[0])
    ],
    "how many agreements there are": lambda desk, party: len(desk.agreements),
    "in which phase the tender is": lambda desk, party: t.phase if (t := _lot(desk)) else None,
    "that there is a tender": lambda desk, party: _lot(desk) is not None,
}
"""What would leave the desk if `sight` had this bug."""


def _found(**planted: Any) -> list[str]:
    """The families in whose first pairs the difference shows."""
    return [
        family.__name__
        for family in FAMILIES
        if any(not alike(family(str(seed)), **planted) for seed in range(SHOWN))
    ]


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_in_sight_is_found(leak: str) -> None:
    def leaky(desk: Desk, party: str, at: Instant) -> Any:
        return sight(desk, party, at) | {"leak": str(LEAKS[leak](desk, party))}

    assert _found(look=leaky)


def _key_where_there_is_a_tender(desk: Desk, seen: dict[str, Any]) -> Any:
    return seen | {"tenders": []} if desk.tenders else seen


def _length(desk: Desk, seen: dict[str, Any]) -> Any:
    return seen | {"padding": " " * (len(_bids(desk)) % 2)}


def _order_of_keys(desk: Desk, seen: dict[str, Any]) -> Any:
    return dict(sorted(seen.items(), reverse=len(_bids(desk)) % 2 == 1))


def _order_of_things(desk: Desk, seen: dict[str, Any]) -> Any:
    more = seen["own"]["capacity"] * 2
    more[0] = more[0] | {"region": "ohio"}
    return seen | {"own": seen["own"] | {"capacity": more[:: 1 - 2 * (len(_bids(desk)) % 2)]}}


def _space(desk: Desk, seen: dict[str, Any]) -> Any:
    bids = _bids(desk)
    return seen | {"at": seen["at"] + " " * bool(bids and bids[-1].terms.price > 2)}


SHAPES = [
    _key_where_there_is_a_tender,
    _length,
    _order_of_keys,
    _order_of_things,
    _space,
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__.strip("_"))
def test_a_leak_in_the_shape_of_what_is_seen_is_found(
    shape: Callable[[Desk, dict[str, Any]], Any],
) -> None:
    assert _found(look=lambda desk, party, at: shape(desk, sight(desk, party, at)))


def _another_code(desk: Desk, body: Command, told: dict[str, Any]) -> Any:
    hidden = isinstance(body, AboutTender) and body.tender in desk.tenders
    known = told.get("refused") in ("unknown-tender", "no-notice")
    return told | {"refused": "not-invited"} if hidden and known else told


def _another_sentence(desk: Desk, body: Command, told: dict[str, Any]) -> Any:
    count = len(_bids(desk))
    return told | {"sentence": told["sentence"] + f" ({count})"} if "refused" in told else told


def _another_instant(desk: Desk, body: Command, told: dict[str, Any]) -> Any:
    return told | {"at": desk.now} if "at" in told else told


def _another_name(desk: Desk, body: Command, told: dict[str, Any]) -> Any:
    return told | {"made": f"bid-{len(_bids(desk))}"} if told.get("made") else told


REPLIES = [_another_code, _another_sentence, _another_instant, _another_name]


@pytest.mark.parametrize("leak", REPLIES, ids=lambda leak: leak.__name__.strip("_"))
def test_a_leak_in_a_reply_is_found(leak: Callable[[Desk, Command, Any], Any]) -> None:
    assert _found(tell=leak)
