"""Models of a task, by place and by name; updated, connected, taken off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pellucid import InputModel, Model, OutputModel, Task, UsageError
from pellucid.client.session import Client
from pellucid.testing.processes import stop_uploaders
from pellucid.wire import models, tasks


@pytest.fixture
def task(configured: Path) -> Task:
    """A running task."""
    return Task.init("sdk tests/models", "trainer", reuse_last_task_id=False, auto_connect_streams=False)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file of weights."""
    file = tmp_path / "net.pt"
    file.write_bytes(b"weights")
    return file


def stored_models(client: Client, task: Task) -> list[dict[str, Any]]:
    """The models that the server has of a task, the oldest first."""
    assert task.flush(wait_for_uploads=True)
    return client.send(models.GET_ALL, models.GetAll(task=[task.id], order_by=["created"])).models


def test_m180_a_file_is_kept_and_gone(task: Task, client: Client, weights: Path) -> None:
    """It is uploaded also without a destination, under names that follow from it."""
    address = task.update_output_model(str(weights))

    assert isinstance(address, str)
    assert not weights.exists()
    (model,) = stored_models(client, task)
    assert (model["uri"], model["name"], model["framework"]) == (address, "trainer", "PyTorch")
    assert model["comment"].startswith(f"snapshot {weights} stored\n")
    assert task.models["output"].keys() == {"net"}
    assert Path(task.models["output"][-1].get_local_copy() or "").read_bytes() == b"weights"


def test_m180_a_file_is_kept_and_stays(task: Task, weights: Path) -> None:
    """``auto_delete_file=False``."""
    task.update_output_model(weights, auto_delete_file=False)

    assert weights.read_bytes() == b"weights"


def test_m180_a_folder_becomes_a_package(task: Task, tmp_path: Path) -> None:
    """And comes back as a folder (sdk-surface M188)."""
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "graph.pb").write_text("graph")

    assert task.update_output_model(folder).endswith("/models/saved.zip")
    assert not folder.exists()
    copy = Path(task.models["output"]["saved"].get_local_copy(raise_on_error=True) or "")
    assert (copy / "graph.pb").read_text() == "graph"


def test_m181_the_location_is_changed(task: Task, client: Client, weights: Path, tmp_path: Path) -> None:
    """One entry, whose address is the second one; the first model keeps its own weights."""
    other = tmp_path / "other.pt"
    other.write_bytes(b"others")
    first = task.update_output_model(weights, name="m")
    second = task.update_output_model(other, name="m")

    assert [model.url for model in task.models["output"]] == [second]
    assert [model["uri"] for model in stored_models(client, task)] == [first, second]


def test_m181_the_same_file_again_is_the_same_model(task: Task, client: Client, weights: Path) -> None:
    """Its weights, and what else is given, take the place of what was."""
    task.update_output_model(weights, name="m", tags=["first"])
    weights.write_bytes(b"later")
    address = task.update_output_model(weights, name="m", comment="the last", model_name="mine")

    (model,) = stored_models(client, task)
    assert (model["uri"], model["name"], model["tags"]) == (address, "mine", ["first"])
    assert model["comment"].endswith("\nthe last")
    assert Path(task.models["output"]["m"].get_local_copy() or "").read_bytes() == b"later"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"name": "m"}, ("m", "trainer - m")),
        ({"model_name": "x"}, ("net", "x")),
        ({"name": "m", "model_name": "x"}, ("m", "x")),
    ],
)
def test_m182_the_name(task: Task, weights: Path, names: dict[str, str], expected: tuple[str, str]) -> None:
    """Of the entry in the task, and of the model."""
    task.update_output_model(weights, **names)  # type: ignore[arg-type]  # names only

    assert (*task.models["output"].keys(), task.models["output"][-1].name) == expected


def test_m183_m184_m185_comment_iteration_and_tags(task: Task, client: Client, weights: Path) -> None:
    """They are on the server, and read back."""
    task.update_output_model(weights, comment="hello", iteration=7, tags=["t1"])

    assert task.flush(wait_for_uploads=True)
    seen = Model(task.models["output"][-1].id)
    assert "hello" in seen.comment.split("\n")
    assert (seen.last_iteration, task.get_last_iteration(), seen.tags) == (7, 7, ["t1"])


def test_m184_weights_are_of_the_last_iteration(task: Task, client: Client, weights: Path) -> None:
    """Unless something else is said."""
    task.get_logger().report_scalar("loss", "train", 0.5, 5)
    task.update_output_model(weights, auto_delete_file=False)
    task.update_output_model(weights, name="m", iteration=8, auto_delete_file=False)
    task.update_output_model(weights, name="n")

    assert [model["last_iteration"] for model in stored_models(client, task)] == [5, 8, 8]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model_path": "no/such.pt"}, "model_path is 'no/such.pt', which does not exist"),
        ({"model_path": None}, "model_path is None"),
        ({"iteration": "7"}, "iteration is '7'"),
        ({"tags": 7}, "tags is 7"),
        ({"name": 7}, "name is 7"),
        ({"model_name": 7}, "model_name is 7"),
        ({"comment": 7}, "comment is 7"),
        ({"auto_delete_file": 7}, "auto_delete_file is 7"),
    ],
)
def test_bad_arguments_make_nothing(
    task: Task, client: Client, weights: Path, arguments: dict[str, Any], message: str
) -> None:
    """The message names the argument; there is no model, and the file is still there."""
    with pytest.raises(UsageError, match=message):
        task.update_output_model(**{"model_path": weights, **arguments})

    assert stored_models(client, task) == []
    assert weights.exists()


