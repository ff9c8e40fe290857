"""Artifacts: files that a task leaves behind, to be read (seed, Artifacts; sdk-surface §1.18, §4.20).

Reading one back verifies its hash. What is pickled runs code of whoever made it when it is read, so that happens only
for artifacts of one's own tasks, or if the caller says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from pellucid.base.errors import PellucidError, ServerError, ServerUnavailableError, UsageError
from pellucid.base.log import trouble
from pellucid.sdk.artifact_content import LONGEST_PREVIEW, Content
from pellucid.sdk.artifact_formats import is_pickled, read_pickled, reader_of
from pellucid.sdk.fetched_files import FetchedFiles
from pellucid.sdk.file_cache import FileCache
from pellucid.sdk.servers import current_settings
from pellucid.sdk.snapshot import Snapshot, file_sha256
from pellucid.wire import tasks
from pellucid.wire.files import component, task_folder

if TYPE_CHECKING:
    from pellucid.client.storage.storage import Storage

_TYPES: Final = {".yaml": "application/yaml", ".yml": "application/yaml", ".pkl": "application/pickle"}
"""Those that systems' tables lack."""


def file_path(project: str, task_name: str, task: str, name: str, file_name: str) -> str:
    """Where an artifact lives on the file server, not URL-quoted (protocol §1.11)."""
    return f"{task_folder(project, task_name, task)}/artifacts/{component(name)}/{file_name}"


def describe(
    name: str, content: Content, *, uri: str, copy: Snapshot | None, metadata: Mapping[str, object], preview: str | None
) -> tasks.Artifact:
    """An artifact as the protocol keeps it.

    Args:
        name: its name.
        content: what it is made of.
        uri: its address.
        copy: the file, unless it is only linked.
        metadata: what the user says about it.
        preview: what the user wants shown, ``None`` for what can be.
    """
    shown = content.preview if preview is None else preview
    return tasks.Artifact(
        key=name,
        type=content.type,
        uri=uri,
        hash=copy.sha256 if copy else None,
        content_size=copy.size if copy else None,
        timestamp=int(time.time()),
        type_data=tasks.ArtifactTypeData(preview=shown[:LONGEST_PREVIEW], content_type=_content_type(content)),
        display_data=[[str(key), str(value)] for key, value in metadata.items()],
    )


def _content_type(content: Content) -> str:
    """As browsers call it."""
    import mimetypes  # reads the system's tables when it is first asked

    if content.type == "numpy" and content.file_name.endswith(".npz"):
        return "application/numpy"
    known = _TYPES.get(PurePath(content.file_name).suffix.lower())
    return known or mimetypes.guess_type(content.file_name)[0] or "application/octet-stream"


