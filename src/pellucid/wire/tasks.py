"""``tasks.*``: the task document, creating, reading, editing and its life cycle (protocol §2.2, §2.3, §3.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from pellucid.wire.action import Action, Empty, Name, Request, Response
from pellucid.wire.enums import TaskStatus
from pellucid.wire.query import OneOrMany, Query, Range


class Parameter(Response, frozen=True):
    """One hyperparameter; the value is always text, ``type`` says how to read it (protocol §3.3)."""

    section: str
    name: str
    value: str | None = ""
    type: str | None = None
    description: str | None = None


class ConfigurationItem(Response, frozen=True):
    """One configuration object: a blob of text that the server does not look into."""

    name: str
    value: str | None = ""
    type: str | None = None
    description: str | None = None


class ArtifactTypeData(Response, frozen=True, omit_defaults=True):
    """What can be shown of an artifact without fetching it."""

    preview: str | None = None
    content_type: str | None = None
    data_hash: str | None = None


class Artifact(Response, frozen=True):
    """An output file of a task.

    ``hash`` is the SHA-256 of the file, ``timestamp`` is in seconds, ``display_data`` holds the user's
    metadata as pairs.
    """

    key: str
    type: str
    mode: str = "output"
    uri: str | None = None
    hash: str | None = None
    content_size: int | None = None
    timestamp: int | None = None
    type_data: ArtifactTypeData | None = None
    display_data: list[list[str]] | None = None


class LastMetric(Response, frozen=True, omit_defaults=True):
    """Summary of one series: last, least, greatest and first value, with their iterations.

    A value that is no finite number is ``None``; ``not_finite`` says by the field's name which one it is, as in
    ``wire.scalars``.
    """

    metric: str
    variant: str
    value: float | None = None
    min_value: float | None = None
    min_value_iteration: int | None = None
    max_value: float | None = None
    max_value_iteration: int | None = None
    first_value: float | None = None
    first_value_iteration: int | None = None
    count: int = 0
    mean_value: float | None = None
    not_finite: dict[str, str] | None = None


Hyperparams: TypeAlias = dict[str, dict[str, Parameter]]
Configuration: TypeAlias = dict[str, ConfigurationItem]
LastMetrics: TypeAlias = dict[str, dict[str, LastMetric]]
Document: TypeAlias = dict[str, Any]
"""A section that is stored as it comes, such as ``script`` or ``runtime``."""


class Task(Response, frozen=True):
    """The whole task document (protocol §3.1)."""

    id: str
    name: str
    type: str
    status: TaskStatus
    project: str | None = None
    parent: str | None = None
    user: str = ""
    company: str = ""
    comment: str = ""
    status_reason: str = ""
    status_message: str = ""
    status_changed: datetime | None = None
    created: datetime | None = None
    started: datetime | None = None
    completed: datetime | None = None
    published: datetime | None = None
    last_update: datetime | None = None
    last_change: datetime | None = None
    last_worker: str | None = None
    last_worker_report: datetime | None = None
    active_duration: int | None = None
    last_iteration: int = 0
    last_metrics: LastMetrics = {}
    tags: list[str] = []
    system_tags: list[str] = []
    script: Document = {}
    execution: Document = {}
    output: Document = {}
    models: Document = {}
    container: Document = {}
    runtime: Document = {}
    hyperparams: Hyperparams = {}
    configuration: Configuration = {}


class Create(Request, frozen=True):
    """Create a task in status ``created``.

    ``id`` is our own addition: our clients choose the id, so that a run has one while the server is away, and a
    repeated request makes one task. Servers that do not know the key ignore it and answer with an id of theirs.
    """

    name: Name
    type: str
    id: str | None = None
    project: str | None = None
    parent: Name | None = None
    comment: str | None = None
    tags: list[str] | None = None
    system_tags: list[str] | None = None
    output_dest: str | None = None
    script: Document | None = None
    execution: Document | None = None
    hyperparams: Hyperparams | None = None
    configuration: Configuration | None = None
    models: Document | None = None
    container: Document | None = None


class CreateResponse(Response, frozen=True):
    """The id of the new task."""

    id: str


class GetById(Request, frozen=True):
    """One task, whole."""

    task: str


class GetByIdResponse(Response, frozen=True):
    """The task document."""

    task: Task


class GetAll(Query, frozen=True):
    """Search tasks. ``include_subprojects`` finds those in descendants of the projects as well."""

    type: OneOrMany | None = None
    status: OneOrMany | None = None
    project: OneOrMany | None = None
    parent: OneOrMany | None = None
    user: OneOrMany | None = None
    comment: str | None = None
    report: str | None = None
    created: Range | None = None
    started: Range | None = None
    completed: Range | None = None
    published: Range | None = None
    status_changed: Range | None = None
    last_update: Range | None = None
    last_change: Range | None = None
    active_duration: Range | None = None
    last_iteration: Range | None = None
    include_subprojects: bool = False


class GetAllResponse(Response, frozen=True, omit_defaults=True):
    """Tasks, projected as asked; ``scroll_id`` only for those who scroll."""

    tasks: list[Document]
    scroll_id: str | None = None


class Edit(Request, frozen=True):
    """Change sections of a task; ``None`` leaves as is (protocol §2.2).

    ``script``, ``execution``, ``output`` and ``models`` are merged one level deep, the others are replaced.
    """

    task: str
    force: bool = False
    name: Name | None = None
    type: str | None = None
    comment: str | None = None
    parent: Name | None = None
    project: str | None = None
    output_dest: str | None = None
    tags: list[str] | None = None
    system_tags: list[str] | None = None
    script: Document | None = None
    execution: Document | None = None
    hyperparams: Hyperparams | None = None
    configuration: Configuration | None = None
    models: Document | None = None
    container: Document | None = None
    runtime: Document | None = None


class UpdatedResponse(Response, frozen=True):
    """How many tasks changed, and the new values."""

    updated: int
    fields: Document = {}


class SetRequirements(Request, frozen=True):
    """Replace ``script.requirements``."""

    task: str
    requirements: Document


class GetHyperParams(Request, frozen=True):
    """The parameters of several tasks, as lists."""

    tasks: list[str]


class TaskParameters(Response, frozen=True):
    """The parameters of one task."""

    task: str
    hyperparams: list[Parameter]


class GetHyperParamsResponse(Response, frozen=True):
    """The parameters of the tasks asked for."""

    params: list[TaskParameters]


class EditHyperParams(Request, frozen=True):
    """Set parameters; ``replace_hyperparams`` is ``none`` (the others stay), ``section`` or ``all``."""

    task: str
    hyperparams: list[Parameter]
    replace_hyperparams: str = "none"
    force: bool = False


class ParameterKey(Response, frozen=True):
    """Names a parameter, or with no name a whole section."""

    section: str
    name: str | None = None


class DeleteHyperParams(Request, frozen=True):
    """Remove parameters or sections."""

    task: str
    hyperparams: list[ParameterKey]
    force: bool = False


class DeletedResponse(Response, frozen=True):
    """How many were removed."""

    deleted: int


class AddOrUpdateArtifacts(Request, frozen=True):
    """Set artifacts by (key, mode); the others stay."""

    task: str
    artifacts: list[Artifact]
    force: bool = False


class ArtifactsUpdatedResponse(Response, frozen=True):
    """Truthy when the artifacts are stored, even if nothing changed (protocol §2.2)."""

    updated: int


class ChangeStatus(Request, frozen=True):
    """Move a task to another status; reason and message are set to what is given, or to ``""``."""

    task: str
    force: bool = False
    status_reason: str | None = None
    status_message: str | None = None


class Completed(ChangeStatus, frozen=True):
    """As ``ChangeStatus``; may publish at once."""

    publish: bool | None = None


class StartedResponse(UpdatedResponse, frozen=True, kw_only=True):
    """``started`` is 1."""

    started: int = 1


class CompletedResponse(UpdatedResponse, frozen=True, kw_only=True):
    """``published`` is 1 if the task is published now."""

    published: int = 0


class Reset(ChangeStatus, frozen=True):
    """Back to ``created``, with outputs cleared (protocol §2.3).

    Attributes:
        clear_all: whether script and execution are cleared as well.
        delete_output_models: whether unpublished models go that the task has made and that no other task uses.
        return_file_urls: whether to say where files lie, for a caller that deletes them itself.
        delete_external_artifacts: whether files of the task on this server's own file server go as well.
    """

    clear_all: bool = False
    delete_output_models: bool = True
    return_file_urls: bool = False
    delete_external_artifacts: bool = True


class FileUrls(Response, frozen=True):
    """Where files lie."""

    model_urls: list[str] = []
    event_urls: list[str] = []
    artifact_urls: list[str] = []


class ResetResponse(UpdatedResponse, frozen=True, kw_only=True, omit_defaults=True):
    """What went; ``urls`` only if asked for."""

    dequeued: Document = {}
    deleted_models: int = 0
    urls: FileUrls | None = None


class Ping(Request, frozen=True):
    """The task is alive."""

    task: str


CREATE = Action("tasks.create", Create, CreateResponse)
GET_BY_ID = Action("tasks.get_by_id", GetById, GetByIdResponse)
GET_ALL = Action("tasks.get_all", GetAll, GetAllResponse)
EDIT = Action("tasks.edit", Edit, UpdatedResponse)
SET_REQUIREMENTS = Action("tasks.set_requirements", SetRequirements, UpdatedResponse)
GET_HYPER_PARAMS = Action("tasks.get_hyper_params", GetHyperParams, GetHyperParamsResponse)
EDIT_HYPER_PARAMS = Action("tasks.edit_hyper_params", EditHyperParams, UpdatedResponse)
DELETE_HYPER_PARAMS = Action("tasks.delete_hyper_params", DeleteHyperParams, DeletedResponse)
ADD_OR_UPDATE_ARTIFACTS = Action("tasks.add_or_update_artifacts", AddOrUpdateArtifacts, ArtifactsUpdatedResponse)
STARTED = Action("tasks.started", ChangeStatus, StartedResponse)
STOPPED = Action("tasks.stopped", ChangeStatus, UpdatedResponse)
COMPLETED = Action("tasks.completed", Completed, CompletedResponse)
FAILED = Action("tasks.failed", ChangeStatus, UpdatedResponse)
RESET = Action("tasks.reset", Reset, ResetResponse)
PING = Action("tasks.ping", Ping, Empty)
