"""What every store guarantees; ``pellucid.testing.store`` checks it, for SQLite and PostgreSQL.

* Every method may be called from any thread. A method that returns has happened: its effects survive the death of the
  process at once, and are seen by every later call of any process on the same data.
* A method that raises has changed nothing. (After UnavailableError of a database that went away while it was told to
  commit, nobody knows; what may be repeated, such as ``append``, should be.)
* ``update`` is atomic: no other writer's change to the row is lost between its read and its write.
* ``append`` is exactly-once per (task, writer, position).
* Returned records are values; later writes do not change them.
* Texts hold any character, but that a database may refuse NUL, which PostgreSQL cannot hold, by BadQueryError.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from pellucid.store.model_records import ModelRecord
from pellucid.store.project_tree import Branch
from pellucid.store.queue_records import QueueEntry, QueueRecord, QueueSample
from pellucid.store.records import (
    Backlog,
    BearerRecord,
    Block,
    CredentialRecord,
    EventPlace,
    EventRecord,
    Outline,
    Points,
    ProjectRecord,
    Query,
    SeriesSummary,
    TaskRecord,
    Titles,
    UserRecord,
)
from pellucid.store.task_facts import TaskCount
from pellucid.store.task_removal import Forgotten, Removal
from pellucid.store.worker_records import WorkerActivity, WorkerRecord, WorkerReport


class Users(Protocol):
    """Users, their credentials, and the server's own secrets."""

    def create(self, user: UserRecord) -> None:
        """Add a user. Raises AlreadyExistsError."""

    def get(self, user: str) -> UserRecord:
        """Raises NotFoundError."""

    def list(self) -> list[UserRecord]:
        """All users, by name."""

    def update(self, user: str, change: Callable[[UserRecord], UserRecord]) -> UserRecord:
        """Replace a user by what ``change`` makes of it, atomically. Raises NotFoundError."""

    def delete(self, user: str) -> None:
        """Remove a user with credentials and preferences; what the user made stays. Raises NotFoundError."""

    def add_credentials(self, credentials: CredentialRecord) -> None:
        """Add a key pair to a user, replacing one with the same access key."""

    def find_credentials(self, access_key: str) -> CredentialRecord | None:
        """The key pair, or ``None``."""

    def credentials(self, user: str | None = None) -> Sequence[CredentialRecord]:
        """The key pairs of a user, or of all users, in the order in which they were made."""

    def update_credentials(self, access_key: str, change: Callable[[CredentialRecord], CredentialRecord]) -> None:
        """Replace a key pair by what ``change`` makes of it, atomically. Raises NotFoundError."""

    def revoke_credentials(self, access_key: str) -> bool:
        """Remove a key pair; returns whether there was one."""

    def bearer(self, user: str, *, access_key: str | None, session: str) -> BearerRecord | None:
        """Whom a token stands for.

        ``None`` if the user is gone, if the key pair that the token was got with is, or if the session has been ended.
        """

    def end_session(self, session: str, *, expires: datetime, now: datetime) -> None:
        """Refuse the tokens of a session from now on; those that have expired by ``now`` are forgotten."""

    def preferences(self, user: str) -> Mapping[str, Any]:
        """What a user prefers; empty if nothing was ever said."""

    def set_preferences(self, user: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Mapping[str, Any]:
        """Replace a user's preferences by what ``change`` makes of them, atomically. Raises NotFoundError."""

    def secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        """A secret of the server, such as the key that signs tokens; made once, by whichever process asks first."""


class Projects(Protocol):
    """The tree of projects."""

    def create(
        self,
        name: str,
        *,
        user: str,
        now: datetime,
        description: str = "",
        tags: Sequence[str] = (),
        system_tags: Sequence[str] = (),
        default_output_destination: str | None = None,
    ) -> ProjectRecord:
        """Create a project and its missing ancestors. Raises AlreadyExistsError if the full name is taken."""

    def get(self, project: str) -> ProjectRecord:
        """Raises NotFoundError."""

    def find(self, query: Query) -> list[ProjectRecord]:
        """Projects that match, in the asked order, else by name. Raises BadQueryError."""

    def count(self, query: Query) -> int:
        """How many projects match, whatever the limit."""

    def values(self, field: str, query: Query) -> builtins.list[str]:
        """The texts that a field has in the rows that match, each once, in order. Raises BadQueryError."""

    def update(self, project: str, change: Callable[[ProjectRecord], ProjectRecord]) -> ProjectRecord:
        """Replace a project by what ``change`` makes of it, atomically, as for tasks.

        With a new name it moves in the tree: basename, parent and path follow from the name, missing ancestors are
        made, and its descendants go along.

        Raises:
            NotFoundError: no such project.
            AlreadyExistsError: the new name is taken.
            BadQueryError: the new name is below the old one.
        """

    def delete(self, project: str) -> Branch:
        """Remove a project with its descendants; tasks and models in them are in no project then.

        Raises: NotFoundError.
        """

    def merge(self, project: str, destination: str) -> Branch:
        """Put what is in a project, its children included, into another one, and remove it.

        Raises:
            NotFoundError: no such project.
            AlreadyExistsError: the other one has a child of the same name as one of its children.
            BadQueryError: the other one is below it.
        """


class Tasks(Protocol):
    """Task documents."""

    def create(self, task: TaskRecord) -> None:
        """Add a task. Raises AlreadyExistsError if the id is taken, NotFoundError for an unknown project or parent."""

    def get(self, task: str) -> TaskRecord:
        """Raises NotFoundError."""

    def find(self, query: Query) -> list[TaskRecord]:
        """Tasks that match, in the asked order (rows without the field last), ties by id. Raises BadQueryError."""

    def count(self, query: Query) -> int:
        """How many tasks match, whatever the limit."""

    def update(self, task: str, change: Callable[[TaskRecord], TaskRecord]) -> TaskRecord:
        """Replace a task by what ``change`` makes of it, atomically. Raises NotFoundError.

        ``change`` runs inside the transaction: it must not write to the store. What it raises passes through, and then
        nothing has changed. The id stays.
        """

    def values(self, field: str, query: Query) -> builtins.list[str]:
        """The texts that a field has in the tasks that match, each once, in order. Raises BadQueryError."""

    def metric_names(self, query: Query) -> builtins.list[tuple[str, str]]:
        """Title and series of all scalars of the tasks that match, each once, in order. Raises BadQueryError."""

    def parameter_names(self, query: Query) -> builtins.list[tuple[str, str]]:
        """Section and name of all hyperparameters of the tasks that match, likewise."""

    def artifact_uris(self, uris: Collection[str]) -> set[str]:
        """Those of the addresses that artifacts of any task have."""

    def counts(self, projects: Collection[str]) -> builtins.list[TaskCount]:
        """The tasks right in each of the projects, counted by status and by whether they are archived."""

    def reset(
        self, task: str, change: Callable[[TaskRecord], TaskRecord], now: datetime, *, models: bool = False
    ) -> tuple[TaskRecord, Removal]:
        """Change a task as by ``update``, and forget its points, events, series and writers, in one transaction.

        It leaves the queue that it waits in. With ``models``, the unpublished models that it has made are deleted,
        but those that other tasks name. Returns the new record, and what is gone. Raises NotFoundError.
        """

    def delete(self, task: str, check: Callable[[TaskRecord], None], now: datetime, *, models: bool = False) -> Removal:
        """Remove a task with all that it has reported, unless ``check`` raises, in one transaction.

        Its children and the models that remain name it with ``__DELETED__`` in front. Raises NotFoundError.
        """


class Events(Protocol):
    """What runs report. Models report by themselves as well: where it says ``task``, but for the console, the id of a
    model does as well."""

    def append(self, task: str, blocks: Sequence[Block], now: datetime) -> Mapping[str, int]:
        """Store blocks of a task in one transaction, each slot and event once.

        Points go in as they came, and the summaries of their series are brought up to date; ``last_iteration`` rises to
        the greatest iteration that is not of a ``:monitor:`` title nor of a single value; ``last_update`` and
        ``last_change`` become ``now``. What lies before a writer's stored position is passed over; a request of nothing
        else changes nothing. A block may begin beyond the stored position: the writer decides what it leaves out.

        Returns: for each named writer, the position after the last slot or event that is stored.
        Raises: NotFoundError for an unknown task, BadQueryError for points that are malformed or have a number without
            a name.
        """

    def summaries(
        self, tasks: Collection[str], series: Collection[tuple[str, str]] | None = None
    ) -> dict[str, list[SeriesSummary]]:
        """The series of each task, by title and series; all, or those of some hashed names. Tasks without any are left
        out."""

    def points(
        self,
        task: str,
        series: Collection[tuple[str, str]] | None = None,
        *,
        between: tuple[int, int] | None = None,
    ) -> dict[tuple[str, str], Points]:
        """All points of a task by (title, series), or those of some series; single values excluded.

        With ``between``, those from one iteration to another, both included; series without any are left out.
        """

    def outlines(
        self, task: str, *, most: int, series: Collection[tuple[str, str]] | None = None
    ) -> dict[tuple[str, str], Outline]:
        """As ``points``, but of series to which more than ``most`` points were reported only stretches."""

    def backlog(self) -> list[Backlog]:
        """The tasks with points that lie as they came, which costs time when they are read."""

    def compact(self, task: str) -> bool:
        """Take one step at sorting the points of a task by series, so that they are read quickly.

        Nothing that can be read changes, and appending goes on meanwhile. Takes a bounded part of the points into
        memory, at least a request's. Any number of processes may do so at once.

        Returns: whether another step may find something to do. After a step that others came in the way of there is
            none, for now.
        """

    def single_values(self, task: str) -> list[SeriesSummary]:
        """Series that have no iteration: their summaries."""

    def log(
        self,
        task: str,
        *,
        limit: int,
        before: int | None = None,
        after: int | None = None,
        metrics: Sequence[str] | None = None,
    ) -> list[EventRecord]:
        """Console lines, all or those of some metrics, by time and then in the order they were stored.

        With ``before`` (milliseconds, exclusive) or neither: the last ``limit`` ones; with ``after`` (exclusive): the
        first ``limit`` ones. Lines that share the timestamp of the page's outermost line come along, above the limit,
        so that a next page by timestamp loses none.
        """

    def log_count(self, task: str, *, metrics: Sequence[str] | None = None) -> int:
        """How many console lines there are, of all or of some metrics."""

    def find(
        self,
        task: str,
        *,
        event_type: str | None = None,
        metric: str | None = None,
        variants: Sequence[str] | None = None,
        iterations: Sequence[int] | None = None,
        descending: bool = False,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[EventRecord]:
        """Plots and samples by (iteration, title, series); console lines only as an ``event_type``."""

    def count(self, task: str, *, event_type: str | None = None) -> int:
        """How many plots and samples there are, or events of one type."""

    def names(self, tasks: Collection[str], event_type: str) -> dict[str, list[tuple[str, str]]]:
        """Title and series of the plots or samples of each task that has any, each once, in order."""

    def iterations(
        self,
        task: str,
        event_type: str,
        *,
        metric: str | None = None,
        variants: Sequence[str] | None = None,
        before: int | None = None,
        after: int | None = None,
        limit: int,
    ) -> list[int]:
        """Iterations that have plots or samples, the latest first.

        The first ``limit`` ones after ``after``, if it is given, else the last ones, before ``before`` if it is given.
        """

    def latest(
        self,
        task: str,
        event_type: str,
        *,
        iterations: int,
        titles: Titles | None = None,
        by_title: bool = False,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[EventRecord]:
        """The plots or samples of the last iterations of each series, by title and series, the latest first.

        With ``by_title``, of the last iterations of each title.
        """

    def count_latest(
        self, task: str, event_type: str, *, iterations: int, titles: Titles | None = None, by_title: bool = False
    ) -> int:
        """How many events ``latest`` finds without a limit."""

    def neighbour(
        self, task: str, event_type: str, place: EventPlace, *, earlier: bool, title: str | None = None
    ) -> EventPlace | None:
        """The place next to another by (iteration, title, series), among those of one title or of all.

        A place without a series is next to one without a series.
        """

    def iteration_range(
        self, task: str, event_type: str, title: str, series: str | None = None
    ) -> tuple[int, int] | None:
        """The first and the last iteration of a series, or of a title; ``None`` if it has no plot or sample."""

    def clear(self, task: str, check: Callable[[TaskRecord], None]) -> Forgotten:
        """Forget what a task has reported, unless ``check`` raises.

        Writers go on where they are: what they have sent already does not come back. Raises NotFoundError.
        """

    def clear_model(self, model: str, check: Callable[[ModelRecord], None]) -> Forgotten:
        """The same for a model. Raises NotFoundError."""

    def clear_log(
        self,
        task: str,
        check: Callable[[TaskRecord], None],
        *,
        before: int | None = None,
        only: Collection[str] = (),
        but: Collection[str] = (),
    ) -> int:
        """Delete the console lines from before a time in milliseconds, unless ``check`` raises; returns how many.

        With ``only``, those of these metrics; with ``but``, not those. Raises NotFoundError.
        """


class Models(Protocol):
    """Models: where their files are, and what is known of them."""

    def create(self, model: ModelRecord) -> None:
        """Add a model. Raises AlreadyExistsError if the id is taken, NotFoundError for an unknown project."""

    def get(self, model: str) -> ModelRecord:
        """Raises NotFoundError."""

    def find(self, query: Query) -> list[ModelRecord]:
        """Models that match, as for tasks. Raises BadQueryError."""

    def count(self, query: Query) -> int:
        """How many models match, whatever the limit."""

    def metadata_keys(self, query: Query) -> builtins.list[str]:
        """The keys of all metadata of the models that match, each once, in order. Raises BadQueryError."""

    def counts(self, projects: Collection[str]) -> dict[str, int]:
        """How many models there are right in each of the projects; those without any are left out."""

    def update(self, model: str, change: Callable[[ModelRecord], ModelRecord]) -> ModelRecord:
        """Replace a model by what ``change`` makes of it, atomically, as for tasks. Raises NotFoundError."""

    def delete(self, model: str, check: Callable[[ModelRecord], None]) -> ModelRecord:
        """Remove a model with what it has reported, unless ``check`` raises; returns what it was. Raises NotFoundError.

        Tasks that name it are left as they are.
        """

    def tasks_using(self, model: str) -> list[TaskRecord]:
        """Tasks that name the model among their inputs or outputs, by id."""

    def values(self, field: str, query: Query) -> builtins.list[str]:
        """The texts that a field has in the models that match, each once, in order. Raises BadQueryError."""

    def frameworks(self, projects: Collection[str] = ()) -> list[str]:
        """The frameworks of the models in these projects, or in all, by name."""


class Queues(Protocol):
    """Queues and the tasks that wait in them. A task waits in one queue at most."""

    def create(self, queue: QueueRecord) -> None:
        """Add a queue. Raises AlreadyExistsError if its id or name is taken."""

    def get(self, queue: str) -> QueueRecord:
        """Raises NotFoundError."""

    def find(self, query: Query) -> list[QueueRecord]:
        """Queues that match, in the asked order, else by name. Raises BadQueryError."""

    def count(self, query: Query) -> int:
        """How many queues match, whatever the limit."""

    def update(self, queue: str, change: Callable[[QueueRecord], QueueRecord]) -> QueueRecord:
        """Replace a queue by what ``change`` makes of it, atomically, as for tasks.

        Raises: NotFoundError, AlreadyExistsError if the new name is taken.
        """

    def delete(self, queue: str) -> None:
        """Remove a queue and its history. Raises NotFoundError, NotEmptyError if tasks wait in it."""

    def enqueue(self, task: str, queue: str, change: Callable[[TaskRecord], TaskRecord], now: datetime) -> TaskRecord:
        """Change a task and put it at the end of a queue, in one transaction; it leaves the queue that it was in.

        Raises:
            NotFoundError: no such task or queue.
            AlreadyExistsError: the task waits in this queue already.
        """

    def dequeue(
        self, task: str, change: Callable[[TaskRecord, QueueEntry | None], TaskRecord], now: datetime
    ) -> TaskRecord:
        """Change a task and take it out of the queue that it waits in, if any, in one transaction.

        ``change`` gets the entry that was removed. What it raises undoes all. Raises NotFoundError.
        """

    def take(self, queue: str, now: datetime) -> QueueEntry | None:
        """Take the first entry out of a queue; however many ask at once, each entry is given to one. ``None`` if empty.

        Raises: NotFoundError.
        """

    def move(self, queue: str, task: str, place: Callable[[int, int], int]) -> int:
        """Move a task to the index ``place(index, length)``, from zero, cut to the queue's ends; returns the index.

        Raises: NotFoundError for a queue or for a task that does not wait in it.
        """

    def entries(self, queues: Collection[str]) -> dict[str, list[QueueEntry]]:
        """What waits in each of the queues, head first."""

    def entry(self, task: str) -> QueueEntry | None:
        """Where a task waits."""

    def lengths(self) -> dict[str, int]:
        """How many tasks wait in each queue; empty ones are left out."""

    def samples(self, queues: Collection[str], since: int, until: int) -> list[QueueSample]:
        """Changes of these queues, or of all, between two times in milliseconds, in their order."""

    def forget_samples(self, before: int) -> None:
        """Drop the samples from before a time in milliseconds."""


class Workers(Protocol):
    """Agents that say that they are there."""

    def save(self, worker: str, change: Callable[[WorkerRecord | None], WorkerRecord]) -> WorkerRecord:
        """Replace a worker by what ``change`` makes of it, or of ``None``, atomically.

        ``change`` gets an expired worker as it was; it may be called twice.
        """

    def get(self, worker: str, now: datetime) -> WorkerRecord:
        """Raises NotFoundError, also for a worker that has expired."""

    def list(self, now: datetime, *, seen_since: datetime | None = None) -> list[WorkerRecord]:
        """Workers that have not expired, and were heard of since, by id."""

    def delete(self, worker: str) -> bool:
        """Forget a worker; returns whether there was one."""

    def expired(self, now: datetime) -> builtins.list[WorkerRecord]:
        """Workers that have expired and are still remembered, by id."""

    def forget_expired(self, workers: Collection[str], now: datetime) -> None:
        """Drop those of the workers that are still expired."""

    def add_report(self, report: WorkerReport) -> None:
        """Keep a report. It outlives its worker."""

    def reports(
        self, since: int, until: int, workers: Collection[str] = (), *, most: int = ...
    ) -> builtins.list[WorkerReport]:
        """Reports of these workers, or of all, between two times in milliseconds, by time.

        Of more than ``most``, an even sample: they are for graphs.
        """

    def activity(self, since: int, until: int, interval: int) -> builtins.list[WorkerActivity]:
        """How many workers reported in each interval (all in milliseconds); intervals without any are left out."""

    def forget_reports(self, before: int) -> None:
        """Drop the reports from before a time in milliseconds."""


class Versions(Protocol):
    """What tells that something has changed: short texts that are others after every change.

    Cheap enough to be asked for twice a second.
    """

    def tasks(self, ids: Collection[str]) -> dict[str, str]:
        """Of tasks, by id; without those that do not exist."""

    def task_lists(self, projects: Collection[str]) -> dict[str, str]:
        """Of the tasks directly in projects, by the project's id."""

    def all_tasks(self) -> str:
        """Of all tasks."""

    def all_models(self) -> str:
        """Of all models."""

    def all_projects(self) -> str:
        """Of the tree of projects, without their tasks."""

    def all_queues(self) -> str:
        """Of the queues and what waits in them, in its order."""

    def all_workers(self) -> str:
        """Of the workers and what they do."""


class Store(Protocol):
    """All of a server's data but its files."""

    @property
    def users(self) -> Users: ...

    @property
    def projects(self) -> Projects: ...

    @property
    def tasks(self) -> Tasks: ...

    @property
    def events(self) -> Events: ...

    @property
    def models(self) -> Models: ...

    @property
    def queues(self) -> Queues: ...

    @property
    def workers(self) -> Workers: ...

    @property
    def versions(self) -> Versions: ...

    def close(self) -> None:
        """Finish the writes under way and let go of the files. May be called twice."""
