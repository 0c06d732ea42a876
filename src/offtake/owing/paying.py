"""Payments of what was posted, and capital calls, as groups that the desk keeps."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from offtake.book.force import Book
from offtake.book.near import nearest
from offtake.clauses.base import Told
from offtake.dealing.offered import hashed
from offtake.dealing.seeing import Booked
from offtake.dealing.wrong import WrongDealingError
from offtake.plan.result import PlanResult
from offtake.plan.words import one_line
from offtake.settle.capital import Begun, Call, Installed, calls, spending
from offtake.settle.postings import call, paid_back, paid_in, payment
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


def revision(every: Sequence[Booked], name: str) -> Booked:
    """What was posted under an id: the revision that it names, as `~1`, else the latest."""
    latest = named({one.group.base: one for one in every}, name)
    asked = name.partition("~")[2]
    if not asked:
        return latest
    for one in every:
        if one.group.base == latest.group.base and str(one.group.revision) == asked:
            return one
    raise WrongDealingError(
        f"nothing was posted as {one_line(name[:80])!r}; the latest is {latest.group.id}"
    )


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
    for payer, payee in paid:
        if (payee, payer) not in owed:
            # A correction may owe nothing any more of what was paid.
            owed.setdefault((payer, payee), 0)
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
    """What a payment of a statement or call posts; `payer` where several owe by it.

    With a payer who was paid more than is owed by the statement it is a refund.
    """
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
    if group.kind == "call":
        return paid_in(made)
    return paid_back(made) if _turned(posted, group, due) else made


def _turned(posted: Mapping[str, Booked], group: Group, due: Due) -> bool:
    """Whether all between the two was written the other way about: who pays now was the payee."""
    start = f"{group.base}/{PAID}/"
    payments = (one.group for base, one in posted.items() if base.startswith(start))
    lines = (line for one in (group, *payments) for line in one.lines)
    pairs = {(one.payer, one.payee) for one in lines if one.account != "paid back"}
    return (due.payee, due.payer) in pairs and (due.payer, due.payee) not in pairs


def key_of(made: Group) -> str:
    """The key of a payment that is told without one: what is paid, by whom, how much, when, shown
    by what. The same payment told twice is the same command."""
    (line,), (_, *evidence) = made.lines, made.causes
    told = (
        made.base.rpartition(f"/{PAID}/")[0], line.payer, line.payee, str(line.amount),
        made.currency, made.date.isoformat(), *evidence,
    )  # fmt: skip
    return f"payment-{hashlib.sha256(chr(0).join(told).encode()).hexdigest()[:32]}"


def again(posted: Mapping[str, Booked], made: Group) -> tuple[Group, ...]:
    """Payments that were posted and are the same in all but their number, as `made` would be.

    A command that is sent twice under one key is told by what it says, its number too.
    """
    start = f"{made.base.rpartition('/')[0]}/"
    every = [one.group for base, one in posted.items() if base.startswith(start)]
    return tuple(group for group in every if _unnumbered(group) == _unnumbered(made))


def _unnumbered(group: Group) -> Group:
    lines = tuple(replace(line, id="") for line in group.lines)
    postings = tuple(replace(one, line="") for one in group.postings)
    return replace(group, id="", lines=lines, postings=postings)


def _due(found: Sequence[Due], group: Group, payer: str | None) -> Due:
    owing = [one for one in found if one.owed.amount]
    own = [one for one in owing if payer in (None, one.payer)]
    if len(own) == 1:
        return own[0]
    over = [one for one in found if one.left.amount < 0] if group.kind == "statement" else []
    back = [one for one in over if one.payee == payer]
    if len(back) == 1 and not own:
        return Due(back[0].payee, back[0].payer, -back[0].left, Money.zero(group.currency))
    if not owing:
        refund = "".join(
            f"; {one.payer} paid {-one.left.amount:,f} {group.currency} more than that: "
            f"a refund is told with --from {one.payee}"
            for one in over
        )
        raise WrongDealingError(f"nothing is owed by {group.id}: there is nothing to pay{refund}")
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
        raise WrongDealingError(
            f"a payment is an amount of {currency} above nothing, not {text}; --from says who pays"
        )
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


def calls_ahead(book: Book, plan: PlanResult) -> tuple[tuple[Call, ...], tuple[Told, ...]]:
    """What sites call in every month to the plan's end, from the first that costs anything.

    Each month comes after the calls of those before it, whatever was posted of them.
    """
    begun, installed = tuple(_begun(plan)), tuple(_installed(plan))
    started = [p.started for site in book.sites.values() for p in site.phases if p.started]
    month, last = min([*started, Month.of(plan.months[0])]), Month.of(plan.months[-1])
    found: list[Call] = []
    told: list[Told] = []
    called: dict[str, dict[Month, Money]] = {}
    while month <= last:
        new, said = calls(book, month, spending(book, month, begun, installed), called)
        for one in new:
            own = called.setdefault(one.fund, {})
            own[month] = own.get(month, Money.zero(one.amount.currency)) + one.amount
        found += new
        told += said
        month += 1
    return tuple(found), tuple(told)


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
