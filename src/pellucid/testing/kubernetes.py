"""Stands in for a Kubernetes cluster: an API server for Jobs, Pods and Secrets, whose pods are processes here.

No cluster can be had from the packages that the tests are made of. This one answers as the API reference says, no more
than the engine asks for; that the engine suits a real one it can't show.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from pellucid.base.ids import new_id
from pellucid.engines.base import LaunchError, LaunchPlan
from pellucid.engines.kubernetes_access import Access
from pellucid.engines.local import LocalEngine, LocalProcess

TOKEN: Final = "test-token"
NAMESPACES: Final = ("default", "training")
MISSING_IMAGE: Final = "registry.example/missing:1"

_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_PATH: Final = re.compile(
    r"/(api/v1|apis/batch/v1)/namespaces/(?P<namespace>[^/]+)/(?P<kind>[a-z]+)(/(?P<name>[^/]+)(?P<log>/log)?)?"
)
_INDEX: Final = "batch.kubernetes.io/job-completion-index"


class RefusalError(Exception):
    """An answer that says no, by a Status."""

    def __init__(self, code: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.code = code


class Pod:
    """A pod and its only process."""

    def __init__(self, job: dict[str, Any], index: int, secret: dict[str, str], ended: threading.Event) -> None:
        """Begin, if that is possible."""
        self.name = f"{job['metadata']['name']}-{index}-{new_id()[:5]}"
        self.job = str(job["metadata"]["name"])
        self.log = b""
        self.status: dict[str, Any] = {"phase": "Pending"}
        self._spec = job["spec"]["template"]["spec"]
        self._ended = ended
        self._process: LocalProcess | None = None
        container = self._spec["containers"][0]
        if int(container["resources"]["requests"].get("nvidia.com/gpu", 0)):
            message = "0/1 nodes are available: 1 Insufficient nvidia.com/gpu."
            self.status["conditions"] = [{"type": "PodScheduled", "status": "False", "message": message}]
        elif container["image"] == MISSING_IMAGE:
            self._set({"waiting": {"reason": "ImagePullBackOff", "message": f'Back-off pulling "{MISSING_IMAGE}"'}})
        else:
            self._begin(container, {**secret, **_ranks(container, index)})

    def document(self) -> dict[str, Any]:
        """As the API shows it."""
        return {"metadata": {"name": self.name, "labels": {"job-name": self.job}}, "status": self.status}

    def stop(self, grace: float | None = None) -> None:
        """End the process, if there is one, without waiting for it. Its own grace counts if there is none."""
        if self._process is None:
            self.status["phase"] = "Failed"
            self._ended.set()
            return
        seconds = self._spec["terminationGracePeriodSeconds"] if grace is None else grace
        threading.Thread(target=self._process.stop, args=(seconds,), daemon=True).start()

    def is_over(self) -> bool:
        """Whether nothing of it runs."""
        return self.status["phase"] in ("Succeeded", "Failed")

    def _begin(self, container: dict[str, Any], variables: dict[str, str]) -> None:
        folder = Path(container["workingDir"])
        try:
            plan = LaunchPlan(command=container["command"], folder=folder, environment=variables)
            self._process = LocalEngine().start(plan)
        except LaunchError as error:
            self.log = f"{error}\n".encode()
            self._end(127)
            return
        self.status["phase"] = "Running"
        self._set({"running": {}})
        threading.Thread(target=self._follow, args=(self._process,), daemon=True).start()

    def _follow(self, process: LocalProcess) -> None:
        for line in process.output():
            self.log += line.encode() + b"\n"
        code = process.wait()
        process.stop(0)  # with its first process a container ends
        self._end(code if code >= 0 else 128 - code)

    def _end(self, code: int) -> None:
        self._set({"terminated": {"exitCode": code, "reason": "Error" if code else "Completed"}})
        self.status["phase"] = "Failed" if code else "Succeeded"
        self._ended.set()

    def _set(self, state: dict[str, Any]) -> None:
        self.status["containerStatuses"] = [{"name": self._spec["containers"][0]["name"], "state": state}]


class FakeCluster:
    """What there is in the cluster, and what is done with it."""

    def __init__(self) -> None:
        """Begin empty."""
        self.jobs: dict[str, dict[str, Any]] = {}
        self.secrets: dict[str, dict[str, Any]] = {}
        self.pods: list[Pod] = []
        self._lock = threading.RLock()
        self._changed = threading.Event()
        self._closing = False
        self._controller = threading.Thread(target=self._control, daemon=True)
        self._controller.start()

    def close(self) -> None:
        """End all."""
        self._closing = True
        self._changed.set()
        self._controller.join()
        for pod in self.pods:
            pod.stop(0)

    def answer(self, method: str, target: str, body: dict[str, Any]) -> dict[str, Any] | bytes:
        """Do what a request asks for. Raises RefusalError."""
        parts = urlsplit(target)
        match = _PATH.fullmatch(parts.path)
        if match is None:
            raise RefusalError(HTTPStatus.NOT_FOUND, "the server could not find the requested resource")
        if match["namespace"] not in NAMESPACES:
            raise RefusalError(HTTPStatus.NOT_FOUND, f'namespaces "{match["namespace"]}" not found')
        with self._lock:
            if match["kind"] == "pods":
                return self._of_pods(method, match["name"], bool(match["log"]), parts.query, body)
            things = {"jobs": self.jobs, "secrets": self.secrets}[match["kind"]]
            if method == "POST":
                return self._create(match["kind"], things, body)
            found = things.get(match["name"])
            if found is None:
                raise RefusalError(HTTPStatus.NOT_FOUND, f'{match["kind"]} "{match["name"]}" not found')
            if method == "DELETE":
                self._delete(match["kind"], match["name"])
            if method == "PATCH":
                found["metadata"] |= body["metadata"]
            return found

    def _create(self, kind: str, things: dict[str, dict[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
        name = body["metadata"]["name"]
        if not _NAME.fullmatch(name):
            raise RefusalError(HTTPStatus.UNPROCESSABLE_ENTITY, f'{kind} "{name}" is invalid: metadata.name')
        if name in things:
            raise RefusalError(HTTPStatus.CONFLICT, f'{kind} "{name}" already exists')
        things[name] = {**body, "metadata": {**body["metadata"], "uid": new_id()}, "status": {}}
        if kind == "jobs":
            secret = self.secrets[body["spec"]["template"]["spec"]["containers"][0]["envFrom"][-1]["secretRef"]["name"]]
            count = body["spec"].get("completions", 1)
            self.pods += [Pod(body, index, secret["stringData"], self._changed) for index in range(count)]
        return things[name]

    def _delete(self, kind: str, name: str) -> None:
        if kind == "secrets":
            del self.secrets[name]
            return
        job = self.jobs.pop(name)
        owned = job["metadata"]["uid"]
        for secret in [*self.secrets.values()]:
            if any(owner["uid"] == owned for owner in secret["metadata"].get("ownerReferences", [])):
                del self.secrets[secret["metadata"]["name"]]
        for pod in self.pods:
            if pod.job == name:
                pod.stop()
        self._changed.set()

    def _of_pods(
        self, method: str, name: str | None, log: bool, query: str, body: dict[str, Any]
    ) -> dict[str, Any] | bytes:
        if name is None:
            [selector] = parse_qs(query)["labelSelector"]
            job = selector.removeprefix("job-name=")
            return {"kind": "PodList", "items": [pod.document() for pod in self.pods if pod.job == job]}
        pod = next((pod for pod in self.pods if pod.name == name), None)
        if pod is None:
            raise RefusalError(HTTPStatus.NOT_FOUND, f'pods "{name}" not found')
        if log:
            if pod.status["phase"] == "Pending":
                raise RefusalError(HTTPStatus.BAD_REQUEST, f'container "task" in pod "{name}" is waiting to start')
            return pod.log
        if method == "DELETE":
            pod.stop(body.get("gracePeriodSeconds"))
        return pod.document()

    def _control(self) -> None:
        """Tell jobs what has become of their pods; remove pods whose job is gone."""
        while not self._closing:
            self._changed.wait()
            self._changed.clear()
            with self._lock:
                self.pods = [pod for pod in self.pods if pod.job in self.jobs or not pod.is_over()]
                for name, job in self.jobs.items():
                    _settle(job, [pod for pod in self.pods if pod.job == name])


def _settle(job: dict[str, Any], pods: list[Pod]) -> None:
    if job["status"].get("conditions"):
        return
    if any(pod.status["phase"] == "Failed" for pod in pods):
        reason = {"reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit"}
        job["status"]["conditions"] = [{"type": "Failed", "status": "True", **reason}]
        for pod in pods:
            if not pod.is_over():
                pod.stop()
    elif all(pod.status["phase"] == "Succeeded" for pod in pods):
        job["status"]["conditions"] = [{"type": "Complete", "status": "True"}]


def _ranks(container: dict[str, Any], index: int) -> dict[str, str]:
    return {
        one["name"]: str(index)
        for one in container.get("env", [])
        if one.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath") == f"metadata.annotations['{_INDEX}']"
    }


def _handler(cluster: FakeCluster) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline()
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    raise RefusalError(HTTPStatus.UNAUTHORIZED, "Unauthorized")
                found = cluster.answer(self.command, self.path, json.loads(body) if body else {})
                self._send(HTTPStatus.OK, found if isinstance(found, bytes) else json.dumps(found).encode())
            except RefusalError as refusal:
                status = {"kind": "Status", "status": "Failure", "message": str(refusal), "code": refusal.code}
                self._send(refusal.code, json.dumps(status).encode())

        def _send(self, code: HTTPStatus, data: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output short."""

    return Handler


@contextmanager
def fake_kubernetes() -> Iterator[tuple[Access, FakeCluster]]:
    """A cluster for the length of a block."""
    cluster = FakeCluster()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(cluster))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Access(address=f"http://127.0.0.1:{server.server_port}", token=lambda: TOKEN), cluster
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        cluster.close()


@pytest.fixture(scope="session")
def kubernetes() -> Iterator[tuple[Access, FakeCluster]]:
    """A stand-in for a cluster."""
    with fake_kubernetes() as found:
        yield found
