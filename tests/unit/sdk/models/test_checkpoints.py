"""What a run makes of weights that libraries write and read, as hooks report them to the sink of the day."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pellucid import InputModel, Task
from pellucid.client.session import Client
from pellucid.hooks.installed import libraries
from pellucid.hooks.sink import LibrarySink
from pellucid.testing.processes import stop_uploaders
from pellucid.wire import models, tasks

pytestmark = pytest.mark.usefixtures("configured")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file of weights, outside of Pellucid's folder."""
    file = tmp_path / "checkpoints" / "net.pt"
    file.parent.mkdir()
    file.write_bytes(b"weights")
    return file


def start(name: str, **arguments: Any) -> Task:
    """A running task."""
    return Task.init("sdk tests/checkpoints", name, reuse_last_task_id=False, auto_connect_streams=False, **arguments)


@pytest.fixture
def task() -> Task:
    """A running task without a destination."""
    return start("trainer")


def sink() -> LibrarySink:
    """Whom a library reports to now."""
    assert libraries.sink is not None
    found = libraries.sink.for_library()
    assert found is not None
    return found


def made_by(client: Client, task: Task) -> list[dict[str, Any]]:
    """The models that the server has of a task, the oldest first."""
    running = Task.current_task()
    assert running is None or running.flush(wait_for_uploads=True)
    return client.send(models.GET_ALL, models.GetAll(task=[task.id], order_by=["created"])).models


def input_ids(client: Client, task: Task) -> dict[str, str]:
    """The server's list of the models that a task starts from."""
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task
    return {one["name"]: one["model"] for one in document.models["input"]}


def test_m191_by_default_the_path_is_recorded(task: Task, client: Client, weights: Path) -> None:
    """Once, however often the file is written, and it stays where it is."""
    for _ in range(3):
        sink().model_saved(weights)

    (model,) = made_by(client, task)
    assert (model["uri"], model["name"], model["framework"]) == (weights.as_uri(), "trainer - net", "PyTorch")
    assert "snapshot net.pt stored" in model["comment"]
    assert task.models["output"].keys() == {"net"}
    assert Path(task.models["output"][-1].get_local_copy() or "") == weights
    assert weights.read_bytes() == b"weights"


def test_m192_output_uri_uploads_all_models(client: Client, weights: Path, tmp_path: Path) -> None:
    """From a snapshot; each path has one model, with the latest weights; nobody's file is lost."""
    task = start("uploading", output_uri=str(tmp_path / "shared"))
    twin = weights.with_name("deeper") / "net.pt"
    twin.parent.mkdir()
    shutil.copy(weights, twin)
    sink().model_saved(weights, "PyTorch")
    sink().model_saved(twin, "PyTorch")
    weights.write_bytes(b"later")
    sink().model_saved(str(weights), "PyTorch")

    first, second = made_by(client, task)
    folder = tmp_path / "shared" / "sdk tests" / "checkpoints" / f"uploading.{task.id}" / "models"
    assert first["uri"] == (folder / "net.pt").as_uri()
    assert (folder / "net.pt").read_bytes() == b"later"
    assert Path(task.models["output"]["net.pt"].get_local_copy() or "").read_bytes() == b"weights"
    assert second["uri"] != first["uri"]
    assert weights.exists()


def test_m192_a_folder_is_a_package(client: Client, tmp_path: Path) -> None:
    """With a destination; without one, its path is recorded."""
    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "graph.pb").write_text("graph")
    task = start("unpacked")
    sink().model_saved(saved, "TensorFlow")
    assert task.models["output"]["saved"].url == saved.as_uri()
    task.close()

    other = start("packed", output_uri=str(tmp_path / "shared"))
    sink().model_saved(saved, "TensorFlow")
    (model,) = made_by(client, other)
    assert model["system_tags"] == ["package"]
    assert (Path(other.models["output"]["saved"].get_local_copy() or "") / "graph.pb").read_text() == "graph"


