"""Whether a task that runs is to be stopped (protocol §4.4): asked for again and again, then done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from pellucid.agent.settings import AgentSettings
from pellucid.base.errors import PellucidError
from pellucid.base.log import trouble
from pellucid.client.session import Client
from pellucid.engines.base import Handle
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus

_FIELDS: Final = ["status", "status_message", "runtime"]
_STOPPING: Final = "stopping"
_ENDED: Final = frozenset({TaskStatus.stopped, TaskStatus.failed, TaskStatus.published, TaskStatus.queued, "closed"})
_LONGEST_CALLBACK: Final = 1800.0
_CALLBACK_TIMEOUT: Final = "_abort_callback_timeout"
_CALLBACK_DONE: Final = "_abort_callback_completed"


class StopWatch:
    """Stops a task's process when somebody aborts the task, or the agent is to go.

    Attributes:
        reason: why it was stopped; ``None`` as long as it was not.
        asked: set when it was stopped.
        is_settled: whether the task has the status already that whoever stopped it wants it to have.
    """

    def __init__(self, client: Client, task: str, worker: str, settings: AgentSettings, *, linger: float = 0.0) -> None:
        """Watch a task of a worker.

        Args:
            client: the server that has the task.
            task: its id.
            worker: id of the worker.
            settings: how often to look, and how long to wait.
            linger: seconds that a process has to end when its task has a final status, which it may have set itself.
        """
        self.reason: str | None = None
        self.is_settled = False
        self._client = client
        self._task = task
        self._worker = worker
        self._settings = settings
        self._linger = linger
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._handle: Handle | None = None
        self._say: Callable[[str], None] = lambda _: None
        self.asked = threading.Event()

    def watch(self, say: Callable[[str], None]) -> None:
        """Begin to watch over the task; ``say`` gets lines for its console."""
        self._say = say
        self._thread = threading.Thread(target=self._watch, name="stopping", daemon=True)
        self._thread.start()

    def attach(self, handle: Handle) -> None:
        """The task's process runs; if the task was stopped just before, that stops now."""
        with self._lock:
            self._handle = handle
            is_late = self.reason is not None
        if is_late:
            handle.stop(grace=self._settings.grace_seconds)

    def stop(self, reason: str) -> None:
        """Stop the task now, whether its process runs yet or not; harmless when it is gone."""
        with self._lock:
            if self.reason is not None:
                return
            self.reason = reason
            handle = self._handle
        self._say(f"Pellucid agent: {reason}")
        self.asked.set()
        if handle is not None:
            handle.stop(grace=self._settings.grace_seconds)

    def look(self) -> None:
        """Ask the server now whether the task is to be stopped."""
        try:
            reason = self._why()
        except PellucidError as error:
            trouble("agent.abort", "the server can't be asked whether a task is to be stopped", error)
            return
        if reason is not None and not (self.is_settled and self._closing.wait(self._linger)):
            self.stop(reason)

    def close(self) -> None:
        """The process has ended."""
        self._closing.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _watch(self) -> None:
        while not self.asked.is_set() and not self._closing.wait(self._settings.abort_seconds):
            self.look()

    def _why(self) -> str | None:
        found = self._look()
        if found is None:
            self.is_settled = True
            return "the task was deleted"
        status, message = found.get("status"), str(found.get("status_message") or "")
        if status == TaskStatus.in_progress and _STOPPING in message:
            self._wait_for_callback(found)
            return "aborted by a user"
        self.is_settled = status in _ENDED or status == TaskStatus.created
        if status == TaskStatus.created:
            return "the task was reset"
        return f"the status became {status}" if self.is_settled else None

    def _look(self) -> dict[str, Any] | None:
        query = tasks.GetAll(id=[self._task], only_fields=_FIELDS, search_hidden=True)
        found = self._client.send(tasks.GET_ALL, query).tasks
        return found[0] if found else None

    def _wait_for_callback(self, found: dict[str, Any]) -> None:
        """Let what the program has registered for its abortion finish."""
        timeout = float((found.get("runtime") or {}).get(_CALLBACK_TIMEOUT) or 0.0)
        deadline = time.monotonic() + min(timeout + self._settings.abort_seconds, _LONGEST_CALLBACK)
        while timeout and time.monotonic() < deadline and not self._closing.wait(self._settings.abort_seconds):
            now = self._look()
            if now is None or (now.get("runtime") or {}).get(_CALLBACK_DONE):
                return
