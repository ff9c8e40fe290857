"""Offline sessions of the ``clearml`` package, made into a run's folder (protocol §5.4).

The same session makes the same records, and one that has grown makes more of them, so that importing it again sends
what is new. Paths in a session are those of the machine that it was made on; only what is below its folders ``data``
and ``models`` is looked for, in the session itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

import msgspec

from pellucid.base.clock import utc_now
from pellucid.base.errors import UsageError
from pellucid.base.ids import is_id
from pellucid.journal.transcript import Transcript
from pellucid.wire import events, models, task_contents, tasks
from pellucid.wire.enums import EventType, TaskStatus
from pellucid.wire.events import Event
from pellucid.wire.files import FILES_ADDRESS, file_url, task_folder
from pellucid.wire.records import RUN_FILE, Call, End, RecordKind, RunDescription, SeriesName, Upload

TASK_FILE: Final = "task.json"

_OFFLINE_ID: Final = "offline-"
_DATA: Final = "data"
_FOLDERS: Final = ((_DATA,), ("models",))
"""Folders of a session that hold files of the task."""


class ClearmlSession:
    """One session."""

    def __init__(self, session: Path) -> None:
        """Read what it is about.

        Args:
            session: its unpacked folder.

        Raises:
            UsageError: it is no session.
        """
        self._session = session
        self._content, self._document = _read_document(session / TASK_FILE)
        self._old_id = str(self._document["id"])
        self._left_out: Callable[[str], None] = _nothing
        self._uploaded: set[PurePosixPath] = set()
        self.task = _bare_id(self._old_id)

    def write_run(self, left_out: Callable[[str], None], *, merge: bool) -> None:
        """Make its folder a run's, whose files are given up once they are stored.

        Args:
            left_out: is told, in a sentence, of what can't be imported.
            merge: whether it goes into a task that exists, whose own parameters stay.

        Raises:
            OSError: the folder can't be written.
        """
        self._left_out = left_out
        document, folder = self._document, self._session
        description = RunDescription(
            task=self.task,
            project=str(document.get("project_name") or ""),
            name=str(document.get("name") or self.task),
            created=False,
            api_host=None,
            web_host=None,
            files_host=None,
            pid=0,
            host="",
            started=utc_now(),
        )
        (folder / RUN_FILE).write_bytes(msgspec.json.encode(description))
        name = self.task[:12]
        # What is new in a document has no place of its own in it, so a changed one is a writer of its own.
        with Transcript(folder, f"{name}-{hashlib.sha256(self._content).hexdigest()[:8]}") as transcript:
            self._write_document(transcript, description, merge=merge)
        for kind in ("log", "metrics"):
            with Transcript(folder, f"{name}-{kind}") as transcript:
                for event in self._events(f"{kind}.jsonl"):
                    self._write_event(transcript, event)

    def _write_document(self, transcript: Transcript, description: RunDescription, *, merge: bool) -> None:
        document = self._document
        hyperparams = msgspec.convert(document.get("hyperparams") or {}, tasks.Hyperparams, strict=False)
        configuration = msgspec.convert(document.get("configuration") or {}, tasks.Configuration, strict=False)
        create = tasks.Create(
            id=self.task,
            name=description.name,
            type=str(document.get("type") or "training"),
            comment=document.get("comment"),
            tags=document.get("tags"),
            script=document.get("script"),
            hyperparams=hyperparams,
            configuration=configuration,
            container=document.get("container"),
        )
        _call(transcript, tasks.CREATE.name, create)
        _call(transcript, tasks.STARTED.name, tasks.ChangeStatus(task=self.task, force=True))
        if merge:
            self._merge(transcript, hyperparams, configuration)
        elif document.get("runtime"):
            runtime = tasks.Edit(task=self.task, force=True, runtime=document["runtime"])
            _call(transcript, tasks.EDIT.name, runtime)
        for artifact in (document.get("execution") or {}).get("artifacts") or []:
            self._write_artifact(transcript, artifact)
        for model in document.get("offline_output_models") or []:
            self._write_model(transcript, description, model)
        _append(transcript, RecordKind.END, End(TaskStatus.completed, "imported offline session"))

    def _merge(
        self, transcript: Transcript, hyperparams: tasks.Hyperparams, configuration: tasks.Configuration
    ) -> None:
        parameters = [parameter for section in hyperparams.values() for parameter in section.values()]
        if parameters:
            edit = tasks.EditHyperParams(task=self.task, hyperparams=parameters, force=True)
            _call(transcript, tasks.EDIT_HYPER_PARAMS.name, edit)
        if configuration:
            items = list(configuration.values())
            body = {"task": self.task, "configuration": items, "replace_configuration": "none", "force": True}
            _call(transcript, "tasks.edit_configuration", body)

    def _write_artifact(self, transcript: Transcript, document: dict[str, Any]) -> None:
        artifact = msgspec.convert(document, tasks.Artifact, strict=False)
        file = self._file(artifact.uri or "")
        if file is None and not _is_elsewhere(artifact.uri):
            self._left_out(f"artifact {artifact.key!r}: its file {artifact.uri} is not in the session")
            return
        if file is not None:
            artifact = msgspec.structs.replace(artifact, uri=file_url(FILES_ADDRESS, self._path(file)))
        add = tasks.AddOrUpdateArtifacts(task=self.task, artifacts=[artifact], force=True)
        if file is None:
            _call(transcript, tasks.ADD_OR_UPDATE_ARTIFACTS.name, add)
        else:
            self._upload(transcript, file, Call(tasks.ADD_OR_UPDATE_ARTIFACTS.name, msgspec.json.encode(add)))

    def _write_model(self, transcript: Transcript, description: RunDescription, document: dict[str, Any]) -> None:
        about, weights = document.get("init") or {}, document.get("weights") or {}
        name = str(about.get("name") or description.name)
        file = self._file(str(weights.get("weights_filename")))
        uri = weights.get("register_uri")
        if file is None and not uri:
            self._left_out(f"output model {name!r}: its file {weights.get('weights_filename')} is not in the session")
            return
        create = models.Create(
            id=_bare_id(f"{self._old_id} {document.get('id')}"),
            name=name,
            uri=file_url(FILES_ADDRESS, self._path(file)) if file is not None else str(uri),
            task=self.task,
            comment=about.get("comment"),
            framework=about.get("framework"),
            tags=about.get("tags"),
            labels=about.get("label_enumeration"),
        )
        listed = task_contents.AddOrUpdateModel(task=self.task, name=name, model=str(create.id), type="output")
        calls = [
            Call(models.CREATE.name, msgspec.json.encode(create)),
            Call(task_contents.ADD_OR_UPDATE_MODEL.name, msgspec.json.encode(listed)),
        ]
        if file is not None:
            self._upload(transcript, file, *calls)
        else:
            for call in calls:
                _append(transcript, RecordKind.CALL, call)

    def _events(self, name: str) -> Iterator[Event]:
        """Events of a file whose lines are lists of them; it may be missing, or end in the middle of a line."""
        try:
            lines = (self._session / name).read_bytes().splitlines()
        except FileNotFoundError:
            return
        for number, line in enumerate(lines, 1):
            try:
                found = msgspec.convert(json.loads(line or b"[]"), list[Event], strict=False)
            except (ValueError, msgspec.ValidationError) as error:
                self._left_out(f"{name}, line {number} is not imported, it can't be read: {error}")
                continue
            for event in found:
                yield msgspec.structs.replace(event, task=self.task)

    def _write_event(self, transcript: Transcript, event: Event) -> None:
        if event.type == EventType.scalar:
            self._write_scalar(transcript, event)
            return
        file = self._file(event.url or "")
        if file is not None:
            path = self._path(file)
            stored = msgspec.structs.replace(event, key=path, url=file_url(FILES_ADDRESS, path))
            self._upload(transcript, file, Call(events.ADD.name, msgspec.json.encode(stored)))
        elif event.plot_str and self._old_id in event.plot_str:
            _call(transcript, events.ADD.name, self._with_stored_images(transcript, event, event.plot_str))
        else:
            _append(transcript, RecordKind.EVENT, event)

    def _write_scalar(self, transcript: Transcript, event: Event) -> None:
        title, series = event.metric or "", event.variant or ""
        number, is_new = transcript.series(title, series)
        if is_new:
            _append(transcript, RecordKind.SERIES, SeriesName(number, title, series))
        # A value that is none is one that JSON has no word for.
        value = float("nan") if event.value is None else event.value
        transcript.append_point(number, event.iter or 0, (event.timestamp or 0) * 1_000_000, value)

    def _with_stored_images(self, transcript: Transcript, event: Event, plot: str) -> Event:
        """A plot that shows images of the session, which are uploaded."""
        try:
            content = json.loads(plot)
            images = content["layout"]["images"]
        except (ValueError, LookupError, TypeError):
            return event
        for image in images:
            file = self._file(str(image.get("source", "")))
            if file is not None:
                self._upload(transcript, file)
                image["source"] = file_url(FILES_ADDRESS, self._path(file))
        return msgspec.structs.replace(event, plot_str=json.dumps(content))

    def _file(self, address: str) -> PurePosixPath | None:
        """A file of the session by the path that it had when the session was made; relative to the session."""
        _, found, inside = address.partition(f"/{self._old_id}/")
        path = PurePosixPath(inside)
        if not found or path.parts[:1] not in _FOLDERS or ".." in path.parts:
            return None
        file = self._session / path
        return path if file.is_file() and file.resolve().is_relative_to(self._session.resolve()) else None

    def _path(self, file: PurePosixPath) -> str:
        """Where a file of the session belongs on the file server."""
        if file.parts[0] == _DATA:
            return str(file.relative_to(_DATA)).replace(self._old_id, self.task)
        project, name = str(self._document.get("project_name") or ""), str(self._document.get("name") or self.task)
        return f"{task_folder(project, name, self.task)}/{file}"

    def _upload(self, transcript: Transcript, file: PurePosixPath, *announce: Call) -> None:
        """Have a file stored, unless it is already; then only its announcement is made."""
        if file not in self._uploaded:
            self._uploaded.add(file)
            _append(transcript, RecordKind.UPLOAD, Upload(str(file), self._path(file), list(announce)))
            return
        for call in announce:
            _append(transcript, RecordKind.CALL, call)


def _read_document(path: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        content = path.read_bytes()
        document = json.loads(content)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} can't be read: {error}") from error
    if not isinstance(document, dict) or "id" not in document:
        raise UsageError(f"{path} does not describe a task")
    return content, document


def _bare_id(text: str) -> str:
    """An id that is always the same for the same text, and the text's own if it is made of one."""
    bare = text.removeprefix(_OFFLINE_ID)
    return bare if is_id(bare) else hashlib.md5(bare.encode(), usedforsecurity=False).hexdigest()


def _is_elsewhere(uri: str | None) -> bool:
    return uri is not None and "://" in uri


def _call(transcript: Transcript, action: str, request: object) -> None:
    _append(transcript, RecordKind.CALL, Call(action, msgspec.json.encode(request)))


def _append(transcript: Transcript, kind: RecordKind, record: msgspec.Struct) -> None:
    transcript.append(kind, msgspec.msgpack.encode(record))


def _nothing(_: str) -> None:
    """Nobody wants to know."""
