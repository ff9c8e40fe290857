"""The last task of each server, project, name and type on this machine, for reuse and continuation
(sdk-surface §4.2)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.atomic_file import write_atomic
from pellucid.base.log import trouble

_KEPT: Final = 1000


class LastTask(msgspec.Struct, frozen=True):
    """Which task it was, and when it last ran (seconds since the epoch)."""

    id: str
    time: float


class Sessions:
    """The file ``session.json``. A convenience: that it can't be read or written is no reason to stop."""

    def __init__(self, home: Path) -> None:
        """Use the file of a Pellucid folder."""
        self._path = home / "session.json"

    def last(self, key: str) -> LastTask | None:
        """The last task by a key of ``session_key``."""
        return self._read().get(key)

    def remember(self, key: str, task: str) -> None:
        """This task runs now, or has just ended."""
        tasks = {**self._read(), key: LastTask(task, time.time())}
        newest = sorted(tasks.items(), key=lambda item: item[1].time)[-_KEPT:]
        try:
            write_atomic(self._path, msgspec.json.encode(dict(newest)))
        except OSError as error:
            trouble("sessions", "The next run will not know this one, so it can't reuse or continue it.", error)

    def _read(self) -> dict[str, LastTask]:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, LastTask])
        except (OSError, msgspec.DecodeError):
            return {}


def session_key(server: str | None, project: str, name: str, type_: str) -> str:
    """What makes two runs the same experiment."""
    return "\n".join([server or "", project, name, type_])
