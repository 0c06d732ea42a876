"""What an operator with the keys could write: journals in which bids are opened, ranked and sent
amiss.

Each begins as a life that was played, and is changed, hashed and signed anew.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

from desk.playing import Play
from desk.saying import claim
from desk.staging import NOTICED
from offtake.desk.wire import data_of
from offtake.units.instants import instant_of, instant_text

from .courses import Data

Events = list[Data]
Forgery = Callable[[Events], tuple[str, int]]
"""Changes events, and says which is wrong by it: the nth of its type."""
CLOSES, ENDS = "2025-02-19T01:00:00.000000000Z", "2025-02-21T01:00:00.000000000Z"


def told(play: Play) -> Events:
    return [data_of(event) for event in play.journal]


def at(events: Events, name: str, nth: int = 0) -> int:
    return [n for n, event in enumerate(events) if event["type"] == name][nth]


def one(events: Events, name: str, nth: int = 0) -> Data:
    return events[at(events, name, nth)]


def bids() -> Events:
    """Three bids: Google's is the best, then Nvidia's, then Oracle's; Oracle has bid before."""
    play = Play().open(claim("azure", "microsoft"))
    play.bid("oracle", "2.10")
    play.bid("oracle", "3.00")
    play.bid("google", "2.50")
    play.bid("nvidia", "2.80")
    play.wait(NOTICED)
    play.notice("google")
    play.waive("microsoft")
    play.sign("google", 1000)
    return told(play)


def pledges() -> Events:
    """Three bids that were pledged; Nvidia's first pledge was replaced, all are revealed."""
    play = Play().open(reveal="2 days")
    for bidder, price in (("google", "2.50"), ("nvidia", "2.00"), ("nvidia", "2.90")):
        play.pledge(bidder, price)
        play.now += 10**9
    play.pledge("oracle", "2.80")
    play.go(instant_of(CLOSES) + 1)
    for bidder in ("google", "nvidia", "oracle"):
        play.reveal(bidder)
    play.wait(instant_of(ENDS) + 1)
    return told(play)


# --- when bids are opened -------------------------------------------------------------------------


def opened_early(events: Events) -> tuple[str, int]:
    one(events, "BidsOpened")["at"] = one(events, "BidReceived", -1)["at"]
    return "BidsOpened", 0


def opened_twice(events: Events) -> tuple[str, int]:
    events.insert(at(events, "BidsOpened"), copy.deepcopy(one(events, "BidsOpened")))
    return "BidsOpened", 1


def bidding_again(events: Events) -> tuple[str, int]:
    place, again = at(events, "BidsOpened"), copy.deepcopy(one(events, "BiddingStarted"))
    events.insert(place + 1, {**again, "at": events[place]["at"]})
    return "BiddingStarted", 1


# --- which bids are ranked, and how ---------------------------------------------------------------


def best_left_out(events: Events) -> tuple[str, int]:
    del one(events, "BidsOpened")["ranking"][0]
    return "BidsOpened", 0


def replaced_one_ranked(events: Events) -> tuple[str, int]:
    replaced = one(events, "BidReceived")["bid"]["id"]
    one(events, "BidsOpened")["ranking"][2]["bid"] = replaced
    return "BidsOpened", 0


def turned_round(events: Events) -> tuple[str, int]:
    one(events, "BidsOpened")["ranking"].reverse()
    return "BidsOpened", 0


def price_invented(events: Events) -> tuple[str, int]:
    one(events, "BidsOpened")["ranking"][2]["effective"] = "3.01"
    return "BidsOpened", 0


def anothers_name(events: Events) -> tuple[str, int]:
    one(events, "BidsOpened")["ranking"][0]["bidder"] = "amazon"
    return "BidsOpened", 0


# --- which bid is dealt with ----------------------------------------------------------------------


def second_noticed(events: Events) -> tuple[str, int]:
    place = one(events, "BidsOpened")["ranking"][1]
    bid = next(e["bid"] for e in events if e["type"] == "BidReceived"
               and e["bid"]["id"] == place["bid"])  # fmt: skip
    notice = {"bid": place["bid"], "counterparty": place["bidder"], "terms": bid["terms"]}
    one(events, "NoticeServed").update(notice, effective=place["effective"])
    return "NoticeServed", 0


def more_than_there_is(events: Events) -> tuple[str, int]:
    one(events, "NoticeServed")["kind"] = "more chips"
    return "NoticeServed", 0


def set_aside_and_noticed(events: Events) -> tuple[str, int]:
    notice = one(events, "NoticeServed")
    aside = {"type": "BidSetAside", "bid": notice["bid"], "tender": notice["tender"]}
    aside |= {"reason": "none", "at": notice["at"], "by": {**notice["by"], "key": "aside"}}
    events.insert(at(events, "NoticeServed"), aside)
    return "NoticeServed", 0


def signed_dearer(events: Events) -> tuple[str, int]:
    """The price is another, and what it comes to is said to be the same."""
    one(events, "Signed")["terms"]["price"] = "2.54"
    return "Signed", 0


def signed_cheaper_it_says(events: Events) -> tuple[str, int]:
    one(events, "Signed")["effective"] = "2.4"
    return "Signed", 0


