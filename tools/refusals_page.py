"""Writes docs/rules/refusals.md from the reasons of the desk: `python tools/refusals_page.py`.

A test holds the page to what this makes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from offtake.desk.refusals import REASONS

RULES = Path(__file__).parents[1] / "docs" / "rules"
PAGE = RULES / "refusals.md"
HEAD = """\
# Refusals

<!-- Written by tools/refusals_page.py from the reasons of the desk; a change here is lost. -->

Why the desk refuses a command: a code, one sentence in the words of the case, and what to do \
instead. A code never changes its meaning, so programs may rely on it; sentences are for people. \
What stands in *italics* is filled in. A refusal has no effect but one: it is kept, so that a \
repetition of the command under the same key is refused in the same words. Those that are not \
about the case (`not-founded`, `unknown-party`, `key-reused`) leave no trace \
([R21](r21-once.md)).
"""

GROUPS = {
    "not-founded": "The desk",
    "posting-unfit": "What is posted",
    "unknown-tender": "Tenders",
    "bids-sealed": "Bids",
    "barred": "Notices",
    "no-notice": "Answers",
    "letter-persons": "Letters",
    "agreement-name": "Signing",
}
"""The first code of each group, in the order of the reasons."""

WHEN = {
    "not-founded": "To every command but `Found`, before it.",
    "founded-already": "To a second `Found`.",
    "unknown-party": "To a stranger; to a declaration, default or assignment that names one.",
    "key-reused": "To a key that came before with another command.",
    "not-yours": "To whoever asks what another may ask.",
    "evidence-missing": "To a `Default` without evidence, and a `Fail` without a reason.",
    "chips-none": "To a notice, answer, declaration or signature about nothing.",
    "upstream-fixed": "To a `Declare` that names another host than the first one did.",
    "declaration-lowered": "To a `Declare` below what was declared before.",
    "capacity-undeclared": "To a bid, taking or offer of a party that hosts it itself.",
    "beyond-declared": "To a bid, taking or offer of more than its party has left of its own.",
    "beyond-promise": "To a signature: a party of the chain has promised the capacity elsewhere.",
    "same-holder": "To an `Assign` to oneself.",
    "posting-unfit": "To a `Post` of what cannot be: an id, a day, a party, an amount, a line.",
    "unbalanced": "To a `Post` whose postings do not sum to zero for a party and a commodity.",
    "postings-differ": "To a `Post` that balances, and does not follow from its lines.",
    "posted-already": "To a `Post` under an id that was posted, with this or another content.",
    "not-latest": "To a correction of what is not the latest revision, or is not there.",
    "not-reversed": "To a correction that does not begin with the reversal of the latest.",
    "unknown-tender": "Where there is none, or none that the bidder may know of.",
    "tender-exists": "To an `Open` under a name that is taken.",
    "tender-ended": "To the buyer, in a tender that was withdrawn or is closed.",
    "lot-empty": "To an `Open` for nothing.",
    "opening-unfit": "To an `Open` with a length, rate, weight or calendar that means nothing.",
    "two-exclusives": "To an `Open`: two holders' exclusive rights are in force at one instant.",
    "unknown-almanac": "To an `Open` that lacks a calendar.",
    "tender-runs": "To an `Erase` before the end of the tender.",
    "erased-already": "To a second `Erase`.",
    "taken-already": "To a withdrawal, a new notice or a setting aside, past a taking.",
    "bids-sealed": "To what needs the bids open: notice, signature, setting aside, asking again.",
    "bids-closed": "To a bid or reveal that is late, and to a revision of one nobody deals with.",
    "pledge-first": "To a `Submit` where bids are pledged.",
    "no-pledges": "To a `Pledge` or `Reveal` where bids are submitted.",
    "pledge-form": "To a `Pledge` or `Reveal` whose hash or salt is none.",
    "pledge-missing": "To a `Reveal` of a party that has pledged nothing, or took it back.",
    "reveal-early": "To a `Reveal` before the closing has passed.",
    "reveal-differs": "To a `Reveal` of another bid than was pledged, or with another salt.",
    "revealed-already": "To a second `Reveal`.",
    "bid-empty": "To a bid, revision or answer whose terms are none or cannot be priced.",
    "bid-late": "To a bid that starts after the lot is needed.",
    "bid-term": "To a bid for another number of months than the lot's.",
    "bid-affiliated": "To a bid of an affiliate that does not say so.",
    "bid-contingent": "To a bid with a condition.",
    "bid-deposit": "To a bid whose deposit is too small.",
    "bid-confidential": "To a bid, or a notice of one, that a holder may not be shown.",
    "bid-binds": "To a revision to fewer chips.",
    "unknown-bid": "To the buyer where there is none; to a bidder where it is not its own.",
    "bid-set-aside": "To whatever is asked of a bid that was set aside.",
    "barred": "To a notice or signature while another's exclusive right is in force.",
    "nobody-to-ask": "To a notice or a `Reask` where no right would be asked.",
    "first-offer-open": "To a notice or signature while a holder is asked for an offer.",
    "first-offer-stale": "To a notice or signature after the tail of a first offer.",
    "above-ceiling": "To a notice or signature above what a declined offer allows.",
    "package-unpriced": "To a notice of a package, or a signature of another bidder's.",
    "not-best": "To a notice, or a signature without a round, of another than the best bid.",
    "beyond-bid": "To a notice or signature of more than bid and lot have left.",
    "notice-differs": "To a notice that misstates the bid.",
    "evidence-form": "To a notice or letter whose hash is none.",
    "again-whole": "To a new notice of another quantity than remains.",
    "lot-left": "To a notice of more chips, before the lot itself.",
    "unknown-round": "To a new notice, notice of more, signature or standing by without a round.",
    "no-notice": "To an answer to what was not asked of this holder, not yet, or not any more.",
    "withdrawn": "To an answer after the tender was withdrawn.",
    "too-late": "To an answer after the deadline.",
    "answered-already": "To a second answer, or a letter after an answer.",
    "unknown-answer": "To an answer of a kind that this notice does not allow.",
    "part-by-place": "To a taking that names a place.",
    "more-than-noticed": "To a taking or offer of more than was asked about.",
    "part-not-allowed": "To a part, where it is all or nothing.",
    "part-too-small": "To a part below the least one.",
    "over-without-share": "To a taking of more beside less than its full part.",
    "subcontract-forbidden": "To a taking through a host that is not allowed.",
    "offer-without-terms": "To an offer without terms.",
    "no-offer": "To a `Decide` where no offer waits.",
    "not-freed": "To a `StandBy` of a bidder that is not free.",
    "letter-persons": "To an `Attest` by fewer than two.",
    "letter-early": "To an `Attest` of a letter from before the notice.",
    "letter-future": "To an `Attest` of a letter that is still to come.",
    "letter-late": "To an `Attest` of a letter from after the deadline.",
    "letter-moot": "To an `Attest` after a notice was replaced, and of an offer after a signature.",
    "agreement-name": "To a signature by the buyer under a name that is not plain.",
    "agreement-exists": "To a signature under a name that is taken.",
    "still-asking": "To a signature while a window runs.",
    "not-asked": "To a signature past a right that was not asked about it, or must be asked now.",
    "tail-ended": "To a signature after the tail.",
    "nothing-left": "To a notice or signature where nothing is left.",
    "bidder-freed": "To a signature with a bidder whom a small remainder has freed.",
    "more-than-asked": "To a signature of more than the round has left.",
    "below-least": "To a signature of less than the bidder sells at first.",
    "not-whole-blocks": "To a notice or signature of a part of a block.",
    "other-counterparty": "To a signature with another than the noticed bidder.",
    "later-start": "To a signature on a later start than was noticed.",
    "terms-moved": "To a signature on terms that moved in the bidder's favour.",
    "price-risen": "To a signature at a price above the noticed one.",
    "unknown-taking": "To a `Close` where no taking waits for it, and to whoever did not take.",
    "host-short": "To a holder's own `Close`: those who would host it have promised too much.",
    "unknown-agreement": "To a `Deliver` or `Fail` of what is not signed, or is of others.",
}
"""Who is told so, by code."""


def page() -> str:
    """The whole page."""
    return "\n".join((HEAD, *_sections()))


def told() -> dict[str, list[str]]:
    """The pages about rules that speak of a code, by code."""
    found: dict[str, list[str]] = {}
    for path in sorted(RULES.glob("r[0-9][0-9]-*.md")):
        for code in dict.fromkeys(re.findall(r"\(refusals\.md#([a-z-]+)\)", path.read_text())):
            found.setdefault(code, []).append(path.name)
    return found


def _sections() -> Iterator[str]:
    pages = told()
    for code, reason in REASONS.items():
        if code in GROUPS:
            yield f"## {GROUPS[code]}\n"
        yield f"### {code}\n{WHEN[code]}\n"
        yield f"> {_shown(reason.sentence)}\n>\n> *Instead:* {_shown(reason.instead)}\n"
        if code in pages:
            yield f"*See:* {', '.join(_link(name) for name in pages[code])}.\n"


def _shown(sentence: str) -> str:
    return re.sub(r"\{([a-z]+)\}", r"*\1*", sentence)


def _link(name: str) -> str:
    return f"[{name[:3].upper().replace('R0', 'R')}]({name})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
