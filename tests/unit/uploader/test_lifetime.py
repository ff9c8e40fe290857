"""Whether a run's process lives, and what it died of."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from pellucid.base.process import identify
from pellucid.journal.format import FRAMES_HEADER, frames_file
from pellucid.testing.run_folder import RecordedRun
from pellucid.uploader import lifetime
from pellucid.uploader.lifetime import SIGNAL_FILE, UNKNOWN_CAUSE, RunProcess, explain, find_run_process
from pellucid.uploader.shipment import read_description
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End


def killed_child(number: signal.Signals, *, reaped: bool) -> RunProcess:
    """Watches a child that was killed."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        process = RunProcess(identify(child.pid))
        assert process.is_running()
        child.send_signal(number)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        if not reaped:
            assert not process.is_running()
    assert not process.is_running()
    return process


def test_the_cause_is_known_while_the_parent_has_not_asked(tmp_path: Path) -> None:
    """As long as the process is a zombie, any kernel tells."""
    assert killed_child(signal.SIGKILL, reaped=False).cause_of_death(tmp_path) == End(
        TaskStatus.failed, "Killed (SIGKILL), possibly out of memory"
    )


def test_the_cause_is_known_afterwards_where_the_kernel_keeps_it(tmp_path: Path) -> None:
    """Older kernels forget; then the cause is said to be unknown."""
    cause = killed_child(signal.SIGKILL, reaped=True).cause_of_death(tmp_path)

    assert cause in (End(TaskStatus.failed, "Killed (SIGKILL), possibly out of memory"), UNKNOWN_CAUSE)


def test_a_note_that_the_run_was_told_to_end_goes_first(tmp_path: Path) -> None:
    """It may have been killed for taking too long over it."""
    (tmp_path / SIGNAL_FILE).touch()
    assert killed_child(signal.SIGKILL, reaped=False).cause_of_death(tmp_path).status == TaskStatus.failed
    (tmp_path / SIGNAL_FILE).write_text("SIGTERM")
    assert killed_child(signal.SIGKILL, reaped=False).cause_of_death(tmp_path) == End(
        TaskStatus.stopped, "Terminated (SIGTERM)"
    )


def test_a_kernel_that_tells_nothing_leaves_the_cause_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing fails for it."""
    monkeypatch.setattr(lifetime, "_PIDFD_GET_INFO", 0)

    assert killed_child(signal.SIGKILL, reaped=True).cause_of_death(tmp_path) == UNKNOWN_CAUSE


def test_a_process_that_was_gone_before_is_not_running(tmp_path: Path) -> None:
    """Its cause of death is not known."""
    process = RunProcess(None)

    assert not process.is_running()
    assert process.cause_of_death(tmp_path) == UNKNOWN_CAUSE
    process.close()


@pytest.mark.parametrize(
    ("code", "end"),
    [
        (0, End(TaskStatus.completed)),
        (3, End(TaskStatus.failed, "Exit code 3")),
        (-signal.SIGTERM, End(TaskStatus.stopped, "Terminated (SIGTERM)")),
        (-signal.SIGINT, End(TaskStatus.stopped, "Interrupted (SIGINT)")),
        (-signal.SIGSEGV, End(TaskStatus.failed, "Crashed (SIGSEGV)")),
        (-64, End(TaskStatus.failed, "Crashed (SIGRTMAX)")),
        (-33, End(TaskStatus.failed, "Crashed (signal 33)")),
    ],
)
def test_exit_codes_as_ends(code: int, end: End) -> None:
    """Each names its cause."""
    assert explain(code) == end


def test_the_run_s_process_is_the_one_that_wrote(run: RecordedRun) -> None:
    """A process that was given the pid later is not it."""
    description = read_description(run.folder)
    assert find_run_process(run.folder, description) == identify(os.getpid())

    path = frames_file(run.folder, run.writer.name)
    content = path.read_bytes()
    magic, version, pid, start, boot = FRAMES_HEADER.unpack(content[: FRAMES_HEADER.size])
    path.write_bytes(FRAMES_HEADER.pack(magic, version, pid, start - 1, boot) + content[FRAMES_HEADER.size :])

    found = find_run_process(run.folder, description)
    assert found is not None
    assert not RunProcess(found).is_running()


def test_a_run_of_another_machine_is_not_running_here(run: RecordedRun) -> None:
    """Its pid means nothing here."""
    description = read_description(run.folder)
    assert description.host == platform.node()

    assert find_run_process(run.folder, msgspec.structs.replace(description, host="elsewhere")) is None
