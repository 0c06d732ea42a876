"""From a folder to a typed book: parts, files, tables, traces, places."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from offtake.book.faults import Place, Unreadable
from offtake.book.read import read
from offtake.units import Duration, Month, parse_price

from .writing import HEADER, KINDS, PARTIES, START, good, reading, said, write

TRACES = Path(__file__).parents[3] / "shared" / "data" / "traces"


def including(*names: str) -> str:
    return HEADER.replace("12 months}", f"12 months}}\n  include: [{', '.join(names)}]") + PARTIES


OFFER = """\
offers:
- id: neo-12
  seller: neo
  chip: h100
  region: us-east
  term: 12 months
  price: 2.60 USD per chip-hour
  max: 90000 chips
"""
TABLE = """\
id,seller,via,chip,region,term,price,max
neo-12,neo,,h100,us-east,12 months,2.60 USD per chip-hour,90000 chips
neo-24,neo,cloud,h100,us-east,24 months,2.40 USD per chip-hour,90000 chips
"""


def test_text_becomes_quantities_and_keeps_its_place(tmp_path: Path) -> None:
    offer = good(tmp_path, START + OFFER).offers["neo-12"]
    assert offer.price == parse_price("2.60 USD per chip-hour")
    assert (offer.max, offer.term, offer.min) == (90_000, Duration(12, "months"), None)
    assert offer.place == Place("book.yaml", 11, 3)
    assert offer.at("price") == Place("book.yaml", 16, 10)


def test_a_table_says_the_same_as_a_list_with_the_row_as_its_place(tmp_path: Path) -> None:
    listed = good(tmp_path / "a", START + OFFER).offers["neo-12"]
    table = good(tmp_path / "b", including("offers.csv"), offers_csv=TABLE).offers
    assert table["neo-12"].model_dump() == listed.model_dump()
    assert table["neo-24"].via == "cloud"
    assert table["neo-24"].at("price") == Place("offers.csv", 3, 1)


@pytest.mark.parametrize("name", ["offers.csv", "offers-azure.csv", "prices/offers.2025.csv"])
def test_the_name_of_a_table_begins_with_what_it_holds(name: str, tmp_path: Path) -> None:
    book = read(write(tmp_path, {"book.yaml": including(name), name: TABLE}), KINDS).required()
    assert set(book.offers) == {"neo-12", "neo-24"}


def test_a_column_may_be_one_key_of_a_mapping(tmp_path: Path) -> None:
    chips = "id,throughput.any,throughput.api,kw_it\ntpu,2,,1 kW it\nmtia,1,0.5,1 kW it\n"
    book = good(tmp_path / "a", including("chips.csv"), chips_csv=chips)
    assert book.chips["tpu"].throughput == {"any": Decimal(2)}
    assert book.chips["mtia"].throughput == {"any": Decimal(1), "api": Decimal("0.5")}
    demand = (
        "id,purpose,unit,unserved,path.2025-02,path.2026-02\nd,api,h100,never,8 chips,9 chips\n"
    )
    path = good(tmp_path / "b", including("demand.csv"), demand_csv=demand).demand["d"].path
    assert path == {Month(2025, 2): 8, Month(2026, 2): 9}
    assert said(reading(tmp_path / "b", including("demand.csv"), demand_csv=demand + "e,,,,x,,\n"))


def test_a_quoted_cell_may_hold_lines_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    rows = TABLE.splitlines()
    table = f'{rows[0]},note\r\n{rows[1]},"two\r\nlines"\r\n\r\n{rows[2]},plain\r\n'
    offers = good(tmp_path, including("offers.csv"), offers_csv=table).offers
    assert [(o.place.line, o.note) for o in offers.values()] == [(2, "two\r\nlines"), (5, "plain")]


def test_files_name_files_relative_to_themselves(tmp_path: Path) -> None:
    files = {
        "book.yaml": including("sites/all.yaml"),
        "sites/all.yaml": "include: [more/offers.yaml, ../demand.csv]\n",
        "sites/more/offers.yaml": OFFER,
        "demand.csv": "id,purpose,unit,base,unserved\nd,api,h100,9 chips,never\n",
    }
    book = read(write(tmp_path, files), KINDS).required()
    assert book.offers["neo-12"].place == Place("sites/more/offers.yaml", 2, 3)
    assert book.demand["d"].unserved == "never"


def test_an_id_in_a_second_file_is_told_where_the_first_stands(tmp_path: Path) -> None:
    text = including("offers.csv") + OFFER
    (fault,) = reading(tmp_path, text, offers_csv=TABLE).faults
    hint = "rename one of them; the other stands at book.yaml:12:7"
    assert (fault.code, fault.hint) == ("duplicate-id", hint)
    assert fault.place == Place("offers.csv", 2, 1)


def test_a_link_inside_the_book_is_read_as_the_file_it_names(tmp_path: Path) -> None:
    write(tmp_path, {"book.yaml": including("now.yaml"), "2025/offers.yaml": OFFER})
    (tmp_path / "now.yaml").symlink_to("2025/offers.yaml")
    assert set(read(tmp_path, KINDS).required().offers) == {"neo-12"}


def test_chips_of_the_book_stand_over_the_built_in_ones(tmp_path: Path) -> None:
    own = "chips:\n- {id: h100, throughput: {any: 7}, kw_it: 1 kW it}\n"
    assert good(tmp_path / "a", START).chips["h100"].throughput != {"any": Decimal(7)}
    assert good(tmp_path / "b", START + own).chips["h100"].throughput == {"any": Decimal(7)}


def test_a_built_in_price_in_another_currency_is_no_price(tmp_path: Path) -> None:
    euros = START.replace("12 months}", "12 months}\n  currency: EUR")
    assert any(chip.price for chip in good(tmp_path / "a", START).chips.values())
    assert not any(chip.price for chip in good(tmp_path / "b", euros).chips.values())


def test_the_digest_changes_with_names_and_bytes_and_with_nothing_else(tmp_path: Path) -> None:
    def digest(folder: str, name: str, text: str) -> str:
        files = {"book.yaml": including("a.yaml", "b.yaml"), "a.yaml": "", "b.yaml": "", name: text}
        files = {other: text or "sites: []\n" for other, text in files.items()}
        return read(write(tmp_path / folder, files), KINDS).required().digest

    first = digest("1", "a.yaml", OFFER)
    assert len(first) == 64
    assert first == digest("2", "a.yaml", OFFER)
    assert first != digest("3", "b.yaml", OFFER)
    assert first != digest("4", "a.yaml", OFFER + "# the same offer\n")


def test_a_part_with_nothing_in_it_is_empty(tmp_path: Path) -> None:
    assert good(tmp_path, START + "offers:\n# - {id: later}\nsites:\n").offers == {}


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path: Path) -> None:
    text = "\ufeff" + (START + OFFER).replace("\n", "\r\n")
    assert good(tmp_path, text).offers["neo-12"].place == Place("book.yaml", 11, 3)


def test_a_yes_in_a_text_stays_a_text_and_a_date_a_day(tmp_path: Path) -> None:
    text = START.replace("name: Cloud", "name: yes, note: 2025-01-21")
    party = good(tmp_path, text).parties["cloud"]
    assert (party.name, party.note) == ("yes", "2025-01-21")


def test_whoever_needs_a_book_with_faults_gets_all_of_them(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        reading(tmp_path, START + "sites: x\ndemand: y\n").required()
    assert [f.code for f in caught.value.faults] == ["list-expected", "list-expected"]
    assert "book.yaml:10:8: fault [list-expected] sites:" in str(caught.value)


# --- traces --------------------------------------------------------------------------------------

DEMAND = (
    START
    + """\
