"""The tables. Columns carry the names of the records' fields; migrations build the same (a test compares them)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from pellucid.store.columns import Json, Measurement, RowNumber, UtcDateTime
from pellucid.store.dialects import is_archived, is_hidden

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _required(name: str, kind: Any, *rest: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *rest, nullable=False, **options)


def _reporter_key(**options: Any) -> Column[Any]:
    """The id of a task, or of a model (``pellucid.store.reporters``); what is reported is deleted along with it."""
    return _required("task", String(64), **options)


users = Table(
    "users",
    metadata,
    Column("id", String(64), primary_key=True),
    _required("name", Text),
    _required("role", String(32)),
    _required("created", UtcDateTime),
)

credentials = Table(
    "credentials",
    metadata,
    Column("access_key", String(255), primary_key=True),
    _required("secret_hash", Text),
    _required("user", String(64), ForeignKey("users.id", ondelete="CASCADE"), index=True),
    _required("label", Text),
    _required("created", UtcDateTime),
    Column("last_used", UtcDateTime),
    _required("last_used_from", Text, server_default=""),
    _required("source", String(32), server_default="request"),
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    _required("expires", UtcDateTime, index=True),
)

preferences = Table(
    "preferences",
    metadata,
    Column("user", String(64), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    _required("values", Json),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", String(255), primary_key=True),
    _required("value", LargeBinary),
)

projects = Table(
    "projects",
    metadata,
    Column("id", String(64), primary_key=True),
    _required("name", Text, unique=True),
    _required("basename", Text),
    Column("parent", String(64), ForeignKey("projects.id"), index=True),
    _required("path", Json),
    _required("description", Text),
    Column("default_output_destination", Text),
    _required("tags", Json),
    _required("system_tags", Json),
    _required("user", String(64)),
    _required("created", UtcDateTime),
    _required("last_update", UtcDateTime),
)

# ``parent`` has no foreign key: clients leave the id of a deleted parent behind (protocol §3.1).
tasks = Table(
    "tasks",
    metadata,
    Column("id", String(64), primary_key=True),
    _required("name", Text),
    _required("type", String(32)),
    _required("status", String(32)),
    Column("project", String(64), ForeignKey("projects.id")),
    Column("parent", String(64), index=True),
    _required("user", String(64)),
    _required("comment", Text),
    _required("status_reason", Text),
    _required("status_message", Text),
    Column("status_changed", UtcDateTime),
    _required("created", UtcDateTime),
    Column("started", UtcDateTime),
    Column("completed", UtcDateTime),
    Column("published", UtcDateTime),
    _required("last_update", UtcDateTime),
    _required("last_change", UtcDateTime),
    Column("last_worker", Text),
    Column("last_worker_report", UtcDateTime),
    Column("active_duration", Integer),
    _required("last_iteration", BigInteger),
    _required("tags", Json),
    _required("system_tags", Json),
    _required("script", Json),
    _required("execution", Json),
    _required("output", Json),
    _required("models", Json),
    _required("container", Json),
    _required("runtime", Json),
    _required("hyperparams", Json),
    _required("configuration", Json),
    # With the id, which is what a search returns, an index is all that most searches read.
    Index(None, "name", "id"),
    Index(None, "created", "id"),
    Index(None, "started", "id"),
    Index(None, "last_update", "id"),
    Index(None, "last_change", "id"),
    Index(None, "project", "last_update", "id"),
    Index(None, "project", "last_change", "id"),
    Index(None, "status", "last_update", "id"),
)
# SQLite, which goes through the newest tasks, need not read their rows to pass over those without a tag; PostgreSQL
# looks up those that have it.
Index("ix_tasks_last_update_id_tags", tasks.c.last_update, tasks.c.id, tasks.c.tags).ddl_if(dialect="sqlite")
Index("ix_tasks_tags", tasks.c.tags, postgresql_using="gin").ddl_if(dialect="postgresql")
Index(
    "ix_tasks_hidden",
    tasks.c.id,
    sqlite_where=is_hidden(tasks.c.system_tags),
    postgresql_where=is_hidden(tasks.c.system_tags),
)
Index(
    "ix_tasks_archived",
    tasks.c.id,
    sqlite_where=is_archived(tasks.c.system_tags),
    postgresql_where=is_archived(tasks.c.system_tags),
)

# How far each writer of a task has got: what makes a repeated request change nothing.
writers = Table(
    "writers",
    metadata,
    _reporter_key(primary_key=True),
    Column("writer", String(255), primary_key=True),
    _required("position", BigInteger),
)

# One row for each series: its summary. ``metric`` stands for title and series (see ``pellucid.store.series.metric``):
# it fits an index however long the names are, and the indexes find the best tasks by a metric without sorting all.
series = Table(
    "series",
    metadata,
    Column("id", RowNumber, primary_key=True),
    _reporter_key(),
    _required("title", Text),
    _required("series", Text),
    _required("metric", BigInteger),
    Column("last", Measurement),
    _required("last_iteration", BigInteger),
    _required("last_nanoseconds", BigInteger),
    Column("least", Double),
    Column("least_iteration", BigInteger),
    Column("greatest", Double),
    Column("greatest_iteration", BigInteger),
    Column("first", Measurement),
    _required("first_iteration", BigInteger),
    _required("count", BigInteger),
    Column("total", Measurement),
    UniqueConstraint("task", "metric"),
    Index(None, "metric", "last"),
    Index(None, "metric", "least"),
    Index(None, "metric", "greatest"),
)

# Points as they came: ``series`` is a list of (number in the slots, id in the table of series).
blocks = Table(
    "blocks",
    metadata,
    Column("id", RowNumber, primary_key=True),
    _reporter_key(index=True),
    _required("count", Integer),
    _required("series", Json),
    _required("data", LargeBinary),
)

# Points sorted by (id in the table of series, iteration), each once, up to 65,536 a row, with stretches of them beside
# (see ``pellucid.store.chunks``). Of points with one key in several chunks, those of the lower ``level`` came later,
# and within a level those of the greater ``age``.
chunks = Table(
    "chunks",
    metadata,
    Column("id", RowNumber, primary_key=True),
    _reporter_key(index=True),
    _required("level", Integer),
    _required("age", BigInteger),
    _required("count", Integer),
    _required("first_series", BigInteger),
    _required("first_iteration", BigInteger),
    _required("last_series", BigInteger),
    _required("last_iteration", BigInteger),
    _required("stretches", LargeBinary),
    _required("data", LargeBinary),
)

# Console lines have no identity, and NULL never clashes with NULL: they are always added.
events = Table(
    "events",
    metadata,
    Column("id", RowNumber, primary_key=True),
    _reporter_key(),
    _required("type", String(64)),
    Column("identity", String(32)),
    _required("timestamp", BigInteger),
    _required("worker", Text),
    Column("iteration", BigInteger),
    _required("metric", Text),
    _required("variant", Text),
    _required("key", Text),
    _required("level", Text),
    _required("message", Text),
    _required("data", Json),
    UniqueConstraint("task", "identity"),
    Index(None, "task", "type", "timestamp"),
)

# ``task`` and ``parent`` have no foreign keys: a model outlives the task that made it.
models = Table(
    "models",
    metadata,
    Column("id", String(64), primary_key=True),
    _required("name", Text),
    _required("uri", Text),
    Column("project", String(64), ForeignKey("projects.id", ondelete="SET NULL")),
    Column("parent", String(64)),
    Column("task", String(64), index=True),
    _required("user", String(64)),
    _required("comment", Text),
    _required("framework", Text),
    _required("ready", Boolean),
    _required("created", UtcDateTime, index=True),
    _required("last_update", UtcDateTime),
    _required("last_change", UtcDateTime),
    _required("last_iteration", BigInteger),
    _required("tags", Json),
    _required("system_tags", Json),
    _required("design", Json),
    _required("labels", Json),
    _required("metadata", Json),
    Index(None, "name", "id"),
    Index(None, "last_change", "id"),
    Index(None, "project", "last_update"),
)

queues = Table(
    "queues",
    metadata,
    Column("id", String(64), primary_key=True),
    _required("name", Text, unique=True),
    _required("display_name", Text),
    _required("created", UtcDateTime),
    _required("last_update", UtcDateTime),
    _required("tags", Json),
    _required("system_tags", Json),
    _required("metadata", Json),
)


def _queue_key(**options: Any) -> Column[Any]:
    return _required("queue", String(64), ForeignKey("queues.id", ondelete="CASCADE"), **options)


# A task waits in one queue at most, so that nobody can be given it twice. ``position`` rises from the head to the tail.
queue_entries = Table(
    "queue_entries",
    metadata,
    _required("task", String(64), ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    _queue_key(),
    _required("position", BigInteger),
    _required("added", UtcDateTime),
    _required("previous_status", String(32)),
    Index(None, "queue", "position"),
)

# Each change of a queue: what graphs of lengths and waiting times are drawn from.
queue_samples = Table(
    "queue_samples",
    metadata,
    Column("id", RowNumber, primary_key=True),
    _queue_key(),
    _required("timestamp", BigInteger),
    _required("length", Integer),
    Column("waited", Double),
    Index(None, "queue", "timestamp"),
)

workers = Table(
    "workers",
    metadata,
    Column("id", String(255), primary_key=True),
    _required("user", String(64)),
    _required("ip", Text),
    _required("queues", Json),
    Column("task", String(64)),
    Column("queue", String(64)),
    _required("tags", Json),
    _required("system_tags", Json),
    _required("registered", UtcDateTime),
    _required("register_timeout", Integer),
    _required("last_activity", UtcDateTime),
    Column("last_report", UtcDateTime),
    _required("expires", UtcDateTime, index=True),
    _required("runtime_properties", Json),
)

# What workers reported stays when they are gone.
worker_reports = Table(
    "worker_reports",
    metadata,
    Column("id", RowNumber, primary_key=True),
    _required("worker", String(255)),
    _required("timestamp", BigInteger, index=True),
    _required("active", Boolean),
    _required("stats", Json),
    Index(None, "worker", "timestamp"),
)
