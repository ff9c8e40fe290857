"""Who belongs together, by what launchers say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pellucid.base.clock import utc_now
from pellucid.journal.writer import Writer
from pellucid.sdk.joining import RUN_VARIABLE, Door, Shared, inherited_run, open_run
from pellucid.sdk.launch import Launch, Meeting, Note, find_launch, is_first_rank, is_other_rank
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus, TaskType
from pellucid.wire.records import RUN_FILE, RunDescription, encode_json

TORCHRUN = {"RANK": "3", "LOCAL_RANK": "1", "WORLD_SIZE": "4", "MASTER_ADDR": "a", "MASTER_PORT": "1"}
SLURM = {"SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "2", "SLURM_LOCALID": "0", "SLURM_JOB_ID": "7"}
MPI = {"OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "2", "PMIX_NAMESPACE": "p"}


@pytest.mark.parametrize(
    ("environ", "place"),
    [
        (TORCHRUN, (3, 1, True)),
        (SLURM, (1, 0, False)),
        (MPI, (0, 0, True)),
        ({**SLURM, **TORCHRUN}, (3, 1, True)),
        ({}, None),
        ({**TORCHRUN, "WORLD_SIZE": "1"}, None),
        ({**TORCHRUN, "RANK": "first"}, None),
        ({"RANK": "1", "WORLD_SIZE": "2"}, None),
    ],
)
def test_the_place_among_others(environ: dict[str, str], place: tuple[int, int, bool] | None) -> None:
    """Without a place to meet, or alone, a process is no part of anything."""
    launch = find_launch(environ)
    assert (launch and (launch.rank, launch.local_rank, launch.together)) == place


def test_only_those_that_meet_at_the_same_place_belong_together() -> None:
    """A restarted launch is another one, too."""
    marks = [
        launch.mark
        for change in ({}, {"RANK": "0"}, {"MASTER_PORT": "2"}, {"TORCHELASTIC_RESTART_COUNT": "1"})
        if (launch := find_launch({**TORCHRUN, **change})) is not None
    ]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 3


def test_a_rank_that_its_program_made() -> None:
    """Lightning says no more than this."""
    assert is_other_rank({"LOCAL_RANK": "1"})
    assert not is_other_rank({"LOCAL_RANK": "0"})
    assert not is_other_rank({})


@pytest.mark.parametrize(
    ("environ", "expected"),
    [(TORCHRUN, False), ({**TORCHRUN, "RANK": "0"}, True), (MPI, True), ({"LOCAL_RANK": "1"}, False), ({}, True)],
)
def test_the_first_rank(environ: dict[str, str], expected: bool) -> None:
    """Of a launch, or alone."""
    assert is_first_rank(environ) is expected


def document(name: str) -> tasks.Task:
    """A task."""
    return tasks.Task(id="t" * 32, name=name, type=TaskType.training, status=TaskStatus.in_progress)


@pytest.fixture
def shared() -> Shared:
    """What a run tells."""
    return Shared(document=document("first"), offset=0, streams=True, arg_parser=True, frameworks=True, remote=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a run of this process."""
    folder = tmp_path / "run"
    folder.mkdir()
    Writer(folder)
    (folder / RUN_FILE).write_bytes(encode_json(describe(os.getpid())))
    return folder


def describe(pid: int) -> RunDescription:
    """A run."""
    return RunDescription(
        task="t" * 32,
        project="p",
        name="first",
        created=True,
        api_host=None,
        web_host=None,
        files_host=None,
        pid=pid,
        host=os.uname().nodename,
        started=utc_now(),
    )


def test_a_run_is_open_from_its_beginning_to_its_end(
    folder: Path, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what was named before is named again."""
    monkeypatch.setenv(RUN_VARIABLE, "/an/outer/run")
    assert open_run(folder) is None
    door = Door(folder, shared)
    found = inherited_run()
    assert found is not None
    assert (found.folder, found.shared.document.name) == (folder, "first")
    door.update(document("renamed"))
    changed = open_run(folder)
    assert changed is not None
    assert changed.shared.document.name == "renamed"

    door.close()
    door.update(shared.document)
    assert open_run(folder) is None
    assert os.environ[RUN_VARIABLE] == "/an/outer/run"


def test_a_run_whose_process_is_gone_is_over(folder: Path, shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though it could not close its door; its number may be somebody else's by now."""
    monkeypatch.setenv(RUN_VARIABLE, "")
    Door(folder, shared)
    (folder / RUN_FILE).write_bytes(encode_json(describe(1)))  # a process that runs, but never wrote here
    assert open_run(folder) is None


def test_a_meeting(folder: Path, shared: Shared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that goes on is joined; of one that is over, the task is."""
    monkeypatch.setenv(RUN_VARIABLE, "")
    meeting = Meeting(tmp_path, Launch("key", 1, 1, together=True))
    assert meeting.find() is None
    door = Door(folder, shared)
    meeting.announce(folder, describe(os.getpid()), shared)
    found = meeting.wait(0.0, but=None)
    assert found is not None
    assert not isinstance(found, Note)
    assert meeting.wait(0.0, but=found.description.task) is None
    door.close()
    assert isinstance(meeting.find(), Note)
