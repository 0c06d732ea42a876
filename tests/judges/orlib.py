"""Capacitated facility location instances of the OR-Library, written as books.

A facility is a site of its own region with one phase; its capacity is the phase's power, for chips
of one kW that cost nothing; its fixed charge is the phase's capex. A customer is a class of demand
that is never short; what it costs to serve it from a facility is `serving_cost` in that region.

The phase is built in the first month and serves in the second, the only one with demand, at the
end of its life: so all of its capex is paid and nothing is credited. Service is paid by the hour,
so one customer served for the month costs the file's figure times the month's hours; fixed charges
are written times those hours too. All figures of the book are then the file's, exact to the last
decimal, and a plan costs `HOURS` times what the file's problem costs.

Source of the format: J. E. Beasley, OR-Library (1990), capacitated warehouse location.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

HOURS = 28 * 24
"""Of February 2025, the month with demand."""

HEAD = """book:
  title: {title}
  buyer: operator
  as_of: 2024-12-31
  currency: USD
  periods: {{start: 2025-01, length: 2 months, hours: 1}}
  discount: 0%
  procurement: {{bidding: 0 days, signing: 0 days}}
  purposes: {{service: {{}}}}
  include: [sites.yaml, demand.yaml]
parties:
- {{id: operator, name: Operator, roles: [buyer]}}
chips:
- {{id: unit, name: Unit, throughput: {{any: 1}}, kw_it: 1 kW, price: 0 USD, life: 1 months}}
"""


@dataclass(frozen=True, slots=True)
class Facility:
    """What a facility can serve at most, and what it costs to open it."""

    capacity: Decimal
    fixed: Decimal


@dataclass(frozen=True, slots=True)
class Customer:
    """How much a customer needs, and what it costs to serve all of it from each facility."""

    demand: Decimal
    costs: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """One problem: which facilities to open, and from which to serve whom."""

    name: str
    facilities: tuple[Facility, ...]
    customers: tuple[Customer, ...]


def instance(path: Path) -> Instance:
    """Read a file: m n; m rows capacity, fixed charge; per customer its demand, then m costs."""
    words = iter(path.read_text().split())
    m, n = int(next(words)), int(next(words))
    facilities = tuple(Facility(Decimal(next(words)), Decimal(next(words))) for _ in range(m))
    customers = tuple(
        Customer(Decimal(next(words)), tuple(Decimal(next(words)) for _ in range(m)))
        for _ in range(n)
    )
    if next(words, None) is not None:
        raise ValueError(f"{path.name} goes on after its {n} customers")
    return Instance(path.stem, facilities, customers)


def optima(path: Path) -> dict[str, Decimal]:
    """Read the table of published optima: a name and a value on each line below the heading."""
    rows = [line.split() for line in path.read_text().splitlines()[1:] if line.strip()]
    return {name: Decimal(value) for name, value in rows}


def write(found: Instance, folder: Path) -> Path:
    """The instance as a book in that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.yaml").write_text(HEAD.format(title=f"OR-Library {found.name}"))
    sites = "".join(_site(i, f) for i, f in enumerate(found.facilities, 1))
    (folder / "sites.yaml").write_text(f"sites:\n{sites}")
    classes = "".join(_class(j, c) for j, c in enumerate(found.customers, 1))
    (folder / "demand.yaml").write_text(f"demand:\n{classes}")
    return folder


def _site(number: int, facility: Facility) -> str:
    return (
        f"- id: facility-{number}\n"
        f"  region: r{number}\n"
        "  pue: 1\n"
        "  power_price: 0 USD per kWh\n"
        "  chips: [unit]\n"
        f"  phases: [{{id: open, power: {_plain(facility.capacity)} kW it, "
        f"capex: {_plain(facility.fixed * HOURS)} USD, lead: 1 months, life: 1 months}}]\n"
    )


def _class(number: int, customer: Customer) -> str:
    """What one chip costs for an hour is what the customer costs, by its chips; times the hours."""
    each = [_quotient(cost, customer.demand) for cost in customer.costs]
    prices = "".join(f"    r{i}: {each_} USD per chip-hour\n" for i, each_ in enumerate(each, 1))
    return (
        f"- id: customer-{number}\n"
        "  purpose: service\n"
        "  unit: unit\n"
        f"  base: {_plain(customer.demand)} chips\n"
        "  from: 2025-02\n"
        "  unserved: never\n"
        f"  serving_cost:\n{prices}"
    )


def _quotient(cost: Decimal, demand: Decimal) -> str:
    """A price that can be written to its last decimal, or no book at all."""
    price = round(cost / demand, 9)
    if price * demand != cost:
        raise ValueError(f"{cost} by {demand} has more than nine decimals")
    return _plain(price)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


if __name__ == "__main__":
    print(write(instance(Path(sys.argv[1])), Path(sys.argv[2])))
