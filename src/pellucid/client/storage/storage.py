"""All places for files behind one door: what there is to do, by address."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pellucid.base.errors import RequestRefusedError, UsageError
from pellucid.client.files import FilesClient
from pellucid.client.session import Client
from pellucid.client.storage.azure import azure_access, open_azure
from pellucid.client.storage.cloud_conf import cloud_conf, substituted
from pellucid.client.storage.file_server import FileServer
from pellucid.client.storage.folder import Folder
from pellucid.client.storage.google import google_access, open_google
from pellucid.client.storage.location import Location, parse_location
from pellucid.client.storage.objects import Objects, check_library, first_line
from pellucid.client.storage.place import Place, StoredFile, save
from pellucid.client.storage.s3 import open_s3, s3_access

if TYPE_CHECKING:
    from obstore.store import ObjectStore


class Storage:
    """Files by their address. May be used by several threads; a place is opened once.

    Its methods raise ``UsageError`` if an address can't be used, because it is none, or what it takes is not configured
    or not installed; and else what ``Place`` says.
    """

    def __init__(
        self,
        files: FilesClient | None = None,
        files_host: str = "",
        *,
        environ: Mapping[str, str] = os.environ,
        quick: bool = False,
    ) -> None:
        """Nothing is opened yet.

        Args:
            files: speaks to our own file server, with our token.
            files_host: its address.
            environ: environment variables, which say where the configuration is, and may hold credentials.
            quick: whether to give up soon.
        """
        self._files_host = files_host.rstrip("/")
        self._files = files if self._files_host.startswith("http") else None  # it may be a bucket as well
        self._environ = environ
        self._quick = quick
        self._places: dict[Location, Place] = {}
        self._substitutions: Mapping[str, Any] | None = None
        self._lock = threading.Lock()

    def upload(self, source: Path, url: str, sha256: str = "") -> None:
        """Store a file under an address, replacing what is there; see ``Place.upload``."""
        place, path = self._find_place(url)
        place.upload(source, path, sha256)

    def download(self, url: str, target: Path) -> str:
        """Fetch a file into a file, which is the whole one or not there.

        Args:
            url: its address.
            target: where to write; its folder must exist.

        Returns:
            SHA-256 of the content, in hexadecimal.

        Raises:
            OSError: the target can't be written.
        """
        place, path = self._find_place(url)
        return save(place.content(path), target)

    def find(self, url: str) -> StoredFile | None:
        """What there is under an address, ``None`` for nothing; its path is the whole address."""
        location = parse_location(url)
        place, path = self._find_place(url)
        found = place.find(path)
        return None if found is None else msgspec.structs.replace(found, path=str(location))

    def list(self, url: str) -> Iterator[StoredFile]:
        """All files below a folder by its address; their paths are relative to it."""
        place, path = self._find_place(url)
        prefix = f"{path.rstrip('/')}/" if path else ""
        for found in place.list(path):
            yield msgspec.structs.replace(found, path=found.path.removeprefix(prefix))

    def delete(self, url: str) -> bool:
        """Remove a file by its address; whether there was one."""
        place, path = self._find_place(url)
        return place.delete(path)

    def check(self, uri: str, argument: str = "output_uri") -> None:
        """Make sure that files can be stored below an address.

        Args:
            uri: the address.
            argument: what to name in an error.

        Raises:
            UsageError: they can't.
            ServerUnavailableError: it can't be asked now.
        """
        self.prepare(uri, argument)
        place, path = self._find_place(uri)
        try:
            place.check(path)
        except RequestRefusedError as error:
            raise UsageError(f"{argument} is {uri!r}, where nothing can be stored: {error.message}") from error

    def forget(self) -> None:
        """Open all places anew when they are next used: what is configured may have changed."""
        with self._lock:
            self._places.clear()
            self._substitutions = None

    def prepare(self, uri: str, argument: str = "output_uri") -> None:
        """Make sure that a place can be used as far as this machine knows; nothing is asked.

        Args:
            uri: its address.
            argument: what to name in an error.

        Raises:
            UsageError: it can't.
        """
        if parse_location(uri, argument).is_object_store:
            check_library(argument, uri)
        try:
            self._find_place(uri)
        except UsageError as error:
            raise UsageError(f"{argument} is {uri!r}: {error}") from error

    def _find_place(self, url: str) -> tuple[Place, str]:
        """The place of an address, and the path in it."""
        if self._files is not None and url.startswith(f"{self._files_host}/"):
            return FileServer(self._files_host, self._files), url.removeprefix(f"{self._files_host}/")
        location = parse_location(substituted(url, self._conf()))
        with self._lock:
            place = self._places.get(location.place)
            if place is None:
                place = self._places[location.place] = self._open(location.place)
        return place, location.path

    def _conf(self) -> Mapping[str, Any]:
        if self._substitutions is None:
            self._substitutions = cloud_conf(self._environ)
        return self._substitutions

    def _open(self, location: Location) -> Place:
        if location.kind == "file":
            return Folder()
        if location.kind in ("http", "https"):
            host = str(location)
            return FileServer(host, FilesClient(Client(host, None, None), host))
        check_library("url", str(location))
        from obstore.exceptions import BaseError  # late: only who uses an object store needs it

        try:
            return Objects(str(location), self._open_bucket(location))
        except (BaseError, ValueError) as error:
            if isinstance(error, UsageError):
                raise
            raise UsageError(f"{location} can't be used as it is configured: {first_line(error)}") from error

    def _open_bucket(self, location: Location) -> ObjectStore:
        conf = cloud_conf(self._environ)
        match location.kind:
            case "s3":
                return open_s3(location, s3_access(location, conf, self._environ), quick=self._quick)
            case "gs":
                return open_google(location, google_access(location, conf, self._environ), quick=self._quick)
            case _:
                return open_azure(location, azure_access(location, conf, self._environ), quick=self._quick)
