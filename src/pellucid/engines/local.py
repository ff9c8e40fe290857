"""Runs a task as a process of this machine, in a process group of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

from pellucid.engines.base import LaunchError, LaunchPlan


class LocalProcess:
    """A process group on this machine."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def output(self) -> Iterator[str]:
        """The merged lines of stdout and stderr."""
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                yield line.rstrip("\n")

    def wait(self) -> int:
        """Wait for the end of the leading process."""
        return self._process.wait()

    def stop(self, grace: float) -> None:
        """Ask the whole group to end, and force it when the grace period is over."""
        self._signal_group(signal.SIGTERM)
        try:
            self._process.wait(timeout=grace)
        except subprocess.TimeoutExpired:
            pass  # it was asked; the next line does not ask
        # The leader may have gone and left children behind, so the group is ended in any case.
        self._signal_group(signal.SIGKILL)
        self._process.wait()

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
        try:
            process = subprocess.Popen(
                plan.command,
                cwd=plan.folder,
                env=dict(plan.environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="backslashreplace",
                start_new_session=True,
            )
        except OSError as error:
            raise LaunchError(f"cannot start {plan.command[0]!r} in {plan.folder}: {error}") from error
        return LocalProcess(process)
