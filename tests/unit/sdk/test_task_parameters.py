"""Tests of ``pellucid.sdk.task_parameters``: parameters of tasks, and objects connected to them, on a real server."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import attrs
import pydantic
import pytest
from omegaconf import OmegaConf

from pellucid import Task, UsageError
from pellucid.client.session import Client
from pellucid.wire import tasks

pytestmark = pytest.mark.usefixtures("configured")


def new_task(name: str = "parameters") -> Task:
    """A new task in one project."""
    return Task.init("parameter tests", name, reuse_last_task_id=False)


def stored(client: Client, task: Task) -> dict[str, dict[str, tuple[str | None, str | None]]]:
    """Text and type of the parameters that the server has, by section and name."""
    task.flush(wait_for_uploads=True)
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task
    return {
        section: {name: (one.value, one.type) for name, one in found.items()}
        for section, found in document.hyperparams.items()
    }


class Mode(Enum):
    """A choice."""

    fast = 1
    exact = 2


@pytest.fixture(params=["running", "draft", "by id"])
def task(request: pytest.FixtureRequest) -> Task:
    """A task that may be changed: the one that runs, a draft, one that runs and is looked at from elsewhere."""
    if request.param == "draft":
        return Task.create("parameter tests", "a draft")
    if request.param == "running":
        return new_task()
    draft = Task.create("parameter tests", "of somebody else")
    draft.mark_started()
    return Task.get_task(task_id=draft.id)


def test_m200_m201_parameters_are_set(task: Task, client: Client) -> None:
    """Dictionaries, nested ones, pairs and names; what names no section goes to General."""
    task.set_parameters(
        {"Args/epochs": 7, "lr": 0.5}, [("momentum", 0.9)], {"Model": {"layers": {"depth": 3}}}, decay=1
    )

    assert stored(client, task) == {
        "Args": {"epochs": ("7", "int")},
        "General": {"lr": ("0.5", "float"), "momentum": ("0.9", "float"), "decay": ("1", "int")},
        "Model": {"layers/depth": ("3", "int")},
    }


def test_m202_one_parameter(task: Task, client: Client) -> None:
    """The others stay; its meaning is kept with it."""
    task.set_parameters({"Args/epochs": 7})
    task.set_parameter(name="decay", value=0.001)
    task.set_parameter("Args/rate", "1e-3", description="per step", value_type=float)

    assert stored(client, task) == {
        "Args": {"epochs": ("7", "int"), "rate": ("1e-3", "float")},
        "General": {"decay": ("0.001", "float")},
    }
    assert task.data.hyperparams["Args"]["rate"].description == "per step"


def test_m203_all_are_replaced(task: Task, client: Client) -> None:
    """In every section, but for user properties; what is known of a parameter stays."""
    task.set_user_properties(owner="ada")
    task.set_parameter("lr", 1, description="rate of learning")
    task.connect({"depth": 2}, name="Model")
    task.set_parameters({"General/lr": "2", "new": True})

    assert stored(client, task) == {
        "properties": {"owner": ("ada", "str")},
        "General": {"lr": ("2", "int"), "new": ("True", "bool")},
    }
    assert task.data.hyperparams["General"]["lr"].description == "rate of learning"


@pytest.mark.parametrize("call", [Task.set_parameters_as_dict, Task.update_parameters])
def test_m204_some_are_set(task: Task, call: Callable[[Task, Any], None]) -> None:
    """The old ones stay; a nested dictionary names sections."""
    task.set_parameters({"my_args/lr": 1, "my_args/n": 2})
    call(task, {"my_args": {"lr": 0.3}, "other/x": 1})

    assert task.get_parameters() == {"my_args/lr": "0.3", "my_args/n": "2", "other/x": "1"}


def test_m206_m207_m208_they_are_read(task: Task) -> None:
    """As texts by their full names, in these letters; of their own types if asked for."""
    values = {
        "epochs": 7,
        "rate": 0.5,
        "flag": False,
        "name": "x",
        "sizes": [1, 2],
        "pair": (1, "a"),
        "table": {},
        "nothing": None,
    }
    task.set_parameters_as_dict({"Args": values})

    assert task.get_parameters()["Args/epochs"] == "7"
    assert task.get_parameters()["Args/sizes"] == "[1, 2]"
    assert task.get_parameters(cast=True) == {f"Args/{name}": value for name, value in values.items()}
    assert task.get_parameters_as_dict(cast=True) == {"Args": values}
    assert task.get_parameters_as_dict()["Args"]["flag"] == "False"
    assert (task.get_parameter("Args/epochs"), task.get_parameter("Args/epochs", cast=True)) == ("7", 7)
    for name in ("epochs", "args/epochs", "Args/Epochs"):
        assert task.get_parameter(name) is None
        assert task.get_parameter(name, default=3) == 3


def test_a_new_task_has_none(task: Task) -> None:
    """Nothing of its own."""
    assert (task.get_parameters(), task.get_parameters_as_dict()) == ({}, {})


def test_one_is_deleted(task: Task, client: Client) -> None:
    """By its full name; says whether it was there."""
    task.set_parameters({"Args/epochs": 7, "lr": 1})

    assert task.delete_parameter("Args/epochs")
    assert not task.delete_parameter("Args/epochs")
    assert task.delete_parameter("lr", force=True)  # of General
    assert stored(client, task) == {}


def test_m209_a_task_that_is_over_takes_none() -> None:
    """Neither here nor from elsewhere; those of other tasks are told the same way."""
    task = new_task("over")
    task.close()

    calls: list[Callable[[Task], object]] = [
        lambda one: one.set_parameter("lr", 1),
        lambda one: one.set_parameters({"lr": 1}),
        lambda one: one.delete_parameter("lr"),
        lambda one: one.connect({"lr": 1}),
    ]
    for one, call in itertools.product((task, Task.get_task(task_id=task.id)), calls):
        with pytest.raises(UsageError, match="is completed; parameters can be changed while a task is created or"):
            call(one)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda task: task.set_parameters(3), "set_parameters: 3 is neither a dictionary nor"),
        (lambda task: task.set_parameters(["ab", 3]), "is neither a dictionary nor"),
        (lambda task: task.set_parameter("", 3), "name: '' can't name a parameter"),
        (lambda task: task.set_parameter("Args/", 3), "name: 'Args/' can't name a parameter"),
        (lambda task: task.set_parameter(3, 3), "name: 3 can't name a parameter"),
        (lambda task: task.set_parameter("a", 3, value_type=3), "value_type is 3"),
        (lambda task: task.set_parameters_as_dict([("a", 1)]), "dictionary is"),
        (lambda task: task.connect(3), "mutable is 3 of type int; allowed is a dictionary"),
        (lambda task: task.connect({}, name="a/b"), "name is 'a/b'; allowed is the name of a section"),
    ],
)
def test_what_can_t_be_a_parameter(call: Callable[[Task], object], message: str) -> None:
    """Is told at once, and changes nothing."""
    task = Task.create("parameter tests", "a draft")

    with pytest.raises(UsageError, match=message):
        call(task)
    assert task.get_parameters() == {}


def test_m210_a_connected_dictionary(client: Client) -> None:
    """What is returned records its changes, deep ones too; the original is left alone; keys become texts."""
    task = new_task()
    original: dict[Any, Any] = {"epochs": 3, "model": {"depth": 2}, 7: "seven", "mode": Mode.fast}
    settings = task.connect(original, name="train")
    settings["epochs"] = 5
    settings["model"]["width"] = 4
    settings.update(rate=0.1)
    del settings["model"]["depth"]

    assert stored(client, task)["train"] == {
        "epochs": ("5", "int"),
        "7": ("seven", "str"),
        "mode": ("fast", "Mode"),
        "model/width": ("4", "int"),
        "rate": ("0.1", "float"),
    }
    assert original == {"epochs": 3, "model": {"depth": 2}, 7: "seven", "mode": Mode.fast}


class Person:
    """As the guide has it."""

    def __init__(self, name: str, age: int) -> None:
        self.name = name
        self.age = age


def test_m211_m212_objects_in_one_section() -> None:
    """Merge; what has changed in an object is recorded at the latest when the task ends."""
    task = new_task()
    me = Person("Erik", 5)
    assert task.connect(me) is me
    task.connect({"epochs": 3, "batch": 8})
    me.age = 6
    task.close()

    assert task.get_parameters() == {
        "General/name": "Erik",
        "General/age": "6",
        "General/epochs": "3",
        "General/batch": "8",
    }


@dataclass
class Data:
    """Settings in a dataclass."""

    rate: float = 0.1
    sizes: list[int] = field(default_factory=lambda: [1, 2])
    mode: Mode = Mode.fast


@attrs.define
class Attrs:
    """The same by attrs."""

    rate: float = 0.1
    sizes: list[int] = attrs.field(factory=lambda: [1, 2])
    mode: Mode = Mode.fast


class Model(pydantic.BaseModel):
    """The same by pydantic."""

    rate: float = 0.1
    sizes: list[int] = [1, 2]
    mode: Mode = Mode.fast


class Plain:
    """The same without anybody's help."""

    def __init__(self) -> None:
        self.rate = 0.1
        self.sizes = [1, 2]
        self.mode = Mode.fast


