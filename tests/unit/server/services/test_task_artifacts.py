"""``tasks.*``: the artifacts and models that a task names (protocol §2.2)."""

from __future__ import annotations

from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


def test_deleting_an_artifact_says_whether_there_was_one(api: Api) -> None:
    """Clients take a zero for a failure; key and mode count."""
    task = api.running_task()
    artifacts = [{"key": "a", "type": "t"}, {"key": "a", "type": "t", "mode": "input"}]
    api.data("tasks.add_or_update_artifacts", {"task": task, "artifacts": artifacts})
    unwanted = {"task": task, "artifacts": [{"key": "a"}]}

    assert api.data("tasks.delete_artifacts", unwanted)["deleted"] == 1
    assert api.data("tasks.delete_artifacts", unwanted)["deleted"] == 0
    assert [artifact["mode"] for artifact in api.get(task)["execution"]["artifacts"]] == ["input"]


def test_artifacts_of_an_ended_task_stay(api: Api) -> None:
    """Without force."""
    task = api.running_task()
    api.data("tasks.completed", {"task": task})

    for action in ("add_or_update_artifacts", "delete_artifacts"):
        body = {"task": task, "artifacts": [{"key": "a", "type": "t"}]}
        assert api.code(f"tasks.{action}", body)[:2] == (400, 110)
        assert api.call(f"tasks.{action}", {**body, "force": True}).status_code == 200


def test_models_are_named_by_task(api: Api) -> None:
    """One of the same name is replaced in its place; the iteration rises."""
    task = api.running_task()
    models = [api.data("models.create", {"name": "m", "uri": "u"})["id"] for _ in range(3)]

    def name(name: str, model: str, **fields: object) -> None:
        body = {"task": task, "name": name, "model": model, "type": "output", **fields}
        assert api.data("tasks.add_or_update_model", body)["updated"] == 1

    name("a", models[0], iteration=7)
    name("b", models[1])
    name("a", models[2], iteration=5)
    document = api.get(task)
    assert [(item["name"], item["model"]) for item in document["models"]["output"]] == [
        ("a", models[2]),
        ("b", models[1]),
    ]
    assert document["last_iteration"] == 7
    assert document["models"]["output"][0]["updated"]

    unwanted = [{"name": "a", "type": "output"}, {"name": "b", "type": "input"}]
    api.data("tasks.delete_models", {"task": task, "models": unwanted})
    assert [item["name"] for item in api.get(task)["models"]["output"]] == ["b"]


def test_an_unknown_model_is_told(api: Api) -> None:
    """400/201; so is a type that there is not."""
    body = {"task": api.task(), "name": "a", "model": new_id(), "type": "output"}

    assert api.code("tasks.add_or_update_model", body)[:2] == (400, 201)
    status, subcode, message = api.code("tasks.add_or_update_model", {**body, "type": "other"})
    assert (status, subcode) == (400, 12)
    assert "type" in message
