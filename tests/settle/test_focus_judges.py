"""FOCUS judged by others: the toolkit over all four datasets, the official validator over 1.2."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from focus_data_toolkit.model.validator import lint_focus_1_4_structure
from focus_data_toolkit.schema.registry import mandatory_columns, version_columns
from focus_data_toolkit.validate.bundle import validate_dataset_bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from offtake.book.force import Book
from offtake.book.read import read
from offtake.clauses.registry import kinds
from offtake.formats.focus import VERSIONS, focus_tables
from offtake.owing.focus_files import write_focus
from offtake.settle import Inputs, Statement
from offtake.settle.inputs import Used
from offtake.units import Month

from .billed import USE, read_csv, rich, statements_of
from .owed import METER, book_of
from .test_focus_tables import corrected

ROOT = Path(__file__).parents[2]
NAMES = {
    "CostAndUsage": "Cost and Usage",
    "ContractCommitment": "Contract Commitment",
    "InvoiceDetail": "Invoice Detail",
    "BillingPeriod": "Billing Period",
}
DECLARED = ("SupportsMultiplePricingCategories", "SupportsUnitPricing")
OFFICIAL = ROOT / "build" / "focus" / "bin"
CRITERIA = (
    "ACCOUNT_NAMING_SUPPORTED,MULTIPLE_PRICING_CATEGORIES_SUPPORTED,NEGOTIATED_PRICING_SUPPORTED,"
    "USAGE_MEASUREMENT_SUPPORTED,UNIT_PRICING_SUPPORTED,SUB_ACCOUNT_SUPPORTED,"
    "BILLING_BASED_ON_PROVISIONED_RESOURCES_SUPPORTED,RESOURCE_TYPE_ASSIGNMENT_SUPPORTED,"
    "REGION_SUPPORTED,TAGGING_SUPPORTED"
)


@cache
def example(name: str) -> Book:
    """The whole of an example book."""
    return read(ROOT / "examples" / name, kinds()).required().whole


def findings(
    statements: Iterable[Statement], book: Book, replaced: Iterable[Statement] = ()
) -> list[str]:
    """All that the toolkit says of a bundle: each dataset by itself, and all together."""
    with TemporaryDirectory() as folder:
        write_focus(folder, focus_tables(statements, book, replaced=replaced))
        bundle = {
            name: read_csv(Path(folder) / f"{dataset}.csv") for dataset, name in NAMES.items()
        }
    found: list[str] = []
    for name, rows in bundle.items():
        if not rows and name == "Contract Commitment":
            continue  # Not every book commits somebody to something.
        found += lint_focus_1_4_structure(name, rows, supported_conditions=DECLARED).messages()
    report = validate_dataset_bundle(
        bundle, invoice_detail_authoritative=True, rounding_tolerance=Decimal(0)
    )
    assert len(report.checks_run) == (13 if bundle["Contract Commitment"] else 9)
    return found + [diagnostic.format() for diagnostic in report.diagnostics]


@pytest.mark.parametrize("name", ["stargate", "lab"])
def test_the_toolkit_finds_nothing_in_a_year_of_the_examples(name: str) -> None:
    book = example(name)
    assert findings(statements_of(book, "2026-12", Inputs()), book) == []


def test_the_toolkit_finds_nothing_where_every_kind_of_line_is(tmp_path: Path) -> None:
    book = rich(tmp_path)
    made = statements_of(book)
    assert findings(made, book) == []
    again = [corrected(s, 7) for s in made]
    assert findings([*made, *again], book) == []
    assert findings(again, book, replaced=made) == []


def test_the_toolkit_finds_nothing_where_nothing_is_committed(tmp_path: Path) -> None:
    book = book_of(tmp_path, METER.replace("  clauses:\n", ""))
    made = statements_of(book, "2025-03", Inputs())
    assert findings(made, book) == []
    write_focus(tmp_path, focus_tables(made, book))
    assert read_csv(tmp_path / "ContractCommitment.csv") == []
    assert pl.read_parquet(tmp_path / "ContractCommitment.parquet").shape == (0, 30)


@settings(max_examples=8)
@given(
    st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe"]),
    st.lists(st.integers(0, 10**8), min_size=9, max_size=9),
)
def test_the_toolkit_finds_nothing_whatever_was_taken(zone: str, taken: list[int]) -> None:
    """Odd chip-seconds: quantities and prices whose decimals do not end."""
    days = {(Month(2025, 1) + n).first: Used(seconds) for n, seconds in enumerate(taken)}
    with TemporaryDirectory() as folder:
        book = rich(Path(folder), zone)
    assert findings(statements_of(book, inputs=replace(USE, use={"meter": days})), book) == []


def test_the_toolkit_notices_what_is_wrong(tmp_path: Path) -> None:
    """The judge is awake: a cent that is missing on an invoice is found."""
    book = rich(tmp_path)
    tables = focus_tables(statements_of(book, "2025-03"), book)
    bundle = {
        name: [{c: str(v) for c, v in row.items() if v is not None} for row in tables[d].rows]
        for d, name in NAMES.items()
    }
    row = bundle["Invoice Detail"][0]
    row["BilledCost"] = str(Decimal(row["BilledCost"]) - Decimal("0.01"))
    report = validate_dataset_bundle(
        bundle, invoice_detail_authoritative=True, rounding_tolerance=Decimal(0)
    )
    assert [d.code for d in report.errors] == ["FDT-CROSS-030"]


def test_the_toolkit_reads_the_folder_as_it_is_written(tmp_path: Path) -> None:
    book = example("stargate")
    write_focus(tmp_path, focus_tables(statements_of(book, "2026-03", Inputs()), book))
    flags = {
        "--cost-and-usage": "CostAndUsage",
        "--contract-commitment": "ContractCommitment",
        "--invoice-detail": "InvoiceDetail",
        "--billing-period": "BillingPeriod",
    }
    files = [text for flag, name in flags.items() for text in (flag, str(tmp_path / f"{name}.csv"))]
    ran = subprocess.run(
        [sys.executable, "-m", "focus_data_toolkit", "validate-bundle", *files, "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout[ran.stdout.index("{") :])
    assert report["ok"]
    assert (report["counts"]["ERROR"], report["counts"]["WARNING"]) == (0, 0)


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_has_its_own_columns_and_all_that_it_demands(
    tmp_path: Path, version: str
) -> None:
    book = rich(tmp_path)
    tables = focus_tables(statements_of(book, "2025-01"), book, version)  # type: ignore[arg-type]
    assert set(tables) == (set(NAMES) if version == "1.4" else {"CostAndUsage"})
    for dataset, table in tables.items():
        own = {c for c in table.columns if not c.startswith("x_")}
        assert own <= version_columns(NAMES[dataset], version)
        assert mandatory_columns(NAMES[dataset], version) <= own


@pytest.mark.skipif(
    not (OFFICIAL / "focus-validator").exists(),
    reason="the official validator needs Python 3.12: python3.12 -m venv build/focus, then "
    "build/focus/bin/pip install --require-hashes -r requirements/focus.txt",
)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_official_validator_finds_nothing_in_1_2(tmp_path: Path, kind: str) -> None:
    """Under all criteria that hold. `InvoiceId-C-004-C` (must be null) is one half of an OR whose
    other half, `InvoiceId-C-005-C` (must not be), holds: the validator lists both halves.
    """
    book = rich(tmp_path / "book")
    made = statements_of(book)
    write_focus(tmp_path, focus_tables([*made, *(corrected(s, 7) for s in made)], book, "1.2"))
    told = official(tmp_path / f"CostAndUsage.{kind}")
    assert {rule for rule, what in told.items() if what == "FAIL"} == {"InvoiceId-C-004-C"}
    assert told["InvoiceId-C-003-C"] == told["InvoiceId-C-005-C"] == "PASS"
    assert sum(what == "PASS" for what in told.values()) > 200


def official(path: Path) -> Mapping[str, str]:
    """What the official validator says of each rule."""
    where = "import focus_validator as f; print(f.__path__[0])"
    python = [str(OFFICIAL / "python"), "-c", where]
    package = subprocess.run(python, capture_output=True, text=True, check=True).stdout.strip()
    # It opens a table of currencies beside itself by a path from here, and leaves a log here.
    (path.parent / "focus_validator").symlink_to(package)
    ran = subprocess.run(
        [
            str(OFFICIAL / "focus-validator"),
            *("--data-file", str(path), "--validate-version", "1.2", "--block-download"),
            *("--applicability-criteria", CRITERIA),
        ],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^\S+ (\S+): (PASS|FAIL|SKIPPED)\b", ran.stdout, re.M)
    assert found, ran.stderr
    return dict(found)
