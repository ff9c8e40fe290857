"""Artifacts of a run, against a real server: sent in the background, waited for, failing in the open."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pellucid import Task, UsageError
from pellucid.client.session import Client
from pellucid.testing.processes import stop_uploaders
from pellucid.wire import tasks

pytestmark = pytest.mark.usefixtures("configured")


@pytest.fixture
def task(home: Path) -> Task:
    """A running task."""
    return Task.init("sdk tests", "artifacts", reuse_last_task_id=False)


def recorded(client: Client, task: Task) -> list[dict[str, str]]:
    """The server's list of artifacts."""
    document = client.send(tasks.GET_BY_ID, tasks.GetById(task=task.id)).task
    return list(document.execution.get("artifacts") or [])


def test_m161_waiting_ends_when_the_server_has_it(task: Task, client: Client, tmp_path: Path) -> None:
    """The file and its entry; what was given away is gone."""
    file = tmp_path / "weights.bin"
    file.write_bytes(b"w" * 3_000_000)
    assert task.upload_artifact("weights", file, wait_on_upload=True, delete_after_upload=True)

    (artifact,) = recorded(client, task)
    assert artifact["uri"] == task.artifacts["weights"].url
    assert artifact["hash"] == task.artifacts["weights"].hash
    assert Path(task.artifacts["weights"].get()).stat().st_size == 3_000_000
    assert not any(task.pending())
    assert not file.exists()


def test_what_can_not_be_stored_is_told(task: Task, client: Client, home: Path) -> None:
    """To who waits, in ``pending``, and on the task, where people look for the artifact."""
    folder = home / "runs" / task.id
    assert task.flush(wait_for_uploads=True)
    stop_uploaders(folder)
    task.upload_artifact("lost", "text")
    shutil.rmtree(folder / "files")

    assert task.flush(wait_for_uploads=True)
    assert task.pending().lost_files == 1
    assert recorded(client, task) == []
    (line,) = [text for text in task.get_reported_console_output(10) if "not stored" in text]
    assert "artifacts/lost/lost.txt" in line


def test_m161_replacing_an_artifact_keeps_one(task: Task, client: Client) -> None:
    """The last one, though the same content came before (sdk-surface M161)."""
    for text in ("one", "one", "two", "one"):
        task.upload_artifact("note", text, metadata={"said": text})
    assert task.flush(wait_for_uploads=True)

    (artifact,) = recorded(client, task)
    assert artifact["hash"] == task.artifacts["note"].hash
    assert Task.get_task(task_id=task.id).artifacts["note"].get() == "one"


@pytest.mark.parametrize("name", ["n" * 300, "ü" * 200, "../../up", "a/b", "wei?rd #name"])
def test_any_name_can_be_stored(task: Task, name: str) -> None:
    """Long ones too, which no file system takes as they are."""
    assert task.upload_artifact(name, {"a": 1}, wait_on_upload=True)
    assert task.artifacts[name].get() == {"a": 1}


def test_offline_artifacts_are_read_from_the_run_s_folder(tmp_path: Path) -> None:
    """As soon as they are given, and under their names."""
    Task.set_offline(True)
    task = Task.init("sdk tests", "offline artifacts")
    file = tmp_path / "data.csv"
    file.write_text("a,b\n")
    assert task.upload_artifact("table", file, wait_on_upload=True)
    task.upload_artifact("settings", {"a": 1})
    file.write_text("")

    assert Path(task.artifacts["table"].get()).read_text() == "a,b\n"
    assert Path(task.artifacts["table"].get()).name == "data.csv"
    assert task.artifacts["settings"].get() == {"a": 1}


FRAME = pd.DataFrame({"a": [1, 2]}, index=["p", "q"])
ARRAY = np.arange(6.0).reshape(2, 3)

OBJECTS: dict[str, tuple[Any, str | None]] = {
    "json": ({"name": "Erik", "age": 30}, None),
    "yaml": ({"name": "Erik", "age": 30}, "yaml"),
    "text": ("just a text", None),
    "frame": (FRAME, None),
    "pickled frame": (FRAME, "pickle"),
    "array": (ARRAY, None),
    "numbers": (ARRAY, "csv.gz"),
    "picture": (Image.new("RGB", (4, 3), (1, 2, 3)), None),
    "set": ({1, 2, 3}, None),
}


def test_m176_objects_come_back(task: Task) -> None:
    """As what they were, in the run and from outside."""
    for name, (value, extension) in OBJECTS.items():
        assert task.upload_artifact(name, value, extension_name=extension)
    assert task.flush(wait_for_uploads=True)

    for one in (task, Task.get_task(task_id=task.id)):
        found = {name: artifact.get() for name, artifact in one.artifacts.items()}
        pd.testing.assert_frame_equal(found.pop("frame"), FRAME)
        pd.testing.assert_frame_equal(found.pop("pickled frame"), FRAME)
        np.testing.assert_array_equal(found.pop("array"), ARRAY)
        np.testing.assert_array_equal(found.pop("numbers"), ARRAY)
        assert found.pop("picture").getpixel((0, 0)) == (1, 2, 3)
        assert found == {name: OBJECTS[name][0] for name in ("json", "yaml", "text", "set")}


def test_m163_m175_a_folder_comes_back(task: Task, tmp_path: Path) -> None:
    """As a folder, or as its zip file; fetched once."""
    (tmp_path / "tree" / "inner").mkdir(parents=True)
    (tmp_path / "tree" / "inner" / "file.txt").write_text("text")
    assert task.upload_artifact("folder", tmp_path / "tree", wait_on_upload=True, delete_after_upload=True)

    assert not (tmp_path / "tree").exists()
    artifact = Task.get_task(task_id=task.id).artifacts["folder"]
    copy = artifact.get_local_copy()
    assert copy is not None
    assert (Path(copy) / "inner" / "file.txt").read_text() == "text"
    assert artifact.get_local_copy() == copy == str(artifact.get())
    packed = artifact.get_local_copy(extract_archive=False)
    assert packed is not None
    assert packed.endswith("/tree.zip")


