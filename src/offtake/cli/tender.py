"""Tenders at a book's own desk: the group of verbs, and what all of them share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar

import typer

from offtake.cli.options import sound
from offtake.cli.top import FAULTS, REFUSED, app

if TYPE_CHECKING:
    from offtake.dealing.acting import Done
    from offtake.dealing.local import LocalDesk

Verb = TypeVar("Verb", bound=Callable[..., None])

tender = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Run tenders at a desk in a local store: open, ask, sign, and see what waits for whom.",
)
app.add_typer(tender, name="tender", short_help="Run tenders at a desk in a local store.")

Name = Annotated[str, typer.Argument(metavar="TENDER", help="The tender's name.")]
Actor = Annotated[
    str | None, typer.Option("--as", metavar="PARTY", help="Who acts; else the book's buyer.")
]
Key = Annotated[
    str | None,
    typer.Option("--key", metavar="KEY", help="Sent twice under one key, it happens once."),
]
Store = Annotated[
    str | None,
    typer.Option(
        "--desk", metavar="STORE", help="A file, or postgresql://...; else BOOK/desk.sqlite."
    ),
]
Keys = Annotated[
    Path | None,
    typer.Option("--keys", metavar="DIR", help="The folder of the desks' keys, apart from both."),
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="INSTANT", help="When it is, at a desk for practice, in UTC."),
]
NoReceipt = Annotated[bool, typer.Option("--no-receipt", help="Write no file of the receipt.")]
Receipts = Annotated[
    Path | None,
    typer.Option("--receipts", metavar="DIR", help="The folder for receipts of what is done."),
]
Json = Annotated[bool, typer.Option("--json", help="Print plain data instead of sentences.")]
Chips = Annotated[
    str | None, typer.Option("--chips", metavar="N", help="How many chips; else all there are.")
]
Price = Annotated[
    str | None, typer.Option("--price", metavar="PRICE", help="Such as '2.35 USD per chip-hour'.")
]
Start = Annotated[
    str | None, typer.Option("--start", metavar="DATE", help="The first day; else the lot's.")
]
Term = Annotated[
    str | None,
    typer.Option("--term", metavar="LENGTH", help="Such as '36 months'; else the lot's."),
]
Over = Annotated[
    str | None, typer.Option(metavar="N", help="More, if holders of one's rank leave it.")
]
Hosts = Annotated[
    list[str] | None, typer.Option(metavar="PARTY", help="Who hosts it for the holder.")
]
Clause = Annotated[
    str | None,
    typer.Option("--clause", metavar="CLAUSE", help="Under which right, where there are several."),
]

Round = Annotated[
    str | None,
    typer.Option("--round", metavar="N", help="Which round, where there are several."),
]

NEEDED = {
    "--as": "which party acts",
    "--buyer": "whose tender it is",
    "--chip": "which chip",
    "--chips": "how many chips",
    "--evidence": "what shows it, such as a letter or its hash",
    "--from": "whose letter it is",
    "--reason": "why, in words that the journal keeps",
    "--received": "when the letter came, in UTC",
    "--region": "in which region",
    "--to": "which party holds the right then",
}
"""What an option says, without which a verb means nothing."""


class Common(NamedTuple):
    """What all verbs take: where the desk is, when it is, under which key, what is printed."""

    store: str | None = None
    keys: Path | None = None
    at: str | None = None
    json: bool = False
    actor: str | None = None
    key: str | None = None
    no_receipt: bool = False
    receipts: Path | None = None


def looking(name: str | None = None, *, short_help: str) -> Callable[[Verb], Verb]:
    """A verb that writes no command: `common` stands for the options that all of them take."""
    return lambda verb: _taken_up(verb, name, short_help, _looks)


def acting(name: str | None = None, *, short_help: str) -> Callable[[Verb], Verb]:
    """A verb that sends a command: `common` stands for the options that all of them take."""
    return lambda verb: _taken_up(verb, name, short_help, _acts)


def keeping(name: str | None = None, *, short_help: str) -> Callable[[Verb], Verb]:
    """A verb about the store itself: `common` says where it is."""
    return lambda verb: _taken_up(verb, name, short_help, _keeps)


def _keeps(store: Store = None, keys: Keys = None, as_json: Json = False) -> Common:
    return Common(store, keys, None, as_json)


def _looks(
    actor: Actor = None,
    store: Store = None,
    keys: Keys = None,
    at: At = None,
    as_json: Json = False,
) -> Common:
    return Common(store, keys, at, as_json, actor)


def _acts(
    actor: Actor = None,
    key: Key = None,
    store: Store = None,
    keys: Keys = None,
    at: At = None,
    receipts: Receipts = None,
    no_receipt: NoReceipt = False,
    as_json: Json = False,
) -> Common:
    return Common(store, keys, at, as_json, actor, key, no_receipt, receipts)


def _taken_up(verb: Verb, name: str | None, short_help: str, common: Callable[..., Common]) -> Verb:
    """Have Typer see the verb's own arguments and those that it shares."""
    own, shared = (inspect.signature(one, eval_str=True) for one in (verb, common))
    every = [one for one in own.parameters.values() if one.name != "common"]
    every += shared.parameters.values()

    def run(**given: Any) -> None:
        taken = {one: given.pop(one) for one in shared.parameters}
        verb(common(**taken), **given)

    run.__doc__ = verb.__doc__
    run.__annotations__ = {one.name: one.annotation for one in every}
    run.__signature__ = own.replace(parameters=every)  # type: ignore[attr-defined]
    tender.command(name or verb.__name__, short_help=short_help)(run)
    return verb