demand:
- {id: d, purpose: api, unit: h100, base: 9 chips, unserved: never, shape: {trace: t.csv}}
"""
)


def shape(folder: Path, trace: str) -> list[Decimal]:
    found = good(folder, DEMAND, t_csv=trace).demand["d"].shape
    assert found is not None
    return list(found)


def test_a_trace_becomes_24_numbers_with_mean_one(tmp_path: Path) -> None:
    rows = [f"2025-01-21T{h:02}:30:00Z" for h in range(24) for _ in range(3 if h == 9 else 1)]
    found = shape(tmp_path, "TIMESTAMP\n" + "\n".join(rows))
    assert len(found) == 24
    assert found[9] == 3 * found[8]
    assert abs(sum(found, Decimal(0)) / 24 - 1) < Decimal("1e-8")


def test_an_hour_that_a_trace_covers_on_more_days_does_not_weigh_more(tmp_path: Path) -> None:
    seconds = [3600 * h for h in range(24 + 6)]
    assert set(shape(tmp_path, "arrival\n" + "\n".join(map(str, seconds)))) == {Decimal(1)}


def test_tokens_weigh_the_requests_of_a_trace(tmp_path: Path) -> None:
    rows = [f"2024-05-10 {h:02}:00:00.009930+00:00,{100 if h == 3 else 40},20" for h in range(24)]
    found = shape(tmp_path, "TIMESTAMP,ContextTokens,GeneratedTokens\n" + "\n".join(rows))
    assert found[3] == 2 * found[4]


def test_two_classes_may_share_a_trace(tmp_path: Path) -> None:
    again = DEMAND + DEMAND.splitlines()[-1].replace("id: d", "id: e") + "\n"
    book = good(tmp_path, again, t_csv="arrival\n" + "\n".join(str(3600 * h) for h in range(24)))
    assert book.demand["d"].shape == book.demand["e"].shape


@pytest.mark.skipif(not TRACES.exists(), reason="the shared traces are not here")
def test_a_real_trace_of_an_hour_is_too_short_and_says_so(tmp_path: Path) -> None:
    trace = (TRACES / "AzureLLMInferenceTrace_conv.csv").read_text()
    result = reading(tmp_path, DEMAND, t_csv=trace)
    assert said(result) == ["book.yaml:11:76 short-trace"]


def test_the_months_of_a_plan_are_months(tmp_path: Path) -> None:
    periods = good(tmp_path, START).header.periods
    assert (periods.start, periods.length.months) == (Month(2025, 2), 12)
