"""``projects.*``: what tasks and models have in common (protocol §2.4)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture
def project(api: Api) -> str:
    """The id of a project with a task in it and one below."""
    top = api.data("projects.create", {"name": f"facts {new_id()}", "tags": ["p"]})["id"]
    name = api.data("projects.get_by_id", {"project": top})["project"]["name"]
    below = api.data("projects.create", {"name": f"{name}/below"})["id"]
    for place, value in ((top, "1"), (below, "2")):
        parameters = {"Args": {"l.r": {"section": "Args", "name": "l.r", "value": value}}}
        parent = api.task(project=place, name=f"parent {value}")
        task = api.task(project=place, hyperparams=parameters, tags=[f"t{value}"], system_tags=["s"], parent=parent)
        scalar = {"type": "training_stats_scalar", "task": task, "metric": "m", "variant": f"v{value}", "iter": 0}
        api.data("events.add", {**scalar, "value": 1})
    metadata = [{"key": "k", "type": "str", "value": "v"}]
    api.data("models.create", {"name": "m", "uri": "u", "project": below, "metadata": metadata, "tags": ["mt"]})
    return str(top)


def test_scalars(api: Api, project: str) -> None:
    """With the hashes that stand for their names; of a project, without its descendants, or of some tasks."""

    def variants(**query: Any) -> list[str]:
        found = api.data("projects.get_unique_metric_variants", query)["metrics"]
        assert all(each["metric_hash"] == hashlib.md5(b"m").hexdigest() for each in found)
        return [each["variant"] for each in found]

    assert variants(project=project) == ["v1", "v2"]
    assert variants(project=project, include_subprojects=False) == ["v1"]
    assert variants(ids=[new_id()]) == []


def test_hyperparameters_and_their_values(api: Api, project: str) -> None:
    """By page; a name may hold a dot."""
    names = api.data("projects.get_hyper_parameters", {"project": project, "page_size": 1})
    assert names == {"parameters": [{"section": "Args", "name": "l.r"}], "total": 1, "remaining": 0}

    query = {"projects": [project], "section": "Args", "name": "l.r"}
    assert api.data("projects.get_hyperparam_values", query) == {"total": 2, "values": ["1", "2"]}
    assert api.data("projects.get_hyperparam_values", {**query, "pattern": "2"})["values"] == ["2"]
    assert api.data("projects.get_hyperparam_values", {**query, "page": 1, "page_size": 1})["values"] == ["2"]
    assert api.code("projects.get_hyperparam_values", {**query, "pattern": "("})[:2] == (400, 12)


def test_metadata_of_models(api: Api, project: str) -> None:
    """Keys and values."""
    keys = api.data("projects.get_model_metadata_keys", {"project": project})
    assert keys == {"keys": ["k"], "total": 1, "remaining": 0}
    values = api.data("projects.get_model_metadata_values", {"projects": [project], "key": "k"})
    assert values == {"total": 1, "values": ["v"]}


@pytest.mark.parametrize(
    ("action", "tags", "system_tags"),
    [("get_task_tags", ["t1", "t2"], ["s"]), ("get_model_tags", ["mt"], []), ("get_project_tags", ["p"], [])],
)
def test_tags(api: Api, project: str, action: str, tags: list[str], system_tags: list[str]) -> None:
    """Each once; the system's only when asked for."""
    query = {"projects": [project]}

    assert api.data(f"projects.{action}", query) == {"tags": tags, "system_tags": []}
    found = api.data(f"projects.{action}", {**query, "include_system": True})
    assert found == {"tags": tags, "system_tags": system_tags}


def test_parents_and_users(api: Api, project: str) -> None:
    """By name."""
    parents = api.data("projects.get_task_parents", {"projects": [project]})["parents"]
    assert [parent["name"] for parent in parents] == ["parent 1", "parent 2"]
    archived = {"projects": [project], "tasks_state": "archived"}
    assert api.data("projects.get_task_parents", archived)["parents"] == []
    assert api.code("projects.get_task_parents", {"tasks_state": "other"})[:2] == (400, 12)
    assert len(api.data("projects.get_user_names", {"projects": [project]})["users"]) == 1
