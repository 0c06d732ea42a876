"""The page: sound HTML, nothing loaded, nothing injected, the same bytes each time."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from offtake.report import charts, fragment, page_html, render, words
from offtake.report.clash import clash_html
from offtake.report.markup import Markup, joined, script_data, tag

from .frames import HOSTILE, MONTHS, Plan, hostile, long_names, nothing, one_month, realistic, rows

PAGES = {
    "realistic": realistic(),
    "nothing": nothing(),
    "one month": one_month(),
    "hostile": hostile(),
    "long names": long_names(),
}
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Reader(HTMLParser):
    """Reads a page strictly: every element is closed in its turn."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        assert len(named) == len(attrs), f"an attribute twice in <{tag}>"
        self.elements.append((tag, named))
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.text.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module", params=list(PAGES))
def page(request: pytest.FixtureRequest) -> Reader:
    return read(page_html(PAGES[request.param]))


def test_every_element_closes_and_every_id_is_its_own(page: Reader) -> None:
    assert len(page.ids) == len(set(page.ids))


def test_nothing_is_loaded_and_links_stay_within_the_page(page: Reader) -> None:
    for name, attributes in page.elements:
        assert "src" not in attributes, name
        assert name not in ("link", "img", "iframe", "object", "base", "form")
        assert not [key for key in attributes if key.startswith("on")]
        if "href" in attributes:
            target = str(attributes["href"])
            assert target.startswith("#")
            assert target[1:] in page.ids


def test_only_the_scripts_of_the_report_may_run(page: Reader) -> None:
    policy = next(one for one in page.named("meta") if one.get("http-equiv"))
    said = str(policy["content"])
    assert said.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in said
    assert not re.search(r"script-src[^;]*unsafe-inline", said)
    kinds = [one.get("type") for one in page.named("script")]
    assert kinds.count(None) == 2
    assert set(kinds) <= {None, "application/json"}


def test_landmarks_captions_and_labels_are_there(page: Reader) -> None:
    names = [name for name, _ in page.elements]
    for landmark in ("header", "nav", "main", "footer"):
        assert names.count(landmark) == 1
    assert names.count("h1") == 1
    assert names.count("table") == names.count("caption")
    assert names.count("figure") == names.count("figcaption")
    skip = next(one for one in page.named("a") if one.get("class") == "skip")
    assert skip["href"] == "#main"
    for head in page.named("th"):
        assert head["scope"] in ("col", "row")
    for region in (one for one in page.named("div") if one.get("role") == "region"):
        assert region["tabindex"] == "0"
        assert region["aria-labelledby"] in page.ids
    for drawn in (one for one in page.named("div") if "data-chart" in one):
        assert drawn["data-label"]
        assert drawn["data-chart"] in page.ids


def test_the_language_and_both_colour_schemes_are_declared(page: Reader) -> None:
    assert page.named("html")[0]["lang"] == "en"
    scheme = next(one for one in page.named("meta") if one.get("name") == "color-scheme")
    assert scheme["content"] == "light dark"


def test_names_from_a_book_stay_text() -> None:
    found = page_html(hostile())
    reader = read(found)
    assert HOSTILE.split("\u2028")[0] in "".join(reader.text)
    assert "<script>alert" not in found
    assert "<b>USD" not in found
    # A line separator within a script's string was the end of it before ECMAScript 2019.
    assert not [
        block
        for block in re.findall(r"(?s)<script[^>]*>(.*?)</script>", found)
        if HOSTILE[:20] in block
    ]


def test_no_script_of_the_fragment_and_names_stay_text_there_too() -> None:
    found = fragment(hostile())
    reader = read(found)
    assert "script" not in [name for name, _ in reader.elements]
    assert len(found) < 60_000
    assert "39.7 B USD" in fragment(realistic())
    assert "Buy and build nothing" in fragment(nothing())


def test_empty_sections_say_so_in_a_sentence() -> None:
    said = " ".join(read(page_html(nothing())).text)
    for sentence in (
        "The plan buys nothing.",
        "No purchase of this plan needs a notice to the holder of a right.",
        "No clause of the book has been priced.",
        "No limit of the book binds this plan.",
        "The plan came without a certificate.",
    ):
        assert sentence in said


def test_a_book_with_sites_is_told_that_nothing_is_built() -> None:
    site = rows("sites", [("mill", "p1", MONTHS[0], 0.0, 0.0, 0.0)])
    said = " ".join(read(page_html(replace(nothing(), sites=site))).text)
    for sentence in (
        "What to buy and build",
        "The plan builds nothing.",
        "No site of the plan is in service in the horizon.",
        "The plan calls no capital.",
        "no phase to build",
    ):
        assert sentence in said


def test_a_buyer_without_sites_reads_nothing_of_building() -> None:
    plan = realistic()
    without = {name: getattr(nothing(), name) for name in ("builds", "sites", "capital")}
    said = " ".join(read(page_html(replace(plan, **without))).text)
    assert "What to buy" in said
    assert not re.search(
        "What to buy and build|builds nothing|to build|No site|Capital called", said
    )


