"""Colours: one for each supplier, the same in every chart, apart for colour-blind eyes.

The supplier hues start from Okabe and Ito (2008) and were moved until any two stay apart, also
under protanopia, deuteranopia and tritanopia, on light and on dark paper; a test measures it. The
page takes its colours through CSS variables, so that one drawing serves light, dark and print.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import polars as pl

from offtake.report.result import Result, frame

OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of a drawing: paper and ink, the suppliers' hues, and the few with a meaning."""

    paper: str
    ink: str
    quiet: str
    line: str
    accent: str
    alarm: str
    calm: str
    rest: str
    hues: tuple[str, ...]
    ramp: tuple[str, ...]


LIGHT = Look(
    paper="#ffffff",
    ink="#16202b",
    quiet="#566472",
    line="#dfe4ea",
    accent="#1f5fa8",
    alarm="#b3261e",
    calm="#8ea3b8",
    rest="#b9c1c9",
    hues=("#1f5fa8", "#f1ae00", "#00954d", "#b35c8f", "#70afff", "#8f3a12", "#351f95", "#968509"),
    ramp=("#123a5e", "#2b5f8c", "#4a83b0", "#72a5cb", "#9cc3df", "#c3dcec", "#d8d3c4", "#b59f6a"),
)
DARK = Look(
    paper="#12181f",
    ink="#e8edf2",
    quiet="#a3b0bd",
    line="#2c3844",
    accent="#7db4f0",
    alarm="#ff8a80",
    calm="#647a90",
    rest="#5c6873",
    hues=("#4598ff", "#faa31d", "#18d592", "#ca90b0", "#aed1fd", "#b05e34", "#6654ff", "#d1ce6c"),
    ramp=("#9ccbf2", "#74aee0", "#5593ca", "#4079af", "#346492", "#2b5177", "#6b6350", "#a08b57"),
)


def _variables(look: Look) -> dict[str, str]:
    """The CSS custom properties of a look, by name."""
    found: dict[str, str] = {}
    for field in fields(look):
        value = getattr(look, field.name)
        if isinstance(value, tuple):
            found |= {f"--{field.name}-{i}": one for i, one in enumerate(value)}
        else:
            found[f"--{field.name}"] = value
    return found


def css(look: Look) -> str:
    """The look as CSS declarations."""
    return " ".join(f"{name}: {value};" for name, value in _variables(look).items())


def _by_reference() -> Look:
    plain = {
        field.name: f"var(--{field.name})"
        for field in fields(LIGHT)
        if field.name not in ("hues", "ramp")
    }
    return Look(
        **plain,
        hues=tuple(f"var(--hues-{i})" for i in range(len(LIGHT.hues))),
        ramp=tuple(f"var(--ramp-{i})" for i in range(len(LIGHT.ramp))),
    )


PAGE = _by_reference()


def suppliers(result: Result) -> list[str]:
    """Every supplier of the plan, the largest capacity first, then by name.

    The order fixes the colours, so it is made once from the whole plan and not chart by chart.
    """
    names = pl.concat(
        [
            frame(result, "capacity").select(
                name=pl.col("supplier"), size=pl.col("reference_chips")
            ),
            frame(result, "purchases").select(name=pl.col("seller"), size=pl.lit(0.0)),
        ]
    )
    ranked = (
        names.drop_nulls("name")
        .group_by("name")
        .agg(pl.col("size").sum())
        .sort(["size", "name"], descending=[True, False])
    )
    return [str(name) for name in ranked["name"]]


@dataclass(frozen=True, slots=True)
class Hues:
    """The suppliers that have a hue of their own, in order; all the rest share one grey."""

    own: tuple[str, ...]
    look: Look

    def group(self, name: str | None) -> str:
        """The supplier itself, or the group of those without a hue."""
        return name if name is not None and name in self.own else OTHERS

    def of(self, group: str) -> str:
        """The colour of a group."""
        return self.look.hues[self.own.index(group)] if group in self.own else self.look.rest

    @property
    def own_hues(self) -> tuple[str, ...]:
        """The hues of those that have one, in order."""
        return self.look.hues[: len(self.own)]

    @property
    def order(self) -> tuple[str, ...]:
        """Every group, the rest last."""
        return (*(name for name in self.own if name != OTHERS), OTHERS)


def hues(result: Result, look: Look) -> Hues:
    """The colours of a plan's suppliers."""
    named = [name for name in suppliers(result) if name != OTHERS]
    return Hues(tuple(named[: len(look.hues)]), look)


def coloured(result: Result, look: Look, names: Iterable[str]) -> dict[str, str]:
    """A colour for each of the names: its own as a supplier, else one that no supplier has.

    Those for whom none is left share the grey of OTHERS.
    """
    own = hues(result, look)
    free = iter(look.hues[len(own.own) :])
    named = dict.fromkeys(names)
    return {name: own.of(name) if name in own.own else next(free, look.rest) for name in named}
