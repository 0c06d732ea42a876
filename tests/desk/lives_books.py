"""What the buyer of a life posts: statements, payments and calls, corrections, and mistakes.

All of it is drawn from a chance of its own, and takes no time: what else happens in a life is the
same with it and without.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from offtake.desk.commands import Envelope, Post
from offtake.units.postings import Group, Kept, Owed, follow

from .bookings import call, changed, chips, corrected, group, owed
from .lives_world import BUYER, World

PURPOSES = ("charge", "shortfall", "credit", "prepaid", "premium", "fee", "royalty")


class Bookings:
    """Draws what is posted next."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.draw = world, Random(f"books {seed}")
        self.groups: dict[str, Group] = {}
        """The latest of each that should have been kept."""
        self.sent: list[Envelope] = []
        self.count = 0

    def next(self, now: int) -> Envelope | None:
        """An envelope now and then; now and then one that was sent, or its key under another."""
        draw = self.draw
        chance = draw.random()
        if chance < 0.8:
            return None
        self.count += 1
        if chance < 0.81 and self.sent:
            old = draw.choice(self.sent)
            body = old.body if draw.random() < 0.7 else Post(self.new())
            return Envelope(old.actor, old.key, now, draw.randbytes(32), body)
        made = self.correction() if self.groups and draw.random() < 0.4 else self.new()
        actor = BUYER if draw.random() < 0.95 else draw.choice((*self.world.parties, "nobody"))
        if draw.random() < 0.3:
            made = self.mistaken(made)
        elif actor == BUYER and (made.replaces or made.base not in self.groups):
            self.groups[made.base] = made
        key = f"book-{len(self.sent) + 1}"
        self.sent.append(Envelope(actor, key, now, draw.randbytes(32), Post(made)))
        return self.sent[-1]

    def line(self, **words: str) -> Owed:
        draw = self.draw
        payer, payee = draw.sample((BUYER, *self.world.parties), 2)
        told = {"payer": payer, "payee": payee, "account": draw.choice(PURPOSES)} | words
        quantity = draw.choice((None, 3_600 * draw.randrange(9)))
        return owed(draw.randrange(-9_000, 9_000), quantity=quantity, **told)

    def new(self) -> Group:
        draw, month = self.draw, self.draw.randint(1, 12)
        kind = draw.random()
        if kind < 0.2:
            paid = replace(
                self.line(account=draw.choice(("paid", "paid in", "paid back"))), amount=7
            )
            return group(paid, id=f"payment/{draw.randrange(9)}", kind="payment")
        if kind < 0.3:
            parts = [(party, draw.randint(1, 9_000)) for party in self.world.parties]
            return call(*parts, id=f"call/stargate/{draw.randrange(9)}")
        subject = draw.choice(("oci", "azure"))
        lines = [self.line() for _ in range(draw.randrange(4))]
        contracted = draw.randrange(1_000)
        taken, over = draw.randrange(1_000), draw.randrange(1_000)
        counted = chips(contracted, taken + over, over, draw.randint(0, contracted))
        return group(
            *lines,
            id=f"{subject}/2026-{month:02d}",
            subject=subject,
            date=lines[0].last.replace(month=month, day=1)
            if lines
            else owed().last.replace(month=month, day=1),
            capacity=draw.choice((None, counted)),
            carried=(Kept(f"{subject}/due", "left", f"{draw.randint(-9, 9)}/7", "count"),),
        )

    def correction(self) -> Group:
        """Other lines of the same kind in the place of the latest; now and then none."""
        draw, old = self.draw, self.draw.choice(list(self.groups.values()))
        lines = [replace(line, amount=draw.randint(1, 900)) for line in old.lines]
        keep = draw.random() < 0.9
        return corrected(old, *(lines if keep else ()), date=old.date, capacity=old.capacity)

    def mistaken(self, made: Group) -> Group:
        """The same with something wrong."""
        wrong: list[Callable[[], Group]] = [
            lambda: replace(made, currency="usd"),
            lambda: replace(made, id=made.id.upper()),
            lambda: replace(made, id=f"{made.base}~1"),
            lambda: replace(made, subject="other"),
            lambda: replace(made, kind="wish"),
            lambda: replace(made, lines=(owed(0, payee=BUYER), *made.lines)),
            lambda: replace(made, capacity=chips(1, 2, 3, 4)),
            lambda: replace(made, carried=(Kept("oci", "left", "1.5", "count"),)),
            lambda: replace(made, postings=made.postings[1:]),
            lambda: replace(made, postings=made.postings[::-1]),
            lambda: replace(made, postings=made.postings[len(made.postings) - len(follow(made)) :]),
            lambda: group(*made.lines, id=f"{made.base}~9", replaces=made.base, kind=made.kind,
                          subject=made.subject, date=made.date, capacity=made.capacity),
            lambda: replace(made, replaces="oci/2020-01") if made.replaces else made,
        ]  # fmt: skip
        if made.postings:
            wrong += [lambda: changed(made, -1, amount=5), lambda: changed(made, 0, party="x")]
        return self.draw.choice(wrong)()
