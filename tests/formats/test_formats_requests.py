"""A trace of requests to chips: Little's law, percentiles of minutes, the hours of a day."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
from pathlib import Path

import pytest

from offtake.formats.requests import Load, Rates, load, served
from offtake.formats.rows import BadFile, Tally
from offtake.formats.zones import Clockwork

from .writing import DATA, OFFER, UTC, bought, kept, lines, needs_data, said

HEAD = "TIMESTAMP,ContextTokens,GeneratedTokens\n"
RATES = Rates(prefill=1000, decode=100)
FIXED = ("--id", "api", "--unserved", "90 USD per chip-hour")


def loaded(text: str, clock: Clockwork = UTC, named: tuple[str, ...] = ("", "", "")) -> Load:
    return load(lines(text), clock, Tally(), named, text[:1] == "{")


def at(seconds: float) -> str:
    """A moment so many seconds after noon of 2025-01-15."""
    moment = dt.datetime(2025, 1, 15, 12) + dt.timedelta(seconds=seconds)
    return moment.isoformat(" ", "microseconds")


def steady(minutes: int, busy: dict[int, int] | None = None) -> str:
    """A request of 1000 tokens read and 100 written every 20 seconds; in `busy` minutes more."""
    rows = [
        f"{at(60 * m + 20 * s)},1000,100\n"
        for m in range(minutes)
        for s in range(3)
        for _ in range((busy or {}).get(m, 1))
    ]
    return HEAD + "".join(rows) + f"{at(60 * minutes)},0,0\n"


# --- the law --------------------------------------------------------------------------------------


def test_a_chip_second_is_tokens_over_rates_and_chips_are_work_over_time() -> None:
    # 1000 / 1000 + 100 / 100 = 2 chip-seconds, three times a minute: 6 / 60 = 0.1 chips.
    found = served(loaded(steady(20)), RATES, UTC, None)
    assert found.mean == pytest.approx(0.1)
    assert (found.factor, found.shape) == (1.0, None)


def test_rates_are_one_way_or_the_other() -> None:
    assert Rates.of(1000, 100, 0) == RATES
    assert Rates.of(0, 0, 3) == Rates(each=3)
    assert Rates.of(1000, 0, 0) is None
    assert Rates.of(1000, 100, 3) is None
    assert Rates(each=3).work(2, 500, 500) == 6


def test_a_percentile_is_of_whole_minutes_over_the_mean() -> None:
    # 20 minutes, one of them with four times the load: 23 units, mean 1.15. Of the 18 whole minutes
    # between the first and the last, 17 are at 1 / 1.15 and one at 4 / 1.15: 17 of 18 are 94.4 %.
    found = loaded(steady(20, {10: 4}))
    assert served(found, RATES, UTC, None).mean == pytest.approx(0.1 * 23 / 20)
    peak = served(found, RATES, UTC, 0.95)
    assert peak.factor == pytest.approx(4 / 1.15) == peak.busiest
    assert served(found, RATES, UTC, 0.94).factor == pytest.approx(1 / 1.15)


def test_a_trace_of_minutes_has_a_mean_and_no_percentile() -> None:
    found = loaded(steady(5))
    assert served(found, RATES, UTC, None).mean == pytest.approx(0.1)
    with pytest.raises(BadFile, match="4 whole minutes in hours with work"):
        served(found, RATES, UTC, 0.95)


# --- the hours of a day ---------------------------------------------------------------------------


def two_days(double: int) -> str:
    """A request a minute for two days from noon; at one hour of the day of UTC two."""
    rows = []
    for minute in range(2 * 24 * 60):
        hour = (12 + minute // 60) % 24
        rows += [f"{at(60 * minute)},1000,100\n"] * (2 if hour == double else 1)
    return HEAD + "".join(rows)


def test_a_trace_of_days_has_the_shape_of_a_day() -> None:
    # 23 hours with 1 and one with 2: mean 25 / 24, so 0.96 and 1.92.
    shape = served(loaded(two_days(9)), RATES, UTC, None).shape
    assert shape is not None
    assert [float(v) for v in shape[8:11]] == pytest.approx([0.96, 1.92, 0.96], abs=0.002)
    assert sum(shape) == 24


def test_hours_are_those_of_the_zone_that_is_stated() -> None:
    # 09:00 UTC of January is 04:00 in New York; written in New York it is 14:00 UTC.
    shown = Clockwork("UTC", "America/New_York")
    shape = served(loaded(two_days(9), shown), RATES, shown, None).shape
    assert shape is not None
    assert shape.index(max(shape)) == 4
    written = Clockwork("America/New_York", "UTC")
    shape = served(loaded(two_days(9), written), RATES, written, None).shape
    assert shape is not None
    assert shape.index(max(shape)) == 14


def test_over_days_a_percentile_is_over_the_mean_of_its_hour() -> None:
    # The busy hour is no peak: within each hour every minute has the same load.
    assert served(loaded(two_days(9)), RATES, UTC, 0.99).factor == pytest.approx(1, abs=1e-6)


def test_a_day_that_lacks_hours_has_no_shape() -> None:
    rows = [f"{at(60 * m)},1000,100\n" for m in range(20 * 60)]
    assert served(loaded(HEAD + "".join(rows)), RATES, UTC, None).shape is None


# --- kinds of trace -------------------------------------------------------------------------------


def test_columns_are_known_by_their_names_or_named() -> None:
    vllm = f"arrival,prompt_tokens,completion_tokens\n{at(0)},7,5\n{at(9)},1,1\n"
    assert sum(loaded(vllm).context.values()) == 8
    odd = f"when,in,out\n{at(0)},7,5\n{at(9)},1,1\n"
    assert sum(loaded(odd, UTC, ("when", "in", "out")).generated.values()) == 6
    with pytest.raises(BadFile, match="no column timestamp") as error:
        loaded(odd)
    assert error.value.hint == "name columns with --time, --context, --generated"


def test_lines_of_json_count_milliseconds() -> None:
    text = '{"timestamp": 0, "input_length": 7, "output_length": 5, "hash_ids": [1]}\n' + (
        '{"timestamp": 2500, "input_length": 1, "output_length": 1}\n'
    )
    found = loaded(text)
    assert (found.seconds, sum(found.context.values())) == (2.5, 8)


def test_an_offset_in_the_text_is_obeyed() -> None:
    found = loaded(HEAD + "2025-01-15T12:00:00+01:00,1,1\n2025-01-15T11:00:30Z,1,1\n")
    assert found.seconds == 30


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("now,1,1", "This row has no time: 'now'."),
        ("2025-02-30 10:00:00,1,1", "This row has no time: '2025-02-30 10:00:00'."),
        ("2025-01-15 10:00:00,-1,1", "This row has no count: '-1'."),
        ("2025-01-15 10:00:00,1,nan", "This row has no count: 'nan'."),
        ("1850-01-15 10:00:00,1,1", "The time is not between 1970 and 2199."),
        ("2025-01-15 10:00:00,1", "This row has 2 cells and the header 3."),
    ],
)
def test_a_bad_row_is_told_with_its_line(row: str, sentence: str) -> None:
    tally = Tally()
    load(lines(steady(2) + row + "\n"), UTC, tally, ("", "", ""), False)
    assert [(one.line, str(one)) for one in tally.bad] == [(9, sentence)]


@pytest.mark.parametrize(
    "line",
    ["[" * 100_000, "[1]", '{"timestamp": NaN}', '{"timestamp": 1e400}', "{", "9" * 5_000, "null"],
)
def test_bad_lines_of_json_are_told(line: str) -> None:
    good = '{"timestamp": 0, "input_length": 7, "output_length": 5}\n'
    tally = Tally()
    load(lines(good + line + "\n" + good.replace(": 0", ": 9")), UTC, tally, (), True)
    assert [one.line for one in tally.bad] == [2]


def test_rates_must_fit_the_tokens_that_are_counted(tmp_path: Path) -> None:
    both = kept(tmp_path, "a.csv", f"timestamp,tokens\n{at(0)},60\n{at(60)},60\n")
    done = said("trace", both, *FIXED, "--prefill", 2, "--decode", 1)
    assert "one column of tokens, and two rates are stated" in done.stderr
    # 120 tokens at one a chip-second in 60 s.
    assert "base: 2 chips" in said("trace", both, *FIXED, "--tokens-per-chip-second", 1).stdout
    none = kept(tmp_path, "b.csv", f"timestamp\n{at(0)}\n{at(60)}\n")
    assert (
        "no column of tokens" in said("trace", none, *FIXED, "--tokens-per-chip-second", 1).stderr
    )
    # Two requests of 45 chip-seconds in 60 s: 1.5 chips.
    assert "base: 2 chips" in said("trace", none, *FIXED, "--per-request", 45).stdout


def test_a_trace_may_begin_before_the_first_moment_of_utc() -> None:
    east = Clockwork("Asia/Tokyo", "Asia/Tokyo")
    assert loaded(HEAD + "0,1,1\n60,1,1\n30,1,1\n", east).seconds == 60


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD, "fewer than two times"),
        (HEAD + f"{at(0)},1,1\n", "fewer than two times"),
        (HEAD + f"{at(0)},1,1\n{at(400 * 86_400)},1,1\n", "longer than 366 days"),
    ],
)
def test_a_trace_without_a_length_or_of_years_is_no_trace(text: str, sentence: str) -> None:
    with pytest.raises(BadFile, match=sentence):
        loaded(text)


# --- the command ---------------------------------------------------------------------------------


def test_the_record_says_how_it_was_made(tmp_path: Path) -> None:
    path = kept(tmp_path, "t.csv", steady(20, {10: 4}))
    options = ("--prefill", 10, "--decode", 1, "--load", "p95", "--utilisation", "50%")
    done = said("trace", path, *FIXED, *options, "--scale", 2, "--json")
    (found,) = json.loads(done.stdout)["demand"]
    # 200 chip-seconds a request, 69 of them in 1200 s: 11.5 chips; at the peak 4 / 1.15 as many,
    # twice the load, half of the time busy: 11.5 x 3.478 x 2 / 0.5 = 160.
    assert found["base"] == "160 chips"
    assert found["source"] == "t.csv: 70 requests in 20.0 minutes, times 2"
    assert "by Little's law 23.000 chips are busy on average" in found["note"]
    assert "base is p95 of minutes (3.478 x mean), at 50% utilisation, rounded up" in found["note"]
    assert found["note"].endswith(
        "the trace does not cover the hours of a day, so no shape is written"
    )


def test_what_is_written_is_need_that_can_be_planned(tmp_path: Path) -> None:
    path, out = kept(tmp_path, "t.csv", two_days(9)), tmp_path / "demand.yaml"
    done = said("trace", path, *FIXED, "--prefill", 1, "--decode", 0.1, "--out", out)
    assert done.exit_code == 0, done.stderr
    # 2000 chip-seconds a request, 25 requests in 24 minutes of the mean hour: 2000 / 60 x 25 / 24
    # = 34.72, so 35 chips in the mean over the day: 89 days at 3 USD.
    assert bought(tmp_path, out.name, OFFER) == pytest.approx(35 * 89 * 24 * 3, rel=1e-3)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "say --prefill and --decode, or --tokens-per-chip-second, or --per-request"),
        (["--prefill", "nan", "--decode", "1"], "a rate is a number above 0"),
        (["--prefill", "-1", "--decode", "1"], "a rate is a number above 0"),
        (["--per-request", "1", "--load", "median"], "--load is mean, or a percentile such as p95"),
        (["--per-request", "1", "--utilisation", "0%"], "--utilisation is above 0%"),
        (["--per-request", "1", "--timezone", "Mars"], "--timezone: 'Mars' is not a time zone"),
        (["--per-request", "1", "--out", "need.yaml"], "a book knows demand by the name"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    options: list[str], sentence: str, tmp_path: Path
) -> None:
    done = said("trace", kept(tmp_path, "t.csv", steady(20)), *FIXED, *options)
    assert done.exit_code == 2
    assert sentence in done.stderr


@needs_data
@pytest.mark.parametrize("name", ["AzureLLMInferenceTrace_conv", "AzureLLMInferenceTrace_code"])
def test_the_real_traces_of_an_hour_give_chips_and_no_shape(name: str) -> None:
    path = DATA / "traces" / f"{name}.csv"
    with path.open() as file:
        rows = list(csv.DictReader(file))
    times = [dt.datetime.fromisoformat(row["TIMESTAMP"][:26]) for row in rows]
    work = sum(int(r["ContextTokens"]) / 100 + int(r["GeneratedTokens"]) / 10 for r in rows)
    mean = work / (max(times) - min(times)).total_seconds()
    done = said("trace", path, *FIXED, "--prefill", 100, "--decode", 10, "--json")
    (found,) = json.loads(done.stdout)["demand"]
    assert found["base"] == f"{math.ceil(mean)} chips"
    assert "shape" not in found
    assert f"{len(rows)} requests in" in found["source"]


@needs_data
def test_the_real_trace_of_mooncake_is_read_to_its_end() -> None:
    path = DATA / "traces" / "mooncake_conversation.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    work = sum(row["input_length"] / 1000 + row["output_length"] / 50 for row in rows)
    mean = work / (rows[-1]["timestamp"] / 1000)
    done = said("trace", path, *FIXED, "--prefill", 1000, "--decode", 50, "--json")
    (found,) = json.loads(done.stdout)["demand"]
    assert found["base"] == f"{math.ceil(mean)} chips"
    assert found["source"].startswith("mooncake_conversation.jsonl: 12031 requests in 58.9 minutes")
