"""The lab example: its facts, worked out by hand, and that the tutorial writes this very book."""

from __future__ import annotations

import csv
import datetime as dt
import re
import statistics
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

import offtake
from offtake.api import OpenBook, Plan
from offtake.book.record import Record

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "lab"
DATA = ROOT.parent / "shared" / "data"
GAP = 2e-3


@pytest.fixture(scope="module")
def opened() -> OpenBook:
    return offtake.load(FOLDER)


@pytest.fixture(scope="module")
def plan(opened: OpenBook) -> Plan:
    made = opened.plan(gap=GAP)
    assert isinstance(made, Plan)
    return made


def with_line(folder: Path, file: str, old: str, new: str) -> OpenBook:
    """The book with one piece of text changed."""
    folder.mkdir()
    for path in FOLDER.iterdir():
        (folder / path.name).write_text(path.read_text())
    text = (folder / file).read_text()
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new))
    return offtake.load(folder)


# --- the book -----------------------------------------------------------------------------------


def test_the_book_has_neither_fault_nor_warning(opened: OpenBook) -> None:
    assert opened.check() == ()


def test_every_figure_has_a_source_or_is_said_to_be_assumed(opened: OpenBook) -> None:
    book = opened.book
    records: Iterator[Record] = (
        record for kind in (book.offers, book.agreements, book.demand) for record in kind.values()
    )
    assert [
        r.place for r in records if not re.search("assumed|price", f"{r.note} {r.source}")
    ] == []
    assert "assumed" in (book.header.note or "")


def test_it_needs_512_chips_from_april_and_768_or_1024_in_the_end(opened: OpenBook) -> None:
    train, research, chat = opened.book.demand.values()
    assert train.base == 256
    assert research.path is not None
    ends = {
        name: train.base + list(research.path.values())[-1] + list((own.path or {}).values())[-1]
        for name, own in chat.scenarios.items()
    }
    assert ends == {"steady": 768, "launch": 1024}
    assert train.base + 96 + 160 == 512


def test_three_quotes_have_three_terms_and_one_stands_with_another_host(opened: OpenBook) -> None:
    quotes = [o for o in opened.book.offers.values() if o.kind == "reserved"]
    terms = [(o.term.months, o.price.amount, o.via) for o in quotes if o.term and o.price]
    assert terms == [
        (6, Decimal("2.69"), None),
        (12, Decimal("2.35"), None),
        (24, Decimal("1.99"), "campus"),
    ]


def test_quotes_are_so_far_below_the_published_price_as_the_readme_says(opened: OpenBook) -> None:
    listed = Decimal("2.99")
    quotes = [o for o in opened.book.offers.values() if o.kind == "reserved"]
    prices = [o.price.amount for o in quotes if o.price]
    assert [round(100 * (1 - price / listed)) for price in prices] == [10, 21, 33]


# --- the plan -----------------------------------------------------------------------------------


def test_the_plan_is_feasible_and_within_the_gap(plan: Plan) -> None:
    assert plan.certificate["gap"] <= GAP
    assert plan.purchases.height > 0
    assert set(plan.demand.filter(pl.col("unserved") > 0.5)["class"]) <= {"train", "research"}


def test_the_cloud_must_have_its_notice_four_days_after_the_books_day(plan: Plan) -> None:
    # The quote can be signed until 2026-02-27 and signing takes 10 days: the answer is due by
    # Tuesday 17 February. Thirty days from Friday 16 January end on Sunday 15 February, and the
    # next business day but Presidents' Day is that Tuesday. Monday 19 January is Martin Luther
    # King's day: a notice after Friday 16 would count from Tuesday 20 January.
    found = plan.notices.filter(pl.col("purchase").str.contains("/b-24/")).to_dicts()
    assert found
    for one in found:
        assert one["holder"] == "big-cloud"
        assert one["latest"] == dt.date(2026, 1, 16)
        assert one["answer_by"] == dt.date(2026, 2, 17)
        assert one["sign_by"] == dt.date(2026, 2, 27)


def test_the_long_quote_starts_in_may_for_the_wait_takes_april(plan: Plan) -> None:
    # At the earliest: notice on 12 January, answer on 11 February, signed on the 21st, 45 days of
    # lead: 7 April.
    starts = plan.purchases.filter(pl.col("offer") == "b-24")["start"]
    assert starts.min() == dt.date(2026, 5, 1)


def test_half_of_what_is_bought_still_holds_a_whole_run(plan: Plan) -> None:
    bought = plan.purchases.filter(pl.col("offer") == "b-24")["chips"].sum()
    assert bought / 2 >= 256


def test_a_window_of_45_days_puts_the_long_quote_out_of_reach(tmp_path: Path) -> None:
    # 45 days from 12 January end on 26 February, and signing takes ten more.
    late = with_line(tmp_path / "late", "agreements.yaml", "length: 30 days", "length: 45 days")
    made = late.plan(costs=False, foresight=False)
    assert isinstance(made, Plan)
    assert "b-24" not in made.purchases["offer"].to_list()


