"""``projects.*``: what the tasks and models of projects have in common (protocol §2.4)."""

from __future__ import annotations

from pellucid.wire.action import Action, Request, Response
from pellucid.wire.query import PageNumber


class OfProject(Request, frozen=True):
    """One project, or all of them; by default with its descendants."""

    project: str | None = None
    include_subprojects: bool = True


class OfProjects(Request, frozen=True):
    """Several projects, or all of them; by default with their descendants."""

    projects: list[str] | None = None
    include_subprojects: bool = True


class Variants(OfProject, frozen=True):
    """The scalars of a project's tasks, or of some tasks by id."""

    ids: list[str] | None = None
    model_metrics: bool = False


class Variant(Response, frozen=True):
    """A title and a series, with the hashes that stand for them in ``last_metrics``."""

    metric: str
    metric_hash: str
    variant: str
    variant_hash: str


class VariantsResponse(Response, frozen=True):
    """By title and series."""

    metrics: list[Variant]


class HyperParameters(OfProject, frozen=True):
    """The names of hyperparameters, by page."""

    page: PageNumber = 0
    page_size: int = 500


class ParameterName(Response, frozen=True):
    """A hyperparameter's name in its section."""

    section: str
    name: str


class HyperParametersResponse(Response, frozen=True):
    """One page, and how many there are in all and behind it."""

    parameters: list[ParameterName]
    total: int
    remaining: int


class HyperParamValues(OfProjects, frozen=True, kw_only=True):
    """The values of one hyperparameter; ``pattern`` is a regular expression."""

    section: str
    name: str
    pattern: str | None = None
    page: PageNumber = 0
    page_size: int = 500


class ValuesResponse(Response, frozen=True):
    """One page, and how many there are in all."""

    total: int
    values: list[str]


class MetadataKeys(OfProject, frozen=True):
    """The keys of models' metadata, by page."""

    page: PageNumber = 0
    page_size: int = 500


class MetadataKeysResponse(Response, frozen=True):
    """One page, and how many there are in all and behind it."""

    keys: list[str]
    total: int
    remaining: int


class MetadataValues(OfProjects, frozen=True, kw_only=True):
    """The values of one key of models' metadata."""

    key: str
    page: PageNumber = 0
    page_size: int = 500


class Tags(OfProjects, frozen=True):
    """The tags in use; ``include_system`` tells the system's as well."""

    include_system: bool = False


class TagsResponse(Response, frozen=True):
    """By name."""

    tags: list[str]
    system_tags: list[str]


class TaskParents(OfProjects, frozen=True):
    """The parents of the tasks in projects; ``tasks_state`` is ``active`` or ``archived`` for those of some only."""

    tasks_state: str | None = None
    task_name: str | None = None


class Parent(Response, frozen=True):
    """A task that others come from."""

    id: str
    name: str
    project: str | None


class TaskParentsResponse(Response, frozen=True):
    """By name."""

    parents: list[Parent]


class UserName(Response, frozen=True):
    """A user by id and name."""

    id: str
    name: str


class UserNamesResponse(Response, frozen=True):
    """By name."""

    users: list[UserName]


GET_UNIQUE_METRIC_VARIANTS = Action("projects.get_unique_metric_variants", Variants, VariantsResponse)
GET_HYPER_PARAMETERS = Action("projects.get_hyper_parameters", HyperParameters, HyperParametersResponse)
GET_HYPERPARAM_VALUES = Action("projects.get_hyperparam_values", HyperParamValues, ValuesResponse)
GET_MODEL_METADATA_KEYS = Action("projects.get_model_metadata_keys", MetadataKeys, MetadataKeysResponse)
GET_MODEL_METADATA_VALUES = Action("projects.get_model_metadata_values", MetadataValues, ValuesResponse)
GET_TASK_TAGS = Action("projects.get_task_tags", Tags, TagsResponse)
GET_MODEL_TAGS = Action("projects.get_model_tags", Tags, TagsResponse)
GET_PROJECT_TAGS = Action("projects.get_project_tags", Tags, TagsResponse)
GET_TASK_PARENTS = Action("projects.get_task_parents", TaskParents, TaskParentsResponse)
GET_USER_NAMES = Action("projects.get_user_names", OfProjects, UserNamesResponse)
