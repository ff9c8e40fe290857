"""What every store must know of the tags in use: a part of ``pellucid.testing.store``."""

from __future__ import annotations

import pytest

from pellucid.store.api import Store
from pellucid.testing.store_models import a_model
from pellucid.testing.store_queues import a_queue
from pellucid.testing.store_samples import NOON, a_task


class TagTests:
    """Tags of all that has some."""

    @pytest.mark.parametrize("kind", ["tasks", "models", "projects", "queues"])
    def test_the_tags_in_use(self, store: Store, other: Store, kind: str) -> None:
        """Of each kind of rows by itself; none before there are rows."""
        assert store.tags.used(kind) == []
        store.tasks.create(a_task(tags=["b", "tasks"], system_tags=["s-tasks"]))
        store.tasks.create(a_task("second", tags=["tasks", "ü ✓"]))
        store.models.create(a_model(tags=["models"], system_tags=["s-models"]))
        store.projects.create("vision", user="ada", now=NOON, tags=["projects"], system_tags=["s-projects"])
        store.queues.create(a_queue(tags=["queues"], system_tags=["s-queues"]))

        assert other.tags.used(kind) == (["b", "tasks", "ü ✓"] if kind == "tasks" else [kind])
        assert other.tags.used(kind, system=True) == [f"s-{kind}"]

    def test_the_tags_in_use_in_projects(self, store: Store) -> None:
        """Those of other projects are left out, and those of rows without a system tag that is asked for."""
        first, second = (store.projects.create(name, user="ada", now=NOON, tags=[name]).id for name in ("one", "two"))
        store.tasks.create(a_task("1", tags=["a"], project=first, system_tags=["dataset"]))
        store.tasks.create(a_task("2", tags=["b"], project=first))
        store.tasks.create(a_task("3", tags=["c"], project=second, system_tags=["dataset"]))

        assert store.tags.used("tasks", projects=[first]) == ["a", "b"]
        assert store.tags.used("tasks", beside=["dataset"]) == ["a", "c"]
        assert store.tags.used("tasks", projects=[first], beside=["dataset", "other"]) == ["a"]
        assert store.tags.used("projects", projects=[second]) == ["two"]
