"""What a tender is opened for: a purchase of an adopted plan, or a lot that somebody states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from offtake.book.force import Book
from offtake.book.near import nearest
from offtake.book.scope import Scope
from offtake.dealing.offered import chips_of, read
from offtake.dealing.places import Places
from offtake.dealing.times import local_text
from offtake.dealing.wrong import WrongDealingError
from offtake.desk import commands as cm
from offtake.desk.asking import turns
from offtake.desk.clocks import answer_by, sign_by
from offtake.desk.lot import Instant, Lot
from offtake.desk.opening import opening
from offtake.desk.plain import Plain, instant
from offtake.keep import kept
from offtake.plan.kept import NotAPlanError
from offtake.plan.result import PlanResult
from offtake.rehearse.days import day_of
from offtake.rehearse.purchases import Purchase, rehearsed
from offtake.units import (
    Duration,
    QuantityError,
    parse_date,
    parse_duration,
    parse_month,
    parse_slug,
)
from offtake.units.almanac import Spell, spell_of
from offtake.units.instants import NS, instant_of
from offtake.units.months import Clock, Month


@dataclass(frozen=True, slots=True)
class Wanted:
    """A lot as the command line states it, each word as it was written."""

    chip: str = ""
    chips: str = ""
    region: str = ""
    start: str = ""
    months: str = ""
    purposes: tuple[str, ...] = ()
    need: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What a tender is for, and why: its lot, and the purchase of a plan that it is for."""

    tender: str
    lot: Lot
    cause: str = ""


@dataclass(frozen=True, slots=True)
class How:
    """In what manner a tender is opened."""

    seller: str | None = None
    """The counterparty, where only one is possible."""
    invited: tuple[str, ...] = ()
    """Who may bid; every party where none is named."""
    bidding: str | None = None
    """The time for bids, where it is not the book's."""
    reveal: str | None = None
    """Bids are pledged, and may be revealed so long after the closing."""
    new: bool = True
    """False of a renewal or an extension."""


DEFAULT = How()


def wanted(
    book: Book, folder: Path, purchase: str | None, words: Wanted, tender: str | None
) -> About:
    """What a tender is for, by a purchase or by words. Raises `WrongDealingError`."""
    if purchase is None:
        return of_words(book, words, tender)
    if words != Wanted():
        raise WrongDealingError("a purchase states the whole lot; leave the options of a lot out")
    return of_purchase(book, folder, purchase, tender)


def of_purchase(book: Book, folder: Path, name: str, tender: str | None) -> About:
    """The lot of a purchase of an adopted plan. Raises `WrongDealingError`."""
    every = {found.id: found for found in _purchases(book, folder)}
    found = every.get(name)
    if found is None:
        same = [one for one in every.values() if one.name == name]
        if len(same) > 1:
            ids = ", ".join(one.id for one in same)
            raise WrongDealingError(f"{name} is in several adopted plans; name one of {ids}")
        found = next(iter(same), None)
    if found is None:
        near = nearest(name, [*every, *(one.name for one in every.values())])
        raise WrongDealingError(
            f"no adopted plan in {folder / 'plans'} buys {name[:100]!r}; "
            + (near or "offtake plan BOOK --adopt keeps one")
        )
    return About(tender or found.name, found.lot, found.id)


