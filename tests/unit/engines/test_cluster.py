"""Handles of jobs, on a cluster that does what it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pellucid.engines import cluster
from pellucid.engines.base import JobLostError, LaunchPlan
from pellucid.engines.cluster import ClusterEngine, ClusterError, ClusterJob, JobState, Phase, Places, unread

RUNNING = JobState(phase=Phase.RUNNING)
DONE = JobState(phase=Phase.ENDED, code=0)


@dataclass
class Scripted:
    """A cluster with one job.

    Attributes:
        states: one for each look, the last one for ever; an error is raised.
        output: what has been printed by each look.
        asked: how the job was asked to end.
        is_deaf: whether asking fails.
    """

    states: list[JobState | ClusterError]
    output: list[bytes] = field(default_factory=lambda: [b""])
    asked: list[str] = field(default_factory=list)
    is_deaf: bool = False

    def submit(self, plan: LaunchPlan) -> str:
        """Take it."""
        return "7"

    def describe(self, job: str) -> str:
        """Its name."""
        return f"Test job {job}"

    def state(self, job: str) -> JobState:
        """The next state."""
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, ClusterError):
            raise state
        return state

    def read(self, job: str, places: Places) -> bytes:
        """What is new."""
        return unread(self.output.pop(0) if len(self.output) > 1 else self.output[0], job, places)

    def end(self, job: str, *, force: bool) -> None:
        """Note it."""
        self.asked.append("force" if force else "ask")
        if self.is_deaf:
            raise ClusterError("nobody is there")


def started(scripted: Scripted, tmp_path: Path, notices: list[str] | None = None) -> ClusterJob:
    """Its job."""
    said = notices if notices is not None else []
    return ClusterEngine(scripted, poll_seconds=0.001).start(
        LaunchPlan(command=["x"], folder=tmp_path, notice=said.append)
    )


@pytest.fixture
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_SIGHT_PATIENCE", 0.0)
    monkeypatch.setattr(cluster, "_END_PATIENCE", 0.0)


def test_lines_may_come_in_pieces(tmp_path: Path) -> None:
    """And the last one without an end."""
    scripted = Scripted([RUNNING, RUNNING, DONE], [b"on", b"one\ntw", b"one\ntwo"])
    assert list(started(scripted, tmp_path).output()) == ["one", "two"]


def test_what_a_job_waits_for_is_said_when_it_changes(tmp_path: Path) -> None:
    """Once."""
    waiting = [JobState(phase=Phase.WAITING, why=why) for why in ("", "Priority", "Priority", "Resources")]
    notices: list[str] = []
    started(Scripted([*waiting, RUNNING, DONE]), tmp_path, notices).wait()
    assert notices == ["Test job 7 was submitted", "Test job 7 waits: Priority", "Test job 7 waits: Resources"]


def test_a_cluster_that_is_away_for_a_while(tmp_path: Path) -> None:
    """Holds nobody up."""
    assert started(Scripted([RUNNING, ClusterError("away"), ClusterError("away"), DONE]), tmp_path).wait() == 0


@pytest.mark.usefixtures("_no_patience")
def test_a_cluster_that_stays_away(tmp_path: Path) -> None:
    """Has lost the job."""
    job = started(Scripted([ClusterError("the controller is gone")]), tmp_path)
    with pytest.raises(JobLostError, match=r"^Test job 7 can't be looked at any more: the controller is gone$"):
        job.wait()


def test_a_job_that_ends_when_it_is_asked(tmp_path: Path) -> None:
    """Is not ended by force."""
    scripted = Scripted([RUNNING, RUNNING, RUNNING, JobState(phase=Phase.ENDED, why="was cancelled")])
    job = started(scripted, tmp_path)
    job.stop(grace=30)
    assert scripted.asked == ["ask"]
    assert job.wait() == -15


@pytest.mark.usefixtures("_no_patience")
def test_a_job_that_can_t_be_stopped(tmp_path: Path) -> None:
    """Is given up."""
    scripted = Scripted([RUNNING], is_deaf=True)
    job = started(scripted, tmp_path)
    job.stop(grace=0)
    assert scripted.asked[-1] == "force"
    assert job.wait() == -9


def test_a_job_that_has_ended_is_not_asked(tmp_path: Path) -> None:
    """To end."""
    scripted = Scripted([DONE])
    job = started(scripted, tmp_path)
    job.stop(grace=30)
    assert scripted.asked == []
    assert job.wait() == 0
