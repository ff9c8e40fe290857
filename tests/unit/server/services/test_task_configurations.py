"""``tasks.*_configuration`` (protocol §2.2)."""

from __future__ import annotations

from tests.unit.server.conftest import Api

A = {"name": "a.yaml", "value": "x: 1", "type": "yaml", "description": "d"}
EMPTY = {"name": "empty", "value": "", "type": None, "description": None}


def test_configurations_are_set_read_and_deleted(api: Api) -> None:
    """Of drafts; the others stay, or go when asked."""
    task = api.task()
    api.data("tasks.edit_configuration", {"task": task, "configuration": [A]})
    api.data("tasks.edit_configuration", {"task": task, "configuration": [EMPTY]})

    assert api.data("tasks.get_configurations", {"tasks": [task]})["configurations"] == [
        {"task": task, "configuration": [A, EMPTY]}
    ]
    some = api.data("tasks.get_configurations", {"tasks": [task], "names": ["empty", "no"]})
    assert some["configurations"][0]["configuration"] == [EMPTY]
    for skip_empty, names in ((True, ["a.yaml"]), (False, ["a.yaml", "empty"])):
        found = api.data("tasks.get_configuration_names", {"tasks": [task], "skip_empty": skip_empty})
        assert found["configurations"] == [{"task": task, "names": names}]

    api.data("tasks.delete_configuration", {"task": task, "configuration": ["a.yaml", "no"]})
    assert list(api.get(task)["configuration"]) == ["empty"]
    replaced = {"task": task, "configuration": [A], "replace_configuration": True}
    api.data("tasks.edit_configuration", replaced)
    assert api.get(task)["configuration"] == {"a.yaml": A}


def test_those_of_a_run_stay_as_they_are(api: Api) -> None:
    """Without force while it runs; afterwards in any case."""
    task = api.running_task()
    body = {"task": task, "configuration": [A]}

    assert api.code("tasks.edit_configuration", body)[:2] == (400, 110)
    assert api.data("tasks.edit_configuration", {**body, "force": True})["updated"] == 1
    api.data("tasks.completed", {"task": task})
    assert api.code("tasks.edit_configuration", {**body, "force": True})[:2] == (400, 110)
    assert api.code("tasks.delete_configuration", {"task": task, "configuration": ["a"], "force": True})[1] == 110


def test_those_of_no_task_are_none(api: Api) -> None:
    """Not those of all."""
    assert api.data("tasks.get_configurations", {"tasks": []})["configurations"] == []
