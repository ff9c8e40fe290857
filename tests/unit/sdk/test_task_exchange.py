"""Tests of ``pellucid.sdk.task_exchange``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pellucid import Task, UsageError
from pellucid.client.session import Client
from pellucid.wire import tasks

pytestmark = pytest.mark.usefixtures("configured")

PROJECT = "exchange tests"


@pytest.fixture
def task() -> Task:
    """A draft with something of everything."""
    task = Task.create(
        PROJECT,
        "exported",
        task_type="testing",
        repo="https://git.example/x.git",
        script="a.py",
        packages=["numpy"],
        docker="image --rm",
        argparse_args={"lr": 0.1},
    )
    task.set_configuration_object("settings", config_dict={"a": 1})
    task.set_comment("for people")
    task.set_tags(["x"])
    return task


def same(task: Task) -> dict[str, Any]:
    """What is the same of an exported task and its copy."""
    return {key: value for key, value in task.export_task().items() if key not in ("id", "name")}


def test_a_task_is_exported_and_imported(task: Task) -> None:
    """By way of a text; into a new draft of the same project."""
    exported = json.loads(json.dumps(task.export_task()))
    copy = Task.import_task({**exported, "name": "imported"})

    assert copy is not None
    assert copy.id != task.id
    assert (copy.name, copy.status, copy.get_project_name()) == ("imported", "created", PROJECT)
    assert same(copy) == same(task)


def test_what_a_task_made_is_left_out() -> None:
    """A copy has made nothing yet."""
    running = Task.init(PROJECT, "makes something", reuse_last_task_id=False)
    running.upload_artifact("note", "text")
    running.get_logger().report_scalar("loss", "train", 1.0, 0)
    running.close()
    copy = Task.import_task(running.export_task())

    assert copy is not None
    assert (dict(copy.artifacts), copy.get_last_scalar_metrics(), copy.status) == ({}, {}, "created")


def test_a_draft_is_overwritten(task: Task) -> None:
    """With what the dictionary says; what it does not, stays or goes."""
    other, third = Task.create(PROJECT, "other", argparse_args={"n": 1}), Task.create(PROJECT, "third", docker="image")
    partly = {"name": "renamed", "hyperparams": task.export_task()["hyperparams"]}

    updated = Task.import_task(partly, target_task=other, update=True)
    assert updated is not None
    assert (other.name, other.get_parameters()) == ("renamed", {"Args/lr": "0.1"})
    assert Task.import_task(partly, target_task=third.id) is not None
    assert (third.name, third.get_parameters(), third.get_base_docker()) == ("renamed", {"Args/lr": "0.1"}, "")


def test_a_task_overwrites_itself(task: Task, client: Client) -> None:
    """Also the one that runs."""
    running = Task.init(PROJECT, "overwrites itself", reuse_last_task_id=False)
    entry_point = running.get_script()["entry_point"]
    assert running.update_task({"comment": "new", "script": {"branch": "next"}, "output": {"destination": "s3://b"}})
    running.flush(wait_for_uploads=True)

    for seen in (running.data, client.send(tasks.GET_BY_ID, tasks.GetById(task=running.id)).task):
        assert (seen.comment, seen.script["branch"], seen.script["entry_point"]) == ("new", "next", entry_point)
        assert seen.output["destination"] == "s3://b"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Task.import_task([]), r"task_data is \[\]"),  # type: ignore[arg-type]
        (lambda: Task.import_task({"colour": "red"}), "task_data has 'colour'; allowed are"),
        (lambda: Task.import_task({"comment": "x"}), "task_data has no name"),
        (lambda: Task.import_task({"name": "ab"}), r"task_data\['name'\] is 'ab'"),
        (lambda: Task.import_task({"name": "abc", "script": 3}), "task_data: Expected"),
        (lambda: Task.import_task({"name": "abc"}, target_task=3), "target_task is 3"),
        (lambda: Task.import_task({"name": "abc"}, target_task="0" * 32), "there is no task"),
    ],
)
def test_what_can_t_be_imported(call: Callable[[], object], message: str) -> None:
    """Is told at once."""
    with pytest.raises(UsageError, match=message):
        call()