def test_m189_loaded_weights_lead_back_to_their_task(client: Client, weights: Path) -> None:
    """The input model of the second task is the output model of the first."""
    first = start("first")
    sink().model_saved(weights)
    first.close()
    second = start("second")
    sink().model_loaded(weights)
    sink().model_loaded(weights)

    (model,) = second.models["input"]
    assert model.id == first.models["output"][-1].id
    assert model.task == first.id
    second.close()
    assert input_ids(client, second) == {"net": model.id}


def test_m189_fetched_weights_lead_back_too(client: Client, weights: Path, tmp_path: Path) -> None:
    """A copy that was fetched is the model that it was fetched of, wherever it was uploaded to."""
    first = start("first")
    first.update_output_model(weights)
    first.close()
    copy = first.models["output"][-1].get_local_copy(raise_on_error=True)
    assert copy is not None
    second = start("second")
    sink().model_loaded(copy)

    assert second.input_models_id == {"net": first.models["output"][-1].id}


@pytest.mark.parametrize("carry", [shutil.copy, shutil.move])
def test_m189_moved_and_copied_weights_lead_back_too(
    client: Client, weights: Path, carry: Callable[[Path, Path], object]
) -> None:
    """Whatever they are called now."""
    first = start("first")
    sink().model_saved(weights)
    first.close()
    best = weights.with_name("best.pt")
    carry(weights, best)
    second = start("second")
    sink().model_loaded(best)
    second.close()

    assert input_ids(client, second) == {"best": first.models["output"][-1].id}


def test_m189_the_server_is_asked_what_this_machine_does_not_know(client: Client, weights: Path, home: Path) -> None:
    """By the file's address, in the background, before the task ends."""
    first = start("first")
    sink().model_saved(weights)
    first.close()
    shutil.rmtree(home / "model_files")
    second = start("second")
    sink().model_loaded(weights)
    second.close()

    assert input_ids(client, second) == {"net": first.models["output"][-1].id}


def test_m189_unknown_weights_become_a_model(task: Task, client: Client, weights: Path) -> None:
    """One, however often they are read."""
    sink().model_loaded(weights, "PyTorch")
    sink().model_loaded(weights, "PyTorch")
    task.close()

    found = input_ids(client, task)
    assert found.keys() == {"net"}
    model = InputModel(found["net"])
    assert (model.url, model.name, model.framework) == (weights.as_uri(), "trainer - net", "PyTorch")
    assert made_by(client, task) == []


def test_weights_that_were_written_to_are_others(task: Task, client: Client, weights: Path, home: Path) -> None:
    """What somebody else has put in a file's place is not the model of that path."""
    sink().model_saved(weights)
    weights.write_bytes(b"somebody else's")
    shutil.copy(weights, weights.with_name("other.pt"))
    sink().model_loaded(weights.with_name("other.pt"))
    task.close()

    assert list(input_ids(client, task)) == ["other"]
    assert input_ids(client, task)["other"] != task.models["output"][-1].id


def test_a_published_model_is_left_alone(task: Task, client: Client, weights: Path) -> None:
    """The next weights of its path are another model."""
    sink().model_saved(weights)
    made_by(client, task)
    task.models["output"]["net"].publish()
    sink().model_saved(weights)

    assert [model["ready"] for model in made_by(client, task)] == [True, False]


def test_files_that_are_gone_are_passed_over(task: Task, client: Client, tmp_path: Path) -> None:
    """And nothing is said without a task."""
    sink().model_saved(tmp_path / "gone.pt")
    sink().model_loaded(tmp_path / "gone.pt")
    listening = sink()
    task.close()
    listening.model_saved(tmp_path)

    assert made_by(client, task) == []


def test_nobody_waits_for_a_server_that_is_away(weights: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Saved and loaded weights are recorded all the same."""
    monkeypatch.setenv("PELLUCID_API_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("PELLUCID_EXIT_DEADLINE", "0")
    task = start("alone")
    stop_uploaders(home / "runs" / task.id)
    sink().model_saved(weights)
    sink().model_loaded(weights)

    assert task.output_models_id.keys() == task.input_models_id.keys() == {"net"}
    assert task.input_models_id == task.output_models_id
