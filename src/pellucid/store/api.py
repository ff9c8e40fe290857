"""What every store guarantees; ``pellucid.testing.store`` checks it, for SQLite now and PostgreSQL later.

* Every method may be called from any thread. A method that returns has happened: its effects survive the death of the
  process at once, and are seen by every later call of any process on the same data.
* A method that raises has changed nothing.
* ``update`` is atomic: no other writer's change to the row is lost between its read and its write.
* ``append`` is exactly-once per (task, writer, position).
* Returned records are values; later writes do not change them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pellucid.store.records import (
    Block,
    CredentialRecord,
    EventRecord,
    Points,
    ProjectRecord,
    Query,
    SeriesSummary,
    TaskRecord,
    UserRecord,
)


class Users(Protocol):
    """Users, their credentials, and the server's own secrets."""

    def create(self, user: UserRecord) -> None:
        """Add a user. Raises AlreadyExistsError."""

    def get(self, user: str) -> UserRecord:
        """Raises NotFoundError."""

    def list(self) -> list[UserRecord]:
        """All users, by name."""

    def add_credentials(self, credentials: CredentialRecord) -> None:
        """Add a key pair to a user, replacing one with the same access key."""

    def find_credentials(self, access_key: str) -> CredentialRecord | None:
        """The key pair, or ``None``."""

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

    def update(self, project: str, change: Callable[[ProjectRecord], ProjectRecord]) -> ProjectRecord:
        """Replace a project by what ``change`` makes of it, atomically, as for tasks.

        Raises: NotFoundError, AlreadyExistsError if the new name is taken.
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

    def clear_outputs(self, task: str) -> None:
        """Forget the points, events, series and writers of a task, in one transaction. Raises NotFoundError."""


class Events(Protocol):
    """What runs report."""

    def append(self, task: str, blocks: Sequence[Block], now: datetime) -> Mapping[str, int]:
        """Store blocks of a task in one transaction, each slot and event once.

        Points go in as they came, and the summaries of their series are brought up to date; ``last_iteration`` rises to
        the greatest iteration that is not of a ``:monitor:`` title nor of a single value; ``last_update`` becomes
        ``now``. What lies before a writer's stored position is passed over; a request of nothing else changes nothing.
        A block may begin beyond the stored position: the writer decides what it leaves out.

        Returns: for each named writer, the position after the last slot or event that is stored.
        Raises: NotFoundError for an unknown task, BadQueryError for points that are malformed or have a number without
            a name.
        """

    def summaries(self, tasks: Collection[str]) -> dict[str, list[SeriesSummary]]:
        """The series of each task, by title and series; tasks without any are left out."""

    def points(self, task: str) -> dict[tuple[str, str], Points]:
        """All points of a task by (title, series), single values excluded."""

    def single_values(self, task: str) -> list[SeriesSummary]:
        """Series that have no iteration: their summaries."""

    def log(self, task: str, *, limit: int, before: int | None = None, after: int | None = None) -> list[EventRecord]:
        """Console lines by time; those of the same millisecond in the order they were stored.

        With ``before`` (milliseconds, exclusive) or neither: the last ``limit`` ones; with ``after`` (exclusive): the
        first ``limit`` ones. Lines that share the timestamp of the page's outermost line come along, above the limit,
        so that a next page by timestamp loses none.
        """

    def log_count(self, task: str) -> int:
        """How many console lines there are."""

    def find(
        self,
        task: str,
        *,
        event_type: str | None = None,
        metric: str | None = None,
        variants: Sequence[str] | None = None,
        descending: bool = False,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[EventRecord]:
        """Plots and samples by (iteration, title, series)."""

    def count(self, task: str, *, event_type: str | None = None) -> int:
        """How many plots and samples there are."""


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

    def close(self) -> None:
        """Finish the writes under way and let go of the files. May be called twice."""
