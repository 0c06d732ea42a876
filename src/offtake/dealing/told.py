"""What became of a command in a sentence, for its sender: from its own words and the desk's reply.

The buyer and auditors are told the events. Whoever else acts is told of its own deed alone: an
event may say what others did.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from offtake.desk import commands as cm
from offtake.desk.plain import Plain

_ANSWERS = {
    "take": "takes what it was noticed of",
    "waive": "waives",
    "counter": "answers with other terms",
    "unable": "is unable to serve it",
    "offer": "offers",
}


def told(actor: str, command: cm.Command, reply: Plain, seen: Plain) -> str:
    """`microsoft takes 16,000 chips in round 1 (90,000 chips) of the tender t under azure-rofr.`

    `seen` is what it saw when it sent the command.
    """
    said = _SAID.get(type(command))
    if isinstance(command, cm.Answer):
        what = _answer(command, seen)
    else:
        what = "was heard" if said is None else said(command, reply)
    at = str(reply["at"]).replace(".000000000Z", "Z")
    return f"{actor} {what}, at {at}."


def _submit(command: cm.Submit, reply: Plain) -> str:
    chips, price = command.bid.chips, command.bid.terms.price
    return f"bid for {chips:,} chips at {price} per chip-hour in the tender {command.tender}"


def _pledge(command: cm.Pledge, reply: Plain) -> str:
    return f"pledged a bid in the tender {command.tender} by {command.commitment}"


def _reveal(command: cm.Reveal, reply: Plain) -> str:
    chips, price = command.bid.chips, command.bid.terms.price
    return f"revealed its bid for {chips:,} chips at {price} in the tender {command.tender}"


def _recall(command: cm.Recall, reply: Plain) -> str:
    return f"took its bid {command.bid} in the tender {command.tender} back"


def _revise(command: cm.Revise, reply: Plain) -> str:
    price = command.terms.price
    return f"now asks {price} for {command.chips:,} chips in the tender {command.tender}"


def _answer(command: cm.Answer, seen: Plain) -> str:
    what = _ANSWERS.get(command.kind, command.kind)
    if command.chips is not None and command.kind in ("take", "offer"):
        what = f"{command.kind}s {command.chips:,} chips"
    over = f" and {command.over:,} more if others leave them" if command.over else ""
    where = f"the tender {command.tender} under {command.clause}"
    meant = (command.tender, command.round, command.clause)
    for one in seen["own"]["notices"]:
        if (one["tender"], one["round"], one["clause"]) == meant:
            where = f"round {one['round']} ({one['chips']:,} chips) of {where}"
    return f"{what}{over} in {where}"


def _stand_by(command: cm.StandBy, reply: Plain) -> str:
    return f"stands by its bid for the remainder in the tender {command.tender}"


def _close(command: cm.Close, reply: Plain) -> str:
    named = f" as {reply['made']}" if reply.get("made") else ""
    return f"signed what it took in the tender {command.tender}{named}"


def _deliver(command: cm.Deliver, reply: Plain) -> str:
    return f"recorded that {command.agreement} is in service"


def _declare(command: cm.Declare, reply: Plain) -> str:
    chips, region = command.chips, command.region
    return f"declared {chips:,} chips of {command.chip} in {region} for {command.party}"


def _assign(command: cm.Assign, reply: Plain) -> str:
    return f"assigned its right under {command.clause} to {command.to}"


_SAID: dict[type[cm.Command], Callable[[Any, Plain], str]] = {
    cm.Submit: _submit,
    cm.Pledge: _pledge,
    cm.Reveal: _reveal,
    cm.Recall: _recall,
    cm.Revise: _revise,
    cm.StandBy: _stand_by,
    cm.Close: _close,
    cm.Deliver: _deliver,
    cm.Declare: _declare,
    cm.Assign: _assign,
}
