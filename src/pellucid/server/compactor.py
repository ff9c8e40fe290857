"""Sorting points in the background, so that long curves are read in milliseconds (``pellucid.store.compaction``).

Any number of servers over one database may do so at once.
"""

from __future__ import annotations

import random
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from pellucid.base.clock import Clock
from pellucid.server.chores import repeating
from pellucid.store.api import Store
from pellucid.store.records import Backlog


@dataclass(frozen=True)
class Leisure:
    """When points are sorted.

    Attributes:
        points, requests: as soon as a task has so many that are not.
        silence: or it has ended or is idle, so that nothing has been heard of it for so long.
        interval: how often that is looked for.
    """

    points: int = 1 << 16
    requests: int = 64
    silence: timedelta = timedelta(seconds=60)
    interval: timedelta = timedelta(seconds=5)


def compacting(store: Store, clock: Clock, leisure: Leisure = Leisure()) -> AbstractContextManager[None]:
    """Sort points while the block runs; the step under way at the end is finished first."""
    return repeating("compactor", leisure.interval, lambda stop: tidy(stop, store, clock(), leisure))


def tidy(stop: threading.Event, store: Store, now: datetime, leisure: Leisure) -> None:
    """Sort the points of all tasks for which it is time, step by step until told to stop."""
    # In any order, so that several servers seldom take the same task, and none that fails hides the others for ever.
    due = [backlog for backlog in store.events.backlog() if _is_due(backlog, now, leisure)]
    for backlog in random.sample(due, len(due)):
        while not stop.is_set() and store.events.compact(backlog.task):
            pass


def _is_due(backlog: Backlog, now: datetime, leisure: Leisure) -> bool:
    return (
        backlog.points >= leisure.points
        or backlog.blocks >= leisure.requests
        or backlog.last_update <= now - leisure.silence
    )
