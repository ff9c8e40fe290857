"""Between the model document of the protocol and the row of the store (protocol §3.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec

from pellucid.server import metadata
from pellucid.server.auth.authority import COMPANY_ID
from pellucid.server.task_documents import check_name, check_tags, to_last_metrics
from pellucid.store.model_records import ModelRecord
from pellucid.store.records import SeriesSummary
from pellucid.wire import models
from pellucid.wire.metadata import Metadata

_REPLACED: Final = ("uri", "comment", "framework", "design", "labels", "ready")
_REFERENCES: Final = ("project", "parent", "task")
_TAGS: Final = ("tags", "system_tags")


def to_model(record: ModelRecord, summaries: Iterable[SeriesSummary] = ()) -> models.Model:
    """The whole document; ``summaries`` are those of what was reported of the model itself."""
    return models.Model(
        id=record.id,
        name=record.name,
        uri=record.uri,
        user=record.user,
        company=COMPANY_ID,
        project=record.project,
        parent=record.parent,
        task=record.task,
        created=record.created,
        last_update=record.last_update,
        last_change=record.last_change,
        last_iteration=record.last_iteration,
        last_metrics=to_last_metrics(summaries),
        comment=record.comment,
        framework=record.framework,
        ready=record.ready,
        tags=record.tags,
        system_tags=record.system_tags,
        design=record.design,
        labels=record.labels,
        metadata=msgspec.convert(record.metadata, Metadata),
    )


def from_create(request: models.Create, *, model: str, user: str, now: datetime) -> ModelRecord:
    """The row of a new model. Raises ApiError 400/12 for an empty name, or a tag like an operator."""
    fields = {"name": "", "uri": "", **given_fields(request), "ready": request.ready}
    return ModelRecord(id=model, user=user, created=now, last_update=now, last_change=now, **fields)


def given_fields(request: models.Create | models.Edit) -> dict[str, Any]:
    """The fields that a request sets, as the row holds them. Raises ApiError 400/12 as above."""
    content: dict[str, Any] = msgspec.to_builtins(request)
    fields: dict[str, Any] = {key: content[key] for key in _REPLACED if key in content}
    fields |= {key: content[key] or None for key in _REFERENCES if key in content}
    fields |= {key: check_tags(key, content[key]) for key in _TAGS if key in content}
    if "name" in content:
        fields["name"] = check_name(content["name"])
    if request.metadata is not None:
        fields["metadata"] = metadata.by_key(request.metadata)
    return fields
