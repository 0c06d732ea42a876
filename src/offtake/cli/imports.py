"""Verbs that make records of what others write: import skypilot, prices, trace, usage."""

from __future__ import annotations

import errno
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from offtake.cli.options import Json
from offtake.cli.top import FAULTS, app

if TYPE_CHECKING:
    from offtake.formats.rows import Tally
    from offtake.formats.zones import Clockwork

T = TypeVar("T")
Records = list[dict[str, Any]]

imports = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make records of a book from what others write: a catalogue, prices, a trace, usage.",
)
app.add_typer(imports, name="import", short_help="Make records of a book from others' files.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="The file to read.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write here; else standard output.")
]
Replace = Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")]
Skip = Annotated[bool, typer.Option("--skip", help="Leave bad rows out instead of stopping.")]
Name = Annotated[
    str, typer.Option("--id", metavar="ID", help="The record's id; classes add theirs.")
]
Purpose = Annotated[str, typer.Option(metavar="P", help="What it is needed for.")]
Unit = Annotated[str, typer.Option(metavar="CHIP", help="The chip in which need is counted.")]
Unserved = Annotated[
    str, typer.Option(metavar="PRICE", help="What a shortage costs per chip-hour, or never.")
]
Zone = Annotated[str, typer.Option("--timezone", metavar="Z", help="Whose hours and months.")]
Written = Annotated[
    str, typer.Option("--written-in", metavar="Z", help="Zone of times that state none.")
]
TimeColumn = Annotated[str, typer.Option("--time", metavar="COLUMN", help="The column of times.")]


@imports.command(short_help="Offers by the hour from a SkyPilot catalogue.")
def skypilot(
    file: File,
    seller: Annotated[str, typer.Option(metavar="ID", help="The party that sells.")],
    most: Annotated[
        int, typer.Option("--max", min=1, metavar="CHIPS", help="The most of each offer at a time.")
    ],
    region: Annotated[
        list[str] | None, typer.Option(metavar="R", help="Only this region; may be repeated.")
    ] = None,
    accelerator: Annotated[
        list[str] | None, typer.Option(metavar="A", help="Only this one; may be repeated.")
    ] = None,
    instance: Annotated[
        list[str] | None, typer.Option(metavar="TYPE", help="Only this type; may be repeated.")
    ] = None,
    chip: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=ID", help="A chip's name there and in the book."),
    ] = None,
    spot: Annotated[bool, typer.Option("--spot/--no-spot", help="Spot offers too.")] = False,
    skip: Skip = False,
    out: Out = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Offers by the hour from a SkyPilot catalogue: the cheapest type of each chip and region."""
    from offtake.book.chips import built_in_chips
    from offtake.formats.skypilot import Wanted, offers

    _slug("--seller", seller)
    names = dict(_pair(text) for text in chip or ())
    known = built_in_chips().keys()
    wanted = Wanted(
        seller=seller,
        most=most,
        file=file.name,
        known=known,
        spot=spot,
        regions=region or (),
        accelerators=accelerator or (),
        instances=instance or (),
        chips=names,
    )

    def read(lines: Any, tally: Tally) -> Records:
        return [dict(one) for one in offers(lines, wanted, tally)]

    _import(file, read, "offers", (skip, out, replace, as_json))


@imports.command(short_help="A price curve from dated list prices.")
def prices(
    file: File,
    instance: Annotated[
        str, typer.Option(metavar="TYPE", help="Whose prices: an instance type, or a model.")
    ],
    region: Annotated[str, typer.Option(metavar="R", help="In which region, or of which vendor.")],
    chips: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Chips of one instance; else known.")
    ] = None,
    term: Annotated[
        str, typer.Option(metavar="T", help="on-demand, 1-year or 3-year, where a file has these.")
    ] = "on-demand",
    name: Name = "",
    falls: Annotated[str, typer.Option(metavar="SHARE", help="Forecast: 20% per year.")] = "",
    rises: Annotated[str, typer.Option(metavar="SHARE", help="Forecast: 3% per year.")] = "",
    flat: Annotated[bool, typer.Option("--flat", help="Forecast: as they are.")] = False,
    skip: Skip = False,
    out: Out = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """A price curve from dated list prices, with a forecast that is stated or fitted."""
    from offtake.formats.instances import CHIPS
    from offtake.formats.names import slug
    from offtake.formats.prices import TERMS, Listed, curve, read

    if term not in TERMS:
        raise _wrong(f"--term is one of {', '.join(TERMS)}, not {term[:40]!r}")
    forecast = _forecast(falls, rises, flat)

    def made(lines: Any, tally: Tally) -> Records:
        # A model of a vendor has its prices by the chip already; an instance type does not.
        known = chips or CHIPS.get(instance)
        listed = Listed(instance, region, known, term)
        own = name or slug(f"{instance}-{region}-{term}")
        return [curve(own, read(lines, listed, tally), listed, file.name, forecast)]

    _slug("--id", name or "a")
    _import(file, made, "curves", (skip, out, replace, as_json))


@imports.command(short_help="Need for chips from a trace of requests.")
def trace(
    file: File,
    name: Name,
    unserved: Unserved,
    prefill: Annotated[
        float, typer.Option(metavar="X", help="Tokens that a chip reads in a second.")
    ] = 0.0,
    decode: Annotated[
        float, typer.Option(metavar="X", help="Tokens that a chip writes in a second.")
    ] = 0.0,
    tokens: Annotated[
        float,
        typer.Option("--tokens-per-chip-second", metavar="X", help="Both rates, where one."),
    ] = 0.0,
    each: Annotated[
        float, typer.Option("--per-request", metavar="X", help="Chip-seconds of any request.")
    ] = 0.0,
    utilisation: Annotated[
        str, typer.Option(metavar="SHARE", help="How busy chips may be on average.")
    ] = "100%",
    load: Annotated[
        str, typer.Option(metavar="L", help="mean, or a percentile of minutes: p95, p99.")
    ] = "mean",
    scale: Annotated[
        float, typer.Option(metavar="X", help="How many times the load of the trace.")
    ] = 1.0,
    purpose: Purpose = "inference",
    unit: Unit = "h100",
    timezone: Zone = "UTC",
    written_in: Written = "UTC",
    time: TimeColumn = "",
    context: Annotated[str, typer.Option(metavar="COLUMN", help="The column of tokens read.")] = "",
    generated: Annotated[
        str, typer.Option(metavar="COLUMN", help="The column of tokens written.")
    ] = "",
    skip: Skip = False,
    out: Out = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Need for chips from a trace of requests, by Little's law at the rates that are stated."""
    from offtake.formats.requests import Rates, class_of
    from offtake.formats.requests import load as loaded

    rates = Rates.of(_rate(prefill or tokens), _rate(decode or tokens), _rate(each))
    if rates is None:
        raise _wrong("say --prefill and --decode, or --tokens-per-chip-second, or --per-request")
    busy, share = _share("--utilisation", utilisation), _percentile("--load", load)
    if not _rate(scale) or not 0 < busy <= 1:
        raise _wrong("--scale is above 0; --utilisation is above 0% and at most 100%")
    fixed = _fixed(name, purpose, unit, unserved)
    clock = _clock(written_in, timezone)
    named, is_json = (time, context, generated), file.suffix in (".jsonl", ".ndjson", ".json")

    def made(lines: Any, tally: Tally) -> Records:
        found = loaded(lines, clock, tally, named, is_json)
        return [class_of(fixed, found, rates, clock, (busy, share, scale), file.name)]

    _import(file, made, "demand", (skip, out, replace, as_json))


