"""Ends a local run whose task somebody has aborted (protocol §4.4); what an agent runs is ended by the agent."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import psutil

from pellucid.base.errors import PellucidError
from pellucid.base.process import ProcessIdentity, identify, is_running
from pellucid.client.abortion import Abortion, AbortQuestion
from pellucid.client.session import Client
from pellucid.uploader.shipment import Shipment
from pellucid.wire import tasks

_ASK_EVERY: Final = 5.0
_GRACE: Final = 10.0
"""Seconds from SIGTERM to SIGKILL."""

_LONGEST_CALLBACK: Final = 1800.0
_LOOK_EVERY: Final = 0.1
_REASON: Final = "USER ABORTED"

logger = logging.getLogger("pellucid.uploader")


class AbortWatch:
    """Asks now and then, beside the loops of an uploader, and ends the run's process once that is wanted."""

    def __init__(
        self,
        shipment: Shipment,
        client: Client,
        process: ProcessIdentity | None,
        *,
        every: float = _ASK_EVERY,
        grace: float = _GRACE,
    ) -> None:
        """Begin.

        Args:
            shipment: the run.
            client: the server; closed at the end.
            process: the run's; ``None`` if it is gone, and then there is nothing to do.
            every: seconds between two questions.
            grace: seconds from SIGTERM to SIGKILL.
        """
        self._shipment = shipment
        self._client = client
        self._every = every
        self._grace = grace
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        if process is not None and shipment.description.stoppable:
            self._thread = threading.Thread(target=self._run, args=(process,), name="abort", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Let the run go on to its end by itself; harmless when repeated."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(self._grace)
        self._client.close()

    def _run(self, process: ProcessIdentity) -> None:
        question: AbortQuestion | None = None
        while not self._stop.wait(self._every) and is_running(process):
            task = self._shipment.task
            if task is None:
                continue
            question = question or AbortQuestion(self._client, task)
            try:
                abortion = question.ask()
            except PellucidError as error:
                logger.info("the server can't be asked whether the run is to end: %s", error)
                continue
            if self._shipment.has_changed_status:
                return  # the run itself, and whatever it does after that is its own affair
            if abortion is not None:
                self._end(process, question, task, abortion)
                return

    def _end(self, process: ProcessIdentity, question: AbortQuestion, task: str, abortion: Abortion) -> None:
        logger.warning("%s: process %d is ended", abortion.reason, process.pid)
        self._shipment.is_aborted = True
        self._wait_for_callback(question)
        if abortion.is_asked_for:
            change = tasks.ChangeStatus(task=task, status_reason=_REASON, status_message=abortion.reason)
            with suppress(PellucidError):  # then it gets the status of a process that died of a signal
                self._client.send(tasks.STOPPED, change)
        children = _descendants(process)
        _signal([process], signal.SIGTERM)
        deadline = time.monotonic() + self._grace
        while is_running(process) and time.monotonic() < deadline:
            time.sleep(_LOOK_EVERY)
        _signal([process, *children], signal.SIGKILL)

    def _wait_for_callback(self, question: AbortQuestion) -> None:
        begun = time.monotonic()
        try:
            while (seconds := question.callback_seconds()) and not self._stop.wait(_LOOK_EVERY):
                if time.monotonic() - begun > min(seconds + self._every, _LONGEST_CALLBACK):
                    return
        except PellucidError as error:
            logger.info("whether the run has prepared for its end can't be asked: %s", error)


def _descendants(process: ProcessIdentity) -> list[ProcessIdentity]:
    """What a process has started, and these in turn."""
    try:
        found = psutil.Process(process.pid).children(recursive=True)
    except psutil.Error:
        return []
    from_pids = (identify(child.pid) for child in found)
    return [child for child in from_pids if child is not None]


def _signal(processes: Iterable[ProcessIdentity], number: signal.Signals) -> None:
    for process in processes:
        if is_running(process):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process.pid, number)
