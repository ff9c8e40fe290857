"""The engine for Kubernetes, on a stand-in whose pods are processes of this machine."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import urllib3

from pellucid.engines.base import Engine, Handle, JobLostError, LaunchError
from pellucid.engines.cluster import ClusterEngine, ClusterJob
from pellucid.engines.kubernetes import Kubernetes
from pellucid.engines.kubernetes_access import Access
from pellucid.engines.resources import Resources
from pellucid.testing.engines import ClusterEngineTests
from pellucid.testing.kubernetes import MISSING_IMAGE, TOKEN, FakeCluster, kubernetes

__all__ = ["kubernetes"]

TEMPLATE = {
    "metadata": {"labels": {"team": "vision"}},
    "spec": {
        "template": {
            "spec": {
                "serviceAccountName": "trainer",
                "containers": [
                    {"image": "python:3.11", "volumeMounts": [{"name": "data", "mountPath": "/data"}]},
                    {"name": "sidecar"},
                ],
            }
        }
    },
}


class TestKubernetes(ClusterEngineTests):
    """Jobs of Kubernetes."""

    @pytest.fixture(autouse=True)
    def _cluster(self, kubernetes: tuple[Access, FakeCluster]) -> None:
        self.access, self.cluster = kubernetes

    @pytest.fixture
    def engine(self) -> Engine:
        """The engine under test."""
        return ClusterEngine(Kubernetes(self.access, template=TEMPLATE, stop_seconds=1), poll_seconds=0.05)

    def cancel_elsewhere(self, handle: Handle) -> None:
        """As kubectl does."""
        assert isinstance(handle, ClusterJob)
        namespace, name = handle.name.split()[-1].split("/")
        url = f"{self.access.address}/apis/batch/v1/namespaces/{namespace}/jobs/{name}"
        assert urllib3.request("DELETE", url, headers={"Authorization": f"Bearer {TOKEN}"}).status == 200

    def too_much(self) -> Resources:
        """The stand-in has no GPU."""
        return Resources(gpus=1)

    def test_a_job_is_what_was_asked_for(self, engine: Engine, tmp_path: Path) -> None:
        """By the resources, else by the template."""
        resources = Resources(cpus=2, memory=512, time=90, partition="training", image="own:1")
        plan = replace(self.plan(tmp_path, ""), resources=resources, name="Pellucid_7", environment={"KEY": "secret"})
        handle = engine.start(plan)
        assert handle.wait() == 0

        assert isinstance(handle, ClusterJob)
        namespace, name = handle.name.split()[-1].split("/")
        assert namespace == "training"
        assert name.startswith("pellucid-7-")
        job = self.cluster.jobs[name]
        assert job["metadata"]["labels"] == {"team": "vision", "app.kubernetes.io/managed-by": "pellucid"}
        assert (job["spec"]["backoffLimit"], job["spec"]["activeDeadlineSeconds"]) == (0, 90)
        pod = job["spec"]["template"]["spec"]
        assert (pod["serviceAccountName"], pod["restartPolicy"]) == ("trainer", "Never")
        container, sidecar = pod["containers"]
        assert (container["image"], container["volumeMounts"][0]["name"], sidecar["name"]) == (
            "own:1",
            "data",
            "sidecar",
        )
        assert container["resources"] == {"requests": {"cpu": "2", "memory": "512Mi"}, "limits": {"memory": "512Mi"}}

    def test_keys_are_in_a_secret_that_goes_with_the_job(self, engine: Engine, tmp_path: Path) -> None:
        """And nowhere else."""
        handle = engine.start(replace(self.plan(tmp_path, ""), environment={"KEY": "very-secret"}))
        handle.wait()
        assert isinstance(handle, ClusterJob)
        name = handle.name.split("/")[-1]
        assert self.cluster.secrets[name]["stringData"] == {"KEY": "very-secret"}
        assert "very-secret" not in json.dumps(self.cluster.jobs[name])

        self.cancel_elsewhere(handle)

        assert name not in self.cluster.secrets

    def test_nodes_are_an_indexed_job(self, engine: Engine, tmp_path: Path) -> None:
        """That is a gang."""
        handle = engine.start(replace(self.plan(tmp_path, ""), resources=Resources(nodes=3)))
        assert handle.wait() == 0

        assert isinstance(handle, ClusterJob)
        spec = self.cluster.jobs[handle.name.split("/")[-1]]["spec"]
        assert (spec["completions"], spec["parallelism"], spec["completionMode"]) == (3, 3, "Indexed")

    def test_an_image_that_is_not_there(self, engine: Engine, tmp_path: Path) -> None:
        """Nobody waits for it, and nothing of the job stays."""
        handle = engine.start(replace(self.plan(tmp_path, ""), resources=Resources(image=MISSING_IMAGE)))
        with pytest.raises(JobLostError, match=rf"was given up: ImagePullBackOff: Back-off pulling .*{MISSING_IMAGE}"):
            handle.wait()
        assert isinstance(handle, ClusterJob)
        assert handle.name.split("/")[-1] not in self.cluster.jobs

    def test_a_job_without_an_image(self, tmp_path: Path) -> None:
        """Can't be."""
        with pytest.raises(LaunchError, match="Kubernetes needs an image"):
            ClusterEngine(Kubernetes(self.access)).start(self.plan(tmp_path, ""))

    def test_a_namespace_that_is_not_there(self, engine: Engine, tmp_path: Path) -> None:
        """In Kubernetes' words."""
        with pytest.raises(LaunchError, match=r'does not take the job: namespaces "nowhere" not found \(HTTP 404\)'):
            engine.start(replace(self.plan(tmp_path, ""), resources=Resources(partition="nowhere")))

    def test_somebody_unknown(self, tmp_path: Path) -> None:
        """Is told so."""
        engine = ClusterEngine(Kubernetes(replace(self.access, token=lambda: "wrong"), template=TEMPLATE))
        with pytest.raises(LaunchError, match=r"Unauthorized \(HTTP 401\)"):
            engine.start(self.plan(tmp_path, ""))


def test_without_a_server(tmp_path: Path) -> None:
    """The error says where it was looked for."""
    engine = ClusterEngine(Kubernetes(Access(address="http://127.0.0.1:9"), template=TEMPLATE))
    with pytest.raises(LaunchError, match=r"http://127\.0\.0\.1:9 can't be asked"):
        engine.start(TestKubernetes().plan(tmp_path, ""))
