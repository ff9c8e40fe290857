"""Storing weights: in the background for a task that runs here, while the caller waits for any other.

What is uploaded is a snapshot (``pellucid.sdk.snapshot``), so training may write the next one as soon as the call has
returned. The record of the model gets the address when the file is stored, in the order of the uploads.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec

from pellucid.base.archive import pack_files
from pellucid.sdk import finding
from pellucid.sdk.artifact_sources import archived_files
from pellucid.sdk.destinations import address_in, present_address
from pellucid.sdk.models.book import ModelBook
from pellucid.sdk.models.records import ModelRecord, OwnModel
from pellucid.sdk.snapshot import Snapshot, snapshot_file, snapshot_written
from pellucid.wire import models
from pellucid.wire.action import Action, RequestT, ResponseT
from pellucid.wire.files import SLOWEST_UPLOAD, component, task_folder
from pellucid.wire.records import Call, Upload, encode_json

if TYPE_CHECKING:
    from pellucid.sdk.session import Session


class Weights(msgspec.Struct, frozen=True):
    """What is to be stored.

    Attributes:
        name: of the stored file.
        files: what it is made of, by the names in the archive, or the one file with the empty name.
        give_away: what of the program's is to be gone afterwards.
    """

    name: str
    files: Mapping[str, Path]
    give_away: tuple[Path, ...] = ()

    @property
    def file(self) -> Path | None:
        """The one file, ``None`` for an archive."""
        return self.files.get("")


def one_file(file: Path, name: str, *, give_away: bool) -> Weights:
    """A file of the program."""
    return Weights(name, {"": file}, (file,) if give_away else ())


def package(paths: list[Path], name: str, *, give_away: bool) -> Weights:
    """Files and folders of the program, as an archive.

    Raises:
        UsageError: one does not exist.
    """
    return Weights(name, archived_files(paths), tuple(paths) if give_away else ())


def store(book: ModelBook, record: ModelRecord, weights: Weights, destination: str, edit: models.Edit) -> str:
    """Store weights, and tell the model where they are.

    Args:
        book: of the task that makes the model.
        record: the model.
        weights: what to store.
        destination: address of a place for files, or ``FILE_SERVER``.
        edit: what else changes with the address.

    Returns:
        The address.

    Raises:
        OSError: a file can't be read or written.
        ServerError: the task does not run here, and the server is away or said no.
    """
    session, document = book.session, book.document()
    if session is not None:
        project = session.project
    else:
        project = finding.project_name(book.task.client(), document.project) if document.project else ""
    name = book.place(record.model_id, component(weights.name))
    path = f"{task_folder(project, document.name, document.id)}/models/{name}"
    if session is not None and isinstance(record, OwnModel):
        return _upload(session, record, weights, destination, path, edit)
    uri = address_in(destination, path, book.files_host or "")
    with TemporaryDirectory(prefix="pellucid-") as folder:
        copy = _snapshot(Path(folder), weights)
        book.open_storage().upload(Path(folder, copy.source), uri, copy.sha256)
    _tell(record, edit, uri)
    return uri


def after_uploads(
    book: ModelBook, record: ModelRecord, action: Action[RequestT, ResponseT], request: RequestT, **fields: Any
) -> None:
    """Have the server change a model once all files that are on their way are stored.

    Args:
        book: of the task that makes the model.
        record: the model.
        action: the endpoint.
        request: what to ask.
        fields: what the document's fields are after it.
    """
    session = book.session
    if session is not None and isinstance(record, OwnModel):
        session.run.upload(Upload("", "", [Call(action.name, encode_json(request))]))
        record.remember(**fields)
    else:
        record.change(action, request, **fields)


def wait(book: ModelBook, seconds: float | None = None, count: int | None = None) -> bool:
    """Wait until all that was given to be stored is.

    Args:
        book: of the task.
        seconds: at most; by default as long as a slow server may need for what is there.
        count: for so many files that are under way, the first of them; by default for all.

    Returns:
        Whether it is.
    """
    session = book.session
    if session is None or session.run.connection is None:
        return True
    if seconds is None:
        folder = session.run.folder / "files"
        size = sum(path.stat().st_size for path in folder.glob("*/*")) if folder.is_dir() else 0
        seconds = 10.0 + size / SLOWEST_UPLOAD
    if count is not None:
        return session.run.wait_until_stored(count, seconds)
    return session.run.wait_until_sent(seconds)


def remembered(edit: models.Edit) -> dict[str, Any]:
    """The fields of a document that change beside the address."""
    iteration = {} if edit.iteration is None else {"last_iteration": edit.iteration}
    return {**iteration, "system_tags": edit.system_tags or []}


def _upload(
    session: Session, record: OwnModel, weights: Weights, destination: str, path: str, edit: models.Edit
) -> str:
    copy = _snapshot(session.run.folder, weights)
    placed = msgspec.structs.replace(edit, uri=address_in(destination, path))
    announce = Call(models.EDIT.name, encode_json(placed))
    session.run.upload(Upload(copy.source, path, [announce], copy.sha256, to=destination))
    session.run.wake()
    uri = present_address(session, destination, copy, path)
    record.remember(uri=uri, **remembered(edit))
    return uri


def _snapshot(folder: Path, weights: Weights) -> Snapshot:
    if weights.file is not None:
        return snapshot_file(folder, weights.name, weights.file, give_away=bool(weights.give_away))
    copy = snapshot_written(folder, weights.name, lambda target: pack_files(weights.files, target))
    _discard(weights)
    return copy


def _discard(weights: Weights) -> None:
    for path in weights.give_away:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _tell(record: ModelRecord, edit: models.Edit, uri: str) -> None:
    record.change(models.EDIT, msgspec.structs.replace(edit, uri=uri), uri=uri, **remembered(edit))