def of_words(book: Book, words: Wanted, tender: str | None) -> About:
    """The lot that is stated in full. Raises `WrongDealingError`."""
    stated = {
        "--chip": words.chip,
        "--chips": words.chips,
        "--region": words.region,
        "--start": words.start,
        "--months": words.months,
    }
    missing = [option for option, value in stated.items() if not value]
    if missing:
        raise WrongDealingError(
            f"a lot states {', '.join(missing)} too; or name a purchase of an adopted plan: "
            "--purchase"
        )
    known("--chip", words.chip, book.chips)
    region = read("--region", words.region, parse_slug)
    if limited := _limited(book):
        # A right that is limited to a region would not bite on one that is misspelt.
        known("--region", region, limited | regions(book))
    for purpose in words.purposes:
        known("--purpose", purpose, book.purposes.all)
    if words.need:
        known("--need", words.need, book.demand)
    start = _first_day(words.start)
    lot = Lot(
        chip=words.chip,
        chips=chips_of("--chips", words.chips),
        region=region,
        start=start,
        months=_months(words.months),
        purposes=words.purposes,
        need=words.need,
    )
    if not (lot.chips and lot.months):
        raise WrongDealingError("a lot is of one chip or more, for one month or more")
    name = tender or f"{lot.chip}-{lot.region}-{start:%Y-%m}"
    return About(read("--tender", name, parse_slug), lot)


def command(book: Book, about: About, at: Instant, how: How = DEFAULT) -> cm.Open:
    """The command that opens the tender at an instant. Raises `WrongDealingError`."""
    for party in how.invited:
        known("--invite", party, set(book.parties) - {book.header.buyer})
    if how.seller is not None:
        known("--seller", how.seller, set(book.parties) - {book.header.buyer})
    today = day_of(at, book.header.timezone)
    reveal = None if how.reveal is None else read("--reveal", how.reveal, parse_duration)
    try:
        opened = opening(
            book.as_of(max(today, book.known)),
            tender=about.tender,
            lot=about.lot,
            at=at,
            seller=how.seller,
            cause=about.cause,
            invited=how.invited,
            new=how.new,
            reveal=reveal,
        )
    except QuantityError as error:
        raise WrongDealingError(f"{error}; {error.hint}" if error.hint else str(error)) from error
    if how.bidding is None:
        return opened
    return replace(opened, bidding=_spell("--bidding", how.bidding))


def asked(opened: cm.Open, at: Instant, places: Places) -> Iterator[Plain]:
    """Who would have to be asked if it were opened now, in the order of asking, and by when.

    Windows run one after another, each from the last instant of the one before: holders who answer
    sooner make it sooner, a buyer that waits makes it later.
    """
    for bar in opened.bars:
        yield _row("exclusive", bar.clause, bar.holder, None, None, places, places.home)
    now = at
    for before in (True, False):
        claims = {c.clause: c for c in opened.claims if c.first is before}
        biting = [c for c in claims.values() if c.floor <= opened.lot.chips]
        for turn in turns(biting):
            windows = {}
            for name in turn:
                claim = claims[name]
                almanac = opened.almanacs[claim.almanac]
                until = windows[name] = answer_by(claim.window, almanac, now).at
                tail = None if claim.tail is None else sign_by(claim.tail, almanac, until)
                kind = "first offer" if before else "first refusal"
                yield _row(kind, name, claim.holder, until, tail, places, almanac.zone)
            now = max(windows.values())
        for claim in claims.values():
            if claim not in biting:
                yield _row("below floor", claim.clause, claim.holder, None, None, places, "UTC")
        if before:
            now = answer_by(opened.bidding, opened.almanacs[opened.bidding_almanac], now).at
            yield _row("bids", "", "bidders", now, None, places, places.home)


