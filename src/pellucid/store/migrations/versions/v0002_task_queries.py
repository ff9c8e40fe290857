"""What searching tasks needs: indexes from which most searches are answered without reading whole rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Indexes on tasks."""
    for columns in (["created"], ["last_update"], ["project", "last_update"], ["status", "last_update"]):
        op.drop_index(op.f(f"ix_tasks_{'_'.join(columns)}"), "tasks")
    for columns in (["created"], ["started"], ["last_update"], ["project", "last_update"], ["status", "last_update"]):
        op.create_index(op.f(f"ix_tasks_{'_'.join(columns)}_id"), "tasks", [*columns, "id"])
    op.create_index(
        "ix_tasks_hidden",
        "tasks",
        ["id"],
        sqlite_where=sa.text("instr(system_tags, '\"hidden\"') > 0"),
        postgresql_where=sa.text("jsonb_exists(system_tags, 'hidden')"),
    )