def config_tree() -> Any:
    """The same by OmegaConf."""
    return OmegaConf.create({"rate": 0.1, "sizes": [1, 2], "mode": Mode.fast})


KINDS: list[Callable[[], Any]] = [Data, Attrs, Model, Plain, config_tree]


@pytest.mark.parametrize("make", KINDS)
def test_m211_objects_of_all_kinds(make: Callable[[], Any]) -> None:
    """Are the same parameters."""
    task = new_task()
    settings = make()
    assert task.connect(settings) is settings
    settings.rate = 0.2
    task.flush()

    assert task.get_parameters() == {"General/rate": "0.2", "General/sizes": "[1, 2]", "General/mode": "fast"}


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Task]:
    """Runs a draft with these parameters as an agent would."""

    def run(**parameters: str) -> Task:
        draft = Task.create("parameter tests", "of an agent")
        draft.set_parameters(parameters)
        monkeypatch.setenv("CLEARML_TASK_ID", draft.id)
        return Task.init()

    return run


@pytest.mark.parametrize("make", KINDS)
def test_m213_an_agent_s_run_gets_the_task_s_values(remote: Callable[..., Task], make: Callable[[], Any]) -> None:
    """In place, each of the type that it has in the program."""
    task = remote(rate="0.7", sizes="[5, 6]", mode="exact", unknown="1")
    settings = make()

    assert task.connect(settings) is settings
    assert (settings.rate, list(settings.sizes), settings.mode) == (0.7, [5, 6], Mode.exact)
    assert not hasattr(settings, "unknown") or "unknown" not in settings


