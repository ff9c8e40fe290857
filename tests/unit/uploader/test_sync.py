"""Shipping in the foreground."""

from __future__ import annotations

import pytest

from pellucid.base.errors import ServerUnavailableError
from pellucid.testing.fake_tracker import FakeTracker
from pellucid.testing.run_folder import RecordedRun
from pellucid.uploader.lock import run_lock
from pellucid.uploader.sync import sync_folder
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import End


def test_a_run_that_has_ended_is_shipped_and_its_folder_deleted(run: RecordedRun, tracker: FakeTracker) -> None:
    """Points, lines, files and the end."""
    tracker.server.answer("PUT")
    run.writer.append_point(run.series("loss", "train"), 0, 1.0)
    run.line("one")
    (run.folder / "file").write_bytes(b"content")
    run.upload("file", "x/file")
    run.line("two")
    run.end(End(TaskStatus.completed))

    progress = sync_folder(run.folder, tracker.connection)

    assert (progress.finished, progress.refused) == (True, [])
    assert (len(tracker.points), len(tracker.events)) == (1, 2)
    assert [request.body for request in tracker.server.requests if request.method == "PUT"] == [b"content"]
    assert tracker.actions[-1] == "tasks.completed"
    assert not run.folder.exists()


def test_a_run_that_goes_on_is_shipped_as_far_as_it_is(run: RecordedRun, tracker: FakeTracker) -> None:
    """And again later."""
    run.line("one")
    assert not sync_folder(run.folder, tracker.connection).finished
    run.line("two")
    assert not sync_folder(run.folder, tracker.connection).finished

    assert [event.msg for event in tracker.events] == ["one", "two"]
    assert not {"tasks.failed", "tasks.completed"} & set(tracker.actions)


def test_a_run_that_died_long_ago_has_failed(run: RecordedRun, tracker: FakeTracker) -> None:
    """Nobody knows of what."""
    run.line("one")
    (path,) = run.folder.glob("*.frames")
    content = bytearray(path.read_bytes())
    content[16] ^= 1  # the start time of the writer's process
    path.write_bytes(content)

    assert sync_folder(run.folder, tracker.connection).finished
    assert tracker.body("tasks.failed")["status_reason"] == "The process ended without saying how"
    assert [event.msg for event in tracker.events] == ["one"]


def test_a_server_that_is_away_is_an_error(run: RecordedRun, tracker: FakeTracker) -> None:
    """In the foreground somebody is there to hear it; the next attempt goes on."""
    run.line("one")
    run.end(End(TaskStatus.completed))
    working = tracker.server.handlers["journal.append"]
    tracker.server.answer("journal.append", status=503)
    with pytest.raises(ServerUnavailableError):
        sync_folder(run.folder, tracker.connection)
    tracker.server.handlers["journal.append"] = working

    assert sync_folder(run.folder, tracker.connection).finished
    assert len(tracker.events) == 1


def test_a_run_that_another_process_ships_is_left_to_it(run: RecordedRun, tracker: FakeTracker) -> None:
    """Its progress is told."""
    with run_lock(run.folder) as alone:
        assert alone
        assert not sync_folder(run.folder, tracker.connection).finished
    assert tracker.server.requests == []
