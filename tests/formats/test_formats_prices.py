"""Dated list prices to a curve: what changed when, per chip, and how it goes on."""

from __future__ import annotations

import datetime as dt
import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from offtake.formats.prices import Dated, Listed, curve, read
from offtake.formats.rows import BadFile, Tally

from .writing import DATA, DEMAND, book_with, bought, kept, lines, needs_data, said

AWS = """\
generated_at,commit,region,instance_type,usd_per_hour
2025-01-06,a,us-east-1,p5.48xlarge,98.32
2025-04-28,b,us-east-1,p5.48xlarge,98.32
2025-06-23,c,us-east-1,p5.48xlarge,55.04
2025-06-23,c,us-gov-west-1,p5.48xlarge,66.048
2025-06-23,c,us-east-1,g6.xlarge,0.8048
2025-09-01,d,us-east-1,p5.48xlarge,55.04
"""
P5 = Listed("p5.48xlarge", "us-east-1", 8)
EPOCH = """\
Price source,Price date,Hardware model,Vendor,Price per chip-hour (on-demand),\
Price per chip-hour (1-year CUD),Price per chip-hour (3-year CUD)
x,2024-01-10,NVIDIA H100,Lambda,2.49,2.30,
x,2024-01-10,NVIDIA H100,Lambda,2.29,,
x,2024-06-01,NVIDIA H100,Lambda,2.10,,
x,2024-06-01,NVIDIA H100,Other,9.99,,
"""


def made(text: str, listed: Listed = P5, forecast: Any = None) -> dict[str, Any]:
    return curve("c", read(lines(text), listed, Tally()), listed, "p.csv", forecast)


def test_a_price_is_kept_from_the_first_day_that_shows_it_and_divided_by_chips() -> None:
    # 98.32 / 8 = 12.29, 55.04 / 8 = 6.88
    assert made(AWS)["prices"] == {
        dt.date(2025, 1, 6): "12.29 USD per chip-hour",
        dt.date(2025, 6, 23): "6.88 USD per chip-hour",
    }


def test_the_forecast_is_fitted_to_the_price_on_the_first_of_each_month_and_says_so() -> None:
    # First of February to September 2025: five months at 12.29, three at 6.88. With x in months,
    # mean 3.5: sum (x - 3.5)² = 42, of (x - 3.5) over the last three 7.5, so the slope of the
    # logarithm is 7.5 x ln(6.88 / 12.29) / 42 a month: -70 % in a year.
    step = math.log(6.88 / 12.29)
    yearly = math.exp(12 * 7.5 * step / 42) - 1
    r2 = (7.5 * step) ** 2 / (42 * (3 * 5 / 8) * step**2)
    record = made(AWS)
    assert record["forecast"] == {"falls": f"{-yearly * 100:.1f}% per year"}
    assert f"each of 8 months: {yearly * 100:.1f}% per year, R2 {r2:.2f}" in record["note"]
    assert "seen on 4 days from 2025-01-06 to 2025-09-01" in record["note"]


def test_a_forecast_that_is_stated_is_not_fitted() -> None:
    record = made(AWS, forecast={"flat": True})
    assert record["forecast"] == {"flat": True}
    assert record["note"].endswith("the forecast was stated, not fitted")


def test_prices_that_never_change_are_flat() -> None:
    dated = Dated({dt.date(2025, m, 1): Fraction(5) for m in range(1, 7)})
    assert curve("c", dated, P5, "p.csv", None)["forecast"] == {"flat": True}


def test_prices_of_two_months_give_no_forecast() -> None:
    short = "\n".join(AWS.splitlines()[:2]) + "\n"
    with pytest.raises(BadFile, match="too little to fit") as error:
        made(short)
    assert error.value.hint == "say --falls, --rises or --flat"
    assert made(short, forecast={"rises": "3% per year"})["forecast"] == {"rises": "3% per year"}


def test_a_vendors_price_by_the_chip_is_taken_as_it_is_and_the_lower_of_a_day() -> None:
    tally = Tally()
    dated = read(lines(EPOCH), Listed("NVIDIA H100", "Lambda"), tally)
    assert dated.prices == {
        dt.date(2024, 1, 10): Fraction("2.29"),
        dt.date(2024, 6, 1): Fraction("2.10"),
    }
    assert tally.notes == ["line 3: another price of the same day; the lower one is taken"]
    assert tally.left_out == {"other vendors": 1}
    term = read(lines(EPOCH), Listed("NVIDIA H100", "Lambda", None, "1-year"), Tally())
    assert term.prices == {dt.date(2024, 1, 10): Fraction("2.30")}


