"""Each chart draws, whatever the plan; colours are fixed and stay apart for every eye."""

from __future__ import annotations

import itertools
import json
import struct
import subprocess
import sys

import numpy as np
import pytest

from offtake.report import chart, charts, png
from offtake.report.charts.compact import compact
from offtake.report.palette import DARK, LIGHT, Look, hues, suppliers

from .frames import Plan, hostile, long_names, nothing, one_month, realistic

PLANS: dict[str, Plan] = {
    "realistic": realistic(),
    "nothing": nothing(),
    "one month": one_month(),
    "hostile": hostile(),
    "long names": long_names(),
}


def size(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high = struct.unpack(">II", picture[16:24])
    return wide, high


@pytest.mark.parametrize("name", charts.NAMES)
@pytest.mark.parametrize("plan", PLANS)
def test_every_chart_of_every_plan_is_a_png_of_2000_points_across(plan: str, name: str) -> None:
    wide, high = size(png(chart(PLANS[plan], name)))
    assert wide == 2000
    assert 100 < high < 4000


def test_a_chart_without_rows_says_so() -> None:
    said = json.dumps(chart(nothing(), "notices").to_dict())
    assert "No purchase needs a notice." in said
    assert charts.specification(nothing(), "notices") is None


def test_the_same_plan_gives_the_same_chart() -> None:
    first, second = (charts.specification(realistic(), name) for name in ("sites", "sites"))
    assert json.dumps(first) == json.dumps(second)


def test_capacity_can_be_drawn_for_one_scenario() -> None:
    said = json.dumps(chart(realistic(), "capacity", scenario="high-c").to_dict())
    assert "Scenario high-c." in said
    assert '"low-a"' not in said


def test_a_scenario_or_chart_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"no scenario 'sideways'.*base-b"):
        chart(realistic(), "capacity", scenario="sideways")
    with pytest.raises(ValueError, match=r"no chart 'pie'; the charts are capacity"):
        chart(realistic(), "pie")
    with pytest.raises(ValueError, match="only 'capacity' takes one"):
        chart(realistic(), "spend", scenario="base-b")


def colours(name: str) -> dict[str, str]:
    """What the chart paints each supplier with."""
    drawn = chart(realistic(), name).to_dict()
    scales = [
        encoded["color"]["scale"]
        for layer in drawn.get("layer", [drawn])
        if "color" in (encoded := layer.get("encoding", {})) and "scale" in encoded["color"]
    ]
    return dict(zip(scales[0]["domain"], scales[0]["range"], strict=True))


def test_a_supplier_has_one_colour_in_every_chart() -> None:
    by_chart = [colours(name) for name in ("capacity", "served", "suppliers")]
    for supplier in suppliers(realistic()):
        assert len({one[supplier] for one in by_chart}) == 1


def test_suppliers_beyond_the_palette_share_one_grey() -> None:
    groups = hues(long_names(), LIGHT)
    assert len(suppliers(long_names())) > len(groups.own) == len(LIGHT.hues)
    assert groups.of(groups.group("somebody else")) == LIGHT.rest


# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip


def lab(colour: str, sight: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of a colour as an eye of that sight has it."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(sight @ linear, 0, 1)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ seen / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_supplier_colours_stay_apart_for_every_kind_of_sight(
    look: Look, sight: str
) -> None:
    for one, other in itertools.combinations(look.hues, 2):
        apart = float(np.linalg.norm(lab(one, SIGHT[sight]) - lab(other, SIGHT[sight])))
        assert apart > 20, (one, other, apart)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
def test_words_stand_out_from_the_paper_at_the_level_of_wcag_aa(look: Look) -> None:
    def luminance(colour: str) -> float:
        rgb = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for text in (look.ink, look.quiet, look.accent, look.alarm):
        low, high = sorted((luminance(text), luminance(look.paper)))
        assert (high + 0.05) / (low + 0.05) >= 4.5, text


def test_rows_by_column_are_much_smaller_and_lose_nothing() -> None:
    rows = [{"name": f"supplier {i % 3}", "month": "2025-02-01", "x": i / 7} for i in range(60)]
    packed = compact({"datasets": {"d": rows}})["datasets"]["d"]["columns"]
    undone = [
        {
            name: column[i] if isinstance(column, list) else column["texts"][column["rows"][i]]
            for name, column in packed.items()
        }
        for i in range(60)
    ]
    assert undone == rows
    assert len(json.dumps(packed)) < len(json.dumps(rows)) / 2


def test_words_and_fragment_load_no_drawing_library() -> None:
    code = (
        "import sys; from offtake.report import fragment, summary; import offtake.report;"
        "from offtake.report import fragment as f; from report.frames import realistic;"
        "plan = realistic(); fragment(plan); str(summary(plan));"
        "print([m for m in ('altair', 'vl_convert') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )  # fmt: skip
    assert found.stdout.strip() == "[]"
