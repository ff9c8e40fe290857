"""Processes that a launcher starts side by side (``torchrun``, ``srun``, ``mpirun``) and that are one training.

They are nobody's children of each other, but their launcher tells each its rank, and tells all of them where to meet.
The first of a machine that begins a run leaves a note under what they have in common; the others wait for it.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.atomic_file import write_atomic
from pellucid.base.log import trouble
from pellucid.base.process import ProcessIdentity, identify
from pellucid.sdk.joining import OpenRun, Shared, open_run
from pellucid.wire import tasks
from pellucid.wire.records import RunDescription

LAUNCH_KEY: Final = "launch"
OFFSET_KEY: Final = "launch_offset"
"""In the runtime of the first rank's task, for ranks on other machines."""

_FIRST_PAUSE: Final = 0.005
_LONGEST_PAUSE: Final = 0.1


class _Launcher(msgspec.Struct, frozen=True):
    """Names of environment variables: the rank, how many there are, the rank on this machine, and what is the same for
    all that belong together and for nobody else on the machine; and whether it only starts what belongs together."""

    rank: str
    size: str
    local_rank: str
    common: tuple[str, ...]
    together: bool = True


_MEETING: Final = ("MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT")

_LAUNCHERS: Final = (
    _Launcher("RANK", "WORLD_SIZE", "LOCAL_RANK", _MEETING),
    _Launcher("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", ("PMIX_NAMESPACE",)),
    _Launcher("PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", ("PMI_PORT", "HYDI_CONTROL_FD")),
    _Launcher(
        "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", ("SLURM_JOB_ID", "SLURM_STEP_ID"), together=False
    ),
)
"""In the order in which they are believed: a script under ``srun`` may set the first kind itself."""


class Launch(msgspec.Struct, frozen=True):
    """The place of this process among those of a launcher.

    Attributes:
        key: the same for all of them, and for no others that run on this machine now.
        rank: among all.
        local_rank: among those of this machine.
        together: whether they are one training for certain, and not experiments side by side.
    """

    key: str
    rank: int
    local_rank: int
    together: bool

    @property
    def leads(self) -> bool:
        """Whether this process begins the run on its machine."""
        return self.local_rank == 0

    @property
    def is_far(self) -> bool:
        """Whether this process leads on its machine, while the first of all is on another one."""
        return self.leads and self.rank > 0 and self.together

    @property
    def mark(self) -> str:
        """The key in a form that is short and tells nothing."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]

    def mark_task(self, offset: int) -> dict[str, str]:
        """What the first rank writes into its task's runtime, for ranks on other machines to find it by.

        Args:
            offset: what is added to iterations.
        """
        return {LAUNCH_KEY: self.mark, OFFSET_KEY: str(offset)}


def find_launch(environ: Mapping[str, str] = os.environ) -> Launch | None:
    """How this process was launched; ``None`` if it is alone."""
    for launcher in _LAUNCHERS:
        rank, size = _number(environ, launcher.rank), _number(environ, launcher.size)
        common = [f"{name}={environ[name]}" for name in launcher.common if environ.get(name)]
        if rank is not None and size is not None and size > 1 and common:
            local = _number(environ, launcher.local_rank)
            key = "\n".join([*common, f"size={size}"])
            return Launch(key, rank, rank if local is None else local, launcher.together)
    return None


def is_other_rank(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the program that started this process made it one of several ranks, and not the first (Lightning starts
    its script again so)."""
    return (_number(environ, "LOCAL_RANK") or 0) > 0


def is_first_rank(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is not one of the others of a launch."""
    launch = find_launch(environ)
    return not is_other_rank(environ) if launch is None else launch.rank == 0


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What the process that begins a run leaves for the others of its launch.

    Attributes:
        folder: the run's folder.
        launcher: its parent process, by which those that come too late know that it was one of them.
        description: what the run is about.
        shared: what else they must know.
        create: the request that makes the task, if no server had it yet.
    """

    folder: str
    launcher: ProcessIdentity | None
    description: RunDescription
    shared: Shared
    create: tasks.Create | None


class Meeting:
    """The place where the processes of a launch find their run."""

    def __init__(self, home: Path, launch: Launch) -> None:
        """Meet under a Pellucid folder."""
        self._path = home / "launches" / launch.mark

    def announce(
        self, folder: Path, description: RunDescription, shared: Shared, create: tasks.Create | None = None
    ) -> None:
        """Tell the others of the run."""
        note = Note(
            folder=str(folder),
            launcher=identify(os.getppid()),
            description=description,
            shared=shared,
            create=create,
        )
        try:
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            write_atomic(self._path, msgspec.json.encode(note))
        except OSError as error:
            trouble("launch", "The other processes of this launch will not find their task.", error)

    def find(self) -> OpenRun | Note | None:
        """The run if it goes on, the note if it was this launch's and is over: the first rank need not wait for us."""
        try:
            note = msgspec.json.decode(self._path.read_bytes(), type=Note)
        except (OSError, ValueError):
            return None
        if (found := open_run(Path(note.folder))) is not None:
            return found
        return note if note.launcher is not None and note.launcher == identify(os.getppid()) else None

    def wait(self, seconds: float, *, but: str | None) -> OpenRun | Note | None:
        """Wait for the run.

        Args:
            seconds: at most.
            but: id of a task that this process has left, and does not come back to.
        """
        deadline = time.monotonic() + seconds
        pause = _FIRST_PAUSE
        while (found := self.find()) is None or found.description.task == but:
            if time.monotonic() >= deadline:
                return None
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        return found


def _number(environ: Mapping[str, str], name: str) -> int | None:
    text = environ.get(name, "")
    return int(text) if text.isdecimal() else None
