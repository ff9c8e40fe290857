"""``tasks.get_all`` and its relatives (protocol §2.0, §2.2)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id


@pytest.fixture
def project(api: Api) -> str:
    """The id of a new project."""
    return str(api.data("projects.create", {"name": f"lists {new_id()}"})["id"])


def listed(api: Api, project: str, **query: Any) -> list[str]:
    """The names of the tasks that match."""
    found = api.data("tasks.get_all", {"project": [project], "order_by": ["name"], **query})["tasks"]
    return [task["name"] for task in found]


def parameter(value: str) -> dict[str, Any]:
    """One hyperparameter."""
    return {"Args": {"l.r": {"section": "Args", "name": "l.r", "value": value}}}


def test_what_clients_ask(api: Api, project: str) -> None:
    """The forms that were seen in the wild (protocol §2.0)."""
    first = api.task(project=project, name="one", hyperparams=parameter("9"), system_tags=["dataset"])
    api.task(project=project, name="two", hyperparams=parameter("10"), parent=first, comment="c")
    api.data("tasks.edit", {"task": first, "runtime": {"pipeline_job_hash": "abc"}})

    def names(**query: Any) -> list[str]:
        return listed(api, project, **query)

    step_cache = {"_all_": {"fields": ["runtime.pipeline_job_hash"], "pattern": "^ABC$"}, "system_tags": ["-archived"]}
    assert names(**step_cache) == ["one"]
    assert names(system_tags=["__$all", "dataset", "__$not", "archived"]) == ["one"]
    assert names(parent=first, status=["created", "stopped"]) == ["two"]
    assert names(parent=[None]) == ["one"]
    assert names(last_update=">2026-01-01T20:00:00+00:00") == ["one", "two"]
    assert names(_or_={"fields": ["last_update", "last_change"], "datetime": ["<2020-01-01"]}) == []
    assert names(status_changed=["<2020-01-01 20:00:00.123"]) == []
    assert names(order_by=["-hyperparams.Args.l%2Er.value"]) == ["two", "one"]
    assert names(**{"hyperparams.Args.l.r.value": ["9"]}) == ["one"]
    assert names(**{"runtime.pipeline_job_hash": "abc"}) == ["one"]
    assert names(search_text="TWO") == ["two"]
    assert names(filters={"system_tags": {"all": {"exclude": ["dataset"]}}}) == ["two"]


def test_scrolling(api: Api, project: str) -> None:
    """Goes on where it ended, and ends with an empty page."""
    for number in range(5):
        api.task(project=project, name=f"n{number}")
    query: dict[str, Any] = {"project": [project], "order_by": ["name"], "size": 2, "only_fields": ["name"]}

    pages, scroll = [], None
    for _ in range(4):
        answer = api.data("tasks.get_all", {**query, "scroll_id": scroll})
        pages.append([task["name"] for task in answer["tasks"]])
        scroll = answer["scroll_id"]

    assert pages == [["n0", "n1"], ["n2", "n3"], ["n4"], []]


def test_descendants_of_a_project(api: Api, project: str) -> None:
    """When asked for."""
    name = api.data("projects.get_by_id", {"project": project})["project"]["name"]
    below = api.data("projects.create", {"name": f"{name}/below"})["id"]
    api.task(project=below, name="deep", type="qc")

    assert listed(api, project) == []
    assert listed(api, project, include_subprojects=True) == ["deep"]
    assert api.data("tasks.get_types", {"projects": [project]})["types"] == ["qc"]


def test_names_in_place_of_ids(api: Api, project: str) -> None:
    """In the answers for people; what is gone has its id only."""
    parent = api.task(name="the parent")
    task = api.task(project=project, parent=parent)

    (found,) = api.data("tasks.get_by_id_ex", {"id": [task]})["tasks"]
    assert found["parent"] == {"id": parent, "name": "the parent"}
    assert found["project"]["name"].startswith("lists ")
    assert found["user"]["name"]

    api.data("tasks.delete", {"task": parent})
    (found,) = api.data("tasks.get_all_ex", {"id": task, "only_fields": ["parent.id"]})["tasks"]
    assert found == {"id": task, "parent": {"id": f"__DELETED__{parent}"}}
