"""Which workers of this machine run: a note for each, so that their ids differ and they can be found and ended."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.atomic_file import write_atomic
from pellucid.base.process import ProcessIdentity, identify, is_running

_SUFFIX: Final = ".json"


class Note(msgspec.Struct, frozen=True):
    """An agent that runs.

    Attributes:
        process: it.
        workers: ids of its workers.
        queues: names of the queues that it serves.
    """

    process: ProcessIdentity
    workers: list[str]
    queues: list[str]


class Places:
    """The notes of this user's machine."""

    def __init__(self, cache: Path) -> None:
        """Look into the agent's cache."""
        self._folder = cache / "agents"

    def running(self) -> list[Note]:
        """The agents that run; notes of others are removed."""
        found = []
        for file in sorted(self._folder.glob(f"*{_SUFFIX}")):
            try:
                note = msgspec.json.decode(file.read_bytes(), type=Note)
            except (OSError, msgspec.DecodeError):
                continue
            if is_running(note.process):
                found.append(note)
            else:
                file.unlink(missing_ok=True)
        return found

    @contextmanager
    def taken(self, name: str, slots: int, queues: list[str]) -> Iterator[list[str]]:
        """Take the first free ids ``<name>:<slot>`` for this process while the block runs."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{os.getpid()}{_SUFFIX}"
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            used = {worker for note in self.running() for worker in note.workers}
            free = (f"{name}:{slot}" for slot in range(len(used) + slots))
            workers = [worker for worker in free if worker not in used][:slots]
            process = identify(os.getpid())
            assert process is not None
            write_atomic(file, msgspec.json.encode(Note(process, workers, queues)))
        try:
            yield workers
        finally:
            file.unlink(missing_ok=True)

    def stop(self, workers: Collection[str], patience: float) -> list[Note]:
        """Ask agents to take no more tasks and to end.

        Args:
            workers: of which; of all if there are none.
            patience: seconds to wait for their end.

        Returns:
            Those that were asked.
        """
        asked = [note for note in self.running() if not workers or not set(workers).isdisjoint(note.workers)]
        for note in asked:
            os.kill(note.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + patience
        while any(is_running(note.process) for note in asked) and time.monotonic() < deadline:
            time.sleep(0.05)
        return asked
