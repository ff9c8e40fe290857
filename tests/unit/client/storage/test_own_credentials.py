"""Tests of ``pellucid.client.storage.own_credentials``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.client.storage.own_credentials import FILE, VARIABLE, _given, give, given


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What one test gives is not the next one's."""
    yield
    _given.clear()


def test_the_latest_come_first(tmp_path: Path) -> None:
    """For this process as for the uploader of its run."""
    give("section", {"bucket": "b", "key": "old", "token": None}, tmp_path)
    give("section", {"bucket": "b", "key": "new"}, tmp_path)
    expected = {"section": [{"bucket": "b", "key": "new"}, {"bucket": "b", "key": "old"}]}

    assert given({}) == expected
    _given.clear()
    assert given({VARIABLE: str(tmp_path / FILE)}) == expected


def test_a_run_may_have_none(tmp_path: Path) -> None:
    """Most don't."""
    assert given({VARIABLE: str(tmp_path / FILE)}) == {}