def test_m172_what_is_said_about_it(task: Task) -> None:
    """Metadata as texts; a preview that is made, given, or suppressed."""
    task.upload_artifact("made", {"a": 1}, metadata={"rows": 1, "none": None})
    task.upload_artifact("given", {"a": 1}, preview="this one")
    task.upload_artifact("suppressed", {"a": 1}, preview=False)
    task.upload_artifact("long", "x" * 100_000, wait_on_upload=True)

    for one in (task, Task.get_task(task_id=task.id)):
        found = one.artifacts
        assert found["made"].metadata == {"rows": "1", "none": "None"}
        assert [found[name].preview for name in ("made", "given", "suppressed")] == ['{\n    "a": 1\n}', "this one", ""]
        assert len(found["long"].preview) == 1 << 16


def test_m173_names_with_blanks(task: Task) -> None:
    """Are quoted in addresses."""
    person = {"name": "Erik", "age": 30}
    task.upload_artifact("person dictionary json", person)
    task.upload_artifact("person dictionary yaml", person, extension_name="yaml", wait_on_upload=True)

    found = Task.get_task(task_id=task.id).artifacts
    assert [artifact.get() for artifact in found.values()] == [person, person]
    assert found["person dictionary yaml"].url.endswith("/person%20dictionary%20yaml/person%20dictionary%20yaml.yaml")


def test_m174_m177_artifacts_are_a_mapping_that_can_not_be_changed(task: Task) -> None:
    """A name that is not there is told as by any mapping."""
    task.upload_artifact("data", {"a": 1}, wait_on_upload=True)
    found = Task.get_task(task_id=task.id).artifacts

    assert list(found) == ["data"]
    with pytest.raises(KeyError, match="nope"):
        found["nope"]
    with pytest.raises(TypeError):
        found["data"] = None  # type: ignore[index]


def test_artifacts_of_a_task_that_does_not_run_here(task: Task, tmp_path: Path) -> None:
    """Are stored while the caller waits."""
    task.close()
    file = tmp_path / "data.csv"
    file.write_text("a,b\n")
    one = Task.get_task(task_id=task.id)
    assert one.upload_artifact("table", file, delete_after_upload=True)
    assert one.upload_artifact("elsewhere", "s3://bucket/file")

    found = Task.get_task(task_id=task.id).artifacts
    assert Path(found["table"].get()).read_text() == "a,b\n"
    assert f"sdk%20tests/artifacts.{task.id}/artifacts/table/data.csv" in found["table"].url
    assert found["elsewhere"].url == "s3://bucket/file"
    assert not file.exists()


@pytest.mark.parametrize("running", [True, False])
def test_artifacts_are_deleted(task: Task, client: Client, running: bool) -> None:
    """With their files, or without; all or none."""
    for name in ("one", "two", "three"):
        task.upload_artifact(name, {"name": name})
    assert task.flush(wait_for_uploads=True)
    one = task if running else Task.get_task(task_id=task.id)
    found = dict(one.artifacts)

    with pytest.raises(UsageError, match="artifact_names has 'nope'; the task has 'one', 'two', 'three'"):
        one.delete_artifacts(["one", "nope"])
    assert not one.delete_artifacts("nope", raise_on_errors=False, silent_on_errors=True)
    assert one.delete_artifacts(["one"])
    assert one.delete_artifacts("two", delete_from_storage=False)

    assert list(one.artifacts) == [artifact["key"] for artifact in recorded(client, task)] == ["three"]
    assert found["one"].get_local_copy(force_download=True) is None
    assert found["two"].get() == {"name": "two"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": ""}, "name is ''"),
        ({"metadata": [1]}, r"metadata is \[1\]; allowed is a dictionary"),
        ({"serialization_function": 3}, "serialization_function is 3"),
        ({"auto_pickle": "no"}, "auto_pickle is 'no'"),
        ({"artifact_object": Path("/does/not/exist")}, "artifact_object is"),
        ({"artifact_object": lambda: 0}, "artifact_object can't be written"),
    ],
)
def test_what_can_not_be_kept_is_refused(task: Task, client: Client, arguments: dict[str, Any], message: str) -> None:
    """With the argument's name, and nothing of it is left."""
    with pytest.raises(UsageError, match=message):
        task.upload_artifact(**{"name": "x", "artifact_object": {"a": 1}, **arguments})
    assert task.flush(wait_for_uploads=True)
    assert recorded(client, task) == []


def test_m168_the_usual_format_can_be_configured(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of frames; and that nothing is pickled unless somebody asks for it."""
    task.close()
    monkeypatch.setenv("PELLUCID_DEFAULT_PANDAS_EXTENSION", "pickle")
    monkeypatch.setenv("PELLUCID_AUTO_PICKLE", "0")
    task = Task.init("sdk tests", "configured artifacts", reuse_last_task_id=False)
    task.upload_artifact("frame", FRAME)
    task.upload_artifact("other", {"a": 1})
    with pytest.raises(UsageError, match="auto_pickle is False"):
        task.upload_artifact("set", {1, 2})
    task.upload_artifact("set", {1, 2}, auto_pickle=True)

    urls = {name: artifact.url for name, artifact in task.artifacts.items()}
    assert [url.rpartition("/")[2] for url in urls.values()] == ["frame.pickle", "other.json", "set.pkl"]
