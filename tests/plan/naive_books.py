"""Tiny books in which one or two kinds of clauses are on, as plain data and as text.

The plan's months are 2025-07 and 2025-08, which are equally long; every amount is a multiple of
five thousand chips for one of them, so that a cheapest plan lies on that grid. Data counts chips
and money in thousands; the text writes them out, so that a solver's tolerance of a hundredth of a
chip is as little as it is. A clause's words are data: a judge reads the same data, and never what
the book makes of the text.

The hosts of terms: `AR` and `AU`, an agreement with the cloud over ten chips, billed as reserved
or by use; `OR` and `OU`, an offer of Neo's. Rights of the cloud stand in an agreement without
capacity. The option, and a minimum spend that no agreement hosts, stand in one with Neo.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

Data = dict[str, Any]

RIGHTS = ("exclusive", "first-offer", "first-refusal", "minimum-share")
PACTS = (*RIGHTS, "expansion-option", "subcontract", "licence", "revenue-share")
TERMS = (
    "take-or-pay",
    "prepayment",
    "volume-tiers",
    "termination",
    "renewal",
    "sublet",
    "delay-credits",
    "escalator",
    "most-favoured",
    "minimum-spend",
)
KINDS = (*PACTS, *TERMS)
HOSTS = ("AR", "AU", "OR", "OU")

AS_OF = dt.date(2025, 5, 20)
JULY, AUGUST = dt.date(2025, 7, 1), dt.date(2025, 8, 1)
STARTS = (JULY, AUGUST)
PRICES = {"host": 4, "n": 4, "b": 8, "v": 6}
"""Per chip-hour: the host, Neo's offer, the cloud's, and the cloud's that another one hosts."""
UNSERVED = {"work": 20, "api": 30}
CURVE = {dt.date(2025, 5, 1): 4, dt.date(2025, 5, 10): 3}
"""Of the market; it goes on flat, so its last known price holds."""


# --- drawing ---------------------------------------------------------------------------------


def drawn(kinds: tuple[str, ...], host: str, seed: int) -> Data:
    """A book with these kinds on: needs, and the words of each."""
    draw = random.Random(f"{'+'.join(sorted(kinds))} {host} {seed}")
    own = host[0] == "A"
    data: Data = {
        "host": host,
        "discount": draw.choice([0, 10]),
        "signal": draw.random() < 0.4,
        "from": draw.choice(["2025-05-01", "2025-07-01"]),
        "until": draw.choice(["2025-08-31", "2025-12-31"]),
        "term": draw.choice([1, 2, 2]),
        "lead": draw.choice([0, 15]),
        "max": 10,
        "remainder": None,
        "needs": {s: [draw.choice([5, 10, 15, 20]) for _ in STARTS] for s in ("low", "high")},
        "api": None,
        "kinds": {},
    }
    idle = [0, 0, 5, 10] if draw.random() < 0.7 else [10, 20]
    if "take-or-pay" in kinds:  # little at first, so that something is made up
        for path in data["needs"].values():
            path[0] = draw.choice(idle)
    elif "termination" in kinds:  # little in the end, so that something is ended
        for path in data["needs"].values():
            path[1] = draw.choice(idle)
    if draw.random() < 0.4:
        del data["needs"]["high"]
    if "renewal" in kinds:
        data |= {"until": "2025-07-31", "term": 1}
    if not own and draw.random() < 0.4 and host == "OR":
        data["max"] = 20
    for kind in kinds:
        data["kinds"][kind] = WORDS[kind](draw, data, kinds)
    data["offers"] = ["b"] + ["n"] * (not own or any(k in PACTS for k in kinds))
    data["offers"] += ["v"] * ("subcontract" in kinds)
    return data


