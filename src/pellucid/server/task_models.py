"""The models that a task names: ``models.input`` and ``models.output`` (protocol §3.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pellucid.store.records import Document, TaskRecord
from pellucid.store.task_removal import DELETED


def last_output(task: TaskRecord) -> str | None:
    """The id of the task's last output model."""
    outputs = _items(task, "output")
    return outputs[-1]["model"] if outputs else None


def uses_as_input(task: TaskRecord, model: str) -> bool:
    """Whether the task was started from this model."""
    return any(item["model"] == model for item in _items(task, "input"))


def with_output(task: TaskRecord, item: Document) -> TaskRecord:
    """The task with another output model, which takes the place of one of the same name or id."""
    others = [
        old for old in _items(task, "output") if item["name"] != old.get("name") and item["model"] != old["model"]
    ]
    return replace(task, models={**task.models, "output": [*others, item]})


def without_model(task: TaskRecord, model: str, *, keep_output: bool) -> TaskRecord:
    """The task after a model was deleted: inputs say what there was, outputs too if they are to be kept."""
    inputs = [_marked(item, model) for item in _items(task, "input")]
    outputs = [_marked(item, model) for item in _items(task, "output") if keep_output or item["model"] != model]
    return replace(task, models={**task.models, "input": inputs, "output": outputs})


def _marked(item: Document, model: str) -> Document:
    return {**item, "model": f"{DELETED}{model}"} if item["model"] == model else item


def _items(task: TaskRecord, kind: str) -> list[dict[str, Any]]:
    items = task.models.get(kind) or []
    return [item for item in items if isinstance(item, dict) and isinstance(item.get("model"), str)]