@imports.command(short_help="Need for chips from usage, or from jobs.")
def usage(
    file: File,
    name: Name,
    unserved: Unserved,
    purpose: Purpose = "training",
    unit: Unit = "h100",
    by: Annotated[
        str, typer.Option(metavar="COLUMN", help="A class for each value of this column.")
    ] = "",
    load: Annotated[
        str, typer.Option(metavar="L", help="mean, or a percentile of hours: p95, p99.")
    ] = "mean",
    gang: Annotated[
        str, typer.Option(metavar="L", help="The size that covers so much of the jobs.")
    ] = "p95",
    growth: Annotated[bool, typer.Option("--growth/--no-growth", help="Write the growth.")] = True,
    timezone: Zone = "UTC",
    written_in: Written = "UTC",
    time: TimeColumn = "",
    amount: Annotated[
        str, typer.Option(metavar="COLUMN", help="The column of chips or chip-hours.")
    ] = "",
    skip: Skip = False,
    out: Out = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Need for chips from usage or jobs: level, shape of the day, growth, size of jobs."""
    from offtake.formats.needs import classes_of
    from offtake.formats.usage import Named, read

    share, largest = _percentile("--load", load), _percentile("--gang", gang)
    fixed = _fixed(name, purpose, unit, unserved)
    clock, named = _clock(written_in, timezone), Named(time, amount, by)

    def made(lines: Any, tally: Tally) -> Records:
        found = read(lines, named, clock, tally)
        return classes_of(fixed, found, clock, (share, largest or 0.5, growth), file.name)

    _import(file, made, "demand", (skip, out, replace, as_json))


def _import(
    file: Path,
    made: Callable[[Any, Tally], Records],
    section: str,
    options: tuple[bool, Path | None, bool, bool],
) -> None:
    """Read a file, then write its records, or say what is bad in it and end with status 1."""
    from offtake import console
    from offtake.formats.rows import BadFile, Tally
    from offtake.formats.text import csv_of, yaml_of
    from offtake.keep import whole

    skip, out, replace, as_json = options
    tally = Tally()
    ending = ".csv" if section == "offers" else ".yaml"
    if out is not None and (out.suffix != ending or not out.name.startswith(section)):
        raise _wrong(f"a book knows {section} by the name: {section}{ending}, or {section}-...")
    if out is not None and not out.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(out.parent))
    if out is not None and out.exists() and not replace:
        told = "it is there already; name another file, or say --replace"
        raise FileExistsError(errno.EEXIST, told, str(out))
    try:
        with console.lines_of(file) as lines:
            records = made(lines, tally)
        if not records:
            raise BadFile(1, f"No {section} came of this file.", _why(tally))
        wrong: Sequence[BadFile] = [] if skip else tally.bad
    except BadFile as error:
        records, wrong = [], [*tally.bad, error]
    if wrong:
        console.bad(file, wrong, tally.bad_rows, as_json)
        raise typer.Exit(FAULTS)
    text = csv_of(records) if section == "offers" else yaml_of(section, records)
    if out is not None:
        whole(out, text.encode())
    if as_json:
        console.data(records, section, tally)
    elif out is None:
        typer.echo(text, nl=False)
    count = len(records)
    word = {"offers": "offer", "curves": "curve", "demand": "class of demand"}[section]
    several = {"offers": "offers", "curves": "curves", "demand": "classes of demand"}[section]
    console.imported(file, tally, f"{count} {word if count == 1 else several}", out)


def _why(tally: Tally) -> str:
    most = tally.left_out.most_common(5)
    return "left out: " + ", ".join(f"{count:,} {why}" for why, count in most) if most else ""


def _wrong(sentence: str) -> Exception:
    from offtake.api import WrongArgumentError

    return WrongArgumentError(sentence)


def _read(option: str, parse: Callable[[str], T], text: str) -> T:
    """What a quantity says; wrong usage where it says nothing."""
    from offtake.units import QuantityError

    try:
        return parse(text)
    except QuantityError as error:
        hint = f" ({error.hint})" if error.hint else ""
        raise _wrong(f"{option}: {error}{hint}") from None


def _slug(option: str, text: str) -> str:
    from offtake.units import parse_slug

    return _read(option, parse_slug, text)


def _share(option: str, text: str) -> float:
    from offtake.units import parse_share

    return float(_read(option, parse_share, text).value)


def _pair(text: str) -> tuple[str, str]:
    name, sign, chip = text.rpartition("=")
    if not sign or not name:
        raise _wrong(f"--chip is such as A10G=a10g, not {text[:40]!r}")
    return name, _slug("--chip", chip)


def _rate(value: float) -> float:
    if not math.isfinite(value) or not 0 <= value <= 1e12:
        raise _wrong("a rate is a number above 0")
    return value


def _percentile(option: str, text: str) -> float | None:
    """0.95 for p95; None for the mean."""
    if text == "mean":
        return None
    if re.fullmatch(r"p[0-9]{1,2}(\.[0-9]{1,3})?", text, re.ASCII) is None or not float(text[1:]):
        raise _wrong(f"{option} is mean, or a percentile such as p95, not {text[:40]!r}")
    return float(text[1:]) / 100


def _fixed(name: str, purpose: str, unit: str, unserved: str) -> dict[str, str]:
    """What a class of demand says whatever the file says."""
    from offtake.units import parse_price

    if unserved != "never" and _read("--unserved", parse_price, unserved).per != "chip-hour":
        raise _wrong("--unserved is a price per chip-hour, or never")
    return {
        "id": _slug("--id", name),
        "purpose": _slug("--purpose", purpose),
        "unit": _slug("--unit", unit),
        "unserved": unserved,
    }


def _clock(written: str, shown: str) -> Clockwork:
    from offtake.formats.zones import Clockwork
    from offtake.units import parse_zone

    _read("--written-in", parse_zone, written)
    return Clockwork(written, _read("--timezone", parse_zone, shown))


def _forecast(falls: str, rises: str, flat: bool) -> dict[str, Any] | None:
    """The forecast that is stated, if one is."""
    from offtake.units import parse_share

    stated: dict[str, Any] = {k: v for k, v in (("falls", falls), ("rises", rises)) if v}
    for word, text in stated.items():
        share = _read(f"--{word}", parse_share, text)
        if share.per != "year" or share.of or (word == "falls" and share.value >= 1):
            raise _wrong(f"--{word} is such as 20% per year, not {text[:40]!r}")
    if flat:
        stated["flat"] = True
    if len(stated) > 1:
        raise _wrong("say one of --falls, --rises, --flat")
    return stated or None
