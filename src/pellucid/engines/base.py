"""What it takes to run a task's process somewhere: a plan goes in, a handle comes out.

An engine starts processes and knows no server; whatever talks to one (the agent) gives it a finished plan. Every engine
passes ``pellucid.testing.engines.EngineTests``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from pellucid.engines.resources import Resources

NODE_RANK: Final = "PELLUCID_NODE_RANK"
"""The variable that tells the processes of a plan for several nodes apart; 0 is the first."""


@dataclass(frozen=True, kw_only=True)
class LaunchPlan:
    """A process to start.

    Attributes:
        command: program and arguments; never passed through a shell.
        folder: working folder of the process.
        environment: the whole environment of the process.
        name: for people who look at the engine's own lists.
        resources: what it needs; if that is several nodes, the process is started on each of them at the same time.
        container_arguments: more words for its container, where the engine has containers of Docker's kind.
        notice: gets what the engine has to say about the process meanwhile, such as why it still waits.
    """

    command: list[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    name: str = "pellucid"
    resources: Resources = field(default_factory=Resources)
    container_arguments: Sequence[str] = ()
    notice: Callable[[str], None] = lambda _: None


class Handle(Protocol):
    """A process that was started, with all its descendants."""

    def output(self) -> Iterator[str]:
        """The lines of stdout and stderr as they come, without the line end; ends when the process does."""

    def wait(self) -> int:
        """Wait for the end. Returns the exit code, or minus the number of the signal that ended the process.

        Raises:
            JobLostError: the engine ended it for a reason of its own.
        """

    def stop(self, grace: float) -> None:
        """End the process and its descendants: asked by SIGTERM, then after ``grace`` seconds forced by SIGKILL."""


class Engine(Protocol):
    """A place where processes can run."""

    def start(self, plan: LaunchPlan) -> Handle:
        """Start a process. Raises LaunchError if it cannot be started."""


class LaunchError(Exception):
    """The process could not be started; the text says why."""


class JobLostError(Exception):
    """The engine ended a process that nobody here has stopped; the text says why."""


class JobPreemptedError(JobLostError):
    """The engine needed the place for somebody else; the same job may run later."""
