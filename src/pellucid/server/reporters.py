"""Whose reports a request is about: a task's, or with ``model_events`` a model's (protocol §2.6)."""

from __future__ import annotations

from pellucid.server.context import Context


def reporter_name(context: Context, reporter: str, model_events: bool | None) -> str:
    """The name of the task, or of the model, that a request names. Raises NotFoundError."""
    if model_events:
        return context.store.models.get(reporter).name
    return context.store.tasks.get(reporter).name
