"""What a run recorded, on its way to a server, round by round."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pellucid.base.errors import RequestRefusedError, ServerUnavailableError, UsageError
from pellucid.base.ids import new_id
from pellucid.journal.format import frames_file
from pellucid.journal.writer import Writer
from pellucid.testing.fake_server import Answer, FakeServer
from pellucid.testing.fake_tracker import FakeTracker
from pellucid.testing.run_folder import RecordedRun
from pellucid.uploader.shipment import Shipment
from pellucid.wire import models, tasks
from pellucid.wire.enums import TaskStatus
from pellucid.wire.records import RUN_FILE, Call, End, RecordKind, RunDescription


def ship_all(shipment: Shipment) -> None:
    """Rounds until nothing is left, files included."""
    while shipment.round() or not shipment.is_drained:
        while not shipment.uploads.is_empty:
            shipment.uploads.store_next()
    shipment.save()


@pytest.fixture
def ship(run: RecordedRun, tracker: FakeTracker) -> Callable[[], Shipment]:
    """Opens the run's folder as a new uploader would, and ships all there is."""

    def open_and_ship() -> Shipment:
        shipment = Shipment(run.folder, tracker.connection)
        ship_all(shipment)
        return shipment

    return open_and_ship


def test_points_events_and_calls_arrive_in_order(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]
) -> None:
    """The task is made first; calls keep their place among the events of their writer."""
    loss = run.series("loss", "train")
    run.line("one")
    run.call(tasks.EDIT, tasks.Edit(task=run.task, comment="between"))
    run.line("two")
    run.writer.append_point(loss, 0, 0.5)
    run.writer.append_point(loss, 1, 0.25)

    ship()

    assert tracker.points == [("loss", "train", 0, 0.5), ("loss", "train", 1, 0.25)]
    assert [event.msg for event in tracker.events] == ["one", "two"]
    assert tracker.actions[0] == "tasks.create"
    edit = tracker.actions.index("tasks.edit")
    assert "journal.append" in tracker.actions[:edit]
    assert "journal.append" in tracker.actions[edit:]


def test_the_project_is_found_for_a_task_that_is_made_late(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]
) -> None:
    """A run that began without a server knows its project's name only."""
    ship()

    assert tracker.body("tasks.create")["project"] == "p1"
    assert tracker.body("tasks.create")["id"] == run.task


def test_a_server_that_chooses_its_own_ids_gets_its_own_id_in_everything(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]
) -> None:
    """Events, calls, paths and announcements name the task as the server does, after a restart too."""
    theirs = new_id()
    tracker.server.answer("tasks.create", {"id": theirs})
    tracker.server.answer("PUT")
    run.line(f"about {run.task}")
    ship()
    run.upload(__file__, f"vision/first.{run.task}/x.py", Call("tasks.edit", msgspec.json.encode({"task": run.task})))
    ship()

    assert (tracker.events[0].task, tracker.events[0].msg) == (theirs, f"about {theirs}")
    assert tracker.body("tasks.started")["task"] == theirs
    assert tracker.body("tasks.edit")["task"] == theirs
    assert [request.path for request in tracker.server.requests if request.method == "PUT"] == [
        f"/files/vision/first.{theirs}/x.py"
    ]
    assert len(tracker.server.calls("tasks.create")) == 1


def test_a_server_that_chooses_ids_of_models_gets_those(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]
) -> None:
    """In all that is said of the model later, after a restart too."""
    own, theirs = new_id(), new_id()
    tracker.server.answer("models.create", {"id": theirs})
    tracker.server.answer("models.edit")
    tracker.server.answer("PUT")
    run.call(models.CREATE, models.Create(id=own, name="net", uri=""))
    run.call(models.EDIT, models.Edit(model=own, name="better"))
    ship()
    assert tracker.body("models.edit")["model"] == theirs

    announce = Call("models.edit", msgspec.json.encode({"model": own, "uri": "pellucid://file-server/x"}))
    run.upload(__file__, "vision/x.pt", announce)
    ship()
    edits = [msgspec.json.decode(request.body) for request in tracker.server.calls("models.edit")]
    assert [edit["model"] for edit in edits] == [theirs, theirs]
    assert len(tracker.server.calls("models.create")) == 1


