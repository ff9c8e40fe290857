"""Which model a file of this machine is: what leads from weights that a library reads back to the task that made them
(seed, Using Models; sdk-surface M189).

A note for each path says which model was written there, or fetched to there, and what the file was like then. So a task
that loads it knows the model at once, without a server, and wherever the weights were uploaded to. Files that were
moved or copied are known by the notes, too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from pellucid.base.atomic_file import write_atomic
from pellucid.base.log import trouble
from pellucid.sdk.snapshot import file_sha256

_LIMIT: Final = 5000
"""Notes that are kept, the latest."""


class _Note(msgspec.Struct, frozen=True):
    path: str
    size: int
    modified: int
    model: str
    server: str
    inode: int = 0


class KnownFiles:
    """The notes of this user's machine."""

    def __init__(self, home: Path, server: str | None) -> None:
        """Look into Pellucid's folder.

        Args:
            home: the folder.
            server: address of the server whose models are meant; ``None`` for those of runs without one.
        """
        self._folder = home / "model_files"
        self._server = server or ""

    def remember(self, path: Path, model: str) -> None:
        """A file, or folder, is this model; that this can't be noted down harms nobody."""
        try:
            found = _look(path)
            if found is None:
                return
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            size, modified = found
            note = _Note(str(path.absolute()), size, modified, model, self._server, path.stat().st_ino)
            write_atomic(self._place(path), msgspec.json.encode(note))
            self._trim()
        except OSError as error:
            trouble("models.known", "It is not noted down which model a file is; the program goes on.", error)

    def find(self, path: Path) -> str | None:
        """The model that a file, or folder, is; ``None`` if that is not known, or it was written to since."""
        try:
            note = msgspec.json.decode(self._place(path).read_bytes(), type=_Note)
        except (OSError, msgspec.DecodeError):
            return None
        is_same = (note.path, note.server) == (str(path.absolute()), self._server)
        return note.model if is_same and _look(path) == (note.size, note.modified) else None

    def find_twin(self, path: Path) -> str | None:
        """The model of a file that was moved here, or that this one is a copy of; takes time for big files.

        Args:
            path: a file that ``find`` does not know.
        """
        try:
            stat = path.stat()
            notes = [note for note in self._notes() if note.server == self._server and note.size == stat.st_size]
            for note in notes:
                if (note.inode, note.modified) == (stat.st_ino, stat.st_mtime_ns):
                    return note.model
            content = file_sha256(path) if notes and path.is_file() else ""
            for note in notes:
                other = Path(note.path)
                if other.is_file() and _look(other) == (note.size, note.modified) and file_sha256(other) == content:
                    return note.model
        except OSError as error:
            trouble("models.known", f"It is not known which model {path} is; the program goes on.", error)
        return None

    def _notes(self) -> Iterator[_Note]:
        """All of them, as far as they can be read."""
        for place in self._folder.glob("*.json"):
            with suppress(OSError, msgspec.DecodeError):
                yield msgspec.json.decode(place.read_bytes(), type=_Note)

    def _place(self, path: Path) -> Path:
        return self._folder / f"{hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]}.json"

    def _trim(self) -> None:
        notes = list(os.scandir(self._folder))
        if len(notes) > _LIMIT:
            for note in sorted(notes, key=lambda note: note.stat().st_mtime)[: len(notes) - _LIMIT]:
                os.unlink(note.path)


def _look(path: Path) -> tuple[int, int] | None:
    """Size and time of a file; of a folder, those of all its files together."""
    try:
        files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        stats = [file.stat() for file in files]
    except OSError:
        return None
    return (sum(one.st_size for one in stats), max(one.st_mtime_ns for one in stats)) if stats else None
