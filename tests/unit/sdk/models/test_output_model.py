"""Models that a running task makes, against a real server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pellucid import InputModel, Model, OutputModel, Task, UsageError
from pellucid.client.session import Client
from pellucid.wire import models, tasks

pytestmark = pytest.mark.usefixtures("configured")


@pytest.fixture
def task(home: Path) -> Task:
    """A running task."""
    return Task.init("sdk tests/models", "trainer", reuse_last_task_id=False, auto_connect_streams=False)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file of weights."""
    file = tmp_path / "net.pt"
    file.write_bytes(b"weights")
    return file


def on_server(client: Client, model: OutputModel) -> models.Model:
    """What the server has, when it has everything."""
    running = Task.current_task()
    assert running is None or running.flush(wait_for_uploads=True)
    return client.send(models.GET_BY_ID, models.OfModel(model=model.id)).model


def outputs(client: Client, task: Task) -> dict[str, str]:
    """The server's list of the task's output models."""
    assert task.flush(wait_for_uploads=True)
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task
    return {one["name"]: one["model"] for one in document.models["output"]}


def test_m178_a_model_is_registered_at_once(task: Task, client: Client) -> None:
    """It is among the task's models when the constructor returns, and on the server."""
    model = OutputModel(task=task, framework="PyTorch")

    assert [one.id for one in task.models["output"]] == [model.id]
    assert (task.models["output"][0].framework, task.models["output"][0].name) == ("PyTorch", "trainer")
    assert outputs(client, task) == {"trainer": model.id}
    stored = on_server(client, model)
    assert (stored.name, stored.framework, stored.task, stored.ready) == ("trainer", "PyTorch", task.id, False)
    assert stored.project == task.project


def test_m179_what_a_model_is_made_with(task: Task, client: Client) -> None:
    """All of it, for the current task."""
    model = OutputModel(
        config_dict={"layers": 4},
        label_enumeration={"cat": 1},
        name="net",
        tags=["first"],
        comment="a note",
        framework="ONNX",
    )

    stored = on_server(client, model)
    assert (stored.name, stored.tags, stored.framework) == ("net", ["first"], "ONNX")
    assert (stored.labels, model.config_dict) == ({"cat": 1}, {"layers": 4})
    assert stored.comment == f"Created by task id: {task.id}\na note"
    assert stored.design == {"design": model.config_text}


def test_m179_a_model_is_gone_on_with(task: Task, client: Client) -> None:
    """``base_model_id`` says which; only what is given changes, here and in a later task."""
    first = OutputModel(name="net", tags=["first"], config_text="layers = 1")
    again = OutputModel(base_model_id=first.id, comment="more of it")
    assert (again.id, again.name, again.tags, again.config_text) == (first.id, "net", ["first"], "layers = 1")
    task.close()
    later = Task.init("sdk tests/models", "later", reuse_last_task_id=False, auto_connect_streams=False)
    OutputModel(base_model_id=first.id, name="better")

    assert outputs(client, later) == {"better": first.id}
    stored = on_server(client, first)
    assert (stored.name, stored.task, stored.comment.split("\n")[-1]) == ("better", task.id, "more of it")
    OutputModel(base_model_id=first.id).publish()
    for model_id, message in ((first.id, "is published"), ("0" * 32, "there is no model")):
        with pytest.raises(UsageError, match=message):
            OutputModel(base_model_id=model_id)
    assert outputs(client, later) == {"better": first.id}


def test_m186_a_model_is_updated_without_any_task(task: Task, client: Client, weights: Path) -> None:
    """By its id, in a program that runs no task (sdk-surface C25)."""
    model_id = OutputModel(name="net").id
    task.close()

    model = OutputModel(base_model_id=model_id)
    address = model.update_weights(weights, upload_uri=task._connection.files_host)  # type: ignore[union-attr]
    assert on_server(client, model).uri == address
    assert f"/trainer.{task.id}/models/" in address
    with pytest.raises(UsageError, match="no task has made model"):
        OutputModel(base_model_id=InputModel.import_model("https://example.com/nobody.pt").id)


