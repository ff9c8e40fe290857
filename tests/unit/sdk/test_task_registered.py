"""Tests of ``pellucid.sdk.task_registered``: tables that are stored as they change, on a real server."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from pellucid import Task, UsageError
from pellucid.client.session import Client
from pellucid.wire import tasks

pytestmark = pytest.mark.usefixtures("configured")


@pytest.fixture
def task() -> Task:
    """The task that runs."""
    return Task.init("sdk tests", "registered", reuse_last_task_id=False)


@pytest.fixture
def frame() -> pd.DataFrame:
    """A table with a row twice."""
    return pd.DataFrame({"file": ["a", "b", "b"], "label": [1, 2, 2]})


def test_a_table_is_stored_as_it_changes(task: Task, frame: pd.DataFrame, client: Client) -> None:
    """When it is registered, when the task is flushed, at the end; no more often than it changes."""
    task.register_artifact("files", frame, metadata={"split": "train"})
    assert task.get_registered_artifacts()["files"] is frame
    assert task.artifacts["files"].get().to_dict("list") == {"file": ["a", "b"], "label": [1, 2]}
    frame.loc[3] = ["c", 3]
    task.flush(wait_for_uploads=True)
    first = task.artifacts["files"]
    assert list(first.get()["file"]) == ["a", "b", "c"]
    task.flush(wait_for_uploads=True)
    assert task.artifacts["files"].timestamp == first.timestamp
    frame.loc[4] = ["d", 4]
    task.close()

    (listed,) = client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task.execution["artifacts"]
    assert (listed["type"], listed["display_data"]) == ("data-audit-table", [["split", "train"]])
    assert list(Task.get_task(task_id=task.id).artifacts["files"].get()["file"]) == ["a", "b", "c", "d"]


def test_which_rows_are_the_same(task: Task, frame: pd.DataFrame) -> None:
    """By all columns, by some, or none."""
    frame.loc[3] = ["b", 5]
    for name, columns, rows in (("all", True, 3), ("some", ["file"], 2), ("none", False, 4)):
        task.register_artifact(name, frame, uniqueness_columns=columns)
        assert len(task.artifacts[name].get()) == rows


def test_what_is_no_longer_registered_stays_as_it_was(task: Task, frame: pd.DataFrame) -> None:
    """As it was when somebody said so."""
    task.register_artifact("files", frame)
    frame.loc[3] = ["c", 3]
    task.unregister_artifact("files")
    task.unregister_artifact("missing")
    frame.loc[4] = ["d", 4]
    task.flush()

    assert task.get_registered_artifacts() == {}
    assert list(task.artifacts["files"].get()["file"]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda task, frame: task.register_artifact("x", [1]), "artifact is of type list; allowed is a DataFrame"),
        (lambda task, frame: task.register_artifact("", frame), "name is ''"),
        (lambda task, frame: task.register_artifact("x", frame, metadata=3), "metadata is 3"),
        (
            lambda task, frame: task.register_artifact("x", frame, uniqueness_columns=["colour"]),
            "uniqueness_columns has 'colour', which is no column",
        ),
    ],
)
def test_what_can_t_be_registered(
    task: Task, frame: pd.DataFrame, call: Callable[[Task, pd.DataFrame], object], message: str
) -> None:
    """Is told at once, and nothing is stored."""
    with pytest.raises(UsageError, match=message):
        call(task, frame)
    assert dict(task.artifacts) == {}


def test_only_of_a_running_task(task: Task, frame: pd.DataFrame) -> None:
    """Another one has nobody who looks at the table."""
    task.close()

    with pytest.raises(UsageError, match="only a task that runs in this process"):
        task.register_artifact("files", frame)
