"""The queue that tasks go to when none is named."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from pellucid.base.ids import new_id
from pellucid.server.errors import ApiError
from pellucid.store.api import Store
from pellucid.store.conditions import Has
from pellucid.store.errors import AlreadyExistsError
from pellucid.store.queue_records import QueueRecord
from pellucid.store.records import Query
from pellucid.wire.codes import ErrorCode

DEFAULT: Final = "default"
"""Its name, and the system tag that makes it what it is (protocol §3.2)."""


def ensure_default_queue(store: Store, now: datetime) -> None:
    """Make the default queue, unless somebody has made queues of their own."""
    if store.queues.count(Query()) == 0:
        queue = QueueRecord(id=new_id(), name=DEFAULT, created=now, last_update=now, system_tags=[DEFAULT])
        with suppress(AlreadyExistsError):  # another server over the same data was faster
            store.queues.create(queue)


def default_queue(store: Store) -> QueueRecord:
    """The default queue. Raises ApiError 400/707 if there is none."""
    found = store.queues.find(Query(where=(Has("system_tags", (DEFAULT,)),), limit=1))
    if not found:
        raise ApiError(ErrorCode.NO_DEFAULT_QUEUE)
    return found[0]
