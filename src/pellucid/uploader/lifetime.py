"""Whether the run's process lives, and how it ended if it did not say so itself."""

from __future__ import annotations

import array
import fcntl
import os
import platform
import signal
from pathlib import Path
from typing import Final

from pellucid.base.process import ProcessIdentity, identify
from pellucid.journal.folder import list_writers, writer_pid, writer_process
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End, RunDescription

SIGNAL_FILE: Final = "signal.txt"
"""Written by the run when it gets SIGTERM: a death after that was asked for."""

UNKNOWN_CAUSE: Final = End(TaskStatus.failed, "The process ended without saying how")

KILLED: Final = End(TaskStatus.failed, "Killed (SIGKILL), possibly out of memory")

_TERMINATED: Final = End(TaskStatus.stopped, "Terminated (SIGTERM)")

_PIDFD_GET_INFO: Final = 0xC040FF0B
_PIDFD_INFO_EXIT: Final = 1 << 3
_PIDFD_INFO_SIZE: Final = 64
_EXIT_CODE_INDEX: Final = 15
"""In a ``struct pidfd_info`` taken as 32-bit numbers, the last one (linux/pidfd.h)."""

_STAT_EXIT_CODE: Final = 49
"""The exit code is the 52nd field of ``/proc/<pid>/stat``; counted here from the one behind the name (proc(5))."""


class RunProcess:
    """The process that called ``Task.init``."""

    def __init__(self, process: ProcessIdentity | None, pidfd: int | None = None) -> None:
        """Watch a process.

        Args:
            process: which one; ``None`` if it is known to be gone.
            pidfd: a descriptor of the process, which it has handed over itself; becomes ours.
        """
        self._process = process
        self._pidfd = _open_pidfd(process) if pidfd is None else pidfd
        self._exit_status: int | None = None

    @property
    def descriptor(self) -> int | None:
        """Becomes readable when the process ends; ``None`` on systems without, and when it is over."""
        return self._pidfd

    def is_running(self) -> bool:
        """Whether it lives."""
        process = self._process
        if process is None:
            return False
        if identify(process.pid) == process:
            return True
        self._exit_status = _exit_status(process.pid, self._pidfd)
        self.close()
        self._process = None
        return False

    def cause_of_death(self, folder: Path) -> End:
        """How the process ended, from what it wrote at the last moment, or from the kernel."""
        note = folder / SIGNAL_FILE
        if note.exists() and note.stat().st_size > 0:
            return _TERMINATED
        if self._exit_status is None:
            return UNKNOWN_CAUSE
        return explain(os.waitstatus_to_exitcode(self._exit_status))

    def exit_code(self) -> int | None:
        """The exit code of the process that is gone, negative for a signal; ``None`` if the kernel doesn't tell."""
        return None if self._exit_status is None else os.waitstatus_to_exitcode(self._exit_status)

    def close(self) -> None:
        """Stop watching; harmless when repeated."""
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None


def find_run_process(folder: Path, description: RunDescription) -> ProcessIdentity | None:
    """The process of a run, ``None`` if it is certainly gone.

    Args:
        folder: the run's folder.
        description: says its pid, which may belong to another process by now; the run's writers know better.
    """
    if description.host != platform.node():
        return None
    own = [name for name in list_writers(folder) if writer_pid(name) == description.pid]
    known = [process for name in own if (process := writer_process(folder, name)) is not None]
    return known[0] if known else identify(description.pid)


def explain(exit_code: int) -> End:
    """What an exit code means for a run: negative is a signal, as in ``subprocess``."""
    if exit_code == 0:
        return End(TaskStatus.completed)
    if exit_code > 0:
        return End(TaskStatus.failed, f"Exit code {exit_code}")
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    match -exit_code:
        case signal.SIGTERM:
            return _TERMINATED
        case signal.SIGINT:
            return End(TaskStatus.stopped, f"Interrupted ({name})")
        case signal.SIGKILL:
            return KILLED
        case _:
            return End(TaskStatus.failed, f"Crashed ({name})")


def _open_pidfd(process: ProcessIdentity | None) -> int | None:
    if process is None or not hasattr(os, "pidfd_open"):
        return None
    try:
        descriptor = os.pidfd_open(process.pid)
    except OSError:
        return None
    if identify(process.pid) == process:
        return descriptor
    os.close(descriptor)
    return None


def _exit_status(pid: int, pidfd: int | None) -> int | None:
    """The wait status of a process that is not our child, if the kernel tells: of one whose parent has not yet asked by
    ``/proc``, of one that is gone by its pidfd (Linux 6.15)."""
    status = _status_of_zombie(pid)
    return status if status is not None or pidfd is None else _status_by_pidfd(pidfd)


def _status_of_zombie(pid: int) -> int | None:
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return int(fields[_STAT_EXIT_CODE - 1]) if state == b"Z" else None


def _status_by_pidfd(pidfd: int) -> int | None:
    info = array.array("I", bytes(_PIDFD_INFO_SIZE))
    info[0] = _PIDFD_INFO_EXIT
    try:
        fcntl.ioctl(pidfd, _PIDFD_GET_INFO, info)
    except OSError:
        return None  # an older kernel
    return info[_EXIT_CODE_INDEX] if info[0] & _PIDFD_INFO_EXIT else None
