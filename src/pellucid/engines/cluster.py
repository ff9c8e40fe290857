"""Processes that are jobs of a cluster: one handle for all kinds, which asks for the job's state now and then.

A kind of cluster only says how a job is submitted, looked at, read and ended.
"""

from __future__ import annotations

import enum
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from pellucid.base.log import trouble
from pellucid.engines.base import JobLostError, JobPreemptedError, LaunchPlan

_SIGHT_PATIENCE: Final = 600.0
"""Seconds after which a job that can't be looked at is given up."""

_END_PATIENCE: Final = 60.0
"""Seconds that a cluster has to end a job by force; after that the job is left to it."""


class Phase(enum.Enum):
    """How far a job is."""

    WAITING = enum.auto()
    RUNNING = enum.auto()
    ENDED = enum.auto()


@dataclass(frozen=True, kw_only=True)
class JobState:
    """What a cluster says of a job.

    Attributes:
        phase: how far it is.
        code: exit code, or minus the number of a signal, of one that has ended by itself.
        why: of one that waits, for what; of one that was ended by the cluster, the reason, as the end of a sentence
            that begins with the job's name. Else empty.
        is_preempted: whether it had to make place.
    """

    phase: Phase
    code: int | None = None
    why: str = ""
    is_preempted: bool = False


Places: TypeAlias = dict[str, int]
"""How many bytes were read of each of a job's outputs, by a name that the cluster gives them; empty at first."""


class ClusterError(Exception):
    """The cluster could not be asked, or said no; the text says why."""


class Cluster(Protocol):
    """A kind of cluster. All methods but ``submit`` are called by several threads."""

    def submit(self, plan: LaunchPlan) -> str:
        """Submit a job. Returns its id. Raises LaunchError."""

    def describe(self, job: str) -> str:
        """The job's name for people, such as ``Slurm job 12``."""

    def state(self, job: str) -> JobState:
        """Look at a job. Raises ClusterError."""

    def read(self, job: str, places: Places) -> bytes:
        """What it has printed after some places, which move on. Raises ClusterError."""

    def end(self, job: str, *, force: bool) -> None:
        """Ask the job to end, or end it; one that waits goes at once in either case. Raises ClusterError."""


def unread(output: bytes, name: str, places: Places) -> bytes:
    """What comes after the place in an output, which moves to the end."""
    more = output[places.get(name, 0) :]
    places[name] = places.get(name, 0) + len(more)
    return more


class ClusterJob:
    """A process that is a job of a cluster.

    Attributes:
        name: of the job, for people.
    """

    def __init__(self, cluster: Cluster, job: str, plan: LaunchPlan, poll_seconds: float) -> None:
        """Look after a job that was submitted."""
        self.name = cluster.describe(job)
        self._cluster = cluster
        self._job = job
        self._plan = plan
        self._poll_seconds = poll_seconds
        self._places: Places = {}
        self._told = ""
        self._seen = time.monotonic()
        self._stopped_by: signal.Signals | None = None
        self._ending = threading.Lock()
        self._end: JobState | None = None

    def output(self) -> Iterator[str]:
        """The job's lines as they come."""
        rest = b""
        while True:
            has_ended = self._look().phase is Phase.ENDED
            *lines, rest = (rest + self._more()).split(b"\n")
            yield from map(_text, lines)
            if has_ended:
                break
            time.sleep(self._poll_seconds)
        if rest:
            yield _text(rest)

    def wait(self) -> int:
        """Wait for the end of the job."""
        while (state := self._look()).phase is not Phase.ENDED:
            time.sleep(self._poll_seconds)
        if self._stopped_by is not None:
            return -self._stopped_by
        if state.code is not None:
            return state.code
        raise (JobPreemptedError if state.is_preempted else JobLostError)(f"{self.name} {state.why}")

    def stop(self, grace: float) -> None:
        """Ask the job to end, and end it when the grace period is over."""
        if self._look().phase is Phase.ENDED:
            return
        for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, _END_PATIENCE)):
            self._stopped_by = number
            if self._ends_within(patience, force=number is signal.SIGKILL):
                return
        self._end = JobState(phase=Phase.ENDED, why="could not be stopped, and may still run")

    def _ends_within(self, seconds: float, *, force: bool) -> bool:
        deadline = time.monotonic() + seconds
        is_asked = False
        while self._look().phase is not Phase.ENDED:
            if not is_asked:
                is_asked = self._ask_to_end(force=force)
            if time.monotonic() > deadline:
                return False
            time.sleep(min(self._poll_seconds, max(deadline - time.monotonic(), 0.0)))
        return True

    def _ask_to_end(self, *, force: bool) -> bool:
        try:
            self._cluster.end(self._job, force=force)
        except ClusterError as error:
            trouble("engine.stop", f"{self.name} can't be stopped", error)
            return False
        return True

    def _look(self) -> JobState:
        """The state now; a job that can't be looked at counts as running for a while."""
        with self._ending:
            if self._end is not None:
                return self._end
            try:
                state = self._cluster.state(self._job)
            except ClusterError as error:
                trouble("engine.state", f"{self.name} can't be looked at", error)
                state = self._unseen(str(error))
            else:
                self._seen = time.monotonic()
            if state.phase is Phase.ENDED:
                self._end = state
        self._tell(state)
        return state

    def _unseen(self, why: str) -> JobState:
        if time.monotonic() - self._seen < _SIGHT_PATIENCE:
            return JobState(phase=Phase.RUNNING)
        return JobState(phase=Phase.ENDED, why=f"can't be looked at any more: {why}")

    def _tell(self, state: JobState) -> None:
        line = f"{self.name} waits: {state.why}" if state.phase is Phase.WAITING and state.why else ""
        if line and line != self._told:
            self._plan.notice(line)
        self._told = line or self._told

    def _more(self) -> bytes:
        try:
            return self._cluster.read(self._job, self._places)
        except ClusterError as error:
            trouble("engine.output", f"the output of {self.name} can't be read", error)
            return b""


class ClusterEngine:
    """Starts processes as jobs of a cluster."""

    def __init__(self, cluster: Cluster, poll_seconds: float = 2.0) -> None:
        """Prepare.

        Args:
            cluster: where to.
            poll_seconds: between two looks at a job.
        """
        self._cluster = cluster
        self._poll_seconds = poll_seconds

    def start(self, plan: LaunchPlan) -> ClusterJob:
        """Submit a job.

        Raises:
            LaunchError: the cluster does not take it; the text says why.
        """
        job = ClusterJob(self._cluster, self._cluster.submit(plan), plan, self._poll_seconds)
        plan.notice(f"{job.name} was submitted")
        return job


def _text(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace")
