"""Tests of ``pellucid.sdk.task_status``: the life of tasks, on a real server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import urllib3

from pellucid import Task, UsageError
from pellucid.base.errors import RequestRefusedError
from pellucid.client.session import Client
from pellucid.wire import tasks

pytestmark = pytest.mark.usefixtures("configured")

PROJECT = "status tests"


def draft() -> Task:
    """A task that nobody has run yet."""
    return Task.create(PROJECT, "a draft")


def finished(name: str = "finished") -> Task:
    """A task that is over."""
    task = Task.init(PROJECT, name, reuse_last_task_id=False)
    task.get_logger().report_scalar("loss", "train", 1.0, 0)
    task.upload_artifact("note", "keep me")
    task.close()
    return task


def test_a_draft_is_marked(client: Client) -> None:
    """By hand, from one status to the next."""
    task = draft()
    for mark, status in (
        (task.mark_started, "in_progress"),
        (task.mark_stopped, "stopped"),
        (task.mark_started, "in_progress"),
        (task.mark_completed, "completed"),
    ):
        mark()
        assert task.get_status() == task.status == status


def test_somebody_is_asked_to_stop_it() -> None:
    """If nobody runs it, it is stopped at once; a draft can't be."""
    task = draft()
    with pytest.raises(RequestRefusedError):
        task.mark_stop_request()
    task.mark_started()
    task.mark_stop_request(status_message="enough")

    assert task.get_status() == "stopped"


def test_reasons_and_messages() -> None:
    """Are kept with a status."""
    task = draft()
    task.mark_started()
    task.mark_failed(status_reason="no data", status_message="the disk was not there")

    assert (task.status, task.get_status_message()) == ("failed", ("no data", "the disk was not there"))


def test_what_a_status_does_not_allow() -> None:
    """Is logged if errors are to be ignored, and raised otherwise; ``force`` does it."""
    task = draft()
    task.mark_started()
    task.mark_completed()

    task.mark_failed()
    assert task.status == "completed"
    with pytest.raises(RequestRefusedError, match="completed"):
        task.mark_failed(ignore_errors=False)
    with pytest.raises(RequestRefusedError):
        task.mark_stopped()
    task.mark_failed(force=True)
    assert task.status == "failed"


@pytest.mark.parametrize(("mark", "status"), [("mark_completed", "completed"), ("mark_failed", "failed")])
def test_what_the_program_says_of_its_end_holds(mark: str, status: str) -> None:
    """Close does not overwrite it."""
    task = Task.init(PROJECT, "says its end", reuse_last_task_id=False)
    getattr(task, mark)(status_message="by hand")
    task.close()

    assert (task.status, task.data.status_message) == (status, "by hand")


def test_publishing() -> None:
    """What is over can be published, and nothing else."""
    task = finished()
    task.publish()

    assert Task.get_task(task_id=task.id).status == "published"
    with pytest.raises(UsageError, match="is published; only completed or stopped tasks are published"):
        task.publish()
    with pytest.raises(UsageError, match="is created; only completed or stopped tasks are published"):
        draft().publish()


def test_a_reset_task_is_a_draft_again() -> None:
    """Without what it reported; it may begin again at once."""
    task = finished()
    task.reset()
    assert (task.status, task.get_last_scalar_metrics(), dict(task.artifacts)) == ("created", {}, {})
    assert task.get_script()["entry_point"]
    task.reset(set_started_on_success=True)
    assert task.status == "in_progress"
    task.mark_completed()
    task.publish()
    with pytest.raises(RequestRefusedError, match="published"):
        task.reset()
    task.reset(force=True)
    assert task.status == "created"


def test_waiting_for_a_status() -> None:
    """Until somebody changes it; a failure is an error."""
    task = draft()
    task.mark_started()
    timer = threading.Timer(0.1, Task.get_task(task_id=task.id).mark_completed)
    timer.start()
    task.wait_for_status(check_interval_sec=0.02)
    timer.join()
    assert task.status == "completed"

    task.wait_for_status("completed")
    task.mark_failed(status_message="no luck", force=True)
    with pytest.raises(RuntimeError, match=f"task {task.id} is failed: no luck"):
        task.wait_for_status()
    task.wait_for_status(["failed"], raise_on_status=None)
    with pytest.raises(UsageError, match="a status in status is 'done'; allowed are"):
        task.wait_for_status(["done"])
    with pytest.raises(UsageError, match="check_interval_sec is 0"):
        task.wait_for_status(check_interval_sec=0)


