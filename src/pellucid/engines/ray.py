"""Ray: jobs by the HTTP interface of its dashboard, so that the agent needs no Ray (Ray, Job submission REST API)."""

from __future__ import annotations

import json
import re
import shlex
import threading
from collections.abc import Mapping
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final

import urllib3

from pellucid.base.ids import new_id
from pellucid.engines.base import LaunchError, LaunchPlan
from pellucid.engines.cluster import ClusterError, JobState, Phase, Places, unread
from pellucid.engines.resources import Resources

_STOP_SECONDS: Final = "RAY_JOB_STOP_WAIT_TIME_S"
_COMMAND: Final = "PELLUCID_JOB_COMMAND"
_UNUSED: Final = ("time", "partition", "image")
"""Resources that Ray knows nothing like."""

_MEGABYTE: Final = 1024 * 1024
_GONE: Final = "is not known to Ray any more"
_TIMEOUT: Final = urllib3.Timeout(connect=10.0, read=60.0)
_RETRIES: Final = urllib3.Retry(total=0)


class Ray:
    """One Ray cluster."""

    def __init__(
        self,
        address: str,
        *,
        token: str | None = None,
        python: str = "python",
        template: Mapping[str, Any] | None = None,
        stop_seconds: float = 3.0,
    ) -> None:
        """Prepare.

        Args:
            address: of the dashboard, such as ``http://127.0.0.1:8265``.
            token: what shows who we are; ``None`` if nobody asks.
            python: the Python with Ray on the cluster; only jobs for several nodes need it.
            template: entries of the request that submits a job, such as ``runtime_env``.
            stop_seconds: that a job has to end when it is asked to; Ray itself ends it then.
        """
        self._address = address.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._python = python
        self._template = dict(template or {})
        self._stop_seconds = stop_seconds
        self._pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=_RETRIES, maxsize=8)
        self._lock = threading.Lock()
        self._given_up: set[str] = set()

    def submit(self, plan: LaunchPlan) -> str:
        """Submit a job.

        Raises:
            LaunchError: the cluster can't be asked, or does not take the job.
        """
        for name in _UNUSED:
            if getattr(plan.resources, name) is not None:
                plan.notice(f"Ray: the resource {name} is not used")
        job = f"{plan.name}-{new_id()[:8]}"
        try:
            self._ask("POST", "", self._request(job, plan))
        except ClusterError as error:
            raise LaunchError(f"Ray does not take the job: {error}") from error
        return job

    def describe(self, job: str) -> str:
        """The job's name for people."""
        return f"Ray job {job}"

    def state(self, job: str) -> JobState:
        """What the dashboard says."""
        with self._lock:
            if job in self._given_up:
                return JobState(phase=Phase.ENDED, why="was stopped before it began")
        found = self._ask("GET", job)
        return JobState(phase=Phase.ENDED, why=_GONE) if found is None else _state(found)

    def read(self, job: str, places: Places) -> bytes:
        """More of the job's log, which begins with words of Ray's own."""
        found = self._ask("GET", f"{job}/logs")
        log = str((found or {}).get("logs") or "").encode()
        _, _, own = log.partition(f"\n{_mark(job)}\n".encode())
        # Ray writes this at the same time.
        own = re.sub(rf"^Running entrypoint for job {re.escape(job)}: .*\n?".encode(), b"", own, flags=re.MULTILINE)
        return unread(own, job, places)

    def end(self, job: str, *, force: bool) -> None:
        """Ask Ray to stop it, which soon uses force by itself.

        Ray stops a job that waits only when it begins; it may begin, and has to find out that nobody wants it.
        """
        self._ask("POST", f"{job}/stop", {})
        if self.state(job).phase is Phase.WAITING:
            with self._lock:
                self._given_up.add(job)

    def _request(self, job: str, plan: LaunchPlan) -> dict[str, Any]:
        runtime = dict(self._template.get("runtime_env") or {})
        command = plan.command
        if plan.resources.nodes > 1:
            gang = files("pellucid.engines").joinpath("ray_gang.py").read_text(encoding="utf-8")
            bundle = json.dumps(_bundle(plan.resources))
            command = [self._python, "-u", "-c", gang, str(plan.resources.nodes), bundle, *command]
        variables = {
            **runtime.get("env_vars", {}),
            **plan.environment,
            _STOP_SECONDS: str(max(round(self._stop_seconds), 1)),
            # The entry point gets into the log, of which it is to be one line.
            _COMMAND: f"cd {shlex.quote(str(plan.folder))} && exec {shlex.join(command)}",
        }
        wishes = {} if plan.resources.nodes > 1 else _wishes(plan.resources)
        return {
            **self._template,
            "submission_id": job,
            "entrypoint": f'echo; echo {_mark(job)}; eval "${_COMMAND}"',
            "runtime_env": {**runtime, "env_vars": variables},
            "metadata": {"name": plan.name, **(self._template.get("metadata") or {})},
            **wishes,
        }

    def _ask(self, method: str, path: str, body: object | None = None) -> dict[str, Any] | None:
        """An answer; ``None`` if there is no such job."""
        url = f"{self._address}/api/jobs/{path}"
        try:
            answer = self._pool.request(method, url, json=body, headers=self._headers)
        except urllib3.exceptions.HTTPError as error:
            raise ClusterError(f"{self._address} can't be asked: {error}") from error
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        text = answer.data.decode(errors="replace").strip()
        if answer.status != HTTPStatus.OK:
            # Errors are tracebacks of Python, whose last line says what went wrong.
            raise ClusterError(f"{text.splitlines()[-1] if text else 'no reason given'} (HTTP {answer.status})")
        try:
            found = json.loads(text)
        except ValueError as error:
            raise ClusterError(f"{self._address} is no dashboard of Ray") from error
        return found if isinstance(found, dict) else {}


def _mark(job: str) -> str:
    return f"{job} begins"


def _wishes(resources: Resources) -> dict[str, float]:
    wishes = {
        "entrypoint_num_cpus": resources.cpus,
        "entrypoint_num_gpus": resources.gpus,
        "entrypoint_memory": None if resources.memory is None else resources.memory * _MEGABYTE,
    }
    return {name: value for name, value in wishes.items() if value is not None}


def _bundle(resources: Resources) -> dict[str, float]:
    """What one node of several reserves."""
    wishes = {
        "CPU": resources.cpus or 1,
        "GPU": resources.gpus or 0,
        "memory": (resources.memory or 0) * _MEGABYTE,
    }
    return {name: value for name, value in wishes.items() if value}


def _state(found: Mapping[str, Any]) -> JobState:
    status, message = found.get("status"), str(found.get("message") or "")
    if status == "PENDING":
        return JobState(phase=Phase.WAITING, why=message)
    if status == "RUNNING":
        return JobState(phase=Phase.RUNNING)
    if status == "STOPPED":
        return JobState(phase=Phase.ENDED, why="was stopped, not by its agent")
    code = 0 if status == "SUCCEEDED" else found.get("driver_exit_code")
    if code is None:
        return JobState(phase=Phase.ENDED, why=f"failed: {message.partition(chr(10))[0] or 'Ray does not say why'}")
    return JobState(phase=Phase.ENDED, code=int(code))
