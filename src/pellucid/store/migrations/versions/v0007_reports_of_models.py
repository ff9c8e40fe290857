"""What is reported may be a model's: its tables no longer name tasks only."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

_TABLES = ("writers", "series", "blocks", "chunks", "events")


def upgrade() -> None:
    """Five foreign keys fewer. SQLite, which can't drop one, copies the tables."""
    for table in _TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"fk_{table}_task_tasks", type_="foreignkey")
