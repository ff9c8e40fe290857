"""``python -P -m pellucid.uploader.session_import``: bring an offline session to a server (seed, Offline Mode).

Reads a ``wire.records.SessionImport`` as JSON from standard input and writes a ``wire.records.ImportedSession``. Exits
with 2, and a sentence on standard error, if the session can't be used, and with 1 if the server can't be.

The session itself is only read: it is linked, copied or unpacked into a folder of ours, and the ledger stays there when
the session is on the server. So whatever is imported again sends only what is new, whether it is the same session, one
that was still being written, or the zip file of a folder that was imported before.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.archive import unpack_archive
from pellucid.base.errors import PellucidError, RequestRefusedError, ServerUnavailableError, UsageError
from pellucid.client.session import Client
from pellucid.uploader.clearml_session import TASK_FILE, ClearmlSession
from pellucid.uploader.ledger import UPLOADER_FILE, Ledger
from pellucid.uploader.lock import LOCK_FILE, run_lock
from pellucid.uploader.shipment import Shipment, read_description
from pellucid.uploader.sync import ship_all
from pellucid.wire import tasks
from pellucid.wire.codes import ErrorCode
from pellucid.wire.records import PROGRESS_FILE, RUN_FILE, Connection, ImportedSession, SessionImport

_NOT_PART: Final = {LOCK_FILE, UPLOADER_FILE, PROGRESS_FILE, "uploader.log"}
"""Files in a run's folder that say what another uploader has done."""

_RECORDS: Final = (".frames", ".points", ".jsonl")
"""Endings of files of which a part is of use."""

_NO_TASK: Final = {
    (code.status, code.subcode) for code in (ErrorCode.INVALID_TASK_ID, ErrorCode.INVALID_ID, ErrorCode.VALIDATION)
}


def main() -> int:
    """Import one session; returns the exit code."""
    try:
        request = msgspec.json.decode(sys.stdin.buffer.read(), type=SessionImport)
        imported = import_session(request)
    except (PellucidError, OSError, msgspec.DecodeError) as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, ValueError) else 1
    sys.stdout.buffer.write(msgspec.json.encode(imported))
    return 0


def import_session(request: SessionImport) -> ImportedSession:
    """Bring a session to a server; a second time brings what is new.

    Raises:
        UsageError: it is no session, or there is no task of the id to import into.
        ServerError: the server is away, or said no; another attempt goes on from there.
        OSError: the disk has trouble.
    """
    session = Path(request.session)
    if not session.exists():
        raise UsageError(f"session_folder_zip is {request.session!r}, which does not exist")
    parent = Path(request.books)
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = parent / f"session-{os.urandom(6).hex()}"
    work.mkdir(mode=0o700)
    try:
        left_out: list[str] = []
        folder = _prepare(session, work, left_out, merge=request.into is not None)
        books = parent / _key(folder, request)
        books.mkdir(mode=0o700, exist_ok=True)
        with run_lock(books) as alone:
            if not alone:
                raise ServerUnavailableError(f"{session} is being imported by another process")
            return _ship(folder, books, request, left_out)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _prepare(session: Path, work: Path, left_out: list[str], *, merge: bool) -> Path:
    """A run's folder that may be consumed."""
    unpacked = work / "session"
    unpacked.mkdir()
    if session.is_dir():
        _link(_root(session), unpacked)
    elif not unpack_archive(session, unpacked, keep_torn=lambda name: name.endswith(_RECORDS)):
        left_out.append(f"{session} is cut off; what is missing can be imported from a whole one")
    root = _root(unpacked)
    if (root / RUN_FILE).exists():
        for name in _NOT_PART:
            (root / name).unlink(missing_ok=True)
        return root
    ClearmlSession(root).write_run(left_out.append, merge=merge)
    return root


def _root(folder: Path) -> Path:
    """The folder that holds a session: this one, or the only one in it."""
    if not _is_session(folder):
        inside = [path for path in folder.iterdir() if path.is_dir()]
        if len(inside) == 1 and _is_session(inside[0]):
            return inside[0]
        raise UsageError(f"session_folder_zip holds no session: there is neither a {RUN_FILE} nor a {TASK_FILE}")
    return folder


def _is_session(folder: Path) -> bool:
    return (folder / RUN_FILE).is_file() or (folder / TASK_FILE).is_file()


def _link(source: Path, target: Path) -> None:
    """The same files once more, of which ours may be deleted; links are not followed out of the session."""
    for path in source.rglob("*"):
        copy = target / path.relative_to(source)
        if path.is_symlink():
            continue
        if path.is_dir():
            copy.mkdir(parents=True, exist_ok=True)
        elif path.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(path, copy)
            except OSError:  # it is on another file system, or another user's
                shutil.copyfile(path, copy)


def _key(folder: Path, request: SessionImport) -> str:
    """What makes two imports the same one: the server, the run and the task that it goes into."""
    run = read_description(folder)
    same_run = (run.pid, run.host, run.started) if run.host else ()
    parts = [request.connection.api_host, run.task, same_run, request.into]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]


def _ship(folder: Path, books: Path, request: SessionImport, left_out: list[str]) -> ImportedSession:
    _open_books(books, request)
    shipment = Shipment(folder, request.connection, books=books, offset=request.offset)
    ship_all(shipment)
    if shipment.task is None:
        raise UsageError("session_folder_zip: the session ends before its task was made")
    progress = shipment.progress
    return ImportedSession(task=shipment.task, finished=progress.finished, refused=[*left_out, *progress.refused])


def _open_books(books: Path, request: SessionImport) -> None:
    """Go on with what is remembered about this session, as far as that still holds."""
    ledger = Ledger(books)
    task = request.into or ledger.state.task
    exists = task is not None and _exists(request.connection, task)
    if request.into is not None and not exists:
        raise UsageError(f"previous_task_id: there is no task {request.into!r} on {request.connection.api_host}")
    if not exists or ledger.refused_anything:
        # The task was deleted, so all is to be sent again; or what was damaged may be whole by now, and a repetition
        # changes nothing.
        for name in (PROGRESS_FILE, UPLOADER_FILE):
            (books / name).unlink(missing_ok=True)
        ledger = Ledger(books)
    ledger.state.task = task if exists else None
    ledger.save(now=True)


def _exists(connection: Connection, task: str) -> bool:
    client = Client.to(connection)
    try:
        client.send_raw(tasks.GET_BY_ID.name, msgspec.json.encode(tasks.GetById(task=task)))
    except RequestRefusedError as error:
        if (error.code, error.subcode) not in _NO_TASK:
            raise
        return False
    finally:
        client.close()
    return True


if __name__ == "__main__":
    sys.exit(main())
