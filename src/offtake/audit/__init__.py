"""What events alone prove: a desk's promises, derived anew from its journal as plain data.

Nothing here is shared with the desk: not its classes, its calendars, nor its arithmetic. Days are
counted one by one, so that a reader can follow them; being slow is allowed, being wrong is not.

    breach.py: a breach, and how instants, numbers and names in the data are read
    clock.py: deadlines and tails, from an almanac, a day at a time
    price.py: which terms are dearer than others, by net present value
    known.py: what the events so far have told of tenders, rounds, rights and agreements
    sequence.py: no event goes back in time, a command has one effect, names refer to what is there
    whose.py: who may bring an event about: the buyer, the party that it is of, or time alone
    opening.py: tenders, rights that bite, bars, and what must be done before others are approached
    revealing.py: bids that come in, or are committed to and revealed: when, and which of them stand
    ranking.py: which bid is the best: all that stand are ranked, by what they cost
    asking.py: notices, whose clock may start, how long it runs, and what passes for an answer
    answering.py: answers, in time or late, silence, and rights that end
    turns.py: what a rank takes, until when it must sign, and until when the rest may be sold
    signing.py: that nobody was passed over when an agreement was signed
    quantities.py: where every chip of a lot is
    chain.py: no capacity is promised twice, along every upstream chain
    posted.py: what was posted balances, follows from its lines, and takes back what it corrects
    promises.py: all of it over one journal
    form.py: the one form of an exported journal's lines
    history.py: the chain of commitments and the tree over it, hashed anew; signatures
    receipts.py: receipts, proofs and older heads held against a journal
    seals.py: what lies under a seal, what may stay hidden, that it opened to what was committed
    verified.py: an exported journal, checked from its lines alone
    alone.py: the same in one file that needs nothing else, for an auditor to read
"""

from offtake.audit.breach import Breach, Hidden
from offtake.audit.form import NoJournalError
from offtake.audit.promises import promises
from offtake.audit.verified import Found, Verified, verify

__all__ = ["Breach", "Found", "Hidden", "NoJournalError", "Verified", "promises", "verify"]
