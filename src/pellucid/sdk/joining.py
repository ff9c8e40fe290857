"""One run, many processes: how those that a program starts find the run that its first process began.

Forked children have all they need in memory. Whatever is started anew (a spawned worker, a script in a subprocess)
inherits the environment variable ``PELLUCID_RUN``, which names the run's folder; processes that are no children of the
first one are told by its launcher's environment (``pellucid.sdk.launch``). In the folder, ``shared.json`` holds what
they must know. It is there from the beginning of the run to its end, so whoever comes later finds the door closed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from pellucid.base.atomic_file import write_atomic
from pellucid.base.log import trouble
from pellucid.base.process import is_running
from pellucid.journal.folder import list_writers, writer_pid, writer_process
from pellucid.wire import tasks
from pellucid.wire.records import RUN_FILE, RunDescription, encode_json

RUN_VARIABLE: Final = "PELLUCID_RUN"
"""Environment variable that names the folder of the run that this process was started in."""

_SHARED_FILE: Final = "shared.json"


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What the run's first process tells the others.

    Attributes:
        document: the task as that process has made it so far.
        offset: what to add to iterations.
        streams: ``auto_connect_streams`` of ``Task.init``.
        arg_parser: ``auto_connect_arg_parser``.
        frameworks: ``auto_connect_frameworks``.
        remote: whether an agent runs the program.
    """

    document: tasks.Task
    offset: int
    streams: bool | dict[str, Any]
    arg_parser: bool | dict[str, Any]
    frameworks: bool | dict[str, Any]
    remote: bool


class OpenRun(msgspec.Struct, frozen=True):
    """A run that goes on in another process of this machine, and that this process may report to."""

    folder: Path
    description: RunDescription
    shared: Shared


class Named:
    """Names a run to the processes that this one starts from now on."""

    def __init__(self, folder: Path) -> None:
        """Name it."""
        self._named = str(folder)
        self._outer = os.environ.get(RUN_VARIABLE)
        os.environ[RUN_VARIABLE] = self._named

    def close(self) -> None:
        """Name what was named before; harmless when repeated."""
        if os.environ.get(RUN_VARIABLE) == self._named:
            if self._outer is None:
                del os.environ[RUN_VARIABLE]
            else:
                os.environ[RUN_VARIABLE] = self._outer


class Door:
    """The way into a run, held open by the process that began it."""

    def __init__(self, folder: Path, shared: Shared) -> None:
        """Open it to all processes that this one starts from now on.

        Args:
            folder: the run's folder.
            shared: what they must know.
        """
        self._path = folder / _SHARED_FILE
        self._shared = shared
        self._pid = os.getpid()
        self._closed = False
        self._write()
        self._named = Named(folder)

    def update(self, document: tasks.Task) -> None:
        """The task has changed; only the process that began the run has a say in it."""
        if os.getpid() == self._pid and not self._closed:
            self._shared = msgspec.structs.replace(self._shared, document=document)
            self._write()

    def close(self) -> None:
        """Let nobody in any more. Harmless when repeated, and in forked children."""
        self._closed = True
        if os.getpid() == self._pid:
            self._path.unlink(missing_ok=True)
        self._named.close()

    def _write(self) -> None:
        try:
            write_atomic(self._path, encode_json(self._shared))
        except OSError as error:
            trouble("run.shared", "Processes that this program starts will not find its task.", error)


def open_run(folder: Path) -> OpenRun | None:
    """The run of a folder, ``None`` if it is over or not of this machine."""
    try:
        shared = msgspec.json.decode((folder / _SHARED_FILE).read_bytes(), type=Shared)
        description = msgspec.json.decode((folder / RUN_FILE).read_bytes(), type=RunDescription)
        if description.host == os.uname().nodename and _goes_on(folder, description.pid):
            return OpenRun(folder, description, shared)
    except (OSError, ValueError):
        pass  # it has just been closed, or was never a run's
    return None


def inherited_run(environ: Mapping[str, str] = os.environ) -> OpenRun | None:
    """The run that this process was started in, ``None`` if there is none or it is over."""
    folder = environ.get(RUN_VARIABLE)
    return open_run(Path(folder)) if folder else None


def is_worker() -> bool:
    """Whether this process was started by ``multiprocessing``, and so is a part of the program that started it."""
    # While a spawned child imports the main module again, only that module's other name tells.
    if "__mp_main__" in sys.modules:
        return True
    processes = sys.modules.get("multiprocessing.process")
    return processes is not None and processes.parent_process() is not None


def _goes_on(folder: Path, pid: int) -> bool:
    """Whether the process that began a run lives; it died without closing the door otherwise."""
    own = [writer_process(folder, name) for name in list_writers(folder) if writer_pid(name) == pid]
    return any(process is not None and is_running(process) for process in own)
