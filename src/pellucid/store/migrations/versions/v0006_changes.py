"""What finds the latest change of a list at once."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Three more indexes."""
    op.create_index(op.f("ix_tasks_last_change_id"), "tasks", ["last_change", "id"])
    op.create_index(op.f("ix_tasks_project_last_change_id"), "tasks", ["project", "last_change", "id"])
    op.create_index(op.f("ix_models_last_change_id"), "models", ["last_change", "id"])
