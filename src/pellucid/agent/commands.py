"""Programs that prepare a task, with what they print on the task's console."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Final, TypeAlias

from pellucid.agent.errors import PreparationError

Say: TypeAlias = Callable[[str], None]
"""Puts a line on the task's console."""

_LAST_LINES: Final = 15
_LOOK_SECONDS: Final = 0.2
_GRACE_SECONDS: Final = 5.0
_CHUNK: Final = 1 << 16


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
        """
        lines: list[str] = []
        last: deque[str] = deque(maxlen=_LAST_LINES)
        with tempfile.TemporaryFile() as given:
            given.write(stdin)
            given.seek(0)
            process = _start(command, environ, folder, given, failure)
        try:
            for line in self._lines_of(process):
                lines.append(line)
                last.append(line)
                if not quiet:
                    self.say(line)
            if not self._stopped.is_set():
                process.wait()
        finally:
            _end(process)
        code = process.returncode
        if self._stopped.is_set():
            raise PreparationError(f"{failure}: the task is not to be run any more")
        if code != 0:
            if quiet:
                for line in last:
                    self.say(line)
            why = next((line.strip() for line in reversed(last) if line.strip()), f"exit code {code}")
            raise PreparationError(f"{failure}: {why}")
        return "\n".join(lines)

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so that others do.

        Raises:
            PreparationError: the task is not to be run any more.
        """
        while not is_so():
            if self._stopped.wait(_LOOK_SECONDS):
                raise PreparationError("the task is not to be run any more")

    def _lines_of(self, process: subprocess.Popen[bytes]) -> Iterator[str]:
        """What a program prints, until it closes its output or the task is stopped."""
        assert process.stdout is not None
        rest = b""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not self._stopped.is_set():
                if not selector.select(_LOOK_SECONDS):
                    continue
                chunk = os.read(process.stdout.fileno(), _CHUNK)
                if not chunk:
                    break
                *whole, rest = (rest + chunk).split(b"\n")
                yield from (line.decode(errors="replace").rstrip("\r") for line in whole)
        if rest:
            yield rest.decode(errors="replace")


def _start(
    command: Sequence[str], environ: Mapping[str, str], folder: Path | None, stdin: IO[bytes], failure: str
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            list(command),
            env=dict(environ),
            cwd=folder,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise PreparationError(f"{failure}: {command[0]} can't be run: {error.strerror}") from error


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program, and what it has started, if it still runs."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            break
        os.killpg(process.pid, number)
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    if process.stdout is not None:
        process.stdout.close()
