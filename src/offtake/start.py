"""A new book from a few answers: what is asked, and the text that the answers make.

Nothing here judges an answer: whoever asks reads the book that would come of it, so that a bad
answer is told in the reader's own words.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Answers = Mapping[str, str]
"""What was answered, by the question's key: text, as it will stand in the book."""

YES, NO = "yes", "no"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._%-]*")
_SOME_DAY = dt.date(2000, 1, 1)
_CURRENCY = re.compile(r"([A-Z]{3}) per ")


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its key, its words, the answer offered, and whether it is yes or no."""

    key: str
    asks: str
    default: str
    yes_no: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    key: str
    asks: str
    default: str | Callable[[Answers, dt.date], str]
    about: str = ""
    """The yes-or-no question on which it depends."""


def _currency(answers: Answers) -> str:
    """Of the first price that was answered; a book has one."""
    prices = (answers.get(key, "") for key in ("unserved", "price"))
    found = next(filter(None, map(_CURRENCY.search, prices)), None)
    return found[1] if found else "USD"


def _day(text: str) -> dt.date:
    """The day that was answered, or any day where that is none: the reader will say so."""
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return _SOME_DAY
    return found if 1900 <= found.year <= 9000 else _SOME_DAY


def _year_from(day: dt.date, years: int) -> dt.date:
    # 29 February has no anniversary in most years.
    return day.replace(year=day.year + years, day=min(day.day, 28))


_ASKED = (
    _Asked("buyer", "Who buys? (an id: lower case, no blanks)", "lab"),
    _Asked("as_of", "As of which day is it planned?", lambda _, today: today.isoformat()),
    _Asked("length", "For how long?", "24 months"),
    _Asked("purpose", "What are the chips for? (an id)", "training"),
    _Asked("chips", "How many are needed?", "512 chips"),
    _Asked("chip", "Of which kind?", "h100"),
    _Asked(
        "unserved", "What does an hour without a chip cost you, or never?", "4 USD per chip-hour"
    ),
    _Asked("seller", "Who has quoted? (an id)", "provider-a"),
    _Asked("quoted", "Which chip?", lambda a, _: a["chip"]),
    _Asked("region", "In which region? (an id)", "us-east"),
    _Asked("term", "For which term?", "12 months"),
    _Asked("price", "At what price?", lambda a, _: f"2.40 {_currency(a)} per chip-hour"),
    _Asked("max", "How many at most?", lambda a, _: a["chips"]),
    _Asked("lead", "How long from signature to service?", "30 days"),
    _Asked("contract", "Is there a contract that delivers already?", NO),
    _Asked("holds", "With whom? (an id)", "provider-b", "contract"),
    _Asked("delivers", "How many chips?", "256 chips", "contract"),
    _Asked("delivered", "Which chip?", lambda a, _: a["chip"], "contract"),
    _Asked("paid", "At what price?", lambda a, _: f"2.60 {_currency(a)} per chip-hour", "contract"),
    _Asked(
        "until",
        "Until which day?",
        lambda a, _: _year_from(_day(a["as_of"]), 1).isoformat(),
        "contract",
    ),
    _Asked("right", "Does anybody hold a first refusal on what you buy?", NO),
    _Asked("holder", "Who? (an id)", lambda a, _: a.get("holds", "provider-b"), "right"),
    _Asked("window", "How long may they take to answer?", "30 days", "right"),
)


def next_question(answers: Answers, today: dt.date) -> Question | None:
    """The first question that is still open; None where all are answered."""
    for one in _ASKED:
        if one.key in answers or (one.about and answers.get(one.about) != YES):
            continue
        default = one.default if isinstance(one.default, str) else one.default(answers, today)
        return Question(one.key, one.asks, default, yes_no=one.key in ("contract", "right"))
    return None


def completed(answers: Answers, today: dt.date) -> dict[str, str]:
    """The answers, and the answer offered for whatever is still open."""
    whole = dict(answers)
    while (question := next_question(whole, today)) is not None:
        whole[question.key] = question.default
    return whole


def files(answers: Answers) -> dict[str, str]:
    """The book that complete answers make: text by file name.

    An answer that is no plain word stands in quotes: it can break no line but its own.
    """
    as_of = _day(answers["as_of"])
    return {
        "book.yaml": _book(answers, as_of),
        "demand.yaml": _demand(answers),
        "offers.csv": _offers(answers),
        "agreements.yaml": _agreements(answers, as_of),
    }


def _written(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _book(answers: Answers, as_of: dt.date) -> str:
    said = {key: _written(text) for key, text in answers.items()}
    ids = dict.fromkeys(said[k] for k in ("buyer", "seller", "holds", "holder") if k in said)
    people = "".join(f"- {{id: {one}, name: {one}}}\n" for one in ids)
    first = dt.date(as_of.year + as_of.month // 12, as_of.month % 12 + 1, 1)
    return f"""\
