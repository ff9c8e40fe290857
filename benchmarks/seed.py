"""Fills a store with a hundred thousand tasks in two hundred projects: ``python -m benchmarks.seed FOLDER [URL]``.

Each task has twenty parameters and twenty metrics. The rows go straight into the tables, in one transaction.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, Table, text

from pellucid.base.clock import utc_now
from pellucid.store import tables
from pellucid.store.columns import RowNumber
from pellucid.store.database import Database
from pellucid.store.opening import FILE_NAME, open_store
from pellucid.store.postgresql import PostgresqlDatabase
from pellucid.store.records import ProjectRecord, TaskRecord
from pellucid.store.rows import to_values
from pellucid.store.series import md5, metric
from pellucid.store.sqlite import SqliteDatabase

TASKS: Final = 100_000
PROJECTS: Final = 200
_PARAMETERS: Final = 20
_METRICS: Final = 20
_CHUNK: Final = 1000

_STATUSES: Final = ["completed"] * 90 + ["failed"] * 6 + ["stopped"] * 3 + ["in_progress"]
_TAGS: Final = ["baseline", "ablation", "nightly", "paper"]
_NAMES: Final = [(f"metric {number // 2}", ("train", "test")[number % 2]) for number in range(_METRICS)]
_NUMBERS: Final = [metric(md5(title), md5(series)) for title, series in _NAMES]


def seed(folder: Path, address: str | None = None, *, tasks: int = TASKS) -> None:
    """Fill the store of a folder or database; its tables are made.

    Args:
        folder: the data folder.
        address: a PostgreSQL database; ``None`` for SQLite in the folder.
        tasks: how many.
    """
    open_store(folder, address).close()
    database: Database = PostgresqlDatabase(address) if address else SqliteDatabase(folder / FILE_NAME)
    source, now = random.Random(1), utc_now()
    with database.write() as connection:
        _add(connection, tables.projects, (_project(place, now) for place in range(PROJECTS)))
        rows = (to_values(_task(place, source, now)) for place in range(tasks))
        while chunk := list(islice(rows, _CHUNK)):
            _add(connection, tables.tasks, iter(chunk))
            _add(connection, tables.series, (row for task in chunk for row in _series(task["id"], source)))
    if address:
        with psycopg.connect(address, autocommit=True) as vacuuming:
            vacuuming.execute("VACUUM ANALYZE")  # it would do so by itself, a minute later
    else:
        with database.write() as connection:
            connection.execute(text("ANALYZE"))
    database.close()


def project_id(place: int) -> str:
    """The id of a project."""
    return f"{place:032x}"


def _project(place: int, now: datetime) -> dict[str, Any]:
    name = f"project {place:03}"
    return to_values(ProjectRecord(id=project_id(place), name=name, basename=name, created=now, last_update=now))


def _task(place: int, source: random.Random, now: datetime) -> TaskRecord:
    moment = now - timedelta(seconds=source.random() * 1e7)
    tags = source.sample(_TAGS, source.randrange(3)) + (["golden"] if place % 5000 == 0 else [])
    return TaskRecord(
        id=f"{source.getrandbits(128):032x}",
        name=f"{source.choice(['resnet', 'vit', 'unet'])}-{place}",
        type="training",
        status=source.choice(_STATUSES),
        project=project_id(place % PROJECTS),
        user="admin",
        created=moment,
        started=moment,
        last_update=moment,
        last_change=moment,
        last_iteration=1000,
        tags=tags,
        system_tags=["development"] if place % 3 else [],
        script={"repository": "git@example.com:team/vision.git", "entry_point": "train.py", "diff": "+ x = 1\n" * 100},
        hyperparams={"Args": {f"p{number}": _parameter(number, source) for number in range(_PARAMETERS)}},
    )


def _parameter(number: int, source: random.Random) -> dict[str, str]:
    return {"section": "Args", "name": f"p{number}", "value": f"{source.random():.6f}", "type": "float"}


def _series(task: str, source: random.Random) -> Iterator[dict[str, Any]]:
    for (title, series), number in zip(_NAMES, _NUMBERS, strict=True):
        least, last, greatest = sorted((source.random(), source.random(), source.random()))
        yield {
            "task": task,
            "title": title,
            "series": series,
            "metric": number,
            "count": 1000,
            "total": 1000 * last,
            "last": last,
            "last_iteration": 999,
            "last_nanoseconds": 1_700_000_000_000_000_000,
            "least": least,
            "least_iteration": 10,
            "greatest": greatest,
            "greatest_iteration": 20,
            "first": least,
            "first_iteration": 0,
        }


def _add(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.execute(table.insert(), list(rows))


def _copy(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    """PostgreSQL's own way to take many rows, several times as fast."""
    dialect = connection.dialect
    columns = [column for column in table.columns if column.type is not RowNumber]
    implementations = [column.type.dialect_impl(dialect) for column in columns]
    processors: list[Callable[[Any], Any]] = [each.bind_processor(dialect) or _as_it_is for each in implementations]
    names = ", ".join(f'"{column.name}"' for column in columns)
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            pairs = zip(columns, processors, strict=True)
            copy.write_row([to_database(row[column.name]) for column, to_database in pairs])


def _as_it_is(value: Any) -> Any:
    return value


def main() -> None:
    """Fill it and say how long that took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="data folder")
    parser.add_argument("address", nargs="?", help="PostgreSQL database; SQLite in the folder by default")
    parser.add_argument("--tasks", type=int, default=TASKS, help="how many (default: %(default)s)")
    arguments = parser.parse_args()
    begun = time.perf_counter()
    seed(arguments.folder, arguments.address, tasks=arguments.tasks)
    print(f"{arguments.tasks} tasks in {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