def test_what_else_to_do_stands_after_what_is_bought_where_there_is_any() -> None:
    plan = realistic()
    said = " ".join(" ".join(read(page_html(plan)).text).split())
    section = said[said.index("What else to do") : said.index("Sites: power by phase")]
    assert said.index("25 purchases") < said.index("What else to do")
    ending = "Sep 2025 3 Mar 2025 end coreweave-1/d1 4,000 100% 310 M USD end 4,000 chips"
    assert ending in section
    assert f"May 2026 2 Feb 2026 end lambda-2 600 30% {words.MINUS}2 M USD" in section
    assert "agreements/c.yaml:14 coreweave-1/out" in section
    without = replace(plan, choices=plan.choices.clear())
    assert "What else to do" not in " ".join(read(page_html(without)).text)


def test_what_is_let_month_by_month_is_one_row_a_year() -> None:
    said = " ".join(" ".join(read(page_html(realistic())).text).split())
    # Eleven months of 2025, from 500 to 600 chips at 0.3 M each, and three of 2026.
    mean = "let in 11 months of the year, means over these"
    assert f"Feb 2025 {words.NONE} let azure-main/d1 550 50% 3.30 M USD {mean}" in said
    assert f"Jan 2026 {words.NONE} let azure-main/d1 620 50% 900,000 USD let in 3 months" in said
    one = realistic().choices.filter(pl.col("start") == MONTHS[0])
    said = " ".join(read(page_html(replace(realistic(), choices=one))).text)
    assert "let 500 chips of azure-main/d1" in said


def test_one_scenario_has_nothing_to_regret() -> None:
    plan = realistic()
    said = " ".join(read(page_html(replace(plan, scenarios=plan.scenarios.head(1)))).text)
    assert "The book knows one future, and the plan is made for it" in said
    assert "M USD of regret" not in said


def test_a_small_buyers_chips_are_not_counted_in_thousands() -> None:
    plan = realistic()
    small = replace(
        plan,
        capacity=plan.capacity.with_columns(pl.col("reference_chips") / 1e4),
        demand=plan.demand.with_columns(pl.col("needed", "unserved", "served", "peak") / 1e4),
    )
    for name in ("capacity", "unserved"):
        assert "thousand reference chips" in json.dumps(charts.specification(plan, name))
        drawn = json.dumps(charts.specification(small, name))
        assert "thousand" not in drawn
        assert "reference chips" in drawn


def test_the_tables_hold_every_row_and_why() -> None:
    plan = realistic()
    said = " ".join(" ".join(read(page_html(plan)).text).split())
    for one in plan.purchases["id"]:
        assert one in said
    for place in (*plan.purchases["place"], *plan.limits["place"], *plan.notices["place"]):
        assert place in said
    assert plan.certificate["digest"] in said


def test_two_renders_are_the_same_bytes_and_every_file_is_named(tmp_path: Path) -> None:
    first, second = (render(one_month(), tmp_path / name) for name in ("a", "b"))
    assert [path.name for path in first] == ["plan.html", *(f"{n}.png" for n in charts.NAMES)]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_the_page_of_a_plan_of_full_size_stays_small() -> None:
    assert len(page_html(realistic())) < 1_500_000


def test_text_is_escaped_on_its_way_into_a_tag() -> None:
    assert tag("p", "<b>&\"'") == "<p>&lt;b&gt;&amp;&quot;&#x27;</p>"
    assert tag("p", class_='"><script>') == '<p class="&quot;&gt;&lt;script&gt;"></p>'
    assert joined(["<", Markup("<br>"), None]) == "&lt;<br>"


def test_data_cannot_close_its_script() -> None:
    block = script_data("d", {"a": "</script><!--\u2028"})
    inside = block.removeprefix('<script type="application/json" id="d">')
    inside = inside.removesuffix("</script>")
    assert "<" not in inside
    assert json.loads(inside) == {"a": "</script><!--\u2028"}


@dataclass(frozen=True)
class Line:
    place: str
    sentence: str
    change_sentence: str


@dataclass(frozen=True)
class Clashing:
    title: str
    as_of: object
    members: tuple[Line, ...]
    certificate: dict[str, str]


def test_a_clash_has_a_page_that_runs_nothing() -> None:
    lines = (
        Line("demand.yaml:4", "Training needs 9,000 chips, never unserved.", "8,000 would do"),
        Line("offers.yaml:7", "Oracle sells at most <b>8,000</b>.", "9,000 would do"),
    )
    plan: Plan = nothing()
    found = clash_html(Clashing("A book", plan.as_of, lines, {}))  # type: ignore[arg-type]
    reader = read(found)
    said = " ".join(reader.text)
    assert "Two lines of the book cannot hold together" in said
    assert "Oracle sells at most <b>8,000</b>." in said
    assert "demand.yaml:4" in said
    assert reader.named("script") == []
    assert "script-src 'none'" in found
