"""``models.get_all`` and its relatives (protocol §2.5)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture(scope="module")
def project(api: Api) -> str:
    """The id of a project with three models."""
    project = str(api.data("projects.create", {"name": new_id()})["id"])
    models: dict[str, dict[str, Any]] = {
        "net one": {"tags": ["x"], "framework": "PyTorch", "task": "t1", "uri": "file:///1"},
        "net two": {
            "tags": ["x", "y"],
            "framework": "ONNX",
            "task": "t2",
            "system_tags": ["archived"],
            "metadata": [{"key": "kind", "value": "big"}],
        },
        "tree": {"tags": ["y"], "framework": "PyTorch", "task": "t2", "ready": False, "system_tags": ["hidden"]},
    }
    for name, fields in models.items():
        api.data("models.create", {"name": name, "uri": f"file:///{name}", "project": project, **fields})
    return project


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"search_hidden": True}, ["net one", "net two", "tree"]),
        ({}, ["net one", "net two"]),
        ({"order_by": ["-created"]}, ["net two", "net one"]),
        ({"name": "^net\\ two$"}, ["net two"]),
        ({"tags": ["x"], "system_tags": ["-archived"]}, ["net one"]),
        ({"tags": ["__$and", "x", "__$not", "y"]}, ["net one"]),
        ({"tags": ["__$and", "x", "y"]}, ["net two"]),
        ({"uri": ["file:///1"]}, ["net one"]),
        ({"task": ["t1", "t2"]}, ["net one", "net two"]),
        ({"task": "t1"}, ["net one"]),
        ({"framework": ["ONNX"]}, ["net two"]),
        ({"ready": False, "search_hidden": True}, ["tree"]),
        ({"page": 1, "page_size": 1}, ["net two"]),
        ({"metadata.kind.value": "big"}, ["net two"]),
    ],
)
def test_models_are_found(api: Api, project: str, query: dict[str, Any], names: list[str]) -> None:
    """As clients ask for them."""
    found = api.data("models.get_all", {"project": [project], "order_by": ["created"], **query})["models"]

    assert [model["name"] for model in found] == names


def test_page_by_page(api: Api, project: str) -> None:
    """From where the last one ended, until one is short."""
    body = {"project": [project], "size": 1, "order_by": ["name"]}
    names, scroll = [], None
    while True:
        page = api.data("models.get_all", {**body, **({"scroll_id": scroll} if scroll else {})})
        if not page["models"]:
            break
        names += [model["name"] for model in page["models"]]
        scroll = page["scroll_id"]
    assert names == ["net one", "net two"]


def test_part_of_a_document(api: Api, project: str) -> None:
    """The id always comes along."""
    (found, *_) = api.data("models.get_all", {"project": [project], "only_fields": ["framework"]})["models"]

    assert set(found) == {"id", "framework"}


def test_names_in_place_of_ids(api: Api) -> None:
    """For the page; what is gone has no name."""
    project_name = new_id()
    project = api.data("projects.create", {"name": project_name})["id"]
    task = api.task(name="trainer")
    body = {"name": "net", "uri": "file:///w", "project": project, "task": task}
    model = api.data("models.create", body)["id"]
    orphan = api.data("models.create", {"name": "orphan", "uri": "file:///o", "task": "gone"})["id"]

    found, lost = (api.data("models.get_by_id_ex", {"id": key})["models"][0] for key in (model, [orphan]))
    assert (found["task"], found["project"]) == (
        {"id": task, "name": "trainer"},
        {"id": project, "name": project_name},
    )
    assert found["user"]["name"]
    assert (lost["task"], lost["project"]) == ({"id": "gone"}, None)
    (same,) = api.data("models.get_all_ex", {"project": [project]})["models"]
    assert same == found


def test_frameworks(api: Api, project: str) -> None:
    """Each once."""
    assert api.data("models.get_frameworks", {"projects": [project]}) == {"frameworks": ["ONNX", "PyTorch"]}
    assert {"ONNX", "PyTorch"} <= set(api.data("models.get_frameworks")["frameworks"])


@pytest.mark.parametrize("name", ["models.get_all", "models.get_all_ex"])
def test_what_was_reported_of_a_model_is_summed_up(api: Api, name: str) -> None:
    """As that of a task, in lists and alone."""
    model = api.data("models.create", {"name": "measured", "uri": "file:///m", "ready": False})["id"]
    point = {
        "type": "training_stats_scalar",
        "task": model,
        "metric": "accuracy",
        "variant": "test",
        "model_event": True,
    }
    for iteration, value in enumerate([0.5, 0.75, 0.25]):
        api.data("events.add", {**point, "iter": iteration, "value": value})

    (listed,) = api.data(name, {"id": [model], "only_fields": ["last_metrics"]})["models"]
    alone = api.data("models.get_by_id", {"model": model})["model"]

    (metric,) = (metric for variants in listed["last_metrics"].values() for metric in variants.values())
    assert (metric["metric"], metric["variant"], metric["value"], metric["max_value"]) == (
        "accuracy",
        "test",
        0.25,
        0.75,
    )
    assert alone["last_metrics"] == listed["last_metrics"]
