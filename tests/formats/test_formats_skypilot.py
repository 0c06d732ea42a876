"""A SkyPilot catalogue to offers: prices by the chip, oddities of each cloud, hostile files.

The rows are of the form, and with the oddities, of the catalogues at
github.com/skypilot-org/skypilot-catalog.
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from offtake.formats.names import accelerator, apart, slug
from offtake.formats.rows import BadFile, Tally
from offtake.formats.skypilot import Wanted, offers

from .writing import DEMAND, book_with, bought, kept, lines, said

AWS = """\
InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,\
AvailabilityZone,Arch
r5.xlarge,,,4.0,32.0,,0.268,0.0909,eu-north-1,eun1-az2,x86_64
p5.48xlarge,H100,8.0,192.0,2048.0,"{'Gpus': [{'Name': 'H100'}]}",55.04,24.00,us-east-1,use1-az1,x
p5.48xlarge,H100,8.0,192.0,2048.0,"{'Gpus': [{'Name': 'H100'}]}",55.04,32.00,us-east-1,use1-az2,x
p5.4xlarge,H100,1.0,16.0,256.0,,6.88,,us-east-1,use1-az1,x
p5en.48xlarge,H200,8.0,192.0,2048.0,,63.296,,us-east-2,use2-az1,x
p5e.48xlarge,H200,8.0,192.0,2048.0,,,30.0,us-west-2,usw2-az1,x
g5.xlarge,A10G,1.0,4.0,16.0,,1.006,0.4,us-east-1,use1-az1,x
"""
HEAD = (
    "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region\n"
)
GCP = """\
InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,Region,AvailabilityZone,\
Price,SpotPrice
"""
KNOWN = ("a100", "h100", "h200", "gb200", "tpu-v5p")


def made(text: str, **options: Any) -> tuple[list[dict[str, str]], Tally]:
    tally = Tally()
    wanted = replace(Wanted(seller="cloud", most=64, file="vms.csv", known=KNOWN), **options)
    return offers(lines(text), wanted, tally), tally


def prices(text: str, **options: object) -> dict[str, str]:
    found, _ = made(text, **options)
    return {one["id"]: one["price"] for one in found}


# --- what an offer is -----------------------------------------------------------------------------


def test_a_price_is_that_of_the_instance_over_its_chips() -> None:
    # 55.04 / 8 = 6.88; 63.296 / 8 = 7.912; p5e has no on-demand price.
    assert prices(AWS) == {
        "cloud-h100-us-east-1-on-demand": "6.88 USD per chip-hour",
        "cloud-h200-us-east-2-on-demand": "7.912 USD per chip-hour",
    }


def test_a_spot_price_is_the_mean_over_the_zones_of_the_cheapest_type() -> None:
    # (24 + 32) / 2 / 8 = 3.50; 30 / 8 = 3.75, where there is no on-demand price.
    spots = {k: v for k, v in prices(AWS, spot=True).items() if k.endswith("-spot")}
    assert spots == {
        "cloud-h100-us-east-1-spot": "3.50 USD per chip-hour",
        "cloud-h200-us-west-2-spot": "3.75 USD per chip-hour",
    }
    (spot,) = (o for o in made(AWS, spot=True)[0] if o["id"] == "cloud-h100-us-east-1-spot")
    assert spot["source"].endswith("spot price of p5.48xlarge, the mean of 2 zones")


def test_the_source_names_line_type_and_what_else_there_was() -> None:
    found, _ = made(AWS)
    assert found[0]["source"] == (
        "SkyPilot catalogue vms.csv line 3: p5.48xlarge 55.04 USD an hour for 8 H100, "
        "the cheapest of 2 types"  # p5.4xlarge costs the same and is smaller
    )
    assert (found[0]["max"], found[0]["kind"], found[0]["seller"]) == (
        "64 chips",
        "on-demand",
        "cloud",
    )


def test_one_type_region_or_accelerator_can_be_asked_for() -> None:
    assert list(prices(AWS, regions=["us-east-2"])) == ["cloud-h200-us-east-2-on-demand"]
    assert list(prices(AWS, accelerators=["H200"])) == ["cloud-h200-us-east-2-on-demand"]
    only, tally = made(AWS, instances=["p5.48xlarge"])
    assert "p5.48xlarge 55.04 USD an hour for 8 H100" in only[0]["source"]
    assert tally.left_out["other instance types"] == 4


def test_what_is_left_out_is_counted_with_its_reason_and_the_nearest_chip() -> None:
    text = HEAD + "x,H100-NVL,1,8,80,,2.5,,us\ny,L40S,1,8,48,,1.1,,us\nz,H100,1,8,80,,,,us\n"
    _, tally = made(text)
    assert tally.left_out == {
        "no chip for H100-NVL, nearest h100": 1,
        "no chip for L40S": 1,
        "no price": 1,
    }
    assert tally.read == 3


def test_a_name_can_be_mapped_to_a_chip_of_the_book() -> None:
    assert prices(AWS, chips={"A10G": "a10g"})["cloud-a10g-us-east-1-on-demand"] == (
        "1.006 USD per chip-hour"
    )


# --- oddities -------------------------------------------------------------------------------------


def test_a_price_of_zero_is_no_price_and_a_region_of_words_becomes_an_id() -> None:
    # Vast: no spot market, and places as regions; an A100 without more is not the one of 80 GB.
    text = HEAD + (
        '1x-H200,H200,1,32,64.0,,2.65,0.00,"France, FR, EU"\n'
        '4x-H200,H200,4,32,64.0,,10.59,0.00,", US, NA"\n'
        '1x-A100_SXM4,A100,1,32,64.0,,0.76,0.00,"Bavaria, DE, EU"\n'
    )
    assert prices(text, spot=True) == {
        "cloud-h200-france-fr-eu-on-demand": "2.65 USD per chip-hour",
        "cloud-h200-us-na-on-demand": "2.6475 USD per chip-hour",  # 10.59 / 4
    }


def test_the_dust_of_floating_point_is_rounded_away_and_said() -> None:
    text = HEAD + "s,H100-SXM,1.0,2,4,,1.8214000000000001,,no-kristiansand-1\n"
    found, _ = made(text)
    assert found[0]["price"] == "1.8214 USD per chip-hour"
    assert found[0]["source"].endswith(", rounded to 6 decimals")


def test_a_third_is_rounded_half_to_even_to_six_decimals() -> None:
    assert list(prices(HEAD + "s,H100,3,2,4,,10,,us\n").values()) == ["3.333333 USD per chip-hour"]


def test_chips_that_google_prices_apart_get_their_machine() -> None:
    # Real rows: 9.79655 + 1.18251 = 10.97906, and by spot 2.2356 + 0.26996 = 2.50556.
    text = GCP + (
        ",,,H100,1,{'Gpus': [{'Name': 'H100'}]},us-east4,us-east4-a,9.79655,2.2356\n"
        "a3-highgpu-1g,26.0,234.0,,,,us-east4,us-east4-a,1.18251,0.26996\n"
        ",,,V100,1,,us-east4,us-east4-a,2.48,0.74\n"
        ",,,H100,1.5,,us-east4,us-east4-a,2.48,0.74\n"
    )
    found, tally = made(text, spot=True)
    assert [one["price"] for one in found] == [
        "10.97906 USD per chip-hour",
        "2.50556 USD per chip-hour",
    ]
    assert "a3-highgpu-1g 10.97906 USD an hour for 1 H100, chips and machine" in found[0]["source"]
    assert tally.left_out["priced without its machine"] == 2


def test_a_slice_of_tpus_is_as_many_chips_as_it_has() -> None:
    # Of a v5p the number counts cores, two a chip: v5p-8 is 4 chips, 16.80 / 4 = 4.20.
    assert accelerator("tpu-v5p-8", Fraction(1)) == ("tpu-v5p", Fraction(4))
    assert accelerator("tpu-v6e-8", Fraction(1)) == ("tpu-v6e", Fraction(8))
    assert accelerator("H100", Fraction(8)) == ("H100", Fraction(8))
    text = GCP + (
        ",,,tpu-v5p-8,1,tpu-v5p-8,us-east5,us-east5-a,16.8,700.0\n"
        ",,,tpu-v5p-2048,1,tpu-v5p-2048,us-east5,us-east5-a,700.0,700.0\n"
        ",,,tpu-v5p-2048,1,tpu-v5p-2048,us-south1,us-south1-a,700.0,700.0\n"
    )
    assert prices(text, spot=True) == {"cloud-tpu-v5p-us-east5-on-demand": "4.20 USD per chip-hour"}


def test_a_spot_price_that_saves_nothing_makes_no_offer() -> None:
    text = HEAD + "nc40,H100,1,40,320,H100,6.98,6.98,eastus\n"
    found, tally = made(text, spot=True)
    assert [one["kind"] for one in found] == ["on-demand"]
    assert tally.notes == ["h100 in eastus: spot is no cheaper than on-demand, left out"]


def test_an_odd_number_of_chips_is_pointed_out() -> None:
    # A real row: a server of eight H100, counted as twelve.
    text = HEAD + "Standard_ND96isr_H100_v5,H100,12,96.0,1900,H100,98.32,98.32,eastus\n"
    _, tally = made(text)
    assert tally.notes == [
        "line 2: 12 H100 in Standard_ND96isr_H100_v5, as written; is that right?"
    ]


def test_ids_are_unique_and_fit_whatever_regions_are_called() -> None:
    place = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch"
    text = HEAD + f'a,H100,1,1,1,,2,,"{place} north"\nb,H100,1,1,1,,3,,"{place} south"\n'
    names = [one["id"] for one in made(text)[0]]
    assert len(set(names)) == 2
    assert all(len(name) <= 64 for name in names)
    assert slug("Hafnarfjarðarkaupstaður, ÍS") == "hafnarfjar-arkaupsta-ur-is"
    assert apart("a", {"a", "a-2"}) == "a-3"


# --- bad rows and hostile files -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("a,H100,8,1,1,,NaN,,us", "'NaN' is no price."),
        ("a,H100,8,1,1,,-3.0,,us", "'-3.0' is no price."),
        ("a,H100,8,1,1,,1e3,,us", "'1e3' is no price."),
        ("a,H100,8,1,1,,Infinity,,us", "'Infinity' is no price."),
        ("a,H100,8,1,1,,3,free,us", "'free' is no price."),
        ("a,H100,,1,1,,3,,us", "'' is no number of accelerators."),
        ("a,H100,0,1,1,,3,,us", "'0' is no number of accelerators."),
        ("a,H100,999999,1,1,,3,,us", "'999999' is no number of accelerators."),
        ("a,H100,8,1,1,,3,,", "There is no region."),
        ("a,H100,8", "This row has 3 cells and the header 9."),
    ],
)
def test_a_bad_row_is_told_with_its_line(row: str, sentence: str) -> None:
    _, tally = made(HEAD + "b,H100,8,1,1,,40,,us\n" + row + "\n")
    assert [(one.line, str(one)) for one in tally.bad] == [(3, sentence)]


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        (b"", 1, "The file is empty."),
        (HEAD.encode("utf-16"), 1, "The file is UTF-16."),
        (b"Price,Region\n", 1, "The file has no column AcceleratorName."),
        (HEAD.encode() + b"a,\0,8,1,1,,3,,us\n", 2, "A NUL character stands here."),
        (HEAD.encode() + b"a,\xff,8,1,1,,3,,us\n", 2, "This line is not UTF-8 text."),
        (HEAD.encode() + b"x" * (10 << 20), 2, "This line is longer than 1 MiB."),
        (HEAD.encode() + b'a,"' + b"x,\n" * 99_999, 2, "This is not CSV: field larger than"),
    ],
)
def test_a_file_that_is_no_catalogue_is_told(
    content: bytes, line: int, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "vms.csv"
    path.write_bytes(content)
    done = said("skypilot", path, "--seller", "cloud", "--max", 8)
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"{path}:{line}: {sentence}" in done.stderr
    assert "Traceback" not in done.stderr


def test_many_bad_rows_are_counted_and_a_few_shown() -> None:
    _, tally = made(HEAD + "a,H100,8,1,1,,x,,us\n" * 1_000)
    assert (tally.bad_rows, len(tally.bad)) == (1_000, 20)


def test_without_a_column_there_is_no_catalogue() -> None:
    with pytest.raises(BadFile, match="no column Region") as error:
        made("InstanceType,AcceleratorName,AcceleratorCount,Price,Regions\n")
    assert error.value.hint == "did you mean Regions?"


# --- the command ----------------------------------------------------------------------------------


def test_nothing_is_written_where_a_row_is_bad_unless_it_may_be_skipped(tmp_path: Path) -> None:
    path = kept(tmp_path, "vms.csv", AWS + "p,H100,8,1,1,,nan,,us-east-1,z,x\n")
    out = tmp_path / "offers-aws.csv"
    told = said("skypilot", path, "--seller", "cloud", "--max", 8, "--out", out)
    assert told.exit_code == 1
    assert told.stderr.splitlines()[0] == f"{path}:9: 'nan' is no price."
    assert told.stderr.splitlines()[-1] == "1 fault; nothing is written"
    assert not out.exists()
    done = said("skypilot", path, "--seller", "cloud", "--max", 8, "--out", out, "--skip")
    assert done.exit_code == 0
    assert "1 bad, with --skip" in done.stderr
    assert out.exists()


def test_the_last_line_says_what_was_read_left_out_and_made(tmp_path: Path) -> None:
    path = kept(tmp_path, "vms.csv", AWS)
    done = said("skypilot", path, "--seller", "cloud", "--max", 8)
    assert done.stderr == (
        f"{path}: 7 rows read, 2 left out (1 no accelerator, 1 no chip for A10G, nearest a100); "
        "2 offers\n"
    )
    assert done.stdout.splitlines()[0] == "id,seller,kind,chip,region,price,max,source"


def test_in_json_it_is_data_and_nothing_else(tmp_path: Path) -> None:
    path = kept(tmp_path, "vms.csv", AWS)
    data = json.loads(said("skypilot", path, "--seller", "cloud", "--max", 8, "--json").stdout)
    assert [one["chip"] for one in data["offers"]] == ["h100", "h200"]
    assert (data["rows"], data["bad_rows"]) == (7, 0)
    wrong = kept(tmp_path, "bad.csv", HEAD + "a,H100,8,1,1,,x,,us\n")
    told = said("skypilot", wrong, "--seller", "cloud", "--max", 8, "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)[0]["line"] == 2


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (["--seller", "A Cloud"], "--seller: 'A Cloud' is not an id"),
        (["--seller", "c", "--chip", "A10G"], "--chip is such as A10G=a10g"),
        (["--seller", "c", "--out", "x.csv"], "a book knows offers by the name: offers.csv"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    option: list[str], sentence: str, tmp_path: Path
) -> None:
    done = said("skypilot", kept(tmp_path, "vms.csv", AWS), "--max", 8, *option)
    assert done.exit_code == 2
    assert sentence in done.stderr


def test_what_is_written_is_a_part_of_a_book_that_can_be_planned(tmp_path: Path) -> None:
    path = kept(tmp_path, "vms.csv", AWS)
    out = tmp_path / "offers-aws.csv"
    assert said("skypilot", path, "--seller", "cloud", "--max", 64, "--out", out).exit_code == 0
    offer = book_with(tmp_path, out.name, DEMAND).book.offers["cloud-h100-us-east-1-on-demand"]
    assert str(offer.price) == "6.88 USD per chip-hour"
    # 30 chips for February to April 2026, 28 + 31 + 30 = 89 days, at the H100's price: an H200
    # does 1.197 times as much inference for 7.912 USD, which is 6.61 for what an H100 does.
    assert bought(tmp_path, out.name, DEMAND) == pytest.approx(
        30 / 1.197 * 89 * 24 * 7.912, rel=1e-4
    )
