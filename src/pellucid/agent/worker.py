"""A worker as the server knows it: registered, heard of regularly, gone when it says so (protocol §2.8)."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import psutil

from pellucid.agent.machine import Machine
from pellucid.agent.settings import AgentSettings
from pellucid.base.clock import now_milliseconds
from pellucid.base.errors import PellucidError
from pellucid.base.log import trouble
from pellucid.client.session import Client
from pellucid.wire import workers


class Worker:
    """One place to run tasks. Signs of life keep the lease of the task that it runs.

    Attributes:
        id: ``<machine>:<slot>``.
    """

    def __init__(self, worker: str, queues: Sequence[str], client: Client, settings: AgentSettings) -> None:
        """Register.

        Args:
            worker: its id.
            queues: ids of the queues that it serves.
            client: the server.
            settings: how often it is heard of.

        Raises:
            ServerError: the server can't be asked, or said no.
        """
        self.id = worker
        self._queues = list(queues)
        self._client = client
        self._settings = settings
        self._machine = Machine()
        self._task: str | None = None
        self._queue: str | None = None
        self._closing = threading.Event()
        self._register()
        self._thread = threading.Thread(target=self._report_until_closed, name="signs of life", daemon=True)
        self._thread.start()

    def begin(self, task: str, queue: str) -> None:
        """It runs a task from a queue now."""
        self._task, self._queue = task, queue
        self._report()

    def end(self) -> None:
        """It is idle."""
        self._task = self._queue = None
        self._report()

    def close(self) -> None:
        """Go."""
        self._closing.set()
        self._thread.join()
        try:
            self._client.send(workers.UNREGISTER, workers.Unregister(worker=self.id))
        except PellucidError as error:
            trouble("agent.worker", f"worker {self.id} could not say goodbye; the server forgets it soon", error)

    def _register(self) -> None:
        request = workers.Register(worker=self.id, timeout=self._settings.lease_seconds, queues=self._queues)
        self._client.send(workers.REGISTER, request)

    def _report_until_closed(self) -> None:
        while not self._closing.wait(self._settings.report_seconds):
            self._report()

    def _report(self) -> None:
        report = workers.StatusReport(
            worker=self.id,
            timestamp=now_milliseconds(),
            task=self._task,
            queue=self._queue,
            queues=self._queues,
            machine_stats=self._stats(),
        )
        try:
            self._client.send(workers.STATUS_REPORT, report)
        except PellucidError as error:
            trouble("agent.worker", f"worker {self.id} could not give a sign of life", error)

    def _stats(self) -> dict[str, Any]:
        try:
            return self._machine.read()
        except (OSError, RuntimeError, psutil.Error) as error:
            trouble("agent.worker", "the machine can't be measured", error)  # which is no reason to be taken for gone
            return {}
