"""Trouble is told once and counted always."""

from __future__ import annotations

import logging

import pytest

from pellucid.base.log import trouble, troubles


def test_repeated_trouble_is_one_line_and_a_count(caplog: pytest.LogCaptureFixture) -> None:
    """The first time is logged with its cause."""
    with caplog.at_level(logging.WARNING, logger="pellucid"):
        for _ in range(3):
            trouble("test.network", "the server is away; the run goes on", TimeoutError("no answer"))

    assert caplog.messages == ["the server is away; the run goes on (TimeoutError: no answer)"]
    assert troubles()["test.network"] == 3
