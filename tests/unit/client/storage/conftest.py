"""A real server with files, and its neighbours of other make."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pellucid.testing.object_stores import azure, google, s3
from pellucid.testing.server import RunningServer, running_server

__all__ = ["azure", "google", "s3"]


@pytest.fixture(scope="session")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The server."""
    with running_server(tmp_path_factory.mktemp("tracker")) as server:
        yield server
