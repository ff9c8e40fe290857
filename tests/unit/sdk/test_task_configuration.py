"""Tests of ``pellucid.sdk.task_configuration``: configurations of tasks on a real server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pellucid import Task, UsageError

pytestmark = pytest.mark.usefixtures("configured")

YAML = "model:\n  depth: 3  # layers\nsizes: [1, 2]\n"
HOCON = "model { depth = 3 } // layers\nsizes = [1, 2]\n"
JSON = '{"model": {"depth": 3}, "sizes": [1, 2]}'
VALUE = {"model": {"depth": 3}, "sizes": [1, 2]}


def new_task() -> Task:
    """A new task in one project."""
    return Task.init("configuration tests", "configured", reuse_last_task_id=False)


def from_elsewhere(task: Task) -> Task:
    """The same task, as others see it."""
    task.flush(wait_for_uploads=True)
    return Task._stored(task.id, task._record.client(), task._connection)  # type: ignore[arg-type]


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Task]:
    """Runs a draft with a configuration object as an agent would."""

    def run(name: str, text: str, type_: str | None = None) -> Task:
        draft = Task.create("configuration tests", "of an agent")
        draft.set_configuration_object(name, config_text=text, config_type=type_)
        monkeypatch.setenv("CLEARML_TASK_ID", draft.id)
        return Task.init()

    return run


def test_m214_m215_m217_a_dictionary() -> None:
    """Is like what was given, and every change of it is recorded; it is named General by default."""
    task = new_task()
    original = {"model": {"depth": 3}, "sizes": [1, 2]}
    settings = task.connect_configuration(original, description="all of it")

    assert settings == VALUE == task.get_configuration_object_as_dict("General")
    settings["model"]["depth"] = 4
    settings["new"] = True
    seen = from_elsewhere(task)
    assert seen.get_configuration_object_as_dict("General") == settings
    assert (seen.data.configuration["General"].type, seen.data.configuration["General"].description) == (
        "dictionary",
        "all of it",
    )
    assert original == VALUE


def test_a_list() -> None:
    """Is the same list; its changes are recorded when the task is flushed."""
    task = new_task()
    original = [1, {"a": 2}]
    assert task.connect_configuration(original, name="steps") is original
    original.append(3)
    seen = from_elsewhere(task)

    assert seen.get_configuration_object_as_dict("steps") == [1, {"a": 2}, 3]
    assert seen.get_configuration_objects().keys() == {"steps"}


@pytest.mark.parametrize(("suffix", "text"), [(".yaml", YAML), (".conf", HOCON), (".json", JSON)])
@pytest.mark.parametrize("kind", [str, Path])
def test_m214_m216_a_file(tmp_path: Path, kind: type, suffix: str, text: str) -> None:
    """Is kept as it is, and the same path returned; it can be read as a dictionary."""
    task = Task.create("configuration tests", "a draft")
    path = kind(tmp_path / f"settings{suffix}")
    Path(path).write_text(text)

    assert task.connect_configuration(path, name="file") is path
    seen = from_elsewhere(task)
    assert seen.get_configuration_object("file") == text
    assert seen.get_configuration_object_as_dict("file") == VALUE
    assert seen.data.configuration["file"].type == suffix[1:]


@pytest.mark.parametrize(("type_", "text"), [("yaml", YAML), ("conf", HOCON), ("dictionary", JSON)])
def test_m215_a_dictionary_of_an_agent_s_run(remote: Callable[..., Task], type_: str, text: str) -> None:
    """Is what the task says, wholly."""
    task = remote("General", text, type_)
    original = {"model": {"depth": 1}, "own": 1}

    assert task.connect_configuration(original) == VALUE
    assert original == VALUE


@pytest.mark.parametrize("kind", [str, Path])
def test_m216_a_file_of_an_agent_s_run(remote: Callable[..., Task], tmp_path: Path, kind: type) -> None:
    """Is another one, with the task's text, of the same suffix; that of the program need not be there."""
    task = remote("file", YAML)
    path = kind(tmp_path / "missing.yaml")
    found = task.connect_configuration(path, name="file")

    assert type(found) is type(path)
    assert found != path
    assert Path(found).suffix == ".yaml"
    assert Path(found).read_text() == YAML
    Path(found).unlink()


