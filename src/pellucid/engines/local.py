"""Runs a task as a process of this machine, in a process group of its own."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from pellucid.base.ids import new_id
from pellucid.base.process import TREE_VARIABLE
from pellucid.engines.base import LaunchError, LaunchPlan
from pellucid.engines.sentinel import Sentinel, end

_LAST_WORDS: Final = 1.0
"""Seconds without a line after which what a task has left running is not listened to any more."""

_PATIENCE: Final = 0.1

_SENTINEL: Final = Sentinel(TREE_VARIABLE)


class LocalProcess:
    """A process on this machine with all that it has started, which a mark in their environment tells. Should this
    process be killed, they end, too."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path | None,
        stdin: IO[bytes] | None = None,
    ) -> None:
        """Start a program in a new session, stderr merged into stdout.

        Args:
            command: program and arguments.
            environment: its whole environment.
            folder: to work in; the present one if ``None``.
            stdin: its input; empty if ``None``.

        Raises:
            OSError: the program does not exist or may not be run, or the folder is missing.
        """
        self._mark = new_id()
        self._process = subprocess.Popen(
            list(command),
            cwd=folder,
            env={**environment, TREE_VARIABLE: self._mark},
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        _SENTINEL.watch(self._mark)
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="output", daemon=True).start()

    def output(self, given_up: Callable[[], bool] = lambda: False) -> Iterator[str]:
        """The merged lines of stdout and stderr. What goes on in the background holds nobody up.

        Args:
            given_up: whether nobody wants to hear more.
        """
        silent_since: float | None = None
        while not given_up():
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

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the leading process. Raises ``subprocess.TimeoutExpired`` after ``timeout`` seconds."""
        code = self._process.wait(timeout)
        _SENTINEL.forget(self._mark)
        return code

    def stop(self, grace: float) -> None:
        """Ask the whole group to end, and force it, and whatever has left it, when the grace period is over."""
        self._signal_group(signal.SIGTERM)
        try:
            self._process.wait(timeout=grace)
        except subprocess.TimeoutExpired:
            pass  # it was asked; the next line does not ask
        # The leader may have gone and left children behind, so all are ended in any case.
        self._signal_group(signal.SIGKILL)
        end(TREE_VARIABLE, {self._mark})
        self.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        # Only a line feed ends a line: bars that are drawn over and over would be thousands.
        with self._process.stdout as stream:
            for line in stream:
                self._lines.put(line.rstrip(b"\n").decode("utf-8", "backslashreplace"))
        self._lines.put(None)

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            pass  # everybody has gone already, which is what was wanted


class LocalEngine:
    """Starts tasks as child processes."""

    def start(self, plan: LaunchPlan) -> LocalProcess:
        """Start the plan's command.

        Raises:
            LaunchError: the program does not exist or may not be run, or the folder is missing.
        """
        try:
            return LocalProcess(plan.command, plan.environment, plan.folder)
        except OSError as error:
            raise LaunchError(f"cannot start {plan.command[0]!r} in {plan.folder}: {error}") from error
