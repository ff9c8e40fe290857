"""``StorageManager``: files by their address, wherever they are (sdk-surface §3 StorageManager)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pellucid.base.errors import PellucidError, UsageError
from pellucid.base.log import trouble
from pellucid.client.storage.location import parse_location
from pellucid.sdk.arguments import check_count, check_text
from pellucid.sdk.destinations import open_storage
from pellucid.sdk.fetched_files import FetchedFiles, is_archive
from pellucid.sdk.file_cache import FileCache, Limits, configured_limits
from pellucid.sdk.servers import current_settings, open_client, running_server, set_explicitly
from pellucid.sdk.transfers import WORKERS, background, do_all, download, upload

if TYPE_CHECKING:
    from pellucid.client.storage.place import StoredFile
    from pellucid.client.storage.storage import Storage

_RETRIES: Final = 3
"""Further attempts after one that failed (sdk-surface §5.3, ``sdk.network.file_upload_retries``)."""

_limits: dict[str, int] = {}
"""Files that are kept, by context."""

_T = TypeVar("_T")


class StorageManager:
    """Files in folders (paths, ``file://``), in object stores (``s3://``, ``gs://``, ``azure://``), and on file servers
    (``http://``, ``https://``), by their address. All calls wait until they are done.

    What can't be done is told and answered by ``None``, where a method says so; else it raises: ``UsageError`` for a
    wrong argument or missing credentials, ``ServerError`` if the place is away or says no, ``OSError`` for this
    machine's disk.
    """

    @classmethod
    def get_local_copy(
        cls,
        remote_url: str,
        cache_context: str | None = None,
        extract_archive: bool = True,
        name: str | None = None,
        force_download: bool = False,
    ) -> str | None:
        """Fetch a file, unless it was fetched before.

        Args:
            remote_url: its address. A file of this machine is itself.
            cache_context: name of a cache of its own, with a limit of its own.
            extract_archive: for a zip or tar file, the folder with what is in it.
            name: what else tells apart what was under the address at different times.
            force_download: fetch it in any case.

        Returns:
            Path of a local file or folder, for reading only; ``None`` if it can't be had.
        """
        fetched = FetchedFiles(_cache(cache_context), _open)

        def fetch() -> str:
            path = fetched.file(remote_url, version=name, again=force_download)
            if extract_archive and is_archive(path):
                path = fetched.folder(path, version=name, again=force_download)
            return str(path)

        return _try(fetch, f"{remote_url} can't be fetched")

    @classmethod
    def upload_file(
        cls, local_file: str | Path, remote_url: str, wait_for_upload: bool = True, retries: int | None = None
    ) -> str:
        """Store a file.

        Args:
            local_file: the file.
            remote_url: where to, with the file's name.
            wait_for_upload: ``False`` to store it in the background; the program's end waits for it.
            retries: further attempts if the place is away, 3 by default.

        Returns:
            Its address.
        """
        file = _existing(local_file, "local_file", Path.is_file)
        attempts = _attempts(retries)
        url = str(parse_location(check_text("remote_url", remote_url), "remote_url"))
        storage = _open()
        if wait_for_upload:
            upload(storage, file, url, attempts)
        else:
            background().submit(_try, lambda: upload(storage, file, url, attempts), f"{file} is not stored")
        return url

    @classmethod
    def upload_folder(
        cls,
        local_folder: str | Path,
        remote_url: str,
        match_wildcard: str | None = None,
        retries: int | None = None,
    ) -> str | None:
        """Store all files of a folder, and of those in it.

        Args:
            local_folder: the folder.
            remote_url: where to.
            match_wildcard: only files whose path in the folder matches it, such as ``*.txt``.
            retries: as for ``upload_file``.

        Returns:
            The address; ``None`` if a file could not be stored.
        """
        folder = _existing(local_folder, "local_folder", Path.is_dir)
        place, attempts = parse_location(check_text("remote_url", remote_url), "remote_url"), _attempts(retries)
        storage = _open()

        def store(path: str) -> None:
            upload(storage, folder / path, str(place.join(path)), attempts)

        paths = [file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*")) if file.is_file()]
        chosen = [path for path in paths if _matches(path, match_wildcard)]

        def store_all() -> str:
            do_all(store, chosen)
            return str(place)

        return _try(store_all, f"{folder} is not wholly stored in {remote_url}")

    @classmethod
    def download_file(
        cls,
        remote_url: str,
        local_folder: str | Path | None = None,
        overwrite: bool = False,
        skip_zero_size_check: bool = False,
        silence_errors: bool = False,
    ) -> str | None:
        """Fetch a file into a folder, under the path that it has in its place: ``s3://bucket/sub/file`` becomes
        ``<folder>/sub/file``.

        Args:
            remote_url: its address.
            local_folder: the folder; one of the cache by default.
            overwrite: fetch it although it is there.
            skip_zero_size_check: take an empty file that is there for it, too.
            silence_errors: say nothing if it can't be had.

        Returns:
            Path of the local file; ``None`` if it can't be had.
        """
        folder = _target(local_folder, remote_url)
        return _try(
            lambda: str(download(_open(), remote_url, folder, overwrite=overwrite, empty=skip_zero_size_check)),
            f"{remote_url} can't be fetched",
            silent=silence_errors,
        )

    @classmethod
    def download_folder(
        cls,
        remote_url: str,
        local_folder: str | Path | None = None,
        match_wildcard: str | None = None,
        overwrite: bool = False,
        skip_zero_size_check: bool = False,
        silence_errors: bool = False,
        max_workers: int | None = None,
    ) -> str | None:
        """Fetch all files below an address into a folder, as ``download_file`` does.

        Args:
            remote_url: the address. File servers can't say what they have.
            local_folder: the folder; one of the cache by default.
            match_wildcard: only files whose path below the address matches it.
            overwrite: see ``download_file``.
            skip_zero_size_check: see ``download_file``.
            silence_errors: see ``download_file``.
            max_workers: files on their way at once, 4 by default.

        Returns:
            Path of the folder; ``None`` if a file can't be had.
        """
        folder = _target(local_folder, remote_url)
        workers = WORKERS if max_workers is None else check_count("max_workers", max_workers, least=1)

        def fetch() -> str:
            storage, place = _open(), parse_location(remote_url)
            urls = [
                str(place.join(file.path)) for file in storage.list(remote_url) if _matches(file.path, match_wildcard)
            ]
            do_all(
                lambda url: download(storage, url, folder, overwrite=overwrite, empty=skip_zero_size_check),
                urls,
                workers,
            )
            return str(folder)

        return _try(fetch, f"{remote_url} can't be fetched", silent=silence_errors)

    @classmethod
    def list(
        cls, remote_url: str, return_full_path: bool = False, with_metadata: bool = False, read_hash: bool = False
    ) -> list[str | dict[str, Any]] | None:
        """What there is below an address.

        Args:
            remote_url: the address. File servers can't say what they have.
            return_full_path: whole addresses, in place of paths below the address.
            with_metadata: dictionaries as of ``get_metadata``, in place of names.
            read_hash: accepted for existing scripts, without effect.

        Returns:
            The names; ``None`` if that can't be found out.
        """

        def names() -> list[str | dict[str, Any]]:
            place = parse_location(remote_url)
            found = sorted(_open().list(remote_url), key=lambda file: file.path)
            named = [(str(place.join(file.path)) if return_full_path else file.path, file) for file in found]
            return [_metadata(name, file) if with_metadata else name for name, file in named]

        return _try(names, f"{remote_url} can't be listed")

    @classmethod
    def get_metadata(
        cls, remote_url: str, return_full_path: bool = False, read_hash: bool = False
    ) -> dict[str, Any] | None:
        """What is known about a file.

        Args:
            remote_url: its address.
            return_full_path: the address as its name, in place of the file's name.
            read_hash: accepted for existing scripts, without effect.

        Returns:
            ``name``, ``size`` in bytes, and ``last_modified`` in seconds since 1970; ``None`` if there is no such file,
            or that can't be found out.
        """

        def describe() -> dict[str, Any] | None:
            found = _open().find(remote_url)
            name = str(parse_location(remote_url))
            return None if found is None else _metadata(name if return_full_path else name.rpartition("/")[2], found)

        return _try(describe, f"{remote_url} can't be looked at")

    @classmethod
    def exists_file(cls, remote_url: str) -> bool:
        """Whether there is a file of an address; not if that can't be found out."""
        return cls.get_metadata(remote_url) is not None

    @classmethod
    def get_file_size_bytes(cls, remote_url: str, silence_errors: bool = False) -> int | None:
        """How many bytes a file has.

        Args:
            remote_url: its address.
            silence_errors: say nothing if that can't be found out.

        Returns:
            The number; ``None`` if there is no such file, or that can't be found out.
        """
        found = _try(lambda: _open().find(remote_url), f"{remote_url} can't be looked at", silent=silence_errors)
        return None if found is None else found.size

    @classmethod
    def set_cache_file_limit(cls, cache_file_limit: int, cache_context: str | None = None) -> int:
        """Say how many fetched files are kept.

        Args:
            cache_file_limit: the number.
            cache_context: name of a cache of its own; the usual one, of artifacts and models too, by default.

        Returns:
            The number.
        """
        limit = check_count("cache_file_limit", cache_file_limit, least=1)
        if cache_context is None:
            set_explicitly(cache_files=limit)
        else:
            _limits[cache_context] = limit
        return limit

    @classmethod
    def get_files_server(cls) -> str | None:
        """Address of the file server; ``None`` if there is no server."""
        connection = running_server(current_settings())
        return None if connection is None else connection.files_host

    @classmethod
    def set_report_upload_chunk_size(cls, chunk_size_mb: int) -> None:
        """Accepted for existing scripts, without effect: nothing is printed about files on their way."""

    @classmethod
    def set_report_download_chunk_size(cls, chunk_size_mb: int) -> None:
        """Accepted for existing scripts, without effect: nothing is printed about files on their way."""


def _open() -> Storage:
    connection = running_server(current_settings())
    return open_storage(None if connection is None else open_client(connection), connection)


def _cache(context: str | None) -> FileCache:
    folder = current_settings().cache
    if context is None:
        return FileCache(folder / "files")
    named = check_text("cache_context", context)
    if named in (".", "..") or "/" in named:
        raise UsageError(f"cache_context is {context!r}; allowed is a name")

    def limits() -> Limits:
        usual = configured_limits()
        return Limits(_limits.get(named, usual.entries), usual.size)

    return FileCache(folder / "contexts" / named, limits)


def _try(action: Callable[[], _T], problem: str, *, silent: bool = False) -> _T | None:
    """What the action returns; ``None`` if there is trouble, which is told."""
    try:
        return action()
    except (PellucidError, OSError) as error:
        if not silent:
            trouble(f"storage.{problem}", f"{problem}; the program goes on.", error)
        return None


def _existing(value: object, argument: str, is_one: Callable[[Path], bool]) -> Path:
    if isinstance(value, str | Path) and is_one(path := Path(value).expanduser()):
        return path
    raise UsageError(f"{argument} is {str(value)!r}, which does not exist; allowed is a path of this machine")


def _target(given: str | Path | None, url: str) -> Path:
    if given is not None:
        return Path(given).expanduser()
    place = str(parse_location(url, "remote_url").place)
    return _cache(None).entry(f"folder-{hashlib.sha256(place.encode()).hexdigest()}")


def _attempts(retries: int | None) -> int:
    return 1 + (_RETRIES if retries is None else check_count("retries", retries, least=0))


def _matches(path: str, wildcard: str | None) -> bool:
    return wildcard is None or fnmatch(path, wildcard) or fnmatch(os.path.basename(path), wildcard)


def _metadata(name: str, file: StoredFile) -> dict[str, Any]:
    return {"name": name, "size": file.size, "last_modified": file.modified}
