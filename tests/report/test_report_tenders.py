"""The section on a rehearsal: its charts, its words, its tables; nothing of it where none is."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from offtake.rehearse import TABLES
from offtake.report import chart, charts, page_html, png, render, spans
from offtake.report.clash import render_clash
from offtake.report.palette import LIGHT, coloured, hues
from offtake.report.rehearsed import COLUMNS, fates, told
from offtake.report.retold import takeaway

from .frames import HOSTILE, hostile, long_names, nothing, one_month, realistic
from .rehearsals import Told, abreast, bare, many, one
from .rehearsals import hostile as hostile_rehearsal
from .test_report_page import Clashing, read

REHEARSALS: dict[str, Told] = {
    "none": Told(),
    "bare": bare(),
    "one": one(),
    "abreast": abreast(),
    "many": many(),
    "hostile": hostile_rehearsal(),
}


def words_of(page: str) -> str:
    return " ".join(" ".join(read(page).text).split())


def test_the_columns_that_are_read_are_those_of_a_rehearsal() -> None:
    for name, columns in COLUMNS.items():
        own = {
            column: pl.Datetime("ns", "UTC") if kind == "Instant" else getattr(pl, kind)
            for column, kind in TABLES[name].items()
        }
        assert {column: own.get(column) for column in columns} == dict(columns)


def test_a_page_without_a_rehearsal_says_nothing_of_tenders() -> None:
    page = page_html(one_month())
    assert 'id="tenders"' not in page
    assert "rehears" not in words_of(page)


@pytest.mark.parametrize("name", REHEARSALS)
def test_a_page_with_a_rehearsal_is_sound_and_says_that_it_is_one(name: str) -> None:
    reader = read(page_html(one_month(), REHEARSALS[name]))
    assert len(reader.ids) == len(set(reader.ids))
    said = " ".join(" ".join(reader.text).split())
    assert "This is a rehearsal: nobody was asked, and nothing was signed." in said
    assert "Holders and sellers are simulated." in said
    assert f"drawn with seed {REHEARSALS[name].seed}." in said
    order = ["When: notices and rights", "Tenders", "Money"]
    assert [one for one in _sections(reader.text) if one in order] == order * 2


def _sections(text: list[str]) -> list[str]:
    """The names in the page's navigation, then those above its sections."""
    return [one for one in text if one in ("When: notices and rights", "Tenders", "Money")]


@pytest.mark.parametrize("name", charts.REHEARSED)
@pytest.mark.parametrize("rehearsal", REHEARSALS)
def test_every_chart_of_every_rehearsal_is_a_png(rehearsal: str, name: str) -> None:
    picture = png(chart(long_names(), name, rehearsal=REHEARSALS[rehearsal]))
    wide, high = struct.unpack(">II", picture[16:24])
    assert wide == 2000
    assert 100 < high < 4000


def test_a_chart_of_a_rehearsal_needs_one() -> None:
    with pytest.raises(ValueError, match="'tenders' is of a rehearsal, and none is given"):
        chart(realistic(), "tenders")
    with pytest.raises(ValueError, match="only 'capacity' takes one"):
        chart(realistic(), "tenders", scenario="base-b", rehearsal=one())


def test_a_rehearsal_of_nothing_says_so() -> None:
    for rehearsal in (Told(), bare()):
        said = words_of(page_html(nothing(), rehearsal))
        for sentence in (
            "No purchase of the plan was rehearsed.",
            "Nothing was signed in the rehearsal.",
            "Every purchase of the plan was rehearsed.",
        ):
            assert sentence in said
        for name in charts.REHEARSED:
            assert charts.specification(nothing(), name, rehearsal) is None


def test_a_tender_is_drawn_from_its_bids_to_its_close() -> None:
    (course,) = spans.courses(one())
    opened = course.life.begin
    days = [
        (span.kind, (span.begin - opened).days, (span.used - opened).days,
         (span.until - opened).days)
        for span in course.spans
    ]  # fmt: skip
    # The window is left with the answer on day 24; the tail, once the rest is signed on day 44.
    assert days == [("bids", 0, 14, 14), ("window", 14, 24, 44), ("tail", 24, 44, 144)]
    assert course.lanes == 1
    kinds = [mark.kind for mark in course.marks]
    assert kinds == [
        spans.STEP, spans.STEP, spans.STEP, spans.TOOK, spans.SIGNED, spans.CLOSED,
    ]  # fmt: skip
    assert course.marks[-1].what == "delivered, tender closed"
    assert course.marks[-1].sentence.count("in the tender") == 2


