"""Check an exported journal of a deal desk: `python alone.py JOURNAL [RECEIPT...]` (Python 3.11).

A RECEIPT is what the desk once gave out for a command; without one, a journal that agrees with
itself is all that is shown. Not checked: prices and terms, whether the best bid is dealt with,
floors, marks; of bids that were erased, how those were ranked. Exit status 1: a fault.
"""

# ruff: noqa: D101, D102, D103, E701
# fmt: off
import json
import sys
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

Data = dict[str, Any]
Point = tuple[int, int]
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, SECOND = -121665 * pow(121666, -1, P) % P, 10**9
# --- Form: a line has one form only, numbers as strings, so that one history has one text ---------
class OddError(ValueError): ...
def written(data: Any) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
def parsed(line: bytes, keys: str) -> Data:
    data = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
    if written(data) + b"\n" != line or set(data) != set(keys.split()):
        raise OddError(f"this is not the one form of {keys}")
    return dict(data)
def sized(text: str, size: int) -> bytes:
    if len(text) != 2 * size or bytes.fromhex(text).hex() != text:
        raise OddError(f"{text[:20]!r} is not {size} bytes in lower-case digits")
    return bytes.fromhex(text)
# --- Trees (RFC 6962, section 2.1) and signatures (Ed25519: RFC 8032, section 5.1) ----------------
def root(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2: return leaves[0] if leaves else sha256().digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()
def add(p: Point, q: Point) -> Point:
    d = D * p[0] * q[0] * p[1] * q[1] % P
    x, y = p[0] * q[1] + q[0] * p[1], p[1] * q[1] + p[0] * q[0]
    return x * pow(1 + d, -1, P) % P, y * pow(1 - d, -1, P) % P
def times(s: int, p: Point) -> Point:
    return add(times(s >> 1, add(p, p)), p if s & 1 else (0, 1)) if s else (0, 1)
def point(text: bytes) -> Point:
    odd, y = divmod(int.from_bytes(text, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and odd):
        raise OddError("a signature or a key is no point of the curve")
    return (x if x & 1 == odd else P - x), y
def signed(key: bytes, signature: bytes, text: bytes) -> bool:
    s, base = int.from_bytes(signature[32:], "little"), point(b"\x58" + b"\x66" * 31)
    h = int.from_bytes(sha512(signature[:32] + key + text).digest(), "little") % Q
    return s < Q and times(s, base) == add(point(signature[:32]), times(h, point(key)))
# --- Time: nanoseconds since 1970, and the clocks and days off that a tender's opening states -----
def instant(text: str) -> int:
    second = (datetime.fromisoformat(text[:19]) - datetime(1970, 1, 1)) // timedelta(seconds=1)
    return second * SECOND + int(text[20:29])
class Almanac:
    def __init__(self, data: Data) -> None:
        self.changes = [(int(at), int(east[:6])) for at, east in data["offsets"]]
        self.days_off = {name: {*map(int, data[name])} for name in ("weekend", "closed", "opened")}
    def east(self, second: int) -> int:  # How many seconds clocks are ahead of UTC
        return [self.changes[0][1], *(east for at, east in self.changes if at <= second)][-1]
    def moments(self, day: int, minute: int) -> list[int]:  # Once, twice, or past a gap
        local = day * 86_400 + minute * 60
        found = {local - east for _, east in self.changes if self.east(local - east) == east}
        return sorted(s * SECOND for s in found or {local - self.east(local - 86_400)})
    def workday(self, day: int) -> int:  # This day, or the next with business
        weekend, closed, opened = self.days_off.values()
        while (day not in opened if (day + 3) % 7 in weekend else day in closed) and day < 10**6:
            day += 1
        return day
    def later(self, day: int, count: int, unit: str) -> int:
        if unit in ("months", "years"):
            start = date(1970, 1, 1) + timedelta(day)
            months = start.year * 12 + start.month - 1 + count * (12 if unit == "years" else 1)
            last = monthrange(months // 12, months % 12 + 1)[1]
            then = date(months // 12, months % 12 + 1, min(start.day, last))
            return day + (then - start).days
        for _ in range(count): day = self.workday(day + 1) if unit == "business days" else day + 1
        return day
    def end(self, spell: Data, start: int, tail: bool = False) -> int:  # In doubt for the holder
        closes, unit, count = int(spell["closes"][:4]), spell["unit"], int(spell["count"][:5])
        if unit == "hours": return start + count * 3600 * SECOND
        local = start + self.east(start // SECOND) * SECOND
        day, since_midnight = divmod(local, 86_400 * SECOND)
        if tail: return self.moments(self.later(day, count, unit), closes)[0]
        day += since_midnight > closes * 60 * SECOND
        while start > self.moments(day, closes)[0]: day += 1
        day = self.later(self.workday(day), count, unit)
        return self.moments(self.workday(day) if spell["roll"] else day, closes)[-1]
# --- The journal ----------------------------------------------------------------------------------
RIGHTS, BIDS = ("claims", "dormant", "bars"), {"BidReceived", "BidCommitted", "BidRecalled"}
PHASES = {"BiddingStarted": "bidding", "RevealStarted": "revealing", "BidsOpened": "opened"}
WHEN = {"BiddingStarted": "asking", "BidReceived": "", "BidsOpened": ""}  # "": at the end
WHEN |= dict.fromkeys(("BidCommitted", "BidRecalled", "RevealStarted"), "bidding")
OF_TIME = {*PHASES, "ClockStarted", "Passed", "Lapsed", "RightExpired", "TurnEnded", "TailStarted"}
OF_TIME |= {"TailEnded", "BidderFreed", "TenderClosed"}
OF_BIDDER = {"BidRecalled", "BidRevised", "StoodBy"}
OF_PARTY = OF_BIDDER | {"BidReceived", "BidCommitted", "Assigned", "BarLifted", "Answered"}
OF_EITHER = {"Declared", "Delivered", "Signed", "TakingFailed", "Refused"}
PHASES |= {"TenderWithdrawn": "ended", "TenderClosed": "ended"}
FIRST = {"NoticeServed": "FloorReached", "Answered": "TurnsUndone"}  # of the same command
OPEN = {"idle", "noticed", "offered"}  # how a right stands that was asked and not cleared
CLEARED = {"taken", "waived", "silent", "countered", "unable"}  # and of one that was cleared
STATES: Data = {"take": "taken", "waive": "waived", "counter": "countered", "offer": "offered"}
STATES |= {"ClockStarted": "noticed", "Lapsed": "silent", "RightExpired": "expired"}
class Journal:  # What lines told; `t` is a tender: its opening, and its events
    def __init__(self) -> None:
        self.wrong: list[tuple[int, str]] = []  # line of the file (0: a receipt), sentence
        self.about, self.began, self.ats = Data(), dict[Any, int](), list[tuple[int, int]]()
        self.line, self.at, self.last, self.links = 1, 0, Data(), list[bytes]()
        self.tenders, self.defaults = dict[str, Data](), set[str]()
        self.agreements, self.capacity = dict[str, list[Data]](), dict[tuple[str, ...], Data]()
        self.buyer, self.parties, self.keys, self.unjudged = "", {""}, dict[Any, Any](), 0
    def unless(self, good: Any, sentence: str) -> None:
        if not good: self.wrong.append((self.line, sentence))
    def read(self, lines: Iterable[bytes], receipts: list[tuple[str, bytes]]) -> None:  # History
        rest = iter(lines)
        self.about = about = parsed(next(rest, b""), "desk format key type")
        key, before = sized(about["key"], 32), f"offtake journal 1\n{about['desk']}\n".encode()
        link, text = sha256(before + key).digest(), next(rest, b"")
        promised = []
        for name, paper in receipts:
            try: promised.append((name, *self.promised(about, key, paper)))
            except Exception as error:
                why = f": {error}" if isinstance(error, OddError) else " is no receipt and no proof"
                self.wrong.append((0, name + why))
        found: Data = dict.fromkeys(link for _, link, _ in promised)
        for self.line, following in enumerate(rest, 2):
            try:
                entry = parsed(text, "commitment event label number salt")
                link = self.entry(entry, link)
                if link.hex() in found:
                    e, label = entry["event"] or {"type": "", "by": None}, entry["label"]
                    found[link.hex()] = self.line, {**(e["by"] or {}), **e, "label": label}
            except Exception as error:
                why = str(error) if isinstance(error, OddError) else "a part is missing or odd"
                self.unless(False, f"this line cannot be read: {why}")
            self.links.append(link)
            text = following
        self.line += 1
        head, top = parsed(text, "at root signature size type"), root(self.links).hex()
        same = (head["type"], head["size"], head["root"]) == ("Head", str(len(self.links)), top)
        same = same and instant(head["at"]) >= self.at and about["format"] == "1"
        self.unless(same, f"the entries come to {top}, not to this")
        said = "\n".join(["offtake head 1", about["desk"], head["size"], top, head["at"], ""])
        self.unless(signed(key, sized(head["signature"], 64), said.encode()), "this is not signed")
        # While a tender's bids are sealed, a journal ends with the event that began it.
        until = self.tenders[self.last["tender"]]["until"] if "closes" in self.last else 0
        early = instant(head["at"]) <= until
        for t in self.tenders.values():
            opened = "BidsOpened" in [x["type"] for x in t["events"]]
            good = early or t["erased"] or (t["phase"] == "ended" and not opened)
            for line in () if good or self.wrong else t["hidden"]:
                self.wrong.append((line, "this is not shown, and no seal hides it"))
        for name, promise, wanted in promised:
            at, who = instant(wanted["at"]), (wanted["actor"], wanted["key"])
            said = f"{name}: the command {who[1]} of {who[0]}, promised at {wanted['at']}, "
            if found[promise] is None:
                late = [line for then, line in self.ats if then > at]
                line = self.began.get(who) or [*late, self.line][0]
                said += "stands here under another link" if who in self.began else "is not in it"
                said += f": link {promise[:16]}... should stand here" + " or before" * bool(late)
                if who in self.began or not early or at < self.at: self.wrong.append((line, said))
                continue
            line, told = found[promise]  # What is not shown cannot be held against a promise.
            self.unjudged += not told["type"]
            if not (told if told["type"] else wanted | told).items() >= wanted.items():
                self.wrong.append((line, said + "is another here than was promised"))
    def promised(self, about: Data, key: bytes, text: bytes) -> tuple[str, Data]:  # A proof too
        text = written(json.loads(text).get("receipt")) + b"\n" if b'"Proof"' in text else text
        data = parsed(text, "actor at command desk digest key label link signature type")
        actor, command, label = (written(data[x]).decode() for x in ("actor", "command", "label"))
        said = ["offtake receipt 1", about["desk"], actor, command, data["digest"], data["at"]]
        text = "\n".join([*said, label, data["link"], ""]).encode()
        good = signed(key, sized(data["signature"], 64), text) and data["type"] == "Receipt"
        good = good and all(data[name] == about[name] for name in ("desk", "key"))
        if not good: raise OddError("this journal's desk did not sign this")
        told = {name: data[name] for name in ("actor", "digest", "at", "label")}
        return data["link"], told | {"key": data["command"]}
    def entry(self, entry: Data, before: bytes) -> bytes:  # As committed to, or sealed
        label, event, salt = entry["label"], entry["event"], entry["salt"]
        number, committed = str(len(self.links)), sized(entry["commitment"], 32)
        good = entry["number"] == number and (event is None) == (salt is None)
        self.unless(good, f"entry {number} belongs here")
        self.last = event or {}
        ours = label in self.tenders and self.tenders[label]["phase"] in ("bidding", "revealing")
        sealed = event is None or event["type"] in BIDS or (event["type"] == "Refused" and label)
        ours = ours and (event or {}).get("tender", label) == label
        self.unless(ours if sealed else not label, "no seal hides this, or a wrong one does")
        if event is not None:
            same = sha256(sized(salt, 32) + written(event)).digest() == committed
            self.unless(same, "this event is not what was committed to")
            self.happened(event)
        elif label in self.tenders: self.tenders[label]["hidden"].append(self.line)
        return sha256(b"\0" + before + committed + label.encode()).digest()
    def happened(self, e: Data) -> None:
        before, self.at, name = self.at, instant(e["at"]), e["type"]
        self.ats.append((self.at, self.line))
        self.unless(self.at >= before, "this is of an earlier instant than what came before")
        self.unless((name == "Founded") == (not self.links), "a desk is founded first, and once")
        if name in ("Founded", "Admitted"):
            self.buyer = self.buyer or e["buyer"]
            self.parties |= {self.buyer, *e["parties"], *e.get("auditors", ())}
        self.whose(e, self.tenders.get(e.get("tender", ""), {"bids": {}, "committed": {}}))
        if name == "TenderOpened":
            rights = {kind: {x["clause"]: x for x in e[kind]} for kind in RIGHTS}
            clocks = {name: Almanac(data) for name, data in e["almanacs"].items()}
            fresh: Data = {"events": [], "bids": {}, "committed": {}, "hidden": []}
            fresh |= {"phase": "asking", "erased": False, "clocks": clocks}
            self.tenders.setdefault(e["tender"], e | rights | fresh)
        elif name == "Declared":
            has = self.capacity.setdefault((e["party"], e["chip"], e["region"]), {"used": 0})
            has |= {"chips": int(e["chips"]), "upstream": e["upstream"]}
        elif name == "DefaultRecorded":
            (self.defaults.discard if e["cured"] else self.defaults.add)(e["holder"])
        elif name == "Assigned":
            for t in [t for t in self.tenders.values() if t["phase"] != "ended"]:
                for right in [t[kind].get(e["clause"], {}) for kind in RIGHTS]:
                    right |= {"holder": e["to"]} if right.get("holder") == e["holder"] else {}
        elif "tender" in e:
            t = self.tenders[e["tender"]]
            t["events"].append(e)
            self.bidding(t, e)
            self.asking(t, e)
            if name == "Signed": self.signing(t, e)
            elif name in ("TakingFailed", "AgreementFailed"):
                for has in self.agreements.pop(e["agreement"], []): has["used"] -= int(e["chips"])
    def whose(self, e: Data, t: Data) -> None:  # The buyer, its party, or time: once
        name, bid = e["type"], e.get("bid")
        by = {"actor": "", "key": ""} if e["by"] is None else e["by"]
        actor, told = by["actor"], (e["at"], by.get("digest"))
        known = {**t["committed"], **t["bids"]} if name in OF_BIDDER else {}
        of: Data = e["bid"] if name == "BidReceived" else known.get(bid, e)
        own = of.get("bidder") or of.get("holder") or of.get("party") or actor
        who, gone = {self.buyer}, e.get("spent") and e["why"] != "default"
        if name in OF_TIME or gone or e.get("how") == "expired": who = {""}
        elif name in OF_PARTY and not e.get("letter"): who = {own}
        elif name in OF_EITHER and e.get("spent", True) and e.get("clause", "") is not None:
            who |= {own}
        elif name == "FloorReached" or e.get("kind") == "first offer": who |= {""}
        self.unless(actor in who & self.parties, f"this is not for {actor or 'time'} to do")
        good = not actor or self.keys.get((actor, by["key"])) in (None, (FIRST.get(name), *told))
        self.unless(good, "a command has one effect")
        self.keys[actor, by["key"]] = (name, *told)
        self.began.setdefault((actor, by["key"]), self.line)
    def bidding(self, t: Data, e: Data) -> None:  # Bids stay sealed until opened
        bid, name, pledged = e.get("bid", {}), e["type"], bool(t.get("reveal"))
        good = t["phase"] == (WHEN.get(name, t["phase"]) or ("revealing" if pledged else "bidding"))
        end = t["until" if name == "BidReceived" else "closes"] if name in BIDS else self.at
        self.unless(good and self.at <= end, "this is too early, too late, or too often")
        t["phase"] = PHASES.get(name, t["phase"])
        match name:
            case "FloorReached":
                t["claims"] |= {c: t["dormant"].pop(c) for c in e["clauses"] if c in t["dormant"]}
            case "BarLifted":
                self.unless(t["bars"].pop(e["clause"])["holder"] == e["holder"], "not its right")
            case "BiddingStarted":
                clock = t["clocks"][t["bidding_almanac"]]
                t["closes"] = clock.end(t["bidding"], self.at)
                t["until"] = clock.end(t["reveal"], t["closes"]) if t.get("reveal") else t["closes"]
                self.unless(instant(e["closes"]) == t["closes"], f"it ends at {t['closes']}")
            case "RevealStarted":
                good = (self.at, instant(e["ends"])) == (t["closes"], t["until"])
                self.unless(good, f"it lasts from {t['closes']} to {t['until']}")
            case "BidCommitted":
                other = {k: x for k, x in t["committed"].items() if x["bidder"] != e["bidder"]}
                t["committed"] = {**other, bid: {x: e[x] for x in ("commitment", "at", "bidder")}}
            case "BidRecalled": t["bids"].pop(bid, t["committed"].pop(bid, None))
            case "BidReceived":
                told = {name: bid[name] for name in bid if name not in ("id", "received")}
                text = written({"bid": told, "buyer": self.buyer, "tender": t["tender"]})
                salt, who = bytes.fromhex(e.get("salt", "")), bid["bidder"]
                hashed = sha256(salt + text).hexdigest()
                now = {"commitment": hashed, "at": bid["received"], "bidder": who}
                was = t["committed"].get(bid["id"]) if pledged else now | {"at": e["at"]}
                self.unless(was == now and bid["id"] not in t["bids"], "another was committed to")
                other = {k: x for k, x in t["bids"].items() if x["bidder"] != who}
                t["bids"] = {**other, bid["id"]: bid}
            case "BidsOpened":
                bids, names = t["bids"], [x["bid"] for x in e["ranking"]]
                unseen, own = {*names} - bids.keys(), [bids.get(x["bid"], x) for x in e["ranking"]]
                good = self.at == t["until"] and len(names) == len({*names, *bids})
                good = good and len(unseen) <= len(t["hidden"]) // (1 + pledged)
                good = good and [x["bidder"] for x in e["ranking"]] == [x["bidder"] for x in own]
                self.unless(good, "other bids are ranked than those that stand, or not on time")
                then = [() if unseen else (x["received"], x["id"]) for x in own]
                rank = list(zip((Decimal(x["effective"]) for x in e["ranking"]), then, strict=True))
                self.unless(rank == sorted(rank), "bids are ranked in another order")
            case "BidsErased": t["erased"] = t["phase"] == "ended"
    def asking(self, t: Data, e: Data) -> None:  # Windows run their full length
        name, clause, number = e["type"], e.get("clause", ""), e.get("round", "")
        of = [x for x in t["events"] if x.get("round") == number]
        clocks = [x for x in of if x["type"] == "ClockStarted" and x["clause"] == clause]
        if name == "ClockStarted":
            claim, again = t["claims"][clause], of[0]["again"]
            before = [x for x in t["events"] if x["type"] == name and x["round"] == again]
            short = claim["reoffer"] and clause in [x["clause"] for x in before]
            spell = claim["reoffer" if short and of[0]["kind"] == "changed terms" else "window"]
            end = t["clocks"][claim["almanac"]].end(spell, self.at)
            self.unless(instant(e["deadline"]) == end, f"this window ends at {end}")
        elif name in ("Lapsed", "Answered"):
            begun, end = instant(clocks[-1]["at"]), instant(clocks[-1]["deadline"])
            received = instant(e.get("received") or e["at"])
            good = end <= self.at if name == "Lapsed" else begun <= received <= min(end, self.at)
            good = good and e["holder"] == t["claims"][clause]["holder"]
            self.unless(good, "this came too early or too late, or from somebody else")
        elif name in ("TurnEnded", "TailStarted", "TailEnded"):
            self.unless(self.chips(of, number)[0] == int(e["left"]) >= 0, "other chips are left")
    def signing(self, t: Data, e: Data) -> None:  # Nobody is passed over; capacity
        party, (left, taken) = e["party"], self.chips(t["events"], e["round"])
        if e["clause"] is not None:
            took = taken.get(e["clause"], e)
            self.unless((took["chips"], took.get("holder")) == (e["chips"], party), "not taken")
        else:
            left = left if e["round"] else 0
            self.unless(left >= 0 and t["bids"][e["bid"]]["bidder"] == party, "no bid, or no chips")
            for right in [x for kind in ("bars", "claims") for x in t[kind].values()]:
                good = right["holder"] == party or self.lets(t, e, right)
                self.unless(good, f"{right['holder']} is passed over ({right['clause']})")
        of = [self.capacity[x, t["lot"]["chip"], t["lot"]["region"]] for x in e["chain"]]
        hosts = {*(e["via"] or [party])} | {has["upstream"] for has in of} - {None}
        for has in of: has["used"] += int(e["chips"])
        good = hosts == set(e["chain"]) and all(has["used"] <= has["chips"] for has in of)
        self.unless(good, f"the capacity of {e['chain']} is promised twice")
        self.agreements[e["agreement"]] = of
    def lets(self, t: Data, e: Data, right: Data) -> bool:  # Whether others may sign
        clause, expires, number = right["clause"], right["expires"], e["round"]
        force = instant(right["since"]) <= self.at and (not expires or self.at <= instant(expires))
        spent = any(x["spent"] and x["clause"] == clause for x in t["events"] if "spent" in x)
        freed = spent and clause in t["claims"] and (right["first"] or number is None)
        if freed or clause in t["bars"] or (right["first"] and not force): return freed or not force
        asked = [x for x in t["events"] if any(clause in turn for turn in x.get("turns", ()))]
        first, here = right["first"], ("first offer" if right["first"] else number)
        asked = [x for x in asked if x["kind" if first else "round"] == here]
        state, since = self.stands(t["events"], asked[-1]["round"], clause) if asked else ("", 0)
        if state in CLEARED or (first and state not in {*OPEN, ""}):
            tail, clock = right["tail"], t["clocks"][right["almanac"]]
            lasts = not tail or state == "expired" or self.at <= clock.end(tail, since, tail=True)
            noticed = first or right["anyone"] or asked[-1]["bid"] == e["bid"]
            return (lasts and noticed) or not (force or right["survives"])
        defaulted = state == "default" and right["holder"] in self.defaults
        return not force or state == "nothing left" or defaulted or (spent and state not in OPEN)
    def stands(self, events: list[Data], number: str, clause: str) -> tuple[str, int]:  # since when
        state, since = "idle", 0
        for e in [e for e in events if e.get("round") == number]:
            name, late = e["type"], state == "silent"
            if e.get("clause") != clause:
                state = "idle" if clause in e.get("clauses", ()) else state
            elif name in STATES or name == "Passed":
                state, since = STATES.get(name) or e["why"], instant(e["at"])
            elif name == "OfferDecided":
                state, since = "taken" if e["accepted"] else "declined", instant(e["at"])
            elif name == "Answered" and e["final"]:
                state = STATES.get(e["kind"]) or e["kind"]
                since = since if late and state != "taken" else instant(e["at"])
                state = "declined" if late and state == "offered" else state
        return state, since
    def chips(self, events: list[Data], number: str) -> tuple[int, dict[str, Data]]:  # of a round
        left, taken = 0, dict[str, Data]()
        for e in events:
            name = e["type"] if e.get("round") == number else ""
            if e["type"] == "NoticeServed" and number in (e["round"], e["again"]):
                left = int(e["chips"]) if name else 0
            elif name == "TurnEnded":
                taken |= {x["clause"]: {**x, "turn": int(e["turn"])} for x in e["allotted"]}
                left -= sum(int(x["chips"]) for x in e["allotted"])
            elif name == "Signed" and e["clause"] is None: left -= int(e["chips"])
            elif name == "TakingFailed": taken.pop(e["clause"])
            elif name == "TurnsUndone":
                gone = [c for c, x in taken.items() if x["turn"] >= int(e["turn"])]
                left += sum(int(taken.pop(c)["chips"]) for c in gone)
        return left, taken
def checked(lines: Iterable[bytes], receipts: Sequence[bytes] = (), names: Any = ()) -> Journal:
    journal, names = Journal(), names or [f"receipt {n + 1}" for n in range(len(receipts))]
    try: journal.read(lines, list(zip(names, receipts, strict=True)))
    except Exception: journal.unless(False, "a journal ends with a signed head, and this does not")
    return journal
def main(*names: str) -> int | str:
    if not names: return "usage: python alone.py JOURNAL [RECEIPT...]"
    try:
        with Path(names[0]).open("rb") as lines:
            found = checked(lines, [Path(name).read_bytes() for name in names[1:]], names[1:])
    except OSError as error: return f"{error.filename} cannot be read: {error.strerror}"
    except MemoryError: return f"{names[0]} cannot be read: a line is too long"
    if not found.about: return f"{names[0]} is no exported journal"
    for line, said in sorted(found.wrong)[:20]:
        entry = f" (entry {line - 2})" * (1 < line < len(found.links) + 2)
        print(f"line {line}{entry}: {said}" if line else said)
    print(f"entries: {len(found.links)}, receipts: {len(names) - 1}, not judged: ", end="")
    print(f"{found.unjudged}, faults: {len(found.wrong)}")
    return int(bool(found.wrong))
if __name__ == "__main__": sys.exit(main(*sys.argv[1:]))
