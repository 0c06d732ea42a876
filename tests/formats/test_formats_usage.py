"""Usage and jobs to need: hours, months, shape, growth, gangs."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import subprocess
import sys
from array import array
from pathlib import Path

import pytest

from offtake.formats.needs import need
from offtake.formats.rows import BadFile, Tally
from offtake.formats.usage import Named, Usage, Used, read
from offtake.formats.zones import Clockwork

from .writing import DATA, OFFER, UTC, bought, kept, lines, needs_data, said

JOBS = "arrival,duration,num_gpus,team\n"


def used(text: str, clock: Clockwork = UTC, **named: str) -> Usage:
    return read(lines(text), Named(**named), clock, Tally())


def chips(found: Usage, name: str = "") -> list[float]:
    return [round(value, 6) for value in found.classes[name].chips]


# --- chips in use by the hour ---------------------------------------------------------------------


def test_a_job_uses_its_chips_from_its_arrival_for_as_long_as_it_ran() -> None:
    # 4 chips from 10:30 for 2 h: half of the first hour, all of the next, half of the third.
    # The last arrival is at 13:00; what runs after its hour is not known to be all.
    text = JOBS + "2025-01-15 10:30:00,7200.0,4,a\n2025-01-15 13:00:00,900,8,b\n"
    assert chips(used(text)) == [2.0, 4.0, 2.0, 2.0]


def test_classes_are_split_by_a_column_and_share_their_hours() -> None:
    text = JOBS + "2025-01-15 10:30:00,7200.0,4,a\n2025-01-15 13:00:00,900,8,b\n"
    found = used(text, by="team")
    assert chips(found, "a") == [2.0, 4.0, 2.0, 0.0]
    assert chips(found, "b") == [0.0, 0.0, 0.0, 2.0]


def test_chip_hours_of_an_hour_are_chips_and_hours_without_a_row_used_none() -> None:
    text = "timestamp,gpu_hours\n2025-01-15 10:00:00,5\n2025-01-15 12:00:00,2.5\n"
    assert chips(used(text)) == [5.0, 0.0, 2.5]


def test_chip_hours_of_a_day_are_spread_over_it_and_say_nothing_of_its_hours() -> None:
    found = used("date,chip-hours\n2025-01-15,48\n2025-01-16,24\n")
    assert chips(found) == [2.0] * 24 + [1.0] * 24
    assert found.daily
    assert need(found.classes[""], UTC, None, 0.95, found.daily).shape is None


def test_levels_are_averaged_within_the_hour_and_not_known_where_there_are_none() -> None:
    text = (
        "time,chips,team\n2025-01-15 10:00:00,4,a\n2025-01-15 10:00:00,2,b\n"
        "2025-01-15 10:30:00,8,a\n2025-01-15 12:00:00,9,a\n"
    )
    ten, eleven, twelve = chips(used(text))
    assert (ten, twelve) == ((4 + 2 + 8) / 2, 9.0)
    assert math.isnan(eleven)
    assert chips(used(text, by="team"), "b")[0] == 1.0


def test_levels_of_a_day_reach_to_its_end() -> None:
    found = used("date,chips\n2025-01-01,4\n2025-01-31,8\n")
    assert found.daily
    seen = need(found.classes[""], UTC, None, 0.95, found.daily)
    assert (str(seen.month), seen.level, seen.shape) == ("2025-01", 6.0, None)


def test_columns_can_be_named() -> None:
    text = "at,cards\n2025-01-15 10:00:00,4\n"
    assert chips(used(text, time="at", amount="cards")) == [4.0]


def test_times_are_in_the_zone_that_is_stated() -> None:
    text = "timestamp,gpu_hours\n2025-01-15 10:00:00,5\n"
    found = used(text, Clockwork("America/New_York", "UTC"))
    assert (
        found.classes[""].first
        == int(dt.datetime(2025, 1, 15, 15, tzinfo=dt.UTC).timestamp()) / 3_600
    )


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("2025-01-15 10:00:00,nan,1,a", "'nan' is no length in seconds."),
        ("2025-01-15 10:00:00,-5,1,a", "'-5' is no length in seconds."),
        ("2025-01-15 10:00:00,999999999999,1,a", "The job is longer than 10 years."),
        ("2025-01-15 10:00:00,5,1.5,a", "'1.5' is no number of chips."),
        ("2025-01-15 10:00:00,5,99999999999,a", "'99999999999' is no number of chips."),
        ("yesterday,5,1,a", "This row has no time: 'yesterday'."),
        ("1960-01-15 10:00:00,5,1,a", "The time is not between 1970 and 2199."),
    ],
)
def test_a_bad_row_is_told_with_its_line(row: str, sentence: str) -> None:
    tally = Tally()
    read(lines(JOBS + "2025-01-15 10:00:00,5,1,a\n" + row + "\n"), Named(), UTC, tally)
    assert [(one.line, str(one)) for one in tally.bad] == [(3, sentence)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (JOBS, "The file has no jobs"),
        ("timestamp,gpu_hours\n", "The file has no usage"),
        ("timestamp,chips\n", "The file has no usage"),
        ("timestamp,cards\n2025-01-15 10:00:00,1\n", "no column num_gpus"),
        (JOBS + "1971-01-01 00:00:00,5,1,a\n2025-01-01 00:00:00,5,1,a\n", "more than 20 years"),
    ],
)
def test_a_file_without_use_is_told(text: str, sentence: str) -> None:
    with pytest.raises(BadFile, match=sentence):
        used(text)


def test_too_many_classes_are_told() -> None:
    rows = "".join(f"2025-01-15 10:00:00,5,1,t{n}\n" for n in range(300))
    with pytest.raises(BadFile, match="more than 200 classes"):
        used(JOBS + rows, by="team")


# --- need -----------------------------------------------------------------------------------------


def series(first: dt.datetime, values: list[float]) -> Used:
    return Used(int(first.replace(tzinfo=dt.UTC).timestamp()) // 3_600, array("d", values))


def months(levels: dict[int, float], extra: int = 0) -> Used:
    """Hours of 2025 from January on, each month at its level; then some more of the next month."""
    values: list[float] = []
    for month, level in levels.items():
        days = (dt.date(2025, month % 12 + 1, 1) - dt.timedelta(days=1)).day
        values += [level] * (days * 24)
    return series(dt.datetime(2025, min(levels), 1), values + [99.0] * extra)


def test_the_level_is_the_mean_of_the_last_whole_month() -> None:
    found = need(months({1: 10, 2: 20}, extra=100), UTC, None, 0.95, False)
    assert (str(found.month), found.level) == ("2025-02", 20)
    assert {str(m): v for m, v in found.means.items()} == {"2025-01": 10, "2025-02": 20}


def test_a_percentile_is_of_the_hours_of_that_month() -> None:
    # 672 hours of February: 34 at 50 are 5.06 %, so the 95th percentile is 50 and the 94th is 20.
    hours = months({1: 10, 2: 20})
    for at in range(34):
        hours.chips[-1 - at] = 50
    assert need(hours, UTC, 0.95, 0.95, False).level == 50
    assert need(hours, UTC, 0.94, 0.95, False).level == 20


def test_a_month_is_whole_on_the_clock_of_its_zone() -> None:
    # March 2025 has 743 hours in New York, and begins at 05:00 UTC.
    clock = Clockwork("UTC", "America/New_York")
    march = series(dt.datetime(2025, 3, 1, 5), [7.0] * 743)
    assert str(need(march, clock, None, 0.95, False).month) == "2025-03"
    assert (
        need(series(dt.datetime(2025, 3, 1, 5), [7.0] * 742), clock, None, 0.95, False).month
        is None
    )


def test_without_a_whole_month_all_hours_count() -> None:
    found = need(series(dt.datetime(2025, 1, 5), [4.0, 6.0]), UTC, None, 0.95, False)
    assert (found.month, found.level, found.shape) == (None, 5.0, None)


def test_the_shape_is_the_mean_of_each_hour() -> None:
    # 23 hours at 1, and 09:00 at 2: mean 25 / 24.
    day = [2.0 if hour == 9 else 1.0 for hour in range(24)]
    shape = need(series(dt.datetime(2025, 1, 5), day * 3), UTC, None, 0.95, False).shape
    assert shape is not None
    assert [float(v) for v in shape[8:11]] == [0.96, 1.92, 0.96]


def test_growth_is_fitted_from_three_whole_months_on() -> None:
    # A twelfth of a year each, times 1.1: 1.1^12 - 1 = 213.8 % a year.
    assert need(months({1: 10, 2: 11}), UTC, None, 0.95, False).growth is None
    growth = need(months({1: 10, 2: 11, 3: 12.1}), UTC, None, 0.95, False).growth
    assert growth is not None
    assert growth.yearly == pytest.approx(1.1**12 - 1)
    assert growth.r2 == pytest.approx(1)


def test_the_gang_covers_a_share_of_the_chip_hours_not_of_the_jobs() -> None:
    # 99 jobs of 1 chip and one of 64, an hour each: 64 of 163 chip-hours are in the large one.
    rows = "2025-01-15 10:00:00,3600,1,a\n" * 99 + "2025-01-15 10:00:00,3600,64,a\n"
    found = used(JOBS + rows).classes[""]
    assert need(found, UTC, None, 0.95, False).gang == 64
    assert need(found, UTC, None, 0.60, False).gang == 1


# --- the command ----------------------------------------------------------------------------------

FIXED = ("--id", "run", "--unserved", "90 USD per chip-hour")


def growing(factor: float) -> str:
    """Daily chip-hours of the first four months of 2025, each month at the factor of the last."""
    rows, day = ["date,chip-hours\n"], dt.date(2025, 1, 1)
    while day < dt.date(2025, 5, 1):
        rows.append(f"{day},{2400 * factor ** (day.month - 1):.6f}\n")
        day += dt.timedelta(days=1)
    return "".join(rows)


def record(path: Path, *options: object) -> dict[str, object]:
    done = said("usage", path, *FIXED, *options, "--json")
    assert done.exit_code == 0, done.stderr
    (found,) = json.loads(done.stdout)["demand"]
    return dict(found)


def test_growth_counts_from_the_month_of_the_level_and_is_said_with_its_fit(tmp_path: Path) -> None:
    # 100 chips in January, times 1.02 a month: 106.12 in April; 1.02^12 - 1 = 26.8 % a year.
    found = record(kept(tmp_path, "u.csv", growing(1.02)))
    assert found["path"] == {"2025-04": "107 chips"}
    assert found["growth"] == "26.8% per year"
    assert "means of 4 whole months (2025-01 to 2025-04): +26.8% per year, R2 1.00" in str(
        found["note"]
    )
    assert "growth" not in record(kept(tmp_path, "u.csv", growing(1.02)), "--no-growth")


def test_a_need_that_falls_is_a_path_because_growth_has_no_sign(tmp_path: Path) -> None:
    # 0.9 a month: 72.9 chips in April, 0.9^12 = 28.24 % of it a year later.
    found = record(kept(tmp_path, "u.csv", growing(0.9)))
    assert "growth" not in found
    path = dict(found["path"])  # type: ignore[call-overload]
    assert list(path.items())[:3] == [
        ("2025-04", "73 chips"),
        ("2026-04", "21 chips"),  # 73 x 0.2824 = 20.6
        ("2027-04", "6 chips"),  # 73 x 0.0798 = 5.8
    ]


def test_each_value_of_a_column_becomes_a_class(tmp_path: Path) -> None:
    text = JOBS + "2025-01-15 10:00:00,3600,4,Red Team\n2025-01-15 10:00:00,3600,2,red-team\n"
    done = said("usage", kept(tmp_path, "j.csv", text), *FIXED, "--by", "team", "--json")
    assert [(d["id"], d["base"]) for d in json.loads(done.stdout)["demand"]] == [
        ("run-red-team", "4 chips"),
        ("run-red-team-2", "2 chips"),
    ]


def test_what_is_written_is_need_that_can_be_planned(tmp_path: Path) -> None:
    path, out = kept(tmp_path, "u.csv", growing(1)), tmp_path / "demand-used.yaml"
    assert said("usage", path, *FIXED, "--out", out).exit_code == 0
    # 100 chips, level: 89 days at 3 USD.
    assert bought(tmp_path, out.name, OFFER) == pytest.approx(100 * 89 * 24 * 3, rel=1e-3)


def test_the_verbs_load_no_format_before_one_is_asked_for() -> None:
    code = (
        "import sys\nimport offtake.cli\n"
        "print([n for n in sys.modules if n.startswith(('offtake.formats', 'polars'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@needs_data
def test_the_real_jobs_of_philly_give_the_chips_in_use_of_their_last_whole_month() -> None:
    path = DATA / "traces" / "philly.csv"
    start, end = dt.datetime(2017, 11, 1), dt.datetime(2017, 12, 1)
    busy = 0.0
    with path.open() as file:
        for row in csv.DictReader(file):
            begun = dt.datetime.fromisoformat(row["timestamp"])
            over = begun + dt.timedelta(seconds=float(row["duration"]))
            within = (min(over, end) - max(begun, start)).total_seconds()
            busy += max(0.0, within) * int(row["num_gpus"])
    mean = busy / (end - start).total_seconds()
    found = record(path)
    assert found["base"] == f"{math.ceil(mean)} chips"
    assert "the level is the mean of 2017-11" in str(found["note"])
    assert "no growth: it needs 3 whole months with use, 2 here" in str(found["note"])
