"""``pipelines.*``: running pipelines again, and deleting their runs (protocol §2.9, §5.5)."""

from __future__ import annotations

from pellucid.wire.action import Action, Request, Response
from pellucid.wire.many import Many, ManyResponse


class Argument(Request, frozen=True):
    """A value for one of the pipeline's parameters."""

    name: str
    value: str | int | float | bool | None = None


class StartPipeline(Request, frozen=True):
    """Run a pipeline like an earlier run of it, in the default queue if none is named."""

    task: str
    queue: str | None = None
    args: list[Argument] | None = None
    verify_watched_queue: bool = False


class StartPipelineResponse(Response, frozen=True, omit_defaults=True):
    """The new run, which waits in the queue."""

    pipeline: str
    enqueued: bool
    queue_watched: bool | None = None


class DeleteRuns(Many, frozen=True, kw_only=True):
    """Delete runs of the pipeline that a project is."""

    project: str


START_PIPELINE = Action("pipelines.start_pipeline", StartPipeline, StartPipelineResponse)
DELETE_RUNS = Action("pipelines.delete_runs", DeleteRuns, ManyResponse)
