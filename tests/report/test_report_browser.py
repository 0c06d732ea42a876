"""The page in a real browser without a network: charts drawn, no complaint, both schemes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from offtake.report import page_html

from .frames import Plan, hostile, nothing, realistic
from .rehearsals import Told, many
from .rehearsals import hostile as hostile_rehearsal

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium")
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 24, 31)"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no chromium on the PATH")
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with api.sync_playwright() as started:
        opened = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-sync"]
        )
        yield opened
        opened.close()


def opened(browser: Any, page: Path, scheme: str, width: int = 1280) -> tuple[Any, list[str]]:
    """The page with all its charts drawn, and what it complained of or asked for."""
    context = browser.new_context(
        color_scheme=scheme, offline=True, viewport={"width": width, "height": 900},
        timezone_id="America/Los_Angeles",
    )  # fmt: skip
    tab, heard = context.new_page(), []
    tab.on("console", lambda said: heard.append(f"{said.type}: {said.text}"))
    tab.on("pageerror", lambda fault: heard.append(f"fault: {fault}"))
    tab.on("dialog", lambda asked: (heard.append(f"dialog: {asked.message}"), asked.dismiss()))
    tab.on("request", lambda wanted: heard.append(wanted.url) if wanted.url != url else None)
    url = page.as_uri()
    tab.goto(url)
    tab.wait_for_selector("html[data-drawn]", timeout=60_000)
    return tab, heard


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    plans: dict[str, tuple[Plan, Told | None]] = {
        "realistic": (realistic(), None),
        "hostile": (hostile(), None),
        "nothing": (nothing(), None),
        "rehearsed": (realistic(), many()),
        "hostile rehearsal": (hostile(), hostile_rehearsal()),
    }
    out = tmp_path_factory.mktemp("pages")
    for name, (plan, rehearsal) in plans.items():
        (out / f"{name}.html").write_text(page_html(plan, rehearsal), encoding="utf-8")
    return {name: out / f"{name}.html" for name in plans}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("realistic", 12),
        ("hostile", 12),
        ("nothing", 0),
        ("rehearsed", 14),
        ("hostile rehearsal", 14),
    ],
)
def test_the_page_draws_offline_without_a_complaint(
    browser: Any, pages: dict[str, Path], name: str, drawn: int, scheme: str
) -> None:
    tab, heard = opened(browser, pages[name], scheme)
    assert heard == []
    assert tab.locator(".chart svg[role=img][aria-label]").count() == drawn
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == PAPER[scheme]
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1280


def test_charts_take_the_colours_of_the_scheme(browser: Any, pages: dict[str, Path]) -> None:
    axis = (
        "getComputedStyle(document.querySelector('[data-chart=data-capacity] .role-axis-label "
        "text')).fill"
    )
    seen = [opened(browser, pages["realistic"], s)[0].evaluate(axis) for s in PAPER]
    assert seen == ["rgb(86, 100, 114)", "rgb(163, 176, 189)"]


def test_months_do_not_slip_in_a_zone_west_of_greenwich(
    browser: Any, pages: dict[str, Path]
) -> None:
    tab, _ = opened(browser, pages["realistic"], "light")
    labels = tab.locator("[data-chart=data-capacity] .role-axis-label text").all_text_contents()
    assert "2026" in labels
    assert not [one for one in labels if one[:1].isdigit() and " " in one]


def test_a_scenario_can_be_chosen_by_keyboard(browser: Any, pages: dict[str, Path]) -> None:
    tab, heard = opened(browser, pages["realistic"], "light")
    areas = "[data-chart=data-capacity] .mark-area path"
    drawn = (
        "(where) => [...document.querySelectorAll(where)].map((e) => e.getAttribute('d')).join()"
    )
    before = tab.evaluate(drawn, areas)
    tab.locator("select").focus()
    tab.keyboard.press("End")
    tab.wait_for_function(f"([where, old]) => ({drawn})(where) !== old", arg=[areas, before])
    assert heard == []


def test_the_tooltip_says_names_as_text(browser: Any, pages: dict[str, Path]) -> None:
    tab, heard = opened(browser, pages["hostile"], "light")
    chart = tab.locator("[data-chart=data-capacity] svg")
    chart.scroll_into_view_if_needed()
    tab.wait_for_timeout(300)
    box = chart.bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.wait_for_selector(".tip:not([hidden])")
    assert "alert('x')" in tab.locator(".tip").inner_text()
    assert tab.locator(".tip script").count() == 0
    assert heard == []


def test_the_tooltip_says_what_happened_at_the_desk(browser: Any, pages: dict[str, Path]) -> None:
    tab, heard = opened(browser, pages["hostile rehearsal"], "light")
    mark = tab.locator("[data-chart=data-tenders] .mark-symbol.role-mark path").last
    mark.scroll_into_view_if_needed()
    tab.wait_for_timeout(300)
    mark.hover()
    tab.wait_for_selector(".tip:not([hidden])")
    said = tab.locator(".tip").inner_text()
    assert "alert('x')" in said
    assert "in the tender" in said
    assert tab.locator(".tip script").count() == 0
    assert heard == []


def test_the_first_tab_leads_past_the_header(browser: Any, pages: dict[str, Path]) -> None:
    tab, _ = opened(browser, pages["realistic"], "light")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


def test_a_narrow_screen_scrolls_down_only(browser: Any, pages: dict[str, Path]) -> None:
    tab, heard = opened(browser, pages["realistic"], "dark", width=390)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert heard == []


def test_print_is_light_whatever_the_screen_is(browser: Any, pages: dict[str, Path]) -> None:
    tab, _ = opened(browser, pages["realistic"], "dark")
    tab.emulate_media(media="print", color_scheme="dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") in (
        PAPER["light"],
        "rgba(0, 0, 0, 0)",
    )
