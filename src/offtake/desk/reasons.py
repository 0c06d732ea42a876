"""Why the desk refuses what is about the desk as a whole, and what is to be posted."""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """The sentence and the remedy of a code, with the words that the case fills in."""

    sentence: str
    instead: str


DESK: dict[str, Reason] = {
    "not-founded": Reason("The desk has not begun.", "The buyer founds it, and names the parties."),
    "founded-already": Reason("The desk has begun already.", "Admit further parties to it."),
    "unknown-party": Reason(
        "{party} is not a party of this desk.", "The buyer admits parties; mind the spelling."
    ),
    "key-reused": Reason(
        "The key {key} was used for another command.",
        "Send a new command under a new key; a repetition must not differ from the first.",
    ),
    "not-yours": Reason("{what} is for {whom} to ask.", "Have {whom} ask it."),
    "evidence-missing": Reason(
        "Neither evidence nor a reason is stated.",
        "Say what happened and what shows it.",
    ),
    "chips-none": Reason(
        "{chips} chips are no quantity.", "State a whole number of chips above zero."
    ),
    "upstream-fixed": Reason(
        "{party} has declared from where it has its {chip} in {region}, and promises rest on it.",
        "Declare what comes from elsewhere as capacity of that party.",
    ),
    "declaration-lowered": Reason(
        "{party} has declared {left} chips; {chips} would be fewer, and promises may rest on them.",
        "Leave the declaration, or raise it.",
    ),
    "capacity-undeclared": Reason(
        "{party} has declared no {chip} in {region}.",
        "{party} declares what it has to promise; then bid, take or sign.",
    ),
    "beyond-declared": Reason(
        "{chips} chips are more than the {left} that {party} has declared and not promised.",
        "State at most {left} chips, or declare more capacity first.",
    ),
    "beyond-promise": Reason(
        "{chips} chips of {party} cannot be promised: of its {chip} in {region} it has declared "
        "{left} more than it has promised.",
        "Sign at most {left} chips, or have {party} declare more capacity.",
    ),
    "same-holder": Reason(
        "{holder} cannot pass a right on to itself.", "Name the party that is to hold it."
    ),
    # --- what is posted ---------------------------------------------------------------------------
    "posting-unfit": Reason(
        "What is to be posted as {group} states {what}.",
        "Post what offtake settle or offtake ledger makes, as it was made.",
    ),
    "unbalanced": Reason(
        "The postings of {group} do not balance: those of {party} in {commodity} sum to {amount}.",
        "Post what each party gives and gets, so that each commodity sums to zero for it.",
    ),
    "postings-differ": Reason(
        "The postings of {group} are not those that its lines and capacity come to.",
        "Post them as they follow from the lines.",
    ),
    "posted-already": Reason(
        "{group} was posted already; the latest of it is {latest}.",
        "Post a correction as the next revision, which names the latest.",
    ),
    "not-latest": Reason(
        "{group} takes the place of {named}; the latest that was posted is {latest}.",
        "Correct what was posted last, under the next revision, in the same currency.",
    ),
    "not-reversed": Reason(
        "{group} does not hold the exact reversal of {latest} before its own postings.",
        "Take back every posting of the latest revision, in their order, and post anew.",
    ),
}
"""By code."""
