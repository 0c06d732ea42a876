"""Check the exported journal of a deal desk: python alone.py JOURNAL [RECEIPT...] (Python 3.11)

A desk buys lots by tender; holders of rights are asked before anybody else may sign. Each line of a
journal but the first and the last holds an event. What is checked, in this order, by section:
  H   history   the lines are whole, unchanged and in order, and the desk signed them all
  R   receipts  what the desk promised to a party is in here: this is no other history
  P3  order     an event comes once, when it may, and from whom it may
  S   seals     nobody sees a bid before all are in; those that stand are ranked, and no others
  P1  rights    holders have their whole windows, and nobody signs past one that may still take
  P2  chips     what is left of a lot is what was noticed less what was taken and signed
  P5  capacity  no party promises more than it declared, and neither does whoever hosts it
Not checked: prices, terms, postings, whether the best bid is dealt with, floors, marks, why it was
done; of erased bids, more than how many there can be. Without a receipt a journal only agrees with
itself. In the code `j` is the journal so far, `t` a tender, `e` an event, `r` a round of asking.
"""

# ruff: noqa: D101, D102, D103, E701
# fmt: off
import json
import sys
from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256, sha512
from pathlib import Path
from types import SimpleNamespace as Record
from typing import Any

Data = dict[str, Any]
Point = tuple[int, int]
class OddError(ValueError): ...
def why(error: Exception) -> str:
    return str(error) if isinstance(error, OddError) else "a part is missing or odd"
class Journal(Record):  # What its lines have told so far; `wrong`: line (0: a receipt), sentence
    def unless(self, good: object, sentence: str) -> None:
        if not good: self.wrong.append((self.line, sentence))
# === H: history. Nobody can change, leave out, put in or reorder a line unseen ====================
def written(data: object) -> bytes:  # The one form of a line: keys sorted, numbers as strings
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
def parsed(line: bytes, keys: str) -> Data:
    data: Data = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
    if written(data) + b"\n" == line and set(data) == set(keys.split()): return data
    raise OddError(f"this is not the one form of {keys}")
def digits(text: str, size: int) -> bytes:
    if len(text) == 2 * size and bytes.fromhex(text).hex() == text: return bytes.fromhex(text)
    raise OddError(f"{text[:20]!r} is not {size} bytes in lower-case digits")
def root(leaves: list[bytes]) -> bytes:  # One hash over all links (RFC 6962, section 2.1)
    if len(leaves) < 2: return leaves[0] if leaves else sha256().digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P  # Ed25519 in the words of RFC 8032, section 5.1
def add(p: Point, q: Point) -> Point:
    d = D * p[0] * q[0] * p[1] * q[1] % P
    x, y = p[0] * q[1] + q[0] * p[1], p[1] * q[1] + p[0] * q[0]
    return x * pow(1 + d, -1, P) % P, y * pow(1 - d, -1, P) % P
