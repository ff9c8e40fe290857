"""Files that were fetched, kept in case that they are wanted again (sdk-surface §4.20)."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Final

from pellucid.base.log import trouble

LIMIT: Final = 100
"""Entries that are kept (sdk-surface §5.3, ``sdk.storage.cache.default_cache_manager_size``)."""

_IN_USE: Final = 3600.0
"""Seconds for which an entry stays in any case: whoever asked for it may be reading it."""


class FileCache:
    """A folder with an entry, a folder itself, for each file."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        """Use a folder, which is made when it is needed.

        Args:
            folder: where the entries are.
            limit: how many are kept; the ones that were not asked for longest go.
        """
        self._folder = folder
        self._limit = limit

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
        try:
            by_age = sorted((entry.stat().st_mtime, entry) for entry in self._folder.iterdir())
        except OSError as error:
            trouble("cache", "Old files that were fetched are not removed; the program goes on.", error)
            return
        oldest = time.time() - _IN_USE
        for used, entry in by_age[: max(len(by_age) - self._limit, 0)]:
            if used < oldest:
                shutil.rmtree(entry, ignore_errors=True)
