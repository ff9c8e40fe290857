"""Writes docs/coverage.md: for each row of docs/coverage.toml, the tests that carry its number, and how they ended.

A test belongs to rows by its name: ``test_m57_m58_...`` is one of M57 and M58.

    python -m scripts.coverage         look at the tests; results of tests that are known stay as they are
    python -m scripts.coverage --run   run them as well, or those of the folders that are named behind it
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[1]
ROWS: Final = ROOT / "docs" / "coverage.toml"
PAGE: Final = ROOT / "docs" / "coverage.md"
TESTS: Final = ROOT / "tests"

_NAME: Final = re.compile(r"test((?:_m\d+)+)(?:_|$)")
_ROW: Final = re.compile(r"\| (M\d+) \|")
_ENTRY: Final = re.compile(r"\[`(?P<name>\w+)`\]\(\.\./(?P<file>[^)]+)\) (?P<result>passed|failed|skipped|not run)")

_NOT_RUN: Final = "not run"

_HEAD: Final = """\
# What is tested

What the guide of the Task API promises, row by row (`docs/coverage.toml`), the tests that carry a row's number in their
names, and how they ended the last time. `pytest -k M57` runs those of a row. Made by `make coverage`; not to be edited.
"""


class Recorder:
    """Notes how tests ended; a function counts as one, whatever it was called with."""

    def __init__(self) -> None:
        self.results: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest."""
        test = report.nodeid.partition("[")[0]
        known = self.results.get(test)
        if report.failed:
            self.results[test] = "failed"
        elif report.when == "call" and report.passed and known != "failed":
            self.results[test] = "passed"
        elif report.skipped and known is None:
            self.results[test] = "skipped"


def read_rows() -> dict[str, dict[str, Any]]:
    """The rows by section: a few words, or a dictionary of ``words`` and why there is no test (``none``)."""
    return tomllib.loads(ROWS.read_text(encoding="utf-8"))


def find_tests(folder: Path = TESTS) -> dict[str, list[str]]:
    """The tests of each row, as pytest names them."""
    found = defaultdict(list)
    for file in sorted(folder.rglob("test_*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            named = _NAME.match(node.name) if isinstance(node, ast.FunctionDef) else None
            if named and isinstance(node, ast.FunctionDef):
                for row in named[1].split("_")[1:]:
                    found[row.upper()].append(f"{file.relative_to(folder.parent).as_posix()}::{node.name}")
    return dict(found)


def read_page(text: str) -> dict[str, dict[str, str]]:
    """The tests of each row with their results, as a page has them."""
    rows = {}
    for line in text.splitlines():
        if row := _ROW.match(line):
            rows[row[1]] = {
                f"{entry['file']}::{entry['name']}": entry["result"]
                for entry in map(re.Match.groupdict, _ENTRY.finditer(line))
            }
    return rows


def write_page(
    rows: Mapping[str, Mapping[str, Any]], tests: Mapping[str, list[str]], results: Mapping[str, str]
) -> str:
    """The page."""
    known = [(row, what) for section in rows.values() for row, what in section.items()]
    untested = [row for row, what in known if not tests.get(row) and not isinstance(what, Mapping)]
    parts = [_HEAD, _summary(len(known), untested)]
    for section, content in rows.items():
        parts.append(f"\n## {section}\n\n| row | what | tests |\n|---|---|---|\n")
        parts += [_line(row, what, tests.get(row, []), results) for row, what in content.items()]
    return "".join(parts)


def _summary(count: int, untested: list[str]) -> str:
    if not untested:
        return f"\nEach of the {count} rows has a test, or says why it has none.\n"
    return f"\n{len(untested)} of {count} rows have no test yet: {', '.join(untested)}.\n"


def _line(row: str, what: Any, tests: Iterable[str], results: Mapping[str, str]) -> str:
    words, why_none = (what["words"], what["none"]) if isinstance(what, Mapping) else (what, "**none yet**")
    entries = [_entry(test, results.get(test, _NOT_RUN)) for test in tests]
    return f"| {row} | {words} | {'<br>'.join(entries) or why_none} |\n"


def _entry(test: str, result: str) -> str:
    file, _, name = test.partition("::")
    return f"[`{name}`](../{file}) {result}"


def _run(tests: Iterable[str]) -> dict[str, str]:
    recorder = Recorder()
    pytest.main(["-q", "-p", "no:cacheprovider", "-n", "auto", "--dist", "loadfile", *sorted(set(tests))], [recorder])
    return recorder.results


def main() -> int:
    """Write the page; returns 1 if a test failed."""
    tests = find_tests()
    former = read_page(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    results = {test: result for row in former.values() for test, result in row.items()}
    if sys.argv[1:2] == ["--run"]:
        folders = tuple(sys.argv[2:]) or ("tests",)
        results |= _run(test for found in tests.values() for test in found if test.startswith(folders))
    PAGE.write_text(write_page(read_rows(), tests, results), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 1 if "failed" in results.values() else 0


if __name__ == "__main__":
    sys.exit(main())
