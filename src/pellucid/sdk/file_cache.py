"""Files that were fetched, kept in case that they are wanted again (sdk-surface §4.20)."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from pellucid.base.log import trouble
from pellucid.sdk.servers import current_settings

_IN_USE: Final = 3600.0
"""Seconds for which an entry stays in any case: whoever asked for it may be reading it."""


class Limits(NamedTuple):
    """What is kept at most.

    Attributes:
        entries: number of files, or unpacked archives.
        size: bytes in all.
    """

    entries: int
    size: float = float("inf")


def configured_limits() -> Limits:
    """As the configuration says."""
    settings = current_settings()
    return Limits(settings.cache_files, settings.cache_gigabytes * 1e9)


class FileCache:
    """A folder with an entry, a folder itself, for each file."""

    def __init__(self, folder: Path, limits: Callable[[], Limits] = configured_limits) -> None:
        """Use a folder, which is made when it is needed.

        Args:
            folder: where the entries are.
            limits: says how much is kept; the entries that were not asked for longest go.
        """
        self._folder = folder
        self._limits = limits

    def entry(self, key: str) -> Path:
        """The folder of an entry, which counts as asked for now.

        Args:
            key: what it is known by, good as a file name.

        Raises:
            OSError: it can't be made.
        """
        entry = self._folder / key
        if not entry.is_dir():
            entry.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._trim()
        os.utime(entry)
        return entry

    def _trim(self) -> None:
        """Remove what is too much; that something can't be removed harms nobody."""
        limits, oldest = self._limits(), time.time() - _IN_USE
        size = 0
        try:
            by_age = sorted(((entry.stat().st_mtime, entry) for entry in self._folder.iterdir()), reverse=True)
            for number, (used, entry) in enumerate(by_age, start=1):
                size += _size(entry)
                if used < oldest and (number > limits.entries or size > limits.size):
                    shutil.rmtree(entry, ignore_errors=True)
        except OSError as error:
            trouble("cache", "Old files that were fetched are not removed; the program goes on.", error)


def _size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(os.lstat(os.path.join(where, name)).st_size for where, _, names in os.walk(folder) for name in names)
