"""Listing a hundred thousand tasks, on both databases: every order and search that people use."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.seed import TASKS, project_id, seed
from benchmarks.table import median_of, print_rows
from pellucid.store.api import Store
from pellucid.store.conditions import Compares, Has, Matches
from pellucid.store.opening import open_store
from pellucid.store.records import Query
from pellucid.store.series import md5
from pellucid.testing.postgresql import running_cluster

_ROUNDS: Final = 7
_REACH: Final = "50"

_METRIC: Final = f"last_metrics.{md5('metric 3')}.{md5('test')}.value"
_PARAMETER: Final = "hyperparams.Args.p7.value"

_PAGE: Final = Query(limit=50, hidden=False)
_NEWEST: Final = replace(_PAGE, order_by=[("last_update", True)])
_OF_PROJECT: Final = {"project": [project_id(7)]}

_LISTS: Final = {
    "50 newest": _NEWEST,
    "50 newest, from the 50 000th on": replace(_NEWEST, offset=50_000),
    "50 first by name": replace(_PAGE, order_by=[("name", False)]),
    "50 newest by creation": replace(_PAGE, order_by=[("created", True)]),
    "50 longest since start": replace(_PAGE, order_by=[("started", False)]),
    "top 50 by a metric": replace(_PAGE, order_by=[(_METRIC, True)]),
    "top 50 by a parameter": replace(_PAGE, order_by=[(_PARAMETER, True)]),
    "50 newest with a parameter above 0.999": replace(_NEWEST, where=(Compares(_PARAMETER, ">", 0.999),)),
    "50 newest with a metric above 0.99": replace(_NEWEST, where=(Compares(_METRIC, ">", 0.99),)),
    "name contains a word of one in 3": replace(_NEWEST, name="resnet"),
    "name contains a word of one in 1000": replace(_NEWEST, name="-7777"),
    "name contains a word of none": replace(_NEWEST, name="transformer"),
    "name by an expression": replace(_NEWEST, name=r"^(vit|unet)-\d+77$"),
    "the one with this name": replace(_PAGE, name=r"^resnet\-77777$"),
    "of a frequent tag": replace(_NEWEST, where=(Has("tags", ("paper",)),)),
    "of a tag of 20": replace(_NEWEST, where=(Has("tags", ("golden",)),)),
    "of a project": replace(_NEWEST, equal=_OF_PROJECT),
    "of a project, top by a metric": replace(_PAGE, equal=_OF_PROJECT, order_by=[(_METRIC, True)]),
    "of a project, top by a parameter": replace(_PAGE, equal=_OF_PROJECT, order_by=[(_PARAMETER, True)]),
    "of a project, name contains": replace(_NEWEST, equal=_OF_PROJECT, name="unet"),
    "of a frequent status": replace(_NEWEST, equal={"status": ["completed"]}),
    "of a rare status": replace(_NEWEST, equal={"status": ["in_progress"]}),
    "comment contains, none": replace(_NEWEST, where=(Matches("comment", "why"),)),
}

_COUNTS: Final = {
    "how many": _PAGE,
    "how many of a project": replace(_PAGE, equal=_OF_PROJECT),
    "how many of a frequent status": replace(_PAGE, equal={"status": ["completed"]}),
    "how many with a tag": replace(_PAGE, where=(Has("tags", ("paper",)),)),
    "how many contain a word": replace(_PAGE, name="resnet"),
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=TASKS, help="how many tasks there are (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="a seeded data folder, instead of a new one")
    parser.add_argument("--address", help="a seeded PostgreSQL database, instead of a new one")
    arguments = parser.parse_args()
    measured: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder: Path = arguments.folder or Path(scratch) / "data"
        if arguments.folder is None:
            seed(folder, tasks=arguments.tasks)
        measured["SQLite"] = _measured(folder, None)
        with _database(folder, arguments.address, arguments.tasks) as address:
            if address is not None:
                measured["PostgreSQL"] = _measured(folder, address)
    rows = [
        [what, *(f"{found[what] * 1000:.1f}" for found in measured.values()), _REACH] for what in measured["SQLite"]
    ]
    print_rows([f"of {arguments.tasks} tasks", *(f"{name}, median ms" for name in measured), "reach"], rows)


@contextmanager
def _database(folder: Path, address: str | None, tasks: int) -> Iterator[str | None]:
    """The address of a seeded database; ``None`` where PostgreSQL is not installed."""
    if address is not None:
        yield address
        return
    try:
        cluster = running_cluster(durable=True)
        running = cluster.__enter__()
    except LookupError:
        yield None
        return
    try:
        with running.a_database() as made:
            seed(folder, made, tasks=tasks)
            yield made
    finally:
        cluster.__exit__(None, None, None)


def _measured(folder: Path, address: str | None) -> dict[str, float]:
    """The median seconds that each of them takes."""
    store = open_store(folder, address)
    found = {what: _median(lambda query=query: len(store.tasks.find(query))) for what, query in _LISTS.items()}  # type: ignore[misc]
    found |= {what: _median(lambda query=query: store.tasks.count(query)) for what, query in _COUNTS.items()}  # type: ignore[misc]
    found["the metrics of 50 tasks"] = _median(_summaries_of_page(store))
    store.close()
    return found


def _summaries_of_page(store: Store) -> Callable[[], int]:
    tasks = [task.id for task in store.tasks.find(_NEWEST)]
    return lambda: len(store.events.summaries(tasks))


def _median(ask: Callable[[], int]) -> float:
    def seconds() -> float:
        begun = time.perf_counter()
        ask()
        return time.perf_counter() - begun

    ask()  # what the first request reads stays in memory
    return median_of(seconds, _ROUNDS)


if __name__ == "__main__":
    main()
