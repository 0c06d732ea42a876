"""In which lines two books differ, and that those lines are all of the difference."""

from __future__ import annotations

from pathlib import Path

from offtake.book.changes import drafted
from offtake.book.draft import Draft
from offtake.book.lines import lines, settled, taken

from .editing import OFFERS, TEXT, by_hand
from .writing import KINDS, good, reading

OTHER = [
    ("as_of: 2025-01-21", "as_of: 2025-01-22"),
    ("base: 300 chips", "base: 310 chips"),
    ("length: 30 days, roll: none", "length: 10 days"),
    ("  - {kind: promise, share: 70%}\n", "  - {id: other, kind: promise, share: 70%}\n"),
    ("  - {on: 2024-09-01, end: [first]}\n", ""),
    ("  - {id: d2, add: 200 chips", "  - {id: d3, add: 200 chips"),
    ("- {id: neo, name: Neocloud}", "- {id: neo, name: Neocloud, note: new}\n- {id: x, name: X}"),
    ("neo-4.5,neo,h100,us,12 months,2.10 USD per chip-hour,300 chips\n", ""),
]


def test_the_lines_that_differ_are_told_with_their_places(tmp_path: Path) -> None:
    before, after = _drafts(tmp_path)
    found = {line.path: line for line in lines(before, after)}
    assert list(found)[:2] == ["book.as_of", "parties/neo.note"]
    base = found["demand/chat.base"]
    assert base.texts == ("300 chips", "310 chips")
    assert (str(base.place_before), str(base.place_after)) == ("book.yaml:49:52", "book.yaml:49:52")
    gone = found["offers/neo-4.5"]
    assert (str(gone.place_before), gone.place_after) == ("offers.csv:3:1", None)
    assert found["agreements/cloud-2024.clauses.first.window.roll"].texts == ("none", None)
    assert found["agreements/cloud-2024.deliveries.d3"].before is None
    assert found["agreements/cloud-2024.deliveries.d2"].after is None
    assert [path for path, line in found.items() if line.remark] == ["parties/neo.note"]


def test_the_lines_of_one_book_put_into_the_other_make_it_the_one(tmp_path: Path) -> None:
    before, after = _drafts(tmp_path)
    for start, goal in ((before, after), (after, before)):
        assert lines(taken(start, lines(start, goal)), goal) == ()
    assert lines(before, before) == ()


def test_the_same_records_in_another_order_or_file_are_no_difference(tmp_path: Path) -> None:
    before, _ = _drafts(tmp_path)
    header, *rows = OFFERS.splitlines(keepends=True)
    turned = tmp_path / "turned"
    book = good(turned, TEXT, offers_csv=header + "".join(reversed(rows)))
    assert lines(before, drafted(turned, KINDS, book.digest)) == ()


def test_a_trace_is_compared_by_what_it_says(tmp_path: Path) -> None:
    drafts = []
    for folder, hour in (("a", 3), ("b", 4)):
        text = TEXT.replace("base: 300", "shape: {trace: load.csv}, base: 300")
        trace = "timestamp\n" + "".join(
            f"2024-01-01 {h:02}:00:00\n" * (1 + (h == hour)) for h in range(24)
        )
        assert reading(tmp_path / folder, text, offers_csv=OFFERS, load_csv=trace).faults == ()
        book = good(tmp_path / folder, text, offers_csv=OFFERS, load_csv=trace)
        drafts.append(settled(drafted(tmp_path / folder, KINDS, book.digest), book))
    assert {line.path.partition(".")[2] for line in lines(*drafts)} == {"shape"}


def _drafts(folder: Path) -> tuple[Draft, Draft]:
    plain = good(folder, TEXT, offers_csv=OFFERS)
    other = by_hand(folder, *OTHER)
    return (
        drafted(folder, KINDS, plain.digest),
        drafted(folder / "by-hand", KINDS, other.digest),
    )
