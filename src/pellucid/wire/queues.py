"""``queues.*`` (protocol §2.7, §3.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from pellucid.wire.action import Action, Name, Request, Response
from pellucid.wire.metadata import GivenMetadata, Metadata, MetadataItem
from pellucid.wire.query import Query

Count = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
"""How many places, or how many rows."""

RETRIES_KEY: Final = "retries"
"""In a queue's metadata: how often a task of the queue is run again if its worker is lost."""


class Entry(Response, frozen=True):
    """A task that waits, and since when."""

    task: str
    added: datetime


class Queue(Response, frozen=True):
    """A queue with what waits in it, head first."""

    id: str
    name: str
    display_name: str = ""
    company: str = ""
    created: datetime | None = None
    last_update: datetime | None = None
    tags: list[str] = []
    system_tags: list[str] = []
    entries: list[Entry] = []
    metadata: Metadata = {}


class Create(Request, frozen=True):
    """Create a queue; its name is unique."""

    name: Name
    display_name: str | None = None
    tags: list[str] | None = None
    system_tags: list[str] | None = None
    metadata: GivenMetadata | None = None


class CreateResponse(Response, frozen=True):
    """The id of the new queue."""

    id: str


class OfQueue(Request, frozen=True):
    """Names a queue by its id."""

    queue: str


class GetById(OfQueue, frozen=True):
    """One queue, with so many entries at most."""

    max_task_entries: Count | None = None


class GetByIdResponse(Response, frozen=True):
    """The queue."""

    queue: Queue


class GetByName(Request, frozen=True):
    """One queue by its exact name; our own addition."""

    name: str


class GetAll(Query, frozen=True):
    """Search queues."""

    max_task_entries: Count | None = None


class GetAllResponse(Response, frozen=True, omit_defaults=True):
    """Queues, projected as asked; ``scroll_id`` only for those who scroll."""

    queues: list[dict[str, Any]]
    scroll_id: str | None = None


class GetDefault(Request, frozen=True):
    """The queue with the system tag ``default``."""


class GetDefaultResponse(Response, frozen=True):
    """Its id and name."""

    id: str
    name: str


class Update(OfQueue, frozen=True):
    """Change a queue; ``None`` leaves as is."""

    name: Name | None = None
    display_name: str | None = None
    tags: list[str] | None = None
    system_tags: list[str] | None = None
    metadata: GivenMetadata | None = None


class UpdatedResponse(Response, frozen=True):
    """How many changed, and the new values."""

    updated: int
    fields: dict[str, Any] = {}


class Delete(OfQueue, frozen=True):
    """Delete a queue; with ``force`` also one in which tasks wait, which become what they were before."""

    force: bool = False


class DeletedResponse(Response, frozen=True):
    """How many were deleted."""

    deleted: int


class QueueAndTask(OfQueue, frozen=True):
    """Names a task in a queue."""

    task: str


class AddTask(QueueAndTask, frozen=True):
    """Put a task at the end of a queue."""

    update_execution_queue: bool = True


class AddedResponse(Response, frozen=True):
    """How many were added."""

    added: int


class RemoveTask(QueueAndTask, frozen=True):
    """Take a task out of a queue, and give it back the status that it had before if asked."""

    update_task_status: bool = False


class RemovedResponse(Response, frozen=True):
    """How many were removed."""

    removed: int


class GetNextTask(OfQueue, frozen=True):
    """Take the first task."""

    get_task_info: bool = False


class TaskInfo(Response, frozen=True):
    """Whose task it is."""

    company: str
    user: str


class GetNextTaskResponse(Response, frozen=True, omit_defaults=True):
    """What was taken; ``{}`` from an empty queue."""

    entry: Entry | None = None
    task_info: TaskInfo | None = None


class GetNumEntriesResponse(Response, frozen=True):
    """How many tasks wait."""

    num: int


class PeekTaskResponse(Response, frozen=True):
    """The id of the first task, or ``None``."""

    task: str | None


class MoveTask(QueueAndTask, frozen=True):
    """Move a task by so many places."""

    count: Count = 1


class MovedResponse(Response, frozen=True):
    """The new index, from zero."""

    position: int


class ClearResponse(Response, frozen=True):
    """The tasks that waited."""

    removed_tasks: list[str]


class AddOrUpdateMetadata(OfQueue, frozen=True):
    """Set metadata by key; the others go if ``replace_metadata``."""

    metadata: list[MetadataItem]
    replace_metadata: bool = False


class DeleteMetadata(OfQueue, frozen=True):
    """Remove metadata."""

    keys: list[str]


class MetadataUpdatedResponse(Response, frozen=True):
    """How many queues changed."""

    updated: int


class GetQueueMetrics(Request, frozen=True):
    """Waiting times and lengths between two times, in seconds since the epoch, at intervals in seconds."""

    from_date: float
    to_date: float
    interval: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    queue_ids: list[str] | None = None
    refresh: bool = False


class QueueMetrics(Response, frozen=True):
    """One queue's history.

    ``dates`` are the beginnings of the intervals in seconds since the epoch; ``avg_waiting_times`` says how many
    seconds those had waited that were taken out, ``queue_lengths`` how many tasks waited at most.
    """

    queue: str
    dates: list[int]
    avg_waiting_times: list[float]
    queue_lengths: list[int]


class GetQueueMetricsResponse(Response, frozen=True):
    """The history of each queue that was asked for."""

    queues: list[QueueMetrics]


CREATE = Action("queues.create", Create, CreateResponse)
GET_BY_ID = Action("queues.get_by_id", GetById, GetByIdResponse)
GET_BY_NAME = Action("queues.get_by_name", GetByName, GetByIdResponse)
GET_ALL = Action("queues.get_all", GetAll, GetAllResponse)
GET_ALL_EX = Action("queues.get_all_ex", GetAll, GetAllResponse)
GET_DEFAULT = Action("queues.get_default", GetDefault, GetDefaultResponse)
UPDATE = Action("queues.update", Update, UpdatedResponse)
DELETE = Action("queues.delete", Delete, DeletedResponse)
ADD_TASK = Action("queues.add_task", AddTask, AddedResponse)
REMOVE_TASK = Action("queues.remove_task", RemoveTask, RemovedResponse)
GET_NEXT_TASK = Action("queues.get_next_task", GetNextTask, GetNextTaskResponse)
GET_NUM_ENTRIES = Action("queues.get_num_entries", OfQueue, GetNumEntriesResponse)
PEEK_TASK = Action("queues.peek_task", OfQueue, PeekTaskResponse)
MOVE_TASK_TO_FRONT = Action("queues.move_task_to_front", QueueAndTask, MovedResponse)
MOVE_TASK_TO_BACK = Action("queues.move_task_to_back", QueueAndTask, MovedResponse)
MOVE_TASK_FORWARD = Action("queues.move_task_forward", MoveTask, MovedResponse)
MOVE_TASK_BACKWARD = Action("queues.move_task_backward", MoveTask, MovedResponse)
CLEAR_QUEUE = Action("queues.clear_queue", OfQueue, ClearResponse)
ADD_OR_UPDATE_METADATA = Action("queues.add_or_update_metadata", AddOrUpdateMetadata, MetadataUpdatedResponse)
DELETE_METADATA = Action("queues.delete_metadata", DeleteMetadata, MetadataUpdatedResponse)
GET_QUEUE_METRICS = Action("queues.get_queue_metrics", GetQueueMetrics, GetQueueMetricsResponse)
