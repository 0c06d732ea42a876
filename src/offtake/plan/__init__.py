"""The sourcing plan: a two-stage stochastic programme over a book, solved and explained.

Values in, values out: a book and options go in, a `PlanResult` or a `Clash` comes out.

    affine.py: sums of columns and numbers on a grid of cells; what rows are made of
    model.py: columns, rows and entries with their owners and stages; the arrays for a solver
    demand.py: what is needed, by scenario and month
    grid.py: months, representative hours, scenarios
    notices.py: when holders must be asked, searched forward on the clauses' calendars
    lots.py: what may be bought or built, with the variants that rights make
    capacity.py: pools of capacity: what exists and what lands in them
    metering.py: chip-hours contracted, used and on the invoice
    supply.py: what brings capacity into service, what takes it out, what follows it
    dispatch.py: the second stage: how capacity serves demand
    purchase.py: the first stage of buying
    build.py: the first stage of building: phases, chips, power, capital
    outcomes.py: which case of a clause holds in which scenario
    seen.py: what the one clause that is speaking sees
    program.py: what it adds to the programme
    assemble.py: from a book to a programme
    solve.py: HiGHS, and the check of its answers
    words.py: figures in words
    result.py: what a plan gives back, or why there is none
    standing.py: what a solved programme comes to: chips, where they land, whom they serve; power
    needed.py: no more of a metered offer than is needed
    why.py: why each purchase is in the plan
    frames.py: tables of what is bought, built, held and used
    choices.py: what clauses let the buyer choose beside buying
    ledger.py: tables of money: spend, capital, the tail
    rights.py: tables of notices and of what is in force
    costs.py: what each clause costs
    foresight.py: regret and the value of perfect information
    limits.py: what binds, and what one unit more would save
    change.py: the least change of one figure that makes a plan possible
    clash.py: lines of the book that cannot all hold
    delivery.py: a plan as plain data, and as lines for the book
    compare.py: what moved between two plans
    kept.py: a plan made of plain data again
    study.py: the whole of planning, one after another
"""
