"""``models.*``: publishing, archiving, moving and deleting (protocol §2.5)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


def create(api: Api, **fields: Any) -> str:
    """The id of a new model that is not published."""
    body = {"name": "net", "uri": "file:///w.pt", "ready": False, **fields}
    return str(api.data("models.create", body)["id"])


def read(api: Api, model: str) -> dict[str, Any]:
    """A model's document."""
    return dict(api.data("models.get_by_id", {"model": model})["model"])


def link(api: Api, task: str, model: str, kind: str) -> None:
    """Name a model in a task."""
    api.data("tasks.edit", {"task": task, "force": True, "models": {kind: [{"name": "w", "model": model}]}})


def test_a_model_is_published_once(api: Api) -> None:
    """Alone, as the genuine SDK asks for it."""
    task = api.running_task()
    model = create(api, task=task)

    assert api.data("models.set_ready", {"model": model, "publish_task": False}) == {"updated": 1}
    assert read(api, model)["ready"] is True
    assert api.code("models.set_ready", {"model": model})[:2] == (400, 203)
    assert api.get(task)["status"] == "in_progress"


def test_a_model_takes_its_task_along(api: Api) -> None:
    """A task that may not be published keeps the model from it."""
    task = api.running_task()
    model = create(api, task=task)

    assert api.code("models.set_ready", {"model": model})[:2] == (400, 110)
    assert read(api, model)["ready"] is False
    api.data("tasks.completed", {"task": task})
    answer = api.data("models.set_ready", {"model": model})
    assert (answer["updated"], answer["published_task"]["id"]) == (1, task)
    assert answer["published_task"]["data"]["fields"]["status"] == api.get(task)["status"] == "published"


@pytest.mark.parametrize("task", [None, "gone"])
def test_a_model_without_a_task_is_published_alone(api: Api, task: str | None) -> None:
    """There is nothing to take along."""
    assert api.data("models.set_ready", {"model": create(api, task=task)}) == {"updated": 1}


def test_many_are_published(api: Api) -> None:
    """Each for itself."""
    good, ready = create(api), create(api, ready=True)

    answer = api.data("models.publish_many", {"ids": [good, ready, "none"]})
    assert answer["succeeded"] == [{"id": good, "updated": 1}]
    assert [each["error"]["codes"] for each in answer["failed"]] == [[400, 203], [400, 201]]


def test_models_are_put_away_and_brought_back(api: Api) -> None:
    """By a system tag, beside others."""
    model = create(api, system_tags=["dataset"])

    answer = api.data("models.archive_many", {"ids": [model, "none"]})
    assert answer["succeeded"] == [{"id": model, "archived": True}]
    assert [each["id"] for each in answer["failed"]] == ["none"]
    assert read(api, model)["system_tags"] == ["archived", "dataset"]
    assert api.data("models.unarchive_many", {"ids": [model]})["succeeded"] == [{"id": model, "unarchived": True}]
    assert read(api, model)["system_tags"] == ["dataset"]


def test_a_model_is_deleted(api: Api) -> None:
    """The client is told where its file is; its task no longer names it."""
    task = api.running_task()
    model = create(api, task=task)
    link(api, task, model, "output")

    assert api.data("models.delete", {"model": model}) == {"deleted": True, "url": "file:///w.pt"}
    assert api.code("models.get_by_id", {"model": model})[:2] == (400, 201)
    assert api.get(task)["models"]["output"] == []
    assert api.code("models.delete", {"model": model})[:2] == (400, 201)


@pytest.mark.parametrize(
    ("fields", "shared", "stays"),
    [
        ({}, False, True),
        ({"delete_external_artifacts": True}, False, False),
        ({"delete_external_artifacts": True}, True, True),
    ],
)
def test_the_file_goes_if_asked_for(api: Api, fields: dict[str, bool], shared: bool, stays: bool) -> None:
    """Unless another model has it."""
    task = api.running_task()
    path = f"/files/project/run.{task}/models/w.pt"
    headers = {"Authorization": f"Bearer {api.token}"}
    assert api.http.put(path, content=b"weights", headers=headers).status_code < 300
    uri = f"{api.server.url}{path}"
    model = create(api, task=task, uri=uri)
    if shared:
        create(api, uri=uri)

    assert api.data("models.delete", {"model": model, **fields}) == {"deleted": True, "url": uri}
    assert api.http.get(path, headers=headers).status_code == (200 if stays else 404)


def test_only_force_deletes_the_input_of_a_task(api: Api) -> None:
    """Which then says what it was."""
    task, model = api.task(), create(api)
    link(api, task, model, "input")

    status, subcode, message = api.code("models.delete", {"model": model})
    assert (status, subcode) == (400, 205)
    assert task in message
    api.data("models.delete", {"model": model, "force": True})
    assert [item["model"] for item in api.get(task)["models"]["input"]] == [f"__DELETED__{model}"]


def test_only_force_deletes_the_output_of_a_published_task(api: Api) -> None:
    """Which goes on naming it."""
    task = api.running_task()
    model = create(api, task=task)
    link(api, task, model, "output")
    api.data("tasks.completed", {"task": task, "publish": True})

    answer = api.data("models.delete_many", {"ids": [model]})
    assert [each["error"]["codes"] for each in answer["failed"]] == [[400, 206]]
    answer = api.data("models.delete_many", {"ids": [model], "force": True})
    assert answer["succeeded"] == [{"id": model, "deleted": True, "url": "file:///w.pt"}]
    assert [item["model"] for item in api.get(task)["models"]["output"]] == [f"__DELETED__{model}"]


def test_models_move_to_another_project(api: Api) -> None:
    """By id, by a name that is made if it is missing, or to the root."""
    model, name = create(api), f"{new_id()}/sub"

    made = api.data("models.move", {"ids": [model], "project_name": name})["project_id"]
    assert read(api, model)["project"] == made
    assert api.data("models.move", {"ids": [model], "project_name": name})["project_id"] == made
    assert api.data("models.move", {"ids": [model]}) == {"project_id": None}
    assert read(api, model)["project"] is None
    assert api.data("models.move", {"ids": [model], "project": made}) == {"project_id": made}
    assert api.code("models.move", {"ids": [model], "project_name": " / "})[:2] == (400, 407)
    assert api.code("models.move", {"ids": [model], "project": "none"})[:2] == (400, 401)


def test_there_is_nobody_to_show_models_to(api: Api) -> None:
    """So only their number is told."""
    model = create(api)

    assert api.data("models.make_public", {"ids": [model, "none"]}) == {"updated": 1}
    assert api.data("models.make_private", {"ids": []}) == {"updated": 0}
