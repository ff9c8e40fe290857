"""The tests mirror the source tree: a module of the product is tested by the module of the same name."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "pellucid"
TESTS = ROOT / "tests" / "unit"


def test_every_unit_test_belongs_to_a_module() -> None:
    """A test file whose module was moved or removed is noticed."""
    strays = [
        str(test.relative_to(TESTS))
        for test in TESTS.rglob("test_*.py")
        if test.parent != TESTS
        and not (SOURCE / test.relative_to(TESTS).parent / f"{test.stem.removeprefix('test_')}.py").exists()
        and not (SOURCE / test.relative_to(TESTS).parent / test.stem.removeprefix("test_")).is_dir()
    ]

    assert strays == []
