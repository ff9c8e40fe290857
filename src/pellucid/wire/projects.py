"""``projects.*`` (protocol §2.4, §3.5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pellucid.wire.action import Action, Name, Request, Response
from pellucid.wire.query import OneOrMany, Query, Range
from pellucid.wire.tasks import FileUrls


class Project(Response, frozen=True):
    """A folder of tasks: ``name`` is the full path ``a/b/c``, ``basename`` its last part, ``path`` its ancestors."""

    id: str
    name: str
    basename: str
    parent: str | None = None
    path: list[str] = []
    description: str = ""
    created: datetime | None = None
    last_update: datetime | None = None
    tags: list[str] = []
    system_tags: list[str] = []
    default_output_destination: str | None = None
    user: str = ""
    company: str = ""


class Create(Request, frozen=True):
    """Create a project and its missing ancestors."""

    name: Name
    description: str | None = None
    tags: list[str] | None = None
    system_tags: list[str] | None = None
    default_output_destination: str | None = None


class CreateResponse(Response, frozen=True):
    """The id of the leaf."""

    id: str


class GetById(Request, frozen=True):
    """One project."""

    project: str


class GetByIdResponse(Response, frozen=True):
    """The project, whole."""

    project: Project


class GetAll(Query, frozen=True):
    """Search.

    Attributes:
        name: matches the full path.
        parent: projects anywhere below, or with ``shallow_search`` right below.
        shallow_search: not anywhere below; the topmost ones if there is no ``parent``.
    """

    parent: OneOrMany | None = None
    path: OneOrMany | None = None
    basename: str | None = None
    description: str | None = None
    created: Range | None = None
    last_update: Range | None = None
    user: OneOrMany | None = None
    shallow_search: bool | None = None


class GetAllEx(GetAll, frozen=True):
    """As ``GetAll``, with more about each project.

    Attributes:
        include_stats: whether to count tasks.
        stats_with_children: whether those of descendants are counted as well.
        stats_for_state: ``active`` or ``archived`` to count these only.
        check_own_contents: whether to say how many tasks and models are right in the project.
        active_users: projects that have tasks of these users.
        children_type: projects that have a ``pipeline``, ``report`` or ``dataset``.
    """

    include_stats: bool = False
    stats_with_children: bool = True
    stats_for_state: str | None = None
    check_own_contents: bool = False
    active_users: list[str] | None = None
    children_type: str | None = None


class GetAllResponse(Response, frozen=True, omit_defaults=True):
    """Projects, projected as asked; ``scroll_id`` only for those who scroll."""

    projects: list[dict[str, Any]]
    scroll_id: str | None = None


class Update(Request, frozen=True):
    """Change a project; ``None`` leaves as is. A new name changes those of the descendants, too."""

    project: str
    name: Name | None = None
    description: str | None = None
    tags: list[str] | None = None
    system_tags: list[str] | None = None
    default_output_destination: str | None = None


class UpdatedResponse(Response, frozen=True):
    """How many projects changed, and the new values."""

    updated: int
    fields: dict[str, Any] = {}


class Delete(Request, frozen=True):
    """Delete a project with its descendants. Without ``force``, only if nothing but archived tasks is in them.

    ``delete_contents`` deletes tasks and models as well; else they are in no project then.
    """

    project: str
    force: bool = False
    delete_contents: bool = False
    delete_external_artifacts: bool = True


class DeleteResponse(Response, frozen=True):
    """How many projects, tasks and models were deleted, and how many tasks are in no project now."""

    deleted: int
    disassociated_tasks: int
    deleted_tasks: int
    deleted_models: int
    urls: FileUrls


class ValidateDeleteResponse(Response, frozen=True):
    """What is in a project and its descendants, and how much of it is not archived."""

    tasks: int
    non_archived_tasks: int
    models: int
    non_archived_models: int
    datasets: int
    pipelines: int
    reports: int


class Move(Request, frozen=True):
    """Put a project below another one, by the other's full name; ``""`` puts it at the top."""

    project: str
    new_location: str | None = None


class MoveResponse(Response, frozen=True):
    """How many projects moved: it and its descendants."""

    moved: int


class Merge(Request, frozen=True):
    """Put what is in a project into another one, and remove it."""

    project: str
    destination_project: str


class MergeResponse(Response, frozen=True):
    """How many tasks and models moved, and how many projects."""

    moved_entities: int
    moved_projects: int


class MakePublic(Request, frozen=True):
    """Projects to be seen by everybody; on this server they are."""

    ids: list[str] | None = None


class UpdatedCount(Response, frozen=True):
    """How many were changed."""

    updated: int


CREATE = Action("projects.create", Create, CreateResponse)
GET_BY_ID = Action("projects.get_by_id", GetById, GetByIdResponse)
GET_ALL = Action("projects.get_all", GetAll, GetAllResponse)
GET_ALL_EX = Action("projects.get_all_ex", GetAllEx, GetAllResponse)
UPDATE = Action("projects.update", Update, UpdatedResponse)
DELETE = Action("projects.delete", Delete, DeleteResponse)
VALIDATE_DELETE = Action("projects.validate_delete", GetById, ValidateDeleteResponse)
MOVE = Action("projects.move", Move, MoveResponse)
MERGE = Action("projects.merge", Merge, MergeResponse)
MAKE_PUBLIC = Action("projects.make_public", MakePublic, UpdatedCount)
MAKE_PRIVATE = Action("projects.make_private", MakePublic, UpdatedCount)
