"""What the server does by itself: it stops tasks that nobody runs any more, and forgets what is old (protocol §2.3).

Any number of servers over one database may do so at once: each task is looked at again under its lock.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from pellucid.base.clock import Clock, to_milliseconds
from pellucid.server.auth.configured import ConfigurationError
from pellucid.server.chores import repeating
from pellucid.server.retries import retry
from pellucid.server.task_status import moved, with_duration
from pellucid.store.api import Store
from pellucid.store.errors import AlreadyExistsError, NotFoundError
from pellucid.store.records import Query, TaskRecord
from pellucid.store.worker_records import WorkerRecord
from pellucid.wire.enums import FORCED_STOP, TaskStatus

_VARIABLE: Final = "PELLUCID_WATCHDOG_SECONDS"
_MOST_DIGITS: Final = 9
_PAGE: Final = 100
_ON_THE_WAY: Final = timedelta(minutes=2)
"""From leaving its queue to its start a task needs a moment, if its worker lives."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long the watchdog waits.

    Attributes:
        silence: a running task is stopped if there has been no sign of life of it for so long.
        interval: how often it looks.
        history: how long graphs of queues and workers go back.
    """

    silence: timedelta = timedelta(seconds=7200)
    interval: timedelta = timedelta(seconds=30)
    history: timedelta = timedelta(days=30)


def chosen_patience(environ: Mapping[str, str]) -> Patience:
    """The patience that whoever starts the server wants it to have. Raises ConfigurationError for what is none."""
    given = environ.get(_VARIABLE)
    if not given:
        return Patience()
    if not given.isdecimal() or len(given) > _MOST_DIGITS or int(given) == 0:
        raise ConfigurationError(f"{_VARIABLE} is {given!r}; it is to be seconds, {_MOST_DIGITS} digits at most")
    silence = timedelta(seconds=int(given))
    return Patience(silence=silence, interval=min(silence, Patience().interval))


class _StillAliveError(Exception):
    """The task has ended or has been heard of since it was found."""


def watching(store: Store, clock: Clock, patience: Patience) -> AbstractContextManager[None]:
    """Keep a watchdog while the block runs; what it is doing at the end is finished first."""
    return repeating("watchdog", patience.interval, lambda _: look(store, clock(), patience))


def look(store: Store, now: datetime, patience: Patience) -> list[str]:
    """Stop the running tasks that are silent, or whose worker is gone, put those back that got lost on the way to a
    worker, and forget what is old.

    Returns:
        The ids of the tasks that this call has stopped.
    """
    stopped = [*_stop_abandoned(store, now), *_stop_forgotten(store, now), *_stop_silent(store, now, patience.silence)]
    _put_back_lost(store, now)
    oldest = to_milliseconds(now - patience.history)
    store.queues.forget_samples(oldest)
    store.workers.forget_reports(oldest)
    return stopped


def _stop_silent(store: Store, now: datetime, silence: timedelta) -> Iterator[str]:
    """Tasks in the order in which they were last heard of, until one is found that is not late."""
    running = Query(equal={"status": [TaskStatus.in_progress]}, order_by=[("last_update", False)], limit=_PAGE)
    while True:
        found = store.tasks.find(running)
        late = [task for task in found if task.last_update <= now - silence]
        for task in late:
            if _stop(store, task.id, now, silence):
                _log.warning("stopped task %s: nothing has been heard of it since %s", task.id, task.last_update)
                yield task.id
        if len(late) < _PAGE:
            return


def _stop_abandoned(store: Store, now: datetime) -> Iterator[str]:
    """Tasks of workers that have expired, once they have been silent for as long as their worker was allowed to be.

    Such a worker is remembered until its task has come to an end, one way or the other.
    """
    gone = []
    for worker in store.workers.expired(now):
        silence = timedelta(seconds=worker.register_timeout)
        if worker.task is not None and _stop(store, worker.task, now, silence, worker):
            _log.warning("stopped task %s: its worker %s is gone", worker.task, worker.id)
            yield worker.task
            retry(store, worker.task, now)
        if not _still_runs(store, worker):
            gone.append(worker.id)
    if gone:
        store.workers.forget_expired(gone, now)


def _stop_forgotten(store: Store, now: datetime) -> Iterator[str]:
    """Tasks whose worker is there and knows nothing of them: it was killed, and was started anew before it was missed.

    Only those that it has given signs of life of count: others are run by hand.
    """
    alive = {worker.id: worker for worker in store.workers.list(now)}
    running: dict[str, list[str]] = {"status": [TaskStatus.in_progress], "last_worker": list(alive)}
    query = Query(equal=running, order_by=[("last_update", False)], limit=_PAGE)
    for task in store.tasks.find(query) if alive else ():
        worker = alive[str(task.last_worker)]
        silence = timedelta(seconds=worker.register_timeout)
        if worker.task == task.id or task.last_worker_report is None:
            continue
        if _stop(store, task.id, now, silence, worker):
            _log.warning("stopped task %s: its worker %s was started anew", task.id, worker.id)
            yield task.id
            retry(store, task.id, now)


def _put_back_lost(store: Store, now: datetime) -> None:
    """Queue the tasks again that wait, but in no queue: an agent took them, and its answer was lost, or it died."""
    waiting = Query(equal={"status": [TaskStatus.queued]}, order_by=[("last_update", False)], limit=_PAGE)
    for task in store.tasks.find(waiting):
        queue = task.execution.get("queue")
        if task.last_change > now - _ON_THE_WAY or not queue or store.queues.entry(task.id) is not None:
            continue
        try:
            store.queues.enqueue(task.id, queue, lambda old: _still_waiting(old, now), now)
            store.queues.move(queue, task.id, lambda *_: 0)
        except (_StillAliveError, NotFoundError, AlreadyExistsError):
            continue
        _log.warning("put task %s back into its queue: a worker took it, and was not heard of any more", task.id)


def _still_waiting(task: TaskRecord, now: datetime) -> TaskRecord:
    if task.status != TaskStatus.queued or task.last_change > now - _ON_THE_WAY:
        raise _StillAliveError
    return replace(task, last_change=now, last_update=now)


def _stop(store: Store, task: str, now: datetime, silence: timedelta, worker: WorkerRecord | None = None) -> bool:
    def change(old: TaskRecord) -> TaskRecord:
        if old.status != TaskStatus.in_progress or old.last_update > now - silence:
            raise _StillAliveError
        if worker is not None and old.last_worker != worker.id:
            raise _StillAliveError
        ended = moved(old, TaskStatus.stopped, now=now, force=True, reason=FORCED_STOP, message=_message(old, worker))
        # It ran until it was last heard of, and not until somebody noticed.
        return with_duration(replace(ended, completed=old.last_update), old.last_update)

    try:
        store.tasks.update(task, change)
    except (_StillAliveError, NotFoundError):
        return False
    return True


def _message(task: TaskRecord, worker: WorkerRecord | None) -> str:
    since = task.last_update.isoformat(sep=" ", timespec="seconds")
    if worker is None:
        return f"{FORCED_STOP}: nothing has been heard of it since {since}"
    return f"{FORCED_STOP}: its worker {worker.id} is gone, and nothing has been heard of it since {since}"


def _still_runs(store: Store, worker: WorkerRecord) -> bool:
    if worker.task is None:
        return False
    try:
        task = store.tasks.get(worker.task)
    except NotFoundError:
        return False
    return task.status == TaskStatus.in_progress and task.last_worker == worker.id
