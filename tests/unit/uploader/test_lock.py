"""One uploader for each run."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid.uploader.lock import run_lock


def test_the_second_is_not_alone_until_the_first_is_gone(tmp_path: Path) -> None:
    """And nobody waits."""
    with run_lock(tmp_path) as first:
        with run_lock(tmp_path) as second:
            assert (first, second) == (True, False)
        with run_lock(tmp_path) as third:
            assert not third
    with run_lock(tmp_path) as fourth:
        assert fourth


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    """Its run has been shipped."""
    with pytest.raises(FileNotFoundError), run_lock(tmp_path / "gone"):
        pass
