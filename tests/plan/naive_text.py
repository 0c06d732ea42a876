"""The text of the books in `naive_books`."""

from __future__ import annotations

from typing import Any

from .naive_books import PACTS, PRICES, TERMS, UNSERVED, Data

HEAD = """
book:
  buyer: lab
  as_of: 2025-05-20
  periods: {start: FIRST, length: LENGTH months, hours: 1}
  discount: DISCOUNT
  procurement: {bidding: 0 days, signing: 0 days}
  purposes: {work: {}, api: {}}
parties:
- {id: lab, name: Lab, roles: [buyer]}
- {id: cloud, name: Cloud, roles: [provider]}
- {id: neo, name: Neo, roles: [provider]}
- {id: other, name: Other, roles: [provider]}
- {id: rival, name: Rival, roles: [buyer]}
chips:
- {id: a, name: A, throughput: {any: 1}, kw_it: 1 kW}
curves:
- {id: market, prices: {2025-05-01: 4 USD per chip-hour, 2025-05-10: 3 USD per chip-hour},
   forecast: {flat: true}}
"""


def text(data: Data) -> str:
    """The book."""
    first, length = ("2025-06", 3) if data["signal"] else ("2025-07", 2)
    rate = f"{data['discount']}% per year" if data["discount"] else "0%"
    head = HEAD.replace("FIRST", first).replace("LENGTH", str(length)).replace("DISCOUNT", rate)
    return head + "agreements:\n" + _agreements(data) + "offers:\n" + _offers(data) + _demand(data)


def _clause(data: Data, kind: str) -> str:
    return f"  - {{kind: {kind}, {SAID[kind](data['kinds'][kind])}}}\n"


def _clauses(data: Data, kinds: list[str]) -> str:
    own = [_clause(data, k) for k in kinds if k in data["kinds"]]
    return "  clauses:\n" + "".join(own) if own else ""


def host_terms(data: Data) -> list[str]:
    """Which kinds stand in the host itself."""
    out = [k for k in TERMS if k in data["kinds"]]
    if data["host"][0] == "O" and "minimum-spend" in out:
        out.remove("minimum-spend")
    return out


def _agreements(data: Data) -> str:
    days = "from: 2025-01-01, until: 2026-12-31"
    deals = [(f"id: pact, seller: cloud, {days}", [k for k in PACTS if k != "expansion-option"])]
    side = ["expansion-option"] + ["minimum-spend"] * (data["host"][0] == "O")
    deals.append((f"id: side, seller: neo, {days}", side))
    out = "".join(
        "- " + "\n  ".join(head.split(", ")) + "\n" + _clauses(data, kinds) for head, kinds in deals
    )
    billing = "used" if data["host"][1] == "U" else "reserved"
    if data["host"][0] == "A":
        out += (
            f"- id: host\n  seller: cloud\n  signed: 2025-05-01\n  from: {data['from']}\n"
            f"  until: {data['until']}\n"
            f"  price: {PRICES['host']} USD per chip-hour\n  billing: {billing}\n"
            "  deliveries: [{id: d, add: 10000 chips, chip: a, region: r, start: 2025-07-01}]\n"
            + _clauses(data, host_terms(data))
        )
    if "most-favoured" in data["kinds"]:
        words = data["kinds"]["most-favoured"]
        out += (
            f"- id: rivals\n  seller: {'cloud' if data['host'][0] == 'A' else 'neo'}\n"
            f"  buyer: rival\n  signed: 2025-01-01\n  from: {words['from']}\n"
            f"  until: {words['until']}\n  price: {words['price']} USD per chip-hour\n"
            "  deliveries: [{id: d, add: 100000 chips, chip: a, region: r, "
            f"start: {words['from']}}}]\n"
        )
    return out


