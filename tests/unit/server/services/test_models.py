"""``models.*``: creating, reading and editing (protocol §2.5)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture
def model(api: Api) -> str:
    """The id of a model as the genuine SDK first makes it."""
    body = {"uri": "http://files/uploading_file", "name": "Anonymous model", "labels": {}, "ready": False}
    answer = api.data("models.create", {**body, "public": False})
    assert answer["created"] is True
    return str(answer["id"])


def read(api: Api, model: str) -> dict[str, Any]:
    """A model's document."""
    return dict(api.data("models.get_by_id", {"model": model})["model"])


def test_a_model_is_made_in_steps(api: Api, model: str) -> None:
    """As the genuine SDK does it; sections are objects and lists even when they are empty."""
    empty = read(api, model)
    assert (empty["tags"], empty["system_tags"], empty["labels"], empty["design"], empty["metadata"]) == (
        [],
        [],
        {},
        {},
        {},
    )
    project = api.data("projects.create", {"name": new_id()})["id"]
    task = api.running_task(project=project)
    fields = {
        "name": "net",
        "comment": f"Created by task id: {task}",
        "tags": ["x", "a"],
        "system_tags": [],
        "framework": "PyTorch",
        "design": {"design": "layers: 3"},
        "labels": {"cat": 1},
        "project": project,
        "task": task,
    }
    api.data("models.edit", {"model": model, "uri": "http://files/uploading_file", **fields})
    answer = api.data("models.edit", {"model": model, "uri": "http://files/w.pt", "iteration": 7})

    assert answer["updated"] == 1
    assert answer["fields"]["uri"] == "http://files/w.pt"
    document = read(api, model)
    assert {key: document[key] for key in fields} == {**fields, "tags": ["a", "x"]}
    assert (document["uri"], document["ready"], document["company"]) == ("http://files/w.pt", False, "pellucid")
    assert (api.get(task)["last_iteration"], document["last_iteration"]) == (7, 7)
    api.data("models.edit", {"model": model, "iteration": 3})
    assert (api.get(task)["last_iteration"], read(api, model)["last_iteration"]) == (7, 7)


def test_a_model_goes_where_its_task_is(api: Api) -> None:
    """Unless it says otherwise; the task may be gone."""
    project = api.data("projects.create", {"name": new_id()})["id"]
    task = api.task(project=project)
    new = {"name": "net", "uri": "file:///w"}

    assert read(api, api.data("models.create", {**new, "task": task})["id"])["project"] == project
    assert read(api, api.data("models.create", {**new, "task": new_id()})["id"])["project"] is None


def test_a_repeated_request_makes_one_model(api: Api, stranger: Any) -> None:
    """If the client chose the id, and is the same."""
    body = {"id": new_id(), "name": "net", "uri": "file:///w"}

    assert api.data("models.create", body)["id"] == body["id"]
    assert api.data("models.create", {**body, "name": "other"})["id"] == body["id"]
    assert read(api, body["id"])["name"] == "net"
    assert api.code("models.create", body, auth=stranger)[:2] == (400, 801)


@pytest.mark.parametrize(
    ("action", "body", "code"),
    [
        ("create", {"name": "net"}, (400, 11)),
        ("create", {"name": " ", "uri": "u"}, (400, 12)),
        ("create", {"name": "net", "uri": "u", "id": "short"}, (400, 12)),
        ("create", {"name": "net", "uri": "u", "labels": {"cat": "one"}}, (400, 12)),
        ("create", {"name": "net", "uri": "u", "tags": ["__$and"]}, (400, 12)),
        ("create", {"name": "net", "uri": "u", "project": "none"}, (400, 401)),
        ("get_by_id", {"model": "none"}, (400, 201)),
        ("edit", {"model": "none", "name": "x"}, (400, 201)),
        ("update_for_task", {"task": "none", "uri": "u"}, (400, 101)),
        ("update_for_task", {"task": "none"}, (400, 11)),
    ],
)
def test_what_is_refused(api: Api, action: str, body: dict[str, Any], code: tuple[int, int]) -> None:
    """With the protocol's code."""
    assert api.code(f"models.{action}", body)[:2] == code


def test_the_file_of_a_published_model_stays(api: Api, model: str) -> None:
    """What people write about it may change."""
    api.data("models.set_ready", {"model": model, "publish_task": False})

    assert api.code("models.edit", {"model": model, "uri": "http://files/other"})[:2] == (400, 203)
    api.data("models.update", {"model": model, "uri": "http://files/uploading_file", "comment": "fine"})
    assert (read(api, model)["uri"], read(api, model)["comment"]) == ("http://files/uploading_file", "fine")


def test_metadata_comes_back_by_key(api: Api, model: str) -> None:
    """Sent as a list."""
    for key, value, replace in (("a", "1", False), ("b", "2", False), ("a", "3", False)):
        body = {"model": model, "metadata": [{"key": key, "type": "int", "value": value}], "replace_metadata": replace}
        assert api.data("models.add_or_update_metadata", body) == {"updated": 1}
    assert read(api, model)["metadata"] == {
        "a": {"key": "a", "type": "int", "value": "3"},
        "b": {"key": "b", "type": "int", "value": "2"},
    }
    assert api.data("models.delete_metadata", {"model": model, "keys": ["a"]}) == {"updated": 1}
    assert list(read(api, model)["metadata"]) == ["b"]


def test_tags_are_added_and_removed(api: Api, model: str) -> None:
    """Of several models; those that do not exist are passed over."""
    api.data("models.edit", {"model": model, "tags": ["old", "kept"]})

    body = {"ids": [model, "none"], "add_tags": ["new"], "remove_tags": ["old"]}
    assert api.data("models.update_tags", body) == {"updated": 1}
    assert read(api, model)["tags"] == ["kept", "new"]


def test_the_output_of_a_task_as_it_once_was_set(api: Api, model: str) -> None:
    """A new model, then the same with another file, then another model."""
    task = api.running_task()
    assert api.code("models.get_by_task_id", {"task": task})[:2] == (400, 201)

    first = api.data("models.update_for_task", {"task": task, "uri": "file:///1", "iteration": 3})
    second = api.data("models.update_for_task", {"task": task, "uri": "file:///2", "comment": "better"})

    assert (first["created"], second["created"]) == (True, False)
    assert first["id"] == second["id"]
    found = api.data("models.get_by_task_id", {"task": task})["model"]
    assert (found["id"], found["uri"], found["comment"], found["task"]) == (first["id"], "file:///2", "better", task)
    assert api.get(task)["last_iteration"] == 3
    api.data("models.update_for_task", {"task": task, "override_model_id": model})
    assert [item["model"] for item in api.get(task)["models"]["output"]] == [first["id"], model]
