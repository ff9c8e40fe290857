"""Taking away tasks, or what their runs have left behind, inside a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Text, cast, delete, select, update

from pellucid.store.json_access import json_text
from pellucid.store.model_records import ModelRecord
from pellucid.store.queue_order import entry_of, lock_queue, remove_entry
from pellucid.store.records import TaskRecord
from pellucid.store.rows import to_record
from pellucid.store.tables import blocks, chunks, events, models, series, tasks, writers

DELETED: Final = "__DELETED__"
"""Stands in front of the id of what is no longer there."""

REPORTED: Final = (blocks, chunks, events, series)
"""What a task has reported."""

OUTPUTS: Final = (*REPORTED, writers)
"""That, and how far it has got with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What has been taken away with a task, or with its outputs.

    Attributes:
        task: the task as it was.
        models: unpublished models that it had made and that no other task names.
        models_left: how many of its models remain, and no longer name it.
        children: how many tasks have lost their parent.
        urls: where its samples lie.
    """

    task: TaskRecord
    models: list[ModelRecord]
    models_left: int = 0
    children: int = 0
    urls: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What has been taken away with the reports of a task or model that itself stays.

    Attributes:
        anything: whether there was any.
        urls: where the samples lie.
    """

    anything: bool
    urls: list[str]


def clear_outputs(connection: Connection, task: str) -> list[str]:
    """Forget what a task, or a model, has reported; returns where its samples lie."""
    urls = sample_urls(connection, task)
    for table in OUTPUTS:
        connection.execute(delete(table).where(table.c.task == task))
    return urls


def sample_urls(connection: Connection, reporter: str) -> list[str]:
    """Where the samples of a task, or of a model, lie."""
    url = json_text(events.c.data, ["url"])
    return list(connection.scalars(select(url).where(events.c.task == reporter, url.is_not(None)).distinct()))


def delete_own_models(connection: Connection, task: str) -> list[ModelRecord]:
    """Delete the unpublished models that a task has made, but those that other tasks name."""
    made = select(models).where(models.c.task == task, models.c.ready.is_(False)).with_for_update()
    found = [to_record(ModelRecord, row) for row in connection.execute(made)]
    unused = [model for model in found if not _is_named(connection, model.id, besides=task)]
    _delete_models(connection, (model.id for model in unused))
    return unused


def _is_named(connection: Connection, model: str, *, besides: str) -> bool:
    named = cast(tasks.c.models, Text).contains(f'"{model}"', autoescape=True)
    return connection.execute(select(tasks.c.id).where(named, tasks.c.id != besides).limit(1)).first() is not None


def _delete_models(connection: Connection, ids: Iterable[str]) -> None:
    for key in ids:
        clear_outputs(connection, key)
        connection.execute(delete(models).where(models.c.id == key))


def leave_queue(connection: Connection, task: str, now: datetime) -> None:
    """Take a task out of the queue that it waits in, if any."""
    entry = entry_of(connection, task)
    if entry is not None:
        lock_queue(connection, entry.queue)
        remove_entry(connection, entry, now)


def disown(connection: Connection, task: str) -> tuple[int, int]:
    """Have the children and the models of a task say that it is gone; returns how many there are of each."""
    gone = f"{DELETED}{task}"
    children = connection.execute(update(tasks).where(tasks.c.parent == task).values(parent=gone)).rowcount
    models_left = connection.execute(update(models).where(models.c.task == task).values(task=gone)).rowcount
    return children, models_left
