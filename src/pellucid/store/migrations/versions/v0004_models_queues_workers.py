"""Models, queues and workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Six tables, which nothing referred to before."""
    _models()
    _queues()
    _workers()


def _models() -> None:
    op.create_table(
        "models",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("project", sa.String(length=64)),
        sa.Column("parent", sa.String(length=64)),
        sa.Column("task", sa.String(length=64)),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("framework", sa.Text(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("last_update", sa.DateTime(), nullable=False),
        sa.Column("last_change", sa.DateTime(), nullable=False),
        sa.Column("last_iteration", sa.BigInteger(), nullable=False),
        sa.Column("tags", _JSON, nullable=False),
        sa.Column("system_tags", _JSON, nullable=False),
        sa.Column("design", _JSON, nullable=False),
        sa.Column("labels", _JSON, nullable=False),
        sa.Column("metadata", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["project"], ["projects.id"], name=op.f("fk_models_project_projects"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_models")),
    )
    op.create_index(op.f("ix_models_task"), "models", ["task"])
    op.create_index(op.f("ix_models_created"), "models", ["created"])
    op.create_index(op.f("ix_models_name_id"), "models", ["name", "id"])
    op.create_index(op.f("ix_models_project_last_update"), "models", ["project", "last_update"])


def _queues() -> None:
    op.create_table(
        "queues",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("last_update", sa.DateTime(), nullable=False),
        sa.Column("tags", _JSON, nullable=False),
        sa.Column("system_tags", _JSON, nullable=False),
        sa.Column("metadata", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queues")),
        sa.UniqueConstraint("name", name=op.f("uq_queues_name")),
    )
    op.create_table(
        "queue_entries",
        sa.Column("task", sa.String(length=64), nullable=False),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("added", sa.DateTime(), nullable=False),
        sa.Column("previous_status", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_queue_entries_task_tasks"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["queue"], ["queues.id"], name=op.f("fk_queue_entries_queue_queues"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_queue_entries")),
    )
    op.create_index(op.f("ix_queue_entries_queue_position"), "queue_entries", ["queue", "position"])
    op.create_table(
        "queue_samples",
        sa.Column("id", _ROW_NUMBER, nullable=False),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("waited", sa.Double()),
        sa.ForeignKeyConstraint(
            ["queue"], ["queues.id"], name=op.f("fk_queue_samples_queue_queues"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_samples")),
    )
    op.create_index(op.f("ix_queue_samples_queue_timestamp"), "queue_samples", ["queue", "timestamp"])


def _workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("queues", _JSON, nullable=False),
        sa.Column("task", sa.String(length=64)),
        sa.Column("queue", sa.String(length=64)),
        sa.Column("tags", _JSON, nullable=False),
        sa.Column("system_tags", _JSON, nullable=False),
        sa.Column("registered", sa.DateTime(), nullable=False),
        sa.Column("register_timeout", sa.Integer(), nullable=False),
        sa.Column("last_activity", sa.DateTime(), nullable=False),
        sa.Column("last_report", sa.DateTime()),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.Column("runtime_properties", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_index(op.f("ix_workers_expires"), "workers", ["expires"])
    op.create_table(
        "worker_reports",
        sa.Column("id", _ROW_NUMBER, nullable=False),
        sa.Column("worker", sa.String(length=255), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("stats", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_reports")),
    )
    op.create_index(op.f("ix_worker_reports_timestamp"), "worker_reports", ["timestamp"])
    op.create_index(op.f("ix_worker_reports_worker_timestamp"), "worker_reports", ["worker", "timestamp"])
