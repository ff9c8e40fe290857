"""``organization.*``: what concerns the whole server (protocol §2.9)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from pellucid.wire.action import Action, Empty, Request, Response
from pellucid.wire.auth import Nothing
from pellucid.wire.models import GetAll as Models
from pellucid.wire.projects import GetAll as Projects
from pellucid.wire.query import OneOrMany
from pellucid.wire.tasks import GetAll as Tasks
from pellucid.wire.users import Company


class TagsFilter(Request, frozen=True):
    """Whose tags: those of tasks and models that match."""

    tags: OneOrMany | None = None
    system_tags: OneOrMany | None = None


class GetTags(Request, frozen=True):
    """All tags of tasks and models."""

    include_system: bool = False
    filter: TagsFilter | None = None


class GetTagsResponse(Response, frozen=True, omit_defaults=True):
    """In order; ``system_tags`` only if asked for."""

    tags: list[str]
    system_tags: list[str] | None = None


class Owner(Response, frozen=True):
    """An administrator."""

    id: str
    name: str


class UserCompany(Company, frozen=True):
    """The tenant with its administrators."""

    allocated: bool = True
    owners: list[Owner] = []


class UserCompaniesResponse(Response, frozen=True):
    """The one tenant."""

    companies: list[UserCompany]


class GetEntitiesCount(Request, frozen=True):
    """How many there are of each kind that is named, by the filters of its listing.

    Pipelines and datasets are projects, their runs and versions tasks, and reports tasks as well; all of these are
    found although they are hidden.
    """

    projects: Projects | None = None
    tasks: Tasks | None = None
    models: Models | None = None
    pipelines: Projects | None = None
    pipeline_runs: Tasks | None = None
    datasets: Projects | None = None
    dataset_versions: Tasks | None = None
    reports: Tasks | None = None


class GetEntitiesCountResponse(Response, frozen=True, omit_defaults=True):
    """A number for each kind that was named."""

    projects: int | None = None
    tasks: int | None = None
    models: int | None = None
    pipelines: int | None = None
    pipeline_runs: int | None = None
    datasets: int | None = None
    dataset_versions: int | None = None
    reports: int | None = None


class ValueName(Request, frozen=True):
    """What to write in place of a value."""

    key: str
    value: str


class Column(Request, frozen=True):
    """A column of a table: a dotted field, what the column is called, and names for its values."""

    field: str
    name: str | None = None
    values: list[ValueName] | None = None


class PrepareDownload(Request, frozen=True):
    """A table of all tasks or models that a listing finds.

    Attributes:
        entity_type: ``task`` or ``model``.
        field_mappings: the columns.
        listing: filters and order of that listing; what else the message has, gathered by the server.
    """

    entity_type: Literal["task", "model"]
    field_mappings: Annotated[list[Column], msgspec.Meta(min_length=1, max_length=1000)]
    listing: dict[str, Any] = {}


class PrepareDownloadResponse(Response, frozen=True):
    """What to ask for the table with."""

    prepare_id: str


class Download(Request, frozen=True):
    """A table that was prepared."""

    prepare_id: str


GET_TAGS = Action("organization.get_tags", GetTags, GetTagsResponse)
GET_USER_COMPANIES = Action("organization.get_user_companies", Nothing, UserCompaniesResponse)
PREPARE_DOWNLOAD = Action("organization.prepare_download_for_get_all", PrepareDownload, PrepareDownloadResponse)
DOWNLOAD = Action("organization.download_for_get_all", Download, Empty)
GET_ENTITIES_COUNT = Action("organization.get_entities_count", GetEntitiesCount, GetEntitiesCountResponse)
