"""Programs that prepare a task, with what they print on the task's console."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NoReturn, TypeAlias

from pellucid.agent.errors import PreparationError
from pellucid.engines.local import LocalProcess

Say: TypeAlias = Callable[[str], None]
"""Puts a line on the task's console."""

_LAST_LINES: Final = 15
_LOOK_SECONDS: Final = 0.2
_GRACE_SECONDS: Final = 5.0
_NO_SPACE: Final = os.strerror(errno.ENOSPC)


class Commands:
    """Runs what prepares one task, one program after the other.

    Attributes:
        say: puts a line on the task's console.
    """

    def __init__(self, say: Say, stopped: threading.Event | None = None) -> None:
        """Prepare.

        Args:
            say: puts a line on the task's console.
            stopped: set when the task is not to be run any more: what runs then is ended.
        """
        self.say = say
        self._stopped = stopped or threading.Event()

    def run(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        failure: str,
        folder: Path | None = None,
        stdin: bytes = b"",
        quiet: bool = False,
    ) -> str:
        """Run a program to its end.

        Args:
            command: program and arguments; no secrets, as others can see them.
            environ: its whole environment.
            failure: what could not be done if it fails, and what to do about it.
            folder: to work in.
            stdin: its input.
            quiet: whether its lines are for the console only if it fails; else they are there as they are printed.

        Returns:
            What it printed.

        Raises:
            PreparationError: it failed, is not there, or the task is not to be run any more.
            OSError: the disk is full.
        """
        lines: list[str] = []
        with tempfile.TemporaryFile() as given:
            given.write(stdin)
            given.seek(0)
            try:
                process = LocalProcess(command, environ, folder, given)
            except OSError as error:
                raise PreparationError(f"{failure}: {command[0]} can't be run: {error.strerror}") from error
        try:
            for line in (line.rstrip("\r") for line in process.output(self._stopped.is_set)):
                lines.append(line)
                if not quiet:
                    self.say(line)
            code = self._end_of(process, failure)
        except BaseException:
            process.stop(_GRACE_SECONDS)
            raise
        if code != 0:
            last = lines[-_LAST_LINES:]
            if quiet:
                for line in last:
                    self.say(line)
            _fail(failure, code, last)
        return "\n".join(lines)

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so that others do.

        Raises:
            PreparationError: the task is not to be run any more.
        """
        while not is_so():
            if self._stopped.wait(_LOOK_SECONDS):
                raise PreparationError("the task is not to be run any more")

    def _end_of(self, process: LocalProcess, failure: str) -> int:
        """The exit code of a program, which may have closed its output long before."""
        while not self._stopped.is_set():
            try:
                return process.wait(_LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        raise PreparationError(f"{failure}: the task is not to be run any more")


def _fail(failure: str, code: int, last: Sequence[str]) -> NoReturn:
    """Say why a program has failed; a full disk is nothing that can be changed on a task."""
    full = next((line.strip() for line in last if _NO_SPACE in line), None)
    if full is not None:
        raise OSError(errno.ENOSPC, full)
    why = next((line.strip() for line in reversed(last) if line.strip()), f"exit code {code}")
    raise PreparationError(f"{failure}: {why}")
