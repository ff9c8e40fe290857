"""What an edit makes of a task: some sections are merged one level deep, the others replaced (protocol §2.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from pellucid.server.context import Context
from pellucid.server.task_documents import (
    check_name,
    check_sections,
    check_tags,
    check_type,
    normal_execution,
    trimmed_script,
)
from pellucid.store.records import TaskRecord
from pellucid.wire.action import Request

_REPLACED = ("name", "type", "comment", "parent", "project", "hyperparams", "configuration", "container", "runtime")
_NOT_FIELDS = ("task", "force")


def edited_fields(task: TaskRecord, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of the row that change. Raises ApiError 400/12 for what clients could not read."""
    check_sections(given)
    fields: dict[str, Any] = {key: given[key] for key in _REPLACED if key in given}
    if "name" in given:
        fields["name"] = check_name(given["name"])
    if "type" in given:
        check_type(given["type"])
    for key in ("tags", "system_tags"):
        if key in given:
            fields[key] = check_tags(key, given[key])
    if "script" in given:
        fields["script"] = {**task.script, **trimmed_script(given["script"])}
    if "execution" in given:
        fields["execution"] = {**task.execution, **normal_execution(given["execution"])}
    if "models" in given:
        fields["models"] = {**task.models, **given["models"]}
    if "output_dest" in given:
        fields["output"] = {**task.output, "destination": given["output_dest"]}
    for key in ("parent", "project"):
        if key in fields:
            fields[key] = fields[key] or None
    return fields


def given_fields(request: Request) -> dict[str, Any]:
    """The fields that the request sets; absent ones are left out of the message by the type itself."""
    content: dict[str, Any] = msgspec.to_builtins(request)
    return {key: value for key, value in content.items() if key not in _NOT_FIELDS}


def touch_project(context: Context, task: TaskRecord) -> None:
    """A project is as recent as what happens to its tasks (protocol §2.2)."""
    if task.project is not None:
        context.store.projects.update(task.project, lambda project: replace(project, last_update=task.last_change))


def aware(moment: datetime) -> datetime:
    """A moment with a zone; UTC where it has none."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
