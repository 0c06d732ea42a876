"""The desk: who must be asked about a lot, in which order, by when; pure.

`decide(desk, envelope)` judges a command, `evolve(desk, event)` is the desk after an event,
`due(desk, at)` is what time alone has brought, `sight(desk, party, at)` what a party may know.

    lot.py: lots, terms, packages, bids
    claim.py: rights as a tender's opening states them
    commands.py: what a party may ask
    events.py: what happened
    state.py: what the desk knows
    price.py: effective prices, and what makes terms dearer
    refusals.py: why the desk refuses, by code
    opening.py: from a book to the command that opens a tender
    clocks.py: deadlines on a claim's own clock
    asking.py: questions to a tender's state
    act.py: a command as it is being judged
    running.py: commands about the desk; opening and withdrawing tenders
    bidding.py: commands about bids
    noticing.py: notices, first offers, asking again
    answering.py: holders' answers
    letters.py: answers that came by letter
    signing.py: signing, closing, delivery, failure
    follow.py: what follows by the rules alone
    dues.py: what deadlines bring
    evolve.py: what an event makes of the desk
    evolve_tenders.py: what an event makes of a tender
    evolve_rounds.py: what an event makes of a round
    decide.py: decide, due, and both in one
    sight.py: what leaves the desk
"""

from offtake.desk.commands import Envelope
from offtake.desk.decide import Decided, Reply, decide, due, handle
from offtake.desk.events import Event
from offtake.desk.evolve import evolve
from offtake.desk.refusals import Refusal
from offtake.desk.sight import sight
from offtake.desk.state import Desk

__all__ = [
    "Decided",
    "Desk",
    "Envelope",
    "Event",
    "Refusal",
    "Reply",
    "decide",
    "due",
    "evolve",
    "handle",
    "sight",
]