def _exclusive(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    service = data["host"] != "OU" and draw.random() < 0.5
    if service:
        data["api"] = {s: [draw.choice([5, 10]) for _ in STARTS] for s in data["needs"]}
    return {"service": service, "until": None if service else draw.choice([None, "2025-07-15"])}


def _first_offer(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    price = draw.choice([None, 3, 5, 6])
    return {
        "window": draw.choice([20, 50, 100]),
        "price": price,
        "ceiling": draw.choice([100, 80, 70]) if price else None,
        "until": draw.choice([None, None, "2025-07-15"]),
    }


def _first_refusal(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    if draw.random() < 0.25 and data["host"] == "OR":
        data |= {"max": 20, "remainder": 10}
    cases = draw.choice(
        [{100: 100}, {50: 100}, {0: 50, 100: 50}, {0: 50, 50: 50}, {50: 50, 100: 50}]
    )
    able, partial = draw.choice([(None, None), (None, None), (5, None), (None, 8)])
    return {
        "window": draw.choice([20, 20, 50]),
        "cases": cases,
        "able": able,
        "partial": partial,
        "lead": draw.choice([0, 0, 10, 20]),
        "until": draw.choice([None, None, "2025-07-15"]),
    }


def _minimum_share(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    return {
        "share": 50,
        "measured": draw.choice(["month", "quarter", "term"]),
        "shortfall": draw.choice([None, 1, 3]),
    }


def _expansion_option(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    return {
        "max": draw.choice([5, 10]),
        "price": 4 if "minimum-spend" in kinds else draw.choice([3, 5, 7]),
        "premium": draw.choice([0, 2976]) if "minimum-spend" in kinds else draw.choice([0, 500]),
        "notice": draw.choice([10, 20]),
        "until": draw.choice(["2025-06-25", "2025-07-20", "2025-07-20"]),
        "term": draw.choice([1, 2]),
    }


def _subcontract(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    return draw.choice(
        [{"allowed": False}, {"to": ["neo"]}, {"to": ["other"], "share": 50}, {"share": 60}]
    )


def _licence(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    return {"fee": draw.choice([3100, 6200]), "until": draw.choice([None, "2025-08-10"])}


def _revenue_share(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    return {
        "share": 20,
        "revenue": {"2025-05": draw.choice([10000, 25000])},
        "cap": draw.choice([None, 7000, 13000]),
        "until": draw.choice([None, "2025-08-10"]),
    }


def _take_or_pay(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    measured = draw.choice(["month", "month", "quarter"])
    if "escalator" in kinds or "most-favoured" in kinds:
        measured = "month"
    return {
        "share": draw.choice([50, 100]),
        "measured": measured,
        "make_up": draw.choice([None, 1, 1]) if measured == "month" else None,
    }


def _prepayment(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    due = ["at start", "20 days after start", "30 days before start", "at signing"]
    if data["host"] == "OR" and not data["lead"]:
        due.pop()
    words = {
        "share": draw.choice([25, 50]),
        "due": draw.choice(due),
        "after": draw.choice([0, 1]) if "renewal" not in kinds and data["term"] > 1 else 0,
        "up_to": draw.choice([50, 100]),
    }
    if data["host"][1] == "U":
        words["share"] = 50  # of two months: one of them; of more: never used up
    return words


def _volume_tiers(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    if data["host"] == "OR":
        data["max"] = 20
    whole = draw.random() < 0.5
    few = [{5: 20}, {10: 25}, {5: 10, 10: 40}] if whole else [{5: 25}, {5: 30}, {0: 10, 5: 40}]
    many = [{10: 20}, {20: 60}, {5: 10, 15: 40}] if whole else [{10: 50}, {5: 10, 15: 40}]
    tiers = draw.choice(few if data["max"] == 10 else many)
    if whole:  # a tier above 4,999 chips begins at 5,000
        tiers = {round(above - 0.001, 3): share for above, share in tiers.items()}
    return {"whole": whole, "tiers": tiers}


def _termination(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    return {
        "notice": draw.choice([10, 20, 40]),
        "from": None if "renewal" in kinds else draw.choice([None, None, "2025-08-01"]),
        "fee": draw.choice([None, 10, 25]),
        "sum": draw.choice([None, 1000]) if data["host"][0] == "A" else None,
    }


def _renewal(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    price = draw.choice(["price", "rate", "curve", "goes on"])
    automatic = draw.random() < 0.4 and data["host"] == "AR"
    notice = draw.choice([10, 35, 35, 80] if automatic else [10, 20, 35])
    if automatic:  # so that its day is one of the clause's
        data["from"] = "2025-05-01"
    return {
        "price": price,
        "term": draw.choice([1, 12]),
        "notice": notice,
        "any": draw.random() < 0.5,
        "automatic": automatic,
    }


def _sublet(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    share = draw.choice([50, 100])
    return {
        "share": 100 if "first-refusal" in kinds else share,
        "price": draw.choice(["2", "rate", "curve"]),
        "max": draw.choice([None, 5]) if data["host"][0] == "A" else 5,
    }


def _delay_credits(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    cases, after = [{0: 50, 31: 50}, {31: 100}, {0: 75, 62: 25}], [None, 20, 40]
    if "termination" in kinds:  # what is ended has come before
        cases, after = [{0: 50, 10: 50}, {10: 100}, {0: 75, 20: 25}], [None, 5, 15]
        if data["host"][0] == "O":  # a part of a lot for a part of a month is on no grid
            after = after[:1]
    return {
        "rate": draw.choice([1, 2]),
        "grace": 0 if "termination" in kinds else draw.choice([0, 15]),
        "cap": draw.choice([None, 20]),
        "end_after": draw.choice(after),
        "cases": draw.choice(cases),
    }


def _escalator(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    if data["host"][1] == "U":  # whole multiples keep what is measured in money on the grid
        return {
            "rate": draw.choice([100, -50]),
            "every": 12,
            "from": draw.choice(["2024-08-01", "2024-07-01"]),
            "bound": None,
        }
    rate = draw.choice([40, -30])
    return {
        "rate": rate,
        "every": 1,
        "from": draw.choice([None, "2025-05-16"]),
        "bound": draw.choice([None, 101 if rate > 0 else 99]),
    }


def _most_favoured(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    rival = draw.choice(
        [("2025-01-01", "2025-07-31"), ("2025-01-01", "2026-12-31"), ("2025-08-01", "2026-12-31")]
    )
    return {
        "price": draw.choice([1, 2]),
        "from": rival[0],
        "until": rival[1],
        "size_max": draw.choice([None, None, 99]),
        "lag": draw.choice([None, "31 days"]),
        "against": draw.choice([None, 20]) if data["host"][1] == "R" else None,
    }


def _minimum_spend(draw: random.Random, data: Data, kinds: tuple[str, ...]) -> Data:
    own = data["host"][0] == "A"
    words: Data = {
        "amount": draw.choice([40, 80, 120]) * 744,
        "measured": "month",
        "agreement": own and draw.random() < 0.4,
        "defer": draw.choice([None, 50]),
    }
    if data["host"][1] == "R" and draw.random() < 0.3:
        # July and August are 62 of the 92 days of their quarter.
        words |= {"measured": "quarter", "amount": words["amount"] // 744 * 2208, "defer": None}
    return words


WORDS: dict[str, Any] = {
    "exclusive": _exclusive,
    "first-offer": _first_offer,
    "first-refusal": _first_refusal,
    "minimum-share": _minimum_share,
    "expansion-option": _expansion_option,
    "subcontract": _subcontract,
    "licence": _licence,
    "revenue-share": _revenue_share,
    "take-or-pay": _take_or_pay,
    "prepayment": _prepayment,
    "volume-tiers": _volume_tiers,
    "termination": _termination,
    "renewal": _renewal,
    "sublet": _sublet,
    "delay-credits": _delay_credits,
    "escalator": _escalator,
    "most-favoured": _most_favoured,
    "minimum-spend": _minimum_spend,
}
