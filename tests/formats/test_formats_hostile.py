"""Whatever a file holds, an import says what is wrong with it, or makes a part of a book."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offtake.book.yamltree import compose
from offtake.formats.needs import classes_of
from offtake.formats.prices import Listed, curve
from offtake.formats.prices import read as prices_of
from offtake.formats.requests import Rates, class_of, load
from offtake.formats.rows import LINE_MOST, BadFile, Tally
from offtake.formats.skypilot import Wanted, offers
from offtake.formats.text import csv_of, yaml_of
from offtake.formats.usage import Named
from offtake.formats.usage import read as usage_of
from offtake.formats.zones import Clockwork

from .writing import DATA, kept, said

CLOCK = Clockwork("Australia/Lord_Howe", "America/St_Johns")
FIXED = {"id": "a", "purpose": "p", "unit": "h100", "unserved": "never"}
LISTED = Listed("p5", "us", 8)


def catalogue(lines: list[bytes]) -> str:
    wanted = Wanted(seller="s", most=8, file="f\n\x1b", known=("h100",), spot=True)
    made = offers(lines, wanted, Tally())
    return yaml_of("offers", made) + csv_of(made)[:0] if made else ""


def curves(lines: list[bytes]) -> str:
    tally = Tally()
    return yaml_of("curves", [curve("c", prices_of(lines, LISTED, tally), LISTED, "f", None)])


def trace(lines: list[bytes]) -> str:
    found = load(lines, CLOCK, Tally(), ("", "", ""), False)
    return yaml_of("demand", [class_of(FIXED, found, Rates(3, 2), CLOCK, (0.5, 0.9, 1), "f")])


def logged(lines: list[bytes]) -> str:
    found = load(lines, CLOCK, Tally(), (), True)
    return yaml_of("demand", [class_of(FIXED, found, Rates(3, 2), CLOCK, (1, None, 1), "f")])


def usage(lines: list[bytes]) -> str:
    found = usage_of(lines, Named(by="team"), CLOCK, Tally())
    return yaml_of("demand", classes_of(FIXED, found, CLOCK, (0.95, 0.95, True), "f"))


PRICED = "AcceleratorName,AcceleratorCount,Price,SpotPrice"
READERS: dict[str, tuple[Callable[[list[bytes]], str], dict[str, tuple[str, ...]]]] = {
    "catalogue": (
        catalogue,
        {
            f"InstanceType,{PRICED},Region,AvailabilityZone": (
                "p5.48xlarge,H100,8,55.04,24,us,us-a",
                ",H100,8,78.40,,us,us-a",
                "a3-highgpu-8g,,,9.46,2.88,us,us-a",
                ",tpu-v5p-8,1,16.8,700.0,us,us-b",
            )
        },
    ),
    "curves": (
        curves,
        {
            "date,region,instance_type,usd_per_hour": tuple(
                f"2025-{month:02d}-01,us,p5,{80 / month}" for month in range(1, 10)
            )
        },
    ),
    "trace": (
        trace,
        {
            "timestamp,prompt_tokens,completion_tokens": (
                "2025-01-15 10:00:00,7,3",
                "2025-01-15 18:30:00.5,9,2",
                "2025-01-16 11:00:00+02:00,9,2",
            ),
            "arrival,tokens": ("0,5", "86400,2"),
        },
    ),
    "logged": (
        logged,
        {
            '{"timestamp": 0, "input_length": 1, "output_length": 1}': (
                '{"timestamp": 60000, "input_length": 4, "output_length": 2}',
                '{"timestamp": 1, "input_length": 1e9, "output_length": 0}',
                *("{}", "[]", "{" * 50, "nul", '"' * 3),
            )
        },
    ),
    "usage": (
        usage,
        {
            "time,duration,num_gpus,team": (
                "2025-01-15 10:00:00,3600,8,a",
                "2025-03-15 10:00:00,9999999.5,2,b",
                "2025-07-15 10:00:00,60,1,a",
            ),
            "date,gpu-hours,team": ("2025-01-15,48,a", "2025-06-15,1,"),
            "team,time,chips": ("a,2025-01-15 10:00:00,8", "b,2025-07-15 10:00:00,9"),
        },
    ),
}
CELLS = st.sampled_from(
    [
        *("", "H100", "tpu-v5p-8", "tpu-v4-0", "tpu--", "0", "1", "8", "0.125", "3.50", "700.0"),
        *("NaN", "-1", "1e9", "9" * 400, "9" * 15, "p5", "us", ", US", "1970-01-01 00:00", "0.1"),
        *("2025-01-15", "2025-01-15 10:00:00", "2025-01-15T10:00:00+14:00", "2025-02-30", "12"),
        *("2025-03-30 02:30", "2199-12-31 23:59:59", "86400", "3600", "\u0661", "a\tb", '"', "'"),
        *("=1+1", "\u202e", "\U0001f701"),
    ]
)


@st.composite
def files(draw: Any, name: str) -> str:
    """A header, and good rows in which some cells are another."""
    heads = READERS[name][1]
    head = draw(st.sampled_from(sorted(heads)))
    lines = [head]
    for row in draw(st.lists(st.sampled_from(heads[head]), max_size=12)):
        cells = [row] if name == "logged" else row.split(",")
        for at in draw(st.lists(st.integers(0, len(cells) - 1), max_size=2)):
            cells[at] = draw(CELLS)
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_any_rows_make_records_or_are_refused(name: str, data: Any) -> None:
    settled(READERS[name][0], data.draw(files(name)).encode())


@pytest.mark.parametrize("name", READERS)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_refused_in_a_sentence(name: str, content: bytes) -> None:
    reader, heads = READERS[name]
    settled(reader, content)
    settled(reader, next(iter(heads)).encode() + b"\n" + content)


def settled(reader: Callable[[list[bytes]], str], content: bytes) -> None:
    """The reader raises `BadFile` with a line and a sentence, or gives what a book can read."""
    try:
        text = reader(content.splitlines(keepends=True))
    except BadFile as error:
        found = error
    else:
        assert not text or not compose(text, "x.yaml")[1]
        return
    assert found.line >= 1
    assert str(found).endswith((".", "?"))


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["a folder", "nothing", "an endless file"])
def test_what_is_no_ordinary_file_is_told(what: str, tmp_path: Path) -> None:
    path = {"a folder": tmp_path, "nothing": tmp_path / "x", "an endless file": Path("/dev/zero")}
    done = said("usage", path[what], "--id", "a", "--unserved", "never")
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert str(path[what]) in done.stderr


def test_a_line_of_just_a_mebibyte_is_read(tmp_path: Path) -> None:
    head = b"timestamp,gpu_hours,note\n"
    row = b"2025-01-15 10:00:00,5,"
    line = row + b"x," * ((LINE_MOST - len(row)) // 2)
    tally = Tally()
    with pytest.raises(BadFile, match="no usage"):
        usage_of([head, line[: LINE_MOST - 1] + b"\n"], Named(), CLOCK, tally)
    assert tally.bad_rows == 1


def test_what_steers_a_terminal_does_not_reach_it(tmp_path: Path) -> None:
    path = kept(tmp_path, "u.csv", "timestamp,gpu_hours\n2025-01-15 10:00:00,\x1b[31mred\n")
    done = said("usage", path, "--id", "a", "--unserved", "never")
    assert done.exit_code == 1
    assert "\x1b" not in done.output


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = kept(tmp_path, "u.csv", "timestamp,gpu_hours\n2025-01-15 10:00:00,5\n")
    out = tmp_path / "no" / "demand.yaml"
    done = said("usage", path, "--id", "a", "--unserved", "never", "--out", out)
    assert done.exit_code == 1
    assert done.stderr == f"offtake: there is no such folder: {out.parent}\n"


@pytest.mark.skipif(not DATA.exists(), reason="the shared data are not here")
@pytest.mark.parametrize("name", READERS)
def test_a_real_file_of_another_kind_is_refused(name: str) -> None:
    reader, _ = READERS[name]
    with (DATA / "market" / "event_panel.csv").open("rb") as file, pytest.raises(BadFile):
        reader(list(file))


def test_a_file_that_is_there_is_written_over_only_when_told(tmp_path: Path) -> None:
    usage = tmp_path / "usage.csv"
    usage.write_text("timestamp,chips\n" + "".join(f"2025-08-{d:02d},50\n" for d in range(1, 32)))
    mine = tmp_path / "demand.yaml"
    mine.write_text("# by hand\n")
    words = ("usage", usage, "--id", "d", "--unserved", "never", "--out", mine)
    done = said(*words)
    assert done.exit_code == 1
    assert done.stderr == (
        f"offtake: it is there already; name another file, or say --replace: {mine}\n"
    )
    assert mine.read_text() == "# by hand\n"
    assert said(*words, "--replace").exit_code == 0
    assert mine.read_text().startswith("demand:")


def test_a_list_without_terms_has_no_price_for_one_and_a_wrong_place_gets_the_nearest(
    tmp_path: Path,
) -> None:
    rows = "date,region,instance_type,usd_per_hour\n2025-01-06,us-east-1,p5.48xlarge,98.32\n"
    path = kept(tmp_path, "p.csv", rows)
    words = ("prices", path, "--instance", "p5.48xlarge", "--flat")
    done = said(*words, "--region", "us-east-1", "--term", "3-year")
    assert done.exit_code == 1
    assert "The file has no prices for a term, so none of 3-year." in done.stderr
    done = said(*words, "--region", "us-esat-1")
    assert "did you mean us-east-1?" in done.stderr
