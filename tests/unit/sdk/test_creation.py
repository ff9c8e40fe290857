"""Tests of ``pellucid.sdk.creation``: tasks that are overwritten by the next run, or go on in it, on a real server."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pellucid import Task, UsageError
from pellucid.base.errors import RequestRefusedError
from pellucid.base.log import logger
from pellucid.client.session import Client
from pellucid.wire import auth, tasks

pytestmark = pytest.mark.usefixtures("configured")


def on_server(client: Client, task: Task) -> tasks.Task:
    """The task's document."""
    return client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task


def new_task(name: str = "a task", **arguments: Any) -> Task:
    """A new task in one project."""
    return Task.init("sdk tests", name, **{"reuse_last_task_id": False, **arguments})


def rerun(name: str, **arguments: Any) -> str:
    """Run a script of a name once more, and return its task's id."""
    task = Task.init("reuse tests", name, **arguments)
    task.close()
    return task.id


def test_m54_m57_the_last_task_is_reused(client: Client) -> None:
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


def test_m56_a_task_with_artifacts_is_not_reused() -> None:
    """Somebody may want to keep them (sdk-surface M56)."""
    first = Task.init("sdk tests", "keeps something")
    first.upload_artifact("note", "keep me")
    first.close()

    assert Task.init("sdk tests", "keeps something").id != first.id


def test_m53_m55_m58_reuse_can_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_m61_m62_m64_m69_a_task_is_continued() -> None:
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
def test_m66_m67_a_task_is_continued_with_an_offset(offset: int, x: int) -> None:
    """0 is an offset, not False (sdk-surface M66, M67)."""
    first = new_task(f"offset {offset}")
    first.get_logger().report_scalar("loss", "train", 1.0, 7)
    first.close()
    second = Task.init("sdk tests", f"offset {offset}", continue_last_task=offset)
    second.get_logger().report_scalar("loss", "train", 2.0, 0)

    assert second.id == first.id
    assert sorted(second.get_reported_scalars()["loss"]["train"]["x"]) == sorted([7, x])


def test_m65_a_task_is_continued_by_its_id() -> None:
    """Whatever the names are now; an unknown id is an error (sdk-surface M65, C23)."""
    first = new_task("by id")
    first.close()
    second = Task.init("sdk tests", "other name", continue_last_task=first.id)

    assert second.id == first.id
    second.close()
    with pytest.raises(UsageError, match="continue_last_task: there is no task"):
        Task.init("sdk tests", "other name", continue_last_task="0" * 32)


def test_m57_all_that_a_task_was_is_wiped(client: Client) -> None:
    """But for the user's tags: parameters, properties, configuration, container, comment, output destination."""
    first = Task.init("reuse tests", "wiped", tags=["old"], output_uri="/somewhere")
    first.connect({"lr": 1})
    first.set_user_properties(owner="ada")
    first.connect_configuration({"a": 1})
    first.set_base_docker("image")
    first.set_comment("of the first")
    first.get_logger().report_text("a line of the first")
    first.close()
    second = Task.init("reuse tests", "wiped", tags=["new"])
    running = on_server(client, second)

    assert second.id == first.id
    assert (running.status, set(running.tags)) == ("in_progress", {"old", "new"})
    assert (running.hyperparams, running.configuration, running.container) == ({}, {}, {})
    assert running.comment.startswith("Auto-generated at ")
    assert running.output["destination"] == ""
    assert "a line of the first" not in second.get_reported_console_output(10)


def test_m54_a_run_of_yesterday_is_left_alone(home: Path) -> None:
    """What counts is how long ago the last one was, on this machine."""
    first = rerun("yesterday")
    assert rerun("yesterday") == first
    remembered = home / "session.json"
    entries = json.loads(remembered.read_text())
    for entry in entries.values():
        entry["time"] -= 25 * 3600
    remembered.write_text(json.dumps(entries))

    assert rerun("yesterday") != first


def test_m53_m56_what_somebody_may_want_is_not_reused() -> None:
    """Neither what is published or archived, nor what has another name now, or is no development any more."""
    changes: list[Callable[[Task], object]] = [
        lambda task: task.publish(),
        lambda task: task.set_archived(True),
        lambda task: task.rename("another name"),
        lambda task: task.set_system_tags([]),
        lambda task: task.delete(delete_artifacts_and_models=False),
    ]
    for change in changes:
        first = rerun("kept for somebody")
        change(Task.get_task(task_id=first))
        assert rerun("kept for somebody") != first


def test_m59_a_named_task_is_reused() -> None:
    """If it is one that may be; otherwise there is a new one."""
    first = rerun("named", reuse_last_task_id=False)
    rerun("named", reuse_last_task_id=False)
    assert rerun("named", reuse_last_task_id=first) == first
    Task.get_task(task_id=first).publish()
    assert rerun("named", reuse_last_task_id=first) != first
    assert rerun("named", reuse_last_task_id="0" * 32) != first


