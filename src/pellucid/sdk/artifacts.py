"""Artifacts: files that a task leaves behind (seed, Artifacts; sdk-surface §4.20).

What is given is copied into the run's folder at once, so that the program may change or delete it, and is uploaded from
there. Reading one back verifies its hash and never unpickles.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import msgspec

from pellucid.base.errors import ServerError, UsageError
from pellucid.base.log import trouble
from pellucid.sdk.snapshot import Snapshot, file_sha256, snapshot_file, snapshot_text
from pellucid.wire import tasks
from pellucid.wire.files import component, task_folder

if TYPE_CHECKING:
    from pellucid.client.files import FilesClient

_LONGEST_PREVIEW: Final = 1 << 16
"""Characters of a text that are shown without fetching the file (sdk-surface §4.20)."""

_PATH: Final = re.compile(r"(?:/|\./|~/|[A-Za-z]:\\)\S+\.\w{1,10}")
"""What nobody writes but as the path of a file."""

_LINK: Final = re.compile(r"(https?|s3|gs|azure|file)://", re.IGNORECASE)

SUPPORTED: Final = "a path of a file, a dictionary, a text, or an address such as s3://bucket/file"


class Content(msgspec.Struct, frozen=True):
    """What is to become of an artifact.

    Attributes:
        type: the protocol's label.
        file_name: last component of the address; empty for a link.
        file: the file to copy, if it is one.
        text: the content, if it is not.
        link: the address, if it is only linked.
    """

    type: str
    file_name: str = ""
    file: Path | None = None
    text: str | None = None
    link: str | None = None

    @property
    def preview(self) -> str:
        """What can be shown of it."""
        return (self.text or str(self.link or self.file or ""))[:_LONGEST_PREVIEW]


def content_of(name: str, value: object, *, extension: str | None = None, sort_keys: bool = True) -> Content:
    """How a value is kept (sdk-surface §4.20).

    Args:
        name: the artifact's.
        value: what the program gave.
        extension: format of a dictionary or a text, with or without the dot (sdk-surface C3).
        sort_keys: of a dictionary.

    Raises:
        UsageError: it is of a kind that is not supported yet, or a file that does not exist.
    """
    content = _content_of(name, value, sort_keys)
    usual = Path(content.file_name).suffix
    if extension is not None and content.text is not None and f".{extension.removeprefix('.')}" != usual:
        raise UsageError(f"extension_name is {extension!r}; allowed for a {content.type} is {usual!r}")
    return content


def _content_of(name: str, value: object, sort_keys: bool) -> Content:
    if isinstance(value, Path) or (isinstance(value, str) and _is_file(value)):
        path = Path(value)
        if not path.is_file():
            raise UsageError(f"artifact_object is {value!r}, which is no file; allowed is {SUPPORTED}")
        return Content("custom", file_name=path.name, file=path)
    if isinstance(value, str) and _LINK.match(value):
        return Content("custom", link=value)
    if isinstance(value, str) and value:
        if _PATH.fullmatch(value):
            trouble("artifacts.path", f"There is no file {value}: the artifact {name!r} is this text.")
        return Content("string", file_name=f"{component(name)}.txt", text=value)
    if isinstance(value, Mapping):
        try:
            text = json.dumps(dict(value), indent=2, ensure_ascii=False, sort_keys=sort_keys)
        except (TypeError, ValueError) as error:
            raise UsageError(f"artifact_object: the dictionary can't be written as JSON: {error}") from error
        return Content("dict", file_name=f"{component(name)}.json", text=text)
    raise UsageError(f"artifact_object is of type {type(value).__name__}; allowed is {SUPPORTED}")


def snapshot(folder: Path, content: Content, *, give_away: bool = False) -> Snapshot:
    """Keep what is to be uploaded in a run's folder.

    Args:
        folder: the run's.
        content: what it is; no link.
        give_away: whether the program's file is to be gone afterwards.

    Raises:
        OSError: the file can't be read, or the disk is full.
    """
    if content.file is not None:
        return snapshot_file(folder, content.file_name, content.file, give_away=give_away)
    return snapshot_text(folder, content.file_name, content.text or "")


def file_path(project: str, task_name: str, task: str, name: str, file_name: str) -> str:
    """Where an artifact lives on the file server, not URL-quoted (protocol §1.11)."""
    return f"{task_folder(project, task_name, task)}/artifacts/{component(name)}/{file_name}"


def describe(
    name: str, content: Content, *, uri: str, copy: Snapshot | None, metadata: Mapping[str, object], preview: str | None
) -> tasks.Artifact:
    """An artifact as the protocol keeps it."""
    return tasks.Artifact(
        key=name,
        type=content.type,
        uri=uri,
        hash=copy.sha256 if copy else None,
        content_size=copy.size if copy else None,
        timestamp=int(time.time()),
        type_data=tasks.ArtifactTypeData(preview=preview if preview is not None else content.preview),
        display_data=[[str(key), str(value)] for key, value in metadata.items()],
    )


class Artifact:
    """An artifact of a task, to be read."""

    def __init__(self, record: tasks.Artifact, files: Callable[[], FilesClient], cache: Path) -> None:
        """Look at one.

        Args:
            record: its entry in the task.
            files: opens its file server when it is needed.
            cache: folder of fetched files.
        """
        self._record = record
        self._files = files
        self._cache = cache

    @property
    def name(self) -> str:
        """Its name within the task."""
        return self._record.key

    @property
    def type(self) -> str:
        """What it was: ``custom`` for a file, ``dict``, ``string`` …"""
        return self._record.type

    @property
    def url(self) -> str:
        """Its address."""
        return self._record.uri or ""

    @property
    def size(self) -> int:
        """Bytes; 0 if unknown."""
        return self._record.content_size or 0

    @property
    def hash(self) -> str:
        """SHA-256 of the file in hexadecimal; empty if unknown."""
        return self._record.hash or ""

    @property
    def timestamp(self) -> int:
        """When it was uploaded, in seconds since the epoch."""
        return self._record.timestamp or 0

    @property
    def metadata(self) -> dict[str, str]:
        """What the uploader said about it."""
        return {pair[0]: pair[1] for pair in self._record.display_data or [] if len(pair) == 2}

    @property
    def preview(self) -> str:
        """What can be shown of it without fetching the file."""
        data = self._record.type_data
        return (data.preview if data else None) or ""

    def get_local_copy(self) -> str:
        """Fetch the file, unless it was fetched before.

        Returns:
            Path of a local file, for reading only.

        Raises:
            ServerError: it can't be fetched, or is not what was uploaded.
        """
        address = urlsplit(self.url)
        if address.scheme == "file":
            return unquote(address.path)
        folder = self._cache / "artifacts" / (self.hash or hashlib.sha256(self.url.encode()).hexdigest())
        target = folder / (Path(unquote(address.path)).name or "file")
        if self.hash and target.is_file() and file_sha256(target) == self.hash:
            return str(target)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self._files().download(self.url, target)
        if self.hash and found != self.hash:
            target.unlink(missing_ok=True)
            raise ServerError(f"artifact {self.name!r}: {self.url} is not what was uploaded, its hash is {found}")
        return str(target)

    def get(self) -> Any:
        """The artifact as an object: a dictionary, a text, or for a file its local path.

        Never unpickles; a pickled object comes as the path of its file.

        Raises:
            ServerError: it can't be fetched, or is not what was uploaded.
        """
        path = Path(self.get_local_copy())
        if self.type == "dict" and path.suffix == ".json":
            return json.loads(path.read_text(encoding="utf-8"))
        if self.type == "string":
            return path.read_text(encoding="utf-8")
        return path

    def __repr__(self) -> str:
        return f"Artifact(name={self.name!r}, type={self.type!r}, size={self.size}, url={self.url!r})"


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False  # far too long for a path, or with a zero byte in it