def _offers(data: Data) -> str:
    out = ""
    for name in data["offers"]:
        host = name == "n" and data["host"][0] == "O"
        seller = "neo" if name == "n" else "cloud"
        via = "\n  via: other" if name == "v" else ""
        out += (
            f"- id: {name}\n  seller: {seller}{via}\n  chip: a\n  region: r\n"
            f"  term: {data['term'] if host else 2} months\n"
            f"  price: {PRICES[name]} USD per chip-hour\n"
            f"  max: {data['max'] if name == 'n' else 10}000 chips\n  block: 10000 chips\n"
            "  starts_from: 2025-07\n  starts_until: 2025-08\n"
        )
        if name == "n" and data["lead"]:
            out += f"  lead: {data['lead']} days\n"
        if name == "n" and data["remainder"]:
            out += f"  remainder_min: {data['remainder']}000 chips\n"
        if host:
            out += "  billing: used\n" if data["host"][1] == "U" else ""
            out += _clauses(data, host_terms(data))
    return out


def _demand(data: Data) -> str:
    out = "demand:\n"
    names = list(data["needs"])
    for purpose, paths in (("work", data["needs"]), ("api", data["api"])):
        if paths:
            out += _class(purpose, purpose, names, UNSERVED[purpose], paths, "")
    if data["signal"]:
        paths = {s: [10 * (n + 1)] for n, s in enumerate(names)}
        out += _class("signal", "work", names, 1, paths, ", regions: [nowhere], until: 2025-06")
    return out


def _class(name: str, purpose: str, names: list[str], price: int, paths: Data, more: str) -> str:
    first = 6 if name == "signal" else 7
    begins = "" if name == "signal" else ", from: 2025-07"

    def path(chips: list[int]) -> str:
        return (
            "{"
            + ", ".join(f"2025-{first + t:02d}: {c}000 chips" for t, c in enumerate(chips))
            + "}"
        )

    if len(names) == 1:
        stated = f"path: {path(paths[names[0]])}"
    else:
        cases = ", ".join(f"{s}: {{weight: 50%, path: {path(paths[s])}}}" for s in names)
        stated = f"scenarios: {{{cases}}}"
    return (
        f"- {{id: {name}, purpose: {purpose}, unit: a, unserved: {price} USD per chip-hour"
        f"{more}{begins}, {stated}}}\n"
    )


def _scope(words: Data) -> str:
    inner = ["capacity: new"]
    if words.get("service"):
        inner.append("purposes: [api]")
    if words.get("until"):
        inner.append(f"until: {words['until']}")
    return "scope: {" + ", ".join(inner) + "}"


def _joined(*parts: str | None) -> str:
    return ", ".join(p for p in parts if p)


def _window(words: Data) -> str:
    return f"window: {{length: {words['window']} days, closes: '17:00', roll: none}}"


def _said_refusal(w: Data) -> str:
    cases = ", ".join(f"{{take: {a}%, weight: {p}%}}" for a, p in w["cases"].items())
    return _joined(
        _scope(w),
        _window(w),
        f"able: {w['able']}000 chips" if w["able"] else None,
        f"partial: {{min: {w['partial']}000 chips}}" if w["partial"] else None,
        f"lead: {w['lead']} days" if w["lead"] else None,
        f"expected: [{cases}]",
        "at_expiry: survives",
    )


def _said_option(w: Data) -> str:
    return (
        f"max: {w['max']}000 chips, chip: a, region: r, price: {w['price']} USD per chip-hour, "
        f"term: {w['term']} months, exercise: {{from: 2025-06-01, until: {w['until']}}}, "
        f"notice: {w['notice']} days, premium: {w['premium']} USD per chip"
    )


def _said_subcontract(w: Data) -> str:
    return _joined(
        f"allowed: {'true' if w.get('allowed', True) else 'false'}",
        f"to: [{', '.join(w['to'])}]" if "to" in w else None,
        f"share: {w['share']}%" if "share" in w else None,
    )


def _said_renewal(w: Data) -> str:
    price = {
        "price": "price: 3 USD per chip-hour",
        "rate": "rate: 75%",
        "curve": "curve: market",
        "goes on": None,
    }
    return _joined(
        f"term: {w['term']} months",
        f"notice: {w['notice']} days",
        price[w["price"]],
        f"part: {'any' if w['any'] else 'whole'}",
        "automatic: true" if w["automatic"] else None,
    )


