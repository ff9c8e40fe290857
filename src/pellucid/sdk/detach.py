"""Starting a process that is not our child.

A child would turn up in the ``os.wait()`` of the program that we watch, and in the list of children that launchers kill
at their end. So a shell starts it in a session of its own and goes at once.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pellucid.base.process import TREE_VARIABLE

# Whoever ends a task with all that it has started is to leave this one alone: it has the task's last words to send.
# Standard input is handed on as descriptor 3: a shell gives /dev/null to what it starts in the background.
_START: Final = f'unset {TREE_VARIABLE}; exec 3<&0; "$@" <&3 3<&- >&2 & echo $!'


def start_detached(command: Sequence[str], *, log: Path, stdin: socket.socket | None = None) -> int:
    """Start a process.

    Args:
        command: program and arguments.
        log: file that its output is appended to.
        stdin: its standard input; nothing by default.

    Returns:
        Its pid.

    Raises:
        OSError: there is no shell, or the log can't be written.
    """
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        started = subprocess.run(
            ["/bin/sh", "-c", _START, "sh", *command],
            stdin=subprocess.DEVNULL if stdin is None else stdin.fileno(),
            stdout=subprocess.PIPE,
            stderr=descriptor,
            cwd="/",  # ours may be gone, or be unmounted while the process runs
            start_new_session=True,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise OSError(f"the shell could not start {command[0]}: exit code {error.returncode}") from error
    finally:
        os.close(descriptor)
    return int(started.stdout)