def test_announcements_without_a_file_keep_their_place(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]
) -> None:
    """They are made when all files before are stored."""
    for action in ("models.edit", "models.set_ready", "PUT"):
        tracker.server.answer(action)
    run.upload(__file__, "vision/x.pt", Call("models.edit", b"{}"))
    run.upload("", "", Call("models.set_ready", b"{}"))
    run.end(End(TaskStatus.completed))
    ship()

    names = [request.action if request.method == "POST" else "PUT" for request in tracker.server.requests]
    order = [name for name in names if name in ("PUT", "models.edit", "models.set_ready")]
    assert order == ["PUT", "models.edit", "models.set_ready"]


def test_a_run_that_a_server_knows_already_is_not_made_again(tmp_path: Path, tracker: FakeTracker) -> None:
    """``created`` says so."""
    run = RecordedRun(tmp_path / "known", created=True)
    run.line("one")
    ship_all(Shipment(run.folder, tracker.connection))

    assert tracker.actions == ["journal.append"]
    assert tracker.events[0].task == run.task


def test_nothing_is_sent_before_the_task_is_there(tmp_path: Path, tracker: FakeTracker) -> None:
    """A run whose first record is not written yet waits."""
    run = RecordedRun(tmp_path / "young", created=True)
    description = msgspec.structs.replace(
        msgspec.json.decode((run.folder / RUN_FILE).read_bytes(), type=RunDescription), created=False
    )
    (run.folder / RUN_FILE).write_bytes(msgspec.json.encode(description))
    run.line("one")
    shipment = Shipment(run.folder, tracker.connection)

    assert shipment.round() == 0
    run.call(tasks.CREATE, tasks.Create(id=run.task, name="n", type="training"))
    ship_all(shipment)

    assert tracker.actions[0] == "tasks.create"
    assert [event.msg for event in tracker.events] == ["one"]


def test_the_next_uploader_goes_on_where_the_last_stopped(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]
) -> None:
    """Neither calls nor data are sent twice, and names of series that were read before are known."""
    loss = run.series("loss", "train")
    run.writer.append_point(loss, 0, 1.0)
    run.line("one")
    ship()
    before = len(tracker.server.requests)
    run.writer.append_point(loss, 1, 2.0)
    run.line("two")
    ship()

    assert [point[2:] for point in tracker.points] == [(0, 1.0), (1, 2.0)]
    assert [event.msg for event in tracker.events] == ["one", "two"]
    assert [request.action for request in tracker.server.requests[before:]] == ["auth.login", "journal.append"]


def test_without_its_books_an_uploader_repeats_and_the_server_stores_once(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]
) -> None:
    """The positions that the server keeps make repetition harmless."""
    loss = run.series("loss", "train")
    for iteration in range(100):
        run.writer.append_point(loss, iteration, 1.0)
    run.line("one")
    ship()
    for name in ("progress.json", "uploader.json"):
        (run.folder / name).unlink()
    ship()

    assert [point[2] for point in tracker.points] == list(range(100))
    assert len(tracker.events) == 1


def test_a_round_that_fails_is_repeated_whole(run: RecordedRun, tracker: FakeTracker) -> None:
    """What was not acknowledged is sent again, what was is not."""
    run.line("one")
    working = tracker.server.handlers["journal.append"]
    tracker.server.answer("journal.append", status=503)
    shipment = Shipment(run.folder, tracker.connection)
    with pytest.raises(ServerUnavailableError):
        ship_all(shipment)
    tracker.server.handlers["journal.append"] = working
    ship_all(shipment)

    assert [event.msg for event in tracker.events] == ["one"]
    assert len(tracker.server.calls("tasks.create")) == len(tracker.server.calls("tasks.started")) == 1


