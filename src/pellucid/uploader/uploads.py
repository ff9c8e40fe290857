"""Storing files, beside the shipping of what was reported, so that a big file holds back nothing else."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, NoReturn

from pellucid.base.errors import PellucidError, RequestRefusedError, ServerUnavailableError, UsageError
from pellucid.client.storage.location import parse_location
from pellucid.client.storage.storage import Storage
from pellucid.uploader.ship import Shipper
from pellucid.wire.files import file_url
from pellucid.wire.records import Upload

_FAR: Final = 8
"""So many files behind the next one may be stored before it."""

logger = logging.getLogger("pellucid.uploader")


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

    @property
    def place(self) -> tuple[str, int]:
        """What tells it from others."""
        return self.writer, self.start


class Uploads:
    """Files to store, announced one after the other: what is announced last is what people find.

    Other threads may store files ahead of their turn (``store_ahead``), as small files are sent quicker side by side.
    But a later file of the same path must not be overtaken by an earlier one, and whatever goes wrong ahead of a file's
    turn is left for that.
    """

    def __init__(
        self,
        folder: Path,
        storage: Storage,
        shipper: Shipper,
        refuse: Callable[[str, str], None],
        *,
        files_host: str,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Nothing to do yet.

        Args:
            folder: the run's folder, where copies are.
            storage: where to store.
            shipper: sends the calls that announce a stored file.
            refuse: is told of files that will never be stored: which one, and a sentence why; may raise
                ``ServerUnavailableError`` to be told again later.
            files_host: address of the file server.
            warn: is told, in a sentence, of a place that takes no files for now.
        """
        self._folder = folder
        self._storage = storage
        self._shipper = shipper
        self._refuse = refuse
        self._files_host = files_host
        self._warn = warn
        self._warned = False
        self._waiting: deque[UploadJob] = deque()
        self._done: deque[UploadJob] = deque()
        self._arrived = threading.Condition()
        self._closed = False
        self._stored: dict[str, str] = {}
        self._ahead: set[tuple[str, int]] = set()
        self._under_way: set[tuple[str, int]] = set()

    def add(self, job: UploadJob) -> None:
        """Store this file after all others."""
        with self._arrived:
            self._waiting.append(job)
            self._arrived.notify_all()

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
        with self._arrived:
            self._arrived.wait_for(lambda: job.place not in self._under_way)
        try:
            self._store(upload)
        except (OSError, UsageError) as error:
            self._refuse(upload.source, f"file {upload.path} not stored: {error}")
        except RequestRefusedError as error:
            self._shipper.raise_if_passing(error)
            sentence = f"file {upload.path} refused by the server: {error.message} ({error.code})"
            self._refuse(upload.source, sentence)
        else:
            for call in upload.announce:
                self._shipper.call(call.action, call.body)
        # In this order, so that a copy is deleted only after its job no longer counts as open.
        with self._arrived:
            self._waiting.popleft()
            self._ahead.discard(job.place)
            self._arrived.notify_all()
        self._done.append(job)

    def wait_ahead(self) -> UploadJob | None:
        """Wait until there is a file that can be stored ahead of its turn; ``None`` means that there will be none. Who
        is given one calls ``store_ahead``."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._closed or self._find_ahead() is not None)
            job = None if self._closed else self._find_ahead()
            if job is not None:
                self._ahead.add(job.place)
                self._under_way.add(job.place)
            return job

    def store_ahead(self, job: UploadJob) -> None:
        """Store a file ahead of its turn, in which nothing is left to do but to announce it.

        Raises:
            ServerUnavailableError: it may be stored ahead another time.
        """
        url = self._url(job.upload)
        try:
            self._storage.upload(self._folder / job.upload.source, url, job.upload.sha256)
            self._stored[url] = job.upload.sha256
        except (OSError, UsageError, RequestRefusedError) as error:
            logger.info("file %s can't be stored ahead of its turn: %s", job.upload.path, error)
        except ServerUnavailableError:
            self._ahead.discard(job.place)
            raise
        finally:
            with self._arrived:
                self._under_way.discard(job.place)
                self._arrived.notify_all()

    def take_done(self) -> list[UploadJob]:
        """The files that were stored, or given up, since the last call."""
        return [self._done.popleft() for _ in range(len(self._done))]

    def first_open(self, writer: str) -> int | None:
        """Position before the first record of a writer whose file is not yet stored."""
        with self._arrived:
            return next((job.start for job in self._waiting if job.writer == writer), None)

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
        url = self._url(upload)
        if upload.sha256 and self._stored.get(url) == upload.sha256:
            return  # the same again
        self._stored.pop(url, None)
        try:
            # An absolute source stays what it is when joined to the folder.
            self._storage.upload(self._folder / upload.source, url, upload.sha256)
        except (ServerUnavailableError, RequestRefusedError, UsageError) as error:
            place = upload.to or self._files_host
            if not upload.to and place.startswith("http"):
                raise
            self._storage.forget()
            self._wait_for_place(upload.path, place, error)
        self._warned = False
        self._stored[url] = upload.sha256

    def _find_ahead(self) -> UploadJob | None:
        """The next file that can be stored ahead of its turn."""
        before: set[str] = set()
        for number, job in enumerate(islice(self._waiting, 1 + _FAR)):
            try:
                url = self._url(job.upload)
            except UsageError:
                continue  # its turn will tell
            if number and job.upload.sha256 and url not in before and job.place not in self._ahead:
                return job
            before.add(url)
        return None

    def _url(self, upload: Upload) -> str:
        if upload.to:
            return str(parse_location(upload.to).join(upload.path))
        return file_url(self._files_host, upload.path)

    def _wait_for_place(self, path: str, place: str, error: PellucidError) -> NoReturn:
        """Say once that a place takes no files. It is not our server, so whatever it says may be mended: a bucket that
        is not there yet, keys that are missing or have expired, a full share."""
        if not self._warned:
            self._warned = True
            self._warn(f"file {path} can't be stored in {place} now, trying again: {error}")
        raise ServerUnavailableError(f"{place}: {error}") from error
