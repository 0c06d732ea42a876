"""Why the desk refuses: a stable code, a sentence, and what to do instead."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from msgspec import Struct

from offtake.desk.reasons import DESK, Reason


class Refusal(Struct, frozen=True):
    """A command that had no effect."""

    code: str
    sentence: str
    instead: str


def refuse(code: str, **words: Any) -> Refusal:
    """The refusal of that code, in the words of the case."""
    reason = REASONS[code]
    told = {name: _told(value) for name, value in words.items()}
    return Refusal(code, reason.sentence.format(**told), reason.instead.format(**told))


def _told(word: Any) -> Any:
    """Numbers of chips and amounts as every sentence has them: `16,000`, `2.1`."""
    if isinstance(word, Decimal):
        return f"{word.normalize():,f}"
    return f"{word:,}" if isinstance(word, int) else word


REASONS: dict[str, Reason] = {
    **DESK,
    # --- tenders --------------------------------------------------------------------------------
    "unknown-tender": Reason("There is no tender {tender}.", "Look at the list of tenders."),
    "tender-exists": Reason("There is a tender {tender} already.", "Open it under another name."),
    "tender-ended": Reason(
        "The tender {tender} is {phase}.", "Open a new tender for what is still needed."
    ),
    "lot-empty": Reason(
        "A lot of {chips} chips for {months} months is none.",
        "State at least one chip and one month.",
    ),
    "opening-unfit": Reason(
        "The opening states {what}, by which nothing can be reckoned.",
        "Open the tender from a book that checks without a fault.",
    ),
    "two-exclusives": Reason(
        "{one} and {other} are both exclusive on this lot: whoever is asked, the other's right "
        "is broken.",
        "Narrow the lot to what one of them reaches, or amend one of the agreements.",
    ),
    "unknown-almanac": Reason(
        "The opening names the almanac {almanac} and does not carry it.",
        "Open the tender with every almanac that its clocks run by.",
    ),
    "tender-runs": Reason(
        "The tender {tender} has not ended, and its bids may still be dealt with.",
        "Erase them when it is closed or withdrawn.",
    ),
    "erased-already": Reason(
        "What lost in the tender {tender} is erased already.", "Nothing is left to erase."
    ),
    "taken-already": Reason(
        "{holder} has taken {chips} chips, and its taking binds.",
        "Sign with {holder}, or let its closing date pass.",
    ),
    # --- bids -----------------------------------------------------------------------------------
    "bids-sealed": Reason(
        "Bids of the tender {tender} are not open yet.",
        "Wait until they open; until then nobody learns what was bid.",
    ),
    "bids-closed": Reason(
        "Bids of the tender {tender} are closed.",
        "Only a bid that is being noticed or signed may be revised now.",
    ),
    "pledge-first": Reason(
        "Bids of the tender {tender} are pledged, and revealed after the closing.",
        "Pledge the hash of your bid now, and reveal the bid when the closing has passed.",
    ),
    "no-pledges": Reason(
        "Bids of the tender {tender} are not pledged.",
        "Submit the bid itself; it is sealed until bids open.",
    ),
    "pledge-form": Reason(
        "What was pledged, or its salt, is not 64 hexadecimal digits in lower case.",
        "Pledge SHA-256 of 32 bytes of chance and the bid; reveal the bid with those bytes.",
    ),
    "pledge-missing": Reason(
        "You have pledged no bid in the tender {tender}.",
        "Only what was pledged before the closing may be revealed.",
    ),
    "reveal-early": Reason(
        "Pledged bids of the tender {tender} are not revealed before it has closed to pledges.",
        "Wait until the closing has passed; until it has, nobody learns what was bid.",
    ),
    "reveal-differs": Reason(
        "The bid and salt are not those that were pledged as {bid}.",
        "Reveal the bid exactly as it was pledged, with the salt that was drawn for it.",
    ),
    "revealed-already": Reason(
        "The bid {bid} is revealed already.", "Wait until bids open; a revealed bid binds."
    ),
    "bid-empty": Reason(
        "A bid states at least one chip and one month, whole blocks, and no price below zero.",
        "Mend the bid.",
    ),
    "bid-late": Reason(
        "The bid starts on {start}, the lot on {needed}.",
        "Bid for the day on which it is needed, or earlier.",
    ),
    "bid-term": Reason(
        "The bid is for {months} months, the lot for {needed}.", "Bid for the months of the lot."
    ),
    "bid-affiliated": Reason(
        "{bidder} is affiliated with {buyer} and has not said so; such a bid is not bona fide.",
        "Declare the affiliation in the bid.",
    ),
    "bid-contingent": Reason(
        "The bid depends on something ({on}); a bona fide bid depends on nothing.",
        "Bid without the condition, once it is met.",
    ),
    "bid-deposit": Reason(
        "The deposit of {deposit} is below the {asked} that a bona fide bid on this lot needs.",
        "Raise the deposit to {asked}.",
    ),
    "bid-confidential": Reason(
        "The bid may not be shown to holders of rights, so it could never be noticed.",
        "Allow its terms to be disclosed to those who must be asked, or do not bid.",
    ),
    "bid-binds": Reason(
        "{bid} is for {chips} chips, and binds its bidder.", "Offer {chips} chips or more."
    ),
    "unknown-bid": Reason("There is no bid {bid} in this tender.", "Look at your bids."),
    "bid-set-aside": Reason(
        "The bid {bid} was set aside.", "Notice or sign the best bid that stands."
    ),
    # --- notices --------------------------------------------------------------------------------
    "barred": Reason(
        "{holder} alone may supply this while its exclusive right ({clause}) stands.",
        "Have {holder} waive it in writing, or deal with {holder}.",
    ),
    "nobody-to-ask": Reason(
        "No right that must be asked is in force on this lot.",
        "Sign with the best bidder; no notice is needed.",
    ),
    "first-offer-open": Reason(
        "{holder} holds a right of first offer ({clause}) and has not been answered, or has not "
        "answered.",
        "Wait for its answer, and decide on its offer.",
    ),
    "first-offer-stale": Reason(
        "The time in which others might be dealt with after {holder} was asked for an offer "
        "({clause}) has passed, or it was never asked.",
        "Ask it again for an offer.",
    ),
    "above-ceiling": Reason(
        "The effective price of {price} is above {ceiling}, which {holder}'s declined offer "
        "allows others ({clause}).",
        "Find a price of at most {ceiling}, or ask {holder} again.",
    ),
    "package-unpriced": Reason(
        "The bid is a package, and {clause} does not say how the lot's part of it is priced: "
        "it may not be noticed as one lot.",
        "Have the lot bid alone, or agree with {holder} how packages are allocated.",
    ),
    "not-best": Reason(
        "The bid {bid} is not the best that stands; {best} is.",
        "Take the best bid, or set it aside and say why.",
    ),
    "beyond-bid": Reason(
        "{chips} chips are more than the {left} that are left of the bid and the lot.",
        "State at most {left} chips.",
    ),
    "notice-differs": Reason(
        "The notice states {field} otherwise than the bid.",
        "State the bid as it stands: holders match it, not something like it.",
    ),
    "evidence-form": Reason(
        "The evidence is not a SHA-256 hash in 64 hexadecimal digits.",
        "Hash the document and state the digits in lower case.",
    ),
    "again-whole": Reason(
        "{chips} chips are not the {left} that remain of that round.",
        "What remains is noticed anew whole: state {left} chips.",
    ),
    "lot-left": Reason(
        "{left} chips of the lot itself are in no notice yet.",
        "Notice what is left of the lot first, then what was offered on top.",
    ),
    "unknown-round": Reason(
        "There is no open round {round} about this bid.", "Name a round whose notice or tail runs."
    ),
    # --- answers --------------------------------------------------------------------------------
    "no-notice": Reason(
        "No notice to you runs under {clause} in the tender {tender}.",
        "Answer a notice that was served on you.",
    ),
    "withdrawn": Reason(
        "The notice was withdrawn before your answer came.", "Nothing is left to answer."
    ),
    "too-late": Reason(
        "The window closed at {deadline}; silence was a waiver.",
        "If your letter reached the buyer in time, have it recorded with its evidence.",
    ),
    "answered-already": Reason(
        "This notice was answered already, and the answer stands.",
        "Wait for what follows from it.",
    ),
    "unknown-answer": Reason(
        "{kind} is no answer to this notice.",
        "Take, waive, counter or say that you are unable; to a request for an offer, offer "
        "instead of taking; an exclusive right is waived.",
    ),
    "part-by-place": Reason(
        "A part is taken by volume, never by place ({region}).",
        "State how many chips you take.",
    ),
    "more-than-noticed": Reason(
        "{chips} chips are more than the {left} that the notice offers you.",
        "Take at most {left}; ask for more of what equal holders leave with `over`.",
    ),
    "part-not-allowed": Reason(
        "{clause} allows all or nothing: a part of {chips} chips cannot be taken.",
        "Take all {left} chips, or waive.",
    ),
    "part-too-small": Reason(
        "{chips} chips are fewer than the {least} that a part must have under {clause}.",
        "Take at least {least} chips, or waive.",
    ),
    "over-without-share": Reason(
        "More than one's part is only for a holder that takes its full part of {left} chips.",
        "Take {left} chips, and state what you want on top.",
    ),
    "subcontract-forbidden": Reason(
        "{holder} may not have {host} host this.",
        "Serve it yourself, or through somebody whom your agreement allows.",
    ),
    "offer-without-terms": Reason("An offer states its terms.", "State price, start and months."),
    "no-offer": Reason(
        "{clause} has no offer that waits to be decided.", "Name an offer that was made."
    ),
    "not-freed": Reason(
        "The bidder of this round is not free, so nothing needs to be confirmed.",
        "Wait to be signed with.",
    ),
    # --- letters --------------------------------------------------------------------------------
    "letter-persons": Reason("A letter is recorded by two different persons.", "Name both."),
    "letter-early": Reason(
        "The letter came at {received}, before the notice at {noticed}.",
        "Record answers to this notice only.",
    ),
    "letter-future": Reason(
        "The letter is said to have come at {received}, which is still to come.",
        "Record it when it has come.",
    ),
    "letter-late": Reason(
        "The letter came at {received}, after the window closed at {deadline}.",
        "Silence was a waiver; nothing is to be recorded.",
    ),
    "letter-moot": Reason(
        "The notice was replaced before the letter came, or what it offers has gone elsewhere.",
        "The holder answers the notice that runs now.",
    ),
    # --- signing --------------------------------------------------------------------------------
    "agreement-name": Reason(
        "An agreement cannot be named {agreement!r}.",
        "Name it in up to 64 letters of lower case, digits, dots, dashes and underscores.",
    ),
    "agreement-exists": Reason(
        "There is an agreement {agreement} already.", "Sign under another name."
    ),
    "still-asking": Reason(
        "{holders} may still answer, until {deadline}; signing with others now would break "
        "{clause}.",
        "Wait for the answer or the end of the window.",
    ),
    "not-asked": Reason(
        "{holder} holds a right of first refusal on this lot ({clause}) and was not asked about "
        "this deal.",
        "Serve notice on {holder}.",
    ),
    "tail-ended": Reason(
        "The tail ended at {tail} with these chips unsigned: the rights on them have revived.",
        "Serve notice afresh.",
    ),
    "nothing-left": Reason(
        "Nothing is left of {what} to deal about.",
        "Look at what is left of the lot; of more than the lot, serve notice alone.",
    ),
    "bidder-freed": Reason(
        "The remainder of {left} chips is fewer than {bidder} sells, which frees it.",
        "Have {bidder} stand by its bid for the remainder, or set it aside.",
    ),
    "more-than-asked": Reason(
        "{chips} chips are more than the {left} about which holders were asked and that remain.",
        "Sign {left} chips, and serve notice of the increment alone.",
    ),
    "below-least": Reason(
        "{chips} chips are fewer than the {least} that {bidder} sells at once.",
        "Sign at least {least} chips.",
    ),
    "not-whole-blocks": Reason(
        "{chips} chips are not whole blocks of {block}.",
        "State a multiple of {block}; less than a block only a bidder that stands by it sells.",
    ),
    "other-counterparty": Reason(
        "{clause} was noticed of {noticed}, and {other} is another.",
        "Sign with {noticed}, or serve notice of {other}'s terms.",
    ),
    "later-start": Reason(
        "Service would start on {start}, later than the {noticed} that was noticed, which is a "
        "material change under {clause}.",
        "Serve notice of the later start.",
    ),
    "terms-moved": Reason(
        "Terms moved in the seller's favour since the notice: {moved}; {clause} protects "
        "{holder} against that.",
        "Serve notice of the changed terms, or sign those that were noticed.",
    ),
    "price-risen": Reason(
        "The effective price of {price} is above the {most} that {holder} was noticed of, "
        "tolerance included ({clause}).",
        "Serve notice of the changed price, or sign at the noticed one.",
    ),
    "unknown-taking": Reason(
        "{clause} has no taking in round {round} that waits for signature.",
        "Name a taking that is closing.",
    ),
    "host-short": Reason(
        "{chips} chips cannot be promised of what those who would host them have declared.",
        "Have more declared, or settle with the buyer before the closing date.",
    ),
    "unknown-agreement": Reason(
        "There is no agreement {agreement} that waits for delivery.", "Look at the agreements."
    ),
}
"""By code. A code never changes its meaning."""