def test_a_file_that_is_not_yet_stored_holds_back_the_position_only(run: RecordedRun, tracker: FakeTracker) -> None:
    """What is reported after a big file is sent before it, and a restart still stores the file."""
    tracker.server.answer("PUT")
    (run.folder / "copy.bin").write_bytes(b"big")
    run.upload("copy.bin", "x/copy.bin", Call("tasks.edit", b"{}"))
    run.line("behind")
    shipment = Shipment(run.folder, tracker.connection)
    while shipment.round():
        pass

    assert [event.msg for event in tracker.events] == ["behind"]
    assert shipment.progress.writers[run.writer.name].frames < run.writer.position().frames
    assert not shipment.is_drained

    again = Shipment(run.folder, tracker.connection)
    ship_all(again)

    assert [event.msg for event in tracker.events] == ["behind"]
    assert len(tracker.server.calls("tasks.edit")) == 1
    assert again.progress.writers[run.writer.name].frames == run.writer.position().frames
    assert not (run.folder / "copy.bin").exists()


def test_positions_reach_those_of_the_writers(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]
) -> None:
    """Who waits for what it wrote, also for a mere name of a series, is not kept waiting."""
    other = Writer(run.folder)
    run.writer.append_point(run.series("loss", "train"), 0, 1.0)
    shipment = ship()

    for writer in (run.writer, other):
        progress = shipment.progress.writers[writer.name]
        assert (progress.points, progress.frames) == writer.position()


def test_one_bad_record_harms_only_itself(run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]) -> None:
    """It is named, the folder stays for inspection."""
    for text in ["one", "refuse me", "two", "three"]:
        run.line(text)
    run.writer.append(RecordKind.EVENT, b"\xc1 no MessagePack")
    run.writer.append(99, b"of a newer release")
    run.end(End(TaskStatus.completed))
    shipment = ship()
    assert shipment.end is not None
    shipment.finish(shipment.end, by_itself=True)
    shipment.close()

    assert [event.msg for event in tracker.events] == ["one", "two", "three"]
    refused = shipment.progress.refused
    assert len(refused) == 3
    assert sum("bad event" in sentence for sentence in refused) == 1
    assert run.folder.exists()


def test_damage_is_reported(run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]) -> None:
    """A record that is gone is not gone silently."""
    run.line("one")
    with frames_file(run.folder, run.writer.name).open("ab") as file:
        file.write(b"garbage")
    run.line("two")

    shipment = ship()

    assert [event.msg for event in tracker.events] == ["one", "two"]
    (sentence,) = shipment.progress.refused
    assert "7 damaged bytes passed over" in sentence


def test_a_writer_of_a_newer_release_does_not_stop_the_others(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]
) -> None:
    """It is named."""
    run.line("one")
    header = bytearray(frames_file(run.folder, run.writer.name).read_bytes()[:40])
    header[8] = 2
    frames_file(run.folder, "1-ffff").write_bytes(header)

    assert "version 2" in ship().progress.refused[0]
    assert [event.msg for event in tracker.events] == ["one"]


def test_a_call_that_is_refused_is_noted_and_passed(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]
) -> None:
    """What comes after it is sent."""
    tracker.server.answer("tasks.edit", status=400, message="Validation error")
    run.call(tasks.EDIT, tasks.Edit(task=run.task, comment="x"))
    run.line("after")

    assert "tasks.edit refused by the server: Validation error" in ship().progress.refused[0]
    assert [event.msg for event in tracker.events] == ["after"]


def test_a_run_that_died_before_its_task_was_recorded_is_given_up(tmp_path: Path, tracker: FakeTracker) -> None:
    """There is nothing that its reports could belong to; they stay in the folder."""
    folder = tmp_path / "stillborn"
    RecordedRun(folder)
    for path in folder.glob("*.frames"):
        path.unlink()
    writer = Writer(folder)
    writer.append(RecordKind.CALL, msgspec.msgpack.encode(Call("tasks.edit", b"{}")))
    shipment = Shipment(folder, tracker.connection)
    assert shipment.round() == 0
    assert shipment.is_drained
    shipment.finish(End(TaskStatus.failed), by_itself=False)

    assert shipment.progress.finished
    assert "before its task was made" in shipment.progress.refused[0]
    assert tracker.actions == []


