"""The processes of a run on this machine: those that write its journal, which a launcher may have started side by side
as ranks, and what each of them has started."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import psutil

from pellucid.journal.folder import is_writing, list_writers, writer_pid
from pellucid.journal.format import JournalVersionError

RANK_VARIABLES: Final = ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID")
"""Where launchers say a process's rank, in the order in which the SDK believes them."""


class RunProcesses:
    """Finds them, as they come and go."""

    def __init__(self, folder: Path, pid: int) -> None:
        """Look at nothing yet.

        Args:
            folder: the run's.
            pid: the process that began the run.
        """
        self._folder = folder
        self._pid = pid
        self._ended: set[str] = set()

    def by_rank(self) -> dict[int, list[psutil.Process]]:
        """The processes now, by the rank that they belong to; without a launcher, all are of rank 0."""
        found: dict[int, list[psutil.Process]] = {}
        seen: set[int] = set()
        for pid in self._writing():
            try:
                process = psutil.Process(pid)
                rank = rank_of(_environment(process))
                tree = [process, *process.children(recursive=True)]
            except psutil.Error:
                continue
            members = [member for member in tree if member.pid not in seen]
            seen.update(member.pid for member in members)
            found.setdefault(rank, []).extend(members)
        return found

    def _writing(self) -> Iterator[int]:
        """The run's own process first, then the others that write, those of the uploader excepted."""
        yield self._pid
        for name in list_writers(self._folder):
            if name in self._ended or writer_pid(name) in (self._pid, os.getpid()):
                continue
            try:
                if is_writing(self._folder, name):
                    yield writer_pid(name)
                else:
                    # A number may be given to another process; this writer's does not come back.
                    self._ended.add(name)
            except (OSError, JournalVersionError):
                self._ended.add(name)


def rank_of(environment: Mapping[str, str]) -> int:
    """The rank that a launcher has given; 0 without one."""
    for name in RANK_VARIABLES:
        value = environment.get(name, "")
        if value.isdecimal():
            return int(value)
    return 0


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.Error:
        return {}
