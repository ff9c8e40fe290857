"""Tasks as jobs of Kubernetes, on a stand-in for a cluster."""

from __future__ import annotations

from typing import ClassVar

import pytest
import urllib3

from pellucid.engines.base import Engine
from pellucid.engines.cluster import ClusterEngine
from pellucid.engines.kubernetes import Kubernetes
from pellucid.engines.kubernetes_access import Access
from pellucid.testing.engine_tasks import TaskTests
from pellucid.testing.kubernetes import TOKEN, FakeCluster


class TestTasksOnKubernetes(TaskTests):
    """The suite of all clusters."""

    too_much: ClassVar[dict[str, object]] = {"gpus": 1}
    job_name = "Kubernetes"

    @pytest.fixture(autouse=True)
    def _cluster(self, kubernetes: tuple[Access, FakeCluster]) -> None:
        self.access, _ = kubernetes

    @pytest.fixture
    def engine(self) -> Engine:
        """The engine that the agent has."""
        template = {"spec": {"template": {"spec": {"containers": [{"image": "python:3.11"}]}}}}
        return ClusterEngine(Kubernetes(self.access, template=template, stop_seconds=10), poll_seconds=0.1)

    def cancel_elsewhere(self, job: str) -> None:
        """As kubectl does."""
        namespace, name = job.split("/")
        url = f"{self.access.address}/apis/batch/v1/namespaces/{namespace}/jobs/{name}"
        assert urllib3.request("DELETE", url, headers={"Authorization": f"Bearer {TOKEN}"}).status == 200
