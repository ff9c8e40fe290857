"""``pipelines.*``: a pipeline's run is its controller's task, in a project of its own (protocol §2.9, §5.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from pellucid.server.context import Context
from pellucid.server.endpoints import AnyEndpoint, Endpoint, Policy
from pellucid.server.errors import ApiError
from pellucid.server.many import for_each
from pellucid.server.services.task_cloning import clone
from pellucid.server.services.task_deletion import delete
from pellucid.server.services.task_queueing import enqueue
from pellucid.store.records import TaskRecord
from pellucid.wire import pipelines, task_life, task_queueing, tasks
from pellucid.wire.codes import ErrorCode
from pellucid.wire.many import ManyResponse

_ARGUMENTS: Final = "Args"
"""The section of the pipeline's parameters."""


def endpoints() -> list[AnyEndpoint]:
    """The routes of this service."""
    return [
        Endpoint(pipelines.START_PIPELINE, Policy.USER, start_pipeline),
        Endpoint(pipelines.DELETE_RUNS, Policy.USER, delete_runs),
    ]


def start_pipeline(context: Context, request: pipelines.StartPipeline) -> pipelines.StartPipelineResponse:
    """Clone a run, set its parameters, and put it into a queue."""
    source = context.store.tasks.get(request.task)
    parameters = _with_arguments(source, request.args or [])
    run = clone(context, task_life.Clone(task=source.id, new_task_name=source.name, new_task_hyperparams=parameters)).id
    queued = enqueue(
        context,
        task_queueing.Enqueue(
            task=run,
            queue=request.queue,
            status_message="Starting pipeline",
            verify_watched_queue=request.verify_watched_queue,
        ),
    )
    return pipelines.StartPipelineResponse(
        pipeline=run, enqueued=bool(queued.queued), queue_watched=queued.queue_watched
    )


def delete_runs(context: Context, request: pipelines.DeleteRuns) -> ManyResponse:
    """Delete runs that are in the pipeline's project, whatever became of them."""

    def act(task: str) -> dict[str, Any]:
        if context.store.tasks.get(task).project != request.project:
            raise ApiError(ErrorCode.INVALID_TASK_ID, f"task {task} is no run of project {request.project}")
        return dict(msgspec.to_builtins(delete(context, task_life.Delete(task=task, force=True))))

    context.store.projects.get(request.project)
    return for_each(request.ids, act)


def _with_arguments(source: TaskRecord, given: Sequence[pipelines.Argument]) -> tasks.Hyperparams:
    """The parameters of a run with some values set; what they are, the run knows."""
    known = source.hyperparams.get(_ARGUMENTS, {})
    named = {argument.name.strip(): argument.value for argument in given}
    changed = {
        name: {**known.get(name, {"section": _ARGUMENTS, "name": name}), "value": "" if value is None else str(value)}
        for name, value in named.items()
    }
    return msgspec.convert({**source.hyperparams, _ARGUMENTS: {**known, **changed}}, tasks.Hyperparams)
