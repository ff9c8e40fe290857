"""``pipelines.*`` (protocol §2.9)."""

from __future__ import annotations

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture
def project(api: Api) -> str:
    """The id of a pipeline's project."""
    return str(api.data("projects.create", {"name": f"p/.pipelines/{new_id()}", "system_tags": ["pipeline"]})["id"])


@pytest.fixture
def run(api: Api, project: str) -> str:
    """The id of a run that has ended well."""
    args = {
        name: {"section": "Args", "name": name, "value": "1", "type": "int", "description": "so many"}
        for name in ("epochs", "folds")
    }
    run = api.running_task(type="controller", project=project, hyperparams={"Args": args}, system_tags=["pipeline"])
    api.data("tasks.completed", {"task": run})
    return run


def test_a_pipeline_runs_again(api: Api, project: str, run: str) -> None:
    """With values of its parameters; the earlier run stays as it is."""
    queue = api.data("queues.create", {"name": new_id()})["id"]
    args = [{"name": " epochs ", "value": 3}, {"name": "new", "value": None}]

    answer = api.data("pipelines.start_pipeline", {"task": run, "queue": queue, "args": args})

    assert answer == {"pipeline": answer["pipeline"], "enqueued": True}
    document = api.get(answer["pipeline"])
    assert (document["status"], document["project"], document["type"]) == ("queued", project, "controller")
    assert document["system_tags"] == ["pipeline"]
    values = {name: item["value"] for name, item in document["hyperparams"]["Args"].items()}
    assert values == {"epochs": "3", "folds": "1", "new": ""}
    assert document["hyperparams"]["Args"]["epochs"]["type"] == "int"
    assert api.data("queues.get_next_task", {"queue": queue})["entry"]["task"] == answer["pipeline"]
    assert api.get(run)["hyperparams"]["Args"]["epochs"]["value"] == "1"


def test_an_unknown_run_or_queue_is_told(api: Api, run: str) -> None:
    """With the protocol's codes."""
    assert api.code("pipelines.start_pipeline", {"task": "none"})[:2] == (400, 101)
    assert api.code("pipelines.start_pipeline", {"task": run, "queue": "none"})[:2] == (400, 701)


def test_runs_are_deleted(api: Api, project: str, run: str) -> None:
    """Those of the project only, in any status."""
    other = api.task()

    answer = api.data("pipelines.delete_runs", {"project": project, "ids": [run, other, "none"]})
    assert [(each["id"], each["deleted"]) for each in answer["succeeded"]] == [(run, True)]
    assert [(each["id"], each["error"]["codes"]) for each in answer["failed"]] == [
        (other, [400, 101]),
        ("none", [400, 101]),
    ]
    assert api.code("tasks.get_by_id", {"task": run})[:2] == (400, 101)
    assert api.code("pipelines.delete_runs", {"project": "none", "ids": []})[:2] == (400, 401)
