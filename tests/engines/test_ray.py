"""The engine for Ray, on a real Ray of one node."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
import urllib3

from pellucid.engines.base import Engine, Handle, LaunchError
from pellucid.engines.cluster import ClusterEngine, ClusterJob
from pellucid.engines.ray import Ray
from pellucid.engines.resources import Resources
from pellucid.testing import ray as cluster
from pellucid.testing.engine_tasks import TaskTests
from pellucid.testing.engines import ClusterEngineTests


@pytest.fixture
def engine(ray_cluster: str) -> Engine:
    """The engine under test."""
    return ClusterEngine(Ray(ray_cluster, python=str(cluster.PYTHON), stop_seconds=1.0), poll_seconds=0.1)


class TestRay(ClusterEngineTests):
    """Jobs of Ray."""

    @pytest.fixture(autouse=True)
    def _address(self, ray_cluster: str) -> None:
        self.address = ray_cluster

    @pytest.fixture
    def engine(self, engine: Engine) -> Engine:
        """That of this file."""
        return engine

    def cancel_elsewhere(self, handle: Handle) -> None:
        """By Ray's own interface."""
        assert isinstance(handle, ClusterJob)
        _stop(self.address, handle.name.split()[-1])

    def too_much(self) -> Resources:
        """GPUs, of which there are none."""
        return Resources(gpus=1)

    def test_a_bar_that_is_drawn_over_is_one_line(self, engine: Engine, tmp_path: Path) -> None:
        """Not here: Ray makes lines of its states."""
        handle = engine.start(self.plan(tmp_path, "print('1%', end='\\r'); print('2%')"))

        assert list(handle.output()) == ["1%", "2%"]

    def test_a_job_is_what_was_asked_for(self, ray_cluster: str, tmp_path: Path) -> None:
        """With what the template says besides."""
        template = {"runtime_env": {"env_vars": {"PREPARED": "yes"}}, "metadata": {"owner": "us"}}
        engine = ClusterEngine(Ray(ray_cluster, template=template), poll_seconds=0.1)
        plan = self.plan(tmp_path, "import os; print(os.environ['PREPARED'], os.environ['OWN'])", OWN="too")
        handle = engine.start(replace(plan, resources=Resources(cpus=2, memory=100), name="a-name"))

        assert list(handle.output()) == ["yes too"]
        assert handle.name.startswith("Ray job a-name-")
        job = urllib3.request("GET", f"{ray_cluster}/api/jobs/{handle.name.split()[-1]}").json()
        assert job["metadata"] == {"name": "a-name", "owner": "us"}

    def test_a_template_that_is_wrong_is_refused(self, ray_cluster: str, tmp_path: Path) -> None:
        """In Ray's words."""
        engine = ClusterEngine(Ray(ray_cluster, template={"nonsense": 1}))
        with pytest.raises(LaunchError, match=r"Ray does not take the job: .*nonsense"):
            engine.start(self.plan(tmp_path, ""))

    def test_a_job_that_ray_has_forgotten_is_lost(self, ray_cluster: str) -> None:
        """As after a new start of the cluster."""
        assert Ray(ray_cluster).state("a-job").why == "is not known to Ray any more"


class TestTasksOnRay(TaskTests):
    """Tasks as jobs of Ray."""

    too_much: ClassVar[dict[str, object]] = {"gpus": 1}
    job_name = "Ray"

    @pytest.fixture(autouse=True)
    def _address(self, ray_cluster: str) -> None:
        self.address = ray_cluster

    @pytest.fixture
    def engine(self, engine: Engine) -> Engine:
        """That of this file."""
        return engine

    def cancel_elsewhere(self, job: str) -> None:
        """By Ray's own interface."""
        _stop(self.address, job)


def test_without_a_dashboard(tmp_path: Path) -> None:
    """The error says where it was looked for."""
    with pytest.raises(LaunchError, match=r"http://127\.0\.0\.1:9 can't be asked"):
        ClusterEngine(Ray("http://127.0.0.1:9")).start(TestRay().plan(tmp_path, ""))


def _stop(address: str, job: str) -> None:
    assert urllib3.request("POST", f"{address}/api/jobs/{job}/stop", json={}).status == 200