def test_m179_without_a_task_there_is_no_model() -> None:
    """No task is given, and none runs."""
    with pytest.raises(ValueError, match="task is None"):
        OutputModel()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"task": "abc"}, "task is 'abc'"),
        ({"config_text": "a = 1", "config_dict": {}}, "config_text"),
        ({"config_dict": [1]}, "config_dict is"),
        ({"label_enumeration": {"cat": "one"}}, "label_enumeration is"),
        ({"tags": 3}, "tags is 3"),
        ({"name": ""}, "name is ''"),
        ({"framework": 3}, "framework is 3"),
        ({"comment": 3}, "comment is 3"),
        ({"base_model_id": 3}, "base_model_id is 3"),
    ],
)
def test_bad_arguments_make_nothing(task: Task, client: Client, arguments: dict[str, Any], message: str) -> None:
    """The message names the argument; neither the task nor the server has anything."""
    with pytest.raises(UsageError, match=message):
        OutputModel(**arguments)

    assert outputs(client, task) == {}


def test_two_models_without_a_name_are_two(task: Task, client: Client) -> None:
    """Neither takes the place of the other."""
    first, second = OutputModel(task), OutputModel(task)

    assert outputs(client, task) == {"trainer": first.id, "trainer 2": second.id}


def test_m186_weights_stay_where_they_are_without_a_destination(task: Task, client: Client, weights: Path) -> None:
    """Only their path is recorded, and the file is left alone (sdk-surface M191)."""
    model = OutputModel(name="net")

    assert model.update_weights(str(weights)) == weights.as_uri() == model.url
    stored = on_server(client, model)
    assert (stored.uri, stored.framework) == (weights.as_uri(), "PyTorch")
    assert stored.comment.startswith(f"snapshot {weights} stored\n")
    assert weights.read_bytes() == b"weights"
    assert outputs(client, task) == {"net": model.id}


def test_m186_weights_are_uploaded_in_the_background(task: Task, client: Client, weights: Path) -> None:
    """What is stored is the file as it was; the program's own is gone."""
    model = OutputModel(name="net", framework="PyTorch")
    model.set_upload_destination(task._connection.files_host)  # type: ignore[union-attr]  # there is a server
    address = model.update_weights(weights, target_filename="best", iteration=7)
    assert not weights.exists()
    weights.write_bytes(b"later")

    assert address == model.url
    assert address.endswith(f"/sdk%20tests/models/trainer.{task.id}/models/best.pt")
    stored = on_server(client, model)
    assert (stored.uri, stored.last_iteration) == (address, 7)
    assert task.get_last_iteration() == 7
    assert outputs(client, task) == {"best": model.id}
    assert Path(model.get_weights(raise_on_error=True) or "").read_bytes() == b"weights"


def test_m186_waiting_for_weights(task: Task, client: Client, weights: Path) -> None:
    """``async_enable=False`` and ``wait_for_uploads`` return when the server has them."""
    files_host = task._connection.files_host  # type: ignore[union-attr]  # there is a server
    model = OutputModel()
    address = model.update_weights(weights, upload_uri=files_host, async_enable=False, auto_delete_file=False)
    assert client.send(models.GET_BY_ID, models.OfModel(model=model.id)).model.uri == address

    weights.write_bytes(b"more of them")
    model.update_weights(weights, upload_uri=files_host)
    OutputModel.wait_for_uploads(timeout=20)
    assert not any(task.pending())


def test_m186_weights_that_are_somewhere_else(task: Task, client: Client) -> None:
    """Their address is all that is recorded."""
    model = OutputModel(name="net")

    assert model.update_weights(register_uri="https://example.com/m.onnx", update_comment=False) == model.url
    stored = on_server(client, model)
    assert (stored.uri, stored.framework) == ("https://example.com/m.onnx", "ONNX")
    assert stored.comment == f"Created by task id: {task.id}"


