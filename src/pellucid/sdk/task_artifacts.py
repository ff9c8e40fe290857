"""The part of ``Task`` that deals with artifacts (seed, Artifacts; sdk-surface §1.17, §1.18)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from pellucid.base.connection import Connection
from pellucid.base.errors import ServerUnavailableError, UsageError
from pellucid.sdk.arguments import check_text
from pellucid.sdk.artifacts import Artifact, Content, content_of, describe, file_path, snapshot
from pellucid.sdk.live import READ_BACK_SECONDS
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.session import Session
from pellucid.sdk.snapshot import Snapshot
from pellucid.wire import tasks
from pellucid.wire.files import FILES_ADDRESS, SLOWEST_UPLOAD, file_url
from pellucid.wire.records import Call, Upload

if TYPE_CHECKING:
    from pellucid.client.files import FilesClient


class ArtifactMethods:
    """Artifacts of a task."""

    _record: TaskRecord
    _session: Session | None
    _connection: Connection | None
    _cache: Path

    @property
    def artifacts(self) -> Mapping[str, Artifact]:
        """The task's artifacts by name, in the order in which they were uploaded."""
        return MappingProxyType(
            {
                record.key: Artifact(record, self._open_files, self._cache)
                for record in _output_artifacts(self._record.document())
            }
        )

    @property
    def models(self) -> Mapping[str, list[dict[str, Any]]]:
        """The models that the task uses (``input``) and those that it makes (``output``), as its document lists them;
        offline too (sdk-surface C19)."""
        listed = self._record.document().models
        return MappingProxyType({kind: list(listed.get(kind) or []) for kind in ("input", "output")})

    def upload_artifact(
        self,
        name: str,
        artifact_object: str | Path | Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        delete_after_upload: bool = False,
        auto_pickle: bool | None = None,
        preview: Any = None,
        wait_on_upload: bool = False,
        extension_name: str | None = None,
        serialization_function: Callable[[Any], bytes] | None = None,
        retries: int = 0,
        sort_keys: bool = True,
    ) -> bool:
        """Keep a file, a dictionary or a text with the task; one of the same name is replaced (seed, Artifacts).

        A snapshot is taken at once (``pellucid.sdk.snapshot``) and sent in the background, for as long as it takes.

        Args:
            name: the artifact's.
            artifact_object: path of a file, a dictionary (kept as JSON), a text, or an address to link to.
            metadata: what to say about it.
            delete_after_upload: the program's file is to be gone: it becomes our snapshot, at once.
            auto_pickle: accepted for existing scripts; nothing is pickled.
            preview: text to show for it, in place of its beginning.
            wait_on_upload: wait until the server has it: ten seconds at most, or for a big file a second for each
                50 kB. Without a server there is nothing to wait for.
            extension_name: ``.json`` for a dictionary and ``.txt`` for a text; others are not supported yet.
            serialization_function: not supported yet.
            retries: accepted for existing scripts; sending is repeated until it succeeds.
            sort_keys: of a dictionary.

        Returns:
            Whether it is recorded, and if it was to be waited for, whether the server has it. If not yet, it is still
            being sent; what will never be sent is counted in ``task.pending()`` and told in the task's console.

        Raises:
            UsageError: an argument can't be used, or the task does not run in this process.
            OSError: the file can't be read, or the disk is full.
        """
        session = self._session
        if session is None:
            raise UsageError("upload_artifact: this task does not run here; only a task of Task.init takes artifacts")
        if serialization_function is not None:
            raise UsageError(f"serialization_function is {serialization_function!r}; only None is supported")
        key = check_text("name", name)
        content = content_of(key, artifact_object, extension=extension_name, sort_keys=sort_keys)
        copy = None
        if content.link is None:
            copy = snapshot(session.run.folder, content, give_away=delete_after_upload)
        self._keep(session, key, content, copy, metadata or {}, None if preview is None else str(preview))
        session.run.wake()
        if not wait_on_upload or session.run.connection is None:
            return True
        patience = max(READ_BACK_SECONDS, copy.size / SLOWEST_UPLOAD if copy is not None else 0.0)
        return session.run.wait_until_sent(patience) and (copy is None or session.run.is_stored(copy.source))

    def _keep(
        self,
        session: Session,
        key: str,
        content: Content,
        copy: Snapshot | None,
        metadata: Mapping[str, Any],
        preview: str | None,
    ) -> None:
        """Record an artifact."""
        path = file_path(session.project, self._record.document().name, self._record.task_id, key, content.file_name)

        def described(uri: str) -> tasks.Artifact:
            return describe(key, content, uri=content.link or uri, copy=copy, metadata=metadata, preview=preview)

        recorded = described(file_url(FILES_ADDRESS, path))
        request = tasks.AddOrUpdateArtifacts(task=self._record.task_id, artifacts=[recorded], force=True)
        if copy is None:
            session.run.call(tasks.ADD_OR_UPDATE_ARTIFACTS, request)
            artifact = recorded
        else:
            announce = Call(tasks.ADD_OR_UPDATE_ARTIFACTS.name, msgspec.json.encode(request))
            session.run.upload(Upload(copy.source, path, [announce], copy.sha256))
            artifact = described(_present_address(session, copy, path))
        with session.live.lock:
            document = session.live.document()
            others = [one for one in document.execution.get("artifacts") or [] if one["key"] != key]
            artifacts = [*others, msgspec.to_builtins(artifact)]
            session.live.remember(execution={**document.execution, "artifacts": artifacts})

    def _open_files(self) -> FilesClient:
        from pellucid.client.files import FilesClient  # the HTTP library takes long to import

        if self._connection is None:
            raise ServerUnavailableError("this run has no server, so its artifacts can't be fetched")
        return FilesClient(self._record.client(), self._connection.files_host)


def _present_address(session: Session, copy: Snapshot, path: str) -> str:
    """Where this process finds a file: on the server that it is sent to, else in the run's folder."""
    connection = session.run.connection
    if connection is None:
        return (session.run.folder / copy.source).as_uri()
    return file_url(connection.files_host, path)


def _output_artifacts(document: tasks.Task) -> list[tasks.Artifact]:
    found = document.execution.get("artifacts") or []
    records = [msgspec.convert(one, tasks.Artifact, strict=False) for one in found]
    return [record for record in records if record.mode == "output"]
