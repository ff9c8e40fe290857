"""Several files on their way to or from a place at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pellucid.base.errors import ServerUnavailableError, UsageError
from pellucid.base.retry import backoff
from pellucid.client.storage.location import parse_location

if TYPE_CHECKING:
    from pellucid.client.storage.storage import Storage

WORKERS: Final = 4
"""Files that are on their way at once."""


def upload(storage: Storage, file: Path, url: str, attempts: int) -> None:
    """Store a file, trying again while its place is away.

    Args:
        storage: all places.
        file: the file.
        url: where to.
        attempts: how often to try, in all.
    """
    for wait in islice(backoff(0.5, 10.0), attempts - 1):
        try:
            return storage.upload(file, url)
        except ServerUnavailableError:
            time.sleep(wait)
    return storage.upload(file, url)


def download(storage: Storage, url: str, folder: Path, *, overwrite: bool, empty: bool) -> Path:
    """Fetch a file into a folder, under the path that it has in its place.

    Args:
        storage: all places.
        url: its address.
        folder: where to.
        overwrite: fetch it although it is there.
        empty: whether an empty file that is there counts.

    Raises:
        UsageError: its path leads out of the folder.
    """
    path = parse_location(url).unquoted
    target = folder / path.lstrip("/")
    if not path.strip("/") or not target.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"remote_url is {url!r}, which has no path that may be in {folder}")
    if overwrite or not target.is_file() or not (empty or target.stat().st_size):
        target.parent.mkdir(parents=True, exist_ok=True)
        storage.download(url, target)
    return target


def do_all(action: Callable[[str], object], names: Iterable[str], workers: int = WORKERS) -> None:
    """Do something for all names, several at a time; after an error, which is raised, no more is begun."""
    with ThreadPoolExecutor(workers) as pool:
        running = [pool.submit(action, name) for name in names]
        try:
            for one in running:
                one.result()
        finally:
            for one in running:
                one.cancel()


@cache
def background() -> ThreadPoolExecutor:
    """What goes on while the program does; the program's end waits for it."""
    return ThreadPoolExecutor(WORKERS, thread_name_prefix="pellucid-storage")
