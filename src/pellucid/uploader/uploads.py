"""Storing files, beside the shipping of what was reported, so that a big file holds back nothing else."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pellucid.base.errors import RequestRefusedError
from pellucid.client.files import FilesClient
from pellucid.uploader.ship import Shipper
from pellucid.wire.records import Upload


@dataclass(frozen=True)
class UploadJob:
    """A file to store.

    Attributes:
        writer: whose record it is.
        start: position before the record.
        end: position behind it.
        upload: what to do.
    """

    writer: str
    start: int
    end: int
    upload: Upload


class Uploads:
    """Files to store, one after the other: a later file of the same path must not be overtaken by an earlier one."""

    def __init__(self, folder: Path, files: FilesClient, shipper: Shipper, refuse: Callable[[str, str], None]) -> None:
        """Nothing to do yet.

        Args:
            folder: the run's folder, where copies are.
            files: where to store.
            shipper: sends the calls that announce a stored file.
            refuse: is told of files that will never be stored: which one, and a sentence why; may raise
                ``ServerUnavailableError`` to be told again later.
        """
        self._folder = folder
        self._files = files
        self._shipper = shipper
        self._refuse = refuse
        self._waiting: deque[UploadJob] = deque()
        self._done: deque[UploadJob] = deque()
        self._arrived = threading.Condition()
        self._closed = False
        self._stored: dict[str, str] = {}

    def add(self, job: UploadJob) -> None:
        """Store this file after all others."""
        with self._arrived:
            self._waiting.append(job)
            self._arrived.notify()

    def wait(self) -> bool:
        """Wait until there is a file to store; ``False`` means that there will be none."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._waiting or self._closed)
            return not self._closed

    def pause(self, seconds: float) -> None:
        """Wait for so long, or until there is nothing more to do."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._closed, seconds)

    def close(self) -> None:
        """No more files: ends ``wait`` and ``pause``."""
        with self._arrived:
            self._closed = True
            self._arrived.notify_all()

    def store_next(self) -> None:
        """Store the next file, and announce it.

        Raises:
            ServerUnavailableError: the file is still the next one; try again later.
        """
        job = self._waiting[0]
        upload = job.upload
        try:
            self._store(upload)
        except OSError as error:
            self._refuse(upload.source, f"file {upload.path} not stored: {error}")
        except RequestRefusedError as error:
            self._shipper.raise_if_passing(error)
            sentence = f"file {upload.path} refused by the server: {error.message} ({error.code})"
            self._refuse(upload.source, sentence)
        else:
            for call in upload.announce:
                self._shipper.call(call.action, call.body)
        # In this order, so that a copy is deleted only after its job no longer counts as open.
        self._waiting.popleft()
        self._done.append(job)

    def take_done(self) -> list[UploadJob]:
        """The files that were stored, or given up, since the last call."""
        return [self._done.popleft() for _ in range(len(self._done))]

    def first_open(self, writer: str) -> int | None:
        """Position before the first record of a writer whose file is not yet stored."""
        return next((job.start for job in list(self._waiting) if job.writer == writer), None)

    @property
    def is_empty(self) -> bool:
        """Whether all files are stored."""
        return not self._waiting

    def discard_copies(self, jobs: list[UploadJob]) -> None:
        """Delete the run's own copies of files that are stored."""
        for job in jobs:
            source = Path(job.upload.source)
            if job.upload.source and not source.is_absolute():
                (self._folder / source).unlink(missing_ok=True)
                with suppress(OSError):  # others may be in its folder
                    (self._folder / source).parent.rmdir()

    def _store(self, upload: Upload) -> None:
        if not upload.source:
            return  # only an announcement, in its place among the files
        if upload.sha256 and self._stored.get(upload.path) == upload.sha256:
            return  # the same again
        self._stored.pop(upload.path, None)
        # An absolute source stays what it is when joined to the folder.
        self._files.upload(self._folder / upload.source, upload.path, upload.sha256)
        self._stored[upload.path] = upload.sha256
