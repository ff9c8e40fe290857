"""How far the shipping of a run has got, kept in its folder.

``progress.json`` is what others read (``wire.records.Progress``): positions before which everything is done with.
``uploader.json`` is what only the next uploader needs. Both are replaced atomically; to lose the last of them costs
nothing but repetition.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from pellucid.base.atomic_file import write_atomic
from pellucid.base.log import trouble
from pellucid.journal.format import Position
from pellucid.wire.records import PROGRESS_FILE, Progress, RankFailure, WriterProgress

UPLOADER_FILE: Final = "uploader.json"

_MAX_REFUSED: Final = 100
"""Sentences kept; a run whose every event is refused must not fill the disk with complaints."""

_SAVE_EVERY: Final = 0.02
"""Seconds between two saves while there is much to do."""

_T = TypeVar("_T")

logger = logging.getLogger("pellucid.uploader")


class UploaderState(msgspec.Struct, kw_only=True):
    """What the next uploader of the run must know.

    Attributes:
        task: the task's id on the server, once the server has the task; may be another one than the run's own.
        sent: by writer, the byte up to which records were sent; uploads before it may be unfinished.
        models: ids of models on the server, by the run's own, where the server has chosen others.
        failure: the first failure of another rank.
    """

    task: str | None = None
    sent: dict[str, int] = {}
    models: dict[str, str] = {}
    failure: RankFailure | None = None


class Ledger:
    """The books of one run. Any thread may ``refuse``, one does the rest.

    Attributes:
        state: what the next uploader must know; changes are kept by the next ``save``.
    """

    def __init__(self, folder: Path) -> None:
        """Open the books, or begin new ones."""
        self._folder = folder
        self.state = _read(folder / UPLOADER_FILE, UploaderState) or UploaderState()
        progress = _read(folder / PROGRESS_FILE, Progress) or Progress()
        self._writers = dict(progress.writers)
        self._refused = list(progress.refused)
        self._not_stored = dict(progress.not_stored)
        self._finished = progress.finished
        self._saved = (msgspec.json.encode(self.progress()), msgspec.json.encode(self.state))
        self._saved_at = 0.0

    def progress(self) -> Progress:
        """The present state, as others read it."""
        return Progress(
            writers=dict(self._writers),
            finished=self._finished,
            refused=list(self._refused),
            not_stored=dict(self._not_stored),
        )

    def acknowledged(self, writer: str) -> Position:
        """How far a writer is done with."""
        position = self._writers.get(writer, WriterProgress())
        return Position(position.points, position.frames)

    def acknowledge(self, writer: str, *, points: int = 0, frames: int = 0) -> None:
        """A writer is done with up to these positions, if it was not farther already."""
        old = self.acknowledged(writer)
        self._writers[writer] = WriterProgress(points=max(points, old.points), frames=max(frames, old.frames))

    def mark_sent(self, writer: str, end: int) -> None:
        """A writer's records up to a byte were sent, if not more already; files may still be being stored."""
        self.state.sent[writer] = max(end, self.state.sent.get(writer, 0))

    def refuse(self, sentence: str) -> bool:
        """Something will never be on the server; the sentence says what and why.

        Returns:
            Whether it is news, and there have not been too many of them.
        """
        if sentence in self._refused:
            return False
        logger.warning("%s", sentence)
        if len(self._refused) < _MAX_REFUSED:
            self._refused.append(sentence)
            return True
        if len(self._refused) == _MAX_REFUSED:
            self._refused.append("and more, see uploader.log")
        return False

    def refuse_file(self, source: str, sentence: str) -> bool:
        """A file will never be on the server; the same as ``refuse``."""
        self._not_stored[source] = sentence
        return self.refuse(sentence)

    @property
    def refused_anything(self) -> bool:
        """Whether there is something in the folder that the server doesn't have."""
        return bool(self._refused)

    @property
    def finished(self) -> bool:
        """Whether the task has its final status."""
        return self._finished

    def finish(self) -> None:
        """The task has its final status, and all was sent before."""
        self._finished = True

    def reopen(self) -> None:
        """The final status is to be set once more."""
        self._finished = False

    def save(self, *, now: bool = False) -> bool:
        """Write what has changed.

        Args:
            now: even if it was written only just before.

        Returns:
            Whether the files say what is so. If not, shipping goes on all the same: what they lack would be repeated.
        """
        progress, state = msgspec.json.encode(self.progress()), msgspec.json.encode(self.state)
        if (progress, state) == self._saved:
            return True
        if not now and time.monotonic() - self._saved_at < _SAVE_EVERY:
            return False
        try:
            write_atomic(self._folder / UPLOADER_FILE, state)
            write_atomic(self._folder / PROGRESS_FILE, progress)
        except OSError as error:
            trouble("uploader.ledger", "What was sent can't be noted down; sending goes on.", error)
            return False
        self._saved, self._saved_at = (progress, state), time.monotonic()
        return True


def _read(path: Path, type_: type[_T]) -> _T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=type_)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        logger.warning("%s is damaged; what it says was sent is sent again", path)
        return None
