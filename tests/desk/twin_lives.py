"""Twin lives, drawn from a seed: what differs in each pair is what one party must not see."""

from __future__ import annotations

import random
from collections.abc import Callable

from offtake.desk.claim import Bar
from offtake.desk.commands import (
    Answer,
    Attest,
    Close,
    Decide,
    Declare,
    Deliver,
    Post,
    Recall,
    Revise,
    SetAside,
    Submit,
    Withdraw,
)
from offtake.desk.lot import Bid

from .bookings import group, owed, payment
from .saying import BUYER, CHIP, EVIDENCE, terms
from .twins import (
    BIDDERS,
    CHIPS,
    CLOSES,
    HOLDERS,
    HOUR,
    START,
    Life,
    Pair,
    bid_id,
    clause_of,
    others_bids,
    probes,
    right,
    some_price,
)

Tell = Callable[[Life, random.Random], None]
FAR = START + 700 * HOUR


def twins(party: str, common: Tell, hidden: Tell, seed: str, until: int = FAR) -> Pair:
    """Two lives with the same `common` part; the `hidden` one is drawn until it differs."""
    lives = []
    drawn = 0
    while len(lives) < 2:
        life = Life()
        common(life, random.Random(f"{seed} common"))
        hidden(life, random.Random(f"{seed} hidden {drawn}"))
        steps = tuple(sorted(life.steps, key=lambda step: step.at))
        drawn += 1
        if not lives or steps != lives[0]:
            lives.append(steps)
    return Pair(party, lives[0], lives[1], until, (CLOSES, CLOSES + 1))


def sealed(seed: str) -> Pair:
    """Before the opening, whoever it is knows nothing of others' bids, not even how many."""
    chance = random.Random(seed)
    party = chance.choice((BUYER, "auditor", "google", "microsoft", "nvidia", "oracle"))
    withdrawn = chance.random() < 0.2
    others = [bidder for bidder in BIDDERS if bidder not in (party, "nvidia")]

    def common(life: Life, chance: random.Random) -> None:
        claims = [right("microsoft"), right("oracle", rank=chance.choice((1, 2)), partial=100)]
        invited = (*others, "google") if party == "nvidia" else ()
        life.open(*chance.sample(claims, chance.randint(0, 2)), invited=invited)
        if party == "google":
            name = life.bid(3, "google", some_price(chance, 1, 9))
            if chance.random() < 0.5:
                name = life.bid(9, "google", some_price(chance, 1, 9))
            if chance.random() < 0.5:
                life.do(10, "google", Recall("lot", name))
        probes(life, party, chance, (4, 5.5, 20, 47))
        if withdrawn:
            life.do(30, BUYER, Withdraw("lot", "no longer needed"))

    def hidden(life: Life, chance: random.Random) -> None:
        others_bids(life, chance, others, 1)

    return twins(party, common, hidden, f"sealed {seed}", FAR if withdrawn else CLOSES)


