"""Tasks are found by their tags without reading the whole of every task."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """An index more, of another kind on each database."""
    if op.get_context().dialect.name == "sqlite":
        op.create_index("ix_tasks_last_update_id_tags", "tasks", ["last_update", "id", "tags"])
    else:
        op.create_index("ix_tasks_tags", "tasks", ["tags"], postgresql_using="gin")
