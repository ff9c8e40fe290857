"""Tests of ``pellucid.sdk.task``: the public calls against a real server, seen by its side door."""

from __future__ import annotations

import inspect
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pellucid import Logger, Task, TaskTypes, UsageError
from pellucid.base.errors import ServerUnavailableError
from pellucid.client.session import Client
from pellucid.sdk.servers import current_settings
from pellucid.testing.processes import stop_uploaders
from pellucid.testing.run_folder import wait_until
from pellucid.uploader.sync import sync_folder
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus

pytestmark = pytest.mark.usefixtures("configured")


def on_server(client: Client, task: Task) -> tasks.Task:
    """The task's document."""
    return client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task


def new_task(name: str = "a task", **arguments: Any) -> Task:
    """A new task in one project."""
    return Task.init("sdk tests", name, **{"reuse_last_task_id": False, **arguments})


def test_a_task_runs_and_completes(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    """Names, type, tags and status are on the server; the user sees where to look (sdk-surface M1, M16, M20, M22)."""
    task = Task.init("main project/sub project", "first", task_type="testing", tags=["a", "b"])
    running = on_server(client, task)
    page = task.get_output_log_web_page()
    task.close()

    assert (running.name, running.type, running.status) == ("first", "testing", TaskStatus.in_progress)
    assert running.tags == ["a", "b"]
    assert running.system_tags == ["development"]
    assert running.script["entry_point"]
    assert task.get_project_name() == "main project/sub project"
    assert (on_server(client, task).status, task.get_progress()) == (TaskStatus.completed, 100)
    printed = capsys.readouterr().out
    assert f"Pellucid Task: created new task id={task.id}\n" in printed
    assert f"Pellucid results page: {page}\n" in printed
    assert page.endswith(f"/projects/{running.project}/tasks/{task.id}/output/log")


def test_init_has_the_arguments_of_the_guide() -> None:
    """In their order, with their defaults (seed, Task Creation; sdk-surface M12)."""
    parameters = inspect.signature(Task.init).parameters

    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "project_name": None,
        "task_name": None,
        "task_type": TaskTypes.training,
        "tags": None,
        "reuse_last_task_id": True,
        "continue_last_task": False,
        "output_uri": None,
        "auto_connect_arg_parser": True,
        "auto_connect_frameworks": True,
        "auto_resource_monitoring": True,
        "auto_connect_streams": True,
        "deferred_init": False,
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"project_name": "ab"}, "project_name is 'ab'"),
        ({"project_name": "abc/d"}, "project_name is 'd'"),
        ({"task_name": " ab "}, "task_name is ' ab '"),
        ({"task_name": 3}, "task_name is 3"),
        ({"task_type": "zzz"}, "task_type is 'zzz'; allowed are training, testing"),
        ({"tags": "abc"}, "tags is 'abc'"),
        ({"tags": [1]}, "tags is"),
        ({"reuse_last_task_id": 3}, "reuse_last_task_id is 3"),
        ({"continue_last_task": 1.5}, "continue_last_task is 1.5"),
        ({"output_uri": 3}, "output_uri is 3"),
        ({"auto_connect_arg_parser": "yes"}, "auto_connect_arg_parser is 'yes'"),
        ({"auto_connect_frameworks": 1}, "auto_connect_frameworks is 1"),
        ({"auto_resource_monitoring": []}, "auto_resource_monitoring is"),
        ({"auto_connect_streams": {1: True}}, "auto_connect_streams is"),
        ({"auto_connect_streams": {"stdout": "no"}}, r"auto_connect_streams\['stdout'\] is 'no'"),
        ({"auto_connect_streams": {"out": True}}, "a name in auto_connect_streams is 'out'; allowed are 'stdout'"),
        ({"auto_connect_arg_parser": {"lr": 1}}, r"auto_connect_arg_parser\['lr'\] is 1"),
        ({"auto_connect_frameworks": {"pytorch": 5}}, r"auto_connect_frameworks\['pytorch'\] is 5"),
        ({"auto_connect_frameworks": {"pytorch": ["*.pt", 5]}}, r"auto_connect_frameworks\['pytorch'\] is \["),
        ({"auto_resource_monitoring": {"often": 1}}, "auto_resource_monitoring has 'often'"),
        ({"auto_resource_monitoring": {"report_frequency_sec": 0}}, r"\['report_frequency_sec'\] is 0"),
        ({"deferred_init": "z"}, "deferred_init is 'z'"),
    ],
)
def test_a_wrong_argument_is_told_at_once(arguments: dict[str, Any], message: str) -> None:
    """By name and value, and nothing is begun."""
    with pytest.raises(UsageError, match=message):
        Task.init(**{"project_name": "sdk tests", "task_name": "wrong", **arguments})

    assert Task.current_task() is None


