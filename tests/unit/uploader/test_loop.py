"""The loops of an uploader, in threads of the test."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pellucid.base.process import identify
from pellucid.testing.fake_tracker import FakeTracker
from pellucid.testing.run_folder import RecordedRun, wait_until
from pellucid.uploader import loop
from pellucid.uploader.lifetime import RunProcess
from pellucid.uploader.loop import run_shipping_loop, run_uploads_loop
from pellucid.uploader.shipment import Shipment
from pellucid.uploader.wake import Wake
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End


def no_waits() -> Iterator[float]:
    """Try again at once."""
    while True:
        yield 0.001


@pytest.fixture
def wake() -> Iterator[Wake]:
    """Sleeps on a standard input that says nothing."""
    reader, writer = os.pipe()
    wake = Wake(reader)
    yield wake
    wake.close()
    os.close(reader)
    os.close(writer)


@pytest.fixture
def shipment(run: RecordedRun, tracker: FakeTracker) -> Shipment:
    """The run's shipment."""
    return Shipment(run.folder, tracker.connection)


def start(shipment: Shipment, process: RunProcess, wake: Wake) -> threading.Thread:
    """Run the shipping loop in a thread."""
    thread = threading.Thread(
        target=run_shipping_loop, args=(shipment, process, wake), kwargs={"waits": no_waits}, daemon=True
    )
    thread.start()
    return thread


def test_a_run_is_shipped_while_it_lives_and_to_its_end(
    run: RecordedRun, tracker: FakeTracker, shipment: Shipment, wake: Wake
) -> None:
    """What is reported arrives without being asked for; the end ends the loop."""
    thread = start(shipment, RunProcess(identify(os.getpid())), wake)
    run.line("one")
    wait_until(lambda: len(tracker.events) == 1, "the first line")
    run.line("two")
    wake.wake()
    wait_until(lambda: len(tracker.events) == 2, "the second line")
    run.end(End(TaskStatus.completed))
    thread.join(30)

    assert tracker.actions[-1] == "tasks.completed"
    assert shipment.is_over()


def test_the_end_of_the_process_is_noticed_and_told(tmp_path: Path, tracker: FakeTracker, wake: Wake) -> None:
    """Its last words go first."""
    code = "import sys, pathlib; from pellucid.testing.run_folder import RecordedRun;"
    code += "r = RecordedRun(pathlib.Path(sys.argv[1])); print(flush=True); input(); r.line('last'); sys.exit(3)"
    command = [sys.executable, "-c", code, str(tmp_path / "run")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        shipment = Shipment(tmp_path / "run", tracker.connection)
        thread = start(shipment, RunProcess(identify(child.pid)), wake)
        wait_until(lambda: "tasks.started" in tracker.actions, "the first round")
        child.communicate(b"\n")
    thread.join(30)

    assert [event.msg for event in tracker.events] == ["last"]
    assert tracker.body("tasks.failed")["status_reason"] in ("Exit code 3", "The process ended without saying how")


def test_a_server_that_is_away_is_asked_again_until_it_is_there(
    run: RecordedRun, tracker: FakeTracker, shipment: Shipment, wake: Wake
) -> None:
    """Refused connections, broken answers, errors: all the same."""
    working = tracker.server.handlers["tasks.create"]
    tracker.server.answer("tasks.create", status=503)
    run.line("one")
    thread = start(shipment, RunProcess(identify(os.getpid())), wake)
    wait_until(lambda: len(tracker.server.calls("tasks.create")) > 3, "some attempts")
    tracker.server.handlers["tasks.create"] = working
    run.end(End(TaskStatus.completed))
    thread.join(30)

    assert [event.msg for event in tracker.events] == ["one"]
    assert tracker.actions[-1] == "tasks.completed"


def test_a_living_run_is_pinged_and_an_ended_one_is_not(
    run: RecordedRun, tracker: FakeTracker, shipment: Shipment, wake: Wake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sign of life does not depend on anything being reported."""
    monkeypatch.setattr(loop, "PING_EVERY", 0.0)
    thread = start(shipment, RunProcess(identify(os.getpid())), wake)
    wait_until(lambda: len(tracker.server.calls("tasks.ping")) > 1, "pings")
    run.end(End(TaskStatus.completed))
    thread.join(30)

    assert tracker.actions[-1] == "tasks.completed"


def test_a_folder_that_somebody_deletes_ends_the_loop(run: RecordedRun, shipment: Shipment, wake: Wake) -> None:
    """There is nothing left to do."""
    thread = start(shipment, RunProcess(identify(os.getpid())), wake)
    moved = run.folder.rename(run.folder.with_name("elsewhere"))
    thread.join(30)

    assert not thread.is_alive()
    assert moved.exists()


def test_files_are_stored_beside_and_tried_again(
    run: RecordedRun, tracker: FakeTracker, shipment: Shipment, wake: Wake
) -> None:
    """The end waits for them."""
    tracker.server.answer("PUT", status=503)
    tracker.server.answer("POST", status=503)
    storing = threading.Thread(
        target=run_uploads_loop, args=(shipment.uploads, wake), kwargs={"waits": no_waits}, daemon=True
    )
    storing.start()
    (run.folder / "file").write_bytes(b"content")
    run.upload("file", "x/file")
    run.line("one")
    run.end(End(TaskStatus.completed))
    thread = start(shipment, RunProcess(identify(os.getpid())), wake)
    wait_until(lambda: len(tracker.server.calls("file")) > 3, "some attempts")
    wait_until(lambda: len(tracker.events) == 1, "the line behind the file")
    assert "tasks.completed" not in tracker.actions
    tracker.server.answer("PUT")
    thread.join(30)
    shipment.uploads.close()
    storing.join(30)

    assert tracker.actions[-1] == "tasks.completed"
