"""``events.*``: what a run reports, and how it is read back (protocol §2.6)."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from pellucid.wire.action import Action, Empty, Int64, Request, Response

Order: TypeAlias = Literal["asc", "desc"]
"""How a page is sorted."""


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of any type. ``timestamp`` is in milliseconds; ``values`` is the vector of a vector event; a model's
    event carries the model's id in ``task`` and ``model_event``."""

    type: str
    task: str
    timestamp: int | None = None
    iter: int | None = None
    metric: str | None = None
    variant: str | None = None
    worker: str | None = None
    value: float | None = None
    values: list[float] | None = None
    x_axis_label: str | None = None
    plot_str: str | None = None
    key: str | None = None
    url: str | None = None
    level: str | None = None
    msg: str | None = None
    model_event: bool | None = None
    allow_locked: bool | None = None


class AddBatch(Request, frozen=True):
    """The body of ``events.add_batch`` is one event a line, so this type has no JSON form of its own.

    ``malformed`` counts the lines that are objects but no events, by what is wrong with them.
    """

    events: list[Event]
    malformed: dict[str, int] = {}


class AddResponse(Response, frozen=True):
    """How many events were stored, how many were refused and why."""

    added: int
    errors: int
    errors_info: dict[str, int] = {}


class Add(Event, Request, frozen=True):
    """One event."""


class GetTaskLog(Request, frozen=True):
    """A page of the console: the newest lines going back from ``from_timestamp``, or forward from it.

    ``metrics`` are the only ones whose lines are wanted; lines seldom have one.
    """

    task: str
    batch_size: int | None = None
    navigate_earlier: bool = True
    from_timestamp: Int64 | None = None
    order: Order | None = None
    metrics: list[str] = []


class EventsPage(Response, frozen=True):
    """Stored events; ``total`` counts all that match."""

    events: list[dict[str, Any]]
    returned: int
    total: int
    scroll_id: str | None = None


class DownloadTaskLog(Request, frozen=True):
    """The whole console of a task as a file: a JSON object on each line or, with ``text``, ``line_format`` with
    ``{asctime}``, ``{worker}``, ``{level}`` and ``{msg}`` filled in."""

    task: str
    line_type: Literal["json", "text"] = "json"
    line_format: str = "{asctime} {worker} {level} {msg}"


class SearchTaskLog(Request, frozen=True):
    """The lines of a task's whole console that contain a text, in upper or lower case."""

    task: str
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class SearchTaskLogResponse(Response, frozen=True):
    """How many lines there are, and the moments of the first of them in milliseconds, each moment once."""

    total: int
    timestamps: list[int]


class GetTaskEvents(Request, frozen=True):
    """All events of a task, page by page: repeat with the ``scroll_id`` of the answer."""

    task: str
    event_type: str | None = None
    batch_size: int | None = None
    order: Order | None = None
    scroll_id: str | None = None
    model_events: bool | None = None


ADD = Action("events.add", Add, AddResponse)
ADD_BATCH = Action("events.add_batch", AddBatch, AddResponse)
GET_TASK_LOG = Action("events.get_task_log", GetTaskLog, EventsPage)
GET_TASK_EVENTS = Action("events.get_task_events", GetTaskEvents, EventsPage)
SEARCH_TASK_LOG = Action("events.search_task_log", SearchTaskLog, SearchTaskLogResponse)
DOWNLOAD_TASK_LOG = Action("events.download_task_log", DownloadTaskLog, Empty)
