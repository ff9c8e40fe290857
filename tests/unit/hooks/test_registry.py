"""Tests of ``pellucid.hooks.registry`` that are not in the suite of each hook."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from pellucid.hooks.registry import Registry, Undo
from pellucid.hooks.sink import SinkOfTheDay


def mark(library: ModuleType, _: SinkOfTheDay) -> Undo:
    """A hook that can be seen."""
    library.marked = True  # type: ignore[attr-defined]  # a new attribute is the mark
    return lambda: delattr(library, "marked")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package with a module in it, importable for one test."""
    folder = tmp_path / "observed_package"
    folder.mkdir()
    (folder / "__init__.py").write_text("from observed_package import inner\n")
    (folder / "inner.py").write_text("value = 1\n")
    (tmp_path / "broken_library.py").write_text("raise ImportError('broken')\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "observed_package"
    for name in [name for name in sys.modules if name.startswith("observed_package")]:
        del sys.modules[name]


def test_a_module_in_a_package(package: str) -> None:
    """Is patched when it is imported, by whatever import."""
    registry = Registry({"observed_package.inner": mark})
    registry.install()
    module = importlib.import_module(package)

    assert module.inner.marked
    assert not hasattr(module, "marked")
    registry.uninstall()
    assert not hasattr(module.inner, "marked")
    assert module.inner.value == 1


def test_two_registries(package: str) -> None:
    """Do not get into each other's way."""
    first, second = Registry({"observed_package.inner": mark}), Registry({"observed_package.inner": mark})
    first.install()
    second.install()
    module = importlib.import_module("observed_package.inner")
    assert module.marked

    second.uninstall()
    mark(module, lambda: None)
    first.uninstall()
    assert not hasattr(module, "marked")


def test_a_library_that_fails_to_import(package: str) -> None:
    """Fails as it would without us."""
    registry = Registry({"broken_library": mark, "missing_library": mark})
    registry.install()
    try:
        with pytest.raises(ImportError, match="broken"):
            importlib.import_module("broken_library")
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("missing_library")
    finally:
        registry.uninstall()


def test_a_hook_that_fails_leaves_the_import_alone(package: str) -> None:
    """The program gets its library."""

    def fail(_: ModuleType, __: SinkOfTheDay) -> Undo:
        raise RuntimeError("no such attribute in this version")

    registry = Registry({"observed_package.inner": fail})
    registry.install()
    try:
        assert importlib.import_module("observed_package.inner").value == 1
    finally:
        registry.uninstall()
