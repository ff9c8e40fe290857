"""``tasks.*_hyper_params`` (protocol §2.2)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.server.conftest import Api


def parameter(section: str, name: str, value: str) -> dict[str, str]:
    """One parameter as clients send it."""
    return {"section": section, "name": name, "value": value}


def values(api: Api, task: str) -> dict[str, str]:
    """``section/name`` to value."""
    (found,) = api.data("tasks.get_hyper_params", {"tasks": [task]})["params"]
    return {f"{item['section']}/{item['name']}": item["value"] for item in found["hyperparams"]}


@pytest.mark.parametrize(
    ("replace", "left"),
    [
        ("none", {"Args/a": "9", "Args/b": "2", "Other/c": "3"}),
        ("section", {"Args/a": "9", "Other/c": "3"}),
        ("all", {"Args/a": "9"}),
    ],
)
def test_setting_leaves_or_replaces_the_others(api: Api, replace: str, left: dict[str, str]) -> None:
    """As asked."""
    task = api.task()
    first = [parameter("Args", "a", "1"), parameter("Args", "b", "2"), parameter("Other", "c", "3")]
    api.data("tasks.edit_hyper_params", {"task": task, "hyperparams": first})

    change = {"task": task, "hyperparams": [parameter("Args", "a", "9")], "replace_hyperparams": replace}
    assert api.data("tasks.edit_hyper_params", change)["updated"] == 1

    assert values(api, task) == left


@pytest.mark.parametrize(
    ("keys", "left"),
    [([{"section": "Args", "name": "a"}], {"Args/b": "2"}), ([{"section": "Args"}], {}), ([{"section": "No"}], None)],
)
def test_deleting_takes_a_parameter_or_a_section(api: Api, keys: list[Any], left: dict[str, str] | None) -> None:
    """What is not there is passed over."""
    task = api.task()
    both = [parameter("Args", "a", "1"), parameter("Args", "b", "2")]
    api.data("tasks.edit_hyper_params", {"task": task, "hyperparams": both})

    api.data("tasks.delete_hyper_params", {"task": task, "hyperparams": keys})

    assert values(api, task) == ({"Args/a": "1", "Args/b": "2"} if left is None else left)


def test_user_properties_may_change_in_any_status(api: Api) -> None:
    """In any case of letters; other parameters only of drafts, or of live tasks with force."""
    task = api.running_task()
    api.data("tasks.completed", {"task": task})

    api.data("tasks.edit_hyper_params", {"task": task, "hyperparams": [parameter("Properties", "owner", "me")]})
    refused = api.code(
        "tasks.edit_hyper_params", {"task": task, "hyperparams": [parameter("Args", "a", "1")], "force": True}
    )

    assert values(api, task) == {"properties/owner": "me"}
    assert refused[:2] == (400, 110)


@pytest.mark.parametrize("hyperparams", [[], [parameter("properties", "owner", "me")]])
def test_replacing_all_is_no_way_round_that(api: Api, hyperparams: list[Any]) -> None:
    """It would take away what a run has used."""
    task = api.task()
    api.data("tasks.edit_hyper_params", {"task": task, "hyperparams": [parameter("Args", "a", "1")]})
    api.data("tasks.started", {"task": task})
    api.data("tasks.completed", {"task": task})

    change = {"task": task, "hyperparams": hyperparams, "replace_hyperparams": "all"}

    assert api.code("tasks.edit_hyper_params", change)[:2] == (400, 110)
    assert values(api, task) == {"Args/a": "1"}


def test_properties_may_be_deleted_in_any_status(api: Api) -> None:
    """In any case of letters, and it is no news of the run."""
    task = api.running_task()
    api.data("tasks.edit_hyper_params", {"task": task, "hyperparams": [parameter("properties", "owner", "me")]})
    api.data("tasks.completed", {"task": task})
    before = api.get(task)["last_update"]

    api.data("tasks.delete_hyper_params", {"task": task, "hyperparams": [{"section": "Properties", "name": "owner"}]})

    assert values(api, task) == {}
    assert api.get(task)["last_update"] == before


def test_the_parameters_of_no_task_are_none(api: Api) -> None:
    """Not those of all tasks."""
    api.task()

    assert api.data("tasks.get_hyper_params", {"tasks": []})["params"] == []


def test_a_wrong_mode_is_told(api: Api) -> None:
    """With the allowed ones."""
    status, _, message = api.code(
        "tasks.edit_hyper_params", {"task": api.task(), "hyperparams": [], "replace_hyperparams": "some"}
    )

    assert status == 400
    assert "none, section, all" in message
