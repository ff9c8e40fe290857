"""Where a task's files go."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pellucid import Model, OutputModel, StorageManager, Task, UsageError
from pellucid.client.session import Client
from pellucid.testing.object_stores import RunningStore, azure, google, s3
from pellucid.testing.run_folder import wait_until
from pellucid.testing.server import RunningServer
from pellucid.wire import events, projects, tasks

__all__ = ["azure", "google", "s3"]


@pytest.fixture
def begin(configured: Path) -> Callable[..., Task]:
    """Begins a task."""

    def begin(output_uri: object = None, project: str = "destinations", **more: object) -> Task:
        quiet = {"auto_connect_arg_parser": False, "auto_connect_streams": False, "reuse_last_task_id": False}
        return Task.init(project, "a run", output_uri=output_uri, **quiet, **more)  # type: ignore[arg-type]

    return begin


def stored(task: Task, tmp_path: Path) -> tuple[str, str]:
    """Addresses of an artifact and of a model, once both are stored."""
    weights = tmp_path / "weights.pt"
    weights.write_bytes(b"weights")
    assert task.upload_artifact("data", {"a": 1}, wait_on_upload=True)
    OutputModel(task=task, name="net").update_weights(weights, auto_delete_file=False)
    task.close()
    model = task.models["output"][0]
    assert model.url is not None
    return task.artifacts["data"].url, model.url


def read_back(task: Task) -> None:
    """Both, by a task that only looks."""
    seen = Task.get_task(task_id=task.id)
    copy = seen.models["output"][0].get_local_copy()

    assert seen.artifacts["data"].get() == {"a": 1}
    assert Path(copy or "").read_bytes() == b"weights"


@pytest.mark.parametrize("store", ["s3", "google", "azure"])
def test_m192_m195_m196_m197_m198_object_stores(
    store: str,
    begin: Callable[..., Task],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Artifacts and models go there, are read from there, and are deleted from there with their task."""
    running: RunningStore = request.getfixturevalue(store)
    for name, value in running.environ.items():
        monkeypatch.setenv(name, value)
    task = begin(f"{running.uri}/some folder/")
    artifact, model = stored(task, tmp_path)
    folder = f"{running.uri}/some folder/destinations/a run.{task.id}"

    assert task.output_uri == f"{running.uri}/some folder"
    assert artifact == f"{folder}/artifacts/data/data.json"
    assert model == f"{folder}/models/weights.pt"
    assert running.content(artifact.removeprefix(f"{running.uri}/")) == b'{\n    "a": 1\n}'
    read_back(task)
    assert Task.get_task(task_id=task.id).delete()
    for url in (artifact, model):
        with pytest.raises(FileNotFoundError):
            running.content(url.removeprefix(f"{running.uri}/"))


@pytest.mark.parametrize("written", ["path", "address"])
def test_m194_shared_folders(begin: Callable[..., Task], tmp_path: Path, written: str) -> None:
    """Are made; what is in them is used where it lies."""
    share = tmp_path / "a share" / "folder"
    task = begin(share if written == "path" else share.as_uri())
    artifact, model = stored(task, tmp_path)

    assert task.output_uri == str(share)
    assert model == (share / f"destinations/a run.{task.id}/models/weights.pt").as_uri()
    assert task.models["output"][0].get_local_copy() == str(share / f"destinations/a run.{task.id}/models/weights.pt")
    read_back(task)
    assert Task.get_task(task_id=task.id).delete()
    assert [path for path in share.rglob("*") if path.is_file()] == []
    assert artifact


def test_m192_what_is_overwritten_later_is_stored_as_it_was(begin: Callable[..., Task], tmp_path: Path) -> None:
    """A snapshot is taken; the next one may be written at once."""
    task, weights = begin(tmp_path / "share"), tmp_path / "weights.pt"
    urls = []
    for number in range(3):
        weights.write_text(str(number))
        model = OutputModel(task=task, name=f"model {number}")
        urls.append(model.update_weights(weights, target_filename=f"{number}.pt", auto_delete_file=False))
    task.close()

    assert [Path(url.removeprefix("file://").replace("%20", " ")).read_text() for url in urls] == ["0", "1", "2"]


def test_m191_m193_nothing_said(begin: Callable[..., Task], tmp_path: Path, server: RunningServer) -> None:
    """Models stay where they are, artifacts go to the file server."""
    task = begin()
    artifact, model = stored(task, tmp_path)

    assert task.output_uri is None
    assert artifact.startswith(f"{server.url}/files/")
    assert model == (tmp_path / "weights.pt").as_uri()


@pytest.mark.parametrize("of_project", [True, False])
def test_m193_m199_usual_places(
    begin: Callable[..., Task], client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, of_project: bool
) -> None:
    """The project's, else the configured one; they count for ``None`` and ``True``, not for ``False`` or an address."""
    monkeypatch.setenv("CLEARML_DEFAULT_OUTPUT_URI", str(tmp_path / "configured"))
    name = f"usual places {of_project}"
    usual = str(tmp_path / ("project" if of_project else "configured"))
    client.send(projects.CREATE, projects.Create(name=name, default_output_destination=usual if of_project else None))
    found = {}
    for given in (None, True, False, str(tmp_path / "given")):
        task = begin(given, name)
        found[given] = task.output_uri
        task.output_uri = given
        assert task.output_uri == found[given]
        task.close()

    assert found == {None: usual, True: usual, False: None, str(tmp_path / "given"): str(tmp_path / "given")}


