"""Tests of ``pellucid.uploader.abort``: real processes, and a server that says what it is told to."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest

from pellucid.base.process import identify
from pellucid.client.session import Client
from pellucid.testing.fake_server import FakeServer
from pellucid.testing.fake_tracker import FakeTracker
from pellucid.testing.run_folder import RecordedRun, wait_until
from pellucid.uploader.abort import AbortWatch
from pellucid.uploader.shipment import Shipment
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import RUN_FILE, End, RunDescription

FAMILY = """
import signal, subprocess, sys, time
if sys.argv[1:] == ["deaf"]:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def shipment(run: RecordedRun, tracker: FakeTracker) -> Iterator[Shipment]:
    """A run that somebody may abort, and whose task the server has."""
    described = msgspec.json.decode((run.folder / RUN_FILE).read_bytes(), type=RunDescription)
    stoppable = msgspec.structs.replace(described, stoppable=True)
    (run.folder / RUN_FILE).write_bytes(msgspec.json.encode(stoppable))
    shipment = Shipment(run.folder, tracker.connection)
    shipment.round()
    yield shipment
    shipment.close()


@pytest.fixture
def start() -> Iterator[Callable[..., tuple[subprocess.Popen[str], int]]]:
    """Starts a process that has a child; returns it, and the child's pid."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> tuple[subprocess.Popen[str], int]:
        process = subprocess.Popen([sys.executable, "-c", FAMILY, *arguments], stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        return process, int(process.stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.communicate()


@contextmanager
def watching(shipment: Shipment, tracker: FakeTracker, pid: int, *, grace: float = 30.0) -> Iterator[None]:
    """Ask often."""
    watch = AbortWatch(shipment, Client.to(tracker.connection), identify(pid), every=0.01, grace=grace)
    try:
        yield
    finally:
        watch.stop()


def say(server: FakeServer, **document: Any) -> None:
    """What the server says of the task."""
    server.answer("tasks.get_all", {"tasks": [{"id": "t", **document}]})
    server.answer("tasks.get_by_id", {"task": {"id": "t", **document}})


def test_an_aborted_run_is_ended_with_what_it_has_started(
    server: FakeServer, tracker: FakeTracker, shipment: Shipment, start: Callable[..., Any]
) -> None:
    """By SIGTERM; the task keeps the status that it was given."""
    process, child = start()
    say(server, status="stopped")
    with watching(shipment, tracker, process.pid):
        assert process.wait(30) == -signal.SIGTERM
        wait_until(lambda: identify(child) is None, "the child's end")
    shipment.finish(End(TaskStatus.completed), by_itself=True)

    assert shipment.is_aborted
    assert "tasks.completed" not in tracker.actions


def test_who_does_not_listen_is_ended_by_force(
    server: FakeServer, tracker: FakeTracker, shipment: Shipment, start: Callable[..., Any]
) -> None:
    """After a while."""
    process, _ = start("deaf")
    say(server, status="stopped")
    with watching(shipment, tracker, process.pid, grace=0.1):
        assert process.wait(30) == -signal.SIGKILL


def test_a_request_to_stop_is_answered(
    server: FakeServer, tracker: FakeTracker, shipment: Shipment, start: Callable[..., Any]
) -> None:
    """The task is stopped for the server, too."""
    process, _ = start()
    say(server, status="in_progress", status_message="stopping")
    with watching(shipment, tracker, process.pid):
        process.wait(30)

    assert tracker.body("tasks.stopped")["status_reason"] == "USER ABORTED"


def test_a_program_may_prepare(
    server: FakeServer, tracker: FakeTracker, shipment: Shipment, start: Callable[..., Any]
) -> None:
    """Until it says that it has, it lives."""
    process, _ = start()
    say(server, status="stopped", runtime={"_abort_callback_timeout": 600, "_abort_callback_completed": ""})
    with watching(shipment, tracker, process.pid):
        asked = len(server.calls("tasks.get_all"))
        wait_until(lambda: len(server.calls("tasks.get_all")) > asked + 3, "more questions")
        assert process.poll() is None
        say(server, status="stopped", runtime={"_abort_callback_timeout": 600, "_abort_callback_completed": "1"})
        assert process.wait(30) == -signal.SIGTERM


def test_what_the_run_does_itself_is_no_abortion(
    server: FakeServer, tracker: FakeTracker, run: RecordedRun, shipment: Shipment, start: Callable[..., Any]
) -> None:
    """It may say that its task was stopped, and go on."""
    process, _ = start()
    run.call(tasks.STOPPED, tasks.ChangeStatus(task=run.task))
    shipment.round()
    say(server, status="stopped")
    with watching(shipment, tracker, process.pid):
        wait_until(lambda: len(server.calls("tasks.get_all")) >= 1, "a question")
    assert process.poll() is None
    assert not shipment.is_aborted


def test_nobody_asks_for_a_run_that_an_agent_ends(
    server: FakeServer, tracker: FakeTracker, run: RecordedRun, start: Callable[..., Any]
) -> None:
    """Nor for one that is not to be ended by anybody."""
    process, _ = start()
    say(server, status="stopped")
    shipment = Shipment(run.folder, tracker.connection)
    shipment.round()
    watch = AbortWatch(shipment, Client.to(tracker.connection), identify(process.pid), every=0.0)
    watch.stop()

    assert server.calls("tasks.get_all") == []
    shipment.close()
