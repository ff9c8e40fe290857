"""Title, series and iteration of what event files call a tag and a step (sdk-surface §4.10)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from pathlib import PurePath
from typing import Final

from pellucid.hooks.presentation import presentation

_GROUP: Final = "Scalars"


class Names:
    """Remembers which folders write a tag, so that one curve is never two runs' points."""

    def __init__(self) -> None:
        self._folders: dict[str, list[str]] = {}
        self._steps: dict[tuple[str, str], Iterator[int]] = {}
        self._lock = threading.Lock()

    def place(self, folder: str, tag: str, default_title: str | None = None) -> tuple[str, str]:
        """Title and series of a tag.

        Args:
            folder: that the writer writes into.
            tag: as the program named it; what stands behind its last slash is the series.
            default_title: for a tag without a slash; the tag itself by default.
        """
        child = _child(folder, tag)
        if child is not None:
            return tag, child
        title, slash, series = tag.rpartition("/")
        if not slash or not title or not series:
            title, series = default_title or tag, tag
        prefix = self._prefix(folder, tag)
        return title, f"{prefix}/{series}" if prefix else series

    def curve(self, folder: str, tag: str) -> tuple[str, str]:
        """Title and series of a curve's tag, as ``place``, in the diagram that the program's choices give it."""
        title, series = self.place(folder, tag, _GROUP if presentation.group_scalars else None)
        return (f"{title}/{series}" if presentation.single_series and title != series else title), series

    def iteration(self, folder: str, tag: str, step: int) -> int:
        """The step; counted where the program gives none, which event files write as zero."""
        with self._lock:
            key = (folder, tag)
            if step:
                self._steps.pop(key, None)
                return step
            return next(self._steps.setdefault(key, count()))

    def _prefix(self, folder: str, tag: str) -> str:
        """What tells this folder from the first that wrote the tag; nothing for that one."""
        with self._lock:
            folders = self._folders.setdefault(tag, [])
            if folder not in folders:
                folders.append(folder)
            first = folders[0]
        if first == folder:
            return ""
        mine, others = PurePath(folder).parts, PurePath(first).parts
        pairs = zip(mine, others, strict=False)
        shared = next((place for place, pair in enumerate(pairs) if pair[0] != pair[1]), len(others))
        return "/".join(mine[shared:])


def _child(folder: str, tag: str) -> str | None:
    """The series of ``add_scalars``, which has a folder for each: ``<tag>_<series>``, or ``<tag>/<series>``."""
    path = PurePath(folder)
    flat = tag.replace("/", "_")
    if path.name.startswith(f"{flat}_"):
        return path.name[len(flat) + 1 :]
    return path.name if f"/{path.parent.as_posix()}".endswith(f"/{tag}") else None
