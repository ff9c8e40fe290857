"""``models.*`` (protocol §2.5, §3.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from pellucid.wire.action import Action, Int64, Name, Request, Response
from pellucid.wire.many import Many, ManyResponse
from pellucid.wire.metadata import GivenMetadata, Metadata, MetadataItem
from pellucid.wire.query import OneOrMany, Query, Range
from pellucid.wire.tasks import LastMetrics

Labels = dict[str, Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]]
"""Names of classes to their numbers."""


class Model(Response, frozen=True):
    """A model: where its file is, and what is known of it. ``task`` made it, ``ready`` says that it is published."""

    id: str
    name: str
    uri: str
    user: str = ""
    company: str = ""
    project: str | None = None
    parent: str | None = None
    task: str | None = None
    created: datetime | None = None
    last_update: datetime | None = None
    last_change: datetime | None = None
    last_iteration: int = 0
    last_metrics: LastMetrics = {}
    comment: str = ""
    framework: str = ""
    ready: bool = False
    tags: list[str] = []
    system_tags: list[str] = []
    design: dict[str, Any] = {}
    labels: dict[str, Any] = {}
    metadata: Metadata = {}


class Content(Request, frozen=True):
    """What a request may say of a model; ``None`` leaves as is."""

    comment: str | None = None
    framework: str | None = None
    project: str | None = None
    parent: str | None = None
    task: str | None = None
    tags: list[str] | None = None
    system_tags: list[str] | None = None
    design: dict[str, Any] | None = None
    labels: Labels | None = None
    metadata: GivenMetadata | None = None


class Create(Content, frozen=True, kw_only=True):
    """Create a model.

    ``id`` is our own addition: our clients choose the id, so that a repeated request makes one model.
    """

    name: Name
    uri: str
    id: str | None = None
    ready: bool = True


class CreateResponse(Response, frozen=True):
    """The id of the new model."""

    id: str
    created: bool = True


class OfModel(Request, frozen=True):
    """Names a model."""

    model: str


class Edit(Content, frozen=True, kw_only=True):
    """Change a model. ``iteration`` raises that of the task that made it."""

    model: str
    name: Name | None = None
    uri: str | None = None
    ready: bool | None = None
    iteration: Int64 | None = None


class UpdatedResponse(Response, frozen=True):
    """How many changed, and the new values."""

    updated: int
    fields: dict[str, Any] = {}


class UpdateForTask(Request, frozen=True):
    """Set the output model of a task: another one by id, or the file of its own."""

    task: str
    uri: str | None = None
    override_model_id: str | None = None
    name: Name | None = None
    comment: str | None = None
    tags: list[str] | None = None
    iteration: Int64 | None = None


class GetByIdResponse(Response, frozen=True):
    """The model, whole."""

    model: Model


class GetByIdEx(Request, frozen=True):
    """Several models by their ids, with the names of what they refer to."""

    id: OneOrMany


class GetByTaskId(Request, frozen=True):
    """The last output model of a task."""

    task: str


class GetAll(Query, frozen=True):
    """Search models."""

    uri: OneOrMany | None = None
    framework: OneOrMany | None = None
    project: OneOrMany | None = None
    task: OneOrMany | None = None
    parent: OneOrMany | None = None
    user: OneOrMany | None = None
    comment: str | None = None
    created: Range | None = None
    last_update: Range | None = None
    last_change: Range | None = None
    ready: bool | None = None
    include_subprojects: bool = False


class GetAllResponse(Response, frozen=True, omit_defaults=True):
    """Models, projected as asked; ``scroll_id`` only for those who scroll."""

    models: list[dict[str, Any]]
    scroll_id: str | None = None


class GetFrameworks(Request, frozen=True):
    """The frameworks in use, of all projects or of some."""

    projects: list[str] | None = None


class GetFrameworksResponse(Response, frozen=True):
    """Their names."""

    frameworks: list[str]


class SetReady(OfModel, frozen=True):
    """Publish a model, and the task that made it unless told otherwise."""

    publish_task: bool = True
    force_publish_task: bool = False


class PublishedTask(Response, frozen=True):
    """The task that was published along with its model."""

    id: str
    data: UpdatedResponse


class SetReadyResponse(Response, frozen=True, omit_defaults=True):
    """Whether it changed."""

    updated: int
    published_task: PublishedTask | None = None


class PublishMany(Many, frozen=True):
    """As ``SetReady``, for several models."""

    publish_task: bool = True
    force_publish_task: bool = False


class Delete(OfModel, frozen=True):
    """Delete a model.

    ``delete_external_artifacts``: whether its file goes as well, if it is on this server's own file server, and in the
    folder of the task that made it. By default it stays, and the client is told where it is.
    """

    force: bool = False
    delete_external_artifacts: bool = False


class DeleteResponse(Response, frozen=True):
    """Where the file is, for the client to delete."""

    deleted: bool
    url: str | None


class DeleteMany(Many, frozen=True):
    """As ``Delete``, for several models."""

    force: bool = False
    delete_external_artifacts: bool = False


class Move(Request, frozen=True):
    """Put models into a project; one that is named is made if it is missing, and no project is the root."""

    ids: list[str]
    project: str | None = None
    project_name: str | None = None


class MoveResponse(Response, frozen=True):
    """Where they are now."""

    project_id: str | None


class MakePublic(Request, frozen=True):
    """Show models to other companies; there are none."""

    ids: list[str]


class CountResponse(Response, frozen=True):
    """How many changed."""

    updated: int


class AddOrUpdateMetadata(OfModel, frozen=True):
    """Set metadata by key; the others go if ``replace_metadata``."""

    metadata: list[MetadataItem]
    replace_metadata: bool = False


class DeleteMetadata(OfModel, frozen=True):
    """Remove metadata."""

    keys: list[str]


class UpdateTags(Request, frozen=True):
    """Add tags to several models and remove others."""

    ids: list[str]
    add_tags: list[str] | None = None
    remove_tags: list[str] | None = None


CREATE = Action("models.create", Create, CreateResponse)
EDIT = Action("models.edit", Edit, UpdatedResponse)
UPDATE = Action("models.update", Edit, UpdatedResponse)
UPDATE_FOR_TASK = Action("models.update_for_task", UpdateForTask, CreateResponse)
GET_BY_ID = Action("models.get_by_id", OfModel, GetByIdResponse)
GET_BY_ID_EX = Action("models.get_by_id_ex", GetByIdEx, GetAllResponse)
GET_BY_TASK_ID = Action("models.get_by_task_id", GetByTaskId, GetByIdResponse)
GET_ALL = Action("models.get_all", GetAll, GetAllResponse)
GET_ALL_EX = Action("models.get_all_ex", GetAll, GetAllResponse)
GET_FRAMEWORKS = Action("models.get_frameworks", GetFrameworks, GetFrameworksResponse)
SET_READY = Action("models.set_ready", SetReady, SetReadyResponse)
PUBLISH_MANY = Action("models.publish_many", PublishMany, ManyResponse)
ARCHIVE_MANY = Action("models.archive_many", Many, ManyResponse)
UNARCHIVE_MANY = Action("models.unarchive_many", Many, ManyResponse)
DELETE = Action("models.delete", Delete, DeleteResponse)
DELETE_MANY = Action("models.delete_many", DeleteMany, ManyResponse)
MOVE = Action("models.move", Move, MoveResponse)
MAKE_PUBLIC = Action("models.make_public", MakePublic, CountResponse)
MAKE_PRIVATE = Action("models.make_private", MakePublic, CountResponse)
ADD_OR_UPDATE_METADATA = Action("models.add_or_update_metadata", AddOrUpdateMetadata, CountResponse)
DELETE_METADATA = Action("models.delete_metadata", DeleteMetadata, CountResponse)
UPDATE_TAGS = Action("models.update_tags", UpdateTags, CountResponse)