# Every line may be changed; `offtake check` tells a wrong one with its place and how to mend it.
book:
  title: {_written(f"What {answers['buyer']} buys")}
  buyer: {said["buyer"]}
  # What is known is what was known that day; nothing is signed before it.
  as_of: {said["as_of"]}
  # Where days begin and windows close, such as America/New_York; whose holidays: US, GB, ...
  timezone: UTC
  calendar: none
  currency: {_currency(answers)}
  # A day is condensed into so many hours.
  periods: {{start: {first:%Y-%m}, length: {said["length"]}, hours: 4}}
  discount: 8% per year
  # How long it takes you to collect bids, and to sign.
  procurement: {{bidding: 10 days, signing: 10 days}}
  purposes: {{{said["purpose"]}: {{}}}}
  # scenarios: {{slow: 50%, fast: 50%}}: then a class of demand may state a path for each.
  include: [demand.yaml, offers.csv, agreements.yaml]

parties:
{people}"""


def _demand(answers: Answers) -> str:
    said = {key: _written(text) for key, text in answers.items()}
    return f"""\
# What is needed. What differs in purpose, or in what a shortage costs, is a class of its own.
demand:
- id: {said["purpose"]}
  purpose: {said["purpose"]}
  # Counted in these chips; others count by their throughput.
  unit: {said["chip"]}
  # Or by month: path: {{2026-03: 256 chips, 2027-03: 512 chips}}
  base: {said["chips"]}
  # Any time within the month will do. Leave it out for what must be served hour by hour.
  deferrable: month
  unserved: {said["unserved"]}
"""


def _offers(answers: Answers) -> str:
    """The quote as a row of a table: the next quote is the next row."""
    row = {
        "id": "quote-1",
        "seller": answers["seller"],
        "kind": "reserved",
        "chip": answers["quoted"],
        **{key: answers[key] for key in ("region", "term", "price", "max", "lead")},
        "valid_until": "",
    }
    text = io.StringIO()
    table = csv.DictWriter(text, list(row), lineterminator="\n")
    table.writeheader()
    table.writerow(row)
    return text.getvalue()


_NONE_SIGNED = """\
# What was signed: nothing yet. It would look like this:
#
# agreements:
# - id: contract-1
#   seller: provider-b
#   from: 2025-03-01
#   until: 2027-02-28
#   price: 2.60 USD per chip-hour
#   billing: used
#   deliveries:
#   - {id: d1, add: 256 chips, chip: h100, region: us-east, start: 2025-03-01}
#   clauses:
#   - {kind: take-or-pay, share: 80%, measured: quarter, make_up: 6 months}
agreements: []
"""


def _agreements(answers: Answers, as_of: dt.date) -> str:
    contract, right = answers.get("contract") == YES, answers.get("right") == YES
    one_deal = contract and right and answers["holder"] == answers["holds"]
    signed = _contract(answers, as_of, with_right=one_deal) if contract else ""
    if right and not one_deal:
        signed += _terms(answers, as_of)
    heading = "# What was signed, and what else was promised with it.\n"
    return f"{heading}agreements:\n{signed}" if signed else _NONE_SIGNED


def _contract(answers: Answers, as_of: dt.date, *, with_right: bool) -> str:
    said = {key: _written(text) for key, text in answers.items()}
    # Before the right of another, so that it was not signed over it.
    start = _year_from(as_of, -1)
    return f"""\
- id: contract-1
  seller: {said["holds"]}
  # The first day is assumed: write the true one here, and below.
  from: {start}
  until: {said["until"]}
  price: {said["paid"]}
  # Or used: the invoice follows use. What is paid all the same is then a clause take-or-pay.
  billing: reserved
  deliveries:
  - id: d1
    add: {said["delivers"]}
    chip: {said["delivered"]}
    region: {said["region"]}
    start: {start}
{_right(said) if with_right else ""}"""


def _terms(answers: Answers, as_of: dt.date) -> str:
    said = {key: _written(text) for key, text in answers.items()}
    return f"""\
- id: terms-1
  seller: {said["holder"]}
  # Both days are assumed: write the true ones here.
  from: {as_of}
  until: {_year_from(as_of, 10)}
{_right(said)}"""


def _right(said: Answers) -> str:
    return f"""\
  clauses:
  - id: first
    kind: first-refusal
    scope: {{capacity: new}}
    window: {{length: {said["window"]}}}
    # What the holder will do, if you have an opinion; it may take a part only if the right says so:
    # partial: any
    # expected: [{{take: 0%, weight: 70%}}, {{take: 50%, weight: 30%}}]
"""
