"""Ends what an agent has left running when it was killed, so that its task can run again without running twice.

An agent tells a small process beside it, over a pipe, which processes are to go with it. The pipe of a killed agent is
closed. This file is that process's program, too: it imports nothing of Pellucid, to be there at once.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_ROUNDS: Final = 50
_PAUSE: Final = 0.02


class Sentinel:
    """The agent's side. It starts the process when there is something to look after."""

    def __init__(self, variable: str) -> None:
        """Prepare.

        Args:
            variable: name of the environment variable that has a mark.
        """
        self._variable = variable
        self._marks: set[str] = set()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self._dismiss)

    def watch(self, mark: str) -> None:
        """From now on, end processes with a mark if this one is killed."""
        with self._lock:
            self._marks.add(mark)
            self._tell(f"+{mark}\n")

    def forget(self, mark: str) -> None:
        """Leave them alone from now on."""
        with self._lock:
            if mark in self._marks:
                self._marks.remove(mark)
                self._tell(f"-{mark}\n")

    def _tell(self, line: str) -> None:
        if self._process is None or self._process.poll() is not None:
            self._process = _start(self._variable)
            line = "".join(f"+{mark}\n" for mark in self._marks)
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode())
        except BrokenPipeError:
            pass  # somebody has just ended it; the next time it is started again, and gets the whole list

    def _dismiss(self) -> None:
        if self._process is not None:
            self._process.communicate()


def marked(variable: str, marks: set[str]) -> Iterator[int]:
    """The ids of the processes whose environment has one of some marks; none where there is no ``/proc``."""
    wanted = {f"{variable}={mark}".encode() for mark in marks}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if not wanted.isdisjoint((process / "environ").read_bytes().split(b"\0")):
                yield int(process.name)
        except OSError:
            continue  # it has ended, or is somebody else's


def end(variable: str, marks: set[str]) -> None:
    """End processes by force, also those that they start meanwhile."""
    for _ in range(_ROUNDS):
        found = list(marked(variable, marks))
        if not found:
            return
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it has gone meanwhile
        time.sleep(_PAUSE)


def _start(variable: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, variable],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={},
        cwd=os.sep,
        bufsize=0,
        start_new_session=True,
    )


def _main(variable: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    marks: set[str] = set()
    for line in sys.stdin:
        change = marks.add if line[0] == "+" else marks.discard
        change(line[1:].rstrip())
    end(variable, marks)


if __name__ == "__main__":
    _main(sys.argv[1])
