"""What a plan leaves on disk, and what comes of pasting its purchases into the book."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import offtake
from offtake.keep import whole
from offtake.plan.result import TABLES
from offtake.run import deliver

from .books import OPEN, REFUSAL, TIGHT, write


def planned(folder: Path) -> offtake.Plan:
    found = offtake.load(folder).plan(costs=False, foresight=False)
    assert isinstance(found, offtake.Plan)
    return found


def pasted(folder: Path, plan: offtake.Plan) -> Path:
    """The book with what the plan would sign as one more file of it."""
    plan.write(folder / "out")
    text = (folder / "book.yaml").read_text()
    text = text.replace("  purposes:", "  include: [out/purchases.yaml]\n  purposes:")
    return write(folder, text)


# --- a folder -----------------------------------------------------------------------------------


def test_a_plan_leaves_tables_data_purchases_and_a_page(tmp_path: Path) -> None:
    plan = planned(write(tmp_path / "book", OPEN))
    out = tmp_path / "deep" / "out"
    written = deliver(plan, out)
    assert all(path.is_file() for path in written)
    assert len(written) == len(set(written))
    for name in TABLES:
        assert pl.read_parquet(out / "tables" / f"{name}.parquet").equals(getattr(plan, name))
    assert json.loads((out / "plan.json").read_text()) == plan.data()
    assert (out / "plan.html").read_text().startswith("<!")
    assert (out / "capacity.png").read_bytes().startswith(b"\x89PNG")
    assert not list(out.rglob(".*"))


def test_the_same_plan_leaves_the_same_bytes(tmp_path: Path) -> None:
    plan = planned(write(tmp_path / "book", OPEN))
    first, second = plan.write(tmp_path / "a"), plan.write(tmp_path / "b")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_a_clash_takes_the_place_of_an_earlier_plan(tmp_path: Path) -> None:
    deliver(planned(write(tmp_path / "book", OPEN)), tmp_path / "out")
    clash = offtake.load(write(tmp_path / "book", TIGHT)).plan()
    assert isinstance(clash, offtake.Clash)
    deliver(clash, tmp_path / "out")
    left = sorted(p.name for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert left == ["plan.html", "plan.json"]
    assert "No plan meets this book" in (tmp_path / "out" / "plan.html").read_text()
    assert json.loads((tmp_path / "out" / "plan.json").read_text())["status"] == "infeasible"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    assert whole(path, b"old") == path
    with pytest.raises(TypeError):
        whole(path, "no bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


# --- purchases in the book's words --------------------------------------------------------------


def test_purchases_are_a_part_of_the_book_and_are_not_bought_again(tmp_path: Path) -> None:
    plan = planned(write(tmp_path, OPEN))
    assert sorted(plan.purchases["offer"]) == ["far-3", "near-3"]
    again = offtake.load(pasted(tmp_path, plan))
    assert again.check() == ()
    signed = again.book.agreements
    assert sorted(signed) == ["far-3-2026-02", "near-3-2026-02"]
    assert {d.add for a in signed.values() for d in a.deliveries} == {250, 50}
    assert str(signed["near-3-2026-02"].price) == "2.5 USD per chip-hour"
    second = planned(tmp_path)
    assert second.purchases.is_empty()
    assert second.cost == pytest.approx(plan.cost, rel=1e-6)


def test_where_nothing_is_bought_the_file_is_a_part_of_the_book_too(tmp_path: Path) -> None:
    cheap = OPEN.replace("12 USD per chip-hour", "1 USD per chip-hour")
    plan = planned(write(tmp_path, cheap))
    assert plan.purchases.is_empty()
    assert offtake.load(pasted(tmp_path, plan)).check() == ()


def test_under_a_first_refusal_the_check_says_that_a_waiver_is_missing(tmp_path: Path) -> None:
    plan = planned(write(tmp_path, OPEN + REFUSAL))
    (deadline,) = plan.notices["sign_by"].unique()
    # The part `agreements` stands in the book already: the purchases are one more file of it.
    (fault,) = offtake.load(pasted(tmp_path, plan)).check()
    assert fault.code == "refusal-not-waived"
    assert fault.place.file == "out/purchases.yaml"
    assert f"signed with far on {deadline}" in fault.sentence


def test_with_the_waivers_that_it_asks_for_the_purchases_are_in_order(tmp_path: Path) -> None:
    out = pasted(tmp_path, planned(write(tmp_path, OPEN + REFUSAL))) / "out" / "purchases.yaml"
    text = out.read_text()
    assert "  # waivers: [{of: " in text
    out.write_text(text.replace("# waivers", "waivers").replace("FILE", "letters/near.pdf"))
    assert [f for f in offtake.load(tmp_path).check() if f.severity == "fault"] == []


def test_what_the_offer_says_beyond_its_price_comes_along(tmp_path: Path) -> None:
    metered = OPEN.replace(
        "2.00 USD per chip-hour, max: 250 chips}",
        "2.00 USD per chip-hour, max: 250 chips, billing: used, via: near,\n"
        "   clauses: [{kind: take-or-pay, share: 50%, measured: month}]}",
    )
    folder = write(tmp_path, metered)
    text = pasted(folder, planned(folder)).joinpath("out", "purchases.yaml").read_text()
    assert "  # and the clause take-or-pay of the offer, see book.yaml:18:" in text
    opened = offtake.load(folder)
    assert [f for f in opened.check() if f.severity == "fault"] == []
    bought = opened.book.agreements["far-3-2026-02"]
    assert (bought.billing, bought.via) == ("used", "near")


def test_names_are_free_and_fit_even_where_the_offers_is_the_longest(tmp_path: Path) -> None:
    long = "far-" + "x" * 60
    taken = (
        "agreements:\n- {id: near-3-2026-02, seller: near, from: 2024-01-01, until: 2024-12-31}\n"
    )
    folder = write(tmp_path, OPEN.replace("far-3", long) + taken)
    opened = offtake.load(pasted(folder, planned(folder)))
    assert opened.check() == ()
    assert set(opened.book.agreements) == {
        "near-3-2026-02",
        "near-3-2026-02-2",
        f"{long[:56]}-2026-02",
    }


def test_no_title_can_break_out_of_its_comment(tmp_path: Path) -> None:
    hostile = OPEN.replace("A small book", '"A\\e[31m\\nparties:\\u2028- {id: evil}\\u202e"')
    plan = planned(write(tmp_path, hostile))
    assert "\n" in plan.title
    assert offtake.load(pasted(tmp_path, plan)).check() == ()


def test_what_is_built_and_installed_is_told_as_a_remark(tmp_path: Path) -> None:
    site = (
        "sites:\n- id: home\n  region: uk\n  pue: 1.2\n  power_price: 0.05 USD per kWh\n"
        "  chips: [h100]\n  owners: {lab: 100%}\n  phases:\n"
        "  - {id: p1, power: 1 MW meter, capex: 1000 USD, start: 2026-02, lead: 1 months}\n"
    )
    own = OPEN.replace("length: 3 months", "length: 24 months").replace("2.00 USD", "9 USD")
    plan = planned(write(tmp_path, own.replace("2.5 USD", "9.5 USD") + site))
    assert "installed" in plan.purchases["what"].to_list()
    pasted(tmp_path, plan)
    text = (tmp_path / "out" / "purchases.yaml").read_text()
    assert "# build home/p1: begin 2026-02, ready 2026-03\n" in text
    assert "# install " in text
    assert offtake.load(tmp_path).check() == ()


def test_a_called_option_is_a_remark_and_no_agreement_of_its_own(tmp_path: Path) -> None:
    option = (
        "agreements:\n- id: far-2025\n  seller: far\n  from: 2025-01-01\n  until: 2027-12-31\n"
        "  clauses:\n  - {id: more, kind: expansion-option, max: 100 chips, chip: h100, region: us,"
        " price: 1 USD per chip-hour,\n     term: 3 months,"
        " exercise: {from: 2026-01-01, until: 2026-12-31}}\n"
    )
    plan = planned(write(tmp_path, OPEN + option))
    assert "option" in plan.purchases["what"].to_list()
    opened = offtake.load(pasted(tmp_path, plan))
    assert set(opened.book.agreements) == {"far-2025", "far-3-2026-02"}
    text = (tmp_path / "out" / "purchases.yaml").read_text()
    assert "# exercise 100 h100 of far-2025/more for 2026-02, see book.yaml:24:5\n" in text


def test_numbers_that_are_none_are_null_in_the_data(tmp_path: Path) -> None:
    plan = planned(write(tmp_path, OPEN))
    odd = replace(plan, certificate={**plan.certificate, "bound": float("-inf")})
    assert odd.data()["certificate"]["bound"] is None
    assert json.loads(odd.write(tmp_path / "out")[-2].read_text())["certificate"]["bound"] is None
