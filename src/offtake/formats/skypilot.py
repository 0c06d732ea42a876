"""A SkyPilot catalogue (`vms.csv` of one cloud) to offers by the hour.

The catalogues are at github.com/skypilot-org/skypilot-catalog: one row for an instance type in a
zone, prices in USD per hour of the whole instance. What is odd in them, and what is made of it:

- Rows without an accelerator are machines without chips.
- A price that is empty or zero is no price: AWS sells some types only as capacity blocks, Vast has
  no spot market.
- Google Cloud prices chips and the machine around them apart, in rows without an instance type. The
  machine's price in the same zone is added (`names.HOSTS`).
- A slice of TPUs is one accelerator of many chips. Every slice whose price was not found costs 700,
  whatever its size: that is no price.
- Some prices carry the dust of floating point (1.8214000000000001).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from offtake.book.near import nearest
from offtake.formats.names import CHIPS, HOSTS, accelerator, apart, slug
from offtake.formats.rows import BadCell, Table, Tally, cell, number
from offtake.formats.text import PLACES, per_chip_hour

_NOT_FOUND = Decimal(700)
_MACHINES = frozenset(HOSTS.values())


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which offers to make. Empty collections leave nothing out; names are the catalogue's."""

    seller: str
    most: int
    file: str
    known: Collection[str]
    spot: bool = False
    regions: Collection[str] = ()
    accelerators: Collection[str] = ()
    instances: Collection[str] = ()
    chips: Mapping[str, str] = field(default_factory=dict)


class _Row(NamedTuple):
    """What one row says: price and spot price of `count` chips for an hour, None where none."""

    line: int
    instance: str
    name: str
    number: Fraction
    price: Decimal | None
    spot: Decimal | None
    region: str
    zone: str


@dataclass(slots=True)
class _Type:
    """An instance type in a region: its lowest price, and its spot prices over zones."""

    row: _Row
    price: Fraction | None = None
    spots: list[Fraction] = field(default_factory=list)


Market = dict[tuple[str, str], dict[str, _Type]]


def offers(lines: Iterable[bytes], wanted: Wanted, tally: Tally) -> list[dict[str, str]]:
    """An offer for each chip and region, and one for its spot market: the fields of a table."""
    apart_priced: list[_Row] = []
    market: Market = {}
    hosts: dict[tuple[str, str], tuple[Decimal | None, Decimal | None]] = {}
    for row in _read(Table(lines, tally), tally):
        if not row.name:
            hosts[row.instance, row.zone or row.region] = (row.price, row.spot)
            tally.leave("no accelerator")
        elif not _asked(row, wanted, tally):
            continue
        elif row.instance or row.name.startswith("tpu-"):
            _add(market, _alone(row), wanted, tally)
        else:
            apart_priced.append(row)
    for row in apart_priced:
        whole = _with_host(row, hosts)
        if whole is None:
            tally.leave("priced without its machine")
        else:
            _add(market, whole, wanted, tally)
    _odd_counts(market, tally)
    return list(_made(market, wanted, tally))


def _read(table: Table, tally: Tally) -> Iterator[_Row]:
    """The rows of a catalogue, each with its cells read; bad ones are told and left out."""
    at_name, at_count = table.column("AcceleratorName"), table.column("AcceleratorCount")
    at_price, at_region = table.column("Price"), table.column("Region")
    at_type, at_spot = table.column("InstanceType"), table.find("SpotPrice")
    at_zone = table.find("AvailabilityZone")
    for line, cells in table.rows():
        name, instance = cells[at_name].strip(), cells[at_type].strip()
        if not name and instance not in _MACHINES:
            tally.leave("no accelerator")
            continue
        try:
            price, spot = _paid(cell(cells, at_price)), _paid(cell(cells, at_spot))
            count = Fraction(0)
            if name:
                count = Fraction(number(cell(cells, at_count), "number of accelerators"))
                if not 0 < count <= 100_000:
                    raise BadCell(f"{cell(cells, at_count)[:40]!r} is no number of accelerators.")
            region, zone = cell(cells, at_region), cell(cells, at_zone)
            if name and not slug(region):
                raise BadCell("There is no region.")
            yield _Row(line, instance, name, count, price, spot, region, zone)
        except BadCell as error:
            tally.refuse(line, str(error), "a price is such as 98.32; empty where there is none")


def _paid(text: str) -> Decimal | None:
    """A price; None where the cell is empty or says zero."""
    return (number(text, "price") or None) if text else None


def _asked(row: _Row, wanted: Wanted, tally: Tally) -> bool:
    for asked, has, what in (
        (wanted.regions, row.region, "other regions"),
        (wanted.accelerators, row.name, "other accelerators"),
        (wanted.instances, row.instance, "other instance types"),
    ):
        if asked and has not in asked:
            tally.leave(what)
            return False
    return True


def _alone(row: _Row) -> _Row:
    """A row whose price is that of the whole machine."""
    if not row.name.startswith("tpu-"):
        return row
    price = None if row.price == _NOT_FOUND else row.price
    spot = None if row.spot == _NOT_FOUND else row.spot
    return row._replace(price=price, spot=spot, instance=row.instance or row.name)