@pytest.mark.parametrize(
    ("update", "message"),
    [
        (lambda model, file: model.update_weights(), "allowed is one of the two"),
        (lambda model, file: model.update_weights(file, register_uri="https://example.com/x"), "one of the two"),
        (lambda model, file: model.update_weights("no/such/file.pt"), "'no/such/file.pt', which does not exist"),
        (lambda model, file: model.update_weights(3), "weights_filename is 3"),
        (lambda model, file: model.update_weights(file, upload_uri="ftp://example.com"), "upload_uri is 'ftp:"),
        (lambda model, file: model.update_weights(file, iteration="last"), "iteration is 'last'"),
        (lambda model, file: model.update_weights(file, auto_delete_file="no"), "auto_delete_file is 'no'"),
        (lambda model, file: model.update_weights_package(), "allowed is one of the two"),
        (lambda model, file: model.update_weights_package([file], file.parent), "allowed is one of the two"),
        (lambda model, file: model.update_weights_package([]), "weights_filenames is empty"),
        (lambda model, file: model.update_weights_package(["gone.pt"]), "'gone.pt', which does not exist"),
        (lambda model, file: model.update_weights_package(weights_path=file), "which is no folder"),
        (lambda model, file: model.update_design(), "one of the two"),
        (lambda model, file: model.update_labels({"cat": 1.5}), "labels is"),
        (lambda model, file: model.wait_for_uploads(*["long"]), "timeout is 'long'"),
    ],
)
def test_bad_updates_change_nothing(
    task: Task, client: Client, weights: Path, update: Callable[[OutputModel, Path], object], message: str
) -> None:
    """The message names the argument, the file is still there, and the model is as it was."""
    model = OutputModel(name="net")
    before = on_server(client, model)

    with pytest.raises(UsageError, match=message):
        update(model, weights)

    after = on_server(client, model)
    assert (after.uri, after.comment, after.framework) == (before.uri, before.comment, before.framework)
    assert weights.exists()


def test_a_published_model_stays_as_it_is(task: Task, client: Client, weights: Path) -> None:
    """Weights on their way are stored before; nothing is changed after."""
    model = OutputModel(name="net")
    address = model.update_weights(weights, upload_uri=task._connection.files_host)  # type: ignore[union-attr]
    model.publish()
    model.publish()

    assert model.published
    stored = on_server(client, model)
    assert (stored.ready, stored.uri) == (True, address)
    assert task.pending().refused == 0
    weights.write_bytes(b"other ones")
    for change in (
        lambda: model.update_weights(weights),
        lambda: model.update_weights(register_uri="https://example.com/x"),
        lambda: model.update_weights_package([weights]),
        lambda: model.update_design("text"),
        lambda: model.update_labels({"cat": 2}),
    ):
        with pytest.raises(ValueError, match="is published"):
            change()
    assert weights.exists()


def test_several_files_are_a_package(task: Task, client: Client, tmp_path: Path) -> None:
    """They come back as they were."""
    folder = tmp_path / "saved model"
    (folder / "variables").mkdir(parents=True)
    (folder / "graph.pb").write_text("graph")
    (folder / "variables" / "data").write_text("data")
    model = OutputModel(name="net", framework="TensorFlow")

    address = model.update_weights_package(weights_path=folder, auto_delete_file=False)

    assert address.endswith("/models/model_package.zip")
    assert on_server(client, model).system_tags == ["package"]
    found = model.get_weights_package(raise_on_error=True)
    assert isinstance(found, list)
    assert [path.name for path in found] == ["graph.pb", "variables"]
    copy = Path(Model(model.id).get_local_copy(raise_on_error=True) or "")
    assert (copy / "variables" / "data").read_text() == "data"
    assert (folder / "graph.pb").exists()


def test_weights_in_a_folder(task: Task, client: Client, weights: Path, tmp_path: Path) -> None:
    """A folder is as good a destination as the file server (sdk-surface M194)."""
    model = OutputModel()
    address = model.update_weights(weights, upload_uri=str(tmp_path / "shared" / "models"), auto_delete_file=False)

    stored = tmp_path / "shared" / "models" / "sdk tests" / "models" / f"trainer.{task.id}" / "models" / "net.pt"
    assert address == stored.as_uri() == on_server(client, model).uri
    assert stored.read_bytes() == b"weights"
    assert model.get_weights() == str(stored)


def test_no_model_takes_the_file_of_another(task: Task, weights: Path) -> None:
    """Two models with files of one name keep both."""
    files_host = task._connection.files_host  # type: ignore[union-attr]  # there is a server
    first, second = OutputModel(name="first"), OutputModel(name="second")
    first.update_weights(weights, upload_uri=files_host)
    weights.write_bytes(b"of the second")
    second.update_weights(weights, upload_uri=files_host)

    assert first.url != second.url
    assert Path(first.get_weights() or "").read_bytes() == b"weights"
    assert Path(second.get_weights() or "").read_bytes() == b"of the second"


