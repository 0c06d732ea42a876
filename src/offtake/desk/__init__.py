"""The desk: who must be asked about a lot, in which order, by when; pure.

`decide(desk, envelope)` judges a command, `evolve(desk, event)` is the desk after an event,
`due(desk, at)` is what time alone has brought, `sight(desk, party, at)` what a party may know.

    lot.py: lots, terms, packages, bids
    claim.py: rights as a tender's opening states them
    commands.py: what a party may ask
    events.py: what happened
    marks.py: what events share and carry
    agenda.py: the next deadline of every tender
    state.py: what the desk knows
    price.py: effective prices, and what makes terms dearer
    refusals.py: why the desk refuses, by code
    reasons.py: their sentences about the desk as a whole and what is posted
    opening.py: from a book to the command that opens a tender
    clocks.py: deadlines on a claim's own clock
    asking.py: questions to a tender's state
    act.py: a command as it is being judged
    running.py: commands about the desk; opening and withdrawing tenders
    posting.py: what statements, payments and capital calls post
    posted.py: what the desk remembers of what was posted, and who sees it
    fitness.py: whether an opening can be reckoned with
    bidding.py: commands about bids
    sealed.py: what lies under a seal, and what is left without what was bid
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
    plain.py: values as plain data
    seen_buyer.py: what the buyer and auditors see
    seen_holder.py: what the holder of a right sees
    seen_bidder.py: what a bidder sees
    say.py: one sentence for every event
    say_rounds.py: the sentences of rounds of asking
    phrases.py: how amounts, instants and terms are written
    wire.py: events and commands as plain data and as canonical bytes, and back
    wire_kinds.py: the classes that go over the wire, and which whole numbers are instants
    wire_values.py: single values on the wire, strictly
    wire_coders.py: values made of values, strictly
    wire_fast.py: canonical bytes and back, where speed counts
"""

from offtake.desk.commands import Envelope
from offtake.desk.decide import Decided, Reply, decide, due, handle
from offtake.desk.events import Event
from offtake.desk.evolve import evolve
from offtake.desk.refusals import Refusal
from offtake.desk.say import say
from offtake.desk.sight import reply, sight
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
    "reply",
    "say",
    "sight",
]
