"""Between the task document of the protocol and the row of the store (protocol §3.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from pellucid.server.auth.authority import COMPANY_ID
from pellucid.server.errors import ApiError
from pellucid.server.not_finite import text_of
from pellucid.store.records import SeriesSummary, TaskRecord
from pellucid.wire import tasks
from pellucid.wire.codes import ErrorCode
from pellucid.wire.enums import TaskStatus, TaskType

_SCRIPT: dict[str, Any] = {"binary": "python", "repository": "", "entry_point": "", "requirements": {}}
_EXECUTION: dict[str, Any] = {"artifacts": [], "parameters": {}}
_OUTPUT: dict[str, Any] = {"destination": ""}
_MODELS: dict[str, Any] = {"input": [], "output": []}
_KINDS: dict[tuple[str, str], type] = {
    ("script", "requirements"): dict,
    ("execution", "parameters"): dict,
    ("execution", "artifacts"): list,
    ("models", "input"): list,
    ("models", "output"): list,
}


def to_task(record: TaskRecord, summaries: Iterable[SeriesSummary] = ()) -> tasks.Task:
    """The whole document; sections that clients dereference are objects even when empty (protocol §1.5)."""
    return tasks.Task(
        id=record.id,
        name=record.name,
        type=record.type,
        status=TaskStatus(record.status),
        project=record.project,
        parent=record.parent,
        user=record.user,
        company=COMPANY_ID,
        comment=record.comment,
        status_reason=record.status_reason,
        status_message=record.status_message,
        status_changed=record.status_changed,
        created=record.created,
        started=record.started,
        completed=record.completed,
        published=record.published,
        last_update=record.last_update,
        last_change=record.last_change,
        last_worker=record.last_worker,
        last_worker_report=record.last_worker_report,
        active_duration=record.active_duration,
        last_iteration=record.last_iteration,
        last_metrics=to_last_metrics(summaries),
        tags=record.tags,
        system_tags=record.system_tags,
        script=_completed(_SCRIPT, record.script),
        execution=_completed(_EXECUTION, record.execution),
        output=_completed(_OUTPUT, record.output),
        models=_completed(_MODELS, record.models),
        container=record.container,
        runtime=record.runtime,
        hyperparams=record.hyperparams,
        configuration=record.configuration,
    )


def _completed(defaults: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    return {**defaults, **{key: value for key, value in stored.items() if value is not None}}


def to_last_metrics(summaries: Iterable[SeriesSummary]) -> tasks.LastMetrics:
    """The summaries under the hashes of their names, as clients look them up (protocol §2.6)."""
    metrics: tasks.LastMetrics = {}
    for summary in summaries:
        values = {
            "value": summary.last,
            "min_value": summary.least,
            "max_value": summary.greatest,
            "first_value": summary.first,
            "mean_value": summary.total / summary.count if summary.count else None,
        }
        texts = {name: text for name, value in values.items() if value is not None and (text := text_of(value))}
        metrics.setdefault(name_hash(summary.title), {})[name_hash(summary.series)] = tasks.LastMetric(
            metric=summary.title,
            variant=summary.series,
            min_value_iteration=summary.least_iteration,
            max_value_iteration=summary.greatest_iteration,
            first_value_iteration=summary.first_iteration,
            count=summary.count,
            not_finite=texts or None,
            **values,
        )
    return metrics


def name_hash(name: str) -> str:
    """The key of a title or series in ``last_metrics``."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def from_create(request: tasks.Create, *, task: str, user: str, now: datetime) -> TaskRecord:
    """The row of a new task.

    Raises:
        ApiError: 400/12 for an unknown type, an empty name, or a section that is not what clients can read.
    """
    check_sections(msgspec.to_builtins(request))
    return TaskRecord(
        id=task,
        name=check_name(request.name),
        type=check_type(request.type),
        status=str(TaskStatus.created),
        project=request.project or None,
        parent=request.parent or None,
        user=user,
        comment=request.comment or "",
        status_changed=now,
        created=now,
        last_update=now,
        last_change=now,
        tags=check_tags("tags", request.tags or []),
        system_tags=check_tags("system_tags", request.system_tags or []),
        script=trimmed_script(request.script or {}),
        execution=normal_execution(request.execution or {}),
        output={"destination": request.output_dest or ""},
        models=request.models or {},
        container=request.container or {},
        hyperparams=msgspec.to_builtins(request.hyperparams or {}),
        configuration=msgspec.to_builtins(request.configuration or {}),
    )


def check_name(name: str) -> str:
    """A task's name without white space around it. Raises ApiError 400/12 if nothing is left."""
    if not name.strip():
        raise ApiError(ErrorCode.VALIDATION, "name is empty")
    return name.strip()


def check_tags(field: str, tags: Iterable[str]) -> list[str]:
    """Tags, each once, in order. Raises ApiError 400/12 for one that a search would take for an operator."""
    for tag in tags:
        if tag.startswith("__$"):
            raise ApiError(ErrorCode.VALIDATION, f"{field}: {tag!r} begins like an operator of searches")
    return sorted(set(tags))


def check_sections(content: dict[str, Any]) -> None:
    """Refuse what makes existing clients throw a whole document away (protocol §1.5). Raises ApiError 400/12."""
    for (section, key), kind in _KINDS.items():
        value = (content.get(section) or {}).get(key)
        if value is not None and not isinstance(value, kind):
            raise ApiError(ErrorCode.VALIDATION, f"{section}.{key} is no {'list' if kind is list else 'object'}")
    for number, artifact in enumerate((content.get("execution") or {}).get("artifacts") or []):
        if not isinstance(artifact, dict) or not all(isinstance(artifact.get(key), str) for key in ("key", "type")):
            raise ApiError(ErrorCode.VALIDATION, f"execution.artifacts[{number}] has no key and type")


def check_type(name: str) -> str:
    """A task type's name. Raises ApiError 400/12 with the allowed ones."""
    if name not in TaskType.__members__:
        raise ApiError(ErrorCode.VALIDATION, f"type is {name!r}; allowed are {', '.join(TaskType.__members__)}")
    return name


def trimmed_script(script: dict[str, Any]) -> dict[str, Any]:
    """A script section without white space around its texts; the diff is kept to the letter (protocol §2.2)."""
    return {key: value.strip() if isinstance(value, str) and key != "diff" else value for key, value in script.items()}


def normal_execution(execution: dict[str, Any]) -> dict[str, Any]:
    """An execution section whose artifacts are unique by (key, mode), the later ones standing."""
    artifacts = execution.get("artifacts")
    if not isinstance(artifacts, list):
        return execution
    return {**execution, "artifacts": merged_artifacts([], artifacts)}


def merged_artifacts(stored: list[dict[str, Any]], given: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stored artifacts with the given ones put in their places by (key, mode)."""
    by_key = {(artifact["key"], artifact.get("mode", "output")): artifact for artifact in stored}
    for artifact in given:
        by_key[artifact["key"], artifact.get("mode", "output")] = artifact
    return list(by_key.values())