def test_m193_the_file_server_if_nothing_else_is_usual(begin: Callable[..., Task], server: RunningServer) -> None:
    """That is what ``True`` says."""
    assert begin(True).output_uri == f"{server.url}/files"


def test_m199_an_agents_machine(
    begin: Callable[..., Task], client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The task's own place counts, whatever the program says; else what this machine has configured."""
    monkeypatch.setenv("PELLUCID_DEFAULT_OUTPUT_URI", str(tmp_path / "machine"))
    for own, given, expected in [("own", None, "own"), ("own", "program", "own"), (None, "program", "machine")]:
        request = tasks.Create(name="remote", type="training", output_dest=own and str(tmp_path / own))
        monkeypatch.setenv("PELLUCID_TASK_ID", client.send(tasks.CREATE, request).id)
        task = begin(given and str(tmp_path / given))

        assert task.output_uri == str(tmp_path / expected)
        task.close()


@pytest.mark.parametrize("place", ["ftp://host/folder", "s3://", "s3://bucket/folder", "/proc/no/folder"])
def test_places_that_can_not_be_used(
    begin: Callable[..., Task], client: Client, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Are told at once, by name; there is no task then, and a running one stays as it is."""
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    before = len(client.send(tasks.GET_ALL, tasks.GetAll()).tasks)
    with pytest.raises(UsageError, match=place):
        begin(place)
    assert len(client.send(tasks.GET_ALL, tasks.GetAll()).tasks) == before

    task = begin()
    with pytest.raises(UsageError, match=place):
        task.output_uri = place
    assert task.output_uri is None


def test_m193_access_that_is_denied(
    begin: Callable[..., Task], s3: RunningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is found out by storing a small file; a place that is away is not."""
    for name, value in {**s3.environ, "AWS_SECRET_ACCESS_KEY": "wrong"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match="access denied"):
        begin(s3.uri)

    assert begin("s3://127.0.0.1:9/bucket").output_uri == "s3://127.0.0.1:9/bucket"


def test_a_place_that_is_away_for_a_while(begin: Callable[..., Task], client: Client, tmp_path: Path) -> None:
    """The task says so, the program goes on, and what was to be stored is when the place is back."""
    share = tmp_path / "share"
    task = begin(share)
    share.rmdir()
    share.touch()  # no folder any more: what a share looks like that is not mounted, to whoever writes
    task.upload_artifact("data", {"a": 1})
    told = f"can't be stored in {share} now, trying again"
    log = events.GetTaskLog(task=task.id)
    wait_until(lambda: told in str(client.send(events.GET_TASK_LOG, log).events), "a word about it")
    share.unlink()
    task.close()

    assert task.artifacts["data"].get() == {"a": 1}


def test_what_is_only_linked_is_not_deleted(
    begin: Callable[..., Task], s3: RunningStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither with the task nor with the model: it was there before."""
    for name, value in s3.environ.items():
        monkeypatch.setenv(name, value)
    url = StorageManager.upload_file(_file(tmp_path), f"{s3.uri}/pretrained.pt")
    task = begin()
    task.upload_artifact("link", url)
    linked, removed = OutputModel(task=task, name="linked"), OutputModel(task=task, name="removed")
    for model in (linked, removed):
        model.update_weights(register_uri=url)
    task.close()

    assert Model.remove(removed.id)
    assert Task.get_task(task_id=task.id).delete()
    assert s3.content("pretrained.pt") == b"weights"


def test_m175_offline_sessions_are_stored_when_they_are_imported(
    begin: Callable[..., Task], s3: RunningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then the files are in the session, and nobody is asked."""
    for name, value in s3.environ.items():
        monkeypatch.setenv(name, value)
    Task.set_offline(True)
    task = begin(f"{s3.uri}/offline")
    task.upload_artifact("data", {"a": 1})
    assert task.artifacts["data"].get() == {"a": 1}
    folder = task.get_offline_mode_folder()
    task.close()
    Task.set_offline(False)
    assert folder is not None
    assert StorageManager.list(f"{s3.uri}/offline") == []

    imported = Task.get_task(task_id=Task.import_offline_session(folder))
    assert imported.artifacts["data"].url.startswith(f"{s3.uri}/offline/")
    assert imported.artifacts["data"].get() == {"a": 1}


def test_a_bucket_in_place_of_the_file_server(
    begin: Callable[..., Task], s3: RunningStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As existing configurations have it; artifacts and samples go there."""
    for name, value in {**s3.environ, "CLEARML_FILES_HOST": f"{s3.uri}/all files"}.items():
        monkeypatch.setenv(name, value)
    task = begin()
    assert task.upload_artifact("some data", {"a": 1}, wait_on_upload=True)
    assert task.artifacts["some data"].get() == {"a": 1}
    task.close()

    found = Task.get_task(task_id=task.id).artifacts["some data"]
    assert found.get() == {"a": 1}
    assert found.url.startswith(f"{s3.uri}/all files/destinations/")
    assert s3.content(found.url.removeprefix(f"{s3.uri}/"))
    assert Task.get_task(task_id=task.id).delete()


def test_a_missing_library_is_named(begin: Callable[..., Task], monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra that brings it."""
    monkeypatch.setitem(sys.modules, "obstore", None)

    with pytest.raises(UsageError, match=r"output_uri is 's3://bucket'.*pip install 'pellucid\[storage\]'"):
        begin("s3://bucket")


def _file(folder: Path) -> Path:
    file = folder / "weights.pt"
    file.write_bytes(b"weights")
    return file
