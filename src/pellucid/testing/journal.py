"""Reading a whole journal back, as tests want it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pellucid.base.points import EMPTY, POINT, VOID
from pellucid.journal.folder import list_writers
from pellucid.journal.frames import Damage
from pellucid.journal.reader import FramesReader, PointsReader


@dataclass(frozen=True)
class WriterContent:
    """Everything that one writer wrote.

    Attributes:
        points: (series number, iteration, value) in the order in which they were reported.
        frames: (kind, payload) in the order in which they were written.
        damage: what was passed over in the file of framed records.
    """

    points: list[tuple[int, int, float]]
    frames: list[tuple[int, bytes]]
    damage: list[Damage]


def read_journal(folder: Path, *, ended: bool = True, limit: int = 1000) -> dict[str, WriterContent]:
    """All writers of a folder with their content.

    Args:
        folder: the run's folder.
        ended: whether the writers' processes are gone.
        limit: points and bytes to read in one step; small steps exercise resuming.
    """
    return {name: _read_writer(folder, name, ended=ended, limit=limit) for name in list_writers(folder)}


def read_only_writer(folder: Path, *, ended: bool = True, limit: int = 1000) -> WriterContent:
    """The content of a folder that has exactly one writer."""
    (content,) = read_journal(folder, ended=ended, limit=limit).values()
    return content


def _read_writer(folder: Path, name: str, *, ended: bool, limit: int) -> WriterContent:
    content = WriterContent([], [], [])
    points = PointsReader(folder, name)
    while (batch := points.read(limit, ended=ended)) is not None:
        for iteration, _, value, number in POINT.iter_unpack(batch.data):
            if number not in (EMPTY, VOID):
                content.points.append((number, iteration, value))
    frames = FramesReader(folder, name)
    while items := frames.read(limit, ended=ended):
        for item in items:
            if isinstance(item, Damage):
                content.damage.append(item)
            else:
                content.frames.append((item.kind, item.payload))
    return content