def deal(life: Life, chance: random.Random, answers: dict[str, str]) -> None:
    """The best bid is noticed, answered, and perhaps signed: as chance has it."""
    life.notice(50 + chance.random(), "coreweave")
    hours, left = 52.0, CHIPS
    by_letter = answers.get("microsoft") == "silent" and chance.random() < 0.3
    for holder, kind in answers.items():
        hours += 1 + chance.random()
        if kind == "silent":
            hours = 125 if holder == "microsoft" else 200
            continue
        part = chance.choice((100, 250, 400)) if kind == "take" else None
        left -= part or 0
        life.answer(hours, holder, kind, 1, part)
        if part and not by_letter and chance.random() < 0.5:
            life.do(204, BUYER, Close("lot", 1, clause_of(holder), f"lot-{holder}"))
    if by_letter:
        late = Answer("lot", clause_of("microsoft"), "take", 1, 300)
        letter = Attest("lot", late, START + 60 * HOUR, EVIDENCE, ("ops", "legal"))
        life.do(203, BUYER, letter)
    elif chance.random() < 0.7:
        life.sign(205 + chance.random(), "coreweave", chance.choice((left, left // 2)), 1, "lot")
        if chance.random() < 0.5:
            life.do(210, BUYER, Deliver("lot", "lot-coreweave"))
    elif chance.random() < 0.3:
        life.notice(206, "coreweave", again=1, chips=left)


KINDS = ("waive", "unable", "counter", "silent", "take")


def losing(seed: str) -> Pair:
    """Who lost sees the same at whatever place, price and number of bids, and deal that follows."""

    def common(life: Life, chance: random.Random) -> None:
        second = right("oracle", rank=2, partial=50, closing=chance.choice((None, "160 hours")))
        life.open(right("microsoft", partial=100), second)
        own = life.bid(3, "google", "3.0000")
        probes(life, "google", chance, (49, 51, 56, 130, 206, 600))
        for hours in (48.5, 53.5, 207, 500):
            life.do(hours, "google", Revise("lot", own, terms("2.9500"), CHIPS))

    def hidden(life: Life, chance: random.Random) -> None:
        life.bid(4, "coreweave", some_price(chance, 1, 2.9))
        others_bids(life, chance, ("amazon", "nvidia"), 2.9, 3.1)
        deal(life, chance, {holder: chance.choice(KINDS) for holder in HOLDERS})
        others_books(life, chance)

    return twins("google", common, hidden, f"losing {seed}")


def others_books(life: Life, chance: random.Random) -> None:
    """What is posted of others; Google has one line, the same in all lives, among theirs."""
    others = [owed(chance.randint(1, 9_000), payee="amazon") for _ in range(chance.randrange(3))]
    life.do(300, BUYER, Post(group(owed(500, payee="google"), *others)))
    for number in range(chance.randrange(3)):
        paid = payment(chance.randint(1, 9_000), f"payment/{number}", payee="coreweave")
        life.do(301 + number, BUYER, Post(paid))


def holding(seed: str) -> Pair:
    """A holder sees its own notice: not who bid, who else is asked after it, or what is signed."""
    kind = random.Random(seed).choice(KINDS)
    part = random.Random(f"part {seed}").choice((100, 600, CHIPS)) if kind == "take" else None

    def common(life: Life, chance: random.Random) -> None:
        life.open(
            right("microsoft", partial=100),
            right("oracle", rank=2, partial=50, discloses=True),
        )
        probes(life, "microsoft", chance, (10, 49, 140, 400))
        if kind != "silent":
            life.answer(60, "microsoft", kind, 1, part)

    def hidden(life: Life, chance: random.Random) -> None:
        winner = chance.choice(BIDDERS)
        life.bid(4, winner, "2.0000")
        others_bids(life, chance, [one for one in BIDDERS if one != winner], 2.1)
        life.notice(50, winner)
        left = CHIPS - (part or 0)
        if not left:
            return
        told = chance.choice(KINDS)
        hours = 125.0 if kind == "silent" else 61
        if told != "silent":
            some = chance.choice((50, 100)) if told == "take" else None
            life.answer(hours + chance.random(), "oracle", told, 1, some)
            left -= some or 0
        if left and chance.random() < 0.8:
            life.sign(210 + chance.random(), winner, chance.choice((left, 10)), 1, "lot")

    return twins("microsoft", common, hidden, f"holding {seed}")


def waiting(seed: str) -> Pair:
    """A holder of lower rank sees what the rank above left, not how: its clock starts alike."""
    left = random.Random(seed).choice((CHIPS, 600, 0))

    def common(life: Life, chance: random.Random) -> None:
        life.open(right("microsoft", partial=100), right("oracle", rank=2, partial=50))
        probes(life, "oracle", chance, (10, 49, 60))
        if left:
            life.answer(80, "oracle", chance.choice(("waive", "take", "unable")), 1)

    def hidden(life: Life, chance: random.Random) -> None:
        winner = chance.choice(BIDDERS)
        life.bid(4, winner, "2.0000")
        others_bids(life, chance, [one for one in BIDDERS if one != winner], 2.1)
        if not left and chance.random() < 0.3:
            return
        life.notice(50, winner)
        if left == CHIPS:
            life.answer(70, "microsoft", chance.choice(("waive", "unable", "counter")), 1)
        else:
            cash = chance.choice((None, terms("2.0000")))
            body = Answer("lot", clause_of("microsoft"), "take", 1, CHIPS - left, 0, cash)
            life.do(70 if left else chance.uniform(51, 100), "microsoft", body)

    return twins("oracle", common, hidden, f"waiting {seed}")


def leading(seed: str) -> Pair:
    """The best bidder sees that holders are asked and what they leave; not who, nor who lost."""
    sold = random.Random(seed).random() < 0.5

    def common(life: Life, chance: random.Random) -> None:
        life.bid(3, "coreweave", "2.0000")
        probes(life, "coreweave", chance, (10, 30))
        life.notice(50, "coreweave")
        if sold:
            life.sign(140, "coreweave", chance.choice((400, CHIPS)), 1, "lot")

    def hidden(life: Life, chance: random.Random) -> None:
        holder = chance.choice(HOLDERS)
        life.open(right(holder, window=chance.choice(("72 hours", "80 hours"))))
        others_bids(life, chance, [one for one in BIDDERS if one != "coreweave"], 2.1)
        life.answer(60, holder, chance.choice(("waive", "unable", "counter")))

    return twins("coreweave", common, hidden, f"leading {seed}")


def sharing(seed: str) -> Pair:
    """Of holders of equal rank none sees what the other answered, if its own part is the same."""

    def common(life: Life, chance: random.Random) -> None:
        life.open(right("microsoft", partial=100), right("oracle", partial=50, parts=3))
        life.answer(80, "microsoft", chance.choice(KINDS[:3] + KINDS[4:]), 1)
        probes(life, "microsoft", chance, (10, 49, 60, 90, 200))

    def hidden(life: Life, chance: random.Random) -> None:
        life.bid(4, "coreweave", "2.0000")
        others_bids(life, chance, ("amazon", "google", "nvidia"), 2.1)
        life.notice(50, "coreweave")
        kind = chance.choice(KINDS[:3] + KINDS[4:])
        life.answer(chance.uniform(51, 79), "oracle", kind, 1, 100 if kind == "take" else None)
        if chance.random() < 0.3:
            life.do(150, BUYER, SetAside("lot", life.bids["coreweave"][0], "no permit"))

    return twins("microsoft", common, hidden, f"sharing {seed}")


def offering(seed: str) -> Pair:
    """A holder of a first offer sees what became of its offer; not what others bid and signed."""

    def common(life: Life, chance: random.Random) -> None:
        life.open(right("microsoft", first=True, tail="2400 hours"))
        kind = chance.choice(("offer", "waive", "unable"))
        life.answer(2, "microsoft", kind, 1, 400 if kind == "offer" else None)
        if kind == "offer":
            accept = chance.random() < 0.5
            life.do(3, BUYER, Decide("lot", 1, clause_of("microsoft"), accept))
        probes(life, "microsoft", chance, (1, 10, 60, 90, 200))

    def hidden(life: Life, chance: random.Random) -> None:
        if chance.random() < 0.3:
            return
        winner = chance.choice(BIDDERS)
        life.bid(4, winner, some_price(chance, 1, 2))
        others_bids(life, chance, [one for one in BIDDERS if one != winner], 2.1)
        if chance.random() < 0.7:
            life.sign(60 + chance.random(), winner, chance.choice((600, 100)), None, "lot")

    return twins("microsoft", common, hidden, f"offering {seed}")


def stranger(seed: str) -> Pair:
    """Who has no place in a tender cannot tell it from one that does not exist."""
    party = random.Random(seed).choice(("google", "microsoft"))

    def common(life: Life, chance: random.Random) -> None:
        probes(life, party, chance, (1, 10, 49, 60, 150, 300))
        for hours in (2, 20, 55, 160):
            life.do(hours, party, Answer("lot", clause_of(party), "waive", 1))
            life.do(hours, party, Submit("lot", Bid(party, CHIPS, terms("2.5000"))))
            life.do(hours, party, Answer("lot", "bar", "waive"))

    def hidden(life: Life, chance: random.Random) -> None:
        if chance.random() < 0.3:
            return
        bar = (Bar("bar", "oracle"),) if chance.random() < 0.3 else ()
        life.open(right("oracle", partial=50), bars=bar, invited=("amazon", "coreweave", "nvidia"))
        if bar:
            life.do(0, "oracle", Answer("lot", "bar", "waive"))
        life.bid(4, "coreweave", some_price(chance, 1, 2))
        others_bids(life, chance, ("amazon", "nvidia"), 2.1)
        deal(life, chance, {"oracle": chance.choice(KINDS)})

    return twins(party, common, hidden, f"stranger {seed}")


def unasked(seed: str) -> Pair:
    """While an exclusive holder or one of a first offer is asked, nobody hears of the tender."""
    party = random.Random(seed).choice(("google", "oracle", "nvidia"))

    def common(life: Life, chance: random.Random) -> None:
        probes(life, party, chance, (1, 10, 30))
        life.do(12, party, Submit("lot", Bid(party, CHIPS, terms("2.5000"))))
        life.do(13, party, Answer("lot", clause_of("oracle"), "waive", 1))

    def hidden(life: Life, chance: random.Random) -> None:
        if chance.random() < 0.3:
            return
        claims = (
            right("microsoft", first=True),
            right("oracle", first=chance.random() < 0.5, rank=2),
        )
        bars = (Bar("bar", "microsoft"),) if chance.random() < 0.5 else ()
        life.open(*claims, bars=bars)
        if chance.random() < 0.5:
            if bars:
                life.do(2, "microsoft", Answer("lot", "bar", "unable"))
            life.answer(20, "microsoft", "offer", 1, chance.choice((100, CHIPS)))

    return twins(party, common, hidden, f"unasked {seed}", START + 60 * HOUR)


def hosting(seed: str) -> Pair:
    """Who hosts for others does not see what they promise of its capacity in other tenders."""
    ohio = "ohio"

    def common(life: Life, chance: random.Random) -> None:
        life.do(0, BUYER, Declare("google", CHIP, ohio, CHIPS))
        life.do(0, BUYER, Declare("nvidia", CHIP, ohio, CHIPS, "google"))
        life.open(right("oracle"), hours=70, tender="mine", region=ohio)
        chips = chance.choice((500, CHIPS, CHIPS + 1))
        for hours in (60, 72, 80, 130):
            body = Submit("mine", Bid("google", chips, terms(some_price(chance, 1, 3))))
            life.do(hours, "google", body)
        life.do(85, "google", Declare("google", CHIP, ohio, CHIPS - 1))
        life.do(90, "google", Declare("google", CHIP, ohio, CHIPS + 200))
        life.do(95, "google", Recall("mine", bid_id("google", START + 5 * HOUR)))

    def hidden(life: Life, chance: random.Random) -> None:
        if chance.random() < 0.2:
            return
        life.open(tender="theirs", region=ohio, invited=("nvidia",))
        life.bid(4, "nvidia", some_price(chance, 1, 3), "theirs")
        if chance.random() < 0.8:
            life.sign(50, "nvidia", chance.choice((1, 600, CHIPS)), None, "theirs")

    return twins("google", common, hidden, f"hosting {seed}")


FAMILIES: tuple[Callable[[str], Pair], ...] = (
    sealed,
    losing,
    holding,
    waiting,
    leading,
    sharing,
    offering,
    stranger,
    unasked,
    hosting,
)
