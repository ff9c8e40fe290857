"""Tests of ``pellucid.sdk.file_cache``."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pellucid.sdk.file_cache import FileCache, Limits, configured_limits


def test_the_oldest_go(tmp_path: Path) -> None:
    """Those that were not asked for longest, but none that may be in use."""
    cache = FileCache(tmp_path, lambda: Limits(2))
    for age, key in enumerate(["new", "old", "older", "oldest"]):
        (cache.entry(key) / "file").write_text(key)
        os.utime(tmp_path / key, (time.time() - age * 4000,) * 2)

    assert (cache.entry("oldest") / "file").read_text() == "oldest"
    cache.entry("another")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["another", "new", "oldest"]


def test_entries_of_today_stay(tmp_path: Path) -> None:
    """Though they are too many: somebody may be reading them."""
    cache = FileCache(tmp_path, lambda: Limits(1))
    for key in ("a", "b", "c"):
        cache.entry(key)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_limit_of_bytes(tmp_path: Path) -> None:
    """The newest that fit stay; what is unpacked counts too."""
    cache = FileCache(tmp_path, lambda: Limits(100, size=2500))
    for age, key in enumerate(["new", "old", "older"]):
        folder = cache.entry(key) / "unpacked"
        folder.mkdir()
        (folder / "file").write_bytes(bytes(1000))
        os.utime(tmp_path / key, (time.time() - (age + 1) * 4000,) * 2)
    cache.entry("another")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["another", "new", "old"]


def test_limits_are_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    """By variables, as by the file (sdk-surface §5.3)."""
    monkeypatch.setenv("PELLUCID_CACHE_FILES", "7")
    monkeypatch.setenv("PELLUCID_CACHE_GIGABYTES", "0.5")

    assert configured_limits() == Limits(7, 500_000_000)