def test_a_task_that_can_not_be_made_keeps_everything(run: RecordedRun, tracker: FakeTracker) -> None:
    """Nothing is sent, nothing is passed over."""
    tracker.server.answer("tasks.create", status=400, message="Validation error")
    run.line("one")

    with pytest.raises(RequestRefusedError, match="Validation error"):
        Shipment(run.folder, tracker.connection).round()
    assert tracker.events == []


def test_the_end_comes_last_and_the_folder_goes(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment]
) -> None:
    """The final status carries what the run said; when all is stored nothing is left on disk."""
    other = Writer(run.folder)
    run.end(End(TaskStatus.completed, "done", "all well"))
    other.append(RecordKind.SERIES, msgspec.msgpack.encode([1, "loss", "other"]))
    other.append_point(1, 5, 5.0)
    shipment = ship()
    assert shipment.end == End(TaskStatus.completed, "done", "all well")
    assert shipment.progress.writers[run.writer.name].frames < run.writer.position().frames
    shipment.finish(shipment.end, by_itself=True)

    assert shipment.progress.finished
    assert shipment.progress.writers[run.writer.name].frames == run.writer.position().frames
    assert tracker.actions[-1] == "tasks.completed"
    assert tracker.body("tasks.completed") == {
        "task": run.task,
        "force": True,
        "status_reason": "done",
        "status_message": "all well",
    }
    assert tracker.points == [("loss", "other", 5, 5.0)]
    assert shipment.is_over()
    shipment.close()
    assert not run.folder.exists()


def test_a_folder_that_is_written_to_while_it_is_deleted(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What looks at the run's script may outlive a run that was killed, and answer late."""
    remove, answer = shutil.rmtree, run.folder / ".script.json"

    def answered_meanwhile(folder: Path, **options: Any) -> None:
        remove(folder, **options)
        monkeypatch.setattr(shutil, "rmtree", remove)
        folder.mkdir()
        answer.touch()

    run.end(End(TaskStatus.completed))
    shipment = ship()
    assert shipment.end is not None
    shipment.finish(shipment.end, by_itself=True)
    monkeypatch.setattr(shutil, "rmtree", answered_meanwhile)
    shipment.close()

    assert not run.folder.exists()


def test_the_end_is_said_by_the_next_uploader_if_the_last_could_not(run: RecordedRun, tracker: FakeTracker) -> None:
    """A restart between the end's record and the final status loses nothing."""
    run.end(End(TaskStatus.failed, "boom"))
    ship_all(Shipment(run.folder, tracker.connection))
    again = Shipment(run.folder, tracker.connection)
    ship_all(again)

    assert again.end == End(TaskStatus.failed, "boom")


def test_files_of_points_that_are_stored_are_deleted(
    run: RecordedRun, tracker: FakeTracker, ship: Callable[[], Shipment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long run does not fill the disk, and can be gone on with."""
    monkeypatch.setattr("pellucid.journal.segment.SEGMENT_SIZE", 32 + 10 * 28)
    loss = run.series("loss", "train")
    for iteration in range(95):
        run.writer.append_point(loss, iteration, 0.0)
    ship()
    assert len(list(run.folder.glob("*.points"))) == 1
    for iteration in range(95, 100):
        run.writer.append_point(loss, iteration, 0.0)
    ship()

    assert [point[2] for point in tracker.points] == list(range(100))


def test_a_folder_without_a_description_is_refused(tmp_path: Path, tracker: FakeTracker) -> None:
    """The error names the folder."""
    with pytest.raises(UsageError, match=str(tmp_path)):
        Shipment(tmp_path, tracker.connection)


def test_a_ping_that_is_refused_is_nothing(run: RecordedRun, server: FakeServer, tracker: FakeTracker) -> None:
    """Before the task is there nothing is sent; afterwards a no is no trouble."""
    shipment = Shipment(run.folder, tracker.connection)
    shipment.ping()
    assert server.requests == []
    ship_all(shipment)
    server.handlers["tasks.ping"] = lambda _: Answer(status=400)
    shipment.ping()
    assert len(server.calls("tasks.ping")) == 1