@contextmanager
def at_desk(book: Path, common: Common) -> Iterator[LocalDesk]:
    """The book's desk. Faults of a file of terms are shown, with exit status 1."""
    from offtake.console import tender as console
    from offtake.dealing.local import LocalDesk
    from offtake.dealing.times import instant
    from offtake.dealing.wrong import TimedError, WrongDealingError, WrongFileError

    opened = sound(book, common.json)
    desk = LocalDesk(
        opened.book,
        opened.path,
        common.store,
        common.keys,
        at=None if common.at is None else instant("--at", common.at),
        receipts=not common.no_receipt and (common.receipts or True),
    )
    try:
        yield desk
    except KeyboardInterrupt:
        if desk.sending:
            again = f"send the same command under the same key: --key {desk.sending}"
            typer.echo(f"offtake: what was asked may or may not be kept; {again}", err=True)
        raise
    except WrongFileError as error:
        console.file_faults(error.faults, common.json)
        raise typer.Exit(FAULTS) from None
    except TimedError as error:
        raise WrongDealingError(desk.places.spoken(str(error))) from error


def told(desk: LocalDesk, done: Done, common: Common) -> None:
    """Print what became of a deed; exit status 5 where the desk refused it."""
    from offtake.console import tender as console

    console.deed(done, desk.places, common.json)
    if done.refused is not None:
        raise typer.Exit(REFUSED)


def needed(option: str, value: str | None) -> str:
    """An option without which the verb means nothing."""
    from offtake.dealing.wrong import WrongDealingError

    if value is None or not value.strip():
        raise WrongDealingError(f"{option} is needed: {NEEDED[option]}")
    return value


def count(chips: str | None) -> int | None:
    """A number of chips, where one is stated."""
    from offtake.dealing.offered import chips_of

    return None if chips is None else chips_of("--chips", chips)


def round_of(number: str | None) -> int | None:
    """The number of a round, where one is stated."""
    from offtake.dealing.wrong import WrongDealingError

    if number is None:
        return None
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 10):
        raise WrongDealingError(f"--round: {number[:40]!r} is not the number of a round, such as 2")
    return int(number)


def more(over: str | None) -> int:
    """How many chips more; none where none are stated."""
    from offtake.dealing.offered import chips_of

    return 0 if over is None else chips_of("--over", over)


def text_of(file: Path) -> str:
    """A file of terms as text. Raises `WrongDealingError` where it is none."""
    from offtake.dealing.wrong import WrongDealingError

    if file.exists() and not file.is_file():
        raise WrongDealingError(f"{file} is no ordinary file")
    if file.stat().st_size > 1 << 20:
        raise WrongDealingError(f"{file} is larger than a bid ever is")
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise WrongDealingError(f"{file} is not text in UTF-8") from error
