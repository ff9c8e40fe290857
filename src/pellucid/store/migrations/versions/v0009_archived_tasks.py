"""Lists pass over archived tasks without reading the whole of every task."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """An index of those that are archived."""
    op.create_index(
        "ix_tasks_archived",
        "tasks",
        ["id"],
        sqlite_where=sa.text("instr(system_tags, '\"archived\"') > 0"),
        postgresql_where=sa.text("jsonb_exists(system_tags, 'archived')"),
    )