def times(s: int, p: Point) -> Point:
    if s == 0: return 0, 1
    return add(times(s // 2, add(p, p)), p if s % 2 else (0, 1))
def point(text: bytes) -> Point:
    odd, y = divmod(int.from_bytes(text, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and odd): raise OddError("no point of the curve")
    return (x if x % 2 == odd else P - x), y
def signed(key: bytes, signature: bytes, text: bytes) -> bool:
    s, base = int.from_bytes(signature[32:], "little"), point(b"\x58" + b"\x66" * 31)
    h = int.from_bytes(sha512(signature[:32] + key + text).digest(), "little") % Q
    return s < Q and times(s, base) == add(point(signature[:32]), times(h, point(key)))
def entry(j: Journal, line: bytes) -> None:  # Its link stands for it and for all before it
    x = parsed(line, "commitment event label number salt")
    event, label, salt, committed = x["event"], x["label"], x["salt"], digits(x["commitment"], 32)
    j.link = sha256(b"\0" + j.link + committed + label.encode()).digest()
    j.entries[j.link.hex()], j.sealed_until = (j.line, label, event), 0
    good = x["number"] == str(j.line - 2) and (event is None) == (salt is None)
    j.unless(good, f"entry {j.line - 2} belongs here, its salt with its event")
    under_seal(j, label, event)
    if event is None: return
    same = sha256(digits(salt, 32) + written(event)).digest() == committed
    j.unless(same, "this event is not what was committed to")
    happened(j, event)
def read(j: Journal, lines: list[bytes]) -> None:
    j.about = parsed(lines[0], "desk format key type")  # All links begin with the desk and its key
    j.unless(j.about["format"] == "1", "this is another format of journal")
    key = digits(j.about["key"], 32)
    j.link = sha256(f"offtake journal 1\n{j.about['desk']}\n".encode() + key).digest()
    for j.line, line in enumerate(lines[1:-1], 2):
        try: entry(j, line)
        except Exception as error: j.unless(False, f"this line cannot be read: {why(error)}")
        j.links.append(j.link)
    j.line = len(lines)  # The head, by which the desk signs all entries
    head, top = parsed(lines[-1], "at root signature size type"), root(j.links).hex()
    same = (head["type"], head["size"], head["root"]) == ("Head", str(len(j.links)), top)
    j.unless(same, f"the entries come to {top}, not to this")
    text = f"offtake head 1\n{j.about['desk']}\n{head['size']}\n{top}\n{head['at']}\n".encode()
    j.unless(signed(key, digits(head["signature"], 64), text), "the desk did not sign this")
    j.unless(instant(head["at"]) >= j.at, "this was signed before the last event")
    j.early = instant(head["at"]) <= j.sealed_until  # It ends where bids are sealed
    rightly_hidden(j)
# === R: receipts. What a party keeps in its hand forbids the desk to write history anew ===========
def receipt(j: Journal, name: str, paper: bytes) -> None:  # A proof holds a receipt
    if b'"Proof"' in paper: paper = written(json.loads(paper)["receipt"]) + b"\n"
    r = parsed(paper, "actor at command desk digest key label link signature type")
    actor, command, label = (written(r[name]).decode() for name in ("actor", "command", "label"))
    said = ["offtake receipt 1", r["desk"], actor, command, r["digest"], r["at"], label, r["link"]]
    good = (r["type"], r["desk"], r["key"]) == ("Receipt", j.about["desk"], j.about["key"])
    key, signature, text = digits(r["key"], 32), digits(r["signature"], 64), "\n".join([*said, ""])
    if not (good and signed(key, signature, text.encode())): raise OddError("not this desk's")
    promised = f"{name}: the command {r['command']} of {r['actor']}, promised at {r['at']}, "
    found, here = j.entries.get(r["link"]), j.began.get((r["actor"], r["command"]))
    if found is None:
        how = f"is not here as it was: link {r['link'][:16]}... should stand here or before"
        waits = not here and j.early and instant(r["at"]) >= j.at  # For a later journal
        if not waits: j.wrong.append((here or j.line, promised + how))
        return
    line, told, event = found[0], {"label": found[1]}, found[2]
    j.unjudged += event is None  # Of what is not shown only its seal is judged
    if event:
        told |= {"command": event["by"]["key"], "at": event["at"]}
        told |= {name: event["by"][name] for name in ("actor", "digest")}
    if {**r, **told} != r: j.wrong.append((line, promised + "is another here"))
# === P3: order. An event comes once, when it may, and from whom it may ============================
BIDS, OF_BID = {"BidReceived", "BidCommitted", "BidRecalled"}, {"BidRevised", "StoodBy"}
OF_TIME = {"BiddingStarted", "RevealStarted", "BidsOpened", "ClockStarted", "Passed", "Lapsed"}
OF_TIME |= {"RightExpired", "TurnEnded", "TailStarted", "TailEnded", "BidderFreed", "TenderClosed"}
OF_PARTY = BIDS | OF_BID | {"Assigned", "BarLifted", "Answered"}
OF_EITHER = {"Declared", "Delivered", "Signed", "TakingFailed", "Refused"}  # the buyer's as well
BEFORE = {"NoticeServed": "FloorReached", "Answered": "TurnsUndone"}  # by the same command
def who_may(j: Journal, e: Data, party: str) -> set[str]:  # "": time alone, as a deadline passed
    name, letter = e["type"], e["type"] in ("Answered", "BarLifted") and e["letter"]
    failed = name == "TakingFailed" and e["spent"] and e["why"] != "default"
    if name in OF_TIME or failed or (name == "BarLifted" and e["how"] == "expired"): return {""}
    if name in OF_PARTY and not letter: return {party}  # The buyer records letters
    first = (name, e.get("kind")) == ("NoticeServed", "first offer")
    if name == "FloorReached" or first: return {j.buyer, ""}
    with_party = name in OF_EITHER and e.get("spent", True) and e.get("clause", "") is not None
    return {j.buyer, party} if with_party else {j.buyer}
def in_order(j: Journal, t: Record | None, e: Data) -> None:  # `party`: whose bid or right it is
    name, before, j.at = e["type"], j.at, instant(e["at"])
    j.unless(j.at >= before, "this is of an earlier instant than what came before")
    j.unless((name == "Founded") == (j.line == 2), "a desk is founded first, and once")
    if name in ("Founded", "Admitted"):
        j.buyer = j.buyer or e["buyer"]
        j.parties |= {j.buyer, *e["parties"], *e.get("auditors", ())}
    by = Data(actor="", key="", digest="") if e["by"] is None else e["by"]
    of = e["bid"] if name == "BidReceived" else e
    if t and name in {"BidRecalled", *OF_BID}: of = {**t.pledges, **t.bids}.get(e["bid"], e)
    party = of.get("bidder") or of.get("holder") or of.get("party") or by["actor"]
    allowed = by["actor"] in who_may(j, e, party) & j.parties
    j.unless(allowed, f"this is not for {by['actor'] or 'time'} to do")
    command, told = (by["actor"], by["key"]), (e["at"], by["digest"])
    known = j.commands.get(command) if e["by"] else None
    j.unless(known in (None, (BEFORE.get(name), *told)), "a command has one effect")
    j.commands[command] = (name, *told)
    j.began.setdefault(command, j.line)
# === Time: in nanoseconds since 1970, by the clocks and days off that a tender's opening states ===
SECOND, DAY = 10**9, 86_400
def instant(text: str) -> int:
    second = (datetime.fromisoformat(text[:19]) - datetime(1970, 1, 1)) // timedelta(seconds=1)
    return second * SECOND + int(text[20:29])
def shown(at: int) -> str:
    return f"{datetime(1970, 1, 1) + timedelta(seconds=at // SECOND)} UTC"
def small(text: str) -> int:  # No journal keeps its reader counting for ever
    if len(text) <= 6: return int(text)
    raise OddError(f"{text[:20]} is too large")
class Almanac:
    def __init__(self, data: Data) -> None:
        self.changes = [(int(since), small(east)) for since, east in data["offsets"]]
        days = [{*map(int, data[name])} for name in ("weekend", "closed", "opened")]
        self.weekend, self.closed, self.opened = days
    def east(self, second: int) -> int:  # How many seconds clocks are ahead of UTC
        return [self.changes[0][1], *(east for at, east in self.changes if at <= second)][-1]
    def moments(self, day: int, minute: int) -> list[int]:  # It comes once, twice, or past a gap
        local = day * DAY + minute * 60
        found = {local - east for _, east in self.changes if self.east(local - east) == east}
        return sorted(second * SECOND for second in found or {local - self.east(local - DAY)})
    def is_open(self, day: int) -> bool:  # Day 0 was a Thursday
        return day in self.opened if (day + 3) % 7 in self.weekend else day not in self.closed
    def workday(self, day: int) -> int:  # This day, or the next with business
        while not self.is_open(day) and day < 10**6: day += 1
        return day
    def later(self, day: int, count: int, unit: str) -> int:
        if unit in ("days", "business days"):
            for _ in range(count): day = self.workday(day + 1) if unit != "days" else day + 1
            return day
        start, months = date(1970, 1, 1) + timedelta(day), {"months": 1, "years": 12}[unit] * count
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        last = monthrange(year, month + 1)[1]
        return day + (date(year, month + 1, min(start.day, last)) - start).days
    def end(self, spell: Data, start: int, tail: bool = False) -> int:  # In doubt for the holder
        unit, count, closes = spell["unit"], small(spell["count"]), small(spell["closes"])
        if unit == "hours": return start + count * 3600 * SECOND
        day, since_midnight = divmod(start + self.east(start // SECOND) * SECOND, DAY * SECOND)
        if tail: return self.moments(self.later(day, count, unit), closes)[0]
        day += since_midnight > closes * 60 * SECOND  # After the closing hour: as on the next day
        while start > self.moments(day, closes)[0]: day += 1
        day = self.later(self.workday(day), count, unit)
        return self.moments(self.workday(day) if spell["roll"] else day, closes)[-1]
# === S: seals. Nobody sees a bid before all are in; those that stand are ranked, and no others ====
NEXT = {"BiddingStarted": "bidding", "RevealStarted": "revealing", "BidsOpened": "opened"}
NEXT |= dict.fromkeys(("TenderWithdrawn", "TenderClosed"), "ended")
def under_seal(j: Journal, label: str, e: Data | None) -> None:
    t, of = j.tenders.get(label), (e or {}).get("tender", label)
    if t and e is None: t.hidden.append(j.line)
    sealed = e is None or e["type"] in BIDS or (e["type"] == "Refused" and label)
    taking = t and t.phase in ("bidding", "revealing") and of == label
    j.unless(taking if sealed else not label, "no seal hides this, or a wrong one does")
def rightly_hidden(j: Journal) -> None:  # Since bids were erased, or never opened
    for t in () if j.early or j.wrong else j.tenders.values():  # Else what was the reason is gone
        for line in () if t.erased or (t.phase == "ended" and not t.opened) else t.hidden:
            j.wrong.append((line, "this is not shown, and no seal hides it"))
def bidding(j: Journal, t: Record, e: Data) -> None:  # Bids come until the closing
    name, last = e["type"], "revealing" if t.reveal else "bidding"
    when = {"BiddingStarted": "asking", "BidReceived": last, "BidsOpened": last}
    when |= dict.fromkeys(("BidCommitted", "BidRecalled", "RevealStarted"), "bidding")
    late = name in BIDS and j.at > (t.until if name == "BidReceived" else t.closes)
    good = when.get(name, t.phase) == t.phase and not late
    j.unless(good, "this is too early, too late, or too often")
    t.phase = NEXT.get(name, t.phase)
    match name:
        case "BiddingStarted":
            clock = t.clocks[t.bidding_almanac]
            t.closes = t.until = clock.end(t.bidding, j.at)
            if t.reveal: t.until = clock.end(t.reveal, t.closes)
            j.sealed_until = t.until
            j.unless(instant(e["closes"]) == t.closes, f"bidding ends at {shown(t.closes)}")
        case "RevealStarted":
            same = (j.at, instant(e["ends"])) == (t.closes, t.until)
            j.unless(same, f"revealing lasts from {shown(t.closes)} to {shown(t.until)}")
        case "BidCommitted": t.pledges = {**others(t.pledges, e), e["bid"]: e}
        case "BidRecalled": t.bids.pop(e["bid"], t.pledges.pop(e["bid"], None))
        case "BidReceived": bid_received(j, t, e, e["bid"])
        case "BidsOpened": bids_opened(j, t, e["ranking"])
        case "BidsErased": t.erased = t.phase == "ended"
def others(bids: Data, new: Data) -> Data:  # A bidder's new bid or pledge replaces its old one
    return {name: bid for name, bid in bids.items() if bid["bidder"] != new["bidder"]}
def bid_received(j: Journal, t: Record, e: Data, bid: Data) -> None:  # As it was pledged
    pledge = t.pledges[bid["id"]] if t.reveal else e
    good = bid["received"] == pledge["at"] and bid["id"] not in t.bids
    j.unless(good, "this bid was received before, or at another time")
    t.bids = {**others(t.bids, bid), bid["id"]: bid}
    if not t.reveal: return
    content = {name: bid[name] for name in bid if name not in ("id", "received")}
    text = written({"bid": content, "buyer": j.buyer, "tender": t.tender})
    same = sha256(bytes.fromhex(e["salt"]) + text).hexdigest() == pledge["commitment"]
    j.unless(same and bid["bidder"] == pledge["bidder"], "another bid was pledged, or by another")
def bids_opened(j: Journal, t: Record, ranking: list[Data]) -> None:  # All that stand
    t.opened, ranked = True, {place["bid"]: place["bidder"] for place in ranking}
    j.unless(j.at == t.until, f"bids are opened at {shown(t.until)}")
    standing = {name: bid["bidder"] for name, bid in t.bids.items()}
    good = len(ranked) == len(ranking) and standing.items() <= ranked.items()
    j.unless(good, "a bid that stands is not ranked, or as another's, or twice")
    unseen = ranked.keys() - standing.keys()  # Erased ones; a pledged bid was two entries
    j.unless(len(unseen) <= len(t.hidden) // (2 if t.reveal else 1), "a bid is ranked that is none")
    came = [() if unseen else (t.bids[x["bid"]]["received"], x["bid"]) for x in ranking]
    order = list(zip([Decimal(x["effective"]) for x in ranking], came, strict=True))
    j.unless(order == sorted(order), "bids are not ranked by price, equal ones by when they came")
# === P1: rights. Holders have their whole windows; nobody signs past one that may still take ======
OPEN = {"idle", "noticed", "offered"}  # How a right stands that was asked and has not cleared,
CLEARED = {"taken", "waived", "silent", "countered", "unable"}  # and one that has: its tail runs
BECOMES = {"take": "taken", "waive": "waived", "counter": "countered", "offer": "offered"}
BECOMES |= {"ClockStarted": "noticed", "Lapsed": "silent", "RightExpired": "expired"}
def windows(j: Journal, t: Record, r: Record, e: Data) -> None:  # Silence is waiver at its end
    right = t.claims[e["clause"]]
    if e["type"] == "ClockStarted":
        short = r.kind == "changed terms" and r.again and e["clause"] in t.rounds[r.again].clocks
        spell = right["reoffer"] if short and right["reoffer"] else right["window"]
        end = t.clocks[right["almanac"]].end(spell, j.at)
        j.unless(instant(e["deadline"]) == end, f"this window ends at {shown(end)}")
        r.clocks[e["clause"]] = j.at, end
    elif e["type"] in ("Lapsed", "Answered"):
        j.unless(e["holder"] == right["holder"], "another holds this right")
        (begun, end), came = r.clocks[e["clause"]], instant(e.get("received") or e["at"])
        good = end <= j.at if e["type"] == "Lapsed" else begun <= came <= min(end, j.at)
        j.unless(good, "this came too early or too late for its window")
def signing(j: Journal, t: Record, e: Data) -> None:  # With who took, or past all others
    party = e["party"]
    if e["clause"] is not None:
        took = t.rounds[e["round"]].taken.get(e["clause"], {})
        same = (took.get("chips"), took.get("holder")) == (e["chips"], party)
        j.unless(same, f"{party} did not take this")
        return
    j.unless(t.bids[e["bid"]]["bidder"] == party, "this is another's bid")
    for right in [*t.bars.values(), *t.claims.values()]:
        good = right["holder"] == party or lets(j, t, e, right)
        j.unless(good, f"{right['holder']} is passed over ({right['clause']})")
def lets(j: Journal, t: Record, e: Data, right: Data) -> bool:  # Whether others may sign
    clause, first, expires = right["clause"], right.get("first"), right["expires"]
    force = instant(right["since"]) <= j.at and (not expires or j.at <= instant(expires))
    if clause in t.bars: return not force  # It bars all others while it is in force
    if clause in t.spent and (first or e["round"] is None): return True  # Its holder failed
    asked = [r for number, r in t.rounds.items() if clause in r.stands
             and (r.kind == "first offer" if first else number == e["round"])]
    state, since = asked[-1].stands[clause] if asked else ("never asked", 0)
    if state in OPEN or (first and not (asked and force)): return not force  # Not answered
    if first or state in CLEARED:  # Until its tail ends, and with the bidder that it was told of
        tail, clock = right["tail"], t.clocks[right["almanac"]]
        lasts = not tail or state == "expired" or j.at <= clock.end(tail, since, tail=True)
        noticed = first or right["anyone"] or asked[-1].bid == e["bid"]
        return (lasts and noticed) or not (force or right["survives"])
    excused = state == "nothing left" or (state == "default" and right["holder"] in j.defaults)
    return excused or not force or clause in t.spent
# === P2: chips. What is left is what was noticed less what was taken and signed ===================
def follow(j: Journal, t: Record, r: Record, e: Data) -> None:  # A round, event by event
    name, clause = e["type"], e.get("clause")
    j.unless(clause is None or clause in r.stands, "this right is not asked in this round")
    match name:
        case "ClockStarted" | "Lapsed" | "RightExpired": r.stands[clause] = BECOMES[name], j.at
        case "Passed": r.stands[clause] = e["why"], j.at
        case "OfferDecided": r.stands[clause] = "taken" if e["accepted"] else "declined", j.at
        case "Answered" if e["final"]: r.stands[clause] = answered(j, e, *r.stands[clause])
        case "TurnEnded":
            r.taken |= {x["clause"]: {**x, "turn": int(e["turn"])} for x in e["allotted"]}
            r.left -= sum(int(x["chips"]) for x in e["allotted"])
        case "TurnsUndone":  # A timely letter came late: what was asked after it is asked anew
            r.stands |= dict.fromkeys(e["clauses"], ("idle", 0))
            gone = [clause for clause, x in r.taken.items() if x["turn"] >= int(e["turn"])]
            r.left += sum(int(r.taken.pop(clause)["chips"]) for clause in gone)
        case "TakingFailed":
            r.taken.pop(clause)
            if e["spent"]: t.spent.add(clause)
        case "Signed" if clause is None: r.left -= int(e["chips"])
    if name in ("TurnEnded", "TailStarted", "TailEnded"):
        j.unless(r.left == int(e["left"]), f"{r.left} chips are left")
    j.unless(r.left >= 0, "more chips are given away than were left")
def answered(j: Journal, e: Data, was: str, since: int) -> tuple[str, int]:
    now: str = BECOMES.get(e["kind"]) or e["kind"]
    if was != "silent" or now == "taken": return now, j.at
    return "declined" if now == "offered" else now, since  # By letter: silence had cleared it
# === P5: capacity. No party promises more than it declared, and neither does whoever hosts it =====
def capacity(j: Journal, t: Record, e: Data) -> None:  # Along the chain of who hosts it
    chain = [j.declared[party, t.lot["chip"], t.lot["region"]] for party in e["chain"]]
    hosts = {*(e["via"] or [e["party"]])} | {has["upstream"] for has in chain} - {None}
    j.unless(hosts == set(e["chain"]), f"others host this than {e['chain']}")
    j.agreements[e["agreement"]] = chain
    for has in chain: has["used"] += int(e["chips"])
    j.unless(all(x["used"] <= x["chips"] for x in chain), f"{e['chain']} have not so many chips")
# === Each event, line by line =====================================================================
def tender_of(e: Data) -> Record:  # Rights to be asked, not yet to be asked, and barring all others
    kinds = {kind: {x["clause"]: x for x in e[kind]} for kind in ("claims", "dormant", "bars")}
    clocks = {name: Almanac(data) for name, data in e["almanacs"].items()}
    return Record(**{"reveal": None, **e, **kinds}, phase="asking", closes=0, until=0, opened=False,
                  erased=False, bids={}, pledges={}, hidden=[], rounds={}, spent=set(),
                  clocks=clocks, rights=[*e["claims"], *e["dormant"], *e["bars"]])
def round_of(t: Record, e: Data) -> Record:  # How its rights stand, since when; windows; chips
    if e["again"] is not None: t.rounds[e["again"]].left = 0  # It asks about the rest of that one
    stands = {clause: ("idle", 0) for turn in e["turns"] for clause in turn}
    return Record(**e, stands=stands, clocks={}, taken={}, left=int(e["chips"]))
def happened(j: Journal, e: Data) -> None:
    name, t = e["type"], j.tenders.get(e.get("tender"))
    in_order(j, t, e)
    match name:
        case "TenderOpened": j.tenders.setdefault(e["tender"], tender_of(e))
        case "Declared":
            has = j.declared.setdefault((e["party"], e["chip"], e["region"]), {"used": 0})
            has |= {"chips": int(e["chips"]), "upstream": e["upstream"]}
        case "DefaultRecorded": (j.defaults.discard if e["cured"] else j.defaults.add)(e["holder"])
        case "Assigned":
            for x in [x for t in j.tenders.values() if t.phase != "ended" for x in t.rights]:
                if (x["clause"], x["holder"]) == (e["clause"], e["holder"]): x["holder"] = e["to"]
        case _ if "tender" in e: in_tender(j, j.tenders[e["tender"]], e)
def in_tender(j: Journal, t: Record, e: Data) -> None:
    bidding(j, t, e)
    if e["type"] == "NoticeServed": t.rounds[e["round"]] = round_of(t, e)
    if e.get("round") is not None: follow(j, t, t.rounds[e["round"]], e)
    match e["type"]:
        case "FloorReached":
            t.claims |= {c: t.dormant.pop(c) for c in e["clauses"] if c in t.dormant}
        case "BarLifted": j.unless(t.bars.pop(e["clause"])["holder"] == e["holder"], "not its bar")
        case "ClockStarted" | "Lapsed" | "Answered": windows(j, t, t.rounds[e["round"]], e)
        case "Signed":
            for check in (signing, capacity): check(j, t, e)
        case "TakingFailed" | "AgreementFailed":
            for has in j.agreements.pop(e["agreement"], []): has["used"] -= int(e["chips"])
def checked(lines: list[bytes], receipts: Any = (), names: Any = ()) -> Journal:
    j = Journal(wrong=[], line=1, at=0, link=b"", links=[], about={}, entries={}, unjudged=0)
    vars(j).update(buyer="", parties={""}, defaults=set(), commands={}, began={}, tenders={})
    vars(j).update(agreements={}, declared={}, sealed_until=0, early=False)
    try: read(j, list(lines))
    except Exception: j.unless(False, "a journal ends with a signed head, and this does not")
    for name, paper in zip(names or ["receipt"] * len(receipts), receipts, strict=True):
        try: receipt(j, name, paper)
        except Exception as error: j.wrong.append((0, f"{name} is no receipt: {why(error)}"))
    return j
def main(*names: str) -> int | str:
    if not names: return "usage: python alone.py JOURNAL [RECEIPT...]"
    try:
        lines = Path(names[0]).read_bytes().splitlines(keepends=True)
        j = checked(lines, [Path(name).read_bytes() for name in names[1:]], names[1:])
    except OSError as error: return f"{error.filename} cannot be read: {error.strerror}"
    except MemoryError: return f"{names[0]} cannot be read: a line is too long"
    if not j.about: return f"{names[0]} is no exported journal"
    for line, said in sorted(j.wrong)[:20]:
        entry = f" (entry {line - 2})" if 1 < line < len(lines) else ""
        print(f"line {line}{entry}: {said}" if line else said)
    print(f"entries: {len(j.links)}, receipts: {len(names) - 1}, not judged: {j.unjudged}, "
          f"faults: {len(j.wrong)}")
    return int(bool(j.wrong))
if __name__ == "__main__": sys.exit(main(*sys.argv[1:]))
