"""Runs a task as a process of this machine, in a process group of its own."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pellucid.base.ids import new_id
from pellucid.base.process import TREE_VARIABLE
from pellucid.engines.base import LaunchError, LaunchPlan

_LAST_WORDS: Final = 1.0
"""Seconds without a line after which what a task has left running is not listened to any more."""

_PATIENCE: Final = 0.1


class LocalProcess:
    """A process on this machine with all that it has started, which a mark in their environment tells."""

    def __init__(self, process: subprocess.Popen[bytes], mark: str) -> None:
        self._process = process
        self._mark = f"{TREE_VARIABLE}={mark}".encode()
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="output", daemon=True).start()

    def output(self) -> Iterator[str]:
        """The merged lines of stdout and stderr. What goes on in the background holds nobody up."""
        silent_since: float | None = None
        while True:
            try:
                line = self._lines.get(timeout=_PATIENCE)
            except queue.Empty:
                if self._process.poll() is None:
                    continue
                silent_since = silent_since or time.monotonic()
                if time.monotonic() - silent_since > _LAST_WORDS:
                    return
                continue
            if line is None:
                return
            silent_since = None
            yield line

    def wait(self) -> int:
        """Wait for the end of the leading process."""
        return self._process.wait()

    def stop(self, grace: float) -> None:
        """Ask the whole group to end, and force it, and whatever has left it, when the grace period is over."""
        self._signal_group(signal.SIGTERM)
        try:
            self._process.wait(timeout=grace)
        except subprocess.TimeoutExpired:
            pass  # it was asked; the next line does not ask
        # The leader may have gone and left children behind, so all are ended in any case.
        self._signal_group(signal.SIGKILL)
        for pid in self._descendants():
            _signal(pid, signal.SIGKILL)
        self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        # Only a line feed ends a line: bars that are drawn over and over would be thousands.
        with self._process.stdout as stream:
            for line in stream:
                self._lines.put(line.rstrip(b"\n").decode("utf-8", "backslashreplace"))
        self._lines.put(None)

    def _descendants(self) -> Iterator[int]:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self._mark in (process / "environ").read_bytes().split(b"\0"):
                    yield int(process.name)
            except OSError:
                continue  # it has ended, or is somebody else's

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            pass  # everybody has gone already, which is what was wanted


class LocalEngine:
    """Starts tasks as child processes."""

    def start(self, plan: LaunchPlan) -> LocalProcess:
        """Start the plan's command in a new session, stderr merged into stdout.

        Raises:
            LaunchError: the program does not exist or may not be run, or the folder is missing.
        """
        mark = new_id()
        try:
            process = subprocess.Popen(
                plan.command,
                cwd=plan.folder,
                env={**plan.environment, TREE_VARIABLE: mark},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise LaunchError(f"cannot start {plan.command[0]!r} in {plan.folder}: {error}") from error
        return LocalProcess(process, mark)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # it has gone meanwhile
