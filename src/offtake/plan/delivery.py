"""A plan on its way out: as plain data, as lines to paste into the book, as bytes to keep."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import Any

from offtake.plan.result import TABLES, Clash, PlanResult


def as_data(result: PlanResult) -> dict[str, Any]:
    """Everything as plain data, ready for JSON: days in ISO form, money as numbers."""
    figures = {
        "title": result.title,
        "buyer": result.buyer,
        "as_of": result.as_of,
        "currency": result.currency,
        "cost": result.cost,
        "cvar": result.cvar,
        "perfect_information": result.perfect_information,
        "months": list(result.months),
        "certificate": dict(result.certificate),
    }
    tables = {name: getattr(result, name).to_dicts() for name in TABLES}
    plain: dict[str, Any] = _plain({"status": "planned", **figures, **tables})
    return plain


def clash_data(clash: Clash) -> dict[str, Any]:
    """A clash as plain data, ready for JSON."""
    return {
        "status": "infeasible",
        "title": clash.title,
        "as_of": clash.as_of.isoformat(),
        "clash": [
            {
                "place": str(m.place),
                "line": m.line,
                "sentence": m.sentence,
                "change": {
                    "path": "/".join(m.change.path),
                    "old": m.change.old,
                    "new": m.change.new,
                    "sentence": m.change_sentence,
                },
            }
            for m in clash.members
        ],
        "certificate": dict(clash.certificate),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def plan_bytes(result: PlanResult) -> bytes:
    """The plan in one canonical form: the same plan gives the same bytes."""
    return (json.dumps(as_data(result), indent=1, sort_keys=True) + "\n").encode()


def book_lines(result: PlanResult) -> str:
    """Purchases as agreements in the book's own words, to paste in once they are signed."""
    head = (
        f"# Plan {result.certificate['plan'][:12]} of {result.title}, as of {result.as_of}:\n"
        "# what it would sign, in the book's words. Paste what was signed, with its true dates.\n"
    )
    signing = {row["purchase"]: row["sign_by"] for row in result.notices.iter_rows(named=True)}
    lines: list[str] = []
    for row in result.purchases.iter_rows(named=True):
        if row["what"] == "installed":
            lines.append(
                f"# install {row['chips']:.0f} {row['chip']} at {row['offer']} in "
                f"{row['start']:%Y-%m}\n"
            )
        else:
            lines.append(_agreement(row, signing.get(row["id"]), result.currency))
    lines += [
        f"# build {row['site']}/{row['phase']}: begin {row['start']:%Y-%m}, "
        f"ready {row['ready']:%Y-%m}\n"
        for row in result.builds.iter_rows(named=True)
        if not row["committed"]
    ]
    started = any(not line.startswith("#") for line in lines)
    return head + ("agreements:\n" if started else "") + "".join(lines)


def _agreement(row: dict[str, Any], signed: dt.date | None, currency: str) -> str:
    start: dt.date = row["start"]
    months = start.year * 12 + start.month - 1 + int(row["months"])
    end = dt.date(months // 12, months % 12 + 1, 1) - dt.timedelta(days=1)
    name = f"{row['offer'].replace('/', '-')}-{start:%Y-%m}"
    via = f"  via: {row['via']}\n" if row["via"] else ""
    on = f"  signed: {signed}\n" if signed else ""
    price = f"{row['price']:.9f}".rstrip("0").rstrip(".")
    return (
        f"- id: {name}\n"
        f"  seller: {row['seller']}\n{via}{on}"
        f"  from: {start}\n"
        f"  until: {end}\n"
        f"  price: {price} {currency} per chip-hour\n"
        f"  cause: {row['id']}\n"
        "  deliveries:\n"
        f"  - {{id: d1, add: {math.ceil(row['chips'] - 1e-6)} chips, chip: {row['chip']}, "
        f"region: {row['region']}, start: {start}}}\n"
    )
