"""Kubernetes: a ``batch/v1`` Job for each process, by the API server's REST interface (Kubernetes, API reference).

A job's variables, which hold keys, are in a Secret that goes with the job.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import urllib3

from pellucid.base.ids import new_id
from pellucid.engines.base import LaunchError, LaunchPlan
from pellucid.engines.cluster import ClusterError, JobState, Phase, Places, unread
from pellucid.engines.kubernetes_access import Access
from pellucid.engines.kubernetes_manifest import CONTAINER, job_manifest, secret_manifest
from pellucid.engines.kubernetes_pods import ended_state, has_ended, waiting_reason

_TIMEOUT: Final = urllib3.Timeout(connect=10.0, read=60.0)
_RETRIES: Final = urllib3.Retry(total=0)
_HURRY_SECONDS: Final = 1
_NAME_LENGTH: Final = 50
"""Names of jobs get into labels, which have 63 characters, with the names of their pods."""

_RUNNING: Final = JobState(phase=Phase.RUNNING)


class Kubernetes:
    """One cluster."""

    def __init__(
        self, access: Access, *, template: Mapping[str, Any] | None = None, stop_seconds: float = 30.0
    ) -> None:
        """Prepare.

        Args:
            access: where it is, and who we are.
            template: a Job to begin with, as its manifest; its first container is the one that runs the process.
            stop_seconds: that a job has to end when it is asked to; Kubernetes itself ends it then.
        """
        self._access = access
        self._template = dict(template or {})
        self._stop_seconds = max(round(stop_seconds), 1)
        self._pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=_RETRIES, maxsize=8, ssl_context=access.tls)
        self._lock = threading.Lock()
        self._ended_here: set[str] = set()

    def submit(self, plan: LaunchPlan) -> str:
        """Create a Job and its Secret.

        Raises:
            LaunchError: nobody has said which image, or the server can't be asked or does not take the job.
        """
        namespace = plan.resources.partition or self._access.namespace
        name = f"{re.sub('[^a-z0-9]+', '-', plan.name.lower()).strip('-')[:_NAME_LENGTH]}-{new_id()[:8]}"
        manifest = job_manifest(name, plan, self._template, self._stop_seconds)
        try:
            self._ask("POST", f"/api/v1/namespaces/{namespace}/secrets", secret_manifest(name, plan.environment))
            try:
                made = self._ask("POST", f"/apis/batch/v1/namespaces/{namespace}/jobs", manifest)
            except ClusterError:
                self._ask("DELETE", f"/api/v1/namespaces/{namespace}/secrets/{name}")
                raise
            self._bind_secret(namespace, name, made)
        except ClusterError as error:
            raise LaunchError(f"Kubernetes does not take the job: {error}") from error
        return f"{namespace}/{name}"

    def describe(self, job: str) -> str:
        """The job's name for people."""
        return f"Kubernetes job {job}"

    def state(self, job: str) -> JobState:
        """What the Job and its pods say."""
        namespace, _, name = job.partition("/")
        found = self._ask("GET", f"/apis/batch/v1/namespaces/{namespace}/jobs/{name}")
        pods = self._pods(job)
        if found is None:
            # Its pods go after it, and run until they have gone.
            return _RUNNING if pods else JobState(phase=Phase.ENDED, why=self._why_gone(job))
        ended = ended_state(found, pods)
        if ended is not None:
            return ended
        why, is_hopeless = waiting_reason(pods)
        if is_hopeless:
            self.end(job, force=True)
            return JobState(phase=Phase.ENDED, why=f"was given up: {why}")
        return _RUNNING if why is None else JobState(phase=Phase.WAITING, why=why)

    def read(self, job: str, places: Places) -> bytes:
        """More of the logs of its pods."""
        namespace, _, _ = job.partition("/")
        more = b""
        for pod in sorted(self._pods(job), key=lambda pod: str(pod["metadata"]["name"])):
            name = str(pod["metadata"]["name"])
            try:
                log = self._log(f"/api/v1/namespaces/{namespace}/pods/{name}/log?container={CONTAINER}")
            except _HasNoLogError:
                continue
            # Only whole lines, as those of another pod may follow.
            if has_ended(pod) and not log.endswith(b"\n"):
                log += b"\n" * bool(log)
            more += unread(log[: log.rfind(b"\n") + 1], name, places)
        return more

    def end(self, job: str, *, force: bool) -> None:
        """Delete the Job and its pods, which Kubernetes asks to end and ends after their time."""
        namespace, _, name = job.partition("/")
        with self._lock:
            self._ended_here.add(job)
        options = {"propagationPolicy": "Background"}
        self._ask("DELETE", f"/apis/batch/v1/namespaces/{namespace}/jobs/{name}", options)
        if force:
            hurry = {"gracePeriodSeconds": _HURRY_SECONDS}
            for pod in self._pods(job):
                self._ask("DELETE", f"/api/v1/namespaces/{namespace}/pods/{pod['metadata']['name']}", hurry)

    def _why_gone(self, job: str) -> str:
        with self._lock:
            return "was deleted" if job in self._ended_here else "was deleted, not by its agent"

    def _pods(self, job: str) -> list[dict[str, Any]]:
        namespace, _, name = job.partition("/")
        found = self._ask("GET", f"/api/v1/namespaces/{namespace}/pods?labelSelector=job-name%3D{name}")
        return list((found or {}).get("items") or [])

    def _bind_secret(self, namespace: str, name: str, job: Mapping[str, Any] | None) -> None:
        """Let Kubernetes remove the variables with the job."""
        owner = {"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": (job or {})["metadata"]["uid"]}
        change = {"metadata": {"ownerReferences": [owner]}}
        self._ask(
            "PATCH", f"/api/v1/namespaces/{namespace}/secrets/{name}", change, kind="application/merge-patch+json"
        )

    def _ask(
        self, method: str, path: str, body: object | None = None, *, kind: str = "application/json"
    ) -> dict[str, Any] | None:
        """An answer; ``None`` if there is no such thing, where something is looked at or removed."""
        answer = self._send(method, path, body, kind)
        if answer.status == HTTPStatus.NOT_FOUND and method in ("GET", "DELETE"):
            return None
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise ClusterError(_message(answer))
        try:
            return dict(json.loads(answer.data))
        except (ValueError, TypeError) as error:
            raise ClusterError(f"{self._access.address} is no API server of Kubernetes") from error

    def _log(self, path: str) -> bytes:
        answer = self._send("GET", path, None, "application/json")
        if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST):
            raise _HasNoLogError
        if answer.status != HTTPStatus.OK:
            raise ClusterError(_message(answer))
        return answer.data

    def _send(self, method: str, path: str, body: object | None, kind: str) -> urllib3.BaseHTTPResponse:
        headers = {"Content-Type": kind, "Accept": "application/json, */*"}
        try:
            if self._access.token is not None:
                headers["Authorization"] = f"Bearer {self._access.token()}"
            data = None if body is None else json.dumps(body).encode()
            return self._pool.request(method, f"{self._access.address}{path}", body=data, headers=headers)
        except (urllib3.exceptions.HTTPError, LaunchError, OSError) as error:
            raise ClusterError(f"{self._access.address} can't be asked: {error}") from error


class _HasNoLogError(Exception):
    """The container has not begun, or is gone."""


def _message(answer: urllib3.BaseHTTPResponse) -> str:
    """What a ``Status`` says."""
    try:
        return f"{json.loads(answer.data)['message']} (HTTP {answer.status})"
    except (ValueError, TypeError, KeyError):
        return f"HTTP {answer.status}"
