"""What hostile books are made of: a good beginning, and one thing after it or in it."""

from __future__ import annotations

from .writing import HEADER, PARTIES, START

Files = dict[str, str | bytes]
Case = tuple[Files, str, str]
"""The files of a book, the code of the fault that it must give, and where."""

SECRET = "parties: [{id: secret, name: what nobody may see}]\n"
COLUMNS = "id,seller,chip,region,term,price,max\n"
ROW = "o,cloud,h100,x,1 month,2 USD per chip-hour,9 chips\n"
PRICE = "price: 2 USD per chip-hour"
OFFER = f"offers:\n- {{id: o, seller: cloud, chip: h100, region: x, {PRICE}, "
NEED = "demand:\n- {id: d, purpose: api, unit: h100, unserved: never, "
PACT = "agreements:\n- {id: a, seller: cloud, from: 2025-02-01, until: 2026-01-31, "
SITE = (
    "sites:\n- {id: s, region: x, pue: 1.2, chips: [h100], power_price: 0.06 USD per kWh, "
    "phases: [{id: p, power: 1 MW meter, capex: 2 B USD, ready: 2025-06}]}\n"
)
GOOD = START + OFFER + "term: 1 month, max: 9 chips}\n" + NEED + "base: 3 chips}\n"


def more(text: str) -> Files:
    """The good beginning, ten lines with this text after it."""
    return {"book.yaml": START + text}


def instead(old: str, new: str, text: str = "") -> Files:
    """The good beginning with a part replaced, and a text after it."""
    assert old in START
    return {"book.yaml": START.replace(old, new) + text}


def with_header(line: str, text: str = "") -> Files:
    """A further line in the header: line 5 of the book."""
    return instead("12 months}", f"12 months}}\n  {line}", text)


def including(include: str, **files: str | bytes) -> Files:
    """A good book that includes something, and the files beside it."""
    named = {name.replace("_csv", ".csv").replace("_yaml", ".yaml"): t for name, t in files.items()}
    text = HEADER.replace("12 months}", f"12 months}}\n  include: [{include}]") + PARTIES
    return {"book.yaml": text, **named}


def offers(table: str | bytes) -> Files:
    """A good book with a table of offers."""
    return including("offers.csv", offers_csv=table)


def pact(words: str) -> Files:
    """A good book with one agreement: these are its last words."""
    return more(f"{PACT}{words}}}\n")


def clause(words: str) -> Files:
    """A good book with one agreement that has one clause."""
    return pact(f"clauses: [{{{words}}}]")


def trace(text: str | bytes, name: str = "t.csv") -> Files:
    """A good book with a class of demand whose shape is a trace."""
    need = NEED + "base: 9 chips, shape: {trace: " + name + "}}\n"
    return {**more(need), "t.csv": text}
