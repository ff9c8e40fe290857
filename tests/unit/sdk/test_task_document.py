"""Tests of ``pellucid.sdk.task_document``: what people find a task by, on a real server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pellucid import Task, UsageError
from pellucid.client.session import Client
from pellucid.testing.processes import stop_uploaders
from pellucid.wire import projects, tasks

pytestmark = pytest.mark.usefixtures("configured")

PROJECT = "document tests"


@pytest.fixture(params=["running", "over"])
def task(request: pytest.FixtureRequest) -> Task:
    """A task that runs here, or one that is over."""
    task = Task.init(PROJECT, "a document", tags=["first"], reuse_last_task_id=False)
    if request.param == "running":
        return task
    task.close()
    return Task.get_task(task_id=task.id)


@pytest.fixture
def seen(client: Client) -> Callable[[Task], tasks.Task]:
    """A task as the server has it."""

    def seen(task: Task) -> tasks.Task:
        task.flush(wait_for_uploads=True)
        return client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task

    return seen


def test_m81_names_and_ids(task: Task, seen: Callable[[Task], tasks.Task]) -> None:
    """The name may change at any time, the id never does."""
    former = task.id
    for rename, name in (
        (lambda name: setattr(task, "name", name), "by property"),
        (task.set_name, "by method"),
        (task.rename, "by the other method"),
    ):
        rename(name)
        assert (task.name, seen(task).name, task.id) == (name, name, former)
    with pytest.raises(AttributeError):
        task.id = "0" * 32  # type: ignore[misc]  # that is the test


def test_tags(task: Task, seen: Callable[[Task], tasks.Task]) -> None:
    """Replaced, added, removed; texts with blanks between them are several."""
    task.add_tags("b c")
    task.add_tags(["b", "d e"])
    assert set(task.get_tags()) == set(seen(task).tags) == {"first", "b", "c", "d e"}
    task.remove_tags("c first")
    task.remove_tags(["missing"])
    assert set(task.get_tags()) == set(seen(task).tags) == {"b", "d e"}
    task.set_tags(["z"])
    assert task.tags == seen(task).tags == ["z"]


def test_system_tags_and_the_archive(task: Task, seen: Callable[[Task], tasks.Task]) -> None:
    """Being put away is one of the labels that programs set."""
    task.set_archived(True)
    assert (task.get_archived(), set(seen(task).system_tags)) == (True, {"archived", "development"})
    task.set_archived(True)
    task.set_archived(False)
    assert (task.get_archived(), seen(task).system_tags) == (False, ["development"])
    task.set_system_tags(["mine"])
    assert task.get_system_tags() == seen(task).system_tags == ["mine"]


def test_comment_type_and_parent(task: Task, seen: Callable[[Task], tasks.Task]) -> None:
    """Small things."""
    parent = Task.create(PROJECT, "the parent")
    task.comment = "for people"
    task.set_task_type("testing")
    task.set_parent(parent)
    assert (task.comment, task.task_type, task.parent) == ("for people", "testing", parent.id)
    assert (seen(task).comment, seen(task).type, seen(task).parent) == ("for people", "testing", parent.id)
    task.set_comment("others")
    task.set_parent(None)
    assert (seen(task).comment, task.parent, seen(task).parent) == ("others", None, None)


def test_m81_a_task_moves(task: Task, seen: Callable[[Task], tasks.Task]) -> None:
    """To a project by name, which is made, or by id."""
    assert task.move_to_project(new_project_name=f"{PROJECT}/new one")
    assert task.get_project_name() == f"{PROJECT}/new one"
    assert task.project == seen(task).project == Task.get_project_id(f"{PROJECT}/new one")
    assert task.project is not None
    assert task.set_project(project_id=Task.get_project_id(PROJECT))
    assert (task.get_project_name(), seen(task).project) == (PROJECT, Task.get_project_id(PROJECT))


def test_a_task_moves_before_its_server_is_there(home: object, client: Client) -> None:
    """The project is made when the run comes to it."""
    task = Task.init(PROJECT, "moves early", reuse_last_task_id=False, deferred_init=True)
    task.move_to_project(new_project_name=f"{PROJECT}/early")
    task.close()

    found = Task.get_task(project_name=f"{PROJECT}/early", task_name="moves early")
    assert found is not None
    assert found.id == task.id


def test_a_run_without_its_server_moves_at_once(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """It is not kept waiting; what it wants is in its journal."""
    monkeypatch.setenv("PELLUCID_API_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("PELLUCID_EXIT_DEADLINE", "0")
    task = Task.init(PROJECT, "moves alone", reuse_last_task_id=False)
    asked: list[object] = []
    monkeypatch.setattr(task._record, "client", lambda: asked.append(1))
    task.move_to_project(new_project_name=f"{PROJECT}/alone")
    task.move_to_project(new_project_id="0" * 32)
    task.move_to_project(new_project_name=f"{PROJECT}/again")

    assert (task.get_project_name(), asked) == (f"{PROJECT}/again", [])
    task.close()
    stop_uploaders(home / "runs" / task.id)


@pytest.mark.parametrize(("progress", "expected"), [(0, 0), (50, 50), (49.6, 50), (100, 100)])
def test_m75_m76_progress(task: Task, seen: Callable[[Task], tasks.Task], progress: float, expected: int) -> None:
    """A number from 0 to 100, rounded."""
    task.set_progress(progress)

    assert (task.get_progress(), seen(task).runtime["progress"]) == (expected, str(expected))


def test_m76_no_progress() -> None:
    """Before anybody said any."""
    assert Task.create(PROJECT, "no progress").get_progress() is None


def test_m78_progress_of_a_failed_task() -> None:
    """Stays what it was."""
    task = Task.init(PROJECT, "fails", reuse_last_task_id=False)
    task.set_progress(30)
    task.mark_failed()
    task.close()

    seen = Task.get_task(task_id=task.id)
    assert (seen.status, seen.get_progress()) == ("failed", 30)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda task: task.set_progress(101), "progress is 101; allowed is a number from 0 to 100"),
        (lambda task: task.set_progress(-1), "progress is -1"),
        (lambda task: task.set_progress("half"), "progress is 'half'"),
        (lambda task: task.set_progress(float("nan")), "progress is nan"),
        (lambda task: task.set_name("ab"), "name is 'ab'"),
        (lambda task: task.rename(" ab "), "new_name is ' ab '"),
        (lambda task: task.set_comment(3), "comment is 3"),
        (lambda task: task.set_tags("a b"), "tags is 'a b'"),
        (lambda task: task.add_tags([3]), r"tags is \[3\]"),
        (lambda task: task.set_task_type("zzz"), "task_type is 'zzz'; allowed are training"),
        (lambda task: task.set_parent(3), "parent is 3"),
        (lambda task: task.set_parent("0" * 32), "parent is '0+'; there is none of that id"),
        (lambda task: task.set_parent(task.id), r"parent is .*; allowed is another task"),
        (lambda task: task.set_archived("yes"), "archive is 'yes'"),
        (lambda task: task.move_to_project(), "new_project_id and new_project_name: exactly one"),
        (lambda task: task.move_to_project("a", "b"), "new_project_id and new_project_name: exactly one"),
        (lambda task: task.move_to_project(new_project_name="ab"), "new_project_name is 'ab'"),
        (lambda task: task.move_to_project("0" * 32), r"new_project_id is '0000.*there is none of that id"),
    ],
)
def test_wrong_values_are_told_at_once(client: Client, call: Callable[[Task], object], message: str) -> None:
    """And nothing is changed, or made."""
    task = Task.create(PROJECT, "a draft")
    before = task.data
    with pytest.raises(UsageError, match=message):
        call(task)

    assert task.data == before
    assert client.send(projects.GET_ALL, projects.GetAll(name="^ab$")).projects == []
