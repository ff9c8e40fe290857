"""Importing, where a test wants to see what is sent: to a server of another make, and from odd places."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pellucid.base.archive import pack_folder
from pellucid.base.errors import ServerUnavailableError, UsageError
from pellucid.testing.fake_server import Answer
from pellucid.testing.fake_tracker import FakeTracker
from pellucid.testing.run_folder import RecordedRun
from pellucid.uploader.lock import run_lock
from pellucid.uploader.session_import import import_session
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End, ImportedSession, SessionImport

THEIR_ID = "f" * 32


@pytest.fixture
def ended(run: RecordedRun) -> RecordedRun:
    """A run that is over: a point, a line, a file."""
    run.writer.append_point(run.series("loss", "train"), 0, 1.0)
    run.line("one")
    (run.folder / "files").mkdir()
    (run.folder / "files" / "a").write_bytes(b"content")
    run.upload("files/a", "x/a")
    run.end(End(TaskStatus.completed))
    return run


@pytest.fixture
def ready(tracker: FakeTracker) -> FakeTracker:
    """A tracker that takes files."""
    tracker.server.answer("PUT")
    return tracker


def request(run: RecordedRun, tracker: FakeTracker, session: Path | None = None, **more: Any) -> SessionImport:
    """To import a run's folder."""
    books = run.folder.parent / "imports"
    return SessionImport(connection=tracker.connection, session=str(session or run.folder), books=str(books), **more)


def test_a_server_that_gives_ids_of_its_own(ended: RecordedRun, ready: FakeTracker) -> None:
    """Is asked for one task, whatever is imported again; and gets everything once."""
    ready.server.handlers["tasks.create"] = lambda _: Answer({"id": THEIR_ID})
    first = import_session(request(ended, ready))
    asked = len(ready.server.requests)
    second = import_session(request(ended, ready))

    assert first == second == ImportedSession(task=THEIR_ID, finished=True, refused=[])
    assert (len(ready.points), len(ready.events), len(ready.server.calls("tasks.create"))) == (1, 1, 1)
    # A login, and whether the task is still there.
    assert [one.action for one in ready.server.requests[asked:]] == ["auth.login", "tasks.get_by_id"]
    assert [path.name for path in (ended.folder / "files").iterdir()] == ["a"]


def test_an_outage_is_told_and_the_next_attempt_goes_on(ended: RecordedRun, ready: FakeTracker) -> None:
    """Nothing is sent twice to a server that would not notice."""
    ready.server.answer("PUT", status=503)
    ready.server.answer("POST", status=503)
    with pytest.raises(ServerUnavailableError):
        import_session(request(ended, ready))
    ready.server.answer("PUT")
    assert import_session(request(ended, ready)).finished

    assert (len(ready.points), len(ready.events)) == (1, 1)
    assert len(ready.server.calls("tasks.create")) == 1


def test_a_task_that_was_deleted_is_made_again(ended: RecordedRun, ready: FakeTracker) -> None:
    """Who imports wants to have it."""
    import_session(request(ended, ready))
    present = ready.server.handlers["tasks.get_by_id"]
    answers = [Answer(status=400, subcode=101, message="Invalid task id")]
    ready.server.handlers["tasks.get_by_id"] = lambda one: answers.pop() if answers else present(one)
    import_session(request(ended, ready))

    assert len(ready.server.calls("tasks.create")) == 2


def test_two_servers_have_books_of_their_own(ended: RecordedRun, ready: FakeTracker) -> None:
    """And so has each task that it is imported into."""
    import_session(request(ended, ready))
    import_session(request(ended, ready, into=THEIR_ID, offset=10))

    assert [point[2] for point in ready.points] == [0]  # the tracker takes the same writer for the same task
    bodies = [one.body for one in ready.server.calls("tasks.started")]
    assert [THEIR_ID.encode() in body for body in bodies] == [False, True]


def test_a_session_that_may_only_be_read(ended: RecordedRun, ready: FakeTracker) -> None:
    """Another user's, say; nothing is written into it."""
    before = {path: path.stat().st_mtime_ns for path in ended.folder.rglob("*")}
    import_session(request(ended, ready))

    assert {path: path.stat().st_mtime_ns for path in ended.folder.rglob("*")} == before


def test_one_at_a_time(ended: RecordedRun, ready: FakeTracker) -> None:
    """Two processes would send the same twice."""
    import_session(request(ended, ready))
    (books,) = (ended.folder.parent / "imports").iterdir()
    with run_lock(books), pytest.raises(ServerUnavailableError, match="another process"):
        import_session(request(ended, ready))


def test_nothing_is_left_behind(ended: RecordedRun, ready: FakeTracker) -> None:
    """But the books, also if it fails."""
    archive = ended.folder.parent / "x.zip"
    pack_folder(ended.folder, archive, rank=lambda name: None if name == "run.json" else 0, seconds=60)
    import_session(request(ended, ready))
    with pytest.raises(UsageError, match=r"neither a run\.json nor a task\.json"):
        import_session(request(ended, ready, archive))

    (books,) = (ended.folder.parent / "imports").iterdir()
    assert {path.name for path in books.iterdir()} == {"uploader.json", "progress.json", "uploader.lock"}


def test_as_a_process(ended: RecordedRun, ready: FakeTracker) -> None:
    """Asked on standard input, answering on standard output; the exit code says whose mistake it was."""
    command = [sys.executable, "-P", "-m", "pellucid.uploader.session_import"]

    def run(asked: SessionImport) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, input=msgspec.json.encode(asked), capture_output=True, check=False)

    done = run(request(ended, ready))
    assert msgspec.json.decode(done.stdout, type=ImportedSession).task == ended.task
    refused = run(request(ended, ready, ended.folder / "gone"))
    assert (refused.returncode, b"does not exist" in refused.stderr) == (2, True)
    ready.server.answer("tasks.get_by_id", status=503)
    assert run(request(ended, ready)).returncode == 1
