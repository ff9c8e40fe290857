"""Tests of ``pellucid.sdk.sessions``."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid.sdk.sessions import Sessions, session_key


def test_remembers_the_last_one(tmp_path: Path) -> None:
    """By server, project, name and type; also after a restart."""
    key = session_key("http://a", "vision", "first", "training")
    Sessions(tmp_path).remember(key, "one")
    Sessions(tmp_path).remember(key, "two")
    Sessions(tmp_path).remember(session_key("http://b", "vision", "first", "training"), "other")

    last = Sessions(tmp_path).last(key)

    assert last is not None
    assert last.id == "two"


def test_a_damaged_or_missing_file_is_an_empty_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is a convenience; a folder that can't be written is told once."""
    (tmp_path / "session.json").write_text("{")

    assert Sessions(tmp_path).last("x") is None
    assert Sessions(tmp_path / "missing").last("x") is None
    Sessions(tmp_path / "missing").remember("x", "one")
    assert "will not know this one" in caplog.text