def test_holders_asked_at_the_same_time_have_lanes_of_their_own() -> None:
    (course,) = spans.courses(abreast())
    windows = {span.holder: span.lane for span in course.spans if span.kind == spans.WINDOW}
    assert windows == {"azure": 0, "coreweave": 1}
    assert course.lanes == 2
    answers = {mark.at.day: mark.lane for mark in course.marks if mark.kind == spans.TOOK}
    assert answers == {23: 0, 5: 1}


def test_a_withdrawn_tender_ends_its_spans() -> None:
    course = next(one for one in spans.courses(many()) if one.marks[-1].kind == spans.FAILED)
    assert max(span.until for span in course.spans) == course.life.until


def test_a_tail_without_an_end_is_drawn_to_the_last_event() -> None:
    endless = one().timeline.with_columns(
        until=pl.when(pl.col("what") != "tail started").then("until")
    )
    (course,) = spans.courses(replace(one(), timeline=endless))
    assert course.spans[-1].until == course.life.until


def test_every_event_of_a_tender_can_be_read_in_the_chart_and_in_the_table() -> None:
    drawn = json.dumps(charts.specification(realistic(), "tenders", many()))
    page = words_of(page_html(realistic(), many()))
    for sentence in told(many(), "timeline").filter(pl.col("tender") != "")["sentence"]:
        assert sentence in drawn
        assert sentence in page
    assert "openai began." in page


def test_the_parts_of_a_tender_sum_to_what_was_sought() -> None:
    found = fates(many())
    sums = found.group_by("tender").agg(pl.col("chips").sum(), pl.col("planned").first())
    assert (sums["chips"] == sums["planned"]).all()
    assert set(found["fate"]) == {"taken", "planned", "other", "missing"}


def test_a_holder_has_one_colour_and_it_is_its_own_as_a_supplier() -> None:
    groups = hues(realistic(), LIGHT)
    found = coloured(realistic(), LIGHT, ["azure", "newcomer", "azure", "another", "third"])
    assert found["azure"] == groups.of("azure")
    assert found["newcomer"] not in (groups.of(name) for name in groups.own)
    # Six suppliers leave two hues.
    assert found["third"] == LIGHT.rest
    drawn = json.dumps(chart(realistic(), "tenders", rehearsal=many()).to_dict())
    assert groups.of("azure") in drawn


def test_the_sentences_are_made_from_the_numbers() -> None:
    assert takeaway(one(), "tenders").startswith(
        "One tender runs from 3 Feb 2025 to 1 Sep 2025; one holder is asked once and takes chips "
        "once; it takes 44 days from opening to its last signature. "
    )
    assert takeaway(one(), "takers") == (
        "Of 2,000 chips sought, holders of rights take 800: azure 800 (40%); 1,200 are signed "
        "with the sellers planned."
    )
    said = takeaway(many(), "tenders")
    assert "two holders are asked 40 times and take chips 14 times" in said
    assert "the desk refuses eight steps" in said
    assert "and 35,000 are not bought" in takeaway(many(), "takers")


def test_what_is_offered_later_is_said_to_be_more_than_was_planned() -> None:
    more = one().outcome.with_columns(planned_chips=pl.lit(1500, pl.Int64))
    said = takeaway(replace(one(), outcome=more), "takers")
    assert "Of 2,000 chips sought, 1,500 planned and the rest offered later," in said


def test_the_tables_hold_every_row_and_why() -> None:
    whole = many()
    said = words_of(page_html(realistic(), whole))
    for agreement in whole.agreements["id"]:
        assert agreement in said
    assert "not bought" in said
    assert "nobody sells it" in said
    assert "installed abilene May 2026 4,000 chips at the buyer's own site" in said
    assert "azure waives where it may not take a part." in said


def test_names_of_a_rehearsal_stay_text() -> None:
    found = page_html(hostile(), hostile_rehearsal())
    assert HOSTILE.split("\u2028")[0] in "".join(read(found).text)
    assert "<script>alert" not in found
    block = next(one for one in found.split("<script") if 'id="data-tenders"' in one)
    assert "\u2028" not in block
    assert "\\u2028" not in block


def test_pictures_of_a_rehearsal_are_written_and_none_stays_behind(tmp_path: Path) -> None:
    plan = one_month()
    first = render(plan, tmp_path / "a", one())
    assert [path.name for path in first][-2:] == ["tenders.png", "takers.png"]
    second = render(plan, tmp_path / "b", one())
    for a, b in zip(first, second, strict=True):
        assert a.read_bytes() == b.read_bytes()
    written = render(plan, tmp_path / "a")
    assert sorted(written) == sorted((tmp_path / "a").iterdir())
    clash: Any = Clashing("A book", plan.as_of, (), {})
    assert render_clash(clash, tmp_path / "b") == list((tmp_path / "b").iterdir())


def test_forty_tenders_fit_a_page_of_two_megabytes() -> None:
    assert len(page_html(realistic(), many())) < 2_000_000
