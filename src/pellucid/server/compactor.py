"""Sorting points in the background, so that long curves are read in milliseconds (``pellucid.store.compaction``).

Any number of servers over one database may do so at once.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from pellucid.base.clock import Clock
from pellucid.store.api import Store
from pellucid.store.errors import UnavailableError
from pellucid.store.records import Backlog

_log = logging.getLogger(__name__)


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


@contextmanager
def compacting(store: Store, clock: Clock, leisure: Leisure = Leisure()) -> Iterator[None]:
    """Sort points while the block runs; the step under way at the end is finished first."""
    stop = threading.Event()
    thread = threading.Thread(
        target=run_compactor_loop, args=(stop, store, clock, leisure), name="compactor", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def run_compactor_loop(stop: threading.Event, store: Store, clock: Clock, leisure: Leisure) -> None:
    """Look again and again until told to stop. Several servers do not look at the same moment."""
    while not stop.wait(leisure.interval.total_seconds() * random.uniform(0.75, 1.25)):
        try:
            tidy(stop, store, clock(), leisure)
        except UnavailableError as error:
            _log.warning("points could not be sorted: %s", error)
        except Exception:  # noqa: BLE001 - the top of a loop: a task that cannot be sorted is read more slowly
            _log.exception("sorting points failed")


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
