"""Tests of ``pellucid.sdk.task_queueing``: copies and queues, on a real server."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from pellucid import Task, UsageError
from pellucid.base.errors import RequestRefusedError
from pellucid.client.session import Client
from pellucid.wire import queues

pytestmark = pytest.mark.usefixtures("configured")

PROJECT = "queueing tests"


@pytest.fixture
def queue(client: Client) -> str:
    """The name of an empty queue."""
    name = f"queue (of) {uuid4().hex}"
    client.send(queues.CREATE, queues.Create(name=name))
    return name


@pytest.fixture
def original() -> Task:
    """A task that is over."""
    task = Task.init(PROJECT, "original task", reuse_last_task_id=False, tags=["mine"])
    task.set_parameters({"Args/lr": 0.1})
    task.set_configuration_object("plan", "a: 1")
    task.get_logger().report_scalar("loss", "train", 1.0, 0)
    task.upload_artifact("note", "left behind")
    task.close()
    return task


def test_m109_m110_m111_m113_a_clone(original: Task) -> None:
    """Is a draft that has what the original is to execute, and nothing of what it did."""
    clone = Task.clone(source_task=original)

    assert (clone.name, clone.status, clone.project) == ("Clone Of original task", "created", original.project)
    assert clone.get_parameters() == original.get_parameters()
    assert clone.get_configuration_object("plan") == "a: 1"
    assert clone.get_tags() == ["mine"]
    assert clone.parent == original.id
    assert (clone.artifacts, clone.get_last_scalar_metrics()) == ({}, {})


def test_m112_m114_a_clone_of_other_names_and_values(original: Task) -> None:
    """Name, project, parent and comment can be given, and its parameters replaced; the source may be an id."""
    other = Task.create(f"{PROJECT}/other", "another")

    clone = Task.clone(original.id, name="a new one", comment="why", parent=other.id, project=other.project)
    clone.set_parameters({"epochs": 3, "lr": 0.5})

    assert (clone.name, clone.comment, clone.parent, clone.project) == ("a new one", "why", other.id, other.project)
    assert set(clone.get_parameters()) == {"General/epochs", "General/lr"}
    assert Task.clone(clone).parent == other.id, "a clone of a clone is its sibling"


def test_a_running_task_is_cloned_as_it_is_now() -> None:
    """With what the program has just set."""
    task = Task.init(PROJECT, "running", reuse_last_task_id=False)
    task.set_parameters({"Args/lr": 0.25})

    assert Task.clone(task).get_parameters() == {"Args/lr": "0.25"}


def test_m118_a_task_waits_in_a_queue(queue: str) -> None:
    """By the name or the id of the queue, until it is taken out; the task knows its queue."""
    task = Task.create(PROJECT, "waiting")

    answer = Task.enqueue(task, queue_name=queue)

    assert (answer.queued, answer.updated, task.status) == (1, 1, "queued")
    assert Task.get_num_enqueued_tasks(queue_name=queue) == 1
    assert task.get_executed_queue(return_name=True) == queue
    assert Task.dequeue(task.id).dequeued == 1
    assert (task.status, Task.get_num_enqueued_tasks(queue_name=queue)) == ("created", 0)
    queue_id = Task.create(PROJECT, "never waited").get_executed_queue()
    assert queue_id is None


def test_m118_a_completed_task_is_reset_first(original: Task, queue: str) -> None:
    """Or put into the queue by force."""
    with pytest.raises(RequestRefusedError):
        Task.enqueue(original, queue_name=queue)
    original.reset()
    Task.enqueue(original, queue_name=queue)

    assert original.status == "queued"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "give exactly one of them"),
        ({"queue_name": "one", "queue_id": "two"}, "give exactly one of them"),
        ({"queue_name": "no such queue"}, "queue_name: there is no queue 'no such queue'; there are: "),
        ({"queue_id": "0" * 32}, "queue_id: there is no queue '0000"),
        ({"queue_name": 3}, "queue_name is 3"),
    ],
)
def test_m118_a_queue_that_is_none(given: dict[str, Any], sentence: str) -> None:
    """A sentence says what there is."""
    task = Task.create(PROJECT, "a draft")

    with pytest.raises(UsageError, match=sentence):
        Task.enqueue(task, **given)


@pytest.mark.parametrize("given", [None, 3, ""])
def test_a_task_that_is_none(given: object) -> None:
    """Is refused by name."""
    with pytest.raises(UsageError, match="source_task is "):
        Task.clone(given)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"^task is "):
        Task.enqueue(given, queue_name="default")  # type: ignore[arg-type]
