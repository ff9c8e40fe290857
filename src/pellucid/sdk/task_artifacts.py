"""The part of ``Task`` that deals with artifacts (seed, Artifacts; sdk-surface §1.17, §1.18)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from pellucid.base.connection import Connection
from pellucid.base.errors import PellucidError, ServerUnavailableError, UsageError
from pellucid.base.log import trouble
from pellucid.sdk import finding
from pellucid.sdk.arguments import check_flag, check_text
from pellucid.sdk.artifact_content import Content, content_of, keep
from pellucid.sdk.artifacts import Artifact, describe, file_path
from pellucid.sdk.destinations import FILE_SERVER, address_in, destination_of, open_storage, present_address
from pellucid.sdk.live import READ_BACK_SECONDS
from pellucid.sdk.record import TaskRecord
from pellucid.sdk.servers import current_settings
from pellucid.sdk.session import Session
from pellucid.sdk.snapshot import Snapshot
from pellucid.wire import task_contents, tasks, users
from pellucid.wire.auth import Nothing
from pellucid.wire.files import SLOWEST_UPLOAD
from pellucid.wire.records import Call, Upload, encode_json

if TYPE_CHECKING:
    from pellucid.client.storage.storage import Storage


class ArtifactMethods:
    """Artifacts of a task."""

    _record: TaskRecord
    _session: Session | None
    _connection: Connection | None
    _cache: Path

    @property
    def artifacts(self) -> Mapping[str, Artifact]:
        """The task's artifacts by name, in the order in which they were uploaded."""
        document = self._record.document()

        def is_own() -> bool:
            return self._session is not None or self._is_by_this_user(document)

        return MappingProxyType(
            {
                record.key: Artifact(record, self._open_storage, self._cache, is_own)
                for record in _output_artifacts(document)
            }
        )

    def upload_artifact(
        self,
        name: str,
        artifact_object: Any,
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
        """Keep a file or an object with the task; one of the same name is replaced (seed, Artifacts).

        A snapshot is taken at once (``pellucid.sdk.snapshot``) and sent in the background, for as long as it takes; for
        a task that does not run here, while the caller waits.

        Args:
            name: the artifact's.
            artifact_object: a path of a file; of a folder, or a wildcard, or a list of ``Path``, which become a zip
                file; an address to link to; a dictionary, a text, a DataFrame, an array, a picture of PIL; or any other
                object, which is pickled.
            metadata: what to say about it.
            delete_after_upload: the program's file or folder is to be gone, at once: the snapshot is what is left.
            auto_pickle: whether what has no format of its own is pickled; it is unless the configuration says no.
            preview: text to show for it, in place of what can be shown; ``False`` for none.
            wait_on_upload: wait until the server has it: ten seconds at most, or for a big file a second for each
                50 kB. Without a server there is nothing to wait for.
            extension_name: the format, with or without the dot: ``.json`` or ``.yaml`` for a dictionary, ``.csv.gz``,
                ``.csv``, ``.parquet``, ``.feather`` or ``.pickle`` for a DataFrame of pandas, ``.parquet`` or ``.csv``
                for one of polars, ``.npz``, ``.npy`` or ``.csv.gz`` for an array, any of PIL's for a picture, any for a
                text, ``.pkl`` for every object. The first of each, ``.png`` and ``.txt`` are the usual ones.
            serialization_function: makes the file's content of the object.
            retries: accepted for existing scripts; sending is repeated until it succeeds.
            sort_keys: of a dictionary.

        Returns:
            Whether it is recorded, and if it was to be waited for, whether the server has it. If not yet, it is still
            being sent; what will never be sent is counted in ``task.pending()`` and told in the task's console.

        Raises:
            UsageError: an argument can't be used.
            OSError: the file can't be read, or the disk is full.
            ServerError: the task does not run here, and the server is away or refuses it.
        """
        if metadata is not None and not isinstance(metadata, Mapping):
            raise UsageError(f"metadata is {metadata!r}; allowed is a dictionary")
        if serialization_function is not None and not callable(serialization_function):
            raise UsageError(f"serialization_function is {serialization_function!r}; allowed is a function")
        key = check_text("name", name)
        settings = current_settings() if self._session is None else self._session.settings
        content = content_of(
            key,
            artifact_object,
            extension=extension_name,
            frame_extension=settings.frame_format,
            sort_keys=sort_keys,
            auto_pickle=settings.auto_pickle if auto_pickle is None else check_flag("auto_pickle", auto_pickle),
            serialize=serialization_function,
        )
        shown = None if preview is None else "" if preview is False else str(preview)
        session = self._session
        if session is None:
            self._store_artifact(key, content, metadata or {}, shown, give_away=delete_after_upload)
            return True
        copy = None
        if content.link is None:
            content, copy = keep(session.run.folder, content, give_away=delete_after_upload)
        self._record_artifact(session, key, content, copy, metadata or {}, shown)
        session.run.wake()
        if not wait_on_upload or session.run.connection is None:
            return True
        patience = max(READ_BACK_SECONDS, copy.size / SLOWEST_UPLOAD if copy is not None else 0.0)
        return session.run.wait_until_sent(patience) and (copy is None or session.run.is_stored(copy.source))

    def delete_artifacts(
        self,
        artifact_names: str | Sequence[str],
        raise_on_errors: bool = True,
        delete_from_storage: bool = True,
        silent_on_errors: bool = False,
    ) -> bool:
        """Remove artifacts from the task; waits for the server.

        Args:
            artifact_names: one name, or several.
            raise_on_errors: raise if that is not possible.
            delete_from_storage: delete their files as well.
            silent_on_errors: say nothing about what was not possible.

        Returns:
            Whether all of it was possible.

        Raises:
            UsageError: there is no artifact of that name; nothing is removed.
            ServerError: the server is away or said no, or a file is still there.
        """
        names = [artifact_names] if isinstance(artifact_names, str) else list(artifact_names)
        try:
            self._delete_artifacts(names, with_files=delete_from_storage)
        except PellucidError as error:
            if raise_on_errors:
                raise
            if not silent_on_errors:
                trouble(f"artifacts.delete.{names}", "Artifacts are not deleted; the program goes on.", error)
            return False
        return True

    def _delete_artifacts(self, names: list[str], *, with_files: bool) -> None:
        found = self.artifacts
        for name in names:
            if name not in found:
                raise UsageError(f"artifact_names has {name!r}; the task has {', '.join(map(repr, found)) or 'none'}")
        client = self._record.client()
        deleted = [task_contents.DeletedArtifact(key=name) for name in names]
        request = task_contents.DeleteArtifacts(task=self._record.task_id, artifacts=deleted, force=True)
        client.send(task_contents.DELETE_ARTIFACTS, request)
        if self._session is not None:
            self._remember_artifacts(self._session, names)
        if with_files:
            storage = self._open_storage()
            for name in names:
                # Those that were only linked are not the task's.
                if found[name].hash:
                    storage.delete(found[name].url)

    def _record_artifact(
        self,
        session: Session,
        key: str,
        content: Content,
        copy: Snapshot | None,
        metadata: Mapping[str, Any],
        preview: str | None,
    ) -> None:
        """Have the uploader store an artifact."""
        document = self._record.document()
        path = file_path(session.project, document.name, self._record.task_id, key, content.file_name)
        place = destination_of(document) or FILE_SERVER

        def described(uri: str) -> tasks.Artifact:
            return describe(key, content, uri=content.link or uri, copy=copy, metadata=metadata, preview=preview)

        recorded = described(address_in(place, path))
        request = tasks.AddOrUpdateArtifacts(task=self._record.task_id, artifacts=[recorded], force=True)
        if copy is None:
            session.run.call(tasks.ADD_OR_UPDATE_ARTIFACTS, request)
            artifact = recorded
        else:
            announce = Call(tasks.ADD_OR_UPDATE_ARTIFACTS.name, encode_json(request))
            session.run.upload(Upload(copy.source, path, [announce], copy.sha256, to=place))
            artifact = described(present_address(session, place, copy, path))
        self._remember_artifacts(session, [key], artifact)

    def _store_artifact(
        self, key: str, content: Content, metadata: Mapping[str, Any], preview: str | None, *, give_away: bool
    ) -> None:
        """Store an artifact of a task that does not run here."""
        client, uri, copy = self._record.client(), content.link or "", None
        if content.link is None:
            document = self._record.document()
            with TemporaryDirectory(prefix="pellucid-") as folder:
                content, copy = keep(Path(folder), content, give_away=give_away)
                project = finding.project_name(client, document.project) if document.project else ""
                path = file_path(project, document.name, document.id, key, content.file_name)
                uri = self._address(destination_of(document) or FILE_SERVER, path)
                self._open_storage().upload(Path(folder, copy.source), uri, copy.sha256)
        artifact = describe(key, content, uri=uri, copy=copy, metadata=metadata, preview=preview)
        request = tasks.AddOrUpdateArtifacts(task=self._record.task_id, artifacts=[artifact], force=True)
        client.send(tasks.ADD_OR_UPDATE_ARTIFACTS, request)

    def _remember_artifacts(self, session: Session, replaced: list[str], *artifacts: tasks.Artifact) -> None:
        """These artifacts are the task's now, in place of those."""
        with session.live.lock:
            document = session.live.document()
            others = [one for one in document.execution.get("artifacts") or [] if one["key"] not in replaced]
            listed = [*others, *(msgspec.to_builtins(artifact) for artifact in artifacts)]
            session.live.remember(execution={**document.execution, "artifacts": listed})

    def _is_by_this_user(self, document: tasks.Task) -> bool:
        current = self._record.client().send(users.GET_CURRENT_USER, Nothing()).user
        return document.user == current.id

    def _address(self, place: str, path: str) -> str:
        """Where a file of a task that does not run here is stored."""
        if place == FILE_SERVER and self._connection is None:
            raise ServerUnavailableError("this task has no server, so its artifacts can't be stored")
        return address_in(place, path, self._connection.files_host if self._connection else "")

    def _open_storage(self) -> Storage:
        return open_storage(self._record.client() if self._connection else None, self._connection)


def _output_artifacts(document: tasks.Task) -> list[tasks.Artifact]:
    found = document.execution.get("artifacts") or []
    records = [msgspec.convert(one, tasks.Artifact, strict=False) for one in found]
    return [record for record in records if record.mode == "output"]
