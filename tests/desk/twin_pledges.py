"""Twin lives where bids are pledged: what differs is others' pledges, and what they reveal."""

from __future__ import annotations

import random
from collections.abc import Callable

from offtake.desk.commands import Withdraw
from offtake.units.almanac import Spell

from .saying import BUYER
from .twin_lives import FAMILIES as SUBMITTED
from .twin_lives import FAR, KINDS, deal, twins
from .twins import (
    BIDDERS,
    CLOSES,
    HOLDERS,
    HOUR,
    Life,
    Pair,
    others_pledges,
    probes,
    right,
    some_price,
)

AN_HOUR = Spell(1, "hours")
REVEALED = CLOSES + HOUR


def pledging(seed: str) -> Pair:
    """Until bids open nobody knows of others' pledges: not how many, nor who has shown what."""
    chance = random.Random(seed)
    party = chance.choice((BUYER, "auditor", "google", "google", "microsoft", "nvidia", "oracle"))
    withdrawn = chance.choice((None, None, None, 30, 48.97))
    others = [bidder for bidder in BIDDERS if bidder not in (party, "nvidia")]

    def common(life: Life, chance: random.Random) -> None:
        claims = [right("microsoft"), right("oracle", rank=2, partial=100)]
        invited = (*others, "google") if party == "nvidia" else ()
        life.open(*chance.sample(claims, chance.randint(0, 2)), invited=invited, reveal=AN_HOUR)
        if party == "google":
            life.pledge(3, "google", some_price(chance, 1, 9))
            if chance.random() < 0.7:
                life.reveal(48.5, "google")
        probes(life, party, chance, (4, 5.5, 20, 47, 48.4, 48.8))
        if withdrawn is not None:
            life.do(withdrawn, BUYER, Withdraw("lot", "no longer needed"))

    def hidden(life: Life, chance: random.Random) -> None:
        others_pledges(life, chance, others, 1, too_late=withdrawn == 30)

    return _looked_at(
        twins(party, common, hidden, f"pledging {seed}", FAR if withdrawn else REVEALED)
    )


def revealing(seed: str) -> Pair:
    """Who lost sees the same whatever others pledged, whether or not they revealed it."""

    def common(life: Life, chance: random.Random) -> None:
        life.open(right("microsoft", partial=100), right("oracle", rank=2), reveal=AN_HOUR)
        life.pledge(3, "google", "3.0000")
        life.reveal(48.5, "google")
        probes(life, "google", chance, (49.5, 51, 56, 130, 206, 600))

    def hidden(life: Life, chance: random.Random) -> None:
        life.pledge(4, "coreweave", some_price(chance, 1, 2.9))
        life.reveal(48.2, "coreweave")
        others_pledges(life, chance, ("amazon", "nvidia"), 2.95)
        deal(life, chance, {holder: chance.choice(KINDS[:4]) for holder in HOLDERS})

    return _looked_at(twins("google", common, hidden, f"revealing {seed}"))


def _looked_at(pair: Pair) -> Pair:
    """Also where the time for revealing ends."""
    also = (*pair.also, REVEALED, REVEALED + 1)
    return Pair(pair.party, pair.left, pair.right, pair.until, also)


FAMILIES: tuple[Callable[[str], Pair], ...] = (*SUBMITTED, pledging, revealing)
"""All of them."""