def test_current_task() -> None:
    """From init to close; a second init with the same names means the same task (sdk-surface M17, M19)."""
    assert Task.current_task() is None
    task = new_task("current")

    assert Task.current_task() is task
    assert Logger.current_logger() is task.get_logger()
    assert Task.init("sdk tests", "current") is task
    assert Task.init() is task
    with pytest.raises(UsageError, match=r"task_name is 'another'.*close it first"):
        Task.init("sdk tests", "another")

    task.close()
    task.close()
    assert Task.current_task() is None
    assert Logger.current_logger() is None


def test_a_task_is_not_constructed() -> None:
    """There are two ways to get one."""
    with pytest.raises(UsageError, match=r"Task\.init"):
        Task()


def test_several_tasks_one_after_the_other(client: Client) -> None:
    """Each with its own data (sdk-surface M18)."""
    made = []
    for number in range(3):
        task = new_task(f"number {number}")
        task.get_logger().report_scalar("loss", "train", value=number, iteration=0)
        task.close()
        made.append(task)

    assert len({task.id for task in made}) == 3
    assert [task.get_last_scalar_metrics()["loss"]["train"]["last"] for task in made] == [0, 1, 2]
    assert {on_server(client, task).status for task in made} == {TaskStatus.completed}


def test_scalars_are_read_back() -> None:
    """In the run itself, exactly; a later point of the same iteration wins (sdk-surface §1.26)."""
    logger = new_task().get_logger()
    for iteration, value in [(0, 1.0), (1, 0.5), (1, 0.4), (2, 0.7)]:
        logger.report_scalar("loss", "train", value, iteration)
    logger.report_single_value("accuracy", 0.9)
    task = Task.current_task()
    assert task is not None

    assert task.get_reported_scalars() == {"loss": {"train": {"name": "train", "x": [0, 1, 2], "y": [1.0, 0.4, 0.7]}}}
    assert task.get_all_reported_scalars()["loss"]["train"]["y"] == [1.0, 0.4, 0.7]
    assert task.get_last_scalar_metrics()["loss"]["train"] == {"last": 0.7, "min": 0.4, "max": 1.0}
    assert task.get_reported_single_values() == {"accuracy": 0.9}
    assert task.get_reported_single_value("accuracy") == 0.9
    assert task.get_reported_single_value("unknown") is None
    assert task.get_last_iteration() == 2
    assert task.pending().points == 0


@pytest.mark.parametrize(("axis", "kind"), [("iter", int), ("timestamp", int), ("iso_time", str)])
def test_the_x_axis(axis: str, kind: type) -> None:
    """In all three units, sampled or not (sdk-surface M231)."""
    task = new_task()
    task.get_logger().report_scalar("loss", "train", 1.0, 0)

    for curves in (task.get_reported_scalars(x_axis=axis), task.get_all_reported_scalars(axis)):
        assert [type(x) for x in curves["loss"]["train"]["x"]] == [kind]


def test_sampling_has_a_limit() -> None:
    """As many as asked for at most (sdk-surface M229)."""
    task = new_task()
    logger = task.get_logger()
    for iteration in range(2500):
        logger.report_scalar("loss", "train", 1.0, iteration)

    assert len(task.get_reported_scalars(max_samples=100)["loss"]["train"]["x"]) <= 100
    assert len(task.get_all_reported_scalars()["loss"]["train"]["x"]) == 2500


