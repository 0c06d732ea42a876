"""What was agreed, one file a kind: its words, and what they mean in each room.

A kind has the faces in which it has a say: check, plan, rule, settle, explain.

Where things stand:

    base.py: all that a clause file needs, from one place
    faces.py: the faces of a clause
    program.py: what a plan offers to the one clause that is speaking
    asks.py: who is asked, and how; what a tender shows to the one clause that is speaking
    expected.py: what holders are expected to answer at a desk
    ruling.py: what the clauses of a book say about one lot when its tender opens
    entitles.py: whether a party may use what is licensed, in a product, on a day
    values.py: the values that pass between a clause and a plan
    rights.py: what rights share: holder, scope, rank; being asked before others may sign
    dues.py: when a sum is due
    choices.py: what clauses share that leave the buyer a choice by a day
    prepaid.py: sums paid ahead, in a plan and on statements
    figures.py: how figures stand in the formula of a line
    settling.py: what passes between a clause and a settlement
    shapes.py: how terms differ from a plain price, for bids
    periods.py: over which spans something is measured
    prices.py: what a chip-hour costs on a day, after what reprices it
    registry.py: the kinds at hand, from this package and from others
    exclusive.py: nobody but the holder may supply
    first_offer.py: the holder is asked before others are approached
    first_refusal.py: the holder may take what others offer, on the same terms
    expansion_option.py: the buyer may call more capacity at stated terms
    termination.py: the buyer may end early, for a fee
    renewal.py: the buyer may go on when it ends
    sublet.py: what is not needed may be let to others
    delay_credits.py: late capacity is not paid for, and credited
    late.py: what late capacity is credited in a settlement
    licence.py: who may use what, until when, for which fee
    take_or_pay.py: a share of what is contracted is paid, used or not
    prepayment.py: a share is paid ahead and credited on later invoices
    volume_tiers.py: the price falls with the number of chips
    overage.py: what is taken above what is contracted has its price
    escalator.py: the price rises or falls by steps, or with a curve
    most_favoured.py: the buyer pays no more than comparable customers
    minimum_spend.py: what is not spent with the seller is paid
    minimum_share.py: a share of new capacity is bought from the holder
    subcontract.py: through whom the seller may have others host
    revenue_share.py: a share of revenue is paid
"""
