"""``queues.*``: the queues themselves (protocol §2.7); what waits in them is in ``queue_entries``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from pellucid.base.ids import new_id
from pellucid.server import metadata
from pellucid.server.auth.authority import COMPANY_ID
from pellucid.server.context import Context
from pellucid.server.default_queue import default_queue
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.filters import to_query
from pellucid.server.names import named, names_of
from pellucid.server.projection import project as projected
from pellucid.server.projection import wants
from pellucid.server.queue_clearing import clear
from pellucid.server.scrolling import next_scroll
from pellucid.server.task_documents import check_name, check_tags
from pellucid.store.queue_records import QueueEntry, QueueRecord
from pellucid.store.records import Query
from pellucid.store.worker_records import WorkerRecord
from pellucid.wire import queues
from pellucid.wire.codes import ErrorCode

_REPLACED = ("name", "display_name", "tags", "system_tags", "metadata")


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(queues.CREATE, Policy.USER, create),
        Endpoint(queues.GET_BY_ID, Policy.USER, get_by_id),
        Endpoint(queues.GET_BY_NAME, Policy.USER, get_by_name),
        Endpoint(queues.GET_ALL, Policy.USER, get_all),
        Endpoint(queues.GET_ALL_EX, Policy.USER, get_all_ex),
        Endpoint(queues.GET_DEFAULT, Policy.USER, get_default),
        Endpoint(queues.UPDATE, Policy.USER, update),
        Endpoint(queues.DELETE, Policy.USER, delete),
        Endpoint(queues.ADD_OR_UPDATE_METADATA, Policy.USER, add_or_update_metadata),
        Endpoint(queues.DELETE_METADATA, Policy.USER, delete_metadata),
    ]


def create(context: Context, request: queues.Create) -> queues.CreateResponse:
    """Create a queue."""
    now = context.clock()
    record = QueueRecord(
        id=new_id(),
        name=check_name(request.name),
        display_name=request.display_name or "",
        created=now,
        last_update=now,
        tags=check_tags("tags", request.tags or []),
        system_tags=check_tags("system_tags", request.system_tags or []),
        metadata=metadata.by_key(request.metadata),
    )
    context.store.queues.create(record)
    return queues.CreateResponse(id=record.id)


def get_by_id(context: Context, request: queues.GetById) -> queues.GetByIdResponse:
    """One queue by its id; a name is no id, and clients rely on the refusal (protocol §7.1)."""
    record = context.store.queues.get(request.queue)
    return queues.GetByIdResponse(queue=_whole(context, record, request.max_task_entries))


def get_by_name(context: Context, request: queues.GetByName) -> queues.GetByIdResponse:
    """One queue by its exact name."""
    found = context.store.queues.find(Query(equal={"name": [request.name]}, limit=1))
    if not found:
        raise ApiError(ErrorCode.INVALID_QUEUE_ID, f"no queue is named {request.name!r}")
    return queues.GetByIdResponse(queue=_whole(context, found[0], None))


def get_all(context: Context, request: queues.GetAll) -> queues.GetAllResponse:
    """Queues that match. Agents ask for tags only, every few seconds, so entries are read when they are wanted."""
    found = context.store.queues.find(to_query(request))
    entries: dict[str, list[QueueEntry]] = {}
    if wants(request.only_fields, "entries"):
        entries = context.store.queues.entries([record.id for record in found])
    documents = [
        msgspec.to_builtins(_to_queue(record, entries.get(record.id, []), request.max_task_entries)) for record in found
    ]
    return queues.GetAllResponse(
        queues=[projected(document, request.only_fields) for document in documents],
        scroll_id=next_scroll(request, len(documents)),
    )


def get_all_ex(context: Context, request: queues.GetAll) -> queues.GetAllResponse:
    """As ``get_all``, with the workers that serve each queue, and tasks with their names."""
    plain = get_all(context, request)
    waiting = [entry for queue in plain.queues for entry in queue.get("entries", ())]
    names = names_of(context.store.tasks.find, (entry["task"] for entry in waiting))
    workers = context.store.workers.list(context.clock())
    for entry in waiting:
        entry.update(named(entry, {"task": names}))
    for queue in plain.queues:
        queue["workers"] = [_to_listener(worker) for worker in workers if queue["id"] in worker.queues]
    return plain


def get_default(context: Context, _: queues.GetDefault) -> queues.GetDefaultResponse:
    """The queue of those who name none."""
    queue = default_queue(context.store)
    return queues.GetDefaultResponse(id=queue.id, name=queue.name)


def update(context: Context, request: queues.Update) -> queues.UpdatedResponse:
    """Change name, tags or metadata."""
    content: dict[str, Any] = msgspec.to_builtins(request)
    given = {key: content[key] for key in _REPLACED if key in content}
    if "name" in given:
        given["name"] = check_name(given["name"])
    for key in ("tags", "system_tags"):
        if key in given:
            given[key] = check_tags(key, given[key])
    if request.metadata is not None:
        given["metadata"] = metadata.by_key(request.metadata)
    record = _changed(context, request.queue, lambda queue: replace(queue, **given))
    return queues.UpdatedResponse(updated=1, fields={**given, "last_update": record.last_update})


def delete(context: Context, request: queues.Delete) -> queues.DeletedResponse:
    """Delete a queue in which nothing waits, or by force."""
    if request.force:
        clear(context.store, request.queue, context.clock())
    context.store.queues.delete(request.queue)
    return queues.DeletedResponse(deleted=1)


def add_or_update_metadata(context: Context, request: queues.AddOrUpdateMetadata) -> queues.MetadataUpdatedResponse:
    """Set metadata by key."""

    def change(queue: QueueRecord) -> QueueRecord:
        stored = metadata.updated(queue.metadata, request.metadata, replace=request.replace_metadata)
        return replace(queue, metadata=stored)

    _changed(context, request.queue, change)
    return queues.MetadataUpdatedResponse(updated=1)


def delete_metadata(context: Context, request: queues.DeleteMetadata) -> queues.MetadataUpdatedResponse:
    """Remove metadata."""
    _changed(
        context,
        request.queue,
        lambda queue: replace(queue, metadata=metadata.without(queue.metadata, request.keys)),
    )
    return queues.MetadataUpdatedResponse(updated=1)


def _changed(context: Context, queue: str, change: Callable[[QueueRecord], QueueRecord]) -> QueueRecord:
    now = context.clock()
    return context.store.queues.update(queue, lambda old: replace(change(old), last_update=now))


def _whole(context: Context, record: QueueRecord, most: int | None) -> queues.Queue:
    return _to_queue(record, context.store.queues.entries([record.id])[record.id], most)


def _to_queue(record: QueueRecord, entries: list[QueueEntry], most: int | None) -> queues.Queue:
    return queues.Queue(
        id=record.id,
        name=record.name,
        display_name=record.display_name,
        company=COMPANY_ID,
        created=record.created,
        last_update=record.last_update,
        tags=record.tags,
        system_tags=record.system_tags,
        entries=[queues.Entry(task=entry.task, added=entry.added) for entry in entries[:most]],
        metadata=record.metadata,
    )


def _to_listener(worker: WorkerRecord) -> dict[str, Any]:
    return {
        "key": worker.id,
        "name": worker.id,
        "ip": worker.ip,
        "task": {"id": worker.task} if worker.task else None,
    }
