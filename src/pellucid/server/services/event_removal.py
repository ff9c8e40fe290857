"""``events.*``: deleting what was reported (protocol §2.6)."""

from __future__ import annotations

from collections.abc import Callable

from pellucid.base.clock import to_milliseconds
from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.services.events import LOCKED
from pellucid.server.task_files import free_files
from pellucid.store.model_records import ModelRecord
from pellucid.store.records import TaskRecord
from pellucid.wire import event_removal
from pellucid.wire.action import Empty
from pellucid.wire.codes import ErrorCode
from pellucid.wire.tasks import FileUrls


def endpoints() -> list[AnyEndpoint]:
    """The routes of this part of the service."""
    return [
        Endpoint(event_removal.DELETE_FOR_TASK, Policy.USER, delete_for_task),
        Endpoint(event_removal.DELETE_FOR_MODEL, Policy.USER, delete_for_model),
        Endpoint(event_removal.CLEAR_TASK_LOG, Policy.USER, clear_task_log),
        Endpoint(event_removal.CLEAR_SCROLL, Policy.USER, clear_scroll),
    ]


def delete_for_task(context: Context, request: event_removal.DeleteForTask) -> event_removal.DeletedResponse:
    """Forget all that a task has reported, and free the files of its samples."""
    forgotten = context.store.events.clear(request.task, _unlocked(allow_locked=request.allow_locked))
    free_files(context, request.task, FileUrls(event_urls=forgotten.urls))
    return event_removal.DeletedResponse(deleted=forgotten.anything)


def delete_for_model(context: Context, request: event_removal.DeleteForModel) -> event_removal.DeletedResponse:
    """Forget all that a model has reported by itself."""

    def check(model: ModelRecord) -> None:
        if model.ready and not request.allow_locked:
            raise ApiError(ErrorCode.MODEL_IS_READY, f"model {model.id}")

    return event_removal.DeletedResponse(deleted=context.store.events.clear_model(request.model, check).anything)


def clear_task_log(context: Context, request: event_removal.ClearTaskLog) -> event_removal.ClearTaskLogResponse:
    """Delete console lines of a task."""
    now = to_milliseconds(context.clock())
    deleted = context.store.events.clear_log(
        request.task,
        _unlocked(allow_locked=request.allow_locked),
        before=None if request.threshold_sec is None else now - 1000 * request.threshold_sec,
        only=request.include_metrics,
        but=request.exclude_metrics,
    )
    return event_removal.ClearTaskLogResponse(deleted=deleted)


def clear_scroll(context: Context, request: event_removal.ClearScroll) -> Empty:
    """Nothing to do: the server keeps nothing between two pages."""
    return Empty()


def _unlocked(*, allow_locked: bool) -> Callable[[TaskRecord], None]:
    def check(task: TaskRecord) -> None:
        if task.status in LOCKED and not allow_locked:
            raise ApiError(ErrorCode.INVALID_TASK_STATUS, f"task {task.id} is {task.status}")

    return check