def test_m63_without_continuing_the_last_run_is_overwritten() -> None:
    """Only what the second one reported is there."""
    for value in (1.0, 2.0):
        task = Task.init("reuse tests", "overwritten")
        task.get_logger().report_scalar("loss", "train", value, int(value))
        task.close()

    assert task.get_all_reported_scalars()["loss"]["train"] == {"name": "train", "x": [2], "y": [2.0]}


def test_m64_nothing_to_continue(home: Path) -> None:
    """Is a new task, and no error; so is one that must not be reused."""
    first = rerun("continued or not", continue_last_task=True)
    assert rerun("continued or not", continue_last_task=True) == first
    assert rerun("continued or not", continue_last_task=True, reuse_last_task_id=False) != first
    (home / "session.json").unlink()
    assert rerun("continued or not", continue_last_task=True) != first


@pytest.mark.parametrize(("reported", "expected"), [([], 0), ([100], 101), ([3, 7, 5], 8)])
def test_m62_m69_where_a_continued_task_goes_on(reported: list[int], expected: int) -> None:
    """Behind the last iteration, if there was one."""
    first = new_task("goes on")
    for iteration in reported:
        first.get_logger().report_scalar("loss", "train", 1.0, iteration)
    first.close()
    second = Task.init("sdk tests", "goes on", continue_last_task=True)
    second.get_logger().report_scalar("gain", "train", 1.0, 0)

    assert second.get_initial_iteration() == expected
    assert second.get_reported_scalars()["gain"]["train"]["x"] == [expected]


def test_m68_an_offset_and_a_task() -> None:
    """Both are named."""
    first = rerun("with an offset", reuse_last_task_id=False)
    rerun("with an offset", reuse_last_task_id=False)
    second = Task.init("reuse tests", "with an offset", continue_last_task=10, reuse_last_task_id=first)

    assert (second.id, second.get_initial_iteration()) == (first, 10)


def test_the_offset_can_be_changed() -> None:
    """For what is reported from then on, by plots as well as by scalars; it is an integer."""
    task = new_task("moved")
    task.get_logger().report_scalar("loss", "train", 1.0, 0)
    assert (task.get_initial_iteration(), task.set_initial_iteration(50)) == (0, 50)
    task.get_logger().report_scalar("loss", "train", 2.0, 1)
    task.get_logger().report_scalar("other", "train", 2.0, 1)
    task.get_logger().report_single_value("best", 3.0)
    task.get_logger().report_histogram("bars", "h", [1, 2], iteration=2)

    assert task.get_reported_scalars()["loss"]["train"]["x"] == [0, 51]
    assert task.get_reported_scalars()["other"]["train"]["x"] == [51]
    assert task.get_reported_single_values() == {"best": 3.0}
    assert [plot["iter"] for plot in task.get_reported_plots()] == [52]
    with pytest.raises(UsageError, match=r"offset is 1\.5"):
        task.set_initial_iteration(1.5)  # type: ignore[arg-type]
    task.close()
    seen = Task.get_task(task_id=task.id)
    assert seen.set_initial_iteration(100) == 100
    seen.get_logger().report_scalar("loss", "train", 2.0, 1)
    assert seen.get_reported_scalars()["loss"]["train"]["x"] == [0, 51, 101]


def test_the_container_of_new_tasks(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the environment says, for runs and drafts; what the program says comes first."""
    monkeypatch.setenv("CLEARML_DOCKER_IMAGE", "image:1 --rm")
    monkeypatch.setenv("CLEARML_DOCKER_BASH_SCRIPT", "echo ready")
    expected = {"image": "image:1", "arguments": "--rm", "setup_shell_script": "echo ready"}
    task = new_task("in a container")

    assert task.data.container == on_server(client, task).container == expected
    assert Task.create("sdk tests", "in a container").data.container == expected
    assert Task.create("sdk tests", "in another", docker="other").get_base_docker() == "other"


def test_a_token_is_as_good_as_keys(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """For all who talk to the server: the program, its uploader, who looks at the task."""
    token = client.send(auth.LOGIN, auth.Login()).token
    for variable in ("ACCESS_KEY", "SECRET_KEY"):
        monkeypatch.delenv(f"PELLUCID_API_{variable}")
    with pytest.raises(RequestRefusedError):
        Task.get_tasks(project_name="sdk tests")
    monkeypatch.setenv("CLEARML_AUTH_TOKEN", token)
    task = new_task("by a token")
    task.get_logger().report_scalar("loss", "train", 1.0, 0)
    task.close()

    assert Task.get_task(task_id=task.id).get_last_scalar_metrics()["loss"]["train"]["last"] == 1.0


def test_our_own_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Are logged from the level on that the environment says."""
    before = logger.level
    monkeypatch.setenv("CLEARML_LOG_LEVEL", "ERROR")
    new_task("quiet")
    assert logger.level == logging.ERROR
    logger.setLevel(before)