def test_m187_by_kind_place_and_name(task: Task, client: Client) -> None:
    """In the run, and by whoever looks at the task."""
    first, last = OutputModel(name="first"), OutputModel(name="last")
    task.connect(InputModel.import_model("https://example.com/m187.pt", name="base"))
    task.close()

    for seen in (task, Task.get_task(task_id=task.id)):
        assert seen is not None
        found = seen.models
        assert list(found) == ["input", "output"]
        assert found.output is not None
        assert [model.id for model in found["output"]] == [first.id, last.id]
        assert (found["output"][-1].id, found["output"]["first"].id) == (last.id, first.id)
        assert [model.name for model in found.output[:1]] == ["first"]
        assert (len(found["output"]), list(found["output"].keys())) == (2, ["first", "last"])
        assert (list(found.input.keys()), found["input"][0].url) == (["base"], "https://example.com/m187.pt")
        assert seen.output_models_id == {"first": first.id, "last": last.id}
        assert "first" in repr(found["output"])
        with pytest.raises(KeyError):
            found["output"]["none"]
        with pytest.raises(IndexError):
            found["output"][2]
        with pytest.raises(KeyError):
            found["other"]


def test_m116_m117_input_models_are_set_and_taken_off(task: Task, client: Client) -> None:
    """By id or by name, under a name of the task's (seed, Task Cloning)."""
    model = InputModel.import_model("https://example.com/base.pt", name="base model", config_dict={"a": 1})
    task.flush(wait_for_uploads=True)
    task.set_input_model(model_id=model.id)
    task.set_input_model(model_name="base model", name="again", update_task_design=False)
    assert task.input_models_id == {"base model": model.id, "again": model.id}
    assert task.get_model_config_dict() == {"a": 1}

    with pytest.raises(UsageError, match=r"models_to_remove has 'none'"):
        task.remove_input_models([model, "none"])
    task.remove_input_models([model])
    assert task.input_models_id == {}
    assert task.flush(wait_for_uploads=True)
    assert client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task.models["input"] == []


@pytest.mark.parametrize("given", [{}, {"model_id": "a", "model_name": "b"}])
def test_m117_one_input_model_at_a_time(task: Task, given: dict[str, str]) -> None:
    """By its id or by its name."""
    with pytest.raises(UsageError, match="allowed is one of the two"):
        task.set_input_model(**given)  # type: ignore[arg-type]  # texts only


def test_labels_and_design(task: Task) -> None:
    """As they were set."""
    assert (task.get_model_config_text(), task.get_model_config_dict(), task.get_labels_enumeration()) == ("", {}, {})
    task.set_model_config(config_text="a = 1\nb { c = [1, 2] }")
    task.set_model_label_enumeration({"cat": 1})

    assert task.get_model_design() == "a = 1\nb { c = [1, 2] }"
    assert task.get_model_config_dict() == {"a": 1, "b": {"c": [1, 2]}}
    assert task.get_labels_enumeration() == {"cat": 1}
    task.set_model_label_enumeration()
    assert task.get_labels_enumeration() == {}
    with pytest.raises(UsageError, match="one of the two"):
        task.set_model_config()
    with pytest.raises(UsageError, match="enumeration is"):
        task.connect_label_enumeration(["cat"])  # type: ignore[arg-type]  # that is the point


def test_models_without_a_server(home: Path, weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An offline task has its models like any other (sdk-surface C19), and they are imported with it."""
    monkeypatch.setenv("PELLUCID_OFFLINE_MODE", "1")
    task = Task.init("sdk tests/models", "offline", auto_connect_streams=False)
    model = OutputModel(name="net", config_dict={"layers": 4})
    model.set_metadata("accuracy", 0.5)
    address = task.update_output_model(weights, name="m")
    model.publish()

    assert list(task.models["output"].keys()) == ["net", "m"]
    assert (task.models["output"]["net"].config_dict, model.get_metadata("accuracy")) == ({"layers": 4}, "0.5")
    assert Path(task.models["output"]["m"].get_local_copy() or "").read_bytes() == b"weights"
    assert address.startswith("file://")
    InputModel.import_model("https://example.com/offline.pt").connect(task)
    assert task.models["input"][0].url == "https://example.com/offline.pt"
    task.close()


def test_models_of_an_offline_session_are_imported(
    configured: Path, client: Client, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, however often it is imported."""
    Task.set_offline(True)
    task = Task.init("sdk tests/models", "offline", auto_connect_streams=False)
    model = OutputModel(name="net")
    task.update_output_model(weights, name="m")
    folder = task.get_offline_mode_folder()
    task.close()
    Task.set_offline(False)
    assert folder is not None

    imported = {Task.import_offline_session(folder), Task.import_offline_session(folder.with_suffix(".zip"))}

    (task_id,) = imported
    seen = Task.get_task(task_id=task_id)
    assert seen is not None
    assert seen.models["output"]["net"].id == model.id
    assert Path(seen.models["output"]["m"].get_local_copy() or "").read_bytes() == b"weights"
    assert seen.models["output"]["m"].project == seen.project
    assert len(client.send(models.GET_ALL, models.GetAll(task=[task_id])).models) == 2


def test_models_survive_a_dead_uploader(task: Task, client: Client, home: Path, weights: Path) -> None:
    """What was recorded is sent by the next one."""
    assert task.flush(wait_for_uploads=True)
    stop_uploaders(home / "runs" / task.id)
    address = task.update_output_model(weights)

    (model,) = stored_models(client, task)
    assert model["uri"] == address
