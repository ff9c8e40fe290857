"""The uploader as the run sees it: a process that is started, woken, and waited for."""

from __future__ import annotations

import math
import os
import socket
import sys
import time
from pathlib import Path
from typing import Final, Protocol

import msgspec

from pellucid.base.connection import Connection
from pellucid.base.log import trouble
from pellucid.base.process import identify, is_running
from pellucid.sdk.detach import start_detached

_LOG: Final = "uploader.log"

_PATIENCE: Final = 10.0
"""Seconds that an uploader has to get on after the process is gone that would start another one."""


class Uploader(Protocol):
    """Whoever ships the run."""

    def start(self) -> None:
        """Start it, if that is ours to do."""
        ...

    def wake(self) -> bool:
        """Have it ship now; whether it runs."""
        ...

    def sleep(self, seconds: float) -> bool:
        """Sleep for so long, or until it ends; whether it runs."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class OthersUploader:
    """The uploader of a run that another process began: that process sees to it, and it looks for news by itself."""

    def __init__(self, pid: int) -> None:
        """Rely on the process that began the run."""
        self._process = identify(pid)
        self._patience_ends = math.inf

    def start(self) -> None:
        """Nothing."""

    def wake(self) -> bool:
        """It will ship soon."""
        return True

    def sleep(self, seconds: float) -> bool:
        """Sleep for so long. If nobody is left who would replace it, it may be gone as well."""
        time.sleep(seconds)
        if self._patience_ends == math.inf and (self._process is None or not is_running(self._process)):
            self._patience_ends = time.monotonic() + _PATIENCE
        return time.monotonic() < self._patience_ends

    def close(self) -> None:
        """Nothing."""


class UploaderProcess:
    """Ships one run's folder."""

    def __init__(self, folder: Path, connection: Connection) -> None:
        """Remember what to ship and where to; ``start`` starts it.

        Args:
            folder: the run's folder.
            connection: the server.
        """
        self._folder = folder
        self._connection = connection
        # A socket, because writing to a pipe whose reader is gone raises a signal that some programs let kill them.
        self._line: socket.socket | None = None

    def start(self) -> None:
        """Start it. That it can't be started is trouble with the world: the journal stays for ``pellucid sync``."""
        ours, theirs = socket.socketpair()
        try:
            # The line waits in the socket's buffer until the process has come up.
            send_first_line(ours, msgspec.json.encode(self._connection) + b"\n")
            ours.setblocking(False)
            command = [sys.executable or "python3", "-P", "-m", "pellucid.uploader", str(self._folder)]
            start_detached(command, log=self._folder / _LOG, stdin=theirs)
        except OSError as error:
            ours.close()
            trouble("uploader.start", "Nothing can be sent now, pellucid sync sends it later.", error)
            return
        finally:
            theirs.close()
        self._line = ours

    def wake(self) -> bool:
        """Have it ship now; whether it runs."""
        if self._line is None:
            return False
        try:
            self._line.send(b"w", socket.MSG_NOSIGNAL)
        except BlockingIOError:
            pass  # it has not yet read what it was woken with before
        except OSError:
            self.close()
            return False
        return True

    def sleep(self, seconds: float) -> bool:
        """Sleep for so long, or until the process ends; whether it runs."""
        if self._line is None:
            return False
        self._line.settimeout(seconds)
        try:
            ended = self._line.recv(1) == b""
        except TimeoutError:
            return True
        except OSError:
            ended = True
        finally:
            self._line.setblocking(False)
        if ended:
            self.close()
        return not ended

    def close(self) -> None:
        """Let go of it: it goes on by itself. Harmless when repeated."""
        if self._line is not None:
            self._line.close()
            self._line = None


def send_first_line(line: socket.socket, content: bytes) -> None:
    """Send the first line, and with it a hold on this process, by which the kernel tells how we have ended, even if
    that is before the uploader has come up."""
    ourselves = _pidfd()
    try:
        socket.send_fds(line, [content], [] if ourselves is None else [ourselves])
    finally:
        if ourselves is not None:
            os.close(ourselves)


def _pidfd() -> int | None:
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(os.getpid())
    except OSError:
        return None  # an old kernel, or a sandbox that forbids it
