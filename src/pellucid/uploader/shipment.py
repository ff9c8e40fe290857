"""One run's folder on its way to a server: reads, sends, remembers, in rounds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from pellucid.base.clock import now_milliseconds
from pellucid.base.errors import RequestRefusedError, ServerError, ServerUnavailableError, UsageError
from pellucid.client.files import FilesClient
from pellucid.client.session import Client
from pellucid.client.storage.storage import Storage
from pellucid.journal.folder import list_writers, writer_pid
from pellucid.journal.format import JournalVersionError
from pellucid.journal.frames import Frame
from pellucid.uploader.collect import MAX_POINTS, Chunk, PointsChunk, WriterCollector
from pellucid.uploader.final_status import set_final_status
from pellucid.uploader.ledger import Ledger
from pellucid.uploader.lifetime import KILLED, UNKNOWN_CAUSE
from pellucid.uploader.ranks import caused_by
from pellucid.uploader.register import create_task
from pellucid.uploader.shift import shift_call, shift_event, shift_points
from pellucid.uploader.ship import Shipper
from pellucid.uploader.uploads import UploadJob, Uploads
from pellucid.wire import models, task_life, tasks
from pellucid.wire.enums import EventType
from pellucid.wire.events import Event
from pellucid.wire.records import (
    RUN_FILE,
    Call,
    Connection,
    End,
    Progress,
    RankFailure,
    RecordKind,
    RunDescription,
    Upload,
)

_DELETIONS: Final = 3

_MAX_REQUEST_EVENTS: Final = 20_000

_MAX_EVENT_BYTES: Final = 15_000_000
"""What a server of the protocol takes in one request (protocol §1.9). A page could not show a bigger one either."""

_STATUS_CALLS: Final = frozenset(
    action.name for action in (tasks.COMPLETED, tasks.FAILED, tasks.STOPPED, tasks.RESET, task_life.PUBLISH)
)

_T = TypeVar("_T")


class Shipment:
    """The rounds, and the end. Any of its methods that asks the server raises ``ServerError`` if the same round
    should be tried again later; then nothing is lost and nothing is done twice.

    Attributes:
        folder: the run's folder.
        description: what it is about.
        end: how the run ended, once its last record has been read.
        uploads: the files to store; whoever drives the rounds drives these too.
        has_changed_status: whether the run itself has given its task another status.
        is_aborted: whether the run was made to end, so that its task keeps the status that it has.
    """

    def __init__(self, folder: Path, connection: Connection, *, books: Path | None = None, offset: int = 0) -> None:
        """Open a folder; nothing is sent yet.

        Args:
            folder: the run's folder.
            connection: the server.
            books: folder of the ledger, if that is not the run's.
            offset: what to add to iterations.

        Raises:
            UsageError: it is no run's folder.
        """
        self.folder = folder
        self._offset = offset
        self.description = read_description(folder)
        self.end: End | None = None
        self.has_changed_status = False
        self.is_aborted = False
        self._ledger = Ledger(books or folder)
        self._client = Client.to(connection)
        self._shipper = Shipper(self._client, self._refuse, connection.files_host, is_well=self._server_is_well)
        files = FilesClient(self._client, connection.files_host)
        self.uploads = Uploads(
            folder,
            Storage(files, connection.files_host),
            self._shipper,
            self._refuse_file,
            files_host=connection.files_host,
            warn=self._tell,
        )
        self._collectors: dict[str, WriterCollector] = {}
        self._unreadable: set[str] = set()
        self._found_nothing = False
        self._end_at: tuple[str, int] | None = None

    def round(self) -> int:
        """Send what is new.

        Returns:
            How much that was: points, events and other records.

        Raises:
            ServerError: try again later.
            OSError: the disk has trouble; try again later.
        """
        self._collect()
        task = self._task()
        if task is None:
            self._found_nothing = True
            return 0
        sent = self._send_chunks(task) + sum(self._send_records(one) for one in self._collectors.values())
        self._acknowledge()
        self._found_nothing = sent == 0
        return sent

    @property
    def is_drained(self) -> bool:
        """Whether the last round found nothing, and nothing is left of those before."""
        return self._found_nothing and self.uploads.is_empty and not self.is_waiting

    @property
    def is_waiting(self) -> bool:
        """Whether there is something for a next round at once."""
        return self._ledger.state.task is not None and not all(
            collector.is_empty for collector in self._collectors.values()
        )

    def is_over(self) -> bool:
        """Whether the task has its final status and nobody writes any more."""
        return self._ledger.finished and not any(
            collector.is_writing and not self._has_ended(collector) for collector in self._collectors.values()
        )

    @property
    def task(self) -> str | None:
        """The task's id on the server, once the server has the task."""
        return self._ledger.state.task

    @property
    def progress(self) -> Progress:
        """What was achieved."""
        return self._ledger.progress()

    def ping(self) -> None:
        """Tell the server that the run lives."""
        task = self._ledger.state.task
        if task is not None:
            try:
                self._client.send(tasks.PING, tasks.Ping(task=task))
            except RequestRefusedError:
                pass  # somebody deleted the task, or ended it; what is sent next will tell

    def _server_is_well(self) -> bool:
        """Whether the server stores the little that a sign of life is."""
        task = self._ledger.state.task
        if task is None:
            return False
        try:
            self._client.send(tasks.PING, tasks.Ping(task=task))
        except RequestRefusedError as error:
            return error.code < HTTPStatus.INTERNAL_SERVER_ERROR
        except ServerUnavailableError:
            return False
        return True

    def finish(self, end: End, *, by_itself: bool) -> None:
        """Give the task its final status; everything must have been sent before.

        Args:
            end: how the run ended.
            by_itself: whether it said so itself.
        """
        task = self._ledger.state.task
        if self._ledger.finished:
            return
        self.has_changed_status = True
        if not by_itself:
            end = caused_by(self._ledger.state.failure, end)
        if task is not None:
            # Whoever has killed a process of an agent may have killed the agent, too, and then it runs again elsewhere.
            if by_itself or not self.description.is_agents or end not in (KILLED, UNKNOWN_CAUSE):
                set_final_status(self._shipper, task, end, by_itself=by_itself and not self.is_aborted)
        elif not all(collector.is_empty for collector in self._collectors.values()):
            self._ledger.refuse("the run ended before its task was made; what it reported is in its folder only")
        self._ledger.finish()
        self._acknowledge()
        self._ledger.save(now=True)

    def note_failure(self, failure: RankFailure | None) -> None:
        """Another rank has failed; the first that does so is the cause of what happens to the others."""
        before = self._ledger.state.failure
        if failure is not None and (before is None or failure.timestamp < before.timestamp):
            self._ledger.state.failure = failure

    def correct(self, end: End) -> None:
        """Give the task another final status than the one that was presumed."""
        if self._ledger.state.task is not None and not self.is_aborted:
            set_final_status(self._shipper, self._ledger.state.task, end, by_itself=True)

    def save(self) -> None:
        """Keep the books as they are now."""
        self._ledger.save(now=True)

    def close(self) -> None:
        """Let go of the server; a folder whose content is wholly on the server is deleted."""
        self._client.close()
        if self.is_over() and not self._ledger.refused_anything:
            _delete(self.folder)

    def _collect(self) -> None:
        for name in list_writers(self.folder):
            if name not in self._collectors and name not in self._unreadable:
                sent = self._ledger.state.sent.get(name, 0)
                self._collectors[name] = WriterCollector(self.folder, name, self._ledger.acknowledged(name), sent)
        for name, collector in list(self._collectors.items()):
            try:
                collector.collect()
            except JournalVersionError as error:
                self._ledger.refuse(f"writer {name} not sent: {error}")
                self._unreadable.add(name)
                del self._collectors[name]
            for damage in collector.take_damage():
                length = damage.end - damage.start
                self._refuse(f"{length} damaged bytes passed over at {damage.start} of writer {name}")

    def _task(self) -> str | None:
        """The task's id on the server, once the server has the task."""
        if self._ledger.state.task is None:
            if not self.description.created:
                self.description = _read_description(self.folder)
            self._ledger.state.task = self.description.task if self.description.created else self._create()
            self._ledger.save(now=True)
        return self._ledger.state.task

    def _create(self) -> str | None:
        """Create the task by the run's own call, whatever was recorded before that."""
        for collector in self._collectors.values():
            for frame in collector.records():
                call = self._decode(collector.name, frame, Call) if frame.kind == RecordKind.CALL else None
                if call is not None and self._creates_task(frame, call):
                    return create_task(self._client, self.description, call.body)
        return None

    def _creates_task(self, frame: Frame, call: Call) -> bool:
        return call.action == tasks.CREATE.name and self.description.task.encode() in frame.payload

    def _send_chunks(self, task: str) -> int:
        sent = 0
        for group in _grouped(self._chunks()):
            self._shipper.ship(task, [chunk for _, chunk in group])
            for collector, chunk in group:
                collector.commit(chunk)
                if isinstance(chunk, PointsChunk):
                    self._ledger.acknowledge(collector.name, points=chunk.end)
                sent += len(chunk)
        return sent

    def _chunks(self) -> Iterator[tuple[WriterCollector, Chunk]]:
        for collector in self._collectors.values():
            for chunk in (collector.points(), collector.events(self._event)):
                if chunk is not None:
                    yield collector, shift_points(chunk, self._offset) if isinstance(chunk, PointsChunk) else chunk

    def _send_records(self, collector: WriterCollector) -> int:
        """Do what the records before the next event say."""
        sent = 0
        while (frame := next(collector.records(), None)) is not None and frame.kind != RecordKind.EVENT:
            self._send_record(collector.name, frame)
            collector.commit_frames(frame.end)
            sent += 1
        return sent

    def _send_record(self, writer: str, frame: Frame) -> None:
        match frame.kind:
            case RecordKind.CALL:
                call = self._decode(writer, frame, Call)
                if call is not None and not self._creates_task(frame, call):
                    call = shift_call(call, self._offset)
                    # Before it is sent: who looks at the task must not take it for somebody else's doing.
                    self.has_changed_status |= call.action in _STATUS_CALLS
                    self._note_model(call, self._shipper.call(call.action, call.body))
            case RecordKind.UPLOAD:
                upload = self._decode(writer, frame, Upload)
                if upload is not None:
                    announce = [shift_call(call, self._offset) for call in upload.announce]
                    upload = msgspec.structs.replace(upload, announce=announce)
                    self.uploads.add(UploadJob(writer, frame.start, frame.end, upload))
            case RecordKind.END:
                self.end = self._decode(writer, frame, End) or self.end
                # If the task has a final status without this record, it was a guess.
                self._ledger.reopen()
                self._end_at = (writer, frame.start)
            case RecordKind.FAILURE:
                self.note_failure(self._decode(writer, frame, RankFailure))
            case _:
                self._ledger.refuse(f"record of unknown kind {frame.kind} at {frame.start} of {writer} not sent")

    def _note_model(self, call: Call, answer: bytes | None) -> None:
        """Servers of other make choose the id of a model that they create."""
        if call.action != models.CREATE.name or answer is None:
            return
        with suppress(msgspec.DecodeError):  # a server that names no id may have taken ours
            own = msgspec.json.decode(call.body, type=models.Create).id
            theirs = msgspec.json.decode(answer, type=models.CreateResponse).id
            if own is not None and own != theirs:
                self._ledger.state.models[own] = theirs

    def _event(self, writer: str, frame: Frame) -> Event | None:
        size = len(frame.payload)
        if size > _MAX_EVENT_BYTES:
            self._refuse(f"an event of {size} bytes at {frame.start} of writer {writer} is too big to be sent")
            return None
        event = self._decode(writer, frame, Event)
        return event and shift_event(event, self._offset)

    def _decode(self, writer: str, frame: Frame, type_: type[_T]) -> _T | None:
        """A record's content, with ids of the task and of models as the server has chosen them."""
        payload = frame.payload
        task = self._ledger.state.task
        if task is not None and task != self.description.task:
            # Ids are 32 characters on every server (protocol §3), so that no length in the payload changes.
            payload = payload.replace(self.description.task.encode(), task.encode())
        for own, theirs in self._ledger.state.models.items():
            payload = payload.replace(own.encode(), theirs.encode())
        try:
            return msgspec.msgpack.decode(payload, type=type_)
        except msgspec.DecodeError as error:
            self._ledger.refuse(f"record at {frame.start} of {writer} not sent, it can't be read: {error}")
            return None

    def _acknowledge(self) -> None:
        """Move the positions before which all is done, which unfinished uploads and an unfinished end hold back."""
        stored = self.uploads.take_done()
        for name, collector in self._collectors.items():
            self._ledger.mark_sent(name, collector.done)
            positions = [collector.done, self.uploads.first_open(name)]
            if self._end_at is not None and self._end_at[0] == name and not self._ledger.finished:
                positions.append(self._end_at[1])
            self._ledger.acknowledge(name, frames=min(position for position in positions if position is not None))
        if self._ledger.save(now=bool(stored)):
            self.uploads.discard_copies(stored)

    def _refuse(self, sentence: str) -> None:
        """Something will never be stored."""
        if self._ledger.refuse(sentence):
            self._tell(f"not stored: {sentence}")

    def _refuse_file(self, source: str, sentence: str) -> None:
        """A file will never be stored."""
        if self._ledger.refuse_file(source, sentence):
            self._tell(f"not stored: {sentence}")

    def _tell(self, sentence: str) -> None:
        """Have the task say what it lacks: who looks for it looks there. Where that fails, there are the books."""
        task = self._ledger.state.task
        if task is not None:
            text = f"Pellucid: {sentence}"
            line = Event(type=EventType.log, task=task, timestamp=now_milliseconds(), level="error", msg=text)
            with suppress(ServerError):
                self._client.add_batch([line])

    def _has_ended(self, collector: WriterCollector) -> bool:
        """Whether a writer belongs to the process that has ended the run, though it may live on, or to our monitor."""
        pid = writer_pid(collector.name)
        return pid == os.getpid() or (self.end is not None and pid == self.description.pid)


def read_description(folder: Path) -> RunDescription:
    """What a folder is about.

    Raises:
        UsageError: it is no run's folder.
    """
    try:
        return _read_description(folder)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"folder: {folder} does not hold a run ({error})") from error


def _read_description(folder: Path) -> RunDescription:
    return msgspec.json.decode((folder / RUN_FILE).read_bytes(), type=RunDescription)


def _grouped(chunks: Iterator[tuple[WriterCollector, Chunk]]) -> Iterator[list[tuple[WriterCollector, Chunk]]]:
    """Chunks by request, so that none is too big."""
    group: list[tuple[WriterCollector, Chunk]] = []
    filled = 0.0
    for collector, chunk in chunks:
        share = len(chunk) / (MAX_POINTS if isinstance(chunk, PointsChunk) else _MAX_REQUEST_EVENTS)
        if group and filled + share > 1:
            yield group
            group, filled = [], 0.0
        group.append((collector, chunk))
        filled += share
    if group:
        yield group


def _delete(folder: Path) -> None:
    """Delete a folder, into which whatever looked at the run's script may write its answer at this very moment."""
    for _ in range(_DELETIONS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
