"""Payments of what was posted, and capital calls, as groups that the desk keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from offtake.book.force import Book
from offtake.book.near import nearest
from offtake.clauses.base import Told
from offtake.dealing.offered import hashed
from offtake.dealing.seeing import Booked
from offtake.dealing.wrong import WrongDealingError
from offtake.plan.result import PlanResult
from offtake.plan.words import one_line
from offtake.settle.capital import Begun, Call, Installed, calls, spending
from offtake.settle.postings import call, paid_in, payment
from offtake.settle.standing import called_of
from offtake.units import Money, Month, QuantityError, parse_money
from offtake.units.minor import minor_of, money_of
from offtake.units.postings import Group

PAID = "paid"
"""What stands in the id of a payment, between that of what is paid and its number."""


@dataclass(frozen=True, slots=True)
class Due:
    """What one party owes another by one statement or call, and what of it was paid."""

    payer: str
    payee: str
    owed: Money
    paid: Money

    @property
    def left(self) -> Money:
        """Owed and not paid; negative where more was paid."""
        return self.owed - self.paid


def named(posted: Mapping[str, Booked], name: str) -> Booked:
    """What was posted under an id, whichever revision is named. Raises `WrongDealingError`."""
    found = posted.get(name.partition("~")[0])
    if found is None:
        hint = nearest(name, posted) or "offtake ledger balance shows what was"
        raise WrongDealingError(f"nothing was posted as {one_line(name[:80])!r}; {hint}")
    return found


def dues(posted: Mapping[str, Booked], group: Group) -> tuple[Due, ...]:
    """Between each two parties of a statement or call: what is owed, and what was paid of it."""
    owed: dict[tuple[str, str], int] = {}
    for line in group.lines:
        back = (line.payee, line.payer)
        pair, sign = (back, -1) if back in owed else ((line.payer, line.payee), 1)
        owed[pair] = owed.get(pair, 0) + sign * line.amount
    paid: dict[tuple[str, str], int] = {}
    for one in posted.values():
        if one.group.base.startswith(f"{group.base}/{PAID}/"):
            for line in one.group.lines:
                pair = line.payer, line.payee
                paid[pair] = paid.get(pair, 0) + line.amount
    found = []
    for (payer, payee), amount in owed.items():
        who, whom, due = (payer, payee, amount) if amount >= 0 else (payee, payer, -amount)
        net = paid.get((who, whom), 0) - paid.get((whom, who), 0)
        found.append(Due(who, whom, money_of(due, group.currency), money_of(net, group.currency)))
    return tuple(found)


def pay(
    posted: Mapping[str, Booked],
    name: str,
    amount: str,
    day: dt.date,
    *,
    payer: str | None = None,
    evidence: str | None = None,
) -> Group:
    """What a payment of a statement or call posts; `payer` where several owe by it."""
    group = named(posted, name).group
    if group.kind == "payment":
        raise WrongDealingError(f"{group.id} is a payment; name the statement or call it is of")
    due = _due(dues(posted, group), group, payer)
    paid = _money(amount, group.currency)
    number = sum(base.startswith(f"{group.base}/{PAID}/") for base in posted) + 1
    causes = [group.id] if evidence is None else [group.id, f"sha256:{hashed(evidence)}"]
    made = payment(
        f"{group.base}/{PAID}/{number}", group.subject, due.payer, due.payee, paid, day,
        why=f"payment of {group.id}", causes=causes,
    )  # fmt: skip
    return paid_in(made) if group.kind == "call" else made


def _due(found: Sequence[Due], group: Group, payer: str | None) -> Due:
    owing = [one for one in found if one.owed.amount]
    own = [one for one in owing if payer in (None, one.payer)]
    if len(own) == 1:
        return own[0]
    who = ", ".join(dict.fromkeys(one.payer for one in owing)) or "nobody"
    if payer is not None and not own:
        raise WrongDealingError(f"{payer} owes nothing by {group.id}; by it owes: {who}")
    raise WrongDealingError(f"say who pays of {group.id}: --from; by it owes: {who}")


def _money(text: str, currency: str) -> Money:
    try:
        amount = parse_money(text)
        minor_of(amount)
    except QuantityError as error:
        raise WrongDealingError(str(error)) from error
    except ValueError as error:
        raise WrongDealingError(f"{error}; write no finer amount") from error
    if amount.currency != currency or amount.amount <= 0:
        raise WrongDealingError(f"a payment is an amount of {currency} above nothing, not {text}")
    return amount


def asked_for(
    book: Book, month: Month, groups: Sequence[Group], plan: PlanResult | None = None
) -> tuple[tuple[Call, ...], tuple[Told, ...]]:
    """The capital calls of a month, after those posted of earlier months.

    For phases under way by the book, and for those that a plan begins and chips that it installs.
    """
    begun = () if plan is None else tuple(_begun(plan))
    installed = () if plan is None else tuple(_installed(plan))
    return calls(book, month, spending(book, month, begun, installed), called_of(groups))


def _begun(plan: PlanResult) -> Iterator[Begun]:
    for row in plan.builds.iter_rows(named=True):
        if not row["committed"]:
            yield Begun(row["site"], row["phase"], Month.of(row["start"]), Month.of(row["ready"]))


def _installed(plan: PlanResult) -> Iterator[Installed]:
    """A site's chips are bought as `<site>.<chip>`, and `:<purposes>` where rights part them."""
    for row in plan.purchases.iter_rows(named=True):
        if row["what"] == "installed":
            site = row["offer"].partition(":")[0].removesuffix(f".{row['chip']}")
            yield Installed(site, row["chip"], Month.of(row["start"]), round(row["chips"]))


def as_group(one: Call) -> Group | None:
    """What a call posts; None where the book names no owner who is called."""
    parts = [(owner, part) for owner, part in one.of if part.amount]
    if not parts:
        return None
    item = "capital call" if one.tranche is None else f"capital call of tranche {one.tranche}"
    return call(
        one.id, one.fund, parts, one.month.first, item=item, why=one.why, place=str(one.place)
    )


def new_calls(found: Sequence[Call], posted: Mapping[str, Booked]) -> tuple[Group, ...]:
    """Those that the desk does not have under their id."""
    groups = (as_group(one) for one in found if one.id not in posted)
    return tuple(group for group in groups if group is not None)
