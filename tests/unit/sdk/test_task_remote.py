"""Tests of ``pellucid.sdk.task_remote``: the script goes on under an agent, which these tests play."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pellucid import Task, UsageError
from pellucid.client.session import Client
from pellucid.wire import queues

PROJECT = "remote tests"


@pytest.fixture
def queue(client: Client) -> str:
    """The name of an empty queue."""
    name = f"queue {uuid4().hex}"
    client.send(queues.CREATE, queues.Create(name=name))
    return name


def begin() -> Task:
    """A task that this process runs."""
    return Task.init(PROJECT, "local at first", reuse_last_task_id=False)


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("argument", ["queue_name", "queue"])
def test_m120_m124_m125_the_same_task_goes_on_under_an_agent(
    queue: str, argument: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process ends well, the task waits; what it reported stays, and what it reports later comes after that. A
    parameter that was changed while it waited is the one that counts."""
    given: dict[str, Any] = {argument: queue}
    task = begin()
    task.connect({"rate": 0.1})
    task.get_logger().report_scalar("loss", "train", 1.0, 4)
    with pytest.raises(SystemExit) as exited:
        task.execute_remotely(**given)

    assert not exited.value.code
    assert (task.status, Task.current_task()) == ("queued", None)
    assert task.get_executed_queue(return_name=True) == queue

    task.set_parameter("General/rate", 0.5)
    monkeypatch.setenv("CLEARML_TASK_ID", task.id)
    again = begin()
    assert again.execute_remotely(queue_name="no such queue") is None
    assert (again.id, Task.running_locally()) == (task.id, False)
    assert again.connect({"rate": 0.1}) == {"rate": 0.5}
    again.get_logger().report_scalar("loss", "train", 2.0, 0)
    assert again.get_reported_scalars()["loss"]["train"]["x"] == [4, 5]


@pytest.mark.usefixtures("configured")
def test_m121_a_clone_waits_instead(queue: str) -> None:
    """The process goes on with its own task if it is told to."""
    task = begin()
    task.set_parameters({"Args/lr": 0.1})

    clone = task.execute_remotely(queue_name=queue, clone=True, exit_process=False)

    assert clone is not None
    assert (clone.status, clone.get_parameters(), task.status) == ("queued", {"Args/lr": "0.1"}, "in_progress")
    assert clone.id != task.id
    with pytest.raises(SystemExit):
        task.execute_remotely(queue_name=queue, clone=True)
    assert Task.get_num_enqueued_tasks(queue_name=queue) == 2
    assert task.status == "in_progress", "it ends as the process does"


@pytest.mark.usefixtures("configured")
def test_m123_without_a_queue_it_becomes_a_draft() -> None:
    """That is nobody's development any more, and has nothing of what was reported."""
    task = begin()
    task.get_logger().report_scalar("loss", "train", 1.0, 0)

    with pytest.raises(SystemExit):
        task.execute_remotely()

    assert (task.status, task.get_system_tags(), task.get_last_scalar_metrics()) == ("created", [], {})


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"exit_process": False}, "exit_process is False and clone is False"),
        ({"queue_name": "no such queue"}, "queue_name: there is no queue"),
        ({"clone": "yes"}, "clone is 'yes'"),
    ],
)
def test_m122_what_cannot_be(given: dict[str, Any], sentence: str) -> None:
    """Raises at once, and the task goes on."""
    task = begin()

    with pytest.raises(UsageError, match=sentence):
        task.execute_remotely(**given)

    assert Task.current_task() is task


@pytest.mark.usefixtures("configured")
def test_m120_a_task_that_does_not_run_here(queue: str) -> None:
    """Is only put into the queue."""
    draft = Task.create(PROJECT, "elsewhere")
    with pytest.raises(UsageError, match="queue_name is None"):
        draft.execute_remotely()

    assert draft.execute_remotely(queue_name=queue) is None
    assert draft.status == "queued"


def test_a_task_without_a_server(home: Path) -> None:
    """Can't go anywhere."""
    Task.set_offline(True)
    with pytest.raises(UsageError, match="has no server"):
        begin().execute_remotely(queue_name="default")
