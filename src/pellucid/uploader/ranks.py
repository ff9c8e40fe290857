"""Other ranks than the first, whose failure makes their launcher end the first one as well (pains 9)."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Final

import psutil

from pellucid.base.clock import now_milliseconds
from pellucid.journal.folder import list_writers, writer_pid, writer_process
from pellucid.journal.format import JournalVersionError
from pellucid.uploader.lifetime import UNKNOWN_CAUSE, RunProcess, explain
from pellucid.uploader.run_processes import rank_of
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End, RankFailure

_ASKED_FOR: Final = frozenset({0, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})
"""Exit codes of processes that have ended well, or have been ended."""


def caused_by(failure: RankFailure | None, end: End) -> End:
    """How a run has ended whose process was found dead, in view of what other ranks say.

    A launcher ends all ranks by SIGTERM when one of them fails, and that one knows why.
    """
    if failure is None or not (end.status is TaskStatus.stopped or end == UNKNOWN_CAUSE):
        return end
    return End(TaskStatus.failed, f"Rank {failure.rank}: {failure.reason}", failure.message)


class RankWatch:
    """Sees processes of other ranks die that can't say so themselves any more."""

    def __init__(self, folder: Path, pid: int) -> None:
        """Look at nothing yet.

        Args:
            folder: the run's.
            pid: the process that began the run.
        """
        self._folder = folder
        self._seen = {pid, os.getpid()}
        self._alive: list[tuple[int, RunProcess]] = []

    def look(self) -> RankFailure | None:
        """A rank that has died since the last time, if there is one."""
        for name in list_writers(self._folder):
            if writer_pid(name) not in self._seen:
                self._seen.add(writer_pid(name))
                self._watch(name)
        died = [one for one in self._alive if not one[1].is_running()]
        self._alive = [one for one in self._alive if one not in died]
        for rank, process in died:
            code = process.exit_code()
            if code is not None and code not in _ASKED_FOR:
                return RankFailure(rank, now_milliseconds(), explain(code).reason)
        return None

    def close(self) -> None:
        """Watch no more."""
        for _, process in self._alive:
            process.close()

    def _watch(self, name: str) -> None:
        try:
            identity = writer_process(self._folder, name)
            rank = rank_of(psutil.Process(writer_pid(name)).environ())
        except (OSError, JournalVersionError, psutil.Error):
            return
        if identity is not None and rank > 0:
            self._alive.append((rank, RunProcess(identity)))
