"""The queue that tasks go to when none is named."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from pellucid.server.default_queue import default_queue, ensure_default_queue
from pellucid.server.errors import ApiError
from pellucid.store.api import Store
from pellucid.store.opening import open_store
from pellucid.store.records import Query
from pellucid.testing.store_queues import a_queue
from pellucid.testing.store_samples import NOON
from pellucid.wire.codes import ErrorCode


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with closing(open_store(tmp_path)) as store:
        yield store


def test_it_is_made_once(store: Store, tmp_path: Path) -> None:
    """However many servers start at once."""
    with closing(open_store(tmp_path)) as other, ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda view: ensure_default_queue(view, NOON), (store, other) * 4))

    assert [queue.name for queue in store.queues.find(Query())] == ["default"]
    assert default_queue(store).system_tags == ["default"]


def test_queues_of_ones_own_are_enough(store: Store) -> None:
    """Then none is made, and there is no default unless one of them is marked as such."""
    store.queues.create(a_queue())
    ensure_default_queue(store, NOON)

    with pytest.raises(ApiError) as refusal:
        default_queue(store)
    assert refusal.value.code is ErrorCode.NO_DEFAULT_QUEUE
    store.queues.create(a_queue("other", system_tags=["default"]))
    assert default_queue(store).id == "other"
