"""What a party may try and print at the command line before bids open."""

from __future__ import annotations

PROBES: tuple[tuple[str, ...], ...] = (
    ("sign", "book", "t"),
    ("sign", "book", "t", "--with", "far"),
    ("notice", "book", "t"),
    ("notice", "book", "t", "--bid", "far"),
    ("notice", "book", "t", "--bid", "0123456789abcdef"),
    ("award", "book", "t", "far"),
    ("award", "book", "t", "third", "--decline"),
    ("erase", "book", "t"),
    ("withdraw", "book", "t", "--bid"),
    ("answer", "book", "t", "waive"),
    ("answer", "book", "t", "stand-by"),
    ("revise", "book", "t", "--chips", "400"),
    ("bid", "book", "t", "--price", "0 USD per chip-hour", "--chips", "0"),
    ("pledge", "book", "t", "5e" * 32),
    ("assign", "book", "near-2025/near-first", "--to", "third", "--evidence", "x"),
    ("deliver", "book", "far-2026-04"),
    ("show", "book", "u"),
    ("receipt", "book", "bid-2026-01-13T10:02:00Z"),
)
LOOKS: tuple[tuple[str, ...], ...] = (
    ("list", "book"),
    ("list", "book", "--all", "--json"),
    ("show", "book", "t"),
    ("show", "book", "t", "--json"),
    ("log", "book"),
    ("log", "book", "--json"),
    ("export", "book"),
    ("receipt", "book", "own"),
)
EXPORT = ("export", "book", "--to", "j.jsonl")
READ: tuple[tuple[str, ...], ...] = (
    ("check", "book", "--json"),
    ("book", "pull", "book", "--json"),
    ("trace", "t", "book"),
    ("trace", "t", "book", "--json"),
    ("trace", "chat", "book", "--effects"),
)
VERIFY = ("verify", "j.jsonl", "--json")
