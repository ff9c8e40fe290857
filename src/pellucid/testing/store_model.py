"""The slow, obvious twin of a store's points: one Python step for each slot."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from pellucid.base.points import EMPTY, SINGLE_VALUE_ITERATION, VOID
from pellucid.store.records import SeriesSummary
from pellucid.testing.store_samples import Slot


@dataclass
class ModelWriter:
    """How far a writer has got."""

    position: int = 0

    def accept(self, offset: int, content: list[Slot]) -> list[Slot]:
        """What of a block is new."""
        new = content[max(0, self.position - offset) :]
        if new:
            self.position = offset + len(content)
        return new


@dataclass
class ModelSeries:
    """All points of one series, in the order in which they were stored, and where those of the last block begin."""

    title: str
    series: str
    slots: list[Slot] = field(default_factory=list)
    block: int = 0

    def curve(self) -> dict[int, tuple[int, float]]:
        """Time in milliseconds and value by iteration, the most recent of each."""
        best: dict[int, tuple[int, float]] = {}
        for iteration, time, value, _ in self.slots:
            if iteration != SINGLE_VALUE_ITERATION and (iteration not in best or time >= best[iteration][0]):
                best[iteration] = (time, value)
        return {iteration: (time // 1_000_000, value) for iteration, (time, value) in sorted(best.items())}

    def summary(self) -> SeriesSummary:
        """The summary, by looking at every slot in turn."""
        first, last = self.slots[0], self.slots[self.block]
        least: Slot | None = None
        greatest: Slot | None = None
        for slot in self.slots[self.block :]:
            if slot[:2] >= last[:2]:
                last = slot
        for slot in self.slots:
            if not math.isnan(slot[2]):
                least = slot if least is None or slot[2] < least[2] else least
                greatest = slot if greatest is None or slot[2] > greatest[2] else greatest
        return SeriesSummary(
            title=self.title,
            series=self.series,
            last=last[2],
            last_iteration=last[0],
            last_time=last[1] // 1_000_000,
            least=least and least[2],
            least_iteration=least and least[0],
            greatest=greatest and greatest[2],
            greatest_iteration=greatest and greatest[0],
            first=first[2],
            first_iteration=first[0],
            count=len(self.slots),
            total=sum(slot[2] for slot in self.slots),
        )


@dataclass
class ModelTask:
    """The points of a task, and its writers."""

    names: dict[int, tuple[str, str]]
    series: dict[tuple[str, str], ModelSeries] = field(default_factory=dict)
    writers: dict[str, ModelWriter] = field(default_factory=dict)

    def append(self, writer: str | None, offset: int, content: list[Slot]) -> None:
        """Store a block."""
        known = ModelWriter(offset) if writer is None else self.writers.setdefault(writer, ModelWriter())
        met: set[tuple[str, str]] = set()
        for slot in known.accept(offset, content):
            if slot[3] not in (EMPTY, VOID):
                name = self.names[slot[3]]
                series = self.series.setdefault(name, ModelSeries(*name))
                if name not in met:
                    series.block = len(series.slots)
                met.add(name)
                series.slots.append(slot)