def test_what_can_be_changed(task: Task, client: Client) -> None:
    """Each change is seen here at once, and by the server."""
    model = OutputModel(name="net")
    model.name, model.comment, model.tags = "better net", "what it is", ["blue"]
    model.config_dict = {"layers": 5}
    model.labels = {"dog": 2}
    model.framework  # noqa: B018 - is read only
    assert model.update_design(config_text="layers = 6")
    assert model.update_labels({"dog": 3})

    stored = on_server(client, model)
    assert (stored.name, stored.comment, stored.tags) == ("better net", "what it is", ["blue"])
    assert (model.config_dict, model.labels) == ({"layers": 6}, {"dog": 3})
    assert (stored.design, stored.labels) == ({"design": "layers = 6"}, {"dog": 3})


def test_put_away_and_brought_back(task: Task, client: Client) -> None:
    """By a system tag."""
    model = OutputModel(name="net")
    model.archive()
    assert (model.system_tags, on_server(client, model).system_tags) == (["archived"], ["archived"])

    model.unarchive()
    assert (model.system_tags, on_server(client, model).system_tags) == ([], [])


def test_a_task_designs_its_models(task: Task, client: Client) -> None:
    """Later output models are what the task says, unless they say it themselves."""
    task.set_model_config(config_dict={"layers": 2})
    assert task.connect_label_enumeration({"cat": 1}) == {"cat": 1}

    model = OutputModel(name="net")
    assert (model.config_dict, model.labels) == ({"layers": 2}, {"cat": 1})
    assert OutputModel(name="other", config_dict={}).config_dict == {}
    stored = client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task if outputs(client, task) else None
    assert stored is not None
    assert stored.execution["model_labels"] == {"cat": 1}


def test_models_go_on_after_the_task(task: Task, client: Client, weights: Path) -> None:
    """The server is asked at once then."""
    model = OutputModel(name="net")
    task.close()

    model.comment = "later"
    assert model.set_metadata("accuracy", 0.5)
    address = model.update_weights(weights, upload_uri=task._connection.files_host)  # type: ignore[union-attr]
    stored = on_server(client, model)
    assert (stored.comment.split("\n")[-1], stored.uri) == ("later", address)
    assert model.get_metadata_casted("accuracy") == 0.5
    assert task.models["output"]["net"].id == model.id


def test_a_model_of_a_task_that_does_not_run_here(task: Task, client: Client, weights: Path) -> None:
    """It is made, and its weights are stored, while the caller waits."""
    task.close()
    stored_task = Task.get_task(task_id=task.id)
    assert stored_task is not None
    model = OutputModel(task=stored_task, name="late")
    address = model.update_weights(weights, upload_uri=task._connection.files_host)  # type: ignore[union-attr]

    assert on_server(client, model).uri == address
    assert stored_task.models["output"]["net"].id == model.id
    assert address.endswith(f"/sdk%20tests/models/trainer.{task.id}/models/net.pt")


def test_another_task_names_the_model_too(task: Task, client: Client) -> None:
    """Connected, it is an output model of both."""
    model = OutputModel(name="net")
    task.flush(wait_for_uploads=True)
    task.close()
    other = Task.init("sdk tests/models", "other", reuse_last_task_id=False, auto_connect_streams=False)
    model.connect(other, name="shared")
    other.connect(InputModel(model.id), name="start")

    assert outputs(client, other) == {"shared": model.id}
    assert other.input_models_id == {"start": model.id}


def test_ranks_of_a_launcher_make_one_model(
    task: Task, client: Client, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They run the same lines, so they make the same ids."""
    for name, value in {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "localhost", "MASTER_PORT": "1"}.items():
        monkeypatch.setenv(name, value)
    first = [OutputModel(name="net").id, OutputModel(name="net").id]
    task._model_book = None  # as another process of the same task begins
    monkeypatch.setenv("RANK", "1")
    second = [OutputModel(name="net").id, OutputModel(name="net").id]

    assert first == second
    assert len(set(first)) == 2
    assert outputs(client, task) == {"net": first[1]}
    assert len(client.send(models.GET_ALL, models.GetAll(task=[task.id])).models) == 2
