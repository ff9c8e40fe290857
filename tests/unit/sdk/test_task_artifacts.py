"""Artifacts of a run, against a real server: sent in the background, waited for, failing in the open."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pellucid import Task
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


def test_waiting_ends_when_the_server_has_it(task: Task, client: Client, tmp_path: Path) -> None:
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


def test_replacing_an_artifact_keeps_one(task: Task, client: Client) -> None:
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
