"""What catalogues call accelerators and regions, and what a book calls them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from fractions import Fraction
from functools import lru_cache

CHIPS = {
    "A100-80GB": "a100",
    "A100-80GB-SXM": "a100",
    "B200": "b200",
    "B200-SXM": "b200",
    "GB200": "gb200",
    "GB300": "gb300",
    "H100": "h100",
    "H100-SXM": "h100",
    "H100-MEGA": "h100",
    "H200": "h200",
    "H200-SXM": "h200",
    "MI300X": "mi300x",
    "Trainium2": "trainium2",
    "tpu-v5p": "tpu-v5p",
}
"""SkyPilot's names of the chips in the built-in table. An A100 without more is the one of 40 GB."""

HOSTS = {
    ("A100-80GB", 1): "a2-ultragpu-1g",
    ("A100-80GB", 2): "a2-ultragpu-2g",
    ("A100-80GB", 4): "a2-ultragpu-4g",
    ("A100-80GB", 8): "a2-ultragpu-8g",
    ("A100", 1): "a2-highgpu-1g",
    ("A100", 2): "a2-highgpu-2g",
    ("A100", 4): "a2-highgpu-4g",
    ("A100", 8): "a2-highgpu-8g",
    ("A100", 16): "a2-megagpu-16g",
    ("H100", 1): "a3-highgpu-1g",
    ("H100", 2): "a3-highgpu-2g",
    ("H100", 4): "a3-highgpu-4g",
    ("H100", 8): "a3-highgpu-8g",
    ("H100-MEGA", 8): "a3-megagpu-8g",
    ("H200", 8): "a3-ultragpu-8g",
    ("B200", 8): "a4-highgpu-8g",
    ("L4", 1): "g2-standard-4",
    ("L4", 2): "g2-standard-24",
    ("L4", 4): "g2-standard-48",
    ("L4", 8): "g2-standard-96",
}
"""The machine that Google Cloud puts these chips into, and prices by itself.

Source: cloud.google.com/compute/docs/gpus, as SkyPilot's catalogue of that cloud has it.
"""

_SLICE = re.compile(r"(tpu-(v[0-9]+[a-z]*))-([0-9]{1,5})")
_CORES = ("v2", "v3", "v4", "v5p")
_SLUG_MOST = 64


@lru_cache(maxsize=4096)
def accelerator(name: str, count: Fraction) -> tuple[str, Fraction]:
    """The chip of an accelerator, and how many chips it is.

    A slice of TPUs is one accelerator of many chips. Its number counts chips, or in versions 2, 3,
    4 and 5p cores, of which a chip has two (cloud.google.com/tpu/docs).
    """
    found = _SLICE.fullmatch(name)
    if found is None:
        return name, count
    chips = Fraction(int(found[3]), 2 if found[2] in _CORES else 1)
    return found[1], count * chips


@lru_cache(maxsize=4096)
def slug(text: str, most: int = _SLUG_MOST) -> str:
    """A text as an id: ASCII, lower-case, without accents; empty where nothing of it is left."""
    plain = unicodedata.normalize("NFKD", text[:200])
    kept = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9._]+", "-", kept).strip("-._")[:most].rstrip("-._")


def apart(name: str, taken: Collection[str]) -> str:
    """The name, or the first of name-2, name-3, ... that is not taken."""
    free, number = name, 1
    while free in taken:
        number += 1
        end = f"-{number}"
        free = name[: _SLUG_MOST - len(end)] + end
    return free
