"""``events.*``: deleting what was reported (protocol §2.6)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from pellucid.wire.action import Action, Empty, Request, Response


class DeleteForTask(Request, frozen=True):
    """All that a task has reported; of a published task only with ``allow_locked``."""

    task: str
    allow_locked: bool = False


class DeleteForModel(Request, frozen=True):
    """All that was reported for a model."""

    model: str
    allow_locked: bool = False


class DeletedResponse(Response, frozen=True):
    """Whether there was anything."""

    deleted: bool


class ClearTaskLog(Request, frozen=True):
    """Console lines of a task: those that are older than ``threshold_sec`` seconds, and of some metrics only or of all
    but some. Of a published task only with ``allow_locked``."""

    task: str
    threshold_sec: Annotated[int, msgspec.Meta(ge=0, le=2**32)] | None = None
    allow_locked: bool = False
    include_metrics: list[str] = []
    exclude_metrics: list[str] = []


class ClearTaskLogResponse(Response, frozen=True):
    """How many lines were deleted."""

    deleted: int


class ClearScroll(Request, frozen=True):
    """Says that a scroll is not gone on with."""

    scroll_id: str


DELETE_FOR_TASK = Action("events.delete_for_task", DeleteForTask, DeletedResponse)
DELETE_FOR_MODEL = Action("events.delete_for_model", DeleteForModel, DeletedResponse)
CLEAR_TASK_LOG = Action("events.clear_task_log", ClearTaskLog, ClearTaskLogResponse)
CLEAR_SCROLL = Action("events.clear_scroll", ClearScroll, Empty)
