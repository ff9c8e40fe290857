"""``tasks.*``: creating, reading, editing (protocol §2.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest
from tests.unit.server.conftest import Api

from pellucid.base.ids import new_id

PARAMETER = {"section": "Args", "name": "lr", "value": "0.1", "type": "float", "description": ""}


def test_a_new_task_has_every_section(api: Api) -> None:
    """Clients dereference them without looking (protocol §1.5)."""
    document = api.get(api.task(comment="why", system_tags=["development"]))

    assert document["status"] == "created"
    assert (document["status_reason"], document["status_message"], document["comment"]) == ("", "", "why")
    assert document["execution"]["artifacts"] == []
    assert document["models"] == {"input": [], "output": []}
    assert document["output"]["destination"] == ""
    for section in ("script", "runtime", "hyperparams", "configuration", "container", "last_metrics"):
        assert isinstance(document[section], dict)
    assert document["system_tags"] == ["development"]
    assert document["last_iteration"] == 0
    assert datetime.fromisoformat(document["created"]).tzinfo is not None


def test_creating_twice_with_one_id_makes_one_task(api: Api) -> None:
    """A client whose connection broke asks again, perhaps after it has given the task another name."""
    task = new_id()

    assert [api.task(id=task, name="mine") for _ in range(2)] == [task, task]
    api.data("tasks.edit", {"task": task, "name": "renamed"})
    assert api.task(id=task, name="mine") == task
    assert api.get(task)["name"] == "renamed"
    assert api.code("tasks.create", {"id": "short", "name": "other", "type": "training"})[:2] == (400, 12)


@pytest.mark.parametrize(
    ("stored", "edit", "field", "expected"),
    [
        (
            {"script": {"binary": "p", "diff": " d "}},
            {"script": {"binary": " q "}},
            "script",
            {"binary": "q", "diff": " d "},
        ),
        ({"hyperparams": {"Args": {"lr": PARAMETER}}}, {"hyperparams": {}}, "hyperparams", {}),
        ({"container": {"image": "i"}}, {"container": {"arguments": "a"}}, "container", {"arguments": "a"}),
        ({"tags": ["b", "a", "b"]}, {"tags": None}, "tags", ["a", "b"]),
        ({"tags": ["a"]}, {"tags": []}, "tags", []),
        ({"comment": "x"}, {"comment": ""}, "comment", ""),
        ({}, {"runtime": {"a/b.c": 1, "n": None, "l": [1.5]}}, "runtime", {"a/b.c": 1, "n": None, "l": [1.5]}),
    ],
)
def test_editing_merges_some_sections_and_replaces_others(
    api: Api, stored: dict[str, Any], edit: dict[str, Any], field: str, expected: Any
) -> None:
    """Null leaves as is, empty clears."""
    task = api.task(**stored)

    api.data("tasks.edit", {"task": task, "force": True, **edit})

    found = api.get(task)[field]
    assert (expected.items() <= found.items()) if field == "script" else found == expected


def test_somebody_else_s_id_is_not_given_away(api: Api, stranger: httpx.Auth) -> None:
    """Whoever knows it."""
    task = api.task(name="mine")

    refused = api.code("tasks.create", {"id": task, "name": "mine", "type": "training"}, auth=stranger)

    assert refused[:2] == (400, 801)


def test_labels_are_no_news_of_the_run(api: Api) -> None:
    """Those who follow a task by its last update are not told; its project is."""
    project = api.data("projects.create", {"name": f"labelled {new_id()}"})["id"]
    task = api.task(project=project)
    before = api.get(task)

    def updated() -> str:
        return str(api.data("projects.get_by_id", {"project": project})["project"]["last_update"])

    created = updated()
    api.data("tasks.edit", {"task": task, "name": "n", "tags": ["a"], "system_tags": [], "comment": "c"})
    labelled = api.get(task)
    assert (labelled["last_update"], labelled["last_change"] > before["last_change"]) == (before["last_update"], True)
    assert updated() > created

    api.data("tasks.edit", {"task": task, "comment": "c", "runtime": {"a": 1}})
    assert api.get(task)["last_update"] > before["last_update"]


@pytest.mark.parametrize(
    ("section", "content"),
    [
        ("execution", {"artifacts": ["text"]}),
        ("execution", {"artifacts": [{"type": "dict"}]}),
        ("execution", {"artifacts": [{"key": "a"}]}),
        ("execution", {"artifacts": {}}),
        ("execution", {"parameters": []}),
        ("models", {"input": "text"}),
        ("models", {"output": {}}),
        ("script", {"requirements": ["text"]}),
    ],
)
def test_what_clients_cannot_read_is_not_stored(api: Api, section: str, content: dict[str, Any]) -> None:
    """One wrong field makes them throw the whole document away (protocol §1.5)."""
    task = api.task()

    status, subcode, message = api.code("tasks.edit", {"task": task, section: content})
    assert (status, subcode) == (400, 12)
    assert f"{section}.{next(iter(content))}" in message
    assert api.code("tasks.create", {"name": "abc", "type": "training", section: content})[:2] == (400, 12)


def test_sections_are_whole_whatever_was_stored(api: Api) -> None:
    """Null within a section is absent, too."""
    task = api.task(execution={"artifacts": None}, models={"input": None}, script={"requirements": None})

    document = api.get(task)

    assert document["execution"]["artifacts"] == []
    assert document["models"] == {"input": [], "output": []}
    assert document["script"]["requirements"] == {}


def test_only_drafts_are_edited_without_force(api: Api) -> None:
    """The message names the status."""
    task = api.running_task()

    status, subcode, message = api.code("tasks.edit", {"task": task, "comment": "x"})

    assert (status, subcode) == (400, 110)
    assert "in_progress" in message


def test_artifacts_are_set_by_key_and_mode(api: Api) -> None:
    """Resending the same ones is not an error, and says so with a true ``updated``."""
    task = api.running_task()
    first = {"key": "a", "type": "dict", "uri": "u1", "content_size": 3, "hash": "h", "type_data": {"preview": "p"}}

    for _ in range(2):
        assert api.data("tasks.add_or_update_artifacts", {"task": task, "artifacts": [first]})["updated"]
    api.data("tasks.add_or_update_artifacts", {"task": task, "artifacts": [{**first, "uri": "u2"}]})
    api.data("tasks.add_or_update_artifacts", {"task": task, "artifacts": [{**first, "mode": "input"}]})

    found = api.get(task)["execution"]["artifacts"]
    assert [(artifact["uri"], artifact["mode"]) for artifact in found] == [("u2", "output"), ("u1", "input")]


def test_requirements_are_replaced_in_any_status(api: Api) -> None:
    """Texts or lists of texts."""
    task = api.running_task(script={"requirements": {"pip": "old"}, "binary": "p"})

    api.data("tasks.set_requirements", {"task": task, "requirements": {"pip": ["new"]}})

    assert api.get(task)["script"]["requirements"] == {"pip": ["new"]}
    assert api.get(task)["script"]["binary"] == "p"


def test_listing_filters_orders_and_pages(api: Api) -> None:
    """Over one project of five tasks."""
    project = api.data("projects.create", {"name": f"listing {new_id()}"})["id"]
    ids = [api.task(project=project, name=f"n{number}", tags=["even"] * (number % 2 == 0)) for number in range(5)]

    def listed(**query: Any) -> list[str]:
        found = api.data("tasks.get_all", {"project": [project], "order_by": ["name"], **query})["tasks"]
        return [task["id"] for task in found]

    assert listed() == ids
    assert listed(order_by=["-name"]) == ids[::-1]
    assert listed(order_by="last_metrics.{}.field") != []
    assert listed(name="^n[12]$") == ids[1:3]
    assert listed(tags=["even"]) == ids[::2]
    assert listed(tags=["__$not", "even"]) == ids[1::2]
    assert listed(page=1, page_size=2) == ids[2:4]
    assert listed(id=ids, page=2, page_size=2) == ids[4:]
    assert listed(status="created") == ids
    assert listed(status=["completed"]) == []
    assert listed(status=["-completed"]) == ids
    assert listed(status=["__$not", "created"], type="training") == []


def test_hidden_tasks_are_found_only_by_those_who_look(api: Api) -> None:
    """By id, or with ``search_hidden``."""
    task = api.task(name=f"hidden {new_id()}", system_tags=["hidden"])
    name = api.get(task)["name"]

    assert api.data("tasks.get_all", {"name": name})["tasks"] == []
    assert len(api.data("tasks.get_all", {"name": name, "search_hidden": True})["tasks"]) == 1
    assert len(api.data("tasks.get_all", {"id": [task]})["tasks"]) == 1


def test_validating_makes_nothing(api: Api) -> None:
    """And refuses what creating would."""
    name = f"validated {new_id()}"

    assert api.data("tasks.validate", {"name": name, "type": "training"}) == {}
    assert api.data("tasks.get_all", {"name": name})["tasks"] == []
    for wrong, code in (
        ({"type": "other"}, 12),
        ({"type": "training", "parent": new_id()}, 101),
        ({"type": "training", "project": new_id()}, 401),
    ):
        assert api.code("tasks.validate", {"name": name, **wrong})[:2] == (400, code)


def test_labels_are_updated_in_any_status(api: Api) -> None:
    """Without force, and it is no news of the run."""
    task = api.running_task()
    before = api.get(task)["last_update"]
    change = {"name": "n", "tags": ["b", "a"], "comment": "c", "status_message": "m", "output__error": "e"}

    answer = api.data("tasks.update", {"task": task, **change, "created": "2026-01-02T03:04:05Z"})

    assert (answer["updated"], answer["fields"]["name"]) == (1, "n")
    document = api.get(task)
    assert (document["name"], document["tags"], document["comment"]) == ("n", ["a", "b"], "c")
    assert (document["status_message"], document["output"]["error"]) == ("m", "e")
    assert datetime.fromisoformat(document["created"]) == datetime.fromisoformat("2026-01-02T03:04:05+00:00")
    assert document["last_update"] == before
    assert api.code("tasks.update", {"task": task, "tags": ["__$or"]})[:2] == (400, 12)


def test_keys_of_runtime_are_set_and_removed(api: Api) -> None:
    """The others stay."""
    task = api.running_task()
    api.data("tasks.edit", {"task": task, "force": True, "runtime": {"a": 1, "b/c.d": [None]}})

    api.data("tasks.edit_runtime", {"task": task, "add_or_update": {"e": 2.5}, "remove": ["a", "no"]})

    assert api.get(task)["runtime"] == {"b/c.d": [None], "e": 2.5}


def test_several_updates_in_one_message(api: Api) -> None:
    """One on each line."""
    ids = [api.task(), api.task()]
    lines = "\n".join(f'{{"task": "{task}", "comment": "c{place}"}}' for place, task in enumerate(ids))
    headers = {"Content-Type": "application/json-lines"}
    answer = api.call("tasks.update_batch", content=lines.encode(), headers=headers)

    assert answer.json()["data"] == {"updated": 2}
    assert [api.get(task)["comment"] for task in ids] == ["c0", "c1"]
    for content, subcode in ((b"", 17), (b"1\n", 18), (b'{"comment": "c"}\n', 11)):
        refused = api.call("tasks.update_batch", content=content, headers=headers)
        assert (refused.status_code, refused.json()["meta"]["result_subcode"]) == (400, subcode)
