"""Programs that prepare a task, with what they print on the task's console."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from pellucid.agent.errors import PreparationError

Say: TypeAlias = Callable[[str], None]
"""Puts a line on the task's console."""

_LAST_LINES: Final = 15


def run(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    say: Say,
    failure: str,
    folder: Path | None = None,
    stdin: bytes | None = None,
    quiet: bool = False,
) -> str:
    """Run a program to its end.

    Args:
        command: program and arguments; no secrets, as others can see them.
        environ: its whole environment.
        say: gets the lines that it prints.
        failure: what could not be done if it fails, and what to do about it.
        folder: to work in.
        stdin: its input.
        quiet: whether its lines are for the console only if it fails.

    Returns:
        What it printed.

    Raises:
        PreparationError: it failed, or is not there.
    """
    try:
        done = subprocess.run(
            list(command),
            env=dict(environ),
            cwd=folder,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as error:
        raise PreparationError(f"{failure}: {command[0]} can't be run: {error.strerror}") from error
    printed = done.stdout.decode(errors="replace")
    lines = printed.splitlines()
    if done.returncode != 0:
        for line in lines[-_LAST_LINES:]:
            say(line)
        why = next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {done.returncode}")
        raise PreparationError(f"{failure}: {why}")
    if not quiet:
        for line in lines:
            say(line)
    return printed