def _with_host(
    row: _Row, hosts: Mapping[tuple[str, str], tuple[Decimal | None, Decimal | None]]
) -> _Row | None:
    """The row with what the machine around its chips costs; None where that is not known."""
    whole = int(row.number) if row.number.denominator == 1 else 0
    host = HOSTS.get((row.name, whole), "")
    price, spot = hosts.get((host, row.zone or row.region), (None, None))
    if price is None and spot is None:
        return None
    return row._replace(instance=host, price=_sum(row.price, price), spot=_sum(row.spot, spot))


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _add(market: Market, row: _Row, wanted: Wanted, tally: Tally) -> None:
    name, chips = accelerator(row.name, row.number)
    chip = wanted.chips.get(row.name) or wanted.chips.get(name) or CHIPS.get(name, "")
    if not chip:
        tally.leave(f"no chip for {_unknown(name, wanted)}")
        return
    if row.price is None and row.spot is None:
        tally.leave("no price")
        return
    types = market.setdefault((chip, slug(row.region)), {})
    kept = types.setdefault(row.instance, _Type(row))
    if row.price is not None:
        price = _each(row.price, chips)
        if kept.price is None or price < kept.price:
            kept.price, kept.row = price, row
    if row.spot is not None:
        kept.spots.append(_each(row.spot, chips))


@lru_cache(maxsize=1 << 14)
def _each(price: Decimal, chips: Fraction) -> Fraction:
    return Fraction(price) / chips


def _unknown(name: str, wanted: Wanted) -> str:
    hint = nearest(slug(name), wanted.known).removeprefix("did you mean ").removesuffix("?")
    near = f", nearest {hint}" if hint in wanted.known else ""
    return f"{name[:40]}{near}"


def _odd_counts(market: Market, tally: Tally) -> None:
    """Say where a number of chips looks wrong: a catalogue has counted 12 H100 in a server of 8."""
    odd = {
        (kept.row.instance, kept.row.name, kept.row.number): kept.row.line
        for types in market.values()
        for kept in types.values()
        if kept.row.number.denominator == 1 and kept.row.number.numerator.bit_count() != 1
    }
    for (instance, name, count), line in sorted(odd.items(), key=lambda item: item[1]):
        tally.notes.append(f"line {line}: {count} {name} in {instance}, as written; is that right?")


def _made(market: Market, wanted: Wanted, tally: Tally) -> Iterator[dict[str, str]]:
    taken: set[str] = set()
    for (chip, region), types in sorted(market.items()):
        priced = [kept for kept in types.values() if kept.price is not None]
        lowest = min(priced, key=_first, default=None)
        if lowest is not None and lowest.price is not None:
            why = _of_types(len(priced))
            source = f"{_where(lowest.row, wanted)}: {_said(lowest.row, lowest.row.price)}{why}"
            yield _offer(chip, region, "on-demand", lowest.price, source, wanted, taken)
        if not wanted.spot:
            continue
        spots = [(sum(t.spots) / len(t.spots), t) for t in types.values() if t.spots]
        cheapest = min(spots, key=lambda s: (s[0], s[1].row.instance), default=None)
        if cheapest is None:
            continue
        price, kept = cheapest
        if lowest is not None and lowest.price is not None and price >= lowest.price:
            tally.notes.append(f"{chip} in {region}: spot is no cheaper than on-demand, left out")
            continue
        zones = len(kept.spots)
        mean = f", the mean of {zones} zones" if zones > 1 else ""
        source = f"{_where(kept.row, wanted)}: spot price of {kept.row.instance}{mean}"
        why = _of_types(len(spots))
        yield _offer(chip, region, "spot", Fraction(price), source + why, wanted, taken)


def _first(kept: _Type) -> tuple[Fraction, Fraction, str]:
    """The order of types: by price; of two alike the larger machine."""
    return (kept.price or Fraction(0), -kept.row.number, kept.row.instance)


def _of_types(count: int) -> str:
    return f", the cheapest of {count} types" if count > 1 else ""


def _where(row: _Row, wanted: Wanted) -> str:
    return f"SkyPilot catalogue {wanted.file} line {row.line}"


def _said(row: _Row, price: Decimal | None) -> str:
    _, chips = accelerator(row.name, row.number)
    count = str(chips) if chips.denominator == 1 else f"{float(chips):g}"
    host = ", chips and machine" if row.instance in _MACHINES else ""
    return f"{row.instance} {price} USD an hour for {count} {row.name}{host}"


def _offer(
    chip: str, region: str, kind: str, price: Fraction, source: str, wanted: Wanted, taken: set[str]
) -> dict[str, str]:
    exact = (price * 10**PLACES).denominator == 1
    rounded = "" if exact else f", rounded to {PLACES} decimals"
    name = apart(slug(f"{wanted.seller}-{chip}-{region}-{kind}"), taken)
    taken.add(name)
    return {
        "id": name,
        "seller": wanted.seller,
        "kind": kind,
        "chip": chip,
        "region": region,
        "price": per_chip_hour(price),
        "max": f"{wanted.most} chips",
        "source": source + rounded,
    }