def late(opened: cm.Open, at: Instant, places: Places) -> str:
    """What is said of a lot that starts before anybody could sign for it; else nothing."""
    ends = [instant_of(row["by"]) for row in asked(opened, at, places) if row["by"] is not None]
    last = dt.datetime.fromtimestamp(max(ends) // NS, ZoneInfo(places.home)).date()
    if opened.lot.start > last:
        return ""
    return (
        f"The lot starts on {opened.lot.start}, before time for bids and the windows of all who "
        f"must be asked could end; {last + dt.timedelta(1)} is the first day that could be met."
    )


def _row(
    kind: str,
    clause: str,
    holder: str,
    until: Instant | None,
    tail: Instant | None,
    places: Places,
    zone: str,
) -> Plain:
    place = places.of(clause) if clause else None
    return {
        "kind": kind,
        "holder": holder,
        "by": instant(until),
        "by_local": None if until is None else local_text(until, zone),
        "tail": instant(tail),
        "tail_local": None if tail is None else local_text(tail, zone),
        "clause": clause,
        "place": None if place is None else f"{place.file}:{place.line}",
        "sentence": places.sentence(clause) if clause else "",
    }


# --- words of the command line --------------------------------------------------------------------


def _purchases(book: Book, folder: Path) -> Iterator[Purchase]:
    """Every purchase of every plan that was adopted beside the book, the latest plan last."""
    paths = sorted((folder / "plans").glob("*.json"))
    if not paths:
        raise WrongDealingError(
            f"no plan is adopted in {folder / 'plans'}; adopt one: offtake plan {folder} --adopt"
        )
    for path in paths:
        yield from rehearsed(_of_offers(book, path), _plan(path))


def _plan(path: Path) -> PlanResult:
    try:
        return kept(path)
    except NotAPlanError as error:
        raise WrongDealingError(f"{path} is no plan: {error}; adopt it anew") from error


def _of_offers(book: Book, path: Path) -> Book:
    """The book, where it still has the offers of the plan that it is asked about."""
    plan = _plan(path)
    bought = {row["offer"] for row in plan.purchases.iter_rows(named=True) if row["offer"]}
    gone = sorted(bought - set(book.offers))
    if gone:
        raise WrongDealingError(
            f"{path} buys under {gone[0]}, which the book does not have any more; take the plan "
            "away, or plan and adopt anew"
        )
    return book


def _first_day(text: str) -> dt.date:
    """A day, or a month for its first."""
    if len(text) == len("2025-11"):
        month: Month = read("--start", text, parse_month)
        return month.first
    day: dt.date = read("--start", text, parse_date)
    return day


def _months(text: str) -> int:
    if text.isdigit() and text.isascii():
        text = f"{text} months"
    length: Duration = read("--months", text, parse_duration)
    try:
        return length.months
    except QuantityError as error:
        raise WrongDealingError(f"--months: {error}; {error.hint}") from error


def _spell(option: str, text: str) -> Spell:
    """It ends at noon, as the book's own time for bids does."""
    return spell_of(read(option, text, parse_duration), Clock(12, 0), False)


def declarable(book: Book, seen: Plain, chip: str, region: str) -> None:
    """Refuse a chip or a region that neither the book has nor a lot that the party sees."""
    lots = [one["lot"] for one in seen.get("tenders", [])]
    lots += [one["lot"] for part in ("notices", "bars", "invitations") for one in seen["own"][part]]
    known("--chip", chip, {*book.chips, *(lot["chip"] for lot in lots)})
    known("--region", region, {*regions(book), *(lot["region"] for lot in lots)})


def _limited(book: Book) -> set[str]:
    """The regions to which rights are limited, or which they except."""
    every = (clause for one in book.whole.agreements.values() for clause in one.clauses)
    scopes = [one for clause in every if isinstance(one := getattr(clause, "scope", None), Scope)]
    stated = [regions for one in scopes for regions in (one.regions, *_excepted(one))]
    return {region for regions in stated for region in regions}


def _excepted(scope: Scope) -> list[tuple[str, ...]]:
    return [part.regions for part in scope.except_]


def regions(book: Book) -> set[str]:
    """Where the book has anything: offered, agreed, built, or needed."""
    found: set[str] = {one.region for one in book.offers.values()}
    found |= {d.region for one in book.whole.agreements.values() for d in one.deliveries}
    found |= {one.region for one in book.sites.values()}
    return found.union(*(one.regions for one in book.demand.values()))


def known(option: str, name: str, names: Iterable[str]) -> None:
    """Refuse a name that the book does not have."""
    every = list(names)
    if name not in every:
        hint = nearest(name, every) or "the book names none"
        raise WrongDealingError(f"{option}: the book has no {name[:64]!r}; {hint}")
