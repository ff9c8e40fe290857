"""What goes with a task, and what stays: a part of ``pellucid.testing.store``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pellucid.store.api import Store
from pellucid.store.errors import NotFoundError
from pellucid.store.model_records import ModelRecord
from pellucid.store.queue_records import QueueRecord
from pellucid.store.records import TaskRecord
from pellucid.testing.store_samples import LATER, NOON, a_plot, a_task, lines, points, without_writer


def _model(model: str, **fields: object) -> ModelRecord:
    minimal = ModelRecord(id=model, name=model, uri="u", task="task", created=NOON, last_update=NOON, last_change=NOON)
    return replace(minimal, **fields)  # type: ignore[arg-type]  # dataclasses' own signature cannot say which


def _refuse(task: TaskRecord) -> None:
    raise ArithmeticError(task.id)


class RemovalTests:
    """Deleting tasks, and resetting them."""

    @pytest.fixture
    def full(self, store: Store) -> Store:
        """A task that has reported something of each kind, made models, has a child and waits in a queue."""
        store.tasks.create(a_task())
        store.tasks.create(a_task("child", parent="task", models={"input": [{"name": "n", "model": "used"}]}))
        sample = replace(a_plot(1), type="training_debug_image", data={"url": "http://host/files/a"})
        reported = [points([(0, 0, 1.0, 1)], writer="w"), lines("hello"), without_writer(sample)]
        store.events.append("task", reported, NOON)
        for model in (_model("own"), _model("used"), _model("published", ready=True), _model("other", task="child")):
            store.models.create(model)
        store.queues.create(QueueRecord(id="q", name="q", created=NOON, last_update=NOON))
        store.queues.enqueue("task", "q", lambda old: replace(old, status="queued"), NOON)
        return store

    def test_a_task_goes_with_all_it_reported(self, full: Store, other: Store) -> None:
        """Its unpublished models that nobody uses go as well; the others and its children say that it is gone."""
        removal = full.tasks.delete("task", lambda task: None, LATER, models=True)

        assert (removal.task.status, removal.children, removal.models_left) == ("queued", 1, 2)
        assert [model.id for model in removal.models] == ["own"]
        assert removal.urls == ["http://host/files/a"]
        with pytest.raises(NotFoundError):
            other.tasks.get("task")
        with pytest.raises(NotFoundError):
            other.models.get("own")
        assert other.tasks.get("child").parent == "__DELETED__task"
        assert [other.models.get(model).task for model in ("used", "published", "other")] == [
            "__DELETED__task", "__DELETED__task", "child",
        ]  # fmt: skip
        assert other.queues.entries(["q"]) == {"q": []}
        other.tasks.create(a_task())
        assert (other.events.points("task"), other.events.log_count("task"), other.events.count("task")) == ({}, 0, 0)

    def test_models_are_deleted_only_when_asked(self, full: Store) -> None:
        """Else they remain."""
        removal = full.tasks.delete("task", lambda task: None, LATER)

        assert (removal.models, removal.models_left) == ([], 3)
        assert full.models.get("own").task == "__DELETED__task"

    def test_a_refused_deletion_changes_nothing(self, full: Store) -> None:
        """What the check raises comes out as it is."""
        with pytest.raises(ArithmeticError, match="task"):
            full.tasks.delete("task", _refuse, LATER, models=True)

        assert full.events.log_count("task") == 1
        assert full.models.get("own").task == "task"
        assert full.queues.entry("task") is not None

    def test_a_reset_task_starts_afresh(self, full: Store, other: Store) -> None:
        """It stays, with its children; what it reported is gone, and it waits no longer."""
        record, removal = full.tasks.reset("task", lambda old: replace(old, status="created"), LATER, models=True)

        assert record == other.tasks.get("task") == replace(removal.task, status="created")
        assert ([model.id for model in removal.models], removal.urls) == (["own"], ["http://host/files/a"])
        assert (other.events.points("task"), other.events.log_count("task"), other.events.count("task")) == ({}, 0, 0)
        assert other.queues.entry("task") is None
        assert other.tasks.get("child").parent == "task"

    def test_a_refused_reset_changes_nothing(self, full: Store) -> None:
        """All or nothing."""

        def refuse(task: TaskRecord) -> TaskRecord:
            raise ArithmeticError(task.id)

        with pytest.raises(ArithmeticError):
            full.tasks.reset("task", refuse, LATER, models=True)
        assert full.events.log_count("task") == 1
        assert full.queues.entry("task") is not None
