"""A file is the old content or the new one."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pellucid.base.atomic_file import write_atomic


def test_content_is_replaced_and_private(tmp_path: Path) -> None:
    """Nobody else may read it, whatever the umask."""
    file = tmp_path / "state.json"
    file.write_bytes(b"old and longer")

    write_atomic(file, b"new")

    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_failure_leaves_the_old_content_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the last step fails, the folder is as it was."""
    file = tmp_path / "state.json"
    write_atomic(file, b"old")

    def refuse(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(OSError, match="no space"):
        write_atomic(file, b"new")

    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]
    assert file.read_bytes() == b"old"