def test_m213_a_dictionary_of_an_agent_s_run(remote: Callable[..., Task], client: Client) -> None:
    """The original too; what the task has not is added to it; later changes of the program are recorded."""
    task = remote(epochs="9", flag="false", rate="often", sizes="[a, b]")
    original = {"epochs": 3, "flag": True, "rate": 0.1, "new": 1, "inner": {"depth": 2}, "sizes": ["x"]}
    settings = task.connect(original)
    settings["new"] = 2

    assert (
        original | {"new": 2}
        == settings
        == {
            "epochs": 9,
            "flag": False,
            "rate": 0.1,
            "new": 2,
            "inner": {"depth": 2},
            "sizes": ["a", "b"],
        }
    )
    assert stored(client, task)["General"]["new"] == ("2", "int")


def test_the_program_s_values_can_be_kept(remote: Callable[..., Task], client: Client) -> None:
    """Also under an agent."""
    task = remote(epochs="9")

    assert task.connect({"epochs": 3}, ignore_remote_overrides=True) == {"epochs": 3}
    assert stored(client, task)["General"]["epochs"][0] == "3"


def test_a_connected_parser(client: Client) -> None:
    """Is given back; its arguments are recorded when it parses them."""
    import argparse

    task = new_task()
    parser = argparse.ArgumentParser()
    parser.add_argument("--depth", type=int, default=3)

    assert task.connect(parser) is parser
    parser.parse_args(["--depth", "5"])
    assert stored(client, task)["Args"]["depth"] == ("5", "int")
