"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """From nothing."""
    op.create_table(
        "projects",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("basename", sa.Text(), nullable=False),
        sa.Column("parent", sa.String(length=64)),
        sa.Column("path", _JSON, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("default_output_destination", sa.Text()),
        sa.Column("tags", _JSON, nullable=False),
        sa.Column("system_tags", _JSON, nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("last_update", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["projects.id"], name=op.f("fk_projects_parent_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("name", name=op.f("uq_projects_name")),
    )
    op.create_index(op.f("ix_projects_parent"), "projects", ["parent"])

    op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_table(
        "credentials",
        sa.Column("access_key", sa.String(length=255), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("last_used", sa.DateTime()),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_credentials_user_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("access_key", name=op.f("pk_credentials")),
    )
    op.create_index(op.f("ix_credentials_user"), "credentials", ["user"])

    op.create_table(
        "tasks",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("project", sa.String(length=64)),
        sa.Column("parent", sa.String(length=64)),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("status_message", sa.Text(), nullable=False),
        sa.Column("status_changed", sa.DateTime()),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("started", sa.DateTime()),
        sa.Column("completed", sa.DateTime()),
        sa.Column("published", sa.DateTime()),
        sa.Column("last_update", sa.DateTime(), nullable=False),
        sa.Column("last_change", sa.DateTime(), nullable=False),
        sa.Column("last_worker", sa.Text()),
        sa.Column("last_worker_report", sa.DateTime()),
        sa.Column("active_duration", sa.Integer()),
        sa.Column("last_iteration", sa.BigInteger(), nullable=False),
        sa.Column("tags", _JSON, nullable=False),
        sa.Column("system_tags", _JSON, nullable=False),
        sa.Column("script", _JSON, nullable=False),
        sa.Column("execution", _JSON, nullable=False),
        sa.Column("output", _JSON, nullable=False),
        sa.Column("models", _JSON, nullable=False),
        sa.Column("container", _JSON, nullable=False),
        sa.Column("runtime", _JSON, nullable=False),
        sa.Column("hyperparams", _JSON, nullable=False),
        sa.Column("configuration", _JSON, nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_tasks_project_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_created"), "tasks", ["created"])
    op.create_index(op.f("ix_tasks_last_update"), "tasks", ["last_update"])
    op.create_index(op.f("ix_tasks_name_id"), "tasks", ["name", "id"])
    op.create_index(op.f("ix_tasks_parent"), "tasks", ["parent"])
    op.create_index(op.f("ix_tasks_project_last_update"), "tasks", ["project", "last_update"])
    op.create_index(op.f("ix_tasks_status_last_update"), "tasks", ["status", "last_update"])

    op.create_table(
        "blocks",
        sa.Column("id", _ROW_NUMBER, nullable=False),
        sa.Column("task", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("series", _JSON, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_blocks_task_tasks"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
    )
    op.create_index(op.f("ix_blocks_task"), "blocks", ["task"])

    op.create_table(
        "events",
        sa.Column("id", _ROW_NUMBER, nullable=False),
        sa.Column("task", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.String(length=32)),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("iteration", sa.BigInteger()),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("data", _JSON, nullable=False),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_events_task_tasks"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("task", "identity", name=op.f("uq_events_task_identity")),
    )
    op.create_index(op.f("ix_events_task_type_timestamp"), "events", ["task", "type", "timestamp"])

    op.create_table(
        "series",
        sa.Column("id", _ROW_NUMBER, nullable=False),
        sa.Column("task", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("metric", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.Double()),
        sa.Column("last_iteration", sa.BigInteger(), nullable=False),
        sa.Column("last_nanoseconds", sa.BigInteger(), nullable=False),
        sa.Column("least", sa.Double()),
        sa.Column("least_iteration", sa.BigInteger()),
        sa.Column("greatest", sa.Double()),
        sa.Column("greatest_iteration", sa.BigInteger()),
        sa.Column("first", sa.Double()),
        sa.Column("first_iteration", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Double()),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_series_task_tasks"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("task", "metric", name=op.f("uq_series_task_metric")),
    )
    op.create_index(op.f("ix_series_metric_last"), "series", ["metric", "last"])
    op.create_index(op.f("ix_series_metric_least"), "series", ["metric", "least"])
    op.create_index(op.f("ix_series_metric_greatest"), "series", ["metric", "greatest"])

    op.create_table(
        "writers",
        sa.Column("task", sa.String(length=64), nullable=False),
        sa.Column("writer", sa.String(length=255), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_writers_task_tasks"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("task", "writer", name=op.f("pk_writers")),
    )
