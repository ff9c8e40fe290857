"""Offline sessions: made without a server, imported into a real one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pellucid import Task, UsageError
from pellucid.base.errors import ServerUnavailableError
from pellucid.client.session import Client
from pellucid.sdk.servers import current_settings
from pellucid.uploader.sync import sync_folder
from pellucid.wire import tasks

pytestmark = pytest.mark.usefixtures("configured")


def record(name: str = "offline", *, points: int = 3) -> tuple[Task, Path]:
    """An offline run with something of everything; it goes on."""
    Task.set_offline(True)
    task = Task.init("sdk tests/offline", name, tags=["blue"], auto_connect_arg_parser=False)
    task.connect({"lr": 0.1})
    for iteration in range(points):
        task.get_logger().report_scalar("loss", "train", 1 / (iteration + 1), iteration)
    task.get_logger().report_single_value("best", 0.5)
    task.get_logger().report_text("a line")
    task.upload_artifact("person", {"name": "Erik"})
    folder = task.get_offline_mode_folder()
    assert folder is not None
    return task, folder


def recorded(**arguments: Any) -> tuple[Path, Path]:
    """The folder and the zip file of a run that is over; we are online again."""
    task, folder = record(**arguments)
    task.close()
    Task.set_offline(False)
    return folder, folder.with_suffix(".zip")


def iterations(task: str) -> list[int]:
    """Of the curve, as the server has it, point by point."""
    return list(Task.get_task(task_id=task).get_all_reported_scalars()["loss"]["train"]["x"])


def count(client: Client) -> int:
    """Tasks on the server."""
    return len(client.send(tasks.GET_ALL, tasks.GetAll(only_fields=["id"])).tasks)


def assert_whole(task: str) -> None:
    """All that ``record`` recorded is there, once."""
    seen = Task.get_task(task_id=task)
    assert (seen.status, seen.get_tags(), seen.get_parameters()) == ("completed", ["blue"], {"General/lr": "0.1"})
    assert iterations(task) == [0, 1, 2]
    assert seen.get_reported_single_values() == {"best": 0.5}
    assert seen.get_reported_console_output(10).count("a line") == 1
    assert seen.artifacts["person"].get() == {"name": "Erik"}


@pytest.mark.parametrize("kind", ["zip", "folder", "moved folder", "folder in a zip"])
def test_m150_m151_m152_m153_a_session_is_imported_once(
    kind: str, tmp_path: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    """However it is given, and however often; it is left as it was (sdk-surface M150 to M153)."""
    folder, archive = recorded()
    session = folder if kind == "folder" else archive
    if kind == "moved folder":
        session = Path(shutil.move(folder, tmp_path / "elsewhere"))
    elif kind == "folder in a zip":
        session = Path(shutil.make_archive(str(tmp_path / "mine"), "zip", folder.parent, folder.name))
    before = sorted(path.name for path in session.rglob("*")) if session.is_dir() else session.read_bytes()

    first = Task.import_offline_session(session)
    tasks_before = count(client)
    second = Task.import_offline_session(str(session))

    assert first == second == folder.name
    assert count(client) == tasks_before
    assert_whole(first)
    assert before == (sorted(path.name for path in session.rglob("*")) if session.is_dir() else session.read_bytes())
    assert f"/tasks/{first}/output/log" in capsys.readouterr().out


def test_m146_m149_the_zip_file_holds_the_session_and_nothing_else() -> None:
    """At its root; it is beside the folder, which stays (sdk-surface M146, M149)."""
    folder, archive = recorded()

    with zipfile.ZipFile(archive) as opened:
        assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == set(
            opened.namelist()
        )
    assert "run.json" in os.listdir(folder)


def test_a_folder_and_its_zip_file_are_one_session(client: Client) -> None:
    """The second import finds all of it there."""
    folder, archive = recorded()
    task = Task.import_offline_session(folder)
    Task.import_offline_session(archive)

    assert_whole(task)


def test_a_forgotten_import_is_repeated_without_harm(home: Path) -> None:
    """On another machine nobody knows what was imported here; the server does."""
    _, archive = recorded()
    task = Task.import_offline_session(archive)
    shutil.rmtree(home / "imports")
    assert Task.import_offline_session(archive) == task

    assert_whole(task)


def test_a_session_that_goes_on(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Is imported as far as it is, and the rest later (pains 11)."""
    script = tmp_path / "goes_on.py"
    script.write_text(
        "import sys\nfrom pellucid import Task\n"
        "task = Task.init('sdk tests/offline', 'goes on', auto_connect_streams=False)\n"
        "task.get_logger().report_scalar('loss', 'train', 1.0, 0)\n"
        "print(task.get_offline_mode_folder(), flush=True)\n"
        "sys.stdin.readline()\n"
        "task.get_logger().report_scalar('loss', 'train', 0.5, 1)\n"
    )
    environ = {**os.environ, "PELLUCID_OFFLINE_MODE": "1"}
    with subprocess.Popen([sys.executable, script], env=environ, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout is not None
        folder = next(Path(line.strip()) for line in process.stdout if line.startswith("/"))
        task = Task.import_offline_session(folder)
        running = Task.get_task(task_id=task)
        assert (running.status, iterations(task)) == ("in_progress", [0])
        assert "import it again" in capsys.readouterr().out
        process.communicate("go on\n")
    assert Task.import_offline_session(folder) == task

    assert iterations(task) == [0, 1]
    assert running.status == "completed"


def test_m144_a_session_that_was_killed(tmp_path: Path) -> None:
    """Is imported from its folder, as there is no zip file; its task says that it ended without a word."""
    script = tmp_path / "killed.py"
    script.write_text(
        "import os\nfrom pellucid import Task\n"
        "task = Task.init('sdk tests/offline', 'killed')\n"
        "task.get_logger().report_scalar('loss', 'train', 1.0, 0)\n"
        "print(task.get_offline_mode_folder(), flush=True)\n"
        f"os.kill(os.getpid(), {int(signal.SIGKILL)})\n"
    )
    environ = {**os.environ, "CLEARML_OFFLINE_MODE": "1"}
    done = subprocess.run([sys.executable, script], env=environ, capture_output=True, text=True, check=False)
    folder = next(Path(line) for line in done.stdout.splitlines() if line.startswith("/"))
    frames = min(folder.glob("*.frames"), key=lambda path: path.stat().st_ctime_ns)  # the script's, not its relay's
    with frames.open("ab") as file:
        file.write(b"torn")
    task = Task.import_offline_session(folder)

    assert done.returncode == -signal.SIGKILL
    assert Task.get_task(task_id=task).status == "failed"
    assert iterations(task) == [0]


def test_a_part_of_a_session_and_then_all_of_it(tmp_path: Path) -> None:
    """Of a copy that was cut off, what is whole; the good copy brings the rest, and the end as it was."""
    folder, archive = recorded()
    part = Path(shutil.copytree(folder, tmp_path / "part"))
    (frames,) = part.glob("*.frames")
    frames.write_bytes(frames.read_bytes()[:-30])
    description = (part / "run.json").read_bytes()
    (part / "run.json").write_bytes(description.replace(os.uname().nodename.encode(), b"another"))
    (folder / "run.json").write_bytes((part / "run.json").read_bytes())
    task = Task.import_offline_session(part)
    assert Task.get_task(task_id=task).status == "failed"
    Task.import_offline_session(folder)

    assert_whole(task)
    assert archive.exists()


def test_a_zip_file_that_was_cut_off(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Its whole part is imported, and the rest when the whole file turns up."""
    folder, archive = recorded()
    part = tmp_path / "part.zip"
    part.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    task = Task.import_offline_session(part)

    assert task == folder.name
    assert "is cut off" in capsys.readouterr().out
    Task.import_offline_session(archive)
    assert_whole(task)


def test_m70_m154_m155_into_a_former_task(client: Client) -> None:
    """Behind what it has; no other task is made, single values stay where they are (sdk-surface M154, M155)."""
    previous = Task.import_offline_session(recorded(name="former")[1])
    _, archive = recorded(name="later")
    before = count(client)
    for _ in range(2):
        assert Task.import_offline_session(archive, previous_task_id=previous, iteration_offset=1500) == previous

    assert count(client) == before
    assert iterations(previous) == [0, 1, 2, 1500, 1501, 1502]
    seen = Task.get_task(task_id=previous)
    assert (seen.status, seen.name) == ("completed", "former")
    assert seen.get_reported_single_values() == {"best": 0.5}


@pytest.mark.parametrize("content", [None, b"", b"PK no zip", "an empty folder"])
def test_m151_what_is_no_session_is_refused(content: bytes | str | None, tmp_path: Path) -> None:
    """As a ValueError, which names it (sdk-surface M151)."""
    session = tmp_path / "session.zip"
    if isinstance(content, bytes):
        session.write_bytes(content)
    elif content:
        session.mkdir()
    with pytest.raises(UsageError, match=r"session_folder_zip|can't be unpacked"):
        Task.import_offline_session(session)


def test_other_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that does not exist, an offset that is none, no server, offline mode."""
    _, archive = recorded()
    with pytest.raises(UsageError, match="previous_task_id: there is no task"):
        Task.import_offline_session(archive, previous_task_id="0" * 32)
    with pytest.raises(UsageError, match=r"iteration_offset is 1\.5"):
        Task.import_offline_session(archive, iteration_offset=1.5)  # type: ignore[arg-type]
    monkeypatch.setenv("PELLUCID_API_HOST", "http://127.0.0.1:1")
    with pytest.raises(ServerUnavailableError, match="import_offline_session"):
        Task.import_offline_session(archive)
    Task.set_offline(True)
    with pytest.raises(UsageError, match="offline mode is on"):
        Task.import_offline_session(archive)


def test_a_session_too_big_for_the_exit_is_kept_as_a_folder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The end of a script has a deadline."""
    monkeypatch.setenv("PELLUCID_EXIT_DEADLINE", "0")
    folder, archive = recorded()

    assert not archive.exists()
    assert f"stored in {folder}, which is too big" in capsys.readouterr().out


def test_m142_m148_everything_works_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any configuration, and without a single connection (sdk-surface M148, C19, C22)."""
    for variable in ("PELLUCID_API_HOST", "PELLUCID_API_ACCESS_KEY", "PELLUCID_API_SECRET_KEY"):
        monkeypatch.delenv(variable)
    task, _ = record()
    task.set_progress(50)
    task.add_tags(["red"])
    task.name = "renamed"
    task.comment = "a comment"
    task.set_parameters({"x": 3})

    assert (task.get_progress(), task.name, task.comment) == (50, "renamed", "a comment")
    assert task.get_tags() == ["blue", "red"]
    assert task.get_parameters() == {"General/x": "3"}
    assert task.artifacts["person"].get() == {"name": "Erik"}
    assert task.flush(wait_for_uploads=True) is False
    assert task.get_last_iteration() == 2
    assert task.get_last_scalar_metrics()["loss"]["train"] == {"last": pytest.approx(1 / 3), "min": 1 / 3, "max": 1}
    assert task.get_reported_scalars()["loss"]["train"]["x"] == [0, 1, 2]
    assert task.get_all_reported_scalars()["loss"]["train"]["y"] == [1, 0.5, 1 / 3]
    assert task.get_reported_single_value("best") == 0.5
    assert "a line" in task.get_reported_console_output(10)
    assert {kind: list(models) for kind, models in task.models.items()} == {"input": [], "output": []}


def test_a_closed_offline_task_can_still_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder is still there."""
    task, _ = record()
    task.close()

    assert task.status == "completed"
    assert task.get_last_iteration() == 2


def test_m142_m143_m147_m149_no_server_is_asked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is asked of any server; the id says so (seed, Offline Mode)."""
    Task.set_offline(True)
    assert Task.is_offline()
    task = Task.init("sdk tests", "offline")
    with pytest.raises(UsageError, match=r"set_offline: task .* is running"):
        Task.set_offline(False)
    folder = task.get_offline_mode_folder()
    task.close()

    assert task.id.startswith("offline-")
    assert folder is not None
    assert folder.is_relative_to(home / "runs")
    assert not (folder / "uploader.log").exists()
    printed = capsys.readouterr().out
    assert f"created new task id={task.id}" in printed
    assert f"kept in {folder}" in printed
    assert f"Offline session stored in {folder}.zip" in printed
    Task.set_offline(False)
    assert not Task.is_offline()
    assert Task.init("sdk tests", "online").get_offline_mode_folder() is None


def test_m152_an_offline_run_is_sent_later(tmp_path: Path) -> None:
    """With everything, files too; their addresses are the server's that they came to."""
    Task.set_offline(True)
    task = Task.init("sdk tests", "sent later", tags=["a"])
    task.get_logger().report_scalar("loss", "train", 1.0, 5)
    task.connect({"epochs": 3})
    task.upload_artifact("person", {"name": "Erik"})
    folder = task.get_offline_mode_folder()
    task.close()
    Task.set_offline(False)
    connection = current_settings().connection()
    assert folder is not None
    assert connection is not None

    assert sync_folder(folder, connection).refused == []

    seen = Task.get_task(project_name="sdk tests", task_name="sent later")
    assert seen is not None
    assert (seen.status, seen.get_tags(), seen.get_parameters()) == ("completed", ["a"], {"General/epochs": "3"})
    assert seen.get_reported_scalars()["loss"]["train"]["x"] == [5]
    assert seen.artifacts["person"].get() == {"name": "Erik"}
