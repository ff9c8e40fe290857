"""``tasks.*``: stopping, publishing, deleting, archiving, cloning (protocol §2.3)."""

from __future__ import annotations

from pellucid.wire.action import Action, Name, Request, Response
from pellucid.wire.many import Many, ManyResponse
from pellucid.wire.tasks import (
    ChangeStatus,
    Configuration,
    Document,
    FileUrls,
    Hyperparams,
    UpdatedResponse,
)


class Publish(ChangeStatus, frozen=True):
    """Publish a task, and its last output model unless told otherwise."""

    publish_model: bool = True


class Delete(Request, frozen=True):
    """Delete a task. Without ``force``, a draft or an archived one only. The rest is as for ``Reset``."""

    task: str
    force: bool = False
    move_to_trash: bool = False
    delete_output_models: bool = True
    return_file_urls: bool = False
    delete_external_artifacts: bool = True


class DeleteResponse(Response, frozen=True, omit_defaults=True):
    """What went, and what says now that the task is gone; ``urls`` only if asked for."""

    deleted: bool
    updated_children: int
    updated_models: int
    deleted_models: int
    urls: FileUrls | None = None


class Archive(Request, frozen=True):
    """Put tasks away, or bring them back."""

    tasks: list[str]
    status_reason: str | None = None
    status_message: str | None = None


class ArchiveResponse(Response, frozen=True):
    """How many tasks were put away."""

    archived: int


class UnarchiveResponse(Response, frozen=True):
    """How many tasks were brought back."""

    unarchived: int


class StatusMany(Many, frozen=True):
    """As ``ChangeStatus``, for several tasks."""

    force: bool = False
    status_reason: str | None = None
    status_message: str | None = None


class PublishMany(StatusMany, frozen=True):
    """As ``Publish``, for several tasks."""

    publish_model: bool = True


class ResetMany(StatusMany, frozen=True):
    """As ``Reset``, for several tasks."""

    clear_all: bool = False
    delete_output_models: bool = True
    return_file_urls: bool = False
    delete_external_artifacts: bool = True


class DeleteMany(Many, frozen=True):
    """As ``Delete``, for several tasks."""

    force: bool = False
    move_to_trash: bool = False
    delete_output_models: bool = True
    return_file_urls: bool = False
    delete_external_artifacts: bool = True


class Clone(Request, frozen=True):
    """Make a draft like a task; ``None`` takes over what the task has (protocol §2.3)."""

    task: str
    new_task_name: Name | None = None
    new_task_comment: str | None = None
    new_task_tags: list[str] | None = None
    new_task_system_tags: list[str] | None = None
    new_task_parent: str | None = None
    new_task_project: str | None = None
    new_task_hyperparams: Hyperparams | None = None
    new_task_configuration: Configuration | None = None
    new_task_container: Document | None = None
    new_task_input_models: list[Document] | None = None
    execution_overrides: Document | None = None
    new_project_name: Name | None = None
    validate_references: bool = False


class ProjectReference(Response, frozen=True):
    """A project by id and name."""

    id: str
    name: str


class CloneResponse(Response, frozen=True, omit_defaults=True):
    """The id of the draft, and the project if it was made for it."""

    id: str
    new_project: ProjectReference | None = None


CLOSE = Action("tasks.close", ChangeStatus, UpdatedResponse)
STOP = Action("tasks.stop", ChangeStatus, UpdatedResponse)
STOP_MANY = Action("tasks.stop_many", StatusMany, ManyResponse)
PUBLISH = Action("tasks.publish", Publish, UpdatedResponse)
PUBLISH_MANY = Action("tasks.publish_many", PublishMany, ManyResponse)
RESET_MANY = Action("tasks.reset_many", ResetMany, ManyResponse)
DELETE = Action("tasks.delete", Delete, DeleteResponse)
DELETE_MANY = Action("tasks.delete_many", DeleteMany, ManyResponse)
ARCHIVE = Action("tasks.archive", Archive, ArchiveResponse)
ARCHIVE_MANY = Action("tasks.archive_many", StatusMany, ManyResponse)
UNARCHIVE = Action("tasks.unarchive", Archive, UnarchiveResponse)
UNARCHIVE_MANY = Action("tasks.unarchive_many", StatusMany, ManyResponse)
CLONE = Action("tasks.clone", Clone, CloneResponse)
