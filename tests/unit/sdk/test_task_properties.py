"""Tests of ``pellucid.sdk.task_properties``: user properties on a real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pellucid import Task, UsageError

pytestmark = pytest.mark.usefixtures("configured")


@pytest.fixture
def task() -> Task:
    """A draft."""
    return Task.create("property tests", "with properties")


@pytest.mark.parametrize(
    ("arguments", "named", "expected"),
    [
        (
            [{"name": "backbone", "description": "type of network", "value": "great"}],
            {},
            {"backbone": ("great", "type of network", "str")},
        ),
        ([{"stable": True}], {}, {"stable": ("True", None, "bool")}),
        ([{"rank": {"value": 3, "type": "float", "description": "d"}}], {}, {"rank": ("3", "d", "float")}),
        ([], {"owner": "ada", "seats": {"value": 4}}, {"owner": ("ada", None, "str"), "seats": ("4", None, "int")}),
        ([[{"name": "a", "value": 1}, {"b": 2}]], {}, {"a": ("1", None, "int"), "b": ("2", None, "int")}),
    ],
)
def test_m220_m221_all_ways_to_say_it(
    task: Task, arguments: list[Any], named: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Described, or only named; several at once."""
    assert task.set_user_properties(*arguments, **named) is True

    assert {
        name: (one["value"], one["description"], one["type"]) for name, one in task.get_user_properties().items()
    } == expected
    assert task.get_user_properties(value_only=True) == {name: values[0] for name, values in expected.items()}
    assert {one["section"] for one in task.get_user_properties().values()} == {"properties"}


def test_m219_at_any_stage() -> None:
    """Added, changed, deleted; also when the task is over, by anybody."""
    task = Task.init("property tests", "runs", reuse_last_task_id=False)
    task.set_user_properties(owner="ada", stable=True)
    task.close()
    seen = Task.get_task(task_id=task.id)
    for one in (task, seen):
        one.set_user_properties({"name": "owner", "value": "grace"}, extra=1)
        assert one.get_user_properties(value_only=True) == {"owner": "grace", "stable": "True", "extra": "1"}
        assert one.delete_user_properties("extra")

    assert seen.get_parameter("properties/owner") == "grace"
    assert seen.status == "completed"


def test_m221_they_are_deleted(task: Task) -> None:
    """By name, pair or dictionary; says whether all were there."""
    task.set_user_properties(a=1, b=2, c=3, d=4, e=5)

    assert task.delete_user_properties("a", ("properties", "b"), {"section": "properties", "name": "c"})
    assert task.delete_user_properties([("properties", "d")])
    assert not task.delete_user_properties("a", "e")
    assert task.get_user_properties() == {}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda task: task.set_user_properties(), "no property is given"),
        (lambda task: task.set_user_properties("backbone"), "'backbone' is no property"),
        (lambda task: task.set_user_properties(3), "3 is no property"),
        (
            lambda task: task.set_user_properties({"name": "backbone", "description": "d"}),
            "'backbone' is .*, with a value",
        ),
        (lambda task: task.set_user_properties({3: 4}), "3 is 4"),
        (lambda task: task.set_user_properties(a={"value": 1, "colour": 2}), "'a' is"),
        (lambda task: task.delete_user_properties(), "no property is given"),
        (lambda task: task.delete_user_properties(3), "3 names no property"),
        (lambda task: task.delete_user_properties(("General", "lr")), "names no property"),
    ],
)
def test_wrong_properties_are_told_at_once(task: Task, call: Callable[[Task], object], message: str) -> None:
    """And none is set."""
    with pytest.raises(UsageError, match=message):
        call(task)
    assert task.get_user_properties() == {}
