"""What every store must do to tell that something has changed: a part of ``pellucid.testing.store``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from pellucid.store.api import Store
from pellucid.testing.store_models import a_model
from pellucid.testing.store_queues import a_queue, queued
from pellucid.testing.store_samples import LATER, NOON, a_task, points
from pellucid.testing.store_workers import a_worker

Change = Callable[[Store], Any]


def rename(store: Store) -> None:
    """A change of what was there."""
    store.tasks.update("task", lambda task: replace(task, name="another name", last_change=LATER))


CHANGES: Final[dict[str, tuple[Change, set[str]]]] = {
    "a task is renamed": (rename, {"task", "list", "tasks"}),
    "a task reports": (
        lambda store: store.events.append("task", [points([(0, 0, 1.0, 1)])], LATER),
        {"task", "list", "tasks"},
    ),
    "a task is added": (lambda store: store.tasks.create(a_task("new", last_change=LATER)), {"tasks"}),
    "a task is deleted": (
        lambda store: store.tasks.delete("task", lambda _: None, LATER),
        {"task", "list", "tasks"},
    ),
    "a task waits": (lambda store: store.queues.enqueue("task", "queue", queued, LATER), {"queues"}),
    "a task waits before another": (lambda store: store.queues.move("queue", "second", lambda *_: 0), {"queues"}),
    "a queue is added": (lambda store: store.queues.create(a_queue("new")), {"queues"}),
    "a worker is heard of": (lambda store: store.workers.save("host:0", lambda _: a_worker()), {"workers"}),
    "a project is added": (lambda store: store.projects.create("new", user="ada", now=NOON), {"projects"}),
    "a model is added": (lambda store: store.models.create(a_model("new")), {"models"}),
}


def versions(store: Store, project: str) -> dict[str, str | None]:
    """Of everything."""
    return {
        "task": store.versions.tasks(["task", "nobody"]).get("task"),
        "list": store.versions.task_lists([project])[project],
        "tasks": store.versions.all_tasks(),
        "models": store.versions.all_models(),
        "projects": store.versions.all_projects(),
        "queues": store.versions.all_queues(),
        "workers": store.versions.all_workers(),
    }


class VersionTests:
    """Versions of what people look at."""

    @pytest.mark.parametrize("change", CHANGES)
    def test_a_change_is_told(self, store: Store, other: Store, change: str) -> None:
        """By every process, and nothing else is said to have changed."""
        project = store.projects.create("vision", user="ada", now=NOON).id
        store.queues.create(a_queue())
        for task in ("task", "first", "second"):
            store.tasks.create(a_task(task, project=project if task == "task" else None))
        for task in ("first", "second"):
            store.queues.enqueue(task, "queue", queued, NOON)
        before = versions(other, project)
        assert versions(store, project) == before

        act, expected = CHANGES[change]
        act(store)

        after = versions(other, project)
        assert {name for name, version in after.items() if version != before[name]} == expected
