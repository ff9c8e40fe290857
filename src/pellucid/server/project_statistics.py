"""Numbers about what is in projects (protocol §2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pellucid.server.context import Context
from pellucid.store.records import ProjectRecord, Query
from pellucid.store.task_facts import TaskCount
from pellucid.wire.enums import TaskStatus

_EVERY = 2**31


def statistics(
    context: Context, found: Sequence[ProjectRecord], *, states: Sequence[str], with_children: bool
) -> dict[str, dict[str, Any]]:
    """By project: for ``active`` and ``archived`` tasks, how many there are by status, and how long they have run."""
    within = {record.id: {record.id} for record in found}
    if with_children:
        for below in _below(context, found):
            for ancestor in within.keys() & set(below.path):
                within[ancestor].add(below.id)
    counts: dict[str, list[TaskCount]] = {}
    for count in context.store.tasks.counts({key for keys in within.values() for key in keys}):
        counts.setdefault(count.project, []).append(count)
    return {
        project: {
            state: _numbers(
                each for key in keys for each in counts.get(key, ()) if each.archived == (state != "active")
            )
            for state in states
        }
        for project, keys in within.items()
    }


def _numbers(counts: Iterable[TaskCount]) -> dict[str, Any]:
    statuses = {str(status): 0 for status in TaskStatus}
    seconds, last_update = 0, None
    for count in counts:
        statuses[count.status] += count.count
        seconds += count.seconds
        last_update = max(last_update or count.last_update, count.last_update)
    return {
        "status_count": statuses,
        "total_tasks": sum(statuses.values()),
        "total_runtime": seconds,
        "last_task_run": last_update,
    }


def sub_projects(context: Context, found: Sequence[ProjectRecord]) -> dict[str, list[dict[str, str]]]:
    """By project: all its descendants, by name."""
    below: dict[str, list[dict[str, str]]] = {record.id: [] for record in found}
    for record in _below(context, found):
        for ancestor in below.keys() & set(record.path):
            below[ancestor].append({"id": record.id, "name": record.name})
    return below


def own_contents(context: Context, found: Sequence[ProjectRecord]) -> dict[str, dict[str, int]]:
    """By project: how many tasks and models there are right in it, archived ones included."""
    ids = [record.id for record in found]
    own = {key: {"own_tasks": 0, "own_models": 0} for key in ids}
    for count in context.store.tasks.counts(ids):
        own[count.project]["own_tasks"] += count.count
    for project, models in context.store.models.counts(ids).items():
        own[project]["own_models"] = models
    return own


def _below(context: Context, found: Sequence[ProjectRecord]) -> list[ProjectRecord]:
    if not found:
        return []
    return context.store.projects.find(Query(equal={"path": [record.id for record in found]}, limit=_EVERY))
