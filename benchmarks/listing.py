"""Listing a hundred thousand tasks: the newest, the best by a metric, and by name."""

from __future__ import annotations

import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.table import median_of, print_rows
from pellucid.base.clock import utc_now
from pellucid.base.ids import new_id
from pellucid.store import tables
from pellucid.store.api import Store
from pellucid.store.opening import FILE_NAME, open_store
from pellucid.store.records import Query, TaskRecord
from pellucid.store.rows import to_values
from pellucid.store.series import md5, metric
from pellucid.store.sqlite import SqliteDatabase

_TASKS = 100_000
_ROUNDS = 9

_METRIC = f"last_metrics.{md5('accuracy')}.{md5('test')}.value"
_QUERIES = {
    "50 newest": Query(order_by=[("last_update", True)], limit=50, hidden=False),
    "top 50 by a metric": Query(order_by=[(_METRIC, True)], limit=50, hidden=False),
    "50 of those whose name contains a word": Query(name="resnet-777", limit=50, hidden=False),
    "the one with this name": Query(name=r"^resnet\-77777$", limit=50, hidden=False),
    "50 newest of a status": Query(
        equal={"status": ["failed"]}, order_by=[("last_update", True)], limit=50, hidden=False
    ),
}


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        _fill(Path(folder))
        rows = []
        for what, query in _QUERIES.items():
            found = median_of(lambda query=query: _seconds(store, query), _ROUNDS)  # type: ignore[misc]
            rows.append([what, f"{found * 1000:.1f}", "50"])
        store.close()
    print_rows([f"of {_TASKS} tasks", "median ms", "reach"], rows)


def _fill(folder: Path) -> None:
    """Straight into the tables: a hundred thousand tasks through the API would commit as many times."""
    now = utc_now()
    random.seed(1)
    tasks, series = [], []
    for place in range(_TASKS):
        moment = now - timedelta(seconds=random.random() * 1e7)
        task = TaskRecord(
            id=new_id(),
            name=f"resnet-{place}",
            type="training",
            status=random.choice(["completed", "failed", "stopped"]),
            created=moment,
            last_update=moment,
            last_change=moment,
            tags=random.sample(["a", "b", "c"], 2),
            script={"diff": "x" * 2000},
        )
        tasks.append(to_values(task))
        series.append(_series(task.id))
    database = SqliteDatabase(folder / FILE_NAME)
    with database.write() as connection:
        connection.execute(tables.tasks.insert(), tasks)
        connection.execute(tables.series.insert(), series)
    database.close()


def _series(task: str) -> dict[str, object]:
    value = random.random()
    names = {"title": "accuracy", "series": "test", "metric": metric(md5("accuracy"), md5("test"))}
    values = dict.fromkeys(("last", "least", "greatest", "first", "total"), value)
    places = dict.fromkeys(("last_iteration", "least_iteration", "greatest_iteration", "first_iteration"), 0)
    return {"task": task, **names, **values, **places, "last_nanoseconds": 0, "count": 1}


def _seconds(store: Store, query: Query) -> float:
    begun = time.perf_counter()
    if not store.tasks.find(query):
        raise RuntimeError("nothing was found")
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
