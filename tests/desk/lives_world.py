"""Worlds for lives of a desk: who there is, which rights they hold, which lots and bids they see.

Everything is drawn from one seeded chance. Each world uses some features and not others, so that
those it uses meet often.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from msgspec import structs

from offtake.desk.claim import Bar, Claim
from offtake.desk.commands import Open
from offtake.desk.lot import Bid, Flow, Lot, Part, Prepaid, Terms
from offtake.units import Almanac, Calendar, Spell, almanac

NS = 1_000_000_000
HOUR = 3600 * NS
DAY = 24 * HOUR
BUYER = "buyer"
CHIP, REGION = "gb200", "texas"
FEATURES = (
    "first", "equal", "partial", "over", "lenient", "reoffer", "closing", "expiring", "later",
    "hours", "business", "long", "floors", "bars", "hosts", "ceiling", "package", "worth",
    "defaults", "assign", "letters", "jumps", "discloses", "deposit", "rate", "terms", "upstream",
    "via", "revise", "aside", "invited", "affiliates", "anyone", "rise", "scarce", "quick",
    "tailless", "holders bid", "blocks", "mistakes", "fragile", "short almanacs", "pledging",
)  # fmt: skip
RARE = (
    "confidential",
    "joined",
    "outlived",
    "passed on",
    "pledged",
    "risen",
    "small parts",
    "late",
)
BEGINNINGS = (
    dt.date(2025, 3, 6),
    dt.date(2025, 10, 29),
    dt.date(2025, 6, 11),
    dt.date(2025, 12, 19),
    dt.date(2027, 2, 25),
)


@cache
def almanacs() -> dict[str, Almanac]:
    """By name: every day in Greenwich, business days in California, weekdays in London."""
    first, last = dt.date(2025, 1, 1), dt.date(2029, 12, 31)
    return {
        "plain": almanac("UTC", Calendar.named("none"), first, last),
        "la": almanac("America/Los_Angeles", Calendar.named("US"), first, last),
        "london": almanac("Europe/London", Calendar.named("weekdays"), first, last),
    }


def until(clocks: Almanac, date: dt.date) -> Almanac:
    """An almanac that ends on a day; past it there are weekends and no holidays."""
    last = (date - dt.date(1970, 1, 1)).days
    return replace(
        clocks,
        last=last,
        closed=tuple(day for day in clocks.closed if day <= last),
        offsets=tuple(change for change in clocks.offsets if change[0] < (last + 2) * 86_400),
    )


class World:
    """The parties, and what can be drawn for them."""

    def __init__(self, draw: Random) -> None:
        self.draw = draw
        likely = draw.choice((0.2, 0.4, 0.65))
        self.dials = {f for f in FEATURES if draw.random() < likely}
        self.providers = [f"provider-{i + 1}" for i in range(draw.randint(2, 5))]
        self.holders = [f"holder-{i + 1}" for i in range(draw.choice((1, 2, 2, 3, 3, 4)))]
        self.parties = (*self.providers, *self.holders)
        self.date = draw.choice(BEGINNINGS)
        self.idle = False
        """Whether the parties have nothing better to do than to wait."""
        days = (self.date - dt.date(1970, 1, 1)).days
        self.begins = days * DAY + draw.randrange(24) * HOUR + draw.choice((0, 0, 1, 17 * 60 * NS))
        self.tenders = 1 if draw.random() < 0.5 else draw.randint(2, 3)
        self.needs = [draw.choice(("", "training", "training")) for _ in range(self.tenders)]
        self.held = {f"right-{i + 1}": h for i, h in enumerate(self.holders)}
        every = ("right-9", *(f"right-{i + 1}" for i in range(4)))
        self.floors = {c: draw.choice((0, 17, 25, 40)) for c in every}
        self.together = {c: draw.choice((0, 1, 10, 60)) for c in self.floors}
        if draw.random() < 0.2:
            self.held["right-9"] = draw.choice(self.parties)
        if draw.random() < 0.5:
            self.rare(draw.choice(RARE))

    def on(self, feature: str, likely: float = 0.5) -> bool:
        return feature in self.dials and self.draw.random() < likely

    def rare(self, what: str) -> None:
        """Turn to something that chance alone brings about too seldom."""
        draw = self.draw
        if what == "confidential":
            self.dials |= {"confidential", "floors"}
            if draw.random() < 0.5:
                self.held = {"right-9": draw.choice(self.providers)}
        if what in ("joined", "passed on"):
            self.dials |= {"floors"} if what == "joined" else {"assign"}
            self.tenders = 3
            self.needs = ["training"] * 3
        if what == "late":
            self.dials |= {"first", "letters"}
        if what == "joined":
            self.floors = {clause: draw.choice((25, 40)) for clause in self.floors}
            self.together = {clause: draw.choice((10, 60)) for clause in self.floors}
        if what == "outlived":
            self.dials = (self.dials | {"first", "expiring"}) - {"fragile", "tailless", "long"}
            self.dials |= {"quick", "slow"}
        if what == "risen":
            self.dials = (self.dials | {"rise", "revise"}) - {"blocks", "tailless"}
        if what == "small parts":
            self.dials = (self.dials | {"equal"}) - {"first"}
            self.holders = [f"holder-{i + 1}" for i in range(4)]
            self.parties = (*self.providers, *self.holders)
            self.held = {f"right-{i + 1}": h for i, h in enumerate(self.holders)}
        if what == "pledged":
            self.dials |= {"scarce", "holders bid", "closing"}
            self.tenders = 3
            self.needs = [""] * 3

    def spell(self, most: int = 10) -> Spell:
        draw = self.draw
        units = ["days"]
        if "hours" in self.dials:
            units += ["hours", "hours"]
        if "business" in self.dials:
            units += ["business days", "business days"]
        if "long" in self.dials:
            units.append("months")
        unit = draw.choice(units)
        count = draw.randint(1, {"hours": 24 * most, "months": 1}.get(unit, most))
        if draw.random() < 0.03:
            count = 0
        closes = draw.choice((17 * 60, 17 * 60, 9 * 60, 150, 90, 0))
        return Spell(count, unit, closes, draw.random() < 0.7)

    def claims(self, now: int, chips: int) -> tuple[Claim, ...]:
        made = []
        equal = "equal" in self.dials
        for i, (clause, holder) in enumerate(self.held.items()):
            if self.draw.random() < 0.15:
                continue
            first = self.on("first", 0.5)
            made.append(self.claim(clause, holder, first, 1 if equal else i, now, chips))
        return tuple(made)

    def claim(
        self, clause: str, holder: str, first: bool, rank: int, now: int, chips: int
    ) -> Claim:
        draw, on = self.draw, self.on
        since, expires = 0, None
        if on("later", 0.3):
            since = now + draw.randrange(20 * DAY)
        if on("expiring"):
            expires = now + draw.randrange(-2 * DAY, draw.choice((12, 40)) * DAY)
        if expires is not None and expires < since:
            since = 0
        return Claim(
            clause=clause,
            holder=holder,
            first=first,
            precedence=1 if first else 2,
            rank=draw.choice((rank, rank, rank, 1)),
            window=self.spell(),
            almanac=draw.choice(("plain", "la", "london")),
            reoffer=self.spell(4) if on("reoffer", 0.7) else None,
            tail=None if on("tailless", 0.4) else self.spell(40),
            closing=self.spell(20) if on("closing", 0.8) else None,
            grace=draw.choice((0, 0, 1, 5)),
            since=since,
            expires=expires,
            survives=not on("fragile", 0.7),
            partial=draw.choice((1, 2, max(1, chips // 4))) if on("partial", 0.8) else None,
            parts=draw.choice((1, 1, 2, 3, 12)),
            mirror=not on("lenient", 0.6),
            price_rise=Decimal(draw.choice(("0.05", "0.1"))) if on("rise", 0.7) else Decimal(0),
            ceiling=Decimal(draw.choice(("1", "1.05", "0.95"))) if on("ceiling") else Decimal(1),
            anyone=on("anyone", 0.6),
            discloses=on("discloses"),
            package=draw.choice(("stated", "worth")) if on("package", 0.95) else None,
            rate=Decimal(draw.choice(("0.05", "0.1"))) if on("rate") else Decimal(0),
            deposit=Decimal(draw.choice(("0", "100"))) if on("deposit") else Decimal(0),
            hosts=draw.choice(((), tuple(self.providers[:1]), ("nobody",)))
            if on("hosts")
            else None,
            floor=self.floors[clause] if "floors" in self.dials else 0,
            together=self.together[clause],
        )

    def bars(self, now: int) -> tuple[Bar, ...]:
        if not self.on("bars", 0.6):
            return ()
        draw = self.draw
        holder = draw.choice(self.holders if draw.random() < 0.7 else self.providers)
        made = []
        for i in range(draw.choice((1, 1, 2))):
            who = holder if draw.random() < 0.9 else draw.choice(self.parties)
            since = now + draw.choice((0, 1, 5, 5, 12, 25)) * DAY if draw.random() < 0.6 else 0
            least = max(since, now - DAY)
            expires = draw.randrange(least, least + 20 * DAY) if draw.random() < 0.6 else None
            made.append(Bar(f"exclusive-{i + 1}", who, since, expires))
        return tuple(made)

    def opening(self, number: int, now: int) -> Open:
        draw = self.draw
        chips = draw.choice((10, 16, 24, 100)) if "mistakes" not in self.dials else 16
        if self.on("mistakes", 0.05):
            chips = 0
        start = self.date + dt.timedelta(days=draw.choice((3, 20, 45, 90, 400)))
        lot = Lot(CHIP, chips, REGION, start, draw.randint(1, 4), (), self.needs[number])
        bidding = Spell(0, "hours") if self.on("quick", 0.6) else self.spell(6)
        clocks = dict(almanacs())
        if self.on("short almanacs", 0.8):
            last = self.date + dt.timedelta(days=draw.choice((9, 25, 60)))
            clocks = {name: until(each, last) for name, each in clocks.items()}
        if self.on("mistakes", 0.05):
            del clocks["la"]
        opening = Open(
            tender=f"tender-{number + 1}",
            lot=lot,
            claims=self.claims(now, chips),
            bars=self.bars(now),
            almanacs=clocks,
            bidding=bidding,
            bidding_almanac=draw.choice(("plain", "la")),
            invited=tuple(self.parties[: len(self.providers)]) if self.on("invited") else (),
            affiliates=(self.providers[0],) if self.on("affiliates") else (),
            rate=draw.choice(("0", "0.08")) if "rate" in self.dials else "0",
            reveal=self.spell(4) if self.on("pledging", 0.7) else None,
        )
        return self.unfit(opening) if self.on("mistakes", 0.05) else opening

    def unfit(self, opening: Open) -> Open:
        """The same opening, with something by which nothing can be reckoned."""
        wrong: list[dict[str, Any]] = [
            {"rate": "NaN"},
            {"bidding": Spell(1, "fortnights")},
            {"reveal": Spell(0, "days")},
            {"bidding": Spell(*self.draw.choice(((87_841, "hours"), (121, "months"))))},
            {"claims": tuple(structs.replace(c, grace=3_661) for c in opening.claims)},
            {"claims": tuple(structs.replace(c, together=3_661) for c in opening.claims)},
            {"claims": tuple(structs.replace(c, tail=Spell(11, "years")) for c in opening.claims)},
            {"lot": structs.replace(opening.lot, throughput=Decimal(0))},
            {"claims": tuple(structs.replace(c, parts=0) for c in opening.claims)},
            {"claims": (*opening.claims, *opening.claims)},
        ]
        return structs.replace(opening, **self.draw.choice(wrong))

    def price(self) -> Decimal:
        return Decimal(self.draw.choice((190, 200, 200, 205, 210, 220, 250))) / 100

    def terms(self, lot: Lot) -> Terms:
        draw, on = self.draw, self.on
        early = draw.choice((0, 0, 0, 1, 30))
        prepaid = None
        if on("terms", 0.4):
            prepaid = Prepaid(Decimal("0.2"), draw.choice((0, 30)), draw.choice((0, 1)), 2)
        return Terms(
            price=self.price(),
            start=lot.start - dt.timedelta(days=early),
            months=lot.months,
            escalator=Decimal(draw.choice(("0", "0.03"))) if on("terms") else Decimal(0),
            prepaid=prepaid,
            rebates=(Flow(1, Decimal(500)),) if on("terms", 0.2) else (),
            warrants=Decimal(draw.choice(("0", "1000"))) if on("terms") else Decimal(0),
            options=("extend",) if on("terms", 0.2) else (),
            support=Decimal(draw.choice(("0", "50"))) if on("terms") else Decimal(0),
        )

    def bid(self, bidder: str, lot: Lot) -> Bid:
        draw, on = self.draw, self.on
        package: tuple[Part, ...] = ()
        if on("package", 0.25):
            package = (Part("equity", Decimal(draw.choice((0, 5000))), Decimal(9000)),)
        return Bid(
            bidder=bidder,
            chips=draw.choice((lot.chips, lot.chips, lot.chips // 2, 2 * lot.chips, 1)),
            terms=self.terms(lot),
            block=draw.choice((1, 2, 4, 8)) if "blocks" in self.dials else 1,
            remainder_min=draw.choice((0, 8, 15)) if "blocks" in self.dials else 0,
            affiliated=draw.random() < 0.5,
            contingent="a permit" if on("mistakes", 0.1) else "",
            deposit=Decimal(draw.choice((0, 100, 100))),
            confidential=on("mistakes", 0.1) or on("confidential", 0.3),
            package=package,
            worth=Decimal(draw.choice((0, 20000))) if package else Decimal(0),
            via=(draw.choice(self.providers),) if on("via", 0.3) else (),
        )
