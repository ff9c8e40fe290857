"""Clusters and a real server, started once for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pellucid.testing.kubernetes import kubernetes
from pellucid.testing.podman import podman
from pellucid.testing.ray import ray_cluster
from pellucid.testing.server import RunningServer, running_server
from pellucid.testing.slurm import slurm

__all__ = ["kubernetes", "podman", "ray_cluster", "slurm"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The server that has the tasks."""
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server