def test_what_is_not_there_is_told_with_what_is_near() -> None:
    with pytest.raises(BadFile, match=r"no price of p5\.48xlarg in us-east-1") as error:
        made(AWS, Listed("p5.48xlarg", "us-east-1", 8))
    assert error.value.hint == "did you mean p5.48xlarge?"
    with pytest.raises(BadFile, match=r"How many chips g6\.xlarge has"):
        made(AWS, Listed("g6.xlarge", "us-east-1"))


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("2025-01-06,a,us-east-1,p5.48xlarge,nan", "'nan' is no price."),
        ("2025-01-06,a,us-east-1,p5.48xlarge,-1", "'-1' is no price."),
        ("2025-01-06,a,us-east-1,p5.48xlarge,0", "The price is zero."),
        ("2025-02-30,a,us-east-1,p5.48xlarge,1", "'2025-02-30' is not a day"),
    ],
)
def test_a_bad_row_is_told_with_its_line(row: str, sentence: str) -> None:
    tally = Tally()
    read(lines(AWS + row + "\n"), P5, tally)
    (one,) = tally.bad
    assert one.line == 8
    assert str(one).startswith(sentence)


# --- the command ----------------------------------------------------------------------------------


def test_the_command_knows_how_many_chips_an_instance_has(tmp_path: Path) -> None:
    path = kept(tmp_path, "p.csv", AWS)
    done = said("prices", path, "--instance", "p5.48xlarge", "--region", "us-east-1", "--flat")
    assert done.exit_code == 0
    assert "prices: {2025-01-06: 12.29 USD per chip-hour, 2025-06-23: 6.88" in done.stdout
    other = ("--instance", "g6.xlarge", "--region", "us-east-1", "--flat")
    assert "say --chips" in said("prices", path, *other).stderr
    assert "0.8048 USD per chip-hour" in said("prices", path, *other, "--chips", 1).stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--falls", "20%"], "--falls is such as 20% per year"),
        (["--falls", "120% per year"], "--falls is such as 20% per year"),
        (["--rises", "much"], "--rises: 'much' is not a percentage"),
        (["--flat", "--rises", "3% per year"], "say one of --falls, --rises, --flat"),
        (["--term", "5-year"], "--term is one of on-demand, 1-year, 3-year"),
        (["--out", "prices.yaml"], "a book knows curves by the name: curves.yaml"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    options: list[str], sentence: str, tmp_path: Path
) -> None:
    path = kept(tmp_path, "p.csv", AWS)
    done = said("prices", path, "--instance", "p5.48xlarge", "--region", "us-east-1", *options)
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_what_is_written_is_a_curve_of_which_an_offer_takes_its_price(tmp_path: Path) -> None:
    path, out = kept(tmp_path, "p.csv", AWS), tmp_path / "curves.yaml"
    options = ("--instance", "p5.48xlarge", "--region", "us-east-1", "--id", "p5", "--out", out)
    assert said("prices", path, *options, "--flat").exit_code == 0
    more = DEMAND + (
        "offers:\n"
        "- {id: some, seller: cloud, kind: on-demand, chip: h100, region: us, max: 900 chips,\n"
        "   curve: p5}\n"
    )
    assert book_with(tmp_path, out.name, more).book.curves["p5"].forecast.flat is True
    # 30 chips for the 89 days of February to April 2026, at 6.88.
    assert bought(tmp_path, out.name, more) == pytest.approx(30 * 89 * 24 * 6.88, rel=1e-4)


@needs_data
def test_the_cut_of_p5_in_the_real_list_of_aws() -> None:
    path = DATA / "prices" / "aws_gpu_ondemand_history.csv"
    done = said("prices", path, "--instance", "p5.48xlarge", "--region", "us-east-1", "--json")
    (found,) = json.loads(done.stdout)["curves"]
    # Seen at 98.32 USD an hour from 2023-08-08 and at 55.04 from 2025-06-23, over 8 chips.
    assert found["prices"] == {
        "2023-08-08": "12.29 USD per chip-hour",
        "2025-06-23": "6.88 USD per chip-hour",
    }
    # 35 months begin from 2023-09 to 2026-07, 22 before the cut and 13 after it: with months
    # counted from the mean, sum x² = 35 (35² - 1) / 12 = 3570 and the last 13 sum to 13 x 11 = 143.
    yearly = math.exp(12 * 143 / 3570 * math.log(55.04 / 98.32)) - 1
    assert found["forecast"] == {"falls": f"{-yearly * 100:.1f}% per year"}
    assert yearly == pytest.approx(-0.243, abs=0.0005)