class Artifact:
    """An artifact of a task, to be read."""

    def __init__(
        self,
        record: tasks.Artifact,
        open_storage: Callable[[], Storage],
        cache: Path,
        is_own: Callable[[], bool] = lambda: False,
    ) -> None:
        """Look at one.

        Args:
            record: its entry in the task.
            open_storage: opens the place of its file when it is needed.
            cache: folder of fetched files.
            is_own: says whether the task is of the user who asks.
        """
        self._record = record
        self._fetched = FetchedFiles(FileCache(cache / "files"), open_storage)
        self._is_own = is_own

    @property
    def name(self) -> str:
        """Its name within the task."""
        return self._record.key

    @property
    def type(self) -> str:
        """What it was: ``custom`` for a file, ``archive``, ``dict``, ``string``, ``pandas``, ``polars``, ``numpy``,
        ``image`` or ``pickle``."""
        return self._record.type

    @property
    def mode(self) -> str:
        """``output``, or ``input`` for what the task was given."""
        return self._record.mode

    @property
    def url(self) -> str:
        """Its address."""
        return self._record.uri or ""

    @property
    def size(self) -> int | None:
        """Bytes; ``None`` for what is only linked."""
        return self._record.content_size

    @property
    def hash(self) -> str | None:
        """SHA-256 of the file in hexadecimal; ``None`` for what is only linked."""
        return self._record.hash

    @property
    def timestamp(self) -> datetime:
        """When it was uploaded."""
        return datetime.fromtimestamp(self._record.timestamp or 0, UTC)

    @property
    def metadata(self) -> dict[str, str]:
        """What the uploader said about it."""
        return {pair[0]: pair[1] for pair in self._record.display_data or [] if len(pair) == 2}

    @property
    def preview(self) -> str:
        """What can be shown of it without fetching the file."""
        data = self._record.type_data
        return (data.preview if data else None) or ""

    def get_local_copy(
        self, extract_archive: bool = True, raise_on_error: bool = False, force_download: bool = False
    ) -> str | None:
        """Fetch the file, unless it was fetched before.

        Args:
            extract_archive: for a folder or several files, the folder with them; otherwise their zip file.
            raise_on_error: raise if that fails.
            force_download: fetch it again in any case.

        Returns:
            Path of a local file or folder, for reading only; ``None`` if it can't be had.

        Raises:
            PellucidError: it can't be fetched, or is not what was uploaded.
            OSError: the disk is full.
        """
        try:
            return str(self._local_copy(extract=extract_archive, again=force_download))
        except (PellucidError, OSError) as error:
            if raise_on_error:
                raise
            trouble(f"artifacts.fetch.{self.url}", f"The artifact {self.name!r} can't be had.", error)
            return None

    def get(
        self,
        force_download: bool = False,
        deserialization_function: Callable[[bytes], Any] | None = None,
        block_unsafe_artifacts: bool = False,
        allow_pickle: bool = False,
    ) -> Any:
        """The artifact as the object that was given; for a file or a folder, the path of a local copy.

        What is pickled is read if the task is one's own and the file is the one that was uploaded.

        Args:
            force_download: fetch the file again in any case.
            deserialization_function: makes the object of the file's content.
            block_unsafe_artifacts: refuse what is pickled in any case; so it is, too, where the setting
                ``BLOCK_PICKLED_ARTIFACTS`` says so.
            allow_pickle: read what is pickled whoever made it, which runs code of theirs.

        Raises:
            UsageError: it is pickled and not to be read, or a library that it needs is not installed.
            ServerError: it can't be fetched, or is not what was uploaded.
        """
        if deserialization_function is not None:
            return deserialization_function(self._local_copy(extract=False, again=force_download).read_bytes())
        file_name = unquote(urlsplit(self.url).path).rpartition("/")[2]
        if is_pickled(self.type, file_name):
            blocked = block_unsafe_artifacts or current_settings().block_pickles
            self._check_pickle(blocked=blocked, allowed=allow_pickle)
            path = self._local_copy(extract=False, again=force_download)
            if self.hash and file_sha256(path) != self.hash:
                raise ServerError(f"artifact {self.name!r}: {self.url} is not what was uploaded")
            return read_pickled(self.type, path)
        path = self._local_copy(extract=True, again=force_download)
        read = reader_of(self.type, file_name)
        return path if read is None else read(path)

    def _check_pickle(self, *, blocked: bool, allowed: bool) -> None:
        if blocked:
            raise UsageError(
                f"block_unsafe_artifacts, or the setting BLOCK_PICKLED_ARTIFACTS, is True, and the artifact "
                f"{self.name!r} is pickled"
            )
        if not allowed and not (self.hash and self._is_own()):
            raise UsageError(
                f"allow_pickle is False, and the artifact {self.name!r} is pickled by somebody else: reading it runs "
                "code of theirs; get_local_copy() only fetches the file"
            )

    def _local_copy(self, *, extract: bool, again: bool) -> Path:
        path = self._file(again=again)
        if not extract or self.type != "archive":
            return path
        return self._fetched.folder(path, sha256=self.hash or "", version=self._record.timestamp, again=again)

    def _file(self, *, again: bool) -> Path:
        """The file, with the content that it was uploaded with as far as that is known."""
        try:
            # Without a hash there is no telling whether an address still has the same file: the time counts.
            return self._fetched.file(self.url, sha256=self.hash or "", version=self._record.timestamp, again=again)
        except (UsageError, ServerUnavailableError):
            raise
        except ServerError as error:
            raise ServerError(f"artifact {self.name!r}: {error}") from error

    def __repr__(self) -> str:
        return f"Artifact(name={self.name!r}, type={self.type!r}, size={self.size}, url={self.url!r})"
