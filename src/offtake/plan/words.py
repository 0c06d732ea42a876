"""Figures in words: money and chips as people write them in a sentence."""

from __future__ import annotations

_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))


def money(amount: float, currency: str) -> str:
    """Three digits and a scale: `4.31 B USD`."""
    for size, letter in _SCALES:
        if abs(amount) >= size * 0.9995:
            return f"{amount / size:.3g} {letter} {currency}"
    return f"{amount:.2f} {currency}"


def counted(risk: float) -> str:
    """What money of the objective is where the worst cases weigh in it: empty where they do not."""
    return f" of weighted cost, {100 * risk:.3g}% of it the worst cases" if risk > 0 else ""


def chips(count: float) -> str:
    """Whole chips with separators."""
    return "1 chip" if round(count) == 1 else f"{count:,.0f} chips"


def one_line(text: str) -> str:
    """The text without line breaks and signs that steer a terminal or turn the writing round."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
