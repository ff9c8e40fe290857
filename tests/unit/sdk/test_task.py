"""Tests of ``pellucid.sdk.task``: the public calls against a real server, seen by its side door."""

from __future__ import annotations

import inspect
import os
import platform
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from pellucid import Logger, Task, TaskTypes, UsageError
from pellucid.base.errors import ServerUnavailableError
from pellucid.client.session import Client
from pellucid.testing.git import git, new_repository
from pellucid.testing.processes import stop_uploaders
from pellucid.testing.run_folder import wait_until
from pellucid.wire import tasks
from pellucid.wire.enums import TaskStatus

pytestmark = pytest.mark.usefixtures("configured")


def on_server(client: Client, task: Task) -> tasks.Task:
    """The task's document."""
    return client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task


def new_task(name: str = "a task", **arguments: Any) -> Task:
    """A new task in one project."""
    return Task.init("sdk tests", name, **{"reuse_last_task_id": False, **arguments})


def test_m1_m16_m20_m22_a_task_runs_and_completes(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
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


def test_m12_init_has_the_arguments_of_the_guide() -> None:
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
def test_m11_m15_a_wrong_argument_is_told_at_once(arguments: dict[str, Any], message: str) -> None:
    """By name and value, and nothing is begun."""
    with pytest.raises(UsageError, match=message):
        Task.init(**{"project_name": "sdk tests", "task_name": "wrong", **arguments})

    assert Task.current_task() is None


def test_m17_m19_current_task() -> None:
    """From init to close; a second init with the same names means the same task (sdk-surface M17, M19)."""
    assert Task.current_task() is None
    task = new_task("current")

    assert Task.current_task() is task
    assert Logger.current_logger() is task.get_logger()
    assert Task.init("sdk tests", "current") is task
    assert Task.init() is task
    for other, argument in (
        ({"task_name": "another"}, "task_name is 'another'"),
        ({"project_name": "another"}, "project_name is 'another'"),
        ({"task_type": "testing"}, "task_type is 'testing'"),
    ):
        with pytest.raises(UsageError, match=rf"{argument}.*close it first"):
            Task.init(**other)  # type: ignore[arg-type]  # texts

    task.close()
    task.close()
    assert Task.current_task() is None
    assert Logger.current_logger() is None


def test_a_task_is_not_constructed() -> None:
    """There are two ways to get one."""
    with pytest.raises(UsageError, match=r"Task\.init"):
        Task()


def test_m18_several_tasks_one_after_the_other(client: Client) -> None:
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


def test_m60_an_agent_s_task(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
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


def test_m37_facts_about_the_machine(client: Client) -> None:
    """And the interpreter: what somebody wants to know who reads the results."""
    task = new_task("facts")
    task.flush(wait_for_uploads=True)
    runtime = on_server(client, task).runtime

    assert runtime["hostname"] == os.uname().nodename
    assert runtime["python_version"] == platform.python_version()
    assert runtime["cpu_cores"] == os.cpu_count()
    assert runtime["memory_gb"] > 0
    assert {"OS", "platform", "python_exec"} < runtime.keys()


def test_m15_types() -> None:
    """By name or by member; none is training."""
    for given, type_ in ((None, "training"), ("inference", "inference"), (TaskTypes.qc, "qc")):
        task = new_task("typed", task_type=given)
        assert task.task_type == type_
        task.close()


def test_m11_names_of_three_characters(client: Client) -> None:
    """Are long enough, without the blanks around them; every part of a project's name counts."""
    task = Task.init(" abc/def ", " xyz ")

    assert (task.get_project_name(), task.name, on_server(client, task).name) == ("abc/def", "xyz", "xyz")


def test_m21_m23_projects_are_made_on_the_fly() -> None:
    """Each of a path, once, with its parent; however many ask for it at the same time."""
    drafts: list[Task] = []
    threads = [
        threading.Thread(target=lambda: drafts.append(Task.create("nested one/sub project/sub sub", "at once")))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = {one.name: one for one in Task.get_projects(name="^nested one")}

    assert len({draft.project for draft in drafts}) == 1
    assert sorted(found) == ["nested one", "nested one/sub project", "nested one/sub project/sub sub"]
    assert found["nested one/sub project/sub sub"].parent == found["nested one/sub project"].id
    assert found["nested one/sub project"].parent == found["nested one"].id


def test_m20_m17_after_the_end() -> None:
    """Repeated, or of a task that does not run here, it is harmless; nothing can be connected any more."""
    task = new_task("closed")
    task.close()
    task.close()
    Task.get_task(task_id=task.id).close()

    assert (Task.current_task(), task.status, task.get_progress()) == (None, "completed", 100)
    for call in (lambda: task.connect({"a": 1}), lambda: task.connect_configuration({"a": 1})):
        with pytest.raises(ValueError, match="is completed"):
            call()


SCRIPT = """\
from pellucid import Task
task = Task.init(auto_connect_streams=False)
print(task.get_project_name(), "|", task.name)
"""


def test_m13_m14_names_that_nobody_gave(configured: Path, tmp_path: Path) -> None:
    """The project is that of the repository, the task that of the script."""
    root = new_repository(tmp_path / "checkout", {"train.py": SCRIPT})
    git(root, "remote", "add", "origin", "https://git.example/team/vision-models.git")
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "script.py").write_text(SCRIPT)

    assert _said(root / "train.py") == "vision-models | train"
    assert _said(tmp_path / "plain" / "script.py") == "Untitled | script"


def _said(script: Path) -> str:
    done = subprocess.run([sys.executable, script.name], cwd=script.parent, capture_output=True, text=True, check=True)
    return next(line for line in done.stdout.splitlines() if " | " in line)