def test_each_clause_has_a_price_that_is_told_from_nothing(plan: Plan) -> None:
    found = {(r["clause"], r["part"]): r for r in plan.clause_costs.to_dicts()}
    assert set(found) >= {
        ("a-2025/floor", "all"),
        ("big-2025/first", "all"),
        ("big-2025/first", "landing"),
        ("big-2025/first", "window"),
    }
    assert found["big-2025/break", "all"]["high"] < 0
    costs = [row for (clause, _), row in found.items() if clause != "big-2025/break"]
    assert all(row["resolved"] for row in found.values())
    assert all(row["low"] > 0 for row in costs)
    landing, window = (found["big-2025/first", part] for part in ("landing", "window"))
    assert landing["low"] > window["high"]


def test_the_old_contract_ends_with_the_year_unless_the_launch_has_come(plan: Plan) -> None:
    # Sixty days before 1 January 2027, from which it may be without service: 2 November. The paths
    # of the service part in October, so whoever gives the notice knows which of them it is.
    (ended,) = plan.choices.to_dicts()
    assert (ended["clause"], ended["what"]) == ("big-2025/break", "end")
    assert ended["start"] == dt.date(2027, 1, 1)
    assert ended["by"] == dt.date(2026, 11, 2)
    assert ended["likely"] == pytest.approx(0.6)
    assert ended["chips"] == pytest.approx(0.6 * 128)
    old = plan.capacity.filter(pl.col("pool") == "big-cloud, us-east, h100")
    held = [
        set(old.filter(pl.col("month") == month)["scenario"].str.split(", ").list.first())
        for month in (dt.date(2026, 12, 1), ended["start"])
    ]
    assert held == [{"steady", "launch"}, {"launch"}]


def test_the_floor_is_paid_in_some_quarter(plan: Plan) -> None:
    floor = plan.spend.filter((pl.col("category") == "clauses") & (pl.col("who") == "neo-a"))
    assert floor["amount"].sum() > 0


def test_what_is_made_up_makes_the_plan_cheaper(tmp_path: Path) -> None:
    """The floor is not reached in the summer of 2026, and passed in the winter of the launch."""
    without = with_line(tmp_path / "none", "agreements.yaml", ", make_up: 6 months", "")
    plans = [
        book.plan(costs=False, foresight=False, gap=2e-4)
        for book in (without, offtake.load(FOLDER))
    ]
    assert plans[0].certificate["bound"] > plans[1].certificate["objective"]


# --- the figures that were made from traces -----------------------------------------------------


def needs(name: str) -> Path:
    path = DATA / "traces" / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the project")
    return path


def test_the_busiest_minute_of_the_published_hour_writes_1_27_times_the_mean() -> None:
    tokens: Counter[int] = Counter()
    first = None
    with needs("AzureLLMInferenceTrace_conv.csv").open() as file:
        for row in csv.DictReader(file):
            at = dt.datetime.fromisoformat(row["TIMESTAMP"][:26])
            first = first or at
            tokens[int((at - first).total_seconds() // 60)] += int(row["GeneratedTokens"])
    del tokens[max(tokens)]  # a part of a minute
    assert max(tokens.values()) / statistics.mean(tokens.values()) == pytest.approx(1.27, abs=0.005)


def test_the_shape_is_the_rhythm_of_jobs_on_the_cluster(opened: OpenBook) -> None:
    """Weekday medians of jobs by the hour, averaged over three hours, turned by ten hours."""
    begun: dict[str, Counter[int]] = defaultdict(Counter)
    with needs("philly.csv").open() as file:
        for row in csv.DictReader(file):
            try:
                at = dt.datetime.fromisoformat(row["timestamp"])
            except ValueError:
                continue
            if at.weekday() < 5:
                begun[at.date().isoformat()][at.hour] += 1
    jobs = [statistics.median(day[hour] for day in begun.values()) for hour in range(24)]
    smooth = [(jobs[h - 1] + jobs[h] + jobs[(h + 1) % 24]) / 3 for h in range(24)]
    mean = statistics.mean(smooth)
    turned = [smooth[(hour + 10) % 24] / mean for hour in range(24)]
    shape = opened.book.demand["chat"].shape
    assert shape is not None
    assert [float(value) for value in shape] == pytest.approx(turned, abs=0.0051)
    assert min(shape) == min(shape[3:6])


# --- the tutorial -------------------------------------------------------------------------------

PAGE = ROOT / "docs" / "tutorial.md"
WRITES = re.compile(
    r"^```(?:(?:yaml|csv) file=(?P<name>\S+)|console)\n(?P<body>.*?)^```$", re.M | re.S
)


def test_the_tutorial_ends_with_this_very_book_comments_aside(tmp_path: Path) -> None:
    for block in WRITES.finditer(PAGE.read_text()):
        if block["name"]:
            (tmp_path / block["name"]).parent.mkdir(exist_ok=True)
            (tmp_path / block["name"]).write_text(block["body"])
            continue
        for line in block["body"].splitlines():
            if line.startswith("$ sed "):
                subprocess.run(["sh", "-c", line[2:]], cwd=tmp_path, check=True)
    written = {path.name: bare(path) for path in (tmp_path / "mylab").iterdir()}
    # The book does not read its metering, and the tutorial does not write it.
    beside = ("README.md", "metering.csv")
    kept = {path.name: bare(path) for path in FOLDER.iterdir() if path.name not in beside}
    assert written == kept


def bare(path: Path) -> list[str]:
    """The lines of a file without comments and blank lines."""
    lines = (re.sub(r"(^|\s+)#.*", "", line).rstrip() for line in path.read_text().splitlines())
    return [line for line in lines if line]