def _said_sublet(w: Data) -> str:
    price = {"2": "price: 2 USD per chip-hour", "rate": "rate: 50%"}
    return _joined(
        f"share: {w['share']}%",
        price.get(w["price"], "curve: market, rate: 60%"),
        f"max: {w['max']}000 chips" if w["max"] else None,
    )


def _said_delay(w: Data) -> str:
    cases = ", ".join(f"{{late: {d} days, weight: {p}%}}" for d, p in w["cases"].items())
    return _joined(
        f"rate: {w['rate']}% of monthly fee per day",
        f"grace: {w['grace']} days",
        f"cap: {w['cap']}% of monthly fee" if w["cap"] else None,
        f"terminate: {{after: {w['end_after']} days}}" if w["end_after"] else None,
        f"expected: [{cases}]",
    )


def _said_escalator(w: Data) -> str:
    rises = w["rate"] > 0
    return _joined(
        f"{'rises' if rises else 'falls'}: {abs(w['rate'])}% per year",
        f"every: {w['every']} months",
        f"from: {w['from']}" if w["from"] else None,
        f"{'cap' if rises else 'floor'}: {w['bound']}%" if w["bound"] else None,
    )


def _said_favoured(w: Data) -> str:
    return _joined(
        "chips: [a]",
        f"size_max: {w['size_max']}000 chips" if w["size_max"] else None,
        f"lag: {w['lag']}" if w["lag"] else None,
        f"against: market, discount: {w['against']}%" if w["against"] else None,
    )


SAID: dict[str, Any] = {
    "exclusive": _scope,
    "first-offer": lambda w: _joined(
        _scope(w),
        _window(w),
        f"price: {w['price']} USD per chip-hour, ceiling: {w['ceiling']}%" if w["price"] else None,
        "at_expiry: survives",
    ),
    "first-refusal": _said_refusal,
    "minimum-share": lambda w: _joined(
        f"share: {w['share']}%",
        f"measured: {w['measured']}",
        f"shortfall: {w['shortfall']} USD per chip-hour" if w["shortfall"] else None,
        "scope: {capacity: new}",
    ),
    "expansion-option": _said_option,
    "subcontract": _said_subcontract,
    "licence": lambda w: _joined(
        "of: weights, holder: lab",
        f"fee: {w['fee']}000 USD per month",
        f"until: {w['until']}" if w["until"] else None,
    ),
    "revenue-share": lambda w: _joined(
        f"share: {w['share']}%, of: revenue, payer: lab",
        "revenue: {"
        + ", ".join(f"{m}: {v}000 USD per month" for m, v in w["revenue"].items())
        + "}",
        f"cap: {w['cap']}000 USD" if w["cap"] else None,
        f"until: {w['until']}" if w["until"] else None,
    ),
    "take-or-pay": lambda w: _joined(
        f"share: {w['share']}%, measured: {w['measured']}",
        f"make_up: {w['make_up']} months" if w["make_up"] else None,
    ),
    "prepayment": lambda w: (
        f"share: {w['share']}% of delivery value, due: {w['due']}, "
        f"credit_after: {w['after']} months, credit_up_to: {w['up_to']}% of invoice"
    ),
    "volume-tiers": lambda w: (
        f"basis: {'whole' if w['whole'] else 'marginal'}, tiers: ["
        + ", ".join(
            f"{{above: {round(a * 1000)} chips, discount: {d}%}}" for a, d in w["tiers"].items()
        )
        + "]"
    ),
    "termination": lambda w: _joined(
        f"notice: {w['notice']} days",
        f"from: {w['from']}" if w["from"] else None,
        f"fee: {w['fee']}% of remaining value" if w["fee"] else None,
        f"fee_sum: {w['sum']}000 USD" if w["sum"] else None,
    ),
    "renewal": _said_renewal,
    "sublet": _said_sublet,
    "delay-credits": _said_delay,
    "escalator": _said_escalator,
    "most-favoured": _said_favoured,
    "minimum-spend": lambda w: _joined(
        f"amount: {w['amount']}000 USD, measured: {w['measured']}",
        f"counts: {'agreement' if w['agreement'] else 'seller'}",
        f"defer: {w['defer']}%" if w["defer"] else None,
    ),
}