def test_wrong_arguments_of_reading() -> None:
    """Told before anything is asked."""
    task = new_task()

    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: task.get_reported_scalars(x_axis="hours"), "x_axis is 'hours'; allowed are 'iter'"),
        (lambda: task.get_reported_scalars(max_samples=-1), "max_samples is -1"),
        (lambda: task.get_reported_console_output(0), "number_of_reports is 0"),
    ]
    for call, message in calls:
        with pytest.raises(UsageError, match=message):
            call()


def test_the_console_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """Both streams and reported text; what is not to be printed is not."""
    task = new_task()
    print("to stdout")
    print("to stderr", file=sys.stderr)
    task.get_logger().report_text("printed %d", 20, True, 7)
    task.get_logger().report_text("hidden", print_console=False)

    assert task.get_reported_console_output(10) == ["to stdout", "to stderr", "printed 7", "hidden"]
    printed = capsys.readouterr().out
    assert "printed 7" in printed
    assert "hidden" not in printed


def test_the_console_can_be_left_alone() -> None:
    """Wholly, or one stream of it."""
    task = new_task("quiet", auto_connect_streams={"stderr": True})
    print("unrecorded")
    print("recorded", file=sys.stderr)

    assert task.get_reported_console_output(10) == ["recorded"]


def test_artifacts(tmp_path: Path) -> None:
    """A file, a dictionary, a text, a link; read back in the run and from outside."""
    file = tmp_path / "data set.csv"
    file.write_text("a,b\n1,2\n")
    task = new_task("with / artifacts")
    assert task.upload_artifact("table", file, metadata={"rows": 1}, delete_after_upload=True)
    assert task.upload_artifact("person dictionary", {"name": "Erik", "age": 30})
    assert task.upload_artifact("note", "just a text", wait_on_upload=True)
    assert task.upload_artifact("elsewhere", "s3://bucket/file")
    assert not file.exists()

    seen = Task.get_task(task_id=task.id)
    for one in (task, seen):
        artifacts = one.artifacts
        assert list(artifacts) == ["table", "person dictionary", "note", "elsewhere"]
        assert Path(artifacts["table"].get()).read_text() == "a,b\n1,2\n"
        assert Path(artifacts["table"].get()).name == "data set.csv"
        assert artifacts["table"].metadata == {"rows": "1"}
        assert artifacts["table"].size == 8
        assert artifacts["person dictionary"].get() == {"name": "Erik", "age": 30}
        assert artifacts["note"].get() == "just a text"
        assert artifacts["elsewhere"].url == "s3://bucket/file"


def test_an_artifact_is_what_it_was_when_it_was_given(tmp_path: Path) -> None:
    """Whatever the program does to its file afterwards."""
    file = tmp_path / "model.bin"
    file.write_bytes(b"first")
    task = new_task()
    task.upload_artifact("model", file)
    file.write_bytes(b"second")

    assert Path(task.artifacts["model"].get()).read_bytes() == b"first"


def test_a_stored_task_can_be_changed() -> None:
    """As long as it is not over: by requests to the server at once."""
    task = new_task()
    seen = Task.get_task(task_id=task.id)
    assert seen is task  # this process runs it
    task.mark_stopped(status_message="enough")
    task.close()

    seen = Task.get_task(task_id=task.id)
    assert seen is not task
    assert (seen.status, seen.data.status_message) == ("stopped", "enough")
    seen.add_tags(["later"])
    seen.get_logger().report_scalar("loss", "test", 0.25, 3)
    assert seen.get_tags() == ["later"]
    assert seen.get_last_scalar_metrics()["loss"]["test"]["last"] == 0.25


@pytest.mark.parametrize(("mark", "status"), [("mark_completed", "completed"), ("mark_failed", "failed")])
def test_what_the_program_says_of_its_end_holds(mark: str, status: str) -> None:
    """Close does not overwrite it."""
    task = new_task()
    getattr(task, mark)(status_message="by hand")
    task.close()

    assert (task.status, task.data.status_message) == (status, "by hand")


