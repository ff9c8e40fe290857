"""``docs/coverage.md`` says what the tests are: which of them stand for which row of the guide."""

from __future__ import annotations

from scripts import coverage


def test_the_page_is_current() -> None:
    """As to the rows and their tests; ``make coverage`` makes it so."""
    tests = coverage.find_tests()
    page = coverage.read_page(coverage.PAGE.read_text(encoding="utf-8"))

    assert list(page) == [row for section in coverage.read_rows().values() for row in section]
    assert {row: list(found) for row, found in page.items() if found} == tests


def test_no_row_has_failed() -> None:
    """The last time that they were run."""
    page = coverage.read_page(coverage.PAGE.read_text(encoding="utf-8"))

    assert [test for found in page.values() for test, result in found.items() if result == "failed"] == []


def test_rows_are_those_of_the_guide() -> None:
    """All of them, in their order."""
    rows = [row for section in coverage.read_rows().values() for row in section]

    assert rows == [f"M{number}" for number in range(1, 235)]


def test_a_row_without_a_test_is_named() -> None:
    """Openly, unless it says why."""
    rows = {"A section": {"M1": "one", "M2": "two", "M3": {"words": "three", "none": "a slip"}}}
    text = coverage.write_page(rows, {"M1": ["tests/a.py::test_m1"]}, {"tests/a.py::test_m1": "passed"})

    assert "1 of 3 rows have no test yet: M2." in text
    assert "| M3 | three | a slip |" in text
    assert coverage.read_page(text)["M1"] == {"tests/a.py::test_m1": "passed"}
