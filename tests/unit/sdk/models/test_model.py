"""Models that are there: searched, fetched, deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from pellucid import InputModel, Model, OutputModel, Task, UsageError
from pellucid.base.errors import ServerError
from pellucid.base.ids import new_id
from pellucid.client.session import Client
from pellucid.sdk.models.fetching import WeightsUnavailableError
from pellucid.wire import models

pytestmark = pytest.mark.usefixtures("configured")


@pytest.fixture
def project() -> str:
    """The name of a project that no other test has."""
    return f"sdk tests/{new_id()}"


@pytest.fixture
def task(home: Path, project: str) -> Task:
    """A running task."""
    return Task.init(project, "trainer", reuse_last_task_id=False, auto_connect_streams=False)


def uploaded(task: Task, folder: Path, name: str = "net", content: bytes = b"weights") -> OutputModel:
    """A model whose weights are on the file server."""
    file = folder / f"{name}.pt"
    file.write_bytes(content)
    model = OutputModel(task, name=name)
    model.update_weights(file, upload_uri=task._connection.files_host, async_enable=False)  # type: ignore[union-attr]
    return model


def test_m188_weights_are_fetched_once(task: Task, tmp_path: Path) -> None:
    """A copy is kept, until the model has other weights."""
    model = uploaded(task, tmp_path)
    task.close()
    seen = Model(model.id)
    path = seen.get_local_copy(raise_on_error=True)
    assert path is not None
    Path(path).write_bytes(b"marked")

    assert seen.get_local_copy() == path
    assert Path(path).read_bytes() == b"marked"
    assert Path(seen.get_local_copy(force_download=True) or "").read_bytes() == b"weights"
    (tmp_path / "net.pt").write_bytes(b"later")
    model.update_weights(tmp_path / "net.pt", upload_uri=task._connection.files_host)  # type: ignore[union-attr]
    assert Path(seen.get_local_copy() or "").read_bytes() == b"later"


def test_m188_an_archive_is_unpacked_if_it_is_one_of_ours(task: Task, tmp_path: Path) -> None:
    """Or if that is asked for; or left as it is."""
    (tmp_path / "a.txt").write_text("a")
    model = OutputModel(name="packed")
    model.update_weights_package([tmp_path / "a.txt"], async_enable=False)
    seen = Model(model.id)

    assert (Path(seen.get_local_copy() or "") / "a.txt").read_text() == "a"
    packed = seen.get_local_copy(extract_archive=False)
    assert packed is not None
    assert packed.endswith("model_package.zip")
    assert seen.get_weights() == packed
    assert seen.get_weights_package(return_path=True) == seen.get_local_copy(extract_archive=True)


@pytest.mark.parametrize("url", ["file:///no/such/weights.pt", "s3://bucket/weights.pt", ""])
def test_weights_that_can_not_be_had(url: str) -> None:
    """``None``, or an error that is a ``ValueError`` as well."""
    model = InputModel.import_model(url) if url else InputModel.empty()

    assert model.get_weights() is None
    assert model.get_weights_package() is None
    assert Model(model.id).get_local_copy() is None
    with pytest.raises(WeightsUnavailableError, match=model.id) as raised:
        model.get_weights(raise_on_error=True)
    assert isinstance(raised.value, ValueError)


def test_models_are_found(task: Task, project: str) -> None:
    """By everything, the newest first."""
    first = OutputModel(name="first", tags=["red", "old"])
    second = OutputModel(name="second", tags=["red"])
    third = OutputModel(name="second", tags=["blue"])
    first.set_metadata("accuracy", 0.5)
    first.publish()
    third.archive()
    task.flush(wait_for_uploads=True)

    def found(**conditions: object) -> list[str]:
        return [model.id for model in Model.query_models(project_name=project, **conditions)]  # type: ignore[arg-type]

    assert found() == [second.id, first.id]
    assert found(model_name="second") == [second.id]
    assert found(model_name="second", include_archived=True) == [third.id, second.id]
    assert found(tags=["red"]) == [second.id, first.id]
    assert found(tags=["red", "-old"]) == [second.id, first.id]
    assert found(tags=["__$and", "red", "__$not", "old"]) == [second.id]
    assert found(only_published=True) == [first.id]
    assert found(max_results=1) == [second.id]
    assert found(metadata={"accuracy": 0.5}) == [first.id]
    assert found(metadata={"accuracy": 0.6}) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"project_name": "no such project"}, "project_name: there is no project 'no such project'"),
        ({"tags": ["__$maybe"]}, "tags has the operator"),
        ({"max_results": 0}, "max_results is 0"),
        ({"metadata": ["a"]}, r"metadata is \['a'\]"),
        ({"model_name": 3}, "model_name is 3"),
    ],
)
def test_searches_that_make_no_sense(arguments: dict[str, object], message: str) -> None:
    """The message names the argument."""
    with pytest.raises(UsageError, match=message):
        Model.query_models(**arguments)  # type: ignore[arg-type]  # that is the point


def test_a_model_is_deleted_with_its_file(task: Task, client: Client, tmp_path: Path) -> None:
    """Or without; a file that another model has stays."""
    model, other = uploaded(task, tmp_path), uploaded(task, tmp_path, "other")
    twin = OutputModel(name="twin")
    twin.update_weights(register_uri=other.url)
    task.close()

    first, shared = model.url, twin.url
    assert Model.remove(model.id)
    assert client.request("GET", first).status == 404
    assert Model.remove(other)
    assert client.request("GET", shared).status == 200
    assert Model.remove(Model(twin.id), delete_weights_file=False)
    assert client.request("GET", shared).status == 200
    assert client.send(models.GET_ALL, models.GetAll(id=[model.id, other.id, twin.id])).models == []


def test_a_model_that_is_in_use_is_not_deleted(task: Task, tmp_path: Path) -> None:
    """Unless by force."""
    model = uploaded(task, tmp_path)
    task.connect(InputModel(model.id))
    task.close()

    assert not Model.remove(model.id)
    with pytest.raises(ServerError, match="is an input of"):
        Model.remove(model.id, raise_on_errors=True)
    assert Model.remove(model.id, force=True)
    with pytest.raises(UsageError, match="model_id: there is no model"):
        Model(model.id)
    with pytest.raises(UsageError, match="model is 3"):
        Model.remove(3)  # type: ignore[arg-type]  # that is the point


def test_a_stored_model_is_changed(task: Task) -> None:
    """The server is asked at once."""
    model = OutputModel(name="net")
    task.close()
    seen = Model(model.id)
    seen.name, seen.tags, seen.comment = "better", ["x"], "why"
    seen.project = Task.create(project_name="sdk tests/elsewhere", task_name="any").project or ""
    seen.publish()

    again = Model(model.id)
    assert (again.name, again.tags, again.comment, again.published) == ("better", ["x"], "why", True)
    assert again.project == Task.get_project_id("sdk tests/elsewhere")
    assert repr(again) == f"Model(id={model.id!r})"
    with pytest.raises(UsageError, match="name is ''"):
        again.name = ""
    with pytest.raises(UsageError, match="comment is 3"):
        again.comment = 3  # type: ignore[assignment]  # that is the point
    with pytest.raises(ServerError, match="400/203"):
        again.publish()
