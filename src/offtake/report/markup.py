"""HTML that cannot be injected: text is escaped when it enters, only this module makes tags."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable

_VOID = frozenset({"meta", "link", "br", "hr", "img"})


class Markup(str):
    """Text that is HTML already; every other str is escaped on its way in."""

    __slots__ = ()


Content = Markup | str | None


def escaped(text: str) -> Markup:
    """The text as HTML, quotes included."""
    return Markup(html.escape(text, quote=True))


def joined(parts: Iterable[Content], between: str = "") -> Markup:
    """The parts one after another, those that are plain text escaped, None left out."""
    shown = (part if isinstance(part, Markup) else escaped(part) for part in parts if part)
    return Markup(between.join(shown))


def tag(name: str, *content: Content, **attributes: str | bool | None) -> Markup:
    """An element. `class_` is class, other underscores are hyphens; None and False are left out."""
    words = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        said = key.rstrip("_").replace("_", "-")
        words.append(f" {said}" if value is True else f' {said}="{html.escape(value, quote=True)}"')
    opening = f"<{name}{''.join(words)}>"
    return Markup(opening if name in _VOID else f"{opening}{joined(content)}</{name}>")


def script_data(name: str, value: object) -> Markup:
    """A JSON data block. `<`, `>` and `&` are written as JSON escapes, so no tag can close it."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(
        f'<script type="application/json" id="{html.escape(name, quote=True)}">{text}</script>'
    )