def exists(client: Client, url: str) -> bool:
    """Whether a file is on the server."""
    response = client.request("GET", url)
    assert isinstance(response, urllib3.BaseHTTPResponse)
    return response.status == 200


def test_deleting_a_task_and_its_files(client: Client, tmp_path: Path) -> None:
    """Nothing is left; a file that is not kept by a server stays."""
    task = Task.init(PROJECT, "to be deleted", reuse_last_task_id=False)
    task.upload_artifact("note", "text", wait_on_upload=True)
    own = tmp_path / "own.txt"
    own.write_text("mine")
    task.upload_artifact("link", own.as_uri())
    task.close()
    (url,) = [artifact.url for artifact in task.artifacts.values() if artifact.url.startswith("http")]
    assert exists(client, url)

    assert task.delete()
    assert not exists(client, url)
    assert own.exists()
    with pytest.raises(UsageError, match="there is no task"):
        Task.get_task(task_id=task.id)


def test_deleting_a_task_but_not_its_files(client: Client) -> None:
    """All of them stay, or those that the program wants to keep."""
    kept, chosen = finished("files stay"), finished("file is asked for")
    asked: list[tuple[str, str]] = []

    def keep(kind: str, address: str) -> bool:
        asked.append((kind, address))
        return False

    urls = [task.artifacts["note"].url for task in (kept, chosen)]
    assert kept.delete(delete_artifacts_and_models=False)
    assert chosen.delete(callback=keep)
    assert [exists(client, url) for url in urls] == [True, True]
    assert asked == [("artifact", urls[1])]


def test_what_can_t_be_deleted() -> None:
    """The task that runs here; one that is gone already is no error unless it is to be one."""
    running = Task.init(PROJECT, "runs", reuse_last_task_id=False)
    for call in (running.delete, running.reset):
        with pytest.raises(UsageError, match=r"runs in this process; close it first"):
            call()
    task = draft()
    other = Task.get_task(task_id=task.id)
    assert task.delete(raise_on_error=True)
    assert not other.delete()
    with pytest.raises(UsageError, match="there is no task"):
        other.delete(raise_on_error=True)


def test_a_stored_task_can_be_reported_to() -> None:
    """By requests to the server at once."""
    task = Task.init(PROJECT, "reported to", reuse_last_task_id=False)
    assert Task.get_task(task_id=task.id) is task  # this process runs it
    task.mark_stopped(status_message="enough")
    task.close()

    seen = Task.get_task(task_id=task.id)
    assert seen is not task
    assert (seen.status, seen.data.status_message) == ("stopped", "enough")
    seen.get_logger().report_scalar("loss", "test", 0.25, 3)
    assert seen.get_last_scalar_metrics()["loss"]["test"]["last"] == 0.25


def test_m85_a_task_that_is_over_can_be_looked_at() -> None:
    """Its state, its numbers, what it made; as they are now, not as they were."""
    task = finished()
    seen = Task.get_task(task_id=task.id)

    assert (seen.status, seen.get_status()) == ("completed", "completed")
    assert seen.get_last_scalar_metrics()["loss"]["train"] == {"last": 1.0, "min": 1.0, "max": 1.0}
    assert seen.artifacts["note"].get() == "keep me"
    assert list(seen.models["output"]) == []
    task.mark_failed(force=True)
    seen.reload()
    assert seen.status == "failed"


def test_the_document_says_the_same(client: Client) -> None:
    """Whoever asks."""
    task = finished()

    assert task.data == client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task


CALLS: list[Callable[[Task], object]] = [Task.mark_started, Task.mark_stopped, Task.reset]


@pytest.mark.parametrize("call", CALLS)
def test_nothing_comes_of_a_task_that_is_gone(call: Callable[[Task], object]) -> None:
    """The server says so."""
    task = draft()
    Task.get_task(task_id=task.id).delete()

    with pytest.raises((RequestRefusedError, UsageError)):
        call(task)
