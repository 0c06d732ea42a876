"""Prepayment where something changed after it was paid: words, ends, a clause that came back."""

from __future__ import annotations

from pathlib import Path

from .owed import CREDIT, PAID, block, book_of, faults_of, prepaid, statements, told


def test_what_ended_later_was_paid_as_signed(tmp_path: Path) -> None:
    """d1 ends after February; 42,720 x 50 % = 21,360.00 were paid on 2 January for all of it.

    February   13,440.00, all of it credited; 7,920.00 are left, and no invoice comes any more.
    """
    text = block("share: 50%, due: 30 days before start")
    text = text.replace("until: 2025-04-30}", "until: 2025-04-30, ended: 2025-03-01}")
    made = statements(book_of(tmp_path, text), "2025-12", agreement="block")
    assert prepaid(made) == {"2025-01": [(PAID, "21,360.00")], "2025-02": [(CREDIT, "-13,440.00")]}
    assert told(made["2025-12"]) == [
        "7,920 USD paid ahead for d1 stay uncredited: no later invoice bears them."
    ]


def test_what_is_due_after_an_agreement_ended_is_not_paid(tmp_path: Path) -> None:
    """It ends on 15 March. d2, from April, was due 30 days before, on 2 March, and stays paid.

    d2   10 x 720 x 2 = 14,400.00, 10 % of it.  d3, from May, would be due on 1 April.
    """
    text = block("share: 10%, due: 30 days before start").replace(
        "until: 2025-04-30}\n",
        "until: 2025-04-30}\n"
        "  - {id: d2, add: 10 chips, chip: h100, region: r, start: 2025-04-01,"
        " until: 2025-04-30}\n"
        "  - {id: d3, add: 10 chips, chip: h100, region: r, start: 2025-05-01}\n",
    )
    text = text.replace("  price:", "  ended: 2025-03-16\n  price:")
    made = statements(book_of(tmp_path, text), "2025-12", agreement="block")
    assert prepaid(made) == {
        "2025-01": [(PAID, "4,272.00")],
        "2025-02": [(CREDIT, "-4,272.00")],
        "2025-03": [("paid ahead for d2", "1,440.00")],
    }
    assert list(made)[-1] == "2025-03"
    assert told(made["2025-03"]) == [
        "1,440 USD paid ahead for d2 stay uncredited: no later invoice bears them."
    ]


def test_a_delivery_is_prepaid_on_the_words_of_its_first_day(tmp_path: Path) -> None:
    """10 % to 15 April, 20 % from the 16th. d2 serves from July to September, 2,208 hours.

    d1   10 x 2,880 x 2 = 57,600.00, 10 % of it; credited 2 months after its start, as it was signed
    d2   10 x 2,208 x 2 = 44,160.00, 20 % of it due on 1 June, credited from July
    """
    text = block("share: 10%, due: 30 days before start, credit_after: 2 months").replace(
        "until: 2025-04-30}\n",
        "until: 2025-05-31}\n"
        "  - {id: d2, add: 10 chips, chip: h100, region: r, start: 2025-07-01,"
        " until: 2025-09-30}\n",
    )
    text += (
        "  amendments:\n"
        "  - {on: 2025-04-16, change: {prepayment: {share: 20%, credit_after: 0 months}}}\n"
    )
    made = statements(book_of(tmp_path, text), "2025-07", agreement="block")
    assert prepaid(made) == {
        "2025-01": [(PAID, "5,760.00")],
        "2025-04": [(CREDIT, "-5,760.00")],
        "2025-06": [("paid ahead for d2", "8,832.00")],
        "2025-07": [("credit of what was paid ahead for d2", "-8,832.00")],
    }


def test_a_clause_that_came_back_does_not_ask_again(tmp_path: Path) -> None:
    """It ends after February with 2,000.00 undrawn, and is added again from June for nothing."""
    text = block("share: 80%, due: at signing, credit_up_to: 20%") + (
        "  amendments:\n"
        "  - {on: 2025-03-01, end: [prepayment]}\n"
        "  - {on: 2025-06-01, add: [{kind: prepayment, share: 50%, due: at signing}]}\n"
    )
    made = statements(book_of(tmp_path, text), "2025-12", agreement="block")
    assert prepaid(made) == {"2024-10": [(PAID, "34,176.00")], "2025-02": [(CREDIT, "-2,688.00")]}
    assert told(made["2025-02"]) == [
        "31,488 USD paid ahead for d1 stay uncredited: no later invoice bears them."
    ]
    assert [told(s) for m, s in made.items() if m > "2025-02"] == [[]] * 10


def test_what_other_words_prepay_is_not_credited_too_late(tmp_path: Path) -> None:
    """d2 has but a month, and the words of its first day credit at once; those before wait two."""
    text = block("share: 10%, due: at start, credit_after: 2 months").replace(
        "until: 2025-04-30}\n",
        "until: 2025-04-30}\n"
        "  - {id: d2, add: 10 chips, chip: h100, region: r, start: 2025-07-01,"
        " until: 2025-07-31}\n",
    )
    assert [f.code for f in faults_of(tmp_path / "1", text)] == ["credit-too-late"]
    text += "  amendments: [{on: 2025-05-01, change: {prepayment: {credit_after: 0 months}}}]\n"
    made = statements(book_of(tmp_path / "2", text), "2025-07", agreement="block")
    assert prepaid(made)["2025-07"] == [
        ("paid ahead for d2", "1,488.00"),
        ("credit of what was paid ahead for d2", "-1,488.00"),
    ]
