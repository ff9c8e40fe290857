"""What Slurm's commands say of jobs: the commands are stand-ins that print what the real ones would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pellucid.engines.cluster import ClusterError, JobState, Phase
from pellucid.engines.slurm import Slurm

Answer = Callable[[str, str], None]


@pytest.fixture
def answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Says what a command is to print; those that nothing is said of fail."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def say(command: str, text: str) -> None:
        (tmp_path / command).write_text(f"#!/bin/sh\nprintf '%s\\n' '{text}'\n")
        (tmp_path / command).chmod(0o755)

    return say


def ended(**state: object) -> JobState:
    """The state of a job that has ended."""
    return JobState(phase=Phase.ENDED, **state)  # type: ignore[arg-type]  # each caller gives what it takes


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("PENDING 0 Resources", JobState(phase=Phase.WAITING, why="Resources")),
        (
            "PENDING 0 Nodes required for job are DOWN",
            JobState(phase=Phase.WAITING, why="Nodes required for job are DOWN"),
        ),
        ("PENDING 0 None", JobState(phase=Phase.WAITING)),
        ("COMPLETING 0 None", JobState(phase=Phase.RUNNING)),
        ("COMPLETED 0 None", ended(code=0)),
        ("FAILED 768 NonZeroExitCode", ended(code=3)),
        ("FAILED 9 RaisedSignal:9(Killed)", ended(code=-9)),
        ("FAILED 2:0 NonZeroExitCode", ended(code=2)),
        ("TIMEOUT 0 TimeLimit", ended(why="ran out of its time; ask for more by the resource 'time'")),
        ("OUT_OF_MEMORY 125 OutOfMemory", ended(why="ran out of its memory; ask for more by the resource 'memory'")),
        ("NODE_FAIL 0 NodeDown", ended(why="lost its node")),
        ("PREEMPTED 0 None", ended(why="had to make place for another job", is_preempted=True)),
        ("SPECIAL_EXIT 0 None", ended(why="has become SPECIAL_EXIT")),
    ],
)
def test_states_of_the_queue(answer: Answer, tmp_path: Path, line: str, state: JobState) -> None:
    """As squeue has them."""
    answer("squeue", f"11 RUNNING 0 None\n12 {line}")
    assert Slurm(tmp_path).state("12") == state


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("COMPLETED|0:0", ended(code=0)),
        ("FAILED|3:0", ended(code=3)),
        ("FAILED|0:9", ended(code=-9)),
        ("CANCELLED by 1000|0:15", ended(why="was cancelled, not by its agent")),
        ("", ended(why="is not known to Slurm any more")),
    ],
)
def test_states_of_the_accounts(answer: Answer, tmp_path: Path, line: str, state: JobState) -> None:
    """As sacct has them, when squeue has forgotten the job."""
    answer("squeue", "11 RUNNING 0 None")
    answer("sacct", line)
    assert Slurm(tmp_path).state("12") == state


def test_one_look_is_for_all_jobs(answer: Answer, tmp_path: Path) -> None:
    """For a while."""
    slurm = Slurm(tmp_path, look_seconds=600)
    answer("squeue", "11 RUNNING 0 None\n12 PENDING 0 Priority")
    assert slurm.state("11").phase is Phase.RUNNING
    (tmp_path / "squeue").unlink()
    assert slurm.state("12").phase is Phase.WAITING


def test_a_controller_that_does_not_answer(answer: Answer, tmp_path: Path) -> None:
    """Is an error in its words."""
    (tmp_path / "squeue").write_text(
        "#!/bin/sh\necho 'slurm_load_jobs error: Unable to contact slurm controller' >&2\nexit 1\n"
    )
    (tmp_path / "squeue").chmod(0o755)
    with pytest.raises(ClusterError, match=r"^Unable to contact slurm controller$"):
        Slurm(tmp_path).state("12")