def test_a_list_of_an_agent_s_run(remote: Callable[..., Task]) -> None:
    """In place."""
    task = remote("General", "[1, 2]")
    original: list[Any] = ["own"]

    assert task.connect_configuration(original) is original == [1, 2]


def test_an_agent_s_run_without_it(remote: Callable[..., Task], caplog: pytest.LogCaptureFixture) -> None:
    """Uses and records the program's own, with a warning; so it does, without one, if it is told to."""
    task = remote("other", "{}")

    assert task.connect_configuration({"a": 1}, name="missing") == {"a": 1}
    assert "the task has no configuration object 'missing'" in caplog.text
    assert task.connect_configuration({"a": 1}, name="other", ignore_remote_overrides=True) == {"a": 1}
    assert task.get_configuration_object_as_dict("other") == {"a": 1}


def test_configuration_objects_are_set() -> None:
    """As texts or dictionaries, on drafts too; the others stay."""
    for task in (new_task(), Task.create("configuration tests", "a draft")):
        task.set_configuration_object("text", "a: 1", description="a text", config_type="yaml")
        task.set_configuration_object("dictionary", config_dict={"b": 2})
        task.set_configuration_object("list", config_dict=[3])
        task.set_configuration_object("text", config_text="a: 2", config_type="yaml")

        assert task.get_configuration_objects().keys() == {"text", "dictionary", "list"}
        assert task.get_configuration_object("text") == "a: 2"
        assert [task.get_configuration_object_as_dict(name) for name in ("text", "dictionary", "list")] == [
            {"a": 2},
            {"b": 2},
            [3],
        ]
        assert task.data.configuration["text"].description == "a text"
        assert task.get_configuration_object("missing") is None
        assert task.get_configuration_object_as_dict("missing") is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda task: task.connect_configuration("missing.yaml"),
            r"configuration is 'missing\.yaml'; allowed is the path",
        ),
        (
            lambda task: task.connect_configuration(3),
            "configuration is 3; allowed is a dictionary, a list, or the path",
        ),
        (lambda task: task.connect_configuration(""), "configuration is ''"),
        (lambda task: task.connect_configuration({}, name=""), "name is ''"),
        (lambda task: task.connect_configuration({}, description=3), "description is 3"),
        (lambda task: task.set_configuration_object("x"), "config_text and config_dict: exactly one"),
        (
            lambda task: task.set_configuration_object("x", "a", config_dict={}),
            "config_text and config_dict: exactly one",
        ),
        (lambda task: task.set_configuration_object("x", config_dict=3), "config_dict is 3"),
        (lambda task: task.set_configuration_object("x", 3), "config_text is 3"),
    ],
)
def test_m218_what_can_t_be_a_configuration(call: Callable[[Task], object], message: str) -> None:
    """Is told at once, and nothing is recorded."""
    task = Task.create("configuration tests", "a draft")

    with pytest.raises(UsageError, match=message):
        call(task)
    assert task.get_configuration_objects() == {}


def test_texts_that_say_no_dictionary() -> None:
    """Can be had as texts only."""
    task = Task.create("configuration tests", "a draft")
    task.set_configuration_object("number", "3")
    task.set_configuration_object("nonsense", "{[")

    with pytest.raises(UsageError, match="name is 'number', and that object is neither a dictionary nor a list, but 3"):
        task.get_configuration_object_as_dict("number")
    with pytest.raises(UsageError, match="name is 'nonsense', and that object is neither JSON, HOCON nor YAML"):
        task.get_configuration_object_as_dict("nonsense")


def test_a_task_that_is_over_takes_none() -> None:
    """Neither by one call nor by the other."""
    task = new_task()
    task.close()

    with pytest.raises(UsageError, match="is completed; configuration objects can be changed while"):
        task.set_configuration_object("x", "a")
    with pytest.raises(UsageError, match="is completed; configuration objects can be changed while"):
        task.connect_configuration({"a": 1})