def test_the_last_task_is_reused(client: Client) -> None:
    """Its former content is gone, its tags stay (sdk-surface M54, M57)."""
    first = Task.init("sdk tests", "reused", tags=["old"])
    first.set_parameter("lr", 1)
    first.get_logger().report_scalar("loss", "train", 1.0, 0)
    first.close()
    second = Task.init("sdk tests", "reused", tags=["new"])
    second.get_logger().report_scalar("gain", "train", 1.0, 0)
    second.close()

    stored = on_server(client, second)
    assert second.id == first.id
    assert (stored.hyperparams, set(stored.tags)) == ({}, {"old", "new"})
    assert list(second.get_last_scalar_metrics()) == ["gain"]


def test_a_task_with_artifacts_is_not_reused() -> None:
    """Somebody may want to keep them (sdk-surface M56)."""
    first = Task.init("sdk tests", "keeps something")
    first.upload_artifact("note", "keep me")
    first.close()

    assert Task.init("sdk tests", "keeps something").id != first.id


def test_reuse_can_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the argument, by a variable, by a window of no width (sdk-surface M55, M58)."""
    ids = []
    for variable, value, reuse in [
        ("X", "", True),
        ("X", "", False),
        ("CLEARML_TASK_NO_REUSE", "1", True),
        ("PELLUCID_TASK_REUSE_TIME_WINDOW_IN_HOURS", "0", True),
    ]:
        with monkeypatch.context() as patch:
            patch.setenv(variable, value)
            task = Task.init("sdk tests", "never reused", reuse_last_task_id=reuse)
            ids.append(task.id)
            task.close()

    assert len(set(ids)) == 4


def test_a_task_is_continued() -> None:
    """Everything stays, iterations go on behind the last one, single values stay where they are (seed, Continuing Task
    Execution; sdk-surface C16)."""
    first = new_task("continued")
    first.upload_artifact("note", "keep me")
    first.get_logger().report_scalar("loss", "train", 1.0, 100)
    first.get_logger().report_single_value("accuracy", 0.1)
    first.close()
    second = Task.init("sdk tests", "continued", continue_last_task=True)
    second.get_logger().report_scalar("loss", "train", 2.0, 0)
    second.get_logger().report_single_value("accuracy", 0.2)

    assert second.id == first.id
    assert second.get_reported_scalars()["loss"]["train"]["x"] == [100, 101]
    assert second.get_reported_single_values() == {"accuracy": 0.2}
    assert list(second.artifacts) == ["note"]


@pytest.mark.parametrize(("offset", "x"), [(500, 500), (0, 0)])
def test_a_task_is_continued_with_an_offset(offset: int, x: int) -> None:
    """0 is an offset, not False (sdk-surface M66, M67)."""
    first = new_task(f"offset {offset}")
    first.get_logger().report_scalar("loss", "train", 1.0, 7)
    first.close()
    second = Task.init("sdk tests", f"offset {offset}", continue_last_task=offset)
    second.get_logger().report_scalar("loss", "train", 2.0, 0)

    assert second.id == first.id
    assert sorted(second.get_reported_scalars()["loss"]["train"]["x"]) == sorted([7, x])


def test_a_task_is_continued_by_its_id() -> None:
    """Whatever the names are now; an unknown id is an error (sdk-surface M65, C23)."""
    first = new_task("by id")
    first.close()
    second = Task.init("sdk tests", "other name", continue_last_task=first.id)

    assert second.id == first.id
    second.close()
    with pytest.raises(UsageError, match="continue_last_task: there is no task"):
        Task.init("sdk tests", "other name", continue_last_task="0" * 32)


def test_a_server_that_is_away_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run is on local disk; only reading back needs a server."""
    monkeypatch.setenv("PELLUCID_API_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("PELLUCID_EXIT_DEADLINE", "0")
    task = new_task("alone")
    task.get_logger().report_scalar("loss", "train", 1.0, 0)
    task.set_parameter("lr", 1)

    assert task.get_parameters() == {"General/lr": "1"}
    assert task.pending().points == 1
    task.close()
    assert (home / "runs" / task.id / "run.json").exists()
    assert "the server can't be asked now" in capsys.readouterr().out
    with pytest.raises(ServerUnavailableError):
        Task.get_task(task_id=task.id)
    stop_uploaders(home / "runs" / task.id)


def test_deferred_init_does_not_wait(client: Client) -> None:
    """The task is created a moment later, under the id that it has from the beginning."""
    task = new_task("deferred", deferred_init=True)
    task.get_logger().report_scalar("loss", "train", 1.0, 0)

    assert task.get_last_scalar_metrics()["loss"]["train"]["last"] == 1.0
    assert (on_server(client, task).status, task.name) == (TaskStatus.in_progress, "deferred")


def test_offline(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is asked of any server; the id says so (seed, Offline Mode)."""
    Task.set_offline(True)
    assert Task.is_offline()
    task = new_task("offline")
    with pytest.raises(UsageError, match=r"set_offline: task .* is running"):
        Task.set_offline(False)
    folder = task.get_offline_mode_folder()
    task.close()

    assert task.id.startswith("offline-")
    assert folder is not None
    assert folder.is_relative_to(home / "runs")
    assert not (folder / "uploader.log").exists()
    assert f"kept in {folder}" in capsys.readouterr().out


def test_an_offline_run_is_sent_later(tmp_path: Path) -> None:
    """With everything, files too; their addresses are the server's that they came to."""
    Task.set_offline(True)
    task = new_task("sent later", tags=["a"])
    task.get_logger().report_scalar("loss", "train", 1.0, 5)
    task.connect({"epochs": 3})
    task.upload_artifact("person", {"name": "Erik"})
    folder = task.get_offline_mode_folder()
    task.close()
    Task.set_offline(False)
    connection = current_settings().connection()
    assert folder is not None
    assert connection is not None

    assert sync_folder(folder, connection).refused == []

    seen = Task.get_task(project_name="sdk tests", task_name="sent later")
    assert seen is not None
    assert (seen.status, seen.get_tags(), seen.get_parameters()) == ("completed", ["a"], {"General/epochs": "3"})
    assert seen.get_reported_scalars()["loss"]["train"]["x"] == [5]
    assert seen.artifacts["person"].get() == {"name": "Erik"}


def test_an_agent_s_task(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    """Names are the task's own, its parameters replace the program's, and its status is left to the agent."""
    draft = client.send(
        tasks.CREATE,
        tasks.Create(
            name="queued one",
            type="training",
            hyperparams={
                "General": {"epochs": tasks.Parameter(section="General", name="epochs", value="9", type="int")}
            },
        ),
    ).id
    monkeypatch.setenv("CLEARML_TASK_ID", draft)
    monkeypatch.setenv("CLEARML_LOG_TASK_TO_BACKEND", "0")
    assert not Task.running_locally()
    task = Task.init("ignored", "ignored too")
    original = {"epochs": 3, "rate": 0.1}
    settings = task.connect(original)
    print("the agent reports this")
    task.close()
    wait_until(lambda: not task.pending().points, "the run is sent")

    assert (task.id, task.name) == (draft, "queued one")
    assert settings == original == {"epochs": 9, "rate": 0.1}
    seen = Task.get_task(task_id=draft)
    assert seen.get_parameters() == {"General/epochs": "9", "General/rate": "0.1"}
    assert seen.status == "in_progress"
    assert seen.get_reported_console_output(5) == []


def test_random_generators_are_seeded() -> None:
    """With 1337 unless the program says otherwise (sdk-surface §4.23)."""
    new_task().close()
    assert random.random() == 0.6177528569514706
    assert np.random.rand() == 0.2620246750155817

    Task.set_random_seed(7)
    task = new_task()
    assert (task.get_random_seed(), random.random()) == (7, random.Random(7).random())
    task.close()

    Task.set_random_seed(None)
    random.seed(0)
    new_task()
    assert random.random() == random.Random(0).random()