# --- pledges --------------------------------------------------------------------------------------


def revealed_early(events: Events) -> tuple[str, int]:
    began = at(events, "RevealStarted")
    reveal = events.pop(at(events, "BidReceived"))
    events.insert(began, {**reveal, "at": events[began - 1]["at"]})
    return "BidReceived", 0


def revealed_twice(events: Events) -> tuple[str, int]:
    again = copy.deepcopy(one(events, "BidReceived"))
    events.insert(at(events, "BidsOpened"), again)
    return "BidReceived", 3


def under_anothers_pledge(events: Events) -> tuple[str, int]:
    pledge = one(events, "BidCommitted")
    pledge["bidder"] = pledge["by"]["actor"] = "amazon"
    return "BidReceived", 0


def replaced_pledge_revealed(events: Events) -> tuple[str, int]:
    """As if the pledge that Nvidia made last had come before the other."""
    first, second = at(events, "BidCommitted", 1), at(events, "BidCommitted", 2)
    for name in ("at", "by"):
        events[first][name], events[second][name] = events[second][name], events[first][name]
    events[first], events[second] = events[second], events[first]
    mine = next(e["bid"] for e in events if e["type"] == "BidReceived"
                and e["bid"]["bidder"] == "nvidia")  # fmt: skip
    mine["received"] = one(events, "BidCommitted", 1)["at"]
    return "BidReceived", 1


def recalled_and_revealed(events: Events) -> tuple[str, int]:
    pledge = one(events, "BidCommitted")
    recall = {"type": "BidRecalled", "bid": pledge["bid"], "tender": pledge["tender"]}
    recall |= {"at": pledge["at"], "by": {**pledge["by"], "key": "recall"}}
    events.insert(at(events, "BidCommitted") + 1, recall)
    return "BidReceived", 0


def of_another_tender(events: Events) -> tuple[str, int]:
    """What was pledged names its tender."""
    for event in events:
        if "tender" in event:
            event["tender"] = "other"
    return "BidReceived", 0


def shut_out(events: Events) -> tuple[str, int]:
    """Bids are opened when the last friend has revealed."""
    late = events.pop(at(events, "BidReceived"))
    opened = one(events, "BidsOpened")
    opened["ranking"] = [x for x in opened["ranking"] if x["bidder"] != late["bid"]["bidder"]]
    opened["at"] = one(events, "BidReceived", -1)["at"]
    return "BidsOpened", 0


# --- whose events they are ------------------------------------------------------------------------


def founded_twice(events: Events) -> tuple[str, int]:
    mine = {"actor": "oracle", "key": "mine", "digest": "0" * 64, "made": "", "salt": "0" * 32}
    events.append({**events[0], "by": mine, "buyer": "oracle", "at": events[-1]["at"]})
    return "Founded", 1


def never_founded(events: Events) -> tuple[str, int]:
    del events[0]
    return "Declared", 0


def sent_by_the_buyer(events: Events) -> tuple[str, int]:
    one(events, "BidReceived", 1)["by"]["actor"] = events[0]["buyer"]
    return "BidReceived", 1


def waived_by_the_buyer(events: Events) -> tuple[str, int]:
    one(events, "Answered")["by"]["actor"] = events[0]["buyer"]
    return "Answered", 0


def signed_by_the_bidder(events: Events) -> tuple[str, int]:
    one(events, "Signed")["by"]["actor"] = "google"
    return "Signed", 0


def opened_by_command(events: Events) -> tuple[str, int]:
    mine = {"actor": events[0]["buyer"], "key": "now", "digest": "0" * 64, "made": ""}
    one(events, "BidsOpened")["by"] = {**mine, "salt": "0" * 32}
    return "BidsOpened", 0


def two_by_one_command(events: Events) -> tuple[str, int]:
    second = copy.deepcopy(one(events, "BidReceived", 3))
    second["bid"]["id"] = "e" * 16
    events.insert(at(events, "BidReceived", 3), second)
    return "BidReceived", 4


PLAIN: list[Forgery] = [
    *(opened_early, opened_twice, bidding_again, best_left_out, replaced_one_ranked),
    *(turned_round, price_invented, anothers_name, second_noticed, more_than_there_is),
    *(set_aside_and_noticed, signed_dearer, signed_cheaper_it_says),
    *(founded_twice, never_founded, sent_by_the_buyer, waived_by_the_buyer),
    *(signed_by_the_bidder, opened_by_command, two_by_one_command),
]
PLEDGED: list[Forgery] = [
    *(revealed_early, revealed_twice, under_anothers_pledge, replaced_pledge_revealed),
    *(recalled_and_revealed, of_another_tender, shut_out),
]
NOT_ALONE = {price_invented, second_noticed, more_than_there_is, set_aside_and_noticed} | {
    signed_dearer,
    signed_cheaper_it_says,
}
"""What needs prices or the order of bids, which the file that stands alone leaves out."""


def forged(forgery: Forgery) -> tuple[Events, int]:
    """The events, and the number of the one that is wrong."""
    events = (bids if forgery in PLAIN else pledges)()
    name, nth = forgery(events)
    return events, at(events, name, nth)


def later(text: str) -> str:
    return instant_text(instant_of(text) + 1)
