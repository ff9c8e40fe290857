"""Waiting for what is found out about a run's script (``pellucid.sdk.detect_script``)."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.log import trouble
from pellucid.sdk.detach import start_detached
from pellucid.sdk.wishes import Wishes

ANSWER: Final = ".script.json"
"""Name of the answer's file in a run's folder; no part of the run."""

_LOOK_SECONDS: Final = 0.05
_MOST_SECONDS: Final = 300.0
"""After which nobody waits any more; a repository on a slow disk takes its time."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be found out.

    Attributes:
        answer: the file to write.
        script: the file that is executed.
        folder: where it is executed.
        module: whether it is executed by ``-m``, so that its name is known already.
        with_diff: whether changes are to be kept.
        wishes: what the program has said of its packages.
    """

    answer: str
    script: str
    folder: str
    module: bool
    with_diff: bool
    wishes: Wishes


class Found(msgspec.Struct, frozen=True):
    """What was found.

    Attributes:
        script: keys of the script section; empty where there is no repository.
        requirements: texts by kind (see ``pellucid.sdk.requirements``).
        machine: facts that take long to find out, for the task's runtime section.
    """

    script: dict[str, str]
    requirements: dict[str, str]
    machine: dict[str, str | int]


class ScriptDetection:
    """A process that looks, and a thread that waits for it."""

    def __init__(self, request: Request, found: Callable[[Found], None]) -> None:
        """Begin to look; trouble with that is no trouble of the program.

        Args:
            request: what to look for.
            found: is told the answer, by another thread.
        """
        self._answer = Path(request.answer)
        self._found = found
        self._done = threading.Event()
        try:
            text = msgspec.json.encode(request).decode()
            command = [sys.executable or "python3", "-P", "-m", "pellucid.sdk.detect_script", text]
            self._pid = start_detached(command, log=Path(os.devnull))
        except OSError as error:
            trouble("script.detect", "What the script consists of can't be found out.", error)
            self._done.set()
            return
        threading.Thread(target=self._wait_for_answer, name="pellucid-script", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait until the answer was told; whether it was, or never will be."""
        return self._done.wait(seconds)

    def _wait_for_answer(self) -> None:
        try:
            answer = self._read()
            if answer is not None:
                self._found(msgspec.json.decode(answer, type=Found))
        except Exception as error:  # noqa: BLE001 - a thread of ours; the program must not see a traceback of it
            trouble("script.detect", "What the script consists of can't be recorded.", error)
        finally:
            self._done.set()

    def _read(self) -> bytes | None:
        last = time.monotonic() + _MOST_SECONDS
        while time.monotonic() < last:
            is_running = _is_running(self._pid)
            try:
                answer = self._answer.read_bytes()
            except FileNotFoundError:
                if not is_running:
                    return None
                time.sleep(_LOOK_SECONDS)
            else:
                self._answer.unlink()
                return answer
        return None


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
