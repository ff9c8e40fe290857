"""``tasks.*``: changing parts of the document (protocol §2.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pellucid.wire.action import Action, Empty, Int64, Request, Response
from pellucid.wire.tasks import ConfigurationItem, Create, DeletedResponse, Document, UpdatedResponse


class Update(Request, frozen=True):
    """Change what people use to find a task, in any status; ``None`` leaves as is."""

    task: str
    name: str | None = None
    tags: list[str] | None = None
    system_tags: list[str] | None = None
    comment: str | None = None
    project: str | None = None
    created: datetime | None = None
    output__error: str | None = None
    status_message: str | None = None


class UpdateBatch(Request, frozen=True):
    """``Update`` for several tasks, one on each line of the message (protocol §1.9)."""

    updates: list[Update]


class UpdatedCount(Response, frozen=True):
    """How many were changed."""

    updated: int


class EditRuntime(Request, frozen=True):
    """Set keys of ``runtime``, and remove others."""

    task: str
    add_or_update: Document | None = None
    remove: list[str] | None = None


class Move(Request, frozen=True):
    """Put tasks into a project: by id, or by name, which is made if it is missing. Neither means into none."""

    ids: list[str]
    project: str | None = None
    project_name: str | None = None


class MoveResponse(Response, frozen=True):
    """The project."""

    project_id: str | None


class UpdateTags(Request, frozen=True):
    """Add tags to tasks, and remove others."""

    ids: list[str]
    add_tags: list[str] | None = None
    remove_tags: list[str] | None = None


class MakePublic(Request, frozen=True):
    """Tasks to be seen by everybody; on this server they are."""

    ids: list[str] | None = None


class DeletedArtifact(Request, frozen=True):
    """Names an artifact."""

    key: str
    mode: str = "output"


class DeleteArtifacts(Request, frozen=True):
    """Remove artifacts from the document; their files stay."""

    task: str
    artifacts: list[DeletedArtifact]
    force: bool = False


class AddOrUpdateModel(Request, frozen=True):
    """Name a model among a task's inputs or outputs; ``iteration`` raises the task's last one."""

    task: str
    name: str
    model: str
    type: Literal["input", "output"]
    iteration: Int64 | None = None


class TaskModel(Request, frozen=True):
    """Names a model of a task."""

    name: str
    type: Literal["input", "output"]


class DeleteModels(Request, frozen=True):
    """Remove models from the document; the models themselves stay."""

    task: str
    models: list[TaskModel]


class GetConfigurations(Request, frozen=True):
    """The configuration objects of several tasks, of all names or some."""

    tasks: list[str]
    names: list[str] | None = None


class TaskConfigurations(Response, frozen=True):
    """The configuration objects of one task."""

    task: str
    configuration: list[ConfigurationItem]


class GetConfigurationsResponse(Response, frozen=True):
    """By task."""

    configurations: list[TaskConfigurations]


class GetConfigurationNames(Request, frozen=True):
    """The names of the configuration objects of several tasks; ``skip_empty`` leaves out those without content."""

    tasks: list[str]
    skip_empty: bool = True


class TaskConfigurationNames(Response, frozen=True):
    """Those of one task."""

    task: str
    names: list[str]


class GetConfigurationNamesResponse(Response, frozen=True):
    """By task."""

    configurations: list[TaskConfigurationNames]


class EditConfiguration(Request, frozen=True):
    """Set configuration objects; the others go with ``replace_configuration``."""

    task: str
    configuration: list[ConfigurationItem]
    replace_configuration: bool = False
    force: bool = False


class DeleteConfiguration(Request, frozen=True):
    """Remove configuration objects by name."""

    task: str
    configuration: list[str]
    force: bool = False


VALIDATE = Action("tasks.validate", Create, Empty)
UPDATE = Action("tasks.update", Update, UpdatedResponse)
UPDATE_BATCH = Action("tasks.update_batch", UpdateBatch, UpdatedCount)
EDIT_RUNTIME = Action("tasks.edit_runtime", EditRuntime, UpdatedCount)
MOVE = Action("tasks.move", Move, MoveResponse)
UPDATE_TAGS = Action("tasks.update_tags", UpdateTags, UpdatedCount)
MAKE_PUBLIC = Action("tasks.make_public", MakePublic, UpdatedCount)
MAKE_PRIVATE = Action("tasks.make_private", MakePublic, UpdatedCount)
DELETE_ARTIFACTS = Action("tasks.delete_artifacts", DeleteArtifacts, DeletedResponse)
ADD_OR_UPDATE_MODEL = Action("tasks.add_or_update_model", AddOrUpdateModel, UpdatedCount)
DELETE_MODELS = Action("tasks.delete_models", DeleteModels, UpdatedCount)
GET_CONFIGURATIONS = Action("tasks.get_configurations", GetConfigurations, GetConfigurationsResponse)
GET_CONFIGURATION_NAMES = Action("tasks.get_configuration_names", GetConfigurationNames, GetConfigurationNamesResponse)
EDIT_CONFIGURATION = Action("tasks.edit_configuration", EditConfiguration, UpdatedCount)
DELETE_CONFIGURATION = Action("tasks.delete_configuration", DeleteConfiguration, DeletedResponse)
