"""Models that tasks start from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pellucid import InputModel, OutputModel, Task, UsageError
from pellucid.base.ids import new_id
from pellucid.client.session import Client
from pellucid.wire import models, tasks

pytestmark = pytest.mark.usefixtures("configured")


@pytest.fixture
def url() -> str:
    """An address of weights that no test has used."""
    return f"https://example.com/{new_id()}.onnx"


def start(name: str = "starter") -> Task:
    """A running task."""
    return Task.init("sdk tests/input models", name, reuse_last_task_id=False, auto_connect_streams=False)


def stored(client: Client, model: InputModel) -> models.Model:
    """What the server has."""
    running = Task.current_task()
    assert running is None or running.flush(wait_for_uploads=True)
    return client.send(models.GET_BY_ID, models.OfModel(model=model.id)).model


def test_what_is_imported(client: Client, url: str) -> None:
    """All that is given is on the server; the rest follows from the address and the task."""
    task = start()
    model = InputModel.import_model(
        url,
        config_dict={"layers": 3},
        label_enumeration={"cat": 1},
        tags=["in"],
        comment="a note",
        is_package=True,
        create_as_published=True,
    )

    found = stored(client, model)
    assert (found.uri, found.framework, found.project) == (url, "ONNX", task.project)
    assert (found.name, found.ready, found.task) == ("Imported by starter", True, None)
    assert (found.labels, model.config_dict, found.tags, found.system_tags) == (
        {"cat": 1},
        {"layers": 3},
        ["in"],
        ["package"],
    )
    assert found.comment == f"Imported by task id: {task.id}\na note"


def test_an_address_is_imported_once(client: Client, url: str) -> None:
    """The second time, it is the model that there is."""
    first = InputModel.import_model(url, name="first", project="sdk tests/imported")

    assert InputModel.import_model(url, name="second").id == first.id
    assert stored(client, first).name == "first"
    assert Task.get_project_id("sdk tests/imported") == first.project
    assert InputModel.import_model(f"{url}/other").name == "other"


def test_a_model_is_found_by_its_address(url: str) -> None:
    """Unless it was put away."""
    assert InputModel.load_model(url) is None
    model = InputModel.import_model(url)

    assert InputModel.load_model(url) is not None
    model.archive()
    assert InputModel.load_model(url) is None
    archived = InputModel.load_model(url, load_archived=True)
    assert archived is not None
    assert archived.id == model.id
    model.unarchive()
    assert InputModel.load_model(url) is not None


def test_a_model_is_found_by_what_it_is_like(url: str) -> None:
    """By its id, its name, project and tags; of several, the newest."""
    name, project = f"net {new_id()}", f"sdk tests/{new_id()}"
    old = InputModel.import_model(url, name=name, project=project, tags=["blue"])
    new = InputModel.import_model(f"{url}.2", name=name, project=project)

    assert InputModel(old.id).url == url
    assert InputModel(name=name).id == new.id
    assert InputModel(project=project).id == new.id
    assert InputModel(name=name, tags=["blue"]).id == old.id
    old.publish()
    assert InputModel(name=name, only_published=True).id == old.id
    assert old.published


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (InputModel, "model_id is None"),
        (lambda: InputModel(new_id()), "model_id: there is no model"),
        (lambda: InputModel("nonsense"), "model_id: there is no model 'nonsense'"),
        (lambda: InputModel(name="no such model"), "name is 'no such model'"),
        (lambda: InputModel(project="no such project"), "project_name: there is no project 'no such project'"),
        (lambda: InputModel(name="x", only_published="yes"), "only_published is 'yes'"),  # type: ignore[arg-type]
        (lambda: InputModel.import_model(""), "weights_url is ''"),
        (lambda: InputModel.import_model("https://[x"), "weights_url is 'https://"),
        (lambda: InputModel.import_model("https://x/y", is_package=1), "is_package is 1"),  # type: ignore[arg-type]
        (lambda: InputModel.import_model("https://x/y", label_enumeration={"a": "b"}), "label_enumeration is"),  # type: ignore[dict-item]
        (lambda: InputModel.load_model(3), "weights_url is 3"),  # type: ignore[arg-type]
    ],
)
def test_what_can_not_be_had(ask: Callable[[], Any], message: str) -> None:
    """A ``ValueError`` that names the argument; nothing is made."""
    with pytest.raises(UsageError, match=message):
        ask()

    assert InputModel.load_model("https://x/y") is None


def test_a_design_without_weights(client: Client) -> None:
    """Has an id, and no address."""
    model = InputModel.empty(config_text="layers = 3", label_enumeration={"cat": 1})

    assert (model.url, model.config_dict, model.labels) == ("", {"layers": 3}, {"cat": 1})
    assert model.get_weights() is None


def test_a_task_starts_from_a_model(client: Client, url: str) -> None:
    """Under the model's name, or another; its later models are designed like it."""
    task = start()
    model = InputModel.import_model(url, name="base", config_dict={"a": 1}, label_enumeration={"dog": 2})
    assert task.connect(model) is model
    model.connect(task, name="twice")

    assert task.input_models_id == {"base": model.id, "twice": model.id}
    assert (OutputModel().config_dict, OutputModel().labels) == ({"a": 1}, {"dog": 2})
    assert task.flush(wait_for_uploads=True)
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task
    assert [(one["name"], one["model"]) for one in document.models["input"]] == [
        ("base", model.id),
        ("twice", model.id),
    ]
    with pytest.raises(UsageError, match="task is 'abc'"):
        model.connect("abc")


@pytest.mark.parametrize(
    ("name", "ignore", "replaced"), [(None, False, True), ("base", False, True), ("base", True, False)]
)
def test_under_an_agent_the_task_s_model_counts(
    client: Client, url: str, monkeypatch: pytest.MonkeyPatch, name: str | None, ignore: bool, replaced: bool
) -> None:
    """In place of the program's, unless it says otherwise."""
    first = start("to be run by an agent")
    mine, theirs = InputModel.import_model(url, name="mine"), InputModel.import_model(f"{url}.2", name="theirs")
    first.connect(theirs, name="base")
    first.close()
    monkeypatch.setenv("PELLUCID_TASK_ID", first.id)
    task = Task.init("sdk tests/input models", "whatever")
    mine = InputModel(mine.id)

    task.connect(mine, name, ignore_remote_overrides=ignore)

    assert mine.name == ("theirs" if replaced else "mine")
    assert task.input_models_id == {"base": theirs.id if replaced else mine.id}


def test_a_model_of_another_task_is_used(tmp_path: Path) -> None:
    """What one task has uploaded, another one fetches (seed, Using Models)."""
    task = start("maker")
    weights = tmp_path / "net.pt"
    weights.write_bytes(b"weights")
    task.update_output_model(weights)
    task.close()

    user = start("user")
    model = InputModel(task.models["output"][-1].id)
    user.connect(model)
    path = model.get_weights(raise_on_error=True)
    assert path is not None
    assert Path(path).read_bytes() == b"weights"
    assert model.get_local_copy() == path
    assert model.task == model.original_task == task.id
