"""The uploader as a process, against a server that is watched."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pellucid.testing.fake_tracker import FakeTracker
from pellucid.testing.run_folder import RecordedRun, running_uploader, wait_until
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End


def run_uploader(*arguments: str, standard_input: str = "") -> subprocess.CompletedProcess[str]:
    """An uploader that ends by itself."""
    command = [sys.executable, "-P", "-m", "pellucid.uploader", *arguments]
    return subprocess.run(command, input=standard_input, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("arguments", "message"), [([], "usage"), (["a", "b"], "usage"), (["a"], "first line is no connection")]
)
def test_wrong_use_is_explained(arguments: list[str], message: str) -> None:
    """Who starts it is told what it wants."""
    finished = run_uploader(*arguments)

    assert (finished.returncode, finished.stdout) == (2, "")
    assert message in finished.stderr


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, tracker: FakeTracker) -> None:
    """And named."""
    finished = run_uploader(str(tmp_path), standard_input=tracker.connection_line)

    assert finished.returncode == 2
    assert str(tmp_path) in finished.stderr


def test_a_folder_that_is_gone_has_been_shipped(tmp_path: Path, tracker: FakeTracker) -> None:
    """By another uploader, which was faster."""
    finished = run_uploader(str(tmp_path / "gone"), standard_input=tracker.connection_line)

    assert (finished.returncode, finished.stderr) == (0, "")


def test_signals_to_the_run_s_group_do_not_stop_it(run: RecordedRun, tracker: FakeTracker) -> None:
    """A batch system that tells everybody to end is not to cut off the last words; who tells it twice is obeyed."""
    with running_uploader(run.folder, tracker.connection) as uploader:
        wait_until(lambda: "tasks.started" in tracker.actions, "the first round")
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            uploader.send_signal(number)
        run.line("last")
        run.end(End(TaskStatus.stopped, "Terminated (SIGTERM)"))
        assert uploader.wait(30) == 0

    assert [event.msg for event in tracker.events] == ["last"]
    assert tracker.actions[-1] == "tasks.stopped"


def test_a_second_sigterm_ends_it_and_the_journal_stays(run: RecordedRun, tracker: FakeTracker) -> None:
    """What was sent is remembered."""
    with running_uploader(run.folder, tracker.connection) as uploader:
        wait_until(lambda: "tasks.started" in tracker.actions, "the first round")

        def ended() -> bool:
            uploader.send_signal(signal.SIGTERM)
            return uploader.poll() is not None

        wait_until(ended, "its end")
        assert uploader.returncode == -signal.SIGTERM

    assert run.folder.exists()
