"""``tasks.delete`` and ``tasks.reset`` (protocol §2.3)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture
def full(api: Api) -> str:
    """The id of a completed task that has something of everything."""
    task = api.running_task(
        hyperparams={"Args": {"a": {"section": "Args", "name": "a", "value": "1"}}},
        script={"repository": "r"},
        tags=["kept"],
    )
    model = api.data("models.create", {"name": "m", "uri": url(task, "models/m"), "task": task, "ready": False})["id"]
    api.data("tasks.add_or_update_model", {"task": task, "name": "out", "model": model, "type": "output"})
    artifacts = [
        {"key": "out", "type": "t", "uri": url(task, "artifacts/out/a")},
        {"key": "in", "type": "t", "mode": "input", "uri": url(task, "artifacts/in/a")},
    ]
    api.data("tasks.add_or_update_artifacts", {"task": task, "artifacts": artifacts})
    image = {"type": "training_debug_image", "task": task, "metric": "m", "variant": "v", "iter": 3}
    api.data("events.add", {**image, "key": "k", "url": url(task, "metrics/a%20b")})
    api.data("events.add", {"type": "log", "task": task, "msg": "hello"})
    api.data("tasks.edit", {"task": task, "force": True, "runtime": {"progress": "5"}})
    api.data("tasks.completed", {"task": task})
    for path in ("models/m", "artifacts/out/a", "artifacts/in/a", "metrics/a%20b"):
        assert api.call(url(task, path).removeprefix("http://any/"), method="PUT", content=b"x").status_code == 200
    return task


def url(task: str, path: str) -> str:
    """Where a client says that a file of a task lies."""
    return f"http://any/files/project/name.{task}/{path}"


def stored(api: Api, task: str) -> list[str]:
    """Which of the files are still there."""
    paths = ("models/m", "artifacts/out/a", "artifacts/in/a", "metrics/a%20b")
    return [path for path in paths if api.call(f"files/project/name.{task}/{path}", method="HEAD").status_code == 200]


def test_reset_keeps_what_is_to_be_done(api: Api, full: str) -> None:
    """And forgets what was done: outputs of every kind, with their files."""
    answer = api.data("tasks.reset", {"task": full})

    assert (answer["updated"], answer["deleted_models"], answer["fields"]["status"]) == (1, 1, "created")
    document = api.get(full)
    assert (document["runtime"], document["last_iteration"], document["models"]["output"]) == ({}, 0, [])
    assert [artifact["key"] for artifact in document["execution"]["artifacts"]] == ["in"]
    assert (document["hyperparams"]["Args"]["a"]["value"], document["script"]["repository"]) == ("1", "r")
    assert (document["started"], document["completed"], document["tags"]) == (None, None, ["kept"])
    assert (document["status_reason"], document["status_message"]) == ("reset", "reset")
    assert stored(api, full) == ["artifacts/in/a"]


def test_resetting_all_clears_script_and_execution(api: Api, full: str) -> None:
    """Inputs stay."""
    api.data("tasks.reset", {"task": full, "clear_all": True})

    assert api.get(full)["script"]["repository"] == ""


def test_a_deleted_task_is_gone(api: Api, full: str) -> None:
    """With its events, its unpublished models and their files; its children say so."""
    child = api.task(parent=full)
    model = api.get(full)["models"]["output"][0]["model"]

    answer = api.data("tasks.delete", {"task": full, "force": True})

    assert answer == {"deleted": True, "updated_children": 1, "updated_models": 0, "deleted_models": 1}
    assert api.code("tasks.get_by_id", {"task": full})[:2] == (400, 101)
    assert api.code("models.get_by_id", {"model": model})[:2] == (400, 201)
    assert api.code("events.get_task_log", {"task": full})[:2] == (400, 101)
    assert api.get(child)["parent"] == f"__DELETED__{full}"
    assert stored(api, full) == ["artifacts/in/a"]


@pytest.mark.parametrize(
    ("options", "headers"),
    [
        ({"return_file_urls": True}, {}),
        ({"delete_external_artifacts": False}, {}),
        ({}, {"X-ClearML-Client": "clearml-2.1.12"}),
    ],
)
def test_files_are_left_to_those_who_delete_them_themselves(
    api: Api, full: str, options: dict[str, Any], headers: dict[str, str]
) -> None:
    """They ask where the files lie, want to keep them, or are known to come back for them."""
    answer = api.data("tasks.delete", {"task": full, "force": True, **options}, headers=headers)

    assert len(stored(api, full)) == 4
    if options.get("return_file_urls"):
        assert answer["urls"] == {
            "model_urls": [url(full, "models/m")],
            "event_urls": [url(full, "metrics/a%20b")],
            "artifact_urls": [url(full, "artifacts/out/a")],
        }


@pytest.mark.parametrize("action", ["reset", "delete"])
def test_files_that_others_have_stay(api: Api, full: str, action: str) -> None:
    """A published model of the same weights, and an artifact that a clone begins with."""
    api.data("models.create", {"name": "published", "uri": url(full, "models/m"), "ready": True})
    shared = {"key": "k", "type": "t", "mode": "input", "uri": url(full, "artifacts/out/a")}
    api.task(execution={"artifacts": [shared]})

    api.data(f"tasks.{action}", {"task": full, "force": True})

    assert stored(api, full) == ["models/m", "artifacts/out/a", "artifacts/in/a"]


def test_another_task_s_files_are_safe(api: Api, full: str) -> None:
    """Whatever addresses a task has noted."""
    thief = api.task(execution={"artifacts": [{"key": "k", "type": "t", "uri": url(full, "artifacts/out/a")}]})

    api.data("tasks.delete", {"task": thief})

    assert len(stored(api, full)) == 4


def test_only_drafts_and_archived_tasks_are_deleted_without_force(api: Api, full: str) -> None:
    """400/123 says why."""
    status, subcode, message = api.code("tasks.delete", {"task": full})
    assert (status, subcode) == (400, 123)
    assert "completed" in message

    api.data("tasks.archive", {"tasks": [full]})
    assert api.data("tasks.delete", {"task": full})["deleted"]
    assert api.data("tasks.delete", {"task": api.task()})["deleted"]


def test_a_model_that_others_use_stays(api: Api, full: str) -> None:
    """It says that the task that made it is gone."""
    model = api.get(full)["models"]["output"][0]["model"]
    api.task(models={"input": [{"name": "m", "model": model}]})

    answer = api.data("tasks.delete", {"task": full, "force": True})

    assert (answer["deleted_models"], answer["updated_models"]) == (0, 1)
    assert api.data("models.get_by_id", {"model": model})["model"]["task"] == f"__DELETED__{full}"


@pytest.mark.parametrize(("many", "left"), [("delete_many", 0), ("reset_many", 1)])
def test_several_at_once(api: Api, full: str, many: str, left: int) -> None:
    """Each by itself."""
    missing = new_id()

    answer = api.data(f"tasks.{many}", {"ids": [full, missing], "force": True})

    assert [entry["id"] for entry in answer["succeeded"]] == [full]
    assert [(entry["id"], entry["error"]["codes"]) for entry in answer["failed"]] == [(missing, [400, 101])]
    assert len(api.data("tasks.get_all", {"id": [full], "status": ["created"]})["tasks"]) == left
