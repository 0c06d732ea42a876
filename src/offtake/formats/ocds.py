"""Tenders, awards and contracts of a desk as releases of the Open Contracting Data Standard 1.1.

The events are those that an exported journal shows: what is sealed is in none of them. A bid is
written once its tender's bids were opened, and not before; the terms of one that is confidential
are left out. What passes between buyer and holders of rights has no place in the standard.

One event of weight makes one release, which says what changed; a party's roles it says in full.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from offtake.desk import events as ev
from offtake.desk.lot import Bid, Lot
from offtake.formats.ocds_parts import BIDS, VERSION, Plain, Publisher, Roles, item
from offtake.units.instants import Instant, instant_text
from offtake.units.minor import money_of
from offtake.units.postings import Group


def package(releases: Iterable[Plain], publisher: Publisher) -> Plain:
    """Releases as one package, published when the last of them was made; ValueError if none."""
    every = list(releases)
    if not every:
        raise ValueError("there is nothing to release: no tender has been opened")
    return {
        "uri": publisher.uri,
        "version": VERSION,
        "extensions": [BIDS],
        "publishedDate": every[-1]["date"],
        "publisher": {"name": publisher.name},
        "releases": every,
    }


def releases(
    events: Iterable[tuple[int, ev.Event]], publisher: Publisher, posted: Iterable[Group] = ()
) -> list[Plain]:
    """A release for each event of weight and each payment under an agreement, in order of time.

    Events come with their numbers in the journal, by which releases are named.
    """
    numbered = list(events)
    signed = {one.agreement: one for _, one in numbered if isinstance(one, ev.Signed)}
    paid = []
    for group in posted:
        if group.kind == "payment" and group.subject in signed:
            # What is paid on the day of signing follows it.
            paid.append((max(publisher.end(group.date), signed[group.subject].at), group))
    told = _Telling(publisher, {name: one.tender for name, one in signed.items()})
    every: list[Plain] = []
    payments = deque(sorted(paid, key=lambda one: one[0]))
    for number, event in numbered:
        while payments and payments[0][0] < event.at:
            every.append(told.paid(*payments.popleft()))
        every += told.event(number, event)
    return every + [told.paid(*one) for one in payments]


@dataclass(slots=True)
class _Contracting:
    """What is known of one tender."""

    id: str
    lot: Lot
    roles: Roles
    bids: dict[str, Bid] = field(default_factory=dict)
    """As far as they were shown."""
    opened: bool = False
    agreements: int = 0


@dataclass(slots=True)
class _Telling:
    """What has been read so far of a journal."""

    publisher: Publisher
    tenders: Mapping[str, str]
    """The tender of each agreement."""
    buyer: str = ""
    processes: dict[str, _Contracting] = field(default_factory=dict)

    def event(self, number: int, event: ev.Event) -> Iterator[Plain]:
        """The release that an event makes, if it is one of weight."""
        if isinstance(event, ev.Founded):
            self.buyer = event.buyer
        elif isinstance(event, ev.TenderOpened):
            roles = Roles(self.publisher)
            roles.give([self.buyer], "buyer", "procuringEntity")
            self.processes[event.tender] = _Contracting(event.tender, event.lot, roles)
        elif isinstance(event, ev.BidReceived):
            self.processes[event.tender].bids[event.bid.id] = event.bid
        said = _SAID.get(type(event))
        if said is None or not isinstance(event, ev.TenderEvent):
            return
        process = self.processes[event.tender]
        body = said(self, process, event)
        if body:
            yield self._release(process, f"{number}", event.at, body)

    def _release(self, process: _Contracting, name: str, at: Instant, body: Plain) -> Plain:
        ocid = self.publisher.ocid(process.id)
        return {
            "ocid": ocid,
            "id": f"{ocid}-{name}",
            "date": instant_text(at),
            "tag": body["tag"],
            "initiationType": "tender",
            "parties": process.roles.parties(),
            "buyer": self.publisher.referred(self.buyer),
        } | {key: value for key, value in body.items() if key != "tag"}

    # --- tenders ----------------------------------------------------------------------------------

    def opening(self, process: _Contracting, event: ev.TenderOpened) -> Plain:
        """A tender, before anybody may bid."""
        lot, need = event.lot, event.lot.need
        rationale = f"for the need {need}" if need else "no need was named"
        return {
            "tag": ["planning", "tender"],
            "planning": {"rationale": rationale},
            "tender": {
                "id": process.id,
                "title": f"{lot.chips:,} {lot.chip} in {lot.region}",
                "status": "planned",
                "procuringEntity": self.publisher.referred(self.buyer),
                "items": [item(lot, lot.chips)],
                "procurementMethod": "selective",
                "procurementMethodDetails": "sealed bids of invited parties; holders of rights of "
                "first offer or refusal are asked first",
                "mainProcurementCategory": "services",
                "awardCriteria": "priceOnly",
                "awardCriteriaDetails": "the lowest effective price of a reference chip-hour, "
                f"discounted at {event.rate} a year",
                "contractPeriod": self.publisher.term(lot.start, lot.months),
            },
        }

    def bidding(self, process: _Contracting, event: ev.BiddingStarted) -> Plain:
        """Bids are taken."""
        return _tender(
            process,
            "tenderUpdate",
            status="active",
            items=[item(process.lot, event.chips)],
            tenderPeriod={
                "startDate": instant_text(event.at),
                "endDate": instant_text(event.closes),
            },
        )

    def bids(self, process: _Contracting, event: ev.BidsOpened) -> Plain:
        """Bids were opened: who bid, and what."""
        process.opened = True
        bidders = list(dict.fromkeys(place.bidder for place in event.ranking))
        process.roles.give(bidders, "tenderer")
        update = _tender(
            process,
            "tenderUpdate",
            numberOfTenderers=len(bidders),
            tenderers=[self.publisher.referred(one) for one in bidders],
        )
        if not bidders:
            del update["tender"]["tenderers"]
            return update
        details = [self._bid(process, place.bid, place.bidder) for place in event.ranking]
        return update | {"bids": {"details": details}}

    def _bid(self, process: _Contracting, name: str, bidder: str, status: str = "valid") -> Plain:
        made = process.bids.get(name)
        detail: Plain = {"id": name, "status": status}
        detail["tenderers"] = [self.publisher.referred(bidder)]
        if made is None or made.confidential:
            return detail
        return detail | {
            "date": instant_text(made.received),
            "value": self.publisher.worth(made.terms, made.chips),
        }

    def revised(self, process: _Contracting, event: ev.BidRevised) -> Plain:
        """A bidder asks other terms."""
        made = process.bids.get(event.bid)
        if made is None or not process.opened:
            return {}
        made = replace(made, terms=event.terms, chips=event.chips)
        process.bids[event.bid] = made
        detail = self._bid(process, event.bid, made.bidder)
        return {"tag": ["tenderUpdate"], "bids": {"details": [detail]}}

    def aside(self, process: _Contracting, event: ev.BidSetAside) -> Plain:
        """A bid was left out."""
        if not process.opened:
            return {}
        detail = {"id": event.bid, "status": "disqualified"}
        return {"tag": ["tenderUpdate"], "bids": {"details": [detail]}}

    def ended(self, process: _Contracting, event: ev.TenderClosed | ev.TenderWithdrawn) -> Plain:
        """Nothing more will come of it."""
        if process.agreements:
            return _tender(process, "tenderUpdate", status="complete")
        if isinstance(event, ev.TenderClosed):
            return _tender(process, "tenderUpdate", status="unsuccessful")
        return _tender(process, "tenderCancellation", status="cancelled")

    # --- agreements -------------------------------------------------------------------------------

    def signed(self, process: _Contracting, event: ev.Signed) -> Plain:
        """An agreement: awarded and signed at once."""
        process.agreements += 1
        process.roles.give([event.party], "supplier")
        process.roles.give(event.via, "subcontractor")
        terms, at = event.terms, instant_text(event.at)
        period = self.publisher.term(terms.start, terms.months)
        same: Plain = {
            "title": f"{event.chips:,} {process.lot.chip} in {process.lot.region}",
            "status": "active",
            "value": self.publisher.worth(terms, event.chips),
            "items": [item(process.lot, event.chips)],
        }
        award = {"date": at, "suppliers": [self.publisher.referred(event.party)]}
        contract: Plain = {"awardID": event.agreement, "dateSigned": at, "period": period}
        due: Plain = {"status": "scheduled", "dueDate": period["startDate"]}
        contract |= {"milestones": [_milestone(event.agreement, due)]}
        return {
            "tag": ["award", "contract"],
            "awards": [{"id": event.agreement} | same | award | {"contractPeriod": period}],
            "contracts": [{"id": event.agreement} | same | contract],
        }

    def delivered(self, process: _Contracting, event: ev.Delivered) -> Plain:
        """Its capacity is in service."""
        met = {"status": "met", "dateMet": instant_text(event.at)}
        done = {"milestones": [_milestone(event.agreement, met)]}
        return _contract("implementation", event.agreement, done | {"implementation": done})

    def failed(self, process: _Contracting, event: ev.AgreementFailed | ev.TakingFailed) -> Plain:
        """What was signed holds no more; what was only taken was never signed."""
        if not event.agreement:
            return {}
        why = {"status": "terminated", "description": f"failed: {event.why}"}
        return _contract("contractTermination", event.agreement, why)

    def paid(self, at: Instant, group: Group) -> Plain:
        """A payment under an agreement; a correction takes the place of what it corrects."""
        process = self.processes[self.tenders[group.subject]]
        transactions = []
        for number, line in enumerate(group.lines, 1):
            process.roles.give([line.payer], "payer")
            process.roles.give([line.payee], "payee")
            transactions.append(
                {
                    "id": f"{group.base}/{number}",
                    "date": self.publisher.day(group.date),
                    "value": self.publisher.value(money_of(line.amount, group.currency)),
                    "payer": self.publisher.referred(line.payer),
                    "payee": self.publisher.referred(line.payee),
                }
            )
        done = {"implementation": {"transactions": transactions}}
        body = _contract("implementation", group.subject, done)
        return self._release(process, group.id, at, body)


def _tender(process: _Contracting, tag: str, **changed: Any) -> Plain:
    return {"tag": [tag], "tender": {"id": process.id} | changed}


def _contract(tag: str, agreement: str, changed: Plain) -> Plain:
    return {"tag": [tag], "contracts": [{"id": agreement, "awardID": agreement} | changed]}


def _milestone(agreement: str, changed: Plain) -> Plain:
    return {"id": f"{agreement}/delivery", "type": "delivery", "title": "in service"} | changed


_SAID: dict[type[ev.Event], Callable[[_Telling, _Contracting, Any], Plain]] = {
    ev.TenderOpened: _Telling.opening,
    ev.BiddingStarted: _Telling.bidding,
    ev.BidsOpened: _Telling.bids,
    ev.BidRevised: _Telling.revised,
    ev.BidSetAside: _Telling.aside,
    ev.Signed: _Telling.signed,
    ev.Delivered: _Telling.delivered,
    ev.AgreementFailed: _Telling.failed,
    ev.TakingFailed: _Telling.failed,
    ev.TenderClosed: _Telling.ended,
    ev.TenderWithdrawn: _Telling.ended,
}
