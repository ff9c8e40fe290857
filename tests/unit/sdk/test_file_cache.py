"""Tests of ``pellucid.sdk.file_cache``."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pellucid.sdk.file_cache import FileCache


def test_the_oldest_go(tmp_path: Path) -> None:
    """Those that were not asked for longest, but none that may be in use."""
    cache = FileCache(tmp_path, limit=2)
    for age, key in enumerate(["new", "old", "older", "oldest"]):
        (cache.entry(key) / "file").write_text(key)
        os.utime(tmp_path / key, (time.time() - age * 4000,) * 2)

    assert (cache.entry("oldest") / "file").read_text() == "oldest"
    cache.entry("another")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["another", "new", "oldest"]


def test_entries_of_today_stay(tmp_path: Path) -> None:
    """Though they are too many: somebody may be reading them."""
    cache = FileCache(tmp_path, limit=1)
    for key in ("a", "b", "c"):
        cache.entry(key)
    assert len(list(tmp_path.iterdir())) == 3
